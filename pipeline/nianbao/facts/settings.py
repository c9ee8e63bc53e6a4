"""Whose a statement is, of which year, done or planned: what stands around it, and the model's reading of that."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from nianbao.facts.features import Features
from nianbao.facts.model import Linear
from nianbao.facts.passage import Passage, Placed, Role, Statement
from nianbao.facts.rules import rules

# the classes of the model: own and counted, own but only a part, and what does not count
OWN, PART, REGION, OTHER, YEAR, CUMULATIVE, PLAN, RULE = (
    "own", "part", "region", "other", "year", "cumulative", "plan", "rule",
)  # fmt: skip
_NEAR = 10
# what stands before the subject of a clause
_SUBJECT = ",;。:(、|D"
# kinds of words that tell whose figures are, and those for a whole region
_WHOLE = "whole"
_SCOPES = (OWN, REGION, OTHER, _WHOLE, "parts", "level")
_COMPARING = frozenset("比较与自从同")
_CARRIED = re.compile("度?(?:结转|转入|遗留)")
_CARRIED_IN = "requests_carried_in"
_ATTRIBUTE = re.compile("度?的")
_LEAD = re.compile("(?:同比|比|较|与|自|从|至|到|截)$")


@dataclass(frozen=True, slots=True)
class Reporter:
    """What the linker must know of the report: its year, and the body with all its names.

    `aggregate`: the body is a government, so figures of its whole region are its own. `level`: that of the record, if
    it is known.
    """

    year: int | None
    aggregate: bool
    names: tuple[str, ...]
    level: str | None = None

    def relation(self, region: str) -> str:
        """How a region (全省), by the last character of its name, is to the reporter's: above, the same or below."""
        known, word = rules(), region[-1]
        level = known.regions[word]
        own = self.level if self.level in known.levels else level  # most bodies speak of the region that they belong to
        wider = known.wider.get(word)
        if own == level or (wider and own in wider.levels and any(map(wider.names.match, self.names[:1]))):
            return "="
        return ">" if known.levels.index(level) < known.levels.index(own) else "<"

    def is_own(self, name: str) -> bool:
        """Whether an agency's name is one of the reporter's, in full or as an abbreviation (same end, in order)."""
        return any(_abbreviates(name, full) for full in self.names)


def _abbreviates(short: str, full: str) -> bool:
    """区政府 of 柳北区人民政府: the same last character, and all characters in the same order."""
    if not short or short[-1] != full[-1:]:
        return False
    rest = iter(full)
    return all(c in rest for c in short)


@dataclass(frozen=True, slots=True)
class Setting:
    """Scope, year, status and cumulative flag of a statement, whether it counts, and how sure that is."""

    scope: str
    year: int | None
    status: str
    cumulative: bool
    used: bool
    chance: float


def settle(statements: Sequence[Statement], reporter: Reporter, shadow: str, model: Linear) -> Iterator[Setting]:
    """The setting of each statement, in order."""
    seen = [
        around.describe(statement)
        for passage, group in groupby(statements, key=lambda statement: statement.passage)
        for around in (Around(passage, reporter, shadow),)
        for statement in group
    ]
    settled = Settled()
    for statement, scores in zip(statements, model.scores(seen), strict=True):
        kind, chance = model.best(scores, settled.names(statement))
        settled.note(statement, kind)
        yield _setting(kind, chance, statement, reporter)


class Settled:
    """The settings of the statements so far: a list of offices is everybody's in turn, a second total is a part."""

    def __init__(self) -> None:
        self._last: tuple[Statement, str] | None = None
        self._same: dict[str, tuple[Statement, str]] = {}

    def names(self, statement: Statement) -> list[str]:
        """What tells the setting of a statement: those of the one before it and of the last of its indicator."""
        names: list[str] = []
        if self._last and self._last[0].passage is statement.passage:
            names.append("p" + self._last[1] + _distance(self._last[0], statement))
        same = self._same.get(statement.indicators[0])
        if same and statement.role is not Role.SUM:  # 合计42元 counts afresh
            far = _distance(same[0], statement)
            names.append("i" + same[1] + far)
            if self._last and self._last[0] is same[0]:
                names.append("j" + same[1] + far)
        else:
            names.append("inew")
        return names

    def note(self, statement: Statement, kind: str) -> None:
        """Takes in the setting of a statement (its class)."""
        self._last = statement, kind
        self._same.update((indicator, self._last) for indicator in statement.indicators)


