"""Calendar expressions: points, months, years, ranges and relative years, with their ISO forms.

`find` marks them; those whose year the words leave open (上年, 12月28日) have no value until `resolve` knows the
report's year. What a date prints is read from its own text alone, so both share one reading.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from nianbao import numerals
from nianbao.catalogue.entities import entities
from nianbao.document import Mention

_WORDS = entities().dates
_RELATIVE = entities().relative_years
_RELATIVE_WORD = "|".join(sorted(_RELATIVE, key=len, reverse=True))

_HAN = "〇零一二三四五六七八九"
_Y = rf"(?:(?:1 ?9|2 ?0) ?[0-9] ?[0-9]|[二2][〇零0][{_HAN}0-9]{{2}}|[一1][九9][{_HAN}0-9]{{2}})"
_M = r"(?:1 ?[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九元])"
_D = r"(?:[12] ?[0-9]|3 ?[01]|0?[1-9]|三十一?|(?:二?十|廿)[一二三四五六七八九]?|[一二三四五六七八九])"
_PART = r"(?P<part>上半年|下半年|(?:第|前)?[一二三四1-4] ?季度)"
_EDGE = r"(?:年?[底末]|年?初(?![步级审中次心任始]))"
_SEP = r" ?[-./—–] ?"
_TIME = r"[0-9]{1,2}:[0-9]{2}"  # may be glued to the day: 2021-03-2918:26
_AFTER_MONTH = rf"(?: ?(?P<d>{_D}) ?(?:日|号(?!文))|份|[底末初]|[上中下]旬)"

# The ways to print one date. 年 and 月 may be lost between digits: 20086月, 201211日.
_FORMS = (
    rf"(?P<y>{_Y}) ?(?:年 ?|(?=[0-9]{{1,2}} ?月))(?P<m>{_M}) ?月{_AFTER_MONTH}?",
    rf"(?P<y>{_Y}) ?(?:年(?=3[2-9]|[4-9][0-9]|[0-9]{{3}}))?(?P<md>[0-9]{{2,4}}) ?日",
    rf"(?P<y>{_Y}) ?年(?: ?{_PART}|度|{_EDGE}|(?![级代限龄]))",
    rf"(?P<y>{_Y}){_SEP}(?P<m>1[0-2]|0?[1-9]){_SEP}(?P<d>[12][0-9]|3[01]|0?[1-9])(?:日|(?![0-9])|(?={_TIME}))",
    rf"(?P<y>{_Y})-(?P<m>1[0-2]|0[1-9])(?![0-9年.-])",
    rf"(?P<r>{_RELATIVE_WORD})(?![纪龄])(?:度|{_PART}|{_EDGE})?(?:(?P<m>{_M}) ?月{_AFTER_MONTH}?)?",
    rf"(?P<m>{_M}) ?月(?:{_AFTER_MONTH}|(?<=[0-9]月)|(?<=[0-9] 月))",
    rf"{_PART}|年底",
)
_LAST_DAY = rf"(?P<d>{_D}) ?日"
_TO = r" ?(?:至|到|止于|[-—–─~]{1,2}) ?"
# Ranges that print 年, 月 or 日 once: 2016-2018年, 2020年1-12月, 5月16-27日. The second date's names end in 2.
_SHORT_RANGES = (
    rf"(?P<y>{_Y}){_TO}(?P<y2>{_Y}) ?学?年度?",
    rf"(?:(?P<y>{_Y}) ?年 ?)?(?P<m>{_M}){_TO}(?P<m2>{_M}) ?月份?",
    rf"(?:(?P<y>{_Y}) ?年 ?)?(?P<m>{_M}) ?月 ?(?P<d>{_D}){_TO}(?P<d2>{_D}) ?日",
)
# Between two full dates: 至, 起至, 零时至, 《条例》施行之日起,至.
_HOUR = r"(?:[零〇]|[0-9]{1,2}) ?时"
_JOIN = rf"(?: ?(?:{_HOUR})?(?:算?起|始)?[,、]?|[^。;\n0-9]{{1,24}}?之日起?[,、]?){_TO}"


def _any(*forms: str) -> str:
    return "|".join(re.sub(r"\(\?P<\w+>", "(?:", form) for form in forms)


_PAIR = rf"(?P<one>{_any(*_FORMS)})(?:{_JOIN}(?P<other>{_any(*_FORMS, _LAST_DAY)}))?"
_DATE = re.compile(f"{_any(*_SHORT_RANGES)}|{_PAIR}")
_READ_SHORT_RANGE = tuple(re.compile(form) for form in _SHORT_RANGES)
_READ_ONE = tuple(re.compile(form) for form in (*_FORMS, _LAST_DAY))

# Where a date can start: at the head of a run of digits that 年, 月 or the like follows, or at a word with 年.
_DIGITS_START = re.compile(
    rf"[0-9{_HAN}十元第](?:"
    r"(?<=[0-9])(?<![0-9].)(?=[0-9 ]{0,8}(?:[年月日]|(?<=[0-9]{4}) ?[-./—–~至到]|[-—–~至到]{1,2} ?[0-9]{1,4} ?[年月]))"
    rf"|(?<=[{_HAN}十元第])(?<![{_HAN}十第].)(?<![上下每前].)(?=[{_HAN}十0-9]{{0,4}} ?(?:[年月]|季度)))"
)
_AT_RELATIVE = "|".join(f"(?<={word})(?<!以{word})" for word in _RELATIVE)
_WORD_START = re.compile(rf"年(?:(?<=[上下]半年)|(?=底)(?<![0-9每{_HAN}].)|{_AT_RELATIVE})")
_WORD_LENGTHS = sorted({len("上半年"), len("年"), *map(len, _RELATIVE)}, reverse=True)

_CLOCK = re.compile(rf"(?:{'|'.join(_WORDS.clock)})[是为]?[: ]{{0,3}}$")
_PLAN = re.compile(rf"[^,。;\n]{{0,12}}(?:{'|'.join(_WORDS.plans)})")
_YEARS = re.compile(r"[0-9]{4}/[0-9]{4}")
_AHEAD = re.compile("|".join(_WORDS.ahead))
_REACH = 1000  # characters after which a date's year is no longer taken for another's
_OPENING = re.compile(r"(?:^|[。\n])[ \t(一二三四五六七八九十0-9、.)]*[截至在到自从]*$")
_PARTS = {"上半年": (1, 6), "下半年": (7, 12)}
for _i, _cs in enumerate(("一1", "二2", "三3", "四4"), 1):
    _PARTS |= {f"{c}季度": (_i * 3 - 2, _i * 3) for c in _cs} | {f"前{c}季度": (1, _i * 3) for c in _cs}
_TO_DIGITS = {ord(c): str(i) for i, c in enumerate("零一二三四五六七八九")} | {ord("〇"): "0", ord(" "): ""}


@dataclass(frozen=True, slots=True)
class _Moment:
    """A date as printed; what it leaves out is None. `shift` is a relative year's distance from the report's."""

    year: int | None = None
    shift: int | None = None
    month: int | None = None
    day: int | None = None
    part: str = ""


def find(shadow: str) -> Iterator[Mention]:
    """Every date of the text; the value is None where the year is not printed or the print is no date.

    Those that start with a digit come first, then those that start with a word; the two may overlap.
    """
    at = 0
    for start in _DIGITS_START.finditer(shadow):
        match = _DATE.match(shadow, start.start()) if start.start() >= at else None
        if match:
            at = match.end()
            if not _is_name(shadow, match):
                yield Mention("DATE", match.start(), at, _value(match[0], None, None))
    for word in _WORD_START.finditer(shadow):
        tries = (_DATE.match(shadow, max(0, word.end() - length)) for length in _WORD_LENGTHS)
        match = next(filter(None, tries), None)
        if match:
            yield Mention("DATE", match.start(), match.end(), _value(match[0], None, None))


def _is_name(shadow: str, match: re.Match[str]) -> bool:
    """Whether the date is the reader's clock, or the years that a plan is named by (2021-2025年…规划)."""
    if _YEARS.fullmatch(_value(match[0], None, None) or "") and _PLAN.match(shadow, match.end()):
        return True
    return _CLOCK.search(shadow, max(0, match.start() - 9), match.start()) is not None


