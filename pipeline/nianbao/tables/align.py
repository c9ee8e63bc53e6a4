"""Where a form stands in the token stream: its labels, matched with its rows in printed order.

The same words stand in prose, in other tables and in headers, and some rows have the same label (被依法纠错数). What
decides is order: of all labels in a stretch, the heaviest series that keeps the order of the form is the form's rows.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import NamedTuple

from rapidfuzz.distance import OSA

from nianbao.catalogue import Form, catalogue
from nianbao.tables.cells import Token
from nianbao.tables.labels import find_labels, known_part, plain
from nianbao.tables.words import Kind

# What a label weighs in the series: printed exactly, known by a key, and the values behind it that a heading in prose
# does not have.
_EXACT, _KEYED, _VALUED = 1.0, 0.6, 1.0
# So much of a form's rows must be found. Where no header is found with them, so much, and so many: lists of categories
# have rows like those of the small forms.
_ENOUGH, _ENOUGH_ALONE, _ROWS_ALONE = 1 / 3, 2 / 3, 10
# So many rows printed exactly, with figures behind them, stand in no list.
_ROWS_SURE = 16
# A part of a broken table has at least so many rows.
_PART_ROWS = 2
# A misprinted label differs in at most two characters, and in at most one of four.
_MISPRINTS, _MISPRINT_SHARE = 2, 4
# A key of so many characters can be misprinted like a label.
_LONG_KEY = 6
# A label breaks over at most so many lines or cells.
_PIECES = 4
_WORDS = (Kind.LABEL, Kind.TEXT, Kind.PART, Kind.QUIET)
_FIGURES = (Kind.NUMBER, Kind.UNIT, Kind.DASH)
# A shorter label (其他) does not tell which form begins.
_TELLING = 3
# A label stands at most so many cells from the next: a row's own cells, a repeated header.
_REACH = 24


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form compiled: of every row its plain label, its names (label and long keys), its id and its columns.

    Headings have no id and no columns. `money` are the columns of money.
    """

    form: Form
    labels: tuple[str, ...]
    names: tuple[tuple[str, ...], ...]
    ids: tuple[str | None, ...]
    columns: tuple[tuple[str, ...], ...]
    money: frozenset[str]


class Match(NamedTuple):
    """A token that is the label of a form's row."""

    at: int
    row: int


_Link = tuple[int, int, "_Link | None"]  # position, row, the series before


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
                names=tuple((plain(row.label), *(k for k in row.keys if len(k) >= _LONG_KEY)) for row in form.rows),
                ids=tuple(row.id for row in form.rows),
                columns=tuple((row.columns or form.columns) if row.id else () for row in form.rows),
                money=frozenset(column.id for column in form.headers if column.money),
            )
        )
    return {title: tuple(sheets) for title, sheets in found.items()}


def find_regions(tokens: list[Token]) -> list[Region]:
    """The stretches that hold a form, in no order. Labels broken over several tokens are joined in `tokens`."""
    regions: list[Region] = []
    for title, stretches in _label_hits(tokens).items():
        sheets = families()[title]
        last: Region | None = None
        for hits in chain.from_iterable(_copies(tokens, stretch, sheets[0]) for stretch in stretches):
            region = _region(tokens, hits, title)
            whole = _joined(tokens, last, region, title) if last else None
            if last and not whole:
                regions.append(last)
            last = whole or region
        regions += [last] if last else []
    regions = [region for region in regions if _is_enough(tokens, region)]
    for region in regions:
        region.matches = _recover(tokens, _without_strays(region.matches, region.sheet), region.sheet)
    return regions


def _label_hits(tokens: list[Token]) -> Mapping[str, list[list[int]]]:
    """The positions of labels by form title, in stretches between prose.

    A label that several forms have (总计) is that of the form whose own labels stand before it.
    """
    hits: dict[str, list[list[int]]] = defaultdict(list)
    fresh: set[str] = set()  # the forms that have a stretch since the last prose
    current = ""
    for at, token in enumerate(tokens):
        lexeme = token.lexeme
        if lexeme.is_value:
            continue
        following = tokens[at + 1].lexeme if at + 1 < len(tokens) else lexeme
        if following.kind in _WORDS and lexeme.kind in _WORDS and not (following.exact and lexeme.exact):
            lexeme = _join_pieces(tokens, at).lexeme
        if lexeme.label:
            titles = lexeme.label.families
            if len(titles) == 1:
                title = titles[0]
                current = title if len(lexeme.text) >= _TELLING else current
            elif current in titles:
                title = current
            else:
                continue
            if title not in fresh:
                fresh.add(title)
                hits[title].append([])
            hits[title][-1].append(at)
        elif lexeme.kind is Kind.PROSE:
            fresh.clear()
    return hits


def _join_pieces(tokens: list[Token], at: int) -> Token:
    """The token at a position, made one with its followers when together they print one label."""
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
    return tokens[at]


def _copies(tokens: list[Token], hits: list[int], sheet: Sheet) -> Iterator[list[int]]:
    """Cuts a stretch where the form begins again: its first row behind values of the lower half, run on behind any."""
    name, size = sheet.form.id, len(sheet.ids)
    first = next(row for row, row_id in enumerate(sheet.ids) if row_id)
    begins = {i for i, at in enumerate(hits) if _rows(tokens[at], name, (size,))[-1] <= first}
    start = reached = 0
    for i, at in enumerate(hits) if len(begins) > 1 else ():
        if sheet.form.run_on and any(token.lexeme.is_value for token in tokens[hits[i - 1] + 1 : at]):
            reached = size
        if i in begins and 2 * reached >= size:
            yield hits[start:i]
            start, reached = i, 0
        if _is_valued(tokens, at):
            reached = max(reached, _rows(tokens[at], name, (0,))[0])
    yield hits[start:]


