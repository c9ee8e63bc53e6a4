"""Numerals: what the printed forms mean, and that every number is read back from its spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nianbao import numerals

_DIGITS = "零一二三四五六七八九"


def _four(number: int, *, inner: bool) -> str:
    """0 to 9999 in Chinese; `inner` where digits stand before, so that a leading gap needs its 零."""
    out, gap = "", inner and 0 < number < 1000
    for unit, mark in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            out += ("零" if gap else "") + _DIGITS[digit] + mark
            gap = False
        elif out and number:
            gap = True
    return out


def spelled(number: int) -> str:
    """The standard Chinese spelling of a number below 10 ** 12."""
    out = ""
    for unit, mark in ((10**8, "亿"), (10**4, "万"), (1, "")):
        part, number = divmod(number, unit)
        if part:
            out += _four(part, inner=bool(out)) + mark
    return out or "零"


@given(st.integers(0, 10**12 - 1))
def test_every_spelling_is_read_back(number: int) -> None:
    assert numerals.parse(spelled(number)) == number


@given(st.integers(10, 19))
def test_the_first_one_of_the_teens_may_be_left_out(number: int) -> None:
    assert numerals.parse(spelled(number).removeprefix("一")) == number


@given(st.integers(1000, 9999))
def test_years_are_spelled_digit_by_digit(year: int) -> None:
    positional = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(year))
    assert numerals.parse(positional) == year


@given(st.integers(0, 10**12), st.sampled_from(["", "万", "亿"]))
def test_grouped_digits_are_read_with_their_scale(number: int, scale: str) -> None:
    factor = {"": 1, "万": 10**4, "亿": 10**8}[scale]
    assert numerals.parse(f"{number:,}{scale}") == number * factor


@given(st.decimals(min_value=0, max_value=10**6, places=2))
def test_decimals_are_exact(number: object) -> None:
    assert numerals.parse(f"{number}") == pytest.approx(float(f"{number}"), abs=0)


@given(st.text(alphabet=numerals.HAN + "0123456789,. 点a", max_size=60))
def test_no_string_is_an_error(text: str) -> None:
    value = numerals.parse(text)
    assert value is None or value >= 0


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("１２", 12),
        ("1,234", 1234),
        ("３，２１０", 3210),
        ("1 267", 1267),
        ("1 236.5万", 12_365_000),
        ("3.5万", 35_000),
        ("3021.6万", 30_216_000),
        ("5 4 5", 545),
        ("零", 0),
        ("两", 2),
        ("十二", 12),
        ("廿三", 23),
        ("一百二十", 120),
        ("一百二", 120),
        ("一百零二", 102),
        ("三千五", 3500),
        ("三万五", 35_000),
        ("一亿二千万", 120_000_000),
        ("贰拾伍", 25),
        ("二〇一八", 2018),
        ("九十五点三", 95.3),
        ("零点〇五", 0.05),
    ],
)
def test_printed_forms(text: str, value: float) -> None:
    assert numerals.parse(text) == value


@pytest.mark.parametrize(
    "text",
    ["", " ", "条", "12,34", "三四", "十百", "二三百", "万", "二十余", "点五", "三点", "1.2.3", "9" * 60, "一" * 60],
)
def test_what_is_no_numeral_is_none(text: str) -> None:
    assert numerals.parse(text) is None
