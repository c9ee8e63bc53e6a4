"""The catalogue of relations: `relations.toml`, validated and compiled to index arithmetic over flattened tables.

A table of a known form is flattened to one vector of numbers (row by row, `None` where no number is printed), money in
万元. A compiled case holds the positions of its operands in that vector, so a check is a pick, a look for `None` and
two sums.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from nianbao.catalogue import CatalogueError, Entry, Form, catalogue, load_toml
from nianbao.check.evidence import CellRef, Check, Severity

Operator = Literal["=", "<=", ">=", "~", "=>", "<=>", "count"]
Operands = tuple[float | None, ...]


class Case(Entry):
    """One way in which a relation reads a form; the fields are explained at the head of the catalogue."""

    forms: tuple[str, ...]
    per: Literal["once", "row", "column", "cell"] = "once"
    instance: str = ""
    rows: tuple[str, ...] = ()
    decimals: tuple[str, ...] = ()
    left: tuple[str | float, ...] = ()
    op: Operator
    right: tuple[str | float, ...] = ()
    tolerance: float = 0
    soft: Literal["", "<", ">"] = ""
    years: tuple[int, int] | None = None
    levels: tuple[str, ...] = ()
    enacting: bool | None = None


class Relation(Entry):
    """A relation: its names, how grave a violation is, and either cases over tables or indicators of the prose."""

    id: str
    severity: Severity
    zh: str
    en: str
    indicators: tuple[str, ...] = ()
    states: Literal["number", "zero", "any"] = "any"
    cases: tuple[Case, ...] = Field(default=(), alias="case")


class Difference(Entry):
    """Cells by whose sum prose and table may honestly differ, where the pattern `said` stands near."""

    cells: tuple[str, ...]
    said: str = ""


class Sum(Entry):
    """A figure that a table prints as a sum of cells; `more` and `less` are honest differences of the prose."""

    id: str
    cells: tuple[str, ...]
    words: tuple[str, ...] = ()
    more: tuple[Difference, ...] = ()
    less: tuple[Difference, ...] = ()


class Breakdown(Entry):
    """A list in prose that adds up; every word is a regular expression. Explained at the entries of the catalogue."""

    id: str
    parts: tuple[str, ...]
    total: tuple[str, ...]
    without: tuple[str, ...]
    settled: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()


def _alternatives(words: Any) -> Any:
    return "|".join(words) if isinstance(words, list) else words


Pattern = Annotated[re.Pattern[str], BeforeValidator(_alternatives)]


class Words(Entry):
    """What the checks of prose look for; each is explained in the catalogue."""

    part: Pattern
    compared: Pattern
    cumulative: Pattern
    not_total: Pattern
    share: Pattern
    list: Pattern
    sorted: Pattern
    nested: Pattern
    rest: Pattern
    kinds: Pattern
    channels: Pattern
    all_closed: Pattern
    some_left: Pattern
    not_requests: Pattern
    in_time: Pattern
    all_upheld: Pattern
    lawsuit: Pattern
    before_lawsuit: Pattern
    other_year: Pattern
    region: Pattern
    fee_notice: Pattern
    none: Pattern


class Relations(Entry):
    """The whole of `relations.toml`."""

    money: tuple[str, ...]
    enacting: tuple[str, ...]
    aggregate: tuple[str, ...]
    columns: Mapping[str, str]
    sums: tuple[Sum, ...] = Field(alias="sum")
    words: Words
    breakdowns: tuple[Breakdown, ...] = Field(alias="breakdown")
    relations: tuple[Relation, ...] = Field(alias="relation")


@dataclass(frozen=True, slots=True)
class Test:
    """One instance of one case, ready to run: `pick` takes left and right operands out of a vector at once.

    `terms` are the operands' positions, the first `split` of them the left side; `where` names the row or column.
    `blank` and `zero` are the two most frequent outcomes, made once: an unknown operand, and all 0
    (which no operator objects to).
    """

    id: str
    severity: Severity
    instance: str
    where: str
    case: Case
    conditional: bool
    pick: Callable[[Sequence[float | None]], Operands]
    terms: tuple[int, ...]
    split: int
    blank: Check
    zero: Check


@dataclass(frozen=True, slots=True)
class Counted:
    """A relation that looks at every cell by itself; `whole` are the positions that may have no fraction."""

    id: str
    severity: Severity
    whole: frozenset[int]


@dataclass(frozen=True, slots=True)
class Figure:
    """How a form prints an indicator or a group of outcomes: positions to add up, honest differences of the prose."""

    cells: tuple[int, ...]
    more: tuple[tuple[tuple[int, ...], str], ...] = ()
    less: tuple[tuple[tuple[int, ...], str], ...] = ()


@dataclass(frozen=True, slots=True)
class Program:
    """All that one form is checked for. The vector is `cells`, then `constants`, then the values of `indicators`."""

    rows: tuple[tuple[str, tuple[str, ...]], ...]
    labels: Mapping[str, str]
    cells: tuple[CellRef, ...]
    money: tuple[int, ...]
    constants: tuple[float, ...]
    indicators: tuple[str, ...]
    tests: tuple[Test, ...]
    counted: tuple[Counted, ...]
    figures: Mapping[str, Figure]


@cache
def relations() -> Relations:
    """The shipped catalogue of relations.

    Raises:
      CatalogueError: a key or value that does not validate.
    """
    try:
        return Relations.model_validate(load_toml("relations.toml"))
    except ValidationError as why:
        raise CatalogueError(f"catalogue/relations.toml: {why}") from why


@cache
def programs() -> Mapping[str, Program]:
    """The compiled catalogue: form id to program, forms without relations included.

    Raises:
      CatalogueError: a case, sum or relation that names a form, row, column or indicator that is not there.
    """
    catalog, forms = relations(), catalogue().forms
    compiled = {form.id: _Compiler(form).program() for form in forms.values()}
    known = {*catalogue().indicators, *(entry.id for entry in catalog.sums)}
    for relation in catalog.relations:
        if unknown := {form for case in relation.cases for form in case.forms} - set(forms):
            raise _fault(relation.id, f"unknown forms {sorted(unknown)}")
        if unknown := set(relation.indicators) - known:
            raise _fault(relation.id, f"unknown indicators {sorted(unknown)}")
    cells = [{f"{cell.row}.{cell.column}" for cell in program.cells} for program in compiled.values()]
    for entry in catalog.sums:
        for wanted in (entry.cells, *(difference.cells for difference in (*entry.more, *entry.less))):
            if not any(have.issuperset(wanted) for have in cells):
                raise _fault(f"sum {entry.id}", f"no form has all of {wanted}")
    return compiled


@cache
def words() -> Words:
    """The patterns of the catalogue."""
    return relations().words


@cache
def severity(check: str) -> Severity:
    """How grave a violation of a relation is."""
    return relations().relations[ranks()[check]].severity


@cache
def ranks() -> Mapping[str, int]:
    """Relation id to its place in the catalogue."""
    return {relation.id: i for i, relation in enumerate(relations().relations)}


def describe(check: str) -> tuple[str, str]:
    """What a relation demands, in Chinese and in English.

    Raises:
      KeyError: no relation of this catalogue has the id.
    """
    relation = relations().relations[ranks()[check]]
    return relation.zh, relation.en


def _fault(where: str, what: str) -> CatalogueError:
    return CatalogueError(f"catalogue/relations.toml: {where}: {what}")


class _Compiler:
    """Turns the terms of one form's cases into positions."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.labels = {row.id: row.label for row in form.rows if row.id}
        self.cells = [CellRef(form.id, row, column) for row in self.labels for column in form.columns_of(row)]
        self.index = {(ref.row, ref.column): i for i, ref in enumerate(self.cells)}
        self.used = [(r, c) for r in relations().relations for c in r.cases if form.id in c.forms]
        terms = [term for _, case in self.used for term in (*case.left, *case.right)]
        self.constants = sorted({t for t in terms if not isinstance(t, str)})
        self.indicators = sorted({t for t in terms if isinstance(t, str) and t.startswith("@")})

    def program(self) -> Program:
        catalog = relations()
        return Program(
            rows=tuple((row, self.form.columns_of(row)) for row in self.labels),
            labels=self.labels,
            cells=tuple(self.cells),
            money=tuple(i for i, ref in enumerate(self.cells) if f"{ref.row}.{ref.column}" in catalog.money),
            constants=tuple(self.constants),
            indicators=tuple(i[1:] for i in self.indicators),
            tests=tuple(t for r, c in self.used if c.op != "count" for t in self.tests(r, c)),
            counted=tuple(self.counted(r, c) for r, c in self.used if c.op == "count"),
            figures=self.figures(),
        )

    def tests(self, relation: Relation, case: Case) -> Iterator[Test]:
        conditional = bool(case.years or case.levels or case.enacting is not None)
        for row, column in self.instances(case, relation.id):
            terms = tuple(self.position(term, row, column, relation.id) for term in (*case.left, *case.right))
            where = self.labels.get(row) or relations().columns.get(column, "")
            instance = case.instance or row or column
            yield Test(
                id=relation.id,
                severity=relation.severity,
                instance=instance,
                where=where,
                case=case,
                conditional=conditional,
                pick=itemgetter(*terms),
                terms=terms,
                split=len(case.left),
                blank=Check(relation.id, instance, "skip", relation.severity, None, None, (), "有单元格没有数值"),
                zero=Check(relation.id, instance, "pass", relation.severity, 0, 0, (), ""),
            )

    def counted(self, relation: Relation, case: Case) -> Counted:
        if unknown := set(case.decimals) - set(self.labels):
            raise _fault(relation.id, f"unknown rows {sorted(unknown)}")
        whole = frozenset(i for i, ref in enumerate(self.cells) if ref.row not in case.decimals)
        return Counted(relation.id, relation.severity, whole)

    def instances(self, case: Case, check: str) -> Iterator[tuple[str, str]]:
        """The (row, column) pairs, "" for not bound, for which a case is tested."""
        if unknown := set(case.rows) - set(self.labels):
            raise _fault(check, f"unknown rows {sorted(unknown)}")
        if case.per == "row":
            columns = {t[1:] for t in (*case.left, *case.right) if isinstance(t, str) and t.startswith(".")}
            fitting = [row for row in case.rows or self.labels if columns <= set(self.form.columns_of(row))]
            yield from ((row, "") for row in fitting)
        elif case.per == "column":
            yield from (("", column) for column in self.form.columns_of(str(case.left[0])))
        else:
            yield "", ""

    def position(self, term: str | float, row: str, column: str, check: str) -> int:
        if not isinstance(term, str):
            return len(self.cells) + self.constants.index(term)
        if term.startswith("@"):
            return len(self.cells) + len(self.constants) + self.indicators.index(term)
        name, _, at = term.partition(".")
        columns = self.form.columns_of(name or row)
        place = self.index.get((name or row, at or column or (columns[0] if len(columns) == 1 else "")))
        if place is None:
            raise _fault(check, f"{self.form.id} has no cell {term!r}")
        return place

    def figures(self) -> dict[str, Figure]:
        """What the form's cells say by themselves, then the sums whose cells it has."""
        out = {}
        for row in self.form.rows:
            own = dict(row.indicators) | ({"value": row.indicator, "total": row.indicator} if row.indicator else {})
            for column, indicator in own.items():
                if (row.id or "", column) in self.index:
                    out[indicator] = Figure((self.index[row.id or "", column],))
        for entry in relations().sums:
            if cells := self.all(entry.cells):
                more, less = (
                    tuple((by, d.said) for d in side if (by := self.all(d.cells))) for side in (entry.more, entry.less)
                )
                out[entry.id] = Figure(cells, more, less)
        return out

    def all(self, cells: Sequence[str]) -> tuple[int, ...]:
        """The positions of `cells`, or () when the form lacks one of them."""
        places = [self.index.get((row, column)) for row, _, column in (cell.partition(".") for cell in cells)]
        return tuple(place for place in places if place is not None) if None not in places else ()
