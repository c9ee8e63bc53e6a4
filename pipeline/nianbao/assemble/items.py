"""Problems and measures as items: one a stated problem, one a measure taken or promised (rules M-1 to M-6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from nianbao.assemble.page import Page
from nianbao.catalogue import CatalogueError, load_toml
from nianbao.document import Segment

_SILENT = frozenset({"title", "noise", "preamble", "statistics", "attachments", "signature"})
_UNIT = re.compile("[^。;!?\n]+")
_NUMBER = re.compile(r"^(?:\([一二三四五六七八九十\d]{1,2}\)|[一二三四五六七八九十\d]{1,2}[、.])\s*")
_HEAD = re.compile(r"\s*([^,;。:\n]{2,16})(?:[。:]|$)")
# so long is the number before a heading, at most: 第十一部分、
_NUMBER_MAX = 8
_EDGE = " \t\n,;。:、!?"
_MIN = 4
# clauses as short as these are actions of their own (加强学习,每月公开一次,争取网站开通)
_SHORT = 14
# less than this behind a lead-in, or for a promise, says nothing of its own
_BARE = 9


@dataclass(frozen=True, slots=True)
class ItemSpan:
    """One item in the shadow; `tense` None for problems, past or future for measures."""

    start: int
    end: int
    tense: str | None


@dataclass(frozen=True, slots=True)
class _Words:
    mark: re.Pattern[str]
    begin: re.Pattern[str]
    gap: re.Pattern[str]
    turn: re.Pattern[str]
    lead: re.Pattern[str]
    but: re.Pattern[str]
    label: re.Pattern[str]
    heading: re.Pattern[str]
    promise: re.Pattern[str]
    past: re.Pattern[str]
    future: re.Pattern[str]
    aim: re.Pattern[str]
    none: re.Pattern[str]


@cache
def _words() -> _Words:
    try:
        return _Words(**{name: re.compile(pattern) for name, pattern in load_toml("items.toml").items()})
    except (TypeError, re.error) as why:
        raise CatalogueError(f"catalogue/items.toml: {why}") from why


def items(page: Page) -> tuple[list[ItemSpan], list[ItemSpan]]:
    """The problems and the measures of a page, each in order."""
    problems: list[ItemSpan] = []
    measures: list[ItemSpan] = []
    turned = told = headed = False
    for segment in page.segments:
        headed = headed or segment.level == 1
        told = told or segment.label == "problems" or (segment.label == "improvements" and segment.level is not None)
        if segment.level is not None or segment.label in _SILENT:
            turned = turned and segment.level is None
            continue
        if segment.label == "improvements" and headed and not told and "problems" not in segment.secondary:
            continue  # under other headings, before any problem is named: what went forward in the year
        reader = _Reader(page, segment)
        # behind a line that only leads in to what is done about it (…从以下几点着手:) all are measures
        start, turn = (reader.start, reader.start) if turned else reader.sides()
        if segment.label != "improvements":
            problems += (ItemSpan(s, e, None) for s, e in reader.problems(start, turn))
        said = [ItemSpan(s, e, reader.tense(s, e)) for s, e in reader.measures(turn)]
        measures += said
        turned = segment.label == "problems" and (turned or (turn < segment.end and not said))
    return problems, measures


class _Reader:
    """One paragraph that states problems, measures or both; all offsets count in the shadow."""

    def __init__(self, page: Page, segment: Segment) -> None:
        self.shadow, self.segment = page.document.shadow, segment
        self.start = self.behind_heading()
        self.dates = [(m.start, m.end) for m in page.inside(segment, "DATE")]

    def behind_heading(self) -> int:
        """Where the text begins behind a run-in heading (五、不足与改进。对政策的解释……)."""
        start, title = self.segment.start, self.segment.title
        if not title or not _words().heading.match(title):
            return start
        at = self.shadow.find(title, start, start + len(title) + _NUMBER_MAX)
        behind = at + len(title)
        return behind + 1 if at >= 0 and self.shadow[behind] in "。: " else start

    def sides(self) -> tuple[int, int]:
        """Where the problems begin and where the measures do (the segment's end when there are none)."""
        segment, words = self.segment, _words()
        if segment.label == "improvements" and "problems" not in segment.secondary:
            return self.start, self.start
        start = self.start
        if segment.label not in ("problems", "improvements"):
            # a report in one paragraph: only what it calls its problems
            begin = words.begin.search(self.shadow, start, segment.end)
            if begin is None:
                return segment.end, segment.end
            start = begin.start()
        gap = words.gap.search(self.shadow, start, segment.end)
        after = gap.end() if gap else start
        turns = [m.start() for m in words.turn.finditer(self.shadow, after, segment.end)]
        turns += [s for s, _ in self.dates if s >= after and self.shadow[s - 1] in "。;\n " and not self.is_past(s)]
        if not turns:
            return start, segment.end
        return start, self.sentence(min(turns), start)

    def is_past(self, at: int) -> bool:
        """Whether the sentence at a date still names a shortcoming rather than what was done about it."""
        unit = _UNIT.match(self.shadow, at, self.segment.end)
        return bool(unit and _words().gap.search(unit[0]) and not re.search("将|要|拟|已|准备", unit[0]))

    def sentence(self, at: int, start: int) -> int:
        """Where the sentence begins in which `at` lies; a mark before it ((二)改进措施) belongs to it."""
        return max(start, *(self.shadow.rfind(c, start, at) + 1 for c in "。;!?\n"))

    def problems(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        marked = list(self.marked(start, end))
        for s, e in marked or self.gaps(start, end):
            if e - s >= _MIN and not _words().none.match(self.shadow[s:e]):
                yield s, e

    def gaps(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Unmarked problems: one a unit between 。 and ;, or one a clause where a single unit lists several."""
        words = _words()
        listed = False
        for unit in _UNIT.finditer(self.shadow, start, end):
            at, stop = unit.span()
            s, e = self.trim(at, stop)
            # what a semicolon joins to a shortcoming is one, too
            joined = listed and self.shadow[at - 1] == ";"
            listed = ":" not in self.shadow[e:stop] and (joined or words.gap.search(self.shadow, s, e) is not None)
            if not listed:
                continue  # 主要表现为: only leads in
            yield from self.listed(self.behind_lead(s, e), e)

    def behind_lead(self, start: int, end: int) -> int:
        """Where the first shortcoming begins behind what leads in to it (…取得进展,但还有差距,主要表现在)."""
        words, at = _words(), start
        while True:
            lead = words.lead.match(self.shadow[at:end])
            turned = words.but.match(self.shadow[at:end])
            step = max((m.end() for m in (lead, turned) if m), default=0)
            if not step or len(self.shadow[at + step : end]) < _BARE:
                return at
            at = self.trim(at + step, end)[0]

    def listed(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """A、B、C with a gap in each, or three and more such clauses; otherwise the whole."""
        for mark, least in (("、", 2), (",", 3)):
            parts = self.shadow[start:end].split(mark)
            if len(parts) >= least and all(_words().gap.search(p.split(",")[-1]) and len(p) >= _MIN for p in parts):
                at = start
                for part in parts:
                    yield self.trim(at, at + len(part))
                    at += len(part) + 1
                return
        yield start, end

    def measures(self, start: int) -> Iterator[tuple[int, int]]:
        words, end = _words(), self.segment.end
        marks = self.marks(start, end)
        first = marks[0].start() if marks else end
        units = []
        for match in _UNIT.finditer(self.shadow, start, first):
            s, e = self.trim(*match.span())
            leads = ":" in self.shadow[e : match.end()] or (marks and match.end() == first)
            if e - s >= _MIN and not leads and not words.label.match(_NUMBER.sub("", self.shadow[s:e])):
                units.append((s, e))
        for s, e in units:
            yield from self.actions(s, e, alone=len(units) == 1 and not marks)
        for s, e in self.marked(start, end):
            if e - s >= _MIN:
                yield s, e

    def actions(self, start: int, end: int, *, alone: bool) -> Iterator[tuple[int, int]]:
        """The actions of one unit: all its clauses where they are short, itself otherwise; aims are left out."""
        words = _words()
        text = self.shadow[start:end]
        for s, e in self.dates:
            if start <= s and e <= end:
                text = text[: s - start] + "D" * (e - s) + text[e - start :]
        promise = words.promise.match(text)
        at = start + (promise.end() if promise else 0)
        label = re.match("(?:改进|整改)?(?:措施|情况|举措|打算|方向|思路)?(?:是|为)?:", self.shadow[at:end])
        at, end = self.trim(at + (label.end() if label else 0), end)
        clauses = self.shadow[at:end].split(",")
        short = alone and all(len(c) <= _SHORT for c in clauses)
        promised = "将" in self.shadow[start:at] and all(len(c) > _BARE for c in clauses)
        if len(clauses) > 1 and (short or promised):
            for clause in clauses:
                s, e = self.trim(at, at + len(clause))
                if e > s and not words.aim.match(clause):
                    yield s, e
                at += len(clause) + 1
        elif end - at >= _MIN and not words.aim.match(self.shadow[at:end]):
            yield at, end

    def marked(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The items between their marks (一是…;二是…), each to the next mark, without what only heads a side."""
        marks = self.marks(start, end)
        for i, mark in enumerate(marks):
            stop = marks[i + 1].start() if i + 1 < len(marks) else end
            s, e = self.trim(mark.end(), stop)
            if e > s and self.shadow[e : e + 1] != ":":
                yield s, e

    def marks(self, start: int, end: int) -> list[re.Match[str]]:
        """The marks of items; a number before what only heads a side ((二)改进措施。) is none."""
        words = _words()
        out = []
        for mark in words.mark.finditer(self.shadow, start, end):
            head = _HEAD.match(self.shadow, mark.end(), end)
            if not (head and words.label.match(head[1])):
                out.append(mark)
        return out

    def trim(self, start: int, end: int) -> tuple[int, int]:
        """The stretch without blanks and punctuation at its edges."""
        while start < end and self.shadow[start] in _EDGE:
            start += 1
        while end > start and self.shadow[end - 1] in _EDGE:
            end -= 1
        return start, end

    def tense(self, start: int, end: int) -> str:
        text, words = self.shadow[start:end], _words()
        return "past" if words.past.search(text) and not words.future.search(text) else "future"
