"""A batch as a whole: what comes out, in which order, whatever the inputs do to their workers."""

from __future__ import annotations

import io
import json
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import nianbao
from batch_reads import SHARD, harmful, hoarding, quick
from nianbao import batch, cli, engine
from nianbao.batch import progress
from nianbao.batch.pool import Pool
from nianbao.batch.work import Task
from nianbao.train.marked import read

SAMPLES = Path(__file__).parents[1] / "corpora" / "samples"
POISON = {17: "HANG", 59: "EXIT", 60: "HOG", 133: "CRASH", 199: "EXIT"}  # at the ends of chunks, and side by side
Command = Callable[..., Result]
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
def command(tmp_path: Path) -> Command:
    def invoke(*arguments: str | Path) -> Result:
        return CliRunner().invoke(cli.app, ["batch", *map(str, arguments), "--out", str(tmp_path / "out")])

    return invoke


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Some reports, junk among them."""
    (tmp_path / "in").mkdir()
    for number, path in enumerate(sorted(SAMPLES.glob("*.mr.*"))[::7][:22]):
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


def test_records_come_in_the_order_of_the_inputs() -> None:
    texts = ["HANG", *map(str, range(50)), "EXIT", *map(str, range(50))]
    with Pool(2, OPTIONS, read=harmful, grace=0.1) as pool:
        found = [*pool.map((number, Task("x", text)) for number, text in enumerate(texts))]
    assert [number for number, _ in found] == [*range(102)]


def test_a_worker_that_grows_is_replaced() -> None:
    options = batch.Options(max_memory=64)
    with Pool(1, options, read=hoarding) as pool:
        found = [*pool.map((number, Task("x", "text")) for number in range(40))]
    assert [number for number, _ in found] == [*range(40)]
    assert {made.status for _, made in found if made} == {"ok"}
    assert len({made.kind for _, made in found if made}) > 2


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


def test_models_that_are_not_there_end_the_run(
    reports: Path,
    tmp_path: Path,
    python: Callable[..., subprocess.CompletedProcess[bytes]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "active.toml").write_text('tagger = "0009"\nsections = "0009"\n')
    monkeypatch.setenv("NIANBAO_MODELS", str(tmp_path / "models"))
    done = python("-m", "nianbao", "batch", reports, "-o", tmp_path / "out")
    assert done.returncode == 3
    assert done.stderr.startswith(b"nianbao: ") and b"Traceback" not in done.stderr
    assert str(tmp_path / "models").encode() in done.stderr


def test_the_command_writes_all_formats_and_a_manifest(command: Command, reports: Path, tmp_path: Path) -> None:
    result = command(reports, "--format", "jsonl,parquet,csv,xlsx,duckdb", "--workers", 2, "--with-text")
    assert result.exit_code == 1  # there is junk among them
    assert (result.stdout, "24 records" in result.stderr) == ("", True)
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "records", "journal.sqlite", "manifest.json", "codebook.md", "codebook.json", "tables", "csv", "nianbao.xlsx",
        "forms.xlsx", "nianbao.duckdb",
    }  # fmt: skip
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    assert manifest["complete"]
    assert manifest["inputs"] == [str(reports)]
    assert manifest["producer"] == engine.producer().model_dump()
    assert manifest["options"]["with_text"]
    assert manifest["records"] == {"all": 24, "made": 24, "kept": 0}
    found = records(tmp_path / "out")
    for name, key in (("statuses", "status"), ("kinds", "kind"), ("eras", "era")):
        assert manifest["counts"][name] == Counter(record[key] or "none" for record in found), name
    assert manifest["counts"]["warnings"] == Counter(code for record in found for code in set(codes(record)))
    again = command(reports, "--with-text")
    assert "0 made" in again.stderr and "24 kept" in again.stderr
    assert not (tmp_path / "out" / "tables").exists()


def test_the_command_restarts(command: Command, folder: Path) -> None:
    assert command(folder).exit_code == 0
    assert "0 made" in command(folder, "--resume").stderr
    assert "3 made" in command(folder, "--restart").stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--format", "jsonl,word"],
        ["--engine", "cloud"],
        ["--workers", "0"],
        ["--timeout", "soon"],
        ["--max-memory", "1"],
    ],
)
def test_bad_options(command: Command, folder: Path, tmp_path: Path, arguments: list[str]) -> None:
    result = command(folder, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert not (tmp_path / "out").exists()


def test_a_bad_manifest_and_a_bad_folder_have_a_status_of_their_own(command: Command, tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("name\nx\n")
    result = command(tmp_path / "m.csv")
    assert (result.exit_code, "m.csv: a manifest needs a column" in result.stderr) == (2, True)
    (tmp_path / "out").write_text("in the way")
    result = command(tmp_path / "m.txt")
    assert (result.exit_code, "goes on where it stopped" in result.stderr) == (3, True)


def test_no_input_no_record(command: Command, folder: Path, tmp_path: Path) -> None:
    result = command(folder / "empty", "--format", "parquet")
    assert (result.exit_code, records(tmp_path / "out")) == (0, [])
    assert "0 records" in result.stderr


def test_many_records_in_python(folder: Path) -> None:
    found = list(nianbao.extract_many([folder, folder / "none.txt"], workers=2))
    assert [report.source.uri for report in found] == [
        str(folder / name) for name in ("a/10.txt", "a/2.txt", "b.txt", "none.txt")
    ]
    assert found[0] == nianbao.extract_file(folder / "a" / "10.txt")
    assert found[3].status == "failed"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("total", [None, 400])
def test_progress_is_a_bar_on_a_terminal_and_lines_elsewhere(
    monkeypatch: pytest.MonkeyPatch, total: int | None
) -> None:
    monkeypatch.setattr(progress, "_LINE_SECONDS", -1)
    for stream in (Terminal(), io.StringIO()):
        with progress.Progress(lambda: total, stream) as shown:
            for number in range(20):
                shown.count(kept=number < 5, failed=number == 7)
        said = stream.getvalue()
        assert "1 failed, 5 kept" in said
        assert ("20/400" in said or "20 of 400" in said) == (total is not None)
        assert (said.count("\n") == 20) == (type(stream) is io.StringIO)


def test_an_engine_that_is_not_installed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nianbao.batch.runner.find_spec", lambda _: None)
    with pytest.raises(batch.InputError, match=r"pip install 'nianbao\[ray\]'"):
        batch.run([{"text": "甲"}], tmp_path / "out", batch.Settings(engine="ray"))
    assert not (tmp_path / "out").exists()
