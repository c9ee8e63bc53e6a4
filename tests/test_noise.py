"""The damage of real pages: what the record has to say in spite of it."""

from __future__ import annotations

from typing import Any

import pytest

from nianbao import engine
from nianbao.record import Report
from noise_cases import CASES, COVER, DISCLOSURE, EMPTY_COUNTERS, REQUESTS, Case, page, sheet


def said(report: Report, path: str) -> Any:
    """What the record says at a path: a field, an indicator, a contact, a cell, an entity's value, a line's label."""
    text = report.text or ""
    head, _, rest = path.partition(" ")
    if head == "label":
        return next((p.label for p in report.paragraphs if text.startswith(rest, p.start)), None)
    if rest:
        return next((e.value for e in report.entities if (e.label, e.text) == (head, rest)), "absent")
    if path == "others":
        return [other.year for other in report.others]
    if path in ("phone", "email", "address"):
        return next((cited.value for cited in getattr(report.contact, path)), None)
    if "." in path:
        row, column, *state = path.split(".")
        cells = [table.cells[row][column] for table in report.tables if row in (table.cells or {})]
        assert len(cells) == 1, f"{len(cells)} tables with {row}"
        return cells[0].state if state else cells[0].value
    cited = getattr(report, path) if path in Report.model_fields else report.indicators.get(path)
    return cited.value if cited else None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_the_record_says_in_spite_of_it(case: Case) -> None:
    report = engine.extract(case.text, with_text=True)
    kind = "report_with_cover" if COVER in str(case.text) else "report"
    assert (report.status, report.kind) == ("ok", kind)
    assert {path: said(report, path) for path in case.says} == case.says
    text = report.text or ""
    labels = {line: [p.label for p in report.paragraphs if text[p.start : p.end] == line] for line in case.noise}
    assert labels == {line: ["noise"] for line in case.noise}
    assert set(case.warns) <= {warning.code for warning in report.warnings}


def test_no_kind_of_damage_is_left_out() -> None:
    assert {case.id[:4] for case in CASES} == {f"N-{number:02}" for number in range(1, 41)}


@pytest.mark.parametrize("line", EMPTY_COUNTERS.split("\n"))
def test_an_empty_counter_counts_nothing(line: str) -> None:
    report = engine.extract(page(line), with_text=True)
    at = (report.text or "").index(line)
    assert not [e.text for e in report.entities if e.label == "COUNT" and at <= e.start < at + len(line)]


def test_a_sound_page_has_nothing_to_warn_of() -> None:
    assert not engine.extract(page()).warnings
    assert not [w.code for w in engine.extract(sheet(f"{DISCLOSURE}\n{REQUESTS}")).warnings]
