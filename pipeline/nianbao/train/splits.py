"""Which samples are held out together: groups that share a province or a body, dealt out to folds once and for all.

`splits.toml`, in the folder of the samples or in the one above, lists every sample with its group and its fold.
`python -m nianbao.train.splits DIR` writes it; where there is none, the same folds are dealt when they are needed.
"""

from __future__ import annotations

import argparse
import random
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nianbao.train.gold import Gold
from nianbao.train.marked import Sample, read

FOLDS = 5
_SEED = 0
_NAME = "splits.toml"


def group_of(sample: Sample) -> str:
    """What a sample must not be parted from: its province, without one its body, without that only itself."""
    gold = sample.gold
    return gold.region.get("province") or gold.agency or sample.name


def body_of(sample: Sample) -> str:
    """The body of a sample, without one only itself: what must not be parted where all are of one province."""
    return sample.gold.agency or sample.name


def deal(
    samples: Sequence[Sample],
    seed: int = _SEED,
    group: Callable[[Sample], str] = group_of,
    kept: Mapping[str, int] | None = None,
) -> dict[str, int]:
    """The fold of each sample by name: groups stay whole, folds alike in size, eras and formats.

    Groups are dealt the largest first, each to the fold that it leaves most even; the seed breaks ties. Those that
    `kept` has a fold for stay there, or figures before and after new samples would be of other reports.
    """
    kept = kept or {}
    groups: dict[str, list[Sample]] = {}
    for sample in samples:
        groups.setdefault(group(sample), []).append(sample)
    order = sorted(groups)
    random.Random(seed).shuffle(order)
    order.sort(key=lambda name: (name not in kept, -len(groups[name])))
    held: list[Counter[str]] = [Counter() for _ in range(FOLDS)]
    out: dict[str, int] = {}
    for name in order:
        traits = Counter(trait for sample in groups[name] for trait in _traits(sample.gold))
        fold = kept.get(name)
        if fold is None:
            fold = min(range(FOLDS), key=lambda f: sum(n * (2 * held[f][t] + n) for t, n in traits.items()))
        held[fold] += traits
        out |= {sample.name: fold for sample in groups[name]}
    return {sample.name: out[sample.name] for sample in samples}


def _traits(gold: Gold) -> tuple[str, ...]:
    """What folds are to hold evenly."""
    return "", gold.era or "none", gold.file.rpartition(".")[2]


def split(samples: Sequence[Sample], data: Path) -> list[Sample]:
    """The samples with their folds: those that `splits.toml` gives, or freshly dealt ones where there is no such file.

    Raises:
      ValueError: the file lacks a sample, or gives a fold that is none.
    """
    path = next((folder / _NAME for folder in (data, data.parent) if (folder / _NAME).is_file()), None)
    if path is None:
        return dealt(samples)
    listed = _listed(path)
    lacking = [s.name for s in samples if listed.get(s.name, {}).get("fold") not in range(FOLDS)]
    if lacking:
        raise ValueError(f"{path}: no fold for {', '.join(lacking[:5])}; run python -m nianbao.train.splits {data}")
    return [replace(sample, fold=listed[sample.name]["fold"]) for sample in samples]


def _listed(path: Path) -> dict[str, dict[str, Any]]:
    """Group and fold by sample."""
    return dict(tomllib.loads(path.read_text(encoding="utf8")).get("sample", {}))


def dealt(samples: Sequence[Sample]) -> list[Sample]:
    """The samples with folds: their own, or freshly dealt ones where one of them has none."""
    if all(sample.fold is not None for sample in samples):
        return list(samples)
    return _held(samples, deal(samples))


def parted(samples: Sequence[Sample]) -> list[Sample]:
    """The samples with folds, at least two of them: dealt by body where all are of one province.

    Raises:
      ValueError: there are no two folds.
    """
    held = dealt(samples)
    if len(folds(sample.fold for sample in held)) < 2:
        held = _held(samples, deal(samples, group=body_of))
    if len(folds(sample.fold for sample in held)) < 2:
        raise ValueError("samples of one body cannot be held out: there is nothing else to train on; annotate more")
    return held


def _held(samples: Sequence[Sample], folds: Mapping[str, int]) -> list[Sample]:
    return [replace(sample, fold=folds[sample.name]) for sample in samples]


def folds(held: Iterable[int | None]) -> list[int]:
    """The folds that are not empty, in order."""
    return sorted({fold for fold in held if fold is not None})


def listing(samples: Sequence[Sample], folds: Mapping[str, int]) -> str:
    """The text of `splits.toml`."""
    head = (
        f"# Group and fold of every sample. Made by `python -m nianbao.train.splits`: {FOLDS} folds, seed {_SEED}.\n\n"
        "[sample]\n"
    )
    rows = (f'{s.name} = {{ group = "{group_of(s)}", fold = {folds[s.name]} }}\n' for s in samples)
    return head + "".join(rows)


def main() -> int:
    """Writes `splits.toml` beside a folder of samples: `python -m nianbao.train.splits DIR [--anew]`."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--anew", action="store_true", help="deal all groups, not only those that have no fold yet")
    args = parser.parse_args()
    path = args.data.parent / _NAME
    samples = [read(file) for file in sorted(args.data.rglob("*.mr.*"))]
    kept = {} if args.anew or not path.is_file() else {s["group"]: s["fold"] for s in _listed(path).values()}
    path.write_text(listing(samples, deal(samples, kept=kept)), encoding="utf8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
