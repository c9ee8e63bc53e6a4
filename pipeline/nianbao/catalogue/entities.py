"""The words behind the mentions of regular shape (`entities.toml`), validated."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from pydantic import Field, ValidationError

from nianbao.catalogue import CatalogueError, Entry, load_toml


class Dates(Entry):
    """Words around dates: the reader's clock, names of plans, deadlines ahead."""

    clock: tuple[str, ...]
    plans: tuple[str, ...]
    ahead: tuple[str, ...]


class Units(Entry):
    """Unit words by the mention that a number with one makes, and the characters next to which they make none."""

    count: tuple[str, ...]
    money: tuple[str, ...]
    duration: tuple[str, ...]
    limit: tuple[str, ...]
    not_before: Mapping[str, str] = Field(default_factory=dict)
    not_after: Mapping[str, str] = Field(default_factory=dict)


class Around(Entry):
    """Words right before and right after a number."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    not_before: tuple[str, ...] = ()


class NotCount(Entry):
    """What makes number and unit no count."""

    before_any: tuple[str, ...]
    before_one: tuple[str, ...]
    vague_one: tuple[str, ...]
    round_after: tuple[str, ...]
    fixed: tuple[str, ...]


class Contacts(Entry):
    """Words around telephone numbers and postcodes; regular expressions."""

    phone: tuple[str, ...]
    hotline: tuple[str, ...]
    address_end: tuple[str, ...]


class References(Entry):
    """Words around titles and document numbers; regular expressions."""

    bare: tuple[str, ...]
    media: tuple[str, ...]
    issuer_lead: tuple[str, ...]


class Entities(Entry):
    """All of `entities.toml`."""

    relative_years: Mapping[str, int]
    dates: Dates
    units: Units
    approximate: Around
    limits: Around
    not_count: NotCount
    contacts: Contacts
    references: References


@cache
def entities() -> Entities:
    """The shipped words, read once.

    Raises:
      CatalogueError: when the file does not validate.
    """
    try:
        return Entities.model_validate(load_toml("entities.toml"))
    except ValidationError as why:
        raise CatalogueError(f"catalogue/entities.toml: {why}") from why
