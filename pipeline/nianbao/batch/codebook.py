"""The code book: what every table and column holds, and what the ids in them mean; made from schema and catalogues."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nianbao.batch.output import replace
from nianbao.batch.tables import TABLES
from nianbao.catalogue import Form, Indicator, catalogue
from nianbao.check.relations import describe, ranks
from nianbao.record import SCHEMA, WARNINGS

_HEAD = f"""# Code book

What is made of records `{SCHEMA}`. Each line of `records/*.jsonl` is one input; `doc` counts them from 0, and the
tables hang together by it. NULL (in CSV nothing at all, in a workbook an empty cell) is what the report does not say:
never 0, never an empty text. What stands in a cell of a form that holds no number is told by its `state`: a printed 0
is `printed` with value 0. A workbook cuts texts off at 32,767 characters.
"""


def codebook() -> dict[str, Any]:
    """The code book as data."""
    known = catalogue()
    return {
        "schema": SCHEMA,
        "catalogue": known.version,
        "tables": {
            table.name: {
                "about": table.about,
                "columns": {c.name: {"type": c.type, "about": c.about} for c in table.columns},
            }
            for table in TABLES
        },
        "indicators": {name: _indicator(found) for name, found in known.indicators.items()},
        "forms": {name: _form(form) for name, form in known.forms.items()},
        "checks": {name: dict(zip(("zh", "en"), describe(name), strict=True)) for name in ranks()},
        "labels": {name: [*values] for name, values in known.labels.items()},
        "warnings": WARNINGS,
    }


def write_codebook(out: Path) -> None:
    """Writes `codebook.json` and `codebook.md`."""
    book = codebook()
    text = json.dumps(book, ensure_ascii=False, indent=1) + "\n"
    for name, content in (("codebook.json", text), ("codebook.md", "\n".join(_lines(book)) + "\n")):
        replace(out / name, content)


def _indicator(indicator: Indicator) -> dict[str, str]:
    """Unit, group, and the words of the latest form that asks for it."""
    words = [
        row.label
        for form in sorted(catalogue().forms.values(), key=lambda form: form.years)
        for row in form.rows
        if indicator.id in (row.indicator, *row.indicators.values())
    ]
    return {"group": indicator.group, "unit": indicator.unit, "form": words[-1] if words else ""}


def _form(form: Form) -> dict[str, Any]:
    first, last = form.years
    return {
        "title": form.title,
        "years": f"{first}-{last if last < 9999 else ''}",
        "columns": {column.id: column.label for column in form.headers},
        "rows": {row.id: row.label for row in form.rows if row.id},
    }


def _lines(book: Mapping[str, Any]) -> Iterator[str]:
    """The code book as Markdown."""
    yield _HEAD
    for name, table in book["tables"].items():
        yield f"## Table `{name}`\n\n{table['about'].capitalize()}.\n"
        columns = table["columns"].items()
        yield from _grid(
            ("column", "type", "what stands in it"), [(f"`{n}`", c["type"], c["about"]) for n, c in columns]
        )
    yield "## Indicators\n"
    indicators = book["indicators"].items()
    yield from _grid(
        ("id", "unit", "group", "in the forms"), [(f"`{n}`", i["unit"], i["group"], i["form"]) for n, i in indicators]
    )
    for name, form in book["forms"].items():
        yield f"## Form `{name}`: {form['title']}, {form['years']}\n"
        for part in ("columns", "rows"):
            yield from _grid((part, "as printed"), [(f"`{n}`", label) for n, label in form[part].items()])
    yield "## Checks\n"
    yield from _grid(("id", "关系", "relation"), [(n, c["zh"], c["en"]) for n, c in book["checks"].items()])
    yield "## Labels\n"
    yield from _grid(("set", "values"), [(n, " ".join(f"`{v}`" for v in vs)) for n, vs in book["labels"].items()])
    yield "## Warnings\n"
    yield from _grid(("code", "meaning"), [(f"`{n}`", about) for n, about in book["warnings"].items()])


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for cells in (head, ["---"] * len(head), *rows):
        yield f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
    yield ""
