"""Whose report a page is and of when: title, body, year, period, dates, era."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from nianbao.assemble import dates
from nianbao.assemble.cite import Cite, squash
from nianbao.assemble.names import Named, choose
from nianbao.assemble.page import Page, words
from nianbao.assemble.titles import report_title, report_titles
from nianbao.catalogue.noise import notices
from nianbao.document import Mention, Segment


@dataclass(slots=True)
class Identity:
    """The identity of the page's report; a field is None where the page does not say."""

    title: Cite[str] | None = None
    agency: Cite[str] | None = None
    aliases: tuple[str, ...] = ()
    year: Cite[int] | None = None
    title_year: int | None = None
    period: Cite[tuple[str, str]] | None = None
    published: Cite[str] | None = None
    signed: Cite[str] | None = None
    era: str | None = None
    titles: list[Cite[str]] = field(default_factory=list)


def identify(page: Page) -> Identity:
    """Reads the identity of a page; `era` comes with it, the kind of document does not."""
    out = Identity()
    out.titles = report_titles(page)
    out.title = report_title(out.titles)
    out.title_year = dates.title_year(page, out.title)
    out.period = dates.period(page, out.title_year)
    out.year = dates.year(page, out.title, out.title_year, out.period)
    named = choose(_named(page, out), _never(page))
    if named:
        out.agency, out.aliases = named
    out.published = dates.published(page)
    out.signed = dates.signed(page, out.title)
    out.era = dates.era(page, out.year.value if out.year else None)
    return out


def _never(page: Page) -> re.Pattern[str] | None:
    """What the body cannot be called, from the word by which it speaks of itself most (我局, 本镇)."""
    said = Counter(m[1] for m in words().patterns["names.oneself"].finditer(page.document.shadow))
    return words().patterns[f"self.{said.most_common(1)[0][0]}"] if said else None


_GOVERNMENT = re.compile("[^,;。:()]{2,24}?(?:镇|乡|街道|县|市|区|旗|州|省)人民政府")
_PREFIX = re.compile(r"(?:关于)?(.{2,40}?)(?:关于)?(?:\d{4}|二[〇零○]..)年")


def _named(page: Page, found: Identity) -> Iterable[Named]:
    """Every place where the page names its body, with how much each place weighs."""
    yield from _mentioned(page, found)
    shadow, known = page.document.shadow, words().patterns
    title = found.title
    for pattern in (_PREFIX, known["names.after_year"]):
        if title and title.start is not None and (named := pattern.match(shadow, title.start, title.end or 0)):
            yield Named(squash(named[1]), *named.span(1), "title_prefix")
    for segment in page.segments:
        if segment.label == "preamble":
            for match in known["metadata.preamble"].finditer(shadow, segment.start, segment.end):
                yield Named(squash(match["name"]), *match.span("name"), "author")
    for table in page.tables:
        filler = known["metadata.filler"].search(shadow, table.start, table.end)
        if filler:
            yield Named(filler["name"], *filler.span("name"), "filler")


def _mentioned(page: Page, found: Identity) -> Iterable[Named]:
    """The agencies that the tagger found, and the governments named inside longer names and addresses."""
    shadow = page.document.shadow
    spam = notices()["spam"]
    spammed = spam.may_match(shadow)
    known = words().patterns
    sums_up = known["metadata.sums_up"].search(shadow) is not None
    for mention in page.mentions:
        segment = page.around(mention)
        if mention.label not in ("AGENCY", "ADDRESS"):
            continue
        if spammed and spam.match.search(shadow, mention.start, mention.end):
            continue  # a casino's name where the body's stood
        named = mention.label == "AGENCY" and segment is not None
        place = _place(page, segment, mention, found) if named and segment else "body"
        office = known["names.office"].fullmatch(shadow, mention.start, mention.end)
        if office and place in ("author", "preamble", "body"):
            yield Named(squash(office[1]), *office.span(1), place)
            continue
        inner = _GOVERNMENT.match(shadow, mention.start, mention.end)
        if inner and inner.end() < mention.end:
            # 对坊乡人民政府办公室, 溪下乡人民政府二楼: the government is named in them, and an office may write for it
            writes = place == "author" and sums_up
            yield Named(squash(inner[0]), *inner.span(), "author" if writes else "body")
            place = "body" if writes else place
        if named and segment and segment.label != "statistics":
            yield Named(squash(shadow[mention.start : mention.end]), mention.start, mention.end, place)


_AUTHOR = re.compile(r"编制|结合|现|(?:关于)?(?:\d{4}|二[〇零].{2})年?度?[^,。]{0,8}信息公开")


def _place(page: Page, segment: Segment, mention: Mention, found: Identity) -> str:
    title = found.title
    if title and title.start is not None and title.end is not None and title.start <= mention.start < title.end:
        return "title"
    if segment.label == "signature":
        return "signature"
    before = page.document.shadow[max(segment.start, mention.start - 12) : mention.start]
    if segment.label == "noise":
        return "publisher" if words().patterns["metadata.publisher"].search(before) else "noise"
    if segment.label == "preamble":
        after = page.document.shadow[mention.end : mention.end + 24]
        # 由X编制, 现公布X2012年政府信息公开工作年度报告
        names = re.search("由$", before) or _AUTHOR.match(after)
        return "author" if names else "preamble"
    return "body"
