"""Training in one place: a folder of marked samples in, a new version of each named model out, and in service."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy.typing as npt

from nianbao import artefacts
from nianbao.train.marked import Sample, read

# what trains each model, imported when it is asked for: `train(samples, seed) -> arrays, card`
_TRAINERS: Mapping[str, str] = {
    "facts": "nianbao.train.facts", "sections": "nianbao.train.sections", "tagger": "nianbao.train.tagger",
}  # fmt: skip

Train = Callable[[Sequence[Sample], int], tuple[Mapping[str, npt.NDArray[Any]], Mapping[str, Any]]]


def train_models(names: Iterable[str], data: Path, models: Path, seed: int = 0) -> dict[str, str]:
    """Trains models, writes each as a new version and puts it into service.

    Args:
      names: `facts`, `sections`, `tagger`.
      data: a folder of marked samples, read with all folders in it.
      models: the folder of models to write to.
      seed: of all that is random; the same samples and seed give the same weights.

    Returns:
      The new version of each model.

    Raises:
      ValueError: an unknown name, or a folder without samples.
      MarkError: a sample that does not compile.
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


def read_samples(data: Path) -> list[Sample]:
    """All marked samples of a folder, by name.

    Raises:
      ValueError: there are none.
      MarkError: one does not compile.
    """
    samples = [read(path) for path in sorted(data.rglob("*.mr.*"))]
    if not samples:
        raise ValueError(f"{data}: no marked samples (NAME.mr.txt, NAME.mr.html)")
    return samples


def corpus_hash(samples: Iterable[Sample]) -> str:
    """A checksum over texts and annotations, so that a model tells what it was trained on."""
    digest = hashlib.sha256()
    for sample in samples:
        for part in (sample.name, sample.data, sample.gold.model_dump_json()):
            digest.update(part.encode("utf8") + b"\0")
    return digest.hexdigest()
