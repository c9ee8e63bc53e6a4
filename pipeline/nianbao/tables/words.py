"""What a table cell prints: the catalogue of cell words, and the lexer that reads one piece of text with it.

A *piece* is the text between two structural separators (line end, pipe, tab, run of spaces). It gives one lexeme or,
when a whole row stands in it, several. Reading a piece depends on nothing but its text, so the readings of short pieces
are remembered: the labels of the official forms are the same in every report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache, lru_cache
from typing import NamedTuple

from pydantic import ValidationError

from nianbao.catalogue import CatalogueError, Entry, load_toml
from nianbao.tables.labels import Label, exact_label, find_labels, known_part, plain

# Official labels have at most 44 characters; what is longer and holds no values is no cell of a form.
LONGEST_CELL = 80

# Most numbers are a few digits and nothing else.
_PLAIN_DIGITS = 9
_DIGIT = re.compile(r"\d")
# some provinces print what to fill in behind each label
_EXPLAINED = re.compile(r"([^()]{2,24})\([^()]{6,150}\)")
_LETTER = re.compile(r"[^\W\d一二三四五六七八九十]")


class Kind(Enum):
    """What a lexeme is."""

    NUMBER = "number"
    DASH = "dash"
    BLANK = "blank"
    HIDDEN = "hidden"  # the value is masked: **
    UNIT = "unit"
    LABEL = "label"  # a row, column or caption of a form
    PART = "part"  # a piece of such a label
    QUIET = "quiet"  # says nothing: header words, numbering, page numbers
    TEXT = "text"
    PROSE = "prose"


class Lexeme(NamedTuple):
    """A reading of a stretch of a piece, `start` and `end` inside it; `text` is its plain form.

    `is_value` holds for what can stand in a value's place: a number, a dash, a mask, nothing.
    """

    kind: Kind
    start: int
    end: int
    text: str = ""
    value: float | int | None = None
    unit: str = ""
    label: Label | None = None
    exact: bool = False
    is_value: bool = False


class CellWords(Entry):
    """`tables.toml`: the words of cells and the lines around tables."""

    zeros: tuple[str, ...]
    dashes: str
    hidden: str
    summing: tuple[str, ...]
    more: tuple[str, ...]
    less: tuple[str, ...]
    units: tuple[str, ...]
    money: tuple[str, ...]
    multipliers: Mapping[str, int]
    headers: tuple[str, ...]
    stubs: tuple[str, ...]
    totals: tuple[str, ...]
    caption: str
    footer: str
    footer_more: str
    note: str
    page: str
    sentence: str


@cache
def cell_words() -> CellWords:
    """The catalogue of cell words, read once.

    Raises:
      CatalogueError: with the file and the key, when it does not validate.
    """
    try:
        return CellWords.model_validate(load_toml("tables.toml"))
    except ValidationError as why:
        raise CatalogueError(f"catalogue/tables.toml: {why}") from why


class _Patterns(NamedTuple):
    number: re.Pattern[str]
    bracketed_unit: re.Pattern[str]
    stated: re.Pattern[str]
    glued: re.Pattern[str]
    page: re.Pattern[str]
    words: Mapping[str, Lexeme]  # cells of one known word, spaces removed


@cache
def _patterns() -> _Patterns:
    words = cell_words()
    units = "|".join(sorted(words.units, key=len, reverse=True))
    signs = "|".join(re.escape(sign) for sign in (*words.more, *words.less))
    known = {word: Lexeme(Kind.QUIET, 0, 0, word) for word in words.headers}
    known |= {word: Lexeme(Kind.NUMBER, 0, 0, word, 0, is_value=True) for word in words.zeros}
    known |= {word: Lexeme(Kind.UNIT, 0, 0, word, unit=word) for word in words.units}
    return _Patterns(
        number=re.compile(
            rf"(?:{'|'.join(words.summing)})?(?P<sign>{signs})?(?P<digits>(?:\d{{1,3}}(?:,\d{{3}}){{1,4}}|\d{{1,15}})(?:\.\d{{1,10}})?)"
            rf"(?P<times>{'|'.join(words.multipliers)})??(?P<unit>{units})?"
        ),
        bracketed_unit=re.compile(rf"\((?:(?:计量)?单位[:为]?)?({units})\)$"),
        glued=re.compile(
            rf"(?P<label>[^ ]{{4,60}}?)(?P<rest>(?P<unit>{units})(?P<number>\d[\d,.]{{0,14}})|[—-]{{2,}})"
        ),
        stated=re.compile(rf"\d(?:{units})?[;,]?$"),
        page=re.compile(words.page),
        words=known,
    )


def read_piece(piece: str) -> tuple[Lexeme, ...]:
    """The lexemes of a piece, in order; none for a page number or a ruled line.

    Args:
      piece: text without line end, pipe, tab, run of spaces and outer spaces.
    """
    if cell_words().sentence in piece:
        return (Lexeme(Kind.PROSE, 0, len(piece), piece),)
    if len(piece) <= _PLAIN_DIGITS and piece.isdecimal():
        return (Lexeme(Kind.NUMBER, 0, len(piece), piece, int(piece), is_value=True),)
    squashed = piece.replace(" ", "")
    if _patterns().page.fullmatch(squashed):
        return ()
    spaced = " " in piece
    # 人 次 is one word, but 1 267 may be two cells
    lexeme = None if spaced and _DIGIT.search(piece) else _word(squashed)
    if lexeme:
        return (lexeme._replace(end=len(piece)),)
    if spaced and any(_word(part) for part in piece.split(" ")):
        return tuple(_mixed(piece))
    return tuple(_text(piece, 0))


# For pieces no longer than LONGEST_CELL.
read_cell = lru_cache(maxsize=16384)(read_piece)


def _word(text: str) -> Lexeme | None:
    """The reading of a piece that is one number, mark or known word; None for other text."""
    known = _patterns().words.get(text)
    if known:
        return known
    words = cell_words()
    if text[-1] in words.dashes and not text.strip(words.dashes):
        return Lexeme(Kind.DASH, 0, 0, text, is_value=True)
    if text[-1] in words.hidden and not text.strip(words.hidden):
        return Lexeme(Kind.HIDDEN, 0, 0, text, is_value=True)
    match = _patterns().number.fullmatch(text)
    if not match:
        return None
    value = float(match["digits"].replace(",", "")) * words.multipliers.get(match["times"], 1)
    value = round(-value if match["sign"] in words.less else value, 8)
    value = int(value) if value.is_integer() else value
    return Lexeme(Kind.NUMBER, 0, 0, text, value, match["unit"] or "", is_value=True)


def _mixed(piece: str) -> Iterator[Lexeme]:
    """A piece that holds values between single spaces: words that are no values run together to texts."""
    at = 0
    run: list[str] = []
    for part in [*piece.split(" "), None]:
        lexeme = _word(part) if part else None
        if run and (lexeme or part is None):
            text = " ".join(run)
            yield from _text(text, at - len(text) - 1)
            run = []
        if lexeme and part:
            yield lexeme._replace(start=at, end=at + len(part))
        elif part is not None:
            run.append(part)
        at += len(part) + 1 if part is not None else 0


def _explained(text: str) -> tuple[str, Label] | None:
    """A label with an explanation of its own behind it: 行政许可(含初审…), 上一年项目数量(指2019年事项数)."""
    match = _EXPLAINED.fullmatch(text.replace(" ", "")) if "(" in text else None
    if match is None or find_labels(plain(match[0])):
        return None
    labels = find_labels(plain(match[1]))
    return (plain(match[1]), labels[0][0]) if len(labels) == 1 and labels[0][1] else None


def _text(text: str, start: int) -> Iterator[Lexeme]:
    """The labels of a text, or the text itself."""
    end = start + len(text)
    same = exact_label(text)
    if same:
        yield Lexeme(Kind.LABEL, start, end, text, label=same, exact=True)
        return
    explained = _explained(text)
    if explained:
        yield Lexeme(Kind.LABEL, start, end, explained[0], label=explained[1], exact=True)
        return
    if len(text) > LONGEST_CELL and " " not in text:
        yield Lexeme(Kind.PROSE, start, end, text)
        return
    glued = _patterns().glued.fullmatch(text)
    if glued and (labels := find_labels(plain(glued["label"]))) and len(labels) == 1 and labels[0][1]:
        yield from _glued(glued, labels[0][0], start)
        return
    squashed = text.replace(" ", "")
    unit = _patterns().bracketed_unit.search(squashed)
    norm = plain(squashed[: unit.start()] if unit else squashed)
    printed = unit[1] if unit else ""
    # 收到申请数58件 is a sentence of a list, no cell
    listed = len(text) > LONGEST_CELL or _patterns().stated.search(squashed)
    labels = [] if listed else find_labels(norm)
    whole = norm in cell_words().headers or (len(labels) == 1 and labels[0][1])
    if " " in text and not whole:
        for word in text.split(" "):
            yield from _text(word, start)
            start += len(word) + 1
    elif labels:
        for label, exact in labels:
            name = norm if len(labels) == 1 else label.texts[0]
            yield Lexeme(Kind.LABEL, start, end, name, unit=printed, label=label, exact=exact)
    else:
        yield Lexeme(_kind_of(squashed, norm, printed), start, end, norm or squashed, unit=printed)


def _glued(match: re.Match[str], label: Label, start: int) -> Iterator[Lexeme]:
    """A row whose cells run together: 其中:主动公开规范性文件数条12; or a heading with its ruled line."""
    unit = match["unit"] or ""
    name = plain(match["label"])
    yield Lexeme(Kind.LABEL, start, start + match.end("label"), name, unit=unit, label=label, exact=True)
    number = _word(match["number"]) if match["number"] else None
    if number:
        yield number._replace(start=start + match.start("number"), end=start + match.end("number"))


def _kind_of(squashed: str, norm: str, unit: str) -> Kind:
    """The kind of a text that is no label."""
    if norm:
        return Kind.QUIET if norm in cell_words().headers else Kind.PART if known_part(norm) else Kind.TEXT
    return Kind.UNIT if unit else Kind.TEXT if _LETTER.search(squashed) else Kind.QUIET
