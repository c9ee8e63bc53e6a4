"""Edits of a text, and where they move whatever is annotated on it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

Edit = tuple[int, int, str]
"""A stretch (code points, end exclusive; empty for an insertion) and what stands there instead."""


class EditLog:
    """Edits applied to a text.

    An insertion at an edge of a span stays outside it. Where two edits overlap the first one counts.

    Attributes:
      text: the text after all edits.
    """

    def __init__(self, text: str, edits: Iterable[Edit]) -> None:
        kept: list[Edit] = []
        for edit in sorted(edits, key=lambda e: (e[0], e[1])):
            if not kept or edit[0] >= kept[-1][1]:
                kept.append(edit)
        self._starts = [start for start, _, _ in kept]
        self._ends = [end for _, end, _ in kept]
        self._grown = [0, *accumulate(len(new) - (end - start) for start, end, new in kept)]
        pieces, last = [], 0
        for start, end, new in kept:
            pieces += [text[last:start], new]
            last = end
        self.text = "".join(pieces) + text[last:]

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """Where a span is now; None where an edit cut it in two or took it away."""
        for bound in (start, end):
            i = bisect_left(self._starts, bound) - 1
            if i >= 0 and self._ends[i] > bound:
                return None
        first = start + self._grown[bisect_right(self._ends, start)]
        last = end + self._grown[bisect_left(self._starts, end)]
        return (first, last) if first < last else None


def sparing(edits: Iterable[Edit], spans: Iterable[tuple[int, int]]) -> list[Edit]:
    """The edits that cut none of the spans in two."""
    bounds: Sequence[int] = sorted({offset for span in spans for offset in span})
    return [edit for edit in edits if bisect_right(bounds, edit[0]) == bisect_left(bounds, max(edit[1], edit[0] + 1))]
