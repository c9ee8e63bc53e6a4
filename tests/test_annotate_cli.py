"""`nianbao annotate` and `nianbao evaluate`: streams, exits, and which report comes next."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from nianbao import annotate_cli, cli, extract
from nianbao.train.formats import FORMATS
from nianbao.train.next import Candidate, candidate, rank, wording

SAMPLES = Path(__file__).parents[1] / "corpora/samples"
Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    def invoke(*arguments: str | Path) -> Result:
        result = CliRunner().invoke(cli.app, [str(a) for a in arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


def test_the_help_names_every_format() -> None:
    assert annotate_cli._FORMATS.split(", ") == list(FORMATS)


def test_raw_reports_go_out_as_predictions_and_come_back(run: Run, folder: Path, tmp_path: Path) -> None:
    tasks, back = tmp_path / "t.json", tmp_path / "back.jsonl"
    (folder / "empty.txt").touch()
    done = run("annotate", "export", "label-studio", folder, "-o", tasks, "--task-chars", "200")
    assert done.exit_code == 0 and "3 reports" in done.stderr and "left out: empty" in done.stderr
    assert all(task["predictions"] for task in json.loads(tasks.read_text(encoding="utf-8")))
    assert run("annotate", "import", "label-studio", tasks, "-o", back).exit_code == 0
    lines = [json.loads(line) for line in back.read_text(encoding="utf-8").splitlines()]
    assert [line["name"] for line in lines] == [str(folder / n) for n in ("a/10", "a/2", "b")]
    refused = run("train", "sections", back)
    assert refused.exit_code == 2 and "no marked samples" in refused.stderr


def test_gold_and_predictions_of_samples(run: Run, folder: Path, tmp_path: Path) -> None:
    sample, out = SAMPLES / "d_04.mr.txt", tmp_path / "o.jsonl"
    assert run("annotate", "export", "jsonl", sample, "-o", out).exit_code == 0
    gold = json.loads(out.read_text(encoding="utf-8"))
    run("annotate", "export", "jsonl", sample, "-o", out, "--predict")
    assert gold["reviewed"] and not json.loads(out.read_text(encoding="utf-8"))["reviewed"]
    refused = run("annotate", "export", "jsonl", folder, "-o", out, "--gold")
    assert refused.exit_code == 2 and "no annotated sample" in refused.stderr


@pytest.mark.parametrize(
    "arguments",
    [["export", "xml", "x", "-o", "y"], ["export", "conll", SAMPLES / "d_04.mr.txt", "-o", "y", "--layer", "facts"],
     ["export", "doccano", SAMPLES / "d_04.mr.txt", "-o", "no/such/y"], ["import", "jsonl", "none", "-o", "y"],
     ["export", "doccano", SAMPLES / "d_04.mr.txt", "-o", "y", "--offsets", "bytes"]],
)  # fmt: skip
def test_bad_options(run: Run, arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("annotate", *arguments).exit_code == 2


def test_next_prints_reports_with_reasons(run: Run, folder: Path, tmp_path: Path) -> None:
    (folder / "none.txt").touch()
    done = run("annotate", "next", folder, "-n", "2", "--corpus", tmp_path / "nowhere")
    first, second = done.stdout.splitlines()
    assert "100% new wording" in first and "doubts" in first
    assert " 0% new wording" in second  # the same report once more says nothing new


def test_what_fails_what_is_doubted_and_what_is_new_ranks() -> None:
    poems = ("春眠不觉晓处处闻啼鸟夜来风雨声花落知多少", "白日依山尽黄河入海流欲穷千里目更上一层楼")
    words = [wording(poem) for poem in poems]
    plain = Candidate("plain", (), (("year", 0.9),), words[0])
    failing = Candidate("failing", ("T3-01",), (("year", 0.9),), words[0])
    doubted = Candidate("doubted", (), (("year", 0.3),), words[0])
    fresh = Candidate("fresh", (), (("year", 0.9),), words[1])
    picks = rank([plain, failing, doubted, fresh], words[0], 4)
    assert [pick.candidate.name for pick in picks] == ["fresh", "doubted", "failing", "plain"]
    assert "fails T3-01" in picks[2].describe()


def test_a_candidate_holds_its_least_sure_tenth(report: str) -> None:
    found = extract(report, uri="r", with_text=True)
    one = candidate(found)
    assert 0 < len(one.unsure) <= 5 and one.unsure[0][1] == min(c for _, c in one.unsure)
    assert one.wording and wording("一2 二、三\n四") == wording("一二三四")


def test_evaluate_writes_checks_and_sets(run: Run, tmp_path: Path) -> None:
    (tmp_path / "d_04.mr.txt").write_bytes((SAMPLES / "d_04.mr.txt").read_bytes())
    data, page, floors = tmp_path / "e.json", tmp_path / "e.md", tmp_path / "floors.toml"
    done = run("evaluate", tmp_path, "--json", data, "--markdown", page, "--floors", floors, "--set-floors")
    assert (done.exit_code, done.stdout) == (0, "")
    assert json.loads(data.read_text(encoding="utf-8"))["documents"] == 1
    assert page.read_text(encoding="utf-8").startswith("# Evaluation")
    assert run("evaluate", tmp_path, "--floors", floors, "--check-floors").exit_code == 0
    floors.write_text(floors.read_text(encoding="utf-8").replace('"fields" = ', '"fields" = 1'), encoding="utf-8")
    below = run("evaluate", tmp_path, "--floors", floors, "--check-floors")
    assert below.exit_code == 1 and "below its floor: fields" in below.stderr
    assert run("evaluate", tmp_path, "--floors", floors, "--set-floors").exit_code == 2
    assert run("evaluate", tmp_path, "--floors", floors, "--set-floors", "--lower").exit_code == 0
    assert "## paragraphs" not in run("evaluate", "tagger", tmp_path).stdout
    assert run("evaluate", "tagger", tmp_path, "--check-floors").exit_code == 2
    assert run("evaluate", tmp_path / "nothing").exit_code == 2
