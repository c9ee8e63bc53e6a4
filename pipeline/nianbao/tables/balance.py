"""Rows whose numbers could not be placed, settled by the sums that hold between rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from nianbao.catalogue import catalogue, load_toml
from nianbao.document import State
from nianbao.tables.align import Sheet
from nianbao.tables.cells import Token
from nianbao.tables.readings import DOUBTED_PAIR, PAIR, SUMMED, Reading


@cache
def _balances(form: str) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """The pairs of row sets with equal sums in every column, from the catalogue of relations."""
    rows = {row.id for row in catalogue().forms[form].rows}
    cases = (case for relation in load_toml("relations.toml")["relation"] for case in relation.get("case", ()))
    return tuple(
        (tuple(case["left"]), tuple(case["right"]))
        for case in cases
        if form in case["forms"]
        and case.get("per") == "column"
        and case["op"] == "="
        and rows.issuperset([*case["left"], *case["right"]])
    )


def settle(sheet: Sheet, readings: dict[int, Reading]) -> None:
    """Places loose numbers where a relation of which all other rows are certain demands just those numbers.

    Blank cells count as 0 in the relation and stay blank. Two equal numbers are natural persons and total; in a table
    that fills other columns elsewhere that is less sure.
    """
    open_rows = {row for row, reading in readings.items() if reading.loose}
    if not open_rows:
        return
    if all(not any(reading.cells[1:-1]) and reading.empty is State.BLANK for reading in readings.values()):
        return
    progress = True
    while open_rows and progress:
        progress = False
        for row, due in list(_demands(sheet, readings, open_rows)):
            reading = _placed(readings[row].loose, due)
            if reading and row in open_rows:
                readings[row] = reading
                open_rows.discard(row)
                progress = True
    for row in open_rows:
        if readings[row].confidence == PAIR:
            readings[row] = readings[row]._replace(confidence=DOUBTED_PAIR)


def _demands(sheet: Sheet, readings: Mapping[int, Reading], open_rows: set[int]) -> Iterator[tuple[int, list[float]]]:
    """Yields each open row that is alone open in some relation, with the numbers that the relation demands of it."""
    for left, right in _balances(sheet.form.id):
        signs = {sheet.ids.index(name): sign for names, sign in ((left, 1), (right, -1)) for name in names}
        alone = open_rows.intersection(signs)
        if len(alone) != 1 or not set(signs) - alone <= readings.keys():
            continue
        row = alone.pop()
        sums = [
            sum(sign * _number(readings[other].cells[column]) for other, sign in signs.items() if other != row)
            for column in range(len(sheet.columns[row]))
        ]
        yield row, [-signs[row] * value for value in sums]


def _number(cell: Token | None) -> float:
    return (cell.lexeme.value or 0) if cell else 0


def _placed(found: Sequence[Token], due: Sequence[float]) -> Reading | None:
    """The numbers in the columns where they are due, or None when they are not the numbers that are due.

    Where nothing is due a cell may print 0 or nothing; which of them do shows only when all do or none does.
    """
    spare = [token for token in found if token.lexeme.value]
    if [token.lexeme.value for token in spare] != [value for value in due if value]:
        return None
    rest = iter(spare)
    cells = [next(rest) if value else None for value in due]
    return Reading(cells, State.BLANK if len(spare) == len(found) else State.UNREADABLE, SUMMED)
