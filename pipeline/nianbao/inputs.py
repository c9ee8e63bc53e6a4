"""Paths on a command line to the files they mean."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path


def find(paths: Iterable[str]) -> Iterator[str]:
    """The files that the paths name, in order: a file as it is given, a folder's files sorted by path.

    Hidden files and folders below a folder are skipped, so are devices, sockets and pipes (they would block). What is
    not there or cannot be read is yielded all the same: it is for the reader of the file to say so.
    """
    for path in paths:
        if os.path.isdir(path):  # noqa: PTH112 - unlike Path.is_dir, it does not raise for a path out of reach
            yield from map(str, sorted(_below(path)))
        else:
            yield path


def _below(folder: str) -> Iterator[Path]:
    refused: list[Path] = []
    for root, folders, names in os.walk(folder, onerror=lambda error: refused.append(Path(error.filename))):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files = (Path(root, name) for name in names if not name.startswith("."))
        yield from (file for file in files if _readable_kind(file))
    yield from refused


def _readable_kind(path: Path) -> bool:
    """Whether a path is a regular file, or nothing at all (a dangling link): anything but a special file."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return True
