"""Samples as the engine reads them by models that have not seen their fold: what a corpus tells of reports to come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from nianbao import classify, engine
from nianbao.artefacts import Artefact
from nianbao.record import Fields
from nianbao.tag.tagger import Tagger
from nianbao.train import sections, tagger
from nianbao.train.marked import Sample
from nianbao.train.splits import dealt, folds

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
        arrays, card = sections.train(seen, seed)
        model = classify.Model.of(Artefact(classify.NAME, f"without fold {fold}", arrays, card))
        readers = engine.Readers(
            finder=Tagger.of(tagger.learned(seen, seed)),
            classifier=partial(classify.classify, model=model),
            weigh=_unweighed,
        )
        for sample in (sample for sample in known if sample.fold == fold):
            yield sample, engine.read(sample.data, uri=sample.gold.file, limits=_LIMITS, readers=readers)


def _unweighed(fields: Fields) -> None:
    """Leaves the confidences of a record as the stages gave them."""
