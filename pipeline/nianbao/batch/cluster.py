"""Workers on a Ray cluster: the same records in the same order, from as many machines as there are.

An actor is a local pool of one process, so that limits of time and memory, and what an input does to its process, are
dealt with where they arise; what is left for the cluster is that an actor goes, with its machine or alone. Its inputs
then go to others one by one, and one that takes a second actor with it has failed.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import ray
from ray.exceptions import RayError, RayTaskError

from nianbao import engine
from nianbao.batch.output import WorkerError
from nianbao.batch.pool import Pool
from nianbao.batch.window import Slot, Window
from nianbao.batch.work import Made, Options, Read, Task, read_task
from nianbao.record import Producer

_CHUNK = 64  # inputs that an actor gets at a time: to call it takes as long as to read a part of one
_FALSE_STARTS = 3  # so many actors in a row that end before they can read: none ever will


class _Reader:
    """What an actor is."""

    def __init__(self, options: Options, read: Read, grace: float) -> None:
        self._pool = Pool(1, options, read=read, grace=grace)

    def producer(self) -> Producer:
        return engine.producer()

    def read(self, tasks: Sequence[Task]) -> list[Made]:
        return [made for _, made in self._pool.map((None, task) for task in tasks) if made]


@dataclass(slots=True, eq=False)
class _Actor:
    """An actor, what it was asked last, if anything, and the inputs that it is at; without any it is starting."""

    handle: Any
    asked: Any
    slots: list[Slot[Any]] = field(default_factory=list)


class Cluster(Window):
    """Actors that read inputs. A context manager: none of them is left when it ends.

    It joins the cluster that `RAY_ADDRESS` names, or the one that the caller has joined; without either, one of its own
    on this machine. nianbao has to be installed on all machines, in the same version and with the same models.

    Args:
      workers: how many actors, each for one processor; as many as the cluster has if none is given.
      options: what shapes the records.
      read: what makes the record of one input; a function that all machines can import.
      grace: seconds over the limit of time after which the process that is at it is killed.
    """

    def __init__(self, workers: int | None, options: Options, *, read: Read = read_task, grace: float = 2.0) -> None:
        self._ours = not ray.is_initialized()
        if self._ours:
            _join(workers)
        super().__init__(workers or max(1, int(ray.cluster_resources().get("CPU", 1))), _CHUNK)
        self._reader: Any = ray.remote(num_cpus=1)(_Reader)
        self._arguments = (options, read, grace)
        self._actors: list[_Actor] = []
        self._alone: deque[Slot[Any]] = deque()  # inputs that have lost an actor: they go one by one
        self._false_starts = 0

    def __exit__(self, *_: object) -> None:
        for actor in self._actors:
            ray.kill(actor.handle)
        if self._ours:
            ray.shutdown()

    def _work(self) -> None:
        for actor in self._actors:
            if actor.asked is None and (self._alone or self._waiting):
                actor.slots = [self._alone.popleft()] if self._alone else self._chunk()
                actor.asked = actor.handle.read.remote([slot.task for slot in actor.slots])
        starting = sum(not actor.slots for actor in self._actors if actor.asked)
        while len(self._actors) < self._size and len(self._alone) + len(self._waiting) > starting:
            handle = self._reader.remote(*self._arguments)
            self._actors.append(_Actor(handle, handle.producer.remote()))
            starting += 1
        asked = {actor.asked: actor for actor in self._actors if actor.asked}
        for answer in ray.wait([*asked])[0]:
            self._hear(asked[answer])

    def _hear(self, actor: _Actor) -> None:
        try:
            answer = ray.get(actor.asked)
        except RayTaskError as why:
            raise WorkerError(str(why.cause)) from why
        except RayError:
            self._died(actor)
            return
        if actor.slots:
            for slot, made in zip(actor.slots, answer, strict=True):
                self._finish(slot, made)
        elif answer != engine.producer():
            raise WorkerError(
                f"a machine of the cluster has {answer}, this one {engine.producer()}: install the same on all"
            )
        actor.asked, actor.slots, self._false_starts = None, [], 0

    def _died(self, actor: _Actor) -> None:
        """Clears up after an actor that is gone: of many inputs none is under suspicion, a single one is."""
        self._actors.remove(actor)
        ray.kill(actor.handle)  # where only the way to it is lost
        if not actor.slots:
            self._false_starts += 1
            if self._false_starts == _FALSE_STARTS:
                raise WorkerError("actors end before they have read anything; what they said stands above")
        elif len(actor.slots) > 1 or not self._blame(actor.slots[0], "its actor ended"):
            self._alone.extend(actor.slots)


def _join(workers: int | None) -> None:
    """Joins the cluster that the environment names, or makes one of this machine."""
    address = os.environ.get("RAY_ADDRESS", "local")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # what is read here is nobody else's business
    own = {"num_cpus": workers, "include_dashboard": False} if address == "local" else {}
    ray.init(address, logging_level="warning", **own)
