"""How sure each cited value of a record is: a linear model over what the record itself shows for and against it.

The stages give values a first confidence, each by its own lights. What tells right from wrong lies between them: a
second number that means the same, a relation that fails, a date that does not go with the others.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from nianbao.artefacts import Artefact, ArtefactError, load
from nianbao.catalogue import catalogue
from nianbao.record import Fields

NAME = "confidence"
# of the signals: a model for others does not load
VERSION = 1
FIELDS = ("title", "agency", "year", "period", "published", "signed")
CONTACT = ("address", "postcode", "phone", "fax", "email")  # the parts of the contact that are annotated
_PROSE = frozenset({"prose", "zero"})
_DOUBTS = (0.7, 0.9, 0.97)
_SURE_SECTION = 0.9
_DATES = ("year", "period", "published", "signed")


@dataclass(frozen=True, slots=True)
class Model:
    """The trained weights of the signals; one that training has not met weighs nothing. `cell` is a cell's chance."""

    bias: float
    weights: Mapping[str, float]
    cell: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "cell", self._chance(["table"]))

    @classmethod
    def of(cls, artefact: Artefact) -> Model:
        """The model of an artefact.

        Raises:
          ArtefactError: it was trained for other signals.
        """
        trained = artefact.card.get("signals")
        if trained != VERSION:
            raise ArtefactError(
                f"{artefact.name} {artefact.version}: trained for signals {trained}, this is {VERSION}; "
                f"retrain it with `nianbao train {artefact.name} DATA`"
            )
        names = artefact.arrays["names"].tobytes().decode("utf8").split("\n")
        bias, *weights = artefact.arrays["weights"].tolist()
        return cls(bias, dict(zip(names, weights, strict=True)))

    def confidence(self, cited: Fields, signals: Sequence[str]) -> float:
        """The chance that a value with these signals is right."""
        # a cell is as sure as its place in the row: that has been measured where cells were dropped at random, of which
        # annotated tables show too little to learn from
        return round(self.cell * cited["confidence"] if cited["source"] == "table" else self._chance(signals), 3)

    def _chance(self, signals: Iterable[str]) -> float:
        return 1 / (1 + math.exp(-self.bias - sum(self.weights.get(name, 0.0) for name in signals)))


def weigh(fields: Fields, model: Model | None = None) -> None:
    """Gives the cited values of a record their confidences, in place.

    Args:
      fields: a record with the confidences that the stages gave.
      model: the one that serves, if none is given.

    Raises:
      ArtefactError: there is no model, or it was trained for other signals.
    """
    model = model or _served()
    for _, cited, signals in list(values(fields)):
        cited["confidence"] = model.confidence(cited, signals)


def values(fields: Fields) -> Iterator[tuple[str, Fields, list[str]]]:
    """The cited values of a record before `weigh`, each with its name and what speaks for and against it.

    Names are those of the fields (`year`), of the contact (`contact.phone`) and the ids of indicators.
    """
    for name in FIELDS:
        cited = fields.get(name)
        if cited is not None:
            yield name, cited, [*_given(name, cited), *_agreement(name, cited, fields)]
    prose = _Prose(fields)
    contact = fields.get("contact", {})
    for part in CONTACT:
        for cited in contact.get(part, ()):
            yield f"contact.{part}", cited, ["contact", f"contact:{part}", f"contact:{prose.label(cited)}"]
    for name, number in fields.get("indicators", {}).items():
        if number["source"] in _PROSE:
            yield name, number, [*_given("prose", number), *prose.signals(name, number)]
        else:
            yield name, number, [number["source"]]


def _given(name: str, cited: Fields) -> tuple[str, str, str]:
    """What the stage that gave a value says of it."""
    return name, f"{name}:{cited['source']}", f"{name}:{bisect_right(_DOUBTS, cited['confidence'])}"


