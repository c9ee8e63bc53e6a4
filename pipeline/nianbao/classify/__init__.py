"""Paragraph classification: which of the 18 section labels a segment carries, and which others besides.

A linear model over the features of `classify.features` gives every open segment calibrated chances; the labels of a
page are the best path through them and the moves from one section to the next (Viterbi).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from math import inf

import numpy as np
import numpy.typing as npt

from nianbao.artefacts import Artefact, ArtefactError, load
from nianbao.classify.besides import PAGE_PARTS, add_rules
from nianbao.classify.features import VERSION, describe
from nianbao.document import Document, Mention, Segment, Table

__all__ = ["NAME", "NO_HEADING", "Model", "Step", "best_path", "classify"]

NAME = "sections"
_TABLE = "statistics"
# what opens nothing is no heading: the numbers of such lines are list marks
NO_HEADING = frozenset({"noise", "title", "signature", "attachments"})

# the labels to try for one step of a page, by index, each with the logarithm of its chance
Step = Sequence[tuple[int, float]]


@dataclass(slots=True)
class Model:
    """The served form of the trained model.

    `rows` leads from a feature name to its row of `weights` (1 + features, labels); row 0 is the bias. Scores are
    divided by `temperature`; `moves[a][b]` is what going from label a to label b adds to a path; a label besides the
    first needs a chance of `secondary_min`. `gains[a][b]` is the most that a path can gain by its moves when it takes
    label b instead of a.
    """

    labels: tuple[str, ...]
    rows: Mapping[str, int]
    weights: npt.NDArray[np.float32]
    moves: Sequence[Sequence[float]]
    temperature: float
    secondary_min: float
    gains: npt.NDArray[np.float32] = field(init=False)

    def __post_init__(self) -> None:
        moves = np.array(self.moves, dtype=np.float32)
        arriving = (moves[:, None, :] - moves[:, :, None]).max(axis=0)
        leaving = (moves[None, :, :] - moves[:, None, :]).max(axis=2)
        self.gains = arriving + leaving

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
        return cls(
            labels=tuple(card["labels"]),
            rows={name: row for row, name in enumerate(names, 1)},
            weights=arrays["weights"].astype(np.float32),
            moves=arrays["moves"].tolist(),
            temperature=card["temperature"],
            secondary_min=card["secondary_min"],
        )

    def chances(self, names: Sequence[Sequence[str]]) -> npt.NDArray[np.float32]:
        """The logarithms of the labels' chances, (segments, labels), for segments given by their feature names."""
        rows: list[int] = []
        starts = []
        for features in names:
            starts.append(len(rows))
            rows.append(0)
            rows += filter(None, map(self.rows.get, features))
        index = np.fromiter(rows, np.intp, len(rows))
        scores: npt.NDArray[np.float32] = np.add.reduceat(self.weights.take(index, axis=0), starts, axis=0)
        scores /= np.float32(self.temperature)
        scores -= scores.max(axis=1, keepdims=True)
        scores -= np.log(np.exp(scores).sum(axis=1, keepdims=True))
        return scores

    def decode(self, segments: Sequence[Segment], chances: npt.NDArray[np.float32]) -> list[int]:
        """The labels of the open segments, by index: the best path of the page, each table of which is one step."""
        order: list[int | None] = []
        opened = 0
        for segment in segments:
            if not segment.label:
                order.append(opened)
                opened += 1
            elif segment.label == _TABLE and (not order or order[-1] is not None):
                order.append(None)
        steps, table = self._steps(chances), [(self.labels.index(_TABLE), 0.0)]
        path = best_path([table if row is None else steps[row] for row in order], self.moves)
        return [label for row, label in zip(order, path, strict=True) if row is not None]

    def _steps(self, chances: npt.NDArray[np.float32]) -> list[list[tuple[int, float]]]:
        """The labels worth trying: no moves could make good how unlikely the others are."""
        best = chances.argmax(axis=1)
        lead = chances[np.arange(len(best)), best][:, None]
        steps: list[list[tuple[int, float]]] = [[] for _ in best]
        rows, labels = np.nonzero(chances + self.gains[best] >= lead)
        for row, label, chance in zip(rows.tolist(), labels.tolist(), chances[rows, labels].tolist(), strict=True):
            steps[row].append((label, chance))
        return steps

    def settle(self, opened: Sequence[Segment], path: Sequence[int], chances: npt.NDArray[np.float32]) -> None:
        """Gives the open segments the labels of the path, and those that are likely enough besides."""
        shares = np.exp(chances)
        for segment, label, share in zip(opened, path, shares[np.arange(len(path)), path].tolist(), strict=True):
            segment.label, segment.confidence = self.labels[label], share
            if segment.label in NO_HEADING:
                segment.level = None
        rows, labels = np.nonzero(shares >= self.secondary_min)
        for row, label in zip(rows.tolist(), labels.tolist(), strict=True):
            if label != path[row] and PAGE_PARTS.isdisjoint((opened[row].label, self.labels[label])):
                opened[row].secondary = (*opened[row].secondary, self.labels[label])


def classify(
    document: Document,
    segments: Sequence[Segment],
    mentions: Sequence[Mention],
    tables: Sequence[Table],
    model: Model | None = None,
) -> None:
    """Sets label, secondary and confidence of every segment that has no label yet, in place.

    Args:
      document: the document whose segments these are.
      segments: all its segments in order; lines of tables come labelled.
      mentions: its mentions by start; they do not overlap.
      tables: its tables by start.
      model: the one that serves, if none is given.

    Raises:
      ArtefactError: there is no model, or it was trained on other features.
    """
    opened = [segment for segment in segments if not segment.label]
    if not opened:
        return
    model = model or _served()
    chances = model.chances(describe(document.shadow, segments, mentions, tables))
    path = model.decode(segments, chances)
    model.settle(opened, path, chances)
    add_rules(document.shadow, segments)


def best_path(page: Sequence[Step], moves: Sequence[Sequence[float]]) -> list[int]:
    """The labels, one a step, whose chances and moves add up to most (Viterbi); of equals the first."""
    totals, links = [chance for _, chance in page[0]], []
    for before, step in pairwise(page):
        reached, link = [], []
        for label, chance in step:
            best, at = -inf, 0
            for i, (previous, _) in enumerate(before):
                total = totals[i] + moves[previous][label]
                if total > best:
                    best, at = total, i
            reached.append(best + chance)
            link.append(at)
        totals = reached
        links.append(link)
    at = totals.index(max(totals))
    path = [page[-1][at][0]]
    for step, link in zip(page[-2::-1], links[::-1], strict=True):
        at = link[at]
        path.append(step[at][0])
    return path[::-1]


@cache
def _served() -> Model:
    return Model.of(load(NAME))
