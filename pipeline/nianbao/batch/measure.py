"""What a batch costs: `python -m nianbao.batch.measure reports/ --workers 1 2`.

The batch runs as it always does, once for each number of workers, into a folder that is thrown away. Beside it the
processes are watched: their time and their memory, as Linux tells them. Of the run's own process it is told how long
the journal and the tables kept it, for while it is at them it gives the workers nothing to do.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from nianbao.batch import sinks
from nianbao.batch.journal import Journal
from nianbao.batch.runner import FORMATS, Settings, run

_EVERY_SECONDS = 0.25  # between two looks at the processes: what a worker does after the last one is not counted
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1024**2
_JOURNAL = ("claim", "append", "commit", "finish")


@dataclass(slots=True)
class Cost:
    """What a batch took: seconds by the clock and of processors, megabytes of memory.

    `memory` has a row for each time it was noted: records done, memory of this process, of the largest worker.
    """

    workers: int
    records: int = 0
    seconds: float = 0.0
    parent: float = 0.0
    children: float = 0.0
    journal: float = 0.0
    tables: float = 0.0
    memory: list[tuple[int, float, float]] = field(default_factory=list)

    def describe(self) -> str:
        """The cost as lines for a reader."""
        most, used = max(self.records, 1), max(self.parent + self.children, 1e-9)
        journal, tables = 100 * self.journal / self.seconds, 100 * self.tables / self.seconds
        return f"""\
{self.workers} workers: {self.records:,} records in {self.seconds:.1f} s, {most / self.seconds:.1f} a second
  processors  {1000 * self.children / most:.2f} ms a record in the workers, their start included
              {1000 * self.parent / most:.2f} ms a record in the run itself, {100 * self.parent / used:.1f} % of both
  clock       journal {journal:.1f} %, tables {tables:.1f} %, both {journal + tables:.1f} %
  memory      {max(worker for _, _, worker in self.memory):.0f} MB at most in a worker
              {max(parent for _, parent, _ in self.memory):.0f} MB at most in the run itself"""


class _Watch(threading.Thread):
    """Looks at this process and its workers until it is told to stop."""

    def __init__(self, cost: Cost, every: int) -> None:
        super().__init__(daemon=True)
        self._cost, self._every, self._noted = cost, every, 0
        self._seconds: dict[int, float] = {}
        self._peaks = (0.0, 0.0)
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(_EVERY_SECONDS):
            self._look()

    def stop(self) -> None:
        self._over.set()
        self.join()
        self._note()
        self._cost.children = sum(self._seconds.values())

    def _look(self) -> None:
        workers = [0.0]
        for process in _descendants(os.getpid()):
            seconds, memory = _used(process)
            self._seconds[process] = max(seconds, self._seconds.get(process, 0.0))
            workers.append(memory)
        self._peaks = max(self._peaks[0], _used(os.getpid())[1]), max(self._peaks[1], *workers)
        if self._every and self._cost.records // self._every > self._noted:
            self._note()

    def _note(self) -> None:
        """Puts the peaks since the last note on record."""
        self._noted = self._cost.records // self._every if self._every else 0
        self._cost.memory.append((self._cost.records, *self._peaks))
        if self._every:
            parent, worker = self._peaks
            print(f"{self._cost.records:8,} records  {parent:6.0f} MB  {worker:6.0f} MB", flush=True)  # noqa: T201
        self._peaks = (0.0, 0.0)


def measure(inputs: list[str], workers: int, formats: tuple[str, ...] = ("jsonl",), every: int = 0) -> Cost:
    """Runs a batch and tells what it took.

    Args:
      inputs: as `run` takes them.
      workers: how many processes read.
      formats: what is written.
      every: after how many records the memory is noted and printed; 0 for the whole run alone.
    """
    cost = Cost(workers)
    watch = _Watch(cost, every)
    with TemporaryDirectory(prefix="nianbao-") as out, _timed(cost):
        start, used = time.perf_counter(), time.process_time()
        watch.start()
        run(inputs, Path(out), Settings(workers=workers, formats=formats))
        cost.seconds, cost.parent = time.perf_counter() - start, time.process_time() - used
        watch.stop()
    return cost


@contextmanager
def _timed(cost: Cost) -> Iterator[None]:
    """Has the journal and the tables tell how long they take."""
    nested = False  # a method of the journal may call another one

    def timed(name: str, whole: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            nonlocal nested
            outer, nested = nested, True
            start = time.perf_counter()
            try:
                return whole(*args, **options)
            finally:
                nested = outer
                if not outer:
                    setattr(cost, name, getattr(cost, name) + time.perf_counter() - start)
                cost.records += whole is _APPEND

        return call

    with ExitStack() as patches:
        for method in _JOURNAL:
            patches.enter_context(patch.object(Journal, method, timed("journal", getattr(Journal, method))))
        patches.enter_context(patch.object(sinks, "write_tables", timed("tables", sinks.write_tables)))
        yield


_APPEND = Journal.append


def _descendants(process: int) -> Iterator[int]:
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, _read(path).split()):
            yield child
            yield from _descendants(child)


def _used(process: int) -> tuple[float, float]:
    """Seconds of processors, and megabytes that are in memory; zeros of a process that is gone."""
    fields = _read(Path(f"/proc/{process}/stat")).rpartition(")")[2].split()
    return ((int(fields[11]) + int(fields[12])) / _TICKS, int(fields[21]) * _PAGE_MB) if fields else (0.0, 0.0)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m nianbao.batch.measure", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("inputs", nargs="+", metavar="INPUT", help="as for nianbao batch")
    parser.add_argument("--workers", nargs="+", type=int, default=[1, 2], metavar="N", help="one run for each")
    parser.add_argument("--format", default="jsonl,parquet", help=f"of {', '.join(FORMATS)}, with commas between")
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="how often")
    parser.add_argument("--every", type=int, default=0, metavar="N", help="print the memory after so many records")
    chosen = parser.parse_args()
    if sys.platform != "linux":
        parser.error("only Linux tells what other processes use")
    for workers in chosen.workers * chosen.repeat:
        cost = measure(chosen.inputs, workers, tuple(chosen.format.split(",")), chosen.every)
        print(cost.describe(), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
