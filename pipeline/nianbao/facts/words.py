"""Statements without a number: none of something (未收到申请), free of charge, the same of all (均已办结)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from nianbao.document import Fact
from nianbao.facts.passage import Passage, Statement
from nianbao.facts.rules import rules

_CLAUSE = re.compile(r"[^,;。:()!?\n]+")
_STATED, _SECTION, _ALL = 0.92, 0.85, 0.85


def read_words(passage: Passage) -> Iterator[Statement]:
    """What a passage says in words to be none, each indicator at most once."""
    text, label, grammar = passage.text, passage.label, rules().grammar
    found: dict[str, tuple[int, int, float]] = {}
    if not grammar.telling.search(text):
        return
    if grammar.negation.search(text):
        for indicator, at, stop in _zeros(text):
            found.setdefault(indicator, (at, stop, _STATED))
    for indicator, at, stop in _free(text, label):
        found.setdefault(indicator, (at, stop, _STATED))
    if not found and label in grammar.sections and grammar.whole.match(text):
        found = {i: (0, len(text), _SECTION) for i in grammar.sections[label]}
    for indicator, (at, stop, chance) in found.items():
        yield Statement(passage, at, stop, (indicator,), 0, chance)


def _zeros(text: str) -> Iterator[tuple[str, int, int]]:
    """Clause by clause, what is said to be none, with the span of the statement."""
    previous, grammar = (0, 0), rules().grammar
    for clause in _CLAUSE.finditer(text):
        start, end = clause.span()
        negation = grammar.negation.search(text, start, end)
        if negation and not grammar.veto.search(text, start, end):
            yield from _negated(text, (start, end), previous)
        previous = (start, end)


def _negated(text: str, clause: tuple[int, int], previous: tuple[int, int]) -> Iterator[tuple[str, int, int]]:
    start, end = clause
    grammar = rules().grammar
    for negation in grammar.negation.finditer(text, start, end):
        behind = re.sub("^(?:发生|出现|收到)?N+", "", text[negation.end() : end])  # 无一件, 没有发生一起
        if "N" in behind:
            continue  # 无不予公开,未审结N件: the number tells, not the word
        nouns = list(_nouns(text, negation.end(), end, text[start : negation.start()]))
        if nouns:
            for indicator, _, stop in nouns:
                yield indicator, negation.start(), stop
            return
        if grammar.afterwards.match(text[negation.start() : end].strip()):
            for indicator, at, _ in list(_nouns(text, start, negation.start())) or _nouns(text, *previous):
                yield indicator, at, end
            return


def _nouns(text: str, start: int, end: int, lead: str = "") -> Iterator[tuple[str, int, int]]:
    """The things that the words from start to end name, `lead` being what the clause says before."""
    window = text[start:end]
    for rule in rules().zeros if rules().zero.search(window) else ():
        if rule.lead and not rule.lead.search(lead):
            continue
        match = None if rule.skip and rule.skip.search(window) else rule.match.search(window)
        if match:
            for indicator in rule.indicators:
                yield indicator, start + match.start(), _noun_end(text, start + match.end(), end)


def _noun_end(text: str, at: int, end: int) -> int:
    """The end of the noun phrase that the match began: 复议 -> 复议案件, 申请 -> 申请的情况."""
    tail = re.match(r"(?:或|、|和|及)?[^,N]{0,12}?(?:案件|案|情况|行为|事项|申请|信息|的情形)", text[at:end])
    return at + tail.end() if tail else at


def _free(text: str, label: str) -> Iterator[tuple[str, int, int]]:
    grammar = rules().grammar
    for rule in rules().free:
        for match in rule.match.finditer(text):
            clause = text[text.rfind(",", max(0, match.start() - 60), match.start()) + 1 or match.start() : match.end()]
            if (rule.skip and rule.skip.search(clause)) or grammar.veto.search(clause):
                continue
            for indicator in rule.indicators:
                if indicator != "fees_collected" or label in grammar.fee_sections:
                    yield indicator, match.start(), match.end()
            break


def of_all(passage: Passage, counted: Mapping[str, Fact]) -> Iterator[Fact]:
    """Outcomes said of all that was counted (均已办结), with the value and the setting of the fact they speak of."""
    grammar = rules().grammar
    if not counted or not grammar.all_of.search(passage.text):
        return
    said = grammar.rest.sub(lambda rest: "|" * len(rest[0]), passage.text)
    for rule in rules().of_all:
        of = counted.get(rule.of or "")
        match = rule.match.search(said) if of and of.value else None
        if of and match and not (rule.skip and rule.skip.search(match[0])):
            start, end = passage.span(*match.span())
            for indicator in rule.indicators:
                if indicator not in counted:
                    yield replace(
                        of, indicator=indicator, unit="", start=start, end=end, confidence=of.confidence * _ALL
                    )
