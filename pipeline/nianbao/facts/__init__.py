"""Facts from prose: every number and every zero statement that means an indicator, with whose and which year's it is.

Two linear models read what regular expressions would only list: what a number means, and whose, which year's, done or
planned a statement is. `link` reads the labelled paragraphs; `used` of a fact says that it counts for the report's own
body and year. Which of several facts becomes the indicator is decided in `assemble`, where the tables are known too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, islice

from nianbao.document import Document, Fact, Mention, Segment
from nianbao.facts import features
from nianbao.facts.model import Floats, Model, served
from nianbao.facts.numbers import Recent, candidates, describe
from nianbao.facts.numbers import read as read_numbers
from nianbao.facts.passage import Number, Passage, Role, Statement
from nianbao.facts.settings import Reporter, Setting, settle
from nianbao.facts.words import of_all, read_words

__all__ = ["Reporter", "link", "passages"]

# paragraphs that state no facts of the year: their numbers are others', or none
_SILENT = frozenset({"noise", "title", "statistics", "attachments", "signature"})
# a paragraph with no number and none of these characters states nothing
_TELLING = re.compile("[未没无不零均全都免冇]")
# a paragraph longer than this is no paragraph; it is read in pieces, so that its cost grows with its length only
_LONG = 6000


def link(
    document: Document,
    segments: Sequence[Segment],
    mentions: Sequence[Mention],
    reporter: Reporter,
    model: Model | None = None,
) -> list[Fact]:
    """The facts of a document in order of their place.

    Args:
      document: the document.
      segments: its labelled paragraphs in order.
      mentions: its mentions outside tables, in order, dates resolved.
      reporter: who reports.
      model: another than the one in service.

    Raises:
      ArtefactError: there is no model, or it was trained on other features.
    """
    model = model or served()
    recent = Recent()
    said: list[Statement] = []
    for passage, numbers, scores in _scored(passages(document.shadow, segments, mentions), reporter, model):
        said += read_numbers(passage, numbers, scores, model.meaning, reporter.year, recent)
        said += read_words(passage)
    settled = zip(said, settle(said, reporter, document.shadow, model.setting), strict=True)
    out: list[Fact] = []
    for passage, found in groupby(settled, key=lambda pair: pair[0].passage):
        out += _facts(passage, ((s, where) for s, where in found if s.chance * where.chance >= model.least))
    return sorted(out, key=lambda f: (f.start, f.end, f.indicator))


def passages(shadow: str, segments: Sequence[Segment], mentions: Sequence[Mention]) -> Iterator[Passage]:
    """The stretches of a document that may state facts of the year."""
    at = 0
    for segment in segments:
        if segment.label in _SILENT:
            continue
        for start, end in _pieces(shadow, segment):
            while at < len(mentions) and mentions[at].start < start:
                at += 1
            last = at
            while last < len(mentions) and mentions[last].end <= end:
                last += 1
            if at < last or _TELLING.search(shadow, start, end):
                yield Passage(shadow, start, end, segment.label, mentions[at:last])


def _pieces(shadow: str, segment: Segment) -> Iterator[tuple[int, int]]:
    """The paragraph, or, where it runs on beyond all measure, its stretches between clauses."""
    start = segment.start
    while segment.end - start > _LONG:
        cut = max(shadow.rfind(c, start, start + _LONG) for c in ",。;") + 1
        stop = cut if cut > start else start + _LONG
        yield start, stop
        start = stop
    yield start, segment.end


def _scored(
    passages: Iterable[Passage], reporter: Reporter, model: Model
) -> Iterator[tuple[Passage, list[Number], list[list[Floats]]]]:
    """Each passage with its numbers and the scores of what each of them may mean, all reckoned at once."""
    era = features.era(reporter.year)
    read = [(passage, list(candidates(passage))) for passage in passages]
    seen = [each for passage, numbers in read for number in numbers for each in describe(passage, number, era)]
    scores = iter(model.meaning.scores(seen))
    for passage, numbers in read:
        yield passage, numbers, [list(islice(scores, len(number.parts))) for number in numbers]


def _facts(passage: Passage, found: Iterable[tuple[Statement, Setting]]) -> list[Fact]:
    """The facts of one passage: its numbers first, then what is said in words and not in numbers."""
    out: list[Fact] = []
    for statement, where in found:
        if statement.number is None and (where.status != "fact" or _counted(out, statement.indicators[0])):
            continue
        used = where.used
        if used and statement.role is not Role.ALONE:
            sentence = passage.span(passage.sentence(statement.start), statement.end)[0]
            same = [f for f in out if f.indicator == statement.indicators[0] and f.used and f.start >= sentence]
            if statement.role is Role.SUM:  # 合计150元 sums the parts before it
                out = [replace(f, used=False) if f in same else f for f in out]
            used = statement.role is Role.SUM or not same  # 诉讼2件,其中经复议后起诉1件: a part of what counts
        out += [_fact(indicator, statement, where, used) for indicator in statement.indicators]
    return out + list(of_all(passage, {f.indicator: f for f in out if f.used}))


def _counted(facts: Iterable[Fact], indicator: str) -> bool:
    return any(f.used and f.indicator == indicator for f in facts)


def _fact(indicator: str, statement: Statement, where: Setting, used: bool) -> Fact:
    number, value = statement.number, statement.value
    start, end = statement.passage.span(statement.start, statement.end)
    return Fact(
        indicator, int(value) if value == int(value) else value, number.unit if number else "",
        bool(number and number.approx), start, end, where.scope, where.year, where.status, where.cumulative,
        statement.chance * where.chance, number is None, used,
    )  # fmt: skip
