"""Tables that no form claims: rows of cells in consecutive lines or in an HTML grid."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from nianbao.document import Document, Grid, Table
from nianbao.tables.cells import leaf_grids
from nianbao.tables.extent import first_line, last_line, line_at
from nianbao.tables.words import Kind, read_piece

_FORM = "unknown"
# A table has so many rows of two cells, so many of them with a number, and half of all rows with one. Navigation and
# metadata blocks (索引号 | ...) have cells but no columns of numbers.
_ROWS, _NUMBERS = 3, 2

_SPLIT = re.compile(r"[|\t]| {2,}")
# A cell at the end of a line or before a separator that holds a number, perhaps with a unit.
_NUMBER_CELL = re.compile(r"[|\t ] *[-+]?\d[\d,.]{0,18}[^\s\d|]{0,2} *(?=[|\t\n]|  |$)")


def unknown_tables(document: Document, known: Sequence[Table]) -> list[Table]:
    """The tables outside of the known ones, each with the texts of its cells by row."""
    taken = [(table.start, table.end) for table in known]
    found = []
    for grid in leaf_grids(document):
        if not _overlaps(grid.start, grid.end, taken):
            taken.append((grid.start, grid.end))
            rows = _grid_rows(document.shadow, grid)
            if _is_table(rows):
                found.append(Table(_FORM, grid.start, grid.end, rows=rows))
    for first, last in _runs(document):
        lines = document.lines[first : last + 1]
        if not _overlaps(lines[0].start, lines[-1].end, taken):
            rows = tuple(filter(None, (_line_cells(document.shadow[line.start : line.end]) for line in lines)))
            if _is_table(rows):
                start = first_line(document, lines[0].start)
                found.append(Table(_FORM, start, last_line(document, lines[-1].end, notes=True), rows=rows))
    return found
