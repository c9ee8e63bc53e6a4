"""Another body, another place, other years: who a report is by and when, changed everywhere at once."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

from nianbao import regions
from nianbao.train.generate.draft import Draft, Mark
from nianbao.train.generate.edits import Edit, sparing
from nianbao.train.generate.names import Names
from nianbao.train.gold import GoldEntity, GoldFact

# the report years of each form, so that a report keeps its form; a precursor keeps its year
_YEARS = {
    "regulation_2008": (2008, 2013), "statistics_2014": (2014, 2018), "format_2019": (2019, 2020),
    "format_2021": (2021, 2025),
}  # fmt: skip
# years this far from the report's move with it; others are history (when a law was passed)
_BEFORE, _AFTER = 3, 2
_DIGITS = "0123456789"
_GLYPHS = {
    c: i % 10 for digits in (_DIGITS, "０１２３４５６７８９", "〇一二三四五六七八九") for i, c in enumerate(digits)
}
_GLYPHS |= dict.fromkeys("○零OО", 0)
_YEAR = re.compile(rf"(?<![\d０-９])[12１２一二](?:[ 　]?[{''.join(_GLYPHS)}]){{3}}(?![\d０-９])")
_ISO_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_LEAP_DAY = "-02-29"
_PHONE = re.compile(r"(?:(0\d{2,3})-)?(\d{7,8})(?:-\d+)?")
_KEPT_LABELS = ("DOC_NO", "INDEX_NO", "LAW", "URL", "EMAIL", "PHONE", "POSTCODE", "COUNT", "MONEY")


def rename(draft: Draft, rng: random.Random) -> None:
    """Gives the report another region, agency, persons, phones and postcodes."""
    gold = draft.gold
    marks = draft.entities("AGENCY", "PERSON", "ADDRESS", "CHANNEL")
    own = [gold.agency or "", *gold.agency_aliases]
    plain = [(m.of.label, m.start, m.end) for m in marks if not m.of.value]
    values = [m.of.value for m in marks if m.of.label == "AGENCY" and m.of.value]
    names = Names(
        draft.text, plain, rng, region=gold.region, addresses=gold.contact.get("address", []),
        bodies=[body for body in own + values if body], year=gold.year,
    )  # fmt: skip
    spelled = [(m.start, m.end, new) for m in marks if (new := _spelled(draft.read(m), m.of.value, names))]
    edits = spelled + [e for e in names.edits() if not any(s < e[1] and e[0] < t for s, t, _ in spelled)]
    numbers = _Numbers(names.place, rng)
    for mark in draft.entities("PHONE", "POSTCODE"):
        edits += numbers.edits(draft, mark)
    bounds = [(mark.start, mark.end) for mark in draft.marks]
    draft.edit(sparing(edits, bounds))
    for mark in draft.of(GoldEntity):
        value = mark.of.value
        if value and mark.of.label in ("AGENCY", "PERSON", "ADDRESS", "CHANNEL", "LAW"):
            mark.of = mark.of.model_copy(update={"value": names.told(value)})
        elif value and mark.of.label in ("PHONE", "POSTCODE"):
            mark.of = mark.of.model_copy(update={"value": numbers.told(value)})
        mark.said = draft.read(mark)
    told = {name: [numbers.told(names.told(value)) for value in values] for name, values in gold.contact.items()}
    draft.gold = gold.model_copy(update={
        "title": names.told(gold.title) if gold.title else None,
        "agency": names.told(gold.agency) if gold.agency else None,
        "agency_aliases": [names.told(alias) for alias in gold.agency_aliases],
        "region": names.region, "contact": told,
    })  # fmt: skip


def _spelled(text: str, value: str | None, names: Names) -> str | None:
    """The whole new name for one whose text is too damaged to be changed in part: blanks stay, other damage goes."""
    if not value or names.told(value) == value:
        return None
    blanks = re.findall(r"\s+", text)
    if blanks and "".join(text.split()) == value:
        return blanks[0].join(names.told(value)) if len(blanks) > 1 else names.told(value)
    return names.told(value) if names.told(text) == text else None


class _Numbers:
    """New phone numbers and postcodes, the same for the same old one; hot lines and mobile numbers stay."""

    def __init__(self, place: regions.Place | None, rng: random.Random) -> None:
        self.areas, self.postal = regions.pointers(place) if place else ((), "")
        self.rng = rng
        self.new: dict[str, str] = {}

    def told(self, value: str) -> str:
        """The new form of a number, or the text itself where it is none that was replaced."""
        phone = _PHONE.fullmatch(value)
        if phone:
            area = self._area(phone[1]) if phone[1] else ""
            return (f"{area}-" if area else "") + self._other(phone[2], 1) + value[phone.end(2) :]
        if re.fullmatch(r"\d{6}", value):
            return self.postal + self._other(value, 0)[len(self.postal) :]
        return value

    def edits(self, draft: Draft, mark: Mark) -> Iterator[Edit]:
        """Replaces the digits of a mention one by one, so that its damage stays as it is."""
        old = mark.of.value or draft.read(mark)
        new = self.told(old)
        digits = [i for i in range(mark.start, mark.end) if draft.text[i] in _GLYPHS]
        before, after = re.sub(r"\D", "", old), re.sub(r"\D", "", new)
        if "".join(str(_GLYPHS[draft.text[i]]) for i in digits) != before[len(before) - len(digits) :]:
            return
        surplus = len(after) - len(before)  # another place may have a longer or shorter code
        after = after[len(before) - len(digits) :] if len(digits) < len(before) else after
        if surplus > 0:
            yield digits[0], digits[0] + 1, after[: surplus + 1]
        else:
            for i in digits[:-surplus] if surplus else ():
                yield i, i + 1, ""
            digits = digits[-surplus:] if surplus else digits
            yield digits[0], digits[0] + 1, _like(draft.text[digits[0]], after[0])
        for i, digit in zip(digits[1:], after[len(after) - len(digits) + 1 :], strict=True):
            yield i, i + 1, _like(draft.text[i], digit)

    def _area(self, old: str) -> str:
        return self.new.setdefault(old, self.rng.choice(self.areas) if self.areas else old)

    def _other(self, old: str, first: int) -> str:
        if old not in self.new:
            self.new[old] = old[:first] + "".join(self.rng.choice(_DIGITS) for _ in old[first:])
        return self.new[old]


def _like(glyph: str, digit: str) -> str:
    """A digit in the width or script of another one."""
    if "０" <= glyph <= "９":
        return chr(ord("０") + int(digit))
    if glyph in _DIGITS:
        return digit
    return (glyph if _GLYPHS[glyph] == 0 else "〇") if digit == "0" else "〇一二三四五六七八九"[int(digit)]


def postpone(draft: Draft, rng: random.Random) -> None:
    """Moves the report to another year of its form, and the years around with it."""
    gold = draft.gold
    span = _YEARS.get(gold.era or "")
    if not span or not gold.year or not span[0] <= gold.year <= span[1]:
        return
    by = rng.choice(range(span[0], span[1] + 1)) - gold.year
    dates = [m.of.value or draft.read(m) for m in draft.entities("DATE")]
    if not by or any(_LEAP_DAY in date for date in dates):
        return
    first, last = gold.year - _BEFORE, gold.year + _AFTER

    def later(year: int) -> int:
        return year + by if first <= year <= last else year

    quiet = [(m.start, m.end) for m in draft.entities(*_KEPT_LABELS)] + [
        (m.start, m.end) for m in draft.lines("statistics")
    ]
    edits: list[Edit] = []
    for match in _YEAR.finditer(draft.text):
        if not any(start < match.end() and match.start() < end for start, end in quiet):
            places = [i for i in range(*match.span()) if draft.text[i] in _GLYPHS]
            new = str(later(int("".join(str(_GLYPHS[draft.text[i]]) for i in places))))
            edits += [(i, i + 1, _like(draft.text[i], digit)) for i, digit in zip(places, new, strict=True)
                      if _GLYPHS[draft.text[i]] != int(digit)]  # fmt: skip
    draft.edit(edits)
    _restate(draft, later)


def _restate(draft: Draft, later: Callable[[int], int]) -> None:
    """The gold's dates and years, moved."""

    def moved(date: str | None) -> str | None:
        return _ISO_YEAR.sub(lambda match: f"{later(int(match[0])):04}", date) if date else date

    for mark in draft.of((GoldEntity, GoldFact)):
        if isinstance(mark.of, GoldFact):
            mark.of = mark.of.model_copy(update={"year": later(mark.of.year) if mark.of.year else None})
        elif mark.of.label == "DATE":
            mark.of = mark.of.model_copy(update={"value": moved(mark.of.value)})
        mark.said = draft.read(mark)
    gold = draft.gold
    title = gold.title and _YEAR.sub(lambda m: _retold(m[0], later), gold.title)
    draft.gold = gold.model_copy(update={
        "title": title, "year": later(gold.year or 0), "published": moved(gold.published),
        "signed": moved(gold.signed), "period": [moved(date) or "" for date in gold.period] if gold.period else None,
    })  # fmt: skip


def _retold(year: str, later: Callable[[int], int]) -> str:
    new = iter(str(later(int("".join(str(_GLYPHS[c]) for c in year if c in _GLYPHS)))))
    return "".join(_like(c, next(new)) if c in _GLYPHS else c for c in year)
