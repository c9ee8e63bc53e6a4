"""What a reader of a record should be warned of, from `noise.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from pydantic import ValidationError

from nianbao.catalogue import CatalogueError, Entry, load_toml


class Notice(Entry):
    """A warning's code and the regular expression, over the shadow, of what gives rise to it.

    Only a text with one of the `hints` can match.
    """

    code: str
    hints: tuple[str, ...]
    match: str


class Pattern(NamedTuple):
    """A notice, compiled."""

    hints: tuple[str, ...]
    match: re.Pattern[str]

    def may_match(self, text: str) -> bool:
        """Whether the text has one of the hints."""
        return any(hint in text for hint in self.hints)


class Noise(Entry):
    """The whole of `noise.toml`."""

    notice: list[Notice]


@cache
def notices() -> Mapping[str, Pattern]:
    """The patterns by warning code.

    Raises:
      CatalogueError: the file does not validate, or one of its regular expressions is none.
    """
    try:
        known = Noise.model_validate(load_toml("noise.toml"))
        return {notice.code: Pattern(notice.hints, re.compile(notice.match)) for notice in known.notice}
    except (ValidationError, re.error) as why:
        raise CatalogueError(f"catalogue/noise.toml: {why}") from why
