"""The document as one stream of cell tokens, whatever keeps the cells apart: lines, pipes, tabs, spaces or HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from nianbao.document import Document, Grid
from nianbao.tables.words import Kind, Lexeme, read_piece

# Two separators with nothing but spaces between: a blank cell. Otherwise a piece: no pipe, no tab, no run of spaces.
_CELL = re.compile(r"\|(?= *\|)|\t(?= *(?:\t|$))|[^ \t\n|]+(?: [^ \t\n|]+)*")
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
        text = line.strip(" ")
        if text:
            row += 1
            base = start + line.index(text)
            if "|" in text or "\t" in text or "  " in text:
                lone = _add_cells(tokens, text, base, row, lone)
            else:
                lone = False
                for lexeme in read_piece(text):
                    at = base + lexeme.at
                    tokens.append(Token(lexeme, at, at + lexeme.size, row))
        start += len(line) + 1
    return row


def _add_cells(tokens: list[Token], text: str, base: int, row: int, lone: bool) -> bool:
    """Adds the cells of a line with separators.

    Args:
      lone: whether the line before ended with a pipe, so that a pipe alone on this line closes a blank cell.

    Returns:
      Whether this line ends with a pipe.
    """
    if text == "|":
        if lone:
            tokens.append(Token(_BLANK, base, base, row))
        return True
    for match in _CELL.finditer(text):
        at = base + match.start()
        if match[0] in "|\t":
            tokens.append(Token(_BLANK, at, at, row))
            continue
        for lexeme in read_piece(match[0]):
            tokens.append(Token(lexeme, at + lexeme.at, at + lexeme.at + lexeme.size, row))
    return text.endswith("|")


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
