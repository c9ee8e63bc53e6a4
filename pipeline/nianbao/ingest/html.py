"""Web pages to text: every visible block in document order, a table row a line with its cells joined by TAB.

The page is walked once into a flat list of events, which is then written out; both passes are loops, so that no depth
of nesting and no number of cells can run away with them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from nianbao.catalogue import load_toml

# a browser shows no more of a broken span either; the forms have at most 10 columns
_MAX_COLSPAN, _MAX_ROWSPAN = 60, 400
# a cell with more text than this lays out a page; the longest label of the official forms has 42 characters
_LAYOUT_CELL = 400
# a container with less text than this is a teaser, not the article
_MAIN_MIN = 150
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_WHITE = re.compile(r"[ \t\n\r\f]+")
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([a-zA-Z0-9_-]+)", re.IGNORECASE)
# the year reported on, in the addresses of a content system common in Zhejiang and Shandong
_URL_YEAR = re.compile(r"[?&]fbtime=((?:19|20)\d\d)(?!\d)")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell with its place in the grid and its text span, before the shadow is known."""

    row: int
    column: int
    rowspan: int
    colspan: int
    start: int
    end: int


@dataclass(slots=True)
class HtmlText:
    """The text of a page, its tables as grids, the span of its main body, and what its head says."""

    text: str
    grids: list[list[RawCell]]
    main: tuple[int, int] | None
    meta: dict[str, str]


