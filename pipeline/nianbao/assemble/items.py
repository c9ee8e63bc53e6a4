"""Problems and measures as items: one a stated problem, one a measure taken or promised.

A linear model says of every clause whether a problem or a measure begins in it, goes on or neither; the tags of a
paragraph are the best path through its chances and the moves from one tag to the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice

import numpy as np
import numpy.typing as npt

from nianbao.artefacts import Artefact, ArtefactError, load
from nianbao.assemble.page import Page
from nianbao.catalogue import CatalogueError, load_toml
from nianbao.classify import best_path
from nianbao.document import Segment

NAME = "items"
# of the features; a model for others does not load
VERSION = 1
# Tags of a clause: it says nothing of the kind, a problem or a measure begins in it, or goes on.
OUT, PROBLEM, MORE_PROBLEM, MEASURE, MORE_MEASURE = range(5)
TAGS = 5
BEGINS = {MORE_PROBLEM: PROBLEM, MORE_MEASURE: MEASURE}
# cues anywhere in a clause, and those that open it
_CUES, _OPENING = ("gap", "turn", "past", "future"), ("mark", "aim")
_COUNTED = ("gap", "turn", "mark")
_SILENT = frozenset({"title", "noise", "preamble", "statistics", "attachments", "signature"})
_TOPICS = frozenset({"problems", "improvements"})
_CLAUSE = re.compile("[^,。;:!?\n]+")
_EDGE = " \t\n,;。:、!?"
_MIN = 4
_MOST = 5  # clauses are not counted further


@dataclass(frozen=True, slots=True)
class ItemSpan:
    """One item in the shadow; `tense` None for problems, past or future for measures."""

    start: int
    end: int
    tense: str | None


@dataclass(frozen=True, slots=True)
class _Words:
    begin: re.Pattern[str]
    mark: re.Pattern[str]
    gap: re.Pattern[str]
    turn: re.Pattern[str]
    past: re.Pattern[str]
    future: re.Pattern[str]
    aim: re.Pattern[str]
    none: re.Pattern[str]


@cache
def _words() -> _Words:
    try:
        return _Words(**{name: re.compile(pattern) for name, pattern in load_toml("items.toml").items()})
    except (TypeError, re.error) as why:
        raise CatalogueError(f"catalogue/items.toml: {why}") from why


@dataclass(frozen=True, slots=True)
class Model:
    """The served form of the trained model.

    `rows` leads from a feature to its row of `weights` (1 + features, TAGS), row 0 is the bias; `moves[a][b]` is what
    going from tag a to tag b adds to a path.
    """

    rows: Mapping[str, int]
    weights: npt.NDArray[np.float32]
    moves: Sequence[Sequence[float]]

    @classmethod
    def of(cls, artefact: Artefact) -> Model:
        """The model of an artefact.

        Raises:
          ArtefactError: it was trained on features of another make.
        """
        card, arrays = artefact.card, artefact.arrays
        if card.get("features") != VERSION:
            raise ArtefactError(
                f"{artefact.name} {artefact.version}: trained on features {card.get('features')}, this is {VERSION}; "
                f"retrain it with `nianbao train {artefact.name} DATA`"
            )
        names = arrays["names"].tobytes().decode("utf8").split("\n")
        rows = {name: row for row, name in enumerate(names, 1)}
        return cls(rows, arrays["weights"].astype(np.float32), arrays["moves"].tolist())

    def tags(self, paragraphs: Sequence[Sequence[Sequence[str]]]) -> Iterator[list[int]]:
        """The tags of the clauses of each paragraph, given by their features; a paragraph has at least one clause."""
        rows, starts = list[int](), []
        for features in chain.from_iterable(paragraphs):
            starts.append(len(rows))
            rows.append(0)
            rows += filter(None, map(self.rows.get, features))
        scores = iter(np.add.reduceat(self.weights.take(rows, axis=0), starts, axis=0).tolist() if starts else ())
        for clauses in paragraphs:
            first, *others = (list(enumerate(step)) for step in islice(scores, len(clauses)))
            yield best_path([[(tag, score) for tag, score in first if tag not in BEGINS], *others], self.moves)


def items(page: Page, model: Model | None = None) -> tuple[list[ItemSpan], list[ItemSpan]]:
    """The problems and the measures of a page, each in order.

    Args:
      page: the labelled page; model: the one that serves, if none is given.

    Raises:
      ArtefactError: there is no model, or it was trained on other features.
    """
    model, shadow = model or _served(), page.document.shadow
    opened = [(segment, spans) for segment in open_segments(page) if (spans := clauses(shadow, segment))]
    described = [describe(shadow, segment, spans) for segment, spans in opened]
    problems: list[ItemSpan] = []
    measures: list[ItemSpan] = []
    for (_, spans), tags in zip(opened, model.tags(described), strict=True):
        for tag, first, last in _joined(spans, tags):
            item = _stated(shadow, first, last)
            if item and tag == PROBLEM:
                problems.append(ItemSpan(*item, None))
            elif item:
                measures.append(ItemSpan(*item, _tense(shadow[slice(*item)])))
    return problems, measures


def _stated(shadow: str, start: int, end: int) -> tuple[int, int] | None:
    """An item without what opens it (一是, 存在的问题是); None where it says nothing (无)."""
    words = _words()
    for opening in (words.mark, words.begin):
        match = opening.match(shadow, start, end)
        start, end = trim(shadow, match.end() if match else start, end)
    return None if end - start < _MIN or words.none.match(shadow[start:end]) else (start, end)


def open_segments(page: Page) -> Iterator[Segment]:
    """The paragraphs that may state problems and measures: those of the two sections, and any that speaks of them."""
    begin, shadow = _words().begin, page.document.shadow
    for segment in page.segments:
        if segment.level is None and segment.label not in _SILENT:
            named = segment.label in _TOPICS or not _TOPICS.isdisjoint(segment.secondary)
            if named or begin.search(shadow, segment.start, segment.end):
                yield segment


def clauses(shadow: str, segment: Segment) -> list[tuple[int, int]]:
    """The clauses of a paragraph without blanks and punctuation at their edges."""
    spans = (trim(shadow, *match.span()) for match in _CLAUSE.finditer(shadow, segment.start, segment.end))
    return [(start, end) for start, end in spans if start < end]


def describe(shadow: str, segment: Segment, spans: Sequence[tuple[int, int]]) -> list[list[str]]:
    """The features of each clause: its edges, length and place, the cues in it, and those of its neighbours."""
    words, count = _words(), len(spans)
    edges, behind, ahead = [], [["<"]], []
    seen = dict.fromkeys(_COUNTED, 0)
    for i, (start, end) in enumerate(spans):
        text = shadow[start:end]
        cues = [name for name in _CUES if getattr(words, name).search(shadow, start, end)]
        cues += [name for name in _OPENING if getattr(words, name).match(shadow, start, end)]
        after = "n" + shadow[end : min(end + 1, segment.end)]
        before = "d" + shadow[max(start - 1, segment.start) : start]
        last, opening = "z" + text[-2:], "a" + text[:2]
        edges.append([
            *cues, after, before, last, opening, "b" + text[0], "c" + text[:3], "y" + text[-1], segment.label,
            f"length{min(len(text) // 4, 8)}", f"at{min(i, _MOST)}", f"left{min(count - i, _MOST)}",
            f"of{min(count, _MOST)}", *[segment.label + cue for cue in cues],
            *[f"{name}{min(times, _MOST)}" for name, times in seen.items()],
        ])  # fmt: skip
        for name in _COUNTED:
            seen[name] += name in cues
        behind.append(["<" + name for name in (*cues, after, last)])
        ahead.append([">" + name for name in (*cues, before, opening)])
    ahead.append([">"])
    return [own + behind[i] + ahead[i + 1] for i, own in enumerate(edges)]


def trim(shadow: str, start: int, end: int) -> tuple[int, int]:
    """The stretch without blanks and punctuation at its edges."""
    while start < end and shadow[start] in _EDGE:
        start += 1
    while end > start and shadow[end - 1] in _EDGE:
        end -= 1
    return start, end


def _joined(spans: Sequence[tuple[int, int]], tags: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """The items of a paragraph: tag with which each begins, start and end."""
    tag, first, last = OUT, 0, 0
    for (start, end), now in zip(spans, tags, strict=True):
        if now in BEGINS:
            last = end
            continue
        if tag != OUT:
            yield tag, first, last
        tag, first, last = now, start, end
    if tag != OUT:
        yield tag, first, last


def _tense(text: str) -> str:
    words = _words()
    return "past" if words.past.search(text) and not words.future.search(text) else "future"


@cache
def _served() -> Model:
    return Model.of(load(NAME))
