"""Words as jieba cuts them."""

from __future__ import annotations

import logging
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nianbao.tag.tokeniser import words

TEXTS = (
    "青石县交通运输局2016年政府信息公开工作年度报告",
    "2016年，我局共收到政府信息公开申请7件，均已按时办结，办结率100%。",
    "联系电话：0772-3010203转2507，传真:(0772)3010299，邮箱:qsx_jt@163.com",
    "网址:http://www.qingshi.gov.cn/xxgk/index.html，更新于2017-01-20 15:24",
    "支出3.5万元，占总数的2.04%，同比下降12.8%；A4纸、APP、Wi-Fi、IP卡、T恤",
    "  一、概 述\t(一)主动公开\n　　其中--通过“青石交通”微信公众号公开1,234条…",
)


@pytest.mark.parametrize("text", TEXTS)
def test_cuts_as_jieba_does(text: str) -> None:
    jieba = pytest.importorskip("jieba")
    jieba.setLogLevel(logging.ERROR)
    assert [text[start:end] for start, end in words(text)] == jieba.Tokenizer().lcut(text)


@given(st.text(alphabet="青石县政府公开 0a9.-%_#\n，", max_size=60))
def test_the_spans_cover_the_text(text: str) -> None:
    spans = words(text)
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(a[1] == b[0] for a, b in pairwise(spans))
    assert all(start < end for start, end in spans)
