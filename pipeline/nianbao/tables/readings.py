"""Which values of a printed row stand in which column.

A number is never changed and never guessed. Where the count of values does not settle their places, blank cells that
the source keeps and the sums of the form may choose between possible readings; where nothing does, the cells are
unreadable.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from nianbao.document import State
from nianbao.tables.cells import Token
from nianbao.tables.words import Kind

# How sure a reading is that was not simply printed cell by cell; measured on rows whose cells were dropped at random.
SHARED, SURPLUS, PADDED, PAIR, DOUBTED_PAIR, LONE, SUMMED = 0.9, 0.85, 0.8, 0.9, 0.7, 0.6, 0.8

_ROUNDING = 1e-6


class Reading(NamedTuple):
    """A row's cells by column; where there is no token the cell has state `empty`.

    `loose` are the row's numbers when their columns are not certain: a relation between rows may still place them.
    """

    cells: Sequence[Token | None]
    empty: State = State.BLANK
    confidence: float = 1.0
    loose: Sequence[Token] = ()


def numbers(slots: Iterable[Token]) -> list[Token]:
    """The tokens that print a number."""
    return [slot for slot in slots if slot.lexeme.kind is Kind.NUMBER]


def adds_up(cells: Sequence[Token | None]) -> bool | None:
    """Whether the last cell is the sum of the others; None when cells without a number leave that open."""
    values = [cell.lexeme.value if cell else None for cell in cells]
    parts = [value for value in values[:-1] if value is not None]
    total = values[-1]
    if total is None:
        return None
    rest = total - sum(parts)
    return abs(rest) < _ROUNDING if len(parts) == len(cells) - 1 or rest < 0 else None


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


def unreadable(width: int, loose: Sequence[Token] = ()) -> Reading:
    """A row whose numbers cannot be told apart."""
    return Reading((None,) * width, State.UNREADABLE, loose=loose)


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
    return unreadable(width, numbers(slots))


def _choose(slots: list[Token], starts: range, width: int, totalled: bool, shift: int | None) -> Reading:
    """One of the windows that hold all values.

    Labels of several columns leave blank cells before the values, spans of value cells leave them behind. Only tables
    with totals have such labels.
    """
    start = starts[0] if len(starts) == 1 or not totalled else shift
    if start is not None and start in starts:
        return Reading(slots[start : start + width])
    fitting = [at for at in starts if adds_up(slots[at : at + width]) is not False]
    if len(fitting) == 1:
        return Reading(slots[fitting[0] : fitting[0] + width], confidence=SURPLUS)
    return unreadable(width, numbers(slots))


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
        return unreadable(width, found)
    first, last = found[0], found[-1]
    if len(found) == 1:
        return Reading([*nothing[1:], last], confidence=LONE, loose=found)
    if len(found) == 2 and first.lexeme.value == last.lexeme.value:
        return Reading([first, *nothing[2:], last], confidence=PAIR, loose=found)
    if adds_up(found):
        return Reading([*nothing[1:], last], State.UNREADABLE, SUMMED, found)
    return unreadable(width, found)


def _common_state(slots: Sequence[Token]) -> State:
    """The state of a row that prints no number."""
    kinds = {slot.lexeme.kind for slot in slots}
    for kind, state in ((Kind.HIDDEN, State.UNREADABLE), (Kind.DASH, State.DASH), (Kind.TEXT, State.TEXT)):
        if kind in kinds:
            return state
    return State.BLANK
