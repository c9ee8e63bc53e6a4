"""Whose number it is, of which year, done or planned: what stands around a number or zero statement."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from nianbao.catalogue import load_toml
from nianbao.document import Mention


@dataclass(frozen=True, slots=True)
class Reporter:
    """What the linker must know of the report: its year, and the body with all its names.

    `aggregate`: the body is a government, so figures of its whole region are its own.
    """

    year: int | None
    aggregate: bool
    names: tuple[str, ...]

    def is_own(self, name: str) -> bool:
        """Whether an agency's name is one of the reporter's, in full or as an abbreviation (same end, in order)."""
        return any(_abbreviates(name, full) for full in self.names)


def _abbreviates(short: str, full: str) -> bool:
    """区政府 of 柳北区人民政府: the same last character, and all characters in the same order."""
    if not short or short[-1] != full[-1:]:
        return False
    rest = iter(full)
    return all(c in rest for c in short)


@dataclass(frozen=True, slots=True)
class Setting:
    """Scope, year, status and cumulative flag of one statement."""

    scope: str
    year: int | None
    status: str
    cumulative: bool


@dataclass(frozen=True, slots=True)
class _Cues:
    own: re.Pattern[str]
    region: re.Pattern[str]
    other: re.Pattern[str]
    plan: re.Pattern[str]
    rule: re.Pattern[str]
    past: re.Pattern[str]
    cumulative: re.Pattern[str]
    annual: re.Pattern[str]
    difference: re.Pattern[str]


@cache
def cues() -> _Cues:
    """The context cues of the catalogue, compiled."""
    data = load_toml("facts.toml")
    words = {**data["scope"], **data["status"], **data["time"]}
    return _Cues(**{name: re.compile(pattern) for name, pattern in words.items()})


# another agency owns the number only as the subject of its clause: at its beginning, with a verb of having right behind
_SUBJECT_LEFT = re.compile(r"(?:^|[,;。:(、\n])(?:其中|另|而|D*)?\s*$|[\d年度]$")
_SUBJECT_RIGHT = re.compile(
    r"(?:\d{4}年度?|全年|共|累计|分别)?(?:收到|受理|接到|主动公开|公开|发布|有(?!关)|未|没有|发生|举办|召开|产生|被|无|办理)"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A number or zero statement in its paragraph: `text` with dates as D and numbers as N, letter for letter.

    `base` is where the paragraph starts in the shadow; `sentence`, `start` and `end` count from there.
    """

    text: str
    base: int
    sentence: int
    start: int
    end: int


def setting(said: Statement, mentions: Sequence[Mention], reporter: Reporter, shadow: str) -> Setting:
    """The setting of a statement; `mentions` are those around it, in order, offsets in the shadow."""
    before, statement = said.text[said.sentence : said.start], said.text[said.start : said.end]
    first, start, end = said.base + said.sentence, said.base + said.start, said.base + said.end
    return Setting(
        _scope(before + statement, first, mentions, reporter, shadow, end),
        _year(first, start, mentions, reporter, shadow),
        _status(before, said.text[said.end : said.end + 4]),
        _cumulative(before + statement) or _spans_years(first, start, mentions),
    )


def _spans_years(at: int, start: int, mentions: Sequence[Mention]) -> bool:
    """Whether the sentence speaks of a stretch of several years (2008年5月至2011年底)."""
    for mention in mentions:
        first, _, last = str(mention.value or "").partition("/")
        if mention.label == "DATE" and at <= mention.start < start and last and first[:4] < last[:4]:
            return True
    return False


def _scope(text: str, at: int, mentions: Sequence[Mention], reporter: Reporter, shadow: str, end: int) -> str:
    cue = cues()
    found = [(m.end(), "own") for m in cue.own.finditer(text)]
    found += [(m.end(), "own" if reporter.aggregate else "region") for m in cue.region.finditer(text)]
    found += [(m.end(), "other") for m in cue.other.finditer(text)]
    for mention in mentions:
        if mention.label != "AGENCY" or mention.start < at or mention.end >= end:
            continue
        if reporter.is_own(shadow[mention.start : mention.end]):
            found.append((mention.end - at, "own"))
        elif _SUBJECT_LEFT.search(shadow[max(at - 1, mention.start - 8, 0) : mention.start]) and _SUBJECT_RIGHT.match(
            shadow, mention.end
        ):
            found.append((mention.end - at, "other"))
    # of two cues that end together the closer one counts: 局属各单位 is others', not everybody's
    return max(found, key=lambda f: (f[0], f[1] == "other"))[1] if found else "own"


def _year(at: int, start: int, mentions: Sequence[Mention], reporter: Reporter, shadow: str) -> int | None:
    """The year of the last date before the number; a date that is only compared with (较2017年…) does not count."""
    year = reporter.year
    for mention in mentions:
        if mention.label != "DATE" or not at <= mention.start < start:
            continue
        value = str(mention.value or "")
        if not re.match(r"\d{4}", value):
            continue
        lead = shadow[max(at, mention.start - 4) : mention.start]
        compared = re.search(r"(?:比|较|同比|与|自|从)$", lead)
        direct = re.match(r"度?的", shadow[mention.end : mention.end + 2]) and not re.search(
            "[,;。]", shadow[mention.end : start]
        )
        if compared and not direct:
            continue
        if re.match(r"(?:度)?(?:结转|转入)", shadow[mention.end : mention.end + 4]) or re.search(
            "(?:结转|转)(?:至|到|入)?$", lead
        ):
            continue
        first, _, last = value.partition("/")
        year = int((last or first)[:4])
        if last and reporter.year and int(first[:4]) <= reporter.year <= year:
            year = reporter.year
    return year


_SINCE = re.compile("以来|历年|至今|到目前|截至目前")


def _status(before: str, tail: str) -> str:
    cue = cues()
    clause = re.split("[;。]", before)[-1]
    if cue.rule.search(re.split("[,、:(]", clause)[-1]) or cue.rule.match(tail):
        return "rule"
    plan = _last(cue.plan, clause)
    if plan and not cue.past.search(clause[plan.end() :]):
        return "plan"
    return "fact"


def _cumulative(text: str) -> bool:
    """Since the beginning, unless the year's own word stands nearer to the number."""
    cue = cues()
    last = _last(cue.cumulative, text)
    if last is None:
        return False
    after = text[last.end() :]
    if cue.annual.search(after):
        return False
    clause = re.split("[;。]", text[: last.start()])[-1]
    since = _SINCE.search(clause + last[0]) is not None
    rest, until = re.subn(
        "(?:截[至止]|[至到])D+", "", clause
    )  # 至2009年底,累计…: a date that ends a stretch begins no year
    return since or bool(until and not re.search("全年|本年|当年|年内", rest)) or not cue.annual.search(rest)


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The last match of a pattern."""
    return next(reversed(list(pattern.finditer(text))), None)
