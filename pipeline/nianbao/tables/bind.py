"""From the values behind labels to the cells of a form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from nianbao.document import Cell, State
from nianbao.tables.align import Region, Sheet
from nianbao.tables.balance import settle
from nianbao.tables.cells import Token, column_of
from nianbao.tables.header import drop_repeats, header_units, keep_figures, present_columns
from nianbao.tables.readings import SHARED, Reading, numbers, read_row, unreadable
from nianbao.tables.slots import Segment, read_segments
from nianbao.tables.words import Kind

# A sum of money without a unit anywhere: bodies print 万元 with decimals or below this, yuan above.
_YUAN_FROM = 10_000

_THOUSANDS = re.compile(r"\d{3}")

_PRINTED = State.PRINTED
_MISSING = Cell(State.MISSING)
_EMPTY = {State.MISSING: _MISSING, State.BLANK: Cell(State.BLANK)}
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

    Where rows do not fit the form, its header may tell why.

    Raises:
      UndecidedColumnError: the table has several columns of figures where the form has one.
    """
    segments = read_segments(tokens, region)
    bound = _bind(region.sheet, segments, shadow)
    if any(reading.loose for reading in bound.readings.values()):
        changed = keep_figures(tokens, region, segments) or drop_repeats(tokens, region, segments)
        sheet = present_columns(tokens, region, segments)
        if changed or sheet is not region.sheet:
            bound = _bind(sheet, segments, shadow)
        settle(sheet, bound.readings)
    return bound


def _bind(sheet: Sheet, segments: Sequence[Segment], shadow: str) -> Bound:
    bound = Bound(sheet)
    shift = _Shift(sheet, segments, shadow)
    for segment in segments:
        width = 0
        if segment.own:
            width = len(sheet.columns[segment.rows[0]])
            bound.units[segment.rows[0]] = segment.unit
        if segment.wordy and len(segment.slots) != width:
            _cut_words(segment)
        if segment.own and width == len(segment.slots) and len(segment.rows) == 1:
            bound.readings[segment.rows[0]] = Reading(segment.slots)
            continue
        placed = dict(_place(segment, sheet, shift))
        bound.readings.update(placed)
        if len(segment.slots) > width:
            bound.unplaced += _unplaced(segment, placed.values())
    return bound


def _unplaced(segment: Segment, readings: Iterable[Reading]) -> int:
    """How many numbers of a segment its rows do not account for; one a row may stand in the place of its label."""
    left = len(numbers(segment.slots))
    for reading in readings:
        if reading.empty is not State.UNREADABLE:
            left -= len(numbers(filter(None, reading.cells))) + 1
    return max(0, left)


class _Shift:
    """Where the columns of a table begin, for rows that have blank cells on both sides of their numbers."""

    def __init__(self, sheet: Sheet, segments: Sequence[Segment], shadow: str) -> None:
        self.sheet, self.segments, self.shadow = sheet, segments, shadow
        self._first: int | None = None

    def of(self, slots: Sequence[Token]) -> int | None:
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
            column_of(segment.slots[0], self.shadow)
            for segment in self.segments
            if segment.own
            and segment.slots
            and len(segment.slots) == len(self.sheet.columns[segment.rows[0]])
            and segment.slots[0].row == segment.slots[-1].row
            and segment.slots[0].lexeme.kind is not Kind.BLANK
        )
        return firsts.most_common(1)[0][0] if firsts else -1


def _cut_words(segment: Segment) -> None:
    """Ends the values at the first word: with so many cells it stands for no value but begins another row."""
    first = next(at for at, slot in enumerate(segment.slots) if not slot.lexeme.is_value)
    del segment.slots[first:]
    segment.tail = []


def _place(segment: Segment, sheet: Sheet, shift: _Shift) -> Iterator[tuple[int, Reading]]:
    """Yields the readings of a segment's rows."""
    widths = [len(sheet.columns[row]) for row in segment.rows]
    if segment.own and (len(widths) == 1 or not numbers(segment.slots)):
        yield segment.rows[0], _read_own(segment, sheet, widths[0], shift)
    elif widths and numbers(segment.slots):
        shares = _shares(segment, widths)
        for i, (row, width) in enumerate(zip(segment.rows, widths, strict=True)):
            if shares is None:
                yield row, unreadable(width)
            elif shares[i] or (segment.own and i == 0):
                share = shares[i]
                if not sheet.form.total and len(share) == width + 1 and share[0].lexeme.kind is Kind.NUMBER:
                    share = share[1:]  # a number overwrote the label; with totals the sums tell
                reading = read_row(share, width, bool(sheet.form.total))
                yield row, reading._replace(confidence=min(reading.confidence, SHARED))


