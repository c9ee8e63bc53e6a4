"""More training text from little: names replaced by invented ones, so that no model learns the names of the samples."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from nianbao.train.generate.edits import Edit, EditLog, sparing
from nianbao.train.generate.names import Names


@dataclass(frozen=True, slots=True)
class Example:
    """A text with the names in it (label, start, end) and the lines (start, end) whose names are annotated."""

    shadow: str
    names: tuple[tuple[str, int, int], ...]
    lines: tuple[tuple[int, int], ...]


def varied(example: Example, rng: random.Random) -> Example:
    """The example with other regions, towns, fields of work, persons, accounts and addresses."""
    return rewrite(example, Names(example.shadow, example.names, rng).edits())


def rewrite(example: Example, edits: Sequence[Edit]) -> Example:
    """Replaces stretches that do not overlap; one that would cut a name or a line in two is left out."""
    spans = [(start, end) for _, start, end in example.names] + list(example.lines)
    log = EditLog(example.shadow, sparing(edits, spans))
    names = ((label, log.span(start, end)) for label, start, end in example.names)
    lines = (log.span(start, end) for start, end in example.lines)
    return Example(
        log.text, tuple((label, *span) for label, span in names if span), tuple(span for span in lines if span)
    )
