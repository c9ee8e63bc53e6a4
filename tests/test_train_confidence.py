"""Training of confidences: what is right, and what follows from it."""

from __future__ import annotations

import pytest

pytest.importorskip("sklearn")

from nianbao import engine
from nianbao.train.annotation import Annotation
from nianbao.train.confidence import Judged, fit, judge
from nianbao.train.marked import Sample


@pytest.fixture
def perfect(report: str) -> Sample:
    return Annotation.of_report(engine.extract(report, with_text=True), "r").sample()


def wrong(sample: Sample) -> set[str]:
    report = engine.read(sample.data, readers=engine.Readers(weigh=lambda _: None))
    return {one.signals[1] for one in judge(sample, report) if not one.right}


def test_what_is_annotated_is_right(perfect: Sample) -> None:
    assert wrong(perfect) == set()


def test_what_is_not_annotated_is_wrong(perfect: Sample) -> None:
    gold = perfect.gold
    gold.year, gold.contact, gold.indicators = 2017, {"phone": ["0772-1"]}, {**gold.indicators, "proactive_total": 7}
    assert wrong(perfect) == {"year:title", "contact:phone", "contact:address", "prose:prose"}


def test_a_page_that_is_no_report_needs_no_title(perfect: Sample) -> None:
    perfect.gold.title, perfect.gold.year = None, None
    assert "title:title" not in wrong(perfect)


def test_doubt_is_learned_from_what_is_wrong() -> None:
    cited = {"value": 1, "start": 0, "end": 1, "source": "prose", "confidence": 0.93}
    judged = [Judged(0, cited, ("all", "rival") if i % 4 == 0 else ("all",), i % 4 != 0) for i in range(80)]
    model = fit([*judged, Judged(0, cited, ("all", "once"), False)])
    assert model.confidence(cited, ["all", "rival"]) < 0.5 < model.confidence(cited, ["all"])
    assert "once" not in model.weights
