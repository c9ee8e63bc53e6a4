"""Samples read with other models than those that serve: another version, or models that have not seen them.

The engine keeps the models that it has opened, so every folder of models reads in a process of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from nianbao import artefacts
from nianbao.engine import Readers
from nianbao.evaluate.evaluation import extracted
from nianbao.record import Report
from nianbao.train.backends import Sections, open_backend
from nianbao.train.marked import Sample, write_gold
from nianbao.train.splits import folds, parted
from nianbao.train.trainer import trainable

Read = Callable[[Sample], Report]
"""What gives the record of a sample, with its text."""

HELD_OUT = "held-out"
"""The version of models that are trained without a fold."""


def read_with(models: Path, samples: Iterable[Sample], backend: str | None = None) -> list[Report]:
    """The records of samples, with their text, read with the models of a folder, and with a backend among them."""
    with ProcessPoolExecutor(1, get_context("spawn"), _use, (models,)) as pool:
        return list(pool.map(partial(_read, backend), samples))


def _use(models: Path) -> None:
    os.environ["NIANBAO_MODELS"] = str(models)


def _read(backend: str | None, sample: Sample) -> Report:
    return extracted(sample, _opened(backend) if backend else None)


def read_by_versions(samples: Sequence[Sample], versions: Mapping[str, str], models: Path | None = None) -> Read:
    """Reads samples with these versions of models, by name, and with those that serve of the others.

    Args:
      samples: what to read.
      versions: of models; the engine itself reads if none is given.
      models: the folder of models; that in use if none is given.

    Raises:
      ValueError: an unknown model.
      ArtefactError: there is no such version.
    """
    if not versions:
        return extracted
    chosen = {one.artefact: version for name, version in versions.items() for one in trainable([name])}
    with TemporaryDirectory() as folder:
        for name, version in {**artefacts.active(models), **chosen}.items():
            artefacts.copy(models or artefacts.root(), Path(folder), name, version)
        return _known(zip(samples, read_with(Path(folder), samples), strict=True))


def read_held_out(samples: Sequence[Sample], seed: int = 0) -> Read:
    """Reads every sample with models that were trained without its fold.

    Args:
      samples: of at least two folds; they are dealt if they have none.
      seed: of the training. All settings are those of the models that serve.

    Raises:
      ValueError: they are of one body.
    """
    held = parted(samples)
    read: list[tuple[Sample, Report]] = []
    for fold in folds(sample.fold for sample in held):
        out = [sample for sample in held if sample.fold == fold]
        with TemporaryDirectory() as folder:
            fit_into(Path(folder), [sample for sample in held if sample.fold != fold], seed)
            read += zip(out, read_with(Path(folder), out), strict=True)
    return _known(read)


def fit_into(models: Path, samples: Sequence[Sample], seed: int) -> None:
    """Trains all models, with the settings of those that serve, into a new folder of models."""
    for one in trainable(["all"]):
        if not one.measures:
            artefacts.copy(artefacts.root(), models, one.artefact, artefacts.active()[one.artefact])
            continue
        arrays, card = one.trainer().fit(samples, seed, artefacts.load(one.artefact))
        artefacts.put(models, one.artefact, arrays, card, HELD_OUT)


def _known(read: Iterable[tuple[Sample, Report]]) -> Read:
    reports = {sample.name: report for sample, report in read}
    return lambda sample: reports[sample.name]


def read_by_backend(name: str) -> Read:
    """Reads samples with a trained backend, `spacy:FOLDER` or `transformers:FOLDER`, in the place of its linear model.

    Raises:
      BackendError: there is no such backend.
    """
    return partial(extracted, readers=_opened(name))


@cache
def _opened(backend: str) -> Readers:
    opened = open_backend(backend)
    return Readers(classifier=opened.classify) if isinstance(opened, Sections) else Readers(finder=opened)


def save(samples: Iterable[Sample], read: Read, folder: Path) -> None:
    """Writes what an outside scorer needs: `records.jsonl`, each record with its text, and `gold/NAME.gold.json`."""
    gold = folder / "gold"
    gold.mkdir(parents=True, exist_ok=True)
    with (folder / "records.jsonl").open("w", encoding="utf-8") as lines:
        for sample in samples:
            lines.write(read(sample).model_dump_json() + "\n")
            write_gold(sample, gold)
