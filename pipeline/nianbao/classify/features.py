"""What the section classifier sees of a segment: one list of feature names each, the same in training and inference.

A name tells what the headings above and the catalogue's words say, the place on the page, the shape of the line, the
mentions in it, how its neighbours begin. Which names count for which label is the model's business. The words as such
are no features: beside those of the catalogue they told nothing more (cross-validated on the corpora), and cost most.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from nianbao.catalogue.sections import sections
from nianbao.document import Mention, Segment, Table
from nianbao.segment import heading_topics

# goes up whenever a name changes its meaning: weights trained on other features do not serve
VERSION = 2
# characters at the head and at the tail of a segment whose words count: the topic stands at the head, measures that
# follow a problem at the tail; more of a text tells no more
_HEAD, _TAIL = 60, 40
# 下一步措施: and its like, which stand for a heading over the items that follow
_LEAD_IN = 14
# what is longer is no title
_SHORT = 60
_PROSE_MIN = 20
_KEY_MAX = 16
# names that every page has are made once: a name looked up again is found faster
_LEVEL = {level: f"#level{level}" for level in (None, 1, 2, 3, 4)}
_FROM_HEAD = tuple(f"#i{i}" for i in range(9))
_FROM_END = tuple(f"#j{i}" for i in range(9))
_TABLES = tuple(f"#tables{i}" for i in range(4))
_LONG = tuple(f"#long{bits}" for bits in range(64))
_COVERED = tuple(f"#covered{tenths}" for tenths in range(12))
_NEAR_TITLE = tuple((step, f"#title{step}") for step in (-2, -1, 0, 1, 2))
_TITLE = re.compile(r"(?:报告|年报|报告书|统计表|总结|通知|通报|解读|公告|的函|格式)(?:\(.{0,12}\))?$")
_HAS = (("|", "#has|"), ("\t", "#has-tab"), (">", "#has>"), ("。", "#has。"))
# the mentions that both the tagger and the patterns of training know
_MENTIONS = frozenset(
    {"AGENCY", "DATE", "PHONE", "COUNT", "MONEY", "EMAIL", "URL", "POSTCODE", "DOC_NO", "LAW", "INDEX_NO", "DURATION"}
)


def describe(
    shadow: str, segments: Sequence[Segment], mentions: Sequence[Mention], tables: Sequence[Table]
) -> list[list[str]]:
    """The feature names of every segment that has no label yet, in order."""
    page = _Page.of(shadow, segments)
    top, sub = "#h-", "#s-"
    table = mention = 0
    out = []
    for i, segment in enumerate(segments):
        if segment.label:
            continue
        while table < len(tables) and tables[table].end <= segment.start:
            table += 1
        while mention < len(mentions) and mentions[mention].end <= segment.start:
            mention += 1
        text, part = page.texts[i], page.part(i)
        topics = heading_topics(segment.title) if segment.title else ()
        if segment.level:
            topic = topics[0] if topics else "?"
            top, sub = ("#h" + topic, "#s-") if segment.level == 1 else (top, "#s" + topic)
        elif text[-1:] == ":" and len(text) <= _LEAD_IN and (leads_to := heading_topics(text)):
            sub = "#s" + leads_to[0]
        names = [top, sub, _TABLES[min(table, len(_TABLES) - 1)], _LEVEL[segment.level]]
        if topics:
            names.append(("#heading:" if segment.level else "#run-in:") + topics[0])
        names += _words(text)
        names += _shape(text)
        names += _mentioned(mentions, mention, segment.end, len(text), part)
        names += page.place(i, part)
        names += page.around(i)
        out.append(names)
    return out


class _Lexicon(NamedTuple):
    """The catalogue's words: what finds them, the label of each by index, the names for a label's words in a segment.

    A label is spoken for first, by one, by two, by three words or more.
    """

    automaton: AhoCorasick
    labels: list[str]
    first: dict[str, str]
    spoken: dict[str, tuple[str, str, str]]


@cache
def _lexicon() -> _Lexicon:
    words = [(word, section.label) for section in sections().sections for word in section.words]
    labels = [label for _, label in words]
    return _Lexicon(
        AhoCorasick([word for word, _ in words], matchkind=MatchKind.LeftmostLongest),
        labels,
        {label: "#w1st:" + label for label in labels},
        {label: ("#w1:" + label, "#w2:" + label, "#w3:" + label) for label in labels},
    )


def _words(text: str) -> list[str]:
    """The labels that the catalogue's words in a segment speak for."""
    automaton, labels, first, spoken = _lexicon()
    found = automaton.find_matches_as_indexes(text if len(text) <= _HEAD + _TAIL else text[:_HEAD] + text[-_TAIL:])
    if not found:
        return ["#w0"]
    counts: dict[str, int] = {}
    for index in dict.fromkeys([index for index, _, _ in found]):
        counts[labels[index]] = counts.get(labels[index], 0) + 1
    names = [first[labels[found[0][0]]]]
    for label, count in counts.items():
        names += spoken[label][:count]
    return names


