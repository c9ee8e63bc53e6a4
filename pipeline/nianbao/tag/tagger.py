"""AGENCY, PERSON, ADDRESS and CHANNEL: names whose shape is not regular, by a linear chain over character features."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from nianbao import artefacts
from nianbao.document import Mention, Span
from nianbao.tag import features

LABELS = ("AGENCY", "PERSON", "ADDRESS", "CHANNEL")
# Tags of a character: 0 outside, FIRST + k first of a LABELS[k], INSIDE + k further inside it; inside follows first or
# inside of the same name.
FIRST, INSIDE, TAGS = 1, 1 + len(LABELS), 1 + 2 * len(LABELS)
NEVER = -1e4  # score of what must not happen
_LONGEST = 200  # characters of a run that are read together
BODY_TAGS = (FIRST + LABELS.index("AGENCY"), INSIDE + LABELS.index("AGENCY"))

Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Tagger:
    """The trained model: for each kind of feature its scores, (size, offsets * TAGS)."""

    weights: dict[str, Scores]

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Tagger:
        """The model from the arrays of its artefact.

        Raises:
          ArtefactError: the arrays are not those that this version of the features needs.
        """
        if arrays.get("signature") != features.SIGNATURE:
            raise artefacts.ArtefactError("tagger: trained for other features than these; retrain the model")
        return cls({kind.name: arrays[kind.name].astype(np.float32) for kind in features.KINDS})

    def find(self, shadow: str, fixed: Sequence[Span] = ()) -> Iterator[Mention]:
        """The names in a text, in order.

        Args:
          shadow: the whole shadow of a document.
          fixed: stretches that hold no name.
        """
        reading = features.read(shadow, fixed)
        return names(shadow, reading, best_tags(self.scores(reading), reading.live))

    def scores(self, reading: features.Reading) -> Scores:
        """Scores of all tags (kept characters, TAGS)."""
        n = len(reading.kept)
        out = np.zeros((n, TAGS), np.float32)
        for kind in features.KINDS:
            rows = self.weights[kind.name].take(reading.ids[kind.name], axis=0)
            for place, offset in enumerate(kind.offsets):
                part = rows[:, place * TAGS : (place + 1) * TAGS]
                if offset >= 0:
                    out[: n - offset] += part[offset:]
                else:
                    out[-offset:] += part[:offset]
        for tag in BODY_TAGS:
            out[reading.no_body, tag] = NEVER
        return out


def names(shadow: str, reading: features.Reading, tags: npt.NDArray[np.intp]) -> Iterator[Mention]:
    """The names in a text that the tags of its kept characters spell, in order."""
    firsts = np.flatnonzero((tags >= FIRST) & (tags < INSIDE))
    ends = np.flatnonzero(np.append(tags, 0) < INSIDE)
    lasts = ends[np.searchsorted(ends, firsts + 1)] - 1
    for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
        start, end = int(reading.origin[first]), int(reading.origin[last]) + 1
        text = shadow[start:end]
        start, end = start + len(text) - len(text.lstrip()), end - len(text) + len(text.rstrip())
        if start < end:
            yield Mention(LABELS[int(tags[first]) - FIRST], start, end, "".join(text.split()))


def best_tags(scores: Scores, live: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """The best tags of all characters together (Viterbi's algorithm, all runs of live characters step by step).

    Args:
      scores: (characters, TAGS).
      live: which characters may be part of a name; before and after a run of them is outside.
    """
    tags = np.zeros(len(scores), np.intp)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], live.view(np.int8), [0]))))
    if not len(edges):
        return tags
    starts, lengths = _cut(edges[::2], edges[1::2])
    longest = np.argsort(-lengths, kind="stable")  # so that the runs that go on are always the first ones
    starts, lengths = starts[longest], lengths[longest]
    # the first characters of all runs, then the second ones, and so on
    going = np.searchsorted(-lengths, -np.arange(1, lengths[0] + 1), side="right")
    step = np.repeat(np.arange(len(going)), going)
    begins = np.cumsum(going) - going
    at = starts[np.arange(len(step)) - begins[step]] + step
    best = _forward(np.ascontiguousarray(scores[at].T), begins.tolist(), going.tolist())
    tags[at] = _backward(best, begins.tolist(), lengths.tolist())
    return tags


def _forward(state: Scores, begins: list[int], going: list[int]) -> Scores:
    """The scores (TAGS, characters) of the best way to each tag of each character, laid out step by step."""
    before = state[:, : going[0]]
    before[INSIDE:] = NEVER
    for begin, count in zip(begins[1:], going[1:], strict=True):
        before, now = before[:, :count], state[:, begin : begin + count]
        now[INSIDE:] += np.maximum(before[FIRST:INSIDE], before[INSIDE:])
        now[:INSIDE] += np.maximum.reduce(before)
        before = now
    return state


def _backward(best: Scores, begins: list[int], lengths: list[int]) -> list[int]:
    """The tags of the best ways, run by run from their ends: before an inside stands its own first or inside."""
    free: list[int] = best.argmax(axis=0).tolist()
    opens: list[list[bool]] = (best[FIRST:INSIDE] >= best[INSIDE:]).tolist()
    for run, length in enumerate(lengths):
        tag = 0
        for begin in begins[length - 1 :: -1]:
            at = begin + run
            if tag < INSIDE:
                tag = free[at]
            else:
                if opens[tag - INSIDE][at]:
                    tag -= len(LABELS)
                free[at] = tag
    return free


def _cut(starts: npt.NDArray[np.intp], ends: npt.NDArray[np.intp]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Starts and lengths of runs, those longer than any name cut in pieces."""
    pieces = -((starts - ends) // _LONGEST)
    which = np.repeat(np.arange(len(starts)), pieces)
    at = np.arange(len(which)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    begins = starts[which] + _LONGEST * at
    return begins, np.minimum(ends[which] - begins, _LONGEST)


@cache
def active_tagger() -> Tagger:
    """The model that serves.

    Raises:
      ArtefactError: there is none, or it is damaged.
    """
    return Tagger.of(artefacts.load("tagger").arrays)
