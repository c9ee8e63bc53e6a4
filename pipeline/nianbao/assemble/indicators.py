"""The report's own indicators: from its tables, from its prose, and the few that may be derived."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nianbao.assemble.cite import Cite
from nianbao.catalogue import Form, catalogue
from nianbao.document import Cell, Fact, State, Table

_OUTCOMES = ("upheld", "corrected", "other", "pending", "total")
_LITIGATION = ("lit_direct", "lit_after_review")
_DENIED = (
    "denied_state_secret", "denied_other_law", "denied_security", "denied_third_party", "denied_internal",
    "denied_process", "denied_case_file", "denied_query",
)  # fmt: skip
_DERIVED_CONFIDENCE = 0.97
_YUAN = {"万元": 10_000, "亿元": 100_000_000, "千元": 1000}


@dataclass(frozen=True, slots=True)
class Value:
    """An indicator's value with unit and approx."""

    cite: Cite[float]
    approx: bool = False


@dataclass(frozen=True, slots=True)
class Clash:
    """A second figure printed for the same indicator."""

    indicator: str
    kept: float
    other: float
    start: int
    end: int


def indicators(tables: Sequence[Table], facts: Sequence[Fact]) -> tuple[dict[str, Value], list[Clash]]:
    """The indicators in the catalogue's order, and the conflicts: where table and prose disagree, the table stands."""
    found: dict[str, Value] = {}
    for table in tables:
        for indicator, value in _from_table(table):
            found.setdefault(indicator, value)
    clashes: list[Clash] = []
    for fact in sorted((f for f in facts if f.used), key=lambda f: (-f.confidence, f.start)):
        kept = found.get(fact.indicator)
        if kept is None:
            source = "zero" if fact.zero else "prose"
            cite = Cite(fact.value, fact.start, fact.end, source, fact.confidence)
            found[fact.indicator] = Value(cite, fact.approx)
        elif kept.cite.value != fact.value:
            clashes.append(Clash(fact.indicator, kept.cite.value, fact.value, fact.start, fact.end))
    for indicator, value in _derived(tables):
        found.setdefault(indicator, value)
    order = list(catalogue().indicators)
    clashes.sort(key=lambda c: (c.start, c.indicator))
    return dict(sorted(found.items(), key=lambda i: order.index(i[0]))), clashes


def _from_table(table: Table) -> Iterator[tuple[str, Value]]:
    form = catalogue().forms.get(table.form)
    if form is None:
        return
    if form.id == "review_litigation":
        for outcome in _OUTCOMES:
            cell = table.cells["review"][outcome]
            if cell.value is not None:
                yield f"review_{outcome}", _cell_value(cell, 1)
        return
    for indicator, cell, scale in _bound(form, table.cells):
        if cell.value is not None:
            yield indicator, _cell_value(cell, _YUAN.get(cell.unit, 1) if scale is None else scale)


def _bound(form: Form, cells: Mapping[str, Mapping[str, Cell]]) -> Iterator[tuple[str, Cell, float | None]]:
    """The cells that are an indicator, with the factor to its unit; None where the cell's own unit decides (money)."""
    for row in form.rows:
        if row.id is None or row.id not in cells:
            continue
        money = row.scale != 1
        for column, cell in cells[row.id].items():
            if column in row.indicators:
                indicator = row.indicators[column]
                yield indicator, cell, None if indicator.endswith("_amount") else 1
            elif row.indicator and column in ("value", "total"):
                yield row.indicator, cell, None if money else 1


def _cell_value(cell: Cell, scale: float) -> Value:
    value = round((cell.value or 0) * scale, 6)
    number = int(value) if value == int(value) else value
    return Value(Cite(number, cell.start, cell.end, "table", cell.confidence))


def _derived(tables: Sequence[Table]) -> Iterator[tuple[str, Value]]:
    for table in tables:
        if table.form == "review_litigation":
            for outcome in _OUTCOMES:
                yield from _sum(f"litigation_{outcome}", [table.cells[b][outcome] for b in _LITIGATION], "T4-04")
        elif table.form in ("requests_2019", "requests_2021"):
            for row, cells in table.cells.items():
                parts = [c for name, c in cells.items() if name != "total"]
                if cells["total"].state in (State.BLANK, State.MISSING) and any(c.value is not None for c in parts):
                    yield from _sum(row, [c for c in parts if c.state != State.MISSING], "T3-03")
            yield from _sum("requests_denied", [_total(table, row) for row in _DENIED], "T3-02")


def _total(table: Table, row: str) -> Cell:
    """The total cell of a row, or what its parts give where the total is blank."""
    cells = table.cells[row]
    if cells["total"].value is None:
        parts = [c.value for name, c in cells.items() if name != "total"]
        if all(p is not None for p in parts):
            return Cell(State.PRINTED, sum(p or 0 for p in parts))
    return cells["total"]


def _sum(indicator: str, parts: Sequence[Cell], rule: str) -> Iterator[tuple[str, Value]]:
    """A derived sum, if every part is known."""
    values = [p.value for p in parts]
    if values and all(v is not None for v in values):
        total = sum(v or 0 for v in values)
        yield indicator, Value(Cite(total, None, None, "derived", _DERIVED_CONFIDENCE, rule))
