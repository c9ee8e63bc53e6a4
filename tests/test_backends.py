"""What all backends share: samples as texts and paragraphs, tags and windows, trained models in place of the linear."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_samples import write_samples
from nianbao.classify import classify
from nianbao.document import Mention, Span
from nianbao.ingest import ingest
from nianbao.segment import segment
from nianbao.tag import tag
from nianbao.train.backends import BackendError, Entities, Sections, Task, open_backend, train_backend
from nianbao.train.backends.alignment import OUTSIDE, kept, names_of, tag_names, tags_of, windows
from nianbao.train.backends.readers import read_card, write_card
from nianbao.train.backends.tasks import (
    Name,
    Paragraph,
    Split,
    Text,
    excerpt,
    folds,
    labelled_paragraphs,
    paragraphs,
    split,
    texts,
)
from nianbao.train.marked import Sample, as_text, read
from nianbao.train.splits import group_of
from nianbao.train.trainer import read_samples

LABELS = Task.ENTITIES.labels
CHARACTERS = st.sampled_from("县财政局12３４,。 \n\t\u3000𠮷𪚥🙂👨\u200d\u0301éＡ\u200b\ufffd")


@pytest.fixture
def samples(tmp_path: Path) -> list[Sample]:
    return read_samples(write_samples(tmp_path / "samples"))


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, list[Name]]:
    """A text and mentions in it, without overlap, that begin and end with no white space; some touch."""
    text = draw(st.text(CHARACTERS, max_size=300))
    at, names = kept(text), list[Name]()
    cuts = sorted(draw(st.sets(st.sampled_from(range(len(at))), max_size=40))) if at else []
    for first, following in pairwise([*cuts, len(at)]):
        if draw(st.booleans()):
            last = draw(st.integers(first, following - 1))
            names.append((draw(st.sampled_from(LABELS)), at[first], at[last] + 1))
    return text, names


@given(marked_texts())
def test_mentions_go_through_tags_and_back(case: tuple[str, list[Name]]) -> None:
    text, names = case
    at = kept(text)
    tags = tags_of(names, at, LABELS)
    assert max(tags, default=0) < len(tag_names(LABELS))
    assert list(names_of(tags, at, LABELS)) == names


@given(marked_texts(), st.integers(2, 9), st.data())
def test_mentions_go_through_windows_and_back(case: tuple[str, list[Name]], size: int, data: st.DataObject) -> None:
    """Each window answers for its own characters only: whatever it says of the others is not read."""
    text, names = case
    at = kept(text)
    tags, joined = tags_of(names, at, LABELS), [-1] * len(at)
    for w in windows(len(at), size, data.draw(st.integers(0, size - 1))):
        assert w.start <= w.first < w.last <= w.end <= w.start + size
        joined[w.first : w.last] = tags[w.first : w.last]
    assert joined == tags
    assert list(names_of(joined, at, LABELS)) == names


@pytest.mark.parametrize(
    ("count", "size", "overlap"), [(0, 510, 128), (1, 510, 128), (510, 510, 128), (99_999, 126, 63)]
)
def test_each_character_has_one_window(count: int, size: int, overlap: int) -> None:
    owned = [i for w in windows(count, size, overlap) for i in range(w.first, w.last)]
    assert owned == list(range(count))


def test_neighbours_see_half_of_what_they_share() -> None:
    first, second = windows(15, 10, 4)
    assert (first.end - first.last, second.first - second.start) == (2, 2)


def test_a_tag_that_continues_nothing_begins_a_mention() -> None:
    inside = 1 + len(LABELS)
    tags = [inside, inside, inside + 1, OUTSIDE, inside + 2]
    found = list(names_of(tags, range(5), LABELS))
    assert found == [(LABELS[0], 0, 2), (LABELS[1], 2, 3), (LABELS[2], 4, 5)]


def test_texts_hold_the_annotated_lines_and_all_their_mentions(samples: list[Sample]) -> None:
    for sample, text in zip(samples, texts(samples), strict=True):
        assert "审计局" not in text.text
        assert [(label, text.text[a:b]) for label, a, b in text.names] == [
            (e.label, e.text) for e in sample.gold.entities
        ]


def test_no_mention_of_the_samples_is_lost() -> None:
    """Of the samples that come with the source, none is in a line that is not read."""
    corpus = read_samples(Path(__file__).parents[1] / "corpora/samples")[::4]
    wanted = [e for s in corpus for e in as_text(s).gold.entities if not e.noise]
    assert sum(len(text.names) for text in texts(corpus)) == len(wanted)


def test_of_pages_the_visible_text_is_read(tmp_path: Path) -> None:
    path = tmp_path / "p.mr.html"
    path.write_text(
        '---\n{"title": "年报", "agency": null, "year": null}\n---\n<html><body><h1>@@title@@{{DATE|2018年}}年报</h1>'
        "<p>@@overview#1@@一、概述</p><p>@@overview@@一年来成效明显。</p></body></html>",
        encoding="utf-8",
    )
    page = [read(path)]
    assert texts(page) == [Text("2018年年报\n一、概述\n一年来成效明显。", (("DATE", 0, 5),))]
    assert labelled_paragraphs(page) == [
        Paragraph("", "2018年年报", "title"),
        Paragraph("", "一、概述", "overview"),
        Paragraph("一、概述", "一年来成效明显。", "overview"),
    ]


def test_folds_keep_provinces_together(samples: list[Sample]) -> None:
    dealt = folds(samples)
    assert [len(fold) for fold in dealt] == [2] * 5
    groups = [{group_of(sample) for sample in fold} for fold in dealt]
    assert sum(map(len, groups)) == len(set.union(*groups)) == 10
    assert folds([replace(s, fold=i % 2) for i, s in enumerate(samples)])[1][0].name == samples[1].name
    divided = split(samples, 1)
    assert {group_of(s) for s in divided.train} & {group_of(s) for s in divided.validation} == set()
    assert len(divided.train) + len(divided.validation) == len(samples)
    with pytest.raises(ValueError, match="one province only"):
        split(samples[:1])


def test_an_excerpt_knows_where_its_lines_stand() -> None:
    text, offsets = excerpt("甲\n\n乙丙\n丁", [(0, 1), (3, 5), (6, 7)])
    assert text == "甲\n乙丙\n丁"
    assert [offsets.at(i) for i in (0, 2, 3, 5)] == [0, 3, 4, 6]
    assert [offsets.back(i) for i in (0, 3, 4, 6)] == [0, 2, 3, 5]


def found(text: str) -> list[Name]:
    """A reader that finds one body and one date, wherever they stand."""
    words = (("AGENCY", "青石县水利局"), ("DATE", "2016年3月2日"))
    return [(label, text.index(word), text.index(word) + len(word)) for label, word in words if word in text]


def test_a_trained_finder_stands_where_the_tagger_stands() -> None:
    document = ingest("一、概述\n\n青石县水利局收到申请7件,\n2016年3月2日", max_bytes=10**6)
    reader = Entities(found)
    assert list(reader.find(document.shadow)) == [
        Mention("AGENCY", 6, 12, "青石县水利局"),
        Mention("DATE", 20, 29, "2016-03-02"),
    ]
    assert [m.label for m in reader.find(document.shadow, [Span(5, 8)])] == ["DATE"]
    assert [(m.label, m.start) for m in tag(document, [], reader)] == [("AGENCY", 6), ("COUNT", 16), ("DATE", 20)]


def test_predicted_mentions_count_in_the_text() -> None:
    text = "青(qing)石(shi)县(xian)水(shui)利(li)局(ju)"
    (mention,) = Entities(found).predict(text)
    assert text[mention.start : mention.end] == text[: text.index("局") + 1]


def test_a_trained_classifier_stands_where_the_linear_one_stands(report: str) -> None:
    asked: list[Paragraph] = []

    def requests(rows: Sequence[Paragraph]) -> list[tuple[str, float]]:
        asked.extend(rows)
        return [("requests" if "申请" in row.heading + row.text else "other", 0.75) for row in rows]

    document = ingest(report, max_bytes=10**6)
    mine, linear = segment(document, []), segment(document, [])
    Sections(requests).classify(document, mine, [], [])
    classify(document, linear, tag(document, []), [])
    assert [(s.start, s.end) for s in mine] == [(s.start, s.end) for s in linear]
    assert [report[s.start : s.start + 2] for s in mine if s.label == "requests"] == ["三、", "20", "四、"]
    assert {s.confidence for s in mine} == {0.75}
    assert Paragraph("一、概述", report.splitlines()[5]) in asked
    assert Sections(requests).predict(report) == mine


def test_labelled_segments_are_not_asked_about(report: str) -> None:
    document = ingest(report, max_bytes=10**6)
    segments = segment(document, [])
    for part in segments[1:]:
        part.label = "noise"
    assert [p.text for p in paragraphs(document.shadow, segments)] == [report.splitlines()[0]]


def test_a_card_says_what_was_trained_on_what(tmp_path: Path, samples: list[Sample]) -> None:
    write_card(tmp_path, "spacy", Task.SECTIONS, Split(samples[:8], samples[8:]), {"epochs": 3})
    card = read_card(tmp_path, "spacy")
    assert (card["task"], card["epochs"], card["corpus"]["train"]["samples"]) == ("sections", 3, 8)
    with pytest.raises(BackendError, match=r"trained by spacy: open it as spacy:"):
        read_card(tmp_path, "transformers")
    (tmp_path / "card.json").write_text(json.dumps({**card, "labels": ["noise"]}), encoding="utf-8")
    with pytest.raises(BackendError, match="other labels"):
        read_card(tmp_path, "spacy")
    with pytest.raises(BackendError, match=r"nianbao train entities DATA --backend spacy"):
        read_card(tmp_path / "none", "spacy")


@pytest.mark.parametrize("name", ["spacy", "spacy:", "linear:models", "models"])
def test_names_that_name_no_backend(name: str) -> None:
    with pytest.raises(BackendError, match="spacy:FOLDER"):
        open_backend(name)


def test_bad_orders_to_train_are_refused(tmp_path: Path) -> None:
    data, out = write_samples(tmp_path / "samples"), tmp_path / "out"
    for orders, message in (
        ({"backend": "linear"}, "no backend 'linear'"),
        ({"task": "tagger"}, "no task tagger"),
        ({"backend": "transformers"}, "--checkpoint"),
        ({"checkpoint": "x"}, "starts from no checkpoint"),
        ({"out": data}, "not empty"),
        ({"data": tmp_path / "none"}, "no marked samples"),
    ):
        order = {"backend": "spacy", "task": "entities", "data": data, "out": out, **orders}
        with pytest.raises(ValueError, match=message):
            train_backend(**order)  # type: ignore[arg-type]
    assert not out.exists()
