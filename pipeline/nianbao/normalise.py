"""The shadow: the reading copy of a text, and the map back.

Characters are replaced one for one (width, spaces, traditional to simplified, zeros among numerals), so that offsets
stay the same; only what separates characters that belong together is taken out: zero-width characters and
pronunciation notes (辦(bàn)公(gōng), a habit of mirror sites). Those make the edits of the `OffsetMap`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from nianbao.catalogue import CatalogueError, load_toml
from nianbao.document import Line, OffsetMap

_HAN = "一-鿿"
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\u202a-\u202e\u2066-\u2069"
# a line of nothing else keeps one of them: what is no white space is text, and text has a place in the shadow
_INVISIBLE_RUN = re.compile(rf"[{_INVISIBLE}](?<=\S.)[{_INVISIBLE}]*")
_LATIN = "a-zA-ZüÜāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńň"
# mirrors print a note once or, for two characters noted together, several times over: 公(gong)(gong)开(kai)(kai)
_NOTE = re.compile(rf"\((?<=[{_HAN}]\()[{_LATIN}]{{1,6}}\)(?:\([{_LATIN}]{{1,6}}\)){{0,7}}")
# fewer notes than this are words in brackets, not a mirror's pronunciation aid
_NOTES_MIN = 3
_ROUND = "○◯〇OＯoОο零0"
_MIXED_YEAR = re.compile(rf"[二2][{_ROUND}一二三四五六七八九\d]{{3}}(?=\s?年)")
_ROUND_IN_NUMERAL = re.compile(r"(?<=[一二三四五六七八九十百千〇零])[○◯OОο](?=[一二三四五六七八九〇零○◯年月日])")
_ROUND_TO_ZERO = str.maketrans("○◯OoОοО", "〇" * 7)
# a number printed digit by digit (2 1 4条): single digits, one space each, before what a number is followed by
_SPREAD = re.compile(r"[1-9](?<=[一-鿿:,].)(?: \d){2,7}(?= ?[年月日号条件次人份项期家名个元万篇起宗%])")
# with fewer characters left a starred phrase could be any other
_KNOWN_MIN = 2
# with more different characters to change, one pass by the table is faster
_FEW = 40
_MASK = re.compile(r"\*+")
_TRADITIONAL_MIN = 8


class _Tables(NamedTuple):
    """The character map for every text and the one for traditional text, what tells the latter; words to restore."""

    plain: dict[int, str]
    odd: re.Pattern[str]
    every: dict[int, str]
    traditional: re.Pattern[str]
    mirrored: dict[str, str]
    phrases: tuple[str, ...]


@cache
def _tables() -> _Tables:
    characters = load_toml("characters.toml")
    strip = str.maketrans("", "", "\n")
    traditional, simplified = characters["traditional"].translate(strip), characters["simplified"].translate(strip)
    plain = {0xFF01 + i: chr(0x21 + i) for i in range(94)}
    plain |= dict.fromkeys(
        map(ord, "\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\v\f"), " "
    )
    plain |= {ord(c): d for c, d in zip("﹙﹚﹐﹕﹔﹒", "(),:;.", strict=True)}
    plain |= {ord(c): d for c, d in zip(traditional, simplified, strict=True)}
    every = plain | {ord(c): d for c, d in zip(characters["both"], characters["both_simplified"], strict=True)}
    only = re.compile(f"[{re.escape(traditional)}]")
    if clash := set(map(chr, plain)).intersection(plain.values()):
        raise CatalogueError(f"catalogue/characters.toml: {''.join(sorted(clash))} are both replaced and replacements")
    odd = re.compile(f"[{re.escape(''.join(map(chr, plain)))}]")
    return _Tables(plain, odd, every, only, characters["mirrored"], tuple(characters["phrases"]))


def is_traditional(text: str) -> bool:
    """Whether the text is written in traditional characters, not just holding a name or two of them."""
    return text.isascii() is False and len(_tables().traditional.findall(text[:20_000])) >= _TRADITIONAL_MIN


def is_annotated(text: str) -> bool:
    """Whether pronunciation notes stand between the characters, as mirror sites put them."""
    return len(_NOTE.findall(text.translate(_tables().plain))) >= _NOTES_MIN


def shadow_of(text: str) -> tuple[str, OffsetMap]:
    """The reading copy of `text` and the map from its offsets to the text's."""
    tables = _tables()
    if is_traditional(text):
        shadow = text.translate(tables.every)
        for word, meant in tables.mirrored.items():
            shadow = shadow.replace(word, meant)
    else:
        shadow = _translated(text, tables)
    if any(c in shadow for c in "○◯OoОο"):
        shadow = _MIXED_YEAR.sub(lambda m: m[0].translate(_ROUND_TO_ZERO), shadow)
        shadow = _ROUND_IN_NUMERAL.sub("〇", shadow)
    if "*" in shadow:
        shadow = _unmasked(shadow)
    cuts = [m.span() for m in _INVISIBLE_RUN.finditer(shadow)]
    cuts += [(at, at + 1) for m in _SPREAD.finditer(shadow) for at in range(m.start() + 1, m.end(), 2)]
    notes = [m.span() for m in _NOTE.finditer(shadow)]
    if len(notes) >= _NOTES_MIN:
        cuts += notes
    if not cuts:
        return shadow, OffsetMap()
    return _cut(shadow, sorted(cuts))


def _translated(text: str, tables: _Tables) -> str:
    """The text in plain characters: most need few of them changed, and each by itself is faster than all by a table."""
    odd = set(tables.odd.findall(text))
    if len(odd) > _FEW:
        return text.translate(tables.plain)
    for character in odd:
        text = text.replace(character, tables.plain[ord(character)])
    return text


def _unmasked(shadow: str) -> str:
    """The shadow with the fixed phrases that a word filter has starred, where a star stands for each character."""
    out = list(shadow)
    for match in _MASK.finditer(shadow):
        for phrase in _tables().phrases:
            at = _fits(shadow, match, phrase)
            if at is not None:
                out[at : at + len(phrase)] = phrase
                break
    return "".join(out)


def _fits(shadow: str, mask: re.Match[str], phrase: str) -> int | None:
    """Where a phrase lies over a run of stars so that all its other characters, two at least, stand there."""
    stars = mask.end() - mask.start()
    for inside in range(len(phrase) - stars + 1):
        head, tail = phrase[:inside], phrase[inside + stars :]
        fits = shadow.endswith(head, 0, mask.start()) and shadow.startswith(tail, mask.end())
        if fits and len(head) + len(tail) >= _KNOWN_MIN:
            return mask.start() - inside
    return None


def _cut(shadow: str, cuts: list[tuple[int, int]]) -> tuple[str, OffsetMap]:
    """Takes the (sorted, disjoint) stretches out of the shadow and notes the shift behind each."""
    pieces: list[str] = []
    edits: list[tuple[int, int]] = []
    last = kept = 0
    for start, end in cuts:
        pieces.append(shadow[last:start])
        kept += start - last
        if edits and edits[-1][0] == kept:
            edits.pop()
        edits.append((kept, end))
        last = end
    pieces.append(shadow[last:])
    return "".join(pieces), OffsetMap(edits)


def lines_of(shadow: str) -> list[Line]:
    r"""The lines of the shadow, without their ends; \n is the only line end of a text."""
    out, start = [], 0
    for line in shadow.removesuffix("\n").split("\n") if shadow else ():
        end = start + len(line)
        out.append(Line(start, end, not line or line.isspace()))
        start = end + 1
    return out
