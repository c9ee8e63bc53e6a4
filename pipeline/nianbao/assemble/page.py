"""A labelled page, and the catalogue of how pages say what they are."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter

from nianbao.catalogue import CatalogueError, load_toml
from nianbao.document import Document, Mention, Segment, Table

_start = attrgetter("start")


@dataclass(slots=True)
class Page:
    """What the stages before have made of one input; everything below reads from it."""

    document: Document
    segments: Sequence[Segment]
    mentions: Sequence[Mention]
    tables: Sequence[Table]

    def text(self, part: Segment | Mention) -> str:
        """The shadow of a part."""
        return self.document.shadow[part.start : part.end]

    def inside(self, part: Segment, *labels: str) -> list[Mention]:
        """The mentions of a segment, in order, of the labels given."""
        first = bisect_left(self.mentions, part.start, key=_start)
        last = bisect_left(self.mentions, part.end, first, key=_start)
        return [m for m in self.mentions[first:last] if m.end <= part.end and m.label in labels]

    def around(self, mention: Mention) -> Segment | None:
        """The segment that a mention stands in."""
        at = bisect_right(self.segments, mention.start, key=_start) - 1
        return self.segments[at] if at >= 0 and mention.start < self.segments[at].end else None


@dataclass(frozen=True, slots=True)
class Words:
    """The patterns of `catalogue/identity.toml`, by section and name."""

    patterns: Mapping[str, re.Pattern[str]]
    era_years: Mapping[str, tuple[int, int]]
    era_forms: Mapping[str, str]


@cache
def words() -> Words:
    """The catalogue, compiled once."""
    data = load_toml("identity.toml")
    try:
        patterns = {
            f"{section}.{name}": re.compile(pattern)
            for section, entries in data.items()
            for name, pattern in entries.items()
            if isinstance(pattern, str)
        }
        years = {era: (low, high) for era, (low, high) in data["era"]["years"].items()}
        return Words(patterns, years, data["era"]["forms"])
    except (KeyError, re.error) as why:
        raise CatalogueError(f"catalogue/identity.toml: {why}") from why


def is_dated(mention: Mention) -> bool:
    """Whether a mention is a date with a year."""
    return mention.label == "DATE" and re.match(r"\d{4}", str(mention.value or "")) is not None
