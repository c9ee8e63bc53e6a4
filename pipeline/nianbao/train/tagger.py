"""Training of the tagger for AGENCY, PERSON, ADDRESS and CHANNEL: marked samples to weights and a card."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from nianbao.artefacts import Artefact
from nianbao.document import Span
from nianbao.tag import STRONGER
from nianbao.tag.features import KINDS, SIGNATURE, Reading, read
from nianbao.tag.patterns import find_mentions
from nianbao.tag.tagger import BODY_TAGS, FIRST, INSIDE, LABELS, NEVER, TAGS, Tagger, best_tags, names
from nianbao.train import chain
from nianbao.train.augment import Example, varied
from nianbao.train.chain import Chains, Start, Steps
from nianbao.train.generate import Settings, variants
from nianbao.train.marked import Sample, as_text
from nianbao.train.pages import example_of
from nianbao.train.splits import FOLDS, dealt, folds
from nianbao.train.trainer import Begin

# Chosen by cross-validation: more copies, more variants, a weaker pull and more rounds bring nothing.
_COPIES = 2  # copies of every sample with other names
_VARIANTS = 1  # generated variants of every sample, damaged
_DAMAGED = Settings(noise=0.3, shape="words")
_SPREAD = 0.4
_ROUNDS = 60
# kinds of features for the table of what each is worth
_KINDS: Mapping[str, tuple[str, ...]] = {
    "characters": ("character", "pair"), "classes": ("class", "classes"), "own names": ("own",),
    "candidates": ("body", "channel", "person", "address"), "surnames": ("surname",),
    "words around": ("before", "after"),
}  # fmt: skip


def train(samples: Sequence[Sample], seed: int) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """Trains the tagger on all samples and cross-validates it over groups of samples (by province).

    Args:
      samples: marked reports; of pages their visible text.
      seed: of the varied copies; the same samples and seed give the same arrays.

    Returns:
      The arrays of `tag.tagger.Tagger` (scores in half precision), and the card.
    """
    pages, more = _pages(dealt(samples), seed)
    arrays, card = _learned(pages, more, seed)
    return arrays, {
        **card,
        "cross_validation": {"folds": FOLDS, "by": "province", **_cross_validated(pages, more, seed)},
        "ablation": _ablation(pages, more, seed),
    }


def fit(
    samples: Sequence[Sample], seed: int, base: Artefact, begin: Begin = "anew"
) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """The arrays and the card that `train` gives, without its cross-validation."""
    old = None if begin == "anew" else Tagger.of(base.arrays)
    return _learned(*_pages(samples, seed), seed, old, pull=begin == "pulled")


@dataclass(frozen=True, slots=True)
class _Page:
    """A sample for training: its text and names, and the fold that it is held out with."""

    fold: int
    example: Example


def _pages(samples: Sequence[Sample], seed: int) -> tuple[list[_Page], list[_Page]]:
    """The samples with an annotated line, and generated variants of all."""
    pages = [page for sample in samples if (page := _page(as_text(sample))).example.lines]
    return pages, [_page(sample) for sample in variants(samples, _VARIANTS, seed, _DAMAGED)]


def _learned(
    pages: Sequence[_Page], more: Sequence[_Page], seed: int, old: Tagger | None = None, *, pull: bool = False
) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    arrays = learn([page.example for page in pages], seed, [page.example for page in more], old, pull=pull)
    return arrays, {
        "labels": list(LABELS),
        "features": {kind.name: [kind.size, *kind.offsets] for kind in KINDS},
        "settings": {"copies": _COPIES, "variants": _VARIANTS, "spread": _SPREAD, "rounds": _ROUNDS},
    }


def _page(sample: Sample) -> _Page:
    return _Page(sample.fold or 0, example_of(sample, LABELS))


@dataclass(frozen=True, slots=True)
class _Rows:
    """The characters of one example to train on: feature columns (rows, features), tags; lengths of the runs."""

    columns: npt.NDArray[np.int64]
    tags: npt.NDArray[np.intp]
    no_body: npt.NDArray[np.bool_]
    lengths: npt.NDArray[np.intp]


def _rows(example: Example, without: Container[str]) -> _Rows:
    reading = read(example.shadow, _fixed(example.shadow))
    annotated = np.zeros(len(example.shadow) + 1, np.bool_)
    for start, end in example.lines:
        annotated[start:end] = True
    used = reading.live & annotated[reading.origin]
    rows = np.flatnonzero(used)
    cuts = np.flatnonzero(np.diff(reading.kept[rows]) != 1) + 1
    lengths = np.diff(np.concatenate(([0], cuts, [len(rows)])))
    tags = _tags(example, reading, used)[rows]
    return _Rows(_columns(reading, rows, without), tags, reading.no_body[rows], lengths[lengths > 0])


def _fixed(shadow: str) -> list[Span]:
    return [Span(m.start, m.end) for m in find_mentions(shadow) if m.label in STRONGER]


def _columns(reading: Reading, rows: npt.NDArray[np.intp], without: Container[str]) -> npt.NDArray[np.int64]:
    """The columns of the features of each row; each kind has one column for each value at each of its offsets."""
    parts, base = [], 0
    for kind in KINDS:
        values = reading.ids[kind.name]
        for place, offset in enumerate(() if kind.name in without else kind.offsets):
            parts.append(base + values[rows + offset].astype(np.int64) * len(kind.offsets) + place)
        base += kind.size * len(kind.offsets)
    return np.stack(parts, axis=1)


def _tags(example: Example, reading: Reading, used: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """The gold tags of the kept characters; a name that is not all among the used ones cannot be learned."""
    out = np.zeros(len(reading.kept), np.intp)
    for label, start, end in example.names:
        at = np.flatnonzero((reading.origin >= start) & (reading.origin < end) & used)
        wanted = sum(not c.isspace() for c in example.shadow[start:end])
        if len(at) >= wanted and not (label == "AGENCY" and reading.no_body[at].any()):
            out[at] = INSIDE + LABELS.index(label)
            out[at[0]] = FIRST + LABELS.index(label)
    return out


def learn(
    examples: Iterable[Example],
    seed: int,
    more: Iterable[Example] = (),
    old: Tagger | None = None,
    *,
    pull: bool = False,
    without: Container[str] = (),
) -> dict[str, npt.NDArray[Any]]:
    """The arrays of `tag.tagger.Tagger`, learned from the examples, copies of them with other names, and `more`.

    The weights start from those of an old model; with `pull` they are drawn there, and what no example has stays.
    Features of the kinds `without` are left out.
    """
    rows = [_rows(copy, without) for example in examples for copy in _with_copies(example, seed)]
    rows += [_rows(example, without) for example in more]
    columns = np.concatenate([r.columns for r in rows])
    used, at = np.unique(columns, return_inverse=True)
    steps = Steps.of(np.concatenate([r.lengths for r in rows]))
    count, width = columns.shape
    indices = at.reshape(columns.shape)[steps.order]
    rows_at = np.arange(0, count * width + 1, width)
    matrix = csr_matrix((np.ones(count * width), indices.ravel(), rows_at), (count, len(used)))
    given = np.zeros((count, TAGS))
    for tag in BODY_TAGS:
        given[np.concatenate([r.no_body for r in rows]), tag] = NEVER
    chains = Chains(steps, matrix, np.concatenate([r.tags for r in rows])[steps.order], given[steps.order])
    before = _table(old)
    rounds = _ROUNDS // 2 if old else _ROUNDS
    start = Start(before[used], pull) if old else None
    learned = chain.fit(chains, _allowed(), spread=_SPREAD, rounds=rounds, start=start)
    after = before if pull else np.zeros_like(before)
    after[used] = learned
    return _arrays(after)


def _table(model: Tagger | None) -> npt.NDArray[np.float32]:
    """The weights of a model as one array, (columns of all kinds, TAGS); zeros without a model."""
    if model is None:
        return np.zeros((sum(kind.size * len(kind.offsets) for kind in KINDS), TAGS), np.float32)
    return np.concatenate([model.weights[kind.name].reshape(-1, TAGS) for kind in KINDS])


def _with_copies(example: Example, seed: int) -> Iterator[Example]:
    yield example
    for copy in range(_COPIES):
        yield varied(example, random.Random(crc32(example.shadow.encode("utf8", "replace")) + 1000 * copy + seed))


def _arrays(table: npt.NDArray[np.float32]) -> dict[str, npt.NDArray[Any]]:
    """The table as one array a kind, (size, offsets * TAGS), and what they are numbered by."""
    out: dict[str, npt.NDArray[Any]] = {"signature": np.array(SIGNATURE, np.uint32)}
    base = 0
    for kind in KINDS:
        width = kind.size * len(kind.offsets)
        mine = table[base : base + width].astype(np.float16)
        out[kind.name] = mine.reshape(kind.size, len(kind.offsets) * TAGS)
        base += width
    return out


def _allowed() -> npt.NDArray[np.bool_]:
    """Which tag (column) may follow which (row)."""
    out = np.ones((TAGS, TAGS), np.bool_)
    out[:, INSIDE:] = False
    for k in range(len(LABELS)):
        out[[FIRST + k, INSIDE + k], INSIDE + k] = True
    return out


Decode = Callable[[npt.NDArray[np.float32], npt.NDArray[np.bool_]], npt.NDArray[np.intp]]
"""What gives the tags of characters from their scores, and from which of them may be part of a name."""


def _cross_validated(pages: Sequence[_Page], more: Sequence[_Page], seed: int) -> dict[str, Any]:
    """Precision, recall and F1 of whole names, by label, on samples of provinces that the model has not seen."""
    counts: Counter[tuple[str, str]] = Counter()
    for fold in folds(page.fold for page in pages):
        counts += _counted(_without(pages, more, fold, seed), pages, fold)
    scores = {}
    for label in LABELS:
        right, found, wanted = (counts[label, what] for what in ("right", "found", "wanted"))
        scores[label] = {
            "precision": round(right / max(found, 1), 4),
            "recall": round(right / max(wanted, 1), 4),
            "f1": round(2 * right / max(found + wanted, 1), 4),
            "support": wanted,
        }
    return scores


def _ablation(pages: Sequence[_Page], more: Sequence[_Page], seed: int) -> dict[str, float]:
    """The F1 of all names of the first fold with everything, without each kind of features, and without the best path.

    In the place of the best path is the best tag of each character that may follow the one before: that finds next to
    nothing, for the chain learns what whole paths are worth, and a name pays off behind its first character only.
    """
    fold = folds(page.fold for page in pages)[0]

    def f1(model: Tagger, decode: Decode = best_tags) -> float:
        counts: Counter[str] = Counter()
        for (_, what), count in _counted(model, pages, fold, decode).items():
            counts[what] += count
        return round(2 * counts["right"] / max(counts["found"] + counts["wanted"], 1), 4)

    whole = _without(pages, more, fold, seed)
    return {
        "nothing": f1(whole),
        "best path": f1(whole, _left_to_right),
        **{name: f1(_without(pages, more, fold, seed, kinds)) for name, kinds in _KINDS.items()},
    }


def _left_to_right(scores: npt.NDArray[np.float32], live: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """The best tag of each character that may follow the one before it."""
    allowed, tags, before = _allowed(), np.zeros(len(scores), np.intp), 0
    for at in range(len(scores)):
        before = int(np.where(allowed[before], scores[at], NEVER).argmax()) if live[at] else 0
        tags[at] = before
    return tags


def _without(pages: Sequence[_Page], more: Sequence[_Page], fold: int, seed: int, kinds: Container[str] = ()) -> Tagger:
    """The model that has not seen a fold, and has no features of some kinds."""
    seen, made = ([page.example for page in group if page.fold != fold] for group in (pages, more))
    return Tagger.of(learn(seen, seed, made, without=kinds))


def _counted(model: Tagger, pages: Sequence[_Page], fold: int, decode: Decode = best_tags) -> Counter[tuple[str, str]]:
    """How many names of each label are right, found and wanted in the annotated lines of a fold."""
    counts: Counter[tuple[str, str]] = Counter()
    for example in (page.example for page in pages if page.fold == fold):
        gold, mine = set(example.names), set(_names(model, example, decode))
        for what, found in (("right", gold & mine), ("found", mine), ("wanted", gold)):
            counts.update((label, what) for label, _, _ in found)
    return counts


def _names(model: Tagger, example: Example, decode: Decode) -> Iterator[tuple[str, int, int]]:
    """The names that the model finds in the annotated lines."""
    reading = read(example.shadow, _fixed(example.shadow))
    for found in names(example.shadow, reading, decode(model.scores(reading), reading.live)):
        if any(start <= found.start < end for start, end in example.lines):
            yield found.label, found.start, found.end