@cache
def _keys() -> dict[str, str]:
    return {key: section.label for section in sections().sections for key in section.keys}


def _shape(text: str) -> list[str]:
    """The outer form of a line: length, ends, separators, what stands before a colon."""
    names = [_LONG[len(text).bit_length()], "#^" + text[:1], "#^" + text[:2], "#$" + text[-1:]]
    names += [name for mark, name in _HAS if mark in text]
    colon = text.find(":", 0, _KEY_MAX)
    if colon > 0:
        label = _keys().get(text[:colon].replace(" ", ""))
        if label:
            names.append("#key:" + label)
    return names


def _mentioned(mentions: Sequence[Mention], at: int, end: int, length: int, part: str) -> list[str]:
    """Which mentions there are from `at` on and before `end`, which one is all of a line, what share they cover."""
    seen: dict[str, None] = {}  # in order: a sum of weights must not depend on the hash seed
    covered = 0
    while at < len(mentions) and mentions[at].start < end:
        mention = mentions[at]
        at += 1
        if mention.label not in _MENTIONS:
            continue
        size = mention.end - mention.start
        covered += size
        seen["#m:" + mention.label] = None
        if mention.unit:
            seen["#u:" + mention.unit] = None
        if size >= length - 2:
            seen[f"#only{part}:{mention.label}"] = None
    return [*seen, _COVERED[min(10 * covered // max(length, 1), len(_COVERED) - 1)]]


class _Page(NamedTuple):
    """The open lines of a page and where its parts lie: the first and the last line of prose.

    `begins` is how each line begins, tables as such; `near` has the lines at or next to a title-like line.
    """

    texts: list[str]
    begins: list[str]
    near: dict[int, list[str]]
    first: int
    last: int

    @classmethod
    def of(cls, shadow: str, segments: Sequence[Segment]) -> _Page:
        texts = ["" if s.label else shadow[s.start : s.end].strip() for s in segments]
        opened = [i for i, s in enumerate(segments) if not s.label]
        prose = [i for i in opened if len(texts[i]) > _PROSE_MIN and "。" in texts[i]] or [len(texts)]
        titles = [i for i in opened if len(texts[i]) < _SHORT and ">" not in texts[i] and _TITLE.search(texts[i])]
        begins = [text[:2] or "#table" for text in texts]
        near: dict[int, list[str]] = {}
        for i in titles:
            for step, name in _NEAR_TITLE:
                near.setdefault(i - step, []).append(name)
        return cls(texts, begins, near, prose[0], prose[-1])

    def part(self, i: int) -> str:
        """Before the first prose (H), that itself (F), behind the last (T), or between (M)."""
        return "H" if i < self.first else "F" if i == self.first else "T" if i > self.last else "M"

    def place(self, i: int, part: str) -> list[str]:
        """How far a line is from the page's ends and titles, and in which part of it."""
        last = len(_FROM_HEAD) - 1
        names = ["#part" + part, _FROM_HEAD[min(i, last)], _FROM_END[min(len(self.texts) - 1 - i, last)]]
        return names + self.near[i] if i in self.near else names

    def around(self, i: int) -> list[str]:
        """How the lines before and behind begin."""
        behind = self.begins[i + 1] if i + 1 < len(self.begins) else "$"
        return ["#<" + (self.begins[i - 1] if i else "^"), "#>" + behind]
