"""All regular mentions of a text together: who wins, what holds for every text, and that hostile text stays bounded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from nianbao.catalogue import load_toml
from nianbao.catalogue.entities import Entities
from nianbao.tag.patterns import find_mentions, resolve_dates

_PIECES = [
    "2018年", "5月", "16日", "上年", "年底", "至", "-", "〔2018〕", "23号", "《", "》", "条例", "十二", "一", "项",
    "件", "万", "元", "个工作日", "内", "0772", "3010203", "12345", "热线", "邮编", "545005", "a@b.com", "www.b.gov.cn",
    "%", "令第711号", "。", ",", "第", "余", "(", ")", " ", "\n",
]  # fmt: skip
_HOSTILE = [
    "1", "0", "一", "十", "1 ", "1.", "123,", "(", "《", "《a", "《《a》", "〔2018", "令第", "号令", "2018年", "2018-",
    "2018年至", "2018年之日", "1月", "今年", "0772-", "2515676、", "a@", "a.", "www.", "aaaa/2018-", "第1、", "1万",
    "百分之", "邮编",
]  # fmt: skip


def labels(text: str) -> list[tuple[str, str]]:
    return [(m.label, text[m.start : m.end]) for m in find_mentions(text)]


def test_the_whole_text_is_read_in_order() -> None:
    text = "2018年,根据《条例》(国务院令第711号),我局在20个工作日内办结申请12件,收费0元,电话:0772-3010203,邮编545005。"
    assert labels(text) == [
        ("DATE", "2018年"),
        ("LAW", "《条例》"),
        ("DOC_NO", "国务院令第711号"),
        ("DURATION", "20个工作日"),
        ("COUNT", "12件"),
        ("MONEY", "0元"),
        ("PHONE", "0772-3010203"),
        ("POSTCODE", "545005"),
    ]


@pytest.mark.parametrize(
    ("text", "winner"),
    [
        ("《2018年公开12条措施》", "LAW"),
        ("青政办发〔2018〕23号", "DOC_NO"),
        ("2018年12月31日", "DATE"),
        ("20个工作日", "DURATION"),
        ("12万元", "MONEY"),
        ("12369@qs.gov.cn", "EMAIL"),
        ("http://www.qs.gov.cn/2018-05-16/12345", "URL"),
        ("003145207/2016-00012", "INDEX_NO"),
        ("2008年5月1日《条例》实施之日起,至2008年12月31日", "DATE"),
    ],
)
def test_the_longest_takes_the_characters(text: str, winner: str) -> None:
    assert labels(text) == [(winner, text)]


@given(st.lists(st.sampled_from(_PIECES), max_size=30).map("".join))
def test_mentions_are_sorted_spans_that_do_not_overlap(text: str) -> None:
    mentions = find_mentions(text)
    ends = [0, *(m.end for m in mentions)]
    assert all(end <= m.start < m.end <= len(text) for end, m in zip(ends, mentions, strict=False))
    resolved = resolve_dates(mentions, text, 2018)
    assert [(m.label, m.start, m.end) for m in resolved] == [(m.label, m.start, m.end) for m in mentions]
    assert resolve_dates(resolved, text, 2018) == resolved


@pytest.mark.parametrize("piece", _HOSTILE)
def test_twice_the_hostile_text_gives_twice_the_mentions(piece: str) -> None:
    # long enough that a pattern of quadratic cost would not come to an end
    once, twice = (len(find_mentions(piece * times)) for times in (8_000, 16_000))
    assert abs(twice - 2 * once) <= 2


def test_hostile_text_gives_no_mentions() -> None:
    for text in ("1" * 300_000, "(" * 50_000, "《" * 50_000, "一" * 1_000_000):
        assert find_mentions(text) == []


@pytest.mark.parametrize("change", [{"unknown": {}}, {"relative_years": {"上年": "last"}}, {"units": {}}])
def test_the_words_are_validated(change: dict[str, object]) -> None:
    Entities.model_validate(load_toml("entities.toml"))
    with pytest.raises(ValidationError):
        Entities.model_validate(load_toml("entities.toml") | change)
