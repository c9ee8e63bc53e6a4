"""When a value that was read is the one that is annotated, by the conventions of the annotation guide.

White space and width do not matter, and 人民政府 is 政府.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any


def squash(text: object) -> str:
    """A text as it is compared: half-width, without white space."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(text)))


def number(value: Any) -> float | None:
    """A number as it is compared, None for what is none."""
    return round(float(value), 6) if isinstance(value, int | float) else None


def same(name: str, found: Any, wanted: Any) -> bool:
    """Whether a field has the value that is annotated."""
    if found is None or wanted is None:
        return found is wanted
    if name == "year":
        return number(found) == number(wanted)
    if name == "period":
        return list(found) == list(wanted)
    if name == "agency":
        found, wanted = (str(x).replace("人民政府", "政府") for x in (found, wanted))
    return squash(found) == squash(wanted)
