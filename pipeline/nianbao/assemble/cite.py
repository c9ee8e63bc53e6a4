"""A value on its way into the record: with its evidence in shadow offsets, and how sure it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Cite(Generic[T]):
    """A cited value; start and end count in the shadow, both None for what is not part of the text."""

    value: T
    start: int | None
    end: int | None
    source: str
    confidence: float
    rule: str | None = None


def squash(text: str) -> str:
    """The text without any white space: how names and titles are compared and given."""
    return _SPACE.sub("", text)
