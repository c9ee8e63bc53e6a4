"""Input to `Document`: the text is fixed here, once, and never changes after."""

from __future__ import annotations

from nianbao.document import Document, Grid, GridCell, OffsetMap, Span, Warning
from nianbao.ingest.html import HtmlText, RawCell, declared_charset, read_html
from nianbao.ingest.text import UndecodableError, decode, line_ends, sniff, without_surrogates
from nianbao.normalise import is_annotated, is_traditional, lines_of, shadow_of

__all__ = ["MARKUP_FACTOR", "Rejected", "ingest"]

MARKUP_FACTOR = 8


class Rejected(Exception):  # noqa: N818  it is an outcome with a record of its own, not a fault
    """An input that becomes a `failed` (or empty) record; `code` is a warning code of the record."""

    def __init__(self, code: str, detail: str, *, format: str = "unknown", encoding: str | None = None) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail, self.format, self.encoding = code, detail, format, encoding


def ingest(source: str | bytes, *, max_bytes: int) -> Document:
    """The document of one input.

    Args:
      source: the file's bytes, or a text (a str is never taken for markup of another format than it holds).
      max_bytes: the longest text that is read, in bytes (of its UTF-8 form when it comes as a str).

    Raises:
      Rejected: no reader for the format, no text in it, undecodable bytes, or more text than `max_bytes`.
    """
    warnings: list[Warning] = []
    data = source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")
    kind = sniff(data)
    if kind not in ("txt", "html"):
        raise Rejected("unsupported_format", f"no reader for {kind}", format=kind)
    # markup may weigh more than the text it holds, but not without end
    most = max_bytes * (MARKUP_FACTOR if kind == "html" else 1)
    if len(data) > most:
        raise Rejected("too_large", f"{len(data)} bytes, limit {most}", format=kind)
    if isinstance(source, bytes):
        text, encoding = _decoded(source, kind, warnings)
    else:
        text, encoding = line_ends(source.removeprefix("\ufeff")), None
    text, replaced = without_surrogates(text)
    if replaced:
        warnings.append(Warning("replaced_characters", f"{replaced} lone surrogates"))
    page = read_html(text) if kind == "html" else None
    if page:
        text = page.text
        if len(text.encode()) > max_bytes:
            raise Rejected("too_large", f"{len(text)} characters of text", format=kind, encoding=encoding)
    if "\x00" in text:
        warnings.append(Warning("nul_characters", f"{text.count(chr(0))}"))
    if not text.strip():
        raise Rejected("empty", "no text", format=kind, encoding=encoding)
    return _document(text, kind, encoding, page, warnings)


def _decoded(data: bytes, kind: str, warnings: list[Warning]) -> tuple[str, str]:
    try:
        decoded = decode(data, declared_charset(data) if kind == "html" else None)
    except UndecodableError as why:
        raise Rejected("undecodable", str(why), format="unknown" if kind == "txt" else kind) from why
    if decoded.how == "guessed":
        warnings.append(Warning("guessed_encoding", decoded.encoding))
    return decoded.text.removeprefix("\ufeff"), decoded.encoding


def _document(text: str, kind: str, encoding: str | None, page: HtmlText | None, warnings: list[Warning]) -> Document:
    shadow, offsets = shadow_of(text)
    if is_traditional(text):
        warnings.append(Warning("traditional", "read as simplified"))
    if not offsets.identity and is_annotated(text):
        warnings.append(Warning("annotated", "notes left out"))
    if restored := text.count("*") - shadow.count("*"):
        warnings.append(Warning("redacted", f"{restored} starred characters of fixed phrases restored"))
    document = Document(text, shadow, offsets, lines_of(shadow), kind, encoding, warnings=warnings)
    if page:
        document.meta = page.meta
        document.grids = tuple(_grid(cells, offsets) for cells in page.grids if cells)
        document.main = Span(offsets.back(page.main[0]), offsets.back(page.main[1])) if page.main else None
    return document


def _grid(cells: list[RawCell], offsets: OffsetMap) -> Grid:
    moved = tuple(
        GridCell(c.row, c.column, c.rowspan, c.colspan, offsets.back(c.start), offsets.back(c.end)) for c in cells
    )
    return Grid(moved[0].start, moved[-1].end, moved)
