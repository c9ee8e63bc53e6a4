"""The words of the catalogue in a text: what a clause speaks of, and whose, which year's, done or planned it is."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from nianbao.catalogue import load_toml


class Found(NamedTuple):
    """The words of a text that a lexicon knows, in order: their kinds, where they start and where they end."""

    kinds: list[str]
    starts: list[int]
    ends: list[int]


class _Lexicon:
    """Words by kinds; where one is part of another the longer counts."""

    def __init__(self, words: dict[str, list[str]]) -> None:
        self.kinds = [kind for kind, same in words.items() for _ in same]
        self.automaton = AhoCorasick([w for same in words.values() for w in same], matchkind=MatchKind.LeftmostLongest)

    def find(self, text: str) -> Found:
        found = self.automaton.find_matches_as_indexes(text)
        return Found([self.kinds[i] for i, _, _ in found], [start for _, start, _ in found], [end for *_, end in found])


@cache
def _lexicons() -> tuple[_Lexicon, _Lexicon]:
    data = load_toml("facts.toml")
    return _Lexicon(data["terms"]), _Lexicon(data["settings"])


@cache
def _telling() -> frozenset[str]:
    return frozenset(load_toml("facts.toml")["topics"]["kinds"])


class Cues:
    """The words of a text, found once: those for what numbers count, and those that tell a setting.

    `topics` are those of the terms that tell what a sentence speaks of.
    """

    __slots__ = ("settings", "terms", "topics")

    def __init__(self, text: str) -> None:
        terms, settings = _lexicons()
        self.terms = terms.find(text)
        self.settings = settings.find(text)
        told = [word for word in zip(*self.terms, strict=True) if word[0] in _telling()]
        self.topics = Found([kind for kind, _, _ in told], [at for _, at, _ in told], [end for *_, end in told])
