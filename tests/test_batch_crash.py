"""A batch that is killed, at any moment: the next run loses no record and doubles none."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import batch_reads
from batch_reads import SHARD, quick
from nianbao import batch, engine
from nianbao.batch import journal
from nianbao.batch.journal import Journal
from nianbao.batch.work import Made, Task

Records = dict[str, bytes]


def records(out: Path) -> Records:
    return {path.name: path.read_bytes() for path in sorted((out / "records").iterdir())}


def corpus(folder: Path, names: range, word: str = "甲") -> Path:
    folder.mkdir(exist_ok=True)
    for number in names:
        (folder / f"{number:04d}.txt").write_text(f"{word}{number}" * (number % 50 + 1), encoding="utf-8")
    return folder


def change(folder: Path) -> None:
    """Some inputs change, some go, some come, among the others and behind them."""
    corpus(folder, range(30, 60), "乙")
    for number in (0, 1, 77, 199):
        (folder / f"{number:04d}.txt").unlink()
    (folder / "0088b.txt").write_text("丙", encoding="utf-8")
    corpus(folder, range(300, 320), "丁")


def run(folder: Path, out: Path, workers: int = 1) -> batch.Summary:
    return batch.run(folder, out, batch.Settings(workers=workers, read=quick, shard=SHARD))


@pytest.fixture
def undisturbed(tmp_path: Path) -> Callable[[Path], Records]:
    """What a run that nothing happens to makes of a folder."""

    def result(folder: Path) -> Records:
        out = tmp_path / "undisturbed"
        shutil.rmtree(out, ignore_errors=True)
        run(folder, out)
        return records(out)

    return result


def start(folder: Path, out: Path, commit_seconds: float, **settings: str) -> subprocess.Popen[bytes]:
    code = f"import batch_reads; batch_reads.main({str(folder)!r}, {str(out)!r}, {commit_seconds})"
    path = os.pathsep.join(filter(None, [str(Path(batch_reads.__file__).parent), *sys.path]))
    return subprocess.Popen(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": path, **settings}, stderr=subprocess.PIPE
    )


def rows(out: Path) -> int:
    """How many lines there are, as far as a reader beside the run can tell."""
    found = 0
    for path in (out / "records").glob("*.jsonl"):
        with suppress(FileNotFoundError):  # the run may take the file away at any moment, to write all anew
            found += path.read_bytes().count(b"\n")
    return found


def test_kill_at_any_moment(tmp_path: Path, undisturbed: Callable[[Path], Records]) -> None:
    folder, out, moments = corpus(tmp_path / "in", range(280)), tmp_path / "out", random.Random(20)
    ends = [0]
    for number in range(20):
        if number == 10:
            change(folder)
        with start(folder, out, 0.03) as process:  # it commits often, to be hit while it does
            # now and then before it has begun
            until = time.monotonic() + (moments.uniform(0, 2) if number % 5 == 3 else 30)
            while rows(out) == ends[-1] and time.monotonic() < until:
                time.sleep(0.01)
            time.sleep(moments.uniform(0, 0.2))
            process.kill()
        ends.append(rows(out))
    assert len(set(ends)) > 6  # it was at work when it was killed
    run_settings = batch.Settings(workers=2, read=batch_reads.slow, shard=SHARD)
    last = batch.run(folder, out, run_settings)
    assert last.complete
    assert last.records == 280 - 4 + 1 + 20
    assert records(out) == undisturbed(folder)
    assert batch.run(folder, out, run_settings).made == 0


class Inline:
    """Workers that are none: reading takes place in this process, one input after the other."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __enter__(self) -> Inline:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def map(self, stream: Iterator[tuple[object, Task | Made | None]]) -> Iterator[tuple[object, Made | None]]:
        for tag, work in stream:
            yield tag, quick(work, batch.Options()) if isinstance(work, Task) else work


