"""The tables of a report: the standard forms bound cell by cell, every other table as its rows of text."""

from __future__ import annotations

from nianbao.document import Document, Table
from nianbao.tables.align import Region, find_regions, rebind
from nianbao.tables.bind import Bound, bind_rows, form_cells
from nianbao.tables.cells import Token, read_tokens
from nianbao.tables.extent import extent
from nianbao.tables.header import UndecidedColumnError
from nianbao.tables.labels import mentions_form
from nianbao.tables.runon import bind_run_on
from nianbao.tables.unknown import unknown_tables

__all__ = ["bind_tables"]


def bind_tables(document: Document) -> list[Table]:
    """All tables of a document by start, offsets in the shadow.

    A form is told by its own labels, never by the year of the report. A table that no form claims has form `unknown`
    and its rows as text; navigation lines and metadata blocks are no tables.
    """
    tables: list[Table] = []
    if mentions_form(document.shadow):
        tokens = read_tokens(document)
        for region in find_regions(tokens):
            try:
                tables.append(_bind(tokens, region, document))
            except UndecidedColumnError:
                continue  # it stays a table of unknown form
    tables += unknown_tables(document, tables)
    return sorted(tables, key=lambda table: table.start)


def _bind(tokens: list[Token], region: Region, document: Document) -> Table:
    """Binds one region, to a rival edition where that leaves fewer numbers without a place."""
    bound = _bind_rows(tokens, region, document.shadow)
    for sheet in region.rivals if bound.unplaced else ():
        rival = rebind(tokens, region, sheet)
        other = _bind_rows(tokens, rival, document.shadow)
        if other.unplaced < bound.unplaced:
            region, bound = rival, other
    start, end = extent(tokens, region, bound, document)
    return Table(region.sheet.form.id, start, end, form_cells(region, bound, tokens))


def _bind_rows(tokens: list[Token], region: Region, shadow: str) -> Bound:
    return bind_run_on(tokens, region) if region.sheet.form.run_on else bind_rows(tokens, region, shadow)
