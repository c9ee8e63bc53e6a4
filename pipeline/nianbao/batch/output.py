"""What ends a batch, and files that are there as a whole or not at all. A bad input never ends one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ADVICE = "make room or mend the folder, then give the same command again: it goes on where it stopped"


class BatchError(Exception):
    """A batch that cannot go on; the message says what to do."""


class InputError(BatchError):
    """A manifest or data set that cannot be one, or an option that cannot be; the message names what it lacks."""


class OutputError(BatchError):
    """The output folder cannot be written, or belongs to another run at this moment."""


class WorkerError(BatchError):
    """No process can be brought to read anything, for instance because the models are damaged."""


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Tells what is wrong with a place that cannot be written, and what to do.

    Raises:
      OutputError: in place of an OSError.
    """
    try:
        yield
    except OSError as why:
        raise OutputError(f"{why.filename or place}: {why.strerror or why}; {ADVICE}") from why


def replace(path: Path, text: str) -> None:
    """Writes a file under another name, and gives it its own when it is whole.

    Raises:
      OutputError: the folder cannot be written.
    """
    draft = path.with_name(path.name + ".new")
    with writing(path):
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
