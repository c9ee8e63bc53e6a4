"""Calendar expressions: points, months, years, ranges and relative years, with their ISO forms.

`find` marks them; those whose year the words leave open (上年, 12月28日) have no value until `resolve` knows the
report's year. Both read the same forms, so the value can always be told again from the text.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from nianbao import numerals
from nianbao.catalogue.entities import entities
from nianbao.document import Mention

_WORDS = entities()
_RELATIVE = _WORDS.relative_years

_HAN = "〇零一二三四五六七八九"
_Y = rf"(?:(?:1 ?9|2 ?0) ?[0-9] ?[0-9]|[二2][〇零0][{_HAN}0-9]{{2}}|[一1][九9][{_HAN}0-9]{{2}})"
_M = r"(?:1 ?[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九元])"
_D = r"(?:[12] ?[0-9]|3 ?[01]|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
_PART = r"(?P<part>上半年|下半年|第?[一二三四1-4] ?季度)"
_EDGE = r"(?:年?[底末]|年?初(?![步级审中次心任始]))"
_MONTH_EDGE = r"(?:份|[底末初]|[上中下]旬)"
_SEP = r" ?[-./—–] ?"
_JOIN = r" ?(?:零时|[^。;\n0-9]{0,24}?之日)?(?:起|始)?[,、]? ?(?:至|到|[-—–─~]{1,2}) ?"
_DAY = rf" ?(?P<d>{_D}) ?(?:日|号(?!文))"

# The ways to print one date, the most telling first. 年 and 月 may be lost between digits: 20086月, 201211日.
_FORMS = (
    rf"(?P<y>{_Y}) ?(?:年 ?|(?=[0-9]{{1,2}} ?月))(?P<m>{_M}) ?月(?:{_DAY}|{_MONTH_EDGE})?",
    rf"(?P<y>{_Y}){_SEP}(?P<m>1[0-2]|0?[1-9]){_SEP}(?P<d>[12][0-9]|3[01]|0?[1-9])(?:日|(?![0-9])|(?=[0-9]{{1,2}}:[0-9]{{2}}))",
    rf"(?P<y>{_Y})-(?P<m>1[0-2]|0[1-9])(?![0-9年.-])",
    rf"(?P<y>{_Y}) ?(?P<md>[0-9]{{2,4}}) ?日",
    rf"(?P<y>{_Y}) ?年(?: ?{_PART}|度|{_EDGE}|(?![级代限龄]))",
    rf"(?P<r>{'|'.join(sorted(_RELATIVE, key=len, reverse=True))})(?![纪龄])"
    rf"(?:度|{_PART}|{_EDGE})?(?:(?P<m>{_M}) ?月(?:{_DAY}|{_MONTH_EDGE})?)?",
    rf"(?P<m>{_M}) ?月(?:{_DAY}|{_MONTH_EDGE}|(?<=[0-9]月)|(?<=[0-9] 月))",
    rf"{_PART}|年[底末]",
)
# What only a range makes a date: the first of 2016-2018年, 2020年1-12月, 5月16-27日, and the last of 5月16日-27日.
_OPEN_FORMS = (
    rf"(?P<y>{_Y})(?={_JOIN}{_Y} ?学?年)",
    rf"(?:(?P<y>{_Y}) ?年 ?)?(?P<m>{_M})(?={_JOIN}{_M} ?月)",
    rf"(?:(?P<y>{_Y}) ?年 ?)?(?P<m>{_M}) ?月 ?(?P<d>{_D})(?={_JOIN}{_D} ?日)",
)
_CLOSING_FORMS = (rf"(?P<y>{_Y}) ?学年度?", rf"(?P<d>{_D}) ?日")


def _any(*forms: str) -> str:
    return "|".join(re.sub(r"\(\?P<\w+>", "(?:", form) for form in forms)


_DATE = re.compile(
    rf"(?:(?P<first>{_any(*_OPEN_FORMS)}){_JOIN}(?P<last>{_any(*_CLOSING_FORMS, *_FORMS)}))"
    rf"|(?P<one>{_any(*_FORMS)})(?:{_JOIN}(?P<other>{_any(*_FORMS, *_CLOSING_FORMS)}))?"
)
_READERS = tuple(re.compile(form) for form in (*_OPEN_FORMS, *_FORMS, *_CLOSING_FORMS))
# Where a date can start: at the head of a run of digits that 年, 月 or the like follows, or at a word with 年.
_DIGITS_START = re.compile(
    rf"[0-9{_HAN}十元第](?:"
    r"(?<=[0-9])(?<![0-9].)(?=[0-9 ]{0,8}(?:[年月日]|(?<=[0-9]{4}) ?[-./—–~至到]|[-—–~至到]{1,2} ?[0-9]{1,4} ?[年月]))"
    rf"|(?<=[{_HAN}十元第])(?<![{_HAN}十第].)(?=[{_HAN}十0-9]{{0,4}} ?(?:[年月]|季度)))"
)
_WORD_START = re.compile(rf"年(?:(?<=[上下]半年)|(?=[底末])(?<![0-9每{_HAN}].)|{'|'.join(f'(?<={w})' for w in _RELATIVE)})")
_WORD_LENGTHS = sorted({len(word) for word in _RELATIVE} | {3, 1}, reverse=True)
_CLOCK = re.compile(rf"(?:{'|'.join(_WORDS.dates.clock)})[是为]?[: ]{{0,3}}$")
_AHEAD = re.compile("|".join(_WORDS.dates.ahead))
_SENTENCE_END = re.compile(r"[。\n]")
_OPENING = re.compile(r"(?:^|[。\n])[\s(一二三四五六七八九十0-9、.)]*[截至在到自从]*$")
_PARTS = {"上半年": (1, 6), "下半年": (7, 12)}
_PARTS |= {f"{c}季度": (i * 3 - 2, i * 3) for cs in ("一二三四", "1234") for i, c in enumerate(cs, 1)}
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
    """Every date of the text, in order; the value is None where the year is not printed or the print is no date."""
    at = 0
    for start in _DIGITS_START.finditer(shadow):
        if start.start() >= at:
            match = _DATE.match(shadow, start.start())
            if match:
                at = match.end()
                if not _CLOCK.search(shadow, max(0, match.start() - 9), match.start()):
                    yield Mention("DATE", match.start(), at, _value(match, None, None))
    for word in _WORD_START.finditer(shadow):
        for before in _WORD_LENGTHS:
            match = _DATE.match(shadow, max(0, word.end() - before))
            if match:
                yield Mention("DATE", match.start(), match.end(), _value(match, None, None))
                break


def resolve(mentions: Sequence[Mention], shadow: str, year: int | None) -> list[Mention]:
    """The mentions with the values of relative and partial dates filled in.

    A partial date takes the year that its sentence speaks of, else the report's; a relative one counts from the report's.

    Args:
      mentions: of one document, in order.
      shadow: the text that they are spans of.
      year: the year reported on; None leaves open what depends on it.
    """
    out: list[Mention] = []
    spoken: int | None = None
    spoken_at = 0
    for mention in mentions:
        if mention.label == "DATE":
            if mention.value is None:
                same = _SENTENCE_END.search(shadow, spoken_at, mention.start) is None
                mention = _resolved(mention, shadow, spoken if same else None, year)
            if _governs(mention, shadow):
                spoken, spoken_at = int(str(mention.value).split("/")[-1][:4]), mention.end
        out.append(mention)
    return out


def _governs(mention: Mention, shadow: str) -> bool:
    """Whether what follows in the sentence is of this date's year: it is a month or day, or opens the sentence."""
    if mention.value is None:
        return False
    if "-" in str(mention.value):
        return True
    before = shadow[max(0, mention.start - 12) : mention.start]
    return _OPENING.search(before) is not None


