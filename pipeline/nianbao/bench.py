"""How fast: the whole way from a text to its record, against jieba cutting the same text into words.

Both sides read the same texts in one process, in turns, and CPU time is counted; the machine's moods hit both alike.
Before each round the texts are rewritten and what was remembered of other documents is forgotten, so that no text is
read twice and nothing is quick for having been seen.
"""

from __future__ import annotations

import random
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import process_time

import jieba

from nianbao import engine
from nianbao.train import marked

# years stay, or a report would lose its own; so does 0, which says that there is nothing
_DIGIT = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|[1-9]")
_SERIALISE = "serialise"


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured: CPU seconds a round for all texts, and CPU seconds a stage over all rounds."""

    texts: int
    chars: int
    ours: Sequence[float]
    jieba: Sequence[float]
    stages: Mapping[str, float]

    @property
    def ratios(self) -> list[float]:
        """Round by round, how many times the record's CPU time jieba takes; above 1 the record is faster."""
        return [theirs / own for theirs, own in zip(self.jieba, self.ours, strict=True)]

    def describe(self) -> str:
        """The result as lines for a reader."""
        per_text = 1000 / self.texts
        lines = [
            f"{self.texts} texts, {self.chars / self.texts:,.0f} characters each, {len(self.ours)} rounds, CPU time",
            f"record  {median(self.ours) * per_text:7.3f} ms a text (text in, JSON out)",
            f"jieba   {median(self.jieba) * per_text:7.3f} ms a text (lcut)",
            f"ratio   {median(self.ratios):7.2f} median, {min(self.ratios):.2f} in the worst round",
            "",
            *(f"{name:10s}{s * per_text / len(self.ours):7.3f} ms a text" for name, s in self.stages.items()),
        ]
        return "\n".join(lines)


def read_texts(paths: Iterable[str]) -> list[str]:
    """The texts of reports; of marked ones (`NAME.mr.txt`) without their marks. What holds no text is left out."""
    sources = (marked.read(Path(path)).data if ".mr." in Path(path).name else Path(path).read_bytes() for path in paths)
    texts = (engine.extract(source, with_text=True).text for source in sources)
    return [text for text in texts if text]


def run(texts: Sequence[str], *, rounds: int, seed: int) -> Result:
    """Measures; each round rewrites the texts, times both sides, the first to go changing, and then each stage.

    Args:
      texts: the texts, each of several lines.
      rounds: how often.
      seed: what the rewriting draws from.
    """
    jieba.setLogLevel("ERROR")
    jieba.initialize()
    rewrite = _Rewriter(texts, random.Random(seed))
    sides: list[tuple[Callable[[str], object], list[float]]] = [(_record, ours := []), (jieba.lcut, theirs := [])]
    stages: dict[str, float] = defaultdict(float)
    for number in range(rounds):
        fresh = rewrite()
        for read, seconds in sides if number % 2 else reversed(sides):
            _forget()
            start = process_time()
            for text in fresh:
                read(text)
            seconds.append(process_time() - start)
        _time_stages(rewrite(), stages)
    return Result(len(texts), sum(map(len, texts)), ours, theirs, dict(stages))


def _record(text: str) -> str:
    return engine.extract(text).model_dump_json()


def _time_stages(texts: Iterable[str], stages: dict[str, float]) -> None:
    """Adds the CPU seconds of each stage, the last of which is writing the record as JSON."""
    last = 0.0

    def done(stage: str) -> None:
        nonlocal last
        now = process_time()
        stages[stage] += now - last
        last = now

    _forget()
    for text in texts:
        last = process_time()
        report = engine.extract(text, timer=done)
        done("record")
        report.model_dump_json()
        done(_SERIALISE)


def _forget() -> None:
    """Empties the caches that live across documents: the bounded ones. What is loaded once is kept without a bound."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "nianbao":
            for value in vars(module).values():
                if hasattr(value, "cache_parameters") and value.cache_parameters()["maxsize"] is not None:
                    value.cache_clear()


class _Rewriter:
    """Makes other texts of the same length and kind: new digits, and the names of places and persons exchanged.

    A name is replaced by another of its class and length from the same texts, so that the new text is one that could
    have been written; the sums of its tables no longer hold, which makes the checks work more, not less.
    """

    def __init__(self, texts: Sequence[str], rng: random.Random) -> None:
        self.texts, self.rng = texts, rng
        self.classes: dict[tuple[str, int], list[str]] = defaultdict(list)
        for kind, name in sorted({found for text in texts for found in _names(text)}):
            self.classes[kind, len(name)].append(name)
        every = sorted({name for names in self.classes.values() for name in names}, key=len, reverse=True)
        self.pattern = re.compile("|".join([*map(re.escape, every), _DIGIT.pattern]))

    def __call__(self) -> list[str]:
        """All texts once more, as nobody has seen them."""
        exchange: dict[str, str] = {}
        for names in self.classes.values():
            exchange |= zip(names, self.rng.sample(names, len(names)), strict=True)
        return [self.pattern.sub(lambda match: self._other(match[0], exchange), text) for text in self.texts]

    def _other(self, found: str, exchange: Mapping[str, str]) -> str:
        return self.rng.choice("123456789") if len(found) == 1 else exchange.get(found, found)


def _names(text: str) -> Iterable[tuple[str, str]]:
    """The names that a text holds, by class: persons, places by level, long and short (百色市, 百色)."""
    report = engine.extract(text)
    yield from (("person", e.text) for e in report.entities if e.label == "PERSON" and len(e.text) > 1)
    if report.agency:
        for level, name in report.agency.region:
            if level != "code" and name:
                yield level, name
                if len(name) > 2:
                    yield level, name[:-1]
