"""What a reader sees of a record: tables as tables, evidence in its words, nothing that steers the terminal."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from rich.console import Console

from nianbao import show
from nianbao.record import Report

TEXT = "青石县水利局2021年[bold]年报[/bold]\x1b[31m\x9b2J\u202e\n共收到申请7件,无复议。\n"


def record(**fields: Any) -> Report:
    given = {
        "producer": {"version": "0", "catalogue": "0", "models": {}},
        "source": {"uri": "a.txt"},
        "status": "ok",
        "kind": "report",
        "text": TEXT,
        **fields,
    }
    return Report.model_validate(given)


def cited(value: Any, quote: str, **fields: Any) -> dict[str, Any]:
    start = TEXT.index(quote)
    return {"value": value, "start": start, "end": start + len(quote), "source": "prose", "confidence": 0.97, **fields}


def printed(view: Callable[[Report, Console], None], report: Report) -> str:
    out = io.StringIO()
    view(report, Console(file=out, width=120, markup=True, force_terminal=False))
    return out.getvalue()


@pytest.mark.parametrize("view", [show.show_record, show.show_text, show.show_summary, show.show_failures])
def test_nothing_of_the_input_steers_the_terminal(view: Callable[[Report, Console], None]) -> None:
    everywhere = TEXT.replace("\n", " ")
    hostile = {"value": everywhere, "start": 0, "end": len(TEXT), "source": "title", "confidence": 1}
    failed = {"id": "T3-01", "instance": everywhere, "status": "fail", "severity": "hard", "left": 1, "right": 2,
              "at": [{"start": 0, "end": 20}], "detail": everywhere}  # fmt: skip
    out = printed(
        view,
        record(
            source={"uri": everywhere},
            title=hostile,
            contact={"phone": [hostile]},
            paragraphs=[
                {"start": 0, "end": 40, "label": "title", "secondary": [], "heading_level": 1, "confidence": 1}
            ],
            tables=[{"form": "unknown", "start": 0, "end": 9, "rows": [[everywhere]]}],
            problems=[{"start": 0, "end": 9, "text": everywhere, "tense": None}],
            checks=[failed],
            warnings=[{"code": "garbled", "detail": everywhere, "start": 0, "end": 9}],
        ),
    )
    assert "[bold]年报[/bold]" in out
    assert not set(out) & set("\x1b\x9b\u202e")


def test_printable_keeps_every_offset() -> None:
    every = "".join(map(chr, range(0x3000))) + "\ud800"
    shown = show.printable(every)
    assert len(shown) == len(every)
    assert shown.encode("utf-8")


def test_indicators_come_with_their_words() -> None:
    number = cited(7, "7件", unit="件")
    derived = {
        "value": 3,
        "start": None,
        "end": None,
        "source": "derived",
        "rule": "T3-02",
        "confidence": 0.9,
        "unit": "件",
    }
    out = printed(show.show_record, record(indicators={"requests_received": number, "requests_denied": derived}))
    assert "共收到申请«7件»,无复议。" in out
    assert "prose 0.97" in out
    assert "T3-02 0.90" in out


def test_a_long_evidence_is_cut_in_its_middle() -> None:
    text = "无" * 500
    out = printed(
        show.show_record,
        record(text=text, indicators={"review_total": {**cited(0, "无复议", unit="件"), "start": 0, "end": 500}}),
    )
    assert "…" in out
    assert out.count("无") < 200


def test_tables_are_tables() -> None:
    def cell(value: int | None, state: str = "printed") -> dict[str, Any]:
        return {"value": value, "state": state, "unit": "件", "start": 0, "end": 1}

    row = {"upheld": cell(1234), "corrected": cell(None, "dash"), "other": cell(None, "missing"), "total": cell(1234)}
    table = {"form": "review_litigation", "start": 0, "end": 9, "cells": {"review": row}}
    out = printed(show.show_record, record(tables=[table]))
    (line,) = (line for line in out.splitlines() if "1,234" in line)
    assert line.count("1,234") == 2
    assert "—" in line
    assert "×" in line
    assert "尚未审结" in out


def test_failed_checks_say_what_is_wrong_in_both_languages() -> None:
    check = {"id": "T3-01", "instance": "总计", "status": "fail", "severity": "hard",
             "left": 7, "right": 8.5, "at": [{"form": "requests_2021", "row": "requests_received", "column": "total"}],
             "detail": "少了"}  # fmt: skip
    passed = {**check, "id": "T3-02", "status": "pass"}
    out = printed(show.show_failures, record(checks=[check, passed]))
    zh, en = show.describe("T3-01")
    squashed = "".join(out.split())
    assert "".join(zh.split()) in squashed
    assert "".join(en.split()) in squashed
    assert "7 ≠ 8.5" in out
    assert "requests_2021 requests_received total" in out
    assert "T3-02" not in out


def test_text_names_each_evidence_behind_its_mark() -> None:
    start = TEXT.index("7件")
    entity = {"label": "COUNT", "start": start, "end": start + 2, "text": "7件", "value": 7}
    agency = {"label": "AGENCY", "start": 0, "end": 6, "text": "青石县水利局", "value": "青石县水利局"}
    zero = cited(0, "无复议", unit="件", source="zero")
    number = cited(7, "7件", unit="件")
    out = printed(
        show.show_text,
        record(entities=[agency, entity], indicators={"requests_received": number, "review_total": zero}),
    )
    assert out.startswith("青石县水利局‹AGENCY›2021年")
    assert "共收到申请7件‹requests_received›,无复议‹review_total›。" in out
