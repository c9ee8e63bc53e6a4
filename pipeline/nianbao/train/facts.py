"""Training of the fact linker: marked samples and the catalogue's examples to the weights of its two models.

The first model learns from every number in prose what it means, the second from every annotated statement whose it is,
of which year, done or planned. What the catalogue says by examples counts as observations of their own. Whatever is
chosen is chosen by cross-validation over the folds of `splits`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from nianbao.artefacts import Artefact
from nianbao.document import Fact, Mention
from nianbao.facts import Reporter, features, link, passages, settings
from nianbao.facts.features import Features
from nianbao.facts.model import JOIN, NONE, PARTS, Linear, Model
from nianbao.facts.numbers import Recent, candidates, describe
from nianbao.facts.passage import Passage, Statement
from nianbao.facts.rules import Example, examples
from nianbao.facts.words import read_words
from nianbao.train import regression
from nianbao.train.chain import Start
from nianbao.train.gold import GoldFact
from nianbao.train.marked import Sample
from nianbao.train.prose import Place, Prose, prose_of
from nianbao.train.regression import Observation, carried
from nianbao.train.splits import FOLDS, dealt, folds
from nianbao.train.trainer import Begin

# variance of the weights, and how many observations an example of the catalogue is worth
_SPREAD, _PRIOR = {"meaning": 3.0, "setting": 1.0}, 2
# a name in fewer observations is no feature; indicators that so many numbers mean together are a class of their own
_MIN_SEEN, _MIN_JOINT = 2, 5
# how a number is joined to what it counts, and the units of the examples
_JOINTS = ("", "为", "共")
_UNITS = ("人次", "件次", *"件条次个场篇期人名处部项元台宗起份块种%")
_EXAMPLE_YEAR = 2016
_LEAST = tuple(round(0.05 * i, 2) for i in range(13))
_ROUNDS = 100
# a name whose every weight is smaller hardly counts
_COUNTS = 0.05
# kinds of features, by how their names begin, for the table of what each is worth
_KINDS: Mapping[str, tuple[str, ...]] = {
    "characters": ("b", "n", "<"), "numbers before": ("p", "q", "Q"), "section": ("#l", "#il"),
    "own words": ("k",), "words behind": ("w", "R", "#R"), "words elsewhere": ("#behind", "#ahead"),
    "topics": ("#T", "#S"), "unit": ("#u", "#lu"), "cues": ("#s", "#c", "#>"),
    "dates": ("#D", "#last", "#undated"), "agencies": ("#a", "#A"), "statements before": ("i", "j"),
}  # fmt: skip
_TEMPERATURES = tuple(round(0.5 + 0.05 * i, 2) for i in range(41))


@dataclass(frozen=True, slots=True)
class Report:
    """A sample with what the two models learn from it."""

    prose: Prose
    meanings: Sequence[Observation]
    settings: Sequence[Observation]


@dataclass(frozen=True, slots=True)
class Unseen:
    """A report read by a model that was trained without it."""

    report: Report
    model: Model
    facts: Sequence[Fact]


Keep = Callable[[str], bool]
_SETTINGS = {"spread": _SPREAD, "prior": _PRIOR, "min_seen": _MIN_SEEN, "min_joint": _MIN_JOINT, "folds": FOLDS}


def train(samples: Sequence[Sample], seed: int) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """Trains the fact linker.

    Args:
      samples: annotated reports of at least two folds.
      seed: of nothing here; the same samples give the same arrays.

    Returns:
      The arrays and the card that `facts.model.Model.of` reads: for each of the two models `weights` (1 + names,
      classes) and `names` (UTF-8, one name a line).
    """
    del seed  # nothing is drawn
    reports = reports_of(dealt(samples))
    unseen = list(_unseen(reports))
    temperatures = {part: _temperature(unseen, part) for part in PARTS}
    unseen = list(_tempered(unseen, temperatures))
    least = max(_LEAST, key=lambda least: _scores(_sure(unseen, least))["f1"])
    model = _tempered_model(fit_both(reports), temperatures)
    arrays, cards = packed(model)
    card: dict[str, Any] = {
        "features": features.VERSION,
        "least": least,
        "settings": _SETTINGS,
        "cross_validation": _scores(_sure(unseen, least)),
        "ablation": _ablation(reports, least),
    }
    return arrays, {**card, **cards}


def fit(
    samples: Sequence[Sample], seed: int, base: Artefact, begin: Begin = "anew"
) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """The arrays and the card that `train` gives, with temperatures and the least chance of a fact from `base`."""
    del seed  # nothing is drawn
    model = fit_both(reports_of(samples), old=None if begin == "anew" else Model.of(base), begin=begin)
    arrays, cards = packed(_tempered_model(model, {part: base.card[part]["temperature"] for part in PARTS}))
    return arrays, {"features": features.VERSION, "least": base.card["least"], "settings": _SETTINGS, **cards}


def packed(model: Model) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """Both models as arrays, in half precision, without names that hardly count, and what the card says of them."""
    arrays: dict[str, npt.NDArray[Any]] = {}
    cards: dict[str, Any] = {}
    for part in PARTS:
        linear: Linear = getattr(model, part)
        kept = [name for name, row in linear.rows.items() if np.abs(linear.weights[row]).max() >= _COUNTS]
        rows = [0, *(linear.rows[name] for name in kept)]
        arrays[f"{part}_weights"] = linear.weights[rows].astype(np.float16)
        arrays[f"{part}_names"] = np.frombuffer("\n".join(kept).encode("utf8"), dtype=np.uint8)
        cards[part] = {"classes": list(linear.classes), "names": len(kept), "temperature": linear.temperature}
    return arrays, cards


def reports_of(samples: Sequence[Sample]) -> list[Report]:
    """The reports among the samples, with the observations that they give."""
    proses = [prose for sample in samples if (prose := prose_of(sample))]
    joint = Counter(_joined(fact) for prose in proses for fact, _ in prose.facts if fact.mention is not None)
    return [_report(prose, joint) for prose in proses]


def _joined(fact: GoldFact) -> str:
    return JOIN.join(sorted(set(fact.indicators)))


def _class(fact: GoldFact, joint: Counter[str]) -> str:
    """The class of a number: its indicators, or the most common of them where too few numbers mean them together."""
    kind = _joined(fact)
    return kind if joint[kind] >= _MIN_JOINT else max(sorted(set(fact.indicators)), key=lambda i: joint[i])


def _report(prose: Prose, joint: Counter[str]) -> Report:
    gold = {place: fact for fact, place in prose.facts if fact.mention is not None}
    meanings: list[Observation] = []
    statements: list[tuple[Statement, GoldFact]] = []
    recent = Recent()
    for passage in passages(prose.document.shadow, prose.segments, prose.mentions):
        meanings += _meanings(passage, gold, joint, features.era(prose.reporter.year), recent)
        statements += _statements(passage, gold, prose.facts)
    return Report(prose, meanings, list(_settings(prose, statements)))


def _settings(prose: Prose, statements: Iterable[tuple[Statement, GoldFact]]) -> Iterator[Observation]:
    settled = settings.Settled()
    for statement, fact in statements:
        around = settings.Around(statement.passage, prose.reporter, prose.document.shadow)
        kind = setting_of(fact, prose.reporter.year)
        yield [*around.describe(statement).spelled(), *settled.names(statement)], kind
        settled.note(statement, kind)


def _meanings(
    passage: Passage, gold: dict[Place, GoldFact], joint: Counter[str], era: str, recent: Recent
) -> Iterator[Observation]:
    last: tuple[int, str] | None = None
    for number in candidates(passage):
        fact = gold.get((number.mention.start, number.mention.end))
        kind = _class(fact, joint) if fact else NONE
        said = last[1] if last and last[0] == number.sentence else ""
        before = features.following(passage, number, said, recent.of(passage, number))
        last = number.sentence, kind
        recent.note(passage, number, kind)
        if len(number.parts) == 1:
            yield [*describe(passage, number, era)[0].spelled(), *before], kind


def _statements(
    passage: Passage, gold: dict[Place, GoldFact], facts: Sequence[tuple[GoldFact, Place]]
) -> Iterator[tuple[Statement, GoldFact]]:
    for placed in passage.numbers:
        fact = gold.get((placed.mention.start, placed.mention.end))
        if fact:
            yield (
                Statement(passage, placed.at, placed.at + 1, tuple(fact.indicators), fact.value, 1, placed.mention),
                fact,
            )
    zeros = [(fact, place) for fact, place in facts if fact.mention is None]
    for statement in read_words(passage) if zeros else ():
        start, end = passage.span(statement.start, statement.end)
        for fact, place in zeros:
            if statement.indicators[0] in fact.indicators and place[0] < end and start < place[1]:
                yield statement, fact
                break


def setting_of(fact: GoldFact, year: int | None) -> str:
    """The class of a gold fact's setting."""
    if fact.scope != settings.OWN:
        return fact.scope
    if fact.status != "fact":
        return fact.status
    if fact.cumulative:
        return settings.CUMULATIVE
    if fact.year != year:
        return settings.YEAR
    return settings.OWN if fact.used else settings.PART


