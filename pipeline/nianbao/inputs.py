"""Paths on a command line to the files they mean."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path


def find(paths: Iterable[str], without: Path | None = None) -> Iterator[str]:
    """The files that the paths name, in order: a file as it is given, a folder's files sorted by path.

    Hidden files and folders below a folder are skipped, so are devices, sockets and pipes (they would block). What is
    not there or cannot be read is yielded all the same: it is for the reader of the file to say so. No more than the
    names of the folders on the way are held in memory.

    Args:
      without: a folder whose files are no inputs, wherever it lies.
    """
    shut = os.path.realpath(without) if without else None
    for path in paths:
        if os.path.isdir(path):  # noqa: PTH112 - unlike Path.is_dir, it does not raise for a path out of reach
            yield from _below(str(Path(path)), shut)
        else:
            yield path


def uri_of(path: str | Path) -> str:
    """A path as a record can name it: bytes of a name that are no UTF-8 become U+FFFD."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _below(top: str, shut: str | None) -> Iterator[str]:
    """The files below a folder, folder by folder: what sorting all paths by their parts would give."""
    ahead = [iter([(top, True)])]
    while ahead:
        path, is_folder = next(ahead[-1], (None, False))
        if path is None:
            ahead.pop()
        elif not is_folder:
            yield from [path] if _readable_kind(path) else []
        elif not shut or os.path.realpath(path) != shut:
            try:
                ahead.append(iter(_entries(path)))
            except OSError:
                yield path


def _entries(folder: str) -> list[tuple[str, bool]]:
    """Path and whether it is a folder, for all in a folder that is not hidden, by name."""
    with os.scandir(folder) as found:
        names = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in found)
    # a Path for each of a million files would take its time
    before = "" if folder == "." else os.path.join(folder, "")  # noqa: PTH118
    return [(before + name, is_folder) for name, is_folder in names if not name.startswith(".")]


def _readable_kind(path: str) -> bool:
    """Whether a path is a regular file, or nothing at all (a dangling link)."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116
    except OSError:
        return True
