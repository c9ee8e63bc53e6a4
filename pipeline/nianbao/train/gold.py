"""Gold annotations: what a careful reader takes from one report, as the corpora keep it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from nianbao.catalogue import catalogue


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class GoldEntity(_Strict):
    """One mention. `start`/`end` are code points of the input, null in HTML; `value` the normal form or null."""

    label: str
    text: str
    start: int | None = None
    end: int | None = None
    value: str | None = None
    noise: bool = False


class GoldFact(_Strict):
    """A number or zero statement that means one or more indicators; see the annotation guide for each field.

    `mention` is the place of its number among the entities, None for a zero statement; it is not written out.
    """

    indicators: list[str]
    text: str
    value: float
    start: int | None = None
    end: int | None = None
    scope: str = "own"
    year: int | None = None
    status: str = "fact"
    cumulative: bool = False
    used: bool = True
    # which of the entities it is, None for a zero statement; how a page's fact is placed, no part of the annotation
    mention: int | None = Field(default=None, exclude=True, repr=False)


class GoldParagraph(_Strict):
    """One line (text) or block (HTML) with its section label."""

    text: str
    label: str
    level: int | None = None
    secondary: list[str] = Field(default_factory=list)
    start: int | None = None
    end: int | None = None


class GoldTable(_Strict):
    """A standard form: printed numbers by row and column, null where the cell prints no number."""

    form: str
    cells: dict[str, dict[str, float | None]]

    @field_validator("cells", mode="before")
    @classmethod
    def _rows(cls, cells: dict[str, Any], info: Any) -> dict[str, Any]:
        form = catalogue().forms.get(info.data.get("form", ""))
        if form is None:
            raise ValueError(f"unknown form {info.data.get('form')!r}")
        out: dict[str, Any] = {}
        for name, row in cells.items():
            columns = form.columns_of(name)
            if not columns:
                raise ValueError(f"{form.id}: unknown row {name!r}")
            values = (
                row
                if isinstance(row, dict)
                else dict(zip(columns, row if isinstance(row, list) else [row], strict=True))
            )
            if set(values) - set(columns):
                raise ValueError(f"{form.id}.{name}: unknown columns {sorted(set(values) - set(columns))}")
            out[name] = values
        return out


class Gold(_Strict):
    """Everything that is annotated on one input file, in the scorer's shape."""

    file: str = ""
    kind: str = "report"
    era: str | None = None
    title: str | None
    agency: str | None
    agency_aliases: list[str] = Field(default_factory=list)
    level: str | None = None
    region: dict[str, str] = Field(default_factory=dict)
    year: int | None
    period: list[str] | None = None
    published: str | None = None
    signed: str | None = None
    contact: dict[str, list[str]] = Field(default_factory=dict)
    indicators: dict[str, float] = Field(default_factory=dict)
    tables: list[GoldTable] = Field(default_factory=list)
    regional: list[str] = Field(default_factory=list)  # indicators that only a form outside the catalogue prints
    problems: list[str] = Field(default_factory=list)
    measures: list[str] = Field(default_factory=list)
    checks_fail: list[str] = Field(default_factory=list)
    notes: str = ""
    entities: list[GoldEntity] = Field(default_factory=list)
    paragraphs: list[GoldParagraph] = Field(default_factory=list)
    facts: list[GoldFact] = Field(default_factory=list)

    @field_validator("kind", "era", "level")
    @classmethod
    def _closed(cls, value: str | None, info: Any) -> str | None:
        if value is not None and value not in catalogue().labels[info.field_name]:
            raise ValueError(f"unknown {info.field_name} {value!r}")
        return value

    @field_validator("indicators")
    @classmethod
    def _known(cls, value: dict[str, float]) -> dict[str, float]:
        unknown = sorted(set(value) - set(catalogue().indicators))
        if unknown:
            raise ValueError(f"unknown indicators {unknown}")
        return value
