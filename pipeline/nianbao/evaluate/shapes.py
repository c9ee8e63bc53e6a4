"""The shapes in which pages print their tables."""

from __future__ import annotations

import re

from nianbao.train.marked import Sample

_TABLE = re.compile(r"<table\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d[\d,.]*")
_ROW = re.compile(r"\S[ \u3000]+\d")
# the longest row of a form has 15 columns: a line with more numbers than this holds several rows
_RUN_ON = 20


def table_shape(sample: Sample) -> str:
    """How a sample prints its tables: `grid`, `pipes`, `columns`, `cells` (one a line), `run_on`, or `none`.

    `grid` is markup; of plain text it is what most of the lines with numbers look like.
    """
    if not sample.gold.tables:
        return "none"
    if not sample.gold.file.endswith(".txt"):
        return "grid" if _TABLE.search(sample.data) else "none"
    lines = [p.text for p in sample.gold.paragraphs if p.label == "statistics" and _NUMBER.search(p.text)]
    if any(len(_NUMBER.findall(line)) > _RUN_ON for line in lines):
        return "run_on"
    piped = sum("|" in line or "\t" in line for line in lines)
    spaced = sum(bool(_ROW.search(line)) for line in lines)
    if 2 * piped >= len(lines):
        return "pipes"
    return "columns" if 2 * spaced >= len(lines) else "cells"
