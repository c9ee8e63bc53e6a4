"""A text as a string of character classes: what each character is to a name, one byte a character.

The classes come from the words of `gazetteer.toml` and the region names: `p` region, `l` level (县), `c` field of work,
`b` office of a bureau's kind (局) and so on; `h` and `n` are other Chinese characters, those of surnames being `n`. The
last character of a word is upper case where a name may end with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import ahocorasick_rs as ac
import numpy as np
import numpy.typing as npt

from nianbao import regions
from nianbao.catalogue.gazetteer import Gazetteer, gazetteer
from nianbao.document import Span

Codes = npt.NDArray[np.uint32]

_ENDINGS = {
    "government": "g", "party": "y", "bureau": "b", "office": "o", "section": "s", "unit": "u", "institution": "i",
    "group": "r",
}  # fmt: skip
_FIXED = b"F"  # a mention of another kind, or a table
_SINGLES = {
    " ": " ", "\t": "\t", "\n": "\n", ",": ",", ":": ":", "(": "j", ")": "J", "、": ";", "·": "x", "-": "e", "某": "V",
    "和": "+", **dict.fromkeys('"“《「〈『', "q"), **dict.fromkeys("”》」〉』", "Q"),
    **dict.fromkeys("0123456789〇", "0"),
}  # fmt: skip
ALPHABET = b".|hnV+&0e \t\n;qQjJ:x,FpPwWclvtgybosuirGYBOSUIRdDfmMkKzZaA"
_BMP = 0x10000

# 和 between two names, not inside one (文化和旅游局)
_JOINS = re.compile(rb"\+(?![chna+])")
_TOWN_MAX = 6  # characters of a town's name before 镇, 乡, 街道
_TOWN_EDGE = b"PGvtmMDV0.,;:|qQjJe \t\n"  # classes that end before a town's name begins
_TOWNS_MAX = 12  # a document names its own town and a few others


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """The matcher of all words, the classes that each word gives its characters, and those of single characters."""

    automaton: ac.AhoCorasick
    runs: tuple[bytes, ...]
    single: npt.NDArray[np.uint8]
    town: re.Pattern[str]
    unsure: re.Pattern[str]


def _runs(words: Iterable[str], inside: str, last: str | None = None) -> Iterator[tuple[str, str]]:
    return ((word, inside * (len(word) - 1) + (last or inside)) for word in words)


def _words(g: Gazetteer) -> Iterator[tuple[str, str]]:
    """Pairs of word and classes; of two entries for one word the later wins."""
    doubtful = {*g.places.none, *g.places.unsure}
    yield from _runs((name for name in regions.names() if name not in doubtful), "p", "P")
    yield from _runs(g.bodies.fields, "c")
    yield from _runs(g.bodies.stops, "v")
    yield from _runs(g.bodies.levels, "l")
    yield from _runs(g.bodies.no_levels, "t")
    for kind, words in g.bodies.endings.items():
        letter = _ENDINGS[kind]
        yield from _runs(words, letter, letter.upper())
        if kind == "government":
            for level in g.bodies.levels:
                named = _runs(words, letter, letter.upper())
                yield from ((level + word, "l" * len(level) + run) for word, run in named)
    yield from _runs(g.bodies.no_endings, "t")
    yield from _runs(g.persons.after, "f")
    yield from _runs(g.persons.roles, "m", "M")
    yield from _runs(g.persons.no_roles, "t")
    yield from _runs(g.channels.kinds, "k", "K")
    yield from _runs(g.channels.papers, "z", "Z")
    yield from _runs(g.channels.no_kinds, "t")
    yield from _runs(g.addresses.others, "|")
    yield from _runs(g.addresses.labels, "d", "D")
    yield from _runs(g.addresses.parts, "a", "A")


@cache
def _lexicon() -> _Lexicon:
    g = gazetteer()
    words = dict(_words(g))
    single = np.full(_BMP, ord("."), np.uint8)
    single[ord("一") : ord("鿿") + 1] = ord("h")
    single[[ord(c) for c in g.persons.surnames]] = ord("n")
    single[[*range(ord("A"), ord("Z") + 1), *range(ord("a"), ord("z") + 1)]] = ord("e")
    for letter, cls in _SINGLES.items():
        single[ord(letter)] = ord(cls)
    towns, before, unsure = ("|".join(words) for words in (g.places.town, g.places.before_town, g.places.unsure))
    return _Lexicon(
        ac.AhoCorasick(list(words), matchkind=ac.MatchKind.LeftmostLongest, store_patterns=False),
        tuple(run.encode() for run in words.values()),
        single,
        re.compile(rf"(?:{towns})(?=(?:{before})|(?:19|20)[0-9]{{2}}年)"),
        re.compile(unsure),
    )


@cache
def surnames() -> npt.NDArray[np.int32]:
    """1 for the characters (below U+10000, by code point) that are surnames."""
    table = np.zeros(_BMP, np.int32)
    table[[ord(c) for c in gazetteer().persons.surnames]] = 1
    return table


def classes(shadow: str, codes: Codes, fixed: Iterable[Span]) -> bytes:
    """The class of every character; a town that the text names with its government is a place wherever it stands.

    Args:
      shadow: the text.
      codes: its code points.
      fixed: stretches that hold no name whatever they look like.
    """
    lexicon = _lexicon()
    out = bytearray(lexicon.single[np.minimum(codes, _BMP - 1)].tobytes())
    runs = lexicon.runs
    for index, start, end in lexicon.automaton.find_matches_as_indexes(shadow):
        out[start:end] = runs[index]
    for match in lexicon.unsure.finditer(shadow):
        if shadow[max(match.start() - 1, 0) : match.start()] in regions.BEFORE_UNSURE:
            out[match.start() : match.end()] = b"p" * (len(match[0]) - 1) + b"P"
    for town in _towns(shadow, out):
        run = b"w" * (len(town) - 1) + b"W"
        start = shadow.find(town)
        while start >= 0:
            out[start : start + len(town)] = run
            start = shadow.find(town, start + len(town))
    for join in list(_JOINS.finditer(out)):
        out[join.start()] = ord("&")
    for span in fixed:
        out[span.start : span.end] = _FIXED * (span.end - span.start)
    return bytes(out)


def _towns(shadow: str, classed: bytearray) -> set[str]:
    """Names of towns that stand before a government's word or open a title: back to where something else ends."""
    found: set[str] = set()
    for match in _lexicon().town.finditer(shadow):
        start = match.start()
        if classed[start] in _TOWN_EDGE:
            continue
        while start > max(match.start() - _TOWN_MAX, 0) and classed[start - 1] not in _TOWN_EDGE:
            start -= 1
        start += shadow[start] in "年月日" and classed[start - 1] == ord("0")  # 2019年新华街道办事处
        if 0 < start < match.start() and classed[start - 1] in _TOWN_EDGE:
            found.add(shadow[start : match.end()])
            if len(found) == _TOWNS_MAX:
                break
    return found
