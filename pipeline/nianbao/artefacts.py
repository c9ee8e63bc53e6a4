"""Trained artefacts: numpy weights and a card, never pickle; checksums verified at load.

    models/active.toml            which version of each model serves: `tagger = "0001"`
    models/<name>/<version>/      weights.npz, card.json

The shipped folder travels inside the package (`nianbao/models`); `NIANBAO_MODELS` names another one to use instead.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

_WEIGHTS, _CARD, _ACTIVE = "weights.npz", "card.json", "active.toml"


class ArtefactError(RuntimeError):
    """A model that is missing, damaged or of another make; the message names the file and what to do."""


@dataclass(frozen=True, slots=True)
class Artefact:
    """One version of a model: its arrays, and the card that says what they are."""

    name: str
    version: str
    arrays: Mapping[str, npt.NDArray[Any]]
    card: Mapping[str, Any]


def root() -> Path:
    """The folder of the models in use."""
    given = os.environ.get("NIANBAO_MODELS")
    return Path(given) if given else Path(str(files("nianbao") / "models"))


@cache
def active(folder: Path | None = None) -> dict[str, str]:
    """Which version of each model serves, in a folder of models or, without one, in that in use.

    Raises:
      ArtefactError: `active.toml` is missing or no TOML.
    """
    path = (folder or root()) / _ACTIVE
    try:
        return {str(k): str(v) for k, v in tomllib.loads(path.read_text(encoding="utf8")).items()}
    except (OSError, tomllib.TOMLDecodeError) as why:
        raise ArtefactError(f"{path}: {why}; reinstall nianbao or point NIANBAO_MODELS at a folder of models") from why


def load(name: str, version: str | None = None, models: Path | None = None) -> Artefact:
    """A model, the active version unless one is named, of the folder of models in use unless another is given.

    Raises:
      ArtefactError: no such model, or its weights are not those that its card signs.
    """
    models = models or root()
    number = version or active(models).get(name)
    if number is None:
        raise ArtefactError(f"{models / _ACTIVE} names no {name!r}; train one with `nianbao train {name} DATA`")
    folder = models / name / number
    try:
        card = json.loads((folder / _CARD).read_text(encoding="utf8"))
        data = (folder / _WEIGHTS).read_bytes()
    except FileNotFoundError as why:
        there = ", ".join(versions(models, name)) or "none"
        raise ArtefactError(f"{models / name}: no {number}; there are {there}") from why
    except (OSError, ValueError) as why:
        raise ArtefactError(f"{folder}: {why}") from why
    if hashlib.sha256(data).hexdigest() != card.get("weights_sha256"):
        raise ArtefactError(f"{folder / _WEIGHTS}: not the weights that {_CARD} signs; restore or retrain the model")
    with np.load(folder / _WEIGHTS, allow_pickle=False) as arrays:
        return Artefact(name, number, {k: arrays[k] for k in arrays.files}, card)


def save(
    folder: Path,
    name: str,
    arrays: Mapping[str, npt.NDArray[Any]],
    card: Mapping[str, Any],
    version: str | None = None,
) -> str:
    """Writes a version below `folder/name`, the next number if none is given; the same arrays make the same bytes.

    The card gets the checksum of the weights. `active.toml` is not touched: see `activate`.
    """
    if version is None:
        taken = [int(taken) for taken in versions(folder, name) if taken.isdigit()]
        version = f"{max(taken, default=0) + 1:04d}"
    target = folder / name / version
    target.mkdir(parents=True)
    np.savez_compressed(target / _WEIGHTS, **{k: arrays[k] for k in sorted(arrays)})  # type: ignore[arg-type]
    digest = hashlib.sha256((target / _WEIGHTS).read_bytes()).hexdigest()
    signed = {**card, "name": name, "version": version, "weights_sha256": digest}
    (target / _CARD).write_text(
        json.dumps(signed, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf8"
    )
    return version


def put(folder: Path, name: str, arrays: Mapping[str, npt.NDArray[Any]], card: Mapping[str, Any], version: str) -> None:
    """Writes a version and makes it the one that serves there."""
    activate(folder, name, save(folder, name, arrays, card, version))


def copy(source: Path, folder: Path, name: str, version: str) -> None:
    """Takes a version of a model from one folder of models to another, to serve there.

    Raises:
      ArtefactError: there is no such version.
    """
    try:
        shutil.copytree(source / name / version, folder / name / version)
    except OSError as why:
        raise ArtefactError(f"{source / name}: no {version}; there are {', '.join(versions(source, name))}") from why
    activate(folder, name, version)


def versions(folder: Path, name: str) -> list[str]:
    """The versions of a model in a folder of models, in order."""
    return sorted(path.parent.name for path in (folder / name).glob(f"*/{_CARD}"))


def activate(folder: Path, name: str, version: str) -> None:
    """Makes a version the one that serves."""
    path = folder / _ACTIVE
    current = tomllib.loads(path.read_text(encoding="utf8")) if path.exists() else {}
    lines = [f'{k} = "{v}"' for k, v in sorted({**current, name: version}.items())]
    path.write_text("# Which version of each model serves.\n" + "\n".join(lines) + "\n", encoding="utf8")
    active.cache_clear()
