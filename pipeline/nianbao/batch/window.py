"""Inputs in, records out in the same order, whoever makes them: what all pools of workers have in common."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar

from nianbao.batch.work import Made, Task, refused
from nianbao.ingest import Rejected

_WINDOW = 4096  # inputs between the first that is not done and the last that was taken up,
_WINDOW_BYTES = 128 * 1024 * 1024  # and what they and their records may weigh,
_WINDOW_WORKERS = 8  # for so many workers; more of them have more
_CHUNK_BYTES = 1024 * 1024  # what the inputs that a worker gets at a time may weigh, unless it is one
_DEATHS = 2  # a worker may die of the machine's trouble; an input that kills two is to blame

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Slot(Generic[T]):
    """An input on its way through a pool, and what the caller knows it by; `task` is None when it is done."""

    tag: T
    task: Task | None
    made: Made | None = None
    deaths: int = 0


class Window(ABC):
    """The inputs that workers are at, those that wait for one, and those whose records wait for their turn.

    Args:
      workers: how many there are.
      chunk: inputs that one of them gets at a time.
    """

    def __init__(self, workers: int, chunk: int) -> None:
        share = max(1.0, workers / _WINDOW_WORKERS)
        self._size, self._most_chunk = workers, chunk
        self._most, self._most_bytes = _WINDOW * share, _WINDOW_BYTES * share
        self._waiting: deque[Slot[Any]] = deque()
        self._held = 0  # bytes of inputs and records between `map`'s source and its caller

    def __enter__(self) -> Self:
        return self

    @abstractmethod
    def __exit__(self, *_: object) -> None:
        """Ends all workers."""

    @abstractmethod
    def _work(self) -> None:
        """Gives those that wait to idle workers, and waits until a worker has something to say."""

    def map(self, stream: Iterable[tuple[T, Task | Made | None]]) -> Iterator[tuple[T, Made | None]]:
        """The records of the tasks, in order.

        Args:
          stream: what the caller knows an input by, and the task; or, where there is nothing to do, what comes out in
            its place. It is read no further ahead than the workers need.

        Raises:
          WorkerError: no worker can be brought to work.
        """
        source = iter(stream)
        window: deque[Slot[T]] = deque()
        more = True
        while True:
            more = more and self._fill(source, window)
            while window and window[0].task is None:
                slot = window.popleft()
                self._held -= len(slot.made.line) if slot.made else 0
                yield slot.tag, slot.made
            if window:
                self._work()
            elif not more:
                return

    def _fill(self, source: Iterator[tuple[T, Task | Made | None]], window: deque[Slot[T]]) -> bool:
        """Takes up inputs until the workers have enough before them; whether there are more."""
        enough = 2 * self._most_chunk * self._size
        while len(self._waiting) < enough and len(window) < self._most and self._held < self._most_bytes:
            try:
                tag, work = next(source)
            except StopIteration:
                return False
            if isinstance(work, Task):
                window.append(Slot(tag, work))
                self._waiting.append(window[-1])
                self._held += len(work.content)
            else:
                window.append(Slot(tag, None, work))
                self._held += len(work.line) if work else 0
        return True

    def _chunk(self) -> list[Slot[Any]]:
        """The next inputs that wait, fewer when few are left."""
        most = min(self._most_chunk, math.ceil(len(self._waiting) / self._size))
        chunk = [self._waiting.popleft()]
        size = _length(chunk[0])
        while self._waiting and len(chunk) < most:
            size += _length(self._waiting[0])
            if size > _CHUNK_BYTES:
                break
            chunk.append(self._waiting.popleft())
        return chunk

    def _blame(self, slot: Slot[Any], end: str) -> bool:
        """Counts the death of a worker that was at an input; whether the input has failed by it."""
        slot.deaths += 1
        if slot.deaths == _DEATHS:
            self._refuse(slot, "worker_died", end)
        return slot.deaths == _DEATHS

    def _refuse(self, slot: Slot[Any], code: str, detail: str) -> None:
        if slot.task:
            self._finish(slot, refused(slot.task, Rejected(code, detail)))

    def _finish(self, slot: Slot[Any], made: Made) -> None:
        self._held += len(made.line) - _length(slot)
        slot.made, slot.task = made, None


def _length(slot: Slot[Any]) -> int:
    return len(slot.task.content) if slot.task else 0
