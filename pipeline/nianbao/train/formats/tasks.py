"""Annotations cut into the tasks of a tool and joined again, and an account of what a tool can and cannot hold.

A tool shows some layers of a task as labelled marks over its text. The rest rides along where the format has room for
data of others (`carried`), comes back untouched, and is lost where there is none. What becomes of every span and value
is counted in a `Ledger`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nianbao import numerals
from nianbao.train.annotation import Annotation, Entity, Fact, Paragraph, Span
from nianbao.train.formats.marks import (
    Fate,
    FormatError,
    Layer,
    Ledger,
    Mark,
    Reading,
    Unheld,
    Unit,
    first_fault,
    lines_of,
)


class Carried(BaseModel):
    """What travels with a task: its place in its report, the layers that the tool shows, and all annotation."""

    model_config = ConfigDict(extra="forbid")

    name: str
    part: int = Field(default=0, ge=0)
    parts: int = Field(default=1, ge=1)
    chars: int
    shown: list[Layer]
    annotation: dict[str, Any] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Task:
    """A part of an annotation: whole lines, spans relative to them. Part 0 has what is annotated on the document."""

    name: str
    part: int
    parts: int
    annotation: Annotation

    @property
    def id(self) -> str:
        """A name of its own."""
        return f"{self.name}#{self.part + 1}"

    def carried(self, layers: Iterable[Layer]) -> dict[str, Any]:
        """All but the text, as plain data, for a format with room for it; and which layers the tool shows."""
        data = self.annotation.model_dump(mode="json", exclude={"text", "name"}, exclude_defaults=True)
        carried = Carried(
            name=self.name, part=self.part, parts=self.parts, chars=len(self.annotation.text), shown=sorted(layers),
            annotation=data,
        )  # fmt: skip
        return carried.model_dump(mode="json")


class Format(Protocol):
    """A file format of annotated samples."""

    suffix: str
    layers: frozenset[Layer]  # those that it can show
    default: frozenset[Layer]  # those that it shows if nothing else is asked for
    carries: bool
    unit: Unit
    attributes: bool  # whether it shows normal forms, secondary labels, levels and the scope of facts
    whole: bool  # whether it keeps reports whole

    def write(self, tasks: Sequence[Task], out: Path, layers: frozenset[Layer], unit: Unit) -> Sequence[Unheld]:
        """Writes tasks to a file, and tells which of the spans it shows are not held as they are."""

    def read(self, path: Path, unit: Unit) -> Iterator[Reading]:
        """Reads them back, as they are or corrected."""


def cut(annotation: Annotation, chars: int | None) -> list[Task]:
    """Cuts an annotation at line ends into tasks of at most so many characters, where its lines and spans allow that.

    Args:
      annotation: of one report.
      chars: the budget of a task in code points; None keeps the report whole.
    """
    edges = [0, *_cuts(annotation, chars), len(annotation.text)] if annotation.text else [0, 0]
    parts = list(pairwise(edges))
    return [
        Task(annotation.name, number, len(parts), _part(annotation, start, end, whole=number == 0))
        for number, (start, end) in enumerate(parts)
    ]


def _cuts(annotation: Annotation, chars: int | None) -> Iterator[int]:
    if chars is None:
        return
    inside = bytearray(len(annotation.text) + 1)
    for layer in Layer:
        for span in getattr(annotation, layer):
            inside[span.start + 1 : span.end] = b"\1" * (span.end - span.start - 1)
    ends = accumulate(map(len, lines_of(annotation.text)))
    last = before = 0
    for end in (end for end in ends if not inside[end]):
        if end - last > chars and before > last:
            yield before
            last = before
        before = end


def _part(annotation: Annotation, start: int, end: int, *, whole: bool) -> Annotation:
    """What stands between two offsets; `whole` with what is annotated on the document."""
    spans = {
        layer.value: [s.moved(-start) for s in getattr(annotation, layer) if start <= s.start < end] for layer in Layer
    }
    frame = annotation if whole else Annotation(name=annotation.name, text="", reviewed=annotation.reviewed)
    return frame.model_copy(update={"text": annotation.text[start:end], **spans})


def count_fates(format: Format, task: Task, layers: frozenset[Layer], ledger: Ledger) -> None:
    """Counts what becomes of a task's spans and values in a format that shows these layers."""
    rest = Fate.CARRIED if format.carries else Fate.LOST
    for layer in Layer:
        spans: Sequence[Any] = getattr(task.annotation, layer)
        shown = layer in layers
        ledger.add(layer, Fate.SHOWN if shown else rest, len(spans))
        fate = Fate.SHOWN if shown and format.attributes else rest
        if layer is Layer.PARAGRAPHS:
            ledger.add("secondary", fate, sum(len(p.secondary) for p in spans))
            ledger.add("levels", fate, sum(p.level is not None for p in spans))
        elif layer is Layer.ENTITIES:
            ledger.add("normal forms", fate, sum(e.value is not None for e in spans))
        ledger.add("confidences", fate, sum(s.confidence is not None for s in spans))
    annotation = task.annotation
    ledger.add("fields", rest, len(annotation.fields.model_dump(exclude_defaults=True)))
    ledger.add("indicators", rest, len(annotation.indicators))
    ledger.add("cells", rest, sum(len(row) for table in annotation.tables for row in table.cells.values()))
    ledger.add("items", rest, len(annotation.problems) + len(annotation.measures))
    ledger.add("checks", rest, len(annotation.checks_fail))


