"""The cues of the catalogue in a text: what a clause speaks of, and whose, which year's, done or planned it is."""

from __future__ import annotations

from functools import cache

from ahocorasick_rs import AhoCorasick, MatchKind

from nianbao.catalogue import load_toml


@cache
def _lexicon() -> tuple[AhoCorasick, list[tuple[bool, str]]]:
    """What finds the cues of the catalogue, and by index whether each is a topic, and its kind."""
    data = load_toml("facts.toml")
    cues = [
        (word, (group == "topics", kind))
        for group in ("topics", "settings")
        for kind, words in data[group].items()
        for word in words
    ]
    automaton = AhoCorasick([word for word, _ in cues], matchkind=MatchKind.LeftmostLongest)
    return automaton, [kind for _, kind in cues]


class Cues:
    """The cues of a text, found once: kinds and places of topics, and of words that tell a setting, in order."""

    __slots__ = ("settings", "settings_at", "topics", "topics_at")

    def __init__(self, text: str) -> None:
        automaton, kinds = _lexicon()
        self.topics: list[str] = []
        self.topics_at: list[int] = []
        self.settings: list[str] = []
        self.settings_at: list[int] = []
        for index, at, _ in automaton.find_matches_as_indexes(text):
            topic, kind = kinds[index]
            if topic:
                self.topics.append(kind)
                self.topics_at.append(at)
            else:
                self.settings.append(kind)
                self.settings_at.append(at)
