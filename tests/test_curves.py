"""Learning curves and transfer, on a few tiny reports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("scipy")

from nianbao.evaluate import Key, curves
from nianbao.evaluate.curves import Family, Step, as_table
from nianbao.train.marked import Sample, read

MARKED = """\
---
{front}
---
@title {{{{AGENCY|{place}财政局}}}}2018年政府信息公开工作年度报告
@preamble 现将{{{{AGENCY|{place}财政局}}}}年度报告公布如下。
@requests#1 一、依申请公开情况
@requests 收到申请12件。
@{odd} {words}:扫码可看全部内容,随时可看。
"""


def write(folder: Path, place: str, province: str, odd: str, words: str) -> Sample:
    front = {"title": "年度报告", "agency": f"{place}财政局", "year": 2018, "region": {"province": province}}
    path = folder / f"{place}.mr.txt"
    text = MARKED.format(front=json.dumps(front, ensure_ascii=False), place=place, odd=odd, words=words)
    path.write_text(text, encoding="utf-8")
    return read(path)


@pytest.fixture
def samples(tmp_path: Path) -> list[Sample]:
    """Two folds of reports; 码上办 stands in those of 江省 and 湖省 only, and nothing else tells what it is."""
    return [
        write(tmp_path, f"{where}{number}县", f"{where}省", *line)
        for where, line in {"江": ("fees", "码上办"), "湖": ("fees", "码上办"), "山": ("platform", "本网站")}.items()
        for number in "甲乙丙"
    ]


@pytest.mark.slow
def test_what_a_family_says_is_learned_from_the_family_only(
    samples: list[Sample], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curves, "SIZES", (0, 1))
    folds = dict.fromkeys("江山", 0) | {"湖": 1}
    held = [Sample(s.name, s.data, s.gold, folds[s.name[0]]) for s in samples]
    family = Family.of("province=江省,湖省")
    (curve,) = curves.curves(held, [family], [1])
    assert [(name, step.trained) for name, step in curve.items()] == [("0", [3]), ("1", [4]), ("all", [6])]
    assert all([tally.name[0] for tally in step.tallies] == ["湖"] * 3 for step in curve.values())
    without, _, whole = (step.figures()[Key("paragraphs")].value for step in curve.values())
    assert without < whole == 1
    assert as_table(curve).splitlines()[-1].startswith("| all | 6 | 3 | 1.000 [1.00, 1.00] |")


def test_the_family_of_all_is_the_learning_curve(samples: list[Sample], monkeypatch: pytest.MonkeyPatch) -> None:
    trained: list[int] = []
    monkeypatch.setattr(curves, "SIZES", (0, 2))
    monkeypatch.setattr(
        curves, "_tallies", lambda train, judged, _: trained.append(len(train)) or [Step()] * len(judged)
    )
    held = [Sample(s.name, s.data, s.gold, i % 2) for i, s in enumerate(samples)]
    (curve, again) = curves.curves(held, [Family(), Family()])
    assert {name: step.trained for name, step in curve.items()} == {"2": [2, 2], "all": [4, 5]}
    assert again == curve
    assert trained == [2, 4, 2, 5]  # what was trained once is not trained again


def test_a_family_that_is_none_is_refused(samples: list[Sample]) -> None:
    with pytest.raises(ValueError, match="no family"):
        Family.of("era")
    assert Family.of("era=none").values == {"none"}
    with pytest.raises(ValueError, match="no reports to judge with province=川省"):
        curves.curves(samples, [Family.of("province=川省")])
