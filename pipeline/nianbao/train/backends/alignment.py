"""Characters, tags and windows: how mentions become one tag a character, and how a long text is read in pieces.

A window is read with what stands around it, but answers only for the characters that it owns; every character is owned
by one window. So no mention is lost or doubled where windows meet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nianbao.train.backends.tasks import Name

OUTSIDE = 0


def kept(text: str) -> list[int]:
    """The offsets of the characters that are read: all that are no white space."""
    return [i for i, c in enumerate(text) if not c.isspace()]


def tag_names(labels: Sequence[str]) -> list[str]:
    """The tags by number: outside, the first character of each label, a further one of each."""
    return ["O", *(f"B-{label}" for label in labels), *(f"I-{label}" for label in labels)]


def tags_of(names: Sequence[Name], at: Sequence[int], labels: Sequence[str]) -> list[int]:
    """The tag of each character that is read.

    Args:
      names: mentions without overlap that begin and end with characters that are read.
      at: the offsets of the characters, ascending.
      labels: the labels by number.
    """
    index = {offset: i for i, offset in enumerate(at)}
    tags = [OUTSIDE] * len(at)
    for label, start, end in names:
        first, last = index[start], index[end - 1]
        number = labels.index(label)
        tags[first : last + 1] = [1 + number] + [1 + len(labels) + number] * (last - first)
    return tags


def names_of(tags: Sequence[int], at: Sequence[int], labels: Sequence[str]) -> Iterator[Name]:
    """The mentions that tags say; a further character that continues nothing of its label begins a mention."""
    start, number = 0, None  # of the mention that is open
    for i, tag in enumerate([*tags, OUTSIDE]):
        if number is not None:
            if tag == 1 + len(labels) + number:
                continue
            yield labels[number], at[start], at[i - 1] + 1
        start, number = i, None if tag == OUTSIDE else (tag - 1) % len(labels)


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch that is read at once, and the part of it that the window answers for; positions, ends exclusive."""

    start: int
    end: int
    first: int
    last: int


def windows(count: int, size: int, overlap: int) -> list[Window]:
    """Windows over so many characters; where two overlap, each owns its half.

    Args:
      count: of characters.
      size: of a window, at most.
      overlap: what two neighbours share, less than `size`.
    """
    step, half = size - overlap, overlap // 2
    starts = range(0, max(count - overlap, 1), step) if count else range(0)
    return [
        Window(
            start,
            min(start + size, count),
            start + half if start else 0,
            count if start == starts[-1] else start + step + half,
        )
        for start in starts
    ]
