"""JSON of tools that are not ours: read with care, for a key may be missing or of another kind."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from nianbao.train.formats.marks import FormatError, Mark, Offsets, layer_of
from nianbao.train.formats.own import json_lines

CARRIED = "nianbao"  # the key below which what the tool does not show travels along
_Kind = TypeVar("_Kind")


def rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a JSON Lines file, or of one JSON array, each with its place.

    Raises:
      FormatError: the file cannot be read, or holds something else.
    """
    found: Iterable[tuple[str, Any]]
    if path.suffix == ".json":
        found = ((f"{path}[{number}]", item) for number, item in enumerate(_array(path)))
    else:
        found = ((where, parsed(line, where)) for where, line in json_lines(path))
    for where, item in found:
        if not isinstance(item, dict):
            raise FormatError(f"{where}: an object is due, not {type(item).__name__}")
        yield where, item


def write_rows(out: Path, items: Iterable[Mapping[str, Any]]) -> None:
    """Writes objects as JSON Lines, or as one array where the name ends in .json."""
    with out.open("w", encoding="utf-8", newline="\n") as file:
        if out.suffix == ".json":
            json.dump(list(items), file, ensure_ascii=False, indent=1)
        else:
            file.writelines(json.dumps(item, ensure_ascii=False) + "\n" for item in items)


def get(item: Mapping[str, Any], key: str, kind: type[_Kind], where: str, default: _Kind | None = None) -> _Kind:
    """The value of a key.

    Raises:
      FormatError: it is of another kind, or missing and there is no default.
    """
    value = item.get(key, default)
    if value is None and default is not None:
        return default
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise FormatError(f"{where}: {key}: {kind.__name__} is due, not {type(value).__name__}")
    return value


def objects(item: Mapping[str, Any], key: str, where: str) -> list[dict[str, Any]]:
    """The list of objects below a key; a key that is not there is an empty list."""
    values = get(item, key, list, where, [])
    for value in values:
        if not isinstance(value, dict):
            raise FormatError(f"{where}: {key}: objects are due, not {type(value).__name__}")
    return values


def mark(span: Mapping[str, Any], offsets: Offsets, where: str, attributes: Mapping[str, Any] | None = None) -> Mark:
    """A mark from an object with `start`, `end`, `label` and perhaps `score`."""
    start, end = (offsets.back(get(span, key, int, where)) for key in ("start", "end"))
    label, score = get(span, "label", str, where), span.get("score")
    confidence = float(score) if isinstance(score, int | float) else None
    return Mark(layer_of(label), start, end, label, confidence, attributes)


def spans_of(marks: Iterable[Mark], offsets: Offsets) -> list[dict[str, Any]]:
    """Marks as objects with `start`, `end` and `label`."""
    return [{"start": offsets.out(m.start), "end": offsets.out(m.end), "label": m.label} for m in marks]


def _array(path: Path) -> list[Any]:
    try:
        data = path.read_bytes()
    except OSError as why:
        raise FormatError(f"{path}: {why.strerror}") from why
    found = parsed(data, str(path))
    if not isinstance(found, list):
        raise FormatError(f"{path}: an array is due, not {type(found).__name__}")
    return found


def parsed(data: bytes, where: str) -> Any:
    """JSON as data.

    Raises:
      FormatError: it is none.
    """
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as why:
        raise FormatError(f"{where}: no JSON: {why}") from why
