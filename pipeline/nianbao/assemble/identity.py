"""Who reports, on which year, when: title, agency, year, period, publication and signature of one report."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from nianbao.assemble.cite import Cite, squash
from nianbao.assemble.names import Named, choose
from nianbao.catalogue import CatalogueError, load_toml
from nianbao.document import Document, Mention, Segment, Table


def _start(part: Segment | Mention) -> int:
    return part.start


@dataclass(slots=True)
class Page:
    """What the stages before have made of one input; everything below reads from it."""

    document: Document
    segments: Sequence[Segment]
    mentions: Sequence[Mention]
    tables: Sequence[Table]

    def text(self, part: Segment | Mention) -> str:
        """The shadow of a part."""
        return self.document.shadow[part.start : part.end]

    def inside(self, part: Segment, *labels: str) -> list[Mention]:
        """The mentions of a segment, in order, of the labels given."""
        first = bisect_left(self.mentions, part.start, key=_start)
        last = bisect_left(self.mentions, part.end, first, key=_start)
        return [m for m in self.mentions[first:last] if m.end <= part.end and m.label in labels]

    def around(self, mention: Mention) -> Segment | None:
        """The segment that a mention stands in."""
        at = bisect_right(self.segments, mention.start, key=_start) - 1
        return self.segments[at] if at >= 0 and mention.start < self.segments[at].end else None


@dataclass(frozen=True, slots=True)
class Words:
    """The patterns of `catalogue/identity.toml`, by section and name."""

    patterns: Mapping[str, re.Pattern[str]]
    era_years: Mapping[str, tuple[int, int]]
    era_forms: Mapping[str, str]


@cache
def words() -> Words:
    """The catalogue, compiled once."""
    data = load_toml("identity.toml")
    try:
        patterns = {
            f"{section}.{name}": re.compile(pattern)
            for section, entries in data.items()
            for name, pattern in entries.items()
            if isinstance(pattern, str)
        }
        years = {era: (low, high) for era, (low, high) in data["era"]["years"].items()}
        return Words(patterns, years, data["era"]["forms"])
    except (KeyError, re.error) as why:
        raise CatalogueError(f"catalogue/identity.toml: {why}") from why


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
    out.title_year = _year_of(page, out.title)
    out.period = _period(page, out.title_year)
    out.year = _year(page, out)
    named = choose(_named(page, out))
    if named:
        out.agency, out.aliases = named
    out.published = _published(page)
    out.signed = _signed(page, out.title)
    out.era = _era(page, out.year.value if out.year else None)
    return out


def report_title(titles: Sequence[Cite[str]]) -> Cite[str] | None:
    """The report's own title among the page's: the first that is no notice's, else the first."""
    known = words().patterns
    reports = [t for t in titles if known["title.report"].search(t.value) and not known["kind.notice"].search(t.value)]
    return reports[0] if reports else (titles[0] if titles else None)


def report_titles(page: Page) -> list[Cite[str]]:
    """The title blocks: consecutive title lines joined, without document numbers and bracketed dates."""
    blocks: list[list[Segment]] = []
    last: Segment | None = None
    overlooked = None if any(s.label == "title" for s in page.segments) else _overlooked(page)
    for segment in page.segments:
        if segment.label == "title" or segment is overlooked:
            complete = bool(blocks and last and _is_complete(page, blocks[-1]))
            if last is None or complete:
                blocks.append([])
            blocks[-1].append(segment)
        last = segment if segment.label == "title" or segment is overlooked else None
    out = []
    for block in blocks:
        lines = _from_name(page, [s for s in block if not _is_aside(page, s)])
        if lines:
            label = _LABEL.match(page.text(lines[0]))
            start = lines[0].start + (label.end() if label else 0)
            text = page.document.shadow[start : lines[0].end] + "".join(page.text(s) for s in lines[1:])
            out.append(Cite(squash(text), start, lines[-1].end, "title", min(s.confidence for s in lines)))
    return out


# a title stands among the first lines, and no official one is longer
_HEAD, _TITLE_MAX = 12, 60


def _overlooked(page: Page) -> Segment | None:
    """A line at the head of a page without title lines that reads like one: its topic, a year, and 报告 at its end."""
    known = words().patterns
    for segment in page.segments[:_HEAD]:
        text = squash(page.text(segment))
        if segment.label == "noise" and len(text) <= _TITLE_MAX and known["title.report"].search(text[-8:]):
            dated = any(_is_dated(m) for m in page.inside(segment, "DATE"))
            if dated and known["title.topic"].search(text) and not known["metadata.byline"].search(text):
                return segment
    return None


def _from_name(page: Page, lines: list[Segment]) -> list[Segment]:
    """The title lines from the one that is a whole title with a name of its own; what stands above is the site's."""
    for i, line in enumerate(lines):
        dates = page.inside(line, "DATE")
        if i and dates and _is_complete(page, [line]) and squash(page.document.shadow[line.start : dates[0].start]):
            return lines[i:]
    return lines


_LABEL = re.compile(r"\s*(?:信息名称|文件名称|内容概述|标\s*题|名\s*称|题\s*名)\s*:\s*(?=\S)")


def _is_complete(page: Page, block: Sequence[Segment]) -> bool:
    """Whether the lines so far are a whole title: they name a year and end in 报告 or the like."""
    text = squash("".join(page.text(s) for s in block if not _is_aside(page, s)))
    ends = words().patterns["title.report"].search(text[-8:]) or words().patterns["kind.notice"].search(text)
    return bool(ends and any(page.inside(s, "DATE") for s in block))


