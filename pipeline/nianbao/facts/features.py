"""What the first model sees of a number: feature names, the same in training and inference.

The words on both sides by characters and by the kinds that the catalogue knows, the unit, the paragraph's section, what
the number before it in the sentence means. Which names count for which indicator is the model's business.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from nianbao.facts.passage import Number, Passage
from nianbao.facts.rules import rules

# goes up whenever a name, here or in `settings`, changes its meaning: weights trained on others do not serve
VERSION = 4
# how many characters of the words before the number count, and how far the words behind it go
_NEAR, _BEHIND = 24, 24
# how many count once more as its closest neighbours, and how far ahead the sentence's words are looked for
_CLOSE, _AHEAD = 6, 40
_MANY = ("#n0", "#n1", "#n2", "#n3")
# years in which the forms changed, and with them what their rows mean
_ERAS = (2014, 2019, 2021)


def era(year: int | None) -> str:
    """Which forms were in force."""
    return "#era?" if year is None else f"#era{sum(year >= first for first in _ERAS)}"


@dataclass(slots=True)
class Features:
    """What is seen of a statement: names, and stretches of text whose characters count by twos.

    `grams` holds pairs of a zone, one letter, and the characters; a name that says the same is the zone before them.
    """

    names: list[str]
    grams: list[tuple[str, list[str]]]

    def spelled(self) -> list[str]:
        """All as names."""
        return [*self.names, *(zone + gram for zone, grams in self.grams for gram in grams)]


def meaning(passage: Passage, number: Number, words: tuple[int, int], era: str) -> Features:
    """What tells the meaning of a number, but for the number before it.

    Args:
      passage: where the number stands.
      number: the number.
      words: start and end of the words before it in its clause, or of those that are to count.
      era: of the report.
    """
    text, pairs, label, at, begin = passage.text, passage.pairs, passage.label, number.at, number.begin
    right = passage.phrase_end(at + 1, _BEHIND)
    left, unit = text[words[0] : words[1]], number.mention.unit
    borrowed, words = _borrowed(passage, number, words, right)
    near, end = max(words[0], words[1] - _NEAR), words[1]
    names = ["#u" + unit, "#l" + label, "#lu" + label + unit, era, "#d" + text[begin - 1 : begin] if begin else "#d"]
    names.append(_MANY[min(text.count("N", number.sentence, at), len(_MANY) - 1)])
    if borrowed:
        names.append(borrowed)
    if number.mention.value == 0:
        names.append("#zero")
    if number.mention.label == "MONEY":
        names.append("#money")
    if text.find("其中", number.sentence, at) >= 0:
        names.append("#part")
    grams = [
        ("<", [left[-1:], left[-2:], left[-3:], left[-4:]]),
        ("b", pairs[near : end - 1]),
        ("n", pairs[max(near, end - _CLOSE) : end - 1]),
    ]
    return Features(names + _terms(passage, number, words, right, grams), grams)


def _borrowed(passage: Passage, number: Number, words: tuple[int, int], right: int) -> tuple[str, tuple[int, int]]:
    """The words that tell what a number counts; where those before it in its clause do not, a name for their place too.

    These stand behind it (其中2件涉及个人隐私), or in the clause before (信息不存在者,12件).
    """
    if not rules().grammar.fill.fullmatch(passage.text, *words):
        return "", words
    if right > number.at + 1:
        return "#behind", (number.at + 1, right)
    stop = words[0] - 1
    if stop < number.sentence:
        return "", words
    return "#ahead", (max(passage.phrase(stop), number.sentence, stop - _NEAR), stop)


def following(passage: Passage, number: Number, before: str, recent: str) -> list[str]:
    """The names that say what was told before a number.

    Args:
      passage: where the number stands.
      number: the number.
      before: the class of the number before it in the sentence, if there is one.
      recent: the class of the last number of its unit in the section that meant something, if there is one.
    """
    names = ["p" + before] if before else []
    if recent:  # 按街道分:甲街道12条、乙街道8条 goes on with what was counted before
        starts, right = passage.cues.terms.starts, passage.phrase_end(number.at + 1, _BEHIND)
        bare = bisect_left(starts, number.begin) == bisect_left(starts, right)
        names.append(("q" if bare else "Q") + recent)
    return names


def _terms(
    passage: Passage, number: Number, words: tuple[int, int], right: int, grams: list[tuple[str, list[str]]]
) -> list[str]:
    """The kinds of the words around a number: its own, those behind it, the topics before it."""
    kinds, starts, ends = passage.cues.terms
    told, places, _ = passage.cues.topics
    label, at = passage.label, number.at
    first, last = bisect_left(starts, words[0]), bisect_right(ends, words[1])
    behind = bisect_left(starts, at, first)
    stop = bisect_left(starts, right, behind)
    beyond = bisect_left(starts, passage.sentence_end(at + 1, at + _AHEAD), behind)
    before = bisect_left(places, words[0])
    own, topic = kinds[first:last], told[before - 1] if before else "-"
    names = [f"#T{topic}", f"#T{topic}|{label}"]
    if before and places[before - 1] >= number.sentence:
        names += [f"#S{topic}", f"#S{topic}|{own[-1] if own else '-'}"]
    if beyond > behind:
        grams.append(("w", list(dict.fromkeys(kinds[behind:beyond]))))
    if stop > behind:
        grams.append(("R", list(dict.fromkeys(kinds[behind:stop]))))
        names.append("#R" + kinds[behind])
    if own:
        grams.append(("k", list(dict.fromkeys(own))))
    return names
