"""doccano: JSON Lines of sequence labelling (spans) and of text classification (sections, a line for each)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from nianbao.train.formats.jsonl import CARRIED, get, mark, objects, rows, write_rows
from nianbao.train.formats.marks import (
    ALL_LAYERS,
    FormatError,
    Layer,
    Mark,
    Offsets,
    Reading,
    Unheld,
    Unit,
    layer_of,
    marks_of,
)
from nianbao.train.formats.tasks import Task


class Doccano:
    """Sequence labelling. The editor counts UTF-16 units, unless the project counts grapheme clusters."""

    suffix = ".jsonl"
    layers, default = ALL_LAYERS, frozenset({Layer.ENTITIES})
    carries, attributes, whole = True, False, False
    unit = Unit.UTF16

    def write(self, tasks: Sequence[Task], out: Path, layers: frozenset[Layer], unit: Unit) -> Sequence[Unheld]:
        """Writes a line for each task."""

        def row(task: Task) -> dict[str, Any]:
            offsets = Offsets(task.annotation.text, unit)
            marks = marks_of(task.annotation, layers)
            label = [[offsets.out(m.start), offsets.out(m.end), m.label] for m in marks]
            return {"text": task.annotation.text, "label": label, CARRIED: task.carried(layers)}

        write_rows(out, map(row, tasks))
        return ()

    def read(self, path: Path, unit: Unit) -> Iterator[Reading]:
        """Reads an export; spans stand below `label`, or below `entities` in a project with relations."""
        for where, item in rows(path):
            text = get(item, "text", str, where)
            offsets = Offsets(text, unit)
            marks = [mark(span, offsets, where) for span in _spans(item, where)]
            yield Reading(text, marks, item.get(CARRIED), reviewed=True, where=where)


def _spans(item: dict[str, Any], where: str) -> Iterator[dict[str, Any]]:
    for span in get(item, "label", list, where, []):
        if not isinstance(span, list) or len(span) != 3:
            raise FormatError(f"{where}: label: [start, end, label] is due")
        yield dict(zip(("start", "end", "label"), span, strict=True))
    for span in objects(item, "entities", where):
        yield {"start": span.get("start_offset"), "end": span.get("end_offset"), "label": span.get("label")}


class DoccanoSections:
    """Text classification: every section is a text of its own, its labels the first and the secondary ones."""

    suffix = ".jsonl"
    layers = default = frozenset({Layer.PARAGRAPHS})
    carries, attributes, whole = True, False, True
    unit = Unit.CODE_POINTS  # no offsets are shown

    def write(self, tasks: Sequence[Task], out: Path, layers: frozenset[Layer], unit: Unit) -> Sequence[Unheld]:  # noqa: ARG002
        """Writes a line for each section; what stands between two of them travels with the later one."""
        write_rows(out, (row for task in tasks for row in _sections(task, layers)))
        return ()

    def read(self, path: Path, unit: Unit) -> Iterator[Reading]:  # noqa: ARG002
        """Reads an export, its lines in any order, and puts the sections together again."""
        reports: dict[str, list[tuple[str, dict[str, Any], dict[str, Any]]]] = defaultdict(list)
        for where, item in rows(path):
            carried = get(item, CARRIED, dict, where, {})
            reports[str(carried.get("name", where))].append((where, item, carried))
        for name, parts in reports.items():
            yield _reading(f"{path}: {name}", sorted(parts, key=lambda part: get(part[2], "number", int, part[0], 0)))


def _sections(task: Task, layers: frozenset[Layer]) -> Iterator[dict[str, Any]]:
    text, paragraphs = task.annotation.text, task.annotation.paragraphs
    end = 0
    for number, paragraph in enumerate(paragraphs):
        carried: dict[str, Any] = {"name": task.name, "number": number, "before": text[end : paragraph.start]}
        end = paragraph.end
        if number == 0:
            carried["report"] = task.carried(layers)
            carried["sections"] = len(paragraphs)
        if number == len(paragraphs) - 1:
            carried["after"] = text[end:]
        shown = {"text": text[paragraph.start : end], "label": [paragraph.label, *paragraph.secondary]}
        yield {**shown, CARRIED: carried}


def _reading(where: str, parts: Sequence[tuple[str, dict[str, Any], dict[str, Any]]]) -> Reading:
    head = parts[0][2]
    wanted = get(head, "sections", int, where, len(parts))
    if len(parts) != wanted:
        raise FormatError(f"{where}: {len(parts)} of {wanted} sections: export all texts of the project")
    carried = head.get("report")
    known = [{}] * len(parts) if carried is None else _known(get(head, "report", dict, where), where)
    if len(known) != len(parts):
        raise FormatError(f"{where}: {len(parts)} sections, {len(known)} were exported")
    text, marks = "", list[Mark]()
    for (place, item, extra), before in zip(parts, known, strict=True):
        text += get(extra, "before", str, place, "")
        words, labels = get(item, "text", str, place), [str(x) for x in get(item, "label", list, place)]
        if labels:
            known_first = get(before, "label", str, where, "")
            first = known_first if known_first in labels else labels[0]
            rest = get(before, "secondary", list, where, [])
            # the tool keeps labels in no order: those that were there before come as they came before
            rest = [x for x in rest if x in labels] + [x for x in labels if x != first and x not in rest]
            attributes = {"secondary": rest, "level": before.get("level")}
            marks.append(Mark(layer_of(first), len(text), len(text) + len(words), first, None, attributes))
        text += words + get(extra, "after", str, place, "" if head.get("sections") else "\n")
    return Reading(text, marks, carried, reviewed=True, where=where)


def _known(carried: dict[str, Any], where: str) -> list[dict[str, Any]]:
    """The sections as they were exported."""
    return objects(get(carried, "annotation", dict, where), "paragraphs", where)