def _rows(token: Token, form: str, default: tuple[int, ...]) -> tuple[int, ...]:
    """The rows of a form that a label may be, or a default for a label of no row."""
    return token.lexeme.label.rows.get(form, default) if token.lexeme.label else default


def _is_valued(tokens: list[Token], at: int) -> bool:
    return at + 1 < len(tokens) and tokens[at + 1].lexeme.kind in _FIGURES


def _region(tokens: list[Token], hits: list[int], title: str) -> Region:
    """The region of a stretch, bound to the edition that more of its labels are peculiar to."""
    sheets = families()[title]
    if len(sheets) == 1:
        return Region(sheets[0], hits, match_rows(tokens, hits, sheets[0]))
    votes = Counter(label.editions.get(title) for at in hits if (label := tokens[at].lexeme.label))
    sheet = max(sheets, key=lambda s: votes[s.form.id])
    rivals = tuple(s for s in sheets if s is not sheet and votes[s.form.id] == votes[sheet.form.id])
    return Region(sheet, hits, match_rows(tokens, hits, sheet), rivals)


def rebind(tokens: list[Token], region: Region, sheet: Sheet) -> Region:
    """The same region matched with another edition of its form."""
    return Region(sheet, region.hits, _recover(tokens, match_rows(tokens, region.hits, sheet), sheet))


def match_rows(tokens: list[Token], hits: list[int], sheet: Sheet) -> list[Match]:
    """The heaviest series of hits whose rows ascend."""
    name = sheet.form.id
    # The best series so far that end at or before a row: rows and weights ascend together.
    rows, weights = [-1], [0.0]
    links: list[_Link | None] = [None]
    for at in hits:
        lexeme = tokens[at].lexeme
        candidates = lexeme.label.rows.get(name) if lexeme.label else None
        if not candidates:
            continue
        weight = (_EXACT if lexeme.exact else _KEYED) + _VALUED * _is_valued(tokens, at)
        if candidates[0] > rows[-1] and len(candidates) == 1:  # as in a whole table
            links.append((at, candidates[0], links[-1]))
            rows.append(candidates[0])
            weights.append(weights[-1] + weight)
            continue
        # from the last candidate to the first, so that a token does not follow itself
        for row in reversed(candidates):
            place = bisect_left(rows, row)
            total = weights[place - 1] + weight
            end = place
            while end < len(rows) and weights[end] <= total:
                end += 1
            if end > place or place == len(rows) or rows[place] > row:
                rows[place:end], weights[place:end] = [row], [total]
                links[place:end] = [(at, row, links[place - 1])]
    matches = []
    link = links[-1]
    while link:
        at, row, link = link
        matches.append(Match(at, row))
    matches.reverse()
    return matches


def _without_strays(matches: list[Match], sheet: Sheet) -> list[Match]:
    """The rows without headings far before the others: prose has headings of the same words."""
    first = 0
    while first + 1 < len(matches) and not sheet.ids[matches[first].row]:
        if matches[first + 1].at - matches[first].at <= _REACH:
            break
        first += 1
    return matches[first:]


def _recover(tokens: list[Token], matches: list[Match], sheet: Sheet) -> list[Match]:
    """Adds the rows whose labels are misprinted beyond their keys: between two matches only rows between can stand."""
    before = Match(max(-1, matches[0].at - _REACH), -1)
    after = Match(min(len(tokens), matches[-1].at + _REACH), len(sheet.labels))
    found = []
    for match, following in zip([before, *matches], [*matches, after], strict=True):
        found.append(match)
        row = match.row + 1
        stop = min(following.at, match.at + _REACH * (following.row - row) + 1)
        for at in range(match.at + 1, stop):
            lexeme = tokens[at].lexeme
            if lexeme.kind in _WORDS and not lexeme.exact:
                misprinted = _misprinted(lexeme.text, sheet, row, following.row)
                if misprinted < following.row:
                    found.append(Match(at, misprinted))
                    row = misprinted + 1
    return found[1:]


def _misprinted(text: str, sheet: Sheet, start: int, stop: int) -> int:
    """The first row from start to stop of whose label a text is a misprint, else stop."""
    for row in range(start, stop):
        for name in sheet.names[row]:
            allowed = min(_MISPRINTS, len(name) // _MISPRINT_SHARE)
            close = abs(len(text) - len(name)) <= allowed
            if close and OSA.distance(text, name, score_cutoff=allowed) <= allowed:
                return row
    return stop


def _joined(tokens: list[Token], before: Region, after: Region, title: str) -> Region | None:
    """The region of two stretches that are one broken table: together they lose no row. Headings in prose are none."""
    if len(before.matches) < _PART_ROWS or len(after.matches) < _PART_ROWS:
        return None
    if before.matches[-1].row >= after.matches[0].row:
        return None
    whole = _region(tokens, [*before.hits, *after.hits], title)
    return whole if len(whole.matches) == len(before.matches) + len(after.matches) else None


def _is_enough(tokens: list[Token], region: Region) -> bool:
    """Whether a region has enough of its form to be a table and no list of headings."""
    sheet = region.sheet
    found = len(region.matches)
    share = found / len(sheet.labels)
    around = {
        tokens[at].lexeme.text
        for at in region.hits
        if (label := tokens[at].lexeme.label) and (sheet.form.id in label.captions or sheet.form.id in label.columns)
    }
    if len(around) > 1:
        return share >= _ENOUGH
    sure = sum(tokens[m.at].lexeme.exact and _is_valued(tokens, m.at) for m in region.matches)
    return sure >= _ROWS_SURE or (share >= _ENOUGH_ALONE and found >= _ROWS_ALONE)
