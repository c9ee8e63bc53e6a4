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

# ---- candidates. Every pattern begins with a narrow set of classes, which makes the scan fast; so those for names that
# are known by their ending run over the reversed string. Quantifiers are bounded, and possessive where only one class
# can follow: no text makes them slow.
_PLACE = rb"[pPwW]{2,40}+"  # the same in both directions
_END = rb"[GYBOSUIR][gybosuir]{0,9}+"
_HEAD = rb"(?:l{0,3}" + _PLACE + rb"|l{1,3}|(?<=c)Yy[pP]{0,40}+|(?<=[cpPwW])G[gl]{1,9}+[pP]{0,40}+)"
_BODY = rb"(?:[chnaAlpPwW]|(?<=c)\+)"
_INNER = rb"(?:[cpPwW]{0,10}[cpPwWaAhn]{0,2}" + _END + rb"){0,3}"
# 县政府办公室: ending, inner endings, then a region or level, else a field of work, else nothing more
_BODIES = re.compile(
    rb"[GYBOSUIRWPl](?:(?<=[GYBOSUIR])[gybosuir]{0,9}+" + _INNER
    + rb"(?:" + _BODY + rb"{0,14}?" + _HEAD + rb"(?P<region>)|(?:[hnaAc]|(?<=c)\+){0,8}c{1,30}+(?P<field>))?"
    + rb"|(?<=W)w{1,20}+[pP]{0,40}+(?P<town>)"
    # a region that opens a title: 张掖市2009年…
    + rb"|(?:(?<=h0000P|0000\nP)p|(?<=h0000l)Pp)p{0,40}+(?P<title>))"
)  # fmt: skip
_UNKNOWN = re.compile(_END + rb"c{0,8}[hnaAf+]{1,8}+")
_SITE = re.compile(
    rb"[KZ][kKzZ]{0,9}[chnaAlpPwWgybosuirGYBOSUIRkz+]{0,16}?"
    rb"(?:" + _HEAD + rb"|Bb?c{2,30}+(?:[pP]{2,40}+|l)?|[pP]{2,40}+)"
)
_QUOTE = re.compile(rb"q(?P<name>[^qQ\n]{1,16})[qQ](?P<channel>(?=[hnclgbk+]{0,6}K))?")
_NAMED = re.compile(rb"K[j:]q?(?P<name>[^qQjJ\n]{1,14})[QqJ]")
_PERSONS = (
    re.compile(
        rb"[M;](?:(?<=M)[ :.(]{0,3}(?P<role>[hnpPclftva+][hnpPcla+]{1,3}(?:x[hn]{2,4})?)"
        rb"|(?<=;)(?P<listed>[hnfvpPca+]{2,4})(?=[;, \n\t)]))"
    ),
    re.compile(rb"[ :;,(](?P<alone>[n+][hnpPclfa+]{1,2})(?=[ ;,.)\n])"),
    re.compile(rb"(?P<masked>[hnpPvcl+]V{1,2})"),
)
_ADDRESSES = (
    re.compile(rb"D[ :]{0,3}(?P<labelled>[^,.;\n:|]{4,44})"),
    re.compile(rb"(?P<street>" + _PLACE + rb"[^,.;\n: \t|]{0,16}[aA][^,.;\n: \t|]{0,24})"),
)
_TYPES = {
    name: number for number, name in enumerate(
        ("region", "field", "town", "title", "ending", "unknown", "site", "paper", "named", "quoted", "quote",
         "role", "listed", "alone", "masked", "labelled", "street"), 1)
}  # fmt: skip
_Found = Iterator[tuple[int, int, str]]


def _bodies(reverse: bytes) -> _Found:
    return ((*_turned(match, reverse), match.lastgroup or "ending") for match in _BODIES.finditer(reverse))


def _unknown(reverse: bytes) -> _Found:
    return ((*_turned(match, reverse), "unknown") for match in _UNKNOWN.finditer(reverse))


def _channels(classed: bytes, reverse: bytes) -> _Found:
    yield from ((*_turned(match, reverse), "site") for match in _SITE.finditer(reverse))
    yield from ((*match.span("name"), "named") for match in _NAMED.finditer(classed))
    for match in _QUOTE.finditer(classed):
        start, end = match.span("name")
        if classed[end - 1] == ord("Z"):
            yield start, end, "paper"
        elif classed[start - 2] == ord("K"):
            yield start, end, "named"
        else:
            yield start, end, "quote" if match["channel"] is None else "quoted"


def _turned(match: re.Match[bytes], reverse: bytes) -> tuple[int, int]:
    """The span of a match in the string the right way round."""
    return len(reverse) - match.end(), len(reverse) - match.start()


def _grouped(patterns: Sequence[re.Pattern[bytes]], classed: bytes) -> _Found:
    for pattern in patterns:
        for match in pattern.finditer(classed):
            name = match.lastgroup or ""
            yield *match.span(name), name