def restored(reading: Reading, ledger: Ledger) -> tuple[Task, bool]:
    """A task from what came back: marks as they are now, all else as it was carried.

    A span that is as it was keeps what the tool did not show of it; of a new one only place and label are known.

    Raises:
      FormatError: what was carried is damaged, or the text was changed.
    """
    for mark in reading.marks:
        if mark.layer is None:
            ledger.lose("unknown labels", f"{reading.where}: no label of ours: {mark.label!r} at {mark.start}")
    try:
        carried = Carried.model_validate(reading.carried) if reading.carried is not None else None
        before, shown = _before(reading, carried)
        layers = {layer.value: _spans(layer, reading, before, ledger) for layer in shown}
        after = Annotation.model_validate({**before.model_dump(by_alias=True), **layers})
    except ValidationError as why:
        raise FormatError(f"{reading.where}: {first_fault(why)}") from why
    return (Task(after.name, carried.part, carried.parts, after), True) if carried else (Task("", 0, 1, after), False)


def _before(reading: Reading, carried: Carried | None) -> tuple[Annotation, frozenset[Layer]]:
    """The annotation that was exported, and the layers that the tool has shown of it."""
    if carried is None:
        shown = frozenset(mark.layer for mark in reading.marks if mark.layer)
        return Annotation(text=reading.text, reviewed=reading.reviewed is not False), shown
    if carried.chars != len(reading.text):
        raise FormatError(
            f"{reading.where}: the text has {len(reading.text)} characters, when it was exported it had "
            f"{carried.chars}; marks can be changed, the text cannot: export the report anew"
        )
    told = {} if reading.reviewed is None else {"reviewed": reading.reviewed}
    data = {**carried.annotation, **told, "text": reading.text, "name": carried.name}
    return Annotation.model_validate(data), frozenset(carried.shown)


def _spans(layer: Layer, reading: Reading, before: Annotation, ledger: Ledger) -> list[Span]:
    """The spans of one layer, from its marks."""
    known = {(s.start, s.end, label): s for s in getattr(before, layer) for label in _labels(s)}
    spans: list[Any] = []
    end = 0
    for mark in sorted((m for m in reading.marks if m.layer is layer), key=lambda m: (m.start, m.end)):
        if layer is not Layer.FACTS and mark.start < end:
            ledger.lose(layer, f"{reading.where}: {mark.label} at {mark.start} overlaps the one before: left out")
            continue
        end = mark.end
        old = known.get((mark.start, mark.end, mark.label))
        attributes = mark.attributes if mark.attributes is not None else _attributes(old, mark, reading.text)
        confidence = None if before.reviewed else mark.confidence if old is None else old.confidence
        span = {**attributes, "start": mark.start, "end": mark.end, "confidence": confidence}
        if layer is Layer.FACTS:
            spans = _with_fact(spans, Fact.model_validate({**span, "indicators": [mark.label]}))
        else:
            made = Paragraph if layer is Layer.PARAGRAPHS else Entity
            spans.append(made.model_validate({**span, "label": mark.label}))
    ledger.add(layer, Fate.SHOWN, len(spans))
    return spans


def _labels(span: Any) -> Sequence[str]:
    return span.indicators if isinstance(span, Fact) else (span.label,)


def _attributes(old: Span | None, mark: Mark, text: str) -> dict[str, Any]:
    """What the tool does not show of a span: as it was, or for a new fact the number in its words."""
    if old is not None:
        return old.model_dump(exclude={"start", "end", "label", "indicators", "confidence"})
    return {"value": numerals.leading(text[mark.start : mark.end]) or 0} if mark.layer is Layer.FACTS else {}


def _with_fact(facts: list[Fact], new: Fact) -> list[Fact]:
    """The facts and one more; one that says the same of another indicator joins it."""
    for i, fact in enumerate(facts):
        if fact.model_dump(exclude={"indicators"}) == new.model_dump(exclude={"indicators"}):
            merged = fact.model_copy(update={"indicators": [*dict.fromkeys([*fact.indicators, *new.indicators])]})
            return [*facts[:i], merged, *facts[i + 1 :]]
    return [*facts, new]


def join(tasks: Iterable[tuple[Task, bool]], ledger: Ledger) -> Iterator[Annotation]:
    """Whole reports from their parts, in the order in which they first come.

    A report of which a part is missing is left out, one of which a part is unreviewed counts as unreviewed; both are
    noted.

    Args:
      tasks: each with whether it knows its place in a report; one that does not is a report of its own.
      ledger: where the notes go.
    """
    reports: dict[str, dict[int, Task]] = {}
    for number, (task, placed) in enumerate(tasks, 1):
        name = task.name if placed else task.name or f"report-{number}"
        parts = reports.setdefault(name, {})
        if task.part in parts:
            ledger.lose("tasks", f"{name}: part {task.part + 1} comes twice: the first is taken")
        else:
            parts[task.part] = task
    for name, parts in reports.items():
        wanted = next(iter(parts.values())).parts
        if len(parts) != wanted or max(parts) >= wanted:
            for _ in parts:
                ledger.add("tasks", Fate.LOST)
            ledger.notes.append(f"{name}: {len(parts)} of {wanted} parts: left out; import all files of it together")
            continue
        yield _joined(name, [parts[i] for i in range(wanted)], ledger)


def _joined(name: str, tasks: Sequence[Task], ledger: Ledger) -> Annotation:
    starts = [0, *accumulate(len(task.annotation.text) for task in tasks)]
    spans = {
        layer.value: [
            span.moved(start)
            for start, task in zip(starts, tasks, strict=False)
            for span in getattr(task.annotation, layer)
        ]
        for layer in Layer
    }
    reviewed = [task.annotation.reviewed for task in tasks]
    if not all(reviewed):
        ledger.notes.append(f"{name}: {sum(reviewed)} of {len(tasks)} tasks are reviewed: not for training yet")
    text = "".join(task.annotation.text for task in tasks)
    return tasks[0].annotation.model_copy(update={"name": name, "text": text, "reviewed": all(reviewed), **spans})
