"""What the header of a table tells: the columns that are there or repeated, the one that counts, units of money."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from nianbao.tables.align import Region, Sheet
from nianbao.tables.cells import Token
from nianbao.tables.readings import numbers
from nianbao.tables.slots import Segment
from nianbao.tables.words import Kind, cell_words

# Header columns that must be known before a column counts as absent.
_KNOWN_COLUMNS = 3


class UndecidedColumnError(ValueError):
    """A form with one column of figures is printed with several, and no header says which is the body's."""


def present_columns(tokens: list[Token], region: Region, segments: list[Segment]) -> Sheet:
    """The sheet without the columns that the table lacks: not in its header, not in its rows."""
    sheet = region.sheet
    usual = _usual_count(segments)
    if sheet.form.total is None or not _KNOWN_COLUMNS <= usual < len(sheet.form.headers):
        return sheet
    header = tokens[region.hits[0] : region.matches[0].at]
    known = {token.lexeme.label.columns.get(sheet.form.id) for token in header if token.lexeme.label}
    if len(known - {None}) != usual or any(token.lexeme.kind is Kind.TEXT for token in header):
        return sheet
    columns = tuple(tuple(column for column in row if column in known) for row in sheet.columns)
    return replace(sheet, columns=columns)


def keep_figures(tokens: list[Token], region: Region, segments: list[Segment]) -> bool:
    """Leaves, where a form with one column is printed with several, only the figures of the one that sums them up.

    Returns:
      Whether anything was left out.

    Raises:
      UndecidedColumnError: no header says which column that is.
    """
    usual = _usual_count(segments)
    if len(region.sheet.form.headers) > 1 or usual < 2:
        return False
    words = cell_words()
    header = [token.lexeme for token in tokens[region.hits[0] : region.matches[0].at]]
    titles = [lexeme.text for lexeme in header if lexeme.kind in (Kind.TEXT, Kind.QUIET, Kind.LABEL)]
    titles = [title for title in titles if title not in words.stubs][-usual:]
    totals = [at for at, title in enumerate(titles) if title in words.totals]
    if len(titles) != usual or len(totals) != 1:
        raise UndecidedColumnError(region.sheet.form.id)
    for segment in segments:
        figures = numbers(segment.slots)
        if len(figures) == usual:
            segment.slots = [figures[totals[0]]]
    return True


def drop_repeats(tokens: list[Token], region: Region, segments: list[Segment]) -> bool:
    """Leaves one of the cells into which a wide cell was written again and again, where the header repeats its own.

    Returns:
      Whether anything was left out.
    """
    changed = False
    for segment in segments:
        columns = region.sheet.columns[segment.rows[0]] if segment.own else ()
        if 0 < len(columns) < len(segment.slots):
            titles = _titles_before(tokens, region, segment.at)
            if len(titles) == len(segment.slots) and set(titles) == set(columns):
                segment.slots = [segment.slots[titles.index(column)] for column in columns]
                changed = True
    return changed


def _titles_before(tokens: list[Token], region: Region, at: int) -> list[str]:
    """The columns in the last run of header cells before a position."""
    titles: list[str] = []
    for hit in reversed(region.hits[: bisect_left(region.hits, at)]):
        label = tokens[hit].lexeme.label
        column = label.columns.get(region.sheet.form.id) if label else None
        if column:
            titles.append(column)
        elif titles:
            break
    return titles[::-1]


def _usual_count(segments: list[Segment]) -> int:
    """How many numbers most rows print."""
    counts = Counter(len(numbers(segment.slots)) for segment in segments if segment.own)
    return counts.most_common(1)[0][0] if counts else 0


def header_units(tokens: list[Token], region: Region) -> Mapping[str, str]:
    """The units by column: as the header prints them, else as the form fixes them."""
    form = region.sheet.form
    units = {column.id: column.unit for column in form.headers if column.unit}
    for at in region.hits if region.sheet.money else ():
        label = tokens[at].lexeme.label
        column = label.columns.get(form.id) if label else None
        if column in region.sheet.money:
            units[column] = _money_unit(tokens, at) or units.get(column, "")
    return units


def _money_unit(tokens: list[Token], at: int) -> str:
    """The unit in a header cell, or in a cell of its own behind it."""
    lexeme = tokens[at].lexeme
    following = tokens[at + 1].lexeme if at + 1 < len(tokens) else None
    inside = next((unit for unit in reversed(cell_words().money) if unit in lexeme.text), "")
    return lexeme.unit or inside or (following.unit if following and following.kind is Kind.UNIT else "")
