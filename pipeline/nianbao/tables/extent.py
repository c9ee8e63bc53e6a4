"""Which lines belong to a table besides its cells: title, caption and header above, signatures and notes below."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from typing import NamedTuple

from nianbao.document import Document, Line
from nianbao.tables.align import Region
from nianbao.tables.bind import Bound
from nianbao.tables.cells import Token
from nianbao.tables.words import Kind, cell_words

# A caption, a title, the year, the body and the unit line: no table has more lines of text above its header, and with
# blank ones between no more than these.
_MOST_LINES, _REACH = 8, 24
_LONGEST_LINE = 160
# The labels of a header stand at most so many cells apart, blank ones of wide cells between.
_HEADER_REACH = 16
# A heading and a row of a table without rows of its form between have at most so many cells.
_WIDEST_ROWS = 10
_SEPARATORS = re.compile(r"[\s|]+")


class _Patterns(NamedTuple):
    caption: re.Pattern[str]
    footer: re.Pattern[str]
    footer_more: re.Pattern[str]
    note: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    words = cell_words()
    return _Patterns(*map(re.compile, (words.caption, words.footer, words.footer_more, words.note)))


def extent(tokens: list[Token], region: Region, bound: Bound, document: Document) -> tuple[int, int]:
    """The first and the last offset of a table in the shadow, whole lines where nothing else stands in them."""
    family = region.sheet.form.title
    first, header = region.matches[0].at, -1
    for at in reversed(region.hits):
        first = at if 0 < first - at <= _HEADER_REACH else first
    while first and (_is_header(tokens[first - 1], family) or tokens[first - 1].row == header):
        first -= 1
        if tokens[first].lexeme.kind is Kind.QUIET:
            header = tokens[first].row
    last = region.hits[-1] if region.sheet.form.run_on else region.matches[-1].at
    end = _last_cell(bound)
    while last + 1 < len(tokens) and tokens[last].end < end:
        last += 1
    if len(region.sheet.form.headers) == 1:
        last = _further_rows(tokens, last, family)
    start = first_line(document, tokens[first].start)
    return start, last_line(document, tokens[last].end, notes=not region.sheet.form.run_on)


def _last_cell(bound: Bound) -> int:
    """Where the last cell ends that was read; -1 when none was."""
    for reading in reversed(bound.readings.values()):
        ends = [cell.end for cell in reading.cells if cell]
        if ends:
            return max(ends)
    return -1


def _further_rows(tokens: list[Token], last: int, family: str) -> int:
    """The last token of the rows that a region added to the end of a form: label, unit and figure each."""
    at, unit = last + 1, False
    while at < len(tokens) and at - last <= _WIDEST_ROWS:
        lexeme = tokens[at].lexeme
        if lexeme.kind is Kind.PROSE or (lexeme.label and family in lexeme.label.families):
            break
        if lexeme.unit and lexeme.kind is not Kind.NUMBER:
            unit = True
        elif unit and lexeme.is_value:
            last, unit = at, False
        at += 1
    return last


def _is_header(token: Token, family: str) -> bool:
    lexeme = token.lexeme
    if lexeme.label:
        return family in lexeme.label.families
    return lexeme.kind in (Kind.QUIET, Kind.PART, Kind.UNIT, Kind.BLANK, Kind.DASH)


def first_line(document: Document, start: int) -> int:
    """Where a table begins whose header begins at an offset: with its line, and the caption lines above it."""
    at = line_at(document, start)
    line = document.lines[at]
    before = _squash(document.shadow[line.start : start])
    if not before or _is_caption(before):
        start = line.start
    for line in _filled(reversed(document.lines[max(0, at - _REACH) : at])):
        if start != document.lines[at].start or not _is_caption(_squash(document.shadow[line.start : line.end])):
            break
        start, at = line.start, line_at(document, line.start)
    return start


def last_line(document: Document, end: int, *, notes: bool) -> int:
    """Where a table ends whose last cell ends at an offset: with its line, and the lines below that belong to it."""
    patterns = _patterns()
    at = line_at(document, end - 1)
    if _squash(document.shadow[end : document.lines[at].end]):
        return end
    end = document.lines[at].end
    signed = open_ended = False
    for line in _filled(document.lines[at + 1 : at + 1 + _REACH]):
        text = _squash(document.shadow[line.start : min(line.end, line.start + _LONGEST_LINE)])
        if patterns.footer.match(text) or (signed and patterns.footer_more.match(text)):
            signed, open_ended = True, text.endswith(":")
        elif open_ended:
            open_ended = False
        elif text and not (notes and patterns.note.match(text)):
            break
        end = line.end
    return end


def _filled(lines: Iterable[Line]) -> Iterator[Line]:
    """The first lines that are not blank."""
    return islice((line for line in lines if not line.blank), _MOST_LINES)


def line_at(document: Document, offset: int) -> int:
    """The number of the line that an offset stands in."""
    return bisect_right(document.lines, offset, key=lambda line: line.start) - 1


def _squash(text: str) -> str:
    return _SEPARATORS.sub("", text)


def _is_caption(text: str) -> bool:
    """Whether a line above a table is of its title, its unit line or a header cell."""
    if text in cell_words().headers:
        return True
    return len(text) <= _LONGEST_LINE and _patterns().caption.fullmatch(text) is not None
