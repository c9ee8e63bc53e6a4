"""Corrections made in the page, as it writes them: annotated samples, a line of JSON each.

    {"text": the text of the report, "name": where it came from,
     "paragraphs": [{"start", "end", "label", "secondary": [label], "level"}],
     "entities":   [{"start", "end", "label", "value"}],
     "facts":      [{"start", "end", "indicators": [id], "value", "scope", "year", "status", "cumulative",
                     "used"}],
     "fields":     {"kind", "era", "title", "agency", "agency_aliases", "level", "region", "year", "period",
                    "published", "signed", "contact": {field: [value]}, "problems": [text], "measures": [text]},
     "indicators": {id: value},
     "tables":     [{"form", "cells": {row: {column: number or null}}}],
     "corrected":  [path of what a reader changed, such as "entities/12-15" or "indicators/requests_received"]}

Offsets are code points of the text, end exclusive. A sample holds everything, what was changed and what was left; the
paths in `corrected` tell the two apart. Names and values are those of the annotation guide.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from nianbao.catalogue import catalogue


class SampleError(ValueError):
    """A line that is no sample; the message names file, line and what is wrong."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Span(_Strict):
    start: int
    end: int


class SampleParagraph(_Span):
    """A labelled segment; `level` is null for what is no heading."""

    label: str
    secondary: list[str]
    level: int | None


class SampleEntity(_Span):
    """A mention with its normal form."""

    label: str
    value: str | float | int | None


class SampleFact(_Span):
    """A number or zero statement and what it means."""

    indicators: list[str]
    value: float | int
    scope: Literal["own", "region", "other", "unknown"]
    year: int | None
    status: Literal["fact", "plan", "rule"]
    cumulative: bool
    used: bool


class SampleTable(_Strict):
    """A form with its printed numbers."""

    form: str
    cells: dict[str, dict[str, float | int | None]]


class Sample(_Strict):
    """One report as a reader left it."""

    text: str
    name: str | None
    paragraphs: list[SampleParagraph]
    entities: list[SampleEntity]
    facts: list[SampleFact]
    fields: dict[str, Any]
    indicators: dict[str, float | int]
    tables: list[SampleTable]
    corrected: list[str]

    @model_validator(mode="after")
    def _possible(self) -> Self:
        """Spans lie in the text, labels and ids are known."""
        known = catalogue()
        spans: list[_Span] = [*self.paragraphs, *self.entities, *self.facts]
        if bad := [s for s in spans if not 0 <= s.start < s.end <= len(self.text)]:
            raise ValueError(f"span {bad[0].start}-{bad[0].end} is not in the text")
        used = {
            "paragraph label": ({p.label for p in self.paragraphs}, known.labels["paragraph"]),
            "entity label": ({e.label for e in self.entities}, known.labels["entity"]),
            "indicator": ({i for f in self.facts for i in f.indicators} | set(self.indicators), known.indicators),
            "form": ({t.form for t in self.tables}, known.forms),
        }
        for what, (given, allowed) in used.items():
            if unknown := sorted(given - set(allowed)):
                raise ValueError(f"unknown {what} {unknown[0]!r}")
        return self


def read_samples(path: str | Path) -> Iterator[Sample]:
    """The samples of a file that the page wrote.

    Raises:
      SampleError: a line is no sample.
    """
    with Path(path).open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                yield Sample.model_validate_json(line)
            except ValidationError as why:
                fault = why.errors(include_url=False, include_input=False)[0]
                raise SampleError(f"{path}:{number}: {'.'.join(map(str, fault['loc']))} {fault['msg']}") from why
