"""Records for a reader at a terminal: what was found, and the words of the report that say so.

Everything that comes from an input goes through `printable` into a `rich.text.Text`: neither control characters nor
the markup of rich can reach the terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from nianbao.catalogue import Form, catalogue
from nianbao.check import describe
from nianbao.record import Agency, Cell, Check, Cited, CitedNumber, Item, Paragraph, Place, Report
from nianbao.record import Table as RecordTable

_AROUND = 16  # characters of context on either side of an evidence
_LONGEST = 60  # an evidence longer than this is shown with its middle left out
_MARK = "bold reverse"
_INDICATOR = "INDICATOR"
_STYLES = {
    "AGENCY": "magenta", "PERSON": "magenta", "DATE": "cyan", "DURATION": "cyan", "COUNT": "green", "MONEY": "green",
    "PHONE": "yellow", "EMAIL": "yellow", "URL": "yellow", "ADDRESS": "yellow", "POSTCODE": "yellow", "LAW": "blue",
    "DOC_NO": "blue", "INDEX_NO": "blue", "CHANNEL": "blue", _INDICATOR: "bold reverse green",
}  # fmt: skip
_STATES = {"blank": "", "dash": "—", "text": "…", "unreadable": "?", "missing": "×"}
_SEVERITIES = {"hard": ("bold red", "错误 error"), "soft": ("yellow", "存疑 doubt")}
_STATUSES = {"ok": "green", "partial": "yellow", "not_a_report": "blue", "failed": "bold red"}
# one character for one, so that offsets stay: controls by their pictures; C1, lone surrogates and what turns the
# direction of writing by the mark of an unknown character
_UNPRINTABLE = (
    {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\n\t"}
    | dict.fromkeys([*range(0x80, 0xA0), *range(0xD800, 0xE000), 0x2028, 0x2029], 0xFFFD)
    | dict.fromkeys([0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)], 0xFFFD)
    | {0x7F: 0x2421}
)
_ONE_LINE = _UNPRINTABLE | {ord("\n"): " ", ord("\t"): " "}


def printable(text: str) -> str:
    r"""The text with everything that steers a terminal made visible, \n and \t excepted; as long as before."""
    return text.translate(_UNPRINTABLE)


def terminal() -> Console:
    """A console on standard output that takes no text for markup."""
    return Console(markup=False, highlight=False, emoji=False)


def show_record(report: Report, console: Console) -> None:
    """Prints a record: identity, contact, sections, indicators, tables, failed checks, problems, measures, warnings.

    Args:
      report: a record with its text.
      console: where to.
    """
    text = report.text or ""
    console.print(_summary_line(report), soft_wrap=True)
    console.print(_identity(report, text))
    parts: list[tuple[str, Iterable[RenderableType]]] = [
        ("章节 Sections", _sections(report.paragraphs, text)),
        ("指标 Indicators", _indicators(report, text)),
        ("表格 Tables", (_table(table) for table in report.tables)),
        ("未通过的核查 Failed checks", _failures(report.checks, text)),
        ("问题 Problems", _items(report.problems)),
        ("措施 Measures", _items(report.measures)),
    ]
    for title, rows in parts:
        shown = list(rows)
        if shown:
            console.print(Rule(Text(title), align="left", style="dim"), *shown, sep="\n")


def show_text(report: Report, console: Console) -> None:
    """Prints the text with its entities and the evidence of its indicators marked, each named behind its mark."""
    source = report.text or ""
    text = Text(printable(source))
    spans = {(e.start, e.end): e.label for e in report.entities}
    # the evidence of an indicator says more than that it is a number
    spans |= {
        (v.start, v.end): name for name, v in report.indicators.items() if v.start is not None and v.end is not None
    }
    for (start, end), label in spans.items():
        text.stylize(_STYLES.get(label, _STYLES[_INDICATOR]), start, end)
    ends = sorted(spans, key=lambda span: (span[1], -span[0]))
    pieces = text.divide([end for _, end in ends])
    out = Text()
    for piece, span in zip(pieces, [*ends, None], strict=True):
        out.append_text(piece)
        if span:
            out.append(f"‹{spans[span]}›", "dim")
    console.print(out, soft_wrap=True)


def show_failures(report: Report, console: Console) -> None:
    """Prints the relations that fail, each in Chinese and in English, with what the report prints."""
    console.print(_summary_line(report), soft_wrap=True)
    for row in _failures(report.checks, report.text or ""):
        console.print(row)


def show_summary(report: Report, console: Console) -> None:
    """Prints a record in two lines: what it is, and what was found in it."""
    failed = [f"{c.id} {c.severity}" for c in report.checks if c.status == "fail"]
    found = [
        report.agency.value if report.agency else "—", f"{len(report.indicators)} 项指标 indicators",
        f"{len(report.tables)} 张表格 tables", f"{len(failed)} 项核查未通过 failed checks",
    ]  # fmt: skip
    detail = " · ".join(found) + (f" ({', '.join(failed)})" if failed else "")
    console.print(_summary_line(report), Text(f"  {_flat(detail)}", "dim"), sep="\n", soft_wrap=True)


def _flat(text: str) -> str:
    return text.translate(_ONE_LINE)


def _summary_line(report: Report) -> Text:
    """Title or path, status, kind, year and era; for what is no good record, why."""
    name = report.title.value if report.title else report.source.uri or "—"
    line = Text.assemble((_flat(name), "bold"), "  ", (report.status, _STATUSES[report.status]))
    known = [report.kind, str(report.year.value) if report.year else None, report.era]
    line.append("".join(f" · {part}" for part in known if part))
    if report.status in ("failed", "partial"):
        for warning in report.warnings:
            line.append(f" · {warning.code}: {_flat(warning.detail)}", "red")
    return line


def _identity(report: Report, text: str) -> RenderableType:
    grid = _grid("left")
    named = [
        ("标题 Title", report.title), ("机构 Agency", report.agency), ("年度 Year", report.year),
        ("统计期 Period", report.period), ("发布 Published", report.published), ("落款 Signed", report.signed),
        *((f"  {name}", value) for name, values in report.contact for value in values),
    ]  # fmt: skip
    for name, cited in named:
        if cited is not None:
            grid.add_row(name, Text(_flat(_value(cited))), _how(cited), _around(text, cited.start, cited.end))
    for warning in report.warnings:
        words = _around(text, warning.start, warning.end)
        grid.add_row("提示 Warning", Text(_flat(f"{warning.code} {warning.detail}"), "yellow"), "", words)
    return grid


def _grid(justify: Literal["left", "right"]) -> Table:
    """An empty grid for name, value, where it is from, and the words around it."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(justify=justify, overflow="fold")
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    return grid


