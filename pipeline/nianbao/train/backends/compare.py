"""Backends beside the linear models: precision, recall and F1 by label on samples of unseen provinces, and the cost.

    python -m nianbao.train.backends.compare corpora/samples --task sections --backend spacy --epochs 10

Every model is trained on the same folds and judged by the same count: a mention is right by label and both ends, in
the annotated lines; a paragraph by its label or one of its secondary ones.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from nianbao import artefacts
from nianbao.classify import NAME, Model, classify
from nianbao.document import Document, Mention, Segment, Span, Table
from nianbao.ingest import ingest
from nianbao.tables import bind_tables
from nianbao.tag import tag
from nianbao.tag.tagger import Tagger
from nianbao.train import sections, tagger
from nianbao.train.backends import open_backend, trainer_of
from nianbao.train.backends.readers import Entities, Sections
from nianbao.train.backends.tasks import Split, Task, folds
from nianbao.train.marked import Sample, as_text
from nianbao.train.pages import example_of, page_of
from nianbao.train.samples import read_samples
from nianbao.train.splits import FOLDS

LINEAR = "linear"
_MAX_BYTES = 10**8

Tag = Callable[[Document, Sequence[Table]], Sequence[Mention]]
Classify = Callable[[Document, Sequence[Segment], Sequence[Mention], Sequence[Table]], None]
Train = Callable[[Task, Split, Path], object]
"""Trains on a split and writes to a folder what `open_backend` opens."""
Judge = Callable[[Sample, "Figures"], None]


@dataclass(slots=True)
class Figures:
    """What one backend did: by label how many it got right, found and should have found; reports and seconds."""

    right: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    wanted: Counter[str] = field(default_factory=Counter)
    reports: int = 0
    seconds: float = 0.0

    def of(self, *labels: str) -> tuple[float, float, float]:
        """Precision, recall and F1 over some labels; 0 where nothing was found or wanted."""
        right, found, wanted = (sum(c[n] for n in labels) for c in (self.right, self.found, self.wanted))
        return right / max(found, 1), right / max(wanted, 1), 2 * right / max(found + wanted, 1)

    @property
    def cost(self) -> float:
        """Milliseconds a report, reading and tables not counted."""
        return 1000 * self.seconds / max(self.reports, 1)


def compare(
    samples: Sequence[Sample], backends: Mapping[str, Train], task: Task, *, judged: int = FOLDS, seed: int = 0
) -> dict[str, Figures]:
    """Trains the linear model and the backends without each fold and judges them on it.

    Args:
      samples: of at least three folds, so that the linear classifier, too, can be cross-validated in two of them.
      backends: what trains each, by name: `spacy` or `transformers`, with what follows a colon for the reader's eye.
      task: what is compared.
      judged: how many of the folds are judged.
      seed: of the linear model.

    Returns:
      The figures of each, `linear` first.
    """
    dealt = folds(samples)
    out = {name: Figures() for name in (LINEAR, *backends)}
    for held_out in dealt[:judged]:
        split = Split([s for fold in dealt if fold is not held_out for s in fold], held_out)
        with TemporaryDirectory() as temporary:
            judges = {LINEAR: _linear(task, split.train, seed)}
            for number, (name, train) in enumerate(backends.items()):
                folder = Path(temporary, str(number))
                train(task, split, folder)
                judges[name] = _trained(open_backend(f"{name.partition(':')[0]}:{folder}"))
            for name, judge in judges.items():
                for sample in held_out:
                    judge(sample, out[name])
    return out


def describe(figures: Mapping[str, Figures], task: Task) -> str:
    """The figures as a table: precision / recall / F1 in percent."""
    wanted = next(iter(figures.values())).wanted
    width = max(24, *(len(name) + 2 for name in figures))
    labels = [label for label in task.labels if any(one.wanted[label] or one.found[label] for one in figures.values())]
    lines = [f"{'':<18}{'gold':>6}" + "".join(f"{name:>{width}}" for name in figures)]
    for title, group in [*((label, (label,)) for label in labels), ("all", task.labels)]:
        row = ("{:.1f} / {:.1f} / {:.1f}".format(*(100 * f for f in one.of(*group))) for one in figures.values())
        count = sum(wanted[label] for label in group)
        lines.append(f"{title:<18}{count:>6}" + "".join(f"{cell:>{width}}" for cell in row))
    lines.append(f"{'ms a report':<24}" + "".join(f"{one.cost:>{width}.1f}" for one in figures.values()))
    return "\n".join(lines)


def _linear(task: Task, samples: Sequence[Sample], seed: int) -> Judge:
    """The linear model of the task, trained on the samples."""
    if task is Task.ENTITIES:
        return partial(
            _judge_mentions, partial(tag, finder=Tagger.of(tagger.fit(samples, seed, artefacts.load("tagger"))[0]))
        )
    arrays, card = sections.train(samples, seed)
    model = Model.of(artefacts.Artefact(NAME, "", arrays, card))
    return partial(_judge_labels, partial(classify, model=model))


def _trained(reader: Entities | Sections) -> Judge:
    if isinstance(reader, Sections):
        return partial(_judge_labels, reader.classify)

    def mentions(document: Document, tables: Sequence[Table]) -> list[Mention]:
        return list(reader.find(document.shadow, [Span(table.start, table.end) for table in tables]))

    return partial(_judge_mentions, mentions)


def _judge_mentions(read: Tag, sample: Sample, figures: Figures) -> None:
    """Adds what a tagger finds in the annotated lines of a sample; of a page, in its visible text."""
    sample = as_text(sample)
    gold = example_of(sample, Task.ENTITIES.labels)
    if not gold.lines:
        return
    document = ingest(sample.data, max_bytes=_MAX_BYTES)
    tables = bind_tables(document)
    begin = time.perf_counter()
    mentions = read(document, tables)
    figures.seconds += time.perf_counter() - begin
    figures.reports += 1
    inside = bytearray(len(gold.shadow))
    for start, end in gold.lines:
        inside[start:end] = b"\1" * (end - start)
    found = {(m.label, m.start, m.end) for m in mentions if inside[m.start]}
    wanted = set(gold.names)
    for counter, names in ((figures.right, found & wanted), (figures.found, found), (figures.wanted, wanted)):
        counter.update(label for label, _, _ in names)


def _judge_labels(read: Classify, sample: Sample, figures: Figures) -> None:
    """Adds what a classifier makes of the paragraphs of a sample, its gold agencies known as in training."""
    page = page_of(sample)
    segments = [replace(segment) for segment in page.segments]
    begin = time.perf_counter()
    read(page.document, segments, page.mentions, page.tables)
    figures.seconds += time.perf_counter() - begin
    figures.reports += 1
    for gold, label in page.judged([segment.label for segment in segments]):
        right = label in (gold.label, *gold.secondary)
        figures.found[gold.label if right else label] += 1
        figures.wanted[gold.label] += 1
        figures.right[gold.label] += right


def main(arguments: Sequence[str] | None = None) -> int:
    """Compares backends on a folder of samples and prints the table."""
    parser = argparse.ArgumentParser(description="Compare backends with the linear models on the same folds.")
    parser.add_argument("data", type=Path, help="a folder of marked samples")
    parser.add_argument("--task", type=Task, choices=list(Task), default=Task.ENTITIES)
    parser.add_argument(
        "--backend", action="append", default=[], metavar="spacy|transformers:CHECKPOINT", help="may be repeated"
    )
    parser.add_argument("--epochs", type=int, help="the backend's own number if none is given")
    parser.add_argument("--folds", type=int, default=FOLDS, help="how many of the folds are judged")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    given = {"seed": options.seed} | ({} if options.epochs is None else {"epochs": options.epochs})
    backends = {name: _trainer(name, given) for name in options.backend}
    figures = compare(read_samples(options.data), backends, options.task, judged=options.folds, seed=options.seed)
    sys.stdout.write(describe(figures, options.task) + "\n")
    return 0


def _trainer(name: str, given: Mapping[str, object]) -> Train:
    backend, _, checkpoint = name.partition(":")
    options = {**given, "checkpoint": checkpoint} if checkpoint else given
    return partial(trainer_of(backend), **options)


if __name__ == "__main__":
    sys.exit(main())
