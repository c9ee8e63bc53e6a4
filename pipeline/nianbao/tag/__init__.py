"""Text to mentions: those of regular shape by patterns, names by the trained tagger, merged without overlap."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Protocol

from nianbao.document import Document, Mention, Segment, Span, Table
from nianbao.tag.patterns import find_mentions
from nianbao.tag.tagger import active_tagger

# Mentions in which no name is looked for; all others give way to names (the 3号 of an address is no count).
STRONGER = frozenset(("LAW", "URL", "EMAIL", "DOC_NO", "INDEX_NO"))


class Finder(Protocol):
    """What finds names in a text: the tagger that serves, or another model in its place."""

    def find(self, shadow: str, fixed: Sequence[Span] = ()) -> Iterable[Mention]:
        """The names in a shadow, in order and without overlap; none in the stretches that are fixed."""


def tag(document: Document, tables: Sequence[Table], finder: Finder | None = None) -> list[Mention]:
    """The mentions of a document, sorted by start; they do not overlap, and tables hold none.

    Args:
      document: the document; offsets are those of its shadow.
      tables: its tables.
      finder: what finds the names; the trained tagger that serves, if none is given.

    Raises:
      ArtefactError: there is no trained tagger.
    """
    prose = _blanked(document.shadow, tables)
    regular = find_mentions(prose)
    fixed = [Span(m.start, m.end) for m in regular if m.label in STRONGER] + [Span(t.start, t.end) for t in tables]
    return _merged(list((finder or active_tagger()).find(prose, fixed)), regular)


def _blanked(shadow: str, tables: Sequence[Table]) -> str:
    """The shadow with its tables emptied, every offset as it was: nothing is looked for where nothing counts."""
    pieces, at = [], 0
    for table in tables:
        pieces += [shadow[at : table.start], "\n" * (table.end - max(at, table.start))]
        at = max(at, table.end)
    return "".join([*pieces, shadow[at:]])


def outside(mentions: Iterable[Mention], parts: Iterable[Table | Segment]) -> list[Mention]:
    """The mentions that begin in none of the parts: those of statistics tables are no entities."""
    ordered = sorted(parts, key=lambda part: part.start)
    starts = [part.start for part in ordered]

    def is_inside(mention: Mention) -> bool:
        before = bisect_right(starts, mention.start)
        return before > 0 and mention.start < ordered[before - 1].end

    return [mention for mention in mentions if not is_inside(mention)]


def _merged(names: list[Mention], regular: list[Mention]) -> list[Mention]:
    """Both lists by start; where two overlap, the name stays."""
    out, at = [], 0
    for mention in regular:
        while at < len(names) and names[at].end <= mention.start:
            out.append(names[at])
            at += 1
        if at == len(names) or mention.end <= names[at].start:
            out.append(mention)
    return out + names[at:]
