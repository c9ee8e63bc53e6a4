"""Annotations from whatever a path names: raw reports as the engine reads them, marked samples, own JSON Lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path

from nianbao import engine, inputs
from nianbao.train.annotation import Annotation
from nianbao.train.formats.own import read_annotations
from nianbao.train.marked import read
from nianbao.train.samples import is_annotated


class Reading(StrEnum):
    """Whose reading is asked for."""

    AS_FOUND = "as-found"  # the annotation where there is one, else the engine's
    GOLD = "gold"  # annotations only
    PREDICTED = "predicted"  # the engine's, of annotated texts as well


def annotations_of(
    paths: Iterable[str], reading: Reading = Reading.AS_FOUND
) -> Iterator[tuple[Annotation | None, list[str]]]:
    """The annotations of all inputs, in order.

    Yields:
      An annotation, or None for an input that gives none, and what a reader of the result should know.

    Raises:
      ValueError: a sample that does not read, or a raw report where gold is asked for.
    """
    for path in inputs.find(paths):
        if not is_annotated(Path(path)):
            if reading is Reading.GOLD:
                raise ValueError(f"{path}: no annotated sample: leave it out, or let the engine predict")
            yield _predicted(path)
            continue
        for annotation, notes in _annotated(Path(path)):
            if reading is Reading.PREDICTED:
                report = engine.extract(annotation.text, uri=annotation.name, with_text=True)
                yield Annotation.of_report(report, annotation.name), notes
            else:
                yield annotation, notes


def _annotated(path: Path) -> Iterator[tuple[Annotation, list[str]]]:
    if ".mr." in path.name:
        annotation, lost = Annotation.of_sample(read(path))
        yield annotation, [f"{path}: {line}" for line in lost]
    else:
        yield from ((annotation, []) for annotation in read_annotations(path))


def _predicted(path: str) -> tuple[Annotation | None, list[str]]:
    report = engine.extract_file(path, with_text=True)
    if report.text is None:
        return None, [f"{path}: left out: {'; '.join(f'{w.code} {w.detail}' for w in report.warnings)}"]
    return Annotation.of_report(report, str(Path(path).with_suffix(""))), []
