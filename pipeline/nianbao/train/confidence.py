"""Training of the confidences of cited values: annotated reports to the weights of `assemble.confidence`.

The reports are read by models that have not seen their fold, so that what is learned is how often they are right on
reports to come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from nianbao.assemble.confidence import FIELDS, VERSION, Model, values
from nianbao.record import Fields
from nianbao.train.alike import number, same, squash
from nianbao.train.calibration import Sure, calibrate
from nianbao.train.gold import Gold
from nianbao.train.marked import Sample
from nianbao.train.splits import FOLDS, folds
from nianbao.train.unseen import read_unseen

# inverse strength of the L2 penalty, chosen by cross-validation; the optimum is flat
_C = 0.3
# a signal of fewer values tells nothing
_MIN_VALUES = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """A value that was read of a sample of a fold, what speaks for and against it, and whether it is right."""

    fold: int
    cited: Fields
    signals: tuple[str, ...]
    right: bool


def train(samples: Sequence[Sample], seed: int) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """Trains the model of confidences.

    Args:
      samples: annotated reports of at least two folds.
      seed: of the models that read them; the same samples and seed give the same arrays.

    Returns:
      The arrays and the card that `assemble.confidence.Model.of` reads: `weights` (1 + names), the bias first, and
      `names` (UTF-8, one name a line).

    Raises:
      ValueError: all values are right, or all wrong: nothing can be learned.
    """
    judged = [one for sample, fields in read_unseen(samples, seed) for one in judge(sample, fields)]
    model = fit(judged)
    arrays: dict[str, npt.NDArray[Any]] = {
        "weights": np.array([model.bias, *model.weights.values()], dtype=np.float32),
        "names": np.frombuffer("\n".join(model.weights).encode("utf8"), dtype=np.uint8),
    }
    card = {
        "signals": VERSION,
        "settings": {"C": _C, "min_values": _MIN_VALUES, "folds": FOLDS},
        "cross_validation": _scores(judged),
    }
    return arrays, card


def judge(sample: Sample, fields: Fields) -> Iterator[Judged]:
    """The values of a record that the sample's gold can judge."""
    for name, cited, signals in values(fields):
        right = _is_right(name, cited, sample.gold)
        if right is not None:
            yield Judged(sample.fold or 0, cited, tuple(signals), right)


def _is_right(name: str, cited: Fields, gold: Gold) -> bool | None:
    """Whether a value is the annotated one; None where annotators need not give it: the titles of other pages."""
    if name in FIELDS:
        return same(name, cited["value"], getattr(gold, name)) if gold.year or name != "title" else None
    if name.startswith("contact."):
        given = gold.contact.get(name.removeprefix("contact."), [])
        return squash(cited["value"]).lower() in {squash(value).lower() for value in given}
    return name in gold.indicators and number(cited["value"]) == number(gold.indicators[name])


def fit(judged: Sequence[Judged]) -> Model:
    """The weights learned of judged values.

    Raises:
      ValueError: all are right, or all wrong.
    """
    used = Counter(chain.from_iterable(one.signals for one in judged))
    names = sorted(name for name, count in used.items() if count >= _MIN_VALUES)
    matrix = CountVectorizer(analyzer=list, binary=True, vocabulary=names).transform([one.signals for one in judged])
    fitted = LogisticRegression(C=_C, max_iter=1000).fit(matrix, [one.right for one in judged])
    return Model(float(fitted.intercept_[0]), dict(zip(names, fitted.coef_[0].tolist(), strict=True)))


def _scores(judged: Sequence[Judged]) -> dict[str, Any]:
    """What the card reports of the cross-validation: confidences of values by models that have not seen their fold."""
    known = []
    for fold in folds(one.fold for one in judged):
        model = fit([one for one in judged if one.fold != fold])
        known += [Sure(model.confidence(o.cited, o.signals), o.right) for o in judged if o.fold == fold]
    found, before = calibrate(known), calibrate(Sure(one.cited["confidence"], one.right) for one in judged)
    return {
        "values": found.values,
        "wrong": found.wrong,
        "calibration_error": found.error,
        "errors_in_least_sure_tenth": found.doubted,
        "errors_in_least_sure_tenth_before": before.doubted,
    }
