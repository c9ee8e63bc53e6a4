"""The benchmark measures what it says: other texts in each round, nothing remembered, both sides in turns."""

from __future__ import annotations

import random
import re
from functools import cache, lru_cache
from pathlib import Path

import pytest

pytest.importorskip("jieba")

from nianbao import bench, engine


def test_rewriting_changes_digits_and_keeps_years_and_zeros(report: str) -> None:
    text = report + "2016年无申请,受理0件,办结100件,共1357924680件。\n"
    other = bench._rewritten(bench._example(bench.Source(text)), random.Random(1)).text
    assert other != text
    assert re.findall(r"(?<!\d)20\d\d(?!\d)", other) == re.findall(r"(?<!\d)20\d\d(?!\d)", text)
    last = other.splitlines()[-1]
    assert "受理0件" in last
    assert re.search(r"办结[1-9]00件,共[1-9]{9}0件", last)


def test_the_seed_decides_what_is_written(report: str) -> None:
    example = bench._example(bench.Source(report))
    first, again, other = (bench._rewritten(example, random.Random(seed)) for seed in (1, 1, 2))
    assert first == again != other


def test_what_was_remembered_of_documents_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    remembered, loaded = lru_cache(maxsize=16)(str.upper), cache(str.lower)
    remembered("a")
    loaded("a")
    monkeypatch.setattr(engine, "_remembered", remembered, raising=False)
    monkeypatch.setattr(engine, "_loaded", loaded, raising=False)
    bench._forget()
    assert (remembered.cache_info().currsize, loaded.cache_info().currsize) == (0, 1)


def test_reads_marked_and_plain_files_and_leaves_out_what_has_no_text(tmp_path: Path, report: str) -> None:
    (tmp_path / "plain.txt").write_text(report, encoding="utf-8")
    front = '{"kind": "other", "title": null, "agency": null, "year": null}'
    (tmp_path / "a.mr.txt").write_text(f"---\n{front}\n---\n@other 收到{{{{COUNT|7件}}}}。\n", encoding="utf-8")
    paths = [str(tmp_path / name) for name in ("plain.txt", "a.mr.txt", "none.txt")]
    assert bench.read_sources(paths) == [bench.Source(report), bench.Source("收到7件。")]


def test_result_counts_in_milliseconds_a_text() -> None:
    result = bench.Result(
        "texts", texts=4, chars=8000, ours=[0.010, 0.008], jieba=[0.015, 0.016], stages={"tag": 0.004}
    )
    assert result.ratios == pytest.approx([1.5, 2.0])
    shown = result.describe()
    assert "texts: 4, 2,000 characters each" in shown
    assert re.search(r"record +2\.250 ms", shown)
    assert re.search(r"ratio +1\.75 median, 1\.50 in the worst", shown)
    assert re.search(r"tag +0\.500 ms", shown)


def test_run_times_both_sides_and_every_stage(report: str) -> None:
    result = bench.run("texts", [bench.Source(report)], rounds=2, seed=0)
    assert len(result.ours) == len(result.jieba) == 2
    assert min(*result.ours, *result.jieba) > 0
    assert set(engine.STAGES) < set(result.stages)
    assert all(seconds > 0 for seconds in result.stages.values())


def test_of_pages_only_what_is_shown_is_rewritten() -> None:
    page = "<style>p{width:123px}</style><p style='margin:45px'>2018年收到67件</p><script>var x=89</script>"
    fresh = bench._rewritten(bench._example(bench.Source("2018年收到67件", page)), random.Random(1))
    assert re.fullmatch(r"2018年收到[1-9]{2}件", fresh.text.strip())
    assert fresh.page == page.replace("67", re.findall(r"收到(\d+)", fresh.text)[0])


def test_pages_are_measured_beside_their_text(report: str) -> None:
    page = "<html><body>" + "".join(f"<p>{line}</p>" for line in report.splitlines()) + "</body></html>"
    groups = bench.grouped([bench.Source(report), bench.Source(report, page)])
    assert [*groups] == ["texts", "pages under 20 kB"]
    result = bench.run("pages", groups["pages under 20 kB"], rounds=2, seed=0)
    assert len(result.markup) == 2 and min(result.markup) > 0
    assert "times its text" in result.describe()
