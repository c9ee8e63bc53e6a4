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
        tags = best_tags(self._scores(reading), reading.live)
        firsts = np.flatnonzero((tags >= FIRST) & (tags < INSIDE))
        ends = np.flatnonzero(np.append(tags, 0) < INSIDE)
        lasts = ends[np.searchsorted(ends, firsts + 1)] - 1
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
            start, end = int(reading.origin[first]), int(reading.origin[last]) + 1
            text = shadow[start:end]
            start, end = start + len(text) - len(text.lstrip()), end - len(text) + len(text.rstrip())
            if start < end:
                yield Mention(LABELS[int(tags[first]) - FIRST], start, end, "".join(text.split()))

    def _scores(self, reading: features.Reading) -> Scores:
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
    going: list[int] = np.searchsorted(-lengths, -np.arange(1, lengths[0] + 1), side="right").tolist()
    state = scores[starts]
    state[:, INSIDE:] = NEVER
    states = [state]
    for step, count in enumerate(going[1:], 1):
        before, state = state[:count], scores[starts[:count] + step]
        state[:, INSIDE:] += np.maximum(before[:, FIRST:INSIDE], before[:, INSIDE:])
        state[:, :INSIDE] += before.max(axis=1, keepdims=True)
        states.append(state)
    tag = np.zeros(len(starts), np.intp)
    for step in range(len(going) - 1, -1, -1):
        state, rows = states[step], np.arange(going[step])
        then = tag[: len(rows)]
        free = state.argmax(axis=1)
        if step + 1 < len(going):
            first = np.maximum(then - len(LABELS), 0)
            bound = np.where(state[rows, first] >= state[rows, then], first, then)
            free = np.where(then >= INSIDE, bound, free)
        tag[: len(rows)] = free
        tags[starts[: len(rows)] + step] = free
    return tags


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
