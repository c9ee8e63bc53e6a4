"""The tables as workbooks, a sheet a table, and the official forms filled in where the reports are few.

A table that is longer than a sheet goes on in another one. Nothing is taken for a formula or a link.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import chain, count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nianbao.batch.tables import TABLES, Table
from nianbao.catalogue import Form, catalogue

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

WORKBOOK, FORMS = "nianbao.xlsx", "forms.xlsx"
MOST_ROWS = 1_048_576  # of a sheet, its header included
MOST_FORMS = 200  # reports for which the official forms are filled in, a sheet each
_STATES = {"blank": "", "dash": "—", "text": "…", "unreadable": "?", "missing": "×"}
_NO_NAME = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME = 31  # of a sheet
_FETCH = 10_000
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
Cells = Mapping[str, Mapping[str, tuple[float | None, str]]]


def write_workbooks(db: DuckDBPyConnection, out: Path) -> None:
    """Writes `nianbao.xlsx`, and `forms.xlsx` where there are few reports.

    Args:
      db: where the tables are.
      out: the output folder.
    """
    from xlsxwriter import Workbook

    draft = out / f"{WORKBOOK}.new"
    with Workbook(str(draft), _OPTIONS) as book:
        for table in TABLES:
            _write_table(book, db, table)
    draft.replace(out / WORKBOOK)
    forms = out / FORMS
    forms.unlink(missing_ok=True)
    reports = db.execute(
        "SELECT DISTINCT doc, agency, year FROM documents JOIN cells USING (doc) WHERE form <> 'unknown' ORDER BY doc"
    ).fetchall()
    if 0 < len(reports) <= MOST_FORMS:
        with Workbook(str(draft), {**_OPTIONS, "constant_memory": False}) as book:
            for doc, agency, year in reports:
                _write_forms(book, db, doc, _NO_NAME.sub(" ", f"{doc} {agency or ''} {year or ''}")[:_LONGEST_NAME])
        draft.replace(forms)


def _write_table(book: Any, db: DuckDBPyConnection, table: Table) -> None:
    found = db.execute(f"FROM {table.name}")
    rows = chain.from_iterable(iter(lambda: found.fetchmany(_FETCH), []))
    for number in count(1):
        sheet = book.add_worksheet(table.name if number == 1 else f"{table.name} {number}")
        sheet.freeze_panes(1, 1)
        sheet.write_row(0, 0, [column.name for column in table.columns])
        at = 0
        for at, row in enumerate(islice(rows, MOST_ROWS - 1), start=1):
            sheet.write_row(at, 0, row)
        if at < MOST_ROWS - 1:
            return


def _write_forms(book: Any, db: DuckDBPyConnection, doc: int, name: str) -> None:
    """The tables of a report as the official forms print them."""
    sheet, bold, at = book.add_worksheet(name), book.add_format({"bold": True}), 0
    sheet.set_column(0, 0, 48)
    for form, cells in _forms_of(db, doc):
        sheet.write_string(at, 0, form.title, bold)
        sheet.write_row(at + 1, 1, [column.label for column in form.headers], bold)
        at += 2
        for row in form.rows:
            sheet.write_string(at, 0, row.label)
            for place, column in enumerate(form.columns, start=1):
                value, state = cells.get(row.id or "", {}).get(column, (None, "blank"))
                sheet.write(at, place, _STATES.get(state, "") if value is None else value)
            at += 1
        at += 1


def _forms_of(db: DuckDBPyConnection, doc: int) -> Iterator[tuple[Form, Cells]]:
    query = """SELECT "table", form, row, "column", value, state FROM cells WHERE doc = ? AND form <> 'unknown'"""
    tables: dict[tuple[int, str], dict[str, dict[str, tuple[float | None, str]]]] = {}
    for number, form, row, column, value, state in db.execute(query, [doc]).fetchall():
        cells = tables.setdefault((number, form), defaultdict(dict))
        cells[row][column] = (value, state)
    for (_, form), cells in tables.items():
        yield catalogue().forms[form], cells
