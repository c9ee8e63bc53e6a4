"""What all formats speak of: layers, marks, offsets, and the account of what became of every span and value."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import accumulate
from typing import Any

from pydantic import ValidationError

from nianbao.catalogue import catalogue
from nianbao.train.annotation import Annotation

_SHOWN_NOTES = 20
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


class FormatError(ValueError):
    """A file that is not in its format; the message names file, place and what to do."""


class Layer(StrEnum):
    """The layers of spans; a span's label tells its layer, for no two share one."""

    PARAGRAPHS = "paragraphs"
    ENTITIES = "entities"
    FACTS = "facts"


ALL_LAYERS = frozenset(Layer)


class Unit(StrEnum):
    """What a tool counts offsets in. Beyond U+FFFF (𠮷, emoji) a code point is two UTF-16 code units."""

    CODE_POINTS = "code-points"
    UTF16 = "utf-16"


class Fate(StrEnum):
    """What becomes of a span or value in a format."""

    SHOWN = "shown"  # the tool shows it, annotators can change it
    CARRIED = "carried"  # it travels along unseen and comes back as it was
    LOST = "lost"


@dataclass(slots=True)
class Ledger:
    """What became of every span and value, by what it is, and what a reader of the result should know."""

    counts: Counter[tuple[str, Fate]] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    @property
    def lost(self) -> int:
        """How many spans and values the result does not hold."""
        return sum(count for (_, fate), count in self.counts.items() if fate is Fate.LOST)

    def add(self, what: str, fate: Fate, count: int = 1) -> None:
        """Counts spans or values."""
        if count:
            self.counts[what, fate] += count

    def lose(self, what: str, note: str) -> None:
        """Counts one that is lost, and says why."""
        self.add(what, Fate.LOST)
        self.notes.append(note)

    def describe(self) -> str:
        """A line a kind of value, then the notes."""
        names = list(dict.fromkeys(what for what, _ in self.counts))
        lines = [
            f"{what:15s}"
            + ", ".join(f"{self.counts[what, fate]} {fate}" for fate in Fate if (what, fate) in self.counts)
            for what in names
        ]
        more = len(self.notes) - _SHOWN_NOTES
        return "\n".join([*lines, *self.notes[:_SHOWN_NOTES], *([f"and {more} more like these"] if more > 0 else [])])


@dataclass(frozen=True, slots=True)
class Mark:
    """A labelled span as a tool has it. `attributes` are what the tool shows besides the label, None where nothing."""

    layer: Layer | None  # None: a label that is not ours
    start: int
    end: int
    label: str
    confidence: float | None = None
    attributes: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A task as it comes back: its text and marks, and what was carried, as the file has it.

    `reviewed` is whether a reader has been at it, None where the tool does not tell: then it is as it was.
    """

    text: str
    marks: Sequence[Mark]
    carried: Any = None
    reviewed: bool | None = None
    where: str = ""


@dataclass(frozen=True, slots=True)
class Unheld:
    """A span that the file does not hold as it is."""

    layer: Layer
    note: str


def first_fault(why: ValidationError) -> str:
    """The first thing that is wrong, with its place in the data."""
    fault = why.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}".removeprefix(": ")


def layer_of(label: str) -> Layer | None:
    """The layer that a label belongs to, None for one that no layer has."""
    if label in catalogue().labels["entity"]:
        return Layer.ENTITIES
    if label in catalogue().labels["paragraph"]:
        return Layer.PARAGRAPHS
    return Layer.FACTS if label in catalogue().indicators else None


def marks_of(annotation: Annotation, layers: Iterable[Layer]) -> list[Mark]:
    """The spans of some layers as marks, by start; a fact with several indicators is a mark for each."""
    out: list[Mark] = []
    for layer in Layer:
        for span in getattr(annotation, layer) if layer in layers else ():
            labels = span.indicators if layer is Layer.FACTS else [span.label]
            attributes = span.model_dump(exclude={"start", "end", "label", "indicators", "confidence"})
            out += [Mark(layer, span.start, span.end, label, span.confidence, attributes) for label in labels]
    return sorted(out, key=lambda mark: (mark.start, -mark.end))


def lines_of(text: str) -> list[str]:
    """The lines of a text with their ends; what ends a line is what ends it for `ingest`."""
    return _LINE.findall(text)


class Offsets:
    """Offsets of one text, between its code points and the unit of a tool."""

    def __init__(self, text: str, unit: Unit) -> None:
        self._units = [0, *accumulate(1 + (ord(c) > 0xFFFF) for c in text)] if unit is Unit.UTF16 else None

    def out(self, offset: int) -> int:
        """A code point offset in the tool's unit."""
        return offset if self._units is None else self._units[offset]

    def back(self, offset: int) -> int:
        """An offset of the tool in code points; one inside a surrogate pair is that of the pair."""
        if self._units is None or offset > self._units[-1]:
            return offset  # one behind the end stays behind it
        return bisect_right(self._units, offset) - 1
