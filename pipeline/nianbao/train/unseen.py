"""Samples as the engine reads them by models that have not seen their fold: what a corpus tells of reports to come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy.typing as npt

from nianbao import classify, engine
from nianbao.artefacts import Artefact, load
from nianbao.facts import link
from nianbao.facts.model import Model
from nianbao.record import Fields
from nianbao.tag.tagger import Tagger
from nianbao.train import facts, sections, tagger
from nianbao.train.marked import Sample
from nianbao.train.splits import dealt, folds

Fit = Callable[[Sequence[Sample], int, Artefact], tuple[Mapping[str, npt.NDArray[Any]], Mapping[str, Any]]]

# a busy machine must not turn into missed values
_LIMITS = engine.Limits(timeout=60.0)


def read_unseen(samples: Sequence[Sample], seed: int) -> Iterator[tuple[Sample, Fields]]:
    """The samples fold by fold, each with its record, confidences as the stages give them.

    Args:
      samples: annotated reports of at least two folds.
      seed: of the models that are trained for each fold.
    """
    known = dealt(samples)
    for fold in folds(sample.fold for sample in known):
        seen = [sample for sample in known if sample.fold != fold]
        readers = _readers(seen, seed)
        for sample in (sample for sample in known if sample.fold == fold):
            yield sample, engine.read(sample.data, uri=sample.gold.file, limits=_LIMITS, readers=readers)


def _readers(samples: Sequence[Sample], seed: int) -> engine.Readers:
    """The models of these samples, with the settings of those that serve."""

    def fitted(name: str, fit: Fit) -> Artefact:
        return Artefact(name, "unseen", *fit(samples, seed, load(name)))

    return engine.Readers(
        finder=Tagger.of(dict(fitted("tagger", tagger.fit).arrays)),
        classifier=partial(classify.classify, model=classify.Model.of(fitted("sections", sections.fit))),
        linker=partial(link, model=Model.of(fitted("facts", facts.fit))),
        weigh=_unweighed,
    )


def _unweighed(fields: Fields) -> None:
    """Leaves the confidences of a record as the stages gave them."""
