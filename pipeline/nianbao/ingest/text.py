"""Bytes to text: encodings in a fixed order, and what the bytes are when they are no text."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

# magic bytes of formats that are recognised but have no reader here, and of those that have one elsewhere
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"BM", "image"),
    (b"RIFF", "image"),
)
_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_LINE_END = re.compile("\r\n?")
_SURROGATE = re.compile("[\ud800-\udfff]")
# of the characters of a text that is no binary junk, at most this share are control characters
_CONTROL_SHARE = 0.02
# chardet's guess is taken from here on; below it a text is called unreadable rather than guessed wrong
_GUESS_MIN = 0.5


class UndecodableError(ValueError):
    """Bytes that are text in none of the encodings tried."""


@dataclass(frozen=True, slots=True)
class Decoded:
    r"""A text with \n line ends, the encoding that gave it, and how (`bom`, `strict`, `guessed`)."""

    text: str
    encoding: str
    how: str


def sniff(data: bytes) -> str:
    """The format that the first bytes tell: `pdf`, `docx`, `doc`, `image`, `html`, or `txt` for all else."""
    for magic, name in _MAGIC:
        if data.startswith(magic) and (name != "image" or _CONTROL.search(data[:512].decode("latin-1"))):
            return name
    if data.startswith(b"PK\x03\x04"):
        return "docx" if b"word/" in data[:4096] or b"[Content_Types].xml" in data[:4096] else "unknown"
    return "html" if _is_html(data) else "txt"


_HTML = re.compile(
    rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]|<(?:div|table|tr|td|p|span|br)(?:\s[^<>]{0,300})?/?>",
    re.IGNORECASE,
)


def _is_html(data: bytes) -> bool:
    """Whether the bytes hold markup rather than text: a document element early, or several block tags."""
    head = data[:4096].replace(b"\x00", b"")
    first = _HTML.search(head)
    if first and first[0][:2].lower() in (b"<!", b"<h", b"<b") and not first[0].lower().startswith(b"<br"):
        return True
    return len(_HTML.findall(data[:200_000].replace(b"\x00", b""))) >= 4


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """Decodes by BOM, then strict UTF-8, then strict GB18030, then chardet's guess; nothing is ever replaced.

    Args:
      declared: the encoding that markup declares; tried before GB18030, which would read Big5 as other characters.

    Raises:
      UndecodableError: no encoding fits, or the result is mostly control characters.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            return _checked(data[len(bom) :], name, "bom")
    for name in dict.fromkeys(("utf-8", declared or "gb18030", "gb18030")):
        try:
            decoded = _checked(data, name, "strict")
        except (UnicodeDecodeError, LookupError):
            continue
        return _big5(data) or decoded if name == "gb18030" and not _is_topical(decoded.text) else decoded
    return _guess(data)


def _is_topical(text: str) -> bool:
    """Whether a text speaks of disclosure, as every report does."""
    return "公开" in text or "公開" in text


def _big5(data: bytes) -> Decoded | None:
    """The text of undeclared Big5, whose bytes mostly are characters of GB18030 too; None unless it is topical."""
    try:
        decoded = _checked(data, "big5hkscs", "guessed")
    except (UnicodeDecodeError, UndecodableError):
        return None
    return decoded if _is_topical(decoded.text) else None


def _guess(data: bytes) -> Decoded:
    import chardet  # the last resort, loaded only for the rare file that needs it

    guess = chardet.detect(data[:200_000])
    name, confidence = guess.get("encoding"), guess.get("confidence") or 0.0
    if not name or confidence < _GUESS_MIN:
        raise UndecodableError("no encoding fits: neither UTF-8 nor GB18030, and no confident guess")
    try:
        return _checked(data, name.lower(), "guessed")
    except (UnicodeDecodeError, LookupError) as why:
        raise UndecodableError(f"guessed {name}, but the bytes are not that: {why}") from why


def _checked(data: bytes, encoding: str, how: str) -> Decoded:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as why:
        if how == "bom":
            raise UndecodableError(f"the byte order mark says {encoding}, the bytes do not: {why}") from why
        raise
    controls = sum(1 for _ in _CONTROL.finditer(text))
    if controls > 16 and controls > _CONTROL_SHARE * len(text):
        raise UndecodableError(f"{controls} control characters in {len(text)}: binary data, not text")
    return Decoded(line_ends(text), encoding, how)


def line_ends(text: str) -> str:
    r"""The text with \r\n and \r made \n."""
    return _LINE_END.sub("\n", text) if "\r" in text else text


def without_surrogates(text: str) -> tuple[str, int]:
    """The text with lone surrogates, which no encoding can write, made U+FFFD; and how many there were."""
    return _SURROGATE.subn("\ufffd", text)
