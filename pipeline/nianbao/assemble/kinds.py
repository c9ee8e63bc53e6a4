"""What kind of document a page is: a report, something about reports, or neither."""

from __future__ import annotations

import re

from nianbao.assemble.cite import squash
from nianbao.assemble.identity import Identity
from nianbao.assemble.page import Page, words
from nianbao.document import Segment

NOT_REPORTS = frozenset({"interpretation", "news", "notice", "format_rule", "index_page", "other"})
_SILENT = frozenset({"noise", "title", "signature", "attachments", "statistics"})
# thresholds in characters of prose, set on the corpora: the shortest real report has about 200, stubs under 120
_STUB_MAX = 160
_HEADING_MAX = 60
_TABLE_ONLY_MAX = 120
_LINKS_MIN = 4
_TOPICS_MIN = 3
_ARTICLES_MIN = 3


def kind_of(page: Page, identity: Identity) -> str:
    """One of the record's kinds.

    Args:
      page: the labelled page; identity: its titles and year.
    """
    known = words().patterns
    first = identity.titles[0].value if identity.titles else ""
    is_report_title = bool(known["title.report"].search(first) and known["title.topic"].search(first))
    few = _sections(page) < 2
    if about := _about_reports(page, identity, first, few):
        return about
    if few and (links := _links(page)) >= _LINKS_MIN and _prose(page) < 40 * links:
        return "index_page"
    forms = any(t.form != "unknown" for t in page.tables)
    if forms and few and _prose(page) < _TABLE_ONLY_MAX:
        return "statistics_only"
    if is_report_title and not forms and not _states(page) and _prose(page) < _STUB_MAX:
        return "attachment_stub"
    if not few or (is_report_title and _topics(page) >= 2) or forms:
        return "report"
    if not first and _topics(page) >= _TOPICS_MIN and known["title.topic"].search(page.document.shadow):
        return "report"  # the title was lost with the page's head; the sections are there
    if not first and _topics(page) and _introduces(page):
        return "report"
    if known["title.topic"].search(first + page.document.shadow[:2000]):
        if is_report_title and not known["kind.news"].search(first):
            return "report"
        return "news" if first and _prose(page) >= _STUB_MAX // 2 else "other"
    return "other"


def _about_reports(page: Page, identity: Identity, first: str, few: bool) -> str | None:
    """The kind that the page's first title gives it, or its articles; None where it may be a report itself."""
    known = words().patterns
    if known["kind.notice"].search(first):
        later = [t for t in identity.titles[1:] if known["title.report"].search(t.value)]
        later = [t for t in later if not known["kind.notice"].search(t.value)]
        return "report_with_cover" if later and (not few or _introduces(page, later[0].end or 0)) else "notice"
    if known["kind.interpretation"].search(first):
        return "interpretation"
    if known["kind.format_rule"].search(first) or _articles(page) >= _ARTICLES_MIN:
        return "format_rule"
    if few and known["kind.news"].search(first) and not known["title.ends"].search(first):
        return "news"  # 召开……年度报告部署会
    return None


def _prose(page: Page) -> int:
    """The characters of a page's prose."""
    return sum(_said(page, segment) for segment in page.segments if segment.label not in _SILENT)


def _said(page: Page, segment: Segment) -> int:
    """The characters of a segment that are more than a heading; those of a heading with its text glued to it, too."""
    length = len(squash(page.text(segment)))
    return length if segment.level is None or length > _HEADING_MAX else 0


def _links(page: Page) -> int:
    """Lines that are titles of reports by themselves: the entries of a list."""
    pattern = words().patterns["kind.report_line"]
    shadow, count = page.document.shadow, 0
    for line in page.document.lines:
        if line.end - line.start <= 90 and not line.blank:
            count += bool(
                pattern.search(
                    re.sub(r"[\s\[(]*\d{4}[-./年]\d\d?[-./月]\d\d?日?[\])]*\s*$", "", shadow[line.start : line.end])
                )
            )
    return count


def _topics(page: Page) -> int:
    return len({s.label for s in page.segments} - _SILENT - {"preamble", "other"})


def _sections(page: Page) -> int:
    """Top-level headings with a topic of the reports."""
    return len({s.label for s in page.segments if s.level == 1 and s.label not in _SILENT})


def _articles(page: Page) -> int:
    """The lines that open an article of a rule (第三条 各单位应当)."""
    pattern = words().patterns["kind.article"]
    return sum(1 for s in page.segments if pattern.match(page.text(s)))


def _introduces(page: Page, start: int = 0) -> bool:
    """Whether a preamble behind `start` says that this is a yearly report."""
    known = words().patterns["metadata.own_preamble"]
    return any(s.start >= start and s.label == "preamble" and known.search(page.text(s)) for s in page.segments)


def _states(page: Page) -> bool:
    """Whether a section says anything: prose under requests, fees or review, even 无."""
    telling = ("requests", "fees", "review_litigation", "proactive", "problems", "improvements")
    return sum(1 for s in page.segments if s.label in telling and s.level is None) >= 2
