"""Training of the section classifier: marked samples to weights, moves, temperature and threshold.

What the catalogue says counts as a few observations of its own: a line whose heading or words it files under a label
is that label, unless the samples know better. Whatever is chosen is chosen by cross-validation over groups of samples
(a province each), so that no page is judged by a model that has read its neighbours.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from math import inf
from typing import Any

import numpy as np
import numpy.typing as npt

from nianbao.artefacts import Artefact
from nianbao.catalogue import catalogue
from nianbao.catalogue.sections import sections
from nianbao.classify import Model
from nianbao.classify.besides import PAGE_PARTS, add_rules
from nianbao.classify.features import VERSION
from nianbao.train import regression
from nianbao.train.chain import Start
from nianbao.train.gold import GoldParagraph
from nianbao.train.marked import Sample
from nianbao.train.pages import Page, page_of
from nianbao.train.regression import carried
from nianbao.train.splits import FOLDS, dealt, folds
from nianbao.train.trainer import Begin

Floats = npt.NDArray[np.float32]

# variance of the weights, and how many observations the word of the catalogue is worth; the optima are flat
_SPREAD, _PRIOR = 1.0, 3
_ROUNDS = 100  # more than it takes
# a name in fewer samples is no feature
_MIN_SAMPLES = 2
# a move that no sample makes counts as this many
_UNSEEN_MOVE = 0.5
_MOVES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
_TEMPERATURES = tuple(round(0.5 + 0.05 * i, 2) for i in range(31))
_THRESHOLDS = tuple(round(0.02 * i, 2) for i in range(2, 26))
_TABLE = "statistics"
# kinds of features, by how their names begin, for the table of what each is worth
_KINDS: Mapping[str, str] = {
    "headings above": "#[hs](?!eading:|as)", "own heading": "#heading:|#run-in:|#level",
    "catalogue's words": "#w|#key:", "outer form": r"#long|#\^|#\$|#has", "mentions": "#m:|#u:|#only|#covered",
    "place on the page": "#part|#[ij][0-9]|#title|#tables", "neighbours": "#[<>]",
}  # fmt: skip
Keep = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Unseen:
    """A page read by a model that was trained without it: the logarithms of the chances at temperature 1."""

    page: Page
    model: Model
    chances: Floats

    def at(self, temperature: float) -> Floats:
        """The logarithms of the chances at another temperature."""
        scores = self.chances / np.float32(temperature)
        return np.asarray(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)))

    def path(self, temperature: float, weight: float) -> list[int]:
        """The labels of the open segments, moves weighted."""
        moves = (weight * np.array(self.model.moves)).tolist()
        return replace(self.model, moves=moves).decode(self.page.segments, self.at(temperature))


def train(samples: Sequence[Sample], seed: int) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """Trains the section classifier.

    Args:
      samples: annotated reports of at least two folds.
      seed: of nothing here; the same samples give the same arrays.

    Returns:
      The arrays and the card that `classify.Model.of` reads: `weights` (1 + names, labels), `moves` (labels, labels),
      `names` (UTF-8, one name a line).
    """
    del seed  # nothing is drawn
    pages = [page_of(sample) for sample in dealt(samples)]
    unseen = list(_cross_validate(pages))
    temperature = min(_TEMPERATURES, key=lambda t: _surprise(unseen, t))
    weight = max(_MOVES, key=lambda w: _accuracy(unseen, temperature, w))
    besides, wanted = _besides(unseen, temperature, weight)
    threshold = max(_THRESHOLDS, key=lambda least: _f1(besides >= least, wanted))
    model = _fit(pages)
    arrays, card = _packed(model, weight * np.array(model.moves), temperature, weight, threshold)
    return arrays, {
        **card,
        "cross_validation": _scores(unseen, temperature, weight, threshold),
        "ablation": _ablation(pages, unseen, temperature, weight),
    }


def fit(
    samples: Sequence[Sample], seed: int, base: Artefact, begin: Begin = "anew"
) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """The arrays and the card that `train` gives, with temperature, threshold and weight of the moves from `base`.

    Pulled to `base`, it keeps its moves, too: a few pages say too little of them.
    """
    del seed  # nothing is drawn
    settings = base.card["temperature"], base.card["settings"]["moves"], base.card["secondary_min"]
    old = Model.of(base)
    model = _fit([page_of(sample) for sample in samples], None if begin == "anew" else old, pull=begin == "pulled")
    return _packed(model, np.array(old.moves) if begin == "pulled" else settings[1] * np.array(model.moves), *settings)


def _packed(
    model: Model, moves: npt.NDArray[Any], temperature: float, weight: float, threshold: float
) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    arrays: dict[str, npt.NDArray[Any]] = {
        "weights": model.weights.astype(np.float16),
        "moves": moves.astype(np.float32),
        "names": np.frombuffer("\n".join(model.rows).encode("utf8"), dtype=np.uint8),
    }
    card: dict[str, Any] = {
        "labels": list(model.labels), "features": VERSION, "temperature": temperature, "secondary_min": threshold,
        "names": len(model.rows),
        "settings": {
            "spread": _SPREAD, "prior": _PRIOR, "min_samples": _MIN_SAMPLES, "unseen_move": _UNSEEN_MOVE,
            "folds": FOLDS, "moves": weight,
        },
    }  # fmt: skip
    return arrays, card


def _fit(pages: Sequence[Page], old: Model | None = None, *, pull: bool = False, keep: Keep = lambda _: True) -> Model:
    """Weights from pages and catalogue, moves from pages; temperature 1, nothing besides the first label.

    The weights start from those of an old model; they are pulled there instead of to the catalogue, which it has read.
    `keep` says which names may be used.
    """
    labels = catalogue().labels["paragraph"]
    sayings = [] if pull else list(_sayings())
    used = Counter(name for page in pages for name in set(chain.from_iterable(page.names)))
    known = old.rows if old and pull else ()
    names = {n for n, count in used.items() if count >= _MIN_SAMPLES}.union(known, *(said for said, _ in sayings))
    lines = [line for page in pages for line in _lines(page)]
    rows = {name: row for row, name in enumerate(sorted(filter(keep, names)), 1)}
    start = Start(carried(old.weights, old.rows, old.labels, rows, labels), pull) if old else None
    told = [(dict.fromkeys(features), label) for features, label in lines + _PRIOR * sayings]
    weights = regression.fit(told, rows, labels, spread=_SPREAD, rounds=_ROUNDS, start=start)
    return Model(labels, rows, weights, _moves(pages, labels), 1.0, inf)


def _lines(page: Page) -> Iterator[tuple[list[str], str]]:
    """Features and gold label of every open segment that the annotation covers."""
    opened = [i for i, segment in enumerate(page.segments) if not segment.label]
    for i, features in zip(opened, page.names, strict=True):
        if page.gold[i]:
            yield features, page.label(i)


def _sayings() -> Iterator[tuple[list[str], str]]:
    """What the catalogue says, each as a line of nothing else: heading, run-in title, headings above, words, keys."""
    for section in sections().sections:
        label = section.label
        if section.heading:
            for name in ("#heading:", "#run-in:", "#h", "#s"):
                yield [name + label], label
        if section.words:
            yield ["#w1st:" + label, "#w1:" + label], label
            yield ["#w1:" + label, "#w2:" + label], label
            if label in PAGE_PARTS:  # whatever the heading above: a preamble may stand under 一、总体情况
                yield ["#w2:" + label, "#w3:" + label], label
        if section.keys:
            yield ["#key:" + label], label


def _moves(pages: Sequence[Page], labels: Sequence[str]) -> list[list[float]]:
    """How much likelier than at random a label follows another (logarithms); a table is one step, page numbers none.

    The chances of the labels hold already how common each is: what is common must not count again in the moves.
    """
    counts = np.full((len(labels), len(labels)), _UNSEEN_MOVE)
    for page in pages:
        steps: list[str] = []
        for i, segment in enumerate(page.segments):
            step = segment.label or page.label(i)
            if step and segment.label != "noise" and not (segment.label == _TABLE and steps[-1:] == [_TABLE]):
                steps.append(step)
        for before, after in pairwise(steps):
            counts[labels.index(before), labels.index(after)] += 1
    by_chance = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0, keepdims=True) / counts.sum()
    moves: list[list[float]] = np.log(counts / by_chance).tolist()
    return moves


def _cross_validate(pages: Sequence[Page], keep: Keep = lambda _: True) -> Iterator[Unseen]:
    """Every page read by a model that has seen none of its fold."""
    for fold in folds(page.fold for page in pages):
        model = _fit([page for page in pages if page.fold != fold], keep=keep)
        judged = (page for page in pages if page.fold == fold and page.names)
        yield from (Unseen(page, model, model.chances(page.names)) for page in judged)


def _surprise(unseen: Sequence[Unseen], temperature: float) -> float:
    """The mean negative logarithm of the gold labels' chances."""
    found: list[float] = []
    for one in unseen:
        opened = [i for i, segment in enumerate(one.page.segments) if not segment.label]
        for i, chances in zip(opened, one.at(temperature), strict=True):
            if one.page.gold[i]:
                found.append(-float(chances[one.model.labels.index(one.page.label(i))]))
    return float(np.mean(found))


