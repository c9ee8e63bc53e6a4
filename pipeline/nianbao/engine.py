"""The composition root: the whole way of a document, from its bytes to its record, in one function.

Every stage is `(document, layers so far) -> one more layer`; no stage knows another, and none keeps anything of a
document when it is done.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nianbao import artefacts, inputs, record
from nianbao.assemble import build
from nianbao.assemble.confidence import weigh
from nianbao.assemble.identity import Identity, identify
from nianbao.assemble.indicators import indicators
from nianbao.assemble.kinds import NOT_REPORTS, kind_of
from nianbao.assemble.notices import concluded, printed
from nianbao.assemble.page import Page
from nianbao.assemble.several import OtherReport, split
from nianbao.assemble.titles import report_titles
from nianbao.catalogue import catalogue
from nianbao.check import Evidence, run_checks
from nianbao.check.relations import relations
from nianbao.classify import classify
from nianbao.document import Document, Fact, Mention, Segment, Table, Warning
from nianbao.facts import Reporter, link
from nianbao.ingest import MARKUP_FACTOR, Rejected, ingest
from nianbao.segment import segment
from nianbao.tables import bind_tables
from nianbao.tag import Finder, outside, tag
from nianbao.tag.patterns import resolve_dates
from nianbao.version import __version__

STAGES = ("ingest", "tables", "tag", "segment", "classify", "identify", "facts", "check", "assemble")
_log = logging.getLogger(__name__)
_MODELS = ("confidence", "facts", "sections", "tagger")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one input may cost: bytes of text, seconds of time; over it the record is `failed`."""

    max_bytes: int = 5 * 1024 * 1024
    timeout: float = 10.0

    @property
    def most_bytes(self) -> int:
        """The longest input, markup and all, that may hold a text within the limit."""
        return self.max_bytes * MARKUP_FACTOR


Linker = Callable[[Document, Sequence[Segment], Sequence[Mention], Reporter], list[Fact]]


@dataclass(frozen=True, slots=True)
class Readers:
    """Models in the place of those that serve; None where these shall."""

    finder: Finder | None = None
    classifier: Callable[[Document, Sequence[Segment], Sequence[Mention], Sequence[Table]], None] | None = None
    linker: Linker | None = None
    weigh: Callable[[record.Fields], None] | None = None


class _Clock:
    """Tells the timer that a stage is done, and stops a document that takes too long between two stages."""

    def __init__(self, limits: Limits, timer: Callable[[str], None] | None) -> None:
        self.until, self.timer, self.timeout = time.monotonic() + limits.timeout, timer, limits.timeout
        self.stages = iter(STAGES)
        self.stage = next(self.stages)

    def done(self, stage: str) -> None:
        if self.timer:
            self.timer(stage)
        self.stage = next(self.stages, stage)
        if time.monotonic() > self.until:
            raise Rejected("limit_exceeded", f"over {self.timeout:g} s after {stage}")


def extract(
    source: str | bytes,
    *,
    uri: str | None = None,
    with_text: bool = False,
    limits: Limits | None = None,
    timer: Callable[[str], None] | None = None,
    readers: Readers | None = None,
) -> record.Report:
    """The record of one input; a bad input gives a record that says so, never an exception.

    Args:
      source: the bytes of a file, or a text.
      uri: what the record names as its source. With one, a `str` is a text whatever it looks like.
      with_text: whether the record carries the text.
      limits: what the input may cost.
      timer: called with the name of each stage when it is done.
      readers: other models than those that serve.

    Raises:
      TypeError: `source` is a one-line string that names an existing file: the path was meant.
    """
    return record.Report.model_validate(
        read(source, uri=uri, with_text=with_text, limits=limits, timer=timer, readers=readers)
    )


def read(
    source: str | bytes,
    *,
    uri: str | None = None,
    with_text: bool = False,
    limits: Limits | None = None,
    timer: Callable[[str], None] | None = None,
    readers: Readers | None = None,
) -> record.Fields:
    """The record of one input as `record.dumps` takes it: what `extract` gives, without the cost of its models.

    Arguments and errors are those of `extract`.
    """
    if uri is None and isinstance(source, str) and _names_file(source):
        raise TypeError(f"{source!r} is the name of a file, not a text: call extract_file({source!r})")
    limits = limits or Limits()
    clock = _Clock(limits, timer)
    origin = _origin(uri, sha256_of(source))
    fields: record.Fields = {"producer": producer().model_dump(), "kind": "other"}
    try:
        document = ingest(source, max_bytes=limits.max_bytes)
        origin = _origin(uri, origin["sha256"], document)
        fields |= {"source": origin}
        if with_text:
            fields["text"] = document.text
        clock.done("ingest")
        _read(document, readers or Readers(), clock, fields)
        return fields
    except Rejected as why:
        known = {"format": why.format, "encoding": why.encoding} if origin["chars"] is None else {}
        return _rejected(origin | known, why)
    except artefacts.ArtefactError:
        raise  # nothing can be read without the models: no matter of this input
    except MemoryError:
        return _rejected(origin, Rejected("limit_exceeded", f"out of memory in {clock.stage}"))
    except Exception as why:
        # a fault of ours: it must not take the other inputs with it, and the record must not hide it
        _log.exception("%s: stage %s failed", uri, clock.stage)
        return _broken(fields, origin, clock.stage, why)


def extract_file(path: str | Path, *, with_text: bool = False, limits: Limits | None = None) -> record.Report:
    """The record of a file; one that cannot be read gives a `failed` record."""
    return record.Report.model_validate(read_path(path, with_text=with_text, limits=limits))


