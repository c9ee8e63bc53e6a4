"""The evaluation itself: samples in, figures over all documents and groups of them out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from nianbao import engine
from nianbao.evaluate.document import case_of, compare_values
from nianbao.evaluate.spans import compare_spans
from nianbao.evaluate.tally import Figure, Key, Table, Tally
from nianbao.record import Producer, Report
from nianbao.train.calibration import Calibration, calibrate
from nianbao.train.marked import Sample
from nianbao.train.samples import corpus_hash
from nianbao.train.trainer import trainable

# a busy machine must not turn into missed values
_LIMITS = engine.Limits(timeout=60.0)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was measured.

    Attributes:
      corpus: checksum of the samples.
      producer: versions of code, catalogue and models.
      tallies: a tally for each document.
      figures: over all documents.
      groups: the same by era, format, level and province: `groups["era"]["format_2019"]`, with the number of documents.
      confusion: annotated to found label of the lines, right ones on the diagonal.
      entity_confusion: the same of mentions that overlap; `none` stands for one that is missed or extra.
      calibration: by kind of value: `values` (cited ones), `facts`, `paragraphs`.
    """

    corpus: str
    producer: Producer
    tallies: tuple[Tally, ...]
    figures: Mapping[Key, Figure]
    groups: Mapping[str, Mapping[str, tuple[int, Mapping[Key, Figure]]]]
    confusion: Counter[tuple[str, str]]
    entity_confusion: Counter[tuple[str, str]]
    calibration: Mapping[str, Calibration]

    def figure(self, measure: str, label: str = "") -> Figure:
        """One figure.

        Raises:
          KeyError: nothing was counted for it.
        """
        return self.figures[Key(measure, label)]

    def worst(self, count: int) -> list[Tally]:
        """The documents with the most errors."""
        return sorted((t for t in self.tallies if t.errors), key=lambda t: (-len(t.errors), t.name))[:count]


def extracted(sample: Sample, readers: engine.Readers | None = None) -> Report:
    """What the engine reads of a sample, with its text; with other models than those that serve if some are given."""
    return engine.extract(sample.data, uri=sample.gold.file, with_text=True, limits=_LIMITS, readers=readers)


def evaluate(
    samples: Iterable[Sample],
    *,
    models: Iterable[str] = (),
    read: Callable[[Sample], Report] = extracted,
    seed: int = 0,
) -> Evaluation:
    """Evaluates what is read of annotated samples.

    Args:
      samples: at least one.
      models: those whose work is to be judged; with none, everything is.
      read: what gives the record, with its text, of a sample; the engine with the models that serve if none is given.
      seed: of the bootstrap; the same samples and seed give the same intervals.

    Raises:
      ValueError: no samples, or an unknown model.
    """
    known, judged = list(samples), trainable(models)
    if not known:
        raise ValueError("no samples to evaluate")
    reports = [read(sample) for sample in known]
    tallies = tuple(map(tally_of, known, reports))
    if judged:
        measures = frozenset[str]().union(*(one.measures for one in judged))
        tallies = tuple(tally.narrowed(measures) for tally in tallies)
    table = Table(tallies, seed)
    groups = {
        name: {
            value: (len(rows), table.figures(rows))
            for value, rows in sorted(_rows(tallies, name).items())
        }
        for name in tallies[0].groups
    }  # fmt: skip
    confusion, entity_confusion = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for tally in tallies:
        confusion.update(tally.confusion)
        entity_confusion.update(tally.entity_confusion)
    kinds = dict.fromkeys(kind for tally in tallies for kind, _ in tally.sure)
    calibration = {k: calibrate(sure for t in tallies for kind, sure in t.sure if kind == k) for k in kinds}
    return Evaluation(
        corpus_hash(known),
        reports[0].producer,
        tallies,
        table.figures(),
        groups,
        confusion,
        entity_confusion,
        calibration,
    )


def tally_of(sample: Sample, report: Report) -> Tally:
    """What is right, extra and missed in the record of a sample, which must hold its text."""
    case = case_of(sample, report)
    compare_values(case)
    compare_spans(case)
    return case.tally


def _rows(tallies: Sequence[Tally], group: str) -> dict[str, list[int]]:
    out: dict[str, list[int]] = {}
    for row, tally in enumerate(tallies):
        out.setdefault(tally.groups[group], []).append(row)
    return out
