"""The command line: what goes to which stream, in which order, with which exit status."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import nianbao
from nianbao import cli, engine, inputs, models_cli
from nianbao.record import Report
from nianbao.train import trainer

Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    def invoke(*arguments: str | Path) -> Result:
        result = CliRunner().invoke(cli.app, [str(a) for a in arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


def records(lines: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines.splitlines()]


def uris(lines: str) -> list[str]:
    return [record["source"]["uri"] for record in records(lines)]  # type: ignore[index]


class TestExtract:
    def test_prints_what_python_gives(self, run: Run, folder: Path) -> None:
        result = run("extract", folder / "b.txt")
        assert result.stdout == nianbao.extract_file(str(folder / "b.txt")).model_dump_json() + "\n"
        assert (result.stderr, result.exit_code) == ("", 0)

    def test_keys_come_in_the_order_of_the_contract(self, run: Run, folder: Path) -> None:
        (record,) = records(run("extract", folder / "b.txt", "--with-text").stdout)
        assert list(record) == [field.alias or name for name, field in Report.model_fields.items()]

    def test_folders_are_walked_in_order_without_hidden_files(self, run: Run, folder: Path) -> None:
        result = run("extract", folder, folder / "b.txt")
        assert uris(result.stdout) == [str(folder / name) for name in ("a/10.txt", "a/2.txt", "b.txt", "b.txt")]

    def test_a_path_is_named_as_it_was_given(self, run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(folder)
        assert uris(run("extract", "./b.txt", "a").stdout) == ["./b.txt", "a/10.txt", "a/2.txt"]

    def test_a_missing_path_is_a_failed_record_and_harms_no_other(self, run: Run, folder: Path) -> None:
        result = run("extract", folder / "none.txt", folder / "b.txt")
        missing, good = records(result.stdout)
        assert (missing["status"], good["status"], result.exit_code) == ("failed", "ok", 1)
        assert [warning["code"] for warning in missing["warnings"]] == ["unreadable_file"]  # type: ignore[attr-defined]
        assert good == records(run("extract", folder / "b.txt").stdout)[0]

    def test_what_is_no_report_is_no_failure(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "empty.txt").touch()
        result = run("extract", tmp_path / "empty.txt")
        assert (records(result.stdout)[0]["status"], result.exit_code) == ("not_a_report", 0)

    @pytest.mark.parametrize(
        "arguments",
        [[], ["--max-mb", "-1", "x"], ["--timeout", "soon", "x"], ["--nothing", "x"], ["x", "-o", "no/such/out"]],
    )
    def test_bad_options(self, run: Run, arguments: list[str]) -> None:
        result = run("extract", *arguments)
        assert (result.stdout, result.exit_code) == ("", 2)
        assert result.stderr

    def test_text_comes_on_demand_and_holds_the_evidence(self, run: Run, folder: Path, report: str) -> None:
        (without,) = records(run("extract", folder / "b.txt").stdout)
        (record,) = records(run("extract", folder / "b.txt", "--with-text").stdout)
        assert "text" not in without
        assert record.pop("text") == report
        assert record == without
        assert record["entities"]
        assert all(report[e["start"] : e["end"]] == e["text"] for e in record["entities"])  # type: ignore[attr-defined]

    def test_output_file(self, run: Run, folder: Path, tmp_path: Path) -> None:
        result = run("extract", folder, "-o", tmp_path / "out.jsonl")
        assert (result.stdout, result.exit_code) == ("", 0)
        assert (tmp_path / "out.jsonl").read_bytes() == run("extract", folder).stdout_bytes

    def test_output_file_in_the_folder_is_no_input(self, run: Run, folder: Path) -> None:
        for _ in range(2):
            run("extract", folder, "--out", folder / "out.jsonl")
        assert len((folder / "out.jsonl").read_text(encoding="utf-8").splitlines()) == 3

    def test_output_file_never_replaces_an_input(self, run: Run, folder: Path, report: str) -> None:
        assert run("extract", folder / "b.txt", "-o", folder / "a" / ".." / "b.txt").exit_code == 2
        assert (folder / "b.txt").read_text(encoding="utf-8") == report

    @pytest.mark.parametrize(("option", "code"), [("--max-mb=0.0005", "too_large"), ("--timeout=0", "limit_exceeded")])
    def test_limits(self, run: Run, folder: Path, option: str, code: str) -> None:
        result = run("extract", folder / "b.txt", option)
        (record,) = records(result.stdout)
        assert (record["status"], record["warnings"][0]["code"], result.exit_code) == ("failed", code, 1)  # type: ignore[index]

    def test_a_folder_without_files_gives_no_record(self, run: Run, folder: Path) -> None:
        result = run("extract", folder / "empty")
        assert (result.stdout, result.exit_code) == ("", 0)
        assert "no files" in result.stderr

    @pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
    def test_a_name_that_is_no_text(self, run: Run, folder: Path) -> None:
        odd = os.fsdecode(os.fsencode(folder) + b"/\xff.txt")
        Path(odd).write_bytes((folder / "b.txt").read_bytes())
        assert [record["status"] for record in records(run("extract", odd, folder / "b.txt").stdout)] == ["ok", "ok"]

    @pytest.mark.skipif(not hasattr(signal, "SIGPIPE"), reason="no such signal here")
    def test_a_reader_that_leaves_ends_it_quietly(self, folder: Path) -> None:
        command = [sys.executable, "-m", "nianbao", "extract", *[str(folder)] * 50]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout
            assert process.stderr
            process.stdout.read(1)
            process.stdout.close()
            assert process.stderr.read() == b""
        assert process.returncode == -signal.SIGPIPE


class TestFind:
    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
    def test_special_files_are_skipped_and_dangling_links_are_not(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        (tmp_path / "link").symlink_to("nowhere")
        (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
        assert list(inputs.find([str(tmp_path)])) == [str(tmp_path / "link")]

    def test_a_folder_that_cannot_be_read_is_told(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        scan = os.scandir

        def scandir(path: str) -> Iterator[os.DirEntry[str]]:
            if path.endswith("/a"):
                raise PermissionError(13, "Permission denied", path)
            return scan(path)

        monkeypatch.setattr(os, "scandir", scandir)
        assert list(inputs.find([str(folder)])) == [str(folder / "a"), str(folder / "b.txt")]

    def test_the_order_is_that_of_the_parts_of_the_paths(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("a/b", "a/c/d", "a-b", "a.txt", "甲/乙", "B/c"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).touch()
        found = sorted(path for path in tmp_path.rglob("*") if path.is_file())
        assert list(inputs.find([str(tmp_path)])) == [str(path) for path in found]
        monkeypatch.chdir(tmp_path)
        assert list(inputs.find(["."])) == [str(path.relative_to(tmp_path)) for path in found]

    def test_a_folder_may_be_left_out(self, folder: Path) -> None:
        assert list(inputs.find([str(folder)], without=folder / "x" / ".." / "a")) == [str(folder / "b.txt")]


class TestShow:
    def test_shows_what_was_found(self, run: Run, folder: Path) -> None:
        result = run("show", folder / "b.txt")
        assert result.exit_code == 0
        assert "青石县交通运输局" in result.stdout

    def test_brief_takes_two_lines_a_record(self, run: Run, folder: Path) -> None:
        assert len(run("show", "--brief", folder).stdout.splitlines()) == 6

    def test_text_keeps_every_line(self, run: Run, folder: Path, report: str) -> None:
        shown = run("show", "--text", folder / "b.txt").stdout
        assert shown.count("\n") in (report.count("\n"), report.count("\n") + 1)

    def test_one_view_at_a_time(self, run: Run, folder: Path) -> None:
        assert run("show", "--text", "--brief", folder / "b.txt").exit_code == 2

    def test_a_failed_record_tells_why(self, run: Run, tmp_path: Path) -> None:
        result = run("show", tmp_path / "none.txt")
        assert "unreadable_file" in result.stdout
        assert result.exit_code == 1


@pytest.mark.parametrize(("severity", "status"), [("hard", 1), ("soft", 0)])
def test_check_fails_on_what_is_beyond_doubt(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, severity: str, status: int
) -> None:
    fields = {"id": "T3-01", "instance": "总计", "status": "fail", "left": 7, "right": 8, "detail": "", "at": []}
    good = nianbao.extract_file(folder / "b.txt", with_text=True)
    broken = Report.model_validate({**good.model_dump(), "checks": [{**fields, "severity": severity}]})
    monkeypatch.setattr(engine, "extract_file", lambda *_, **__: broken)
    result = run("check", folder / "b.txt")
    assert "T3-01" in result.stdout
    assert "7 ≠ 8" in result.stdout
    assert result.exit_code == status


def test_check_fails_on_a_file_that_does(run: Run, tmp_path: Path) -> None:
    assert run("check", tmp_path / "none.txt").exit_code == 1


def test_text_prints_the_text_as_read(run: Run, tmp_path: Path, report: str) -> None:
    (tmp_path / "gbk.txt").write_bytes(report.replace("\n", "\r\n").encode("gb18030"))
    assert run("text", tmp_path / "gbk.txt").stdout_bytes.decode("utf-8") == report


def test_text_that_is_not_there(run: Run, tmp_path: Path) -> None:
    result = run("text", tmp_path / "none.txt")
    assert (result.stdout, result.exit_code) == ("", 1)
    assert "unreadable_file" in result.stderr


def test_schema_has_the_keys_of_a_record(run: Run, folder: Path) -> None:
    schema = json.loads(run("schema").stdout)
    (record,) = records(run("extract", folder / "b.txt", "--with-text").stdout)
    assert list(schema["properties"]) == list(record)
    assert schema["properties"]["schema"]["const"] == record["schema"] == "nianbao.report/1"


def test_version(run: Run) -> None:
    assert run("--version").stdout == f"nianbao {nianbao.__version__}\n"


@pytest.mark.parametrize(("command", "extra"), [(["bench"], "bench"), (["train", "sections", "."], "train")])
def test_a_missing_extra_is_named(run: Run, monkeypatch: pytest.MonkeyPatch, command: list[str], extra: str) -> None:
    monkeypatch.setattr(models_cli, "find_spec", lambda _: None)
    result = run(*command)
    assert f"nianbao[{extra}]" in result.stderr
    assert result.exit_code == 2


def test_train_hands_over_what_was_asked_for(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def train(*arguments: object) -> dict[str, str]:
        asked.extend(arguments)
        return {"tagger": "0002", "sections": "0007"}

    monkeypatch.setattr(trainer, "train_models", train)
    result = run("train", "tagger", "sections", tmp_path, "--models", tmp_path / "m", "--seed", "7")
    assert asked == [["tagger", "sections"], tmp_path, tmp_path / "m", 7]
    assert (result.stdout, result.exit_code) == ("tagger 0002\nsections 0007\n", 0)


@pytest.mark.parametrize(("name", "said"), [("tagger", "no marked samples"), ("tigger", "tigger")])
def test_train_wants_known_names_and_samples(run: Run, tmp_path: Path, name: str, said: str) -> None:
    result = run("train", name, tmp_path)
    assert said in result.stderr
    assert result.exit_code == 2


def test_models_that_are_not_there_are_told_without_a_traceback(
    python: Callable[..., subprocess.CompletedProcess[bytes]], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIANBAO_MODELS", str(folder))
    done = python("-m", "nianbao", "extract", folder / "b.txt")
    assert done.stderr.startswith(b"nianbao: ")
    assert b"Traceback" not in done.stderr
    assert (done.stdout, done.returncode) == (b"", 1)
