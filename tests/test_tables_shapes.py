"""The same form in every shape that pages leave of it gives the same cells, and damage never moves a number."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nianbao.catalogue import catalogue
from nianbao.document import Document, State, Table
from nianbao.tables import bind_tables
from table_shapes import LOOSE, SHAPES, Box, Numbers, Printed, document, grid_document, layout, lines, words

BEFORE, AFTER = "三、有关情况\n", "\n五、存在的主要问题及改进情况\n一是认识不够到位。二是内容有待充实。\n"
FORMS = sorted(catalogue().forms)
EVERY = SHAPES | LOOSE
QUICK = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])

figures = st.one_of(st.just(0), st.integers(0, 9), st.integers(0, 99999))


@st.composite
def filled(draw: st.DrawFn, name: str, *, blanks: bool = False) -> Numbers:
    """Numbers for every cell of a form, its totals right; some cells blank."""
    form = catalogue().forms[name]
    numbers = {}
    for row in form.rows:
        if row.id:
            width = len(form.columns_of(row.id))
            values = draw(st.lists(figures, min_size=width, max_size=width))
            if form.total:
                values[-1] = sum(values[:-1])
            kept = draw(st.lists(st.integers(0, 9), min_size=width, max_size=width)) if blanks else [1] * width
            numbers[row.id] = [str(value) if keep else "" for value, keep in zip(values, kept, strict=True)]
    return numbers


def read(page: Document, name: str) -> Table:
    """The one form on a page; every printed number must stand where its cell says."""
    forms = [table for table in bind_tables(page) if table.form != "unknown"]
    assert [table.form for table in forms] == [name], page.text
    for row in forms[0].cells.values():
        for cell in row.values():
            if cell.value is not None:
                assert cell.start is not None
                assert cell.end is not None
                assert forms[0].start <= cell.start < cell.end <= forms[0].end
                assert str(cell.value) in page.text[cell.start : cell.end].replace(",", "")
    return forms[0]


def differences(table: Table, numbers: Numbers) -> list[object]:
    form = catalogue().forms[table.form]
    return [
        (row, column, printed, table.cells[row][column])
        for row, values in numbers.items()
        for column, printed in zip(form.columns_of(row), values, strict=True)
        if table.cells[row][column].value != (int(printed) if printed else None)
    ]


@pytest.mark.parametrize("name", FORMS)
@QUICK
@given(st.data())
def test_every_shape_gives_the_same_cells(name: str, data: st.DataObject) -> None:
    numbers = data.draw(filled(name))
    printed = layout(name, numbers)
    for shape in EVERY.values():
        page = document(BEFORE + shape(printed) + AFTER)
        assert differences(read(page, name), numbers) == [], shape.__name__
    assert differences(read(grid_document(printed, BEFORE, AFTER), name), numbers) == []


@pytest.mark.parametrize("name", [name for name in FORMS if name != "review_litigation"])
@QUICK
@given(st.data())
def test_blank_cells_stay_blank_where_the_source_keeps_them(name: str, data: st.DataObject) -> None:
    numbers = data.draw(filled(name, blanks=True))
    printed = layout(name, numbers)
    pages = [document(BEFORE + shape(printed) + AFTER) for shape in SHAPES.values()]
    for page in [*pages, grid_document(printed, BEFORE, AFTER)]:
        table = read(page, name)
        assert differences(table, numbers) == [], page.text
        states = {cell.state for row in table.cells.values() for cell in row.values()}
        assert states <= {State.PRINTED, State.BLANK}


@pytest.mark.parametrize("shape", sorted(set(SHAPES) - {"one_line_pipes"}))
def test_a_form_left_blank_is_a_table_of_blank_cells(shape: str) -> None:
    for name in FORMS:
        form = catalogue().forms[name]
        numbers = {row.id: [""] * len(form.columns_of(row.id)) for row in form.rows if row.id}
        table = read(document(BEFORE + SHAPES[shape](layout(name, numbers)) + AFTER), name)
        assert {cell.state for row in table.cells.values() for cell in row.values()} == {State.BLANK}, name


Damage = Callable[[Printed, st.DataObject], Printed]


def is_label(box: Box) -> bool:
    return len(re.findall(r"[\u4e00-\u9fff]", box.text)) > 3


def broken_labels(printed: Printed, data: st.DataObject) -> Printed:
    """Labels over two lines."""

    def broken(box: Box) -> Box:
        if not is_label(box) or data.draw(st.booleans()):
            return box
        at = data.draw(st.integers(2, len(box.text) - 1))
        return replace(box, text=f"{box.text[:at]}\n{box.text[at:]}")

    return [[broken(box) for box in row] for row in printed]


def misprinted_labels(printed: Printed, data: st.DataObject) -> Printed:
    """One wrong character in some long labels."""

    def wrong(box: Box) -> Box:
        if len(box.text) < 9 or not is_label(box) or data.draw(st.integers(0, 3)):
            return box
        at = data.draw(st.sampled_from([m.start() for m in re.finditer(r"[\u4e00-\u9fff]", box.text)]))
        return replace(box, text=f"{box.text[:at]}口{box.text[at + 1 :]}")

    return [[wrong(box) for box in row] for row in printed]


def page_breaks(printed: Printed, data: st.DataObject) -> Printed:
    """Page numbers between rows."""
    out: Printed = []
    for number, row in enumerate(printed):
        if number > 3 and is_label(row[0]) and not data.draw(st.integers(0, 5)):
            out.append([Box(data.draw(st.sampled_from(["- 3 -", "—4—", "第5页", "第 6 页 共 9 页"])))])
        out.append(row)
    return out


def further_rows(printed: Printed, data: st.DataObject) -> Printed:
    """Rows that a region added: their numbers belong to no row of the form."""
    out: Printed = []
    for number, row in enumerate(printed):
        out.append(row)
        values = [box for box in row if box.text.isdigit()]
        if number > 3 and values and len(row) < 15 and not data.draw(st.integers(0, 5)):
            label = data.draw(st.sampled_from(["省定指标一", "其中:不动产登记", "电子邮件申请数", "街道办理事项"]))
            unit = [Box("条")] if len(row) == 3 and row[1].text else []
            out.append([Box(label), *unit, *(Box("77") for _ in values)])
    return out


def units_in_cells(printed: Printed, data: st.DataObject) -> Printed:
    """Thousands separators, units behind the numbers."""

    def written(box: Box) -> Box:
        if not box.text.isdigit() or data.draw(st.booleans()):
            return box
        return replace(box, text=f"{int(box.text):,}" + data.draw(st.sampled_from(["", "件", "条"])))

    return [[written(box) for box in row] for row in printed]


LINED = ("lines", "spaced_lines", "lone_pipes", "line_pipes")


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize(
    ("damage", "shapes"),
    [
        (broken_labels, LINED),
        (misprinted_labels, tuple(EVERY)),
        (page_breaks, tuple(set(EVERY) - {"one_line", "one_line_pipes"})),
        (further_rows, tuple(EVERY)),
        (units_in_cells, tuple(EVERY)),
    ],
)
@settings(QUICK, max_examples=3)
@given(st.data())
def test_damage_moves_no_number(name: str, damage: Damage, shapes: tuple[str, ...], data: st.DataObject) -> None:
    numbers = data.draw(filled(name))
    printed = damage(layout(name, numbers), data)
    for shape in shapes:
        table = read(document(BEFORE + EVERY[shape](printed) + AFTER), name)
        moved = [d for d in differences(table, numbers) if d[3].value is not None]  # type: ignore[index]
        assert moved == [], shape
        if damage is not misprinted_labels:
            assert differences(table, numbers) == [], shape


@pytest.mark.parametrize("name", ["requests_2019", "requests_2021"])
@pytest.mark.parametrize("shape", ["lines", "spaced_lines", "pipes", "compact_tabs", "words"])
@settings(QUICK, max_examples=3)
@given(st.data())
def test_labels_overwritten_by_a_value_are_left_out(name: str, shape: str, data: st.DataObject) -> None:
    numbers = data.draw(filled(name))
    printed = [
        [replace(box, text=" 0") if re.match(r"\d\.", box.text) else box for box in row]
        for row in layout(name, numbers)
    ]
    table = read(document(BEFORE + EVERY[shape](printed) + AFTER), name)
    assert differences(table, numbers) == []
    sure = [cell.confidence for row in ("denied_internal", "unable_unclear") for cell in table.cells[row].values()]
    assert max(sure) < table.cells["requests_received"]["total"].confidence == 1


@pytest.mark.parametrize("shape", sorted(EVERY))
@QUICK
@given(filled("statistics_2014"))
def test_serial_numbers_are_no_values(shape: str, numbers: Numbers) -> None:
    printed = [[Box(str(number or "序号")), *row] for number, row in enumerate(layout("statistics_2014", numbers))]
    table = read(document(BEFORE + EVERY[shape](printed) + AFTER), "statistics_2014")
    assert differences(table, numbers) == []


@pytest.mark.parametrize("name", ["requests_2019", "statistics_2014"])
@pytest.mark.parametrize("shape", [lines, words])
@QUICK
@given(st.data())
def test_a_header_repeated_on_the_next_page_holds_no_values(
    name: str, shape: Callable[[Printed], str], data: st.DataObject
) -> None:
    numbers = data.draw(filled(name))
    printed = layout(name, numbers)
    head = 3 if name == "requests_2019" else 1
    at = data.draw(st.integers(head + 3, len(printed) - 3))
    page = document(BEFORE + shape([*printed[:at], *printed[:head], *printed[at:]]) + AFTER)
    assert differences(read(page, name), numbers) == []
