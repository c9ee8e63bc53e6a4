"""spaCy's trainable entity recogniser and text categoriser on marked samples.

    counts = write_docs(Task.ENTITIES, split, folder)        train.spacy, dev.spacy, entities.cfg
    spacy train entities.cfg --paths.train train.spacy --paths.dev dev.spacy --output OUT

or, in one call, `train`. A line is a document for the recogniser, a paragraph for the categoriser. Tokens are
characters, at whose edges every mention begins and ends, or words as jieba cuts them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import spacy
from spacy.about import __version__ as spacy_version
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.training.initialize import init_nlp
from spacy.training.loop import train as run
from spacy.util import DummyTokenizer, load_config, registry
from spacy.vocab import Vocab

from nianbao.tag.tokeniser import words
from nianbao.train.backends.readers import BackendError, Entities, Sections, read_card, write_card
from nianbao.train.backends.tasks import Name, Paragraph, Split, Task, Text, labelled_paragraphs, texts

NAME = "spacy"
Tokens = Literal["characters", "words"]
TOKENISERS: Mapping[Tokens, Mapping[str, str]] = {
    "characters": {"@tokenizers": "spacy.zh.ChineseTokenizer", "segmenter": "char"},
    "words": {"@tokenizers": "nianbao.Words.v1"},
}


class Words(DummyTokenizer):
    """A text as the words of `tag.tokeniser`, white space and punctuation included."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """The Doc of a text."""
        cut = [text[start:end] for start, end in words(text)]
        return Doc(self.vocab, words=cut, spaces=[False] * len(cut))


def register_words() -> None:
    """Makes `nianbao.Words.v1` known to spaCy; an installed nianbao is found by its entry point as well."""
    registry.tokenizers.register("nianbao.Words.v1", func=words_tokeniser)


def words_tokeniser() -> Any:
    """The factory behind `nianbao.Words.v1`."""

    def of(nlp: Language) -> Words:
        return Words(nlp.vocab)

    return of


@dataclass(frozen=True, slots=True)
class Written:
    """What went into the documents: mentions, and those left out because they begin or end inside a token."""

    mentions: int
    unaligned: tuple[str, ...]


def write_docs(task: Task, split: Split, folder: Path, tokens: Tokens = "characters") -> Written:
    """Writes `train.spacy` and `dev.spacy` (DocBin) and the configuration of the task beside them.

    Returns:
      How many mentions there are, and which could not be written; with characters that is none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    nlp = _blank(tokens)
    count, lost = 0, list[str]()
    for name, samples in (("train", split.train), ("dev", split.validation)):
        bin_ = DocBin(attrs=["ENT_IOB", "ENT_TYPE"], store_user_data=False)
        if task is Task.SECTIONS:
            docs: Iterable[Doc] = (_categorised(nlp, paragraph) for paragraph in labelled_paragraphs(samples))
            bin_ = DocBin(attrs=[], store_user_data=False)
        else:
            read = texts(samples)
            count += sum(len(text.names) for text in read)
            docs = (doc for text in read for doc in _marked(nlp, text, lost))
        for doc in docs:
            bin_.add(doc)
        bin_.to_disk(folder / f"{name}.spacy")
    with as_file(files("nianbao.train.backends") / f"{task}.cfg") as path:
        config = load_config(path)
    config["nlp"]["tokenizer"] = dict(TOKENISERS[tokens])
    config.to_disk(folder / f"{task}.cfg")
    return Written(count, tuple(lost))


def train(
    task: Task,
    split: Split,
    out: Path,
    *,
    epochs: int = 10,
    seed: int = 0,
    tokens: Tokens = "characters",
    overrides: Mapping[str, Any] | None = None,
) -> Written:
    """Trains a pipeline and writes it, as it is after the last epoch, with its card.

    Args:
      task: what to learn.
      split: the samples; spaCy's table of progress, on standard error, is of the validation part.
      out: the folder to write to.
      epochs: how often the samples are gone through.
      seed: of weights and order.
      tokens: what a token is.
      overrides: of the configuration, by dotted names.

    Raises:
      BackendError: there is nothing to learn from.
    """
    register_words()
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        written = write_docs(task, split, folder, tokens)
        if task is Task.ENTITIES and not written.mentions:
            raise BackendError("no mention in the samples: mark some: {{AGENCY|...}}")
        settings = {
            "paths.train": str(folder / "train.spacy"), "paths.dev": str(folder / "dev.spacy"),
            "training.max_epochs": epochs, "system.seed": seed, **(overrides or {}),
        }  # fmt: skip
        config = load_config(folder / f"{task}.cfg", overrides=settings, interpolate=True)
        nlp, _ = run(init_nlp(config), stdout=sys.stderr, stderr=sys.stderr)
    out.mkdir(parents=True, exist_ok=True)
    nlp.to_disk(out)
    made = {"epochs": epochs, "seed": seed, "tokens": tokens, "mentions": written.mentions,
            "unaligned": len(written.unaligned), "overrides": dict(overrides or {}), "checkpoint": None,
            "versions": {"spacy": spacy_version}}  # fmt: skip
    write_card(out, NAME, task, split, made)
    return written


def load(folder: Path) -> Entities | Sections:
    """A trained pipeline as a reader.

    Raises:
      BackendError: there is none in the folder.
    """
    card = read_card(folder, NAME)
    register_words()
    try:
        nlp = spacy.load(folder)
    except (OSError, ValueError) as why:
        raise BackendError(f"{folder}: spaCy cannot open it ({why}); train it again") from why

    def names(text: str) -> Iterator[Name]:
        lines = text.split("\n")
        starts = accumulate((len(line) + 1 for line in lines), initial=0)
        for doc, start in zip(nlp.pipe(lines), starts, strict=False):
            yield from ((e.label_, start + e.start_char, start + e.end_char) for e in doc.ents)

    def labels(paragraphs: Sequence[Paragraph]) -> Iterator[tuple[str, float]]:
        for doc in nlp.pipe(map(_reading, paragraphs)):
            label = max(doc.cats, key=doc.cats.__getitem__)
            yield label, doc.cats[label]

    return Entities(names) if card["task"] == Task.ENTITIES else Sections(labels)


def _blank(tokens: Tokens) -> Language:
    register_words()
    return spacy.blank("zh", config={"nlp": {"tokenizer": dict(TOKENISERS[tokens])}})


def _marked(nlp: Language, text: Text, lost: list[str]) -> Iterator[Doc]:
    """The lines of a text as documents; mentions that no token edges bound go to `lost`."""
    names, start = list(text.names), 0
    for line in text.text.split("\n"):
        doc, end = nlp.make_doc(line), start + len(line)
        spans = []
        while names and names[0][1] < end:
            label, first, last = names.pop(0)
            span = doc.char_span(first - start, last - start, label=label)
            if span is None:
                lost.append(f"{label} {text.text[first:last]}")
            else:
                spans.append(span)
        doc.set_ents(spans)
        start = end + 1
        if len(doc):
            yield doc


def _categorised(nlp: Language, paragraph: Paragraph) -> Doc:
    doc = nlp.make_doc(_reading(paragraph))
    doc.cats = {label: float(label == paragraph.label) for label in Task.SECTIONS.labels}
    return doc


def _reading(paragraph: Paragraph) -> str:
    return f"{paragraph.heading}\n{paragraph.text}"
