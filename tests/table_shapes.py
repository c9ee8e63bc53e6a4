"""Documents that hold a form in one of its shapes."""

from __future__ import annotations

from nianbao.document import Document, Grid, GridCell, Line, OffsetMap
from nianbao.train.generate.layout import (
    LOOSE,
    SHAPES,
    Box,
    Numbers,
    Printed,
    columns,
    layout,
    lines,
    pipes,
    placed,
    spaced_lines,
    tabs,
    words,
)

__all__ = [
    "LOOSE", "SHAPES", "Box", "Numbers", "Printed", "columns", "document", "grid_document", "layout", "lines",
    "pipes", "spaced_lines", "tabs", "words",
]  # fmt: skip


def document(text: str, grids: tuple[Grid, ...] = ()) -> Document:
    """A document whose shadow is its text."""
    lines, at = [], 0
    for line in text.split("\n"):
        lines.append(Line(at, at + len(line), not line.strip()))
        at += len(line) + 1
    return Document(text=text, shadow=text, offsets=OffsetMap(), lines=lines, format="txt", grids=grids)


def grid_document(printed: Printed, before: str, after: str) -> Document:
    """A document with the form as an HTML table: rows are lines, cells joined by tabs, spans known to the grid."""
    text = before
    cells: list[GridCell] = []
    last = 0
    start = len(text)
    for row, column, box in placed(printed):
        if cells:
            text += "\t" if row == last else "\n"
        last = row
        cells.append(GridCell(row, column, box.rowspan, box.colspan, len(text), len(text) + len(box.text)))
        text += box.text
    grid = Grid(start, len(text), tuple(cells))
    return document(text + after, (grid,))
