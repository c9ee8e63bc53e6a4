"""What workers of the batch tests do in place of reading: quick, and harmful where the input asks for it."""

from __future__ import annotations

import os
import signal
import sys
import time
from multiprocessing import parent_process
from pathlib import Path

from nianbao import batch, engine
from nianbao.batch import journal
from nianbao.batch.work import Made, Options, Task, made_of
from nianbao.record import Origin, Report

TOO_MUCH = 3 * 1024**3
SHARD = 7


def quick(task: Task, _: Options) -> Made:
    """A record that depends on all that a real one depends on: name, content, producer."""
    origin = Origin(uri=task.uri, sha256=engine.sha256_of(task.content), chars=len(task.content))
    return made_of(Report(producer=engine.producer(), source=origin, status="ok", kind="other").model_dump())


def slow(task: Task, options: Options) -> Made:
    """Takes its time, and gets stuck at the input that `STUCK_AT` numbers and at those behind it, if it is set."""
    stuck = int(Path(task.uri).stem[:4]) >= int(os.environ.get("STUCK_AT", "10000"))
    time.sleep(60 if stuck else 0.02)
    return quick(task, options)


def harmful(task: Task, options: Options) -> Made:
    content = task.content if isinstance(task.content, bytes) else task.content.encode()
    if content.startswith(b"HANG"):
        while True:
            pass
    if content.startswith(b"EXIT"):
        os._exit(3)
    if content.startswith(b"CRASH"):
        os.kill(os.getpid(), signal.SIGKILL)
    if content.startswith(b"HOG"):
        bytearray(TOO_MUCH)
    return quick(task, options)


def felling(task: Task, options: Options) -> Made:
    """Kills the actor that has started this process: once (`ONCE`, and a file that then tells of it), or `ALWAYS`."""
    order, _, mark = str(task.content).partition(" ")
    parent, due = parent_process(), order == "ALWAYS" or (order == "ONCE" and not Path(mark).exists())
    if parent and due and "_Reader" in Path(f"/proc/{parent.pid}/cmdline").read_text("utf-8"):
        Path(mark or os.devnull).touch()
        os.kill(parent.pid, signal.SIGKILL)
        time.sleep(60)
    return quick(task, options)


_hoard: list[bytearray] = []


def hoarding(task: Task, options: Options) -> Made:
    """Keeps four megabytes of each input, and tells which process it was."""
    _hoard.append(bytearray(4 * 1024 * 1024))
    return quick(task, options)._replace(kind=str(os.getpid()))


def main(folder: str, out: str, commit_seconds: float) -> None:
    """A run as a process of its own, for those who want to kill it."""
    journal._COMMIT_SECONDS = commit_seconds
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell starts in the background ignores Ctrl-C
    try:
        batch.run(folder, out, batch.Settings(workers=2, read=slow, shard=SHARD))
    except KeyboardInterrupt:
        sys.exit(130)