def _examples() -> Iterator[Observation]:
    """What the catalogue's examples say of meanings, each as a number in a paragraph of nothing else."""
    for example in examples():
        if example.setting is None:
            for joint in _JOINTS if example.phrase[0] != "#" else ("",):
                passage = _passage(replace(example, phrase=example.phrase.replace("#", f"{joint}#")))
                for number in candidates(passage):
                    for seen in describe(passage, number, features.era(None)):
                        yield seen.spelled(), JOIN.join(sorted(example.indicators)) or NONE


def _told() -> Iterator[Observation]:
    """What the catalogue's examples say of settings."""
    for example in examples():
        if example.setting is not None:
            passage = _passage(example)
            for placed in passage.numbers:
                statement = Statement(passage, placed.at, placed.at + 1, example.indicators, 1, 1, placed.mention)
                reporter = Reporter(_EXAMPLE_YEAR, example.aggregate, ())
                seen = settings.Around(passage, reporter, "").describe(statement).spelled()
                yield [*seen, *settings.Settled().names(statement)], example.setting


def _passage(example: Example) -> Passage:
    """An example as a paragraph with a number for its #, and dates where it tells whose year its D is."""
    at = example.phrase.index("#")
    unit = next((u for u in _UNITS if example.phrase.startswith(u, at + 1)), "")
    mentions = [Mention("MONEY" if unit == "元" else "COUNT", at, at + 1 + len(unit), 1, unit)]
    if example.setting:
        year = str(_EXAMPLE_YEAR + example.date)
        mentions += [Mention("DATE", i, i + 1, year) for i, c in enumerate(example.phrase) if c == "D"]
    mentions.sort(key=lambda m: m.start)
    return Passage(example.phrase, 0, len(example.phrase), example.label, mentions)


