"""Tables that no form claims: rows of cells in consecutive lines or in an HTML grid."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from nianbao.document import Document, Grid, Table
from nianbao.tables.cells import leaf_grids
from nianbao.tables.extent import first_line, last_line, line_at
from nianbao.tables.words import LONGEST_CELL, Kind, cell_words, read_cell

_FORM = "unknown"
# A table has so many rows of two cells, so many of them with a number, and half of all rows with one. Navigation and
# metadata blocks (索引号: | ...) have cells but no columns of numbers; a colon ends the name of a single value.
_ROWS, _NUMBERS = 3, 2

# Lines with numbers follow one another at this distance in a table, blank and one-cell lines between.
_GAP = 3

_SPLIT = re.compile(r"[|\t]| {2,}")
_RULE = re.compile(r"[|:\- \t]+")
# A cell at the end of a line or before a separator that holds a number, perhaps with a unit.
_NUMBER_CELL = re.compile(r"(?:[|\t]|  ) {0,40}[-+]?\d[\d,.]{0,18}[^\s\d|]{0,2} {0,40}(?=[|\t\n]|$)")


def unknown_tables(document: Document, known: Sequence[Table]) -> list[Table]:
    """The tables outside of the known ones, each with the texts of its cells by row."""
    taken = sorted((table.start, table.end) for table in known)
    found = []
    for grid in leaf_grids(document):
        if all(grid.end <= start or end <= grid.start for start, end in taken):
            taken.append((grid.start, grid.end))
            rows = _grid_rows(document.shadow, grid)
            if _is_table(rows):
                found.append(Table(_FORM, grid.start, grid.end, rows=rows))
    for start, end in _gaps(sorted(taken), len(document.shadow)):
        found += _line_tables(document, start, end)
        found += _stacked_tables(document, start, end)
    return found


def _gaps(taken: list[tuple[int, int]], size: int) -> Iterator[tuple[int, int]]:
    at = 0
    for start, end in [*taken, (size, size)]:
        if at < start:
            yield at, start
        at = max(at, end)


def _line_tables(document: Document, start: int, end: int) -> Iterator[Table]:
    """The tables among the lines of a stretch."""
    shadow = document.shadow
    numeric = sorted({line_at(document, match.start()) for match in _NUMBER_CELL.finditer(shadow, start, end)})
    while numeric:
        first = last = numeric[0]
        while first and document.lines[first - 1].start >= start and len(_cells(document, first - 1)) > 1:
            first -= 1
        numeric.pop(0)
        while numeric and numeric[0] - last <= _GAP:
            last = numeric.pop(0)
        rows = tuple(filter(None, (_cells(document, at) for at in range(first, last + 1))))
        if _is_table(rows):
            top, bottom = document.lines[first].start, document.lines[last].end
            yield Table(_FORM, first_line(document, top), last_line(document, bottom, notes=True), rows=rows)


def _stacked_tables(document: Document, start: int, end: int) -> Iterator[Table]:
    """The tables among the lines of a stretch that have one cell a line: label, unit and number by turns."""
    if not _unit_line().search(document.shadow, start, end):
        return
    rows: list[tuple[str, ...]] = []
    top = bottom = start
    for match in _stacked_row().finditer(document.shadow, start, end):
        if rows and document.shadow[bottom : match.start()].count("\n") > _GAP * 2:
            yield from _stacked_table(document, top, bottom, rows)
            rows = []
        top = top if rows else match.start()
        bottom = match.end()
        rows.append((match[1].strip(), match[2], match[3]))
    yield from _stacked_table(document, top, bottom, rows)


def _stacked_table(document: Document, top: int, bottom: int, rows: list[tuple[str, ...]]) -> Iterator[Table]:
    if _is_table(rows):
        bottom = last_line(document, bottom, notes=True)
        yield Table(_FORM, first_line(document, top), bottom, rows=tuple(rows))


@cache
def _unit_line() -> re.Pattern[str]:
    """A line with nothing but a unit, known by its characters: a quick look before `_stacked_row`."""
    return re.compile(rf"\n {{0,40}}[{''.join(set(''.join(cell_words().units)))}]{{1,3}} {{0,40}}\n")


@cache
def _stacked_row() -> re.Pattern[str]:
    units = "|".join(sorted(cell_words().units, key=len, reverse=True))
    gap = r" {0,40}\n[ \n]{0,40}"
    return re.compile(rf"(?m)^([^\n|]{{1,80}}){gap}({units}){gap}([-+]?\d[\d,.]{{0,18}}|[/—-]{{1,2}})(?= {{0,40}}$)")


def _cells(document: Document, at: int) -> tuple[str, ...]:
    """The cells of a line, blank ones inside it kept; none for a ruled line."""
    text = document.shadow[document.lines[at].start : document.lines[at].end].strip(" |")
    return () if _RULE.fullmatch(text) else tuple(cell.strip() for cell in _SPLIT.split(text)) if text else ()


def _grid_rows(shadow: str, grid: Grid) -> tuple[tuple[str, ...], ...]:
    rows: dict[int, list[str]] = {}
    for cell in grid.cells:
        rows.setdefault(cell.row, []).append(" ".join(shadow[cell.start : cell.end].split()))
    return tuple(map(tuple, rows.values()))


def _is_table(rows: Sequence[Sequence[str]]) -> bool:
    wide = [row for row in rows if sum(map(bool, row)) > 1 and not any(cell.endswith(":") for cell in row)]
    counted = sum(any(map(_is_number, row)) for row in wide)
    return len(wide) >= _ROWS and counted >= _NUMBERS and 2 * counted >= len(wide)


def _is_number(cell: str) -> bool:
    if len(cell) > LONGEST_CELL or not any(map(str.isdigit, cell)):
        return False
    # the label of a stacked row may hold runs of spaces, a piece may not
    return [lexeme.kind for lexeme in read_cell(" ".join(cell.split()))] == [Kind.NUMBER]
