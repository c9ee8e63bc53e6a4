"""All mentions of regular shape in one pass over the document: who wins where two claim the same characters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import attrgetter

from nianbao.document import Mention
from nianbao.tag import codes, counts, dates, references
from nianbao.tag.dates import resolve as resolve_dates

__all__ = ["find_mentions", "resolve_dates"]

_FINDERS: tuple[Callable[[str], Iterator[Mention]], ...] = (
    references.find,
    codes.find,
    dates.find,
    counts.find,
)


def find_mentions(shadow: str) -> list[Mention]:
    """The DATE, PHONE, COUNT, MONEY, EMAIL, URL, POSTCODE, DOC_NO, LAW, INDEX_NO and DURATION mentions of a text.

    Where two claim the same characters the longer one is right: a title or an address keeps the numbers inside it, a
    document number its year, 20个工作日 its 20个, a range the title between its ends. Of two as long the earlier stays.

    Args:
      shadow: the whole shadow of a document; mentions inside tables are found too and left to the caller.

    Returns:
      Mentions sorted by start that do not overlap. Dates whose year is not printed have no value: see `resolve_dates`.
    """
    candidates = [mention for find in _FINDERS for mention in find(shadow)]
    candidates.sort(key=attrgetter("start"))
    found: list[Mention] = []
    for mention in candidates:
        if not found or mention.start >= found[-1].end:
            found.append(mention)
        elif mention.end - mention.start > found[-1].end - found[-1].start:
            found[-1] = mention
    return found