def _judged(unseen: Unseen, path: Sequence[int]) -> Iterator[tuple[GoldParagraph, str]]:
    """The gold paragraphs with the labels that the path gives them."""
    found = iter(path)
    return unseen.page.judged([segment.label or unseen.model.labels[next(found)] for segment in unseen.page.segments])


def _accuracy(unseen: Sequence[Unseen], temperature: float, weight: float) -> float:
    """The share of paragraphs with their gold label or one of their gold secondaries."""
    right = [
        label in (gold.label, *gold.secondary)
        for one in unseen
        for gold, label in _judged(one, one.path(temperature, weight))
    ]  # fmt: skip
    return float(np.mean(right))


def _besides(unseen: Sequence[Unseen], temperature: float, weight: float) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """The chances of the topics besides each line's first, 1 where a rule gives one; and which of them the gold has."""
    given: list[float] = []
    wanted: list[bool] = []
    for one in unseen:
        segments = [replace(segment) for segment in one.page.segments]
        opened = [i for i, segment in enumerate(segments) if not segment.label]
        chances = one.at(temperature)
        one.model.settle([segments[i] for i in opened], one.path(temperature, weight), chances)
        add_rules(one.page.document.shadow, segments)
        for i, row in zip(opened, np.exp(chances).tolist(), strict=True):
            gold = one.page.gold[i]
            for label, share in zip(one.model.labels, row, strict=True):
                if gold and label != segments[i].label and PAGE_PARTS.isdisjoint((label, segments[i].label)):
                    given.append(1.0 if label in segments[i].secondary else share)
                    wanted.append(label in (gold.label, *gold.secondary))
    return np.array(given, dtype=np.float32), np.array(wanted)


