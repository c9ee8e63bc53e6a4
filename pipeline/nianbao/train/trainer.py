"""Training in one place: annotated samples in, a new version of each named model out, and in service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, Protocol, cast

import numpy.typing as npt

from nianbao import artefacts
from nianbao.train.marked import Sample
from nianbao.train.samples import corpus_hash, read_samples

Arrays = Mapping[str, npt.NDArray[Any]]
Card = Mapping[str, Any]
Begin = Literal["anew", "warm", "pulled"]
"""Where a fit begins: at nothing; at the weights of another version; there, and drawn back to them all along.

A warm fit is for samples with those among them that the other version was trained on, a pulled one for others alone.
"""


class Trainer(Protocol):
    """A module that trains a model."""

    def train(self, samples: Sequence[Sample], seed: int) -> tuple[Arrays, Card]:
        """The arrays and the card of a model; its settings are chosen, and it is judged, by cross-validation."""

    def fit(
        self, samples: Sequence[Sample], seed: int, base: artefacts.Artefact, begin: Begin = "anew"
    ) -> tuple[Arrays, Card]:
        """The same with the settings of another version, neither chosen nor judged anew."""


@dataclass(frozen=True, slots=True)
class Trainable:
    """A model: its folder among the artefacts, the module that trains it, the measures that it answers for.

    One without measures judges what the others read; it is trained anew after them and has no `fit`.
    """

    artefact: str
    module: str
    measures: frozenset[str]

    def trainer(self) -> Trainer:
        """The module, imported when it is asked for: it is heavy."""
        return cast(Trainer, import_module(self.module))


TRAINABLE: Mapping[str, Trainable] = {
    "sections": Trainable(
        "sections",
        "nianbao.train.sections",
        frozenset(("paragraphs", "paragraph_labels", "paragraph_labels_strict", "heading_levels")),
    ),
    "entities": Trainable(
        "tagger",
        "nianbao.train.tagger",
        frozenset(("entities", "entities_core", "entities_other", "entities_soft", "normal_forms")),
    ),
    "facts": Trainable("facts", "nianbao.train.facts", frozenset(("facts", "indicators"))),
    "confidence": Trainable("confidence", "nianbao.train.confidence", frozenset()),
}
"""What can be trained, by the name that a user gives; the artefact's own name is understood as well."""


def trainable(names: Iterable[str]) -> list[Trainable]:
    """The models of that name, each once; `all` are all.

    Raises:
      ValueError: an unknown name.
    """
    known = {**{one.artefact: one for one in TRAINABLE.values()}, **TRAINABLE}
    wanted = list(names)
    if unknown := sorted(set(wanted) - {*known, "all"}):
        raise ValueError(f"no model {', '.join(unknown)}; there are {', '.join(TRAINABLE)}, or all")
    chosen = (TRAINABLE.values() if name == "all" else (known[name],) for name in wanted)
    return list(dict.fromkeys(one for some in chosen for one in some))


def train_models(names: Iterable[str], data: Path, models: Path, seed: int = 0) -> dict[str, str]:
    """Trains models anew, writes each as a new version and puts it into service.

    Args:
      names: of `TRAINABLE`, or `all`.
      data: a folder of annotated samples, read with all folders in it, or one file of them.
      models: the folder of models to write to.
      seed: of all that is random; the same samples and seed give the same weights.

    Returns:
      The new version of each model.

    Raises:
      ValueError: an unknown name, no samples, or a sample that does not read.
    """
    chosen = trainable(names)
    samples = read_samples(data)
    versions = {}
    for one in chosen:
        arrays, card = one.trainer().train(samples, seed)
        versions[one.artefact] = artefacts.save(models, one.artefact, arrays, {**card, **signature(samples, seed)})
        artefacts.activate(models, one.artefact, versions[one.artefact])
    return versions


def signature(samples: Sequence[Sample], seed: int) -> dict[str, Any]:
    """What a card says of the samples and the seed."""
    return {"seed": seed, "corpus": {"samples": len(samples), "sha256": corpus_hash(samples)}}
