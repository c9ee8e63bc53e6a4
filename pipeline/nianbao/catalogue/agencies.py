"""How the names of bodies are built (`agencies.toml`), validated."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal

from pydantic import Field, ValidationError

from nianbao.catalogue import CatalogueError, Entry, load_toml

Level = Literal["nation", "province", "city", "county", "township", "unit"]
Kind = Literal[
    "government", "office", "department", "township", "street", "park", "court", "institution", "enterprise"
]  # fmt: skip


class Nation(Entry):
    """Bodies of the State: how their names begin, heads before a region's name, short names, whole names."""

    starts: tuple[str, ...]
    dropped: tuple[str, ...]
    heads: tuple[str, ...]
    short: Mapping[str, str]
    bodies: tuple[str, ...]


class Corps(Entry):
    """The production corps; `division` and `regiment` are regular expressions."""

    name: str
    province: str
    division: str
    regiment: str


class Generic(Entry):
    """A word that stands for a region, the level that it gives, and the ends of the names it can stand for."""

    word: str
    level: Level
    ends: tuple[str, ...]


class Regions(Entry):
    """Names without their place."""

    generic: tuple[Generic, ...]
    not_generic: tuple[str, ...]


class Township(Entry):
    """Ends of towns' names, and what may follow one, as regular expressions."""

    ends: tuple[str, ...]
    rest: tuple[str, ...]


class Organs(Entry):
    """Short forms: of whole organs, of their ends (`tails`), of any part, and of `fields` before one of `after_field`.

    `of_government` are names that keep 人民政府 at their head, `keeps_place` organs that keep the short name of their
    place, `zones` the words for zones and `zone_bodies` what administers one.
    """

    whole: Mapping[str, str]
    tails: Mapping[str, str]
    not_tails: tuple[str, ...]
    parts: Mapping[str, str]
    of_government: tuple[str, ...]
    after_field: tuple[str, ...]
    keeps_place: tuple[str, ...]
    zones: tuple[str, ...]
    zone_bodies: tuple[str, ...]
    fields: Mapping[str, str]


class KindRule(Entry):
    """A kind by the end of a name; a `unit` stands below the administration of its region."""

    kind: Kind
    ends: tuple[str, ...]
    unit: bool = False


class Reform(Entry):
    """Names that went on under others; ~ is 局, in provinces 厅; @ is the region where it does not come first."""

    old: tuple[str, ...] = Field(alias="from")
    new: tuple[str, ...] = Field(alias="to")


class Agencies(Entry):
    """All of `agencies.toml`."""

    nation: Nation
    corps: Corps
    regions: Regions
    township: Township
    organs: Organs
    kinds: tuple[KindRule, ...] = Field(alias="kind")
    reforms: tuple[Reform, ...] = Field(alias="reform")


@cache
def agencies() -> Agencies:
    """The shipped knowledge, read once.

    Raises:
      CatalogueError: when the file does not validate.
    """
    try:
        return Agencies.model_validate(load_toml("agencies.toml"))
    except ValidationError as why:
        raise CatalogueError(f"catalogue/agencies.toml: {why}") from why
