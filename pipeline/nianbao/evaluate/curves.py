"""What more samples bring: learning curves, and transfer to reports of a kind that the training lacks.

    python -m nianbao.evaluate.curves corpora/samples --without era=format_2021 --without province=上海市,江苏省

All models are trained on some of the reports outside a fold; the whole engine reads with them those in it. A family of
reports is trained without, judged alone, and then added bit by bit; the learning curve is that of the family of all.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from nianbao.evaluate.document import groups_of
from nianbao.evaluate.evaluation import tally_of
from nianbao.evaluate.readers import fit_into, read_with
from nianbao.evaluate.render import interval, table
from nianbao.evaluate.tally import Figure, Key, Table, Tally
from nianbao.tag.tagger import LABELS
from nianbao.train.marked import Sample
from nianbao.train.samples import read_samples
from nianbao.train.splits import FOLDS, folds, parted

SIZES = (0, 10, 20, 50, 100)
"""How many reports of a family are trained on; in the end all of them are."""
# of each model what it alone answers for, and the purpose of all
_SHOWN = (Key("paragraphs"), *(Key("entities", label) for label in LABELS), Key("facts"), Key("indicators"))


@dataclass(frozen=True, slots=True)
class Family:
    """Reports that share a group of the evaluation, `era` or `province`, with one of some values; without one, all."""

    group: str = ""
    values: frozenset[str] = frozenset()

    @classmethod
    def of(cls, text: str) -> Family:
        """The family that `GROUP=VALUE,VALUE` names.

        Raises:
          ValueError: it names none.
        """
        group, _, values = text.partition("=")
        if not group or not values:
            raise ValueError(f"{text}: no family; say GROUP=VALUE or GROUP=VALUE,VALUE, as in era=format_2021")
        return cls(group, frozenset(values.split(",")))

    def __str__(self) -> str:
        return f"{self.group}={','.join(sorted(self.values))}" if self.group else "all reports"

    def __contains__(self, sample: Sample) -> bool:
        return not self.group or groups_of(sample).get(self.group) in self.values


@dataclass(slots=True)
class Step:
    """One point of a curve: how many reports were trained on, fold by fold, and the tallies of those judged."""

    trained: list[int] = field(default_factory=list)
    tallies: list[Tally] = field(default_factory=list)

    def figures(self, seed: int = 0) -> Mapping[Key, Figure]:
        """The figures over all reports judged."""
        return Table(self.tallies, seed).figures()


Curve = Mapping[str, Step]
"""The steps by the number of the family's reports among those trained on; the last one is `all`."""


def curves(
    samples: Iterable[Sample], families: Sequence[Family], held_out: Container[int] = range(FOLDS), *, seed: int = 0
) -> list[Curve]:
    """Trains on ever more reports of each family, beside all others, and judges what is read of the rest of it.

    Args:
      samples: of at least two folds; they are dealt if they have none.
      families: each gives one curve.
      held_out: the folds that are judged, each by models trained without it.
      seed: of the training, and of which reports come first.

    Raises:
      ValueError: the samples are of one body, or a family has none to judge.
    """
    known = parted(list(samples))
    order = random.Random(seed).sample(known, len(known))
    dealt = [fold for fold in folds(sample.fold for sample in known) if fold in held_out]
    for family in families:
        if not any(sample in family for sample in known if sample.fold in dealt):
            raise ValueError(f"no reports to judge with {family}: look at the folds and at what the samples are")
    fewest = [min(sum(s.fold != fold for s in known if s in family) for fold in dealt) for family in families]
    out: list[dict[str, Step]] = [{} for _ in families]
    for fold in dealt:
        rest = [sample for sample in order if sample.fold != fold]
        judged = [sample for sample in order if sample.fold == fold]
        seen: dict[tuple[str, ...], list[Tally]] = {}
        for family, least, curve in zip(families, fewest, out, strict=True):
            for name, train in _steps(family, rest, [size for size in SIZES if size < least]):
                key = tuple(sample.name for sample in train)
                if key not in seen:
                    seen[key] = _tallies(train, judged, seed)
                step = curve.setdefault(name, Step())
                step.trained.append(len(train))
                step.tallies += (t for s, t in zip(judged, seen[key], strict=True) if s in family)
    return list(out)


def _steps(family: Family, rest: Sequence[Sample], sizes: Sequence[int]) -> Iterator[tuple[str, list[Sample]]]:
    """What is trained on at each step, by name; always in the same order, so that the same reports make one model."""
    pool = [sample.name for sample in rest if sample in family]
    for size in (*sizes, len(pool)):
        left_out = set(pool[size:])
        train = [sample for sample in rest if sample.name not in left_out]
        if train:
            yield str(size) if size in sizes else "all", train


def _tallies(train: Sequence[Sample], judged: Sequence[Sample], seed: int) -> list[Tally]:
    with TemporaryDirectory() as folder:
        fit_into(Path(folder), train, seed)
        return list(map(tally_of, judged, read_with(Path(folder), judged)))


def as_table(curve: Curve, seed: int = 0) -> str:
    """A curve as a table in Markdown, with 95 % intervals over documents."""
    rows = []
    for name, step in curve.items():
        figures = step.figures(seed)
        shown = (interval(figures[key]) if key in figures else "" for key in _SHOWN)
        rows.append((name, ", ".join(map(str, step.trained)), str(len(step.tallies)), *shown))
    return table(("of them", "trained on", "judged", *(key.label or key.measure for key in _SHOWN)), rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Draws the learning curve of a folder of samples, and a curve for each family, as tables."""
    parser = argparse.ArgumentParser(description="Learning curves and transfer between kinds of reports.")
    parser.add_argument("data", type=Path, help="a folder of marked samples")
    parser.add_argument(
        "--without", type=Family.of, action="append", default=[], metavar="GROUP=VALUE[,VALUE]", help="may be repeated"
    )
    parser.add_argument("--folds", type=int, nargs="+", default=range(FOLDS), help="the folds that are judged")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    families = [Family(), *options.without]
    found = curves(read_samples(options.data), families, options.folds, seed=options.seed)
    for family, curve in zip(families, found, strict=True):
        sys.stdout.write(f"### {family}\n\n{as_table(curve, options.seed)}\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
