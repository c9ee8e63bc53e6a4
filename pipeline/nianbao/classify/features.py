"""What the section classifier sees of a segment: one list of feature names each, the same in training and inference.

A name is a word of the segment as it stands, or begins with `#`: what the catalogue, the headings above, the place on
the page, the shape of the line, the mentions in it or its neighbours tell. Which names count is the model's business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import rjieba
from ahocorasick_rs import AhoCorasick, MatchKind

from nianbao.catalogue.sections import sections
from nianbao.document import Mention, Segment, Table
from nianbao.segment import heading, heading_topics

# goes up whenever a name changes its meaning: weights trained on other features do not serve
VERSION = 1
# characters at the head and at the tail of a segment whose words count: the topic stands at the head, measures that
# follow a problem at the tail, and what a line costs stays bounded
_HEAD, _TAIL = 240, 100
# a heading or lead-in is read no further than this
_LEAD = 160
_SHORT = 60
_PLACES = 8
_TABLES_MAX = 3
_KEY_MAX = 16
_TITLE = re.compile(r"(?:报告|年报|报告书|统计表|总结|通知|解读|公告)(?:\(.{0,12}\))?$")
_DIGIT = re.compile(r"\d")
_SPACE = re.compile(r"\s+")
_PROSE_MIN = 20
UNITS = True
_TABLE = "#table"


def describe(
    shadow: str, segments: Sequence[Segment], mentions: Sequence[Mention], tables: Sequence[Table]
) -> list[list[str]]:
    """The feature names of every segment that has no label yet, in order."""
    page = _Page.of(shadow, segments)
    marks, hits = _marks(segments, mentions, page), _hits(shadow, segments)
    top, sub, passed, out = "#h-", "#s-", 0, []
    for i, (segment, text) in enumerate(zip(segments, page.texts, strict=True)):
        if segment.label:
            continue
        _, title = heading(text[:_LEAD])
        topics = heading_topics(title) if title else ()
        first = topics[0] if topics else "?"
        if segment.level == 1:
            top, sub = "#h" + first, "#s-"
        elif segment.level:
            sub = "#s" + first
        while passed < len(tables) and tables[passed].end <= segment.start:
            passed += 1
        names = [top, sub, f"#tables{min(passed, _TABLES_MAX)}"]
        names += _own(segment.level, title, topics)
        names += _words(text)
        names += _shape(text)
        names += page.place(i)
        names += marks[i]
        names += hits[i]
        names += _neighbours(segments, page.texts, i)
        out.append(names)
    return out


def _own(level: int | None, title: str, topics: tuple[str, ...]) -> Iterator[str]:
    """What a segment's own heading or run-in title says."""
    kind = "h" if level else "r" if title else "t"
    yield f"#level{level}"
    yield "#kind" + kind
    for topic in topics:
        yield "#t:" + topic
    if topics:
        yield f"#t1{kind}:{topics[0]}"


def _words(text: str) -> set[str]:
    """The words of a segment."""
    return set(rjieba.cut(text if len(text) <= _HEAD + _TAIL else text[:_HEAD] + text[-_TAIL:]))


def _shape(text: str) -> Iterator[str]:
    """The outer form of a line: length, ends, separators, what stands before a colon, share of digits."""
    length = len(text)
    yield f"#long{length.bit_length()}"
    yield "#^" + text[:1]
    yield "#^" + text[:2]
    yield "#$" + text[-1:]
    for mark in "|\t>。":
        if mark in text:
            yield "#has" + mark
    if "  " in text:
        yield "#gaps"
    colon = text.find(":", 0, _KEY_MAX)
    if colon > 0:
        label = _keys().get(text[:colon].replace(" ", ""))
        if label:
            yield "#key:" + label
    if length < _SHORT:
        yield f"#digits{10 * len(_DIGIT.findall(text)) // length}"


@cache
def _keys() -> dict[str, str]:
    return {key: section.label for section in sections().sections for key in section.keys}


@cache
def _automaton() -> tuple[AhoCorasick, list[str]]:
    """Finds the catalogue's words; and the label that each speaks for, by the automaton's index."""
    words = [(word, section.label) for section in sections().sections for word in section.words]
    return AhoCorasick([w for w, _ in words], matchkind=MatchKind.LeftmostLongest), [label for _, label in words]


