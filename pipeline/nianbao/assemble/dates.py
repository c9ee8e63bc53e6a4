"""When: the year reported on, the statistical period, the days of publication and signature, the era of the form."""

from __future__ import annotations

import re
from collections import Counter

from nianbao.assemble.cite import Cite, squash
from nianbao.assemble.page import Page, is_dated, words
from nianbao.document import Mention, Segment


def title_year(page: Page, title: Cite[str] | None) -> int | None:
    """The year that a title names, None when it names none."""
    if title is None or title.start is None or title.end is None:
        return None
    for mention in page.mentions:
        if mention.label == "DATE" and title.start <= mention.start and mention.end <= title.end:
            return int(str(mention.value)[:4]) if is_dated(mention) else None
    match = re.search(r"(?:19|20)\d\d", title.value)
    return int(match[0]) if match else None


def period(page: Page, year: int | None) -> Cite[tuple[str, str]] | None:
    """The statistical period as printed: a range of days that the text calls so, in the first part of the report."""
    cue = words().patterns["period.cue"]
    found: list[tuple[int, Cite[tuple[str, str]]]] = []
    for mention in page.mentions:
        first, _, last = str(mention.value or "").partition("/")
        if mention.label != "DATE" or len(first) != 10 or len(last) != 10 or not _in_body(page, mention):
            continue
        before = page.document.shadow[max(0, mention.start - 24) : mention.start]
        months = (int(last[:4]) - int(first[:4])) * 12 + int(last[5:7]) - int(first[5:7])
        if months < 5 or not (cue.search(before) or months >= 11):
            continue
        rank = (0 if cue.search(before) else 1) + (0 if year in (None, int(first[:4]), int(last[:4])) else 1)
        cite = Cite((first, last), mention.start, mention.end, "prose", 0.95 - 0.1 * rank)
        found.append((rank, cite))
    return min(found, key=lambda f: (f[0], f[1].start or 0))[1] if found else None


def _in_body(page: Page, mention: Mention) -> bool:
    segment = page.around(mention)
    return segment is not None and segment.label not in ("noise", "statistics", "title", "attachments", "signature")


def year(
    page: Page, title: Cite[str] | None, titled: int | None, stated: Cite[tuple[str, str]] | None
) -> Cite[int] | None:
    """The year reported on: the title's, else that of the period, of the page's address, else the most spoken of.

    Args:
      title: the report's title; titled: the year that it names; stated: the period as printed.
    """
    if title and titled:
        return Cite(titled, title.start, title.end, "title", 0.98)
    if stated:
        return Cite(int(stated.value[1][:4]), stated.start, stated.end, "prose", 0.95)
    address = _address_year(page)
    if address:
        return address
    dated = [m for m in page.mentions if is_dated(m) and _in_body(page, m)]
    years = Counter(int(str(m.value)[:4]) for m in dated)
    if not years:
        return None
    most = min(years, key=lambda y: (-years[y], y))
    first = next(m for m in dated if int(str(m.value)[:4]) == most)
    return Cite(most, first.start, first.end, "prose", round(0.6 + 0.3 * years[most] / sum(years.values()), 3))


_URL_YEAR = re.compile(r"[?&]fbtime=((?:19|20)\d\d)(?!\d)")


def _address_year(page: Page) -> Cite[int] | None:
    """The year that the page's own address names (fbtime=2017): in its head, or printed among its metadata."""
    head = page.document.meta.get("url_year")
    if head:
        return Cite(int(head), None, None, "metadata", 0.9)
    for mention in page.mentions:
        printed = _URL_YEAR.search(page.text(mention)) if mention.label == "URL" else None
        if printed and (segment := page.around(mention)) and segment.label == "noise":
            return Cite(int(printed[1]), mention.start, mention.end, "metadata", 0.85)
    return None


_LONE_DATE = re.compile(
    r"[ (]*(?:\d{4}|二[〇零].{2})年[\d一二三四五六七八九十]{1,2}月[\d一二三四五六七八九十]{1,3}日[ )]*"
)
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
# the first reports under any rule on disclosure were published in 2005
_FIRST_YEAR = 2004


def published(page: Page) -> Cite[str] | None:
    """The publication date that the page's metadata gives; other dates of its life (成文, 生成) are none."""
    known = words().patterns
    weak: Cite[str] | None = None
    for segment in page.segments:
        if segment.label not in ("noise", "title"):
            continue
        for mention in page.inside(segment, "DATE"):
            value = str(mention.value or "")
            if not re.match(r"\d{4}-\d\d-\d\d$", value):
                continue
            before = page.document.shadow[max(segment.start, mention.start - 14) : mention.start]
            if not squash(before) and mention.start:
                # the label is a line of its own: 发布日期: / 2019-01-23
                before = page.document.shadow[max(0, mention.start - 14) : mention.start].rstrip().rpartition("\n")[2]
            label = squash(before)[-8:]
            if known["metadata.not_published"].search(label):
                continue
            cite = Cite(value, mention.start, mention.end, "metadata", 0.95)
            if int(value[:4]) < _FIRST_YEAR:
                continue  # 1970-01-01: the content system's way to say that it does not know
            if known["metadata.published"].search(squash(before)):
                return cite
            if weak is None and known["metadata.byline"].search(page.text(segment)):
                weak = Cite(value, mention.start, mention.end, "metadata", 0.8)
    head = _ISO.match(page.document.meta.get("published", ""))
    if weak is None and head and int(head[0][:4]) >= _FIRST_YEAR:
        return Cite(head[0], None, None, "metadata", 0.9)
    return weak


def signed(page: Page, title: Cite[str] | None) -> Cite[str] | None:
    """The date of the signature, or the one in brackets under the title."""
    start = title.start if title and title.start is not None else 0
    end = title.end if title and title.end is not None else 0
    signed: Cite[str] | None = None
    for segment in page.segments:
        if segment.start < start or not (segment.label in ("signature", "title") or _is_head_date(page, segment)):
            continue
        for mention in page.inside(segment, "DATE"):
            value = str(mention.value or "")
            if not re.match(r"\d{4}-\d\d(?:-\d\d)?$", value) or (segment.label == "title" and mention.start < end):
                continue
            if segment.label == "signature" or signed is None:
                signed = Cite(value, mention.start, mention.end, "prose", 0.95)
    return signed


def _is_head_date(page: Page, segment: Segment) -> bool:
    """Whether a date stands alone as the first line of a page that has lost its title."""
    return segment.label == "noise" and segment is page.segments[0] and bool(_LONE_DATE.fullmatch(page.text(segment)))


def era(page: Page, year: int | None) -> str | None:
    """The form followed: what the tables show, else the year's; a local rule as the only basis is the precursor."""
    known = words()
    for table in page.tables:
        if table.form in known.era_forms:
            return known.era_forms[table.form]
    shadow = page.document.shadow
    if year is None:
        return None
    local = known.patterns["era.local_basis"].search(shadow)
    if year <= 2008 and local and not known.patterns["era.national_basis"].search(shadow):
        return "precursor"
    return next((era for era, (low, high) in known.era_years.items() if low <= year <= high), None)
