"""The values that stand behind the labels of a form, row by row, before anything is decided about columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from nianbao.tables.align import Match, Region, Sheet
from nianbao.tables.cells import Token
from nianbao.tables.words import VALUES, Kind

# A column of serial numbers shows in at least so many rows, and in so large a share of all.
_SERIAL_ROWS, _SERIAL_SHARE = 8, 0.8


@dataclass(slots=True)
class Segment:
    """What is printed from one label of a form to the next.

    `rows` are the rows that the values may belong to: the label's own, if it has cells (`own`), and the rows after it
    whose labels are lost. `groups` are the values by printed row; `tail` are values that stand in the printed row of
    the next label, before it. `unit` is printed beside the label or in a cell of its own.
    """

    rows: list[int]
    own: bool
    unit: str = ""
    groups: list[list[Token]] = field(default_factory=list)
    tail: list[Token] = field(default_factory=list)


class _Serials(NamedTuple):
    """The serial numbers before labels, by position of the label; empty where the form has no such column."""

    before: dict[int, float]


def segments(tokens: list[Token], region: Region) -> list[Segment]:
    """The segments of a region in order, each with the values behind its label."""
    sheet, matches = region.sheet, region.matches
    serials = _serials(tokens, matches)
    found = []
    head = _head(tokens, region)
    if head is not None and any(sheet.ids[: matches[0].row]):
        found.append(_segment(tokens, Match(head, -1), matches[0], sheet, serials))
    for match, following in zip(matches, [*matches[1:], None], strict=True):
        found.append(_segment(tokens, match, following, sheet, serials))
    return found


def _head(tokens: list[Token], region: Region) -> int | None:
    """The last header or caption before the first matched row, from which on rows without labels may stand."""
    first = region.matches[0].at
    heads = [at for at in region.hits if at < first]
    return heads[-1] if heads else None


def _serials(tokens: list[Token], matches: list[Match]) -> _Serials:
    before = {}
    for match in matches:
        value = tokens[match.at - 1].lexeme.value if match.at else None
        if value is not None:
            before[match.at] = value
    numbers = list(before.values())
    rising = all(a < b for a, b in zip(numbers, numbers[1:], strict=False))
    enough = len(numbers) >= max(_SERIAL_ROWS, _SERIAL_SHARE * len(matches))
    return _Serials(before if rising and enough else {})


def _segment(tokens: list[Token], match: Match, following: Match | None, sheet: Sheet, serials: _Serials) -> Segment:
    """Reads the values from a label up to the next label of the form, or to the first text that is not the form's."""
    own = match.row >= 0 and sheet.ids[match.row] is not None
    last = following.row if following else len(sheet.ids)
    lost = [row for row in range(match.row + 1, last) if sheet.ids[row]]
    segment = Segment([match.row, *lost] if own else lost, own)
    label = tokens[match.at]
    segment.unit = label.lexeme.unit if own else ""
    row = -1  # printed row of the group that is being read
    stop = following.at if following else len(tokens)
    at = match.at
    for at in range(match.at + 1, stop):
        token = tokens[at]
        kind = token.lexeme.kind
        if kind in VALUES:
            if token.row != row:
                segment.groups.append([])
                row = token.row
            segment.groups[-1].append(token)
        elif kind is Kind.UNIT:
            row = _take_unit(segment, token, row)
        elif kind is Kind.QUIET or _is_around(token, sheet):
            continue
        elif kind is Kind.PART and own and token.lexeme.text in sheet.labels[match.row]:
            continue
        elif token.row == label.row and kind in (Kind.TEXT, Kind.PART) and own:
            # words in a cell of this row, or the label of the next: the number of cells will tell
            if token.row != row:
                segment.groups.append([])
                row = token.row
            segment.groups[-1].append(token)
        else:
            break
    else:
        at = stop
    _cut_tail(segment, tokens, at, label, serials, match, following)
    return segment


def _take_unit(segment: Segment, token: Token, row: int) -> int:
    """Takes a unit cell; returns the printed row of the group that goes on, -1 when a new group must begin.

    Behind a number of its row it is that number's unit; before the numbers the row's; a second one opens another row.
    """
    last = segment.groups[-1][-1] if segment.groups and segment.groups[-1] else None
    if last and last.row == token.row and last.lexeme.kind is Kind.NUMBER and not last.lexeme.unit:
        lexeme = last.lexeme._replace(unit=token.lexeme.unit)
        segment.groups[-1][-1] = Token(lexeme, last.start, last.end, last.row, last.column)
        return row
    if not segment.unit and not segment.groups:
        segment.unit = token.lexeme.unit
        return row
    if not segment.groups:
        segment.groups.append([])
    return -1


def _is_around(token: Token, sheet: Sheet) -> bool:
    """Whether a label is a header or caption of the form, repeated inside it."""
    label = token.lexeme.label
    return label is not None and (sheet.form.id in label.columns or sheet.form.id in label.captions)


def _cut_tail(
    segment: Segment,
    tokens: list[Token],
    end: int,
    label: Token,
    serials: _Serials,
    match: Match,
    following: Match | None,
) -> None:
    """Takes away from the end what belongs to the label at `end`: its serial number, values in its printed row."""
    if not segment.groups or not segment.groups[-1] or end >= len(tokens):
        return
    group = segment.groups[-1]
    value = group[-1].lexeme.value
    low, high = serials.before.get(match.at), serials.before.get(following.at) if following else None
    if value is not None and low is not None and low < value and (high is None or value <= high):
        group.pop()
    elif group[-1].row == tokens[end].row != label.row:
        segment.tail = segment.groups.pop()
    if segment.groups and not segment.groups[-1]:
        segment.groups.pop()
