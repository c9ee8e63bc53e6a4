"""Lines to segments: heading levels, headings glued to their text, several sections in one line.

A segment is a whole line, or one of the consecutive parts of a line that runs through several numbered sections.
Numbers are never trusted to be in order: they restart, repeat and get lost (about one report in ten).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from nianbao.catalogue import CatalogueError, load_toml
from nianbao.document import Document, Segment, Table

_CN = "一二三四五六七八九十"
# numbering, by level; a lost bracket or point (三)…, 2结合…) still counts
_NUMBERS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(rf"第[{_CN}]{{1,3}}(?:部分|章|项)?[、:,.\s]?|[{_CN}]{{1,3}}\s*[、.,:．]|[{_CN}]{{1,2}}\s+(?=\S)")),
    (2, re.compile(rf"\(\s*[{_CN}]{{1,3}}\s*\)[、.]?|[{_CN}]{{1,3}}\)|[㈠-㈩]")),
    (3, re.compile(r"\d{1,2}\s*[.、,．](?!\d)|\d(?=[一-鿿])(?!\d?\s*[年月日个件条次人份项期家名类种种个月亿万])")),
    (4, re.compile(r"\(\d{1,2}\)|\d{1,2}\)|[①-⑳⑴-⒇]")),
)
_TITLE_MAX = 48
_TITLE = re.compile(rf"[^。;!?\n]{{1,{_TITLE_MAX}}}")
_GLUED = re.compile(rf"([^。;!?\n]{{2,{_TITLE_MAX}}}?)(?: {{2,}}|\t)(?=\S)")
_SENTENCE = re.compile(r"[。;!?]")
# an ordinal inside a line opens a part when a sentence has just ended before it
_INNER = re.compile(rf"(?<=[。;!?])\s*(?:\([{_CN}]{{1,3}}\)|[{_CN}]{{1,3}}、|[㈠-㈩])")
_SPACE = re.compile(r"\s+")


@cache
def _sections() -> tuple[tuple[tuple[str, re.Pattern[str]], ...], dict[str, str]]:
    """(label, pattern) in order of precedence, and the unnumbered top headings."""
    try:
        entries = load_toml("sections.toml")["section"]
        patterns = tuple((e["label"], re.compile("|".join(e["heading"]))) for e in entries)
        return patterns, {top: e["label"] for e in entries for top in e.get("top", ())}
    except (KeyError, re.error) as why:
        raise CatalogueError(f"catalogue/sections.toml: {why}") from why


def heading_topics(title: str) -> tuple[str, ...]:
    """The labels that a heading's words name, most specific first; () for a heading that no catalogue line knows."""
    squashed = _SPACE.sub("", title)
    return tuple(label for label, pattern in _sections()[0] if pattern.search(squashed))


def heading(text: str) -> tuple[int | None, str]:
    """Level and title of a line, with the text behind a glued heading left out.

    Returns:
      (level, title) where level is None for what is no heading; for numbered running text the title is what stands
      between the number and the first sentence end (the run-in heading), else "".
    """
    line = text.strip()
    for level, pattern in _NUMBERS:
        match = pattern.match(line)
        if match:
            rest = line[match.end() :].strip()
            glued = _GLUED.match(rest)
            if glued and heading_topics(glued[1]):
                return level, glued[1].strip()
            if _is_title(rest):
                return level, rest.rstrip(":")
            run_in = _TITLE.match(rest)
            return None, run_in[0].split(":")[0] if run_in and _SENTENCE.match(rest[run_in.end() : run_in.end() + 1]) else ""
    squashed = _SPACE.sub("", line).rstrip(":")
    return (1, squashed) if squashed in _sections()[1] else (None, "")


def _is_title(text: str) -> bool:
    """Whether what follows a number is a heading by itself: short, no sentence end, no open clause at its end."""
    return bool(text) and len(text) <= _TITLE_MAX and not _SENTENCE.search(text) and text[-1] not in ",、"


def segment(document: Document, tables: Sequence[Table]) -> list[Segment]:
    """The segments of a document in order; lines inside tables come labelled `statistics`.

    Together the segments cover every line that is not blank, whole lines or consecutive parts of one.
    """
    shadow, out = document.shadow, []
    spans = [(t.start, t.end) for t in tables]
    at = 0
    for line in document.lines:
        if line.blank:
            continue
        while at < len(spans) and spans[at][1] <= line.start:
            at += 1
        if at < len(spans) and spans[at][0] < line.end:
            out.append(Segment(line.start, line.end, None, "statistics", (), 1.0))
            continue
        for start, end in _parts(shadow, line.start, line.end):
            level, _ = heading(shadow[start:end][: 3 * _TITLE_MAX])
            if level and end - start > 3 * _TITLE_MAX and not _GLUED.search(shadow, start, end):
                level = None
            out.append(Segment(start, end, level))
    return out


def _parts(shadow: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cuts a line where a numbered run-in section begins, if its title names a topic."""
    cuts = []
    for match in _INNER.finditer(shadow, start, end):
        _, title = heading(shadow[match.start() : match.start() + _TITLE_MAX])
        if title and heading_topics(title):
            cuts.append(match.start() + len(match[0]) - len(match[0].lstrip()))
    return list(zip([start, *cuts], [*cuts, end], strict=True))
