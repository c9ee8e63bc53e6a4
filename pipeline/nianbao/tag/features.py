"""What the tagger sees of a text: stretches that may be names, and hashed features. Shared with training.

A grammar over the character classes proposes stretches that may be names (region + field of work + ending); only there
features are made. Which candidate is a name, and where it really begins and ends, is learned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

from nianbao.document import Span
from nianbao.tag.classes import ALPHABET, Codes, classes, surnames

Ints = npt.NDArray[np.int32]
Offsets = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

# ---- candidates. Quantifiers are bounded and those of one class possessive, so that no text makes them slow.
_PLACE = rb"[pPwW]{2,40}+"
_END = rb"(?:[gybosuir]{0,9}+[GYBOSUIR])"
_BODY = rb"(?:[chnaAlpPwW]|\+(?=c))"
_TAIL = rb"(?:[cpPwWaAhn]{0,2}[cpPwW]{0,10}" + _END + rb"){0,3}"
_HEAD = rb"(?:" + _PLACE + rb"l{0,3}|l{1,3}|[pP]{0,40}+yY(?=c)|[pP]{0,40}+[gl]{1,9}G(?=[cpPwW]))"
_GRAMMARS: tuple[tuple[int, re.Pattern[bytes]], ...] = tuple(
    (track, re.compile(pattern))
    for track, pattern in (
        # bodies: region or level first; field of work first; an ending alone; a town, or a region that opens a title
        (
            0,
            rb"(?P<region>" + _HEAD + _BODY + rb"{0,14}?" + _END + _TAIL + rb")"
            rb"|(?P<field>b?Bc{2,20}[hn]{0,3}c{0,8}" + _END + rb"|c{1,30}+(?:[hnaAc]|\+(?=c)){0,8}?" + _END + _TAIL + rb")"
            rb"|(?P<ending>" + _END + _TAIL + rb")"
            rb"|(?P<town>[pP]{0,40}+[wW]{2,20}+|[pP]{2,40}+l?(?=[ \t]?0000h|\n0000))",
        ),
        # bodies of a name that no list knows
        (1, rb"(?P<other>[hnaAf+]{1,8}c{0,8}" + _END + rb")"),
        # channels: a name in quotes beside a word for channels; a paper; a site; anything quoted
        (
            2,
            rb"q(?P<quoted>[^qQ\n]{1,16})[qQ](?=[hnclgbk]{0,6}K)"
            rb"|K(?:q|[j:]q?)(?P<named>[^qQjJ\n]{1,14})[QqJ]"
            rb"|q(?P<paper>[^qQ\n]{0,14}Z)[qQ]"
            rb"|(?P<site>(?:" + _HEAD + rb"|c{2,30}+b?B|[pP]{2,40}+)[chnaAlpPwWgybosuirGYBOSUIRkz+]{0,16}?[KZ][kKzZ]{0,9})"
            rb"|q(?P<quote>[^qQ\n]{2,16})[qQ]",
        ),
        # persons: after a word that says who; in a list; between marks; 某
        (3, rb"M[ :.(]{0,3}(?P<role>[hnpPclftva+]{1,4}(?:x[hn]{2,4})?)|;(?P<listed>[hnfvpPca+]{2,4})(?=[;, \n\t)])"),
        (3, rb"(?<=[ :;,(])(?P<alone>[n+][hnpPclfa+]{1,2})(?=[ ;,.)\n])|(?P<masked>[hnpPvcl+]V{1,2})"),
        # addresses: what follows the label; a region with a street or a house in it
        (
            4,
            rb"d[ :]{0,3}(?P<labelled>[^,.;\n:|]{4,44})"
            rb"|(?P<street>" + _PLACE + rb"[^,.;\n: \t|]{0,16}[aA][^,.;\n: \t|]{0,24})",
        ),
    )
)
_TRACKS = ("body", "unknown", "channel", "person", "address")
_TYPES = {name: i for i, name in enumerate((n for _, g in _GRAMMARS for n in g.groupindex), 1)}


class Track(NamedTuple):
    """Candidates of one kind, in text order: type numbers (1 on) and spans."""

    type: Ints
    start: Ints
    end: Ints


def candidates(classed: bytes) -> list[Track]:
    """The stretches that may be names, a track each for bodies, unknown bodies, channels, persons, addresses."""
    rows: list[list[tuple[int, int, int]]] = [[] for _ in _TRACKS]
    for track, grammar in _GRAMMARS:
        row = rows[track]
        for match in grammar.finditer(classed):
            name = match.lastgroup or ""
            start, end = match.span(name)
            row.append((start, end, _TYPES[name]))
    out = []
    for row in rows:
        table = np.array(sorted(row), dtype=np.int32).reshape(-1, 3)
        out.append(Track(table[:, 2], table[:, 0], table[:, 1]))
    return out


# ---- features
MARGIN = 5  # characters around a candidate that features look at


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of feature: how many values it has, and at which neighbours of a character it is looked up."""

    name: str
    size: int
    offsets: tuple[int, ...] = (0,)


