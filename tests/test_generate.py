"""Generated reports: gold that says what stands there, forms that add up or fail as planted, the same bytes again."""

from __future__ import annotations

import json
import random
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from nianbao import engine, regions
from nianbao.catalogue import catalogue
from nianbao.cli import app
from nianbao.train.generate import SHAPES, Settings, drafts, generate, noise, tables, variant
from nianbao.train.generate.draft import CellAt, Draft, Sheet
from nianbao.train.generate.edits import EditLog, sparing
from nianbao.train.generate.figures import failing, han, refigured
from nianbao.train.generate.forms import fill_requests, fill_review, plant
from nianbao.train.generate.identity import postpone, rename
from nianbao.train.gold import Gold
from nianbao.train.marked import Sample, as_text
from nianbao.train.trainer import read_samples
from nianbao.train.validate import faults

SAMPLES = Path(__file__).parents[1] / "corpora" / "samples"
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
KINDS = sorted({f"N-{number:02}" for number in range(1, 41)} - {"N-12"})  # N-12 is a shape: one cell a line
# share of the gold's indicators that reading light noise has to find; the clean samples give 0.93
INDICATORS_MIN = 0.9


@cache
def sources() -> dict[str, Draft]:
    samples = read_samples(SAMPLES)
    return {sample.name: draft for sample, draft in zip(samples, drafts(samples), strict=True)}


def some(step: int) -> Iterator[tuple[str, Draft]]:
    return islice(sources().items(), 0, None, step)


def assert_points(text: str, gold: Gold) -> None:
    for part in (*gold.entities, *gold.facts, *gold.paragraphs):
        assert part.start is not None
        assert text[part.start : part.end].strip() == part.text.strip() != ""
    for item in (*gold.problems, *gold.measures):
        assert item in text
    lines = [line for line in text.split("\n") if line.strip()]
    assert [paragraph.text for paragraph in gold.paragraphs] == [line.strip() for line in lines]


@QUICK
@given(st.data())
def test_edits_move_spans_with_their_words(data: st.DataObject) -> None:
    text = "".join(chr(0x4E00 + i) for i in range(30))
    bounds = data.draw(st.lists(st.integers(0, 30), min_size=2, max_size=8, unique=True).map(sorted))
    edits = [(a, b, "X" * data.draw(st.integers(0, 4))) for a, b in zip(bounds[::2], bounds[1::2], strict=False)]
    log = EditLog(text, edits)
    for start in range(30):
        for end in range(start + 1, 31):
            span, inside = log.span(start, end), [e for e in edits if start <= e[0] and e[1] <= end]
            cut = any(a < edge < b for a, b, _ in edits for edge in (start, end))
            expected = EditLog(text[start:end], [(a - start, b - start, new) for a, b, new in inside]).text
            assert (span is None) == (cut or not expected)
            if span:
                assert log.text[slice(*span)] == expected
    assert sparing([(2, 5, "x")], [(3, 9)]) == []
    assert sparing([(3, 5, "x"), (9, 9, "y")], [(3, 9)]) == [(3, 5, "x"), (9, 9, "y")]


def test_pages_as_texts_keep_all_their_gold() -> None:
    pages = [sample for sample in read_samples(SAMPLES) if sample.gold.file.endswith(".html")]
    for page in pages:
        text = as_text(page)
        assert_points(text.data, text.gold)
        assert len(text.gold.entities) == len(page.gold.entities)
        assert len(text.gold.facts) == len(page.gold.facts)
        assert list(faults(text)) == list(faults(page))


def test_an_unchanged_draft_settles_to_its_sample() -> None:
    for sample in read_samples(SAMPLES)[::7]:
        text = as_text(sample)
        gold = drafts([text])[0].settle(text.gold.file)
        assert_points(text.data, gold)
        assert [p.label for p in gold.paragraphs] == [p.label for p in text.gold.paragraphs]
        assert gold.indicators == text.gold.indicators


@pytest.mark.parametrize("strength", [0.0, 0.3, 1.0])
def test_gold_points_at_what_it_says(strength: float) -> None:
    for number, (name, source) in enumerate(some(8)):
        made = variant(source, name, random.Random(number), Settings(noise=strength, shape="words"))
        assert_points(made.data, made.gold)
        assert made.gold.model_dump() == Gold.model_validate(made.gold.model_dump()).model_dump()


def test_the_same_seed_gives_the_same_bytes_and_a_longer_run_begins_as_a_shorter_one() -> None:
    few = dict(islice(sources().items(), 5))

    def run(seed: int, count: int) -> list[tuple[str, str]]:
        made = islice(generate(list(few.values()), seed, Settings(noise=0.5)), count)
        return [(sample.data, sample.gold.model_dump_json()) for sample in made]

    assert run(1, 4) == run(1, 7)[:4] != run(2, 4)


def test_who_and_when_change_everywhere() -> None:
    moved = 0
    for number, (_, source) in enumerate(some(3)):
        draft, rng = source.copy(), random.Random(number)
        postpone(draft, rng)
        rename(draft, rng)
        gold, old = draft.gold, source.gold
        assert_points(draft.text, draft.settle("x.txt"))
        if gold.region.get("county") and gold.region != old.region:
            moved += 1
            chains = [regions.chain(place, gold.year) for place in regions.places(gold.region["county"], gold.year)]
            assert (gold.region["province"], gold.region.get("city"), gold.region["county"]) in chains
            assert old.region["county"] not in (gold.agency or "")
        assert catalogue().forms and gold.era == old.era
    assert moved > 10


