"""Records to look at: read from files of records, or made from reports on the spot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from nianbao import engine, inputs
from nianbao.record import Report


class RecordError(ValueError):
    """A line that is no record; the message names file and line."""


def find(paths: Iterable[str]) -> Iterator[str]:
    """The files that the paths name; of a folder that a batch has written, its records alone."""
    return inputs.find(_records_folder(path) for path in paths)


def read_records(paths: Iterable[str]) -> Iterator[Report]:
    """The records that the paths name, with their texts wherever these can be had.

    Args:
      paths: reports, `.jsonl` files of records, and folders of either.

    Raises:
      RecordError: a `.jsonl` file holds a line that is no record.
    """
    for path in find(paths):
        if path.endswith(".jsonl"):
            yield from map(_with_text, _lines(path))
        else:
            yield engine.extract_file(path, with_text=True)


def _records_folder(path: str) -> str:
    records = Path(path, "records")
    return str(records) if records.is_dir() and any(records.glob("*.jsonl")) else path


def _lines(path: str) -> Iterator[Report]:
    try:
        with Path(path).open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield _record(line, f"{path}:{number}")
    except OSError as why:
        raise RecordError(f"{path}: {why.strerror}") from why


def _record(line: bytes, place: str) -> Report:
    try:
        return Report.model_validate_json(line)
    except ValidationError as why:
        fault = why.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, fault["loc"]))
        raise RecordError(f"{place}: no record of nianbao: {where + ': ' if where else ''}{fault['msg']}") from why


def _with_text(report: Report) -> Report:
    """The record with its text, if it was written without and its input is still there unchanged."""
    if report.text is not None or report.source.text_sha256 is None or report.source.uri is None:
        return report
    again = engine.extract_file(report.source.uri, with_text=True)
    same = again.source.text_sha256 == report.source.text_sha256
    return report.model_copy(update={"text": again.text}) if same else report
