"""The whole way: invariants over the records of every sample, and of any text at all."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nianbao import engine
from nianbao.catalogue import catalogue
from nianbao.record import WARNINGS, Report, dumps
from nianbao.train.marked import Sample, read

SAMPLES = Path(__file__).parent.parent / "corpora" / "samples"


@cache
def samples() -> list[Sample]:
    return [read(path) for path in sorted(SAMPLES.glob("*.mr.*"))]


@cache
def report_of(name: str) -> Report:
    sample = next(s for s in samples() if s.name == name)
    return engine.extract(sample.data.encode(), uri=sample.gold.file, with_text=True)


NAMES = [path.name.split(".")[0] for path in sorted(SAMPLES.glob("*.mr.*"))]


def spans(value: Any) -> Iterator[dict[str, Any]]:
    """Every object with a span, wherever it stands in the record."""
    if isinstance(value, dict):
        if "start" in value and "end" in value:
            yield value
        for inner in value.values():
            yield from spans(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from spans(inner)


def check_record(report: Report) -> None:
    """What holds of every record: the schema, the closed lists, the evidence, the cover of the lines."""
    record = report.model_dump()
    text = record["text"]
    assert Report.model_validate_json(report.model_dump_json()) == report
    for found in spans(record):
        start, end = found["start"], found["end"]
        if start is None or end is None:
            assert start is None and end is None
            assert found.get("source", "derived") in ("derived", "metadata") or "state" in found or "code" in found
        else:
            assert 0 <= start < end <= len(text) or found.get("state") == "blank"
        if "text" in found and "label" not in found:
            assert found["text"] == text[start:end]
    labels = catalogue().labels
    assert {w["code"] for w in record["warnings"]} <= set(WARNINGS)
    assert record["kind"] in labels["kind"]
    entities = record["entities"]
    assert entities == sorted(entities, key=lambda e: (e["start"], -e["end"]))
    for entity in entities:
        assert entity["label"] in labels["entity"]
        assert entity["text"] == text[entity["start"] : entity["end"]]
    for one, next_one in pairwise(entities):
        assert one["end"] <= next_one["start"]
    check_cover(record["paragraphs"], text, labels["paragraph"])


def check_cover(paragraphs: list[dict[str, Any]], text: str, labels: tuple[str, ...]) -> None:
    """Segments are whole lines or consecutive parts of one, in order, and leave no line out that is not blank."""
    at = 0
    covered = [(p["start"], p["end"]) for p in paragraphs]
    assert covered == sorted(covered)
    assert all(p["label"] in labels and set(p["secondary"]) <= set(labels) for p in paragraphs)
    inside = set()
    for start, end in covered:
        assert "\n" not in text[start:end]
        inside.update(range(start, end))
    for line in text.split("\n"):
        if line.strip():
            assert all(
                i in inside for i in range(at, at + len(line)) if not text[i].isspace() and text[i] not in "\u200b"
            )
        at += len(line) + 1


@pytest.mark.parametrize("name", NAMES)
def test_record_of_a_sample(name: str) -> None:
    check_record(report_of(name))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.sampled_from(
            [
                "一、概述",
                "收到申请3件",
                "规章",
                "0",
                "|",
                "\t",
                "2018年",
                "\n",
                "。",
                "(",
                "清河县水利局",
                "𠮷",
                "政(zhèng)府(fǔ)办(bàn)",
                "电话:0319-8161234",
                "为零",
                "，",
                " ",
                "\u200b",
                "報告",
                "本年度办理结果",
                "1",
                "件",
                "统计表",
                "存在问题",
                "《条例》",
            ]
        ),
        max_size=40,
    ).map("".join)
)
def test_record_of_any_text(text: str) -> None:
    report = engine.extract(text.encode(), with_text=True)
    if report.text:
        check_record(report)
    else:
        assert report.status in ("failed", "not_a_report")


@pytest.mark.parametrize("name", ["b_02", "d_01", "x_09", "h_07"])
def test_figures_carry_their_evidence(name: str) -> None:
    report = report_of(name)
    assert report.text is not None
    assert report.indicators
    for indicator, cited in report.indicators.items():
        if cited.source == "derived":
            assert cited.rule, indicator
        elif cited.start is not None and cited.end is not None:
            assert report.text[cited.start : cited.end].strip(), indicator


@pytest.mark.parametrize("name", ["x_03", "x_04", "x_05", "x_06"])
def test_what_is_no_report_feeds_nothing(name: str) -> None:
    report = report_of(name)
    assert report.status == "not_a_report"
    assert (report.agency, report.year, report.period) == (None, None, None)
    assert not (report.indicators or report.tables or report.facts or report.problems or report.measures)
    assert report.paragraphs and report.entities


def test_a_path_given_as_text_is_told() -> None:
    with pytest.raises(TypeError, match="extract_file"):
        engine.extract(str(SAMPLES / "a_01.mr.txt"))


def test_time_limit_gives_a_record() -> None:
    report = engine.extract("清河县水利局2013年政府信息公开年报\n", limits=engine.Limits(timeout=0))
    assert (report.status, report.warnings[0].code) == ("failed", "limit_exceeded")


def test_a_stage_that_fails_is_told_and_harms_no_other_input(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("planted")

    text = "清河县水利局2013年政府信息公开年报\n一、概述\n全年工作平稳。\n二、依申请公开\n收到申请3件。"
    monkeypatch.setattr(engine, "link", fail)
    broken = engine.extract(text, with_text=True)
    assert broken.status == "partial"
    assert [w.code for w in broken.warnings] == ["stage_failed"]
    assert broken.warnings[0].detail == "facts: ZeroDivisionError: planted"
    assert broken.paragraphs and broken.text == text
    monkeypatch.undo()
    assert engine.extract(text).status == "ok"


@pytest.mark.parametrize("name", NAMES)
def test_the_line_is_that_of_the_model(name: str) -> None:
    fields = engine.read(next(s for s in samples() if s.name == name).data.encode(), uri=f"{name}.txt")
    assert dumps(fields).decode() == Report.model_validate(fields).model_dump_json()


@pytest.mark.parametrize("source", ["", "%PDF-1.7", b"\x89PNG\r\n\x1a\n\0", "今天天气好。", "x" * 200])
@pytest.mark.parametrize("with_text", [False, True])
def test_so_is_that_of_a_bad_input(source: str | bytes, with_text: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = engine.Limits(max_bytes=100)
    fields = engine.read(source, uri="bad", with_text=with_text, limits=limits)
    assert dumps(fields).decode() == Report.model_validate(fields).model_dump_json()
    monkeypatch.setattr(engine, "tag", lambda *_: 1 // 0)
    broken = engine.read(source, uri="bad", with_text=with_text)
    assert dumps(broken).decode() == Report.model_validate(broken).model_dump_json()


def test_a_path_that_cannot_be_one_gives_a_record() -> None:
    report = engine.extract_file("a\0b")
    assert (report.status, report.warnings[0].code) == ("failed", "unreadable_file")


_CODE = """
import sys
from nianbao import engine
data = open(sys.argv[1], "rb").read()
sys.stdout.buffer.write(engine.extract(data).model_dump_json().encode())
heavy = sorted({"spacy", "sklearn", "scipy", "torch", "jieba"} & set(sys.modules))
sys.stderr.write(",".join(heavy))
"""


def run(path: Path, seed: str) -> tuple[bytes, str]:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run(
        [sys.executable, "-c", _CODE, str(path)], capture_output=True, check=True, env=environment, timeout=120
    )
    return done.stdout, done.stderr.decode()


def test_same_bytes_for_every_hash_seed_and_nothing_heavy_loaded(tmp_path: Path) -> None:
    sample = next(s for s in samples() if s.name == "b_01")
    path = tmp_path / "report.txt"
    path.write_text(sample.data, encoding="utf8")
    first, heavy = run(path, "1")
    second, _ = run(path, "77")
    assert first == second
    assert heavy == ""
