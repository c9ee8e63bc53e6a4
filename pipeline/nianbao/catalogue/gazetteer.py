"""The words that names are made of (`gazetteer.toml`), validated."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from pydantic import ValidationError

from nianbao.catalogue import CatalogueError, Entry, load_toml

Words = tuple[str, ...]


class Places(Entry):
    """What is no place though a region has that name, and how a document names its own town."""

    none: Words
    unsure: Words
    town: Words
    before_town: Words


class Bodies(Entry):
    """The parts of a body's name (level, field of work, ending), and what looks like one or is in none."""

    levels: Words
    no_levels: Words
    fields: Words
    stops: Words
    endings: Mapping[str, Words]
    no_endings: Words


class Persons(Entry):
    """Words around a person's name, and the characters that are surnames."""

    roles: Words
    no_roles: Words
    after: Words
    surnames: str


class Channels(Entry):
    """What channels and parts of channels are called."""

    kinds: Words
    papers: Words
    no_kinds: Words


class Addresses(Entry):
    """Labels before an address and what its parts end with."""

    labels: Words
    others: Words
    parts: Words


class Gazetteer(Entry):
    """All of `gazetteer.toml`."""

    places: Places
    bodies: Bodies
    persons: Persons
    channels: Channels
    addresses: Addresses


@cache
def gazetteer() -> Gazetteer:
    """The shipped words, read once.

    Raises:
      CatalogueError: when the file does not validate.
    """
    try:
        return Gazetteer.model_validate(load_toml("gazetteer.toml"))
    except ValidationError as why:
        raise CatalogueError(f"catalogue/gazetteer.toml: {why}") from why
