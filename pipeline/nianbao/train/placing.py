"""Where the gold of a page lies in its visible text: marks in markup have no offsets, only words in an order."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any, TypeVar

from nianbao.train.gold import Gold, GoldEntity, GoldFact, GoldParagraph

_Placed = TypeVar("_Placed", GoldParagraph, GoldEntity)


def squash(text: str) -> tuple[str, list[int]]:
    """A text without white space, and where each of its characters stood."""
    kept = [i for i, c in enumerate(text) if not c.isspace()]
    return "".join(text[i] for i in kept), kept


def places(flat: str, wanted: Sequence[tuple[str, int]]) -> list[int | None]:
    """Where each of the wanted texts stands in `flat`: the choice, in order, that places the most weight.

    Args:
      flat: the text.
      wanted: (text, weight), in the order of the text; none empty.

    Returns:
      For each its offset, or None where it is not there or only out of order.
    """
    # (end, weight so far, chain of choices): the ends ascend, and so do the weights
    front: list[tuple[int, int, Any]] = [(0, 0, None)]
    for number, (text, weight) in enumerate(wanted):
        new, at = [], flat.find(text)
        while at >= 0:
            _, before, chain = front[bisect_right(front, at, key=lambda f: f[0]) - 1]
            new.append((at + len(text), before + weight, (number, at, chain)))
            at = flat.find(text, at + 1)
        merged: list[tuple[int, int, Any]] = []
        for state in sorted(front + new, key=lambda f: (f[0], -f[1])):
            if not merged or state[1] > merged[-1][1]:
                merged.append(state)
        front = merged
    out: list[int | None] = [None] * len(wanted)
    chain = front[-1][2]
    while chain:
        out[chain[0]], chain = chain[1], chain[2]
    return out


def place_gold(gold: Gold, text: str) -> tuple[Gold, list[str]]:
    """The gold of a page with offsets in its visible text.

    Returns:
      A copy whose paragraphs, entities and facts all have offsets, and a line for each that is not in the text.
    """
    flat, kept = squash(text)
    out, lost = gold.model_copy(deep=True), list[str]()
    mentions = list(out.entities)

    def stand(span: GoldParagraph | GoldEntity | GoldFact, at: int | None) -> bool:
        """Puts a span at a place of `flat`."""
        if at is None or at < 0:
            lost.append(f"{type(span).__name__}: not in the visible text: {span.text[:40]}")
            return False
        span.start, span.end = kept[at], kept[at + len(squash(span.text)[0]) - 1] + 1
        return True

    def standing(spans: list[_Placed]) -> list[_Placed]:
        words = [(span, squash(span.text)[0]) for span in spans]
        wanted = [(span, word) for span, word in words if word]
        found = places(flat, [(word, len(word)) for _, word in wanted])
        return [span for (span, _), at in zip(wanted, found, strict=True) if stand(span, at)]

    out.paragraphs, out.entities = standing(out.paragraphs), standing(out.entities)
    for paragraph in out.paragraphs:
        paragraph.start, paragraph.end = _to_the_edges(text, paragraph.start or 0, paragraph.end or 0)
    for fact in out.facts:
        if fact.mention is None:
            stand(fact, flat.find(squash(fact.text)[0]))
        else:
            fact.start, fact.end = mentions[fact.mention].start, mentions[fact.mention].end
            if fact.start is None:
                lost.append(f"GoldFact: its mention is not in the visible text: {fact.text[:40]}")
    out.facts = [fact for fact in out.facts if fact.start is not None]
    return out, lost


def _to_the_edges(text: str, start: int, end: int) -> tuple[int, int]:
    """A section with its indent, and with the white space behind it where that ends the line."""
    while start and text[start - 1].isspace() and text[start - 1] != "\n":
        start -= 1
    rest = text[end:].partition("\n")[0]
    return start, end if rest.strip() else end + len(rest)