def _hits(shadow: str, segments: Sequence[Segment]) -> list[list[str]]:
    """What the catalogue's words say, a list for every segment."""
    automaton, labels = _automaton()
    found = automaton.find_matches_as_indexes(shadow)
    at, out = 0, []
    for segment in segments:
        while at < len(found) and found[at][1] < segment.start:
            at += 1
        seen: dict[str, set[int]] = {}
        while at < len(found) and found[at][1] < segment.end:
            seen.setdefault(labels[found[at][0]], set()).add(found[at][0])
            at += 1
        names = []
        if not segment.label:
            for label, words in seen.items():
                names.append("#w:" + label)
                if len(words) > 1:
                    names.append("#w2:" + label)
                if len(words) > 3:
                    names.append("#w4:" + label)
            if seen:
                names.append("#w1:" + next(iter(seen)))
            else:
                names.append("#w0")
        out.append(names)
    return out


def _marks(segments: Sequence[Segment], mentions: Sequence[Mention], page: _Page) -> list[list[str]]:
    """What the mentions say, a list for every segment: which there are, and which is all of the line."""
    at, out = 0, []
    for i, segment in enumerate(segments):
        while at < len(mentions) and mentions[at].end <= segment.start:
            at += 1
        names: set[str] = set()
        covered, length = 0, len(page.texts[i])
        while at < len(mentions) and mentions[at].start < segment.end:
            mention = mentions[at]
            size = mention.end - mention.start
            names.add("#m:" + mention.label)
            if mention.label == "COUNT" and UNITS:
                names.add("#u:" + mention.unit)
            if size >= length - 2:
                names.add(f"#only{page.part(i)}:{mention.label}")
            covered += size
            at += 1
        out.append([*names, f"#covered{10 * covered // max(length, 1)}"])
    return out


def _neighbours(segments: Sequence[Segment], texts: Sequence[str], i: int) -> Iterator[str]:
    """How the lines around begin, their levels, tables close by."""
    last = len(segments) - 1
    yield "#<" + (_begin(segments, texts, i - 1) if i else "^")
    yield "#>" + (_begin(segments, texts, i + 1) if i < last else "$")
    yield f"#<level{segments[i - 1].level if i else 0}"
    yield f"#>level{segments[i + 1].level if i < last else 0}"
    if i + 1 < last and segments[i + 2].label:
        yield "#>>table"


def _begin(segments: Sequence[Segment], texts: Sequence[str], i: int) -> str:
    return _TABLE if segments[i].label else texts[i][:2]


@dataclass(frozen=True, slots=True)
class _Page:
    """Where the parts of a page lie: title-like lines, the first and the last line of prose."""

    texts: list[str]
    titles: frozenset[int]
    first: int
    last: int
    title: str

    @classmethod
    def of(cls, shadow: str, segments: Sequence[Segment]) -> _Page:
        texts = [shadow[s.start : s.end].strip() for s in segments]
        prose = [i for i, t in enumerate(texts) if len(t) > _PROSE_MIN and "。" in t and not segments[i].label]
        first, last = (prose[0], prose[-1]) if prose else (len(texts), len(texts))
        titles = frozenset(
            i for i, t in enumerate(texts)
            if len(t) < _SHORT and not segments[i].label and ">" not in t and _TITLE.search(t)
        )  # fmt: skip
        block = [texts[i] for i in range(first) if i in titles or i + 1 in titles]
        return cls(texts, titles, first, last, _SPACE.sub("", "".join(block)))

    def part(self, i: int) -> str:
        """Before the first prose (H), behind the last (T), or between (M)."""
        return "H" if i < self.first else "T" if i > self.last else "M"

    def place(self, i: int) -> Iterator[str]:
        """How far from the page's ends, its titles and its prose."""
        part = self.part(i)
        yield f"#i{min(i, _PLACES)}"
        yield f"#j{min(len(self.texts) - 1 - i, _PLACES)}"
        yield "#part" + part
        for step in (-2, -1, 0, 1, 2):
            if i + step in self.titles:
                yield f"#title{step}"
        if part != "M" and len(self.texts[i]) < _SHORT and i not in self.titles:
            squashed = _SPACE.sub("", self.texts[i])
            if len(squashed) > 3 and squashed in self.title:
                yield "#named" + part
