"""How fast: the whole way from a text to its record, against jieba cutting the same text into words.

Both sides read the same texts in one process, in turns, and CPU time is counted; the machine's moods hit both alike.
Before each round the texts are rewritten and what was remembered of other documents is forgotten, so that no text is
read twice and nothing is quick for having been seen.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import process_time

import jieba

from nianbao import engine
from nianbao.train import marked
from nianbao.train.augment import Example, varied

# years stay, or a report would lose its own; so does 0, which says that there is nothing
_DIGIT = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|[1-9]")
_REST = ("record", "serialise")  # what follows the stages: the models of the record, and its JSON


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
    return [text for path in paths if (text := _text(path))]


def _text(path: str) -> str | None:
    if ".mr." in Path(path).name:
        return engine.extract(marked.read(Path(path)).data, with_text=True).text
    return engine.extract_file(path, with_text=True).text


def run(texts: Sequence[str], *, rounds: int, seed: int) -> Result:
    """Measures; each round rewrites the texts, times both sides, the first to go changing, and then each stage.

    Args:
      texts: the texts, each of several lines.
      rounds: how often.
      seed: what the rewriting draws from.
    """
    jieba.setLogLevel("ERROR")
    jieba.initialize()
    examples, rng = [_example(text) for text in texts], random.Random(seed)
    ours: list[float] = []
    theirs: list[float] = []
    sides: list[tuple[Callable[[str], object], list[float]]] = [(_record, ours), (jieba.lcut, theirs)]
    stages = dict.fromkeys((*engine.STAGES, *_REST), 0.0)
    for number in range(rounds):
        fresh = _rewritten(examples, rng)
        for read, seconds in sides if number % 2 else reversed(sides):
            _forget()
            start = process_time()
            for text in fresh:
                read(text)
            seconds.append(process_time() - start)
        _time_stages(_rewritten(examples, rng), stages)
    return Result(len(texts), sum(map(len, texts)), ours, theirs, stages)


def _record(text: str) -> str:
    return engine.extract(text).model_dump_json()


def _time_stages(texts: Iterable[str], stages: dict[str, float]) -> None:
    """Adds the CPU seconds of each stage, and of what follows them."""
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
        done(_REST[0])
        report.model_dump_json()
        done(_REST[1])


def _forget() -> None:
    """Empties the caches that live across documents: the bounded ones. What is loaded once is kept without a bound."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "nianbao":
            for value in vars(module).values():
                if hasattr(value, "cache_parameters") and value.cache_parameters()["maxsize"] is not None:
                    value.cache_clear()


def _example(text: str) -> Example:
    """A text with its names, as they are read."""
    return Example(text, tuple((e.label, e.start, e.end) for e in engine.extract(text).entities), ())


def _rewritten(examples: Iterable[Example], rng: random.Random) -> list[str]:
    """The texts with other names and digits, as somebody could have written them.

    The sums of their tables no longer hold, which gives the checks more to do, not less.
    """
    return [_DIGIT.sub(lambda match: _other(match[0], rng), varied(example, rng).shadow) for example in examples]


def _other(found: str, rng: random.Random) -> str:
    return rng.choice("123456789") if len(found) == 1 else found
