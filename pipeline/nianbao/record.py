"""The record: what one report becomes. Models of the public contract, schema `nianbao.report/1`.

Field order is the order of the keys in the output. Spans are code points of the text, end exclusive. The engine makes
plain `Fields`; `Report` is what users hold, `dumps` the line that is written, and both say the same.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

SCHEMA: Literal["nianbao.report/1"] = "nianbao.report/1"

# a record, or a part of one, as plain data: keys in the order of the models
Fields = dict[str, Any]

Status = Literal["ok", "partial", "not_a_report", "failed"]
Source = Literal["prose", "zero", "table", "metadata", "title", "derived"]

WARNINGS: dict[str, str] = {
    "empty": "the input holds no text",
    "unsupported_format": "no reader for this format",
    "too_large": "more text than the limit allows",
    "limit_exceeded": "over the limit of time or memory for one input",
    "undecodable": "the bytes are no text in any encoding that was tried",
    "unreadable_file": "the path does not exist or cannot be read",
    "bad_row": "a row of a manifest or data set names no input",
    "worker_died": "the process that read the input died, twice",
    "damaged_archive": "an archive, or a member of one, that cannot be read to its end",
    "encrypted": "an archive member that is locked with a password",
    "unsafe_member": "an archive member that is a link or a device, or names a place outside of the archive",
    "decompression_bomb": "an archive, or a member of one, that grows beyond all measure when it is unpacked",
    "nested_too_deep": "an archive in an archive in an archive, and so on beyond the depth that is read",
    "stage_failed": "a stage raised an error; its layer is missing",
    "replaced_characters": "characters that cannot be were replaced by U+FFFD",
    "guessed_encoding": "the encoding was guessed from byte statistics",
    "nul_characters": "the text holds NUL characters",
    "stale_period": "the printed statistical period is another year's than the report's",
    "form_mismatch": "the tables follow another form than the year prescribes",
    "several_reports": "the page holds more than one report",
    "spam": "words that belong to no report stand in place of others",
    "redacted": "parts are hidden behind asterisks or similar marks",
    "garbled": "a stretch of text is damaged beyond reading",
    "placeholder": "a slot of a template was left unfilled",
    "template": "code of the page's template shows in the text",
    "traditional": "the text is in traditional characters",
    "annotated": "pronunciation notes stand between the characters",
}


class Model(BaseModel):
    """Base of all record parts: unknown keys are an error, `None` stays `null`."""

    # built when a model is first asked for: `dumps` does without, and so do the commands that only write records
    model_config = ConfigDict(extra="forbid", serialize_by_alias=True, validate_by_name=True, defer_build=True)


class Cited(Model):
    """A value with its evidence. start = end = None only for `derived` and for metadata outside the visible text."""

    value: Any
    start: int | None
    end: int | None
    source: Source
    confidence: float
    rule: str | None = Field(default=None, exclude_if=lambda v: v is None)


class CitedNumber(Cited):
    """An indicator's value, a number in `unit`; `approx` for 余, 多, 约, 近, 以上."""

    value: float | int
    unit: str
    approx: bool = False


class Region(Model):
    """Where the body sits: names as GB/T 2260 prints them, `code` of the lowest level known (6 digits)."""

    province: str | None = None
    city: str | None = None
    county: str | None = None
    township: str | None = None
    code: str | None = None


class Agency(Cited):
    """The issuing body. `id` is stable over years and spellings."""

    value: str
    id: str
    level: str | None
    kind: str | None
    scope: Literal["body", "region"]
    region: Region
    aliases: list[str]


class Contact(Model):
    """What the report gives for questions; each a list of cited values, possibly empty."""

    agency: list[Cited] = Field(default_factory=list)
    address: list[Cited] = Field(default_factory=list)
    postcode: list[Cited] = Field(default_factory=list)
    phone: list[Cited] = Field(default_factory=list)
    fax: list[Cited] = Field(default_factory=list)
    email: list[Cited] = Field(default_factory=list)
    website: list[Cited] = Field(default_factory=list)


class Paragraph(Model):
    """A segment of the text with its section label; `heading_level` is null for what is no heading."""

    start: int
    end: int
    label: str
    secondary: list[str]
    heading_level: int | None
    confidence: float


class Entity(Model):
    """A mention; `value` its normal form, null where there is none."""

    label: str
    start: int
    end: int
    text: str
    value: str | float | int | None


class Fact(Model):
    """A number or zero statement in prose that was linked to an indicator; `used` when it became the indicator."""

    indicator: str
    value: float | int
    unit: str
    approx: bool
    start: int
    end: int
    scope: Literal["own", "region", "other", "unknown"]
    year: int | None
    status: Literal["fact", "plan", "rule"]
    cumulative: bool
    used: bool
    confidence: float


