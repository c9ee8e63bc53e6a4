"""Counts of one document, and figures over many: precision, recall and F1 with bootstrap intervals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from nianbao.train.calibration import Sure

_DRAWS = 1000
_TAIL = 2.5  # percent on either side of the interval


class Key(NamedTuple):
    """What was measured, and of what: `("entities", "AGENCY")`; an empty label is all of the measure."""

    measure: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Error:
    """One thing that is wrong; `start`, `end` and `excerpt` are of the record's text, where it lies in it."""

    measure: str
    detail: str
    start: int | None = None
    end: int | None = None
    excerpt: str = ""


@dataclass(slots=True)
class Tally:
    """What is right, extra and missed in one document.

    `counts` are (right, extra, missed) by key; a measure that is a share of right answers has no extra ones.
    `confusion` counts (gold, found) labels of paragraphs, `entity_confusion` those of mentions that overlap, `none` on
    one side where one is missed or extra; `sure` are the confidences by kind of value.
    """

    name: str
    groups: dict[str, str]
    counts: dict[Key, tuple[int, int, int]] = field(default_factory=dict)
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    entity_confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    sure: list[tuple[str, Sure]] = field(default_factory=list)
    errors: list[Error] = field(default_factory=list)

    def add(self, measure: str, labels: Iterable[str], right: int = 0, extra: int = 0, missed: int = 0) -> None:
        """Counts for a measure as a whole, and for each of the labels."""
        for key in (Key(measure), *(Key(measure, label) for label in labels)):
            before = self.counts.get(key, (0, 0, 0))
            self.counts[key] = (before[0] + right, before[1] + extra, before[2] + missed)

    def answer(self, measure: str, label: str, right: bool) -> None:
        """Counts one question with one answer."""
        self.add(measure, [label] if label else [], right=int(right), missed=int(not right))

    def sets(self, measure: str, found: Iterable[Hashable], wanted: Iterable[Hashable], label: str = "") -> None:
        """Counts what two collections share, each thing as often as it is in both."""
        one, other = Counter(found), Counter(wanted)
        right = sum((one & other).values())
        self.add(measure, [label] if label else [], right, one.total() - right, other.total() - right)

    def narrowed(self, measures: Container[str]) -> Tally:
        """The tally of some measures only."""
        return Tally(
            self.name,
            self.groups,
            {key: counts for key, counts in self.counts.items() if key.measure in measures},
            self.confusion if "paragraphs" in measures else Counter(),
            self.entity_confusion if "entities" in measures else Counter(),
            [(kind, sure) for kind, sure in self.sure if kind in measures],
            [error for error in self.errors if error.measure in measures],
        )


@dataclass(frozen=True, slots=True)
class Figure:
    """How good, of 1: the F1 of what can be extra or missed, the share of right answers of what is asked.

    `low` and `high` are the ends of the 95 % interval over documents, `gold` is how much is annotated.
    """

    value: float
    low: float
    high: float
    gold: int
    precision: float | None = None
    recall: float | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """The values of a figure before and after a change, over the same documents.

    `low` and `high` are the ends of the 95 % interval of after less before, by documents drawn anew in pairs.
    """

    before: float
    after: float
    low: float
    high: float
    gold: int

    @property
    def worse(self) -> bool:
        """Whether the change costs more than chance explains."""
        return self.high < 0


# questions with one answer each; of all else there can be too much and too little
SHARES = frozenset(("fields", "paragraphs", "heading_levels", "normal_forms", "fact_attributes"))


class Table:
    """The counts of many documents as one array, (documents, keys, 3)."""

    def __init__(self, tallies: Sequence[Tally], seed: int) -> None:
        self.keys = sorted({key for tally in tallies for key in tally.counts})
        places = {key: i for i, key in enumerate(self.keys)}
        self._counts = np.zeros((len(tallies), len(self.keys), 3))
        for row, tally in enumerate(tallies):
            for key, counts in tally.counts.items():
                self._counts[row, places[key]] = counts
        # a wrong answer counts whole, one of two sets (extra here, missed there) half: that makes F1 of it
        self._weights = np.array([1.0 if key.measure in SHARES else 0.5 for key in self.keys])
        self._seed = seed

    def figures(self, rows: Sequence[int] | None = None) -> dict[Key, Figure]:
        """The figure of each key over some documents, all if none are given; keys without counts are left out.

        The intervals are those of documents drawn anew with replacement; the same seed gives the same.
        """
        counts = self._counts if rows is None else self._counts[list(rows)]
        drawn = self._drawn(counts)
        low, high = np.percentile(drawn, [_TAIL, 100 - _TAIL], axis=0)
        totals = counts.sum(axis=0)
        values = self._values(totals)
        out: dict[Key, Figure] = {}
        for i, key in enumerate(self.keys):
            right, extra, missed = totals[i]
            if totals[i].any():
                ends = round(float(low[i]), 4), round(float(high[i]), 4)
                sides = () if key.measure in SHARES else (_share(right, extra), _share(right, missed))
                out[key] = Figure(round(float(values[i]), 4), *ends, int(right + missed), *sides)
        return out

    def differences(self) -> dict[Key, Difference]:
        """What changes from the first half of the documents to the second, which are the same ones read otherwise."""
        before, after = np.split(self._counts, 2)
        low, high = np.percentile(self._drawn(after) - self._drawn(before), [_TAIL, 100 - _TAIL], axis=0).round(4)
        values = np.stack([self._values(part.sum(axis=0)) for part in (before, after)]).round(4)
        gold = before.sum(axis=0)[:, [0, 2]].sum(axis=1)
        rows = zip(self.keys, *values.tolist(), low.tolist(), high.tolist(), gold.astype(int).tolist(), strict=True)
        return {key: Difference(*row) for key, *row in rows}

    def _drawn(self, counts: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The figures (draws, keys) over documents drawn with replacement, the same ones whatever the counts."""
        documents = len(counts)
        draws = np.random.default_rng(self._seed).multinomial(documents, [1 / documents] * documents, _DRAWS)
        return self._values(np.tensordot(draws.astype(float), counts, axes=1))

    def _values(self, counts: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The figures of counts (..., keys, 3); 1 where there is nothing to count."""
        right = counts[..., 0]
        whole = right + self._weights * (counts[..., 1] + counts[..., 2])
        return np.divide(right, whole, out=np.ones_like(whole), where=whole > 0)


def _share(right: float, wrong: float) -> float:
    return round(float(right / (right + wrong)), 4) if right + wrong else 1.0
