"""Evaluation: figures that can be checked by hand, agreement with the outside scorer, floors that hold."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from nianbao import extract
from nianbao.evaluate import (
    Evaluation,
    FloorsError,
    Key,
    as_data,
    as_markdown,
    evaluate,
    read_floors,
    set_floors,
    shortfalls,
)
from nianbao.evaluate.shapes import table_shape
from nianbao.evaluate.tally import Table, Tally
from nianbao.record import Report
from nianbao.train.annotation import Annotation
from nianbao.train.calibration import Sure, calibrate
from nianbao.train.marked import Sample, read
from nianbao.train.samples import read_samples

ROOT = Path(__file__).parents[1]
SCORER = Path(os.environ.get("NIANBAO_SCORER", ROOT.parent / "shared/tools/score.py"))  # not part of this repository
NAMED = ("contact", "indicators", "cells", "entities_core", "entities_other", "problems", "measures", "failed_checks",
         "heading_levels", "normal_forms", "paragraphs")  # fmt: skip


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    return read_samples(ROOT / "corpora/samples")


@pytest.fixture(scope="module")
def evaluation(samples: list[Sample]) -> Evaluation:
    return evaluate(samples)


@pytest.fixture
def perfect(report: str) -> Sample:
    """A sample whose gold is what the engine reads."""
    return Annotation.of_report(extract(report, with_text=True), "r").sample()


def spoilt(spoil: Callable[[Report], object]) -> Callable[[Sample], Report]:
    def read_sample(sample: Sample) -> Report:
        found = extract(sample.data, uri=sample.gold.file, with_text=True)
        spoil(found)
        return found

    return read_sample


def test_what_is_all_right_is_one(perfect: Sample) -> None:
    found = evaluate([perfect])
    assert {key: figure.value for key, figure in found.figures.items() if figure.value != 1} == {}
    assert found.worst(1) == [] and found.calibration["values"].doubted is None


@pytest.mark.parametrize(
    ("spoil", "key", "value"),
    [
        (lambda r: r.indicators.pop("proactive_total"), Key("indicators", "proactive_total"), 0.0),
        (lambda r: setattr(r.year, "value", 1999), Key("fields", "year"), 0.0),
        (lambda r: setattr(r.contact, "phone", []), Key("contact"), 2 / 3),
        (lambda r: setattr(r.contact, "phone", []), Key("contact", "phone"), 0.0),
        (lambda r: setattr(r.year, "value", 1999), Key("field_values_soft", "year"), 0.0),
        (lambda r: r.entities.clear(), Key("entities"), 0.0),
        (lambda r: setattr(r.paragraphs[0], "label", "other"), Key("paragraph_labels", "title"), 0.0),
        (lambda r: r.problems.clear(), Key("problems"), 0.0),
        (lambda r: r.facts.pop(0), Key("facts"), None),
        (lambda r: setattr(r.facts[0], "scope", "region"), Key("facts"), None),
        (lambda r: setattr(r.facts[0], "year", 1999), Key("fact_attributes", "year"), None),
    ],
)  # fmt: skip
def test_what_is_spoilt_shows(
    perfect: Sample, spoil: Callable[[Report], object], key: Key, value: float | None
) -> None:
    found = evaluate([perfect], read=spoilt(spoil))
    figure = found.figures[key].value
    assert figure < 1 if value is None else figure == pytest.approx(value, abs=1e-3)
    (worst,) = found.worst(1)
    assert worst.errors and worst.errors[0].detail


def test_soft_entities_overlap_where_strict_ones_differ(perfect: Sample) -> None:
    def shorten(found: Report) -> None:
        one = next(e for e in found.entities if e.label == "LAW")
        one.start += 1
        one.text = one.text[1:]

    found = evaluate([perfect], read=spoilt(shorten))
    assert found.figure("entities", "LAW").value < found.figure("entities_soft", "LAW").value == 1


def test_soft_fields_hold_most_of_the_words(perfect: Sample) -> None:
    def shorten(found: Report) -> None:
        found.title.value = found.title.value[3:]
        found.agency.value = "另一个机关"

    found = evaluate([perfect], read=spoilt(shorten))
    assert found.figure("field_values", "title").value == 0 < found.figure("field_values_soft", "title").value == 1
    agency = found.figure("field_values_soft", "agency")
    assert (agency.precision, agency.recall) == (0, 0)


def test_a_field_that_is_not_found_is_missed_and_not_extra(perfect: Sample) -> None:
    found = evaluate([perfect], read=spoilt(lambda r: setattr(r, "year", None)))
    figure = found.figure("field_values", "year")
    assert (figure.precision, figure.recall) == (1, 0)


def test_a_secondary_label_is_right_but_not_strictly(perfect: Sample) -> None:
    perfect.gold.paragraphs[0].secondary = ["other"]
    found = evaluate([perfect], read=spoilt(lambda r: setattr(r.paragraphs[0], "label", "other")))
    assert found.figure("paragraph_labels", "title").value == 1
    assert found.figure("paragraph_labels_strict", "title").value == 0


def test_mentions_are_confused_missed_and_extra(perfect: Sample) -> None:
    def spoil(found: Report) -> None:
        next(e for e in found.entities if e.label == "PHONE").label = "POSTCODE"
        found.entities.remove(next(e for e in found.entities if e.label == "ADDRESS"))

    found = evaluate([perfect], read=spoilt(spoil))
    wrong = {pair: count for pair, count in found.entity_confusion.items() if pair[0] != pair[1]}
    assert wrong == {("PHONE", "POSTCODE"): 1, ("ADDRESS", "none"): 1}
    assert "| PHONE | POSTCODE | 1 |" in as_markdown(found)


def test_one_model_is_judged_by_its_own_work(perfect: Sample) -> None:
    measures = {key.measure for key in evaluate([perfect], models=["sections"]).figures}
    assert measures == {"paragraphs", "paragraph_labels", "paragraph_labels_strict", "heading_levels"}
    with pytest.raises(ValueError, match="no model parser"):
        evaluate([perfect], models=["parser"])
    with pytest.raises(ValueError, match="no samples"):
        evaluate([])


def test_figures_of_counts() -> None:
    one, other = Tally("a", {}), Tally("b", {})
    one.sets("entities", ["x", "x", "y"], ["x", "z"], "DATE")
    other.answer("fields", "year", True)
    other.answer("fields", "year", False)
    figures = Table([one, other], 0).figures()
    date = figures[Key("entities", "DATE")]
    assert (date.value, date.precision, date.recall, date.gold) == (0.4, 0.3333, 0.5, 2)
    assert (figures[Key("fields")].value, figures[Key("fields")].precision) == (0.5, None)


def test_intervals_are_of_documents_and_repeatable() -> None:
    tallies = []
    for number in range(40):
        tally = Tally(str(number), {})
        tally.answer("fields", "year", number % 4 > 0)
        tallies.append(tally)
    figure = Table(tallies, 7).figures()[Key("fields")]
    assert figure.low < 0.75 == figure.value < figure.high
    assert figure.high - figure.low == pytest.approx(2 * 1.96 * (0.75 * 0.25 / 40) ** 0.5, abs=0.05)
    assert figure == Table(tallies, 7).figures()[Key("fields")]
    assert Table(tallies, 7).figures([0, 4])[Key("fields")].value == 0


def test_calibration_of_known_values() -> None:
    sure = [Sure(0.95, right=True)] * 90 + [Sure(0.55, right=True)] * 5 + [Sure(0.55, right=False)] * 5
    found = calibrate(sure)
    assert (found.values, found.wrong, found.doubted) == (100, 5, 1.0)
    assert found.error == pytest.approx(0.9 * 0.05 + 0.1 * 0.05)
    assert [(b.low, b.count, b.right) for b in found.bins] == [(0.5, 10, 0.5), (0.9, 90, 1.0)]
    # where all are as sure as another, the least sure tenth holds a tenth of the errors
    assert calibrate([Sure(0.9, right=i > 9) for i in range(100)]).doubted == pytest.approx(0.1)


def test_shapes_of_tables(samples: list[Sample]) -> None:
    shapes = {sample.name: table_shape(sample) for sample in samples}
    known = {"b_03": "pipes", "b_04": "run_on", "b_07": "columns", "c_02": "cells", "d_02": "pipes", "h_03": "grid"}
    assert known.items() <= shapes.items()


def test_agrees_with_the_outside_scorer(samples: list[Sample], evaluation: Evaluation, tmp_path: Path) -> None:
    if not SCORER.exists():
        pytest.skip("the outside scorer is not here")
    lines = []
    for sample in samples:
        gold = json.dumps(sample.gold.model_dump(), ensure_ascii=False)
        (tmp_path / f"{sample.name}.gold.json").write_text(gold, encoding="utf-8")
        lines.append(extract(sample.data, uri=sample.gold.file, with_text=True).model_dump_json())
    done = subprocess.run(
        [sys.executable, SCORER, tmp_path, "-", "--json"],
        input="\n".join(lines).encode(),
        capture_output=True,
        check=True,
    )
    theirs = json.loads(done.stdout)
    pairs = [(Key(name), theirs[name]) for name in NAMED]
    tables = {"fields": "fields", "entities": "entity_labels", "paragraph_labels": "paragraph_labels"}
    for measure, table in tables.items():
        pairs += [(Key(measure, label), row) for label, row in theirs[table].items()]
    for key, row in pairs:
        mine = evaluation.figures[key]
        assert (mine.value, mine.gold) == (row.get("f1", row.get("accuracy")), row["gold"]), key
        if "f1" in row:
            assert (mine.precision, mine.recall) == (row["precision"], row["recall"]), key


def test_no_figure_is_below_its_floor(evaluation: Evaluation) -> None:
    """Lower a floor on purpose only: `nianbao evaluate corpora/samples --set-floors --lower`."""
    assert shortfalls(evaluation, read_floors(ROOT / "corpora/floors.toml")) == []


def test_floors_fall_on_purpose_only(perfect: Sample, tmp_path: Path) -> None:
    path = tmp_path / "floors.toml"
    good, bad = evaluate([perfect]), evaluate([perfect], read=spoilt(lambda r: r.indicators.clear()))
    with pytest.raises(FloorsError, match="no floors"):
        read_floors(path)
    set_floors(path, good)
    assert shortfalls(good, read_floors(path)) == []
    assert "indicators: 0.0, floor 1.0" in shortfalls(bad, read_floors(path))
    with pytest.raises(FloorsError, match="--lower"):
        set_floors(path, bad)
    assert shortfalls(good, read_floors(path)) == []
    set_floors(path, bad, lower=True)
    assert shortfalls(bad, read_floors(path)) == []
    set_floors(path, good)  # up again, of itself
    other = Sample("other", perfect.data, perfect.gold)
    with pytest.raises(FloorsError, match="the floors hold for the corpus"):
        shortfalls(evaluate([other]), read_floors(path))


def test_models_that_have_not_seen_the_reports_have_floors_of_their_own(perfect: Sample, tmp_path: Path) -> None:
    path = tmp_path / "floors.toml"
    good, bad = evaluate([perfect]), evaluate([perfect], read=spoilt(lambda r: r.indicators.clear()))
    set_floors(path, good)
    with pytest.raises(FloorsError, match="held_out"):
        read_floors(path, "held_out")
    set_floors(path, bad, "held_out")
    assert shortfalls(good, read_floors(path)) == shortfalls(bad, read_floors(path, "held_out")) == []
    assert shortfalls(bad, read_floors(path)) != []
    set_floors(path, good, "held_out")  # up, but for the room that training anew needs
    assert read_floors(path, "held_out").values["indicators"] == 0.995
    assert read_floors(path).values["indicators"] == 1


def test_the_page_and_the_data_say_the_same(perfect: Sample) -> None:
    found = evaluate([perfect], read=spoilt(lambda r: setattr(r.paragraphs[0], "label", "other")))
    page, data = as_markdown(found), json.loads(json.dumps(as_data(found)))
    assert "| title | other | 1 |" in page and {"gold": "title", "found": "other", "count": 1} in data["confusion"]
    assert data["figures"]["paragraphs"]["all"]["value"] == found.figure("paragraphs").value < 1
    assert data["groups"]["era"]["statistics_2014"]["documents"] == data["documents"] == 1
    assert "青石县交通运输局" in data["worst"][0]["errors"][0]["excerpt"]
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    assert all(a.count("|") == b.count("|") for a, b in pairwise(rows) if b.startswith("| ---"))


def test_marked_samples_without_facts_say_nothing_of_facts(tmp_path: Path) -> None:
    path = tmp_path / "a.mr.txt"
    front = {"title": None, "agency": None, "year": 2018, "indicators": {"requests_received": 58}}
    path.write_text(f"---\n{json.dumps(front)}\n---\n@requests 2018年收到申请58件。\n", encoding="utf-8")
    assert Key("facts") not in evaluate([read(path)]).figures
