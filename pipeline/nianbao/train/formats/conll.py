"""CoNLL with BIO tags, of characters or of words.

    # newdoc id = NAME
    # text = "the line, with its line end, as a JSON string"
    token TAB tag of the entity TAB tag of the section

A line of the text is a sentence; white space is no token. The comments make the text whole again. A file without them
is read as well: its tokens are joined, each sentence is a line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from nianbao.train.formats.marks import FormatError, Layer, Mark, Reading, Unheld, Unit, layer_of, lines_of, marks_of
from nianbao.train.formats.tasks import Task
from nianbao.train.formats.tokens import token_edges

_NAME, _TEXT = "# newdoc id = ", "# text = "
_COLUMNS = (Layer.ENTITIES, Layer.PARAGRAPHS)


@dataclass(slots=True)
class _Sentence:
    """A line of a report: its text, and of each token its place in it and the tags of its columns."""

    text: str = ""
    tokens: list[tuple[int, int]] = field(default_factory=list)
    tags: list[Sequence[str]] = field(default_factory=list)


class Conll:
    """Holds entities and sections, nothing of what is said about them."""

    suffix = ".conll"
    layers = default = frozenset(_COLUMNS)
    carries, attributes, whole = False, False, True
    unit = Unit.CODE_POINTS  # no offsets are written

    def __init__(self, *, words: bool) -> None:
        self.words = words

    def write(self, tasks: Sequence[Task], out: Path, layers: frozenset[Layer], unit: Unit) -> Sequence[Unheld]:  # noqa: ARG002
        """Writes a document for each report, and tells which spans its tokens do not show as they are."""
        columns = [layer for layer in _COLUMNS if layer in layers]
        unheld: list[Unheld] = []
        with out.open("w", encoding="utf-8", newline="\n") as file:
            for task in tasks:
                sentences = list(self._sentences(task, columns))
                file.write(_NAME + json.dumps(task.name, ensure_ascii=False) + "\n")
                for sentence in sentences:
                    file.write(_TEXT + json.dumps(sentence.text, ensure_ascii=False) + "\n")
                    for (start, end), tags in zip(sentence.tokens, sentence.tags, strict=True):
                        file.write("\t".join((sentence.text[start:end], *tags)) + "\n")
                    file.write("\n")
                unheld += _unheld(task, columns, sentences)
        return unheld

    def read(self, path: Path, unit: Unit) -> Iterator[Reading]:  # noqa: ARG002
        """Reads documents; without comments the whole file is one."""
        try:
            lines = path.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as why:
            raise FormatError(f"{path}: {why}") from why
        starts = [i for i, line in enumerate(lines) if line.startswith(_NAME)] or [0]
        for start, end in pairwise([*starts, len(lines)]):
            where = f"{path}:{start + 1}"
            named = lines[start].startswith(_NAME)
            sentences = list(_read(lines, start + named, end, path))
            text = "".join(sentence.text for sentence in sentences)
            marks = _marks(sentences)
            shown = sorted({mark.layer for mark in marks if mark.layer})
            carried = {"name": _string(lines[start][len(_NAME) :], where), "chars": len(text), "shown": shown}
            if text:
                yield Reading(text, marks, carried if named else None, where=where)

    def _sentences(self, task: Task, columns: Sequence[Layer]) -> Iterator[_Sentence]:
        text, at = task.annotation.text, 0
        marks = marks_of(task.annotation, columns)
        cuts = sorted(edge for mark in marks for edge in (mark.start, mark.end)) if self.words else range(len(text))
        edges = token_edges(text, cuts)
        tags = [_tags(len(text), [m for m in marks if m.layer is layer]) for layer in columns]
        tokens = [(a, b) for a, b in pairwise(edges) if not text[a].isspace()]
        inside = iter([*tokens, (len(text), len(text))])
        token = next(inside)
        for line in lines_of(text):
            sentence = _Sentence(line)
            while token[0] < at + len(line):
                sentence.tokens.append((token[0] - at, token[1] - at))
                sentence.tags.append([_tag(column, token[0], text) for column in tags])
                token = next(inside)
            yield sentence
            at += len(line)


def _tags(length: int, marks: Sequence[Mark]) -> list[Mark | None]:
    """The mark of each character."""
    out: list[Mark | None] = [None] * length
    for mark in marks:
        out[mark.start : mark.end] = [mark] * (mark.end - mark.start)
    return out


def _tag(marks: Sequence[Mark | None], at: int, text: str) -> str:
    mark = marks[at]
    if mark is None:
        return "O"
    return f"{'I' if text[mark.start : at].strip() else 'B'}-{mark.label}"


def _read(lines: Sequence[str], start: int, end: int, path: Path) -> Iterator[_Sentence]:
    sentence, stated = _Sentence(), False
    for number in range(start, end):
        line, where = lines[number], f"{path}:{number + 1}"
        if line.startswith(_TEXT):
            if sentence.text:
                yield sentence
            sentence, stated = _Sentence(_string(line[len(_TEXT) :], where)), True
        elif not line.strip():
            if sentence.tokens and not stated:
                sentence.text += "\n"
            if sentence.text:
                yield sentence
            sentence, stated = _Sentence(), False
        elif not line.startswith("# "):
            token, *tags = line.split("\t") if "\t" in line else line.split()
            after = sentence.tokens[-1][1] if sentence.tokens else 0
            at = sentence.text.find(token, after) if stated else after
            if at < 0 or not tags or (stated and sentence.text[after:at].strip()):
                raise FormatError(
                    f"{where}: {line[:30]!r} is no token of the line {sentence.text[:30]!r} with its tags"
                )
            sentence.text += "" if stated else token
            sentence.tokens.append((at, at + len(token)))
            sentence.tags.append(tags)
    if sentence.text:
        yield sentence


def _marks(sentences: Sequence[_Sentence]) -> list[Mark]:
    """The marks that the tags spell, entities over their tokens, sections over all of their part of the line."""
    out: list[Mark] = []
    base = 0
    for sentence in sentences:
        body = len(sentence.text.rstrip("\r\n"))
        for column in range(max(map(len, sentence.tags), default=0)):
            runs: list[tuple[int, int, str]] = []
            for (start, end), tags in zip(sentence.tokens, sentence.tags, strict=True):
                kind, _, label = tags[column].partition("-") if column < len(tags) else ("O", "", "")
                if kind == "I" and runs and runs[-1][2] == label:
                    runs[-1] = (runs[-1][0], end, label)
                elif kind in ("B", "I"):
                    runs.append((start, end, label))
                else:
                    runs.append((start, end, ""))
            out += _spans(runs, base, body)
        base += len(sentence.text)
    return out


def _spans(runs: Sequence[tuple[int, int, str]], base: int, body: int) -> Iterator[Mark]:
    for number, (start, end, label) in enumerate(runs):
        layer = layer_of(label)
        first, last = start, end
        if layer is Layer.PARAGRAPHS:  # indents and the space between two sections belong to what they stand before
            first = runs[number - 1][1] if number else 0
            last = end if number < len(runs) - 1 else body
        if label:
            yield Mark(layer, base + first, base + last, label)


def _unheld(task: Task, columns: Sequence[Layer], sentences: Sequence[_Sentence]) -> Iterator[Unheld]:
    """The spans that are not read back as they are."""
    held = {(mark.layer, mark.start, mark.end, mark.label) for mark in _marks(sentences)}
    for mark in marks_of(task.annotation, columns):
        if mark.layer and (mark.layer, mark.start, mark.end, mark.label) not in held:
            words = task.annotation.text[mark.start : mark.end]
            yield Unheld(mark.layer, f"{task.name}: {mark.label} at {mark.start}: tokens do not show {words[:30]!r}")


def _string(text: str, where: str) -> str:
    try:
        value = json.loads(text) if text.startswith('"') else text
    except ValueError as why:
        raise FormatError(f"{where}: {why}") from why
    return str(value)