def _agreement(name: str, cited: Fields, fields: Fields) -> Iterator[str]:
    """How a field goes with the others."""
    title, agency = fields.get("title"), fields.get("agency")
    if name == "title":
        year = fields.get("year")
        yield f"title:dated:{bool(year and year['source'] == 'title')}"
        yield from (f"title:{notice['code']}" for notice in fields["warnings"])
    if name in ("title", "agency"):
        yield f"{name}:named:{bool(agency and title and agency['value'] in title['value'])}"
    if name == "agency" and agency:
        yield f"agency:placed:{bool(agency['region']['code'])}"
        yield f"agency:{agency['kind']}"
    if name in _DATES:
        for other in _DATES:
            if other != name:
                yield f"{name}:{other}:{_years(cited, fields.get(other))}"


def _years(one: Fields, other: Fields | None) -> str:
    """How many years one date is before another."""
    if other is None:
        return "none"
    first, second = (int(str(v[-1] if isinstance(v, list) else v)[:4]) for v in (one["value"], other["value"]))
    return str(max(-2, min(2, second - first)))


class _Prose:
    """What a record shows about the values that its prose gives."""

    def __init__(self, fields: Fields) -> None:
        self._paragraphs = fields["paragraphs"]
        self._starts = [paragraph["start"] for paragraph in self._paragraphs]
        self._facts: dict[str, list[Fields]] = defaultdict(list)
        facts = fields.get("facts", ())
        for fact in facts:
            self._facts[fact["indicator"]].append(fact)
        self._meant = Counter[tuple[int, int]]((fact["start"], fact["end"]) for fact in facts)
        checks = fields.get("checks", ())
        self._failed = {place.get("start") for check in checks if check["status"] == "fail" for place in check["at"]}
        self._page = [f"page:{notice['code']}" for notice in fields["warnings"]]
        for name in ("year", "agency"):
            cited = fields.get(name)
            self._page.append(f"page:{name}:{cited['source'] if cited else None}")
        self._page.append(f"page:{fields.get('era')}")
        self._tables = any(table["form"] != "unknown" for table in fields.get("tables", ()))

    def label(self, cited: Fields) -> str:
        """The label of the paragraph that gives a value."""
        paragraph = self._paragraph(cited)
        return str(paragraph["label"]) if paragraph else ""

    def signals(self, name: str, number: Fields) -> Iterator[str]:
        """What speaks for and against an indicator's value."""
        group, place = catalogue().indicators[name].group, (number["start"], number["end"])
        paragraph = self._paragraph(number)
        label = paragraph["label"] if paragraph else ""
        yield from (f"id:{name}", f"group:{group}", f"label:{label}", f"{group}:{label}")
        yield from (f"source:{number['source']}", f"digits:{len(str(int(abs(number['value']))))}")
        if paragraph and paragraph["confidence"] < _SURE_SECTION:
            yield "label:doubtful"
        if self._tables:
            yield f"tables:{group}"
        if number["value"] == 1:
            yield "one"
        if number["start"] in self._failed:
            yield "fails"
        if self._meant[place] > 1:
            yield "means:several"
        yield from self._told(name, number)
        yield from self._page

    def _told(self, name: str, number: Fields) -> Iterator[str]:
        """What the other facts about the same say."""
        place, value = (number["start"], number["end"]), number["value"]
        others = [fact for fact in self._facts[name] if (fact["start"], fact["end"]) != place]
        if any(fact["value"] == value for fact in others):
            yield "told:again"
        if any(fact["value"] > value for fact in others):
            yield "told:more"
        if any(fact["value"] < value for fact in others):
            yield "told:less"
        if any(fact["value"] != value and fact["used"] for fact in others):
            yield "told:rival"

    def _paragraph(self, cited: Fields) -> Fields | None:
        start = cited["start"]
        at = bisect_right(self._starts, start) if start is not None else 0
        paragraph: Fields | None = self._paragraphs[at - 1] if at else None
        return paragraph


@cache
def _served() -> Model:
    return Model.of(load(NAME))
