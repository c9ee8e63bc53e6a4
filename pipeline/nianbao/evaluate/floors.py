"""Floors: figures below which no change may fall, in a TOML file with the checksum of the corpus that they hold for.

    [served]
    corpus = "<sha256>"

    [served.floors]
    "indicators" = 0.971
    "fields/agency" = 1.0

A floor is named by its measure, or by measure and label. What the models that serve read has floors of its own
(`served`), and so has what models read that have not seen it (`held_out`).
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from nianbao.evaluate.evaluation import Evaluation
from nianbao.evaluate.tally import Key

# measures that have one floor, and those that have one for each label as well
_WHOLE = (
    "contact", "entities_core", "entities_other", "facts", "failed_checks", "heading_levels", "indicators", "measures",
    "normal_forms", "paragraphs", "problems",
)  # fmt: skip
_BY_LABEL = ("fields", "cells", "cells_by_shape")
_STEP = 1000
_HEAD = """\
# Figures below which no change may fall, on the samples with this checksum. `nianbao evaluate --set-floors` writes
# those of the models that serve, with `--held-out` those of models that have not seen what they read; it raises floors
# as it finds them and lowers one only when told to (`--lower`).
"""
Kind = Literal["served", "held_out"]
"""Who read: the models that serve, or models that were trained without what they read."""
# how far below the figure a floor is set: models that are trained anew differ a little from machine to machine
_ROOM: Mapping[Kind, float] = {"served": 0.0, "held_out": 0.005}


class FloorsError(ValueError):
    """Floors that cannot be read, hold for another corpus, or would have to be lowered; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Floors:
    """The floors by name (`measure` or `measure/label`) and the corpus that they hold for."""

    corpus: str
    values: Mapping[str, float]


def read_floors(path: Path, kind: Kind = "served") -> Floors:
    """Reads the floors of one kind from a file.

    Raises:
      FloorsError: it is not there, or has none of the kind.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))[kind]
        return Floors(str(data["corpus"]), {str(k): float(v) for k, v in data["floors"].items()})
    except (OSError, KeyError, AttributeError, TypeError, ValueError) as why:
        raise FloorsError(f"{path}: no floors [{kind}]: {why}; `nianbao evaluate --set-floors` writes them") from why


def current_floors(evaluation: Evaluation, room: float = 0.0) -> Floors:
    """The floors that an evaluation holds with some room to spare, rounded down to three decimals."""
    values = {
        _name(key): math.floor(max(figure.value - room, 0.0) * _STEP) / _STEP
        for key, figure in evaluation.figures.items()
        if (key.measure in _WHOLE and not key.label) or key.measure in _BY_LABEL
    }
    return Floors(evaluation.corpus, values)


def _name(key: Key) -> str:
    return f"{key.measure}/{key.label}" if key.label else key.measure


def shortfalls(evaluation: Evaluation, floors: Floors) -> list[str]:
    """A line for each figure below its floor; none means that the gate is passed.

    Raises:
      FloorsError: the floors hold for another corpus.
    """
    if evaluation.corpus != floors.corpus:
        raise FloorsError(
            f"the floors hold for the corpus {floors.corpus[:12]}, this is {evaluation.corpus[:12]}: if the samples "
            "were changed on purpose, set the floors anew with `nianbao evaluate --set-floors`"
        )
    return list(_below(current_floors(evaluation).values, floors.values))


def _below(values: Mapping[str, float], floors: Mapping[str, float]) -> Iterator[str]:
    for name, floor in floors.items():
        value = values.get(name)
        if value is None:
            yield f"{name}: not measured any more, floor {floor}"
        elif value < floor:
            yield f"{name}: {value}, floor {floor}"


def set_floors(path: Path, evaluation: Evaluation, kind: Kind = "served", *, lower: bool = False) -> Floors:
    """Writes the current figures as the floors of one kind; those of the other kind stay.

    Args:
      path: of the file.
      evaluation: what holds now.
      kind: who read.
      lower: whether a floor may become lower than it is, or go.

    Raises:
      FloorsError: one would, and may not, or the file is none of floors; nothing is written.
    """
    new = current_floors(evaluation, _ROOM[kind])
    known = _known(path)
    if kind in known and not lower:
        old = known[kind].values
        fallen = list(_below(current_floors(evaluation).values, old))
        if fallen:
            raise FloorsError("; ".join([*fallen, "mend what fell, or say --lower and why in the commit"]))
        new = Floors(new.corpus, {name: max(value, old.get(name, value)) for name, value in new.values.items()})
    parts = (_written(name, floors) for name, floors in {**known, kind: new}.items())
    path.write_text(_HEAD + "".join(parts), encoding="utf-8")
    return new


def _known(path: Path) -> dict[Kind, Floors]:
    """The floors of each kind that a file has."""
    if not path.exists():
        return {}
    there = tomllib.loads(path.read_text(encoding="utf-8"))
    return {kind: read_floors(path, kind) for kind in get_args(Kind) if kind in there}


def _written(kind: Kind, floors: Floors) -> str:
    rows = (f'"{name}" = {value}\n' for name, value in sorted(floors.values.items()))
    return f'\n[{kind}]\ncorpus = "{floors.corpus}"\n\n[{kind}.floors]\n{"".join(rows)}'
