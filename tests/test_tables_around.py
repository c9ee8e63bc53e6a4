"""What belongs to a table besides its cells, which tables stay unknown, and what is no table."""

from __future__ import annotations

import pytest

from nianbao.catalogue import catalogue
from nianbao.document import Table
from nianbao.tables import bind_tables
from table_shapes import document, layout, lines, pipes

BEFORE, AFTER = "三、有关情况\n", "\n五、存在的主要问题及改进情况\n一是认识不够到位。\n"


def zeros(name: str) -> dict[str, list[str]]:
    """A form of zeros."""
    form = catalogue().forms[name]
    return {row.id: ["0"] * len(form.columns_of(row.id)) for row in form.rows if row.id}


def bound(text: str) -> dict[str, Table]:
    """The tables of a text by form."""
    return {table.form: table for table in bind_tables(document(text))}


def test_captions_and_signatures_belong_to_the_table() -> None:
    above = "附表:\n青石县政府信息公开情况统计表\n(2015年度)\n填报单位(盖章):青石县水利局\n"
    below = "\n单位负责人:李某   审核人:王某\n填报日期:2016年1月8日\n联系电话:3010203\n备注:本表由各科室汇总。"
    for shape in (pipes, lines):
        text = AFTER + above + shape(layout("statistics_2014", zeros("statistics_2014"))) + below + "\n上一篇:没有了\n"
        table = bound(text)["statistics_2014"]
        assert text[table.start :].startswith(above)
        assert text[: table.end].endswith(below)


def test_rows_that_a_region_added_at_the_end_belong_to_the_table() -> None:
    text = pipes(layout("statistics_2014", zeros("statistics_2014")))
    further = "\n十、制度建设情况 | —— |  |\n(一)制定制度数 | 个 | 5 |\n(二)受理咨询数 | 人次 | 213 |"
    tables = bind_tables(document(BEFORE + text + further + AFTER))
    assert [table.form for table in tables] == ["statistics_2014"]
    assert (BEFORE + text + further + AFTER)[: tables[0].end].endswith("213 |")


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (
            "指标名称 | 计量单位 | 2011年 | 历年累计 |\n主动公开数 | 条 | 4612 | 21486 |\n申请数 | 条 | 11 | 34 |\n",
            3,
        ),
        ("类别\t数量(条)\n机构职能\t12\n财政预决算\t8\n行政许可\t120\n", 4),
        ("指  标        单位    数量\n主动公开信息数    条    312\n网上咨询数    人次    21\n申请总数    件    6\n", 4),
        ("主动公开信息数\n条\n431\n现场接待人数\n人次\n206\n网上咨询数\n人次\n21\n", 3),
        ("类别 | 数量\n行政许可 | 12\n行政处罚 | 3\n行政强制 | 0\n行政事业性收费 | 4\n", 5),
    ],
)
def test_other_tables_keep_their_rows_as_text(text: str, rows: int) -> None:
    tables = bind_tables(document(AFTER + text + AFTER))
    assert [(table.form, len(table.rows), table.cells) for table in tables] == [("unknown", rows, {})]


NO_TABLES = [
    "首页 | 登录 | 注册\n政务公开 | 互动交流 | 办事服务\n首页 | 新闻 | 通知\n",
    "索引号: | 003145207/201601-12 | 分类: | 年报 |\n机构: | 镇政府 | 日期: | 2016-01-21 |\n文号: | 无 |\n",
    "地址:    青石县人民路18号\n电话:    3010203\n邮编:    545600\n传真:    3010204\n",
    "1.政府公报公开政府信息数0条\n2.政府网站公开政府信息数588条\n3.政务微博公开政府信息数264条\n4.政务微信公开政府信息数0条\n",
    "(一)收到申请数。全年收到申请3件。\n(二)申请办结数。办结3件。\n(三)申请答复数。答复3件,其中当面答复1件。\n",
    "一、主动公开情况\n二、回应解读情况\n三、依申请公开情况\n八、机构建设和保障经费情况\n九、政府信息公开会议和培训情况\n",
    "我局认真落实行政许可、行政处罚、行政强制公示制度。\n行政许可\n行政处罚\n行政强制\n规范性文件\n",
    "2018年1月1日\n  2  \n3\n条\n",
    "",
]


@pytest.mark.parametrize("text", NO_TABLES)
def test_what_is_no_table(text: str) -> None:
    assert bind_tables(document(text)) == []


def test_the_words_of_a_form_in_prose_are_no_form() -> None:
    rows = [r.label for form in catalogue().forms.values() for r in form.rows]
    prose = "。\n".join(f"全年{label}为{number}件,办理及时" for number, label in enumerate(rows)) + "。\n"
    assert bind_tables(document(prose)) == []


def test_headings_of_prose_are_no_part_of_the_table_below() -> None:
    prose = "一、主动公开情况\n" + "主要包括以下方面\n" * 30 + "附表\n"
    text = prose + pipes(layout("statistics_2014", zeros("statistics_2014"))[2:]) + AFTER
    assert bound(text)["statistics_2014"].start >= len(prose) - len("附表\n")
