"""How fast: the whole way from a text to its record, against jieba cutting the same text into words.

Both sides read the same texts in one process, in turns, and CPU time is counted; the machine's moods hit both alike.
Before each round the texts are rewritten and what was remembered of other documents is forgotten, so that no text is
read twice and nothing is quick for having been seen.
"""

from __future__ import annotations

import codecs
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
from nianbao.ingest.html import read_html
from nianbao.record import dumps
from nianbao.train import marked
from nianbao.train.augment import Example, varied

# years stay, or a report would lose its own; so does 0, which says that there is nothing
_DIGIT = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|[1-9]")
_SERIALISE = "serialise"  # what follows the stages: the line of JSON


# a number outside of tags, styles and scripts
_SHOWN = re.compile(r"(<(?:style|script)\b.*?</(?:style|script)>|<[^>]*>)|([^<]+)", re.IGNORECASE | re.DOTALL)
# web pages are told apart by size, in bytes: plain ones, and those that carry a word processor's styles
_SIZES = ((20_000, "pages under 20 kB"), (50_000, "pages of 20 to 50 kB"), (sys.maxsize, "pages over 50 kB"))


@dataclass(frozen=True, slots=True)
class Source:
    """A report to read: its text and, where it is a web page, the page."""

    text: str
    page: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured: CPU seconds a round for all texts (and pages), and CPU seconds a stage over all rounds."""

    name: str
    texts: int
    chars: int
    ours: Sequence[float]
    jieba: Sequence[float]
    stages: Mapping[str, float]
    pages: Sequence[float] = ()
    page_bytes: int = 0

    @property
    def ratios(self) -> list[float]:
        """Round by round, how many times the record's CPU time jieba takes; above 1 the record is faster."""
        return [theirs / own for theirs, own in zip(self.jieba, self.ours, strict=True)]

    @property
    def markup(self) -> list[float]:
        """Round by round, how many times the CPU time of the text its page takes; none where there are no pages."""
        return [page / own for page, own in zip(self.pages, self.ours, strict=True)] if self.pages else []

    def describe(self) -> str:
        """The result as lines for a reader."""
        per_text = 1000 / self.texts
        size = f"{self.chars / self.texts:,.0f} characters each"
        lines = [
            f"{self.name}: {self.texts}, {size}, {len(self.ours)} rounds, CPU time",
            f"record  {median(self.ours) * per_text:7.3f} ms a text (text in, JSON out)",
            f"jieba   {median(self.jieba) * per_text:7.3f} ms a text (lcut)",
            f"ratio   {median(self.ratios):7.2f} median, {min(self.ratios):.2f} in the worst round",
        ]
        if self.pages:
            weight = self.page_bytes / self.texts / 1000
            times = f"{median(self.markup):.2f} times its text"
            lines.append(f"page    {median(self.pages) * per_text:7.3f} ms a page of {weight:,.0f} kB, {times}")
        lines += ["", *(f"{name:10s}{s * per_text / len(self.ours):7.3f} ms a text" for name, s in self.stages.items())]
        return "\n".join(lines)


def read_sources(paths: Iterable[str]) -> list[Source]:
    """The reports at the paths; of marked ones (`NAME.mr.txt`) without their marks. What holds no text is left out."""
    return [source for path in paths if (source := _source(path))]


def _source(path: str) -> Source | None:
    if not Path(path).is_file():
        return None
    data = Path(path).read_bytes() if ".mr." not in Path(path).name else marked.read(Path(path)).data.encode()
    report = engine.extract(data, with_text=True)
    if report.text is None:
        return None
    html = report.source.format == "html"
    return Source(report.text, data.decode(report.source.encoding or "utf-8") if html else "")


def grouped(sources: Iterable[Source]) -> dict[str, list[Source]]:
    """The sources by what they are: texts, and pages by size."""
    groups: dict[str, list[Source]] = {"texts": [], **{name: [] for _, name in _SIZES}}
    for source in sources:
        size = len(source.page.encode())
        groups[next(name for most, name in _SIZES if size < most) if size else "texts"].append(source)
    return {name: found for name, found in groups.items() if found}


def run(name: str, sources: Sequence[Source], *, rounds: int, seed: int) -> Result:
    """Measures; each round rewrites the texts, times the sides, the first to go changing, and then each stage.

    Args:
      name: what the sources are.
      sources: reports, each of several lines; all of them pages or none.
      rounds: how often.
      seed: what the rewriting draws from.
    """
    jieba.setLogLevel("ERROR")
    jieba.initialize()
    examples, rng = [_example(source) for source in sources], random.Random(seed)
    ours: list[float] = []
    theirs: list[float] = []
    pages: list[float] = []
    stages = dict.fromkeys((*engine.STAGES, _SERIALISE), 0.0)
    for number in range(rounds):
        fresh = [_rewritten(example, rng) for example in examples]
        texts = [source.text for source in fresh]
        sides: list[tuple[Callable[[str], object], list[str], list[float]]] = [
            (_record, texts, ours),
            (jieba.lcut, texts, theirs),
        ]
        if sources[0].page:
            sides.append((_record_of_page, [source.page for source in fresh], pages))
        for read, inputs, seconds in sides if number % 2 else sides[::-1]:
            _forget()
            start = process_time()
            for item in inputs:
                read(item)
            seconds.append(process_time() - start)
        _time_stages([_rewritten(example, rng).text for example in examples], stages)
    sizes = sum(len(source.page.encode()) for source in sources)
    chars = sum(len(source.text) for source in sources)
    return Result(name, len(sources), chars, ours, theirs, stages, pages, sizes)


def _record(text: str) -> bytes:
    return dumps(engine.read(text))


def _record_of_page(page: str) -> bytes:
    # a declaration in the markup may name another encoding; the byte order mark goes before it
    return dumps(engine.read(codecs.BOM_UTF8 + page.encode()))


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
        fields = engine.read(text, timer=done)
        dumps(fields)
        done(_SERIALISE)


def _forget() -> None:
    """Empties the caches that live across documents: the bounded ones. What is loaded once is kept without a bound."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "nianbao":
            for value in vars(module).values():
                if hasattr(value, "cache_parameters") and value.cache_parameters()["maxsize"] is not None:
                    value.cache_clear()


def _example(source: Source) -> Source | Example:
    """A text with its names, as they are read; a page as it is."""
    if source.page:
        return source
    return Example(source.text, tuple((e.label, e.start, e.end) for e in engine.extract(source.text).entities), ())


def _rewritten(example: Source | Example, rng: random.Random) -> Source:
    """The text with other names and digits, the page with other digits, as somebody could have written them.

    The sums of their tables no longer hold, which gives the checks more to do, not less.
    """
    if isinstance(example, Example):
        return Source(_renumbered(varied(example, rng).shadow, rng))
    page = _SHOWN.sub(lambda match: match[1] or _renumbered(match[2], rng), example.page)
    return Source(read_html(page).text, page)


def _renumbered(text: str, rng: random.Random) -> str:
    return _DIGIT.sub(lambda match: rng.choice("123456789") if len(match[0]) == 1 else match[0], text)
