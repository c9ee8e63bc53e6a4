"""From the layers to the record: everything that the contract asks for, with evidence in text offsets.

Plain dicts with the keys of the models in `record`, in their order: objects would cost more than all that is read.

The only place where shadow offsets become text offsets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nianbao import agencies, record
from nianbao.assemble.cite import Cite
from nianbao.assemble.contact import contact
from nianbao.assemble.identity import Identity
from nianbao.assemble.indicators import Clash, Value
from nianbao.assemble.items import ItemSpan, items
from nianbao.assemble.page import Page
from nianbao.assemble.several import OtherReport
from nianbao.catalogue import catalogue
from nianbao.check import CellRef, Check
from nianbao.document import Document, Fact, Segment, Table
from nianbao.regions import Hints, area_code_places, find_names, places

_AREA_CODE = re.compile(r"(0\d{2,3})-\d{7,8}")
_HOST = re.compile(r"(?:https?:/{1,2})?([a-z0-9.-]+\.[a-z]{2,})")


_REGION = tuple(record.Region.model_fields)


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was read from a page, in shadow offsets; `report_part` turns it into the record's fields."""

    page: Page
    identity: Identity
    body: agencies.Identity | None
    facts: Sequence[Fact]
    values: Mapping[str, Value]
    clashes: Sequence[Clash]
    checks: Sequence[Check]
    others: Sequence[OtherReport]


def text_layers(page: Page) -> dict[str, Any]:
    """The fields that every readable page has, report or not: paragraphs and entities."""
    document = page.document
    paragraphs = []
    for s in page.segments:
        start, end = _whole(document, s)
        paragraphs.append(
            {
                "start": start,
                "end": end,
                "label": s.label,
                "secondary": list(s.secondary),
                "heading_level": s.level,
                "confidence": _sure(s.confidence),
            }
        )
    entities = []
    for m in page.mentions:
        start, end = document.offsets.span(m.start, m.end)
        value = m.value
        entities.append(
            {"label": m.label, "start": start, "end": end, "text": document.text[start:end], "value": value}
        )
    return {"paragraphs": paragraphs, "entities": entities}


def _whole(document: Document, segment: Segment) -> tuple[int, int]:
    """The text span of a segment with all that the shadow took out at its edges: segments cover their lines."""
    offsets, shadow = document.offsets, document.shadow
    if offsets.identity:
        return segment.start, segment.end
    start = offsets.at(segment.start)
    if segment.start == 0 or shadow[segment.start - 1] == "\n":
        start = offsets.at(segment.start - 1) + 1 if segment.start else 0
    end = offsets.at(segment.end) if segment.end < len(shadow) else len(document.text)
    return start, end


def report_part(found: Findings) -> dict[str, Any]:
    """The fields of a report proper: identity, contact, facts, indicators, tables, items, checks, conflicts."""
    page, identity = found.page, found.identity
    document = page.document
    contacts = contact(page)
    problems, measures = items(page)
    return {
        "era": identity.era,
        "agency": _agency(document, identity, found.body),
        "year": _maybe(document, identity.year),
        "period": _maybe(document, identity.period),
        "contact": {k: [_cited(document, c) for c in v] for k, v in contacts.items()},
        "facts": [_fact(document, f) for f in found.facts],
        "indicators": {k: _number(document, k, v) for k, v in found.values.items()},
        "tables": [_table(document, t) for t in page.tables],
        "problems": [_item(document, i) for i in problems],
        "measures": [_item(document, i) for i in measures],
        "checks": [_check(document, c) for c in found.checks],
        "conflicts": [_conflict(document, c) for c in found.clashes],
        "others": [_other(document, o) for o in found.others],
    }


def dates_part(page: Page, identity: Identity) -> dict[str, Any]:
    """Title and dates, which pages that are no reports have too."""
    document = page.document
    return {
        "title": _maybe(document, identity.title),
        "published": _maybe(document, identity.published),
        "signed": _maybe(document, identity.signed),
    }


def hints(page: Page) -> Hints:
    """What on the page tells where it comes from."""
    values = [(m.label, str(m.value)) for m in page.mentions]
    codes = tuple(m[1] for label, v in values if label == "PHONE" and (m := _AREA_CODE.match(v)))
    return Hints(
        text_names=_sure_names(find_names(page.document.shadow), codes),
        area_codes=codes,
        postcodes=tuple(v for label, v in values if label == "POSTCODE"),
        hosts=tuple(m[1] for label, v in values if label in ("URL", "EMAIL") and (m := _HOST.match(v.split("@")[-1]))),
    )


