"""Facts from prose: every number and every zero statement that means an indicator, with whose and which year's it is.

`link` reads the labelled paragraphs; `used` of a fact says that it counts for the report's own body and year. Which of
several facts becomes the indicator is decided in `assemble`, where the tables are known too.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from nianbao.document import Document, Fact, Mention, Segment
from nianbao.facts.context import Reporter, Setting, Statement, setting
from nianbao.facts.numbers import Keyed, read_number
from nianbao.facts.rules import rules
from nianbao.facts.words import read_words

__all__ = ["Reporter", "link"]

# paragraphs that state no facts of the year: their numbers are others', or none
_SILENT = frozenset({"noise", "title", "statistics", "attachments", "signature"})
# what is said among problems and plans is no statistic, unless it is a stated total
_SOFT = frozenset({"problems", "improvements"})
# a paragraph with no number and none of these characters states nothing
_TELLING = re.compile("[未没无不零均全都免]")
# how far back a number is read with what was said before it; sentences are shorter, lines without an end are not
_REACH = 400
# a paragraph longer than this is no paragraph; it is read in pieces, so that its cost grows with its length only
_LONG = 6000
_BRACKET = re.compile(r"\([^()]{3,80}\)")
# topics that a word right behind the number tells (3件行政复议)
_CASES = frozenset({"review", "litigation", "requests", "complaints"})
_CLAUSE_END = re.compile("[,;、。!?\n]")
_SENTENCE_END = re.compile("[。;!?\n]")


def link(
    document: Document, segments: Sequence[Segment], mentions: Sequence[Mention], reporter: Reporter
) -> list[Fact]:
    """The facts of a document in order of their place.

    Args:
      segments: labelled paragraphs in order; mentions: those outside tables, in order, dates resolved.
    """
    out: list[Fact] = []
    at = 0
    for segment in segments:
        if segment.label in _SILENT:
            continue
        for start, end in _pieces(document.shadow, segment):
            while at < len(mentions) and mentions[at].start < start:
                at += 1
            last = at
            while last < len(mentions) and mentions[last].end <= end:
                last += 1
            if at == last and not _TELLING.search(document.shadow, start, end):
                continue
            out += _Paragraph(document.shadow, start, end, segment.label, mentions[at:last], reporter).facts()
    return sorted(out, key=lambda f: (f.start, f.end, f.indicator))


def _pieces(shadow: str, segment: Segment) -> Iterator[tuple[int, int]]:
    """The paragraph, or, where it runs on beyond all measure, its stretches between clauses."""
    start = segment.start
    while segment.end - start > _LONG:
        cut = max(shadow.rfind(c, start, start + _LONG) for c in ",。;") + 1
        stop = cut if cut > start else start + _LONG
        yield start, stop
        start = stop
    yield start, segment.end


class _Paragraph:
    """One segment under reading: its masked text, its sentences and what it speaks of."""

    def __init__(
        self, shadow: str, start: int, end: int, label: str, mentions: Sequence[Mention], reporter: Reporter
    ) -> None:
        self.shadow, self.label, self.mentions, self.reporter = shadow, label, mentions, reporter
        self.base = start
        self.text = _mask(shadow[start:end], start, mentions)
        self.starts = [m.start for m in mentions]
        self.ends = [0, *(m.end() for m in _SENTENCE_END.finditer(self.text))]
        self.brackets = [m.span() for m in _BRACKET.finditer(self.text)]
        self.topics = [(m.start(), m.lastgroup or "") for m in rules().cue.finditer(self.text)]

    def facts(self) -> list[Fact]:
        out: list[Fact] = []
        numbers = [m for m in self.mentions if m.label in ("COUNT", "MONEY") and m.value is not None]
        previous = 0
        for mention in numbers:
            out += self.number(mention, previous, out)
            previous = mention.end - self.base
        out += self.words(out)
        return out

    def number(self, mention: Mention, previous: int, found: list[Fact]) -> list[Fact]:
        """The facts that one number states, if any; `found` are those before it in the paragraph."""
        start, end = mention.start - self.base, mention.end - self.base
        sentence = self.sentence(start)
        aside = self.aside(start)
        keyed = Keyed(aside, max(sentence, previous), sentence, start, end)
        near = self.near(found, sentence, mention.unit)
        where = self.setting(start, end) if near else None
        if where and (keyed.sums or keyed.own_part or (keyed.compares and where.year != self.reporter.year)):
            # 合计150元 sums the parts before it, 其中局机关412条 is our own part of them, 上年为4件 another year's
            last = near[-1].indicator
            if keyed.sums:
                found[:] = [replace(f, used=False) if f in near and f.indicator == last else f for f in found]
            return [self.fact(last, float(mention.value or 0), mention, where, self.counts(where), near[-1].confidence)]
        read = read_number(keyed, mention, self.topic(start, end), self.label, self.reporter.year)
        if read is None:
            return []
        indicators, total, confidence = read
        where = where or self.setting(start, end)
        used = self.counts(where) and not (self.label in _SOFT and not total)
        if total and keyed.is_part:
            used = used and "D" in keyed.left  # 其中2011年新增N条 is the year's own part of a longer sum
        return [self.fact(i, float(mention.value or 0), mention, where, used, confidence) for i in indicators]

    def near(self, found: Sequence[Fact], sentence: int, unit: str) -> list[Fact]:
        """The facts of the same sentence and unit before a number, in order."""
        out = []
        for fact in reversed(found):
            if fact.start < self.base + sentence:
                break
            if fact.unit == unit:
                out.append(fact)
        return out[::-1]

    def closed(self, at: int) -> list[tuple[int, int]]:
        """The brackets within reach that closed before `at`: what is said in them stays there."""
        last = bisect_right(self.brackets, (at, at))
        out = []
        while last and self.brackets[last - 1][1] > at - _REACH:
            last -= 1
            if self.brackets[last][1] <= at:
                out.append(self.brackets[last])
        return out

    def aside(self, at: int) -> str:
        """The text with the closed brackets before `at` blanked."""
        text = self.text
        for start, end in self.closed(at):
            text = text[:start] + " " * (end - start) + text[end:]
        return text

    def words(self, facts: Sequence[Fact]) -> Iterator[Fact]:
        counted = {f.indicator: f.value for f in facts if f.used}
        for indicator, value, start, end, confidence in read_words(self.text, self.label, counted):
            where = self.setting(start, end)
            if where.status != "fact":
                continue
            used = self.counts(where) and self.label not in _SOFT
            mention = Mention("", start + self.base, end + self.base, value)
            yield self.fact(indicator, value, mention, where, used, confidence, zero=value == 0)

    def fact(
        self,
        indicator: str,
        value: float,
        mention: Mention,
        where: Setting,
        used: bool,
        confidence: float,
        zero: bool = False,
    ) -> Fact:
        number = int(value) if value == int(value) else value
        return Fact(
            indicator, number, mention.unit, mention.approx, mention.start, mention.end, where.scope, where.year,
            where.status, where.cumulative, confidence, zero, used,
        )  # fmt: skip

    def counts(self, where: Setting) -> bool:
        own = where.scope == "own" and where.status == "fact" and not where.cumulative
        return own and (where.year is None or self.reporter.year in (None, where.year))

    def setting(self, start: int, end: int) -> Setting:
        sentence = self.sentence(start)
        base = self.base
        closed = [(base + a, base + b) for a, b in self.closed(start)]
        first = bisect_left(self.starts, base + sentence)
        mentions = self.mentions[first : bisect_left(self.starts, base + end)]
        if closed:
            mentions = [m for m in mentions if not any(a < m.start < b for a, b in closed)]
        return setting(Statement(self.aside(start), base, sentence, start, end), mentions, self.reporter, self.shadow)

    def sentence(self, at: int) -> int:
        return max(self.ends[bisect_right(self.ends, at) - 1], at - _REACH)

    def topic(self, start: int, end: int) -> str:
        """What the clause speaks of: the last cue before the number, else one right behind it, else the label."""
        last = bisect_left(self.topics, (start, ""))
        behind = self.topics[(i := bisect_left(self.topics, (end, ""))) : i + 1]
        for at, topic in behind:
            if at < end + 16 and not _CLAUSE_END.search(self.text, end, at) and topic in _CASES:
                return topic
        return self.topics[last - 1][1] if last else {"review_litigation": "review"}.get(self.label, self.label)


def _mask(text: str, base: int, mentions: Sequence[Mention]) -> str:
    """The text with dates as D and numbers as N, one letter for each of their characters."""
    out, last = [], 0
    for mention in mentions:
        letter = {"DATE": "D", "COUNT": "N", "MONEY": "N"}.get(mention.label)
        if letter:
            start, end = mention.start - base, mention.end - base
            out += [text[last:start], letter * (end - start)]
            last = end
    return "".join([*out, text[last:]])
