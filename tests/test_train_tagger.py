"""Training of the tagger: varied samples, the chain's likelihood, the same weights from the same samples."""

from __future__ import annotations

import json
import random
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy")

from nianbao.tag.features import KINDS
from nianbao.tag.tagger import FIRST, INSIDE, TAGS, best_tags
from nianbao.train import tagger
from nianbao.train.augment import Example, rewrite, varied
from nianbao.train.chain import Steps, expect
from nianbao.train.marked import Sample, read

MARKED = """\
---
{front}
---
@title {{{{AGENCY|{county}财政局}}}}2018年政府信息公开工作年度报告
@noise 来源:{county}审计局
@preamble 本报告由{{{{AGENCY|{county}财政局}}}}编制,联系人:{{{{PERSON|周建民}}}},电话:0746-7210203。
@preamble 地址:{{{{ADDRESS|{county}重华路18号}}}},邮编:425600
@proactive 通过“{{{{CHANNEL|{stem}财政}}}}”微信公众号公开信息20条,{{{{AGENCY|县审计局}}}}参加了检查。
"""


def sample(folder: Path, county: str) -> Sample:
    front = {
        "title": f"{county}财政局2018年政府信息公开工作年度报告", "agency": f"{county}财政局", "year": 2018,
        "region": {"province": county},
    }  # fmt: skip
    path = folder / f"{county}.mr.txt"
    path.write_text(
        MARKED.format(front=json.dumps(front, ensure_ascii=False), county=county, stem=county[:-1]), encoding="utf-8"
    )
    return read(path)


TEXT = "祁阳县财政局\n由祁阳县财政局局长周建民负责,见“祁阳财政”微信公众号。\n地址:祁阳县重华路18号"
NAMES = (
    ("AGENCY", 0, 6), ("AGENCY", 8, 14), ("PERSON", 16, 19), ("CHANNEL", 24, 28), ("ADDRESS", 39, 48),
)  # fmt: skip
EXAMPLE = Example(TEXT, NAMES, ((0, 6), (7, 35), (36, 48)))


def test_rewriting_moves_names_and_lines() -> None:
    assert [TEXT[a:b] for _, a, b in NAMES] == [
        "祁阳县财政局",
        "祁阳县财政局",
        "周建民",
        "祁阳财政",
        "祁阳县重华路18号",
    ]
    new = rewrite(EXAMPLE, [(0, 3, "桂东县"), (8, 11, "克什克腾旗"), (16, 19, "王芳"), (10, 17, "跨界")])
    assert [new.shadow[a:b] for _, a, b in new.names] == [
        "桂东县财政局", "克什克腾旗财政局", "王芳", "祁阳财政", "祁阳县重华路18号",
    ]  # fmt: skip
    assert new.shadow[slice(*new.lines[1])] == "由克什克腾旗财政局局长王芳负责,见“祁阳财政”微信公众号。"


def test_a_varied_sample_keeps_its_shape() -> None:
    for seed in range(20):
        new = varied(EXAMPLE, random.Random(seed))
        assert [label for label, _, _ in new.names] == [label for label, _, _ in NAMES]
        assert all(start < end for _, start, end in new.names)
        first, second = (new.shadow[a:b] for _, a, b in new.names[:2])
        assert first == second
        assert new.shadow.count("\n") == TEXT.count("\n")


def test_the_chances_are_those_of_all_allowed_paths() -> None:
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(5, TAGS))
    allowed = tagger._allowed()
    steps = Steps.of(np.array([3, 2]))
    assert steps.order.tolist() == [0, 3, 1, 4, 2]
    partition, chances = expect(steps, scores[steps.order], allowed)
    total, expected = 0.0, np.zeros_like(scores)
    for begin, end in ((0, 3), (3, 5)):
        weights, hits = 0.0, np.zeros((end - begin, TAGS))
        for path in product(range(TAGS), repeat=end - begin):
            if all(allowed[a, b] for a, b in zip((0, *path), path, strict=False)):
                weight = np.exp(scores[np.arange(begin, end), path].sum())
                weights += weight
                hits[np.arange(end - begin), path] += weight
        total += np.log(weights)
        expected[begin:end] = hits / weights
    assert partition == pytest.approx(total)
    np.testing.assert_allclose(chances, expected[steps.order], atol=1e-9)


def test_inside_follows_its_own_name_only() -> None:
    allowed = tagger._allowed()
    assert allowed[FIRST, INSIDE]
    assert allowed[INSIDE, INSIDE]
    assert not allowed[0, INSIDE]
    assert not allowed[FIRST + 1, INSIDE]
    assert allowed[:, :INSIDE].all()


def test_kinds_of_features_are_those_of_the_tagger() -> None:
    assert sorted(name for names in tagger._KINDS.values() for name in names) == sorted(kind.name for kind in KINDS)


def test_left_to_right_is_allowed_and_no_better_than_the_best_path() -> None:
    rng, allowed = np.random.default_rng(1), tagger._allowed()
    scores, live = rng.normal(size=(60, TAGS)).astype(np.float32), rng.random(60) < 0.9
    best, greedy = best_tags(scores, live), tagger._left_to_right(scores, live)
    assert not greedy[~live].any()
    assert all(allowed[a, b] for a, b in pairwise([0, *greedy.tolist()]))
    assert scores[live, greedy[live]].sum() < scores[live, best[live]].sum()


def test_features_that_are_left_out_have_no_weight() -> None:
    arrays = tagger.learn([EXAMPLE], 0, without={"pair"})
    assert not arrays["pair"].any() and arrays["character"].any()


def test_the_same_samples_give_the_same_weights(tmp_path: Path) -> None:
    samples = [sample(tmp_path, county) for county in ("祁阳县", "桂东县", "宁远县")]
    arrays, card = tagger.train(samples, 0)
    again, _ = tagger.train(samples, 0)
    assert {k: v.tobytes() for k, v in arrays.items()} == {k: v.tobytes() for k, v in again.items()}
    assert card["cross_validation"]["AGENCY"]["support"] == 9
    assert card["ablation"].keys() >= {"nothing", "characters", "candidates", "best path"}
    model = tagger.Tagger.of(arrays)
    found = {(m.label, m.value) for m in model.find("本报告由祁阳县财政局编制,联系人:周建民,地址:祁阳县重华路18号。")}
    assert found == {("AGENCY", "祁阳县财政局"), ("PERSON", "周建民"), ("ADDRESS", "祁阳县重华路18号")}