def _distance(before: Statement, statement: Statement) -> str:
    """Whether a statement stands in the sentence of another, in its passage, or farther on."""
    if before.passage is not statement.passage:
        return "2"
    return "0" if before.start >= statement.passage.sentence(statement.start) else "1"


def _setting(kind: str, chance: float, statement: Statement, reporter: Reporter) -> Setting:
    if kind in (OWN, PART) and _opened(statement, reporter.year):
        kind = YEAR
    year = reporter.year if kind in (OWN, PART) else _year(statement, reporter.year, other=kind == YEAR)
    scope = kind if kind in (REGION, OTHER) else OWN
    status = kind if kind in (PLAN, RULE) else "fact"
    return Setting(scope, year, status, kind == CUMULATIVE, kind == OWN, chance)


class Around:
    """What stands around the statements of one passage: its dates and agencies, judged once."""

    def __init__(self, passage: Passage, reporter: Reporter, shadow: str) -> None:
        self.passage = passage
        self.reporter = reporter
        self.body = "#g" if reporter.aggregate else "#b"
        self.dates = [(placed.at, _dated(passage, placed, reporter.year)) for placed in passage.dates]
        self.agencies = [(placed.at, *_agency(passage, placed, reporter, shadow)) for placed in passage.agencies]

    def describe(self, statement: Statement) -> Features:
        """What is seen of a statement."""
        passage, start, end, body = self.passage, statement.start, statement.end, self.body
        text, sentence, clause = passage.text, passage.sentence(start), passage.clause(start)
        near, means = max(clause, start - _NEAR), statement.indicators[0]
        names = [body, "#l" + passage.label, "#i" + means, "#il" + means + passage.label]
        names += self._cues(sentence, clause, statement)
        names += self._dates(sentence, clause, start)
        names += self._agencies(sentence, clause, end)
        bracket = text.rfind("(", sentence, start)
        if bracket >= 0 and text.find(")", bracket, start) < 0:
            names.append("#bracket")
        part = text.rfind("其中", sentence, start)
        if part >= 0:
            names.append("#part0" if part >= clause else "#part1")
        if statement.number is None:
            names.append("#words")
        grams = [
            ("<", [text[max(near, start - 1) : start], text[max(near, start - 2) : start]]),
            ("b", passage.pairs[near : start - 1]),
        ]  # fmt: skip
        return Features(names, grams)

    def _cues(self, sentence: int, clause: int, statement: Statement) -> list[str]:
        """The cue right behind a statement and those before, each kind once: in its words, its clause, its sentence."""
        kinds, places, _ = self.passage.cues.settings
        first, last = bisect_left(places, sentence), bisect_left(places, statement.end)
        out = ["#>" + kinds[last]] if last < len(places) and places[last] == statement.end else []  # 10条以上
        if first == last:
            return out
        words = max(clause, self.passage.text.rfind("N", clause, statement.start) + 1)
        seen: set[str] = set()
        scoped = False
        for j in range(last - 1, first - 1, -1):
            kind = kinds[j]
            if kind == _WHOLE:
                kind += self.reporter.relation(self.passage.text[places[j] : places[j] + len("全市")])
            if kind in seen:
                continue
            seen.add(kind)
            where = "n" if places[j] >= words else "0" if places[j] >= clause else "1"
            out += ["#c" + kind + where, "#c" + kind + self.body]
            if not scoped and kind.startswith(_SCOPES):  # the last word on whose it is
                scoped = True
                out += ["#s" + kind + where, "#s" + kind + self.body]
        return out

    def _dates(self, sentence: int, clause: int, start: int) -> list[str]:
        """What the dates before a statement in its sentence are, the last one above all."""
        found = [(at, kind) for at, kind in self.dates if sentence <= at < start]
        if not found:
            return ["#undated"]
        at, last = found[-1]
        return ["#D" + kind for _, kind in found] + ["#last" + last, f"#last{last}{'0' if at >= clause else '1'}"]

    def _agencies(self, sentence: int, clause: int, end: int) -> list[str]:
        """The agencies before the end of a statement in its sentence, the last one above all."""
        out: list[str] = []
        for at, whose, lead in reversed(self.agencies):
            if not sentence <= at < end:
                continue
            if out:
                out.append("#A" + whose)
            else:
                out += [f"#a{whose}{'0' if at >= clause else '1'}", "#a" + whose, f"#a{whose}<{lead}"]
        return out


