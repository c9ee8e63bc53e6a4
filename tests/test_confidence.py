"""Confidences of cited values: what speaks for and against them, and what the model makes of it."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from nianbao import engine
from nianbao.artefacts import Artefact, ArtefactError, load
from nianbao.assemble.confidence import FIELDS, NAME, Model, values, weigh
from nianbao.record import Fields

TEXT = """某县水利局2018年政府信息公开工作年度报告
现将某县水利局2018年政府信息公开工作年度报告公布如下。联系电话:0772-2515676。
一、主动公开情况
2018年主动公开政府信息{total}条,其中网站公开30条。全年主动公开政府信息{again}条。
二、依申请公开情况
2018年未收到政府信息公开申请。
某县水利局
2019年1月20日
"""


def unweighed(total: int = 100, again: int = 100) -> Fields:
    return engine.read(TEXT.format(total=total, again=again), readers=engine.Readers(weigh=lambda _: None))


def signals(fields: Fields) -> dict[str, list[str]]:
    return {name: said for name, _, said in values(fields)}


def test_every_judged_value_is_weighed() -> None:
    report = unweighed()
    names = [name for name, _, _ in values(report)]
    assert [name for name in names if name in FIELDS] == [f for f in FIELDS if report[f]]
    assert "contact.phone" in names and set(report["indicators"]) <= set(names)
    weigh(report, Model(0.0, {}))
    assert {cited["confidence"] for _, cited, _ in values(report)} == {0.5}


@pytest.mark.parametrize(("again", "said"), [(100, "told:again"), (90, "told:less"), (120, "told:more")])
def test_what_else_is_told_of_the_same(again: int, said: str) -> None:
    told = [s for s in signals(unweighed(100, again))["proactive_total"] if s.startswith("told:") and "rival" not in s]
    assert told == [said]


def test_a_rival_makes_a_value_less_sure() -> None:
    alike, otherwise = (
        engine.extract(TEXT.format(total=100, again=n)).indicators["proactive_total"] for n in (100, 90)
    )
    assert otherwise.confidence < alike.confidence


def test_dates_that_do_not_go_together_are_told() -> None:
    report = unweighed()
    assert "signed:year:-1" in signals(report)["signed"]
    report["signed"]["value"] = "2018-01-20"
    assert "signed:year:0" in signals(report)["signed"]


def test_a_cell_is_no_surer_than_its_place_in_the_row() -> None:
    cell = {"value": 3, "start": 0, "end": 1, "source": "table", "confidence": 0.6, "unit": "件"}
    model = Model(1.0, {"table": 1.0, "unmet": -9.0})
    chance = 1 / (1 + math.exp(-2.0))
    assert model.confidence(cell, ["table", "never trained"]) == pytest.approx(0.6 * chance, abs=1e-3)
    prose = cell | {"source": "prose"}
    assert model.confidence(prose, ["table"]) == pytest.approx(chance, abs=1e-3)


def test_a_model_for_other_signals_is_refused() -> None:
    served = load(NAME)
    Model.of(served)
    with pytest.raises(ArtefactError, match="nianbao train confidence"):
        Model.of(replace(served, card={**served.card, "signals": 0}))
    with pytest.raises(ArtefactError):
        Model.of(Artefact(NAME, "1", served.arrays, {}))


def test_the_shipped_model_doubts_what_is_wrong() -> None:
    found = load(NAME).card["cross_validation"]
    assert found["errors_in_least_sure_tenth"] >= 0.5 and found["calibration_error"] <= 0.02
