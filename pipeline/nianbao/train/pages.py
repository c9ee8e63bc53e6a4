"""Marked samples as the models meet them: segments with the gold of the lines they stand in, texts with names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from nianbao.classify.features import describe
from nianbao.document import Document, Mention, Segment, Table
from nianbao.ingest import ingest
from nianbao.segment import heading_topics, segment
from nianbao.tables import bind_tables
from nianbao.tag.patterns import find_mentions
from nianbao.train.augment import Example
from nianbao.train.gold import GoldParagraph
from nianbao.train.marked import Sample

_MAX_BYTES = 10**8
# between two marked blocks of an HTML sample stand at most this many characters without a mark: the cells of a table
_UNMARKED_MAX = 5000
# the cells of a table are judged as cells, not as paragraphs
_CELL_MAX = 12
_TABLE = "statistics"
# the mentions in these lines are annotated as the annotator likes, or not at all
_NOT_ANNOTATED = frozenset(("noise", _TABLE))


@dataclass(frozen=True, slots=True)
class Page:
    """A sample as the classifier meets it.

    `gold` names, for every segment, the paragraph of the annotation that it stands in, or None; `names` are the
    features of the open segments, which follow from the `mentions` and `tables`.
    """

    name: str
    fold: int
    document: Document
    mentions: tuple[Mention, ...]
    tables: tuple[Table, ...]
    segments: tuple[Segment, ...]
    gold: tuple[GoldParagraph | None, ...]
    names: list[list[str]]

    def label(self, i: int) -> str:
        """The gold label of a segment; of a part of a line, the one of the line's labels that its title names."""
        gold, segment = self.gold[i], self.segments[i]
        if gold is None:
            return ""
        alone = sum(other is gold for other in self.gold[max(i - 1, 0) : i + 2]) == 1
        title = "" if alone else segment.title
        return next((t for t in heading_topics(title) if t in (gold.label, *gold.secondary)), gold.label)

    def judged(self, labels: Sequence[str]) -> Iterator[tuple[GoldParagraph, str]]:
        """Every gold paragraph but the cells of tables, with the label that most of its characters got.

        Args:
          labels: the labels that the segments got, one for each.
        """
        votes: dict[int, Counter[str]] = defaultdict(Counter)
        golds: dict[int, GoldParagraph] = {}
        for part, label, gold in zip(self.segments, labels, self.gold, strict=True):
            if gold:
                votes[id(gold)][label] += part.end - part.start
                golds[id(gold)] = gold
        for key, gold in golds.items():
            if gold.label != _TABLE or len("".join(gold.text.split())) > _CELL_MAX:
                yield gold, votes[key].most_common(1)[0][0]


def example_of(sample: Sample, labels: Collection[str]) -> Example:
    """The names with one of the labels and the annotated lines of a sample, at their shadow offsets.

    A page of HTML has none: its annotation has no offsets.
    """
    document = ingest(sample.data, max_bytes=_MAX_BYTES)
    shadow_at = {document.offsets.at(i): i for i in range(len(document.shadow))}

    def spans(start: int | None, end: int | None) -> Iterator[tuple[int, int]]:
        if start is not None and end is not None:
            inside = [shadow_at[i] for i in range(start, end) if i in shadow_at]
            if inside:
                yield inside[0], inside[-1] + 1

    entities = (e for e in sample.gold.entities if e.label in labels and not e.noise)
    names = ((e.label, *span) for e in entities for span in spans(e.start, e.end))
    lines = (span for p in sample.gold.paragraphs if p.label not in _NOT_ANNOTATED for span in spans(p.start, p.end))
    return Example(document.shadow, tuple(names), tuple(lines))


def page_of(sample: Sample) -> Page:
    """Reads a sample the way inference does, with its gold agencies for those that the tagger finds."""
    document = ingest(sample.data, max_bytes=_MAX_BYTES)
    tables = bind_tables(document)
    segments = segment(document, tables)
    mentions = _mentions(document, sample)
    names = describe(document.shadow, segments, mentions, tables)
    gold = _gold(document, segments, sample)
    return Page(sample.name, sample.fold or 0, document, tuple(mentions), tuple(tables), tuple(segments), gold, names)


def _mentions(document: Document, sample: Sample) -> list[Mention]:
    """The mentions of regular shape, and the gold agencies where the annotation has offsets."""
    shadow_of = {document.offsets.at(i): i for i in range(len(document.shadow))}
    agencies = [
        Mention(e.label, shadow_of[e.start], shadow_of[e.end - 1] + 1)
        for e in sample.gold.entities
        if e.label == "AGENCY" and e.start in shadow_of and e.end is not None and e.end - 1 in shadow_of
    ]
    taken = bytearray(len(document.shadow))
    for agency in agencies:
        taken[agency.start : agency.end] = b"\1" * (agency.end - agency.start)
    regular = [m for m in find_mentions(document.shadow) if taken.find(1, m.start, m.end) < 0]
    return sorted(agencies + regular, key=lambda m: m.start)


def _gold(document: Document, segments: Sequence[Segment], sample: Sample) -> tuple[GoldParagraph | None, ...]:
    """The paragraph of each segment: gold paragraphs are found in the text one after the other."""
    kept = [i for i, c in enumerate(document.text) if not c.isspace()]
    squashed = "".join(document.text[i] for i in kept)
    owner: list[GoldParagraph | None] = [None] * len(document.text)
    at = 0
    for paragraph in sample.gold.paragraphs:
        wanted = "".join(paragraph.text.split())
        found = squashed.find(wanted, at, at + _UNMARKED_MAX + len(wanted))
        if found >= 0:
            at = found + len(wanted)
            for i in kept[found:at]:
                owner[i] = paragraph
    return tuple(_owner(document, s, owner) for s in segments)


def _owner(document: Document, segment: Segment, owner: Sequence[GoldParagraph | None]) -> GoldParagraph | None:
    start, end = document.offsets.span(segment.start, segment.end)
    return next((owner[i] for i in range(start, end) if not document.text[i].isspace()), None)
