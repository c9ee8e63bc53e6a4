"""What the tagger sees of a text: character classes, candidates for names, hashed features. Shared with training.

Every character gets a class (one byte) from the words of `gazetteer.toml` and the region names; a grammar over the
string of classes proposes stretches that may be names (region + field of work + ending); only there, and a few
characters around, features are made. Which candidate is a name, and where it really begins, is learned.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple
from zlib import crc32

import ahocorasick_rs as ac
import numpy as np
import numpy.typing as npt

from nianbao import regions
from nianbao.catalogue.gazetteer import Gazetteer, gazetteer
from nianbao.document import Span

Ints = npt.NDArray[np.int32]
_Codes = npt.NDArray[np.uint32]

# ---- character classes: lower case inside a word, upper case where a word's last character tells more than its others
_ENDINGS = {
    "government": "g", "party": "y", "bureau": "b", "office": "o", "section": "s", "unit": "u", "institution": "i", "group": "r",
}  # fmt: skip
_FIXED = ord("F")  # characters that belong to a mention of another kind, or to a table
_HAN = "一-鿿"
_SINGLES = {
    " ": " ", "\t": "\t", "\n": "\n", "、": ";", "某": "V", "和": "+", "(": "j", ")": "J", ":": ":", "·": "x", ",": ",", '"': "q", "-": "e",
    **dict.fromkeys("“《「〈『", "q"), **dict.fromkeys("”》」〉』", "Q"), **dict.fromkeys("0123456789〇", "0"),
}  # fmt: skip
_ALPHABET = b".|hnV+&0e \t\n;qQjJ:x,FpPwWclvtgybosuirGYBOSUIRdfmMkKzZaA"


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """The words with the classes of their characters, and the class of every character that stands for itself."""

    automaton: ac.AhoCorasick
    runs: tuple[bytes, ...]
    single: npt.NDArray[np.uint8]
    surname: npt.NDArray[np.bool_]


def _words(g: Gazetteer) -> Iterator[tuple[str, str]]:
    """Pairs of word and classes; of two entries for one word the later wins."""

    def runs(words: Iterable[str], inside: str, last: str | None = None) -> Iterator[tuple[str, str]]:
        return ((word, inside * (len(word) - 1) + (last or inside)) for word in words)

    yield from runs((name for name in regions.names() if name not in {*g.places.none, *g.places.unsure}), "p", "P")
    yield from runs(g.bodies.fields, "c")
    yield from runs(g.bodies.stops, "v")
    yield from runs(g.bodies.levels, "l")
    yield from runs(g.bodies.no_levels, "t")
    for kind, words in g.bodies.endings.items():
        letter = _ENDINGS[kind]
        yield from runs(words, letter, letter.upper())
        if kind == "government":
            for level in g.bodies.levels:
                yield from ((level + word, "l" * len(level) + run) for word, run in runs(words, letter, letter.upper()))
    yield from runs(g.bodies.no_endings.words, "t")
    yield from runs(g.persons.after, "f")
    yield from runs(g.persons.roles, "m", "M")
    yield from runs(g.channels.kinds, "k", "K")
    yield from runs(g.channels.papers, "z", "Z")
    yield from runs(g.channels.parts, "t")
    yield from runs(g.addresses.others, "|")
    yield from runs(g.addresses.labels, "d")
    yield from runs(g.addresses.parts, "a", "A")


@cache
def _lexicon() -> _Lexicon:
    g = gazetteer()
    words = dict(_words(g))
    automaton = ac.AhoCorasick(list(words), matchkind=ac.MatchKind.LeftmostLongest, store_patterns=False)
    single = bytearray(b"." * 65536)
    single[ord("一") : ord("鿿") + 1] = b"h" * (ord("鿿") + 1 - ord("一"))
    for letter, cls in [(c, "n") for c in g.persons.surnames] + list(_SINGLES.items()):
        single[ord(letter)] = ord(cls)
    for letter in range(26):
        single[ord("A") + letter] = single[ord("a") + letter] = ord("e")
    runs = tuple(run.encode() for run in words.values())
    table = np.frombuffer(bytes(single), np.uint8)
    surname = np.zeros(65536, np.bool_)
    surname[[ord(c) for c in g.persons.surnames]] = True
    return _Lexicon(automaton, runs, table, surname)


@cache
def _town() -> re.Pattern[str]:
    g = gazetteer().places
    words, before = "|".join(g.town), "|".join(g.before_town)
    return re.compile(rf"(?:{words})(?=(?:{before})|(?:19|20)[0-9]{{2}}年)")


_JOINS = re.compile(rb"\+(?![chna+])")  # 和 between names, not inside one


@cache
def _unsure() -> re.Pattern[str]:
    return re.compile(rf"(?<![{_HAN}])(?:{'|'.join(gazetteer().places.unsure)})|(?<=[省市州])(?:{'|'.join(gazetteer().places.unsure)})")


_TOWN_MAX = 6
_TOWN_EDGE = b"PGvtmMdV0.,;:|qQjJe \t\n"


def _classes(shadow: str, codes: _Codes, fixed: Iterable[Span]) -> bytes:
    """The class of every character; a town that the text names with its government is a place wherever it stands."""
    lexicon = _lexicon()
    out = bytearray(lexicon.single[np.minimum(codes, 0xFFFF)].tobytes())
    for index, start, end in lexicon.automaton.find_matches_as_indexes(shadow):
        out[start:end] = lexicon.runs[index]
    for match in _JOINS.finditer(out):
        out[match.start()] = ord("&")
    for match in _unsure().finditer(shadow):
        out[match.start() : match.end()] = b"p" * (len(match[0]) - 1) + b"P"
    for town in _towns(shadow, out):
        run = b"w" * (len(town) - 1) + b"W"
        start = shadow.find(town)
        while start >= 0:
            out[start : start + len(town)] = run
            start = shadow.find(town, start + len(town))
    for span in fixed:
        out[span.start : span.end] = bytes([_FIXED]) * (span.end - span.start)
    return bytes(out)


def _towns(shadow: str, classes: bytearray) -> set[str]:
    """Names of towns: from the end of a region or government name, or from the line's start, to 镇, 乡, 街道."""
    found = set()
    for match in _town().finditer(shadow):
        start = match.start()
        if classes[start] in _TOWN_EDGE:
            continue
        while start > match.start() - _TOWN_MAX and classes[start - 1] not in _TOWN_EDGE:
            start -= 1
        if start < match.start() and classes[start - 1] in _TOWN_EDGE:
            found.add(shadow[start : match.end()])
    return found


