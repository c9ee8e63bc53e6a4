"""Forms that stand in one printed row: the rows side by side under a header, their values behind it."""

from __future__ import annotations

from collections.abc import Sequence

from nianbao.tables.align import Region
from nianbao.tables.bind import Bound
from nianbao.tables.cells import Token
from nianbao.tables.readings import PADDED, SUMMED, Reading, adds_up, read_row, unreadable
from nianbao.tables.slots import read_segments
from nianbao.tables.words import Kind


def bind_run_on(tokens: list[Token], region: Region) -> Bound:
    """Binds a form whose values follow its whole header, in the order of rows and columns."""
    width, height = len(region.sheet.form.headers), len(region.sheet.ids)
    row = _whole_row(_values(tokens, region), width, height)
    if row is None:
        return Bound(region.sheet, _read_apart(tokens, region, width))
    parts = _parts(row.cells, width)
    return Bound(region.sheet, {number: row._replace(cells=part) for number, part in enumerate(parts)})


def _values(tokens: list[Token], region: Region) -> list[Token]:
    """The values from the header on, up to the first text behind them that is not the form's.

    Blank cells of the header's printed rows are spans of header cells, no values.
    """
    found: list[Token] = []
    filled: set[int] = set()
    last = region.hits[-1]
    for at in range(region.hits[0], len(tokens)):
        token = tokens[at]
        lexeme = token.lexeme
        if lexeme.is_value:
            found.append(token)
            if lexeme.kind is not Kind.BLANK:
                filled.add(token.row)
        elif (at > last and lexeme.label) or (lexeme.kind in (Kind.TEXT, Kind.PROSE) and (filled or at > last)):
            break
    header = tokens[last]
    return [t for t in found if t.row in filled or (t.start > header.start and t.row != header.row)]


def _whole_row(slots: list[Token], width: int, height: int) -> Reading | None:
    """The reading of all values as one printed row; None when their count does not fit and no sums tell."""
    size = width * height
    blanks = [None] * (size - len(slots))
    if len(blanks) == 1 and 0 < sum(slot.lexeme.kind is Kind.BLANK for slot in slots) < len(slots):
        # the source keeps blank cells but one, at the end or, where rows have no leading separator, at the beginning
        ways = ([*slots, *blanks], [*blanks, *slots])
        fitting = [cells for cells in ways if not any(adds_up(part) is False for part in _parts(cells, width))]
        return Reading(fitting[0], confidence=PADDED) if len(fitting) == 1 else None
    reading = read_row(slots, size, totalled=False)
    if not reading.loose:
        return reading
    for start in range(len(slots) - size + 1):
        window = slots[start : start + size]
        if all(adds_up(part) for part in _parts(window, width)):
            return Reading(window, confidence=SUMMED)
    return None


def _parts(cells: Sequence[Token | None], width: int) -> list[Sequence[Token | None]]:
    return [cells[start : start + width] for start in range(0, len(cells), width)]


def _read_apart(tokens: list[Token], region: Region, width: int) -> dict[int, Reading]:
    """The rows read each behind its own label, where each has all its values or none."""
    readings = {row: unreadable(width) for row in range(len(region.sheet.ids))}
    own = {segment.rows[0]: segment.slots for segment in read_segments(tokens, region) if segment.own}
    if all(len(slots) in (0, width) for slots in own.values()):
        readings |= {row: read_row(slots, width, totalled=True) for row, slots in own.items()}
    return readings