@pytest.fixture
def images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path, Path], list[Path]]:
    """What a kill would leave of an output folder, before each step of a run that touches the disk."""

    def taken(folder: Path, out: Path) -> list[Path]:
        found: list[Path] = []

        def snap() -> None:
            image = tmp_path / "images" / f"{len(found):03d}"
            shutil.copytree(out, image)
            found.append(image)

        def watched(function: Callable[..., object]) -> Callable[..., object]:
            def step(*arguments: object, **options: object) -> object:
                snap()
                return function(*arguments, **options)

            return step

        def rmtree(path: Path, **options: bool) -> None:
            if path.is_dir():
                min(path.iterdir()).unlink()  # a kill may come in the middle of it
            snap()
            whole(path, **options)

        class Connection(sqlite3.Connection):
            execute = watched(sqlite3.Connection.execute)
            executemany = watched(sqlite3.Connection.executemany)
            commit = watched(sqlite3.Connection.commit)

        whole, connect = shutil.rmtree, sqlite3.connect
        with monkeypatch.context() as patch:
            patch.setattr(sqlite3, "connect", lambda path, timeout: connect(path, timeout, factory=Connection))
            patch.setattr(shutil, "rmtree", rmtree)
            for module, name in (
                (os, "fsync"),
                (os, "truncate"),
                (Path, "rename"),
                (Path, "unlink"),
                (Path, "replace"),
            ):
                patch.setattr(module, name, watched(getattr(module, name)))
            run(folder, out)
        return found

    return taken


@pytest.mark.parametrize("changes", [0, 1, 2])
def test_kill_before_any_step(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    undisturbed: Callable[[Path], Records],
    images: Callable[[Path, Path], list[Path]],
    changes: int,
) -> None:
    monkeypatch.setattr("nianbao.batch.runner.Pool", Inline)
    monkeypatch.setattr(journal, "_COMMIT_SECONDS", 0)
    folder, out = corpus(tmp_path / "in", range(17)), tmp_path / "out"
    out.mkdir()
    for number in range(changes):
        run(folder, out)
        corpus(folder, range(3, 5), "乙丙"[number])
        (folder / f"{8 + number:04d}.txt").unlink()
        (folder / f"0005{number}.txt").write_text("丁", encoding="utf-8")
    left = images(folder, out)
    expected = undisturbed(folder)
    assert records(out) == expected
    assert len(left) > 40
    for image in left:
        assert run(folder, image).complete
        assert records(image) == expected, image
        assert not (image / "records.new").exists()


def test_what_is_done_is_not_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nianbao.batch.runner.Pool", Inline)
    folder, out = corpus(tmp_path / "in", range(200)), tmp_path / "out"
    assert run(folder, out).made == 200
    assert run(folder, out).made == 0
    change(folder)
    last = run(folder, out)
    assert (last.records, last.made) == (217, 30 + 1 + 20)  # changed, come in the middle, come behind
    (out / "records" / "00003.jsonl").unlink()
    assert run(folder, out).made == SHARD
    with (out / "records" / "00005.jsonl").open("ab") as file:
        file.write(b"half a line")
    os.truncate(out / "records" / "00009.jsonl", 100)
    assert run(folder, out).made == SHARD
    expected = records(out)
    shutil.rmtree(out)
    run(folder, out)
    assert records(out) == expected


def test_another_shard_size_keeps_the_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nianbao.batch.runner.Pool", Inline)
    folder, out = corpus(tmp_path / "in", range(20)), tmp_path / "out"
    run(folder, out)
    before = b"".join(records(out).values())
    assert batch.run(folder, out, batch.Settings(read=quick, shard=9)).made == 0
    assert b"".join(records(out).values()) == before
    assert [part.count(b"\n") for part in records(out).values()] == [9, 9, 2]