def _f1(chosen: npt.NDArray[np.bool_], wanted: npt.NDArray[np.bool_]) -> float:
    both = int((chosen & wanted).sum())
    return 2 * both / max(int(chosen.sum()) + int(wanted.sum()), 1)


def _scores(unseen: Sequence[Unseen], temperature: float, weight: float, threshold: float) -> dict[str, float]:
    """What the card reports of the cross-validation."""
    judged = sum(1 for one in unseen for _ in _judged(one, one.path(temperature, weight)))
    chances, wanted = _besides(unseen, temperature, weight)
    return {
        "paragraphs": judged,
        **_labelled(unseen, temperature, weight),
        "secondary_f1": round(_f1(chances >= threshold, wanted), 4),
        "calibration_error": round(_calibration_error(unseen, temperature, weight), 4),
    }


def _labelled(unseen: Sequence[Unseen], temperature: float, weight: float) -> dict[str, float]:
    """How well paragraphs are labelled; secondary labels of the gold count as right."""
    judged = [pair for one in unseen for pair in _judged(one, one.path(temperature, weight))]
    hits = Counter(gold.label for gold, label in judged if label in (gold.label, *gold.secondary))
    golds = Counter(gold.label for gold, _ in judged)
    wrong = Counter(label for gold, label in judged if label not in (gold.label, *gold.secondary))
    return {
        "accuracy": round(sum(hits.values()) / len(judged), 4),
        "macro_f1": round(float(np.mean([2 * hits[n] / (golds[n] + hits[n] + wrong[n]) for n in golds])), 4),
    }


def _ablation(
    pages: Sequence[Page], unseen: Sequence[Unseen], temperature: float, weight: float
) -> dict[str, dict[str, float]]:
    """How well paragraphs are labelled with everything, without each kind of features, and without moves."""

    def without(begins: str) -> list[Unseen]:
        kind = re.compile(begins)
        return list(_cross_validate(pages, lambda name: not kind.match(name)))

    return {
        "nothing": _labelled(unseen, temperature, weight),
        "moves": _labelled(unseen, temperature, 0.0),
        **{kind: _labelled(without(begins), temperature, weight) for kind, begins in _KINDS.items()},
    }


def _calibration_error(unseen: Sequence[Unseen], temperature: float, weight: float) -> float:
    """How far, on average over ten bins, the confidence of the chosen labels is from the share that is right."""
    pairs: list[tuple[float, bool]] = []
    for one in unseen:
        shares, path = np.exp(one.at(temperature)), one.path(temperature, weight)
        opened = [i for i, segment in enumerate(one.page.segments) if not segment.label]
        for i, label, row in zip(opened, path, shares, strict=True):
            gold = one.page.gold[i]
            if gold:
                pairs.append((float(row[label]), one.model.labels[label] in (gold.label, *gold.secondary)))
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, right in pairs:
        bins[min(int(10 * confidence), 9)].append((confidence, right))
    gaps = [abs(sum(c for c, _ in b) - sum(r for _, r in b)) for b in bins.values()]
    return sum(gaps) / max(len(pairs), 1)
