"""The project's own JSON Lines: an `Annotation` a line, every layer of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from nianbao.train.annotation import Annotation
from nianbao.train.formats.marks import ALL_LAYERS, FormatError, Layer, Reading, Unheld, Unit, first_fault
from nianbao.train.formats.tasks import Task


class Own:
    """Holds everything; reports stay whole."""

    suffix = ".jsonl"
    layers = default = ALL_LAYERS
    carries, attributes, whole = True, True, True
    unit = Unit.CODE_POINTS

    def write(self, tasks: Sequence[Task], out: Path, layers: frozenset[Layer], unit: Unit) -> Sequence[Unheld]:  # noqa: ARG002
        """Writes a line for each report."""
        with out.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(task.annotation.model_dump_json() + "\n" for task in tasks)
        return ()

    def read(self, path: Path, unit: Unit) -> Iterator[Reading]:  # noqa: ARG002
        """Reads them back."""
        for number, annotation in enumerate(read_annotations(path), 1):
            task = Task(annotation.name, 0, 1, annotation)
            yield Reading(annotation.text, (), task.carried(()), where=f"{path}:{number}")


def read_annotations(path: Path) -> Iterator[Annotation]:
    """The annotations of a file, in order.

    Raises:
      FormatError: the file cannot be read, or a line is no annotation.
    """
    for where, line in json_lines(path):
        try:
            yield Annotation.model_validate_json(line)
        except ValidationError as why:
            raise FormatError(f"{where}: {first_fault(why)}") from why


def json_lines(path: Path) -> Iterator[tuple[str, bytes]]:
    """The lines of a JSON Lines file that are not blank, each with its place.

    Raises:
      FormatError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield f"{path}:{number}", line
    except OSError as why:
        raise FormatError(f"{path}: {why.strerror}") from why
