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
from itertools import pairwise

from nianbao.check.evidence import Check, Evidence, SpanRef, show
from nianbao.check.relations import Breakdown, ranks, relations
from nianbao.document import Mention

_TOLERANCE = 0.6  # of a point: shares are rounded, some cut off
_GAP_MAX = 120  # between two numbers of one list
_LIST_MAX = 40
# a line that ends in a comma, semicolon or colon runs on
_STOP = re.compile(r"。|(?<![\s;:,、])[ \t]*\n|\n\s*\n")
_SHARE = re.compile(
    r"[,、;:(\s]{0,2}所?占(?:有|总数|总量|总件数|全部|申请|办结|答复)?的?(?:比例|比重|百分比|比)?的?[为约达:]?\s?$"
)
_COMPARED = re.compile(
    r"(?:增加|增长|减少|下降|上升|提高|[比较]|同比|环比|上一?年|去年|20\d\d年[的为])[^,;。:]{0,12}$"
    r"|[多少](?:了|出)?$|(?<!新)[增减]$"
)
_CUMULATIVE = re.compile(r"累计|历年|以来")
_INTRO = re.compile(r"其中|分为|分别[为是有]|包括|由|中的?[,:]|按[^,。;:]{1,10}[分看计][,:]?|^[:(]|:\s*$")
_SORTED = re.compile(r"^:|分为|分别[为是]|按[^,。;:]{1,10}[分看计]")
_NESTED = re.compile(r"其中|分别|包括|含")
_REST = re.compile(r"其[他它余]")
_KIND_UNITS = frozenset(("类", "大类", "种", "方面", "个方面"))
_KINDS = re.compile(rf"等?[一二三四五六七八九十\d]{{1,2}}(?:{'|'.join(sorted(_KIND_UNITS))})")
_CHANNELS = re.compile(r"网站|平台|微信|微博|公众号|公报|新媒体|公开栏|显示屏|电视|广播|报[刊纸]")
_PUNCTUATION = re.compile(r"[,;:。()\n]")
_NOT_TOTAL = ("结转", "复议", "诉讼")

# a count and where the words that lead to it begin
_Count = tuple[Mention, int]
# relation, verdict (None: in doubt), left, right, place, what is wrong
_Finding = tuple[str, bool | None, float, float, SpanRef, str]


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

    @property
    def clause(self) -> str:
        """The lead from the last mark of punctuation on."""
        lead = self.lead
        return lead[max(map(lead.rfind, ",;:。()\n")) + 1 :]


def check_breakdowns(evidence: Evidence) -> Iterator[Check]:
    """Runs P-08, P-09, P-15 and P-16 over all sentences with numbers; instances are numbered in order of the text."""
    number: Counter[str] = Counter()
    shadow = evidence.shadow
    known: list[_Count] = []
    items: list[_Item] = []
    for before, counts in _sentences(evidence):
        units = [mention.unit for mention, _ in counts]
        # a list has a unit twice, a share has %
        if len(units) == 1 or (len(set(units)) == len(units) and "%" not in units):
            continue
        ahead, items = items if before is known else _items(shadow, before), _items(shadow, counts)
        known = counts
        for check, fine, left, right, place, detail in _check_sentence(shadow, ahead, items):
            number[check] += 1
            severity = relations().relations[ranks()[check]].severity
            at, said = ((), "") if fine else ((place,), detail)
            status = "pass" if fine else "skip" if fine is None else "fail"
            yield Check(check, str(number[check]), status, severity, left, right, at, said)  # type: ignore[arg-type]


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
        apart = lead > last
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
    depth = 0
    for mention, start in counts:
        lead = shadow[start : mention.start]
        if mention.unit == "%":
            if items and items[-1].share is None and _SHARE.match(lead):
                items[-1].share, items[-1].share_end = _percentage(shadow, mention), mention.end
        elif isinstance(mention.value, int | float) and mention.unit not in _KIND_UNITS:
            if depth or "(" in lead:
                depth = max(0, depth + lead.count("(") - lead.count(")"))
            compared = bool(_COMPARED.search(lead[-24:]))
            items.append(_Item(mention, mention.value, mention.unit, lead, depth, compared))
    return items


def _percentage(shadow: str, mention: Mention) -> float | None:
    """The printed share; 0,02% has a comma for a point."""
    text = shadow[mention.start : mention.end].rstrip("%").strip()
    if re.fullmatch(r"\d{1,2},\d{1,2}", text):
        return float(text.replace(",", "."))
    return mention.value if isinstance(mention.value, int | float) else None


