"""Web pages that are broken, hostile or no reports: one record each, and what they still say is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

import nianbao

FOUND = {"status": "ok", "year": 2016, "requests_received": 7}
NOTHING: dict[str, Any] = {"status": "not_a_report", "kind": "other", "year": None, "requests_received": None}


@dataclass(frozen=True)
class Page:
    """A page made from the paragraphs of a sound report, and what its record says."""

    id: str
    make: Callable[[str], str | bytes]
    says: dict[str, Any] = field(default_factory=lambda: FOUND)


def wrapped(head: str, tail: str = "") -> Callable[[str], str]:
    return lambda paragraphs: f"<html><body>{head}{paragraphs}{tail}</body></html>"


TABLE = "<table><tr><td colspan='100000' rowspan='100000'>指标</td><td colspan='-3' rowspan='x'>7</td></tr></table>"
LOGIN = "<form><p>用户登录</p><p>用户名:<input></p><p>密码:<input></p><p>验证码</p><button>登录</button></form>"
LOST = "<h1>404 Not Found</h1><p>抱歉,您访问的页面不存在或已被删除。</p><p><a href='/'>返回首页</a></p>"
BIG5 = """<html><body><p>平山縣水利局2016年政府信息公開工作年度報告</p><p>一、概述</p>
<p>2016年,我局認真做好各項工作。</p><p>三、依申請公開情況</p><p>2016年,我局收到政府信息公開申請7件,均按時辦結。</p></body></html>"""

PAGES = [
    Page("no body", lambda p: f"<!doctype html><head><title>年报</title></head>{p}"),
    Page("no element at all but blocks", lambda p: p),
    Page("10,000 deep", wrapped("<div>" * 10_000)),
    Page("10,000 deep in tables", wrapped("<table><tr><td>" * 3_000)),
    Page("spans without end", wrapped(TABLE)),
    Page("10,000 columns", wrapped(f"<table><tr>{'<td>0</td>' * 10_000}</tr></table>")),
    Page("unclosed", lambda p: "<html><body><div><table><tr><td><b><i><span" + p.replace("</p>", "")),
    Page("closed twice", wrapped("", "</p></div></td></tr></table></body></html></div>" * 200)),
    Page("20 MB of style", lambda p: f"<html><head><style>{'p{color:red}' * 1_700_000}</style></head><body>{p}</body>"),
    Page("a report in a script", lambda p: f"<html><body><script>{p}</script></body></html>", NOTHING),
    Page("a report in a comment", lambda p: f"<html><body><!--{p}--></body></html>", NOTHING),
    Page("a script in a report", wrapped("<script>document.write('收到申请999件')</script>")),
    Page("a report that is hidden", lambda p: f"<html><body><div style='display: none'>{p}</div></body>", NOTHING),
    Page("entities in entities", wrapped("<p>&amp;amp;lt;p&amp;amp;gt;&#x110000;&#0;&nosuch;&#xD800;</p>")),
    Page("attributes without end", wrapped(f"<p {'x' * 500_000}='{'y' * 500_000}'></p>")),
    Page("utf-8 that says gb2312", lambda p: f"<html><meta charset=gb2312><body>{p}</body>".encode()),
    Page("gb18030 that says utf-8", lambda p: f"<html><meta charset=utf-8><body>{p}</body>".encode("gb18030")),
    Page("an unknown charset", lambda p: f"<html><meta charset=x-none><body>{p}</body>".encode("gb18030")),
    Page("big5 that nothing declares", lambda _: BIG5.encode("big5")),
    Page("a frame", lambda _: "<html><frameset><frame src='nb.htm'></frameset></html>", NOTHING),
    Page("a login form", lambda _: f"<html><head><title>2016年年报</title></head><body>{LOGIN}</body></html>", NOTHING),
    Page("an error page", lambda _: f"<html><body>{LOST}</body></html>", NOTHING),
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_one_record_and_what_the_page_says(page: Page, report: str) -> None:
    made = page.make("".join(f"<p>{line}</p>" for line in report.splitlines()))
    record = nianbao.extract(made if isinstance(made, bytes) else made.encode(), with_text=True)
    got: dict[str, Any] = {"status": record.status, "kind": record.kind}
    got["year"] = record.year.value if record.year else None
    received = record.indicators.get("requests_received")
    got["requests_received"] = received.value if received else None
    assert {key: got[key] for key in page.says} == page.says
    for entity in record.entities:
        assert (record.text or "")[entity.start : entity.end] == entity.text


@pytest.mark.parametrize("name", ["page.txt", "report.html", "report"])
def test_the_bytes_tell_the_format_not_the_name(tmp_path: Any, name: str, report: str) -> None:
    for format_, data in (("html", f"<html><body><p>{report}</p></body></html>"), ("txt", report)):
        (tmp_path / name).write_text(data, encoding="utf-8")
        record = nianbao.extract_file(tmp_path / name)
        assert (record.source.format, record.status) == (format_, "ok")
