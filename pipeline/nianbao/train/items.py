"""Training of the model of items: annotated problems and measures to weights and moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from nianbao.assemble.items import (
    BEGINS,
    MEASURE,
    OUT,
    PROBLEM,
    TAGS,
    VERSION,
    Model,
    clauses,
    describe,
    items,
    open_segments,
)
from nianbao.assemble.kinds import NOT_REPORTS
from nianbao.assemble.page import Page
from nianbao.ingest import ingest
from nianbao.train.alike import paired
from nianbao.train.gold import Gold
from nianbao.train.marked import Sample
from nianbao.train.pages import page_of
from nianbao.train.splits import FOLDS, dealt, folds

# inverse strength of the L2 penalty and weight of the moves, chosen by cross-validation; the optima are flat
_C, _MOVES = 1.0, 0.6
# a feature of fewer clauses tells nothing
_MIN_CLAUSES = 2
# a move that no sample makes counts as this many; those that make no sense never happen
_UNSEEN_MOVE, _NEVER = 0.5, -1e4
_MAX_BYTES = 10**8


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph that may hold items: the features of its clauses and their gold tags."""

    features: list[list[str]]
    tags: list[int]


@dataclass(frozen=True, slots=True)
class _Report:
    """A sample for training, with the fold that it is held out with."""

    fold: int
    gold: Gold
    page: Page
    paragraphs: list[Paragraph]


def train(samples: Sequence[Sample], seed: int) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """Trains the model of items.

    Args:
      samples: annotated reports of at least two folds.
      seed: of nothing here; the same samples give the same arrays.

    Returns:
      The arrays and the card that `assemble.items.Model.of` reads: `weights` (1 + names, tags), `moves` (tags, tags),
      `names` (UTF-8, one name a line).

    Raises:
      ValueError: no sample has an annotated item.
    """
    del seed  # nothing is drawn
    reports = [_report(sample) for sample in dealt(samples) if sample.gold.kind not in NOT_REPORTS]
    model = fit([paragraph for report in reports for paragraph in report.paragraphs])
    arrays: dict[str, npt.NDArray[Any]] = {
        "weights": model.weights.astype(np.float16),
        "moves": np.array(model.moves, dtype=np.float32),
        "names": np.frombuffer("\n".join(model.rows).encode("utf8"), dtype=np.uint8),
    }
    card = {
        "features": VERSION,
        "settings": {"C": _C, "moves": _MOVES, "min_clauses": _MIN_CLAUSES, "folds": FOLDS},
        "cross_validation": _cross_validated(reports),
    }
    return arrays, card


def _report(sample: Sample) -> _Report:
    read = page_of(sample)
    segments = [
        replace(segment, label=read.label(i) or segment.label, secondary=tuple(gold.secondary) if gold else ())
        for i, (segment, gold) in enumerate(zip(read.segments, read.gold, strict=True))
    ]
    page = Page(read.document, segments, read.mentions, read.tables)
    return _Report(read.fold, sample.gold, page, list(paragraphs(page, sample.gold)))


def paragraphs(page: Page, gold: Gold) -> Iterator[Paragraph]:
    """The paragraphs of a page in which items are looked for, with the tags that the annotated items give."""
    shadow = page.document.shadow
    wanted = list(chain(_placed(shadow, gold.problems, PROBLEM), _placed(shadow, gold.measures, MEASURE)))
    for segment in open_segments(page):
        spans = clauses(shadow, segment)
        if spans:
            yield Paragraph(describe(shadow, segment, spans), _tags(spans, wanted))


def _placed(shadow: str, texts: Sequence[str], tag: int) -> Iterator[tuple[int, int, int]]:
    """Where the items stand, one after the other: start, end, the tag with which they begin."""
    kept = [i for i, c in enumerate(shadow) if not c.isspace()]
    squashed = "".join(shadow[i] for i in kept)
    at = 0
    for text in texts:
        words = "".join(ingest(text, max_bytes=_MAX_BYTES).shadow.split())
        found = max(squashed.find(words, at), squashed.find(words)) if words else -1
        if found >= 0:
            yield kept[found], kept[found + len(words) - 1] + 1, tag
            at = found


def _tags(spans: Sequence[tuple[int, int]], wanted: Sequence[tuple[int, int, int]]) -> list[int]:
    """The tag of each clause: an item begins in the first clause that it overlaps."""
    more = {begin: tag for tag, begin in BEGINS.items()}
    tags, begun = [], set[tuple[int, int, int]]()
    for start, end in spans:
        item = next((w for w in wanted if w[0] < end and start < w[1]), None)
        tags.append(OUT if item is None else more[item[2]] if item in begun else item[2])
        if item:
            begun.add(item)
    return tags


def fit(known: Sequence[Paragraph]) -> Model:
    """Weights and moves learned of paragraphs.

    Raises:
      ValueError: no clause has a tag but that of none.
    """
    lines = list(chain.from_iterable(paragraph.features for paragraph in known))
    tags = list(chain.from_iterable(paragraph.tags for paragraph in known))
    if set(tags) <= {OUT}:
        raise ValueError("no annotated problem or measure to learn from")
    used = Counter(chain.from_iterable(set(line) for line in lines))
    names = sorted(name for name, count in used.items() if count >= _MIN_CLAUSES)
    matrix = CountVectorizer(analyzer=list, binary=True, vocabulary=names).transform(lines)
    fitted = LogisticRegression(C=_C, max_iter=1000).fit(matrix, tags)
    weights = np.zeros((1 + len(names), TAGS), dtype=np.float32)
    weights[0] = _NEVER
    weights[:, fitted.classes_] = np.vstack([fitted.intercept_, fitted.coef_.T])
    return Model({name: row for row, name in enumerate(names, 1)}, weights, _moves(known))


def _moves(known: Sequence[Paragraph]) -> list[list[float]]:
    """How much likelier than at random a tag follows another (logarithms); an item goes on only where it began."""
    counts = np.full((TAGS, TAGS), _UNSEEN_MOVE)
    for paragraph in known:
        for before, after in pairwise(paragraph.tags):
            counts[before, after] += 1
    by_chance = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0, keepdims=True) / counts.sum()
    moves = _MOVES * np.log(counts / by_chance)
    for tag, begin in BEGINS.items():
        moves[[before for before in range(TAGS) if before not in (begin, tag)], tag] = _NEVER
    listed: list[list[float]] = moves.tolist()
    return listed


def _cross_validated(reports: Sequence[_Report]) -> Mapping[str, Any]:
    """Precision, recall and F1 of both kinds of items, on reports of provinces that the model has not seen."""
    right, found, wanted = Counter[str](), Counter[str](), Counter[str]()
    for fold in folds(report.fold for report in reports):
        model = fit([p for report in reports if report.fold != fold for p in report.paragraphs])
        for report in (report for report in reports if report.fold == fold):
            document = report.page.document
            for name, spans in zip(("problems", "measures"), items(report.page, model), strict=True):
                texts = [document.text[slice(*document.offsets.span(s.start, s.end))] for s in spans]
                gold = getattr(report.gold, name)
                right[name] += sum(at is not None for at in paired(texts, gold))
                found[name] += len(texts)
                wanted[name] += len(gold)
    return {
        name: {
            "precision": round(right[name] / max(found[name], 1), 4),
            "recall": round(right[name] / max(wanted[name], 1), 4),
            "f1": round(2 * right[name] / max(found[name] + wanted[name], 1), 4),
            "support": wanted[name],
        }
        for name in ("problems", "measures")
    }
