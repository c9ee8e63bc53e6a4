"""Several reports on one page: which is the page's own, and what of the page belongs to the others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nianbao.assemble.cite import Cite, squash
from nianbao.assemble.identity import Page, words
from nianbao.document import Segment

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

    The page title names the report that is meant; a title with another year, with a report's worth of text below it,
    opens another one, up to the next title of the year that is meant.
    """
    known = words().patterns
    reports = [t for t in titles if known["title.report"].search(t.value) and t.start is not None]
    reports = [t for t in reports if not known["kind.notice"].search(t.value)]
    years = [_year(t.value) for t in reports]
    if len(reports) < 2 or years[0] is None or len(set(years) - {None}) < 2:
        return page, []
    others: list[OtherReport] = []
    end = len(page.document.shadow)
    for i, (title, year) in enumerate(zip(reports, years, strict=True)):
        if year in (None, years[0]):
            continue
        start = title.start or 0
        stop = next((t.start or end for t in reports[i + 1 :]), end)
        if _prose(page, start, stop) >= _BODY_MIN:
            others.append(OtherReport(title.value, year, start, stop))
    if not others:
        return page, []
    return _without(page, others), others


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
