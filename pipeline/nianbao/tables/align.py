"""Where a form stands in the token stream: its labels, matched with its rows in printed order.

The same words stand in prose, in other tables and in headers, and some rows have the same label (被依法纠错数). What
decides is order: of all labels in a stretch, the heaviest series that keeps the order of the form is the form's rows.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from nianbao.catalogue import Form, catalogue
from nianbao.tables.cells import Token
from nianbao.tables.labels import find_labels, known_part, plain
from nianbao.tables.words import Kind

# What a label weighs in the series: printed exactly, known by a key, and the values behind it that a heading in prose
# does not have.
_EXACT, _KEYED, _VALUED = 1.0, 0.6, 1.0
# So much of a form's rows must be found; where its columns and captions are not found either, so much.
_ENOUGH, _ENOUGH_ALONE = 1 / 3, 2 / 3
# A misprinted label differs in at most two characters, and in at most one of four.
_MISPRINTS, _MISPRINT_SHARE = 2, 4
# A label breaks over at most so many lines or cells.
_PIECES = 4
_WORDS = (Kind.LABEL, Kind.TEXT, Kind.PART, Kind.QUIET)
# Before the first and behind the last label that is known, misprinted ones are looked for so many cells away.
_REACH = 24


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form compiled: plain label, id and columns of every row (headings have no id and no columns); money columns."""

    form: Form
    labels: tuple[str, ...]
    ids: tuple[str | None, ...]
    columns: tuple[tuple[str, ...], ...]
    money: frozenset[str]


class Match(NamedTuple):
    """A token that is the label of a form's row."""

    at: int
    row: int


@dataclass(slots=True)
class Region:
    """A stretch of the stream that holds one copy of a form.

    `hits` are the positions of all its labels, rows, columns and captions; `matches` those of its rows, in order.
    """

    sheet: Sheet
    hits: list[int]
    matches: list[Match]
    rivals: tuple[Sheet, ...] = ()


@cache
def families() -> Mapping[str, tuple[Sheet, ...]]:
    """The forms compiled, by title: the editions of one form together."""
    found: dict[str, list[Sheet]] = defaultdict(list)
    for form in catalogue().forms.values():
        found[form.title].append(
            Sheet(
                form=form,
                labels=tuple(plain(row.label) for row in form.rows),
                ids=tuple(row.id for row in form.rows),
                columns=tuple((row.columns or form.columns) if row.id else () for row in form.rows),
                money=frozenset(column.id for column in form.headers if column.money),
            )
        )
    return {title: tuple(sheets) for title, sheets in found.items()}


def find_regions(tokens: list[Token]) -> list[Region]:
    """The stretches that hold a form, in no order. Labels broken over several tokens are joined in `tokens`."""
    hits, breaks = _label_hits(tokens)
    regions: list[Region] = []
    for title, positions in hits.items():
        sheets = families()[title]
        open_region: Region | None = None
        for stretch in _stretches(tokens, positions, breaks, sheets[0]):
            region = _region(tokens, stretch, sheets)
            if open_region and _continues(open_region, region):
                region = _region(tokens, [*open_region.hits, *region.hits], sheets)
            elif open_region:
                regions.append(open_region)
            open_region = region
        regions += [open_region] if open_region else []
    regions = [region for region in regions if _is_enough(tokens, region)]
    for region in regions:
        region.matches = _recover(tokens, region.matches, region.sheet)
    return regions


def _label_hits(tokens: list[Token]) -> tuple[Mapping[str, list[int]], list[int]]:
    """The positions of labels by form title, and the positions of prose.

    A label that several forms have (总计) is that of the form whose own labels stand before it.
    """
    hits: dict[str, list[int]] = defaultdict(list)
    breaks = []
    current = ""
    for at, token in enumerate(tokens):
        lexeme = token.lexeme
        if lexeme.is_value:
            continue
        if at + 1 < len(tokens) and tokens[at + 1].lexeme.kind in _WORDS and lexeme.kind in _WORDS:
            _join_pieces(tokens, at)
            lexeme = tokens[at].lexeme
        if lexeme.label:
            titles = lexeme.label.families
            if len(titles) == 1:
                current = titles[0]
            if current in titles:
                hits[current].append(at)
        elif lexeme.kind is Kind.PROSE:
            breaks.append(at)
    return hits, breaks


def _join_pieces(tokens: list[Token], at: int) -> None:
    """Makes one token of the pieces of a label that begin at a position, when together they are one."""
    first = tokens[at]
    text, found = first.lexeme.text, None
    for end in range(at + 1, min(at + _PIECES, len(tokens))):
        if tokens[end].lexeme.kind not in _WORDS:
            break
        text += tokens[end].lexeme.text
        if not known_part(text):
            break
        labels = find_labels(text)
        if labels and labels[0][1] and len(labels) == 1:
            found = end, text, labels[0][0]
    if found:
        end, text, label = found
        last = tokens[end]
        lexeme = first.lexeme._replace(kind=Kind.LABEL, text=text, unit=last.lexeme.unit, label=label, exact=True)
        tokens[at : end + 1] = [Token(lexeme, first.start, last.end, last.row, first.column)]


