"""What the first model sees of a number: feature names, the same in training and inference.

The words on both sides, near and far, by characters; the unit; the paragraph's section; what the sentence speaks of;
what the numbers before it in the sentence mean. Which names count for which indicator is the model's business.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from nianbao.facts.passage import Number, Passage

# goes up whenever a name, here or in `settings`, changes its meaning: weights trained on others do not serve
VERSION = 1
# how many characters of the clause, of what stands before it in the sentence, and behind the number count
_NEAR, _FAR, _BEHIND = 24, 24, 24
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


def meaning(passage: Passage, number: Number, words: tuple[int, int], era: str) -> Features:
    """What tells the meaning of a number, but for the numbers before it.

    Args:
      passage: where the number stands.
      number: the number.
      words: start and end of the words before it in its clause, or of those that are to count.
      era: of the report.
    """
    text, label, at, begin = passage.text, passage.label, number.at, number.begin
    near, end = max(words[0], words[1] - _NEAR), words[1]
    far = max(number.sentence, begin - _FAR)
    right = passage.phrase_end(at + 1, _BEHIND)
    beyond = passage.sentence_end(right, at + 1 + _BEHIND)
    unit, two, start = number.mention.unit, passage.twos, at + 1
    names = ["#u" + unit, "#l" + label, "#lu" + label + unit, era, "#d" + text[begin - 1 : begin] if begin else "#d"]
    names.append(_MANY[min(text.count("N", number.sentence, at), len(_MANY) - 1)])
    if number.mention.value == 0:
        names.append("#zero")
    if number.mention.label == "MONEY":
        names.append("#money")
    if text.find("其中", far, at) >= 0:
        names.append("#part")
    names += _topics(passage, at)
    grams = [
        ("<", [text[max(end - size, near) : end] for size in (1, 2, 3, 4)]),
        (">", [text[start : min(start + size, right)] for size in (1, 2, 3)]),
        ("$", [text[max(right - 2, start) : right]]),
        ("b", two[near : end - 1] if end > near else []), ("t", [text[j : j + 3] for j in range(near, end - 2)]),
        ("r", two[start : right - 1]), ("R", [text[j : j + 3] for j in range(start, right - 2)]),
        ("f", two[far : begin - 1] if begin > far else []), ("z", two[right : beyond - 1]),
    ]  # fmt: skip
    return Features(names, grams)


def sequence(before: Sequence[str]) -> list[str]:
    """What the classes of the numbers before in the sentence tell of the next one."""
    if not before:
        return []
    return ["p" + before[-1], *("e" + kind for kind in dict.fromkeys(before[:-1]))]


def _topics(passage: Passage, at: int) -> list[str]:
    """What the text speaks of: the last topic before a place, and one right behind it."""
    topics, places = passage.cues.topics, passage.cues.topics_at
    last = bisect_left(places, at)
    before = topics[last - 1] if last and places[last - 1] >= at - _TOPIC_REACH else "-"
    out = ["#t" + before, "#tl" + before + passage.label]
    if last < len(topics) and places[last] < at + _TOPIC_AHEAD:
        out.append("#T" + topics[last])
    return out
