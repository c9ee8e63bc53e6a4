"""One input to the line of its record: what a worker does, as plain functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from nianbao import engine
from nianbao.ingest import Rejected
from nianbao.record import Fields, dumps

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
    fields = engine.read(task.content, uri=task.uri, with_text=with_text, limits=options.limits)
    if options.drop_persons:
        fields = without_persons(fields)
    if not options.with_text:
        fields.pop("text", None)
    return made_of(fields)


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


def made_of(fields: Fields) -> Made:
    """A record as the batch handles it: its line is the one that `nianbao extract` prints."""
    codes = tuple(sorted({warning["code"] for warning in fields["warnings"]}))
    return Made(dumps(fields) + b"\n", fields["status"], fields["kind"], fields.get("era"), codes)


def warm_up() -> None:
    """Loads catalogues and models, so that the first input does not pay for them.

    Raises:
      ArtefactError: a model is missing or damaged.
    """
    engine.read(_WARM)


def without_persons(fields: Fields) -> Fields:
    """The record without PERSON entities, and with their names masked wherever they stand; offsets stay.

    Args:
      fields: a record with its text, if it has one.
    """
    text = fields.get("text")
    persons = [entity for entity in fields.get("entities", ()) if entity["label"] == "PERSON"]
    if not persons or text is None:
        return fields
    names = sorted({person["text"] for person in persons}, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, (n for n in names if len(n) >= _SHORTEST_NAME))) or r"(?!)")
    text = _masked(text, [*((p["start"], p["end"]) for p in persons), *(m.span() for m in pattern.finditer(text))])
    known = {key: fields[key] for key in ("producer", "source")}
    kept = {key: value for key, value in fields.items() if key not in (*known, "text")}
    kept["entities"] = [entity for entity in kept["entities"] if entity["label"] != "PERSON"]
    purged: Fields = _purged(kept, pattern, text)
    return known | {"text": text} | purged


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
