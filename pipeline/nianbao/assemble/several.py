"""Several reports on one page: which is the page's own, and what of the page belongs to the others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nianbao.assemble.cite import Cite, squash
from nianbao.assemble.names import same_body
from nianbao.assemble.page import Page, words
from nianbao.document import Segment

# a shorter name before the year names no body by itself
_NAME_MIN = 4
# a further title with less than this below it is a link or a headline, not a report
_BODY_MIN = 150
_YEAR = re.compile(r"(?:19|20)\d\d|二[〇零○O][〇零○O一二][〇零○一二三四五六七八九]")


@dataclass(frozen=True, slots=True)
class OtherReport:
    """A further report on the page, in shadow offsets."""

    title: str
    year: int | None
    start: int
    end: int


def split(page: Page, titles: Sequence[Cite[str]]) -> tuple[Page, list[OtherReport]]:
    """The page without the reports that its first title does not name, and what those are.

    The page title names the report that is meant; a title with another year or another body, with a report's worth of
    text below it, opens another one, up to the next title.
    """
    known = words().patterns
    reports = [t for t in titles if known["title.report"].search(t.value) and t.start is not None]
    reports = [t for t in reports if not known["kind.notice"].search(t.value)]
    others: list[OtherReport] = []
    end = len(page.document.shadow)
    for i, title in enumerate(reports[1:], 1):
        if not _is_another(title.value, reports[0].value):
            continue
        start = title.start or 0
        stop = next((t.start or end for t in reports[i + 1 :]), end)
        if _prose(page, start, stop) >= _BODY_MIN:
            others.append(OtherReport(title.value, _year(title.value), start, stop))
    if not others:
        return page, []
    return _without(page, others), others


def _is_another(title: str, first: str) -> bool:
    """Whether a title is another report's than the first: another year's, or in the same year another body's."""
    year, own = _year(title), _year(first)
    if year is None or own is None or year != own:
        return year is not None and own is not None
    name, ours = _YEAR.split(title)[0], _YEAR.split(first)[0]
    long, short = (name, ours) if len(name) > len(ours) else (ours, name)
    return len(short) >= _NAME_MIN and short not in long and not same_body(short, long)


def _year(title: str) -> int | None:
    match = _YEAR.search(title)
    if match is None:
        return None
    return int(
        "".join(
            str("〇一二三四五六七八九".find(c)) if c in "〇一二三四五六七八九" else c
            for c in re.sub("[零○O]", "〇", match[0])
        )
    )


def _prose(page: Page, start: int, end: int) -> int:
    inside = [s for s in page.segments if start <= s.start < end and s.label not in ("title", "noise", "statistics")]
    return sum(len(squash(page.text(s))) for s in inside)


def _without(page: Page, others: Sequence[OtherReport]) -> Page:
    def ours(start: int) -> bool:
        return not any(o.start <= start < o.end for o in others)

    segments: list[Segment] = [s for s in page.segments if ours(s.start)]
    mentions = [m for m in page.mentions if ours(m.start)]
    return Page(page.document, segments, mentions, [t for t in page.tables if ours(t.start)])