def read_path(path: str | Path, *, with_text: bool = False, limits: Limits | None = None) -> record.Fields:
    """The record of a file as `record.dumps` takes it."""
    uri = inputs.uri_of(path)
    try:
        data = read_file(path, limits or Limits())
    except Rejected as why:
        return refuse(uri, why)
    return read(data, uri=uri, with_text=with_text, limits=limits)


def read_file(path: str | Path, limits: Limits) -> bytes:
    """The bytes of a file.

    Raises:
      Rejected: it cannot be read, or no text within the limits can be as long.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(limits.most_bytes + 1)
    except (OSError, ValueError) as why:
        raise Rejected("unreadable_file", getattr(why, "strerror", None) or str(why)) from why
    if len(data) > limits.most_bytes:
        raise Rejected("too_large", f"over {limits.most_bytes} bytes")
    return data


def refuse(uri: str | None, why: Rejected, *, sha256: str | None = None) -> record.Fields:
    """The record of an input of which no text is known."""
    return _rejected(_origin(uri, sha256) | {"format": why.format, "encoding": why.encoding}, why)


def _read(document: Document, readers: Readers, clock: _Clock, fields: record.Fields) -> None:
    """The way of a document, from its text to the fields of its record, which come in as they are known."""
    tables = bind_tables(document)
    clock.done("tables")
    mentions = tag(document, tables, readers.finder)
    clock.done("tag")
    segments = segment(document, tables)
    clock.done("segment")
    (readers.classifier or classify)(document, segments, mentions, tables)
    mentions = outside(mentions, [s for s in segments if s.label == "statistics"])
    clock.done("classify")
    whole = Page(document, segments, mentions, tables)
    page, others = split(whole, report_titles(whole))
    identity = identify(page)
    kind = kind_of(page, identity)
    year = identity.year.value if identity.year else None
    whole.mentions = resolve_dates(mentions, document.shadow, year)
    page = split(whole, identity.titles)[0] if others else whole
    clock.done("identify")
    fields |= {**build.text_layers(whole), **build.dates_part(page, identity)}
    warnings = [*document.warnings, *printed(document)]
    if kind not in NOT_REPORTS:
        found = _findings(page, identity, others, clock, readers.linker or link)
        fields |= build.report_part(found)
        warnings += concluded(identity, found.checks, others)
    notices = [_notice(document, w) for w in warnings]
    fields |= {"status": "not_a_report" if kind in NOT_REPORTS else "ok", "kind": kind, "warnings": notices}
    (readers.weigh or weigh)(fields)
    clock.done("assemble")


def _broken(fields: record.Fields, origin: record.Fields, stage: str, why: Exception) -> record.Fields:
    """The record of an input on which a stage failed: what was read before stands."""
    notice = {"code": "stage_failed", "detail": f"{stage}: {type(why).__name__}: {why}", "start": None, "end": None}
    status = "failed" if origin["chars"] is None else "partial"
    return fields | {"source": origin, "status": status, "warnings": [notice]}


def _findings(
    page: Page, identity: Identity, others: list[OtherReport], clock: _Clock, linker: Linker
) -> build.Findings:
    """What the report states, and whether it adds up."""
    body = build.resolve(page, identity)
    year = identity.year.value if identity.year else None
    aggregate = body is not None and body.kind in relations().aggregate
    names = (identity.agency.value, *identity.aliases) if identity.agency else ()
    reporter = Reporter(year, aggregate, names, body.level if body else None)
    facts = linker(page.document, page.segments, page.mentions, reporter)
    values, clashes = indicators(page.tables, facts)
    clock.done("facts")
    evidence = Evidence(
        tables=page.tables, facts=facts, indicators={k: v.cite.value for k, v in values.items()},
        shadow=page.document.shadow, mentions=page.mentions, segments=page.segments, year=year,
        title_year=identity.title_year, period=identity.period.value if identity.period else None,
        level=body.level if body else None, kind=body.kind if body else None,
    )  # fmt: skip
    checks = run_checks(evidence)
    clock.done("check")
    return build.Findings(page, identity, body, facts, values, clashes, checks, others)


@cache
def producer() -> record.Producer:
    """What makes the records: code, catalogue and models, by version."""
    models = {name: artefacts.active().get(name, "") for name in _MODELS}
    return record.Producer(version=__version__, catalogue=catalogue().version, models=models)


def _rejected(origin: record.Fields, why: Rejected) -> record.Fields:
    status = "not_a_report" if why.code == "empty" else "failed"
    warning = {"code": why.code, "detail": why.detail, "start": None, "end": None}
    return {
        "producer": producer().model_dump(),
        "source": origin,
        "status": status,
        "kind": "other",
        "warnings": [warning],
    }


def _notice(document: Document, warning: Warning) -> record.Fields:
    start, end = warning.start, warning.end
    if start is not None and end is not None:
        start, end = document.offsets.span(start, end)
    return {"code": warning.code, "detail": warning.detail, "start": start, "end": end}


def _origin(uri: str | None, sha256: str | None, document: Document | None = None) -> record.Fields:
    """Where the record comes from; what is known of the text only with a document."""
    return {
        "uri": uri, "sha256": sha256,
        "format": document.format if document else "unknown", "encoding": document.encoding if document else None,
        "chars": len(document.text) if document else None,
        "text_sha256": sha256_of(document.text) if document else None,
    }  # fmt: skip


def sha256_of(source: str | bytes) -> str:
    """The digest of an input, as its record names it."""
    data = source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")
    return hashlib.sha256(data).hexdigest()


def _names_file(source: str) -> bool:
    """Whether a string is a path rather than a text: one short line that names an existing file."""
    if len(source) > 4096 or "\n" in source or not source.strip() or "\x00" in source:
        return False
    try:
        return Path(source).is_file()
    except OSError:
        return False
