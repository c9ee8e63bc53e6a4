"""From the values behind labels to the cells of a form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from nianbao.document import Cell, State
from nianbao.tables.align import Region, Sheet
from nianbao.tables.balance import settle
from nianbao.tables.cells import Token, column_of
from nianbao.tables.header import header_units, keep_figures, present_columns
from nianbao.tables.readings import Reading, numbers, read_row, unreadable
from nianbao.tables.slots import Segment, read_segments
from nianbao.tables.words import Kind

# A sum of money without a unit anywhere: bodies print 万元 with decimals or below this, yuan above.
_YUAN_FROM = 10_000

_MISSING = Cell(State.MISSING)
_STATES = {Kind.DASH: State.DASH, Kind.BLANK: State.BLANK, Kind.HIDDEN: State.UNREADABLE}

Cells = Mapping[str, Mapping[str, Cell]]


@dataclass(slots=True)
class Bound:
    """The readings of a form by row, the units printed beside its labels, how many numbers found no place.

    `sheet` has only the columns that the table has.
    """

    sheet: Sheet
    readings: dict[int, Reading] = field(default_factory=dict)
    units: dict[int, str] = field(default_factory=dict)
    unplaced: int = 0


def bind_rows(tokens: list[Token], region: Region, shadow: str) -> Bound:
    """Binds the rows of a form, each read from the values between its label and the next.

    Raises:
      UndecidedColumn: the table has several columns of figures where the form has one.
    """
    found = read_segments(tokens, region)
    keep_figures(tokens, region, found)
    sheet = present_columns(tokens, region, found)
    bound = Bound(sheet)
    shift = _Shift(sheet, found, shadow)
    for segment in found:
        _cut_words(segment, len(sheet.columns[segment.rows[0]]) if segment.own else 0)
        if segment.own:
            bound.units[segment.rows[0]] = segment.unit
        bound.readings.update(_place(segment, sheet, shift))
        bound.unplaced += len(numbers(chain.from_iterable(segment.groups)))
    settle(sheet, bound.readings)
    bound.unplaced -= sum(len(numbers(filter(None, reading.cells))) for reading in bound.readings.values())
    return bound


class _Shift:
    """Where the columns of a table begin, for rows that have blank cells on both sides of their numbers."""

    def __init__(self, sheet: Sheet, found: Sequence[Segment], shadow: str) -> None:
        self.sheet, self.found, self.shadow = sheet, found, shadow
        self._first: int | None = None

    def of(self, slots: list[Token]) -> int | None:
        """How many slots stand before the first column; None when the table does not tell."""
        at = next((i for i, slot in enumerate(slots) if slot.lexeme.kind is not Kind.BLANK), None)
        if at is None:
            return None
        if self._first is None:
            self._first = self._usual()
        return None if self._first < 0 else self._first - column_of(slots[at], self.shadow) + at

    def _usual(self) -> int:
        """The column in which most rows begin that have just as many values as columns; -1 when there are none."""
        firsts = Counter(
            column_of(segment.groups[0][0], self.shadow)
            for segment in self.found
            if segment.own
            and len(segment.groups) == 1
            and len(segment.groups[0]) == len(self.sheet.columns[segment.rows[0]])
            and segment.groups[0][0].lexeme.kind is not Kind.BLANK
        )
        return firsts.most_common(1)[0][0] if firsts else -1


def _cut_words(segment: Segment, width: int) -> None:
    """Keeps words among the values only where they stand in for a value; else they begin another row."""
    for at, group in enumerate(segment.groups):
        words = [i for i, slot in enumerate(group) if slot.lexeme.kind in (Kind.TEXT, Kind.PART)]
        if words and len(group) != width:
            segment.groups[at:] = [group[: words[0]]] if words[0] else []
            segment.tail = []
            return


def _place(segment: Segment, sheet: Sheet, shift: _Shift) -> Iterator[tuple[int, Reading]]:
    """Yields the readings of a segment's rows."""
    widths = [len(sheet.columns[row]) for row in segment.rows]
    groups = segment.groups
    flat = [slot for group in groups for slot in group]
    if segment.own and (len(widths) == 1 or not numbers(flat)):
        yield segment.rows[0], _read_own(segment, sheet, widths[0], flat, shift)
    elif widths and numbers(flat):
        shares = _shares(groups, flat, widths, own=segment.own)
        for i, (row, width) in enumerate(zip(segment.rows, widths, strict=True)):
            if shares is None:
                yield row, unreadable(width)
            elif shares[i] or (segment.own and i == 0):
                yield row, read_row(shares[i], width, bool(sheet.form.total))


def _read_own(segment: Segment, sheet: Sheet, width: int, flat: list[Token], shift: _Shift) -> Reading:
    """Reads the label's own row; no other row can own the values."""
    slots, groups = flat, segment.groups
    whole = [*flat, *segment.tail]
    if 1 < width == len(whole):
        slots = whole
    elif len(groups) > 1 and len(groups[0]) >= width and (width > 1 or segment.unit):
        slots = groups[0]
    return read_row(slots, width, bool(sheet.form.total), shift.of(slots) if len(slots) > width else None)


def _shares(groups: list[list[Token]], flat: list[Token], widths: list[int], *, own: bool) -> list[list[Token]] | None:
    """Shares the values out among a row and the rows after it whose labels are lost; None when nothing decides.

    Printed rows decide first. Otherwise the count does: all rows have their values, or all lost rows one more, where a
    value overwrote the label, or only the first row has values at all.
    """
    if len(groups) == len(widths) and all(not g or len(g) >= w for g, w in zip(groups, widths, strict=True)):
        return groups
    for extra in (0, 1):
        sizes = [width + (extra if i or not own else 0) for i, width in enumerate(widths)]
        if sum(sizes) == len(flat):
            ends = [sum(sizes[: i + 1]) for i in range(len(sizes))]
            return [flat[end - size : end] for end, size in zip(ends, sizes, strict=True)]
    if own and len(flat) <= widths[0]:
        return [flat, *([[]] * (len(widths) - 1))]
    return None


def form_cells(region: Region, bound: Bound, tokens: list[Token]) -> Cells:
    """All cells of a form, row by row in printed order; absent rows and columns are missing."""
    sheet = region.sheet
    units = header_units(tokens, region)
    cells: dict[str, dict[str, Cell]] = {}
    for row, name in enumerate(sheet.ids):
        if name is None:
            continue
        cells[name] = dict.fromkeys(sheet.columns[row], _MISSING)
        reading = bound.readings.get(row)
        if reading:
            own, fixed = bound.units.get(row, ""), sheet.form.rows[row].unit
            for column, token in zip(bound.sheet.columns[row], reading.cells, strict=True):
                unit = own or units.get(column) or fixed
                cells[name][column] = _cell(token, reading, unit, column in sheet.money)
    return cells


def _cell(token: Token | None, reading: Reading, unit: str, money: bool) -> Cell:
    if token is None:
        return _MISSING if reading.empty is State.MISSING else Cell(reading.empty)
    lexeme = token.lexeme
    if lexeme.kind is not Kind.NUMBER:
        state = _STATES.get(lexeme.kind, State.TEXT)
        return Cell(state) if state is State.BLANK else Cell(state, None, "", token.start, token.end)
    value = lexeme.value or 0
    unit = lexeme.unit or unit
    if money and not unit:
        unit = "元" if isinstance(value, int) and value >= _YUAN_FROM else "万元"
    return Cell(State.PRINTED, value, unit, token.start, token.end, reading.confidence)
