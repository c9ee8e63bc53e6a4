"""The values that stand behind the labels of a form, before anything is decided about rows and columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from nianbao.tables.align import Match, Region, Sheet
from nianbao.tables.cells import Token
from nianbao.tables.words import Kind

# A column of serial numbers shows in at least so many rows, and in so large a share of all.
_SERIAL_ROWS, _SERIAL_SHARE = 8, 0.8


@dataclass(slots=True)
class Segment:
    """What is printed from one label of a form to the next.

    `rows` are the rows that the values may belong to: the label's own, if it has cells (`own`), and the rows after it
    whose labels are lost. `slots` are the values, in the label's printed row also words (then `wordy`). `tail` are
    values that stand in the printed row of the next label, before it. `at` is the position of the label, `home` its
    printed row, `unit` is printed beside it; a unit cell at one of `openings` says that another row begins there.
    """

    rows: list[int]
    own: bool
    at: int
    home: int
    unit: str
    slots: list[Token] = field(default_factory=list)
    tail: list[Token] = field(default_factory=list)
    openings: set[int] = field(default_factory=set)

    @property
    def wordy(self) -> bool:
        """Whether there is a word among the values."""
        return any(not slot.lexeme.is_value for slot in self.slots)

    def groups(self) -> list[list[Token]]:
        """The values by printed row."""
        groups: list[list[Token]] = []
        row = -1
        for at, slot in enumerate(self.slots):
            if slot.row != row or at in self.openings:
                groups.append([])
                row = slot.row
            groups[-1].append(slot)
        return [[], *groups] if 0 in self.openings else groups

    def add_unit(self, token: Token) -> None:
        """Takes a unit cell: of the number before it, or of the row; a second one in a segment opens another row."""
        last = self.slots[-1] if self.slots else None
        if last and last.row == token.row and last.lexeme.kind is Kind.NUMBER and not last.lexeme.unit:
            self.slots[-1] = replace(last, lexeme=last.lexeme._replace(unit=token.lexeme.unit))
        elif not self.unit and all(slot.row == token.row and slot.lexeme.kind is Kind.BLANK for slot in self.slots):
            # blank cells between a label and its unit are the label's span
            self.slots.clear()
            self.unit = token.lexeme.unit
        else:
            self.openings.add(len(self.slots))


def read_segments(tokens: list[Token], region: Region) -> list[Segment]:
    """The segments of a region in order, each with the values behind its label."""
    sheet, matches = region.sheet, region.matches
    serials = _serials(tokens, matches)
    first = matches[0]
    heads = [at for at in region.hits if at < first.at] if any(sheet.ids[: first.row]) else []
    # rows whose labels are lost may stand between the header and the first label
    starts = [Match(heads[-1], -1)] if heads else []
    starts += matches
    ends = [*starts[1:], None]
    return [_read_segment(tokens, start, end, sheet, serials) for start, end in zip(starts, ends, strict=True)]


def _serials(tokens: list[Token], matches: list[Match]) -> Mapping[int, float]:
    """The serial numbers before labels, by position of the label; none where the form has no such column."""
    before: dict[int, float] = {}
    reached = float("-inf")
    for match in matches:
        number = tokens[match.at - 1].lexeme.value if match.at else None
        if number is not None:
            if number <= reached:
                return {}
            before[match.at] = reached = number
    # a value would stand behind the first label, not before it
    return before if matches[0].at in before and len(before) >= max(_SERIAL_ROWS, _SERIAL_SHARE * len(matches)) else {}


def _read_segment(
    tokens: list[Token], start: Match, end: Match | None, sheet: Sheet, serials: Mapping[int, float]
) -> Segment:
    """Reads the values from a label to the next label of the form, or to the first text that is not the form's."""
    own = start.row >= 0 and sheet.ids[start.row] is not None
    label = tokens[start.at]
    lost = [row for row in range(start.row + 1, end.row if end else len(sheet.ids)) if sheet.ids[row]]
    unit = label.lexeme.unit if own else ""
    segment = Segment([start.row, *lost] if own else lost, own, start.at, label.row, unit)
    header = -1  # a printed row of captions, whose blank cells are no values
    following = tokens[end.at] if end else None
    for token in tokens[start.at + 1 : end.at if end else None]:
        lexeme = token.lexeme
        kind = lexeme.kind
        if lexeme.is_value:
            # blank cells beside a heading are its own
            if kind is not Kind.BLANK or token.row not in (header, -1 if own else label.row):
                segment.slots.append(token)
        elif kind is Kind.UNIT:
            segment.add_unit(token)
        elif own and _goes_on(token, sheet, start.row):
            segment.home = token.row
        elif _is_around(token, sheet):
            header = token.row
        elif kind is Kind.QUIET:
            continue
        elif token.row == segment.home and own and kind in (Kind.TEXT, Kind.PART):
            segment.slots.append(token)
        else:
            following = token
            break
    if following and segment.slots:
        numbered = serials.get(start.at) if len(segment.slots) > 1 or (end and following is tokens[end.at]) else None
        _cut_tail(segment, following, numbered)
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


def _cut_tail(segment: Segment, following: Token, serial: float | None) -> None:
    """Takes away what belongs to the text that follows: its serial number, values before it in its printed row.

    Args:
      serial: the serial number of the segment's own label, None where the next one cannot stand here.
    """
    slots = segment.slots
    if serial is not None and slots[-1].lexeme.value == serial + 1:
        slots.pop()
    elif slots[-1].row == following.row != segment.home:
        start = next(at for at, slot in enumerate(slots) if slot.row == following.row)
        segment.tail = slots[start:]
        del slots[start:]
