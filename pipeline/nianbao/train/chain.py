"""A linear-chain conditional random field: its likelihood, and the weights that make it large."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Steps:
    """Sequences in step order: first all first elements, the longest sequence first, then all second ones, and so on.

    So the rows of one step follow one another, and those that go on are the first ones. `order` are the old rows in the
    new order, `begins` the row where each step begins, with the number of rows at the end.
    """

    order: Numbers
    begins: Numbers

    @classmethod
    def of(cls, lengths: Numbers) -> Steps:
        """The steps of consecutive sequences."""
        starts = np.cumsum(lengths) - lengths
        longest = np.argsort(-lengths, kind="stable")
        going = np.searchsorted(-lengths[longest], -np.arange(1, lengths.max() + 1), side="right")
        order = np.concatenate([starts[longest[:count]] + step for step, count in enumerate(going.tolist())])
        return cls(order, np.concatenate(([0], np.cumsum(going))))

    def spans(self) -> list[tuple[int, int]]:
        """First and last row (exclusive) of every step."""
        bounds: list[int] = self.begins.tolist()
        return list(pairwise(bounds))


@dataclass(frozen=True, slots=True)
class Chains:
    """Training data in step order: features (rows, columns), tags, and scores that are added to what is learned."""

    steps: Steps
    features: csr_matrix
    tags: Numbers
    given: Floats


def expect(steps: Steps, scores: Floats, allowed: npt.NDArray[np.bool_]) -> tuple[float, Floats]:
    """The log partition sum and the chances of the tags (rows, tags), by the forward-backward algorithm.

    A sequence begins as if tag 0 stood before it.
    """
    top = scores.max(axis=1, keepdims=True)
    potential, move = np.exp(scores - top), allowed.astype(np.float64)
    forward, total = np.empty_like(scores), np.empty((len(scores), 1))
    spans = steps.spans()
    for step, (a, b) in enumerate(spans):
        before = forward[spans[step - 1][0] :][: b - a] @ move if step else move[0]
        forward[a:b] = before * potential[a:b]
        total[a:b] = forward[a:b].sum(axis=1, keepdims=True)
        forward[a:b] /= total[a:b]
    ahead = potential / total  # becomes potential * backward / total
    chances = forward.copy()
    for step in range(len(spans) - 1, 0, -1):
        a, b = spans[step]
        before = slice(spans[step - 1][0], spans[step - 1][0] + b - a)
        backward = ahead[a:b] @ move.T
        chances[before] *= backward
        ahead[before] *= backward
    return float(np.log(total).sum() + top.sum()), chances


@dataclass(frozen=True, slots=True)
class Start:
    """Where the search for weights (columns, tags) begins; `pull`: whether they are drawn there, not to 0.

    It is to be pulled where the data lack what those weights were learned from: what the data do not speak of stays.
    """

    weights: Floats
    pull: bool


def fit(
    data: Chains, allowed: npt.NDArray[np.bool_], *, spread: float, rounds: int, start: Start | None = None
) -> Floats:
    """Weights (columns, tags) of least penalised loss; of a move only counts whether it may happen.

    Sequences of one step make it multinomial logistic regression.

    Args:
      data: the sequences.
      allowed: which moves may happen, (tags, tags).
      spread: variance of the weights; small is a strong pull to 0, or to where they start.
      rounds: of the optimiser, at most.
      start: zeros if none is given.
    """
    columns, tags = data.features.shape[1], len(allowed)
    rows = np.arange(len(data.tags))
    turned = data.features.T.tocsr()

    begin = start.weights.ravel() if start else np.zeros(columns * tags)
    centre = begin if start and start.pull else np.zeros(columns * tags)

    def loss(x: Floats) -> tuple[float, Floats]:
        scores = np.asarray(data.features @ x.reshape(columns, tags)) + data.given
        partition, chances = expect(data.steps, scores, allowed)
        value = partition - scores[rows, data.tags].sum()
        chances[rows, data.tags] -= 1
        away = x - centre
        return value + away @ away / (2 * spread), np.asarray(turned @ chances).ravel() + away / spread

    with threadpool_limits(1):  # or the order of sums, and so the last bits, would follow the number of threads
        x = minimize(loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": rounds}).x
    return np.asarray(x.reshape(columns, tags))
