"""Counts, amounts and durations: spans, values, units, and the numbers that are none."""

from __future__ import annotations

import pytest

from nianbao.normalise import shadow_of
from nianbao.tag.patterns import find_mentions


def found(text: str, *labels: str) -> list[tuple[str, object, str, bool]]:
    """Span text, value, unit and approx of the mentions of `text` with one of `labels`."""
    shadow, _ = shadow_of(text)
    return [(shadow[m.start : m.end], m.value, m.unit, m.approx) for m in find_mentions(shadow) if m.label in labels]


@pytest.mark.parametrize(
    ("text", "span", "value", "unit", "approx"),
    [
        ("公开信息312条", "312条", 312, "条", False),
        ("公开信息1,312条", "1,312条", 1312, "条", False),
        ("累计1 312 条", "1 312 条", 1312, "条", False),
        ("制发文件1 4件", "1 4件", 14, "件", False),
        ("发放12800余份", "12800余份", 12800, "份", True),
        ("接待3.4万人次", "3.4万人次", 34000, "人次", False),
        ("点击1.3亿余次", "1.3亿余次", 130_000_000, "次", True),
        ("粉丝860余万，居首", "860余万", 8_600_000, "", True),
        ("更新235000余条次", "235000余条次", 235000, "条次", True),
        ("约300件", "300件", 300, "件", True),
        ("近5000条", "5000条", 5000, "条", True),
        ("最近3次", "3次", 3, "次", False),
        ("20期以上", "20期", 20, "期", True),
        ("3000字左右", "3000字", 3000, "字", True),
        ("占2.04%", "2.04%", 2.04, "%", False),
        ("占0，02%", "0,02%", 0.02, "%", False),
        ("占百分之九十五点三", "百分之九十五点三", 95.3, "%", False),
        ("提高2.5个百分点", "2.5个百分点", 2.5, "个百分点", False),
        ("由七个部分组成", "七个", 7, "个", False),
        ("共六大部分", "六大部分", 6, "大部分", False),
        ("二十余项制度", "二十余项", 20, "项", True),
        ("三千多人参加", "三千多人", 3000, "人", True),
        ("访问近千次", "千次", 1000, "次", True),
        ("明确一名联络员", "一名", 1, "名", False),
        ("没有发生一起行政诉讼", "一起", 1, "起", False),
        ("收到申请零件", "零件", 0, "件", False),
        ("3.12家单位公开", "12家", 12, "家", False),
        ("每年3至5次", "3至5次", None, "次", False),
    ],
)
def test_counts(text: str, span: str, value: float | None, unit: str, approx: bool) -> None:
    assert found(text, "COUNT") == [(span, value, unit, approx)]


@pytest.mark.parametrize(
    "text",
    [
        "收到申请0，复议为零",
        "1.公开制度 2、工作机制 (3)培训 ①检查",
        "第3次会议，第十五条、第二十条，第9至12条，第三十一、三十二条",
        "《条例》第\n三十二条规定",
        "2018年，IPv6改造，7×24小时，A4纸",
        "十分重视，进一步完善，一次性告知，一些问题，一定差距",
        "是一项长期的工作，同一件事，每一次更新，某一个部门",
        "做到一事一议、一案一评，落实三审三校",
        "“一件事”改革，“最多跑一次”，“两个百分百”行动",
        "强化四个意识，落实中央八项规定",
        "发现一起查处一起",
        "一起安排，一起落实",
        "几十条、数百人、三四次",
        "居全市前三位，排名前10名，8时30分",
        "一人多岗，这一类信息",
        "召开2场所会议",
        "3条例",
    ],
)
def test_what_is_no_count(text: str) -> None:
    assert found(text, "COUNT") == []


@pytest.mark.parametrize(
    ("text", "span", "value", "approx"),
    [
        ("收取费用128.5元", "128.5元", 128.5, False),
        ("经费10万元", "10万元", 100_000, False),
        ("投资1.2亿元", "1.2亿元", 120_000_000, False),
        ("约10余万元", "10余万元", 100_000, True),
        ("经费人民币5万元", "人民币5万元", 50_000, False),
        ("合计￥350元", "￥350元", 350, False),
        ("标准为100元/件", "100元", 100, False),
        ("收费零元", "零元", 0, False),
        ("经费二十万元", "二十万元", 200_000, False),
    ],
)
def test_amounts_are_in_yuan(text: str, span: str, value: float, approx: bool) -> None:
    assert found(text, "MONEY") == [(span, value, "元", approx)]
    assert found(text, "COUNT") == []


@pytest.mark.parametrize(
    ("text", "span", "value"),
    [
        ("在20个工作日内答复", "20个工作日", "20个工作日"),
        ("3-15个工作日", "3-15个工作日", "3-15个工作日"),
        ("超过两个月", "两个月", "2个月"),
        ("连续两月垫底", "两月", "2个月"),
        ("自收到之日起15日内", "15日", "15日"),
        ("公示期7天", "7天", "7天"),
        ("24小时内回应", "24小时", "24小时"),
        ("延长至三年", "三年", "3年"),
        ("栏目半年未更新", "半年", "半年"),
    ],
)
def test_durations(text: str, span: str, value: str) -> None:
    assert found(text, "DURATION", "COUNT") == [(span, value, "", False)]


@pytest.mark.parametrize(
    "text", ["每两周更新", "每3个月一通报", "24小时自助服务", "近三年来", "上半年", "一年来", "5月15日"]
)
def test_frequencies_and_times_are_no_durations(text: str) -> None:
    assert found(text, "DURATION") == []
