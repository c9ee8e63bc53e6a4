"""Domain knowledge as data: the TOML catalogues of this folder, validated at load, unknown keys refused."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class CatalogueError(ValueError):
    """A catalogue file that does not validate; the message names file and key."""


class Entry(BaseModel):
    """Base of all catalogue entries: frozen, unknown keys refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Row(Entry):
    """One row of a form. `id` is None for heading rows, which have no value of their own.

    `keys` are the words by which a damaged label is still known, the most specific first. `columns` are the ids of the
    row's own columns; none means that the row has all columns of the form.
    """

    id: str | None = None
    label: str
    unit: str = ""
    group: str = ""
    keys: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    indicator: str | None = None
    indicators: Mapping[str, str] = Field(default_factory=dict)
    scale: float = 1


class Column(Entry):
    """A column of a form: its printed label and the keys by which a damaged header is still known.

    `unit` is the unit that the form fixes; a `money` column may print another one in its header, or none at all.
    """

    id: str
    label: str
    keys: tuple[str, ...] = ()
    unit: str = ""
    money: bool = False


class Form(Entry):
    """An official form: rows and columns in printed order. `years` is the closed range of report years.

    Forms with the same `title` are editions of one form. `captions` are words that the form prints besides rows and
    columns; `total` is the column that sums up the others; in a `run_on` form all cells stand in one printed row, the
    rows side by side under a header.
    """

    id: str
    years: tuple[int, int]
    title: str
    captions: tuple[str, ...] = ()
    total: str | None = None
    run_on: bool = False
    headers: tuple[Column, ...] = Field(alias="column")
    rows: tuple[Row, ...] = Field(alias="row")

    @property
    def columns(self) -> tuple[str, ...]:
        """The ids of all columns, in printed order."""
        return tuple(column.id for column in self.headers)

    def columns_of(self, row: str) -> tuple[str, ...]:
        """The column ids of a row, or () for an id that the form does not have."""
        return next((r.columns or self.columns for r in self.rows if r.id == row), ())


class Indicator(Entry):
    """An indicator id with its unit."""

    id: str
    group: str
    unit: str


class Catalogue(Entry):
    """All catalogues together."""

    forms: Mapping[str, Form]
    indicators: Mapping[str, Indicator]
    labels: Mapping[str, tuple[str, ...]]
    version: str


@cache
def load_toml(name: str) -> dict[str, Any]:
    """A catalogue file of this package as plain data, parsed once: not to be changed.

    Raises:
      CatalogueError: the file is missing or no TOML.
    """
    try:
        return tomllib.loads((files(__name__) / name).read_text(encoding="utf8"))
    except (OSError, tomllib.TOMLDecodeError) as why:
        raise CatalogueError(f"catalogue/{name}: {why}") from why


@cache
def catalogue() -> Catalogue:
    """The shipped catalogues, read once.

    Raises:
      CatalogueError: with file and key, when an entry does not validate.
    """
    name = ""
    try:
        name = "forms.toml"
        forms = {f["id"]: Form.model_validate(f) for f in load_toml(name)["form"]}
        name = "indicators.toml"
        indicators = {i["id"]: Indicator.model_validate(i) for i in load_toml(name)["indicator"]}
        name = "labels.toml"
        labels = {k: tuple(v) for k, v in load_toml(name).items()}
    except (ValidationError, KeyError) as why:
        raise CatalogueError(f"catalogue/{name}: {why}") from why
    return Catalogue(forms=forms, indicators=indicators, labels=labels, version=_version())


def _version() -> str:
    """A short hash over all catalogue files, so that a record tells which knowledge made it."""
    digest = hashlib.sha256()
    for path in sorted(
        (p for p in files(__name__).iterdir() if p.name.endswith((".toml", ".tsv"))), key=lambda p: p.name
    ):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
