"""The folds of the corpus: every sample in one, no province or body in two, alike in eras and formats."""

from __future__ import annotations

import shutil
import tomllib
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from nianbao.train.marked import read
from nianbao.train.splits import FOLDS, deal, group_of, listing, main
from nianbao.train.trainer import read_samples

CORPORA = Path(__file__).parents[1] / "corpora"


def test_the_list_is_what_the_command_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(CORPORA / "samples", tmp_path / "samples")
    shutil.copy(CORPORA / "splits.toml", tmp_path)
    monkeypatch.setattr("sys.argv", ["splits", str(tmp_path / "samples")])
    assert main() == 0
    assert (tmp_path / "splits.toml").read_bytes() == (CORPORA / "splits.toml").read_bytes()


def test_dealing_does_not_depend_on_order_and_leaves_groups_where_they_are() -> None:
    samples = read_samples(CORPORA / "samples")
    anew = deal(samples)
    assert anew == deal(samples[::-1])
    moved = {group_of(s): (anew[s.name] + 1) % FOLDS for s in samples[:40]}
    dealt = deal(samples, kept=moved)
    assert all(dealt[s.name] == moved[group_of(s)] for s in samples if group_of(s) in moved)
    assert len(set(dealt.values())) == FOLDS


def test_every_sample_has_a_fold_and_no_group_two() -> None:
    samples = read_samples(CORPORA / "samples")
    listed = tomllib.loads((CORPORA / "splits.toml").read_text(encoding="utf8"))["sample"]
    assert set(listed) == {sample.name for sample in samples}
    for trait in (group_of, lambda sample: sample.gold.agency, lambda sample: sample.gold.region.get("province")):
        homes: dict[str, set[int | None]] = {}
        for sample in samples:
            if trait(sample):
                homes.setdefault(str(trait(sample)), set()).add(sample.fold)
        assert {name: folds for name, folds in homes.items() if len(folds) > 1} == {}


def test_folds_are_alike() -> None:
    samples = read_samples(CORPORA / "samples")
    sizes = Counter(sample.fold for sample in samples)
    pages = Counter(sample.fold for sample in samples if sample.gold.file.endswith(".html"))
    assert max(sizes.values()) - min(sizes.values()) <= 2
    assert max(pages.values()) - min(pages.values()) <= 3
    for era in ("regulation_2008", "statistics_2014", "format_2019", "format_2021"):
        held = Counter(sample.fold for sample in samples if sample.gold.era == era)
        assert min(held[fold] for fold in range(FOLDS)) >= 4


def test_samples_that_the_list_lacks_are_refused(tmp_path: Path) -> None:
    name = "a_01.mr.txt"
    (tmp_path / name).write_bytes((CORPORA / "samples" / name).read_bytes())
    assert read_samples(tmp_path)[0].fold in range(FOLDS)
    sample = read(tmp_path / name)
    (tmp_path / "splits.toml").write_text(listing([replace(sample, name="b")], {"b": 0}), encoding="utf8")
    with pytest.raises(ValueError, match=r"no fold for a_01; run python -m nianbao\.train\.splits"):
        read_samples(tmp_path)