def _fit(part: str, observations: Sequence[Observation], keep: Keep, old: Linear | None, begin: Begin) -> Linear:
    """A model of temperature 1; `keep` says which names it may use. With no observation an old one stays."""
    if not observations and old:
        return old
    pull = begin == "pulled"
    used = Counter(name for names, _ in observations for name in set(names))
    known, kinds = (old.rows, old.classes) if old and pull else ((), ())
    names = {name for name, count in used.items() if count >= _MIN_SEEN and keep(name)}.union(known)
    rows = {name: row for row, name in enumerate(sorted(names), 1)}
    classes = tuple(sorted({kind for _, kind in observations}.union(kinds)))
    start = Start(carried(old.weights, old.rows, old.classes, rows, classes), pull) if old else None
    weights = regression.fit(observations, rows, classes, spread=_SPREAD[part], rounds=_ROUNDS, start=start)
    return Linear(classes, rows, weights)


def fit_both(
    reports: Sequence[Report], keep: Keep = lambda _: True, old: Model | None = None, begin: Begin = "anew"
) -> Model:
    """Both models from the reports' observations and the catalogue's examples; pulled to old ones, these know them."""
    prior = 0 if begin == "pulled" else _PRIOR
    meanings = [*(seen for report in reports for seen in report.meanings), *prior * list(_examples())]
    told = [*(seen for report in reports for seen in report.settings), *prior * list(_told())]
    return Model(
        _fit("meaning", meanings, keep, old.meaning if old else None, begin),
        _fit("setting", told, keep, old.setting if old else None, begin),
    )


