"""What is inconsistent in a gold annotation: arithmetic of tables, prose against tables, sources of indicators."""

from __future__ import annotations

from collections.abc import Iterator

from nianbao.catalogue import Form, catalogue
from nianbao.train.gold import Gold
from nianbao.train.marked import Sample

_BLOCKS = ("upheld", "corrected", "other", "pending", "total")


def faults(sample: Sample) -> Iterator[str]:
    """Yields one line for each inconsistency; an empty iterator means that the annotation holds together."""
    gold = sample.gold
    if gold.kind not in ("report", "report_with_cover", "statistics_only", "attachment_stub"):
        if gold.indicators or gold.tables or gold.facts or gold.year or gold.agency:
            yield f"a {gold.kind} has no agency, year, facts, tables or indicators"
        return
    printed = table_indicators(gold)
    for indicator, value in printed.items():
        if gold.indicators.get(indicator) != value:
            yield f"{indicator}: the table gives {value}, indicators has {gold.indicators.get(indicator)}"
    stated: set[str] = set()
    for fact in gold.facts:
        for indicator in fact.indicators if fact.used else []:
            stated.add(indicator)
            if indicator not in printed and gold.indicators.get(indicator) != fact.value:
                listed = gold.indicators.get(indicator)
                yield f"{indicator}: prose states {fact.text} = {fact.value}, indicators has {listed}"
    stated |= set(gold.regional)
    derived = {"requests_denied", "other_handling", "requests_answered", "procurement_amount", "admin_fees_amount"} | {
        f"litigation_{b}" for b in _BLOCKS
    }
    for indicator in gold.indicators:
        if indicator not in printed and indicator not in stated and indicator not in derived:
            blank = any(indicator in t.cells and t.cells[indicator].get("total", 0) is None for t in gold.tables)
            if not blank:
                yield f"{indicator}: no table cell, used fact or zero statement gives it"
    yield from _arithmetic(gold)


def table_indicators(gold: Gold) -> dict[str, float]:
    """The indicators that the gold's tables print, in the record's units."""
    out: dict[str, float] = {}
    for table in gold.tables:
        form = catalogue().forms[table.form]
        if form.id == "review_litigation":
            out |= _review(table.cells)
            continue
        for row in form.rows:
            for column, value in table.cells.get(row.id or "", {}).items():
                indicator = row.indicators.get(column) or (row.indicator if column in ("value", "total") else None)
                # 采购总金额 and 收费金额 have units of their own making (元 or 万元): not compared here
                if indicator and value is not None and not indicator.endswith("_amount"):
                    out[indicator] = round(value * row.scale, 6)
    return out


def _review(cells: dict[str, dict[str, float | None]]) -> dict[str, float]:
    out: dict[str, float] = {}
    for column in _BLOCKS:
        review = cells.get("review", {}).get(column)
        if review is not None:
            out[f"review_{column}"] = review
        parts = [cells.get(block, {}).get(column) for block in ("lit_direct", "lit_after_review")]
        known = [p for p in parts if p is not None]
        if len(known) == len(parts):
            out[f"litigation_{column}"] = sum(known)
    return out


def _arithmetic(gold: Gold) -> Iterator[str]:
    """The hard sums of the tables against `checks_fail`, both ways."""
    failing: set[str] = set()
    tables = {t.form: t.cells for t in gold.tables}
    for name in ("requests_2019", "requests_2021"):
        if name in tables:
            failing |= _requests(catalogue().forms[name], tables[name])
    for number, block in enumerate(("review", "lit_direct", "lit_after_review"), 1):
        row = tables.get("review_litigation", {}).get(block, {})
        if None not in [row.get(c) for c in _BLOCKS] and row["total"] != sum(row[c] or 0 for c in _BLOCKS[:4]):
            failing.add(f"T4-0{number}")
    listed = {c for c in gold.checks_fail if c in {"T3-01", "T3-02", "T3-03", "T4-01", "T4-02", "T4-03"}}
    if failing != listed:
        yield f"arithmetic: the tables fail {sorted(failing)}, checks_fail lists {sorted(listed)}"


def _requests(form: Form, cells: dict[str, dict[str, float | None]]) -> set[str]:
    rows = [r.id for r in form.rows if r.id]
    failing: set[str] = set()
    for column in form.columns:
        at = {r: cells.get(r, {}).get(column) for r in rows}
        ends = [at[r] for r in ("requests_received", "requests_carried_in", "requests_closed", "requests_carried_out")]
        if None not in ends and (ends[0] or 0) + (ends[1] or 0) != (ends[2] or 0) + (ends[3] or 0):
            failing.add("T3-01")
        results = [at[r] for r in rows[2 : rows.index("requests_closed")]]
        if (
            None not in results
            and at["requests_closed"] is not None
            and sum(v or 0 for v in results) != at["requests_closed"]
        ):
            failing.add("T3-02")
    for row in rows:
        values = [cells.get(row, {}).get(c) for c in form.columns]
        if None not in values and sum(v or 0 for v in values[:-1]) != values[-1]:
            failing.add("T3-03")
    return failing
