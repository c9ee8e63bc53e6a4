"""Heavier models on the same samples, for those who want them: spaCy's and those of transformers.

    tasks        what there is to learn, from samples
    spacy        spaCy's entity recogniser and text categoriser, over the two configurations beside it
    transformers token and sequence classification from a checkpoint
    readers      trained ones in the place of the linear models

Nothing of it takes part in `nianbao extract`; `nianbao.evaluate.compare` shows all of them beside the linear models.
Weights are read and written as safetensors (transformers) or in spaCy's own format; nothing is unpickled and no code of
a checkpoint is run.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from nianbao.train.backends.readers import BackendError, Entities, Sections
from nianbao.train.backends.tasks import Task, split
from nianbao.train.samples import read_samples

__all__ = ["BACKENDS", "BackendError", "Entities", "Sections", "Task", "open_backend", "train_backend", "trainer_of"]

BACKENDS = ("spacy", "transformers")


def train_backend(
    backend: str,
    task: str,
    data: Path,
    out: Path,
    *,
    epochs: int | None = None,
    checkpoint: str | None = None,
    seed: int = 0,
) -> None:
    """Trains a backend on marked samples, a fold of them kept for validation, and writes it to a folder.

    Args:
      backend: `spacy` or `transformers`.
      task: `entities` or `sections`.
      data: a folder of marked samples.
      out: the folder to write to; it must be new or empty.
      epochs: how often the samples are gone through; the backend's own number if none is given.
      checkpoint: transformers only: what to start from, a folder or a name on the hub.
      seed: of all that is random.

    Raises:
      BackendError: a checkpoint is missing or of the wrong kind, or the folder holds something.
      ValueError: no such backend or task, no samples.
    """
    if task not in list(Task):
        raise ValueError(f"no task {task}; there are {', '.join(Task)}")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BackendError(f"{out}: not empty; name a new folder")
    options: dict[str, object] = {"seed": seed}
    if epochs is not None:
        options["epochs"] = epochs
    if backend == "transformers":
        if checkpoint is None:
            raise ValueError("transformers needs a checkpoint to start from: --checkpoint FOLDER or a name on the hub")
        options["checkpoint"] = checkpoint
    elif checkpoint is not None:
        raise ValueError(f"{backend} starts from no checkpoint: leave --checkpoint out")
    trainer_of(backend)(Task(task), split(read_samples(data)), out, **options)


def trainer_of(backend: str) -> Callable[..., object]:
    """The function that trains a backend: `train(task, split, out, **options)`.

    Raises:
      ValueError: no such backend.
    """
    if backend not in BACKENDS:
        raise ValueError(f"no backend {backend!r}; there are {', '.join(BACKENDS)}")
    train: Callable[..., object] = import_module(f"{__name__}.{backend}").train
    return train


def open_backend(name: str) -> Entities | Sections:
    """A trained backend by its name, `spacy:FOLDER` or `transformers:FOLDER`.

    Raises:
      BackendError: the name is of another form, or there is no such trained backend.
    """
    backend, _, folder = name.partition(":")
    if backend not in BACKENDS or not folder:
        raise BackendError(f"{name!r} names no backend; say spacy:FOLDER or transformers:FOLDER")
    opened: Entities | Sections = import_module(f"{__name__}.{backend}").load(Path(folder))
    return opened