# ---- candidates: a grammar over the classes
# 和 joins fields of work (文化和旅游局); between two bodies a level or a region follows it
_BODY = rb"(?:[chnaAlpPwW]|\+(?=c))"
_END = rb"(?:[gybosuir]*[GYBOSUIR])"
_TAIL = rb"(?:[cpPwWaAhn]{0,2}[cpPwW]{0,10}" + _END + rb"){0,3}"
_HEAD = rb"(?:[pPwW]{2,}l{0,3}|l{1,3}|[pP]*yY(?=c)|[pP]*[gl]+G(?=[cpPwW]))"
_GRAMMARS = tuple(
    re.compile(pattern)
    for pattern in (
        # bodies: region or level first; field of work first; an unknown name; an ending alone
        rb"(?P<A>" + _HEAD + _BODY + rb"{0,14}?" + _END + _TAIL + rb")"
        rb"|(?P<C>b?Bc{2,}[hn]{0,3}c{0,8}" + _END + rb"|c+(?:[hnaAc]|\+(?=c)){0,8}?" + _END + _TAIL + rb")"
        rb"|(?P<E>" + _END + _TAIL + rb")"
        rb"|(?P<Y>[pP]*[wW]{2,}|[pP]{2,}l?(?=[ \t]?0000h|\n0000))",
        rb"(?P<S>[hnaAf+]{1,8}c{0,8}" + _END + rb")",
        # channels: a quoted name beside a word for channels, a body's site, a paper
        rb"q(?P<Q>[^qQ\n]{1,16})[qQ](?=[hnclgbk+]{0,6}K)"
        rb"|K(?:q|[j:]q?)(?P<T>[^qQjJ\n]{1,14})[QqJ]"
        rb"|q(?P<Z>[^qQ\n]{0,14}Z)[qQ]"
        rb"|(?P<N>(?:" + _HEAD + rb"|c{2,}b?B|[pP]{2,})[chnaAlpPwWgybosuirGYBOSUIRkz+]{0,16}?[KZ][kKzZ]*)"
        rb"|q(?P<U>[^qQ\n]{2,16})[qQ]",
        # persons: a name after a word that says who
        rb"(?:M[ :.(]{0,3}(?P<P>[hnpPclftva+]{1,4}(?:x[hn]{2,4})?))|;(?P<L>[hnfvpPca+]{2,4})(?=[;, \n\t)])",
        rb"(?<=[ :;,(])(?P<R>[n+][hnpPclfa+]{1,2})(?=[ ;,.)\n])|(?P<G>[hnpPvcl+]V{1,2})",
        # addresses: what follows the label; a region with a street or a house in it
        rb"d[ :]{0,3}(?P<D>[^,.;\n:|]{4,44})|(?P<H>[pPwW]{2,}[^,.;\n: \t|]{0,16}[aA][^,.;\n: \t|]{0,24})",
    )
)
_TYPES = {name: number for number, name in enumerate("ACEYSQTZNUPLRGDH", 1)}
# grammars whose candidates feed one set of marks: bodies, unknown bodies, channels, persons, addresses
_TRACKS = (0, 1, 2, 3, 3, 4)
_TRACK_COUNT = 5


