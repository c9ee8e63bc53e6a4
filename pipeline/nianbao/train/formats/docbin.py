"""spaCy's DocBin: entities in `doc.ents`, sections and facts in span groups, the rest in the user data of the Doc."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from nianbao.train.formats.jsonl import CARRIED, parsed
from nianbao.train.formats.marks import ALL_LAYERS, FormatError, Layer, Mark, Reading, Unheld, Unit, layer_of, marks_of
from nianbao.train.formats.tasks import Task
from nianbao.train.formats.tokens import token_edges

_ATTRIBUTES = ("ENT_IOB", "ENT_TYPE", "ENT_KB_ID", "SPACY")
_GROUPS = {Layer.PARAGRAPHS: "sections", Layer.FACTS: "facts"}


class DocBinFile:
    """For training of spaCy pipelines; tokens are words cut at the edges of spans."""

    suffix = ".spacy"
    layers = default = ALL_LAYERS
    carries, attributes, whole = True, False, False
    unit = Unit.CODE_POINTS  # tokens are counted

    def write(self, tasks: Sequence[Task], out: Path, layers: frozenset[Layer], unit: Unit) -> Sequence[Unheld]:  # noqa: ARG002
        """Writes a Doc for each task."""
        from spacy.tokens import DocBin
        from spacy.vocab import Vocab

        vocab = Vocab()
        DocBin(_ATTRIBUTES, store_user_data=True, docs=[_doc(task, layers, vocab) for task in tasks]).to_disk(out)
        return ()

    def read(self, path: Path, unit: Unit) -> Iterator[Reading]:  # noqa: ARG002
        """Reads Docs."""
        from spacy.tokens import DocBin
        from spacy.vocab import Vocab

        try:
            docs = list(DocBin().from_disk(path).get_docs(Vocab()))
        except Exception as why:  # zlib, msgpack and spaCy each have errors of their own for damaged bytes
            raise FormatError(f"{path}: no DocBin: {type(why).__name__}: {why}") from why
        for number, doc in enumerate(docs):
            spans = [*doc.ents, *(span for group in _GROUPS.values() for span in doc.spans.get(group, ()))]
            marks = [Mark(layer_of(s.label_), s.start_char, s.end_char, s.label_) for s in spans]
            data = doc.user_data.get(CARRIED)
            carried = parsed(data.encode(), f"{path}[{number}]") if isinstance(data, str) else None
            yield Reading(doc.text, marks, carried, where=f"{path}[{number}]")


def _doc(task: Task, layers: frozenset[Layer], vocab: Any) -> Any:
    from spacy.tokens import Doc, Span

    text, marks = task.annotation.text, marks_of(task.annotation, layers)
    edges = token_edges(text, (edge for mark in marks for edge in (mark.start, mark.end)))
    number = {edge: i for i, edge in enumerate(edges)}
    words = [text[a:b] for a, b in pairwise(edges)]
    doc = Doc(vocab, words=words, spaces=[False] * len(words))

    def span(mark: Mark) -> Any:
        value = (mark.attributes or {}).get("value")
        known = value if isinstance(value, str) else ""
        return Span(doc, number[mark.start], number[mark.end], label=mark.label, kb_id=known)

    doc.ents = [span(mark) for mark in marks if mark.layer is Layer.ENTITIES]
    for layer, group in _GROUPS.items():
        doc.spans[group] = [span(mark) for mark in marks if mark.layer is layer]
    doc.user_data[CARRIED] = json.dumps(task.carried(layers), ensure_ascii=False)
    return doc
