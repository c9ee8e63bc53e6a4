"""Multinomial logistic regression over named features: a chain of one step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from nianbao.train.chain import Chains, Start, Steps
from nianbao.train.chain import fit as fit_chains

Observation = tuple[Iterable[str], str]
"""Feature names, each as often as it counts, and the class that they tell."""


def fit(
    observations: Sequence[Observation],
    rows: Mapping[str, int],
    classes: Sequence[str],
    *,
    spread: float,
    rounds: int,
    start: Start | None = None,
) -> npt.NDArray[np.float32]:
    """Weights (1 + names, classes), the first row of which counts for every observation.

    Args:
      observations: to learn from.
      rows: of the names, from 1 on; other names do not count.
      classes: all that may be told.
      spread: variance of the weights.
      rounds: of the optimiser, at most.
      start: zeros if none is given.
    """
    columns = [[0, *(rows[name] for name in names if name in rows)] for names, _ in observations]
    ends = np.cumsum([0, *map(len, columns)])
    indices = np.fromiter(chain.from_iterable(columns), np.intp, ends[-1])
    matrix = csr_matrix((np.ones(len(indices)), indices, ends), (len(observations), 1 + len(rows)))
    matrix.sum_duplicates()
    numbers = {name: number for number, name in enumerate(classes)}
    targets = np.array([numbers[kind] for _, kind in observations])
    data = Chains(
        Steps.of(np.ones(len(observations), np.intp)), matrix, targets, np.zeros((len(targets), len(classes)))
    )
    anything = np.ones((len(classes), len(classes)), np.bool_)
    return fit_chains(data, anything, spread=spread, rounds=rounds, start=start).astype(np.float32)


def carried(
    old: npt.NDArray[np.float32],
    old_rows: Mapping[str, int],
    old_classes: Sequence[str],
    rows: Mapping[str, int],
    classes: Sequence[str],
) -> npt.NDArray[np.float64]:
    """The weights of an old model in the rows and columns of a new one, by name and class; 0 for what it lacks."""
    weights = np.zeros((1 + len(rows), len(classes)))
    numbers = {name: number for number, name in enumerate(classes)}
    known = [i for i, name in enumerate(old_classes) if name in numbers]
    columns = [numbers[old_classes[i]] for i in known]
    weights[0, columns] = old[0, known]
    for name in old_rows.keys() & rows.keys():
        weights[rows[name], columns] = old[old_rows[name], known]
    return weights
