"""A draft as a web page: its lines as blocks, its tables as grids."""

from __future__ import annotations

import random
from html import escape

from nianbao.train.generate.draft import Draft, Mark, Sheet
from nianbao.train.generate.layout import Printed, grid, halves, repeated
from nianbao.train.gold import Gold, GoldParagraph

STYLES = ("paragraphs", "breaks", "nested")
"""A paragraph a line; lines that end with a break; a page laid out by tables with a span every few letters."""


def page(draft: Draft, gold: Gold, rng: random.Random) -> tuple[str, Gold]:
    """The markup of a draft, and its gold: that of the text without offsets, each table one paragraph.

    Args:
      draft: with its tables as they are to be printed.
      gold: what `draft.settle` gives, without offsets.
      rng: chooses the style of the page and how tables are printed.
    """
    style = rng.choice(STYLES)
    sheets = [mark for mark in draft.of(Sheet) if mark.of.printed]
    blocks: list[str] = []
    paragraphs: list[GoldParagraph] = []
    done: set[int] = set()
    for (start, end, _), told in zip(draft.paragraphs(), gold.paragraphs, strict=True):
        sheet = next((mark for mark in sheets if mark.start <= start and end <= mark.end), None)
        if sheet is None:
            blocks.append(_block(draft.text[start:end], style))
            paragraphs.append(told)
        elif sheet.start not in done:
            done.add(sheet.start)
            printed = _varied(sheet, draft.gold.tables[sheet.of.table].form, rng)
            blocks.append(grid(printed))
            paragraphs.append(
                told.model_copy(update={"text": next(b.text for r in printed for b in r if b.text).replace("\n", " ")})
            )
    return _document(draft.gold.title or "", "".join(blocks), style), gold.model_copy(update={"paragraphs": paragraphs})


def _varied(sheet: Mark, form: str, rng: random.Random) -> Printed:
    printed: Printed = sheet.of.printed
    kind = rng.random()
    if form == "statistics_2014" and kind < 0.3:
        return halves(printed)
    return repeated(printed) if form.startswith("requests") and kind < 0.3 else printed


def _block(line: str, style: str) -> str:
    text = line.strip()
    if style == "breaks":
        return f"{escape(text, quote=False)}<br/>\n"
    if style == "nested":
        spans = "".join(
            f"<span style='font-size:16pt'>{escape(text[at : at + 7], quote=False)}</span>"
            for at in range(0, len(text), 7)
        )
        return f"<p class='MsoNormal'>{spans}</p>\n"
    return f"<p>{escape(text, quote=False)}</p>\n"


def _document(title: str, body: str, style: str) -> str:
    inner = {
        "paragraphs": f"<div id='zoom'>\n{body}</div>",
        "breaks": f"<div class='wrap'><div class='content'>{body}</div></div>",
        "nested": f"<table width='960'><tr><td>{body}</td></tr></table>",
    }[style]
    head = f"<meta charset='utf-8'><title>{escape(title)}</title>"
    return f"<!DOCTYPE html>\n<html><head>{head}</head><body>\n{inner}\n</body></html>\n"
