"""The page for the browser: one file with style, script and records in it, that asks nobody for anything.

One report opens at once, several open on an index. Each record is deflated and written as base64, and the page inflates
it when it is looked at: two hundred reports weigh less than 3 MB, travel as one file, and open from a disk, where a
page may not fetch its neighbours. Nothing of an input stands in the markup: the shared data are JSON with `<`, `>` and
`&` escaped, the records are base64, and the script writes both by `textContent` alone. The content security policy
names the hashes of the one script and the one style, so that nothing else could run.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from nianbao.catalogue import Form, catalogue
from nianbao.check.relations import describe, ranks
from nianbao.record import Report
from nianbao.view.names import names

# in the order in which they build on each other; they share one script
SCRIPTS = (
    "words.js", "offsets.js", "marks.js", "text.js", "forms.js", "checks.js", "record.js", "corrections.js",
    "inspector.js", "editing.js", "keys.js", "index.js", "viewer.js",
)  # fmt: skip
_SLOT = re.compile(r"<!--(\w+)-->")
# what would end the script element, begin a comment in it or, in older engines, end a line of it
_ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def render_page(reports: Iterable[Report]) -> str:
    """The page of one report, or of several with an index.

    Args:
      reports: records with their texts; one without is shown with its values alone.

    Returns:
      A whole HTML document, the same for the same records.
    """
    rows, packed = [], []
    for report in reports:
        rows.append(_row(report))
        packed.append(f'<script type="text/plain" class="packed">{_pack(report)}</script>')
    style, script = _asset("viewer.css"), "'use strict';\n" + "".join(map(_asset, SCRIPTS))
    parts = {
        "policy": _policy(style, script),
        "style": f"<style>{style}</style>",
        "script": f"<script>{script}</script>",
        "shared": f'<script type="application/json" id="shared">{_json({**_shared(), "rows": rows})}</script>',
        "packed": "\n".join(packed),
    }
    return _SLOT.sub(lambda slot: parts[slot[1]], _asset("viewer.html"))


def _asset(name: str) -> str:
    return (files("nianbao.view") / "assets" / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    def source(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    sources = f"script-src {source(script)}; style-src {source(style)}"
    rules = f"default-src 'none'; {sources}; base-uri 'none'; form-action 'none'"
    return f'<meta http-equiv="Content-Security-Policy" content="{rules}">'


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)


def _pack(report: Report) -> str:
    # the words of a mention are those of the text
    left_out = {"entities": {"__all__": {"text"}}} if report.text is not None else {}
    data = report.model_dump_json(exclude=left_out).encode("utf-8", "surrogatepass")
    return base64.b64encode(zlib.compress(data, 9)).decode()


def _row(report: Report) -> dict[str, Any]:
    """What the index tells of a report."""
    failed = [check.severity for check in report.checks if check.status == "fail"]
    region = report.agency.region if report.agency else None
    sure = [value.confidence for value in report.indicators.values()]
    return {
        "title": report.title.value if report.title else None,
        "agency": report.agency.value if report.agency else None,
        "place": [part for part in (region.province, region.city, region.county) if part] if region else [],
        "level": report.agency.level if report.agency else None,
        "year": report.year.value if report.year else None,
        "era": report.era, "kind": report.kind, "status": report.status, "uri": report.source.uri,
        "indicators": len(report.indicators), "hard": failed.count("hard"), "soft": failed.count("soft"),
        "doubt": round(1 - min(sure), 3) if sure else None,
    }  # fmt: skip


def _shared() -> dict[str, Any]:
    """What the page has to know besides the records: names, forms, relations."""
    known = catalogue()
    return {
        "names": names(),
        "indicators": [[i.id, i.group, i.unit] for i in known.indicators.values()],
        "labels": {group: known.labels[group] for group in ("paragraph", "entity")},
        "forms": {form.id: _form(form) for form in known.forms.values()},
        "relations": {check: describe(check) for check in ranks()},
    }


def _form(form: Form) -> dict[str, Any]:
    return {
        "title": form.title,
        "columns": [[column.id, column.label] for column in form.headers],
        "rows": [
            {"id": r.id, "label": r.label, "unit": r.unit, "columns": form.columns_of(r.id or "")} for r in form.rows
        ],
    }
