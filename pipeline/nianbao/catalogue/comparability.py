"""Which figures make a series over the forms (`comparability.toml`), validated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Literal

from pydantic import Field, ValidationError

from nianbao.catalogue import CatalogueError, Entry, catalogue, load_toml

Grade = Literal["A", "B", "C"]
_FILE = "catalogue/comparability.toml"


class Series(Entry):
    """Indicators that continue, or do not, from era to era; the fields are explained at the head of the catalogue."""

    indicators: tuple[str, ...]
    grades: Mapping[str, Grade]
    derive: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    zh: str
    en: str


class Turn(Entry):
    """A year in which the law changed what some indicators count."""

    year: int
    indicators: tuple[str, ...]
    zh: str
    en: str


class Comparability(Entry):
    """The whole of `comparability.toml`."""

    series: tuple[Series, ...]
    turns: tuple[Turn, ...] = Field(alias="turn")


@cache
def comparability() -> Comparability:
    """The shipped catalogue, read once.

    Raises:
      CatalogueError: an entry that does not validate, an unknown indicator, or one that stands in no or two series.
    """
    try:
        found = Comparability.model_validate(load_toml("comparability.toml"))
    except ValidationError as why:
        raise CatalogueError(f"{_FILE}: {why}") from why
    check(found, catalogue().indicators, catalogue().labels["era"])
    return found


def check(found: Comparability, indicators: Collection[str], eras: Collection[str]) -> None:
    """Makes sure that the series hold every indicator once, and name no other and no unknown era.

    Raises:
      CatalogueError: they do not.
    """
    counts = Counter(name for series in found.series for name in series.indicators)
    terms = (term.removeprefix("-") for series in found.series for sum_ in series.derive.values() for term in sum_)
    named = {*counts, *terms, *(name for turn in found.turns for name in turn.indicators)}
    if unknown := sorted(named - set(indicators)):
        raise CatalogueError(f"{_FILE}: unknown indicators {unknown}")
    if wrong := sorted(name for name in indicators if counts[name] != 1):
        raise CatalogueError(f"{_FILE}: not in one series: {wrong}")
    for series in found.series:
        if unknown := sorted(series.grades.keys() - set(eras)):
            raise CatalogueError(f"{_FILE}: {series.indicators[0]}: unknown eras {unknown}")
        if odd := sorted(series.derive.keys() - series.grades.keys()):
            raise CatalogueError(f"{_FILE}: {series.indicators[0]}: derived without a grade: {odd}")


@cache
def series_of(indicator: str) -> Series:
    """The series of an indicator.

    Raises:
      KeyError: no indicator has the id.
    """
    return _by_indicator()[indicator]


def turns_of(indicator: str) -> Sequence[Turn]:
    """The years in which the law changed what an indicator counts."""
    return [turn for turn in comparability().turns if indicator in turn.indicators]


@cache
def _by_indicator() -> Mapping[str, Series]:
    return {name: series for series in comparability().series for name in series.indicators}