def _is_aside(page: Page, segment: Segment) -> bool:
    text = page.text(segment).strip()
    numbers = page.inside(segment, "DOC_NO")
    if numbers and len(squash(text)) <= numbers[0].end - numbers[0].start + 4:
        return True
    return bool(words().patterns["title.aside"].match(text))


def _year_of(page: Page, title: Cite[str] | None) -> int | None:
    if title is None or title.start is None or title.end is None:
        return None
    for mention in page.mentions:
        if mention.label == "DATE" and title.start <= mention.start and mention.end <= title.end:
            return int(str(mention.value)[:4]) if _is_dated(mention) else None
    match = re.search(r"(?:19|20)\d\d", title.value)
    return int(match[0]) if match else None


def _is_dated(mention: Mention) -> bool:
    return mention.label == "DATE" and re.match(r"\d{4}", str(mention.value or "")) is not None


def _period(page: Page, year: int | None) -> Cite[tuple[str, str]] | None:
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


def _year(page: Page, found: Identity) -> Cite[int] | None:
    """The year reported on: the title's, else the period's, else the one that the text speaks of most."""
    if found.title and found.title_year:
        return Cite(found.title_year, found.title.start, found.title.end, "title", 0.98)
    if found.period:
        return Cite(int(found.period.value[1][:4]), found.period.start, found.period.end, "prose", 0.95)
    dated = [m for m in page.mentions if _is_dated(m) and _in_body(page, m)]
    years = Counter(int(str(m.value)[:4]) for m in dated)
    if not years:
        return None
    year = min(years, key=lambda y: (-years[y], y))
    first = next(m for m in dated if int(str(m.value)[:4]) == year)
    return Cite(year, first.start, first.end, "prose", round(0.6 + 0.3 * years[year] / sum(years.values()), 3))


_GOVERNMENT = re.compile("[^,;。:()]{2,24}?(?:镇|乡|街道|县|市|区|旗|州|省)人民政府")
_PREFIX = re.compile(r"(?:关于)?(.{2,40}?)(?:关于)?(?:\d{4}|二[〇零○]..)年")


def _named(page: Page, found: Identity) -> Iterable[Named]:
    """Every place where the page names its body, with how much each place weighs."""
    yield from _mentioned(page, found)
    shadow, known = page.document.shadow, words().patterns
    title = found.title
    prefix = _PREFIX.match(shadow, title.start, title.end or 0) if title and title.start is not None else None
    if prefix:
        yield Named(squash(prefix[1]), *prefix.span(1), "title_prefix")
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
    for mention in page.mentions:
        if mention.label not in ("AGENCY", "ADDRESS"):
            continue
        inner = _GOVERNMENT.match(shadow, mention.start, mention.end)
        if inner and inner.end() < mention.end:
            # 对坊乡人民政府办公室, 溪下乡人民政府二楼: the government is named in them
            yield Named(squash(inner[0]), *inner.span(), "body")
        segment = page.around(mention)
        if mention.label == "AGENCY" and segment is not None and segment.label != "statistics":
            name = squash(shadow[mention.start : mention.end])
            yield Named(name, mention.start, mention.end, _place(page, segment, mention, found))


_AUTHOR = re.compile(r"编制|结合|现|(?:关于)?(?:\d{4}|二[〇零].{2})年度?[^,。]{0,8}信息公开")


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


_ISO = re.compile(r"\d{4}-\d\d-\d\d")
# the first reports under any rule on disclosure were published in 2005
_FIRST_YEAR = 2004


def _published(page: Page) -> Cite[str] | None:
    """The publication date that the page's metadata gives; other dates of its life (成文, 生成) are none."""
    known = words().patterns
    weak: Cite[str] | None = None
    for segment in page.segments:
        if segment.label != "noise":
            continue
        for mention in page.inside(segment, "DATE"):
            value = str(mention.value or "")
            if not re.match(r"\d{4}-\d\d-\d\d$", value):
                continue
            before = page.document.shadow[max(segment.start, mention.start - 14) : mention.start]
            label = squash(before)[-8:]
            if known["metadata.not_published"].search(label):
                continue
            cite = Cite(value, mention.start, mention.end, "metadata", 0.95)
            if int(value[:4]) < _FIRST_YEAR:
                continue  # 1970-01-01: the content system's way to say that it does not know
            if known["metadata.published"].search(before):
                return cite
            if weak is None and known["metadata.byline"].search(page.text(segment)):
                weak = Cite(value, mention.start, mention.end, "metadata", 0.8)
    head = _ISO.match(page.document.meta.get("published", ""))
    if weak is None and head and int(head[0][:4]) >= _FIRST_YEAR:
        return Cite(head[0], None, None, "metadata", 0.9)
    return weak


def _signed(page: Page, title: Cite[str] | None) -> Cite[str] | None:
    """The date of the signature, or the one in brackets under the title."""
    start = title.start if title and title.start is not None else 0
    end = title.end if title and title.end is not None else 0
    signed: Cite[str] | None = None
    for segment in page.segments:
        if segment.start < start or segment.label not in ("signature", "title"):
            continue
        for mention in page.inside(segment, "DATE"):
            value = str(mention.value or "")
            if not re.match(r"\d{4}-\d\d(?:-\d\d)?$", value) or (segment.label == "title" and mention.start < end):
                continue
            if segment.label == "signature" or signed is None:
                signed = Cite(value, mention.start, mention.end, "prose", 0.95)
    return signed


def _era(page: Page, year: int | None) -> str | None:
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
