"""What a backend learns, and what it learns it from: texts with their mentions, paragraphs with their section."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from nianbao.catalogue import catalogue
from nianbao.document import OffsetMap, Segment
from nianbao.train import splits
from nianbao.train.marked import Sample, as_text
from nianbao.train.pages import example_of, page_of

# of the heading above a paragraph that many characters are read
_HEADING_MAX = 60

Name = tuple[str, int, int]
"""A mention: label, start, end."""


class Task(StrEnum):
    """What there is to learn: the mentions of a text, or the section that a paragraph belongs to."""

    ENTITIES = "entities"
    SECTIONS = "sections"

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order by which models number them."""
        return catalogue().labels["entity" if self is Task.ENTITIES else "paragraph"]


@dataclass(frozen=True, slots=True)
class Text:
    """The annotated lines of a report, one under the other, and the mentions in them, by start, without overlap."""

    text: str
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A segment and the heading above it ("" where there is none); `label` is "" where it is to be found."""

    heading: str
    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Split:
    """Samples to learn from, and those of other provinces to look at how it goes; nothing is chosen by the latter."""

    train: Sequence[Sample]
    validation: Sequence[Sample]


def folds(samples: Sequence[Sample]) -> list[list[Sample]]:
    """The samples by fold, none of them empty."""
    samples = splits.dealt(samples)
    return [[s for s in samples if s.fold == fold] for fold in splits.folds(s.fold for s in samples)]


def split(samples: Sequence[Sample], fold: int = 0) -> Split:
    """The samples with one fold for validation.

    Raises:
      ValueError: they are all of one province.
    """
    parts = folds(samples)
    if len(parts) < 2:
        raise ValueError("samples of one province only (front matter, `region`): add samples of another one")
    return Split([s for i, part in enumerate(parts) if i != fold for s in part], parts[fold])


def texts(samples: Iterable[Sample]) -> list[Text]:
    """The texts of all samples that have an annotated line; of pages the visible text."""
    out = []
    for sample in samples:
        example = example_of(as_text(sample), Task.ENTITIES.labels)
        text, offsets = excerpt(example.shadow, example.lines)
        inside = bytearray(len(example.shadow))
        for start, end in example.lines:
            inside[start:end] = b"\1" * (end - start)
        names = sorted(
            (offsets.back(start), offsets.back(end - 1) + 1, label)
            for label, start, end in example.names
            if inside[start] and inside[end - 1]
        )
        if text:
            out.append(Text(text, tuple((label, *bounds) for a, b, label in names if (bounds := _trimmed(text, a, b)))))
    return out


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """A stretch without white space at its ends, or None where it is nothing else."""
    part = text[start:end]
    begin, stop = start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())
    return (begin, stop) if begin < stop else None


def excerpt(shadow: str, lines: Sequence[tuple[int, int]]) -> tuple[str, OffsetMap]:
    """Lines of a shadow one under the other, and the map from their offsets to those of the shadow."""
    starts, at = [], 0
    for start, end in lines:
        starts.append((at, start))
        at += end - start + 1
    return "\n".join(shadow[start:end] for start, end in lines), OffsetMap(starts)


def labelled_paragraphs(samples: Iterable[Sample]) -> list[Paragraph]:
    """The annotated paragraphs of all samples, without the lines of tables, whose label follows from the table."""
    out = []
    for page in map(page_of, samples):
        opened = [i for i, segment in enumerate(page.segments) if not segment.label]
        found = zip(opened, paragraphs(page.document.shadow, page.segments), strict=True)
        out += [Paragraph(p.heading, p.text, page.label(i)) for i, p in found if page.gold[i]]
    return out


def paragraphs(shadow: str, segments: Iterable[Segment]) -> list[Paragraph]:
    """The segments that have no label yet, in order."""
    out, heading = [], ""
    for segment in segments:
        text = shadow[segment.start : segment.end].strip()
        if not segment.label:
            out.append(Paragraph(heading, text))
        if segment.level is not None:
            heading = text[:_HEADING_MAX]
    return out