def resolve(mentions: Sequence[Mention], shadow: str, year: int | None) -> list[Mention]:
    """The mentions with the values of relative and partial dates filled in.

    A partial date takes the year that its sentence speaks of, else the report's (the next for a deadline still ahead);
    a relative one counts from the report's.

    Args:
      mentions: of one document, in order.
      shadow: the text that they are spans of.
      year: the year reported on; None leaves open what depends on it.
    """
    out: list[Mention] = []
    spoken, reach = None, 0
    for mention in mentions:
        if mention.label == "DATE":
            dated = (
                mention
                if mention.value
                else _resolved(mention, shadow, spoken if mention.start < reach else None, year)
            )
            governed = _governed(dated, shadow)
            if governed:
                spoken, reach = int(str(dated.value).split("/")[-1][:4]), governed
            out.append(dated)
        else:
            out.append(mention)
    return out


def _resolved(mention: Mention, shadow: str, spoken: int | None, year: int | None) -> Mention:
    if spoken is None and year is not None:
        before = max(0, mention.start - 12)
        ahead = shadow.startswith("前", mention.end) and _AHEAD.search(shadow, before, mention.start)
        spoken = year + 1 if ahead else year
    return mention._replace(value=_value(shadow[mention.start : mention.end], spoken, year))


def _governed(mention: Mention, shadow: str) -> int:
    """How far partial dates take this date's year, or 0.

    To the end of the line that it opens (2015年打算:1.…上半年…), or of the sentence that it opens or names a month in.
    """
    if mention.value is None:
        return 0
    opening = _OPENING.search(shadow, max(0, mention.start - 12), mention.start)
    if opening is None and "-" not in str(mention.value):
        return 0
    ends = "\n" if opening and not opening[0].startswith("。") else "\n。"
    stops = [at for end in ends if (at := shadow.find(end, mention.end, mention.end + _REACH)) >= 0]
    return min(stops, default=mention.end + _REACH)


