"""What a report says, as the checks look at it, and what a check finds. Imports no other module of this package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from nianbao.document import Fact, Mention, Segment, Table

Status = Literal["pass", "fail", "skip"]
Severity = Literal["hard", "soft"]


@dataclass(frozen=True, slots=True)
class CellRef:
    """A cell of a table, by the ids of `catalogue/forms.toml`."""

    form: str
    row: str
    column: str


@dataclass(frozen=True, slots=True)
class SpanRef:
    """A stretch of the shadow: code points, end exclusive."""

    start: int
    end: int


Place = CellRef | SpanRef


@dataclass(frozen=True, slots=True)
class Check:
    """One instance of a relation.

    `left` and `right` are the two sides where they are known. `at` lists the operands of a failed check, and the words
    of the report where those are what was checked. `detail` is one Chinese sentence, "" for a passed check.
    """

    id: str
    instance: str
    status: Status
    severity: Severity
    left: float | None
    right: float | None
    at: tuple[Place, ...]
    detail: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One report after assembly.

    Offsets are those of `shadow`. `facts` are the prose numbers that were linked to indicators, `indicators` the
    report's final values (money in yuan), `mentions` in order of start. `period` holds two ISO dates, `level` and
    `kind` are those of the agency.
    """

    tables: Sequence[Table]
    facts: Sequence[Fact]
    indicators: Mapping[str, float]
    shadow: str
    mentions: Sequence[Mention]
    segments: Sequence[Segment]
    year: int | None
    title_year: int | None
    period: tuple[str, str] | None
    level: str | None
    kind: str | None


def show(value: float) -> str:
    """A number as a Chinese sentence prints it: whole where it is whole, no exponent."""
    return str(int(value)) if value == int(value) else f"{value:.4f}".rstrip("0")