_HASHED = 8192
_PAIRED = 16384
KINDS = (
    Kind("character", _HASHED, tuple(range(-3, 4))),
    Kind("pair", _PAIRED, tuple(range(-3, 3))),
    Kind("class", 64, tuple(range(-MARGIN, MARGIN + 1))),
    Kind("classes", 1024, tuple(range(-3, 3))),
    Kind("triple", _HASHED, tuple(range(-2, 1))),
    *(Kind(track, 128, (-1, 0, 1)) for track in _TRACKS),
    Kind("own", 4, (-1, 0, 1)),
    Kind("surname", 2, (-2, -1, 0, 1)),
    *(Kind(name, _HASHED) for name in ("text", "rest", "ending", "before", "after", "before2", "after2", "around")),
    *(Kind(name, _HASHED) for name in ("channel_text", "channel_around")),
    Kind("bias", 1),
)
_LETTER = np.zeros(256, np.int32)
_LETTER[list(ALPHABET)] = np.arange(1, len(ALPHABET) + 1)
_BARRIER, _NO_BODY = np.zeros(256, np.bool_), np.zeros(256, np.bool_)
_BARRIER[list(b"F\n\t,;.:&")] = True  # no name runs across one
_NO_BODY[list(b"vt")] = True  # a function word, or an everyday word: no name of a body holds one


@dataclass(frozen=True, slots=True)
class Reading:
    """A text for the tagger; all arrays are aligned.

    `kept` are the characters with features (candidates and `MARGIN` around them), ascending, counted without the spaces
    of spaced-out words, so that neighbours differ by 1; `origin` are their offsets in the text. `live` says which may be
    part of a name, `no_body` which are in no name of a body. `ids` has the feature values, an array a kind.
    """

    kept: Offsets
    origin: Offsets
    live: Flags
    no_body: Flags
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
    classed = classes(tight, codes, _moved(fixed, back))
    of_class = np.frombuffer(classed, np.uint8)
    found = candidates(classed)
    change = np.zeros(len(tight) + 1, np.int32)
    wide = change.copy()
    for track in found:
        np.add.at(change, track.start - 1, 1)
        np.add.at(change, track.end + 1, -1)
        np.add.at(wide, np.maximum(track.start - 1 - MARGIN, 0), 1)
        np.add.at(wide, np.minimum(track.end + 1 + MARGIN, len(tight)), -1)
    kept = np.flatnonzero(np.cumsum(wide[:-1]) > 0)
    letters = of_class[kept]
    live = (np.cumsum(change[:-1])[kept] > 0) & ~_BARRIER[letters]
    last = len(tight) - 2 * MARGIN - 1
    at = np.clip(kept - MARGIN, 0, max(last, 0))
    ids = _Features(tight, codes, of_class, found, kept).all()
    return Reading(kept, at if back is None else back[at], live, _NO_BODY[letters], ids)


_HAN = "一-鿿"
_SPACED = re.compile(rf"(?<![{_HAN}])(?:[{_HAN}] ){{3,40}}[{_HAN}](?![{_HAN}])")


def _squeezed(shadow: str) -> tuple[str, Offsets | None]:
    """The text without the spaces of spaced-out words (霍 邱 县 人 民 政 府), and the offsets of what is left."""
    words = [match.span() for match in _SPACED.finditer(shadow)]
    if not words:
        return shadow, None
    left = np.ones(len(shadow), np.bool_)
    for start, end in words:
        left[start + 1 : end : 2] = False
    pieces, last = [], 0
    for start, end in words:
        pieces += [shadow[last:start], shadow[start:end:2]]
        last = end
    return "".join(pieces) + shadow[last:], np.flatnonzero(left)


def _moved(fixed: Sequence[Span], back: Offsets | None) -> Iterator[Span]:
    """The spans in the padded, squeezed text."""
    for span in fixed:
        start, end = (span.start, span.end) if back is None else np.searchsorted(back, (span.start, span.end)).tolist()
        yield Span(start + MARGIN, end + MARGIN)


def _mix(size: int, *parts: npt.NDArray[np.generic]) -> Ints:
    """A hash of aligned arrays into [0, size), size a power of two."""
    h = np.zeros(len(parts[0]), np.uint32)
    for part in parts:
        h = (h ^ part.astype(np.uint32)) * np.uint32(0x9E3779B1)
        h ^= h >> np.uint32(15)
    return (h >> np.uint32(33 - size.bit_length())).astype(np.int32)