@lru_cache(maxsize=4096)
def _value(text: str, spoken: int | None, year: int | None) -> str | None:
    """The ISO form of a found date.

    Args:
      text: the whole date.
      spoken: the year of a date without one.
      year: the year that relative years count from.
    """
    start, end = _read(text)
    start = _placed(start, spoken, year)
    if end is None:
        return _iso(start)
    end = _placed(end, start.year, year)
    if start.year is None and end.year is not None:
        start = replace(start, year=end.year)
    if end.month is None and end.day is not None:
        end = replace(end, month=start.month)
    first, last = _iso(start), _iso(end)
    return f"{first.split('/')[0]}/{last.split('/')[-1]}" if first and last else None


def _placed(moment: _Moment, spoken: int | None, year: int | None) -> _Moment:
    """The moment with its year filled in as far as it is known."""
    if moment.year is not None:
        return moment
    if moment.shift is None:
        return replace(moment, year=spoken)
    return replace(moment, year=None if year is None else year + moment.shift)


def _read(text: str) -> tuple[_Moment, _Moment | None]:
    """What a found date prints: the moment, or the first and last one of a range."""
    for form in _READ_SHORT_RANGE:
        match = form.fullmatch(text)
        if match:
            got = match.groupdict()
            last = {name: got.pop(f"{name}2", None) for name in "ymd"}
            return _moment(got), _moment(last)
    pair = _DATE.fullmatch(text)
    if pair is None:
        raise ValueError(f"no date: {text!r}")
    return _read_one(pair["one"]), _read_one(pair["other"]) if pair["other"] else None


def _read_one(text: str) -> _Moment:
    match = next(match for form in _READ_ONE if (match := form.fullmatch(text)))
    return _moment(match.groupdict())


def _moment(got: dict[str, str | None]) -> _Moment:
    """A moment from the named groups of a form."""
    if got.get("md"):
        got["m"], got["d"] = _split(got["md"] or "")
    year, month, day = (_number(digits) if (digits := got.get(name)) else None for name in "ymd")
    return _Moment(year, _RELATIVE[word] if (word := got.get("r")) else None, month, day, got.get("part") or "")


def _split(digits: str) -> tuple[str, str]:
    """Month and day that were printed with 月 lost (11, 1231), or two zeros where more than one reading is a date."""
    ways = [(digits[:i], digits[i:]) for i in (1, 2) if len(digits) - i in (1, 2)]
    fit = [(m, d) for m, d in ways if 1 <= int(m) <= 12 and 1 <= int(d) <= 31]
    return fit[0] if len(fit) == 1 else ("0", "0")


def _number(digits: str) -> int:
    """A year, month or day in digits, Chinese numerals or a mixture of both."""
    if digits == "元":
        return 1
    plain = digits.translate(_TO_DIGITS)
    return int(plain) if plain.isdecimal() else int(numerals.parse(digits) or 0)


def _iso(moment: _Moment) -> str | None:
    """The ISO form, a range for halves and quarters of a year; None without year or for what is no date (2月30日)."""
    year, month, day = moment.year, moment.month, moment.day
    if year is None:
        return None
    if moment.part:
        first, last = _PARTS[moment.part.lstrip("第").replace(" ", "")]
        return f"{year}-{first:02}/{year}-{last:02}"
    if month is None:
        return f"{year}"
    if not 1 <= month <= 12 or (day is not None and not 1 <= day <= monthrange(year, month)[1]):
        return None
    return f"{year}-{month:02}" if day is None else f"{year}-{month:02}-{day:02}"
