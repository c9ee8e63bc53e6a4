"""The document as one stream of cell tokens, whatever keeps the cells apart: lines, pipes, tabs, spaces or HTML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

from nianbao.document import Document, Grid
from nianbao.tables.words import LONGEST_CELL, Kind, Lexeme, read_cell, read_piece

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
    lone = False
    for line in shadow[start:end].split("\n"):
        if line:
            lexemes = _remembered_line(line) if len(line) <= LONGEST_CELL else _read_line(line)
            if lexemes is None:
                row += 1
                lone = _add_cells(tokens, line, start, row, lone=lone)
            elif lexemes:
                row += 1
                lone = False
                for lexeme in lexemes:  # most lines have one: a comprehension costs more
                    tokens.append(Token(lexeme, start + lexeme.start, start + lexeme.end, row))  # noqa: PERF401
        start += len(line) + 1
    return row


def _read_line(line: str) -> tuple[Lexeme, ...] | None:
    """The lexemes of a line that is one piece, none for a blank one; None for a line with separators."""
    piece = line.strip(" ")
    if not piece:
        return ()
    if "|" in piece or "\t" in piece or "  " in piece:
        return None
    indent = line.index(piece)
    lexemes = read_cell(piece) if len(piece) <= LONGEST_CELL else read_piece(piece)
    if not indent:
        return lexemes
    return tuple(lexeme._replace(start=lexeme.start + indent, end=lexeme.end + indent) for lexeme in lexemes)


_remembered_line = lru_cache(maxsize=16384)(_read_line)


def _add_cells(tokens: list[Token], line: str, start: int, row: int, *, lone: bool = False) -> bool:
    """Adds the cells of a line, or of a part of it, that pipes, tabs or runs of spaces keep apart.

    Args:
      lone: whether the line before ended with a pipe, so that a pipe alone on this line closes a blank cell.

    Returns:
      Whether the line ends with a pipe.
    """
    if not line.strip("| "):
        tokens += [Token(_BLANK, start, start, row) for _ in range(line.count("|") - (not lone))]
        return True
    separator = "|" if "|" in line else "\t" if "\t" in line else "  "
    parts = line.split(separator)
    # separators close cells, or stand between them: nothing before the first, and behind the last pipe, is no cell
    cells = range(1, len(parts) - (separator == "|")) if separator != "  " else ()
    for number, part in enumerate(parts):
        cell = part.strip(" ")
        if not cell:
            if number in cells:
                tokens.append(Token(_BLANK, start, start, row))
        elif "  " in cell or "\t" in cell:
            _add_cells(tokens, part, start, row)
        else:
            at = start + part.index(cell)
            for lexeme in read_cell(cell) if len(cell) <= LONGEST_CELL else read_piece(cell):
                tokens.append(Token(lexeme, at + lexeme.start, at + lexeme.end, row))
        start += len(part) + len(separator)
    return separator == "|" and not cell


def _add_grid(tokens: list[Token], shadow: str, grid: Grid, row: int) -> int:
    """Adds the cells of a grid, its rows numbered on from `row`; returns the last number used."""
    at = row
    for cell in grid.cells:
        at = row + 1 + cell.row
        before = len(tokens)
        _add_lines(tokens, shadow, cell.start, cell.end, at)
        for token in tokens[before:]:
            token.row, token.column = at, cell.column
        if len(tokens) == before:
            tokens.append(Token(_BLANK, cell.start, cell.start, at, cell.column))
    return at