class _Features:
    """The feature values of one text at the characters `kept`."""

    def __init__(self, text: str, codes: Codes, classed: npt.NDArray[np.uint8], found: list[Track], kept: Offsets) -> None:
        self.text, self.codes, self.found, self.kept = text, codes, found, kept
        self.letters = _LETTER[classed]
        self.classed = classed
        self.slot = np.zeros(len(text), np.intp)
        self.slot[kept] = np.arange(len(kept))

    def all(self) -> dict[str, Ints]:
        """The values of every kind."""
        here, following = self.codes[self.kept], self.codes[np.minimum(self.kept + 1, len(self.codes) - 1)]
        now = self.letters[self.kept]
        then, later = (self.letters[np.minimum(self.kept + k, len(self.codes) - 1)] for k in (1, 2))
        ids = {
            "character": _mix(_HASHED, here),
            "pair": _mix(_PAIRED, here, following),
            "class": now,
            "classes": _mix(1024, now, then),
            "triple": _mix(_HASHED, now, then, later),
            "own": self.own(),
            "surname": surnames()[np.minimum(here, 0xFFFF)],
            "bias": np.zeros(len(self.kept), np.int32),
        }
        for name, track in zip(_TRACKS, self.found, strict=True):
            ids[name] = self.spread(track, 4 * track.type)
        return ids | self.bodies() | self.channels()

    def spread(self, track: Track, values: Ints, size: int | None = None) -> Ints:
        """Gives the characters of candidates their candidate's value plus 0 inside, 1 first, 2 last, 3 both.

        With a size the sum is hashed; characters in no candidate have 0.
        """
        out = np.zeros(len(self.kept), np.int32)
        lengths = track.end - track.start
        which = np.repeat(np.arange(len(lengths)), lengths)
        at = np.arange(len(which)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        place = (at == 0) + 2 * (at == lengths[which] - 1)
        slots = self.slot[track.start[which] + at]
        out[slots] = values[which] + place if size is None else _mix(size, values[which], place)
        return out

    def bodies(self) -> dict[str, Ints]:
        """What candidates for bodies are made of, and what stands around them."""
        body = self.found[0]
        before, after = body.start - 1, body.end
        values = {
            "text": self.hashes(body.start, body.end),
            "rest": self.hashes(self.rests(body), body.end),
            "ending": _mix(_HASHED, self.letters[body.end - 1], np.minimum(body.end - body.start, 12) // 2),
            "before": self.codes[before],
            "after": self.codes[after],
            "before2": _mix(1 << 24, self.codes[before - 1], self.codes[before]),
            "after2": _mix(1 << 24, self.codes[after], self.codes[after + 1]),
            "around": _mix(1 << 24, self.letters[before], self.letters[after]),
        }
        return {name: self.spread(body, _mix(1 << 24, body.type, value), _HASHED) for name, value in values.items()}

    def channels(self) -> dict[str, Ints]:
        """The same of candidates for channels."""
        channel = self.found[2]
        around = _mix(1 << 24, channel.type, self.letters[channel.start - 1], self.letters[channel.end])
        return {
            "channel_text": self.spread(channel, self.hashes(channel.start, channel.end), _HASHED),
            "channel_around": self.spread(channel, around, _HASHED),
        }

    def hashes(self, starts: Ints, ends: Ints) -> Ints:
        """A hash of the text between each start and end."""
        texts = (self.text[s:e].encode("utf-16-le", "surrogatepass") for s, e in zip(starts.tolist(), ends.tolist(), strict=True))
        return np.fromiter((crc32(text) & 0x7FFFFFFF for text in texts), np.int32, len(starts))

    def rests(self, body: Track) -> Ints:
        """Where each candidate goes on after the regions and levels that it begins with."""
        head = _IS_HEAD[self.classed]
        starts = body.start.copy()
        going = head[starts] & (starts < body.end)
        while going.any():
            starts += going
            going &= head[starts] & (starts < body.end)
        return starts

    def own(self) -> Ints:
        """Where the names of the document's own bodies recur: 1 first, 2 inside, 3 last character.

        Own names open a line as a title does (X2018年…, or X alone in its line) or are introduced by 简称; so does what
        is left of them without the regions they begin with (体育总局 of 国家体育总局), where it is a candidate by itself.
        """
        out = np.zeros(len(self.kept), np.int32)
        starts = set(self.found[0].start.tolist())
        for name, anywhere in sorted(self.own_names().items(), key=lambda item: len(item[0])):
            start = self.text.find(name)
            while start >= 0:
                end = start + len(name)
                if anywhere or start in starts:
                    slots = self.slot[start:end]
                    out[slots] = 2
                    out[slots[0]], out[slots[-1]] = 1, 3
                start = self.text.find(name, end)
        return out

    def own_names(self) -> dict[str, bool]:
        """The names, and whether each counts wherever it stands."""
        body = self.found[0]
        names: dict[str, bool] = {}
        for start, end, rest in zip(*(a.tolist() for a in (body.start, body.end, self.rests(body))), strict=True):
            at = start - 1
            while self.text[at] == " ":
                at -= 1
            title = self.text[at] == "\n" and (self.text[end] == "\n" or self.text[end].isdigit())
            if end - start > 2 and (title or _ALIAS.search(self.text, start - MARGIN, start)):
                names[self.text[start:end]] = True
                if rest > start and end - rest > 3:
                    names.setdefault(self.text[rest:end], False)
            if len(names) >= _OWN_MAX:
                break
        return names


_ALIAS = re.compile(r"简称[为:“\"]{0,2}$")
_OWN_MAX = 24
_IS_HEAD = np.zeros(256, np.bool_)
_IS_HEAD[list(b"pPwWl")] = True
