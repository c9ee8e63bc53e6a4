"""A whole batch: inputs in, an output folder out, whatever happens on the way."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path

from nianbao import engine
from nianbao.batch import sinks, sources
from nianbao.batch.codebook import write_codebook
from nianbao.batch.journal import SHARD, Counts, Entry, Journal
from nianbao.batch.output import replace
from nianbao.batch.pool import Pool
from nianbao.batch.progress import Progress
from nianbao.batch.sources import Input, Source
from nianbao.batch.work import Made, Options, Read, Task, made_of, read_task
from nianbao.ingest import Rejected
from nianbao.record import Report

MANIFEST = "manifest.json"
FORMATS = ("jsonl", *sinks.TABULAR)
# what fails by a limit may pass by another one; all else would come out the same
_LIMITED = frozenset({"limit_exceeded", "too_large", "worker_died"})


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Settings:
    """How a batch runs.

    Attributes:
      options: what shapes the records.
      workers: processes that read.
      formats: what is written, of `FORMATS`; the records as JSON Lines always are.
      restart: whether to begin anew where the output folder holds records already.
      read: what makes the record of one input, a function that a fresh interpreter can import.
      grace: seconds over the limit of time after which a worker is killed.
      shard: records a file.
    """

    options: Options = field(default_factory=Options)
    workers: int = field(default_factory=processors)
    formats: Sequence[str] = ("jsonl",)
    restart: bool = False
    read: Read = read_task
    grace: float = 2.0
    shard: int = SHARD


@dataclass(frozen=True, slots=True)
class Summary:
    """What a batch came to. `kept` records were there from an earlier run, `made` ones are new."""

    complete: bool
    records: int
    made: int
    kept: int
    seconds: float
    counts: Counts

    @property
    def failed(self) -> int:
        """How many records say that their input could not be read."""
        return self.counts.statuses["failed"]

    def describe(self) -> str:
        """The batch in a few lines."""
        rate = self.made / max(self.seconds, 1e-9)
        made = f"{self.made:,} made ({rate:.1f} a second), {self.kept:,} kept"
        lines = [f"{self.records:,} records in {self.seconds:,.0f} s: {made}"]
        for counted in fields(self.counts):
            found = getattr(self.counts, counted.name).most_common()
            lines.append(f"  {counted.name:9s} {', '.join(f'{name} {number:,}' for name, number in found) or 'none'}")
        return "\n".join(lines)


def run(inputs: Source | Iterable[Source], out: str | Path, settings: Settings | None = None) -> Summary:
    """Reads all inputs into `out/records/*.jsonl`, one record each, and whatever else is asked for.

    What is there already and would come out the same is kept; an interrupted run goes on where it stopped.

    Args:
      inputs: paths of files, folders, archives, manifests and data sets, patterns; or rows with the columns of a
        manifest, for instance a `datasets.Dataset`.
      out: the output folder.
      settings: how.

    Raises:
      InputError: a manifest or data set that cannot be one.
      OutputError: the folder cannot be written, or another run has it.
      WorkerError: no process can be brought to read anything.
      KeyboardInterrupt: after what is done has been put on record.
    """
    settings, out = settings or Settings(), Path(out)
    named = [inputs] if isinstance(inputs, str | os.PathLike) else inputs
    sources.check(named)
    sinks.check_formats(settings.formats)
    began, clock = datetime.now(UTC), time.monotonic()
    with (
        Journal(out, shard=settings.shard, restart=settings.restart) as journal,
        Progress(_counted(named, out)) as progress,
    ):

        def summary(complete: bool) -> Summary:
            made = progress.done - progress.kept
            seconds = round(time.monotonic() - clock, 3)
            return Summary(complete, progress.done, made, progress.kept, seconds, journal.counts())

        _write_manifest(out, named, settings, began, summary(False))
        try:
            _read_all(sources.stream(named, settings.options.limits, out), journal, settings, progress)
            journal.finish()
        except KeyboardInterrupt:
            journal.commit()
            _write_manifest(out, named, settings, began, summary(False))
            raise
        sinks.write_tables(out, journal.shards(), settings.formats, settings.workers)
        done = summary(True)
        write_codebook(out)
        _write_manifest(out, named, settings, began, done)
        return done


def extract_many(
    inputs: Source | Iterable[Source], *, workers: int | None = None, options: Options | None = None
) -> Iterator[Report]:
    """The records of many inputs, in order, read by several processes.

    Args:
      inputs: as `run` takes them.
      workers: processes; as many as there are processors if none is given.
      options: what shapes the records.

    Raises:
      InputError, WorkerError: as `run` does.
    """
    options = options or Options()
    named = [inputs] if isinstance(inputs, str | os.PathLike) else inputs
    work = ((None, _work(source)) for source in sources.stream(named, options.limits))
    with Pool(workers or processors(), options) as pool:
        for _, made in pool.map(work):
            if made:
                yield Report.model_validate_json(made.line)


def _work(source: Input) -> Task | Made:
    if isinstance(source.content, Rejected):
        return made_of(engine.refuse(source.uri, source.content))
    return Task(source.uri, source.content)


def _read_all(inputs: Iterable[Input], journal: Journal, settings: Settings, progress: Progress) -> None:
    """Every input to its record, in order; those whose record is there already are not read again."""
    plain, limited = (journal.maker(what) for what in makers(settings))

    def work() -> Iterator[tuple[Entry, Task | Made | None]]:
        for position, source in enumerate(inputs):
            entry = Entry(position, source.uri, _digest(source), _given(source))
            yield entry, None if journal.claim(entry, (plain, limited)) else _work(source)

    with Pool(settings.workers, settings.options, read=settings.read, grace=settings.grace) as pool:
        for entry, made in pool.map(work()):
            if made:
                journal.append(entry, plain if _LIMITED.isdisjoint(made.warnings) else limited, made)
            progress.count(kept=made is None, failed=made is not None and made.status == "failed")


def makers(settings: Settings) -> tuple[str, str]:
    """What the records depend on besides their input: for those that no limit touched, and for those that one did."""
    options = settings.options
    what = {
        "producer": engine.producer().model_dump(),
        "read": f"{settings.read.__module__}.{settings.read.__qualname__}",
        "with_text": options.with_text,
        "drop_persons": options.drop_persons,
    }
    limits = {"limits": asdict(options.limits), "max_memory": options.max_memory}
    return json.dumps(what, sort_keys=True), json.dumps(what | limits, sort_keys=True)


def _digest(source: Input) -> str:
    content = source.content
    return engine.sha256_of(str(content) if isinstance(content, Rejected) else content)


def _given(source: Input) -> str:
    return json.dumps(dict(source.given), ensure_ascii=False) if source.given else ""


def _counted(inputs: Iterable[Source], out: Path) -> Callable[[], int | None]:
    """The number of inputs, counted on the side: None until it is known."""
    if not isinstance(inputs, Sequence):
        return lambda: len(inputs) if isinstance(inputs, Sized) else None
    found: list[int | None] = [None]

    def count() -> None:
        found[0] = sources.count(inputs, out)

    threading.Thread(target=count, daemon=True).start()
    return lambda: found[0]


def _write_manifest(out: Path, inputs: Iterable[Source], settings: Settings, began: datetime, done: Summary) -> None:
    """What the output folder holds and how it came about; `complete` is false until all records are final."""
    named = [os.fspath(i) for i in inputs if isinstance(i, str | os.PathLike)] if isinstance(inputs, Sequence) else []
    found = {
        "complete": done.complete,
        "inputs": named or type(inputs).__name__,
        "producer": engine.producer().model_dump(),
        "options": {**asdict(settings.options), "workers": settings.workers, "formats": [*settings.formats]},
        "began": began.isoformat(timespec="seconds"),
        "seconds": done.seconds,
        "records": {"all": done.records, "made": done.made, "kept": done.kept},
        "counts": {f.name: dict(getattr(done.counts, f.name)) for f in fields(done.counts)},
    }
    replace(out / MANIFEST, json.dumps(found, ensure_ascii=False, indent=1) + "\n")
