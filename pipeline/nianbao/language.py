"""The readers as a spaCy pipeline: `nianbao.load()` gives a Chinese `Language` whose components tag and classify.

The only module that imports spaCy. Tokens are jieba's words, cut again at the edges of mentions so that every mention
is a span of whole tokens; the mentions are the very ones that `extract` puts into the record.

    nlp = nianbao.load()
    doc = nlp(text)
    doc.ents                    mentions: label_, and the normal form in kb_id_
    doc.spans["sections"]       labelled paragraphs: label_ the section
"""

from __future__ import annotations

from itertools import pairwise

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from nianbao.classify import classify
from nianbao.document import Document, Mention, Segment, Table
from nianbao.ingest import ingest
from nianbao.segment import segment
from nianbao.tables import bind_tables
from nianbao.tag import tag
from nianbao.tag.tokeniser import words

_MAX_BYTES = 5 * 1024 * 1024
SECTIONS = "sections"
_LAYERS = "nianbao_layers"


class _Layers:
    """What the tokeniser has read of one text; the components only put it on the Doc. Offsets count in the text."""

    def __init__(self, text: str) -> None:
        self.document: Document = ingest(text, max_bytes=_MAX_BYTES)
        self.tables: list[Table] = bind_tables(self.document)
        self.mentions: list[Mention] = tag(self.document, self.tables)

    def sections(self) -> list[Segment]:
        """The labelled paragraphs."""
        segments = segment(self.document, self.tables)
        classify(self.document, segments, self.mentions, self.tables)
        return segments

    def at(self, part: Mention | Segment) -> tuple[int, int]:
        """The text span of a part."""
        return self.document.offsets.span(part.start, part.end)


class Tokeniser:
    """Text to Doc: jieba's words, cut at mention and paragraph edges; `doc.text` is the text that the record cites."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """The Doc of a text, its layers kept for the components."""
        if not text.strip():
            return Doc(self.vocab, words=[text] if text else [], spaces=[False] if text else [])
        layers = _Layers(text)
        fixed = layers.document.text
        cuts = {0, len(fixed)}
        cuts.update(edge for span in words(fixed) for edge in span)
        cuts.update(edge for m in layers.mentions for edge in layers.at(m))
        cuts.update(
            edge for line in layers.document.lines for edge in layers.document.offsets.span(line.start, line.end)
        )
        tokens = [fixed[a:b] for a, b in pairwise(sorted(cuts))]
        doc = Doc(self.vocab, words=tokens, spaces=[False] * len(tokens))
        doc.user_data[_LAYERS] = layers
        return doc


def _entities(doc: Doc) -> Doc:
    """Puts the mentions on the Doc."""
    layers = doc.user_data.get(_LAYERS)
    if layers:
        spans = []
        for mention in layers.mentions:
            start, end = layers.at(mention)
            span = doc.char_span(start, end, label=mention.label)
            if span is not None:
                value = "" if mention.value is None else str(mention.value)
                spans.append(Span(doc, span.start, span.end, label=mention.label, kb_id=value))
        doc.ents = spans
    return doc


def _sections(doc: Doc) -> Doc:
    """Puts the labelled paragraphs on the Doc, as the span group `sections`."""
    layers: _Layers | None = doc.user_data.get(_LAYERS)
    spans = []
    for part in layers.sections() if layers else ():
        start, end = layers.at(part) if layers else (0, 0)
        spans.append(doc.char_span(start, end, label=part.label, alignment_mode="expand"))
    doc.spans[SECTIONS] = [s for s in spans if s is not None]
    return doc


def register() -> None:
    """Registers the component factories `nianbao_entities` and `nianbao_sections` with spaCy, once."""
    if not Language.has_factory("nianbao_entities"):
        Language.component("nianbao_entities", assigns=["doc.ents"], func=_entities)
        Language.component("nianbao_sections", assigns=["doc.spans"], func=_sections)


def load() -> Language:
    """A Chinese pipeline with the tagger and the section classifier as components."""
    register()
    nlp = spacy.blank("zh")
    nlp.tokenizer = Tokeniser(nlp.vocab)
    nlp.add_pipe("nianbao_entities")
    nlp.add_pipe("nianbao_sections")
    return nlp