def _check_sentence(shadow: str, ahead: Sequence[_Item], items: list[_Item]) -> Iterator[_Finding]:
    """All findings of one sentence; `ahead` are the numbers of the sentence before it."""
    if not items:
        return
    if len(items) > 1:
        start = (*ahead, *items)[0].mention.start
        named = False
        if shadow.find("申请", max(0, start - _GAP_MAX), items[-1].mention.end) >= 0:
            for breakdown in relations().breakdowns:
                chosen = _chosen(breakdown, items)
                if len(chosen) > 1:
                    named = True
                    yield from _named_list(shadow, ahead, items, chosen, breakdown)
        if not named:
            yield from _kinds(shadow, ahead, items)
    shared = [item for item in items if item.share is not None]
    if shared:
        yield from _shares(ahead, items, shared)


@cache
def _any(words: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern of alternatives; without any it matches nothing."""
    return re.compile("|".join(words) or r"(?!)")


def _chosen(breakdown: Breakdown, items: Sequence[_Item]) -> list[int]:
    """The items that a breakdown knows by the words that lead to them."""
    parts, without = _any(breakdown.parts), _any(breakdown.without)
    return [
        i
        for i, item in enumerate(items)
        if not item.compared and parts.search(clause := item.clause) and not without.search(clause)
    ]


def _named_list(
    shadow: str, ahead: Sequence[_Item], items: list[_Item], chosen: list[int], breakdown: Breakdown
) -> Iterator[_Finding]:
    """A list whose items are known by name: channels, outcomes."""
    first = items[chosen[0]]
    listed = [items[i] for i in chosen if items[i].unit == first.unit and items[i].depth <= first.depth]
    without = _any(breakdown.without)
    totals: list[float] = []
    for known in (items[: chosen[0]], ahead):
        totals = totals or _totals(shadow, known, first.unit, _any(breakdown.total), without)
    stated = bool(totals)
    if not stated and breakdown.settled:
        known = [*ahead, *items[: chosen[0]]]
        start = known[0].mention.start if known else first.mention.start
        if re.search(breakdown.settled, shadow[start : first.mention.start]):
            totals = _totals(shadow, known, first.unit, _any(breakdown.instead), _any(_NOT_TOTAL))
    if not totals or len(listed) < 2:
        return
    sums = _sums([item.value for item in listed], totals)
    hit = next((t for t in totals if t in sums), None)
    found, wanted = sum(item.value for item in listed), totals[-1]
    place = SpanRef(first.mention.start, listed[-1].mention.end)
    if hit is not None:
        yield breakdown.id, True, hit, hit, place, ""
        return
    inside = [item for item in items[chosen[0] :] if item.unit == first.unit and item.depth <= first.depth]
    plain = (
        stated
        and len(set(totals)) == 1
        and len(inside) == len(listed) >= 3
        and not any(item.mention.approx for item in listed)
        and not any(_NESTED.search(item.lead) for item in listed[1:])
    )
    yield (
        breakdown.id,
        False if plain else None,
        found,
        wanted,
        place,
        f"所列各项合计{show(found)},总数为{show(wanted)}",
    )


def _totals(
    shadow: str, items: Sequence[_Item], unit: str, words: re.Pattern[str], without: re.Pattern[str]
) -> list[float]:
    """The numbers whose clause names the total."""
    out = []
    for item in items:
        if item.unit == unit and not item.compared:
            tail = _PUNCTUATION.split(shadow[item.mention.end : item.mention.end + 24], maxsplit=1)[0]
            clause = f"{item.clause}#{tail}"
            if words.search(clause) and not without.search(clause):
                out.append(item.value)
    return out


def _sums(values: list[float], wanted: Sequence[float]) -> set[float]:
    """What a list may add up to: all of it; where that is not wanted, also less runs that split up the item before."""
    total = sum(values)
    if total in wanted or len(values) > _LIST_MAX:
        return {total}
    reach: list[set[float]] = [set() for _ in values] + [{0.0}]
    for i in range(len(values) - 1, -1, -1):
        reach[i] = {values[i] + rest for rest in reach[i + 1]}
        run = 0.0
        for j in range(i + 1, len(values)):
            run += values[j]
            if run == values[i] > 0:
                reach[i] |= {values[i] + rest for rest in reach[j + 1]}
            if run > values[i]:
                break
    return reach[0]


def _kinds(shadow: str, ahead: Sequence[_Item], items: list[_Item]) -> Iterator[_Finding]:
    """P-08: a total broken down into kinds."""
    starts = [i for i, item in enumerate(items) if not item.compared and _INTRO.search(item.lead)]
    for start, end in pairwise([*starts, len(items)]):
        first = items[start]
        run, ended = _run([item for item in items[start:end] if item.depth <= first.depth and not item.compared])
        listed = [item for item in run if item.unit == first.unit]
        known = items[:start] or ahead
        totals = [i.value for i in known if i.unit == first.unit and not i.compared and not _CUMULATIVE.search(i.lead)]
        if len(listed) < 2 or not totals:
            continue
        sums = _sums([item.value for item in listed], totals)
        hit = next((t for t in totals if t in sums), None)
        found, total = sum(item.value for item in listed), totals[-1]
        place = SpanRef(first.mention.start, listed[-1].mention.end)
        if hit is not None:
            yield "P-08", True, hit, hit, place, ""
        elif (
            len(listed) == len(run) >= 3
            and (ended or end == len(items))
            and len(set(totals)) == 1
            and not any(item.mention.approx for item in (*known, *listed))
            and _complete(shadow, listed, found, total)
        ):
            yield "P-08", False, found, total, place, f"所列各类合计{show(found)},总数为{show(total)}"


def _run(items: list[_Item]) -> tuple[list[_Item], bool]:
    """The items as far as they are a list, and whether it ends before them all.

    Behind a list with commas a semicolon opens another matter, and so does a clause without a number.
    """
    for i in range(2, len(items)):
        lead = items[i].lead.lstrip(")”的 \t")
        if (lead[:1] == ";" and items[1].lead.lstrip(")”的 \t")[:1] != ";") or len(_PUNCTUATION.findall(lead)) > 2:
            return items[:i], True
    return items, False


def _complete(shadow: str, listed: Sequence[_Item], found: float, total: float) -> bool:
    """Whether a list that does not add up claims to be all of the total, once over.

    More than the total is wrong unless the same item is counted on several channels; less may be a selection, unless
    the words say that the total is divided, name a rest, number the kinds or give shares of that total.
    """
    if any(_NESTED.search(item.lead) for item in listed[1:]):
        return False
    if found > total:
        return not any(_CHANNELS.search(item.lead) for item in listed)
    end = max(listed[-1].mention.end, listed[-1].share_end)
    counted = bool(_KINDS.match(shadow, end))
    if shadow.startswith("等", end) and not counted:
        return False
    return bool(
        counted
        or _SORTED.search(listed[0].lead)
        or _REST.search(listed[-1].lead)
        or all(item.share is not None and _is_share(item, total) for item in listed)
    )


def _is_share(item: _Item, total: float) -> bool:
    return total > 0 and abs(100 * item.value / total - (item.share or 0)) <= _TOLERANCE


def _shares(ahead: Sequence[_Item], items: list[_Item], shared: Sequence[_Item]) -> Iterator[_Finding]:
    """P-09: each printed share against the totals that it can be of."""
    for item in shared:
        known = [i for i in (*ahead, *items[: items.index(item)]) if i.unit == item.unit and i.value >= item.value]
        fitting = next((i.value for i in known if _is_share(item, i.value)), None)
        base = fitting or _base(ahead, items, item, shared)
        if base:
            share, true = item.share or 0.0, round(100 * item.value / base, 2)
            place = SpanRef(item.mention.start, item.share_end)
            detail = f"所写{show(share)}%,按{show(item.value)}/{show(base)}应为{show(true)}%"
            yield "P-09", fitting is not None, share, true, place, detail


def _base(ahead: Sequence[_Item], items: list[_Item], item: _Item, shared: Sequence[_Item]) -> float | None:
    """The total of a share that fits none: the one that two other shares fit, or the only one that an 其中 follows."""
    for candidate in (*ahead, *items):
        fitting = sum(_is_share(other, candidate.value) for other in shared if other is not item)
        if candidate.unit == item.unit and candidate.share is None and fitting >= 2:
            return candidate.value
    before = items[: items.index(shared[0])]
    totals = [i for i in before if i.unit == item.unit and not i.compared and not _CUMULATIVE.search(i.lead)]
    if len(totals) == 1 and _INTRO.search(shared[0].lead) and totals[0].value >= item.value:
        return totals[0].value
    return None
