"""A record in a notebook: what it is, what was read and from where, what does not add up, the text with its evidence.

Plain HTML with a style of its own and no script: it shows in every notebook, trusted or not, and in its exports.
Everything of an input is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby

from nianbao.catalogue import catalogue
from nianbao.check import describe
from nianbao.record import Check, Cited, CitedNumber, Report
from nianbao.view.names import name_of

_AROUND = 10  # characters of context on either side of an evidence
_LONGEST = 40  # an evidence longer than this is cut
_ROWS = 120  # rows of one list; a table of an odd page may have thousands
_TEXT = 20_000  # characters of text that are shown
_FIELDS = ("title", "agency", "year", "period", "published", "signed")
_LIGHT = "--i:#1f2328;--s:#5e6670;--l:#e0dcd4;--b:#ad2b24;--m:#dfeede"
_DARK = "--i:#e4e2dd;--s:#a2a8b0;--l:#3f454d;--b:#ff8d84;--m:#24452f"
# the notebook's own theme before the system's, where it tells which it is
_STYLE = f"""
.nianbao{{{_LIGHT};color:var(--i);max-width:60rem;
font:13px/1.5 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}}
@media(prefers-color-scheme:dark){{.nianbao{{{_DARK}}}}}
[data-jp-theme-light="true"] .nianbao,.vscode-light .nianbao{{{_LIGHT}}}
[data-jp-theme-light="false"] .nianbao,.vscode-dark .nianbao{{{_DARK}}}
.nianbao h4{{margin:0 0 .2em;font-size:15px}}
.nianbao summary{{cursor:pointer;padding:.2em 0}}
.nianbao table{{border-collapse:collapse;margin:.2em 0 .6em;font:inherit;color:inherit}}
.nianbao tr{{background:none!important}}
.nianbao table :is(td,th){{padding:.12em .7em .12em 0;border:0;border-bottom:1px solid var(--l);text-align:left;
vertical-align:top}}
.nianbao table td.n{{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}}
.nianbao td:nth-child(odd):not(:last-child){{white-space:nowrap}}
.nianbao .s{{color:var(--s)}}
.nianbao .b{{color:var(--b)}}
.nianbao mark{{background:var(--m);color:inherit}}
.nianbao pre{{max-height:32em;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;line-height:1.9;
background:none;color:inherit}}
"""


def render_record(report: Report) -> str:
    """The record as a fragment of HTML; without its text, values stand without their words."""
    text = report.text or ""
    failed = [check for check in report.checks if check.status == "fail"]
    parts = [
        _folded(f"指标 Indicators · {len(report.indicators)}", _indicators(report, text), opened=True),
        _folded(f"未通过的核查 Failed checks · {len(failed)}", _failures(failed), opened=True),
        _folded("章节 Sections", _sections(report, text)),
        _folded("原文 Text", _text(report, text)),
    ]
    return f'<div class="nianbao"><style>{_STYLE}</style>{_head(report)}{_identity(report, text)}{"".join(parts)}</div>'


def _head(report: Report) -> str:
    name = report.title or report.agency
    said = [name_of("statuses", report.status), name_of("kinds", report.kind)]
    said += [name_of("eras", report.era)] if report.era else []
    said += [f"{name_of('warnings', warning.code)} {warning.detail}" for warning in report.warnings[:5]]
    title = _words(str(name.value) if name else report.source.uri or "—")
    return f'<h4>{title}</h4><div class="s">{_words(" · ".join(said))}</div>'


def _identity(report: Report, text: str) -> str:
    values: list[tuple[str, Cited | None]] = [(name, getattr(report, name)) for name in _FIELDS]
    values += [(f"contact.{name}", value) for name, many in report.contact for value in many]
    rows = [_row(name_of("fields", name), _value(value), value, text) for name, value in values if value is not None]
    return f"<table>{_limited(rows)}</table>" if rows else ""


def _indicators(report: Report, text: str) -> str:
    groups = catalogue().indicators
    order = {name: place for place, name in enumerate(groups)}
    shown = sorted(report.indicators.items(), key=lambda item: order.get(item[0], len(order)))
    rows: list[str] = []
    # an indicator that another version of the catalogue has is shown as well
    for group, members in groupby(shown, key=lambda item: groups[item[0]].group if item[0] in groups else "—"):
        rows.append(f'<tr><th colspan="4" class="s">{_words(name_of("groups", group))}</th></tr>')
        rows += [_row(name_of("indicators", name), _value(value), value, text, number=True) for name, value in members]
    return f"<table>{''.join(rows)}</table>" if rows else ""


def _row(name: str, value: str, cited: Cited, text: str, *, number: bool = False) -> str:
    """One value: its name, the value, how surely it was read and from what, and the words that say so."""
    how = f"{cited.rule or name_of('sources', cited.source)} {cited.confidence:.0%}"
    kind = ' class="n"' if number else ""
    return (
        f"<tr><td>{_words(name)}</td><td{kind}><b>{_words(value)}</b></td>"
        f'<td class="s">{_words(how)}</td><td class="s">{_quote(text, cited.start, cited.end)}</td></tr>'
    )


def _value(cited: Cited) -> str:
    if isinstance(cited, CitedNumber):
        return f"{'约' if cited.approx else ''}{cited.value:,} {cited.unit}"
    return " – ".join(map(str, cited.value)) if isinstance(cited.value, list) else str(cited.value)


def _quote(text: str, start: int | None, end: int | None) -> str:
    """The evidence, marked, with the words around it; empty where there is none."""
    if start is None or end is None or not text:
        return ""
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    words = text[start:end] if end - start <= _LONGEST else f"{text[start : start + _LONGEST]}…"
    return f"{_flat(before)}<mark>{_flat(words)}</mark>{_flat(after)}"


def _failures(failed: Iterable[Check]) -> str:
    rows = [
        f'<tr><td class="b">{_words(check.id)}</td><td>{_words(_demand(check.id))}</td>'
        f'<td class="s">{_words(check.instance)}</td><td class="b">{_words(check.detail)}</td></tr>'
        for check in failed
    ]
    return f"<table>{_limited(rows)}</table>" if rows else ""


def _demand(check: str) -> str:
    try:
        return describe(check)[0]
    except KeyError:  # a relation of another version's catalogue
        return ""


def _sections(report: Report, text: str) -> str:
    headings = [part for part in report.paragraphs if part.heading_level is not None] if text else []
    rows = [
        f"<tr><td>{'　' * ((part.heading_level or 1) - 1)}{_flat(text[part.start : part.end].strip()[:60])}</td>"
        f'<td class="s">{_words(name_of("sections", part.label))}</td></tr>'
        for part in headings
    ]
    return f"<table>{_limited(rows)}</table>" if rows else ""


def _text(report: Report, text: str) -> str:
    if not text:
        return ""
    spans = [(v.start, v.end) for v in report.indicators.values() if v.start is not None and v.end is not None]
    shown = "".join(_marked(text[:_TEXT], sorted(set(spans))))
    left = f'<p class="s">… {len(text) - _TEXT:,} 字 characters</p>' if len(text) > _TEXT else ""
    return f"<pre>{shown}</pre>{left}"


def _marked(text: str, spans: list[tuple[int, int]]) -> Iterator[str]:
    done = 0
    for start, end in spans:
        if start >= done and end <= len(text):
            yield from (_words(text[done:start]), "<mark>", _words(text[start:end]), "</mark>")
            done = end
    yield _words(text[done:])


def _folded(title: str, content: str, *, opened: bool = False) -> str:
    if not content:
        return ""
    return f"<details{' open' if opened else ''}><summary>{_words(title)}</summary>{content}</details>"


def _limited(rows: list[str]) -> str:
    more = f'<tr><td class="s">… {len(rows) - _ROWS}</td></tr>' if len(rows) > _ROWS else ""
    return "".join(rows[:_ROWS]) + more


def _words(text: str) -> str:
    """Escaped, and marks that turn the direction of writing made harmless."""
    return escape(text.translate(_UNSEEN))


def _flat(text: str) -> str:
    return _words(" ".join(text.split()))


_UNSEEN = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)], 0xFFFD)
