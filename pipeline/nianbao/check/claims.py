"""Prose against tables: what the text states of an indicator must be what the table prints for it."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from operator import itemgetter

from nianbao.check.arithmetic import Printed, Sheet, figure
from nianbao.check.evidence import Check, Evidence, Place, SpanRef, show
from nianbao.check.relations import Relation, relations, words
from nianbao.document import Fact

# below this the link between number and indicator is a guess, and a guess accuses nobody
_SURE = 0.5
# 余, 多, 约, 近: how far off a rounded word may be
_APPROXIMATE = 0.1
_YUAN = {"元": 1, "千元": 1_000, "万元": 10_000, "百万元": 1_000_000, "亿元": 100_000_000}
_NUMERAL = re.compile(r"\d[\d,]*(?:\.(\d{1,6}))?\s?([百千])?([万亿])?")
_SCALE = {"百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000, None: 1}
_CLAUSE = re.compile(r"[^,;:。(\n]*$")
_REACH = 40
_LINE_MAX = 600


def check_claims(evidence: Evidence, sheets: Sequence[Sheet]) -> list[Check]:
    """Runs the relations that name indicators of the prose, in the order of the catalogue."""
    out = []
    stated = _stated(evidence) if sheets else {}
    for indicator, facts in stated.items():
        named = _claims().get(indicator)
        printed = figure(sheets, indicator) if named else None
        for place, relation in named or () if printed else ():
            speaking = [fact for fact in facts if _speaks(relation, fact, evidence.shadow)]
            if printed and speaking:
                out.append((place, _verdict(relation, indicator, speaking, printed, evidence.shadow)))
    return [check for _, check in sorted(out, key=itemgetter(0))]


@cache
def _claims() -> Mapping[str, Sequence[tuple[tuple[int, int], Relation]]]:
    """Indicator to the relations that name it, each with its place in the catalogue."""
    out: dict[str, list[tuple[tuple[int, int], Relation]]] = {}
    for i, relation in enumerate(relations().relations):
        for j, indicator in enumerate(relation.indicators):
            out.setdefault(indicator, []).append(((i, j), relation))
    return out


@cache
def _groups() -> tuple[Mapping[str, str], re.Pattern[str]]:
    """Words that name a group of outcomes, and the pattern of such a word right before its number."""
    names = {word: entry.id for entry in relations().sums for word in entry.words}
    return names, re.compile(f"({'|'.join(names)})(?:[的为有共计:“”]|答复|决定|情形|情况|信息|申请){{0,4}}(?=\\d)")


def own(fact: Fact, evidence: Evidence) -> bool:
    """Whether a fact states the report's own figure of its own year."""
    return (
        fact.scope == "own"
        and fact.status == "fact"
        and not fact.cumulative
        and fact.confidence >= _SURE
        and (fact.year is None or fact.year == evidence.year)
    )


def _stated(evidence: Evidence) -> dict[str, list[Fact]]:
    """The report's own facts by indicator, those of the groups of outcomes included."""
    out: dict[str, list[Fact]] = {}
    requests = []
    for fact in evidence.facts:
        if own(fact, evidence):
            out.setdefault(fact.indicator, []).append(fact)
            if fact.indicator.startswith("requests_"):
                requests.append(fact.start)
    if requests:
        for fact in _group_facts(evidence, sorted(requests)):
            out.setdefault(fact.indicator, []).append(fact)
    return out


def _group_facts(evidence: Evidence, requests: Sequence[int]) -> Iterator[Fact]:
    """Counts right behind the name of a group of outcomes, in a line with a fact about requests (their starts)."""
    names, pattern = _groups()
    shadow = evidence.shadow
    named = {match.end(): names[match[1]] for match in pattern.finditer(shadow)}
    for mention in evidence.mentions if named else ():
        group = named.get(mention.start)
        if group is None or mention.label != "COUNT" or not isinstance(mention.value, int | float):
            continue
        at = bisect(requests, mention.start)
        if any(_same_line(shadow, start, mention.start) for start in requests[max(0, at - 1) : at + 1]):
            yield Fact(
                group, mention.value, mention.unit, mention.approx, mention.start, mention.end,
                scope="own", year=evidence.year, status="fact", cumulative=False, confidence=1.0,
            )  # fmt: skip


def _same_line(shadow: str, start: int, end: int) -> bool:
    start, end = min(start, end), max(start, end)
    return end - start < _LINE_MAX and shadow.find("\n", start, end) < 0


def _speaks(relation: Relation, fact: Fact, shadow: str) -> bool:
    """Whether a fact is of the sort that the relation compares, and speaks of the whole year and matter."""
    if relation.states == "zero" and not fact.zero:
        return False
    # 全部办结 with a number elsewhere is a fact without a unit: it prints no figure of its own
    if relation.states == "number" and (fact.zero or not fact.unit):
        return False
    if fact.used or fact.zero:
        return True
    clause = _CLAUSE.search(shadow, max(0, fact.start - _REACH), fact.start)
    return clause is None or not words().part.search(clause[0])


def _verdict(relation: Relation, indicator: str, facts: Sequence[Fact], printed: Printed, shadow: str) -> Check:
    """The check of one indicator: one agreeing statement is enough, one that may honestly differ decides nothing."""
    total = printed.value
    values = [fact.value * _YUAN.get(fact.unit, 1) for fact in facts]
    first = next((i for i, fact in enumerate(facts) if fact.used), 0)
    fact, value = facts[first], values[first]
    if total is None:
        return Check(relation.id, indicator, "skip", relation.severity, value, None, (), "表中有单元格没有数值")
    for agreeing, stated in zip(facts, values, strict=True):
        if _agrees(agreeing, stated, total, shadow):
            return Check(relation.id, indicator, "pass", relation.severity, stated, total, (), "")
    if fact.approx or _explained(fact, value - total, printed, shadow):
        detail = f"正文{show(value)},表中{show(total)},可能口径不同"
        return Check(relation.id, indicator, "skip", relation.severity, value, total, (), detail)
    detail = f"正文为{show(value)},表中为{show(total)}"
    if value and total and any(abs(ratio - 1e4) < 1e-3 for ratio in (value / total, total / value)):
        detail += ",相差一万倍,疑单位有误"
    places: tuple[Place, ...] = (SpanRef(fact.start, fact.end), *printed.places)
    return Check(relation.id, indicator, "fail", relation.severity, value, total, places, detail)


def _agrees(fact: Fact, value: float, total: float, shadow: str) -> bool:
    """Whether prose and table say the same, at the precision at which the prose prints its number."""
    if abs(value - total) < 1e-6:
        return True
    if fact.approx:
        return abs(value - total) <= _APPROXIMATE * value
    step = 0.01 if fact.unit in _YUAN else 1e-6
    match = _NUMERAL.search(shadow, fact.start, fact.end)
    if match and (match[2] or match[3]):
        step = _SCALE[match[2]] * _SCALE[match[3]] / 10 ** len(match[1] or "")
    return abs(value - total) < step


def _explained(fact: Fact, difference: float, printed: Printed, shadow: str) -> bool:
    """Whether prose and table differ by exactly what the prose may count in or leave out."""
    more, less = printed.figure.more, printed.figure.less
    groups, size = (more, difference) if difference > 0 else (less, -difference)
    around = shadow[max(0, fact.start - 2 * _REACH) : fact.end + 2 * _REACH]
    return any(size == printed.sheet.total(cells) and re.search(said, around) for cells, said in groups)
