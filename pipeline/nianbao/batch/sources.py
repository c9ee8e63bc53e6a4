"""Where the inputs of a batch come from: files, folders, archives, manifests and data sets, as one stream.

The order is that of the arguments and, within one, of its parts; it is the same in every run. Nothing is held but the
input at hand: the stream may be longer than memory.
"""

from __future__ import annotations

import csv
import glob
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from nianbao.batch import archives
from nianbao.batch.output import InputError
from nianbao.engine import Limits, read_file
from nianbao.ingest import Rejected
from nianbao.inputs import find, uri_of

TABLES = (".csv", ".jsonl", ".parquet")
# the columns of a manifest or data set: one of the first two says where the input is, all others are optional
CONTENT, NAMES, GIVEN = ("path", "text", "bytes"), ("uri", "url", "path", "id"), ("url", "date", "agency", "year")
_BATCH_ROWS = 64  # of a Parquet file that are in memory at a time

Row = Mapping[str, Any]
Source = str | os.PathLike[str] | Row


@dataclass(frozen=True, slots=True)
class Input:
    """One input: its name, what is in it or why nothing is, and what a manifest says of it beforehand."""

    uri: str
    content: str | bytes | Rejected
    given: Mapping[str, str] = field(default_factory=dict)


def stream(sources: Iterable[Source], limits: Limits, without: Path | None = None) -> Iterator[Input]:
    """All inputs of the sources, in order.

    Args:
      sources: paths of files, of folders (walked as `nianbao extract` does), of archives and tables, patterns; or rows,
        such as those of a `datasets.Dataset`, with the columns of a manifest.
      limits: how long an input may be.
      without: a folder whose files are no inputs.

    Raises:
      InputError: a table that names no input, or whose reader is not installed.
    """
    for number, source in enumerate(sources):
        if isinstance(source, Mapping):
            yield _of_row(source, Path(), f"row#{number}", limits)
        else:
            yield from _of_argument(os.fspath(source), limits, without)


def check(sources: Iterable[Source]) -> None:
    """Opens each table that is named, before hours are spent on what comes first.

    Raises:
      InputError: as `stream` does.
    """
    named = sources if isinstance(sources, Sequence) else ()  # rows that come one by one come only once
    for source in named:
        for path in [] if isinstance(source, Mapping) else _matching(os.fspath(source)):
            if _is_table(path):
                next(_rows(path), None)


def count(sources: Iterable[Source], without: Path | None = None) -> int | None:
    """How many inputs the sources hold, or None where that takes reading them."""
    total = 0
    for source in sources:
        paths = [""] if isinstance(source, Mapping) else find(_matching(os.fspath(source)), without)
        for path in paths:
            if archives.is_archive(path) or path.lower().endswith(TABLES):
                return None
            total += 1
    return total


def _of_argument(argument: str, limits: Limits, without: Path | None) -> Iterator[Input]:
    for path in _matching(argument):
        if _is_table(path):
            yield from _of_table(path, limits)
            continue
        for file in find([path], without):
            yield from _of_file(file, limits)


def _is_table(path: str) -> bool:
    return path.lower().endswith(TABLES) and os.path.isfile(path)  # noqa: PTH113 - never raises


def _matching(argument: str) -> list[str]:
    """The paths that an argument means: what it names, or else what matches it as a pattern."""
    if os.path.lexists(argument):
        return [argument]
    return sorted(glob.glob(argument, recursive=True)) or [argument]  # noqa: PTH207 - Path.glob knows no absolute ones


def _of_file(path: str, limits: Limits) -> Iterator[Input]:
    if archives.is_archive(path):
        yield from (Input(*member) for member in archives.members(path, uri_of(path), limits.most_bytes))
    else:
        yield Input(uri_of(path), _content(path, limits))


def _content(path: str | Path, limits: Limits) -> bytes | Rejected:
    try:
        return read_file(path, limits)
    except Rejected as why:
        return why


def _of_table(path: str, limits: Limits) -> Iterator[Input]:
    """The inputs that the rows of a manifest or data set name or hold."""
    for number, row in enumerate(_rows(path)):
        yield _of_row(row, Path(path).parent, f"{uri_of(path)}#{number}", limits)


def _of_row(row: Row, base: Path, default: str, limits: Limits) -> Input:
    known = {name: value for name, value in row.items() if value not in (None, "")}
    uri = uri_of(str(next((known[name] for name in NAMES if name in known), default)))
    given = {name: str(known[name]) for name in GIVEN if name in known}
    content = next((known[name] for name in ("text", "bytes", "path") if name in known), None)
    if not isinstance(content, str | bytes):
        return Input(uri, Rejected("bad_row", f"{default} has no {', no '.join(CONTENT)}"), given)
    if "text" in known or "bytes" in known:
        return Input(uri, content, given)
    return Input(uri, _content(base / os.fsdecode(content), limits), given)


def _rows(path: str) -> Iterator[Row]:
    read = {".csv": _csv_rows, ".jsonl": _jsonl_rows, ".parquet": _parquet_rows}[Path(path).suffix.lower()]
    try:
        yield from read(path)
    except InputError:
        raise
    except (OSError, ValueError, csv.Error) as why:
        raise InputError(f"{path}: {why}; mend the file or leave it out") from why


def _require(path: str, columns: Iterable[str]) -> None:
    names = list(columns)
    if not set(CONTENT) & set(names):
        raise InputError(f"{path}: a manifest needs a column {' or '.join(CONTENT)}, this one has {', '.join(names)}")


def _csv_rows(path: str) -> Iterator[Row]:
    csv.field_size_limit(2**31 - 1)  # a cell may hold a whole report
    with open(path, encoding=_encoding(path), newline="") as file:  # noqa: PTH123
        rows = csv.DictReader(file)
        _require(path, rows.fieldnames or ())
        yield from rows


def _encoding(path: str) -> str:
    """UTF-8, or GB18030 as Excel writes it on a Chinese machine."""
    with open(path, encoding="utf-8-sig") as file:  # noqa: PTH123
        try:
            any(islice(file, 1000))
        except UnicodeDecodeError:
            return "gb18030"
    return "utf-8-sig"


def _jsonl_rows(path: str) -> Iterator[Row]:
    with open(path, encoding="utf-8-sig") as file:  # noqa: PTH123
        for number, line in enumerate(file):
            try:
                row = json.loads(line)
            except ValueError:
                row = None
            if number == 0 and isinstance(row, dict):
                _require(path, row)
            if line.strip():
                yield row if isinstance(row, dict) else {}


def _parquet_rows(path: str) -> Iterator[Row]:
    try:
        import duckdb
    except ModuleNotFoundError as why:
        raise InputError(f"{path}: Parquet needs duckdb: pip install 'nianbao[batch]'") from why
    try:
        with closing(duckdb.connect(config={"threads": 1})) as db:
            table = db.read_parquet(path)
            _require(path, table.columns)
            wanted = [name for name in table.columns if name in {*CONTENT, *NAMES, *GIVEN}]
            rows = db.execute(f"SELECT {', '.join(wanted)} FROM read_parquet($path)", {"path": path})
            while batch := rows.fetchmany(_BATCH_ROWS):
                yield from (dict(zip(wanted, row, strict=True)) for row in batch)
    except duckdb.Error as why:
        raise InputError(f"{path}: {why}; mend the file or leave it out") from why
