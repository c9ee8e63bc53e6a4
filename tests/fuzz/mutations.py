"""What can happen to a report on its way, and worse: changes of its text, and of its bytes.

Each change takes a random number generator and gives something that depends on nothing else, so that a mutant can be
made again from its seed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

Source = str | bytes

_BIDI = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff\ufe0f\u0301\u0000\u000b\u000c\u001c\u0085\u2028\u2029\u3000\u00a0"
_SURROGATES = "\ud800\udbff\udc00\udfff"
_ASTRAL = "\U00020000\U0002f800\U0001f600\U000e0001\U0010ffff"
_SIGNS = "，。；：、（）《》〔〕【】“”()<>[]{}|/\\-—－%％‰.·…*＊×Ｘ①⑩㈠⑴⒈Ⅳ〇零两万亿0123456789０９"
_MARKUP = (
    "<table>", "</table>", "<tr>", "</tr>", "<td>", "<td colspan=9999 rowspan=9999>", "<td colspan=-1>", "</td>",
    "<div>", "</div>", "<p>", "<br>", "<span style='display:none'>", "</span>", "<!--", "-->", "<![CDATA[", "<script>",
    "<style>", "<title>", "<template>", "<svg>", "<pre>", "<b", "&#x110000;", "&#55296;", "&#0;", "&nbsp;",
    "&lt;td&gt;", "<meta charset=utf-16>", "<meta name=PubDate content='2019-02-30 25:61'>",
    "<meta name=ArticleTitle content=''>",
)  # fmt: skip
_NUMBERS = (
    "99999999999999999999", "1e309", "0.0000000000000001", "-0", "１２３４５６７８９０１２", "1,,2", "1.2.3",
    "2019.13.45", "二〇九九", "九千九百九十九万亿", "万万万", "零零零", "十十", "0000年00月00日",
    "9999年99月99日", "①②③", "½", "٣٤", "²", "NaN",
)  # fmt: skip
_HEADS = (
    b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"%PDF-1.7\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"<!DOCTYPE html>",
    b"<?xml version='1.0' encoding='big5'?>", b"\x00" * 50,
)  # fmt: skip
_ENCODINGS = ("utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-32", "big5", "latin-1")
_LONGEST = 300_000  # characters that a mutant may have, so that one does not take all the time


def mutant(samples: Sequence[Source], seed: str) -> tuple[Source, list[str]]:
    """A damaged sample, and the names of what was done to it; the same for the same seed.

    Args:
      samples: reports, as bytes or text.
      seed: names the mutant.
    """
    rng = random.Random(seed)
    source = rng.choice(samples)
    text = source.decode("utf-8", "replace") if isinstance(source, bytes) else source
    steps: list[str] = []
    for _ in range(rng.choice((1, 1, 2, 3, 5, 8, 13))):
        if rng.random() < 0.1:  # two reports run into one
            other = rng.choice(samples)
            text = _splice(rng, text, other.decode("utf-8", "replace") if isinstance(other, bytes) else other)
            steps.append("_splice")
        change = rng.choice(_TEXTS)
        text = change(rng, text)[:_LONGEST]
        steps.append(change.__name__)
    if rng.random() < 0.4:
        return text, steps
    encoding = rng.choice(_ENCODINGS) if rng.random() < 0.3 else "utf-8"
    data = text.encode(encoding, rng.choice(("replace", "ignore")))
    while rng.random() < 0.35:
        harm = rng.choice(_BYTES)
        data = harm(rng, data)
        steps.append(harm.__name__)
    return data, [*steps, encoding]


def _span(rng: random.Random, whole: int, longest: int = 400) -> tuple[int, int]:
    start = rng.randint(0, whole)
    return start, min(whole, start + rng.choice((1, 2, 5, 20, longest)))


def _cut(rng: random.Random, text: str) -> str:
    start, end = _span(rng, len(text), 4000)
    return text[:start] + text[end:]


def _truncate(rng: random.Random, text: str) -> str:
    place = rng.randint(0, len(text))
    return rng.choice((text[:place], text[place:]))


def _double(rng: random.Random, text: str) -> str:
    start, end = _span(rng, len(text), 3000)
    return text[:end] + text[start:end] * rng.choice((1, 1, 2, 50)) + text[end:]


def _swap(rng: random.Random, text: str) -> str:
    (a, b), (c, d) = sorted((_span(rng, len(text)), _span(rng, len(text))))
    return text if b > c else text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]


def _drop_lines(rng: random.Random, text: str) -> str:
    share = rng.choice((0.02, 0.1, 0.5, 0.9))
    return "\n".join(line for line in text.split("\n") if rng.random() > share)


def _shuffle_lines(rng: random.Random, text: str) -> str:
    lines = text.split("\n")
    start, end = _span(rng, len(lines), 100)
    part = lines[start:end]
    rng.shuffle(part)
    return "\n".join([*lines[:start], *part, *lines[end:]])


def _join_lines(rng: random.Random, text: str) -> str:
    joint, share = rng.choice(("", " ", "\t", "|", "\r", "\u2028", "\x0b")), rng.choice((0.02, 0.3, 1))
    return "".join(joint if character == "\n" and rng.random() < share else character for character in text)


def _split_lines(rng: random.Random, text: str) -> str:
    breaks, share = rng.choice(("\n", "\r\n", "\r", "\n\n", "\t", "  ")), rng.choice((0.002, 0.05, 0.5))
    return "".join(character + breaks if rng.random() < share else character for character in text)


def _sprinkle(rng: random.Random, text: str) -> str:
    signs, share = rng.choice((_BIDI, _INVISIBLE, _SURROGATES, _ASTRAL, _SIGNS)), rng.choice((0.001, 0.02, 0.2))
    return "".join(rng.choice(signs) + character if rng.random() < share else character for character in text)


def _splice(rng: random.Random, text: str, other: str) -> str:
    place, (start, end) = rng.randint(0, len(text)), _span(rng, len(other), 10_000)
    return text[:place] + other[start:end] + text[place:]


def _insert(rng: random.Random, text: str) -> str:
    for _ in range(rng.choice((1, 3, 10))):
        place = rng.randint(0, len(text))
        piece = rng.choice((*_MARKUP, *_NUMBERS, *_SIGNS)) * rng.choice((1, 1, 1, 2, 60))
        text = text[:place] + piece + text[place:]
    return text


def _numbers(rng: random.Random, text: str) -> str:
    """Other numbers in place of the printed ones."""
    share = rng.choice((0.02, 0.3))
    return "".join(rng.choice(_NUMBERS) if c.isdigit() and rng.random() < share else c for c in text)


def _nest(rng: random.Random, text: str) -> str:
    start, end = _span(rng, len(text), 2000)
    opening, closing = rng.choice(
        (
            ("<div>", "</div>"),
            ("<table><tr><td>", "</td></tr></table>"),
            ("(", ")"),
            ("《", "》"),
            ("（一）", ""),
            ("<b>", ""),
        )
    )
    deep = rng.choice((1, 5, 300, 3000))
    return text[:start] + opening * deep + text[start:end] + closing * deep + text[end:]


def _flatten(rng: random.Random, text: str) -> str:
    """One character in place of another, everywhere."""
    old, new = rng.choice(text or " "), rng.choice((*_SIGNS, *_BIDI, "\n", "\t", "", " "))
    return text.replace(old, new)


def _long(rng: random.Random, text: str) -> str:
    place = rng.randint(0, len(text))
    return (
        text[:place] + rng.choice((*_SIGNS, " ", "\t", "公", "\n", "一、")) * rng.choice((500, 20_000)) + text[place:]
    )


def _random_bytes(rng: random.Random, data: bytes) -> bytes:
    place = rng.randint(0, len(data))
    return data[:place] + rng.randbytes(rng.choice((1, 4, 100, 3000))) + data[place:]


def _flip_bits(rng: random.Random, data: bytes) -> bytes:
    flipped = bytearray(data)
    for _ in range(rng.choice((1, 5, 200)) if data else 0):
        flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
    return bytes(flipped)


def _cut_bytes(rng: random.Random, data: bytes) -> bytes:
    start, end = _span(rng, len(data), 1000)
    return data[:start] + data[end:]


def _head(rng: random.Random, data: bytes) -> bytes:
    return rng.choice(_HEADS) + data


_TEXTS: tuple[Callable[[random.Random, str], str], ...] = (
    _cut, _truncate, _double, _swap, _drop_lines, _shuffle_lines, _join_lines, _split_lines, _sprinkle, _insert,
    _numbers, _nest, _flatten, _long,
)  # fmt: skip
_BYTES: tuple[Callable[[random.Random, bytes], bytes], ...] = (_random_bytes, _flip_bits, _cut_bytes, _head)
