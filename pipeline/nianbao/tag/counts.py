"""Numbers with a unit: COUNT, MONEY and DURATION, told apart by the unit and by what stands around."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nianbao import numerals
from nianbao.catalogue.entities import entities
from nianbao.document import Mention

_WORDS = entities()
_UNITS = _WORDS.units

_HAN = numerals.HAN
_HEAD = "零一二两三四五六七八九十廿百千"
_KINDS = (
    dict.fromkeys([*_UNITS.count, *(f"{u}次" for u in _UNITS.count if len(u) == 1)], "COUNT")
    | dict.fromkeys(_UNITS.money, "MONEY")
    | dict.fromkeys(_UNITS.duration, "DURATION")
    | dict.fromkeys(_UNITS.limit, "LIMIT")
)
_BY_FIRST = {
    first: tuple(sorted((u for u in _KINDS if u[0] == first), key=len, reverse=True)) for first in {u[0] for u in _KINDS}
}
_SAID_UNITS = {"月": "个月", "工作日": "个工作日", "小时": "个小时"}

# A number up to its unit: 1,234 / 1 267 / 23.7万 / 860余万 / 三千多; a number of 万 or 亿 may do without unit.
_NUMBER = re.compile(
    rf"[0-9{_HEAD}](?:"
    r"(?<=[0-9])(?<![0-9A-Za-z×*].)(?<![0-9]\..)"
    r"(?:(?<=0),[0-9]{1,2}(?=%)|[0-9]{0,2}(?:(?:,[0-9]{3}){1,4}+| [0-9]{1,3}(?: [0-9]{3}){0,3})(?![0-9])(?:\.[0-9]{1,8})?|[0-9]{0,14}+(?:\.[0-9]{1,8}+)?)"
    rf"|(?<=[{_HEAD}])(?<![{_HAN}].)[{_HAN}]{{0,16}}+"
    rf")(?P<scale>[ 百千万亿余多]{{0,6}})(?:(?=[{''.join(sorted(_BY_FIRST))}])|(?<=[万亿])(?<=[0-9余多 ].))"
)
_HALF = re.compile(r"半(?:年|个?月|天)(?<![上下大多前后一两三每].[年月天])(?<![上下大多前后一两三每].个月)(?![报度刊])")
_PERCENT = re.compile(rf"百分之([{_HAN}]{{1,6}}(?:点[{_HAN}]{{1,4}})?)")
_FIXED = re.compile("|".join(_WORDS.not_count.fixed))
_VAGUE = re.compile("[余多 ]")
_CURRENCY = re.compile(r"(?:人民币|[¥￥]) ?$")
_RANGE = re.compile(rf"(?<![0-9第.])(?:[0-9]{{1,8}}(?:\.[0-9]{{1,4}})?|[{_HEAD}]{{1,4}}) ?[-—~至到] ?$")
_JOINS = frozenset("-—~至到 ")
_ORDINAL = re.compile(rf"第 ?[0-9{_HAN}]{{1,6}}[条款项次期批届章]?[至到、,和及~—-]$")
_NEVER = _WORDS.not_count
_FRACTIONAL = frozenset({"%", "‰", "倍", "分", "元", "个百分点"})
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
    """The mention that a number makes with the unit after it, or None."""
    start, at, scale = match.start(), match.end(), match["scale"]
    unit = _unit(shadow, at)
    if not unit:
        if not scale.endswith(("万", "亿")):
            return None
    elif shadow.endswith(_NEVER.before_any, 0, start) or _is_ordinal(shadow, start):
        return None
    number = shadow[start : match.start("scale")]
    if "." in number and not scale and _is_glued_mark(shadow, start, unit):
        start += number.index(".") + 1
        number = shadow[start:at]
    value = _value(shadow, start, number, scale)
    if value is None:
        return None
    kind, end = _KINDS.get(unit, "COUNT"), at + len(unit)
    if kind in ("DURATION", "LIMIT"):
        return _duration(shadow, start, end, number, unit, value)
    approx = "余" in scale or "多" in scale or _is_approximate(shadow, start, end)
    if kind == "MONEY":
        currency = _CURRENCY.search(shadow, max(0, start - 4), start)
        return Mention("MONEY", currency.start() if currency else start, end, value, unit, approx)
    if _is_no_count(shadow, start, end, number, unit):
        return None
    ranged = _range(shadow, start)
    if ranged:
        return Mention("COUNT", ranged.start(), end, None, unit, approx)
    return Mention("COUNT", start, end, value, unit, approx)


def _unit(shadow: str, at: int) -> str:
    """The longest unit at `at` that is not the head of another word, or nothing."""
    for unit in _BY_FIRST.get(shadow[at : at + 1], ()):
        if shadow.startswith(unit, at):
            after = shadow[at + len(unit) : at + len(unit) + 1]
            if not after or after not in _UNITS.not_before.get(unit, ""):
                return unit
    return ""


def _value(shadow: str, start: int, number: str, scale: str) -> float | int | None:
    if not scale and number.isdecimal():
        return int(number)
    if number in ("百", "千") and not shadow.endswith(_NEVER.round_after, 0, start):
        return None
    digits = number.replace(" ", "")
    if digits.startswith("0,"):  # 占0,02%
        digits = digits.replace(",", ".")
    return numerals.parse(digits + _VAGUE.sub("", scale))


def _is_ordinal(shadow: str, start: int) -> bool:
    """Whether the number goes on a row of ordinals: 第三十一条、三十二条."""
    before = max(0, start - 10)
    return shadow.find("第", before, start) >= 0 and _ORDINAL.search(shadow, before, start) is not None


def _is_glued_mark(shadow: str, start: int, unit: str) -> bool:
    """Whether 3.20家 at the head of a sentence is item 3 and then 20家."""
    return unit not in _FRACTIONAL and (start == 0 or shadow[start - 1] in "\n。;: ")


def _is_approximate(shadow: str, start: int, end: int) -> bool:
    words = _WORDS.approximate
    if shadow.startswith(words.after, end):
        return True
    return shadow.endswith(words.before, 0, start) and not shadow.endswith(words.not_before, 0, start)


def _is_no_count(shadow: str, start: int, end: int, number: str, unit: str) -> bool:
    """Whether number and unit count nothing: part of a name, a fixed compound, or a 一 that means 'a'."""
    if start and shadow[start - 1] in "“‘《" and not shadow.startswith(("”", "’"), end):
        return True
    if number[0] in "0123456789":
        return unit == "分" and shadow.endswith(("时", "点", ":"), 0, start)
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
    return _RANGE.search(shadow, max(0, start - 14), start) if shadow[start - 1 : start] in _JOINS else None
