"""A paragraph as the linker reads it: one letter for each number and each date, no spaces, no quotation marks.

`收到申请 12 件，2016年为“8件”` is read as `收到申请N,D为N`. What stands around a number then looks alike whatever the
number is, and words stand next to each other however they were laid out.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from enum import Enum
from functools import cached_property
from operator import add
from typing import NamedTuple

from nianbao.document import Mention
from nianbao.facts.cues import Cues

_LETTERS = {"DATE": "D", "COUNT": "N", "MONEY": "N"}
# two spaces part a heading from the text glued to it; one is layout
_DROPPED = re.compile("[\\s“”\"'‘’「」]+")
_GAP = "|"
_MARK = re.compile("[,:;。()、!?\nN|]")
_SENTENCE_END, _INSIDE_CLAUSE = frozenset("。;!?\n"), frozenset("、N")
# how far back a number is read with what was said before it; sentences are shorter, lines without an end are not
_REACH = 200


class Placed(NamedTuple):
    """A mention and where it stands in the passage."""

    at: int
    mention: Mention


class Passage:
    """One stretch of a paragraph under reading.

    Offsets count in `text`; `span` leads back to the shadow. `numbers`, `dates` and `agencies` are in order; a number
    or date is one letter of the text. What only some passages are asked for is made when they are.
    """

    def __init__(self, shadow: str, start: int, end: int, label: str, mentions: Sequence[Mention]) -> None:
        """`mentions`: those inside start and end, offsets in the shadow."""
        self.label = label
        self.numbers: list[Placed] = []
        self.dates: list[Placed] = []
        self.agencies: list[Placed] = []
        self._origin: list[int] = []
        self._ends: dict[int, int] = {}
        pieces: list[str] = []
        at = start
        for mention in mentions:
            letter = _LETTERS.get(mention.label)
            if letter:
                pieces.append(self._words(shadow, at, mention.start))
                place = len(self._origin)
                if letter == "D":
                    self.dates.append(Placed(place, mention))
                elif mention.value is not None:
                    self.numbers.append(Placed(place, mention))
                self._origin.append(mention.start)
                self._ends[place] = mention.end
                pieces.append(letter)
                at = mention.end
            elif mention.label == "AGENCY":
                pieces.append(self._words(shadow, at, mention.start))
                self.agencies.append(Placed(len(self._origin), mention))
                pieces.append(self._words(shadow, mention.start, mention.end))
                at = mention.end
        pieces.append(self._words(shadow, at, end))
        self.text = "".join(pieces)

    @cached_property
    def cues(self) -> Cues:
        """The words of the catalogue in the text."""
        return Cues(self.text)

    @cached_property
    def pairs(self) -> list[str]:
        """The neighbours in the text, by twos."""
        return list(map(add, self.text, self.text[1:]))

    @cached_property
    def marks(self) -> list[int]:
        """Where there are marks and numbers."""
        return [m.start() for m in _MARK.finditer(self.text)]

    @cached_property
    def stops(self) -> list[int]:
        """The marks that end a clause."""
        return [at for at in self.marks if self.text[at] not in _INSIDE_CLAUSE]

    @cached_property
    def ends(self) -> list[int]:
        """The marks that end a sentence."""
        return [at for at in self.stops if self.text[at] in _SENTENCE_END]

    def _words(self, shadow: str, start: int, end: int) -> str:
        """The words of a stretch without layout; notes where each of their characters comes from."""
        words = shadow[start:end]
        found = _DROPPED.search(words)
        if not found:
            self._origin += range(start, end)
            return words
        out, last = [], 0
        for gap in _DROPPED.finditer(words):
            out.append(words[last : gap.start()])
            self._origin += range(start + last, start + gap.start())
            if gap[0].isspace() and len(gap[0]) > 1:
                out.append(_GAP)
                self._origin.append(start + gap.start())
            last = gap.end()
        self._origin += range(start + last, end)
        return "".join([*out, words[last:]])

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The shadow span of a stretch that is not empty."""
        last = end - 1
        return self._origin[start], self._ends.get(last, self._origin[last] + 1)

    def sentence(self, at: int) -> int:
        """Where the sentence around a place begins, or how far back it is read."""
        end = bisect_left(self.ends, at)
        return max(self.ends[end - 1] + 1 if end else 0, at - _REACH)

    def sentence_end(self, at: int, most: int) -> int:
        """Where the sentence that goes on at a place ends, `most` at the latest."""
        end = bisect_left(self.ends, at)
        return min(most, self.ends[end] if end < len(self.ends) else len(self.text))

    def phrase(self, at: int) -> int:
        """Where the words before a place begin: behind the last mark or number."""
        mark = bisect_left(self.marks, at)
        return self.marks[mark - 1] + 1 if mark else 0

    def phrase_end(self, at: int, reach: int) -> int:
        """Where the words behind a place end: at a mark or a number, or after so many characters."""
        mark = bisect_left(self.marks, at)
        return min(at + reach, self.marks[mark] if mark < len(self.marks) else len(self.text))

    def clause(self, at: int) -> int:
        """Where the clause around a place begins: behind the last stop before it."""
        stop = bisect_left(self.stops, at)
        return self.stops[stop - 1] + 1 if stop else 0

    def clause_end(self, at: int) -> int:
        """Where the clause around a place ends."""
        stop = bisect_left(self.stops, at)
        return self.stops[stop] if stop < len(self.stops) else len(self.text)


class Number(NamedTuple):
    """A number that may mean something: where it stands, where its sentence and its words in its clause begin.

    `parts` are the stretches of the words that it holds for one by one (当面、信函各1件), or all of them.
    """

    at: int
    mention: Mention
    sentence: int
    begin: int
    parts: tuple[tuple[int, int], ...]


class Role(Enum):
    """What a number is to others of its sentence that mean the same: none, their sum (合计42元), a part (其中1件)."""

    ALONE, SUM, PART = range(3)


class Statement(NamedTuple):
    """Something that a passage states: where, what, its value, how sure that is, and the number if it is one.

    `role`: what it is to those before it in the sentence that mean the same.
    """

    passage: Passage
    start: int
    end: int
    indicators: tuple[str, ...]
    value: float | int
    chance: float
    number: Mention | None = None
    role: Role = Role.ALONE
