"""Lists in prose that add up: kinds to a total, outcomes to the requests closed, channels to those received, shares.

A list is read only where its form is plain: numbers of one unit in one sentence, behind words that announce it. A list
that may be a selection, hold nested lists or mix matters passes when it adds up and decides nothing when it does not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from nianbao.check.evidence import Check, Evidence, SpanRef, Status, show
from nianbao.check.relations import relations, severity, words
from nianbao.document import Mention

_TOLERANCE = 0.6  # of a point: shares are rounded, some cut off
_GAP_MAX = 120  # between two numbers of one list
_LIST_MAX = 60  # numbers of one sentence: more are no sentence
# a line that ends in a comma, semicolon or colon runs on
_STOP = re.compile(r"。|(?<![\s;:,、])[ \t]*\n|\n\s*\n")
_PUNCTUATION = re.compile(r"[,;:。()\n]")
_NUMERAL = r"等?[一二三四五六七八九十\d]{1,2}"

# a count and where the words that lead to it begin
_Count = tuple[Mention, int]


@dataclass(frozen=True, slots=True)
class _Finding:
    """A verdict on a list (`fine` None: in doubt), its two sides, where it stands, what is wrong with it."""

    id: str
    fine: bool | None
    left: float
    right: float
    place: SpanRef
    detail: str


@dataclass(slots=True)
class _Item:
    """A number of a sentence with the words that lead to it, the share printed behind it and its bracket depth.

    `compared` numbers are changes, or stand for another year.
    """

    mention: Mention
    value: float
    unit: str
    lead: str
    depth: int
    compared: bool
    share: float | None = None
    share_end: int = 0


def check_breakdowns(evidence: Evidence) -> Iterator[Check]:
    """Runs P-08, P-09, P-15 and P-16 over all sentences with numbers; instances are numbered in order of the text."""
    number: Counter[str] = Counter()
    shadow = evidence.shadow
    last: list[_Count] = []
    items: list[_Item] = []
    standing: list[_Item] = []
    for before, counts in _sentences(evidence):
        units = [mention.unit for mention, _ in counts]
        # a list has a unit twice, a share has %
        if len(units) == 1 or (len(set(units)) == len(units) and "%" not in units):
            continue
        if before is not last:
            items = standing = _items(shadow, before)
        last, ahead, items = counts, items, _items(shadow, counts)
        wholes = items
        for found in _check_sentence(shadow, ahead, standing, items):
            number[found.id] += 1
            yield _check(found, str(number[found.id]))
            if found.id != "P-09":
                wholes = [item for item in wholes if not found.place.start <= item.mention.start < found.place.end]
        # a sentence that is all list leaves the total for another list: 从方式看…。从内容看…。
        standing = wholes or standing


def _check(found: _Finding, instance: str) -> Check:
    grave = severity(found.id)
    if found.fine:
        return Check(found.id, instance, "pass", grave, found.left, found.right, (), "")
    status: Status = "skip" if found.fine is None else "fail"
    return Check(found.id, instance, status, grave, found.left, found.right, (found.place,), found.detail)


def _sentences(evidence: Evidence) -> Iterator[tuple[list[_Count], list[_Count]]]:
    """The counts of each sentence, with those of the sentence ahead of it where that is in the same paragraph."""
    shadow = evidence.shadow
    ahead: list[_Count] = []
    counts: list[_Count] = []
    last = 0
    for mention in evidence.mentions:
        start = mention.start
        if mention.label != "COUNT" or start < last:
            continue
        lead = max(last, start - _GAP_MAX)
        apart = lead > last or len(counts) == _LIST_MAX
        if shadow.find("\n", lead, start) < 0:
            stop = shadow.rfind("。", lead, start) + 1
        else:
            stop = 0
            for match in _STOP.finditer(shadow, lead, start):
                stop, apart = match.end(), apart or "\n" in match[0]
        if (stop or apart) and counts:
            yield ahead, counts
            ahead, counts = [] if apart else counts, []
        counts.append((mention, stop or lead))
        last = mention.end
    if counts:
        yield ahead, counts


def _items(shadow: str, counts: Sequence[_Count]) -> list[_Item]:
    """The numbers of a sentence in order, the shares with the number that they belong to."""
    items: list[_Item] = []
    kinds, compared, share = words().kinds, words().compared, words().share
    depth = 0
    for mention, start in counts:
        lead = shadow[start : mention.start]
        if not isinstance(mention.value, int | float) or kinds.fullmatch(mention.unit):
            continue
        if mention.unit != "%":
            if depth or "(" in lead:
                depth = max(0, depth + lead.count("(") - lead.count(")"))
            changed = bool(compared.search(lead[-24:]))
            items.append(_Item(mention, mention.value, mention.unit, lead, depth, changed))
        elif items and items[-1].share is None and share.match(lead):
            items[-1].share, items[-1].share_end = mention.value, mention.end
    return items


def _check_sentence(shadow: str, ahead: list[_Item], standing: list[_Item], items: list[_Item]) -> Iterator[_Finding]:
    """All findings of one sentence.

    Args:
      shadow: the text.
      ahead: the numbers of the sentence before it.
      standing: the numbers before it that no list had as a part.
      items: its own numbers.
    """
    if not items:
        return
    if len(items) > 1:
        start = (*ahead, *items)[0].mention.start
        named = False
        if shadow.find("申请", max(0, start - _GAP_MAX), items[-1].mention.end) >= 0:
            for breakdown in _patterns():
                chosen = _chosen(breakdown, items)
                if len(chosen) > 1:
                    named = True
                    yield from _named_list(shadow, ahead, items, chosen, breakdown)
        if not named:
            yield from _kinds(shadow, ahead, standing, items)
    shared = [item for item in items if item.share is not None]
    if shared:
        yield from _shares(ahead, items, shared)


@dataclass(frozen=True, slots=True)
class _Patterns:
    """A breakdown of the catalogue, its words compiled: `parts` and `without` for what leads to a number."""

    id: str
    parts: re.Pattern[str]
    without: re.Pattern[str]
    total: re.Pattern[str]
    other: re.Pattern[str]
    settled: re.Pattern[str]
    instead: re.Pattern[str]


@cache
def _patterns() -> tuple[_Patterns, ...]:
    def any_of(words: Sequence[str], then: str = "") -> re.Pattern[str]:
        return re.compile(f"(?:{'|'.join(words)}){then}" if words else r"(?!)")

    rest = r"[^,;:。()\n]*$"
    return tuple(
        _Patterns(
            id=b.id,
            parts=any_of(b.parts, rest),
            without=any_of(b.without, rest),
            total=any_of(b.total),
            other=any_of(b.without),
            settled=any_of(b.settled),
            instead=any_of(b.instead),
        )
        for b in relations().breakdowns
    )


def _chosen(breakdown: _Patterns, items: Sequence[_Item]) -> list[int]:
    """The items that a breakdown knows by the words that lead to them."""
    parts, without = breakdown.parts, breakdown.without
    return [
        i
        for i, item in enumerate(items)
        if parts.search(item.lead) and not item.compared and not without.search(item.lead)
    ]


def _named_list(
    shadow: str, ahead: Sequence[_Item], items: list[_Item], chosen: list[int], breakdown: _Patterns
) -> Iterator[_Finding]:
    """A list whose items are known by name: channels, outcomes."""
    first = items[chosen[0]]
    listed = [items[i] for i in chosen if items[i].unit == first.unit and items[i].depth <= first.depth]
    totals: list[float] = []
    for known in (items[: chosen[0]], ahead):
        totals = totals or _totals(shadow, known, first.unit, breakdown.total, breakdown.other)
    stated = bool(totals)
    if not stated:
        known = [*ahead, *items[: chosen[0]]]
        start = known[0].mention.start if known else first.mention.start
        if breakdown.settled.search(shadow, start, first.mention.start):
            totals = _totals(shadow, known, first.unit, breakdown.instead, words().not_total)
    if not totals or len(listed) < 2:
        return
    sums = _sums([item.value for item in listed], totals)
    hit = next((t for t in totals if t in sums), None)
    found, wanted = sum(item.value for item in listed), totals[-1]
    place = SpanRef(first.mention.start, listed[-1].mention.end)
    if hit is not None:
        yield _Finding(breakdown.id, True, hit, hit, place, "")
        return
    inside = [item for item in items[chosen[0] :] if item.unit == first.unit and item.depth <= first.depth]
    plain = (
        stated
        and len(set(totals)) == 1
        and len(inside) == len(listed) >= 3
        and [whole.value for whole in _wholes([*ahead, *items[: chosen[0]]], first.unit)][-1:] != [found]
        and not any(item.mention.approx for item in listed)
        and not any(words().nested.search(item.lead) for item in listed[1:])
    )
    detail = f"所列各项合计{show(found)},总数为{show(wanted)}"
    yield _Finding(breakdown.id, False if plain else None, found, wanted, place, detail)


def _totals(
    shadow: str, items: Sequence[_Item], unit: str, words: re.Pattern[str], without: re.Pattern[str]
) -> list[float]:
    """The numbers whose clause names the total."""
    out = []
    for item in items:
        if item.unit == unit and not item.compared:
            tail = _PUNCTUATION.split(shadow[item.mention.end : item.mention.end + 24], maxsplit=1)[0]
            clause = f"{_PUNCTUATION.split(item.lead)[-1]}#{tail}"
            if words.search(clause) and not without.search(clause):
                out.append(item.value)
    return out


def _sums(values: list[float], wanted: Sequence[float]) -> set[float]:
    """What a list may add up to: all of it; where that is not wanted, also less runs that split up the item before.

    Such a run gives all of that item, or the larger parts of it (不予处理78件,信访类46件、重复申请20件是大头).
    """
    total = sum(values)
    if total in wanted:
        return {total}
    reach: list[set[float]] = [set() for _ in values] + [{0.0}]
    for i in range(len(values) - 1, -1, -1):
        reach[i] = {values[i] + rest for rest in reach[i + 1]}
        run = 0.0
        for j in range(i + 1, len(values)):
            run += values[j]
            if run == values[i] > 0 or (run < values[i] and j > i + 1):
                reach[i] |= {values[i] + rest for rest in reach[j + 1]}
            if run > values[i]:
                break
    return reach[0]


def _kinds(shadow: str, ahead: list[_Item], standing: list[_Item], items: list[_Item]) -> Iterator[_Finding]:
    """P-08: a total broken down into kinds. What was a part before may be a total now, but accuses no list."""
    starts = [i for i, item in enumerate(items) if not item.compared and words().list.search(item.lead)]
    for n, start in enumerate(starts):
        first = items[start]
        # 政策60条(含解读20条)、财政30条: a list in brackets inside another does not end that
        end = next((later for later in starts[n + 1 :] if items[later].depth <= first.depth), len(items))
        run, ended = _run(items[start:end])
        listed = [item for item in run if item.unit == first.unit]
        known = items[:start] or standing
        totals = [item.value for item in _wholes(known, first.unit)]
        parts = [item.value for item in _wholes([] if start else ahead, first.unit)]
        if len(listed) < 2 or not totals:
            continue
        sums = _sums([item.value for item in listed], totals)
        hit = next((t for t in (*totals, *parts) if t in sums), None)
        if hit is None and ended:
            hit = _farther(items[start:end], len(listed), totals)
        found, total = sum(item.value for item in listed), totals[-1]
        place = SpanRef(first.mention.start, listed[-1].mention.end)
        if hit is not None:
            yield _Finding("P-08", True, hit, hit, place, "")
        elif (
            len(listed) == len(run) >= 3
            and (ended or end == len(items))
            and len(set(totals)) == 1
            and not any(item.mention.approx for item in (*known, *listed))
            and _complete(shadow, listed, found, total)
        ):
            detail = f"所列各类合计{show(found)},总数为{show(total)}"
            yield _Finding("P-08", False, found, total, place, detail)


def _wholes(items: Sequence[_Item], unit: str) -> list[_Item]:
    """The numbers that may be the total of a list: of its unit, of this year."""
    cumulative = words().cumulative
    return [item for item in items if item.unit == unit and not item.compared and not cumulative.search(item.lead)]


def _run(items: list[_Item]) -> tuple[list[_Item], bool]:
    """The items as far as they are a list, and whether it ends before them all.

    Behind a list with commas a semicolon opens another matter, and so does a clause without a number. A list in
    brackets ends with them.
    """
    depth = items[0].depth
    closed = next((i for i, item in enumerate(items) if item.depth < depth), len(items))
    ended = closed < len(items)
    items = [item for item in items[:closed] if item.depth == depth and not item.compared]
    for i in range(2, len(items)):
        lead = items[i].lead.lstrip(")”的 \t")
        if (lead[:1] == ";" and items[1].lead.lstrip(")”的 \t")[:1] != ";") or len(_PUNCTUATION.findall(lead)) > 2:
            return items[:i], True
    return items, ended


def _farther(items: Sequence[_Item], most: int, totals: Sequence[float]) -> float | None:
    """The total that a list of so many items reaches with one or two more, behind what looked like its end."""
    first = items[0]
    values = [i.value for i in items if i.unit == first.unit and i.depth == first.depth and not i.compared]
    reached = {sum(values[:end]) for end in range(most + 1, min(most + 2, len(values)) + 1)}
    return next((total for total in totals if total in reached), None)


@cache
def _kinds_counted() -> re.Pattern[str]:
    """四类, 等四类 behind a list."""
    return re.compile(f"{_NUMERAL}(?:{words().kinds.pattern})")


def _complete(shadow: str, listed: Sequence[_Item], found: float, total: float) -> bool:
    """Whether a list that does not add up claims to be all of the total, once over.

    More than the total is wrong unless the same item is counted on several channels; less may be a selection, unless
    the words say that the total is divided, name a rest, number the kinds or give shares of that total.
    """
    if any(words().nested.search(item.lead) for item in listed[1:]):
        return False
    if found > total:
        return not any(words().channels.search(item.lead) for item in listed)
    end = max(listed[-1].mention.end, listed[-1].share_end)
    counted = bool(_kinds_counted().match(shadow, end))
    if shadow.startswith("等", end) and not counted:
        return False
    return bool(
        counted
        or words().sorted.search(listed[0].lead)
        or words().rest.search(listed[-1].lead)
        or all(item.share is not None and _is_share(item, total) for item in listed)
    )


def _is_share(item: _Item, total: float) -> bool:
    return total > 0 and abs(100 * item.value / total - (item.share or 0)) <= _TOLERANCE


def _shares(ahead: Sequence[_Item], items: list[_Item], shared: Sequence[_Item]) -> Iterator[_Finding]:
    """P-09: each printed share against the totals that it can be of."""
    known = (*ahead, *items)
    totals = [next((i for i in known if i.unit == item.unit and _is_share(item, i.value)), None) for item in shared]
    base = _base(ahead, items, shared) if None in totals else None
    for item, fitting in zip(shared, totals, strict=True):
        total = fitting or base
        if total and total.unit == item.unit and total.value >= item.value:
            share, true = item.share or 0.0, round(100 * item.value / total.value, 2)
            place = SpanRef(item.mention.start, item.share_end)
            detail = f"所写{show(share)}%,按{show(item.value)}/{show(total.value)}应为{show(true)}%"
            yield _Finding("P-09", fitting is not None, share, true, place, detail)


def _base(ahead: Sequence[_Item], items: list[_Item], shared: Sequence[_Item]) -> _Item | None:
    """The total that shares are of: the one that two of them fit, or the only one that an 其中 follows."""
    for candidate in (*ahead, *items):
        if candidate.share is None and not candidate.compared:
            fitting = sum(_is_share(item, candidate.value) for item in shared if item.unit == candidate.unit)
            if fitting >= 2:
                return candidate
    totals = _wholes(items[: items.index(shared[0])], shared[0].unit)
    return totals[0] if len(totals) == 1 and words().list.search(shared[0].lead) else None
