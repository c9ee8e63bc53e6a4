"""What the tables stage reads from cells, rows, headers and the lines around; and what is no table."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nianbao.catalogue import catalogue
from nianbao.document import Cell, Grid, Table
from nianbao.tables import bind_tables
from table_shapes import (
    LOOSE,
    SHAPES,
    Box,
    Numbers,
    Printed,
    columns,
    document,
    grid_document,
    layout,
    lines,
    pipes,
    tabs,
)

Shape = Callable[[Printed], str]

BEFORE, AFTER = "三、有关情况\n", "\n五、存在的主要问题及改进情况\n一是认识不够到位。\n"


def zeros(name: str, **rows: list[str]) -> Numbers:
    """A form of zeros but for the rows given."""
    form = catalogue().forms[name]
    return {row.id: rows.get(row.id, ["0"] * len(form.columns_of(row.id))) for row in form.rows if row.id}


def bound(text: str) -> dict[str, Table]:
    """The tables of a text by form."""
    return {table.form: table for table in bind_tables(document(text))}


def row(cells: dict[str, Cell]) -> list[float | str]:
    """The values of a row, or the states of its cells."""
    return [cell.state.value if cell.value is None else cell.value for cell in cells.values()]


def rows_of(name: str, text: str, row_id: str) -> list[float | str]:
    return row(dict(bound(text)[name].cells[row_id]))


@pytest.mark.parametrize(
    ("printed", "value", "unit"),
    [
        ("31", 31, "项"),
        ("31批次", 31, "批次"),
        ("1,038", 1038, "项"),
        ("1,038件", 1038, "件"),
        ("未增未减", 0, "项"),
        ("持平", 0, "项"),
        ("无", 0, "项"),
        ("增2", 2, "项"),
        ("减1", -1, "项"),
        ("减少3项", -3, "项"),
        ("+3", 3, "项"),
        ("-1", -1, "项"),
        ("3.5万条", 35000, "条"),
        ("/", "dash", ""),
        ("—", "dash", ""),
        ("--", "dash", ""),
        ("**", "unreadable", ""),
        ("见附件", "text", ""),
    ],
)
def test_what_a_cell_prints(printed: str, value: float | str, unit: str) -> None:
    numbers = zeros("disclosure_2019", licensing=["5", printed, "9"])
    table = bound(BEFORE + pipes(layout("disclosure_2019", numbers)) + AFTER)["disclosure_2019"]
    cell = table.cells["licensing"]["items_delta"]
    assert (cell.state.value if cell.value is None else cell.value, cell.unit) == (value, unit)
    assert cell.start is not None
    assert [c.value for c in table.cells["licensing"].values() if c is not cell] == [5, 9]


@pytest.mark.parametrize(
    ("header", "printed", "value", "unit"),
    [
        ("采购总金额", "149.673874", 149.673874, "万元"),
        ("采购总金额", "9999", 9999, "万元"),
        ("采购总金额", "251000", 251000, "元"),
        ("采购总金额", "251000元", 251000, "元"),
        ("采购总金额", "235.6 万元", 235.6, "万元"),
        ("采购总金额(万元)", "251000", 251000, "万元"),
        ("采购总金额(单位:元)", "9999", 9999, "元"),
        ("采购总金额(单位:元)", "1,964.27万元", 1964.27, "万元"),
        ("采购总金额\n(元)", "77", 77, "元"),
    ],
)
def test_money_has_the_unit_of_its_cell_its_header_or_its_size(
    header: str, printed: str, value: float, unit: str
) -> None:
    text = lines(layout("disclosure_2019", zeros("disclosure_2019", procurement=["3", printed])))
    cell = bound(BEFORE + text.replace("采购总金额", header) + AFTER)["disclosure_2019"].cells["procurement"]["amount"]
    assert (cell.value, cell.unit) == (value, unit)


@pytest.mark.parametrize(("header", "unit"), [("单位:元", "元"), ("单位:万元", "万元")])
def test_collected_fees_have_the_unit_of_their_header(header: str, unit: str) -> None:
    text = lines(layout("disclosure_2021", zeros("disclosure_2021", fees_admin=["12860"]))).replace("单位:万元", header)
    cell = bound(BEFORE + text + AFTER)["disclosure_2021"].cells["fees_admin"]["amount"]
    assert (cell.value, cell.unit) == (12860, unit)


def test_the_unit_cell_of_a_row_stands_before_that_of_the_form() -> None:
    text = pipes(layout("statistics_2014", zeros("statistics_2014", budget=["8500"])))
    cells = bound(BEFORE + text + AFTER)["statistics_2014"].cells
    assert cells["budget"]["value"].unit == "万元"
    cells = bound(BEFORE + text.replace("| 万元 | 8500", "| 元 | 8500") + AFTER)["statistics_2014"].cells
    assert (cells["budget"]["value"].value, cells["budget"]["value"].unit) == (8500, "元")


# Rows of seven columns of which the flattened page keeps only the filled ones.
@pytest.mark.parametrize(
    ("printed", "expected", "least_sure"),
    [
        ([], ["blank"] * 7, 1),
        (["3", "3"], [3, *["blank"] * 5, 3], 0.7),
        (["3"], [*["blank"] * 6, 3], 0.6),
        (["3", "2", "5"], [*["unreadable"] * 6, 5], 0.8),
        (["3", "2", "4"], ["unreadable"] * 7, 1),
    ],
)
def test_a_row_with_dropped_cells_is_read_as_far_as_it_tells(
    printed: list[str], expected: list[float | str], least_sure: float
) -> None:
    numbers = zeros("requests_2021") | {"denied_third_party": printed}
    for shape in LOOSE.values():
        table = bound(BEFORE + shape(layout("requests_2021", numbers)) + AFTER)["requests_2021"]
        cells = dict(table.cells["denied_third_party"])
        assert row(cells) == expected, shape.__name__
        assert min(cell.confidence for cell in cells.values()) == least_sure
        assert row(dict(table.cells["denied_internal"])) == [0] * 7


def test_a_relation_places_what_the_row_alone_does_not() -> None:
    numbers = zeros(
        "requests_2021",
        requests_received=["4", "2", "0", "0", "1", "0", "7"],
        requests_granted=["3", "2", "1", "6"],  # blank cells dropped: legal services, not research
        denied_privacy=["0"] * 7,
        denied_internal=["1", "0", "0", "0", "0", "0", "1"],
        requests_closed=["4", "2", "0", "0", "1", "0", "7"],
    )
    text = BEFORE + lines(layout("requests_2021", numbers)) + AFTER
    assert rows_of("requests_2021", text, "requests_granted") == [3, 2, "blank", "blank", 1, "blank", 6]
    assert bound(text)["requests_2021"].cells["requests_granted"]["org_legal"].confidence == 0.8


def test_printed_sums_stay_as_printed() -> None:
    wrong = ["4", "1", "0", "0", "0", "0", "4"]
    for shape in (SHAPES | LOOSE).values():
        text = BEFORE + shape(layout("requests_2019", zeros("requests_2019", unable_not_held=wrong))) + AFTER
        assert rows_of("requests_2019", text, "unable_not_held") == [4, 1, 0, 0, 0, 0, 4]


def test_a_blank_total_does_not_shift_its_row() -> None:
    numbers = zeros(
        "requests_2019", requests_granted=["14", "6", "0", "0", "2", "1", ""], requests_partial=[*["0"] * 6, ""]
    )
    for shape in SHAPES.values():
        text = BEFORE + shape(layout("requests_2019", numbers)) + AFTER
        assert rows_of("requests_2019", text, "requests_granted") == [14, 6, 0, 0, 2, 1, "blank"], shape.__name__
        assert rows_of("requests_2019", text, "requests_partial") == [*[0] * 6, "blank"], shape.__name__


def test_subtotals_of_groups_belong_to_no_row() -> None:
    text = lines(layout("requests_2019", zeros("requests_2019", denied_state_secret=["1", *["0"] * 5, "1"])))
    text = text.replace("(三)不予公开", "(三)不予公开\n" + "\n".join("5000005"))
    assert rows_of("requests_2019", BEFORE + text + AFTER, "denied_state_secret") == [1, 0, 0, 0, 0, 0, 1]
    assert rows_of("requests_2019", BEFORE + text + AFTER, "requests_partial") == [0] * 7


def test_rows_and_columns_that_are_absent_are_missing() -> None:
    printed = layout("requests_2021", zeros("requests_2021", requests_received=["4", "2", "9", "0", "1", "0", "7"]))
    narrow: Printed = []
    for number, boxes in enumerate(printed):
        if number < 3:
            narrow.append([box for box in boxes if box.text != "科研机构"])
        elif boxes[-8].text != "2.重复申请":
            narrow.append([box for at, box in enumerate(boxes) if at != len(boxes) - 5])
    for shape in (pipes, lines):
        cells = bound(BEFORE + shape(narrow) + AFTER)["requests_2021"].cells
        assert row(dict(cells["requests_received"])) == [4, 2, "missing", 0, 1, 0, 7]
        assert row(dict(cells["not_processed_repeat"])) == ["missing"] * 7


@pytest.mark.parametrize(
    ("label", "printed"),
    [
        ("(一)主动公开政府信息数(不同渠道和方式公开相同信息计1条)", "(一)主动公开政府政信息数"),
        ("1.政府公报公开政府信息数", "1.政府公抱公开政府倍息数"),
        ("(一)收到申请数", "(一)收倒申请数"),
        ("(三)接受培训人员数", "(三)接授培训人员数"),
    ],
)
def test_a_misprinted_label_is_known_by_its_place(label: str, printed: str) -> None:
    numbers = {name: [str(number)] for number, name in enumerate(zeros("statistics_2014"))}
    for shape in (lines, pipes):
        text = BEFORE + shape(layout("statistics_2014", numbers)).replace(label, printed) + AFTER
        cells = bound(text)["statistics_2014"].cells
        assert [cell["value"].value for cell in cells.values()] == list(range(58)), shape.__name__


# ---- which form


@pytest.mark.parametrize("shape", [lines, pipes, tabs])
def test_editions_are_told_by_their_own_rows(shape: Shape) -> None:
    for name in catalogue().forms:
        text = "2023年度报告\n" + shape(layout(name, zeros(name))) + AFTER
        assert [table.form for table in bind_tables(document(text))] == [name]


def test_editions_are_told_by_their_numbers_where_labels_are_lost() -> None:
    for name, rows in (("requests_2019", 1), ("requests_2021", 3)):
        text = lines(layout("requests_2019", zeros("requests_2019"))).replace(
            "(六)其他处理\n" + "\n".join("0" * 7),
            "(六)其他处理\n" + "\n".join(["0"] * 8 * rows if rows > 1 else "0" * 7),
        )
        assert list(bound(BEFORE + text + AFTER)) == [name]


def test_two_reports_on_a_page_give_their_form_twice() -> None:
    first, second = (zeros("statistics_2014", proactive_total=[n], trainees=[n]) for n in ("11", "22"))
    for between in ("\n第二份报告如下。\n", "\n附表2\n", "\n"):
        text = (
            BEFORE
            + lines(layout("statistics_2014", first))
            + between
            + pipes(layout("statistics_2014", second))
            + AFTER
        )
        tables = bind_tables(document(text))
        assert [t.cells["proactive_total"]["value"].value for t in tables] == [11, 22]
        assert [t.cells["trainees"]["value"].value for t in tables] == [11, 22]
        assert tables[0].end <= tables[1].start


def test_a_form_broken_by_prose_is_one_table() -> None:
    printed = layout("requests_2021", zeros("requests_2021", requests_carried_out=["1", *["0"] * 5, "1"]))
    page = document(BEFORE + pipes(printed[:14]) + "\n以上为第一部分数据。\n" + pipes(printed[14:]) + AFTER)
    assert [table.form for table in bind_tables(page)] == ["requests_2021"]
    assert rows_of("requests_2021", page.text, "requests_carried_out") == [1, 0, 0, 0, 0, 0, 1]


def test_three_forms_under_their_headings_are_three_tables() -> None:
    names = ["disclosure_2021", "requests_2021", "review_litigation"]
    heads = ["二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况", "四、政府信息公开行政复议、行政诉讼情况"]
    text = (
        "\n".join(f"{head}\n{lines(layout(name, zeros(name)))}" for head, name in zip(heads, names, strict=True))
        + AFTER
    )
    tables = bind_tables(document(text))
    assert [table.form for table in tables] == names
    for head, table in zip(heads, tables, strict=True):
        assert text[: table.start].endswith(head + "\n")


def several(titles: list[str]) -> Printed:
    """The form of 2014 with three columns of figures."""
    printed = layout("statistics_2014", zeros("statistics_2014", proactive_total=["15"]))
    return [
        [*boxes[:2], *map(Box, titles)] if at == 0 else [*boxes, *(Box("7" if boxes[2].text else ""),) * 2]
        for at, boxes in enumerate(printed)
    ]


@pytest.mark.parametrize("shape", [lines, pipes, tabs, columns])
def test_of_several_columns_of_figures_the_total_counts(shape: Shape) -> None:
    text = BEFORE + shape(several(["合计", "本级", "乡镇"])) + AFTER
    cells = bound(text)["statistics_2014"].cells
    assert [cells["proactive_total"]["value"].value, cells["trainees"]["value"].value] == [15, 0]


def test_without_a_total_it_is_no_form_that_is_known() -> None:
    for shape in (pipes, tabs):
        tables = bound(BEFORE + shape(several(["区政府", "区直单位", "乡镇街道"])) + AFTER)
        assert list(tables) == ["unknown"]
        assert tables["unknown"].cells == {}
        assert ("制发规范性文件总数", "件", "0", "7", "7") in tables["unknown"].rows


# ---- table 4


BLOCKS = {"review": ["2", "1", "0", "0", "3"], "lit_direct": ["0"] * 5, "lit_after_review": ["1", "0", "0", "2", "3"]}


LABELLED = (
    "行政复议\n结果维持\n2\n结果纠正\n1\n其他结果\n0\n尚未审结\n0\n总计\n3\n行政诉讼\n"
    "未经复议直接起诉\n结果维持\n0\n结果纠正\n0\n其他结果\n0\n尚未审结\n0\n总计\n0\n"
    "复议后起诉\n结果维持\n1\n结果纠正\n0\n其他结果\n0\n尚未审结\n2\n总计\n3"
)
STACKED = (
    " | 结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 |\n行政复议 | 2 | 1 | 0 | 0 | 3 |\n行政诉讼\n"
    "未经复议直接起诉 | 0 | 0 | 0 | 0 | 0 |\n复议后起诉 | 1 | 0 | 0 | 2 | 3 |"
)
TORN = (
    "行政复议 行政诉讼\n结果 结果 其他 尚未 总计 未经复议直接起诉 复议后起诉\n维持 纠正 结果 审结\n"
    "2 1 0 0 3 0 0 0 0 0 1 0 0 2 3"
)


@pytest.mark.parametrize("text", [LABELLED, STACKED, TORN])
def test_the_blocks_of_table_4_in_any_layout(text: str) -> None:
    cells = bound(BEFORE + text + AFTER)["review_litigation"].cells
    assert {name: row(dict(block)) for name, block in cells.items()} == {
        name: [int(value) for value in values] for name, values in BLOCKS.items()
    }


def test_numbers_behind_table_4_are_left_out_by_its_sums() -> None:
    text = lines(layout("review_litigation", BLOCKS)) + "\n7"
    assert rows_of("review_litigation", BEFORE + text + AFTER, "lit_after_review") == [1, 0, 0, 2, 3]


# ---- HTML


def test_a_form_in_several_grids_inside_a_layout_table() -> None:
    printed = layout("disclosure_2021", zeros("disclosure_2021", licensing=["42"]))
    first = grid_document(printed[:4], BEFORE, "\n")
    second = grid_document(printed[4:], first.text, AFTER)
    around = Grid(0, len(second.text), ())
    page = document(second.text, (around, *first.grids, *second.grids))
    tables = bind_tables(page)
    assert [table.form for table in tables] == ["disclosure_2021"]
    assert tables[0].cells["licensing"]["decisions"].value == 42


def test_wide_cells_written_into_every_column_count_once() -> None:
    printed = layout("disclosure_2019", zeros("disclosure_2019", fees_admin=["6", "1"], procurement=["2", "46800元"]))
    repeated = [[Box(box.text) for box in boxes for _ in range(box.colspan)] for boxes in printed]
    for page in (grid_document(repeated, BEFORE, AFTER), document(BEFORE + pipes(repeated) + AFTER)):
        cells = bind_tables(page)[0].cells
        assert row(dict(cells["fees_admin"])) == [6, 1]
        assert row(dict(cells["procurement"])) == [2, 46800]
        assert cells["procurement"]["amount"].confidence == 1


def test_a_grid_of_prose_is_no_table() -> None:
    prose = [
        [Box("本局认真贯彻落实条例。")],
        [Box("全年主动公开政府信息214条,受理申请3件。")],
        [Box("联系电话"), Box("0772-3010203")],
    ]
    assert bind_tables(grid_document(prose, BEFORE, AFTER)) == []


def test_table_4_twice_under_two_titles() -> None:
    second = BLOCKS | {"review": ["9", "0", "0", "0", "9"]}
    text = "\n附表2\n".join(pipes(layout("review_litigation", blocks)) for blocks in (BLOCKS, second))
    tables = bind_tables(document(BEFORE + text + AFTER))
    assert [table.cells["review"]["upheld"].value for table in tables] == [2, 9]
