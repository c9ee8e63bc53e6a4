"""What a labelled segment is about besides, where a rule of the annotation says so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from nianbao.catalogue.sections import sections
from nianbao.document import Segment

_FILED_NOWHERE = frozenset({"noise", "title", "preamble", "statistics", "attachments", "signature", "other"})


def add_rules(shadow: str, segments: Sequence[Segment]) -> None:
    """Adds to the secondary labels, in place, what follows from a segment's label and the heading above it.

    A text that states problems and measures is `improvements` too; one that the report files under 其他需要报告的事项 is
    `other`, whatever it is about.
    """
    under_other = False
    for segment in segments:
        if segment.level == 1:
            under_other = segment.label == "other"
        if segment.level:
            continue
        if segment.label == "problems" and _measures().search(shadow, segment.start, segment.end):
            _add(segment, "improvements")
        if under_other and segment.label not in _FILED_NOWHERE:
            _add(segment, "other")


def _add(segment: Segment, label: str) -> None:
    if label not in segment.secondary:
        segment.secondary = (*segment.secondary, label)


@cache
def _measures() -> re.Pattern[str]:
    return re.compile("|".join(sections().measures), re.MULTILINE)
