"""Telephone numbers, postcodes, addresses of mail and web, index numbers."""

from __future__ import annotations

import pytest

from nianbao.normalise import shadow_of
from nianbao.tag.patterns import find_mentions


def found(text: str, label: str) -> list[tuple[str, object]]:
    """Span text and value of the mentions of `text` with `label`."""
    shadow, _ = shadow_of(text)
    return [(shadow[m.start : m.end], m.value) for m in find_mentions(shadow) if m.label == label]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("电话：0772-3010203", [("0772-3010203", "0772-3010203")]),
        ("电话0772—3010203", [("0772—3010203", "0772-3010203")]),
        ("（023）48010203", [("(023)48010203", "023-48010203")]),
        ("07723010203", [("07723010203", "0772-3010203")]),
        ("01063010203", [("01063010203", "010-63010203")]),
        ("0551 63010203", [("0551 63010203", "0551-63010203")]),
        ("0915—30 10203", [("0915—30 10203", "0915-3010203")]),
        ("电话:3010203", [("3010203", "3010203")]),
        ("电话：6301.0203", [("6301.0203", "63010203")]),
        ("电话:63010203转3105", [("63010203转3105", "63010203-3105")]),
        ("021-63010203-18", [("021-63010203-18", "021-63010203-18")]),
        ("0772-3010203、3010204", [("0772-3010203", "0772-3010203"), ("3010204", "0772-3010204")]),
        ("电话：0772-3010203，传真：3010299", [("0772-3010203", "0772-3010203"), ("3010299", "0772-3010299")]),
        ("电话：3010203/3010204", [("3010203", "3010203"), ("3010204", "3010204")]),
        ("0772-3010203、13300001234", [("0772-3010203", "0772-3010203"), ("13300001234", "13300001234")]),
        ("办理12345热线转办件", [("12345", "12345")]),
        ("拨打12388", [("12388", "12388")]),
        ("110报警电话", [("110", "110")]),
    ],
)
def test_phones(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text, "PHONE") == expected


@pytest.mark.parametrize(
    "text",
    [
        "热线受理12345件",
        "编号3010203",
        "邮编545005",
        "索引号：003145207/2016-00012",
        "电话：****",
        "公开信息12388余条",
        "2018.1.1-2018.12.31",
    ],
)
def test_what_is_no_phone(text: str) -> None:
    assert found(text, "PHONE") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("邮编：545005", [("545005", "545005")]),
        ("邮编545005电话", [("545005", "545005")]),
        ("邮政编码;５４５００５", [("545005", "545005")]),
        ("邮 编：5 4 5 0 0 5", [("5 4 5 0 0 5", "545005")]),
        ("青石县人民路18号，545005）", [("545005", "545005")]),
        ("编号545005", []),
        ("邮编：电话：3010203", []),
    ],
)
def test_postcodes(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text, "POSTCODE") == expected


@pytest.mark.parametrize(
    ("text", "span", "value"),
    [
        ("邮箱：QS_gk@163.com）", "QS_gk@163.com", "qs_gk@163.com"),
        ("qsgk2008 @163.com，", "qsgk2008 @163.com", "qsgk2008@163.com"),
        ("qsgk＠qs.gov.cn 地址", "qsgk@qs.gov.cn", "qsgk@qs.gov.cn"),
        ("175220000@qq.com", "175220000@qq.com", "175220000@qq.com"),
        ("qsgk(at)163.com", "qsgk(at)163.com", "qsgk@163.com"),
    ],
)
def test_mail_addresses(text: str, span: str, value: str) -> None:
    assert found(text, "EMAIL") == [(span, value)]
    assert found(text, "URL") == []


@pytest.mark.parametrize(
    ("text", "span", "value"),
    [
        (
            "网址：http://www.QS.gov.cn/Index.html）。",
            "http://www.QS.gov.cn/Index.html",
            "http://www.qs.gov.cn/Index.html",
        ),
        ("（http:/www.qs.gov.cn “专栏”）", "http:/www.qs.gov.cn", "http://www.qs.gov.cn"),
        ("登录www.qs .gov.cn查询", "www.qs .gov.cn", "www.qs.gov.cn"),
        ("<http://www.qs.gov.cn/>", "http://www.qs.gov.cn/", "http://www.qs.gov.cn/"),
        ("http://10.1.0.2:7001上", "http://10.1.0.2:7001", "http://10.1.0.2:7001"),
        ("门户网站xxgk.qs.gov.cn/a?b=1。", "xxgk.qs.gov.cn/a?b=1", "xxgk.qs.gov.cn/a?b=1"),
    ],
)
def test_web_addresses(text: str, span: str, value: str) -> None:
    assert found(text, "URL") == [(span, value)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("003145207/2016-00012 公开", "003145207/2016-00012"),
        ("索 引 号：01606072-9-30/2021-0223004", "01606072-9-30/2021-0223004"),
        ("QS09012-1620-2013-50001", "QS09012-1620-2013-50001"),
        ("015121-203020-2026-0014", "015121-203020-2026-0014"),
        ("统一社会信用代码：11450200MB0123456X", "11450200MB0123456X"),
        ("116223010139320000/2010-00023", "116223010139320000/2010-00023"),
    ],
)
def test_index_numbers(text: str, code: str) -> None:
    assert found(text, "INDEX_NO") == [(code, code)]
    assert found(text, "DATE") == found(text, "PHONE") == []