def test_a_new_model_makes_all_records_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nianbao.batch.runner.Pool", Inline)
    folder, out = corpus(tmp_path / "in", range(20)), tmp_path / "out"
    run(folder, out)
    before = engine.producer()
    monkeypatch.setattr(engine, "producer", lambda: before.model_copy(update={"models": {"tagger": "0099"}}))
    assert run(folder, out).made == 20
    assert all(b'"tagger":"0099"' in line for part in records(out).values() for line in part.splitlines())
    assert run(folder, out).made == 0


def test_another_limit_concerns_only_what_failed_by_one(tmp_path: Path, report: str) -> None:
    (tmp_path / "in").mkdir()
    for name, text in (("a.txt", report), ("b.txt", report * 3), ("c.txt", report)):
        (tmp_path / "in" / name).write_text(text, encoding="utf-8")
    made = []
    size = len(report.encode())
    for limit in (size, size * 4, size * 100, size - 1):
        settings = batch.Settings(batch.Options(engine.Limits(max_bytes=limit)), workers=1)
        done = batch.run(tmp_path / "in", tmp_path / "out", settings)
        made.append((done.made, done.failed))
    assert made == [(3, 1), (1, 0), (0, 0), (0, 0)]


def test_restart_forgets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nianbao.batch.runner.Pool", Inline)
    folder, out = corpus(tmp_path / "in", range(20)), tmp_path / "out"
    run(folder, out)
    before = records(out)
    assert batch.run(folder, out, batch.Settings(read=quick, shard=SHARD, restart=True)).made == 20
    assert records(out) == before


def test_the_same_input_twice_gives_two_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nianbao.batch.runner.Pool", Inline)
    folder, out = corpus(tmp_path / "in", range(5)), tmp_path / "out"
    twice = [folder, folder / "0002.txt", folder]
    settings = batch.Settings(read=quick, shard=SHARD)
    assert batch.run(twice, out, settings).made == 11
    before = records(out)
    assert batch.run(twice, out, settings).made == 0
    assert records(out) == before


def test_ctrl_c_keeps_what_is_done(tmp_path: Path, undisturbed: Callable[[Path], Records]) -> None:
    folder, out = corpus(tmp_path / "in", range(200)), tmp_path / "out"
    with start(folder, out, 1000, STUCK_AT="150") as process:  # it does not end before it is told to
        before = time.monotonic() + 30
        while not rows(out) and time.monotonic() < before:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        assert process.stderr
        assert b"Traceback" not in process.stderr.read()
    assert process.returncode == 130
    assert not json.loads((out / "manifest.json").read_text("utf-8"))["complete"]
    done = rows(out)
    assert 0 < done < 200
    last = batch.run(folder, out, batch.Settings(workers=1, read=batch_reads.slow, shard=SHARD))
    assert (last.kept, last.made) == (done, 200 - done)
    assert records(out) == undisturbed(folder)


def test_only_one_run_at_a_time(tmp_path: Path) -> None:
    with Journal(tmp_path), pytest.raises(batch.OutputError, match="another run"), Journal(tmp_path):
        pass


def test_a_full_disk_ends_the_run_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, undisturbed: Callable[[Path], Records]
) -> None:
    monkeypatch.setattr("nianbao.batch.runner.Pool", Inline)
    monkeypatch.setattr(journal, "_COMMIT_SECONDS", 0)
    folder, out = corpus(tmp_path / "in", range(20)), tmp_path / "out"
    fsync, calls = os.fsync, iter(range(1000))

    def full(descriptor: int) -> None:
        if next(calls) >= 9:
            raise OSError(28, "No space left on device")
        fsync(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(batch.OutputError, match="No space left on device; make room"):
            run(folder, out)
    last = run(folder, out)
    assert (last.kept, last.made) == (9, 11)
    assert records(out) == undisturbed(folder)


@pytest.mark.parametrize("taken", ["out", "out/records", "out/journal.sqlite"])
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).parent.mkdir(exist_ok=True)
    (tmp_path / taken).write_bytes(b"no folder, and no database either" * 100)
    with pytest.raises(batch.OutputError, match=taken):
        run(corpus(tmp_path / "in", range(2)), tmp_path / "out")
