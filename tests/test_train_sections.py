"""Training of the section classifier: gold for segments, the same weights from the same samples, versions."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy")

from nianbao import artefacts
from nianbao.classify import Model
from nianbao.document import Segment
from nianbao.train.annotation import Annotation
from nianbao.train.formats import export_annotations
from nianbao.train.marked import Sample, read
from nianbao.train.pages import page_of
from nianbao.train.samples import read_samples
from nianbao.train.sections import _KINDS, train
from nianbao.train.trainer import train_models

MARKED = """\
---
{front}
---
@title {{{{AGENCY|{place}财政局}}}}2018年政府信息公开工作年度报告
@preamble 现将{{{{AGENCY|{place}财政局}}}}年度报告公布如下。
@overview#1 一、概述
@overview 一年来工作成效明显。
@proactive+requests (一)主动公开。公开信息{number}条。(二)依申请公开。收到申请{number}件。
@fees#1 二、收费情况
@fees 未收取费用。
@problems#1 三、存在的问题
@problems+improvements 更新不及时。今后将加强。
@noise 打印 关闭
"""


def write(folder: Path, count: int = 6) -> Path:
    for number in range(2, 2 + count):
        place = f"{'东南西北中上下'[number - 2]}川县"
        front = {"title": "年度报告", "agency": f"{place}财政局", "year": 2018, "region": {"province": place}}
        text = MARKED.format(front=json.dumps(front, ensure_ascii=False), place=place, number=number)
        (folder / f"s{number}.mr.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def samples(tmp_path: Path) -> list[Sample]:
    return [read(path) for path in sorted(write(tmp_path).glob("*.mr.txt"))]


def test_a_part_of_a_line_has_the_label_that_its_title_names(samples: list[Sample]) -> None:
    page = page_of(samples[0])
    labels = [(page.document.shadow[s.start : s.end][:6], page.label(i)) for i, s in enumerate(page.segments)]
    assert ("(一)主动公", "proactive") in labels
    assert ("(二)依申请", "requests") in labels
    assert len(page.names) == len(page.segments) == len(samples[0].gold.paragraphs) + 1


def test_gold_is_found_in_pages_without_offsets(tmp_path: Path) -> None:
    path = tmp_path / "p.mr.html"
    front = {"title": "年报", "agency": None, "year": None}
    path.write_text(
        f"---\n{json.dumps(front)}\n---\n<html><body><p>@@noise@@打印</p><h1>@@title@@2018年年报</h1>"
        "<p>@@overview#1@@一、概&nbsp;述</p><p>@@overview@@一年来<b>成效</b>明显。</p></body></html>",
        encoding="utf-8",
    )
    page = page_of(read(path))
    assert [page.label(i) for i in range(len(page.segments))] == ["noise", "title", "overview", "overview"]


def test_the_same_samples_and_seed_give_the_same_weights(samples: list[Sample]) -> None:
    first, card = train(samples, 3)
    again, same = train(samples, 3)
    assert card == same
    assert all(first[name].tobytes() == again[name].tobytes() for name in first)
    assert card["cross_validation"]["paragraphs"] == 60
    assert card["cross_validation"]["accuracy"] > 0.9
    assert card["ablation"]["nothing"] == {n: card["cross_validation"][n] for n in ("accuracy", "macro_f1")}
    assert card["ablation"].keys() >= {"moves", "own heading", "catalogue's words", "neighbours"}
    names = first["names"].tobytes().decode().split("\n")
    assert first["weights"].shape == (1 + len(names), len(card["labels"]))


def test_what_was_trained_serves(samples: list[Sample]) -> None:
    arrays, card = train(samples, 0)
    model = Model.of(artefacts.Artefact("sections", "1", arrays, card))
    page = page_of(samples[0])
    path = model.decode([Segment(s.start, s.end) for s in page.segments], model.chances(page.names))
    right = [model.labels[label] == page.label(i) for i, label in enumerate(path)]
    assert np.mean(right) > 0.9


def test_training_writes_a_version_and_puts_it_into_service(tmp_path: Path) -> None:
    data, models = tmp_path / "data", tmp_path / "models"
    data.mkdir()
    write(data)
    assert train_models(["sections"], data, models, seed=1) == {"sections": "0001"}
    assert train_models(["sections"], data, models, seed=1) == {"sections": "0002"}
    assert 'sections = "0002"' in (models / "active.toml").read_text(encoding="utf-8")
    cards = [json.loads((models / "sections" / n / "card.json").read_text(encoding="utf-8")) for n in ("0001", "0002")]
    assert cards[0]["weights_sha256"] == cards[1]["weights_sha256"]
    assert cards[0]["corpus"]["samples"] == 6


def test_own_json_trains_the_same_weights(tmp_path: Path, samples: list[Sample]) -> None:
    export_annotations("jsonl", [Annotation.of_sample(sample)[0] for sample in samples], tmp_path / "all.jsonl")
    arrays, card = train(samples, 1)
    again, same = train(read_samples(tmp_path / "all.jsonl"), 1)
    assert card == same
    assert all(arrays[name].tobytes() == again[name].tobytes() for name in arrays)


def test_every_feature_is_of_one_kind(samples: list[Sample]) -> None:
    shipped = artefacts.load("sections").arrays["names"].tobytes().decode().split("\n")
    described = {name for sample in samples for names in page_of(sample).names for name in names}
    kinds = {
        name: [kind for kind, begins in _KINDS.items() if re.match(begins, name)] for name in {*shipped, *described}
    }
    assert {name: found for name, found in kinds.items() if len(found) != 1} == {}


def test_unknown_models_and_empty_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no model parser"):
        train_models(["parser"], tmp_path, tmp_path)
    with pytest.raises(ValueError, match="no marked samples"):
        train_models(["sections"], tmp_path, tmp_path)
