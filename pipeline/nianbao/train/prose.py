"""Marked samples as the fact linker meets them: labelled paragraphs, mentions, and the gold facts at their places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from nianbao.assemble.page import Page
from nianbao.assemble.several import split
from nianbao.assemble.titles import report_titles
from nianbao.document import Document, Mention, Segment, Table
from nianbao.facts import Reporter
from nianbao.tables import bind_tables
from nianbao.tag.patterns import find_mentions, resolve_dates
from nianbao.train.gold import GoldFact
from nianbao.train.marked import Sample
from nianbao.train.pages import page_of

_REPORTS = frozenset({"report", "report_with_cover", "attachment_stub"})
# an entity of a page without offsets is sought in as many characters behind the one before it
_AHEAD = 4000

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Prose:
    """A report's labelled paragraphs and mentions, and its gold facts with their places in the shadow."""

    name: str
    fold: int | None
    document: Document
    segments: Sequence[Segment]
    mentions: Sequence[Mention]
    reporter: Reporter
    facts: Sequence[tuple[GoldFact, Place]]


def prose_of(sample: Sample) -> Prose | None:
    """Reads a sample the way inference does, with gold labels and agencies; None for what is no report."""
    gold = sample.gold
    if gold.kind not in _REPORTS:
        return None
    page = page_of(sample)
    document = page.document
    segments = [replace(s, label=page.label(i) or s.label) for i, s in enumerate(page.segments)]
    placer = _Placer(document, segments, offsets=any(p.start is not None for p in gold.paragraphs))
    places = list(placer.entities(sample))
    agencies = [
        Mention(e.label, *place)
        for e, place in zip(gold.entities, places, strict=True)
        if e.label == "AGENCY" and place and not e.noise
    ]
    tables = bind_tables(document)
    mentions = _mentions(document, agencies, tables)
    facts = [(fact, place) for fact in gold.facts if (place := placer.fact(fact, places))]
    aggregate = (gold.agency or "").endswith("政府") or gold.level == "township"
    reporter = Reporter(gold.year, aggregate, (gold.agency or "", *gold.agency_aliases), gold.level)
    mentions = resolve_dates(mentions, document.shadow, gold.year)
    whole = Page(document, segments, mentions, tables)
    own = split(whole, report_titles(whole))[0]  # a further report on the page states nothing of this one
    return Prose(sample.name, sample.fold, document, own.segments, mentions, reporter, facts)


def _mentions(document: Document, agencies: Sequence[Mention], tables: Sequence[Table]) -> list[Mention]:
    """The agencies, and the mentions of regular shape beside them and outside tables."""
    taken = bytearray(len(document.shadow))
    for start, end in [(m.start, m.end) for m in agencies] + [(t.start, t.end) for t in tables]:
        taken[start:end] = b"\1" * (end - start)
    regular = [m for m in find_mentions(document.shadow) if taken.find(1, m.start, m.end) < 0]
    return sorted([*agencies, *regular], key=lambda m: m.start)


class _Placer:
    """Finds what is annotated in the shadow: by offsets, or, in pages, which have none, one after the other."""

    def __init__(self, document: Document, segments: Sequence[Segment], *, offsets: bool) -> None:
        self.shadow_of = {document.offsets.at(i): i for i in range(len(document.shadow))} if offsets else {}
        inside = (i for s in segments if s.label != "statistics" for i in range(s.start, s.end))
        self.kept = [i for i in inside if not document.text[document.offsets.at(i)].isspace()]
        self.squashed = "".join(document.text[document.offsets.at(i)] for i in self.kept)

    def entities(self, sample: Sample) -> Iterator[Place | None]:
        """The place of each entity."""
        at = 0
        for entity in sample.gold.entities:
            if self.shadow_of:
                yield self._at(entity.start, entity.end)
                continue
            place, behind = self._find(entity.text, at, _AHEAD)
            at = behind if place else at
            yield place

    def fact(self, fact: GoldFact, entities: Sequence[Place | None]) -> Place | None:
        """The place of a fact: that of its number, or of its words."""
        if fact.mention is not None:
            return entities[fact.mention]
        return self._at(fact.start, fact.end) if self.shadow_of else self._find(fact.text, 0, len(self.squashed))[0]

    def _at(self, start: int | None, end: int | None) -> Place | None:
        if start is None or end is None or start not in self.shadow_of or end - 1 not in self.shadow_of:
            return None
        return self.shadow_of[start], self.shadow_of[end - 1] + 1

    def _find(self, text: str, at: int, ahead: int) -> tuple[Place | None, int]:
        wanted = "".join(text.split())
        found = self.squashed.find(wanted, at, at + ahead)
        if found < 0 or not wanted:
            return None, at
        behind = found + len(wanted)
        return (self.kept[found], self.kept[behind - 1] + 1), behind