class Track(NamedTuple):
    """Candidates of one kind: spans and type numbers (1 on)."""

    start: Ints
    end: Ints
    type: Ints


def candidates(classed: bytes) -> list[Track]:
    """The stretches that may be names, a track each for bodies, unknown bodies, channels, persons, addresses."""
    reverse = classed[::-1]
    tracks = (
        _bodies(reverse),
        _unknown(reverse),
        _channels(classed, reverse),
        _grouped(_PERSONS, classed),
        _grouped(_ADDRESSES, classed),
    )
    return [_track(found) for found in tracks]


def _track(found: _Found) -> Track:
    flat = [number for start, end, name in found for number in (start, end, _TYPES[name])]
    return Track(*np.array(flat, dtype=np.int32).reshape(-1, 3).T)


# ---- features
MARGIN = 3  # characters around a candidate that features look at


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of feature: how many values it has, and at which neighbours of a character it is looked up."""

    name: str
    size: int
    offsets: tuple[int, ...] = (0,)


KINDS = (
    Kind("character", 8192, (-2, -1, 0, 1, 2)),
    Kind("pair", 16384, (-2, -1, 0, 1)),
    Kind("class", 64, (-3, -2, -1, 0, 1, 2, 3)),
    Kind("classes", 1024, (-2, -1, 0, 1)),
    Kind("body", 128),
    Kind("channel", 128),
    Kind("person", 128),
    Kind("address", 128),
    Kind("own", 4),
    Kind("surname", 2),
    Kind("before", 8192),
    Kind("after", 8192),
)
# what a model's weights are numbered by; one that was trained with other numbers must not serve
SIGNATURE = crc32(repr((ALPHABET, KINDS, _TYPES)).encode())
_PAD = 5  # line ends put around the text, so that every neighbour that is looked at is there
_LETTER = np.zeros(256, np.int32)
_LETTER[list(ALPHABET)] = np.arange(1, len(ALPHABET) + 1)
_HEADS = b"pPwWl"
_BARRIER, _NO_BODY = np.zeros(256, np.bool_), np.zeros(256, np.bool_)
_BARRIER[list(b"F\n\t,;.:&")] = True  # no name runs across one
_NO_BODY[list(b"vt")] = True  # a function word or an everyday word: no name of a body holds one


@dataclass(frozen=True, slots=True)
class Reading:
    """A text for the tagger; all arrays are aligned.

    `kept` are the characters with features (candidates and `MARGIN` around them), ascending, counted without the
    spaces of spaced-out words, so that neighbours differ by 1; `origin` are their offsets in the text. `live` says
    which may be part of a name, `no_body` which are in no name of a body. `ids` has the feature values, one array for
    each kind.
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
    last = max(len(tight) - 1, 0)
    pad = "\n" * _PAD
    tight = f"{pad}{tight}{pad}"
    codes = np.frombuffer(tight.encode("utf-32-le", "surrogatepass"), np.uint32)
    classed = classes(tight, codes, _moved(fixed, back))
    found = candidates(classed)
    near, live = bytearray(len(tight)), bytearray(len(tight))
    for track in found:
        for start, end in zip(track.start.tolist(), track.end.tolist(), strict=True):
            live[start - 1 : end + 1] = b"\1" * (end - start + 2)
            near[start - 1 - MARGIN : end + 1 + MARGIN] = b"\1" * (end - start + 2 + 2 * MARGIN)
    kept = np.flatnonzero(np.frombuffer(near, np.uint8))
    letters = np.frombuffer(classed, np.uint8)[kept]
    may = (np.frombuffer(live, np.uint8)[kept] > 0) & ~_BARRIER[letters]
    at = np.clip(kept - _PAD, 0, last)
    ids = _features(tight, codes, classed, found, kept)
    return Reading(kept, at if back is None else back[at], may, _NO_BODY[letters], ids)


_HAN = "一-鿿"
_SPACED = re.compile(rf" (?<=[{_HAN}] )[{_HAN}](?: [{_HAN}]){{2,40}}(?![{_HAN}])")


def _squeezed(shadow: str) -> tuple[str, Offsets | None]:
    """The text without the spaces of spaced-out words (霍 邱 县 人 民 政 府), and the offsets of what is left."""
    left = None
    for match in _SPACED.finditer(shadow):
        if match.start() > 1 and "一" <= shadow[match.start() - 2] <= "鿿":
            continue
        if left is None:
            left = np.ones(len(shadow), np.bool_)
        left[match.start() : match.end() : 2] = False
    if left is None:
        return shadow, None
    back = np.flatnonzero(left)
    return "".join([shadow[i] for i in back.tolist()]), back


