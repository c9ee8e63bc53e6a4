"""Whether confidences can be believed, and whether they tell right values from wrong ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

_BINS = 10


class Sure(NamedTuple):
    """A value with the confidence that the record gives it, and whether it is right."""

    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """Values of like confidence: how many, how sure on average, and the share that is right."""

    low: float
    high: float
    count: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """The calibration of one kind of value.

    `error` is how far, on average, the confidence of a bin is from the share that is right in it (ECE); `doubted` the
    share of all errors among the least sure tenth of the values, None where there is no error.
    """

    values: int
    wrong: int
    error: float
    doubted: float | None
    bins: tuple[Bin, ...]


def calibrate(values: Iterable[Sure]) -> Calibration:
    """The calibration of values, in ten bins of equal width."""
    known = sorted(values)
    bins: dict[int, list[Sure]] = defaultdict(list)
    for value in known:
        bins[min(int(value.confidence * _BINS), _BINS - 1)].append(value)
    shown = tuple(_bin(number, bins[number]) for number in sorted(bins))
    error = sum(b.count * abs(b.confidence - b.right) for b in shown) / max(len(known), 1)
    wrong = sum(not value.right for value in known)
    return Calibration(len(known), wrong, round(error, 4), _doubted(known) if wrong else None, shown)


def _bin(number: int, values: Sequence[Sure]) -> Bin:
    count = len(values)
    sure, right = sum(v.confidence for v in values) / count, sum(v.right for v in values) / count
    return Bin(number / _BINS, (number + 1) / _BINS, count, round(sure, 4), round(right, 4))


def _doubted(known: Sequence[Sure]) -> float:
    """Values with the confidence at the edge of the tenth share what place is left in it: their order says nothing."""
    wrong, room = sum(not value.right for value in known), len(known) / 10
    by_confidence: dict[float, list[bool]] = defaultdict(list)
    for value in known:
        by_confidence[value.confidence].append(value.right)
    found = 0.0
    for confidence in sorted(by_confidence):
        tied = by_confidence[confidence]
        taken = min(room, len(tied))
        found += (len(tied) - sum(tied)) * taken / len(tied)
        room -= taken
    return round(found / wrong, 4)
