"""Any number of annotated reports from the annotated samples: other names, years and figures, other tables, damage.

Every report is made from the seed and its own number alone, so the same call gives the same bytes, and a longer run
begins as a shorter one does.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count as numbers
from pathlib import Path

from nianbao.train.generate import noise, tables
from nianbao.train.generate.draft import Draft, draft_of
from nianbao.train.generate.figures import refigured
from nianbao.train.generate.identity import postpone, rename
from nianbao.train.generate.page import page
from nianbao.train.marked import Sample, as_text, write_gold

SHAPES = ("any", "kept", "html", *tables.TEXT_SHAPES)
"""How tables are laid out: each another way, as in the sample, in web pages only, or all in one way."""
_PAGES = 0.3  # of the reports are web pages, where the shape is "any"


@dataclass(frozen=True, slots=True)
class Settings:
    """What is done to each report.

    `noise` is the strength of damage, 0 to 1; `errors` the share of reports with a planted error; `shape` one of
    `SHAPES`; `variation` whether names, years and figures change.
    """

    noise: float = 0.2
    errors: float = 0.2
    shape: str = "any"
    variation: bool = True

    def __post_init__(self) -> None:
        if not (0 <= self.noise <= 1 and 0 <= self.errors <= 1):
            raise ValueError(f"noise and errors are shares from 0 to 1, not {self.noise} and {self.errors}")
        if self.shape not in SHAPES:
            raise ValueError(f"no shape {self.shape}; there are {', '.join(SHAPES)}")


def drafts(samples: Iterable[Sample]) -> list[Draft]:
    """What variants are made from: the samples as texts that can be changed, in their order."""
    return [draft_of(as_text(sample)) for sample in samples]


def generate(sources: Sequence[Draft], seed: int, settings: Settings) -> Iterator[Sample]:
    """An endless stream of reports: every source once in each round, in an order of its own."""
    for number in numbers():
        turn, place = divmod(number, len(sources))
        order = random.Random(f"{seed} {turn}").sample(range(len(sources)), len(sources))
        yield variant(sources[order[place]], f"g{number:06}", random.Random(f"{seed}:{number}"), settings)


def variant(source: Draft, name: str, rng: random.Random, settings: Settings) -> Sample:
    """One report made from a source, which stays as it is."""
    draft = source.copy()
    if settings.variation:
        draft = refigured(draft, rng, error=rng.random() < settings.errors)
        postpone(draft, rng)
        rename(draft, rng)
    web = settings.shape == "html" or (settings.shape == "any" and rng.random() < _PAGES)
    damage = noise.chosen(settings.noise, frozenset(noise.NOISES) | tables.DAMAGES, rng)
    if settings.shape != "kept":
        shape = "html" if web else settings.shape
        tables.relaid(draft, rng, shape=shape, noise=damage & tables.DAMAGES)
    noise.spoil(draft, damage, rng)
    if not web:
        return Sample(name, draft.text, draft.settle(f"{name}.txt"))
    return Sample(name, *page(draft, draft.settle(f"{name}.html", offsets=False), rng))


def variants(samples: Sequence[Sample], copies: int, seed: int, settings: Settings) -> Iterator[Sample]:
    """So many variants of every sample, each with its name and fold, for training beside it."""
    for sample, source in zip(samples, drafts(samples), strict=True):
        for copy in range(copies):
            made = variant(source, sample.name, random.Random(f"{seed}:{copy}:{sample.name}"), settings)
            yield replace(made, fold=sample.fold)


def write(samples: Iterable[Sample], out: Path, *, gold: bool = True) -> int:
    """Writes reports into a folder as they come, each with its gold beside it, as `marked` does; returns how many."""
    out.mkdir(parents=True, exist_ok=True)
    written = 0
    for sample in samples:
        written += 1
        (out / sample.gold.file).write_text(sample.data, encoding="utf8", newline="")
        if gold:
            write_gold(sample, out)
    return written
