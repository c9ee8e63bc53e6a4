"""Trained backends in the place of the linear models: the same calls, the same types.

`Entities` can stand where the tagger stands (`tag.tag(document, tables, finder)`), `Sections.classify` where
`classify.classify` does; `predict` of either goes the whole way from a text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from nianbao.classify import NO_HEADING
from nianbao.classify.besides import add_rules
from nianbao.document import Document, Mention, Segment, Span, Table
from nianbao.ingest import ingest
from nianbao.normalise import lines_of
from nianbao.segment import segment
from nianbao.tables import bind_tables
from nianbao.tag.patterns import find_mentions
from nianbao.train.backends.tasks import Name, Paragraph, Split, Task, excerpt, paragraphs
from nianbao.train.samples import corpus_hash
from nianbao.version import __version__

_CARD = "card.json"
_MAX_BYTES = 5 * 1024 * 1024

_Part = TypeVar("_Part", Mention, Segment)


class BackendError(ValueError):
    """A checkpoint or trained backend that cannot be used; the message names the place and what to do."""


@dataclass(frozen=True, slots=True)
class Entities:
    """A trained finder of mentions; `read` gives the mentions of a text (lines, one under the other), by start."""

    read: Callable[[str], Iterable[Name]]

    def find(self, shadow: str, fixed: Sequence[Span] = ()) -> Iterator[Mention]:
        """The mentions of a shadow, as `tag.tagger.Tagger.find` gives names.

        Mentions of regular shape have the normal form that the patterns read in them.

        Args:
          shadow: the whole shadow of a document.
          fixed: stretches that hold no mention; lines that lie in them are not read.
        """
        taken = bytearray(len(shadow))
        for span in fixed:
            taken[span.start : span.end] = b"\1" * (span.end - span.start)
        lines = [(line.start, line.end) for line in lines_of(shadow)
                 if not line.blank and taken.find(0, line.start, line.end) >= 0]  # fmt: skip
        regular = {(m.label, m.start, m.end): m for m in find_mentions(shadow)}
        text, offsets = excerpt(shadow, lines)
        for label, first, end in self.read(text):
            start, stop = offsets.at(first), offsets.at(end - 1) + 1
            if taken.find(1, start, stop) < 0:
                plain = Mention(label, start, stop, "".join(shadow[start:stop].split()))
                yield regular.get((label, start, stop), plain)

    def predict(self, text: str) -> list[Mention]:
        """The mentions of a report; offsets count in the text as `ingest` fixes it."""
        document = ingest(text, max_bytes=_MAX_BYTES)
        fixed = [Span(table.start, table.end) for table in bind_tables(document)]
        return [_moved(mention, document) for mention in self.find(document.shadow, fixed)]


@dataclass(frozen=True, slots=True)
class Sections:
    """A trained classifier of paragraphs; `read` gives label and confidence (0 to 1) of each."""

    read: Callable[[Sequence[Paragraph]], Iterable[tuple[str, float]]]

    def classify(
        self, document: Document, segments: Sequence[Segment], mentions: Sequence[Mention], tables: Sequence[Table]
    ) -> None:
        """Sets label and confidence of every segment that has no label yet, in place, as `classify.classify` does."""
        del mentions, tables  # the text is all that is read
        opened = [part for part in segments if not part.label]
        found = self.read(paragraphs(document.shadow, segments))
        for part, (label, confidence) in zip(opened, found, strict=True):
            part.label, part.confidence = label, confidence
            if label in NO_HEADING:
                part.level = None
        add_rules(document.shadow, segments)

    def predict(self, text: str) -> list[Segment]:
        """The labelled segments of a report; offsets count in the text as `ingest` fixes it."""
        document = ingest(text, max_bytes=_MAX_BYTES)
        tables = bind_tables(document)
        segments = segment(document, tables)
        self.classify(document, segments, (), tables)
        return [_moved(part, document) for part in segments]


def _moved(part: _Part, document: Document) -> _Part:
    start, end = document.offsets.span(part.start, part.end)
    if isinstance(part, Mention):
        return part._replace(start=start, end=end)
    return replace(part, start=start, end=end)


def write_card(folder: Path, backend: str, task: Task, split: Split, settings: Mapping[str, Any]) -> None:
    """Writes what was trained, from which samples and how. A card claims no quality: `evaluate` measures it."""
    corpus = {
        part: {"samples": len(samples), "sha256": corpus_hash(samples)}
        for part, samples in (("train", split.train), ("validation", split.validation))
    }
    card = {
        "backend": backend, "task": task, "labels": task.labels, "producer": __version__, "corpus": corpus, **settings,
    }  # fmt: skip
    (folder / _CARD).write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_card(folder: Path, backend: str) -> Mapping[str, Any]:
    """The card of a trained backend.

    Raises:
      BackendError: there is none, it is another backend's, or its labels are not those of this version.
    """
    try:
        card: Mapping[str, Any] = json.loads((folder / _CARD).read_text(encoding="utf-8"))
        task, made_by, labels = Task(card["task"]), str(card["backend"]), tuple(card["labels"])
    except (OSError, ValueError, KeyError, TypeError) as why:
        how = f"nianbao train entities DATA --backend {backend} --out {folder}"
        raise BackendError(f"{folder}: no trained backend ({why!r}); train one with `{how}`") from why
    if made_by != backend:
        raise BackendError(f"{folder}: trained by {made_by}: open it as {made_by}:{folder}")
    if labels != task.labels:
        raise BackendError(f"{folder}: trained for other labels than these; retrain it")
    return card
