"""Worker processes that outlive whatever an input does to them.

A worker sends each record as soon as it is made, so that one that is killed or dies leaves no doubt which input it was
at: that one is to blame, those behind it go to another worker. Records come out in the order of the inputs.
"""

from __future__ import annotations

import math
import os
import signal
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from multiprocessing import connection, get_all_start_methods, get_context, parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from nianbao.artefacts import ArtefactError
from nianbao.batch.output import WorkerError
from nianbao.batch.window import Slot, Window
from nianbao.batch.work import Made, Options, Read, read_chunk, read_task, warm_up

_CHUNK = 8  # inputs that a worker gets at a time
_FALSE_STARTS = 3  # so many workers in a row that die before they can read: none ever will
_START_SECONDS = 120.0
_WORN_TASKS = 10_000  # after so many, or when it has grown, a worker makes room for a fresh one
_WORN_SHARE = 0.25  # of the memory that one input may take
_MB = 1024 * 1024
_STATM = Path("/proc/self/statm")


class _Ready(NamedTuple):
    """A worker can begin."""


class _Retiring(NamedTuple):
    """A worker has done its part and goes."""


class _Broken(NamedTuple):
    """No worker will ever read anything."""

    why: str


@dataclass(slots=True, eq=False)
class _Worker:
    """A process, the pipe to it, and what it is at; `deadline` is when it has to be heard of."""

    process: Any
    pipe: Connection
    deadline: float
    ready: bool = False
    slots: deque[Slot[Any]] = field(default_factory=deque)


class Pool(Window):
    """Processes that read inputs. A context manager: none of them is left when it ends.

    Args:
      workers: how many processes; they start when there is something to do.
      options: what shapes the records.
      read: what makes the record of one input; a function that a fresh interpreter can import.
      grace: seconds over the limit of time after which the worker that is at it is killed.
    """

    def __init__(self, workers: int, options: Options, *, read: Read = read_task, grace: float = 2.0) -> None:
        super().__init__(workers, _CHUNK)
        method = "forkserver" if "forkserver" in get_all_start_methods() else "spawn"
        self._context: Any = get_context(method)
        if method == "forkserver":
            self._context.set_forkserver_preload([__name__, "nianbao.batch.warmed"])
        for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ.setdefault(name, "1")  # a process a core is enough; threads of each would only fight
        self._options, self._read = options, read
        self._patience = options.limits.timeout + grace
        self._workers: list[_Worker] = []
        self._false_starts = 0

    def __exit__(self, *_: object) -> None:
        for worker in [*self._workers]:
            self._end(worker)

    def _work(self) -> None:
        self._dispatch()
        self._listen()

    def _dispatch(self) -> None:
        """Gives each idle worker a part of what waits, and starts the workers that are missing for it."""
        for worker in [*self._workers]:
            if self._waiting and worker.ready and not worker.slots:
                self._send(worker, self._chunk())
        while len(self._workers) < self._size and len(self._waiting) > sum(not w.ready for w in self._workers):
            self._start()

    def _send(self, worker: _Worker, chunk: list[Slot[Any]]) -> None:
        try:
            worker.pipe.send([slot.task for slot in chunk])
        except OSError:  # it died while it was idle: nobody is to blame
            self._waiting.extendleft(reversed(chunk))
            self._end(worker)
            return
        worker.slots.extend(chunk)
        worker.deadline = time.monotonic() + self._patience

    def _listen(self) -> None:
        """Waits until a worker has something to say or is overdue, and acts upon it."""
        pipes = {worker.pipe: worker for worker in self._workers}
        until = min(worker.deadline for worker in self._workers)
        patience = None if math.isinf(until) else max(0.0, until - time.monotonic())
        for pipe in connection.wait([*pipes], patience):
            self._hear(pipes[pipe])  # type: ignore[index]
        now = time.monotonic()
        for worker in [*self._workers]:
            if worker.deadline < now and not worker.pipe.poll():
                self._overdue(worker)

    def _hear(self, worker: _Worker) -> None:
        try:
            message = worker.pipe.recv()
        except (EOFError, OSError):
            self._died(worker)
            return
        if isinstance(message, Made):
            self._finish(worker.slots.popleft(), message)
            worker.deadline = time.monotonic() + self._patience if worker.slots else math.inf
        elif isinstance(message, _Ready):
            worker.ready, worker.deadline, self._false_starts = True, math.inf, 0
        elif isinstance(message, _Broken):
            raise WorkerError(message.why)
        else:
            self._end(worker)

    def _overdue(self, worker: _Worker) -> None:
        """Kills a worker that hangs; the input that it hangs in has failed, those behind it go elsewhere."""
        if not worker.ready:
            self._died(worker)
            return
        slot = worker.slots.popleft()
        self._refuse(slot, "limit_exceeded", f"over {self._options.limits.timeout:g} s")
        self._end(worker)

    def _died(self, worker: _Worker) -> None:
        """Clears up after a worker that is gone; the input that it was at is under suspicion."""
        self._end(worker)
        end = _ending(worker.process.exitcode)
        if worker.slots:
            if self._blame(self._waiting[0], end):
                self._waiting.popleft()
        elif not worker.ready:
            self._false_starts += 1
            if self._false_starts == _FALSE_STARTS:
                raise WorkerError(f"workers end ({end}) before they have read anything; what they said stands above")

    def _end(self, worker: _Worker) -> None:
        """Ends a worker; what it has not read waits again, before all others."""
        worker.process.kill()
        worker.process.join()
        worker.pipe.close()
        self._workers.remove(worker)
        self._waiting.extendleft(reversed(worker.slots))

    def _start(self) -> None:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs, self._options, self._read), daemon=True)
        process.start()
        theirs.close()
        self._workers.append(_Worker(process, ours, time.monotonic() + _START_SECONDS))


def _ending(code: int | None) -> str:
    """How a process ended, in words that are the same on every run."""
    if code is not None and code < 0:
        return signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
    return f"exit status {code}"


def _serve(pipe: Connection, options: Options, read: Read) -> None:
    """The life of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends its workers itself
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    try:
        warm_up()
        most = _memory()[1] + int(options.max_memory * _MB * _WORN_SHARE)
        _cap_memory(options.max_memory * _MB)
        pipe.send(_Ready())
        done = 0
        while done < _WORN_TASKS and _memory()[1] <= most:
            tasks = pipe.recv()
            for made in read_chunk(tasks, options, read):
                pipe.send(made)
            done += len(tasks)
        pipe.send(_Retiring())
    except ArtefactError as why:
        pipe.send(_Broken(str(why)))
    except (EOFError, ConnectionError):
        pass  # the parent has closed the pipe, or is no more


def _leave_with_parent() -> None:
    """Ends this process when the parent is gone, whatever it is at; otherwise a hanging input would hang for ever."""
    parent = parent_process()
    if parent:
        connection.wait([parent.sentinel])
        os._exit(1)


def _memory() -> tuple[int, int]:
    """Bytes of this process: address space, and resident; zeros where the system does not say."""
    try:
        pages = _STATM.read_text(encoding="ascii").split()
    except OSError:
        return 0, 0
    size = os.sysconf("SC_PAGE_SIZE")
    return int(pages[0]) * size, int(pages[1]) * size


def _cap_memory(more: int) -> None:
    """Lets this process have so many bytes more than it has; asking for another one is then a MemoryError."""
    space, _ = _memory()
    if space:
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        wanted = space + more
        resource.setrlimit(resource.RLIMIT_AS, (wanted if hard < 0 else min(wanted, hard), hard))