def _value(cited: Cited) -> str:
    """A cited value as words; an agency with its place and level."""
    if isinstance(cited, Agency):
        region = cited.region
        place = "".join(part for part in (region.province, region.city, region.county, region.township) if part)
        facts = " · ".join(part for part in (place, region.code, cited.level, cited.kind) if part)
        return f"{cited.value} ({facts})"
    if isinstance(cited, CitedNumber):
        return f"{'约' if cited.approx else ''}{_number(cited.value)} {cited.unit}"
    return " / ".join(cited.value) if isinstance(cited.value, list) else str(cited.value)


def _number(value: float) -> str:
    return f"{value:,.10g}" if isinstance(value, float) else f"{value:,}"


def _how(cited: Cited) -> str:
    return f"{cited.rule or cited.source} {cited.confidence:.2f}"


def _around(text: str, start: int | None, end: int | None) -> Text:
    """The evidence between « and » with the words around it, on one line; empty where there is none."""
    if start is None or end is None:
        return Text("—", "dim")
    before, after = _flat(text[max(0, start - _AROUND) : start]).lstrip(), _flat(text[end : end + _AROUND]).rstrip()
    quote = _flat(
        text[start:end] if end - start <= _LONGEST else f"{text[start : start + 40]} … {text[end - 15 : end]}"
    )
    return Text.assemble((before, "dim"), "«", (quote, _MARK), "»", (after, "dim"))


def _sections(paragraphs: Sequence[Paragraph], text: str) -> Iterator[RenderableType]:
    for part in paragraphs:
        if part.heading_level is not None:
            indent = "  " * part.heading_level
            label = "+".join([part.label, *part.secondary])
            yield Text.assemble(indent, _flat(text[part.start : part.end].strip())[:_LONGEST], (f"  {label}", "dim"))


def _indicators(report: Report, text: str) -> Iterator[RenderableType]:
    if not report.indicators:
        return
    grid = _grid("right")
    for name, cited in report.indicators.items():
        grid.add_row(name, _value(cited), _how(cited), _around(text, cited.start, cited.end))
    for clash in report.conflicts:
        other = Text(f"{clash.indicator} {_number(clash.kept)} ≠ {_number(clash.other)}", "yellow")
        grid.add_row(other, "", "conflict", _around(text, clash.start, clash.end))
    yield grid


def _table(table: RecordTable) -> RenderableType:
    form = catalogue().forms.get(table.form)
    if form is None:
        out = Table(title=table.form, title_justify="left", show_header=False, show_lines=True)
        for row in table.rows or []:
            out.add_row(*(Text(_flat(cell)) for cell in row))
        return out
    out = Table(title=f"{form.title} {form.id}", title_justify="left")
    out.add_column("", overflow="fold")
    for column in form.headers:
        out.add_column(column.label, justify="right", overflow="fold")
    for label, cells in _rows(form, table):
        out.add_row(label, *cells)
    return out


def _rows(form: Form, table: RecordTable) -> Iterator[tuple[str, list[str]]]:
    for row in form.rows:
        printed = (table.cells or {}).get(row.id or "", {})
        yield row.label, [_cell(printed.get(column)) for column in form.columns]


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return ""
    return _STATES.get(cell.state, cell.state) if cell.value is None else _number(cell.value)


def _failures(checks: Sequence[Check], text: str) -> Iterator[RenderableType]:
    for check in checks:
        if check.status != "fail":
            continue
        zh, en = describe(check.id)
        style, word = _SEVERITIES[check.severity]
        head = Text.assemble((f"{check.id} {word}", style), f"  {_flat(check.instance)}")
        if check.left is not None and check.right is not None:
            head.append(f"  {_number(check.left)} ≠ {_number(check.right)}", "bold")
        lines = [Text(zh), Text(en, "dim"), Text(_flat(check.detail), style)]
        places = [_place(place, text) for place in check.at]
        yield Group(head, *(Padding(line, (0, 0, 0, 2)) for line in [*lines, *places] if line.plain))


def _place(place: Place, text: str) -> Text:
    if place.form is not None:
        return Text(f"{place.form} {place.row} {place.column or ''}", "dim")
    return _around(text, place.start, place.end)


def _items(items: Sequence[Item]) -> Iterator[RenderableType]:
    for item in items:
        tense = f" ‹{item.tense}›" if item.tense else ""
        yield Text.assemble("  • ", _flat(item.text), (tense, "dim"))