def _sure_names(names: Mapping[str, int], codes: Sequence[str]) -> dict[str, int]:
    """The place names without those of two characters (和县 in 条例和县政府) that the dialling codes speak against."""
    near = {place.code[:2] for code in codes for place in area_code_places(code)}
    return {n: k for n, k in names.items() if len(n) > 2 or not near or any(p.code[:2] in near for p in places(n))}


def _sure(confidence: float) -> float:
    return round(min(1.0, max(0.0, confidence)), 3)


def _place(document: Document, start: int | None, end: int | None) -> tuple[int | None, int | None]:
    return (None, None) if start is None or end is None else document.offsets.span(start, end)


def _maybe(document: Document, cite: Cite[Any] | None) -> dict[str, Any] | None:
    return None if cite is None else _cited(document, cite)


def _cited(document: Document, cite: Cite[Any]) -> dict[str, Any]:
    start, end = _place(document, cite.start, cite.end)
    value = list(cite.value) if isinstance(cite.value, tuple) else cite.value
    cited = {"value": value, "start": start, "end": end, "source": cite.source, "confidence": _sure(cite.confidence)}
    return cited | {"rule": cite.rule} if cite.rule else cited


def resolve(page: Page, identity: Identity) -> agencies.Identity | None:
    """Who the reporting body is: its id, level, kind and region."""
    if identity.agency is None:
        return None
    return agencies.identify(identity.agency.value, identity.year.value if identity.year else None, hints(page))


def _agency(document: Document, identity: Identity, body: agencies.Identity | None) -> dict[str, Any] | None:
    cite = identity.agency
    if cite is None or body is None:
        return None
    start, end = _place(document, cite.start, cite.end)
    region = {name: body.region.get(name) for name in _REGION}
    return {
        "value": cite.value,
        "start": start,
        "end": end,
        "source": cite.source,
        "confidence": _sure(cite.confidence),
        "id": body.id,
        "level": body.level,
        "kind": body.kind,
        "scope": "region" if body.kind == "government" else "body",
        "region": region,
        "aliases": list(identity.aliases),
    }


def _other(document: Document, other: OtherReport) -> dict[str, Any]:
    start, end = document.offsets.span(other.start, other.end)
    return {"title": other.title, "agency": None, "year": other.year, "start": start, "end": end}


def _number(document: Document, indicator: str, value: Value) -> dict[str, Any]:
    cited = _cited(document, value.cite)
    return cited | {"unit": catalogue().indicators[indicator].unit, "approx": value.approx}


def _fact(document: Document, fact: Fact) -> dict[str, Any]:
    start, end = document.offsets.span(fact.start, fact.end)
    return {
        "indicator": fact.indicator,
        "value": fact.value,
        "unit": fact.unit or catalogue().indicators[fact.indicator].unit,
        "approx": fact.approx,
        "start": start,
        "end": end,
        "scope": fact.scope,
        "year": fact.year,
        "status": fact.status,
        "cumulative": fact.cumulative,
        "used": fact.used,
        "confidence": _sure(fact.confidence),
    }


def _table(document: Document, table: Table) -> dict[str, Any]:
    start, end = document.offsets.span(table.start, table.end)
    if table.form == "unknown":
        return {"form": table.form, "start": start, "end": end, "rows": [list(r) for r in table.rows]}
    cells: dict[str, dict[str, dict[str, Any]]] = {}
    for row, columns in table.cells.items():
        cells[row] = {}
        for column, cell in columns.items():
            first, last = _place(document, cell.start, cell.end)
            cells[row][column] = {
                "value": cell.value,
                "state": cell.state.value,
                "unit": cell.unit,
                "start": first,
                "end": last,
            }
    return {"form": table.form, "start": start, "end": end, "cells": cells}


def _item(document: Document, item: ItemSpan) -> dict[str, Any]:
    start, end = document.offsets.span(item.start, item.end)
    return {"start": start, "end": end, "text": document.text[start:end], "tense": item.tense}


def _check(document: Document, check: Check) -> dict[str, Any]:
    at: list[dict[str, Any]] = []
    for place in check.at:
        if isinstance(place, CellRef):
            at.append({"form": place.form, "row": place.row, "column": place.column})
        else:
            start, end = document.offsets.span(place.start, place.end)
            at.append({"start": start, "end": end})
    return {
        "id": check.id,
        "instance": check.instance,
        "status": check.status,
        "severity": check.severity,
        "left": check.left,
        "right": check.right,
        "at": at,
        "detail": check.detail,
    }


def _conflict(document: Document, clash: Clash) -> dict[str, Any]:
    start, end = document.offsets.span(clash.start, clash.end)
    return {"indicator": clash.indicator, "kept": clash.kept, "other": clash.other, "start": start, "end": end}
