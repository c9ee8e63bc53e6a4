"""An annotated text as one flat object: every layer of gold as spans of one text, and its JSON, the project's own.

The JSON (`Annotation.model_dump_json`, one a line in a file) is what annotators' corrections are kept as:

    {"schema": "nianbao.sample/1", "name": ..., "text": ..., "reviewed": true,
     "paragraphs": [{"start", "end", "label", "secondary", "level", "confidence"}],
     "entities": [{"start", "end", "label", "value", "confidence"}],
     "facts": [{"start", "end", "indicators", "value", "scope", "year", "status", "cumulative", "used",
                "confidence"}],
     "fields": {"kind", "era", "title", "agency", ...}, "indicators": {id: number},
     "tables": [{"form", "cells": {row: {column: number or null}}}], "regional": [id],
     "problems": [text], "measures": [text], "checks_fail": [id], "corrected": [path]}

Offsets are code points of `text`, end exclusive. Of all keys only `text` must be there. Where a record has a cited
value (`{"value": ...}`), a number or a text stands here; the longer form is read as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from pathlib import PurePath
from typing import Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from nianbao import record
from nianbao.catalogue import catalogue
from nianbao.ingest import ingest
from nianbao.ingest.text import line_ends
from nianbao.train.gold import Gold, GoldEntity, GoldFact, GoldParagraph, GoldTable
from nianbao.train.marked import Sample
from nianbao.train.placing import place_gold

SCHEMA: Literal["nianbao.sample/1"] = "nianbao.sample/1"
_MAX_BYTES = 10**8
# a fault of the arithmetic or of the tables; what only this reader's own notices say is no annotation
_ANNOTATED_CHECKS = ("S", "T", "P")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Span(_Strict):
    """A stretch of the text, never empty; `confidence` of a prediction, null for what a reader annotated."""

    start: int = Field(ge=0)
    end: int
    confidence: float | None = None

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.end <= self.start:
            raise ValueError(f"an empty span: {self.start} to {self.end}")
        return self

    def moved(self, by: int) -> Self:
        """The same span in a text that starts `by` code points earlier."""
        return self.model_copy(update={"start": self.start + by, "end": self.end + by})


class Paragraph(Span):
    """A line, or a part of one, with its section label."""

    label: str
    secondary: list[str] = Field(default_factory=list)
    level: int | None = None

    @field_validator("label")
    @classmethod
    def _known(cls, label: str) -> str:
        return _one_of("paragraph", label)

    @field_validator("secondary")
    @classmethod
    def _all_known(cls, labels: list[str]) -> list[str]:
        return [_one_of("paragraph", label) for label in labels]


class Entity(Span):
    """A mention; `value` is its normal form where that is not the text itself."""

    label: str
    value: str | None = None

    @field_validator("label")
    @classmethod
    def _known(cls, label: str) -> str:
        return _one_of("entity", label)

    @field_validator("value", mode="before")
    @classmethod
    def _text(cls, value: Any) -> Any:
        return plain_number(value) if isinstance(value, int | float) else value


class Fact(Span):
    """A number or zero statement that means one or more indicators."""

    indicators: list[str] = Field(min_length=1)
    value: float
    scope: Literal["own", "region", "other", "unknown"] = "own"
    year: int | None = None
    status: Literal["fact", "plan", "rule"] = "fact"
    cumulative: bool = False
    used: bool = True

    @field_validator("indicators")
    @classmethod
    def _known(cls, ids: list[str]) -> list[str]:
        unknown = sorted(set(ids) - set(catalogue().indicators))
        if unknown:
            raise ValueError(f"unknown indicators {unknown}")
        return ids


_Spans = TypeVar("_Spans", Paragraph, Entity, Fact)


class Fields(_Strict):
    """What is annotated on the whole document, as in `Gold`."""

    kind: str = "report"
    era: str | None = None
    title: str | None = None
    agency: str | None = None
    agency_aliases: list[str] = Field(default_factory=list)
    level: str | None = None
    region: dict[str, str] = Field(default_factory=dict)
    year: int | None = None
    period: list[str] | None = None
    published: str | None = None
    signed: str | None = None
    contact: dict[str, list[str]] = Field(default_factory=dict)
    notes: str = ""

    @field_validator("kind", "era", "level")
    @classmethod
    def _closed(cls, value: str | None, info: ValidationInfo) -> str | None:
        return value if value is None else _one_of(str(info.field_name), value)

    @field_validator("region", mode="before")
    @classmethod
    def _known_region(cls, value: Any) -> Any:
        return {k: v for k, v in value.items() if v and k != "code"} if isinstance(value, dict) else value

    @field_validator("title", "agency", "year", "period", "published", "signed", "contact", mode="before")
    @classmethod
    def _values(cls, value: Any) -> Any:
        return _uncited(value)


class Annotation(_Strict):
    """A text with all its annotation. Paragraphs and entities come by start and do not overlap."""

    schema_: Literal["nianbao.sample/1"] = Field(default=SCHEMA, alias="schema")
    name: str = ""
    text: str
    reviewed: bool = True  # False: a prediction that no reader has looked at; training leaves it out
    paragraphs: list[Paragraph] = Field(default_factory=list)
    entities: list[Entity] = Field(default_factory=list)
    facts: list[Fact] = Field(default_factory=list)
    fields: Fields = Field(default_factory=Fields)
    indicators: dict[str, float] = Field(default_factory=dict)
    tables: list[GoldTable] = Field(default_factory=list)
    regional: list[str] = Field(default_factory=list)
    problems: list[str] = Field(default_factory=list)
    measures: list[str] = Field(default_factory=list)
    checks_fail: list[str] = Field(default_factory=list)
    corrected: list[str] = Field(default_factory=list)

    model_config = ConfigDict(extra="forbid", serialize_by_alias=True, validate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _shapes(cls, data: Any) -> Any:
        """Items among the fields and a name of null, as the viewer writes them, are read as well."""
        if not isinstance(data, dict):
            return data
        fields = data.get("fields")
        moved = {k: fields[k] for k in ("problems", "measures") if k in fields} if isinstance(fields, dict) else {}
        if moved and isinstance(fields, dict):
            data = {**data, **moved, "fields": {k: v for k, v in fields.items() if k not in moved}}
        return {**data, "name": data.get("name") or ""}

    @field_validator("indicators", "tables", mode="before")
    @classmethod
    def _values(cls, value: Any) -> Any:
        return _uncited(value)

    @field_validator("paragraphs", "entities", "facts")
    @classmethod
    def _sorted(cls, spans: list[_Spans]) -> list[_Spans]:
        return sorted(spans, key=lambda span: (span.start, span.end))

    @model_validator(mode="after")
    def _in_the_text(self) -> Self:
        for spans in (self.paragraphs, self.entities, self.facts):
            last = max((span.end for span in spans), default=0)
            if last > len(self.text):
                raise ValueError(f"a span ends at {last}, the text at {len(self.text)} (offsets are code points)")
        for layer in (self.paragraphs, self.entities):
            for one, other in pairwise(layer):
                if other.start < one.end:
                    raise ValueError(f"spans overlap: {one.start} to {one.end}, {other.start} to {other.end}")
        return self

    @classmethod
    def of_sample(cls, sample: Sample) -> tuple[Self, list[str]]:
        """The annotation of a sample; for a page, over its visible text.

        Returns:
          The annotation, and a line for each span of the gold that the visible text does not hold.
        """
        gold, text, lost = sample.gold, sample.data, list[str]()
        if not sample.gold.file.endswith(".txt"):
            text = ingest(sample.data, max_bytes=_MAX_BYTES).text
            gold, lost = place_gold(gold, text)
        annotation = cls(
            name=sample.name,
            text=text,
            paragraphs=[Paragraph(**_span(p), label=p.label, secondary=p.secondary, level=p.level)
                        for p in gold.paragraphs],
            entities=[Entity(**_span(e), label=e.label, value=e.value) for e in gold.entities],
            facts=[Fact.model_validate(f.model_dump(exclude={"text"})) for f in gold.facts],
            fields=Fields(**{name: getattr(gold, name) for name in Fields.model_fields}),
            **{name: getattr(gold, name) for name in _SHARED},
        )  # fmt: skip
        return annotation, lost

    @classmethod
    def of_report(cls, report: record.Report, name: str = "") -> Self:
        """What the engine reads in a report, for a reader to correct; the report must hold its text.

        Raises:
          ValueError: the report has no text.
        """
        if report.text is None:
            raise ValueError(f"{report.source.uri}: a record without text: extract it with its text")
        agency = report.agency
        fields = Fields(
            kind=report.kind, era=report.era, **{f: _uncited(getattr(report, f)) for f in _CITED},
            agency_aliases=agency.aliases if agency else [], level=agency.level if agency else None,
            region=agency.region.model_dump() if agency else {},
            contact={k: [str(c.value) for c in v] for k, v in report.contact if v and k != "agency"},
        )  # fmt: skip
        return cls(
            name=name or PurePath(report.source.uri or "").name,
            text=report.text,
            reviewed=False,
            paragraphs=[Paragraph(start=p.start, end=p.end, label=p.label, secondary=p.secondary,
                                  level=p.heading_level, confidence=p.confidence) for p in report.paragraphs],
            entities=[Entity(start=e.start, end=e.end, label=e.label, value=_normal_form(e)) for e in report.entities],
            facts=_joined_facts(report.facts),
            fields=fields,
            indicators={name: value.value for name, value in report.indicators.items()},
            tables=[GoldTable(form=t.form, cells=_uncited(t.model_dump()["cells"])) for t in report.tables if t.cells],
            problems=[item.text for item in report.problems],
            measures=[item.text for item in report.measures],
            checks_fail=failed_checks(report),
        )  # fmt: skip

    def sample(self) -> Sample:
        """The annotation as a sample of plain text, as training takes it."""
        fixed = self._fixed()
        noise = [p for p in fixed.paragraphs if p.label == "noise"]

        def text(span: Span) -> str:
            return fixed.text[span.start : span.end]

        def quiet(span: Span) -> bool:
            return any(p.start <= span.start < p.end for p in noise)

        gold = Gold(
            file=f"{self.name}.txt",
            paragraphs=[GoldParagraph(text=text(p).strip(), **p.model_dump(exclude=_NOT_GOLD))
                        for p in fixed.paragraphs],
            entities=[GoldEntity(text=text(e), noise=quiet(e), **e.model_dump(exclude=_NOT_GOLD))
                      for e in fixed.entities],
            facts=[GoldFact(text=text(f), **f.model_dump(exclude=_NOT_GOLD)) for f in fixed.facts],
            **self.fields.model_dump(),
            **{name: getattr(self, name) for name in _SHARED},
        )  # fmt: skip
        return Sample(self.name, fixed.text, gold)

    def _fixed(self) -> Self:
        """The same annotation over the text as the reader fixes it: a tool may have written other line ends."""
        text = line_ends(self.text)
        if text == self.text:
            return self
        # a \r before \n goes, all else keeps its length
        gone = (c == "\r" and self.text[i + 1 : i + 2] == "\n" for i, c in enumerate(self.text))
        to = [0, *accumulate(not g for g in gone)]

        def moved(span: _Spans) -> _Spans:
            return span.model_copy(update={"start": to[span.start], "end": to[span.end]})

        layers = {name: [moved(s) for s in getattr(self, name)] for name in ("paragraphs", "entities", "facts")}
        return self.model_copy(update={"text": text, **layers})


_SHARED = ("indicators", "tables", "regional", "problems", "measures", "checks_fail")
_CITED = ("title", "agency", "year", "period", "published", "signed")
_NOT_GOLD = {"confidence"}


def failed_checks(report: record.Report) -> list[str]:
    """The ids of the relations that fail in a report, of those that readers annotate."""
    failed = {check.id for check in report.checks if check.status == "fail"}
    return sorted(name for name in failed if name.startswith(_ANNOTATED_CHECKS))


def plain_number(value: float) -> str:
    """A number as annotators write it: no exponent, no decimals where there are none."""
    return str(int(value)) if value == int(value) else str(value)


def _one_of(set_name: str, label: str) -> str:
    if label not in catalogue().labels[set_name]:
        raise ValueError(f"unknown {set_name} label {label!r}")
    return label


def _uncited(value: Any) -> Any:
    """Data with every cited value (`{"value": ..., "start": ...}`) replaced by the value."""
    if isinstance(value, BaseModel):
        return _uncited(value.model_dump())
    if isinstance(value, dict):
        return _uncited(value["value"]) if "value" in value else {k: _uncited(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_uncited(v) for v in value]
    return value


def _span(gold: GoldParagraph | GoldEntity) -> dict[str, Any]:
    return {"start": gold.start, "end": gold.end}


def _normal_form(entity: record.Entity) -> str | None:
    """The normal form of a mention, where it is another than the mention itself."""
    value = plain_number(entity.value) if isinstance(entity.value, int | float) else entity.value
    return None if value == entity.text else value


def _joined_facts(facts: Sequence[record.Fact]) -> list[Fact]:
    """Facts with the same words and the same reading become one with several indicators, as readers mark them."""
    joined: dict[tuple[Any, ...], Fact] = {}
    for fact in facts:
        shared = fact.model_dump(include={"start", "end", "value", "scope", "year", "status", "cumulative", "used"})
        known = joined.setdefault(
            tuple(shared.values()), Fact(**shared, indicators=[fact.indicator], confidence=fact.confidence)
        )
        if fact.indicator not in known.indicators:
            known.indicators.append(fact.indicator)
            known.confidence = min(known.confidence or 0.0, fact.confidence)
    return list(joined.values())


def numbered(annotations: Iterable[Annotation]) -> list[Annotation]:
    """The annotations with names that tell them apart: a name that came before gets a number."""
    seen: dict[str, int] = {}
    out = []
    for annotation in annotations:
        count = seen[annotation.name] = seen.get(annotation.name, 0) + 1
        out.append(annotation if count == 1 else annotation.model_copy(update={"name": f"{annotation.name}~{count}"}))
    return out