@dataclass(slots=True)
class _Table:
    """A table under reading; `layout` once it turns out to hold a page rather than data."""

    layout: bool = False
    caption: bool = False
    cells: list[RawCell] = field(default_factory=list)
    row: int = -1
    column: int = 0
    taken: dict[tuple[int, int], bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Names:
    skip: frozenset[str]
    block: frozenset[str]
    container: frozenset[str]
    meta: Mapping[str, str]


@cache
def _names() -> _Names:
    data = load_toml("html.toml")
    container = frozenset(c.lower() for c in data["container"])
    return _Names(
        frozenset(data["skip"]), frozenset(data["block"]), container, {k.lower(): v for k, v in data["meta"].items()}
    )


def declared_charset(data: bytes) -> str | None:
    """The encoding that a meta element declares; gb2312 and gbk are read as gb18030, which holds them both."""
    match = _CHARSET.search(data[:4096])
    name = match[1].decode("ascii").lower() if match else None
    return "gb18030" if name in ("gb2312", "gbk", "gb18030", "x-gbk") else name


def read_html(markup: str) -> HtmlText:
    """The text of a page and where its tables and its main body lie."""
    parser = LexborHTMLParser(markup)
    meta = _meta(parser)
    root = parser.root
    events = _events(root) if root is not None else []
    writer = _Writer(events)
    return HtmlText(writer.text(), [t.cells for t in writer.grids], writer.main, meta)


def _meta(parser: LexborHTMLParser) -> dict[str, str]:
    out: dict[str, str] = {}
    for node in parser.css("meta[name]"):
        attributes = node.attributes
        name = _names().meta.get((attributes.get("name") or "").lower())
        content = (attributes.get("content") or "").strip()
        if name and content:
            out.setdefault(name, content)
    for node in parser.css('link[rel="canonical"], meta[property="og:url"]'):
        address = _URL_YEAR.search(node.attributes.get("href") or node.attributes.get("content") or "")
        if address:
            out["url_year"] = address[1]
    title = parser.css_first("title")
    if title is not None:
        out["page_title"] = _WHITE.sub(" ", title.text()).strip()
    return out


def _events(root: Any) -> list[tuple[str, str, Any]]:
    """(`open` | `close` | `text`, tag, attributes or text) in document order, without what is not shown."""
    names = _names()
    out: list[tuple[str, str, Any]] = []
    node, path = root.child, []
    while node is not None:
        tag = node.tag or ""
        child = None
        if tag == "-text":
            out.append(("text", tag, node.text_content or ""))
        elif tag and tag[0] not in "-_!" and tag not in names.skip:
            attributes = node.attributes
            if "hidden" not in attributes and not _HIDDEN.search(attributes.get("style") or ""):
                child = node.child
                out.append(("open", tag, attributes))
                if child is None:
                    out.append(("close", tag, None))
        if child is not None:
            path.append(tag)
            node = child
            continue
        following = node.next
        while following is None and path:
            out.append(("close", path.pop(), None))
            node = node.parent
            following = node.next
        node = following
    return out


class _Writer:
    """Writes the events out as lines; offsets count in the text written so far."""

    def __init__(self, events: list[tuple[str, str, Any]]) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.fresh, self.space, self.pre = True, False, 0
        self.tables: list[_Table] = []
        self.cell: tuple[int, int, int, int] | None = None
        self.grids: list[_Table] = []
        self.main: tuple[int, int] | None = None
        self.containers: list[tuple[int, int]] = []
        self.depth = 0
        layouts = _layouts(events)
        opened = 0
        for kind, tag, data in events:
            if kind == "text":
                self.write(data)
            elif kind == "open":
                self.open(tag, data, layouts[opened] if tag == "table" else False)
                opened += tag == "table"
            else:
                self.close(tag)

    def text(self) -> str:
        return "".join(self.parts)

    def put(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def in_row(self) -> bool:
        """Whether text goes into a row of data: line ends inside its cells are spaces."""
        return bool(self.tables) and not self.tables[-1].layout and not self.tables[-1].caption

    def line(self) -> None:
        """Ends the line, or inside a data cell only parts its words."""
        if self.in_row():
            self.space = self.cell is not None and self.length > self.cell[0]
        elif not self.fresh:
            self.put("\n")
            self.fresh, self.space = True, False

    def write(self, text: str) -> None:
        if self.in_row() and self.cell is None:
            return
        if self.pre and not self.in_row():
            lines = text.split("\n")
            for i, part in enumerate(lines):
                if i:
                    self.line()
                if part:
                    self.put(part)
                    self.fresh = False
            return
        words = _WHITE.sub(" ", text)
        if not words.strip(" "):
            self.space = self.space or (bool(words) and not self.fresh)
            return
        begins = self.length == self.cell[0] if self.cell is not None and self.in_row() else self.fresh
        if (self.space or words[0] == " ") and not begins:
            self.put(" ")
        self.put(words.strip(" "))
        self.fresh, self.space = False, words[-1] == " "

    def open(self, tag: str, attributes: Mapping[str, str | None], layout: bool) -> None:
        self.depth += 1
        if tag == "br":
            self.line()
        elif tag == "table":
            self.line()
            self.tables.append(_Table(layout=layout))
        elif tag == "caption" and self.in_row():
            self.tables[-1].caption = True  # the caption is a line above the rows
        elif tag == "tr" and self.in_row():
            self.row()
        elif tag in ("td", "th") and self.in_row():
            self.enter_cell(attributes)
        elif tag in _names().block:
            self.line()
            self.pre += tag == "pre"
        if self.is_container(attributes):
            self.containers.append((self.depth, self.length))

    def close(self, tag: str) -> None:
        if self.containers and self.containers[-1][0] == self.depth:
            self.leave_container(self.containers.pop()[1])
        self.depth -= 1
        if tag in ("td", "th") and self.in_row() and self.cell is not None:
            self.leave_cell()
        elif tag == "caption" and self.tables and self.tables[-1].caption:
            self.line()
            self.tables[-1].caption = False
        elif tag == "table" and self.tables:
            table = self.tables.pop()
            if not table.layout:
                if self.length and self.parts[-1] != "\n":
                    self.put("\n")
                self.fresh, self.space, self.cell = True, False, None
                self.grids.append(table)
            self.line()
        elif tag in _names().block and tag not in ("tr", "td", "th"):
            self.line()
            self.pre -= tag == "pre" and self.pre > 0
        elif tag in ("td", "th", "tr"):
            self.line()

    def leave_container(self, start: int) -> None:
        """Keeps the longest container as the main body; of two with about the same text the inner."""
        size = self.length - start
        best = self.main[1] - self.main[0] if self.main else 0
        holds_best = self.main is not None and start <= self.main[0]
        if size >= _MAIN_MIN and size > best * (2 if holds_best else 1):
            self.main = (start, self.length)

    def is_container(self, attributes: Mapping[str, str | None]) -> bool:
        if not attributes:
            return False
        names = f"{attributes.get('id') or ''} {attributes.get('class') or ''}".lower()
        return any(name in _names().container for name in names.split())

    def row(self) -> None:
        table = self.tables[-1]
        if table.row >= 0 and self.parts and self.parts[-1] != "\n":
            self.put("\n")
        table.row += 1
        table.column = 0
        self.fresh = True

    def enter_cell(self, attributes: Mapping[str, str | None]) -> None:
        table = self.tables[-1]
        if table.row < 0:
            self.row()
        if self.cell is not None:
            self.leave_cell()
        if table.column:
            self.put("\t")
        while (table.row, table.column) in table.taken:
            table.column += 1
        rowspan, colspan = _span(attributes, "rowspan", _MAX_ROWSPAN), _span(attributes, "colspan", _MAX_COLSPAN)
        self.cell = (self.length, table.column, rowspan, colspan)
        self.space = False

    def leave_cell(self) -> None:
        table = self.tables[-1]
        if self.cell is None:
            return
        start, column, rowspan, colspan = self.cell
        table.cells.append(RawCell(table.row, column, rowspan, colspan, start, self.length))
        for row in range(table.row + 1, table.row + rowspan):
            for at in range(column, column + colspan):
                table.taken[row, at] = True
        table.column = column + colspan
        self.cell, self.space = None, False


def _span(attributes: Mapping[str, str | None], name: str, most: int) -> int:
    given = (attributes.get(name) or "1").strip()
    return min(max(int(given), 1), most) if given.isascii() and given.isdigit() and len(given) < 9 else 1


def _layouts(events: list[tuple[str, str, Any]]) -> list[bool]:
    """For each table in order, whether it lays out the page: tables, headings or an article in its cells."""
    out: list[bool] = []
    stack: list[int] = []
    sizes: list[int] = []
    for kind, tag, data in events:
        if kind == "open" and tag == "table":
            if stack:
                out[stack[-1]] = True
            stack.append(len(out))
            sizes.append(0)
            out.append(False)
        elif kind == "close" and tag == "table" and stack:
            stack.pop()
            sizes.pop()
        elif stack and kind == "open":
            if tag in ("td", "th"):
                sizes[-1] = 0
            elif tag in _HEADINGS:
                out[stack[-1]] = True
        elif stack and kind == "text":
            sizes[-1] += len(data.strip())
            if sizes[-1] > _LAYOUT_CELL:
                out[stack[-1]] = True
    return out