def _agency(passage: Passage, placed: Placed, reporter: Reporter, shadow: str) -> tuple[str, str]:
    """Whether an agency is the reporter, and the subject of its clause; and the character before it."""
    own = reporter.is_own(shadow[placed.mention.start : placed.mention.end])
    lead = passage.text[placed.at - 1 : placed.at] if placed.at else ""
    return (OWN if own else OTHER) + ("s" if lead in _SUBJECT else ""), lead


def _before(passage: Passage, sentence: int, start: int) -> list[Placed]:
    return [placed for placed in passage.dates if sentence <= placed.at < start]


def _dated(passage: Passage, placed: Placed, year: int | None) -> str:
    """How a date relates to the report's year, and what it is there for."""
    first, _, last = str(placed.mention.value or "").partition("/")
    if not first[:4].isdigit() or year is None:
        return "?"
    low, high = int(first[:4]), int((last or first)[:4])
    if low < high:
        which = "span" if low <= year <= high else "spanned"
    elif low == year:
        which = "own" if len(first) == 4 or (first[5:7] == "01" and last[5:7] == "12") else "part"
    else:
        which = "next" if low == year + 1 else "later" if low > year else "last" if low == year - 1 else "earlier"
    lead = _LEAD.search(passage.text, max(placed.at - 2, 0), placed.at)
    return which + (lead[0] if lead else "=" if _CARRIED.match(passage.text, placed.at + 1) else "")


def _opened(statement: Statement, own: int | None) -> bool:
    """Whether another year opens the sentence (2015年,收到申请5件), and no date follows before the statement.

    What was carried in is the last year's by what it is (2015年没有结转).
    """
    passage = statement.passage
    if _CARRIED_IN in statement.indicators:
        return False
    dates = _before(passage, passage.sentence(statement.start), statement.start)
    if own is None or not dates or passage.text[passage.sentence(statement.start) : dates[-1].at].strip("、,"):
        return False
    at, mention = dates[-1]
    value = str(mention.value or "")
    if passage.text[at + 1 : at + 2] != "," and passage.clause(statement.start) > at:
        return False  # 2015年没有结转,新收申请8件
    return len(value) == len("2015") and value != str(own) and not _CARRIED.match(passage.text, at + 1)


def _year(statement: Statement, own: int | None, *, other: bool) -> int | None:
    """The year of the last date before a statement; a date that is only compared with (较2017年…) does not count.

    `other`: the statement is known to be another year's; None when no date says which.
    """
    passage, start = statement.passage, statement.start
    year, compared = own, None
    for placed in _before(passage, passage.sentence(start), start):
        first, _, last = str(placed.mention.value or "").partition("/")
        if not first[:4].isdigit():
            continue
        low, high = int(first[:4]), int((last or first)[:4])
        named = own if own is not None and low <= own <= high else high
        direct = _ATTRIBUTE.match(passage.text, placed.at + 1) and passage.clause(start) <= placed.at
        if passage.text[placed.at - 1 : placed.at] in _COMPARING and placed.at and not direct:
            compared = named
        elif not _CARRIED.match(passage.text, placed.at + 1):
            year = named
    if other and year == own:
        return compared if compared != own else None
    return year