class _Candidates(NamedTuple):
    """Candidates of one track, in text order: type numbers and spans."""

    type: Ints
    start: Ints
    end: Ints


def candidates(classes: bytes) -> list[_Candidates]:
    """The stretches that may be names, by track; those of one track do not overlap, except for two kinds of person."""
    rows: list[list[tuple[int, int, int]]] = [[] for _ in range(_TRACK_COUNT)]
    for grammar, track in zip(_GRAMMARS, _TRACKS, strict=True):
        for match in grammar.finditer(classes):
            name = match.lastgroup or ""
            rows[track].append((_TYPES[name], *match.span(name)))
    out = []
    for row in rows:
        table = np.array(sorted(row, key=lambda r: r[1]), dtype=np.int32).reshape(-1, 3)
        out.append(_Candidates(table[:, 0], table[:, 1], table[:, 2]))
    return out


# ---- features
MARGIN = 5  # characters around a candidate that features look at


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of feature: how many values it has, and at which neighbours of a character it is looked up."""

    name: str
    size: int
    offsets: tuple[int, ...] = (0,)


_CLASS_COUNT = 64
KINDS = (
    Kind("character", 8192, tuple(range(-3, 4))),
    Kind("pair", 16384, tuple(range(-3, 3))),
    Kind("class", _CLASS_COUNT, tuple(range(-5, 6))),
    Kind("classes", 1024, tuple(range(-3, 3))),
    Kind("triple", 8192, tuple(range(-2, 1))),
    Kind("body", 128, (-1, 0, 1)),
    Kind("unknown", 128, (-1, 0, 1)),
    Kind("channel", 128, (-1, 0, 1)),
    Kind("person", 128, (-1, 0, 1)),
    Kind("address", 128, (-1, 0, 1)),
    Kind("own", 4, (-1, 0, 1)),
    Kind("surname", 2, (-2, -1, 0, 1)),
    Kind("ending", 2048),
    Kind("text", 8192),
    Kind("rest", 8192),
    Kind("quoted", 8192),
    Kind("before", 8192),
    Kind("after", 8192),
    Kind("before2", 8192),
    Kind("after2", 8192),
    Kind("around", 8192),
    Kind("channel_around", 8192),
    Kind("word", 4, (-1, 0, 1)),
    Kind("bias", 1),
)
_LETTER = np.zeros(256, np.int32)
for _number, _letter in enumerate(_ALPHABET, 1):
    _LETTER[_letter] = _number
assert int(_LETTER.max()) < _CLASS_COUNT


def _mix(size: int, *parts: npt.NDArray[np.generic]) -> Ints:
    """A hash of aligned arrays into [0, size), size a power of two."""
    h = np.zeros(parts[0].shape, np.uint32)
    for part in parts:
        h = (h ^ part.astype(np.uint32)) * np.uint32(0x9E3779B1)
        h ^= h >> np.uint32(15)
    return (h >> np.uint32(33 - size.bit_length())).astype(np.int32)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text for the tagger.

    `kept` are the characters with features (candidates and `MARGIN` around them), ascending, counted without the spaces
    of spaced-out words; `origin` are their offsets in the text; `live` says which of
    them may be part of a name, `no_body` which are in no name of a body; `ids` has one array of feature values a kind, aligned with `kept`.
    """

    kept: npt.NDArray[np.intp]
    origin: npt.NDArray[np.intp]
    live: npt.NDArray[np.bool_]
    no_body: npt.NDArray[np.bool_]
    ids: dict[str, Ints]


