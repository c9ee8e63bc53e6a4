"""Records as tidy tables: one schema for every format, declared here; the code book is made from it too.

A table is a query over `records`, the lines of a shard as DuckDB reads them: each column says its type, the expression
that gives it, and what stands in it. `doc` is the number of the record in `records/`, counted from 0, and the first
column of every table. What is not known is NULL: never 0, never an empty text. Where a cell of a form holds no number,
its `state` says what it holds instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_SPAN = 'start BIGINT, "end" BIGINT'
_CITED = f"STRUCT(value VARCHAR, {_SPAN}, source VARCHAR, confidence DOUBLE)"
_NUMBER = f"value DOUBLE, unit VARCHAR, approx BOOLEAN, {_SPAN}, confidence DOUBLE"
_ITEM = f"STRUCT({_SPAN}, text VARCHAR, tense VARCHAR)[]"
_REGION = "STRUCT(province VARCHAR, city VARCHAR, county VARCHAR, township VARCHAR, code VARCHAR)"
_CELL = f"STRUCT(value DOUBLE, state VARCHAR, unit VARCHAR, {_SPAN})"
# the parts of a record that tables are made from
RECORD = {
    "producer": "STRUCT(version VARCHAR, catalogue VARCHAR, models JSON)",
    "source": "STRUCT(uri VARCHAR, sha256 VARCHAR, format VARCHAR, encoding VARCHAR, chars BIGINT,"
    " text_sha256 VARCHAR)",
    "status": "VARCHAR", "kind": "VARCHAR", "text": "VARCHAR", "era": "VARCHAR", "title": _CITED,
    "agency": "STRUCT(value VARCHAR, id VARCHAR, level VARCHAR, kind VARCHAR, scope VARCHAR, confidence DOUBLE,"
    f" region {_REGION})",
    "year": _CITED, "period": "STRUCT(value VARCHAR[])", "published": _CITED, "signed": _CITED,
    "contact": f"MAP(VARCHAR, {_CITED}[])",
    "paragraphs": f"STRUCT({_SPAN}, label VARCHAR, secondary VARCHAR[], heading_level BIGINT, confidence DOUBLE)[]",
    "entities": f"STRUCT(label VARCHAR, {_SPAN}, text VARCHAR, value JSON)[]",
    "facts": f"STRUCT(indicator VARCHAR, {_NUMBER}, scope VARCHAR, year BIGINT, status VARCHAR, cumulative BOOLEAN,"
    " used BOOLEAN)[]",
    "indicators": f'MAP(VARCHAR, STRUCT({_NUMBER}, source VARCHAR, "rule" VARCHAR))',
    "tables": f'STRUCT(form VARCHAR, cells MAP(VARCHAR, MAP(VARCHAR, {_CELL})), "rows" VARCHAR[][])[]',
    "problems": _ITEM, "measures": _ITEM,
    "checks": 'STRUCT(id VARCHAR, instance VARCHAR, status VARCHAR, severity VARCHAR, "left" DOUBLE, "right" DOUBLE,'
    ' "at" JSON, detail VARCHAR)[]',
    "conflicts": f"STRUCT(indicator VARCHAR, kept DOUBLE, other DOUBLE, {_SPAN})[]",
    "others": f"STRUCT(title VARCHAR, agency VARCHAR, year BIGINT, {_SPAN})[]",
    "warnings": f"STRUCT(code VARCHAR, detail VARCHAR, {_SPAN})[]",
}  # fmt: skip
# what a manifest may say of an input beforehand
GIVEN = ("url", "date", "agency", "year")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its type in DuckDB, the expression that gives it, and what stands in it."""

    name: str
    type: str
    value: str
    about: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what a row is, what it is selected from, and its columns."""

    name: str
    about: str
    source: str
    columns: tuple[Column, ...]

    @property
    def query(self) -> str:
        """The rows of the table, in the order of the records."""
        columns = ", ".join(f'CAST({c.value} AS {c.type}) AS "{c.name}"' for c in self.columns)
        return f"SELECT {columns} FROM {self.source}"


def _table(name: str, about: str, source: str, *columns: tuple[str, str, str, str]) -> Table:
    doc = Column("doc", "BIGINT", "doc", "number of the record in records/, counted from 0")
    return Table(name, about, source, (doc, *(Column(*column) for column in columns)))


def _each(values: str, source: str = "records", keep: str = "doc") -> str:
    """The elements of a list as `v`, their places in it as `number`, from 0."""
    return f"(SELECT {keep}, unnest({values}) AS v, generate_subscripts({values}, 1) - 1 AS number FROM {source})"


def _text(name: str, about: str, value: str | None = None) -> tuple[str, str, str, str]:
    return name, "VARCHAR", value or f'v."{name}"', about


def _number(name: str, about: str, value: str | None = None) -> tuple[str, str, str, str]:
    return name, "DOUBLE", value or f'v."{name}"', about


def _whole(name: str, about: str, value: str | None = None) -> tuple[str, str, str, str]:
    return name, "BIGINT", value or f'v."{name}"', about


def _flag(name: str, about: str) -> tuple[str, str, str, str]:
    return name, "BOOLEAN", f'v."{name}"', about


_SPANS = (
    _whole("start", "where the evidence starts in the text, in code points; NULL where it is not in the text"),
    _whole("end", "where it ends, exclusive"),
)
_CONFIDENCE = _number("confidence", "0 to 1: of the values with 0.9, nine in ten are right")
# the cells of a form, and those of a table that follows none, brought to one shape
_CELLS = f"""(SELECT doc, text, number, t.form AS form, unnest(list_concat(
    flatten(list_transform(map_entries(t.cells), lambda r: list_transform(map_entries(r.value), lambda c: {{
      'row': r.key, 'column': c.key, 'value': c.value.value, 'state': c.value.state, 'unit': c.value.unit,
      'start': c.value.start, 'end': c.value."end", 'text': CAST(NULL AS VARCHAR)}}))),
    flatten(list_transform(t."rows", lambda r, i: list_transform(r, lambda w, j: {{
      'row': CAST(i - 1 AS VARCHAR), 'column': CAST(j - 1 AS VARCHAR), 'value': CAST(NULL AS DOUBLE),
      'state': CASE WHEN trim(w) = '' THEN 'blank' ELSE 'text' END, 'unit': CAST(NULL AS VARCHAR),
      'start': CAST(NULL AS BIGINT), 'end': CAST(NULL AS BIGINT), 'text': w}})))
  )) AS v FROM (SELECT doc, text, number, v AS t FROM {_each("tables", keep="doc, text")}))"""
_PRINT = 'substring(text, v.start + 1, v."end" - v.start)'

TABLES: Sequence[Table] = (
    _table(
        "documents", "one row an input, whatever became of it", "records LEFT JOIN given USING (doc) ORDER BY doc",
        _text("uri", "the path as given; for a member of an archive behind `!/`", "source.uri"),
        _text("sha256", "digest of the bytes of the input", "source.sha256"),
        _text("format", "format of the input", "source.format"),
        _text("encoding", "encoding of the bytes", "source.encoding"),
        _whole("chars", "length of the text in code points", "source.chars"),
        _text("text_sha256", "digest of the text in UTF-8", "source.text_sha256"),
        _text("status", "ok, partial, not_a_report or failed", "status"),
        _text("kind", "what the page is, see the labels", "kind"),
        _text("era", "the form that the report follows, see the labels", "era"),
        _text("title", "title", "title.value"),
        _text("agency", "full official name of the issuing body", "records.agency.value"),
        _text("agency_id", "region code and canonical name: the same over years and spellings", "records.agency.id"),
        _text("agency_level", "administrative level, see the labels", "records.agency.level"),
        _text("agency_kind", "kind of body", "records.agency.kind"),
        _text("agency_scope", "body, or region where the report sums up a whole region", "records.agency.scope"),
        _text("province", "where the body sits, as GB/T 2260 names it", "records.agency.region.province"),
        _text("city", "the same", "records.agency.region.city"),
        _text("county", "the same", "records.agency.region.county"),
        _text("township", "the same", "records.agency.region.township"),
        _text("region_code", "GB/T 2260 code of the lowest level known", "records.agency.region.code"),
        _number("agency_confidence", "0 to 1", "records.agency.confidence"),
        _whole("year", "the year reported on", "records.year.value"),
        _number("year_confidence", "0 to 1", "records.year.confidence"),
        _text("period_start", "first day of the statistical period as printed", "period.value[1]"),
        _text("period_end", "its last day", "period.value[2]"),
        _text("published", "date of publication; a month when no day is given", "published.value"),
        _text("signed", "date below the report", "signed.value"),
        *(_text(f"given_{name}", f"{name}, as a manifest has it", f"given.{name}") for name in GIVEN),
        _text("version", "of nianbao", "producer.version"),
        _text("catalogue", "digest of the catalogues that the record was made with", "producer.catalogue"),
        _text("models", "versions of the models, as JSON", "producer.models"),
        _text("text", "the whole text, with --with-text only", "text"),
    ),
    _table(
        "indicators", "one row an indicator that the report gives for its own body and year",
        _each("map_values(indicators)", keep="doc, unnest(map_keys(indicators)) AS indicator"),
        _text("indicator", "id, see the indicators", "indicator"),
        _number("value", "the printed figure, money in yuan"),
        _text("unit", "its unit"),
        _flag("approx", "whether the print says about, over or nearly"),
        _text("source", "prose, zero (stated as none), table, metadata, title or derived"),
        _text("rule", "the relation that a derived value comes from"),
        *_SPANS, _CONFIDENCE,
    ),
    _table(
        "facts", "one row a figure in prose that was linked to an indicator, whether it counts or not", _each("facts"),
        _text("indicator", "id, see the indicators"),
        _number("value", "the figure, money in yuan"),
        _text("unit", "its unit"),
        _flag("approx", "whether the print says about, over or nearly"),
        _text("scope", "whose figure: own, region, other or unknown"),
        _whole("year", "of which year"),
        _text("status", "fact, plan or rule"),
        _flag("cumulative", "whether it sums up several years"),
        _flag("used", "whether it became the indicator"),
        *_SPANS, _CONFIDENCE,
    ),
    _table(
        "cells", "one row a cell of an official form, or of a table that follows none", _CELLS,
        _whole("table", "which table of the page, counted from 0", "number"),
        _text("form", "id, see the forms; unknown where none fits", "form"),
        _text("row", "id of the row; its number, from 0, in an unknown table"),
        _text("column", "id of the column; its number, from 0, in an unknown table"),
        _number("value", "the printed number in the unit of the cell; NULL whenever the state is not printed"),
        _text("state", "printed, blank, dash, text, unreadable or missing; a printed 0 is printed"),
        _text("unit", "unit of the value"),
        _text("text", "the print; of a form's cells with --with-text only", f"coalesce(v.text, {_PRINT})"),
        *_SPANS,
    ),
    _table(
        "paragraphs", "one row a segment of the text, in order", _each("paragraphs", keep="doc, text"),
        _whole("number", "which of the text, counted from 0", "number"),
        _text("label", "its section, see the labels"),
        _text("secondary", "further sections, a space between", "nullif(array_to_string(v.secondary, ' '), '')"),
        _whole("heading_level", "1 for 一、, 2 for (一), 3 for 1., 4 for (1); NULL for what is no heading"),
        _text("text", "the segment, with --with-text only", _PRINT),
        *_SPANS, _CONFIDENCE,
    ),
    _table(
        "entities", "one row a mention", _each("entities"),
        _text("label", "what it is, see the labels"),
        _text("text", "as printed"),
        _text("value", "its normal form", "v.value ->> '$'"),
        _number("number", "the same, where it is a number", "if(json_type(v.value) <> 'VARCHAR', v.value, NULL)"),
        *_SPANS,
    ),
    _table(
        "items", "one row a stated problem or a measure",
        _each("list_concat(list_transform(problems, lambda i: {'kind': 'problem', 'i': i}),"
              " list_transform(measures, lambda i: {'kind': 'measure', 'i': i}))"),
        _text("kind", "problem or measure"),
        _text("text", "as printed", "v.i.text"),
        _text("tense", "past (done) or future (promised); NULL for problems", "v.i.tense"),
        _whole("start", "where it starts in the text, in code points", "v.i.start"),
        _whole("end", "where it ends, exclusive", 'v.i."end"'),
    ),
    _table(
        "contacts", "one row a way to reach the body",
        _each("e.value", "(SELECT doc, unnest(map_entries(contact)) AS e FROM records)", "doc, e.key AS field"),
        _text("field", "agency, address, postcode, phone, fax, email or website", "field"),
        _text("value", "its normal form"),
        _text("source", "where it was read"),
        *_SPANS, _CONFIDENCE,
    ),
    _table(
        "checks", "one row an instance of a relation that the figures have to keep", _each("checks"),
        _text("id", "the relation, see the checks"),
        _text("instance", "the row, column or cell that it was tried on"),
        _text("status", "pass, fail, or skip where an operand is not known"),
        _text("severity", "of a failure: hard, an error beyond doubt, or soft"),
        _number("left", "left side"),
        _number("right", "right side"),
        _text("at", "cells and spans that were compared, as JSON"),
        _text("detail", "what was found, in words"),
    ),
    _table(
        "conflicts", "one row a second figure that the report prints for the same thing", _each("conflicts"),
        _text("indicator", "id, see the indicators"),
        _number("kept", "the figure that stands"),
        _number("other", "the other one"),
        *_SPANS,
    ),
    _table(
        "others", "one row a further report on the same page", _each("others"),
        _text("title", "its title"),
        _text("agency", "its body"),
        _whole("year", "its year"),
        *_SPANS,
    ),
    _table(
        "warnings", "one row a thing that a reader of the record should know", _each("warnings"),
        _text("code", "see the warnings"),
        _text("detail", "particulars"),
        *_SPANS,
    ),
)  # fmt: skip
