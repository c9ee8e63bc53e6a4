"""Argilla 2: records as `dataset.records.to_json` writes them, a span question for each layer over the field `text`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nianbao.train.formats.jsonl import CARRIED, get, mark, objects, parsed, rows, spans_of, write_rows
from nianbao.train.formats.marks import ALL_LAYERS, Layer, Mark, Offsets, Reading, Unheld, Unit, marks_of
from nianbao.train.formats.tasks import Task

# a response belongs to a user; of our annotators Argilla knows none
_NOBODY = "00000000-0000-0000-0000-000000000000"


class Argilla:
    """Predictions are suggestions, what readers annotated are responses. The editor counts UTF-16 units."""

    suffix = ".json"
    layers = default = ALL_LAYERS
    carries, attributes, whole = True, False, False
    unit = Unit.UTF16

    def write(self, tasks: Sequence[Task], out: Path, layers: frozenset[Layer], unit: Unit) -> Sequence[Unheld]:
        """Writes a record for each task."""
        write_rows(out, (_record(task, layers, unit) for task in tasks))
        return ()

    def read(self, path: Path, unit: Unit) -> Iterator[Reading]:
        """Reads records: the first response to each question, or else the suggestion."""
        for where, item in rows(path):
            text = get(get(item, "fields", dict, where), "text", str, where)
            responses, suggestions = (get(item, key, dict, where, {}) for key in ("responses", "suggestions"))
            answered = any(responses.get(layer) for layer in Layer)
            marks: list[Mark] = []
            for layer in Layer:
                given = objects(responses, layer, where)[:1] or ([suggestions[layer]] if layer in suggestions else [])
                marks += [m for answer in given for m in _marks(answer, Offsets(text, unit), where)]
            yield Reading(text, marks, _carried(get(item, "metadata", dict, where, {}), where), answered, where)


def _record(task: Task, layers: frozenset[Layer], unit: Unit) -> dict[str, Any]:
    annotation, offsets = task.annotation, Offsets(task.annotation.text, unit)
    answers: dict[str, Any] = {}
    for layer in sorted(layers):
        marks = marks_of(annotation, [layer])
        value = spans_of(marks, offsets)
        if annotation.reviewed:
            answers[layer] = [{"value": value, "user_id": _NOBODY}]
        else:
            scores = [m.confidence for m in marks]
            score = None if None in scores or not scores else scores
            answers[layer] = {"value": value, "score": score, "agent": "nianbao"}
    # metadata values are plain: what travels along does so as text
    metadata = {"name": task.name, CARRIED: json.dumps(task.carried(layers), ensure_ascii=False)}
    return {
        "id": task.id, "fields": {"text": annotation.text}, "metadata": metadata,
        "suggestions": {} if annotation.reviewed else answers, "responses": answers if annotation.reviewed else {},
        "vectors": {},
    }  # fmt: skip


def _marks(answer: Mapping[str, Any], offsets: Offsets, where: str) -> Iterator[Mark]:
    spans = objects(answer, "value", where)
    scores = answer.get("score")
    for number, span in enumerate(spans):
        score = scores[number] if isinstance(scores, list) and len(scores) == len(spans) else None
        yield mark({**span, "score": score}, offsets, where)


def _carried(metadata: Mapping[str, Any], where: str) -> Any:
    if CARRIED not in metadata:
        return None
    return parsed(get(metadata, CARRIED, str, where).encode(), f"{where}: metadata {CARRIED}")
