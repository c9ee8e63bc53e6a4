"""What `make fuzz` has found, each in the few words that are left of it, and that it would find it again.

Every case names its guard, the line without which it fails.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conftest import REPORT
from fuzz.__main__ import samples
from fuzz.mutations import Source, mutant
from fuzz.oracle import faults
from nianbao import engine, record

MUTANTS = 20
FINDINGS = {
    # guard: tables.slots.Segment.wordy is what the slots are now; the first of two bindings may have cut the words off
    "words_cut_twice": "自然人商业企业科研机构公益组织法律服务其他新收政府信息 0 0 办理结果予以公开 6 "
    "只计这一情形不予公开国家秘密 0 0 0 0 开|禁止公开 0 0 0 0 0 0 三安全 0 0 0 0 0 0 第三方 2 0 0",
    # guard: tables.unknown._is_number; the label of a row in three lines is no piece yet
    "spaces_in_a_label": "青石县水利局2016年政府信息公开工作年度报告\n甲9  9条\n件\n3\n乙\n件\n4\n丙\n件\n5\n丁\n件\n6",
    # guard: assemble.items: of a clause may be nothing left when its edges are trimmed
    "empty_clause": REPORT.replace("我局将加强业务培训", "加强业务培训,"),
}  # fmt: skip

Harm = Callable[[record.Report], dict[str, object]]
HARMS: dict[str, Harm] = {
    "no paragraph at": lambda report: {"paragraphs": report.paragraphs[1:]},
    "paragraphs overlap": lambda report: {"paragraphs": [report.paragraphs[0], *report.paragraphs]},
    "quotes what is not there": lambda report: {"problems": [_moved(report.problems[0])]},
    "cites nothing": lambda report: {"title": report.title and report.title.model_copy(update={"end": 0})},
    "to 1000000 of": lambda report: {"title": report.title and report.title.model_copy(update={"end": 1_000_000})},
    "half a span": lambda report: {"title": report.title and report.title.model_copy(update={"end": None})},
    "confidence 1.5": lambda report: {"title": report.title and report.title.model_copy(update={"confidence": 1.5})},
    "another record": lambda report: {
        "title": report.title and report.title.model_copy(update={"value": float("nan")})
    },
    "ok without a text": lambda _: {"text": None},
    "partial, and no word why": lambda _: {"status": "partial"},
    "not documented": lambda _: {"warnings": [record.Notice(code="news", detail="")]},
}


def _moved(item: record.Item) -> record.Item:
    return item.model_copy(update={"start": item.start + 1})


@pytest.fixture(scope="module")
def reports() -> list[Source]:
    return samples()


@pytest.mark.parametrize("name", FINDINGS)
def test_what_was_found_stays_mended(name: str) -> None:
    assert faults(FINDINGS[name]) == []


def test_mutants_keep_the_promises(reports: list[Source]) -> None:
    """Few of them: `make fuzz` is for many."""
    found = {number: faults(mutant(reports, f"test-{number}")[0]) for number in range(MUTANTS)}
    assert {number: fault for number, fault in found.items() if fault} == {}


def test_a_mutant_is_made_again_from_its_seed(reports: list[Source]) -> None:
    assert mutant(reports, "1") == mutant(reports, "1") != mutant(reports, "2")


@pytest.mark.parametrize("words", HARMS)
def test_broken_promises_are_seen(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    report = engine.extract(REPORT, uri="report", with_text=True)
    monkeypatch.setattr(engine, "extract", lambda *_, **__: report.model_copy(update=HARMS[words](report)))
    assert any(words in fault for fault in faults(REPORT))


def test_stages_that_fail_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "tag", lambda *_: 1 / 0)
    assert any(fault.startswith("stage_failed: tag") for fault in faults(REPORT))
    monkeypatch.setattr(engine, "ingest", None)
    monkeypatch.setattr(engine, "producer", lambda: 1 / 0)
    assert faults(REPORT) == ["raised ZeroDivisionError: division by zero"]
