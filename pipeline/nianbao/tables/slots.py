"""The values that stand behind the labels of a form, before anything is decided about rows and columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nianbao.tables.align import Match, Region, Sheet
from nianbao.tables.cells import Token
from nianbao.tables.words import VALUES, Kind

# A column of serial numbers shows in at least so many rows, and in so large a share of all.
_SERIAL_ROWS, _SERIAL_SHARE = 8, 0.8


@dataclass(slots=True)
class Segment:
    """What is printed from one label of a form to the next.

    `rows` are the rows that the values may belong to: the label's own, if it has cells (`own`), and the rows after it
    whose labels are lost. `groups` are the values by printed row; words in the label's printed row are among them.
    `tail` are values that stand in the printed row of the next label, before it. `unit` is printed beside the label.
    """

    rows: list[int]
    own: bool
    unit: str
    groups: list[list[Token]] = field(default_factory=list)
    tail: list[Token] = field(default_factory=list)
    group_row: int = -1

    def add(self, token: Token) -> None:
        """Adds a value to the group of its printed row."""
        if token.row != self.group_row or not self.groups:
            self.groups.append([])
            self.group_row = token.row
        self.groups[-1].append(token)

    def add_unit(self, token: Token) -> None:
        """Takes a unit cell: of the number before it, or of the row; a second one in a segment opens another row."""
        last = self.groups[-1][-1] if self.groups and self.groups[-1] else None
        if last and last.row == token.row and last.lexeme.kind is Kind.NUMBER and not last.lexeme.unit:
            lexeme = last.lexeme._replace(unit=token.lexeme.unit)
            self.groups[-1][-1] = Token(lexeme, last.start, last.end, last.row, last.column)
        elif not self.unit and not self.groups:
            self.unit = token.lexeme.unit
        else:
            self.groups += [] if self.groups else [[]]
            self.group_row = -1


def read_segments(tokens: list[Token], region: Region) -> list[Segment]:
    """The segments of a region in order, each with the values behind its label."""
    sheet, matches = region.sheet, region.matches
    serials = _serials(tokens, matches)
    first = matches[0]
    heads = [at for at in region.hits if at < first.at]
    # rows whose labels are lost may stand between the header and the first label
    starts = [Match(heads[-1], -1)] if heads and any(sheet.ids[: first.row]) else []
    starts += matches
    ends = [*starts[1:], None]
    return [_read_segment(tokens, start, end, sheet, serials) for start, end in zip(starts, ends, strict=True)]


def _serials(tokens: list[Token], matches: list[Match]) -> Mapping[int, float]:
    """The serial numbers before labels, by position of the label; none where the form has no such column."""
    numbers = {match.at: tokens[match.at - 1].lexeme.value for match in matches if match.at}
    before = {at: number for at, number in numbers.items() if number is not None}
    values = list(before.values())
    if len(values) < max(_SERIAL_ROWS, _SERIAL_SHARE * len(matches)):
        return {}
    return before if all(a < b for a, b in zip(values, values[1:], strict=False)) else {}


def _read_segment(
    tokens: list[Token], start: Match, end: Match | None, sheet: Sheet, serials: Mapping[int, float]
) -> Segment:
    """Reads the values from a label to the next label of the form, or to the first text that is not the form's."""
    own = start.row >= 0 and sheet.ids[start.row] is not None
    label = tokens[start.at]
    lost = [row for row in range(start.row + 1, end.row if end else len(sheet.ids)) if sheet.ids[row]]
    segment = Segment([start.row, *lost] if own else lost, own, label.lexeme.unit if own else "")
    home = label.row
    header = -1  # a printed row of captions, whose blank cells are no values
    stop = end.at if end else len(tokens)
    for at in range(start.at + 1, stop):
        token = tokens[at]
        kind = token.lexeme.kind
        if kind in VALUES:
            if kind is not Kind.BLANK or token.row != header:
                segment.add(token)
        elif kind is Kind.UNIT:
            segment.add_unit(token)
        elif own and _goes_on(token, sheet, start.row):
            home = token.row
        elif _is_around(token, sheet):
            header = token.row
        elif kind is Kind.QUIET:
            continue
        elif token.row == home and own and kind in (Kind.TEXT, Kind.PART):
            segment.add(token)
        else:
            stop = at
            break
    if stop < len(tokens):
        _cut_tail(segment, tokens[stop], home, serials.get(start.at))
    return segment


def _goes_on(token: Token, sheet: Sheet, row: int) -> bool:
    """Whether a token is more of the label of a row that is broken over lines."""
    lexeme = token.lexeme
    if lexeme.label:
        return row in lexeme.label.rows.get(sheet.form.id, ())
    return lexeme.kind is Kind.PART and lexeme.text in sheet.labels[row]


def _is_around(token: Token, sheet: Sheet) -> bool:
    """Whether a label is a header or caption of the form, repeated inside it."""
    label = token.lexeme.label
    return label is not None and (sheet.form.id in label.columns or sheet.form.id in label.captions)


def _cut_tail(segment: Segment, following: Token, home: int, serial: float | None) -> None:
    """Takes away what belongs to the text that follows: its serial number, values before it in its printed row.

    Args:
      serial: the serial number of the segment's own label, None where there is none.
    """
    group = segment.groups[-1] if segment.groups else []
    if group and serial is not None and group[-1].lexeme.value == serial + 1:
        group.pop()
    elif group and group[-1].row == following.row != home:
        segment.tail = segment.groups.pop()
    if segment.groups and not segment.groups[-1]:
        segment.groups.pop()