def _read_own(segment: Segment, sheet: Sheet, width: int, shift: _Shift) -> Reading:
    """Reads the label's own row; no other row can own the values."""
    slots = _spaced_thousands(segment.slots) if width == 1 else segment.slots
    if segment.tail and 1 < width == len(slots) + len(segment.tail):
        slots = [*slots, *segment.tail]
    elif len(slots) > width:
        first = segment.groups()[0]
        # a unit beside the label says that the blank cell behind it is the value's
        alone = width > 1 or slots[0].row == segment.home or (segment.unit and slots[0].lexeme.kind is Kind.BLANK)
        slots = first if alone and len(first) >= width else slots
    return read_row(slots, width, bool(sheet.form.total), shift.of(slots) if len(slots) > width else None)


def _spaced_thousands(slots: list[Token]) -> list[Token]:
    """The values with a number that spaces cut into thousands (41 263) made one."""
    if len(slots) < 2 or slots[0].lexeme.kind is not Kind.NUMBER:
        return slots
    first = slots[0]
    digits, end = first.lexeme.text, first.end
    for token in slots[1:]:
        part = token.lexeme.text
        if token.row != first.row or token.start != end + 1 or not _THOUSANDS.fullmatch(part):
            return slots
        digits, end = digits + part, token.end
    if not digits.isascii() or not digits.isdigit() or len(first.lexeme.text) > 3:
        return slots
    return [replace(first, lexeme=first.lexeme._replace(text=digits, value=int(digits)), end=end)]


def _shares(segment: Segment, widths: list[int]) -> list[list[Token]] | None:
    """Shares the values out among a row and the rows after it whose labels are lost; None when nothing decides.

    Printed rows decide first. Otherwise the count does: all rows have their values, or all lost rows one more, where a
    value overwrote the label (it is left out), or only the first row has values at all.
    """
    groups, slots = segment.groups(), segment.slots
    if len(groups) == len(widths) and all(not g or len(g) >= w for g, w in zip(groups, widths, strict=True)):
        return groups
    ends = list(accumulate(widths))
    if ends[-1] == len(slots):
        return [slots[end - width : end] for end, width in zip(ends, widths, strict=True)]
    lost = len(widths) - segment.own
    if lost and ends[-1] + lost == len(slots):
        ends = [end + number + 1 - segment.own for number, end in enumerate(ends)]
        return [slots[end - width : end] for end, width in zip(ends, widths, strict=True)]
    if segment.own and len(slots) <= widths[0]:
        return [slots, *([[]] * (len(widths) - 1))]
    return None


def form_cells(region: Region, bound: Bound, tokens: list[Token]) -> Cells:
    """All cells of a form, row by row in printed order; absent rows and columns are missing."""
    sheet = region.sheet
    units = header_units(tokens, region)
    cells: dict[str, dict[str, Cell]] = {}
    for row, name in enumerate(sheet.ids):
        if name is None:
            continue
        reading = bound.readings.get(row)
        if reading is None:
            cells[name] = dict.fromkeys(sheet.columns[row], _MISSING)
            continue
        columns = bound.sheet.columns[row]
        own, fixed = bound.units.get(row, ""), sheet.form.rows[row].unit
        filled = {}
        for column, token in zip(columns, reading.cells, strict=True):
            if token is None or token.lexeme.value is None:
                filled[column] = _empty_cell(token, reading)
                continue
            value = token.lexeme.value
            unit = token.lexeme.unit or own or units.get(column) or fixed
            if not unit and column in sheet.money:
                unit = "元" if isinstance(value, int) and value >= _YUAN_FROM else "万元"
            filled[column] = Cell(_PRINTED, value, unit, token.start, token.end, reading.confidence)
        whole = columns is sheet.columns[row]
        cells[name] = filled if whole else {column: filled.get(column, _MISSING) for column in sheet.columns[row]}
    return cells


def _empty_cell(token: Token | None, reading: Reading) -> Cell:
    """A cell without a number; blank ones have no place in the text."""
    if token is None:
        return _EMPTY.get(reading.empty) or Cell(reading.empty)
    state = _STATES.get(token.lexeme.kind, State.TEXT)
    return _EMPTY.get(state) or Cell(state, start=token.start, end=token.end)
