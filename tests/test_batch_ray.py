"""A batch by a Ray cluster of this machine: the same records as by processes, whatever happens to its actors."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import batch_reads
import nianbao
from nianbao import batch, engine

ray = pytest.importorskip("ray")
pytestmark = [pytest.mark.ray, pytest.mark.filterwarnings("default")]  # its warnings are its own

SHARD = 50
OPTIONS = batch.Options(engine.Limits(timeout=0.3))


@pytest.fixture(scope="module", autouse=True)
def cluster() -> Iterator[None]:
    here = os.pathsep.join(filter(None, [str(Path(__file__).parent), os.environ.get("PYTHONPATH")]))
    environment = {"env_vars": {"PYTHONPATH": here}}  # where actors find `batch_reads`
    ray.init("local", num_cpus=2, include_dashboard=False, logging_level="error", runtime_env=environment)
    yield
    ray.shutdown()


def records(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((out / "records").iterdir())}


def both(texts: list[str], tmp_path: Path, read: Any) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """What processes and a cluster make of the same texts."""
    inputs = [{"text": text} for text in texts]
    for name in batch.ENGINES:
        settings = batch.Settings(OPTIONS, 2, name, read=read, grace=0.2, shard=SHARD)
        assert batch.run(inputs, tmp_path / name, settings).records == len(texts)
    return records(tmp_path / "local"), records(tmp_path / "ray")


def test_the_lines_are_those_of_extract(tmp_path: Path, report: str) -> None:
    inputs = [{"text": report.replace("214", str(number))} for number in range(150)]
    settings = batch.Settings(workers=2, engine="ray", shard=SHARD)
    assert batch.run(inputs, tmp_path, settings).made == 150
    expected = [
        nianbao.extract(row["text"], uri=f"row#{number}").model_dump_json().encode() + b"\n"
        for number, row in enumerate(inputs)
    ]
    assert b"".join(records(tmp_path).values()) == b"".join(expected)
    assert batch.run(inputs, tmp_path, settings).kept == 150
    # what one engine has done, the other takes up
    assert batch.run(inputs, tmp_path, batch.Settings(workers=2, shard=SHARD)).made == 0


def test_poison_fails_alone(tmp_path: Path) -> None:
    poison = {17: "HANG", 59: "EXIT", 60: "HOG", 133: "CRASH", 199: "EXIT"}
    local, found = both([poison.get(number, f"第{number}号") for number in range(200)], tmp_path, batch_reads.harmful)
    assert found == local
    lines = [json.loads(line) for part in found.values() for line in part.splitlines()]
    assert [number for number, line in enumerate(lines) if line["status"] == "failed"] == [*poison]


def test_actors_that_are_killed_cost_no_record(tmp_path: Path) -> None:
    texts = [f"第{number}号" for number in range(300)]
    for number in (40, 41, 170):
        texts[number] = f"ONCE {tmp_path / str(number)}"  # kills its actor the first time
    inputs = [{"text": text} for text in texts]
    settings = batch.Settings(workers=2, engine="ray", read=batch_reads.felling, shard=SHARD)
    done = batch.run(inputs, tmp_path / "out", settings)
    assert [(tmp_path / str(number)).exists() for number in (40, 41, 170)] == [True] * 3
    assert (done.made, done.failed) == (300, 0)
    undisturbed = batch.Settings(workers=2, read=batch_reads.felling, shard=SHARD)
    batch.run(inputs, tmp_path / "undisturbed", undisturbed)
    assert records(tmp_path / "out") == records(tmp_path / "undisturbed")


def test_an_input_that_always_kills_its_actor_fails_alone(tmp_path: Path) -> None:
    inputs = [{"text": "ALWAYS" if number == 30 else f"第{number}号"} for number in range(60)]
    done = batch.run(inputs, tmp_path, batch.Settings(workers=2, engine="ray", read=batch_reads.felling))
    lines = [json.loads(line) for line in records(tmp_path)["00000.jsonl"].splitlines()]
    assert {n: line["warnings"] for n, line in enumerate(lines) if line["status"] == "failed"} == {
        30: [{"code": "worker_died", "detail": "its actor ended", "start": None, "end": None}]
    }
    assert done.counts.warnings == {"worker_died": 1}


def test_no_actor_is_left_behind(tmp_path: Path) -> None:
    batch.run([{"text": "甲"}], tmp_path, batch.Settings(OPTIONS, 2, "ray", read=batch_reads.quick))
    assert ray.is_initialized()  # the caller's cluster stays
    until = time.monotonic() + 30
    while ray.available_resources().get("CPU") != 2 and time.monotonic() < until:
        time.sleep(0.1)
    assert ray.available_resources()["CPU"] == 2


def test_machines_with_another_version_end_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = engine.producer().model_copy(update={"version": "0.0.0"})
    monkeypatch.setattr(engine, "producer", lambda: other)
    with pytest.raises(batch.WorkerError, match="install the same on all"):
        batch.run([{"text": "甲"}], tmp_path, batch.Settings(OPTIONS, 1, "ray", read=batch_reads.quick))
