"""What the numbers of a passage mean: the model's reading, one number after the other, and what follows by grammar."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from nianbao.facts import features
from nianbao.facts.features import Features
from nianbao.facts.model import JOIN, NONE, Floats, Linear
from nianbao.facts.passage import Number, Passage, Role, Statement
from nianbao.facts.rules import rules

_COORDINATION = re.compile("[、和与及]|以及")
# a number that adds up those before it; one that only says what another year's was
_SUMS = frozenset({"合计", "共计", "总计"})
_COMPARED = re.compile("(?:比|较|同比|与)?D度?(?!.*(?:结转|转入|遗留))[^D]{0,8}?(?:为|是|的|有|共|合计)*")
# 比上年多N件, 较2017年增加N件: how much more or less it is
_CHANGES, _COMPARES = frozenset("多少增减加长降升出"), re.compile("[比较]")
_WIDE = 70
_END = re.compile("[;。!?\n]")


class _Said(NamedTuple):
    """What a number said that others of its sentence may go by; `kind`: its class, `beside`: what its words say too."""

    unit: str
    kind: str
    indicators: tuple[str, ...]
    beside: tuple[str, ...]
    chance: float


def candidates(passage: Passage) -> Iterator[Number]:
    """The numbers that may count something: by their unit, and not only a difference."""
    behind, uncounted = 0, rules().uncounted
    for placed in passage.numbers:
        at, mention = placed.at, placed.mention
        sentence = passage.sentence(at)
        if mention.unit not in uncounted and not _is_difference(passage.text, sentence, at):
            begin = max(passage.clause(at), behind, sentence)
            parts = _parts(passage.text, begin, at) if mention.value == 0 or passage.text[at - 1 : at] == "各" else ()
            yield Number(at, mention, sentence, begin, parts or ((begin, at),))
        behind = at + 1


def _is_difference(text: str, sentence: int, at: int) -> bool:
    return at > sentence and text[at - 1] in _CHANGES and bool(_COMPARES.search(text, sentence, at))


def _parts(text: str, begin: int, at: int) -> tuple[tuple[int, int], ...]:
    """The things that are named together before a number."""
    marks = [begin, *(m.end() for m in _COORDINATION.finditer(text, begin, at))]
    ends = [*(m.start() for m in _COORDINATION.finditer(text, begin, at)), at - (text[at - 1] == "各")]
    return tuple((start, end) for start, end in zip(marks, ends, strict=True) if start < end)


def describe(passage: Passage, number: Number, era: str) -> list[Features]:
    """What is seen of a number, for each thing that it holds for."""
    return [features.meaning(passage, number, part, era) for part in number.parts]


class Recent(dict[tuple[str, str], str]):
    """What the last numbers that meant something meant (their class), by section and unit."""

    def of(self, passage: Passage, number: Number) -> str:
        """What a number may go on with, or an empty string."""
        return self.get((passage.label, number.mention.unit), "")

    def note(self, passage: Passage, number: Number, kind: str) -> None:
        """Takes in what a number means."""
        if kind != NONE:
            self[passage.label, number.mention.unit] = kind


def read(
    passage: Passage,
    numbers: Sequence[Number],
    scores: Sequence[Sequence[Floats]],
    model: Linear,
    year: int | None,
    recent: Recent,
) -> Iterator[Statement]:
    """What the numbers of one passage state; those that mean nothing are left out.

    Args:
      passage: one passage.
      numbers: its candidates.
      scores: of each number by itself, for each thing that it holds for.
      model: that gave them.
      year: the report's.
      recent: what was said in the passages before; takes in what is said in this one.
    """
    said: list[_Said] = []
    sentence = -1
    for number, alone in zip(numbers, scores, strict=True):
        mention = number.mention
        if number.sentence != sentence:
            sentence, said = number.sentence, []
        words = passage.text[number.begin : number.at].lstrip("、")
        same = (s for s in reversed(said) if s.unit == mention.unit and s.indicators)
        compared = next(same, None) if said and _compares(passage, number.at, words, year) else None
        now = compared._replace(beside=()) if compared else _said(passage, number, alone, model, said, recent)
        recent.note(passage, number, now.kind)
        if now.indicators:
            again = next((s for s in said if now.indicators[0] in s.indicators), None)
            role = Role.SUM if again and words in _SUMS else Role.PART if again and "其中" in words else Role.ALONE
            value = float(mention.value or 0)
            means = now.indicators + now.beside
            yield Statement(passage, number.at, number.at + 1, means, value, now.chance, mention, role)
        said.append(now)


def _said(
    passage: Passage, number: Number, scores: Sequence[Floats], model: Linear, said: Sequence[_Said], recent: Recent
) -> _Said:
    """The model's reading of a number, of all things that it holds for, after what was said in its sentence."""
    names = features.following(passage, number, said[-1].kind if said else "", recent.of(passage, number))
    found = [model.best(each, names) for each in scores]
    meant = [(kind, chance) for kind, chance in found if kind != NONE]
    kind, chance = min(meant or found, key=lambda m: m[1])
    means = list(dict.fromkeys(i for kind, _ in meant for i in kind.split(JOIN)))
    known = {i for s in said for i in s.indicators + s.beside}.union(means)
    beside = _besides(passage, number, means, known)
    told = _told(passage, number, [*means, *beside])
    indicators = tuple(i for i in told if i in means) or tuple(told)
    return _Said(number.mention.unit, kind, indicators, tuple(i for i in told if i not in indicators), chance)


def _told(passage: Passage, number: Number, indicators: list[str]) -> list[str]:
    """What a number means, of several things those that the sentence has the words for."""
    if len(indicators) == 1:
        return indicators
    sentence = passage.text[number.sentence : passage.sentence_end(number.at, number.at + _WIDE)]
    joint = rules().joint
    return [i for i in indicators if i not in joint or joint[i].search(sentence)]


def _compares(passage: Passage, at: int, words: str, year: int | None) -> bool:
    """Whether the number only says what another year's was (上年为4件)."""
    if not _COMPARED.fullmatch(words):
        return False
    date = next((d for d in reversed(passage.dates) if d.at < at), None)
    return date is not None and str(date.mention.value or "")[:4] != str(year)


def _besides(passage: Passage, number: Number, indicators: Sequence[str], known: Container[str]) -> tuple[str, ...]:
    """What the words around a number say beside what it means, if nothing in the sentence has said it.

    行政诉讼1件,正在审理 gives the pending case too, 因涉及隐私不予公开1件 the reason and the refusal.
    """
    found: list[str] = []
    around = ""
    for rule in rules().also:
        if rule.of in indicators:
            around = around or _around(passage, number)
            if rule.match.search(around):
                found += [i for i in rule.indicators if i not in known]
    return tuple(found)


def _around(passage: Passage, number: Number) -> str:
    """The words of the sentence before a number, since the one before, and those behind it, # for the number."""
    text, at = passage.text, number.at
    last = max(number.sentence, text.rfind("N", number.sentence, at) + 1)
    return f"{text[last:at]}#{_END.split(text[at + 1 : at + 1 + _WIDE], maxsplit=1)[0]}"
