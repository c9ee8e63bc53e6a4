"""The labels of the official forms: which row, column or caption a text names, however damaged."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import chain

from ahocorasick_rs import AhoCorasick, MatchKind
from rapidfuzz import fuzz

from nianbao.catalogue import Column, Form, Row, catalogue

_NUMBERING = re.compile(r"(?:其中:?|\(?[一二三四五六七八九十]{1,3}(?:\)、?|、|[.:])|\(?\d{1,2}(?:\)|[、.:]))+")
_NOT_HAN = re.compile(r"[^\u3400-\u9fff]+")

# Likeness in percent of rapidfuzz.fuzz.ratio: from here on a text with a key in it is a misprint of that label, not
# another label. Two wrong characters in eight give 75. From the higher mark on nothing else is run together with it.
_LIKE, _VERY_LIKE = 75, 90
# A text with a key may be this much longer than the label: 数, 情况, a unit.
_MARGIN = 4
# Several labels run together: so much of the text must be labels.
_COVERED = 0.6


@dataclass(frozen=True, slots=True)
class Label:
    """What one printed label stands for, by form id: row positions, a column id, or a caption.

    `texts` are the official labels that it may be, plain; `families` the titles of the forms that print it; `editions`
    gives by title the form that alone of its editions prints it.
    """

    texts: tuple[str, ...]
    rows: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    captions: frozenset[str] = frozenset()
    families: tuple[str, ...] = ()
    editions: Mapping[str, str] = field(default_factory=dict)

    @property
    def forms(self) -> frozenset[str]:
        """The forms that print the label anywhere."""
        return self.captions.union(self.rows, self.columns)


def plain(text: str) -> str:
    """A label without spaces, numbering, brackets and punctuation: Chinese characters only."""
    match = _NUMBERING.match(text)
    return _NOT_HAN.sub("", text[match.end() :] if match else text)


@dataclass(slots=True)
class _Entry:
    texts: list[str] = field(default_factory=list)
    rows: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    columns: dict[str, str] = field(default_factory=dict)
    captions: set[str] = field(default_factory=set)

    def label(self) -> Label:
        forms = self.captions.union(self.rows, self.columns)
        editions: dict[str, list[str]] = defaultdict(list)
        for form in sorted(forms):
            editions[catalogue().forms[form].title].append(form)
        return Label(
            texts=tuple(self.texts),
            rows={form: tuple(rows) for form, rows in self.rows.items()},
            columns=dict(self.columns),
            captions=frozenset(self.captions),
            families=tuple(editions),
            editions={title: names[0] for title, names in editions.items() if len(names) == 1},
        )


@dataclass(frozen=True, slots=True)
class _Index:
    labels: Mapping[str, Label]  # by plain label or key
    patterns: tuple[str, ...]
    forms: tuple[tuple[str, ...], ...]  # of each pattern
    least: Mapping[str, int]  # different labels that a text with the form has at least
    automaton: AhoCorasick
    keys: frozenset[str]
    blob: str  # all labels, to look pieces of labels up in


def _names(form: Form) -> Iterator[tuple[str, str, str, int]]:
    """Yields `(plain label, name, role, position)` of everything a form prints, the name a label or a key."""
    printed: tuple[tuple[str, Sequence[Row | Column]], ...] = (("row", form.rows), ("column", form.headers))
    for role, entries in printed:
        for position, entry in enumerate(entries):
            label = plain(entry.label)
            for name in {label, *entry.keys}:
                yield label, name, role, position
    for caption in form.captions:
        yield caption, caption, "caption", 0


@cache
def _index() -> _Index:
    entries: dict[str, _Entry] = defaultdict(_Entry)
    blob: set[str] = set()
    keys: set[str] = set()
    for form in catalogue().forms.values():
        for label, name, role, position in _names(form):
            entry = entries[name]
            blob.add(label)
            keys.update({name} - {label})
            if label not in entry.texts:
                entry.texts.append(label)
            if role == "row":
                entry.rows[form.id].append(position)
            elif role == "column":
                entry.columns[form.id] = form.headers[position].id
            else:
                entry.captions.add(form.id)
    labels = {name: entry.label() for name, entry in entries.items()}
    return _Index(
        labels=labels,
        patterns=tuple(labels),
        forms=tuple(tuple(label.forms) for label in labels.values()),
        least={form.id: max(3, len(form.rows) // 4) for form in catalogue().forms.values()},
        automaton=AhoCorasick(labels, matchkind=MatchKind.LeftmostLongest),
        keys=frozenset(keys),
        blob="\n".join(sorted(blob)),
    )


def exact_label(text: str) -> Label | None:
    """The label that a text is, character by character."""
    return _index().labels.get(text)


def find_labels(text: str) -> list[tuple[Label, bool]]:
    """The labels that a plain text prints, in order, each with whether it is printed exactly.

    A text with several keys is one damaged label when it is more like that than covered by all of them, and several
    labels run together when they cover it.
    """
    index = _index()
    if not text:
        return []
    exact = index.labels.get(text)
    if exact:
        return [(exact, True)]
    hits = [index.patterns[pattern] for pattern, _, _ in index.automaton.find_matches_as_indexes(text)]
    if not hits:
        return []
    scored = [(max(fuzz.ratio(text, label) for label in index.labels[hit].texts), hit) for hit in hits]
    likeness, best = max(scored)
    covered = sum(map(len, hits)) / len(text) if len(hits) > 1 else 0
    if likeness >= _VERY_LIKE or likeness >= max(_LIKE, 100 * covered):
        return [(index.labels[best], False)]
    if covered >= _COVERED:
        return [(index.labels[hit], True) for hit in hits]
    longest = max(hits, key=len)
    fits = longest in index.keys and len(text) <= max(map(len, index.labels[longest].texts)) + _MARGIN
    return [(index.labels[longest], False)] if fits else []


@lru_cache(maxsize=8192)
def known_part(text: str) -> bool:
    """Whether a plain text is a stretch of some official label: a label broken over lines leaves such pieces."""
    return text in _index().blob


def mentions_form(text: str) -> bool:
    """Whether a whole text holds enough different labels of some form; a cheap look before any table is read."""
    index = _index()
    squashed = "".join(text.split()).replace("|", "")  # labels may be broken over lines and cells
    hits = {pattern for pattern, _, _ in index.automaton.find_matches_as_indexes(squashed)}
    counts = Counter(chain.from_iterable(map(index.forms.__getitem__, hits)))
    return any(count >= index.least[form] for form, count in counts.items())
