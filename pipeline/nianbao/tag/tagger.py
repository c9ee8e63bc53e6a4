"""AGENCY, PERSON, ADDRESS and CHANNEL: names whose shape is not regular, by a linear chain over character features."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from nianbao import artefacts
from nianbao.document import Mention, Span
from nianbao.tag import features

LABELS = ("AGENCY", "PERSON", "ADDRESS", "CHANNEL")
# Tags of a character: 0 outside, 2k + 1 first of a LABELS[k], 2k + 2 further inside it.
TAGS = 2 * len(LABELS) + 1
NEVER = -1e4  # score of what must not happen
_BODY_TAGS = slice(2 * LABELS.index("AGENCY") + 1, 2 * LABELS.index("AGENCY") + 3)
# A character that outside beats all names by so much is outside whatever its neighbours are: no gain by the
# transitions makes up for it (they are within +-8 in all trained models).
_CERTAIN = 24.0

Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Tagger:
    """The trained model: scores (size, offsets * TAGS) for each kind of feature, and (TAGS, TAGS) from tag to tag."""

    weights: dict[str, Scores]
    transitions: Scores

    @classmethod
    def of(cls, arrays: dict[str, npt.NDArray[Any]]) -> Tagger:
        """The model from the arrays of its artefact.

        Raises:
          ArtefactError: the arrays are not those that this version of the features needs.
        """
        for kind in features.KINDS:
            shape = (kind.size, len(kind.offsets) * TAGS)
            if kind.name not in arrays or arrays[kind.name].shape != shape:
                raise artefacts.ArtefactError(f"tagger: no weights {kind.name!r} of shape {shape}; retrain the model")
        weights = {kind.name: arrays[kind.name].astype(np.float32) for kind in features.KINDS}
        return cls(weights, arrays["transitions"].astype(np.float32))

    def find(self, shadow: str, fixed: Sequence[Span] = ()) -> Iterator[Mention]:
        """The names in a text, in order.

        Args:
          shadow: the whole shadow of a document.
          fixed: stretches that hold no name.
        """
        reading = features.read(shadow, fixed)
        scores = self._scores(reading)
        tags = best_tags(scores, self.transitions, reading.live)
        firsts = np.flatnonzero(tags & 1)
        inside = (tags > 0) & (tags & 1 == 0)
        ends = np.flatnonzero(~np.append(inside, False))
        lasts = ends[np.searchsorted(ends, firsts + 1)] - 1
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
            start, end = int(reading.origin[first]), int(reading.origin[last]) + 1
            value = "".join(shadow[start:end].split())
            if value:
                yield Mention(LABELS[int(tags[first]) // 2], start, end, value)

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
        out[reading.no_body, _BODY_TAGS] = NEVER
        return out


def best_tags(scores: Scores, transitions: Scores, live: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """The best tag of every character.

    Args:
      scores: (characters, TAGS).
      transitions: (TAGS, TAGS), from tag to tag.
      live: which characters may be part of a name; a run of them is one sequence, outside before and after it.
    """
    open_ = live & (scores[:, 1:].max(axis=1, initial=NEVER) > scores[:, 0] - _CERTAIN)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], open_, [False])).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    tags = np.zeros(len(scores), np.intp)
    if not len(starts):
        return tags
    order = np.argsort(starts - ends, kind="stable")  # the longest first, so that those still going stay together
    starts, lengths = starts[order], (ends - starts)[order]
    going = np.searchsorted(-lengths, -np.arange(1, lengths[0] + 1), side="right")
    state = scores[starts] + transitions[0]
    back = [np.zeros((len(starts), TAGS), np.intp)]
    for step in range(1, int(lengths[0])):
        count = going[step]
        paths = state[:count, :, None] + transitions
        back.append(paths.argmax(axis=1))
        state[:count] = paths.max(axis=1) + scores[starts[:count] + step]
    tag = state.argmax(axis=1)
    for step in range(int(lengths[0]) - 1, -1, -1):
        count = going[step]
        tags[starts[:count] + step] = tag[:count]
        tag[:count] = back[step][np.arange(count), tag[:count]]
    return tags


@cache
def active_tagger() -> Tagger:
    """The model that serves.

    Raises:
      ArtefactError: there is none, or it is damaged.
    """
    return Tagger.of(dict(artefacts.load("tagger").arrays))
