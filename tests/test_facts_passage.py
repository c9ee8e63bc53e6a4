"""Passages: what of a paragraph is read, and the way back; the models that read it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nianbao.artefacts import Artefact, ArtefactError
from nianbao.document import Mention
from nianbao.facts.features import VERSION, Features, following
from nianbao.facts.model import NONE, Linear, Model
from nianbao.facts.numbers import Recent, candidates, describe
from nianbao.facts.passage import Passage, Statement
from nianbao.facts.rules import rules
from nianbao.facts.settings import Reporter, Settled
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


@pytest.mark.parametrize("text", ["收到5件,比上年多2件", "收到5件,较2017年增加2件", "比上年减少2件,收到5件"])
def test_a_difference_is_no_candidate(text: str) -> None:
    assert [number.mention.value for number in candidates(passage(text))] == [5]


@pytest.mark.parametrize(
    ("text", "place", "pair"),
    [
        ("不予公开5件,其中2件涉及隐私", "#behind", "隐私"),
        ("信息不存在者,2件", "#ahead", "存在"),
        ("信息不存在的2件涉及隐私", None, "存在"),
        ("2件", None, None),
    ],
)
def test_words_that_tell_nothing_leave_it_to_those_behind_or_before(
    text: str, place: str | None, pair: str | None
) -> None:
    read = passage(text)
    number = list(candidates(read))[-1]
    (seen,) = describe(read, number, "#era?")
    assert {"#behind", "#ahead"}.intersection(seen.names) == ({place} if place else set())
    pairs = dict(seen.grams)["b"]
    assert pair in pairs if pair else not pairs
    assert ("隐私" in pairs) == (place == "#behind")


def test_a_bare_number_goes_on_with_what_was_counted_in_its_section() -> None:
    read = passage("收到申请20件。按街道分,青石街道12件,石桥街道申请8件,5期")
    first, bare, worded, other = candidates(read)
    recent = Recent()
    assert following(read, bare, "", recent.of(read, bare)) == []
    recent.note(read, first, NONE)
    assert following(read, bare, "", recent.of(read, bare)) == []
    recent.note(read, first, "requests_received")
    assert following(read, bare, "", recent.of(read, bare)) == ["qrequests_received"]
    assert following(read, worded, NONE, recent.of(read, worded)) == [f"p{NONE}", "Qrequests_received"]
    assert following(read, other, "", recent.of(read, other)) == []


def test_chances_are_those_of_the_exponentials() -> None:
    model = Linear(("a", "b"), {"#x": 1, "r公开": 2}, np.array([[0.5, 0], [1, 0], [0, 2]], np.float32), temperature=2.0)
    seen = [Features(["#x", "#unknown"], [("r", ["公开", "开信"])]), Features([], [("q", ["公开"])])]
    scores = model.scores(seen)
    assert scores.tolist() == [[1.5, 2.0], [0.5, 0.0]]
    sure = pytest.approx(1 / (1 + np.exp(-0.25)))
    assert [model.best(row) for row in scores] == [("b", sure), ("a", sure)]
    assert [model.best(scores[1], names)[0] for names in (["r公开"], ["r开信", "r公开"], ["r开信"])] == ["b", "b", "a"]
    assert model.scores([]).shape == (0, 2)


def test_weights_of_other_features_are_refused() -> None:
    with pytest.raises(ArtefactError, match=f"trained on features 0, the code makes {VERSION}"):
        Model.of(Artefact("facts", "0001", {}, {"features": 0}))


def test_agencies_stay_in_the_text() -> None:
    text = "清河县水利局收到申请2件"
    read = Passage(text, 0, len(text), "requests", [Mention("AGENCY", 0, 6), *find_mentions(text)])
    assert (read.text, [placed.at for placed in read.agencies]) == ("清河县水利局收到申请N", [0])


@pytest.mark.parametrize(
    ("body", "level", "region", "relation"),
    [
        ("柳北区人民政府", "county", "全市", ">"),
        ("柳北区人民政府", "county", "全区", "="),
        ("柳北区人民政府", "county", "全镇", "<"),
        ("昆山市人民政府", "county", "全市", "="),
        ("宁夏回族自治区水利厅", "province", "全区", "="),
        ("宁夏回族自治区水利厅", "province", "全国", ">"),
        ("上海市水务局", "province", "全市", "="),
        ("上海市水务局", "province", "全区", "<"),
        ("苏州市水务局", "city", "全省", ">"),
        ("苏州市水务局", "city", "全市", "="),
        ("苏州市水务局", "city", "全县", "<"),
        ("某局", None, "全市", "="),
    ],
)
def test_a_region_is_above_the_reporters_or_below(body: str, level: str | None, region: str, relation: str) -> None:
    assert Reporter(2016, False, (body,), level).relation(region) == relation


def test_a_setting_is_read_in_view_of_those_before() -> None:
    here, there = passage("甲局3件,乙局4件。丙局5件"), passage("丁局6件")

    def said(read: Passage, number: int, indicator: str = "requests_received") -> Statement:
        at = read.numbers[number].at
        return Statement(read, at, at + 1, (indicator,), 1, 1.0)

    settled = Settled()
    assert settled.names(said(here, 0)) == ["inew"]
    settled.note(said(here, 0), "other")
    assert settled.names(said(here, 1)) == ["pother0", "iother0", "jother0"]
    assert settled.names(said(here, 2, "review_total")) == ["pother1", "inew"]
    settled.note(said(here, 2, "review_total"), "own")
    assert settled.names(said(here, 2)) == ["pown0", "iother1"]
    assert settled.names(said(there, 0)) == ["iother2"]


def test_a_rule_for_several_is_one_for_each() -> None:
    also = {(rule.of, rule.indicators): rule.match.pattern for rule in rules().also}
    assert "(?:隐私)" in also["requests_denied", ("denied_privacy",)]
    assert "(?:隐私)" in also["denied_privacy", ("requests_denied",)]
    assert ("online_interviews", ("online_interviews_principal",)) in also
    assert not [pattern for pattern in also.values() if "WORDS" in pattern]
