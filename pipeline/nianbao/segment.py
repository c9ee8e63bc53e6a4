"""Lines to segments: heading levels, headings glued to their text, several sections in one line.

A segment is a whole line, or one of the consecutive parts of a line that runs through several numbered sections.
Numbers are never trusted to be in order: they restart, repeat and get lost (about one report in ten).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from nianbao.catalogue.sections import sections
from nianbao.document import Document, Line, Segment, Table

_CN = "一二三四五六七八九十"
# numbering by level, one group each; a lost bracket or point (三)…, 2结合…) still counts
_NUMBER = re.compile(
    rf"(第[{_CN}]{{1,3}}(?:部分|章|节|项)[、:,.\s]*|第?[{_CN}]{{1,3}}\s*[、.,:]|[{_CN}]{{1,2}}\s+(?=\S))"
    rf"|(\(\s*[{_CN}]{{1,3}}\s*\)[、.]?|[{_CN}]{{1,3}}\)|[㈠-㈩])"
    r"|(\d{1,2}\s*[.、,](?!\d)|\d(?=[一-鿿])(?!\d?\s*[年月日个件条次人份项期家名类种亿万]))"
    r"|(\(\d{1,2}\)|\d{1,2}\)|[①-⑳⑴-⒇])"
)
# what a heading is sought in
_LEAD = 160
# what a number can begin with
_FIRST = frozenset(f"第{_CN}(0123456789" + "".join(map(chr, (*range(0x2460, 0x2488), *range(0x3220, 0x322A)))))
_TITLE_MAX = 48
_TITLE = re.compile(rf"[^。;!?\n]{{1,{_TITLE_MAX}}}")
_GLUED = re.compile(rf"([^。;!?\n]{{2,{_TITLE_MAX}}}?)(?: {{2,}}|\t)(?=\S)")
# one space is enough to part a short heading that names its topic from a long text
_GLUED_ONCE = re.compile(r"([^。;!?,:\n ]{2,30}) (?=\S{20})")
_SENTENCE = re.compile(r"[。;!?]")
# a heading closed with a full stop: (一)抓责任。 A stop after more than this, or after a statement, ends a sentence
_CLOSED_MAX = 9
# or it names a matter and no more: (二)依申请公开工作情况。
_MATTER = re.compile(r"[^,;:]{2,24}(?:情况|措施|问题)。")
_STATEMENT = re.compile(r"[无未没不\d,]")
# an ordinal inside a line opens a part when a sentence has just ended before it
_INNER = re.compile(rf"(?:(?<=[。;!?])[^\S\n]*|(?<=\) ))(?=(?:\([{_CN}]{{1,3}}\)|[{_CN}]{{1,3}}、|[㈠-㈩])\S)")
# a signature glued to the last sentence: the body's name and a date, at the end of its line
_SIGNED = re.compile(
    r"(?<=[。!?])[^\S\n]*(?=[一-鿿]{4,30}[^\S\n]*"
    r"(?:20\d\d ?年 ?\d{1,2} ?月(?: ?\d{1,2} ?日)?|二[〇零]..年.{1,2}月.{1,3}日)[^\S\n]*$)",
    re.MULTILINE,
)
# a page number alone in its line, also where a page break cuts a table in two
_GAP = r"[^\S\n]{0,80}"
_PAGE_NUMBER = re.compile(
    rf"^{_GAP}(?:[-—–―]{{1,2}}{_GAP}\d{{1,3}}{_GAP}[-—–―]{{1,2}}"
    rf"|第{_GAP}\d{{1,3}}{_GAP}页(?:{_GAP}[,/]?共{_GAP}\d{{1,3}}{_GAP}页)?){_GAP}$",
    re.MULTILINE,
)
_CAPTION = re.compile(r"\s*(?:附|[^|\t\n]{2,50}(?:统计表|情况表|报表)\s*$)", re.MULTILINE)
_SPACE = re.compile(r"\s+")
_KNOWN_TITLES = 1 << 14


@cache
def _headings() -> tuple[tuple[tuple[str, re.Pattern[str]], ...], frozenset[str], re.Pattern[str]]:
    """(label, pattern) in order of precedence, the headings that need no number, what joins aspects."""
    known = sections()
    patterns = tuple((s.label, re.compile("|".join(s.heading))) for s in known.sections if s.heading)
    return patterns, frozenset(top for s in known.sections for top in s.top), re.compile("|".join(known.aspects))


@lru_cache(_KNOWN_TITLES)
def heading_topics(title: str) -> tuple[str, ...]:
    """The labels that a heading's words name; () for a heading that no catalogue line knows.

    A heading over several aspects (存在的问题及改进措施) gives them in its own order, the more specific topic of each
    first.
    """
    patterns, _, aspects = _headings()
    parts = aspects.split(_SPACE.sub("", title))
    return tuple(dict.fromkeys(label for part in parts for label, pattern in patterns if pattern.search(part)))


def heading(text: str) -> tuple[int | None, str]:
    """Level and title of a line, with the text behind a glued heading left out.

    Returns:
      (level, title) where level is None for what is no heading; for numbered running text the title is what stands
      between the number and the first sentence end (the run-in heading), else "".
    """
    line = text.strip()
    match = _NUMBER.match(line) if line[:1] in _FIRST else None
    if not match:
        if len(line) > _TITLE_MAX:
            return None, ""
        squashed = line.replace(" ", "").rstrip(":")
        return (1, squashed) if squashed in _headings()[1] else (None, "")
    rest = line[match.end() :].strip()
    glued = _GLUED.match(rest)
    if glued and heading_topics(glued[1]):
        return match.lastindex, glued[1].strip()
    if _is_title(rest):
        return match.lastindex, rest.rstrip(":。")
    once = _GLUED_ONCE.match(rest)
    if once and heading_topics(once[1]):
        return None, once[1]
    run_in = _TITLE.match(rest)
    return None, run_in[0].split(":")[0] if run_in and _SENTENCE.match(rest, run_in.end()) else ""


def _is_title(text: str) -> bool:
    """Whether what follows a number is a heading by itself: short, no sentence end, no open clause at its end."""
    if not text or len(text) > _TITLE_MAX or text[-1] in ",、":
        return False
    if text[-1] == "。" and (len(text) <= _CLOSED_MAX or _MATTER.fullmatch(text)) and not _STATEMENT.search(text):
        text = text[:-1]
        return bool(heading_topics(text)) and not _SENTENCE.search(text)
    return not _SENTENCE.search(text)


def segment(document: Document, tables: Sequence[Table]) -> list[Segment]:
    """The segments of a document in order; lines inside tables come labelled `statistics`, page numbers `noise`.

    Together the segments cover every line that is not blank, whole lines or consecutive parts of one.
    """
    shadow, out = document.shadow, []
    cuts, page_numbers = _cuts(shadow), {match.start() for match in _PAGE_NUMBER.finditer(shadow)}
    table = cut = 0
    for line in document.lines:
        start, end = line.start, line.end
        if line.blank:
            continue
        while table < len(tables) and tables[table].end <= start:
            table += 1
        if start in page_numbers:
            out.append(Segment(start, end, None, "noise", (), 1.0))
            continue
        if table < len(tables) and tables[table].start < end and not _is_caption(shadow, line, tables[table]):
            out.append(Segment(start, end, None, "statistics", (), 1.0))
            continue
        while cut < len(cuts) and cuts[cut] < end:
            if cuts[cut] > start:
                out.append(_part(shadow, start, cuts[cut]))
                start = cuts[cut]
            cut += 1
        out.append(_part(shadow, start, end))
    return out


def _is_caption(shadow: str, line: Line, table: Table) -> bool:
    """Whether a line opens a table but may be the page's title or an entry of the attachments: its label stays open."""
    return line.start <= table.start and _CAPTION.match(shadow, line.start, line.end) is not None


def _cuts(shadow: str) -> list[int]:
    """Where, inside lines, a numbered run-in section begins: its title names a topic."""
    cuts = []
    for match in _INNER.finditer(shadow):
        _, title = heading(shadow[match.end() : match.end() + _TITLE_MAX])
        if title and heading_topics(title):
            cuts.append(match.end())
    return sorted({*cuts, *(match.end() for match in _SIGNED.finditer(shadow))})


def _part(shadow: str, start: int, end: int) -> Segment:
    """A segment with the level of the heading that it is, or that is glued to its head."""
    level, title = heading(shadow[start : min(end, start + _LEAD)])
    return Segment(start, end, level, title=title)
