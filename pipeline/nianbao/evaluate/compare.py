"""Backends beside the linear models, on samples of unseen provinces: what the records gain or lose.

    python -m nianbao.evaluate.compare corpora/samples --task sections --backend spacy --epochs 10

All are trained on the same folds, read by the whole engine and judged by the same count.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from nianbao.evaluate.evaluation import tally_of
from nianbao.evaluate.readers import fit_into, read_with
from nianbao.evaluate.render import comparison
from nianbao.evaluate.tally import Difference, Key, Table, Tally
from nianbao.train.backends import trainer_of
from nianbao.train.backends.tasks import Split, Task, folds
from nianbao.train.marked import Sample
from nianbao.train.samples import read_samples
from nianbao.train.splits import FOLDS

Train = Callable[[Task, Split, Path], object]
"""Trains on a split and writes to a folder what `open_backend` opens."""


def compare(
    samples: Sequence[Sample], backends: Mapping[str, Train], task: Task, *, judged: int = FOLDS, seed: int = 0
) -> dict[str, dict[Key, Difference]]:
    """Trains the linear models and the backends without each fold and judges them on it.

    Args:
      samples: of at least two folds.
      backends: what trains each, by name: `spacy` or `transformers`, with what follows a colon for the reader's eye.
      task: what the backends are trained for; for all else they have the linear models beside them.
      judged: how many of the folds are judged.
      seed: of the linear models, and of the intervals.

    Returns:
      For each backend the figures of the linear models (before) and its own (after).
    """
    dealt = folds(samples)
    linear: list[Tally] = []
    tallies: dict[str, list[Tally]] = {name: [] for name in backends}
    for held_out in dealt[:judged]:
        split = Split([s for fold in dealt if fold is not held_out for s in fold], held_out)
        with TemporaryDirectory() as temporary:
            models = Path(temporary, "linear")
            fit_into(models, split.train, seed)
            linear += map(tally_of, held_out, read_with(models, held_out))
            for number, (name, train) in enumerate(backends.items()):
                folder = Path(temporary, str(number))
                train(task, split, folder)
                trained = f"{name.partition(':')[0]}:{folder}"
                tallies[name] += map(tally_of, held_out, read_with(models, held_out, trained))
    return {name: Table([*linear, *found], seed).differences() for name, found in tallies.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Compares backends on a folder of samples and prints the table."""
    parser = argparse.ArgumentParser(description="Compare backends with the linear models on the same folds.")
    parser.add_argument("data", type=Path, help="a folder of marked samples")
    parser.add_argument("--task", type=Task, choices=list(Task), default=Task.ENTITIES)
    parser.add_argument(
        "--backend", action="append", default=[], metavar="spacy|transformers:CHECKPOINT", help="may be repeated"
    )
    parser.add_argument("--epochs", type=int, help="the backend's own number if none is given")
    parser.add_argument("--folds", type=int, default=FOLDS, help="how many of the folds are judged")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    given = {"seed": options.seed} | ({} if options.epochs is None else {"epochs": options.epochs})
    backends = {name: _trainer(name, given) for name in options.backend}
    found = compare(read_samples(options.data), backends, options.task, judged=options.folds, seed=options.seed)
    sys.stdout.write(comparison(found) + "\n")
    return 0


def _trainer(name: str, given: Mapping[str, object]) -> Train:
    backend, _, checkpoint = name.partition(":")
    options = {**given, "checkpoint": checkpoint} if checkpoint else given
    return partial(trainer_of(backend), **options)


if __name__ == "__main__":
    sys.exit(main())
