"""The document as one stream of cell tokens, whatever keeps the cells apart: lines, pipes, tabs, spaces or HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple

from nianbao.document import Document, Grid, GridCell
from nianbao.tables.words import LONGEST_CELL, Kind, Lexeme, read_cell, read_piece

# Rows of a table are not longer; what they hold depends on nothing but their text, and they return in every report.
_LONGEST_LINE = 160

# A header over label and figure at least, printed once for each half of a table.
_HALF_MIN = 2

_BLANK = Lexeme(Kind.BLANK, 0, 0, is_value=True)


@dataclass(slots=True)
class Token:
    """A lexeme in its place: shadow offsets, the printed row it stands in, its grid column (-1: not known)."""

    lexeme: Lexeme
    start: int
    end: int
    row: int
    column: int = -1


def read_tokens(document: Document) -> list[Token]:
    """All cell tokens of the document in reading order. Rows are numbered upwards, gaps allowed."""
    tokens: list[Token] = []
    at = row = 0
    for grid in leaf_grids(document):
        row = _add_lines(tokens, document.shadow, at, grid.start, row)
        row = _add_grid(tokens, document.shadow, grid, row)
        at = grid.end
    _add_lines(tokens, document.shadow, at, len(document.shadow), row)
    return tokens


def leaf_grids(document: Document) -> Iterator[Grid]:
    """The grids that hold no other grid, in order: a table around tables is page layout, its text is plain text."""
    grids = sorted(document.grids, key=lambda grid: (grid.start, -grid.end))
    for grid, following in zip_longest(grids, grids[1:]):
        if following is None or following.start >= grid.end:
            yield grid


def column_of(token: Token, shadow: str) -> int:
    """The column of a token that is not blank: that of its grid, or the number of separators before it in its line."""
    if token.column >= 0:
        return token.column
    line = shadow.rfind("\n", 0, token.start) + 1
    return shadow.count("|", line, token.start) + shadow.count("\t", line, token.start)


def _add_lines(tokens: list[Token], shadow: str, start: int, end: int, row: int) -> int:
    """Adds the tokens of plain text, its rows numbered on from `row`; returns the last number used."""
    lone = False  # whether the line before ended with a pipe
    for line in shadow[start:end].split("\n"):
        if line:
            cells, piped, only = _remembered_line(line) if len(line) <= _LONGEST_LINE else _read_line(line)
            if cells or only:
                row += 1
                if only and lone:  # between the two pipes is a blank cell
                    tokens.append(Token(_BLANK, start, start, row))
                for lexeme, at, stop in cells:
                    tokens.append(Token(lexeme, start + at, start + stop, row))
                lone = piped
        start += len(line) + 1
    return row


class _Line(NamedTuple):
    """The cells of a line with their offsets in it; whether it ends with a pipe, whether it has nothing but pipes."""

    cells: tuple[tuple[Lexeme, int, int], ...]
    piped: bool = False
    only: bool = False


def _read_line(line: str) -> _Line:
    if "|" not in line and "\t" not in line and "  " not in line:
        return _Line(tuple(_lexemes(line, 0)))
    if not line.strip("| "):
        pipes = line.count("|")
        return _Line(((_BLANK, 0, 0),) * (pipes - 1), pipes > 0, pipes > 0)
    return _Line(tuple(_cells(line, 0)), line.rstrip(" ").endswith("|"))


_remembered_line = lru_cache(maxsize=8192)(_read_line)


def _cells(line: str, start: int) -> Iterator[tuple[Lexeme, int, int]]:
    """Yields the cells of a line, or of a part of it, that pipes, tabs or runs of spaces keep apart."""
    separator = "|" if "|" in line else "\t" if "\t" in line else "  "
    parts = line.split(separator)
    # separators close cells, or stand between them: nothing before the first, and behind the last pipe, is no cell
    blanks = range(1, len(parts) - (separator == "|")) if separator != "  " else ()
    for number, part in enumerate(parts):
        cell = part.strip(" ")
        if not cell:
            if number in blanks:
                yield _BLANK, start, start
        elif "  " in cell or "\t" in cell:
            yield from _cells(part, start)
        else:
            yield from _lexemes(part, start)
        start += len(part) + len(separator)


def _lexemes(part: str, start: int) -> Iterator[tuple[Lexeme, int, int]]:
    """Yields what one cell prints, from a part of a line with nothing but single spaces around it."""
    cell = part.strip(" ")
    if cell:
        at = start + part.index(cell)
        for lexeme in read_cell(cell) if len(cell) <= LONGEST_CELL else read_piece(cell):
            yield lexeme, at + lexeme.start, at + lexeme.end


def _add_grid(tokens: list[Token], shadow: str, grid: Grid, row: int) -> int:
    """Adds the cells of a grid, its rows numbered on from `row`; returns the last number used."""
    last = row
    for cell in _in_reading_order(grid, shadow):
        at = row + 1 + cell.row
        before = len(tokens)
        _add_lines(tokens, shadow, cell.start, cell.end, at)
        for token in tokens[before:]:
            token.row, token.column = at, cell.column
        if len(tokens) == before:
            tokens.append(Token(_BLANK, cell.start, cell.start, at, cell.column))
        last = max(last, at)
    return last


def _in_reading_order(grid: Grid, shadow: str) -> Iterable[GridCell]:
    """The cells of a grid row by row; where a long form is printed in two halves side by side, half by half."""
    rows: dict[int, list[GridCell]] = {}
    for cell in grid.cells:
        rows.setdefault(cell.row, []).append(cell)
    for cells in rows.values():
        half = len(cells) // 2
        if half < _HALF_MIN or len(cells) % 2:
            continue
        texts = [shadow[cell.start : cell.end].strip() for cell in cells]
        if all(texts) and texts[:half] == texts[half:] and len({*texts}) == half:
            right = cells[half].column
            return sorted(grid.cells, key=lambda cell: (cell.column >= right, cell.row, cell.column))
    return grid.cells
