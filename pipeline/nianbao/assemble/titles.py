"""The titles on a page, and the report's own among them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from nianbao.assemble.cite import Cite, squash
from nianbao.assemble.page import Page, is_dated, words
from nianbao.document import Segment


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
        goes_on = last is not None and _goes_on(page, last, segment)
        if segment.label == "title" or segment is overlooked or goes_on:
            if last is None or (not goes_on and _is_complete(page, blocks[-1])):
                blocks.append([])
            blocks[-1].append(segment)
            last = segment
        else:
            last = None
    out = []
    for block in blocks:
        lines = _from_name(page, [s for s in block if not _is_aside(page, s)])
        if lines:
            label = _LABEL.match(page.text(lines[0]))
            start = lines[0].start + (label.end() if label else 0)
            doubled = _DOUBLED.match(page.document.shadow, start, lines[0].end)
            start = doubled.end() if doubled else start
            text = squash(page.document.shadow[start : lines[0].end] + "".join(page.text(s) for s in lines[1:]))
            if any(squash(page.text(m)) == text for line in lines for m in page.inside(line, "AGENCY")):
                continue  # a body's name alone, as above the 引言 of a page that has lost its title
            text = _FILE_NAME.sub("", text)
            out.append(Cite(text, start, lines[-1].end, "title", min(s.confidence for s in lines)))
    return out


# a content system puts year and place before the title: 2010大足县重庆市大足县人民政府2010年…, [清河镇]2012年清河镇…
_DOUBLED = re.compile(
    r"\s*(?:(?:19|20)\d\d(?P<place>[^\d\s年]{2,8}?)(?=[^\d\s]{0,8}(?P=place))"
    r"|\[(?P<town>[^\[\]\s]{2,12})\](?=\S{0,16}(?P=town)))"
)
_FILE_NAME = re.compile(r"\.(?:docx?|wps|pdf|html?|txt)$", re.IGNORECASE)
# a title stands among the first lines, and no official one is longer
_HEAD, _TITLE_MAX = 12, 60
_SENTENCE_END = "。;:!?"


def _overlooked(page: Page) -> Segment | None:
    """A line at the head of a page without title lines that reads like one: its topic, and a year or what it is."""
    known = words().patterns
    for segment in takewhile(lambda s: s.level is None, page.segments[:_HEAD]):
        text = squash(page.text(segment))
        if segment.label != "noise" or len(text) > _TITLE_MAX or not known["title.topic"].search(text):
            continue
        if known["metadata.byline"].search(text) or known["title.path"].search(text):
            continue
        dated = any(is_dated(m) for m in page.inside(segment, "DATE"))
        told = (known[name].search(text) for name in ("kind.notice", "kind.interpretation", "kind.format_rule"))
        if any(told) or (dated and text[-1] not in _SENTENCE_END):
            return segment
    return None


def _goes_on(page: Page, last: Segment, segment: Segment) -> bool:
    """Whether a line ends the title that the line before leaves open: 关于……工作的 / 通  知."""
    return squash(page.text(last)).endswith("的") and bool(
        words().patterns["title.closing"].match(squash(page.text(segment)))
    )


def _from_name(page: Page, lines: list[Segment]) -> list[Segment]:
    """The title lines from the one that is a whole title with a name of its own; what stands above is the site's."""
    for i, line in enumerate(lines):
        dates = page.inside(line, "DATE")
        before = squash(page.document.shadow[line.start : dates[0].start]) if dates else ""
        if i and _is_complete(page, [line]) and words().patterns["title.topical"].sub("", before):
            return lines[i:]
    return lines


_LABEL = re.compile(r"\s*(?:信息名称|文件名称|内容概述|标\s*题|名\s*称|题\s*名)\s*:\s*(?=\S)")


def _is_complete(page: Page, block: Sequence[Segment]) -> bool:
    """Whether the lines so far are a whole title: they name a year and end in 报告 or the like."""
    text = squash("".join(page.text(s) for s in block if not _is_aside(page, s)))
    known = words().patterns
    ends = known["kind.notice"].search(text)
    if not known["title.asking"].search(text):
        ends = ends or known["title.report"].search(text[-8:])
    return bool(ends and any(page.inside(s, "DATE") for s in block))


def _is_aside(page: Page, segment: Segment) -> bool:
    text = page.text(segment).strip()
    numbers = page.inside(segment, "DOC_NO")
    if numbers and len(squash(text)) <= numbers[0].end - numbers[0].start + 4:
        return True
    return bool(words().patterns["title.aside"].match(text))
