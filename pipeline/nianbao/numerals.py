"""Numerals as these reports print them: 1,234, １２, 3.5万, 一百二十, 二〇一八, 九十五点三, 两.

`parse` is the one door: it takes a numeral without its unit word and gives the number, or None when the string is no
numeral. It never guesses: mixed or broken strings are None, and so are vague ones (三四, 'three or four').
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_DIGITS |= {c: i for i, c in enumerate("壹贰叁肆伍陆柒捌玖", 1)}
_SMALL = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}
_ARABIC = re.compile(r"([-+]?\d[\d,\s]*(?:\.\s?\d+)?)\s*(千|百)?\s*(万|亿|万亿)?$")
_GROUPED = re.compile(r"[-+]?\d{1,3}(?:[,\s]\d{3})+(?:\.\d+)?$")
_SPACED = re.compile(r"[-+]?\d(?:\s\d)+$")
# longer strings are no numerals of a report; the bound keeps damaged input cheap
_LONGEST = 40

HAN = "零一二三四五六七八九十百千万亿两〇○壹贰叁肆伍陆柒捌玖拾佰仟廿"
_LEADING = re.compile(rf"[\d,.\s]*\d\s*[百千]?[万亿]?|[{HAN}]+")


def parse(text: str) -> float | int | None:
    """The number that `text` spells, or None.

    Args:
      text: a numeral without unit, in any width; `3.5万`, `1,234`, `1 267`, `一百二十`, `二〇一八`, `三点五`, `零`.

    Returns:
      An int where the number is whole, a float otherwise.
    """
    if len(text) > _LONGEST:
        return None
    if text.isascii() and text.isdecimal():
        return int(text)
    plain = unicodedata.normalize("NFKC", text).strip()
    match = _ARABIC.match(plain)
    if match:
        return _arabic(match)
    whole, point, decimals = plain.partition("点")
    if not point:
        return _han(whole)
    tenths = "".join(str(_DIGITS.get(c, "")) for c in decimals)
    before = _han(whole)
    return float(f"{before}.{tenths}") if before is not None and len(tenths) == len(decimals) > 0 else None


def _arabic(match: re.Match[str]) -> float | int | None:
    digits = match[1].strip()
    if re.search(r"[,\s]", digits):
        digits = re.sub(r"\s*\.\s*", ".", digits)
        if not _GROUPED.match(digits) and not _SPACED.match(digits):
            return None
        digits = re.sub(r"[,\s]", "", digits)
    value = Decimal(digits)
    for mark in (match[2] or "") + (match[3] or ""):
        value *= _SMALL.get(mark) or _LARGE[mark]
    return int(value) if value == value.to_integral_value() else float(value)


def _han(text: str) -> int | None:
    """A Chinese numeral, positional (二〇一八) or with multipliers (一百二十万, 三万五)."""
    text = text.replace("廿", "二十")
    if not text or any(c not in HAN for c in text):
        return None
    if all(c in _DIGITS for c in text):
        vague = len(text) == 2 and "零" not in text and "〇" not in text
        return None if vague else int("".join(str(_DIGITS[c]) for c in text))
    total, rest = 0, text
    for mark in ("亿", "万"):
        head, found, tail = rest.rpartition(mark)
        if found:
            count = _han(head) if head else None
            if count is None:
                return None
            # 三万五 is 35,000
            if len(tail) == 1 and _DIGITS.get(tail, 0) > 0:
                return total + count * _LARGE[mark] + _DIGITS[tail] * _LARGE[mark] // 10
            total, rest = total + count * _LARGE[mark], tail
    small = _below_ten_thousand(rest) if rest else 0
    return None if small is None else total + small


def _below_ten_thousand(text: str) -> int | None:
    """千, 百 and 十 in falling order; a last digit right after 百 or 千 counts tenths of it (一百二 is 120)."""
    total, floor, digit, zero = 0, 10_000, None, False
    for c in text:
        unit = _SMALL.get(c)
        if unit is None:
            value = _DIGITS.get(c)
            if value is None or digit is not None:
                return None
            digit, zero = (None, True) if value == 0 else (value, zero)
        elif unit >= floor:
            return None
        else:
            total += (1 if digit is None else digit) * unit
            digit, floor, zero = None, unit, False
    if digit is None:
        return total
    return total + digit * (floor // 10 if floor in (100, 1000) and not zero else 1)


def leading(text: str) -> float | int | None:
    """The number that a mention like 约1.2万元 or 三十余件 begins with, or None."""
    match = _LEADING.match(text.lstrip("约近共超¥ "))
    return parse(match[0]) if match else None
