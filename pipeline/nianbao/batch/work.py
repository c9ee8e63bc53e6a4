"""One input to the line of its record: what a worker does, as plain functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from nianbao import engine
from nianbao.ingest import Rejected
from nianbao.record import Report

_MASK = "＊"
_SHORTEST_NAME = 2  # a single character is a word as often as a name
# a report that has every stage load what it needs
_WARM = """青石县水利局2016年政府信息公开工作年度报告
一、概述
2016年,我局主动公开政府信息214条,收到政府信息公开申请7件。联系电话:0772-3010203。
"""


@dataclass(frozen=True, slots=True)
class Options:
    """What shapes the records of a batch.

    `max_memory` is what one input may take, in megabytes beyond what a worker holds anyhow (on Linux).
    """

    limits: engine.Limits = field(default_factory=engine.Limits)
    max_memory: int = 1024
    with_text: bool = False
    drop_persons: bool = False


class Task(NamedTuple):
    """What a worker gets: the name of an input and what is in it."""

    uri: str
    content: str | bytes


class Made(NamedTuple):
    """What a worker gives back: the line of the record, and what the summary counts."""

    line: bytes
    status: str
    kind: str
    era: str | None
    warnings: tuple[str, ...]


Read = Callable[[Task, Options], Made]


def read_task(task: Task, options: Options) -> Made:
    """The record of one input."""
    with_text = options.with_text or options.drop_persons
    report = engine.extract(task.content, uri=task.uri, with_text=with_text, limits=options.limits)
    if options.drop_persons:
        report = without_persons(report)
    return made_of(report if options.with_text else report.model_copy(update={"text": None}))


def read_chunk(tasks: Iterable[Task], options: Options, read: Read = read_task) -> Iterator[Made]:
    """The records of some inputs, in order, each as soon as it is there."""
    for task in tasks:
        try:
            yield read(task, options)
        except MemoryError:
            yield refused(task, Rejected("limit_exceeded", f"over {options.max_memory} MB"))


def refused(task: Task, why: Rejected) -> Made:
    """The record of an input that could not be read to its end."""
    return made_of(engine.refuse(task.uri, why, sha256=engine.sha256_of(task.content)))


def made_of(report: Report) -> Made:
    """A record as the batch handles it: its line is the one that `nianbao extract` prints."""
    codes = tuple(sorted({warning.code for warning in report.warnings}))
    return Made(report.model_dump_json().encode() + b"\n", report.status, report.kind, report.era, codes)


def warm_up() -> None:
    """Loads catalogues and models, so that the first input does not pay for them.

    Raises:
      ArtefactError: a model is missing or damaged.
    """
    engine.extract(_WARM)


def without_persons(report: Report) -> Report:
    """The record without PERSON entities, and with their names masked wherever they stand; offsets stay.

    Args:
      report: a record with its text.
    """
    persons = [entity for entity in report.entities if entity.label == "PERSON"]
    if not persons or report.text is None:
        return report
    names = sorted({person.text for person in persons if len(person.text) >= _SHORTEST_NAME}, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, names)) or r"(?!)")
    text = _masked(
        report.text, [*((p.start, p.end) for p in persons), *(m.span() for m in pattern.finditer(report.text))]
    )
    fields = report.model_dump(exclude={"source", "text"})
    fields["entities"] = [entity for entity in fields["entities"] if entity["label"] != "PERSON"]
    fields = _purged(fields, pattern, text)
    return Report.model_validate({**fields, "source": report.source, "text": text})


def _purged(value: Any, pattern: re.Pattern[str], text: str) -> Any:
    """A part of a record with all names masked; what quotes the text quotes the masked one."""
    if isinstance(value, str):
        return pattern.sub(lambda name: _MASK * len(name[0]), value)
    if isinstance(value, list):
        return [_purged(part, pattern, text) for part in value]
    if isinstance(value, dict):
        purged = {key: _purged(part, pattern, text) for key, part in value.items()}
        return purged | ({"text": text[value["start"] : value["end"]]} if "text" in value else {})
    return value


def _masked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    characters = list(text)
    for start, end in spans:
        characters[start:end] = _MASK * (end - start)
    return "".join(characters)