class Cell(Model):
    """A table cell; `state` says what is printed where `value` is null."""

    value: float | int | None
    state: str
    unit: str
    start: int | None
    end: int | None


class Table(Model):
    """A table bound to a form, or `unknown` with its rows as text."""

    form: str
    start: int
    end: int
    cells: dict[str, dict[str, Cell]] | None = Field(default=None, exclude_if=lambda v: v is None)
    rows: list[list[str]] | None = Field(default=None, exclude_if=lambda v: v is None)


class Item(Model):
    """One stated problem or one measure; `tense` past (done) or future (promised), null for problems."""

    start: int
    end: int
    text: str
    tense: Literal["past", "future"] | None


class Place(Model):
    """Where a check looked: a cell or a span."""

    form: str | None = Field(default=None, exclude_if=lambda v: v is None)
    row: str | None = Field(default=None, exclude_if=lambda v: v is None)
    column: str | None = Field(default=None, exclude_if=lambda v: v is None)
    start: int | None = Field(default=None, exclude_if=lambda v: v is None)
    end: int | None = Field(default=None, exclude_if=lambda v: v is None)


class Check(Model):
    """One instance of a relation."""

    id: str
    instance: str
    status: Literal["pass", "fail", "skip"]
    severity: Literal["hard", "soft"]
    left: float | int | None
    right: float | int | None
    at: list[Place]
    detail: str


class Conflict(Model):
    """A second figure that the report prints for the same thing."""

    indicator: str
    kept: float | int
    other: float | int
    start: int
    end: int


class Other(Model):
    """A further report on the same page."""

    title: str | None
    agency: str | None
    year: int | None
    start: int
    end: int


class Notice(Model):
    """A warning; `code` is a key of `WARNINGS`."""

    code: str
    detail: str
    start: int | None = None
    end: int | None = None


class Producer(Model):
    """What made the record."""

    version: str
    catalogue: str
    models: dict[str, str]


class Origin(Model):
    """The input: `uri` the path as given, hashes of its bytes and of its text; what is not known is null."""

    uri: str | None = None
    sha256: str | None = None
    format: str = "unknown"
    encoding: str | None = None
    chars: int | None = None
    text_sha256: str | None = None


class Report(Model):
    """The record of one input. `model_dump_json()` is the line that `nianbao extract` prints."""

    schema_: Literal["nianbao.report/1"] = Field(default=SCHEMA, alias="schema")
    producer: Producer
    source: Origin
    status: Status
    kind: str
    text: str | None = Field(default=None, exclude_if=lambda v: v is None)
    era: str | None = None
    title: Cited | None = None
    agency: Agency | None = None
    year: Cited | None = None
    period: Cited | None = None
    published: Cited | None = None
    signed: Cited | None = None
    contact: Contact = Field(default_factory=Contact)
    paragraphs: list[Paragraph] = Field(default_factory=list)
    entities: list[Entity] = Field(default_factory=list)
    facts: list[Fact] = Field(default_factory=list)
    indicators: dict[str, CitedNumber] = Field(default_factory=dict)
    tables: list[Table] = Field(default_factory=list)
    problems: list[Item] = Field(default_factory=list)
    measures: list[Item] = Field(default_factory=list)
    checks: list[Check] = Field(default_factory=list)
    conflicts: list[Conflict] = Field(default_factory=list)
    others: list[Other] = Field(default_factory=list)
    warnings: list[Notice] = Field(default_factory=list)

    def _repr_html_(self) -> str:
        """What a notebook shows of the record."""
        # by name: the types import nothing of ours, and a record that nobody displays costs no renderer
        html: str = import_module("nianbao.view.notebook").render_record(self)
        return html


_LINE = TypeAdapter(Fields)
_ORDER = tuple(field.alias or name for name, field in Report.model_fields.items())
_EMPTY: Fields = {
    key: value.model_dump() if isinstance(value := field.get_default(call_default_factory=True), BaseModel) else value
    for key, field in zip(_ORDER, Report.model_fields.values(), strict=True)
    if not field.is_required() and field.exclude_if is None
}


def dumps(fields: Fields) -> bytes:
    """The line of a record, without its line end: what `Report.model_validate(fields).model_dump_json()` gives.

    Args:
      fields: a record as `engine.read` gives it; the parts that it lacks are empty.
    """
    whole = _EMPTY | fields
    return _LINE.dump_json({key: whole[key] for key in _ORDER if key in whole})
