"""A linear-chain conditional random field: its likelihood, and the weights that make it large."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.intp]

NEVER = -1e4  # score of what must not happen


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


def expect(steps: Steps, scores: Floats, transitions: Floats) -> tuple[float, Floats, Floats]:
    """The log partition sum, the chances of the tags (rows, tags) and the expected moves (tags, tags).

    A sequence begins as if tag 0 stood before it.
    """
    top = scores.max(axis=1, keepdims=True)
    potential, move = np.exp(scores - top), np.exp(transitions)
    forward, total = np.empty_like(scores), np.empty((len(scores), 1))
    spans = steps.spans()
    for step, (a, b) in enumerate(spans):
        before = forward[spans[step - 1][0] :][: b - a] @ move if step else move[0]
        forward[a:b] = before * potential[a:b]
        total[a:b] = forward[a:b].sum(axis=1, keepdims=True)
        forward[a:b] /= total[a:b]
    ahead = potential / total  # becomes potential * backward / total
    chances, moves = forward.copy(), np.zeros_like(transitions)
    for step in range(len(spans) - 1, 0, -1):
        a, b = spans[step]
        c, d = spans[step - 1][0], spans[step - 1][0] + b - a
        moves += forward[c:d].T @ ahead[a:b]
        backward = ahead[a:b] @ move.T
        chances[c:d] *= backward
        ahead[c:d] *= backward
    moves *= move
    moves[0] += chances[: spans[0][1]].sum(axis=0)
    return float(np.log(total).sum() + top.sum()), chances, moves


def fit(data: Chains, allowed: npt.NDArray[np.bool_], *, spread: float, rounds: int) -> tuple[Floats, Floats]:
    """Weights (columns, tags) and transitions (tags, tags) of least penalised loss.

    Args:
      data: the sequences.
      allowed: which moves may happen, (tags, tags).
      spread: variance of the weights; small is a strong pull to 0.
      rounds: of the optimiser, at most.
    """
    columns, tags = data.features.shape[1], len(allowed)
    rows = np.arange(len(data.tags))
    barred = np.where(allowed, 0.0, NEVER)
    turned = data.features.T.tocsr()
    seen = _moves(data.steps, data.tags, tags)

    def loss(x: Floats) -> tuple[float, Floats]:
        weights, transitions = (
            x[: columns * tags].reshape(columns, tags),
            x[columns * tags :].reshape(tags, tags) + barred,
        )
        scores = np.asarray(data.features @ weights) + data.given
        partition, chances, moves = expect(data.steps, scores, transitions)
        value = partition - scores[rows, data.tags].sum() - (transitions * seen).sum()
        chances[rows, data.tags] -= 1
        slope = np.concatenate([np.asarray(turned @ chances).ravel(), ((moves - seen) * allowed).ravel()])
        return value + x @ x / (2 * spread), slope + x / spread

    start = np.zeros((columns + tags) * tags)
    x = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": rounds}).x
    return x[: columns * tags].reshape(columns, tags), x[columns * tags :].reshape(tags, tags) + barred


def _moves(steps: Steps, tags: Numbers, count: int) -> Floats:
    """How often each tag follows each, (tags, tags)."""
    out = np.zeros((count, count))
    spans = steps.spans()
    np.add.at(out[0], tags[: spans[0][1]], 1)
    for (before, _), (a, b) in pairwise(spans):
        np.add.at(out, (tags[before : before + b - a], tags[a:b]), 1)
    return out
