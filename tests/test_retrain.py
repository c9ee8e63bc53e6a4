"""Retraining from the command line: what a user's samples teach, what it costs elsewhere, and who decides."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

pytest.importorskip("scipy")

from nianbao import artefacts
from nianbao.evaluate import Key, evaluate, read_by_versions
from nianbao.evaluate.tally import Table, Tally
from nianbao.train.samples import read_samples

Python = Callable[..., "subprocess.CompletedProcess[bytes]"]

PLACES = [
    "祁阳县",
    "桂东县",
    "宁远县",
    "新田县",
    "蓝山县",
    "双牌县",
    "东安县",
    "临武县",
    "嘉禾县",
    "汝城县",
    "安仁县",
    "永兴县",
]
# no shipped sample has a line 码上办; and to this user a 驿站 is no body, which the shipped models take it for
MARKED = """\
---
{front}
---
@title {{{{AGENCY|{place}财政局}}}}2018年政府信息公开工作年度报告
@preamble 现将{{{{AGENCY|{place}财政局}}}}年度报告公布如下。
@overview#1 一、概述
@overview 一年来工作成效明显。
@{odd} 码上办:扫码可看全部内容,随时可看。
@requests#1 二、依申请公开情况
@requests 收到申请{number}件,由{place}清风驿站办理。
@fees#1 三、收费情况
@fees 未收取费用。
@{odd} 码上办:扫码可看收费标准,随时可看。
"""


def write(folder: Path, places: Sequence[str], odd: str = "platform") -> Path:
    folder.mkdir(parents=True)
    for place in places:
        number = 2 + PLACES.index(place)
        province = f"{'江湖'[number % 2]}省"  # two provinces make two folds
        front = {"title": "年度报告", "agency": f"{place}财政局", "year": 2018, "region": {"province": province}}
        text = MARKED.format(front=json.dumps(front, ensure_ascii=False), place=place, number=number, odd=odd)
        (folder / f"{place}.mr.txt").write_text(text, encoding="utf-8")
    return folder


def train(python: Python, folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    return python("-m", "nianbao", "train", *arguments, "--models", folder / "models", cwd=folder)


def serving(folder: Path) -> dict[str, str]:
    return artefacts.active(folder / "models")


def test_a_few_samples_teach_all_models(python: Python, tmp_path: Path) -> None:
    own, unseen = write(tmp_path / "own", PLACES[:10]), read_samples(write(tmp_path / "unseen", PLACES[10:]))
    done = train(python, tmp_path, "all", own, "--from", "active")
    assert done.returncode == 0, done.stderr.decode()
    assert "| own | paragraphs |" in done.stdout.decode()
    new = serving(tmp_path)
    kept = {"confidence": artefacts.active()["confidence"]}  # it judges what the others read
    assert all(new[name] > version for name, version in artefacts.active().items() if name not in kept)
    assert new | kept == new
    before = evaluate(unseen)
    after = evaluate(unseen, read=read_by_versions(unseen, new, tmp_path / "models"))
    assert before.figure("paragraphs").value == pytest.approx(0.8)  # 码上办, twice in ten lines
    assert after.figure("paragraphs").value == 1
    assert before.figure("entities", "AGENCY").precision == pytest.approx(2 / 3, abs=1e-3)
    assert after.figure("entities", "AGENCY").value == 1
    card = artefacts.load("tagger", models=tmp_path / "models").card
    assert (card["parent"], card["begin"]) == (artefacts.active()["tagger"], "pulled")
    assert card["own"]["samples"] == 10
    assert card["before_after"]["own"]["paragraphs"]["after"] == 1


@pytest.mark.slow
def test_what_costs_elsewhere_serves_only_by_force(python: Python, tmp_path: Path) -> None:
    write(tmp_path / "corpora/samples", PLACES[:6])
    own = write(tmp_path / "own", PLACES[6:], odd="attachments")
    old = artefacts.active()["sections"]
    refused = train(python, tmp_path, "sections", own, "--from", "active", "--alone")
    assert refused.returncode == 1
    assert "worse: paragraphs of the shipped reports: " in refused.stderr.decode()
    assert serving(tmp_path)["sections"] == old
    written = artefacts.versions(tmp_path / "models", "sections")
    assert len(written) == 2
    forced = train(python, tmp_path, "sections", own, "--from", old, "--alone", "--force")
    assert forced.returncode == 0
    artefacts.active.cache_clear()
    assert serving(tmp_path)["sections"] > written[-1]


@pytest.mark.slow
def test_the_shipped_corpus_is_mixed_in_where_it_is_at_hand(python: Python, tmp_path: Path) -> None:
    write(tmp_path / "corpora/samples", PLACES[:6])
    own = write(tmp_path / "own", PLACES[4:])  # two of them are in the corpus as well
    assert train(python, tmp_path, "sections", own, "--from", "active").returncode == 0
    card = artefacts.load("sections", models=tmp_path / "models").card
    assert card["begin"] == "warm"
    assert (card["own"]["samples"], card["corpus"]["samples"]) == (8, 12)
    assert set(card["before_after"]) == {"own", "shipped"}


def test_models_that_have_not_seen_a_fold_read_it(python: Python, tmp_path: Path) -> None:
    own = write(tmp_path / "own", PLACES)
    done = python("-m", "nianbao", "evaluate", own, "--held-out", "--save", tmp_path / "out", "--json", tmp_path / "f")
    assert done.returncode == 0, done.stderr.decode()
    found = json.loads((tmp_path / "f").read_text(encoding="utf-8"))
    models = found["producer"]["models"]
    assert {name for name, version in models.items() if version != "held-out"} == {"confidence"}
    assert found["figures"]["paragraphs"]["all"]["value"] == 1  # 码上办 is learned from the other fold
    records = [json.loads(line) for line in (tmp_path / "out/records.jsonl").read_text(encoding="utf-8").splitlines()]
    golds = [json.loads(path.read_text(encoding="utf-8")) for path in (tmp_path / "out/gold").glob("*.gold.json")]
    assert all(record["text"] for record in records)
    assert {record["source"]["uri"] for record in records} == {gold["file"] for gold in golds}
    assert len(records) == len(golds) == len(PLACES)


@pytest.mark.slow
def test_held_out_figures_below_their_floors_fail(python: Python, tmp_path: Path) -> None:
    own, floors = write(tmp_path / "own", PLACES[:4]), tmp_path / "floors.toml"

    def evaluated(option: str) -> subprocess.CompletedProcess[bytes]:
        return python("-m", "nianbao", "evaluate", own, "--held-out", "--floors", floors, option)

    assert evaluated("--set-floors").returncode == 0
    text = floors.read_text(encoding="utf-8")
    assert "[held_out.floors]" in text and "[served" not in text
    floors.write_text(text.replace('"paragraphs" = ', '"paragraphs" = 1'), encoding="utf-8")
    below = evaluated("--check-floors")
    assert below.returncode == 1
    assert "below its floor: paragraphs" in below.stderr.decode()


def test_a_version_that_is_not_there_is_named(python: Python, tmp_path: Path) -> None:
    own = write(tmp_path / "own", PLACES[:2])
    done = python("-m", "nianbao", "evaluate", "entities=9999", own)
    assert done.returncode == 1
    assert "no 9999; there are 0" in done.stderr.decode()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("parser", "own", "--from", "active"), "no model parser; there are sections, entities"),
        (("sections", "own", "--from", "9999"), "no 9999; there are "),
        (("sections", "own", "--from", "active", "--mix"), "say --alone"),
        (("sections", "own", "--force"), "go with --from"),
        (("sections", "one", "--from", "active"), "annotate more"),
    ],
)  # fmt: skip
def test_bad_wishes_are_refused(python: Python, tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    write(tmp_path / "own", PLACES[:3])
    write(tmp_path / "one", PLACES[:1])
    done = train(python, tmp_path, *arguments)
    assert done.returncode in (1, 2)
    assert told in " ".join(done.stderr.decode().replace("│", "").split())


def tallies(*rights: int) -> list[Tally]:
    return [Tally(f"d{i}", {}, {Key("paragraphs"): (right, 0, 10 - right)}) for i, right in enumerate(rights)]


def test_a_change_is_judged_in_pairs() -> None:
    wide, higher = (2, 9, 4, 10, 6, 3), (3, 10, 5, 10, 7, 4)
    found = Table([*tallies(*higher), *tallies(*wide)], 0).differences()[Key("paragraphs")]
    assert (found.before, found.after, found.gold) == (0.65, 0.5667, 60)
    assert found.low < found.high < 0
    assert found.worse
    assert not Table([*tallies(*wide), *tallies(*higher)], 0).differences()[Key("paragraphs")].worse
    assert not Table([*tallies(5, 9, 4), *tallies(6, 8, 4)], 0).differences()[Key("paragraphs")].worse
