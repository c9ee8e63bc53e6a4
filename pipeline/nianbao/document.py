"""The document and the layers that the stages add to it. Imports nothing of ours.

What a document has hundreds of is a named tuple, which is cheaper to make than a frozen data class.

All offsets inside the pipeline are code points of the *shadow*, the normalised reading copy of the text; `OffsetMap`
leads back to the text, and only `assemble` crosses over. Where nothing was removed or added the two are the same.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of the shadow: code points, end exclusive, never empty."""

    start: int
    end: int


class OffsetMap:
    """Shadow offsets to text offsets.

    `edits` are `(shadow offset, text offset)` pairs in ascending order, one at every place where the distance between
    the two changes: from the shadow offset on, text = shadow + (text offset - shadow offset). No edits: identity.
    """

    __slots__ = ("_deltas", "_starts", "_texts")

    def __init__(self, edits: Sequence[tuple[int, int]] = ()) -> None:
        self._starts = [shadow for shadow, _ in edits]
        self._texts = [text for _, text in edits]
        self._deltas = [text - shadow for shadow, text in edits]

    @property
    def identity(self) -> bool:
        """Whether shadow and text have the same offsets everywhere."""
        return not self._starts

    def at(self, offset: int) -> int:
        """The text offset of one shadow character."""
        i = bisect_right(self._starts, offset)
        return offset + self._deltas[i - 1] if i else offset

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The text span of a shadow span; removed characters inside belong to it, those at its edges do not."""
        if not self._starts:
            return start, end
        first = self.at(start)
        return first, max(self.at(end - 1) + 1, first + 1)

    def back(self, offset: int) -> int:
        """The shadow offset of a text offset; that of the next character kept where the text's was taken out."""
        if not self._starts:
            return offset
        i = bisect_right(self._texts, offset)
        shadow = offset - self._deltas[i - 1] if i else offset
        return min(shadow, self._starts[i]) if i < len(self._starts) else shadow


class State(StrEnum):
    """What a table cell prints; `record.md` defines each."""

    PRINTED = "printed"
    BLANK = "blank"
    DASH = "dash"
    TEXT = "text"
    UNREADABLE = "unreadable"
    MISSING = "missing"


class Line(NamedTuple):
    """A line without its line end; `blank` when strip() leaves nothing."""

    start: int
    end: int
    blank: bool


class GridCell(NamedTuple):
    """One cell of a table that the source marks as a table (HTML): place, size and text span, possibly empty."""

    row: int
    column: int
    rowspan: int
    colspan: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A marked-up table: its cells in reading order, offsets in the shadow."""

    start: int
    end: int
    cells: tuple[GridCell, ...]


class Mention(NamedTuple):
    """An entity mention. `value` is the normal form; COUNT and MONEY also have unit and approx (约, 余, 以上)."""

    label: str
    start: int
    end: int
    value: str | float | int | None = None
    unit: str = ""
    approx: bool = False


@dataclass(slots=True)
class Segment:
    """A labelled stretch of one line. `level` is None for what is no heading; `title` has its words, run-in too."""

    start: int
    end: int
    level: int | None = None
    label: str = ""
    secondary: tuple[str, ...] = ()
    confidence: float = 0.0
    title: str = ""


class Cell(NamedTuple):
    """A bound table cell. `value` is the printed number in `unit`; start = end = None when state is MISSING."""

    state: State
    value: float | int | None = None
    unit: str = ""
    start: int | None = None
    end: int | None = None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Table:
    """A table bound to a form of the catalogue, or form `unknown` with its rows as text."""

    form: str
    start: int
    end: int
    cells: Mapping[str, Mapping[str, Cell]] = field(default_factory=dict)
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """A number or zero statement in prose that was linked to an indicator, whether it counts or not."""

    indicator: str
    value: float | int
    unit: str
    approx: bool
    start: int
    end: int
    scope: str
    year: int | None
    status: str
    cumulative: bool
    confidence: float
    zero: bool = False
    used: bool = False


@dataclass(frozen=True, slots=True)
class Warning:
    """Something that a reader of the record should know; `code` is from the closed list of `record.WARNINGS`."""

    code: str
    detail: str = ""
    start: int | None = None
    end: int | None = None


@dataclass(slots=True)
class Document:
    """One input: its text, fixed once by `ingest`, the shadow over it, and what the page says about itself.

    `meta` holds page metadata that is not part of the visible text (HTML head): name to value. `main` is the span of
    the main body where the markup tells it.
    """

    text: str
    shadow: str
    offsets: OffsetMap
    lines: list[Line]
    format: str
    encoding: str | None = None
    grids: tuple[Grid, ...] = ()
    main: Span | None = None
    meta: Mapping[str, str] = field(default_factory=dict)
    warnings: list[Warning] = field(default_factory=list)
