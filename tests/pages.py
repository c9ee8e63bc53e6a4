"""Handmade pages: lines with their labels, the regular mentions found, agencies given."""

from __future__ import annotations

from nianbao.assemble.page import Page
from nianbao.document import Mention, Segment
from nianbao.ingest import ingest
from nianbao.segment import heading
from nianbao.tag.patterns import find_mentions, resolve_dates


def page(*lines: tuple[str, str], agencies: tuple[str, ...] = (), year: int | None = None) -> Page:
    """A page of (label, text) lines; `label#1` gives a heading level. Every occurrence of an agency is a mention."""
    document = ingest("\n".join(text for _, text in lines), max_bytes=10**7)
    shadow = document.shadow
    segments, at = [], 0
    for label, text in lines:
        name, _, level = label.partition("#")
        title = heading(shadow[at : at + len(text)])[1]
        segments.append(Segment(at, at + len(text), int(level) if level else None, name, (), 0.9, title))
        at += len(text) + 1
    mentions = list(resolve_dates(find_mentions(shadow), shadow, year))
    for agency in agencies:
        start = shadow.find(agency)
        while start >= 0:
            end = start + len(agency)
            if not any(m.start < end and start < m.end for m in mentions):
                mentions.append(Mention("AGENCY", start, end, agency))
            start = shadow.find(agency, end)
    return Page(document, segments, sorted(mentions, key=lambda m: m.start), [])
