"""How far a batch has come: a bar on a terminal, a line every few seconds elsewhere; always on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TextIO

_LINE_SECONDS = 10.0


class Progress:
    """Counts records and shows it. A context manager.

    Args:
      stream: where to.
      total: how many records there will be, or None as long as nobody knows; asked anew each time.
    """

    def __init__(self, total: Callable[[], int | None], stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._total = total
        self.done = self.kept = self.failed = 0
        self._began = self._shown = time.monotonic()
        self._bar: Any = None

    def __enter__(self) -> Progress:
        if self._stream.isatty():
            self._bar = _bar(self._stream)
            self._bar.start()
            self._task = self._bar.add_task("", total=None, said="")
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._show()
            self._bar.stop()

    def count(self, *, kept: bool, failed: bool) -> None:
        """One more record: kept from an earlier run or made in this one, failed or not."""
        self.done += 1
        self.kept += kept
        self.failed += failed
        if time.monotonic() - self._shown > (0.2 if self._bar else _LINE_SECONDS):
            self._shown = time.monotonic()
            self._show()

    def say(self, message: str) -> None:
        """A line of its own."""
        (self._bar.console.print if self._bar else self._print)(message)

    def _show(self) -> None:
        if self._bar:
            self._bar.update(self._task, completed=self.done, total=self._total(), said=self._said())
        else:
            self._print(f"nianbao: {self.done:,} of {self._of()} records, {self._said()}")

    def _said(self) -> str:
        rate = (self.done - self.kept) / max(time.monotonic() - self._began, 1e-9)
        kept = f", {self.kept:,} kept" if self.kept else ""
        return f"{rate:.0f} a second, {self.failed:,} failed{kept}"

    def _of(self) -> str:
        total = self._total()
        if total is None:
            return "?"
        rate = self.done / max(time.monotonic() - self._began, 1e-9)
        left = (total - self.done) / max(rate, 1e-9)
        return f"{total:,} ({left / 60:.0f} min left)"

    def _print(self, message: str) -> None:
        print(message, file=self._stream, flush=True)


def _bar(stream: TextIO) -> AbstractContextManager[Any]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[said]}"), TimeRemainingColumn())
    return Bar(*columns, console=Console(file=stream, markup=False))
