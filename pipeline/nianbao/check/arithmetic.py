"""The relations of the tables: flatten a table, run its program, name the cell that two failed sums point at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from nianbao.check.evidence import CellRef, Check, Evidence, Status, show
from nianbao.check.relations import Case, Counted, Figure, Program, Test, programs, relations
from nianbao.document import Table

_EPSILON = 1e-6
# to 万元, the unit of all money in a vector
_MONEY = {"元": 1e4, "千元": 10.0, "万元": 1.0, "亿元": 1e-4}
_WANT = {
    "=": "应相等",
    "<=": "左边应不大于右边",
    ">=": "左边应不小于右边",
    "~": "两边应相近",
    "=>": "左边大于0时右边应大于0",
    "<=>": "两边应同为0或同不为0",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of a known form as a vector of numbers, in the layout of its program."""

    program: Program
    vector: list[float | None]

    def total(self, cells: Sequence[int]) -> float | None:
        """The sum of the cells at these positions, None where one prints no number."""
        values = [self.vector[i] for i in cells]
        known = [v for v in values if v is not None]
        return sum(known) if len(known) == len(values) else None

    def places(self, cells: Sequence[int]) -> tuple[CellRef, ...]:
        """The references of the cells at these positions; constants and indicators have none."""
        return tuple(self.program.cells[i] for i in cells if i < len(self.program.cells))


@dataclass(frozen=True, slots=True)
class Printed:
    """An indicator as a table prints it; `value` in the record's unit, None where a cell of it prints no number."""

    sheet: Sheet
    figure: Figure
    value: float | None

    @property
    def places(self) -> tuple[CellRef, ...]:
        """The cells that print it."""
        return self.sheet.places(self.figure.cells)


def figure(sheets: Sequence[Sheet], indicator: str) -> Printed | None:
    """The first sheet's figure of an indicator, one with a value before one without; None when no form has it."""
    found = None
    for sheet in sheets:
        cells = sheet.program.figures.get(indicator)
        if cells:
            value = sheet.total(cells.cells)
            if value is not None and cells.cells[0] in sheet.program.money:
                value = round(value * 1e4, 4)
            found = Printed(sheet, cells, value)
            if value is not None:
                break
    return found


def flatten(table: Table, evidence: Evidence) -> Sheet | None:
    """The sheet of a table, or None for a form that the catalogue does not know."""
    program = programs().get(table.form)
    if program is None:
        return None
    vector: list[float | None] = []
    for row, columns in program.rows:
        printed = table.cells.get(row)
        if printed is None:
            vector.extend([None] * len(columns))
            continue
        for column in columns:
            cell = printed.get(column)
            vector.append(None if cell is None else cell.value)
    for i in program.money:
        value = vector[i]
        if value is not None:
            ref = program.cells[i]
            vector[i] = value / _MONEY.get(table.cells[ref.row][ref.column].unit, 1.0)
    vector.extend(program.constants)
    vector.extend(evidence.indicators.get(i) for i in program.indicators)
    return Sheet(program, vector)


def check_sheet(sheet: Sheet, evidence: Evidence) -> list[Check]:
    """Runs all relations of the sheet's form."""
    out: list[Check] = []
    failed: list[tuple[int, Test]] = []
    vector = sheet.vector
    for test in sheet.program.tests:
        if test.conditional:
            holds = _holds(test.case, evidence)
            if holds is None:
                out.append(replace(test.blank, detail="报告年度或机关层级不明"))
            if not holds:
                continue
        operands = test.pick(vector)
        if None in operands:
            out.append(test.blank)
            continue
        if not any(operands):
            out.append(test.zero)
            continue
        left, right = sum(operands[: test.split]), sum(operands[test.split :])  # type: ignore[arg-type]
        if left == right or _satisfied(test.case, left, right):
            out.append(Check(test.id, test.instance, "pass", test.severity, left, right, (), ""))
        else:
            failed.append((len(out), test))
            out.append(_failure(sheet, test, left, right))
    for i, suspicion in _suspects(sheet, [(i, test, out[i]) for i, test in failed]).items():
        out[i] = replace(out[i], detail=f"{out[i].detail};{suspicion}")
    for counted in sheet.program.counted:
        out.extend(_check_cells(sheet, counted))
    return out


