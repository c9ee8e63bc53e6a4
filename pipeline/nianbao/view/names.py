"""What a reader is shown for the ids of the record, in Chinese and in English."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

Names = Mapping[str, Mapping[str, tuple[str, str]]]


@cache
def names() -> Names:
    """The names of all ids: group of ids (`indicators`, `sections`, ...) -> id -> (Chinese, English)."""
    groups = tomllib.loads((files("nianbao.view") / "names.toml").read_text(encoding="utf-8"))
    return {group: {name: (zh, en) for name, (zh, en) in entries.items()} for group, entries in groups.items()}


def name_of(group: str, name: str) -> str:
    """The Chinese name of an id; the id itself where it has none."""
    zh, _ = names()[group].get(name, (name, name))
    return zh
