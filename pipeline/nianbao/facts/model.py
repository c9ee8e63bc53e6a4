"""The linker's two linear models, as they serve: what a number means, and whose and which year's a statement is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from nianbao.artefacts import Artefact, ArtefactError, load
from nianbao.facts.features import VERSION, Features

NAME = "facts"
PARTS = ("meaning", "setting")
# what joins the indicators of a class that means several, and the class that means none
JOIN, NONE = "+", "-"

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Linear:
    """Feature names to the chances of classes.

    `rows` leads from a name to its row of `weights` (1 + names, classes), row 0 being the bias; `zones` from the first
    letter of a name to the rows by what follows it. Scores are divided by `temperature` before they become chances.
    """

    classes: tuple[str, ...]
    rows: Mapping[str, int]
    weights: Floats
    temperature: float = 1.0
    zones: Mapping[str, Mapping[str, int]] = field(init=False)

    def __post_init__(self) -> None:
        zones: dict[str, dict[str, int]] = defaultdict(dict)
        for name, row in self.rows.items():
            zones[name[0]][name[1:]] = row
        object.__setattr__(self, "zones", zones)

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]], card: Mapping[str, Any]) -> Linear:
        """The model of `weights` and `names` (UTF-8, one a line), and of the card's `classes` and `temperature`."""
        names = arrays["names"].tobytes().decode("utf8").split("\n")
        rows = {name: row for row, name in enumerate(names, 1)}
        return cls(tuple(card["classes"]), rows, arrays["weights"].astype(np.float32), card["temperature"])

    def scores(self, statements: Sequence[Features]) -> Floats:
        """Scores (statements, classes)."""
        if not statements:
            return np.zeros((0, len(self.classes)), np.float32)
        rows: list[int] = []
        starts = []
        row, zones = self.rows.get, {zone: rows.get for zone, rows in self.zones.items()}
        for seen in statements:
            starts.append(len(rows))
            rows.append(0)
            rows += filter(None, map(row, seen.names))
            for zone, grams in seen.grams:
                if zone in zones:
                    rows += filter(None, map(zones[zone], grams))
        out: Floats = np.add.reduceat(self.weights.take(rows, axis=0), starts, axis=0)
        return out

    def best(self, scores: Floats, names: Iterable[str] = ()) -> tuple[str, float]:
        """The likeliest class and its chance, from the scores of one statement and more names of it."""
        for name in names:
            row = self.rows.get(name)
            if row:
                scores = scores + self.weights[row]
        at = scores.argmax()
        return self.classes[at], 1 / float(np.exp((scores - scores[at]) / self.temperature).sum())


@dataclass(frozen=True, slots=True)
class Model:
    """Both models, and how sure a fact has to be."""

    meaning: Linear
    setting: Linear
    least: float = 0.0

    @classmethod
    def of(cls, artefact: Artefact) -> Model:
        """The models of an artefact.

        Raises:
          ArtefactError: it was trained on other features than the code makes.
        """
        if artefact.card.get("features") != VERSION:
            raise ArtefactError(
                f"{artefact.name} {artefact.version}: trained on features {artefact.card.get('features')}, the code "
                f"makes {VERSION}; train it anew with `nianbao train {artefact.name} DATA`"
            )
        parts: dict[str, Linear] = {}
        for part in PARTS:
            arrays = {key: artefact.arrays[f"{part}_{key}"] for key in ("names", "weights")}
            parts[part] = Linear.of(arrays, artefact.card[part])
        return cls(parts["meaning"], parts["setting"], artefact.card["least"])


@cache
def served() -> Model:
    """The model in service.

    Raises:
      ArtefactError: there is none, or it was trained on other features.
    """
    return Model.of(load(NAME))
