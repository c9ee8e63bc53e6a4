"""Web pages: text in document order, rows as lines, hidden parts left out, hostile markup bounded."""

from __future__ import annotations

import pytest

from nianbao.ingest import ingest
from nianbao.ingest.html import read_html

MAX = 5 * 1024 * 1024


def text_of(markup: str) -> str:
    return read_html(f"<html><body>{markup}</body></html>").text.strip("\n")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>一、概述</p><p>全年公开</p>", "一、概述\n全年公开"),
        ("甲<br>乙<br/>丙", "甲\n乙\n丙"),
        ("<div>甲<div>乙</div>丙</div>", "甲\n乙\n丙"),
        ("<p>收到<b>3</b>件</p>", "收到3件"),
        ("<p>甲  \n 乙</p>", "甲 乙"),
        ("<pre>甲\n  乙</pre>", "甲\n  乙"),
        (
            "<p>见</p><script>var a='隐';</script><style>p{}</style><p style='display: none'>隐</p><p hidden>隐</p>",
            "见",
        ),
        ("<table><tr><td>规章</td><td>0</td><td></td></tr></table>", "规章\t0\t"),
        ("<table><tr><td>本年新<br>制作数量</td><td><p>1</p></td></tr></table>", "本年新 制作数量\t1"),
        ("<table><caption>统计表</caption><tr><td>条</td></tr></table>", "统计表\n条"),
        ("<ul><li>首页</li><li>公开</li></ul>", "首页\n公开"),
        ("&amp;lt;b&gt;", "&lt;b>"),
    ],
)
def test_blocks_become_lines(markup: str, text: str) -> None:
    assert text_of(markup) == text


def test_a_layout_table_is_no_table() -> None:
    page = read_html(
        "<table><tr><td>"
        + "正文内容。" * 100
        + "</td><td><table><tr><td>规章</td><td>0</td></tr></table></td></tr></table>"
    )
    assert len(page.grids) == 1
    assert page.text.splitlines()[-1] == "规章\t0"


def test_spans_are_laid_out_on_the_grid() -> None:
    page = read_html(
        "<table><tr><td rowspan=2>甲</td><td colspan=2>乙</td></tr><tr><td>丙</td><td>丁</td></tr></table>"
    )
    places = {page.text[c.start : c.end]: (c.row, c.column) for c in page.grids[0]}
    assert places == {"甲": (0, 0), "乙": (0, 1), "丙": (1, 1), "丁": (1, 2)}


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 10_000 + "公开",
        "<table>" * 3_000 + "<tr><td>公开",
        "<table><tr><td colspan=100000>公开</td><td rowspan=99999999999>1</td></tr></table>",
        "<p>公开<b><i><u>",
        "<style>" + "p{color:red}" * 200_000 + "</style><p>公开</p>",
    ],
)
def test_hostile_markup_is_read_to_its_end(markup: str) -> None:
    document = ingest(f"<html><body>{markup}".encode(), max_bytes=MAX)
    assert "公开" in document.text


def test_declared_charset_of_the_old_chinese_web() -> None:
    markup = "<html><head><meta charset=gb2312></head><body><p>朱镕基镕</p></body></html>"
    assert "朱镕基镕" in ingest(markup.encode("gb18030"), max_bytes=MAX).text


def test_a_wrong_charset_declaration_does_not_win() -> None:
    markup = "<html><head><meta charset=gb2312></head><body><p>政府信息公开年度报告</p></body></html>"
    assert "政府信息公开年度报告" in ingest(markup.encode(), max_bytes=MAX).text


def test_main_body_by_container() -> None:
    page = read_html(
        "<div>导航导航</div><div id='zoom'>" + "<p>年度报告的正文写在这里。</p>" * 30 + "</div><div>版权</div>"
    )
    assert page.main is not None
    assert page.text[page.main[0] : page.main[1]].startswith("年度报告")
    assert "版权" not in page.text[page.main[0] : page.main[1]]
