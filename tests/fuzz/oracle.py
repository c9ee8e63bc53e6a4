"""What holds for the record of any input whatever: not what it says, but that it keeps its promises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from nianbao import engine
from nianbao.record import WARNINGS, Report

GRACE = 2.0  # seconds over its limit after which a batch kills whoever is at an input
_WORD = re.compile(r"\S")
_EMPTY = frozenset({"blank", "missing"})  # states of cells that print nothing


def faults(source: str | bytes, limits: engine.Limits | None = None) -> list[str]:
    """Reads an input and tells what is wrong with its record; nothing, as it should be.

    Args:
      source: the input.
      limits: what it may cost; those of the command line if none are given.
    """
    limits = limits or engine.Limits()
    try:
        report = engine.extract(source, uri="mutant", with_text=True, limits=limits)
    except Exception as why:  # it must not raise anything: whatever it is, it is a finding
        return [f"raised {type(why).__name__}: {why}"]
    return [*_read_to_its_end(report, limits), *_written(report), *_cited(report), *_in_order(report)]


def _read_to_its_end(report: Report, limits: engine.Limits) -> Iterator[str]:
    """No stage fails, and no limit is passed unseen."""
    for warning in report.warnings:
        if warning.code not in WARNINGS:
            yield f"a warning that is not documented: {warning.code}"
        if warning.code in ("stage_failed", "limit_exceeded"):
            yield f"{warning.code}: {warning.detail}"
    if report.status == "partial" and not report.warnings:
        yield "partial, and no word why"
    if report.text is None and report.status not in ("failed", "not_a_report"):
        yield f"{report.status} without a text"
    if report.text is not None and len(report.text.encode("utf-8", "surrogatepass")) > limits.max_bytes:
        yield "a text over its limit"


def _written(report: Report) -> Iterator[str]:
    """The line is one line of JSON, and gives the same record again."""
    try:
        line = report.model_dump_json()
        line.encode("utf-8")
        if "\n" in line or Report.model_validate_json(line) != report:
            yield "the line gives another record"
    except ValueError as why:
        yield f"the line is none: {why}"


def _cited(report: Report) -> Iterator[str]:
    """Evidence lies in the text, quotes it, and is never nothing."""
    text = report.text or ""
    for path, part in _parts(report.model_dump(mode="json", exclude={"text"}), "record"):
        start, end = part.get("start"), part.get("end")
        if (start is None) != (end is None):
            yield f"{path}: half a span"
        if start is not None and end is not None:
            if not 0 <= start <= end <= len(text):
                yield f"{path}: {start} to {end} of {len(text)}"
            elif not text[start:end].strip() and part.get("state") not in _EMPTY and ".warnings" not in path:
                yield f"{path}: cites nothing, {start} to {end}"
            elif part.get("text") not in (None, text[start:end]):
                yield f"{path}: quotes what is not there"
        if not path.endswith(".models") and not 0 <= part.get("confidence", 0) <= 1:  # the model has that name, too
            yield f"{path}: confidence {part['confidence']}"


def _parts(value: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """All objects of a record, with the way to each."""
    if isinstance(value, dict):
        yield path, value
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in pairs:
        yield from _parts(part, f"{path}.{key}")


def _in_order(report: Report) -> Iterator[str]:
    """Paragraphs cover what is not blank, in order; entities stand in order, beside one another."""
    for name, spans in (("paragraphs", report.paragraphs), ("entities", report.entities)):
        if any(a.end > b.start for a, b in pairwise(spans)):
            yield f"{name} overlap"
    place, text = 0, report.text or ""
    for start, end in [*((p.start, p.end) for p in report.paragraphs), (len(text), len(text))]:
        if report.paragraphs and (left_out := _WORD.search(text, place, start)):
            yield f"no paragraph at {left_out.start()}: {text[left_out.start() : start][:20]!r}"
        place = end
    if not report.paragraphs and report.status != "failed" and _WORD.search(text):
        yield "no paragraphs"
