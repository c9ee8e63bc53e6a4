"""Prodigy: JSON Lines with `text`, `tokens` and `spans`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from nianbao.train.formats.jsonl import CARRIED, get, mark, objects, rows, write_rows
from nianbao.train.formats.marks import ALL_LAYERS, Layer, Offsets, Reading, Unheld, Unit, marks_of
from nianbao.train.formats.tasks import Task
from nianbao.train.formats.tokens import token_edges


class Prodigy:
    """`ner.manual` shows entities; sections and facts overlap them and are for `spans.manual`."""

    suffix = ".jsonl"
    layers, default = ALL_LAYERS, frozenset({Layer.ENTITIES})
    carries, attributes, whole = True, False, False
    unit = Unit.CODE_POINTS

    def write(self, tasks: Sequence[Task], out: Path, layers: frozenset[Layer], unit: Unit) -> Sequence[Unheld]:
        """Writes a line for each task, its tokens cut so that every span is one of whole tokens."""
        write_rows(out, (_row(task, layers, unit) for task in tasks))
        return ()

    def read(self, path: Path, unit: Unit) -> Iterator[Reading]:
        """Reads what `db-out` writes; only what was accepted counts as reviewed."""
        for where, item in rows(path):
            text = get(item, "text", str, where)
            marks = [mark(span, Offsets(text, unit), where) for span in objects(item, "spans", where)]
            yield Reading(text, marks, item.get(CARRIED), item.get("answer") == "accept", where)


def _row(task: Task, layers: frozenset[Layer], unit: Unit) -> dict[str, Any]:
    text, marks = task.annotation.text, marks_of(task.annotation, layers)
    offsets = Offsets(text, unit)
    edges = token_edges(text, (edge for m in marks for edge in (m.start, m.end)))
    number = {edge: i for i, edge in enumerate(edges)}
    tokens = [
        {"text": text[a:b], "start": offsets.out(a), "end": offsets.out(b), "id": i, "ws": False}
        for i, (a, b) in enumerate(pairwise(edges))
    ]
    spans = [
        {
            "start": offsets.out(m.start), "end": offsets.out(m.end), "label": m.label,
            "token_start": number[m.start], "token_end": number[m.end] - 1,
            **({} if m.confidence is None else {"score": m.confidence}),
        }
        for m in marks
    ]  # fmt: skip
    answer = {"answer": "accept"} if task.annotation.reviewed else {}
    meta = {"report": task.name, "part": f"{task.part + 1}/{task.parts}"}
    return {"text": text, "tokens": tokens, "spans": spans, "meta": meta, **answer, CARRIED: task.carried(layers)}