def _moved(fixed: Sequence[Span], back: Offsets | None) -> Iterator[Span]:
    """The spans in the padded, squeezed text."""
    for span in fixed:
        start, end = (span.start, span.end) if back is None else np.searchsorted(back, (span.start, span.end)).tolist()
        yield Span(start + _PAD, end + _PAD)


def _hash(size: int, *parts: npt.NDArray[np.generic]) -> Ints:
    """A hash of aligned arrays into [0, size), size a power of two."""
    h = np.zeros(len(parts[0]), np.uint32)
    for part in parts:
        h = (h ^ part.astype(np.uint32)) * np.uint32(0x9E3779B1)
        h ^= h >> np.uint32(15)
    return (h >> np.uint32(33 - size.bit_length())).astype(np.int32)


def _features(text: str, codes: Codes, classed: bytes, found: list[Track], kept: Offsets) -> dict[str, Ints]:
    """The values of every kind at the characters `kept`."""
    letters = _LETTER[np.frombuffer(classed, np.uint8)]
    slot = np.full(len(text), len(kept), np.intp)  # what is not kept goes to a place that is cut off
    slot[kept] = np.arange(len(kept))
    here, following = codes[kept], np.minimum(kept + 1, len(text) - 1)
    body, _, channel, person, address = found
    where = _Places(body, slot, len(kept))
    sizes = {kind.name: kind.size for kind in KINDS}
    return {
        "character": _hash(sizes["character"], here),
        "pair": _hash(sizes["pair"], here, codes[following]),
        "class": letters[kept],
        "classes": _hash(sizes["classes"], letters[kept], letters[following]),
        "body": where.marked(body.type),
        "channel": _Places(channel, slot, len(kept)).marked(channel.type),
        "person": _Places(person, slot, len(kept)).marked(person.type),
        "address": _Places(address, slot, len(kept)).marked(address.type),
        "own": _own(text, classed, body, slot, len(kept)),
        "surname": surnames()[np.minimum(here, 0xFFFF)],
        "before": where.hashed(sizes["before"], body.type, codes[body.start - 1]),
        "after": where.hashed(sizes["after"], body.type, codes[body.end]),
    }


class _Places:
    """Where the characters of a track's candidates are: first, inside, last; others get 0 for every value."""

    def __init__(self, track: Track, slot: Offsets, count: int) -> None:
        lengths = track.end - track.start
        self.which = np.repeat(np.arange(len(lengths)), lengths)
        at = np.arange(len(self.which)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        self.place = (at == 0) + 2 * (at == lengths[self.which] - 1)
        self.slots = slot[track.start[self.which] + at]
        self.count = count

    def marked(self, values: Ints) -> Ints:
        """4 * value + 0 inside, 1 first, 2 last, 3 both."""
        out = np.zeros(self.count, np.int32)
        out[self.slots] = 4 * values[self.which] + self.place
        return out

    def hashed(self, size: int, *parts: npt.NDArray[np.generic]) -> Ints:
        """A hash of the candidate's values and the place."""
        out = np.zeros(self.count, np.int32)
        out[self.slots] = _hash(size, *(part[self.which] for part in parts), self.place)
        return out


_ALIAS = re.compile(r"简称[为:“\"]{0,2}$")
_ALIAS_REACH = 5
_OWN_MAX = 24


def _own(text: str, classed: bytes, body: Track, slot: Offsets, count: int) -> Ints:
    """Where the names of the document's own bodies recur: 1 first, 2 inside, 3 last character."""
    out = np.zeros(count + 1, np.int32)
    starts = set(body.start.tolist())
    for name, anywhere in sorted(_own_names(text, classed, body).items(), key=lambda item: len(item[0])):
        start = text.find(name)
        while start >= 0:
            end = start + len(name)
            if anywhere or start in starts:
                slots = slot[start:end]
                out[slots] = 2
                out[slots[0]], out[slots[-1]] = 1, 3
            start = text.find(name, end)
    return out[:-1]


def _own_names(text: str, classed: bytes, body: Track) -> dict[str, bool]:
    """Own names open a line as a title does (X2018年…, or X alone in its line) or are introduced by 简称.

    What is left of one without the regions it begins with (体育总局 of 国家体育总局) counts too, but only where it is a
    candidate by itself: that is what the value says.
    """
    names: dict[str, bool] = {}
    for start, end in sorted(zip(body.start.tolist(), body.end.tolist(), strict=True)):
        if end - start < 3:
            continue
        at = start - 1
        while text[at] == " ":
            at -= 1
        title = text[at] == "\n" and (text[end] == "\n" or text[end].isdigit())
        if title or _ALIAS.search(text, start - _ALIAS_REACH, start):
            names[text[start:end]] = True
            rest = len(classed[start:end].lstrip(_HEADS))
            if 3 < rest < end - start:
                names.setdefault(text[end - rest : end], False)
        if len(names) >= _OWN_MAX:
            break
    return names