def _holds(case: Case, evidence: Evidence) -> bool | None:
    """Whether a case concerns this report; None when what decides is unknown."""
    verdicts: list[bool | None] = []
    if case.years:
        verdicts.append(None if evidence.year is None else case.years[0] <= evidence.year <= case.years[1])
    if case.levels:
        verdicts.append(None if evidence.level is None else evidence.level in case.levels)
    if case.enacting is not None:
        may = _may_enact(evidence)
        verdicts.append(None if may is None else may == case.enacting)
    return False if False in verdicts else None if None in verdicts else True


def _may_enact(evidence: Evidence) -> bool | None:
    """Whether the body has the power to enact 规章; None when level or kind leave it open."""
    kinds = {kind for level, kind in (body.split("/") for body in relations().enacting) if level == evidence.level}
    if evidence.level is None:
        return None
    if not kinds or "*" in kinds:
        return bool(kinds)
    return None if evidence.kind is None else evidence.kind in kinds


def _satisfied(case: Case, left: float, right: float) -> bool:
    difference = left - right
    match case.op:
        case "=":
            return abs(difference) < _EPSILON
        case "<=":
            return difference < _EPSILON
        case ">=":
            return difference > -_EPSILON
        case "~":
            return abs(difference) <= case.tolerance * right + _EPSILON
        case "=>":
            return left <= 0 or right > 0
        case _:
            return (left > 0) == (right > 0)


def _failure(sheet: Sheet, test: Test, left: float, right: float) -> Check:
    innocent = test.case.soft and (test.case.soft == "<") == (left < right)
    detail = f"{test.where}:左边{show(left)},右边{show(right)},{_WANT[test.case.op]}".lstrip(":")
    severity = "soft" if innocent else test.severity
    return Check(test.id, test.instance, "fail", severity, left, right, sheet.places(test.terms), detail)


def _suspects(sheet: Sheet, failed: Sequence[tuple[int, Test, Check]]) -> dict[int, str]:
    """Where a sum over a row and one over a column miss by the same amount, the cell they share is the wrong one.

    Returns:
      For each such check (its key in `failed`) a sentence that names the cell and the value that would set both right.
    """
    sums = [(key, test, (c.left or 0) - (c.right or 0)) for key, test, c in failed if test.case.op == "="]
    out: dict[int, str] = {}
    for across, row, row_gap in sums:
        if row.case.per != "row":
            continue
        for down, column, gap in sums:
            shared = set(row.terms) & set(column.terms) if column.case.per == "column" else set()
            for cell in shared:
                excess = row_gap if row.terms.index(cell) < row.split else -row_gap
                same = gap if column.terms.index(cell) < column.split else -gap
                value = (sheet.vector[cell] or 0) - excess
                if abs(excess - same) < _EPSILON and value >= 0:
                    out[across] = out[down] = f"疑“{row.where}”{column.where}一格应为{show(value)}"
    return out


def _check_cells(sheet: Sheet, counted: Counted) -> Iterator[Check]:
    """One failed check for each cell that no count can be; without such a cell one check for the whole table."""
    cells = sheet.program.cells
    wrong = [
        (ref, value)
        for i, (ref, value) in enumerate(zip(cells, sheet.vector, strict=False))
        if value is not None and (value < 0 or (i in counted.whole and value != int(value)))
    ]
    for ref, value in wrong:
        instance, detail = f"{ref.row}.{ref.column}", f"{sheet.program.labels[ref.row]}:{show(value)}不是非负整数"
        yield Check(counted.id, instance, "fail", counted.severity, value, None, (ref,), detail)
    if not wrong:
        blanks = sheet.vector[: len(cells)].count(None)
        status: Status = "skip" if blanks else "pass"
        detail = f"{blanks}个单元格没有数值" if blanks else ""
        yield Check(counted.id, "", status, counted.severity, None, None, (), detail)
