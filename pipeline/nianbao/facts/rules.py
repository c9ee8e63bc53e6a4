"""The rules of `catalogue/facts.toml`, validated and compiled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pydantic import ValidationError

from nianbao.catalogue import CatalogueError, Entry, catalogue, load_toml


class _NumberEntry(Entry):
    indicators: tuple[str, ...]
    topic: tuple[str, ...] = ()
    unit: str
    years: tuple[int, int] = (0, 9999)
    total: bool = False
    wide: bool = False
    match: tuple[str, ...]
    after: tuple[str, ...] = ()
    skip: str | None = None
    context: str | None = None
    context_skip: str | None = None


class _WordEntry(Entry):
    indicators: tuple[str, ...]
    noun: str | None = None
    match: str | None = None
    of: str | None = None
    skip: str | None = None


@dataclass(frozen=True, slots=True)
class NumberRule:
    """A number means `indicators` when its key matches, its unit fits and its clause has the topic.

    `after` is matched against the key that runs back over the numbers before (培训N,#). `total`: the rule gives the
    whole; a number introduced by 其中 is a part and does not feed it. `wide`: the key runs on to the end of the
    sentence. `context` must be in the sentence up to the number, `context_skip` must not.
    """

    indicators: tuple[str, ...]
    topics: frozenset[str]
    units: frozenset[str]
    years: tuple[int, int]
    total: bool
    wide: bool
    match: re.Pattern[str]
    after: re.Pattern[str] | None
    skip: re.Pattern[str] | None
    context: re.Pattern[str] | None
    context_skip: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class WordRule:
    """A statement without a number: none of something, free of charge, or the same of all."""

    indicators: tuple[str, ...]
    match: re.Pattern[str]
    of: str | None
    skip: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules, and what tells the topic of a clause."""

    numbers: Mapping[str, tuple[NumberRule, ...]]  # by unit, in order of precedence
    zeros: tuple[WordRule, ...]
    free: tuple[WordRule, ...]
    of_all: tuple[WordRule, ...]
    also: tuple[WordRule, ...]
    cue: re.Pattern[str]


@cache
def rules() -> Rules:
    """The shipped rules.

    Raises:
      CatalogueError: an unknown indicator, a bad pattern, an unknown key.
    """
    data = load_toml("facts.toml")
    try:
        units = {name: frozenset(words.split()) for name, words in data["units"].items()}
        numbers = tuple(_number(_NumberEntry.model_validate(e), units) for e in data["number"])
        words = {
            kind: tuple(_word(_WordEntry.model_validate(e)) for e in data[kind])
            for kind in ("zero", "free", "all", "also")
        }
        cue = re.compile("|".join(f"(?P<{topic}>{pattern})" for topic, pattern in data["cues"].items()))
    except (ValidationError, KeyError, re.error) as why:
        raise CatalogueError(f"catalogue/facts.toml: {why}") from why
    every = sorted({unit for rule in numbers for unit in rule.units})
    by_unit = {unit: tuple(rule for rule in numbers if unit in rule.units) for unit in every}
    return Rules(by_unit, words["zero"], words["free"], words["all"], words["also"], cue)


def _number(entry: _NumberEntry, units: Mapping[str, frozenset[str]]) -> NumberRule:
    _known(entry.indicators)
    return NumberRule(
        indicators=entry.indicators,
        topics=frozenset(entry.topic),
        units=units[entry.unit],
        years=entry.years,
        total=entry.total,
        wide=entry.wide,
        match=re.compile("|".join(entry.match)),
        after=_optional("|".join(entry.after)),
        skip=_optional(entry.skip),
        context=_optional(entry.context),
        context_skip=_optional(entry.context_skip),
    )


def _word(entry: _WordEntry) -> WordRule:
    _known(entry.indicators + ((entry.of,) if entry.of else ()))
    return WordRule(entry.indicators, re.compile(entry.noun or entry.match or "(?!)"), entry.of, _optional(entry.skip))


def _optional(pattern: str | None) -> re.Pattern[str] | None:
    return re.compile(pattern) if pattern else None


def _known(indicators: tuple[str, ...]) -> None:
    unknown = set(indicators) - set(catalogue().indicators)
    if unknown:
        raise CatalogueError(f"catalogue/facts.toml: unknown indicators {sorted(unknown)}")