def _stretches(tokens: list[Token], hits: list[int], breaks: list[int], sheet: Sheet) -> Iterable[list[int]]:
    """Cuts the hits of a family where prose stands between, and where the form begins again."""
    first = next(row for row, name in enumerate(sheet.ids) if name)
    stretch: list[int] = []
    reached = part = 0
    for at in hits:
        label = tokens[at].lexeme.label
        if label is None:
            continue
        now = bisect_right(breaks, at)
        rows = label.rows.get(sheet.form.id, ())
        again = bool(rows) and rows[-1] <= first and 2 * reached >= len(sheet.labels)
        if stretch and (now != part or again):
            yield stretch
            stretch, reached = [], 0
        if rows and _is_valued(tokens, at):
            reached = max(reached, rows[0])
        stretch.append(at)
        part = now
    yield stretch


def _is_valued(tokens: list[Token], at: int) -> bool:
    return at + 1 < len(tokens) and tokens[at + 1].lexeme.kind in (Kind.NUMBER, Kind.UNIT, Kind.DASH)


def _region(tokens: list[Token], hits: list[int], sheets: tuple[Sheet, ...]) -> Region:
    """The region of a stretch, bound to the edition that more of its labels are peculiar to."""
    names = frozenset(sheet.form.id for sheet in sheets)
    votes: dict[str, int] = defaultdict(int)
    for at in hits:
        label = tokens[at].lexeme.label
        own = label.forms & names if label else frozenset()
        if len(own) == 1:
            votes[next(iter(own))] += 1
    sheet = max(sheets, key=lambda s: votes[s.form.id])
    rivals = tuple(s for s in sheets if s is not sheet and votes[s.form.id] == votes[sheet.form.id])
    return Region(sheet, hits, match_rows(tokens, hits, sheet), rivals)


def rebind(tokens: list[Token], region: Region, sheet: Sheet) -> Region:
    """The same region matched with another edition of its form."""
    return Region(sheet, region.hits, _recover(tokens, match_rows(tokens, region.hits, sheet), sheet))


def match_rows(tokens: list[Token], hits: list[int], sheet: Sheet) -> list[Match]:
    """The heaviest series of hits whose rows ascend."""
    # The best series so far that end at or before a row: rows and weights ascend together.
    rows, weights, links = [-1], [0.0], [None]  # type: ignore[var-annotated]
    for at in hits:
        lexeme = tokens[at].lexeme
        candidates = lexeme.label.rows.get(sheet.form.id, ()) if lexeme.label else ()
        weight = (_EXACT if lexeme.exact else _KEYED) + _VALUED * _is_valued(tokens, at)
        # from the last candidate to the first, so that a token does not follow itself
        for row in reversed(candidates):
            place = bisect_left(rows, row)
            total = weights[place - 1] + weight
            if place < len(rows) and rows[place] == row and weights[place] >= total:
                continue
            end = place
            while end < len(rows) and weights[end] <= total:
                end += 1
            rows[place:end], weights[place:end] = [row], [total]
            links[place:end] = [(Match(at, row), links[place - 1])]
    matches = []
    link = links[-1]
    while link:
        match, link = link
        matches.append(match)
    matches.reverse()
    return matches


def _recover(tokens: list[Token], matches: list[Match], sheet: Sheet) -> list[Match]:
    """Adds the rows whose labels are misprinted beyond their keys: between two matches only rows between can stand."""
    before = Match(max(-1, matches[0].at - _REACH), -1)
    after = Match(min(len(tokens), matches[-1].at + _REACH), len(sheet.labels))
    found = []
    for match, following in zip([before, *matches], [*matches, after], strict=True):
        found.append(match)
        row = match.row + 1
        for at in range(match.at + 1, following.at) if row < following.row else ():
            lexeme = tokens[at].lexeme
            if lexeme.kind in _WORDS and not lexeme.exact:
                at_row = _misprinted(lexeme.text, sheet, row, following.row)
                if at_row < following.row:
                    found.append(Match(at, at_row))
                    row = at_row + 1
    return found[1:]


def _misprinted(text: str, sheet: Sheet, start: int, stop: int) -> int:
    """The first row from start to stop of whose label a text is a misprint, else stop."""
    for row in range(start, stop):
        label = sheet.labels[row]
        allowed = min(_MISPRINTS, len(label) // _MISPRINT_SHARE)
        close = abs(len(text) - len(label)) <= allowed
        if close and Levenshtein.distance(text, label, score_cutoff=allowed) <= allowed:
            return row
    return stop


def _continues(before: Region, after: Region) -> bool:
    """Whether two regions are the upper and the lower part of one broken table."""
    return bool(
        before.matches
        and after.matches
        and before.sheet is after.sheet
        and before.matches[-1].row < after.matches[0].row
        and len(before.matches) > 1
        and len(after.matches) > 1
    )


def _is_enough(tokens: list[Token], region: Region) -> bool:
    """Whether a region has enough of its form to be a table and no list of headings."""
    sheet = region.sheet
    share = len(region.matches) / len(sheet.labels)
    around = {
        tokens[at].lexeme.text
        for at in region.hits
        if (label := tokens[at].lexeme.label) and (sheet.form.id in label.captions or sheet.form.id in label.columns)
    }
    return share >= (_ENOUGH if len(around) > 1 else _ENOUGH_ALONE)
