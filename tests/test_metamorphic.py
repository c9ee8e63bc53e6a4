"""One report in many codings: however a site marks up a text and its tables, the record is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from nianbao import engine
from nianbao.catalogue import catalogue
from nianbao.record import Report
from nianbao.train.gold import GoldTable
from nianbao.train.marked import Sample, read
from table_shapes import Box, Printed, layout, lines, pipes, spaced_lines

SAMPLES = Path(__file__).parent.parent / "corpora" / "samples"
NAMES = ("b_06", "c_01", "d_07")

Block = str | Printed  # a line of prose, or a table
Coding = Callable[[list[Block]], str]


@cache
def sample(name: str) -> Sample:
    return read(SAMPLES / f"{name}.mr.txt")


def blocks(name: str) -> Iterator[Block]:
    """The lines of a sample's text, each stretch of statistics as the gold table that it prints."""
    found, gold = sample(name), iter(sample(name).gold.tables)
    for statistics, paragraphs in groupby(found.gold.paragraphs, key=lambda p: p.label == "statistics"):
        if statistics:
            yield printed(next(gold))
        else:
            yield from (found.data[p.start : p.end] for p in paragraphs)
    assert next(gold, None) is None, "each stretch of statistics is one table"


def printed(table: GoldTable) -> Printed:
    """The official template of a gold table's form, filled."""
    form = catalogue().forms[table.form]
    numbers = {}
    for row in form.rows:
        if row.id:
            cells = table.cells.get(row.id, {})
            numbers[row.id] = [figure(column, cells.get(column)) for column in form.columns_of(row.id)]
    return layout(table.form, numbers)


def figure(column: str, value: float | None) -> str:
    return "" if value is None else f"{value:.10g}" + ("万元" if column == "amount" else "")


def text_with(shape: Callable[[Printed], str]) -> Coding:
    return lambda parts: "\n".join(part if isinstance(part, str) else shape(part) for part in parts)


def grid(table: Printed, cell: Callable[[str], str]) -> str:
    def box(one: Box) -> str:
        return f'<td colspan="{one.colspan}" rowspan="{one.rowspan}">{cell(escape(one.text))}</td>'

    rows = "".join(f"<tr>{''.join(map(box, row))}</tr>\n" for row in table)
    return f"<table border='1'><tbody>{rows}</tbody></table>"


def document(body: str) -> str:
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'></head><body>\n{body}\n</body></html>"


def paragraphs_of(parts: list[Block]) -> str:
    """A block a paragraph, true tables between them."""
    plain = "".join(f"<p>{escape(part)}</p>\n" if isinstance(part, str) else grid(part, str) for part in parts)
    return document(plain)


def breaks_of(parts: list[Block]) -> str:
    """One division in which lines end with a break; so do those inside the cells."""
    plain = "".join(
        f"{escape(part)}<br/>\n" if isinstance(part, str) else grid(part, "<div>{}<br></div>".format) for part in parts
    )
    return document(f"<div class='wrap'><div id='zoom'>{plain}</div></div>")


def nested_of(parts: list[Block]) -> str:
    """A page laid out by tables, as a word processor saves it: a span every few letters, blanks as entities."""

    def spans(text: str) -> str:
        pieces = [text[at : at + 7] for at in range(0, len(text), 7)]
        return "".join(f"<span style='font-size:16pt'>{escape(piece)}</span>" for piece in pieces)

    plain = "".join(
        f"<p>{'&nbsp;' * 4}{spans(part.strip())}&nbsp;</p>\n"
        if isinstance(part, str)
        else grid(part, "<p class='MsoNormal'>&nbsp;<span>{}</span></p>".format)
        for part in parts
    )
    inner = f"<table width='960'><tr><td>&nbsp;</td></tr><tr><td>{plain}</td></tr></table>"
    return document(f"<table width='100%'><tr><td>{inner}</td></tr></table>")


CODINGS: dict[str, Coding] = {
    "one cell a line": text_with(lines),
    "cells between blank lines": text_with(spaced_lines),
    "rows of pipes": text_with(pipes),
    "paragraphs": paragraphs_of,
    "breaks": breaks_of,
    "nested layout tables": nested_of,
}


def essence(report: Report) -> dict[str, Any]:
    """What may not hang on the coding: who, which year, every figure and every cell."""
    cells = {
        table.form: {
            f"{row}.{column}": cell.value
            for row, columns in (table.cells or {}).items()
            for column, cell in columns.items()
            if cell.value is not None
        }
        for table in report.tables
    }
    figures = {name: cited.value for name, cited in report.indicators.items()}
    who = {name: getattr(getattr(report, name), "value", None) for name in ("title", "agency", "year", "period")}
    return {"status": report.status, "kind": report.kind, "era": report.era, **who, "cells": cells, "figures": figures}


@cache
def clean(name: str) -> dict[str, Any]:
    return essence(engine.extract(sample(name).data))


@pytest.mark.parametrize("name", NAMES)
def test_the_clean_text_gives_what_a_careful_reader_takes(name: str) -> None:
    gold, found = sample(name).gold, clean(name)
    assert (found["title"], found["agency"], found["year"]) == (gold.title, gold.agency, gold.year)
    assert sorted(found["cells"]) == sorted(table.form for table in gold.tables)


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("name", NAMES)
def test_the_record_does_not_hang_on_the_coding(name: str, coding: str) -> None:
    data = CODINGS[coding](list(blocks(name)))
    assert essence(engine.extract(data.encode())) == clean(name)
