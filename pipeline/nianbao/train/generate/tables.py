"""The tables of a report laid out anew, whole or with the damage that pages do to them (N-12 to N-17, N-38, N-39)."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace

from nianbao.catalogue import catalogue
from nianbao.train.generate.draft import Draft, Mark, Sheet
from nianbao.train.generate.figures import unit
from nianbao.train.generate.layout import LOOSE, SHAPES, Box, Printed, layout
from nianbao.train.gold import Gold, GoldFact, GoldParagraph, GoldTable

TEXT_SHAPES = {**LOOSE, **SHAPES}
_HAN = re.compile(r"[一-鿿]")
_ROW_LABEL = re.compile(r"\d\.")
# what a table of a form may be damaged by, one kind at a time
Damage = Callable[[Printed, random.Random], Printed]
# the units that the forms count in
_UNIT = {"disclosure_2019": "件", "disclosure_2021": "件", "requests_2019": "件", "requests_2021": "件"}


def relaid(draft: Draft, rng: random.Random, *, shape: str, noise: frozenset[str]) -> None:
    """Lays out each table that stands in lines of its own.

    Args:
      draft: is changed.
      rng: what is drawn from.
      shape: of `TEXT_SHAPES`, or "any", another one for each table; "html" keeps the layout for a page.
      noise: the kinds of damage (N-13, N-14, N-15, N-16, N-17, N-38, N-39) to choose from for each table.
    """
    for mark in draft.of(Sheet):
        kind = rng.choice(["", *sorted(noise)]) if noise else ""
        table = draft.gold.tables[mark.of.table]
        if kind == "N-17" and _missing(draft, mark):
            continue
        if kind == "N-16":
            _drop_empty(table)
        printed = _printed(draft.gold, table)
        if kind in _DAMAGES and (kind != "N-15" or table.form.startswith("requests")):
            printed = _DAMAGES[kind](printed, rng)
        # what lost its empty cells or its labels is read by the order of lines or cells, not of one line
        shapes = (
            ("lines", "spaced_lines")
            if kind == "N-16"
            else ("lines", "pipes", "words")
            if kind == "N-15"
            else TEXT_SHAPES
        )
        name = rng.choice(sorted(shapes)) if shape in ("any", "html") or kind in ("N-15", "N-16") else shape
        text = TEXT_SHAPES[name](printed)
        if kind == "N-13":
            text = _collapsed(text, rng)
        _replace(draft, mark, text, printed if kind != "N-16" else None)


def _replace(draft: Draft, mark: Mark, text: str, printed: Printed | None) -> None:
    """Puts other lines where a table stands."""
    start, sheet = mark.start, replace(mark.of, printed=printed)
    draft.marks = [m for m in draft.marks if m is not mark and not (
        isinstance(m.of, GoldParagraph) and mark.start <= m.start and m.end <= mark.end)]  # fmt: skip
    draft.edit([(mark.start, mark.end, text)])
    draft.marks.append(Mark(start, start + len(text), sheet))
    for line in re.finditer(r"[^\n]*\S[^\n]*", text):
        paragraph = GoldParagraph.model_construct(text="", label="statistics", level=None, secondary=[])
        draft.marks.append(Mark(start + line.start(), start + line.end(), paragraph))
    draft.marks.sort(key=lambda m: (m.start, -m.end))


def _printed(gold: Gold, table: GoldTable) -> Printed:
    """The official template, filled with the gold cells."""
    form = catalogue().forms[table.form]

    def text(row: str, column: str) -> str:
        value = table.cells.get(row, {}).get(column)
        if value is None:
            return ""
        money = unit(gold, row, column, value) if value and form.id == "disclosure_2019" else ""
        return f"{value:.12g}{money}"

    return layout(form.id, {row.id: [text(row.id, c) for c in form.columns_of(row.id)] for row in form.rows if row.id})


def _is_label(box: Box) -> bool:
    return len(_HAN.findall(box.text)) > 3


def _every(change: Callable[[Box, random.Random], Box], share: float) -> Damage:
    def damaged(printed: Printed, rng: random.Random) -> Printed:
        return [[change(box, rng) if rng.random() < share else box for box in row] for row in printed]

    return damaged


def _split_header(box: Box, rng: random.Random) -> Box:
    """N-14: a label over two lines."""
    if not _is_label(box):
        return box
    at = rng.randint(2, len(box.text) - 1)
    return replace(box, text=f"{box.text[:at]}\n{box.text[at:]}")


def _misprint(box: Box, rng: random.Random) -> Box:
    """N-38: one wrong character in a long label."""
    if len(box.text) < 9 or not _is_label(box):
        return box
    at = rng.choice([match.start() for match in _HAN.finditer(box.text)])
    return replace(box, text=f"{box.text[:at]}{rng.choice('政关情口企')}{box.text[at + 1 :]}")


def _united(box: Box, rng: random.Random) -> Box:
    """N-39: a unit behind a number, a thousands separator in it."""
    if not box.text.isdigit():
        return box
    return replace(box, text=f"{int(box.text):,}" + rng.choice(("", "件")))


def _overwritten(printed: Printed, rng: random.Random) -> Printed:
    """N-15: a value in place of each numbered label."""
    del rng
    return [[replace(box, text=" 0") if _ROW_LABEL.match(box.text) else box for box in row] for row in printed]


_DAMAGES: dict[str, Damage] = {
    "N-14": _every(_split_header, 0.4), "N-15": _overwritten, "N-38": _every(_misprint, 0.15),
    "N-39": _every(_united, 0.4),
}  # fmt: skip
DAMAGES = frozenset({*_DAMAGES, "N-13", "N-16", "N-17"})
"""The kinds of noise that `relaid` can do."""


def _collapsed(text: str, rng: random.Random) -> str:
    """N-13: runs of pipes behind rows, a lone pipe between them, two rows in one line."""
    out: list[str] = []
    for line in text.split("\n"):
        joined = out and "|" in line and "|" in out[-1] and rng.random() < 0.1
        if joined:
            out[-1] = f"{out[-1].rstrip(' |')} | {line}"
        else:
            out.append(line)
        if "|" in line and rng.random() < 0.1:
            out.append("|")
        elif "|" in line and rng.random() < 0.2:
            out[-1] += " |" * rng.randint(2, 40)
    return "\n".join(out)


def _drop_empty(table: GoldTable) -> None:
    """N-16: in rows where only the first and the last column count anything, the zeros between are left out."""
    if not table.form.startswith("requests"):
        return
    for cells in table.cells.values():
        first, *inner, last = cells
        if cells[first] and cells[first] == cells[last] and not any(cells[c] for c in inner):
            cells.update(dict.fromkeys(inner))


def _missing(draft: Draft, mark: Mark) -> bool:
    """N-17: no table, where no figure of the prose was wrong only by it. Returns whether it is gone."""
    table = draft.gold.tables[mark.of.table]
    form = catalogue().forms[table.form]
    named = {i for row in form.rows for i in (row.indicator, *row.indicators.values()) if i}
    if form.id == "review_litigation":
        named = {i for i in draft.gold.indicators if i.startswith(("review_", "litigation_"))}
    named |= {"requests_denied"} if "denied_state_secret" in named else set()
    if draft.gold.checks_fail or any(not m.of.used and named & set(m.of.indicators) for m in draft.of(GoldFact)):
        return False
    draft.gold.tables = [t for t in draft.gold.tables if t is not table]
    for other in draft.of(Sheet):
        if other.of.table > mark.of.table:
            other.of = replace(other.of, table=other.of.table - 1)
    gone = (mark.start, min(mark.end + 1, len(draft.text)))
    draft.marks = [m for m in draft.marks if m.end <= gone[0] or m.start >= gone[1]]
    draft.edit([(*gone, "")])
    draft.unstate(named)
    return True
