"""What the first model sees of a number: feature names, the same in training and inference.

The words on both sides by characters, the unit, the paragraph's section, what the sentence speaks of, what the number
before it in the sentence means. Which names count for which indicator is the model's business.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from nianbao.facts.passage import Number, Passage

# goes up whenever a name, here or in `settings`, changes its meaning: weights trained on others do not serve
VERSION = 1
# how many characters of the clause before the number and behind it count
_NEAR, _BEHIND = 24, 24
_TOPIC_REACH, _TOPIC_AHEAD = 150, 16
_MANY = ("#n0", "#n1", "#n2", "#n3")
# years in which the forms changed, and with them what their rows mean
_ERAS = (2014, 2019, 2021)


def era(year: int | None) -> str:
    """Which forms were in force."""
    return "#era?" if year is None else f"#era{sum(year >= first for first in _ERAS)}"


@dataclass(slots=True)
class Features:
    """What is seen of a statement: names, and stretches of text whose characters count by twos and threes.

    `grams` holds pairs of a zone, one letter, and the characters; a name that says the same is the zone before them.
    """

    names: list[str]
    grams: list[tuple[str, list[str]]]

    def spelled(self) -> list[str]:
        """All as names."""
        return [*self.names, *(zone + gram for zone, grams in self.grams for gram in grams)]


def twos(text: str) -> list[str]:
    """The pairs of neighbours in a text."""
    return [text[i : i + 2] for i in range(len(text) - 1)]


def threes(text: str) -> list[str]:
    """The same by threes."""
    return [text[i : i + 3] for i in range(len(text) - 2)]


def meaning(passage: Passage, number: Number, words: tuple[int, int], era: str) -> Features:
    """What tells the meaning of a number, but for the number before it.

    Args:
      passage: where the number stands.
      number: the number.
      words: start and end of the words before it in its clause, or of those that are to count.
      era: of the report.
    """
    text, label, at, begin = passage.text, passage.label, number.at, number.begin
    near, end = max(words[0], words[1] - _NEAR), words[1]
    start, right = at + 1, passage.phrase_end(at + 1, _BEHIND)
    beyond = text[right : passage.sentence_end(right, start + _BEHIND)]
    left, behind, unit = text[near:end], text[start:right], number.mention.unit
    names = ["#u" + unit, "#l" + label, "#lu" + label + unit, era, "#d" + text[begin - 1 : begin] if begin else "#d"]
    names.append(_MANY[min(text.count("N", number.sentence, at), len(_MANY) - 1)])
    if number.mention.value == 0:
        names.append("#zero")
    if number.mention.label == "MONEY":
        names.append("#money")
    if text.find("其中", number.sentence, at) >= 0:
        names.append("#part")
    names += _topics(passage, at)
    grams = [
        ("<", [left[-1:], left[-2:], left[-3:], left[-4:]]),
        (">", [behind[:1], behind[:2], behind[:3]]),
        ("$", [behind[-2:]]),
        ("b", twos(left)),
        ("t", threes(left)),
        ("r", twos(behind)),
        ("R", threes(behind)),
        ("z", twos(beyond)),
    ]
    return Features(names, grams)


def following(kind: str) -> str:
    """The name that says what the number before in the sentence means (its class)."""
    return "p" + kind


def _topics(passage: Passage, at: int) -> list[str]:
    """What the text speaks of: the last topic before a place, and one right behind it."""
    topics, places = passage.cues.topics, passage.cues.topics_at
    last = bisect_left(places, at)
    before = topics[last - 1] if last and places[last - 1] >= at - _TOPIC_REACH else "-"
    out = ["#t" + before, "#tl" + before + passage.label]
    if last < len(topics) and places[last] < at + _TOPIC_AHEAD:
        out.append("#T" + topics[last])
    return out
