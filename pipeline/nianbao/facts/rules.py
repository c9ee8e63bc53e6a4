"""The entries of `catalogue/facts.toml` and, for training, of `catalogue/examples.toml`, validated and compiled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import ValidationError

from nianbao.catalogue import CatalogueError, Entry, catalogue, load_toml
from nianbao.catalogue.agencies import agencies

_EXAMPLES = "examples.toml"
_COUNTRY = "国"


class _ExampleEntry(Entry):
    indicators: tuple[str, ...]
    label: str
    says: tuple[str, ...]


class _SettingEntry(Entry):
    kind: str
    aggregate: bool = False
    date: int = 0
    indicator: str
    label: str
    says: tuple[str, ...]


class _WordEntry(Entry):
    indicators: tuple[str, ...]
    noun: str | None = None
    match: str | None = None
    of: str | None = None
    skip: str | None = None
    lead: str | None = None
    each: str | None = None

    def spelled(self, key: str, words: str) -> _WordEntry:
        """The entry for one of those that it stands for."""

        def put(text: str | None) -> str | None:
            return text and text.replace("KEY", key).replace("WORDS", words)

        indicators = tuple(i.replace("KEY", key) for i in self.indicators)
        return self.model_copy(update={"indicators": indicators, "of": put(self.of), "match": put(self.match)})


@dataclass(frozen=True, slots=True)
class Example:
    """A phrase, with # for the number, that means `indicators` (none: nothing) under a section label.

    `setting` is whose and which year's it is, said by a government or another body; None where it does not tell;
    `date` how many years after the report's the D in it is.
    """

    indicators: tuple[str, ...]
    label: str
    phrase: str
    setting: str | None = None
    aggregate: bool = False
    date: int = 0


@dataclass(frozen=True, slots=True)
class WordRule:
    """A statement without a number: none of something, free of charge, or the same of all.

    `lead` is what the words of the clause before the negation must hold.
    """

    indicators: tuple[str, ...]
    match: re.Pattern[str]
    of: str | None
    skip: re.Pattern[str] | None
    lead: re.Pattern[str] | None


class Region(Entry):
    """A region (市) that has other levels too where the names of bodies match."""

    word: str
    levels: tuple[str, ...]
    names: re.Pattern[str]


class Grammar(Entry):
    """How words say that there is none of something, or the same of all; `sections`: of what a whole one tells that.

    `fill`: words before a number that do not tell what it counts.
    """

    telling: re.Pattern[str]
    negation: re.Pattern[str]
    afterwards: re.Pattern[str]
    veto: re.Pattern[str]
    whole: re.Pattern[str]
    all_of: re.Pattern[str]
    rest: re.Pattern[str]
    fill: re.Pattern[str]
    fee_sections: frozenset[str]
    sections: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules, and the units that count nothing; `zero` matches where one of `zeros` does.

    `levels` are those that regions have, from the top, `regions` the level of one by the last character of its name.
    """

    grammar: Grammar
    levels: tuple[str, ...]
    regions: Mapping[str, str]
    wider: Mapping[str, Region]
    zeros: tuple[WordRule, ...]
    zero: re.Pattern[str]
    free: tuple[WordRule, ...]
    of_all: tuple[WordRule, ...]
    also: tuple[WordRule, ...]
    uncounted: frozenset[str]
    joint: Mapping[str, re.Pattern[str]]


@cache
def rules() -> Rules:
    """The shipped rules.

    Raises:
      CatalogueError: an unknown indicator, a bad pattern, an unknown key.
    """
    data: dict[str, Any] = load_toml("facts.toml")
    try:
        uncounted = frozenset(data["units"]["uncounted"])
        joint = {indicator: re.compile(pattern) for indicator, pattern in data["joint"].items()}
        grammar = Grammar.model_validate(data["grammar"])
        wider = {region.word: region for region in map(Region.model_validate, data["region"])}
        words = {kind: tuple(map(_word, _entries(data, kind))) for kind in ("zero", "free", "all", "also")}
    except (ValidationError, KeyError, re.error) as why:
        raise CatalogueError(f"catalogue/facts.toml: {why}") from why
    for indicators in (tuple(joint), *grammar.sections.values()):
        _known("facts.toml", indicators)
    zero = re.compile("|".join(rule.match.pattern for rule in words["zero"]))
    regions = {_COUNTRY: "nation"} | {generic.word: generic.level for generic in agencies().regions.generic}
    levels = tuple(level for level in catalogue().labels["level"] if level in regions.values())
    return Rules(
        grammar,
        levels,
        regions,
        wider,
        words["zero"],
        zero,
        words["free"],
        words["all"],
        words["also"],
        uncounted,
        joint,
    )


@cache
def examples() -> tuple[Example, ...]:
    """What the models are told beside the samples.

    Raises:
      CatalogueError: an unknown indicator or key.
    """
    data: dict[str, Any] = load_toml(_EXAMPLES)
    try:
        numbers = [_ExampleEntry.model_validate(e) for e in data["number"]]
        settings = [_SettingEntry.model_validate(e) for e in data["setting"]]
    except (ValidationError, KeyError) as why:
        raise CatalogueError(f"catalogue/{_EXAMPLES}: {why}") from why
    for indicators in (*(e.indicators for e in numbers), *((e.indicator,) for e in settings)):
        _known(_EXAMPLES, indicators)
    return (
        *(Example(e.indicators, e.label, phrase) for e in numbers for phrase in e.says),
        *(Example((e.indicator,), e.label, phrase, e.kind, e.aggregate, e.date) for e in settings for phrase in e.says),
    )


def _entries(data: dict[str, Any], kind: str) -> Iterator[_WordEntry]:
    """The entries of a kind, those that stand for several spelled out."""
    for entry in map(_WordEntry.model_validate, data[kind]):
        if entry.each is None:
            yield entry
        else:
            yield from (entry.spelled(key, words) for key, words in data["each"][entry.each].items())


def _word(entry: _WordEntry) -> WordRule:
    _known("facts.toml", entry.indicators + ((entry.of,) if entry.of else ()))
    match = re.compile(entry.noun or entry.match or "(?!)")
    return WordRule(entry.indicators, match, entry.of, _optional(entry.skip), _optional(entry.lead))


def _optional(pattern: str | None) -> re.Pattern[str] | None:
    return re.compile(pattern) if pattern else None


def _known(name: str, indicators: tuple[str, ...]) -> None:
    unknown = set(indicators) - set(catalogue().indicators)
    if unknown:
        raise CatalogueError(f"catalogue/{name}: unknown indicators {sorted(unknown)}")
