"""Annotated samples: marked files, the project's own JSON Lines and what training makes of either."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from nianbao import extract
from nianbao.train.annotation import Annotation, Entity, Fact, Paragraph
from nianbao.train.formats import export_annotations
from nianbao.train.marked import Sample, read
from nianbao.train.samples import corpus_hash, read_samples

SAMPLES = Path(__file__).parents[1] / "corpora/samples"
TEXTS, PAGES = sorted(SAMPLES.glob("*.mr.txt")), sorted(SAMPLES.glob("*.mr.html"))


def dumped(sample: Sample) -> tuple[str, str, object]:
    return sample.name, sample.data, sample.gold.model_dump()


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_own_json_holds_every_layer_of_a_marked_text(path: Path) -> None:
    sample = read(path)
    annotation, lost = Annotation.of_sample(sample)
    again = Annotation.model_validate_json(annotation.model_dump_json())
    assert (again, lost) == (annotation, [])
    assert dumped(again.sample()) == dumped(sample)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_the_gold_of_a_page_is_placed_in_its_visible_text(path: Path) -> None:
    sample = read(path)
    annotation, lost = Annotation.of_sample(sample)
    # what a script would write into a line of the page's frame is not visible
    noise = {p.text[:40] for p in sample.gold.paragraphs if p.label == "noise"}
    assert {line.partition(": not in the visible text: ")[2] for line in lost} <= noise
    assert [e.label for e in annotation.entities] == [e.label for e in sample.gold.entities]
    for placed, gold in zip(annotation.entities, sample.gold.entities, strict=True):
        assert annotation.text[placed.start : placed.end].split() == gold.text.split()
    assert len(annotation.facts) == len(sample.gold.facts)


def test_a_folder_of_both_kinds_is_one_corpus(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    first, second = Annotation.of_sample(read(TEXTS[0]))[0], Annotation.of_sample(read(TEXTS[1]))[0]
    (tmp_path / "deep").mkdir()
    (tmp_path / TEXTS[0].name).write_bytes(TEXTS[0].read_bytes())
    unseen = first.model_copy(update={"name": "unseen", "reviewed": False})
    export_annotations("jsonl", [second, unseen], tmp_path / "deep/more.jsonl")
    with caplog.at_level(logging.WARNING):
        samples = read_samples(tmp_path)
    assert "1 annotations that nobody has reviewed" in caplog.text
    assert [dumped(s) for s in samples] == [dumped(read(TEXTS[0])), dumped(read(TEXTS[1]))]
    assert corpus_hash(samples) == corpus_hash([read(TEXTS[0]), read(TEXTS[1])])
    export_annotations("jsonl", [first], tmp_path / "again.jsonl")
    with pytest.raises(ValueError, match="a second sample"):
        read_samples(tmp_path)


def test_line_ends_are_those_of_the_reader() -> None:
    entities = [Entity(start=4, end=6, label="AGENCY")]
    sample = Annotation(name="a", text="一\r\n\r某局", entities=entities).sample()
    assert sample.data == "一\n\n某局"
    assert (sample.gold.entities[0].text, sample.gold.entities[0].start) == ("某局", 3)


def test_what_the_viewer_writes_is_read() -> None:
    written = {
        "text": "收到58件", "name": None, "paragraphs": [], "indicators": {"requests_received": 58},
        "entities": [{"start": 2, "end": 5, "label": "COUNT", "value": 58}], "tables": [],
        "facts": [{"start": 2, "end": 5, "indicators": ["requests_received"], "value": 58, "scope": "own", "year": 2018,
                   "status": "fact", "cumulative": False, "used": True}],
        "fields": {"kind": "report", "region": {"city": "柳州市", "county": None, "code": "450200"}, "problems": ["少"],
                   "measures": []},
        "corrected": ["entities/2-5"],
    }  # fmt: skip
    annotation = Annotation.model_validate(written)
    assert (annotation.entities[0].value, annotation.problems, annotation.corrected) == ("58", ["少"], ["entities/2-5"])
    assert annotation.fields.region == {"city": "柳州市"}


def test_a_record_is_an_annotation_to_correct(report: str) -> None:
    annotation = Annotation.of_report(extract(report, uri="in/r.txt", with_text=True))
    assert (annotation.name, annotation.fields.agency) == ("r.txt", "青石县交通运输局")
    assert [f.indicators for f in annotation.facts if f.value == 0] == [["review_total"], ["litigation_total"]]
    assert annotation.checks_fail == []
    with pytest.raises(ValueError, match="without text"):
        Annotation.of_report(extract(report))


@pytest.mark.parametrize(
    ("layer", "spans", "message"),
    [
        ("entities", [Entity(start=0, end=2, label="AGENCY"), Entity(start=1, end=3, label="DATE")], "overlap"),
        ("paragraphs", [Paragraph(start=0, end=9, label="title")], "the text at 4"),
        ("facts", [Fact(start=0, end=5, indicators=["budget"], value=1)], "the text at 4"),
    ],
)
def test_impossible_spans_are_refused(layer: str, spans: list[object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Annotation.model_validate({"text": "一二三四", layer: spans})
    with pytest.raises(ValueError, match="an empty span"):
        Entity(start=1, end=1, label="AGENCY")
