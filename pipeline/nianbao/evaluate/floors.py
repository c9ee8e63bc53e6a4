"""Floors: figures below which no change may fall, in a TOML file with the checksum of the corpus that they hold for.

    corpus = "<sha256>"

    [floors]
    "indicators" = 0.971
    "fields/agency" = 1.0

A floor is named by its measure, or by measure and label.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

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
# them; it raises floors as it finds them and lowers one only when told to (`--lower`).
"""


class FloorsError(ValueError):
    """Floors that cannot be read, hold for another corpus, or would have to be lowered; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Floors:
    """The floors by name (`measure` or `measure/label`) and the corpus that they hold for."""

    corpus: str
    values: Mapping[str, float]


def read_floors(path: Path) -> Floors:
    """Reads a file of floors.

    Raises:
      FloorsError: it is not there, or not one.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return Floors(str(data["corpus"]), {str(k): float(v) for k, v in data["floors"].items()})
    except (OSError, KeyError, AttributeError, TypeError, ValueError) as why:
        raise FloorsError(f"{path}: no floors: {why}; `nianbao evaluate --set-floors` writes them") from why


def current_floors(evaluation: Evaluation) -> Floors:
    """The floors that an evaluation just holds, rounded down to three decimals."""
    values = {
        _name(key): math.floor(figure.value * _STEP) / _STEP
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


def set_floors(path: Path, evaluation: Evaluation, *, lower: bool = False) -> Floors:
    """Writes the current figures as the floors.

    Args:
      path: of the file.
      evaluation: what holds now.
      lower: whether a floor may become lower than it is, or go.

    Raises:
      FloorsError: one would, and may not; nothing is written.
    """
    new = current_floors(evaluation)
    if path.exists() and not lower:
        fallen = list(_below(new.values, read_floors(path).values))
        if fallen:
            raise FloorsError("; ".join([*fallen, "mend what fell, or say --lower and why in the commit"]))
    lines = [_HEAD + f'corpus = "{new.corpus}"\n', "[floors]", *(f'"{k}" = {v}' for k, v in sorted(new.values.items()))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return new