def _unseen(reports: Sequence[Report], keep: Keep = lambda _: True, most: int = FOLDS) -> Iterator[Unseen]:
    """Every report of the first `most` folds read by a model that has seen none of its fold."""
    for fold in folds(report.prose.fold for report in reports)[:most]:
        model = fit_both([report for report in reports if report.prose.fold != fold], keep)
        for report in reports:
            if report.prose.fold == fold:
                yield Unseen(report, model, _read(report.prose, model))


def _read(prose: Prose, model: Model) -> list[Fact]:
    return link(prose.document, prose.segments, prose.mentions, prose.reporter, model)


def _temperature(unseen: Sequence[Unseen], part: str) -> float:
    """The temperature at which unseen observations surprise least."""
    rows, kinds = [], []
    for one in unseen:
        linear: Linear = getattr(one.model, part)
        seen = [(names, kind) for names, kind in getattr(one.report, f"{part}s") if kind in linear.classes]
        scores = linear.scores([Features(list(names), []) for names, _ in seen])
        rows += [row - row.max() for row in scores]
        kinds += [linear.classes.index(kind) for _, kind in seen]

    def surprise(temperature: float) -> float:
        scaled = [row / temperature for row in rows]
        return float(np.mean([np.log(np.exp(r).sum()) - r[k] for r, k in zip(scaled, kinds, strict=True)]))

    return min(_TEMPERATURES, key=surprise) if rows else 1.0


def _tempered_model(model: Model, temperatures: Mapping[str, float]) -> Model:
    meaning, setting = (replace(getattr(model, part), temperature=temperatures[part]) for part in PARTS)
    return Model(meaning, setting)


def _tempered(unseen: Sequence[Unseen], temperatures: Mapping[str, float]) -> Iterator[Unseen]:
    """The same reports read again with the temperatures."""
    for one in unseen:
        model = _tempered_model(one.model, temperatures)
        yield replace(one, model=model, facts=_read(one.report.prose, model))


def _sure(unseen: Iterable[Unseen], least: float) -> Iterator[Unseen]:
    """The same without the facts that are less sure."""
    for one in unseen:
        yield replace(one, facts=[fact for fact in one.facts if fact.confidence >= least])


def _scores(unseen: Iterable[Unseen]) -> dict[str, float]:
    """Precision, recall and F1 of (indicator, value, scope, used), and how far the confidences can be trusted."""
    found: Counter[tuple[Any, ...]] = Counter()
    wanted: Counter[tuple[Any, ...]] = Counter()
    judged: list[tuple[float, bool]] = []
    for one in unseen:
        mine = Counter((f.indicator, float(f.value), f.scope, f.used) for f in one.facts)
        gold = Counter((i, f.value, f.scope, f.used) for f, _ in one.report.prose.facts for i in f.indicators)
        judged += [(f.confidence, (f.indicator, float(f.value), f.scope, f.used) in gold) for f in one.facts]
        found.update({(one.report.prose.name, *key): n for key, n in mine.items()})
        wanted.update({(one.report.prose.name, *key): n for key, n in gold.items()})
    right, given, due = (sum(c.values()) for c in (found & wanted, found, wanted))
    judged.sort()
    errors = [not ok for _, ok in judged]
    return {
        "facts": due,
        "precision": round(right / max(given, 1), 4),
        "recall": round(right / max(due, 1), 4),
        "f1": round(2 * right / max(given + due, 1), 4),
        "calibration_error": round(_calibration_error(judged), 4),
        "errors_in_least_sure_tenth": round(sum(errors[: len(errors) // 10]) / max(sum(errors), 1), 4),
    }


def _calibration_error(judged: Sequence[tuple[float, bool]]) -> float:
    """How far, on average over ten bins, the confidence is from the share that is right."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, right in judged:
        bins[min(int(10 * confidence), 9)].append((confidence, right))
    gaps = [abs(sum(c for c, _ in b) - sum(r for _, r in b)) for b in bins.values()]
    return sum(gaps) / max(len(judged), 1)


def _ablation(reports: Sequence[Report], least: float) -> dict[str, float]:
    """The F1 over the first fold, and what is left of it without each kind of features."""

    def f1(without: tuple[str, ...]) -> float:
        unseen = _unseen(reports, lambda name: not name.startswith(without), most=1)
        return _scores(_sure(unseen, least))["f1"]

    return {"nothing left out": f1(())} | {kind: f1(zones) for kind, zones in _KINDS.items()}