def _resolved(mention: Mention, shadow: str, spoken: int | None, year: int | None) -> Mention:
    match = _DATE.match(shadow, mention.start)
    if match is None:
        return mention
    ahead = shadow.startswith("前", mention.end) and _AHEAD.search(shadow, max(0, mention.start - 12), mention.start)
    if spoken is None and year is not None:
        spoken = year + 1 if ahead else year
    return replace(mention, value=_value(match, spoken, year))


def _value(match: re.Match[str], spoken: int | None, year: int | None) -> str | None:
    """The ISO form of a found date.

    Args:
      match: of `_DATE`.
      spoken: the year of a date without one.
      year: the year that relative years count from.
    """
    head, tail = ("first", "last") if match["first"] else ("one", "other")
    start = _placed(_read(match.string, *match.span(head)), year)
    if start.year is None:
        start = replace(start, year=spoken)
    if match[tail] is None:
        return _iso(start)
    end = _placed(_read(match.string, *match.span(tail)), year)
    if end.year is None:
        end = replace(end, year=start.year, month=end.month or start.month)
    first, last = _iso(start), _iso(end)
    return f"{first.split('/')[0]}/{last.split('/')[-1]}" if first and last else None


def _read(text: str, start: int, end: int) -> _Moment:
    """What the date at text[start:end], one of the forms, prints."""
    match = next(m for m in (reader.match(text, start) for reader in _READERS) if m and m.end() == end)
    got = match.groupdict()
    month, day = got.get("m"), got.get("d")
    if got.get("md"):
        month, day = _split(got["md"])
    return _Moment(
        year=_number(got["y"]) if got.get("y") else None,
        shift=_RELATIVE[got["r"]] if got.get("r") else None,
        month=_number(month) if month else None,
        day=_number(day) if day else None,
        part=got.get("part") or "",
    )


def _placed(moment: _Moment, year: int | None) -> _Moment:
    """The moment with its relative year counted from `year`."""
    if moment.shift is None or year is None:
        return moment
    return replace(moment, year=year + moment.shift)


def _split(digits: str) -> tuple[str, str]:
    """Month and day that were printed with 月 lost (11, 1231), or two zeros where more than one reading is a date."""
    ways = [(digits[:i], digits[i:]) for i in (1, 2) if len(digits) - i in (1, 2)]
    fit = [(m, d) for m, d in ways if f"{int(m)}" == m.lstrip("0") and 1 <= int(m) <= 12 and 1 <= int(d) <= 31]
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
