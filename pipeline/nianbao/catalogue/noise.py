"""What a reader of a record should be warned of, from `noise.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from pydantic import ValidationError

from nianbao.catalogue import CatalogueError, Entry, load_toml


class Notice(Entry):
    """A warning's code and the regular expression, over the shadow, of what gives rise to it."""

    code: str
    match: str


class Noise(Entry):
    """The whole of `noise.toml`."""

    notice: list[Notice]


@cache
def notices() -> Mapping[str, re.Pattern[str]]:
    """The patterns by warning code.

    Raises:
      CatalogueError: the file does not validate, or one of its regular expressions is none.
    """
    try:
        known = Noise.model_validate(load_toml("noise.toml"))
        return {notice.code: re.compile(notice.match) for notice in known.notice}
    except (ValidationError, re.error) as why:
        raise CatalogueError(f"catalogue/noise.toml: {why}") from why
