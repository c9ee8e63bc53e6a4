"""What opens a section and what speaks for one (`sections.toml`), validated."""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError, field_validator

from nianbao.catalogue import CatalogueError, Entry, catalogue, load_toml


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as why:
        raise ValueError(f"{pattern}: {why}") from why
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]


class Section(Entry):
    """What is known of one paragraph label.

    `heading` are regular expressions over one aspect of a heading; `top` whole headings that stand without a number;
    `words` speak for the label wherever they stand in a line, `keys` where they stand before a colon at its start.
    """

    label: str
    heading: tuple[Pattern, ...] = ()
    top: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()

    @field_validator("label")
    @classmethod
    def _known(cls, label: str) -> str:
        if label not in catalogue().labels["paragraph"]:
            raise ValueError(f"unknown label {label!r}")
        return label


class Sections(Entry):
    """All of `sections.toml`, in order of precedence: the rarer and more factual topic first.

    `aspects` are the words that join the aspects of one heading; `measures` tell where, in a text that states problems,
    the measures begin (regular expressions).
    """

    aspects: tuple[str, ...]
    measures: tuple[Pattern, ...]
    sections: tuple[Section, ...] = Field(alias="section")


@cache
def sections() -> Sections:
    """The shipped headings and words, read once.

    Raises:
      CatalogueError: the file does not validate, or it gives one word, key or heading to two labels.
    """
    try:
        found = Sections.model_validate(load_toml("sections.toml"))
    except ValidationError as why:
        raise CatalogueError(f"catalogue/sections.toml: {why}") from why
    for field in ("top", "words", "keys"):
        every = [word for section in found.sections for word in getattr(section, field)]
        twice = sorted({word for word in every if every.count(word) > 1})
        if twice:
            raise CatalogueError(f"catalogue/sections.toml: {field}: given twice: {', '.join(twice)}")
    return found
