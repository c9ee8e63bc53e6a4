"""Annotation formats: what goes out comes back, in every format, whatever characters the text holds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nianbao import extract
from nianbao.catalogue import catalogue
from nianbao.train.annotation import Annotation, Entity, Fact, Fields, Paragraph
from nianbao.train.formats import FORMATS, Fate, FormatError, Layer, Unit, export_annotations, import_annotations
from nianbao.train.formats.marks import Offsets, layer_of, lines_of
from nianbao.train.formats.tasks import cut

ROOT = Path(__file__).parents[1]
CHARACTERS = '年报2018件。·:、 \t\u3000a𠮷😀👨\u200d👩é e\u0301\u2028\x85"'
LABEL_STUDIO = """{"data": {"text": "ab"}, "annotations": [{"result": [
    {"type": "labels", "value": {"start": 0, "end": 1, "text": "b", "labels": ["AGENCY"]}}]}]}""".replace("\n", "")
CARRYING = [name for name, format in FORMATS.items() if format.carries]


@st.composite
def texts(draw: st.DrawFn) -> str:
    line = st.text(st.sampled_from(CHARACTERS), max_size=12)
    ends = st.sampled_from(("\n", "\n", "\r\n", "\n\n"))
    lines = draw(st.lists(st.tuples(line, ends), min_size=1, max_size=6))
    text = "".join(words + end for words, end in lines) + draw(line)
    return text if text.strip() else text + "件"


def spans(draw: st.DrawFn, text: str, count: int) -> list[tuple[int, int]]:
    """Spans that do not overlap and neither cross a line end nor have white space at their edges."""
    free = [i for i, c in enumerate(text) if not c.isspace()]
    out, last = [], 0
    for start in sorted(draw(st.sets(st.sampled_from(free), max_size=count))):
        end = start + draw(st.integers(1, 4))
        words = text[start:end]
        if start >= last and end <= len(text) and not words[-1].isspace() and not set("\r\n") & set(words):
            out.append((start, end))
            last = end
    return out


@st.composite
def annotations(draw: st.DrawFn) -> Annotation:
    text, known = draw(texts()), catalogue()
    labels = st.sampled_from(known.labels["paragraph"])
    paragraphs, at = [], 0
    for line in lines_of(text):
        if line.strip() and draw(st.booleans()):
            secondary = draw(st.lists(labels, max_size=2, unique=True))
            end = at + len(line.rstrip("\r\n"))
            level = draw(st.sampled_from((None, 1, 3)))
            label = draw(labels.filter(lambda name, others=tuple(secondary): name not in others))
            paragraphs.append(Paragraph(start=at, end=end, label=label, secondary=secondary, level=level))
        at += len(line)
    entities = [
        Entity(
            start=a, end=b, label=draw(st.sampled_from(known.labels["entity"])), value=draw(st.none() | st.just("7😀"))
        )
        for a, b in spans(draw, text, 5)
    ]
    ids = st.lists(st.sampled_from([*known.indicators]), min_size=1, max_size=2, unique=True)
    facts = [
        Fact(start=a, end=b, indicators=draw(ids), value=draw(st.integers(0, 9)), year=draw(st.none() | st.just(2018)),
             scope=draw(st.sampled_from(("own", "region"))), cumulative=draw(st.booleans()), used=draw(st.booleans()))
        for a, b in spans(draw, text, 3)
    ]  # fmt: skip
    fields = Fields(kind="report", agency="𠮷林市", year=2018, contact={"phone": ["1"]}, region={"city": "𠮷林市"})
    return Annotation(
        name=draw(st.sampled_from(("a", "报告/𠮷", 'x "y"'))), text=text, paragraphs=paragraphs, entities=entities,
        facts=facts, fields=fields, indicators={"budget": 1.5}, problems=["不足"], checks_fail=["T3-01"],
        tables=[{"form": "statistics_2014", "cells": {"budget": [None]}}],  # type: ignore[list-item]
    )  # fmt: skip


def round_trip(name: str, given: Sequence[Annotation], folder: Path, **options: object) -> list[Annotation]:
    out = folder / f"out{FORMATS[name].suffix}"
    export_annotations(name, given, out, **options)  # type: ignore[arg-type]
    unit = {"unit": options["unit"]} if "unit" in options else {}
    return import_annotations(name, [out], **unit)[0]  # type: ignore[arg-type]


relaxed = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("name", CARRYING)
@relaxed
@given(data=st.data())
def test_what_carries_is_loss_free(name: str, data: st.DataObject, tmp_path: Path) -> None:
    if name == "docbin":
        pytest.importorskip("spacy")
    one = data.draw(annotations())
    if name == "doccano-sections" and not one.paragraphs:
        return
    layers = data.draw(st.sets(st.sampled_from(sorted(FORMATS[name].layers)), min_size=1))
    chars = data.draw(st.sampled_from((None, 1, 10)))
    assert round_trip(name, [one], tmp_path, layers=layers, task_chars=chars) == [one]


@pytest.mark.parametrize("name", ["conll", "conll-words"])
@relaxed
@given(one=annotations())
def test_conll_keeps_text_entities_and_sections(name: str, one: Annotation, tmp_path: Path) -> None:
    (back,) = round_trip(name, [one], tmp_path)
    assert (back.name, back.text) == (one.name, one.text)
    assert [(e.start, e.end, e.label) for e in back.entities] == [(e.start, e.end, e.label) for e in one.entities]
    assert [(p.start, p.end, p.label) for p in back.paragraphs] == [(p.start, p.end, p.label) for p in one.paragraphs]


@pytest.mark.parametrize("unit", list(Unit))
@pytest.mark.parametrize("name", ["label-studio", "doccano", "prodigy", "argilla"])
def test_offsets_beyond_the_basic_plane(name: str, unit: Unit, tmp_path: Path) -> None:
    one = Annotation(name="a", text="😀𠮷林市\n电话", entities=[Entity(start=2, end=4, label="AGENCY")])
    assert round_trip(name, [one], tmp_path, unit=unit) == [one]
    written = (tmp_path / f"out{FORMATS[name].suffix}").read_text(encoding="utf-8").replace(" ", "").replace("\n", "")
    first = {"doccano": '"label":[[{}'}.get(name, '"start":{}').format(2 if unit is Unit.CODE_POINTS else 4)
    assert first in written


def test_offsets_go_both_ways() -> None:
    offsets = Offsets("a😀𠮷b", Unit.UTF16)
    assert [offsets.out(i) for i in range(5)] == [0, 1, 3, 5, 6]
    assert [offsets.back(i) for i in range(7)] == [0, 1, 1, 2, 2, 3, 4]


def test_labels_of_layers_are_distinct() -> None:
    known = catalogue()
    names = [*known.labels["entity"], *known.labels["paragraph"], *known.indicators]
    assert len(set(names)) == len(names)
    assert [layer_of(n) for n in ("AGENCY", "requests", "budget", "?")] == [
        *(Layer.ENTITIES, Layer.PARAGRAPHS, Layer.FACTS),
        None,
    ]


@given(one=annotations(), chars=st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_tasks_are_whole_lines_within_the_budget(one: Annotation, chars: int) -> None:
    tasks = cut(one, chars)
    assert "".join(task.annotation.text for task in tasks) == one.text
    for layer in Layer:
        assert sum(len(getattr(task.annotation, layer)) for task in tasks) == len(getattr(one, layer))
    for task in tasks[:-1]:
        assert task.annotation.text.endswith(("\n", "\r"))
        assert len(task.annotation.text) <= chars or len(lines_of(task.annotation.text)) == 1


def test_a_ledger_counts_what_a_format_cannot_hold(tmp_path: Path) -> None:
    entities = [Entity(start=0, end=3, label="AGENCY", value="x"), Entity(start=3, end=5, label="DATE")]
    one = Annotation(name="a", text="局 2018年", entities=entities, indicators={"budget": 1}, fields=Fields(year=2018))
    ledger = export_annotations("conll", [one], tmp_path / "o.conll")
    assert ledger.counts["normal forms", Fate.LOST] == ledger.counts["indicators", Fate.LOST] == 1
    assert ledger.counts["entities", Fate.SHOWN] == 2 and ledger.counts["fields", Fate.LOST] == 1
    spaced = one.model_copy(update={"entities": [Entity(start=0, end=2, label="AGENCY")]})
    ledger = export_annotations("conll", [spaced], tmp_path / "o.conll")
    assert ledger.counts["entities", Fate.LOST] == 1 and "tokens do not show" in ledger.notes[0]
    carrying = export_annotations("doccano", [one], tmp_path / "o.jsonl")
    assert carrying.lost == 0 and carrying.counts["normal forms", Fate.CARRIED] == 1
    assert "normal forms   1 carried" in carrying.describe()


def test_corrections_in_a_tool_come_back(tmp_path: Path) -> None:
    path = tmp_path / "o.jsonl"
    entities = [Entity(start=0, end=1, label="AGENCY", value="某局"), Entity(start=1, end=6, label="DATE")]
    export_annotations(
        "doccano",
        [Annotation(name="a", text="局2018年 58件", entities=entities)],
        path,
        layers=[Layer.ENTITIES, Layer.FACTS],
    )
    row = json.loads(path.read_text(encoding="utf-8"))
    row["label"] = [
        [0, 1, "AGENCY"],
        [7, 10, "COUNT"],
        [7, 10, "requests_received"],
        [8, 10, "PHONE"],
        [0, 1, "PLANET"],
    ]
    path.write_text(json.dumps(row), encoding="utf-8")
    (back,), ledger = import_annotations("doccano", [path])
    assert [(e.label, e.value) for e in back.entities] == [("AGENCY", "某局"), ("COUNT", None)]
    assert [(f.indicators, f.value) for f in back.facts] == [(["requests_received"], 58)]
    assert ledger.lost == 2 and "PLANET" in ledger.describe() and "overlaps" in ledger.describe()


def test_predictions_are_told_from_annotations(report: str, tmp_path: Path) -> None:
    one = Annotation.of_report(extract(report, with_text=True), "r")
    assert not one.reviewed and one.paragraphs[0].confidence is not None
    for name in ("label-studio", "prodigy", "argilla", "docbin", "jsonl"):
        if name == "docbin":
            pytest.importorskip("spacy")
        assert round_trip(name, [one], tmp_path, task_chars=300) == [one]
    export_annotations("label-studio", [one], tmp_path / "t.json")
    (task,) = json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))
    assert "annotations" not in task and 0 < task["predictions"][0]["score"] <= 1
    assert '<Label value="AGENCY"/>' in (tmp_path / "t.xml").read_text(encoding="utf-8")


def test_what_label_studio_says_of_a_span_comes_back(tmp_path: Path) -> None:
    one = Annotation(
        name="a", text="概述58件",
        paragraphs=[Paragraph(start=0, end=5, label="overview", secondary=["other"], level=1)],
        entities=[Entity(start=2, end=5, label="COUNT", value="58")],
        facts=[Fact(start=2, end=5, indicators=["requests_received"], value=58, year=2018)],
    )  # fmt: skip
    path = tmp_path / "o.json"
    export_annotations("label-studio", [one], path)
    (task,) = json.loads(path.read_text(encoding="utf-8"))
    changed = {"paragraphs-secondary": ["proactive"], "entities-value": ["59"], "facts-used": ["no"]}
    for part in task["annotations"][0]["result"]:
        if part["from_name"] in changed:
            part["value"] |= {"choices" if part["type"] == "choices" else "text": changed[part["from_name"]]}
    path.write_text(json.dumps([task]), encoding="utf-8")
    (back,), _ = import_annotations("label-studio", [path])
    assert (back.paragraphs[0].secondary, back.paragraphs[0].level) == (["proactive"], 1)
    assert (back.entities[0].value, back.facts[0].used, back.facts[0].year) == ("59", False, 2018)


def test_a_report_of_which_a_part_is_unreviewed_is_not_for_training(tmp_path: Path) -> None:
    path = tmp_path / "o.json"
    export_annotations("label-studio", [Annotation(name="a", text="一\n二\n", reviewed=False)], path, task_chars=2)
    tasks = json.loads(path.read_text(encoding="utf-8"))
    tasks[0]["annotations"] = [{"result": [], "was_cancelled": True}, {"result": []}]
    path.write_text(json.dumps(tasks), encoding="utf-8")
    (back,), ledger = import_annotations("label-studio", [path])
    assert not back.reviewed and "1 of 2 tasks are reviewed" in ledger.notes[0]
    path.write_text(json.dumps(tasks[:1]), encoding="utf-8")
    none, ledger = import_annotations("label-studio", [path])
    assert none == [] and "1 of 2 parts" in ledger.notes[0] and ledger.lost == 1
    path.write_text(json.dumps([*tasks, tasks[0]]), encoding="utf-8")
    assert "comes twice" in import_annotations("label-studio", [path])[1].notes[0]


def test_foreign_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "b.conll").write_text("县 B-AGENCY\n局 I-AGENCY\n\n电 O\n", encoding="utf-8")
    (bio,), _ = import_annotations("conll", [tmp_path / "b.conll"])
    assert (bio.text, [(e.start, e.end) for e in bio.entities]) == ("县局\n电\n", [(0, 2)])
    line = {
        "id": 3,
        "text": "县局",
        "entities": [{"id": 1, "start_offset": 0, "end_offset": 2, "label": "AGENCY"}],
        "relations": [],
    }
    (tmp_path / "d.jsonl").write_text(json.dumps(line) + "\n\n" + json.dumps(line), encoding="utf-8")
    found, _ = import_annotations("doccano", [tmp_path / "d.jsonl"])
    assert [a.name for a in found] == ["report-1", "report-2"] and found[0].entities[0].end == 2
    (tmp_path / "c.jsonl").write_text('{"text": "概述", "label": ["overview"]}\n', encoding="utf-8")
    ((sections), _) = import_annotations("doccano-sections", [tmp_path / "c.jsonl"])
    assert sections[0].paragraphs[0].label == "overview"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("jsonl", "{", "o:1"),
        ("jsonl", '{"text": "a", "entities": [{"start": 0, "end": 2, "label": "AGENCY"}]}', "the text at 1"),
        ("jsonl", '{"text": "a", "entities": [{"start": 0, "end": 1, "label": "PLANET"}]}', "unknown entity label"),
        ("jsonl", '{"text": "a", "planet": 1}', "planet"),
        ("doccano", '{"text": "a", "label": [[0]]}', r"\[start, end, label\]"),
        ("doccano", '{"text": "a", "label": [[0, 9, "AGENCY"]]}', "o:1"),
        ("doccano", '{"text": 1}', "str is due"),
        ("doccano", "[1]", "an object is due"),
        ("doccano", '{"text": "ab", "nianbao": {"name": "a", "chars": 3, "shown": []}}', "the text cannot"),
        ("prodigy", '{"text": "a", "spans": [{"start": "0"}]}', "int is due"),
        ("label-studio", LABEL_STUDIO, "--offsets"),
        ("argilla", '{"fields": {"text": "a"}, "metadata": {"nianbao": "{"}}', "metadata"),
        ("conll", '# newdoc id = "a"\n# text = "县局"\n村\tO\n', "o:3"),
        ("docbin", "nothing", "no DocBin"),
    ],
)  # fmt: skip
def test_bad_files_are_refused_with_their_place(name: str, content: str, message: str, tmp_path: Path) -> None:
    if name == "docbin":
        pytest.importorskip("spacy")
    path = tmp_path / "o"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(FormatError, match=message):
        import_annotations(name, [path])


def places(data: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The paths to all values of JSON data."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(p for key, value in items for p in places(value, (*path, key)))]


@pytest.mark.parametrize("name", ["jsonl", "label-studio", "doccano", "doccano-sections", "prodigy", "argilla"])
@relaxed
@given(data=st.data())
def test_damaged_files_are_refused_or_read_never_worse(name: str, data: st.DataObject, tmp_path: Path) -> None:
    one = Annotation(
        name="a", text="某局\n收到58件", paragraphs=[Paragraph(start=0, end=2, label="title", secondary=["other"])],
        entities=[Entity(start=0, end=2, label="AGENCY", value="x")],
        facts=[Fact(start=5, end=8, indicators=["requests_received"], value=58)],
    )  # fmt: skip
    path = tmp_path / f"o{FORMATS[name].suffix}"
    export_annotations(name, [one], path, layers=FORMATS[name].layers)
    content = json.loads(path.read_text(encoding="utf-8"))
    *way, last = data.draw(st.sampled_from(places(content)[1:]))
    holder = content
    for key in way:
        holder = holder[key]
    holder[last] = data.draw(st.sampled_from((None, -1, 10**18, 0.5, "", "?", [], {}, [[]], [None], {"a": 1}, True)))
    path.write_text(json.dumps(content), encoding="utf-8")
    try:
        found, _ = import_annotations(name, [path])
    except FormatError:
        return
    assert all(Annotation.model_validate(a.model_dump(by_alias=True)) == a for a in found)


def test_unknown_formats_and_layers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no format 'xml'"):
        export_annotations("xml", [], tmp_path / "o")
    with pytest.raises(FormatError, match="conll cannot show facts"):
        export_annotations("conll", [], tmp_path / "o", layers=[Layer.FACTS])
    with pytest.raises(FormatError, match="No such file"):
        import_annotations("jsonl", [tmp_path / "none"])