def read(shadow: str, fixed: Sequence[Span] = ()) -> Reading:
    """Makes the features of a text.

    Args:
      shadow: the whole shadow of a document.
      fixed: stretches that hold no name whatever they look like.
    """
    tight, back = _squeezed(shadow)
    pad = "\n" * MARGIN
    tight = f"{pad}{tight}{pad}"
    codes = np.frombuffer(tight.encode("utf-32-le", "surrogatepass"), np.uint32)
    classes = _classes(tight, codes, _moved(fixed, back))
    letters = _LETTER[np.frombuffer(classes, np.uint8)]
    found = candidates(classes)
    live = np.zeros(len(tight), np.bool_)
    for track in found:
        for start, end in zip(track.start.tolist(), track.end.tolist(), strict=True):
            live[start - 1 : end + 1] = True
    live &= ~_BARRIER[np.frombuffer(classes, np.uint8)]
    near = np.convolve(live, np.ones(2 * MARGIN + 1), "same") > 0
    kept = np.flatnonzero(near)
    no_body = _NO_BODY[np.frombuffer(classes, np.uint8)][kept]
    at = np.clip(kept - MARGIN, 0, max(len(tight) - 2 * MARGIN - 1, 0))
    origin = at if back is None else back[at]
    return Reading(kept, origin, live[kept], no_body, _ids(tight, codes, letters, found, kept))


_SPACED = re.compile(rf"(?<![{_HAN}])(?:[{_HAN}] ){{3,40}}[{_HAN}](?![{_HAN}])")


def _squeezed(shadow: str) -> tuple[str, npt.NDArray[np.intp] | None]:
    """The text without the spaces of spaced-out words (霍 邱 县 人 民 政 府), and the offsets of what is left."""
    words = [match.span() for match in _SPACED.finditer(shadow)]
    if not words:
        return shadow, None
    left = np.ones(len(shadow), np.bool_)
    for start, end in words:
        left[start + 1 : end : 2] = False
    back = np.flatnonzero(left)
    return "".join(shadow[i] for i in back.tolist()), back


def _moved(fixed: Sequence[Span], back: npt.NDArray[np.intp] | None) -> Iterator[Span]:
    """The spans in the padded, squeezed text."""
    for span in fixed:
        start, end = (span.start, span.end) if back is None else np.searchsorted(back, (span.start, span.end)).tolist()
        yield Span(start + MARGIN, end + MARGIN)


_BARRIER = np.zeros(256, np.bool_)
_BARRIER[[_FIXED, *b"\n\t,;.&"]] = True
_NO_BODY = np.zeros(256, np.bool_)
_NO_BODY[list(b"vt")] = True


def _ids(shadow: str, codes: _Codes, letters: Ints, found: list[_Candidates], kept: npt.NDArray[np.intp]) -> dict[str, Ints]:
    n = len(codes)
    following = np.roll(codes, -1)
    pairs = _mix(1 << 24, codes, following)
    ids: dict[str, Ints] = {
        "character": _mix(8192, codes),
        "pair": _mix(16384, codes, following),
        "class": letters,
        "classes": _mix(1024, letters, np.roll(letters, -1)),
        "triple": _mix(8192, letters, np.roll(letters, -1), np.roll(letters, -2)),
        "bias": np.zeros(n, np.int32),
        "own": _own(shadow, letters, found[0]),
        "surname": _lexicon().surname[np.minimum(codes, 0xFFFF)].astype(np.int32),
    }
    for name, track in zip(("body", "unknown", "channel", "person", "address"), found, strict=True):
        ids[name] = _marks(n, track)
    body, channel = found[0], found[2]
    import rjieba
    w = np.zeros(n, np.int32); e = np.cumsum([len(x) for x in rjieba.cut(shadow)]); w[e[:-1]] = 1; w[e - 1] += 2
    ids["word"] = w
    ids |= _contexts(n, body, codes, pairs, letters)
    ids["text"] = _spread(n, body, _texts(shadow, body))
    ids["rest"] = _spread(n, body, _rests(shadow, letters, body))
    ids["quoted"] = _spread(n, channel, _texts(shadow, channel))
    ids["channel_around"] = _spread(n, channel, _mix(8192, channel.type, letters[channel.start - 1], letters[np.minimum(channel.end, n - 1)]))
    return {kind.name: ids[kind.name][kept] for kind in KINDS}


