"""A batch as a whole: what comes out, in which order, whatever the inputs do to their workers."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import nianbao
from batch_reads import SHARD, harmful, quick
from nianbao import batch, cli, engine
from nianbao.batch.pool import Pool
from nianbao.batch.work import Task
from nianbao.train.marked import read

SAMPLES = Path(__file__).parents[1] / "corpora" / "samples"
POISON = {17: "HANG", 59: "EXIT", 60: "HOG", 133: "CRASH", 199: "EXIT"}  # at the ends of chunks, and side by side
OPTIONS = batch.Options(engine.Limits(timeout=0.3))


def lines(out: Path) -> list[bytes]:
    return [
        line for path in sorted((out / "records").iterdir()) for line in path.read_bytes().splitlines(keepends=True)
    ]


def records(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines(out)]


def codes(record: dict[str, Any]) -> list[str]:
    return [warning["code"] for warning in record["warnings"]]


@pytest.fixture
def command(tmp_path: Path) -> Callable[..., Result]:
    def invoke(*arguments: str | Path) -> Result:
        return CliRunner().invoke(cli.app, ["batch", *map(str, arguments), "--out", str(tmp_path / "out")])

    return invoke


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Some reports, junk among them."""
    (tmp_path / "in").mkdir()
    for number, path in enumerate(sorted(SAMPLES.glob("*.mr.*"))[::3]):
        (tmp_path / "in" / f"{number:03d}.txt").write_text(read(path).data, encoding="utf-8")
    (tmp_path / "in" / "009b.txt").write_bytes(bytes(range(256)) * 50)
    (tmp_path / "in" / "empty.txt").touch()
    return tmp_path / "in"


def test_the_lines_are_those_of_extract_whatever_the_number_of_workers(tmp_path: Path, reports: Path) -> None:
    expected = [nianbao.extract_file(path).model_dump_json().encode() + b"\n" for path in sorted(reports.iterdir())]
    for workers in (1, 2, 4):
        done = batch.run(reports, tmp_path / f"{workers}", batch.Settings(workers=workers, shard=SHARD))
        assert lines(tmp_path / f"{workers}") == expected
        assert done.failed == 1


@pytest.mark.parametrize("workers", [1, 3])
def test_poison_fails_alone(tmp_path: Path, workers: int) -> None:
    texts = [POISON.get(number, f"第{number}号") for number in range(200)]
    settings = batch.Settings(OPTIONS, workers, read=harmful, grace=0.2)
    done = batch.run([{"text": text} for text in texts], tmp_path, settings)
    found = records(tmp_path)
    assert [record["source"]["uri"] for record in found] == [f"row#{number}" for number in range(200)]
    assert {number: codes(record) for number, record in enumerate(found) if record["status"] == "failed"} == {
        17: ["limit_exceeded"], 59: ["worker_died"], 60: ["limit_exceeded"], 133: ["worker_died"], 199: ["worker_died"],
    }  # fmt: skip
    assert [found[number]["warnings"][0]["detail"] for number in (17, 59, 60, 133)] == [
        "over 0.3 s", "exit status 3", "over 1024 MB", "SIGKILL",
    ]  # fmt: skip
    assert all(record["source"]["sha256"] == engine.sha256_of(text) for record, text in zip(found, texts, strict=True))
    assert (done.failed, done.records) == (5, 200)


def test_no_worker_is_left_behind() -> None:
    with Pool(2, OPTIONS, read=harmful, grace=0.1) as pool:
        stream = pool.map((None, Task("x", text)) for text in ("a", "b", "HANG"))
        next(stream)
        processes = [worker.process for worker in pool._workers]
        assert any(process.is_alive() for process in processes)
    assert not any(process.is_alive() for process in processes)


def test_inputs_are_read_no_further_than_need_be() -> None:
    taken = []

    def endless() -> Any:
        while True:
            taken.append(len(taken))
            yield taken[-1], Task("x", "text")

    with Pool(1, OPTIONS, read=quick) as pool:
        stream = pool.map(endless())
        assert [next(stream)[0] for _ in range(100)] == [*range(100)]
    assert len(taken) < 200


def test_models_that_are_not_there_end_the_run(reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models = tmp_path / "models"
    models.mkdir()
    (models / "active.toml").write_text('tagger = "0009"\nsections = "0009"\n')
    monkeypatch.setenv("NIANBAO_MODELS", str(models))
    code = f"from nianbao import batch; batch.run({str(reports)!r}, {str(tmp_path / 'out')!r})"
    import subprocess
    import sys

    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=False)
    assert b"WorkerError" in done.stderr and str(models).encode() in done.stderr
