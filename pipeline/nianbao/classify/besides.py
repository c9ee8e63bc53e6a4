"""What a labelled segment is about besides, where a rule of the annotation says so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from nianbao.catalogue.sections import sections
from nianbao.document import Segment

# the parts of a page: a line is one of them or none, while a text may be about several topics
PAGE_PARTS = frozenset({"noise", "title", "preamble", "statistics", "attachments", "signature"})


def add_rules(shadow: str, segments: Sequence[Segment]) -> None:
    """Adds to the secondary labels, in place, what follows from a segment's label and the heading above it.

    A text that states problems and measures is `improvements` too; what the report files under 其他需要报告的事项 is
    `other` too, whatever its topic.
    """
    under_other = False
    for segment in segments:
        if segment.level == 1:
            under_other = segment.label == "other"
        if segment.level or segment.label in PAGE_PARTS:
            continue
        if segment.label == "problems" and _measures().search(shadow, segment.start, segment.end):
            _add(segment, "improvements")
        if under_other:
            _add(segment, "other")


def _add(segment: Segment, label: str) -> None:
    if label not in (segment.label, *segment.secondary):
        segment.secondary = (*segment.secondary, label)


@cache
def _measures() -> re.Pattern[str]:
    return re.compile("|".join(sections().measures), re.MULTILINE)
