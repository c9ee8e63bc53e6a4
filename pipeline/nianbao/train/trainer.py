"""Training in one place: annotated samples in, a new version of each named model out, and in service."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy.typing as npt

from nianbao import artefacts
from nianbao.train.marked import Sample
from nianbao.train.samples import corpus_hash, read_samples

# what trains each model, imported when it is asked for: `train(samples, seed) -> arrays, card`
_TRAINERS: Mapping[str, str] = {
    "sections": "nianbao.train.sections",
    "tagger": "nianbao.train.tagger",
    "facts": "nianbao.train.facts",
    "confidence": "nianbao.train.confidence",
}

Train = Callable[[Sequence[Sample], int], tuple[Mapping[str, npt.NDArray[Any]], Mapping[str, Any]]]


def train_models(names: Iterable[str], data: Path, models: Path, seed: int = 0) -> dict[str, str]:
    """Trains models, writes each as a new version and puts it into service.

    Args:
      names: `sections`, `tagger`, `facts`, `confidence`.
      data: a folder of annotated samples, read with all folders in it, or one file of them.
      models: the folder of models to write to.
      seed: of all that is random; the same samples and seed give the same weights.

    Returns:
      The new version of each model.

    Raises:
      ValueError: an unknown name, no samples, or a sample that does not read.
    """
    names = list(names)
    unknown = sorted(set(names) - set(_TRAINERS))
    if unknown:
        raise ValueError(f"no model {', '.join(unknown)}; there are {', '.join(_TRAINERS)}")
    samples = read_samples(data)
    versions = {}
    for name in names:
        train: Train = import_module(_TRAINERS[name]).train
        arrays, card = train(samples, seed)
        signed = {**card, "seed": seed, "corpus": {"samples": len(samples), "sha256": corpus_hash(samples)}}
        versions[name] = artefacts.save(models, name, arrays, signed)
        artefacts.activate(models, name, versions[name])
    return versions
