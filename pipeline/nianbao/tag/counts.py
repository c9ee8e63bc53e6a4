"""Numbers with a unit: COUNT, MONEY and DURATION, told apart by the unit and by what stands around."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nianbao import numerals
from nianbao.catalogue.entities import entities
from nianbao.document import Mention

_WORDS = entities()
_UNITS = _WORDS.units
_NEVER = _WORDS.not_count

_HAN = numerals.HAN
_HEAD = "零一二两三四五六七八九十廿百千"
_KINDS = (
    dict.fromkeys([*_UNITS.count, *(f"{u}次" for u in _UNITS.count if len(u) == 1)], "COUNT")
    | dict.fromkeys(_UNITS.money, "MONEY")
    | dict.fromkeys(_UNITS.duration, "DURATION")
    | dict.fromkeys(_UNITS.limit, "LIMIT")
)
_SAID_UNITS = {"月": "个月", "工作日": "个工作日"}  # in a duration's normal form


def _unit_pattern() -> str:
    """All units, the longest first, each with what makes it the head of another word (条例)."""
    followed = {unit: f"(?![{after}])" for unit, after in _UNITS.not_before.items()}
    return "|".join(re.escape(u) + followed.get(u, "") for u in sorted(_KINDS, key=len, reverse=True))


def _about() -> str:
    """A look at 约, 近 and the like before a number whose first character has been read."""
    words = _WORDS.approximate
    before = "|".join(f"(?<={word}.)" for word in words.before)
    return f"(?:{before}){''.join(f'(?<!{word}.)' for word in words.not_before)}"


_ARABIC = (
    r"(?<=0),[0-9]{1,2}(?=%)"  # 占0,02%
    r"|[0-9]{0,2}(?:(?:,[0-9]{3}){1,4}+| [0-9]{1,3}(?: [0-9]{3}){0,3})(?![0-9])(?:\.[0-9]{1,8})?"
    r"|[0-9]{0,14}+(?:\.[0-9]{1,8}+)?"
)
# A number and its unit: 1,234条 / 1 267条 / 23.7万人次 / 三千多人; a number of 万 or 亿 may do without (860余万).
# Groups: number, whether 约 stands before it, 万 and 余, unit, whether 以上 follows. The first character is read before
# anything is asked about it, so that the search skips at once to the next digit or numeral.
_NUMBER = re.compile(
    rf"([0-9{_HEAD}]{''.join(f'(?<!{word}.)' for word in _NEVER.before_any)}"
    rf"(?:(?<=[0-9])(?<![0-9A-Za-z×*].)(?<![0-9]\..)|(?<=[{_HEAD}])(?<![{_HAN}].))(?:{_about()}())?"
    rf"(?:(?<=[0-9])(?:{_ARABIC})|(?<=[{_HEAD}])[{_HAN}]{{0,16}}+))"
    rf"([ 百千万亿余多]{{0,6}})"
    rf"(?:(?=[{''.join(sorted({u[0] for u in _KINDS}))}])({_unit_pattern()})|(?<=[万亿])(?<=[0-9余多 ].))"
    rf"(?:(?={'|'.join(map(re.escape, _WORDS.approximate.after))})())?"
)
_HALF = re.compile(r"半(?:年|个?月|天)(?<![上下大多前后一两三每].[年月天])(?<![上下大多前后一两三每].个月)(?![报度刊])")
_PERCENT = re.compile(rf"百分之([{_HAN}]{{1,6}}(?:点[{_HAN}]{{1,4}})?)")
_FIXED = re.compile("|".join(_WORDS.not_count.fixed))
_OPENERS = frozenset("“‘《")
_VAGUE = re.compile("[余多 ]")
_CURRENCY = re.compile(r"(?:人民币|[¥￥]) ?$")
_RANGE = re.compile(rf"(?<![0-9第.])(?:[0-9]{{1,8}}(?:\.[0-9]{{1,4}})?|[{_HEAD}]{{1,4}}) ?[-—~至到] ?$")
_JOINS = frozenset("-—~至到 、,和及")
_ORDINAL = re.compile(rf"第 ?[0-9{_HAN}]{{1,6}}[条款项次期批届章]?[至到、,和及~—-]$")
_FRACTIONAL = frozenset({None, "%", "‰", "倍", "分", "元", "个百分点"})
_REPEATED = 8  # 发现一起查处一起: the same 一 and unit again within so many characters makes both distributive


def find(shadow: str) -> Iterator[Mention]:
    """Every count, amount and duration of the text, in order of the numbers; ranges start at their first number."""
    for match in _NUMBER.finditer(shadow):
        mention = _quantity(shadow, match)
        if mention:
            yield mention
    for match in _PERCENT.finditer(shadow):
        yield Mention("COUNT", match.start(), match.end(), numerals.parse(match[1]), "%")
    for match in _HALF.finditer(shadow):
        yield Mention("DURATION", match.start(), match.end(), match[0])


def _quantity(shadow: str, match: re.Match[str]) -> Mention | None:
    """The mention that a number and its unit make, or None."""
    start, end = match.span()
    number, about, scale, unit, over = match.groups()
    before = shadow[start - 1 : start]
    if "." in number and not scale and unit not in _FRACTIONAL and (not start or before in "\n。;: "):
        # 3.20家 at the head of a sentence: item 3, then 20家
        start += number.index(".") + 1
        number = number.partition(".")[2]
    value = int(number) if not scale and number.isdecimal() else _value(shadow, start, number, scale)
    if value is None or (before in _JOINS and _ORDINAL.search(shadow, max(0, start - 10), start)):
        return None
    if before.isspace() and shadow.endswith("第", 0, start - 1):
        return None  # 第 / 三十一条: a line broken at a link
    kind = _KINDS[unit] if unit else "COUNT"
    if kind in ("DURATION", "LIMIT"):
        return _duration(shadow, start, end, number, unit, value)
    approx = about is not None or over is not None or "余" in scale or "多" in scale or number in ("百", "千")
    if kind == "MONEY":
        currency = _CURRENCY.search(shadow, max(0, start - 4), start)
        return Mention("MONEY", currency.start() if currency else start, end, value, unit, approx)
    if before in _OPENERS and not shadow.startswith(("”", "’"), end):
        return None  # a name: “三个一”
    if unit in _UNITS.not_after and before in _UNITS.not_after[unit] and before:
        return None  # 居前三位
    if number[0] in _HEAD and _is_no_count(shadow, start, end, number, unit):
        return None
    ranged = _range(shadow, start) if before in _JOINS else None
    if ranged:
        return Mention("COUNT", ranged.start(), end, None, unit or "", approx)
    return Mention("COUNT", start, end, value, unit or "", approx)


def _value(shadow: str, start: int, number: str, scale: str) -> float | int | None:
    """What a number with its 万 and 余 spells; None for what is vague (百条, 三四次) or no numeral."""
    if number in ("百", "千") and not shadow.endswith(_NEVER.round_after, 0, start):
        return None
    digits = number.replace(" ", "")
    if digits.startswith("0,"):  # 占0,02%
        digits = digits.replace(",", ".")
    return numerals.parse(digits + _VAGUE.sub("", scale))


def _is_no_count(shadow: str, start: int, end: int, number: str, unit: str) -> bool:
    """Whether a Chinese numeral and its unit count nothing: a fixed compound, or a 一 that means 'a'."""
    if _FIXED.match(shadow, start):
        return True
    if number != "一":
        return False
    if unit in _NEVER.vague_one or shadow.endswith(_NEVER.before_one, 0, start):
        return True
    again = f"一{unit}"
    return again in shadow[end : end + _REPEATED] or again in shadow[max(0, start - _REPEATED) : start]


def _duration(shadow: str, start: int, end: int, number: str, unit: str, value: float | int) -> Mention | None:
    """A DURATION with its normal form (2个月, 3-15个工作日); None where it may be something else, such as a day."""
    if _KINDS[unit] == "LIMIT":
        limit = shadow.startswith(_WORDS.limits.after, end) or shadow.endswith(_WORDS.limits.before, 0, start)
        if not limit and not (unit == "月" and number == "两"):
            return None
    elif number == "一" and unit in _NEVER.vague_one:
        return None
    ranged = _range(shadow, start)
    if ranged:
        return Mention("DURATION", ranged.start(), end, shadow[ranged.start() : end].replace(" ", ""))
    return Mention("DURATION", start, end, f"{value}{_SAID_UNITS.get(unit, unit)}")


def _range(shadow: str, start: int) -> re.Match[str] | None:
    """The first number of a range that ends with the number at `start` (3-5次), with what joins them."""
    return _RANGE.search(shadow, max(0, start - 14), start)
