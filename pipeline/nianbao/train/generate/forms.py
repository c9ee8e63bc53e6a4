"""Official forms filled so that every relation of theirs holds, or with one error that is planted."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from nianbao.catalogue import Form

Cells = dict[str, dict[str, float | None]]
"""Printed numbers by row and column, as gold tables hold them."""

_REVIEW = ("upheld", "corrected", "other", "pending")
# most requests come from natural persons
_WEIGHTS = (20, 4, 1, 1, 2, 1)
_SPAN = (0.0, 3.4)  # powers of ten between which the number of requests is drawn


def split(total: int, weights: Sequence[float], rng: random.Random) -> list[int]:
    """A total in parts, by chance and weight."""
    parts = [0] * len(weights)
    if not any(weights):
        return parts
    shares = [rng.random() ** 3 * weight for weight in weights]
    whole = sum(shares) or 1
    parts = [int(total * share / whole) for share in shares]
    for i in rng.choices(range(len(weights)), weights, k=total - sum(parts)):
        parts[i] += 1
    return parts


def size(rng: random.Random) -> int:
    """A number of requests, from none to some thousands, small ones more often."""
    return int(10 ** rng.uniform(*_SPAN)) - 1


def fill_requests(form: Form, must: Mapping[str, int], rng: random.Random) -> Cells:
    """Table 3: what came in and was carried in is what was closed and carried out, in every column.

    Args:
      form: `requests_2019` or `requests_2021`.
      must: the sign that a row's total has to have, by row: 0 for none, 1 for some.
      rng: what is drawn from.
    """
    rows = [row.id for row in form.rows if row.id]
    ends = ("requests_received", "requests_carried_in", "requests_closed", "requests_carried_out")
    outcomes = [row for row in rows if row not in ends]
    columns = form.columns[:-1]
    received = split(max(size(rng), must.get(ends[0], 0)) if must.get(ends[0]) != 0 else 0, _WEIGHTS, rng)
    few = sum(received) // 12 + rng.randrange(3)
    carried = split(max(few, must.get(ends[1], 0)) if must.get(ends[1]) != 0 else 0, _WEIGHTS, rng)
    due = [a + b for a, b in zip(received, carried, strict=True)]
    wanted = [row for row in outcomes if must.get(row)]
    left = min(sum(due) // 8 + must.get(ends[3], 0), max(sum(due) - len(wanted), 0)) if must.get(ends[3]) != 0 else 0
    out = _share(left, due, rng)
    closed = [a - b for a, b in zip(due, out, strict=True)]
    likely = [0 if must.get(row) == 0 else rng.choice((0, 0, 0, 1, 2, 6)) for row in outcomes]
    likely[0] = 9 if must.get(outcomes[0]) != 0 else 0
    results = [split(count, likely if any(likely) else [1] * len(outcomes), rng) for count in closed]
    for row in wanted:  # one request of the commonest outcome ends otherwise
        i = outcomes.index(row)
        if not any(result[i] for result in results):
            fullest = max(results, key=max)
            fullest[fullest.index(max(fullest))] -= 1
            fullest[i] += 1
    table = dict(zip(ends, (received, carried, closed, out), strict=True))
    table |= {row: [result[i] for result in results] for i, row in enumerate(outcomes)}
    return {row: dict(zip((*columns, "total"), (*table[row], sum(table[row])), strict=True)) for row in rows}


def _share(total: int, most: Sequence[int], rng: random.Random) -> list[int]:
    """A total in parts none of which is over its bound."""
    pool = [i for i, count in enumerate(most) for _ in range(count)]
    chosen = rng.sample(pool, total)
    return [chosen.count(i) for i in range(len(most))]


def fill_review(form: Form, must: Mapping[str, int], rng: random.Random) -> Cells:
    """Table 4: every block adds up."""
    out: Cells = {}
    for row in form.rows:
        name = row.id or ""
        total = rng.choice((0, 0, 0, 1, 1, 2, 3, 5, 9, 24)) if must.get(name) != 0 else 0
        parts = split(max(total, must.get(name, 0)), (6, 1, 2, 2), rng)
        out[name] = dict(zip((*_REVIEW, "total"), (*parts, sum(parts)), strict=True))
    return out


def fill_disclosure(form: Form, old: Cells, rng: random.Random) -> Cells:
    """Table 2: fresh counts under the relations of the form; money, and what is none, stay as they are."""
    out: Cells = {row: dict(columns) for row, columns in old.items()}
    documents = out.get("normative_docs")
    if documents and form.id == "disclosure_2021":
        issued, repealed = rng.randrange(6), rng.randrange(3)
        documents.update(issued=issued, repealed=repealed, in_force=issued + rng.randrange(40))
    elif documents:
        made, total = rng.randrange(9), rng.randrange(60)
        new = rng.randint(0, made)
        documents.update(made=made, newly_published=new, published_total=new + total)
    for row in ("licensing", "other_services", "punishment", "coercion"):
        cells = out.get(row, {})
        if cells.get("decisions"):
            cells["decisions"] = int(10 ** rng.uniform(0, 4.5))
        if "items_prev" in cells and "items_delta" in cells and cells.get("items_prev"):
            before = rng.randint(1, 300)
            cells.update(items_prev=before, items_delta=rng.choice((0, 0, 0, rng.randint(-before // 2, 20))))
            if before + (cells["items_delta"] or 0) <= 0:
                cells["items_delta"] = 0
    return out


_PARTS: tuple[tuple[str, tuple[str, ...], tuple[float, ...]], ...] = (
    ("requests_received", ("requests_in_person", "requests_fax", "requests_online", "requests_letter"), (3, 0.3, 6, 3)),
    ("requests_closed", ("requests_closed_on_time", "requests_closed_extended"), (9, 1)),
    (
        "requests_answered",
        ("requests_already_public", "requests_granted", "requests_partial", "requests_denied",
         "requests_not_this_agency", "requests_not_exist", "requests_need_correction", "requests_other_route"),
        (4, 9, 1, 2, 2, 2, 1, 1),
    ),
    (
        "requests_denied",
        ("denied_state_secret", "denied_trade_secret", "denied_privacy", "denied_security",
         "denied_not_government_information", "denied_other_law"),
        (1, 1, 2, 1, 2, 1),
    ),
    ("review_total", ("review_upheld", "review_corrected", "review_other"), (6, 1, 2)),
    ("litigation_total", ("litigation_upheld", "litigation_corrected", "litigation_other"), (6, 1, 2)),
)  # fmt: skip


def fill_statistics(old: Cells, must: Mapping[str, int], rng: random.Random) -> Cells:
    """The form of 2014: requests, reviews and lawsuits anew, each sum right; the rest as it is."""
    out: Cells = {row: dict(columns) for row, columns in old.items()}

    def put(row: str, value: int) -> None:
        out[row] = {"value": value}

    def draw(row: str, value: int) -> int:
        return 0 if must.get(row) == 0 else max(value, must.get(row, 0))

    received = draw("requests_received", size(rng))
    put("requests_received", received)
    for row in ("requests_closed", "requests_answered"):
        put(row, 0 if must.get(row) == 0 else received)
    for row in ("review_total", "litigation_total"):
        put(row, draw(row, rng.choice((0, 0, 1, 2, 3, 7)) if received else 0))
    for total, parts, weights in _PARTS:
        likely = [0 if must.get(part) == 0 else weight for part, weight in zip(parts, weights, strict=True)]
        for part, value in zip(parts, split(int(out[total]["value"] or 0), likely, rng), strict=True):
            put(part, value)
    return out


def plant(form: Form, cells: Cells, kind: str, rng: random.Random) -> str | None:
    """Puts one error of a kind into a consistent form.

    Returns:
      The relation that it breaks first of all; None where the form has no place for it, and nothing was changed.
    """
    if form.id == "review_litigation":
        return _mistype_review(cells, rng) if kind == "total" else None
    if form.id == "statistics_2014":
        return _mistype_statistics(cells, rng) if kind in ("total", "cell") else None
    if not form.total or any(v is None for row in cells.values() for v in row.values()):
        return None
    inner = [row.id for row in form.rows if row.id and row.id not in ("requests_received", "requests_carried_in")]
    match kind:
        case "carried":
            return _forget_carried(cells)
        case "total":
            row = cells["requests_closed"]
            row["total"] = _mistyped(int(row["total"] or 0), rng)
            return "T3-03"
        case "cell":
            row = cells[rng.choice(inner[:-2])]
            column = rng.choice(form.columns[:-1])
            row[column] = (row[column] or 0) + rng.randint(1, 3)
            return "T3-03"
        case "shift":  # the total falls off; the last column takes its place, and must not happen to be right
            last = form.columns[-2]
            rows = [r for r in inner if cells[r]["total"] and 2 * (cells[r][last] or 0) != cells[r]["total"]]
            if not rows:
                return None
            row = cells[rng.choice(rows)]
            row.update(zip(row, [0, *list(row.values())[:-1]], strict=True))
            return "T3-03"
    return None


def _forget_carried(cells: Cells) -> str | None:
    """What was carried in is missing in what is carried out: closed and carried out make up the new ones alone."""
    carried, out = cells["requests_carried_in"], cells["requests_carried_out"]
    if not carried["total"] or any((out[c] or 0) < (carried[c] or 0) for c in out):
        return None
    for column in out:
        out[column] = (out[column] or 0) - (carried[column] or 0)
    return "T3-01"


def _mistyped(number: int, rng: random.Random) -> int:
    """A number with one digit wrong or two digits in each other's place."""
    digits = list(str(number))
    if len(digits) > 1 and digits[-1] != digits[-2] and rng.random() < 0.5:
        digits[-1], digits[-2] = digits[-2], digits[-1]
    else:
        digits[-1] = str((int(digits[-1]) + rng.randint(1, 9)) % 10)
    return int("".join(digits))


def _mistype_review(cells: Cells, rng: random.Random) -> str | None:
    rows = [row for row in cells if None not in cells[row].values()]
    if not rows:
        return None
    name = rng.choice(rows)
    cells[name]["total"] = _mistyped(int(cells[name]["total"] or 0), rng)
    return {"review": "T4-01", "lit_direct": "T4-02", "lit_after_review": "T4-03"}[name]


def _mistype_statistics(cells: Cells, rng: random.Random) -> str | None:
    known = {"requests_received": "S14-01", "requests_closed": "S14-02", "requests_denied": "S14-04"}
    rows = [r for r in known if cells.get(r, {}).get("value")]
    if not rows:
        return None
    name = rng.choice(rows)
    part = next(parts for total, parts, _ in _PARTS if total == name)
    row = cells[max(part, key=lambda p: cells[p]["value"] or 0)]
    row["value"] = (row["value"] or 0) + rng.randint(1, 3)
    return known[name]