@pytest.mark.parametrize("name", ["requests_2019", "requests_2021", "review_litigation"])
@QUICK
@given(seed=st.integers(0, 10**6))
def test_fresh_forms_add_up_and_each_planted_error_shows(name: str, seed: int) -> None:
    form, rng = catalogue().forms[name], random.Random(seed)
    fill = fill_review if name == "review_litigation" else fill_requests
    for kind in (None, "carried", "cell", "shift", "total"):
        cells = fill(form, {}, rng)
        broken = plant(form, cells, kind, rng) if kind else None
        gold = Gold.model_validate(
            {"title": None, "agency": None, "year": 2021, "tables": [{"form": name, "cells": cells}]}
        )
        found = {
            c
            for c in failing(Draft("", gold, []))
            if c.startswith(("T3-01", "T3-02", "T3-03", "T4-01", "T4-02", "T4-03"))
        }
        assert (broken in found) if broken else found == set(), kind
        if kind == "carried" and broken:
            assert found == {"T3-01"}


def test_new_figures_break_nothing_but_what_is_planted() -> None:
    changed = planted = 0
    for number, (name, source) in enumerate(sources().items()):
        if number % 4 or list(faults(Sample(name, source.text, source.gold))):
            continue
        for error in (False, True):
            draft = refigured(source, random.Random(number), error=error)
            gold = draft.settle("x.txt")
            changed += draft.text != source.text
            assert list(faults(Sample(name, draft.text, gold))) == []
            new = failing(draft) - failing(source)
            assert new <= set(gold.checks_fail)
            planted += bool(error and new)
            assert len({check[0] for check in new}) <= 1
            if not error:
                assert new == set()
                assert set(gold.checks_fail) <= set(source.gold.checks_fail)
            for mark in draft.of(CellAt):
                shown = re.search(r"\d[\d,.]*", unicodedata.normalize("NFKC", draft.read(mark)))
                cell = gold.tables[mark.of.table].cells[mark.of.row][mark.of.column]
                assert shown is None or float(shown[0].replace(",", "")) == abs(cell or 0)
    assert changed > 40
    assert planted > 10


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_noise_changes_the_text_and_keeps_the_gold_right(kind: str) -> None:
    hits = 0
    for number, (_, source) in enumerate(some(5)):
        draft, rng = source.copy(), random.Random(number)
        if kind in noise.NOISES:
            changed = noise.NOISES[kind](draft, rng)
            assert changed == (draft.text != source.text)
        else:
            tables.relaid(draft, random.Random(number), shape="pipes", noise=frozenset())
            plain = draft.text
            draft = source.copy()
            tables.relaid(draft, random.Random(number), shape="pipes", noise=frozenset({kind}))
            changed = draft.text != plain
        hits += changed
        assert_points(draft.text, draft.settle("x.txt"))
        assert not set(draft.gold.indicators) - set(source.gold.indicators)
    assert hits


@pytest.mark.parametrize("shape", [*tables.TEXT_SHAPES, "html"])
def test_tables_laid_out_anew_are_read_with_their_figures(shape: str) -> None:
    for name in ("b_06", "c_01", "d_07"):
        source = sources()[name]
        made = variant(source, name, random.Random(3), Settings(noise=0, errors=0, shape=shape, variation=False))
        report = engine.extract(made.data.encode())
        assert source.of(Sheet)
        cells = {(t.form, r, c): v for t in made.gold.tables for r, row in t.cells.items() for c, v in row.items()}
        read = {
            (t.form, r, c): x.value for t in report.tables for r, row in (t.cells or {}).items() for c, x in row.items()
        }
        assert {key: read.get(key) for key in cells} == cells


def test_reading_light_noise_gives_the_indicators() -> None:
    right = wanted = 0
    for number, (name, source) in enumerate(some(3)):
        made = variant(source, name, random.Random(number), Settings(noise=0.1, errors=0))
        report = engine.extract(made.data.encode())
        read = {name: cited.value for name, cited in report.indicators.items()}
        right += sum(read.get(name) == pytest.approx(value) for name, value in made.gold.indicators.items())
        wanted += len(made.gold.indicators)
    assert wanted > 1500
    assert right / wanted > INDICATORS_MIN


def test_numbers_in_words() -> None:
    words = {0: "零", 2: "二", 10: "十", 15: "十五", 20: "二十", 104: "一百零四", 110: "一百一十", 3050: "三千零五十"}
    assert {number: han(number) for number in words} == words


def test_the_command_writes_reports_with_their_gold(tmp_path: Path) -> None:
    data = tmp_path / "samples"
    data.mkdir()
    for name in ("a_01.mr.txt", "d_02.mr.txt", "a_12.mr.html"):
        (data / name).write_bytes((SAMPLES / name).read_bytes())
    run = CliRunner().invoke(app, ["generate", str(data), "-o", str(tmp_path / "out"), "--count", "7", "--seed", "5"])
    assert run.exit_code == 0, run.output
    golds = sorted((tmp_path / "out").glob("*.gold.json"))
    assert len(golds) == 7
    for path in golds:
        gold = Gold.model_validate(json.loads(path.read_text(encoding="utf8")))
        assert (tmp_path / "out" / gold.file).is_file()
    options = ["generate", str(data), "-o", str(tmp_path / "bare"), "--count", "2", "--no-gold", "--shape", "lines"]
    assert CliRunner().invoke(app, options).exit_code == 0
    assert {path.suffix for path in (tmp_path / "bare").iterdir()} == {".txt"}
    wrong = CliRunner().invoke(app, ["generate", str(data), "-o", str(tmp_path / "x"), "--shape", "round"])
    assert wrong.exit_code == 2
    assert "html" in SHAPES
