"""Which values of a printed row stand in which column.

A number is never changed and never guessed. Where the count of values does not settle their places, blanks that the
source keeps and the sums of the form may choose between possible readings; where nothing does, the cells are unreadable.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from nianbao.document import State
from nianbao.tables.cells import Token
from nianbao.tables.words import Kind

# How sure a reading is that was not simply printed cell by cell; measured on rows whose cells were dropped at random.
SURPLUS, PADDED, PAIR, LONE, SUMMED = 0.85, 0.8, 0.9, 0.6, 0.8


class Reading(NamedTuple):
    """A row's cells by column; where there is no token the cell has state `empty`."""

    cells: Sequence[Token | None]
    empty: State = State.BLANK
    confidence: float = 1.0

    @property
    def unplaced(self) -> bool:
        """Whether numbers are printed whose columns are not known."""
        return self.empty is State.UNREADABLE


def numbers(slots: Sequence[Token]) -> list[Token]:
    """The tokens that print a number."""
    return [slot for slot in slots if slot.lexeme.kind is Kind.NUMBER]


def adds_up(cells: Sequence[Token | None]) -> bool | None:
    """Whether the last cell is the sum of the others; None when it or all of the others print no number."""
    values = [cell.lexeme.value if cell else None for cell in cells]
    parts = [value for value in values[:-1] if value is not None]
    total = values[-1]
    return None if total is None or not parts else abs(sum(parts) - total) < 1e-6


def read_row(slots: list[Token], width: int, totalled: bool, shift: int | None = None) -> Reading:
    """The reading of the values behind one label.

    Args:
      slots: values in order, blank ones where the source keeps them.
      width: how many columns the row has.
      totalled: whether the last column is the sum of the others.
      shift: how many of the slots the table's other rows have before their first column, if that is known.
    """
    if len(slots) == width:
        return Reading(slots)
    if len(slots) > width:
        return _read_surplus(slots, width, totalled, shift)
    return _read_short(slots, width, totalled)


def unreadable(width: int) -> Reading:
    """A row whose numbers cannot be told apart."""
    return Reading((None,) * width, State.UNREADABLE)


def _read_surplus(slots: list[Token], width: int, totalled: bool, shift: int | None) -> Reading:
    """More values than columns: blank cells around them, or a label that was overwritten by a value."""
    for empty in ((Kind.BLANK,), (Kind.BLANK, Kind.DASH)):
        filled = [at for at, slot in enumerate(slots) if slot.lexeme.kind not in empty]
        if not filled:
            return Reading(slots[:width])
        starts = range(max(0, filled[-1] - width + 1), min(filled[0], len(slots) - width) + 1)
        if starts:
            return _choose(slots, starts, width, totalled, shift)
    found = [slot for slot in slots if slot.lexeme.kind is not Kind.BLANK]
    if len(found) == width + 1 and totalled:
        fitting = [at for at in (1, 0) if adds_up(found[at : at + width])]
        # both fit only where the outer two are alike; then the first is the label's, as in whole tables
        if fitting:
            return Reading(found[fitting[0] : fitting[0] + width], confidence=SURPLUS)
    return unreadable(width)


def _choose(slots: list[Token], starts: range, width: int, totalled: bool, shift: int | None) -> Reading:
    """One of the windows that hold all values."""
    if len(starts) == 1:
        return Reading(slots[starts[0] : starts[0] + width])
    if shift is not None and shift in starts:
        return Reading(slots[shift : shift + width])
    fitting = [at for at in starts if totalled and adds_up(slots[at : at + width])]
    if len(fitting) == 1:
        return Reading(slots[fitting[0] : fitting[0] + width], confidence=SURPLUS)
    return unreadable(width)


def _read_short(slots: list[Token], width: int, totalled: bool) -> Reading:
    """Fewer values than columns: empty cells were dropped."""
    found = numbers(slots)
    nothing = [None] * width
    if not found:
        return Reading(nothing, _common_state(slots))
    if len(found) < len(slots):
        # the source keeps empty cells, so only those at the end can be missing
        return Reading([*slots, *nothing[len(slots) :]], State.MISSING, PADDED)
    if not totalled:
        return unreadable(width)
    first, last = found[0], found[-1]
    if len(found) == 1:
        return Reading([*nothing[1:], last], confidence=LONE)
    if len(found) == 2 and first.lexeme.value == last.lexeme.value:
        return Reading([first, *nothing[2:], last], confidence=PAIR)
    if adds_up(found):
        return Reading([*nothing[1:], last], State.UNREADABLE, SUMMED)
    return unreadable(width)


def _common_state(slots: Sequence[Token]) -> State:
    """The state of a row that prints no number."""
    kinds = {slot.lexeme.kind for slot in slots}
    for kind, state in ((Kind.HIDDEN, State.UNREADABLE), (Kind.DASH, State.DASH), (Kind.TEXT, State.TEXT)):
        if kind in kinds:
            return state
    return State.BLANK