def _marks(n: int, track: _Candidates) -> Ints:
    """Type and place in the candidate of every character: 4 * type + (0 first, 1 inside, 2 last, 3 both)."""
    out = np.zeros(n, np.int32)
    for kind, start, end in zip(*(column.tolist() for column in track), strict=True):
        out[start:end] = 4 * kind + 1
        out[end - 1] = 4 * kind + 2
        out[start] = 4 * kind + (0 if end - start > 1 else 3)
    return out


def _spread(n: int, track: _Candidates, values: Ints) -> Ints:
    """Gives every character of a candidate its candidate's value, mixed with first, inside or last; others 0."""
    out = np.zeros(n, np.int32)
    lengths = track.end - track.start
    where = np.repeat(np.arange(len(lengths)), lengths)
    at = np.arange(len(where)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    place = (at == 0) + 2 * (at == lengths[where] - 1)
    out[track.start[where] + at] = _mix(8192, values[where], place)
    return out


def _contexts(n: int, body: _Candidates, codes: _Codes, pairs: Ints, letters: Ints) -> dict[str, Ints]:
    """What stands before and after a candidate for a body, for each of its characters."""
    before, after = body.start - 1, np.minimum(body.end, n - 1)
    length = np.minimum(body.end - body.start, 12) // 2
    values = {
        "before": _mix(8192, body.type, codes[before]),
        "after": _mix(8192, body.type, codes[after]),
        "before2": _mix(8192, body.type, pairs[before - 1]),
        "after2": _mix(8192, body.type, pairs[after]),
        "around": _mix(8192, body.type, letters[before], letters[after]),
    }
    out = {name: _spread(n, body, value) for name, value in values.items()}
    out["ending"] = _spread(n, body, _mix(8192, body.type, letters[body.end - 1], length)) & 2047
    return out


def _texts(shadow: str, track: _Candidates) -> Ints:
    """A hash of each candidate's text."""
    texts = (shadow[start:end] for start, end in zip(track.start.tolist(), track.end.tolist(), strict=True))
    return np.fromiter((crc32(text.encode("utf-16-le", "surrogatepass")) & 0xFFFFFFF for text in texts), np.int32, len(track.type))


_HEADS = frozenset(_LETTER[list(b"pPwWl")].tolist())


def _rests(shadow: str, letters: Ints, body: _Candidates) -> Ints:
    """A hash of each candidate's text without the regions and levels that it begins with."""
    out = np.zeros(len(body.type), np.int32)
    head = np.isin(letters, list(_HEADS))
    for i, (start, end) in enumerate(zip(body.start.tolist(), body.end.tolist(), strict=True)):
        at = start
        while at < end and head[at]:
            at += 1
        out[i] = crc32(shadow[at:end].encode("utf-16-le", "surrogatepass")) & 0xFFFFFFF
    return out


_ALIAS = re.compile(r"简称[为:“\"]{0,2}$")


def _own(shadow: str, letters: Ints, body: _Candidates) -> Ints:
    """Where the names of the document's own bodies stand, wherever they recur: 1 first, 2 inside, 3 last character.

    Own names open a line as a title does (X2018年…, or X alone in its line) or are introduced by 简称; so does what is
    left of them without the regions that they begin with (体育总局 of 国家体育总局), where it is a candidate by itself.
    """
    out = np.zeros(len(shadow), np.int32)
    newline, space, digit = (int(_LETTER[ord(c)]) for c in "\n 0")
    names: dict[str, bool] = {}
    starts = body.start.tolist()
    for start, end in zip(starts, body.end.tolist(), strict=True):
        at = start - 1
        while letters[at] == space:
            at -= 1
        title = letters[at] == newline and letters[end] in (newline, digit)
        if end - start > 2 and (title or _ALIAS.search(shadow, start - 5, start)):
            names[shadow[start:end]] = True
            rest = next((i for i in range(start, end) if letters[i] not in _HEADS), end)
            if end - rest > 3:
                names.setdefault(shadow[rest:end], False)
    for name in sorted(names, key=len):
        at = shadow.find(name)
        while at >= 0:
            end = at + len(name)
            if names[name] or at in starts:
                out[at:end] = 2
                out[at], out[end - 1] = 1, 3
            at = shadow.find(name, end)
    return out
