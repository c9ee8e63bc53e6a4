"""Passages: what of a paragraph is read, and the way back; the models that read it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nianbao.artefacts import Artefact, ArtefactError
from nianbao.document import Mention
from nianbao.facts.features import VERSION, Features
from nianbao.facts.model import Linear, Model
from nianbao.facts.numbers import candidates
from nianbao.facts.passage import Passage
from nianbao.tag.patterns import find_mentions


def passage(text: str, label: str = "requests") -> Passage:
    return Passage(text, 0, len(text), label, find_mentions(text))


def test_numbers_and_dates_are_letters_and_layout_is_gone() -> None:
    read = passage("2016年 收到“申请” 12 件,  信函3件")
    assert read.text == "D收到申请N,|信函N"
    assert [read.text[placed.at] for placed in (*read.numbers, *read.dates)] == ["N", "N", "D"]


PIECES = ["收到申请", "12件", "2016年", " ", "  ", "“", "”", ",", "。", "3条", "\t", "𠮷", "主 动"]


@given(st.lists(st.sampled_from(PIECES)))
def test_every_stretch_leads_back_to_its_own_words(pieces: list[str]) -> None:
    text = "".join(pieces)
    read = passage(text)
    for at, letter in enumerate(read.text):
        start, end = read.span(at, at + 1)
        assert 0 <= start < end <= len(text)
        if letter not in "ND|":
            assert text[start:end] == letter
    for placed in read.numbers:
        assert read.span(placed.at, placed.at + 1) == (placed.mention.start, placed.mention.end)


def test_clauses_and_sentences() -> None:
    read = passage("收到申请5件,其中当面3件。办结4件;全部按时")
    at = [placed.at for placed in read.numbers]
    assert read.text[read.clause(at[1]) : at[1]] == "其中当面"
    assert read.text[read.sentence(at[2]) : at[2]] == "办结"
    assert read.text[at[0] + 1 : read.phrase_end(at[0] + 1, 20)] == ""


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("当面、信函各1件", ["当面", "信函"]),
        ("传真和信函申请为0件", ["传真", "信函申请为"]),
        ("当面、信函5件", ["当面、信函"]),
    ],
)
def test_a_number_holds_for_each_thing_only_where_that_is_said(text: str, parts: list[str]) -> None:
    read = passage(text)
    assert [[read.text[a:b] for a, b in number.parts] for number in candidates(read)] == [parts]


def test_what_no_indicator_counts_is_no_candidate() -> None:
    assert [n.mention.unit for n in candidates(passage("占12%,增长3倍,收到5件,宣传册8种"))] == ["件"]


def test_chances_are_those_of_the_exponentials() -> None:
    model = Linear(("a", "b"), {"#x": 1, "r公开": 2}, np.array([[0.5, 0], [1, 0], [0, 2]], np.float32), temperature=2.0)
    seen = [Features(["#x", "#unknown"], [("r", ["公开", "开信"])]), Features([], [("q", ["公开"])])]
    scores = model.scores(seen)
    assert scores.tolist() == [[1.5, 2.0], [0.5, 0.0]]
    sure = pytest.approx(1 / (1 + np.exp(-0.25)))
    assert [(guess.kind, guess.chance) for guess in model.guesses(seen)] == [("b", sure), ("a", sure)]
    alone = model.guesses(seen)[1]
    assert [model.with_name(alone, name)[0] for name in ("r公开", "r开信")] == ["b", "a"]
    assert model.scores([]).shape == (0, 2)


def test_weights_of_other_features_are_refused() -> None:
    with pytest.raises(ArtefactError, match=f"trained on features 0, the code makes {VERSION}"):
        Model.of(Artefact("facts", "0001", {}, {"features": 0}))


def test_agencies_stay_in_the_text() -> None:
    text = "清河县水利局收到申请2件"
    read = Passage(text, 0, len(text), "requests", [Mention("AGENCY", 0, 6), *find_mentions(text)])
    assert (read.text, [placed.at for placed in read.agencies]) == ("清河县水利局收到申请N", [0])
