"""Training of the fact linker: gold at its place, the same weights from the same samples, what was trained serves."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn")

from nianbao import artefacts
from nianbao.facts import link
from nianbao.facts.features import VERSION
from nianbao.facts.model import Model
from nianbao.facts.rules import examples
from nianbao.train import facts
from nianbao.train.gold import GoldFact
from nianbao.train.marked import Sample, read
from nianbao.train.prose import prose_of

MARKED = """\
---
{front}
---
@title {{{{AGENCY|{place}财政局}}}}2018年政府信息公开工作年度报告
@proactive 全年主动公开政府信息{{{{COUNT|{number}条||proactive_total}}}},其中网站{{{{COUNT|1条||proactive_website}}}}。
@proactive {{{{DATE|2017年}}}}主动公开政府信息{{{{COUNT|9条||proactive_total;year=2017}}}}。
@requests 收到申请{{{{COUNT|{number}件||requests_received}}}}。
@requests 全县收到申请{{{{COUNT|77件||requests_received;scope=region}}}}。
@requests 发放宣传册{{{{COUNT|5件}}}}。
@fees 我局未收取费用。
"""


def write(folder: Path, count: int = 4) -> Path:
    for number in range(2, 2 + count):
        place = f"{'东南西北中上下'[number - 2]}川县"
        front = {
            "title": "年度报告", "agency": f"{place}财政局", "year": 2018, "region": {"province": place},
            "zeros": [{"quote": "未收取费用", "indicators": ["fees_collected"]}],
        }  # fmt: skip
        text = MARKED.format(front=json.dumps(front, ensure_ascii=False), place=place, number=number)
        (folder / f"s{number}.mr.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def samples(tmp_path: Path) -> list[Sample]:
    return [read(path) for path in sorted(write(tmp_path).glob("*.mr.txt"))]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few rounds, and one row of the table of what each kind of features is worth."""
    monkeypatch.setattr(facts, "_ROUNDS", 8)
    monkeypatch.setattr(facts, "_KINDS", {"topics": ("#T", "#S")})


def test_gold_facts_stand_at_their_place(samples: list[Sample]) -> None:
    prose = prose_of(samples[0])
    assert prose is not None
    said = [prose.document.shadow[start:end] for _, (start, end) in prose.facts]
    assert said == ["2条", "1条", "9条", "2件", "77件", "未收取费用"]


def test_gold_facts_of_pages_are_found_one_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "p.mr.html"
    front = {"title": "年报", "agency": None, "year": 2018}
    path.write_text(
        f"---\n{json.dumps(front)}\n---\n<html><body><p>@@requests@@信箱来信{{{{COUNT|2件}}}},<b>收到</b>申请"
        "{{COUNT|2件||requests_received}}</p></body></html>",
        encoding="utf-8",
    )
    prose = prose_of(read(path))
    assert prose is not None
    (fact, (start, end)) = prose.facts[0]
    assert (fact.indicators, prose.document.shadow[start - 4 : end]) == (["requests_received"], "收到申请2件")


def test_a_further_report_on_the_page_is_none_of_what_is_learnt(tmp_path: Path) -> None:
    write(tmp_path, count=1)
    first = (tmp_path / "s2.mr.txt").read_text(encoding="utf-8")
    title, body = (
        "@title {{AGENCY|北山镇人民政府}}2018年政府信息公开工作年度报告\n",
        "@proactive 主动公开政府信息77条。\n",
    )
    (tmp_path / "s2.mr.txt").write_text(first + title + body * 15, encoding="utf-8")
    prose = prose_of(read(tmp_path / "s2.mr.txt"))
    assert prose
    text = "".join(prose.document.shadow[s.start : s.end] for s in prose.segments)
    assert "77件" in text
    assert "77条" not in text


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({}, "own"),
        ({"used": False}, "part"),
        ({"scope": "region", "used": False}, "region"),
        ({"status": "plan", "year": 2019, "used": False}, "plan"),
        ({"cumulative": True, "used": False}, "cumulative"),
        ({"year": 2017, "used": False}, "year"),
    ],
)
def test_the_setting_of_a_gold_fact(fields: dict[str, object], kind: str) -> None:
    fact = GoldFact.model_validate({"indicators": ["trainings"], "text": "2次", "value": 2, "year": 2018, **fields})
    assert facts.setting_of(fact, 2018) == kind


def test_numbers_that_mean_nothing_are_seen_too(samples: list[Sample]) -> None:
    report = facts.reports_of(samples)[0]
    assert [kind for _, kind in report.meanings] == [
        "proactive_total", "proactive_website", "proactive_total", "requests_received", "requests_received", "-",
    ]  # fmt: skip
    assert sorted({kind for _, kind in report.settings}) == ["own", "region", "year"]


@pytest.mark.usefixtures("small")
def test_the_same_samples_and_seed_give_the_same_weights(samples: list[Sample]) -> None:
    first, card = facts.train(samples, 3)
    again, same = facts.train(samples, 3)
    assert card == same
    assert all(first[name].tobytes() == again[name].tobytes() for name in first)
    assert card["cross_validation"]["facts"] == 24
    assert card["cross_validation"]["f1"] > 0.5
    assert list(card["ablation"]) == ["nothing left out", "topics"]


def test_what_was_trained_serves_as_it_was_trained(samples: list[Sample]) -> None:
    reports = facts.reports_of(samples)
    model = facts.fit_both(reports)
    arrays, cards = facts.packed(model)
    card = {"features": VERSION, "least": 0, **cards}
    served = Model.of(artefacts.Artefact("facts", "1", arrays, card))
    prose = reports[0].prose
    found, again = (link(prose.document, prose.segments, prose.mentions, prose.reporter, m) for m in (model, served))
    assert [f.indicator for f in found] == [f.indicator for f in again]
    assert np.allclose([f.confidence for f in found], [f.confidence for f in again], atol=0.01)
    assert {f.indicator: f.value for f in found if f.used} == {
        "proactive_total": 2, "proactive_website": 1, "requests_received": 2, "fees_collected": 0,
    }  # fmt: skip


def test_every_indicator_that_prose_states_has_an_example() -> None:
    told = {indicator for example in examples() for indicator in example.indicators}
    assert {"requests_received", "denied_query", "other_other", "budget", "coercions_decided"} <= told
    assert all(example.phrase.count("#") == 1 for example in examples())
