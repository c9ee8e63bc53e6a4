"""Renders a filled form in the shapes that web pages leave of a table: the same numbers, another look.

A form is laid out once as printed rows of cells with spans, as the official template has it. Every shape is a way to
write such rows down; `SHAPES` holds those that keep blank cells apart and `LOOSE` those that lose them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from nianbao.catalogue import Form, catalogue

Numbers = Mapping[str, Sequence[str]]  # printed cells by row id, in column order; "" for a blank one


@dataclass(frozen=True)
class Box:
    """A printed cell; its spans are those of the template."""

    text: str
    colspan: int = 1
    rowspan: int = 1


Printed = list[list[Box]]


def layout(name: str, numbers: Numbers) -> Printed:
    """The printed rows of a form."""
    form = catalogue().forms[name]
    if name == "statistics_2014":
        return _statistics(form, numbers)
    if name == "review_litigation":
        return _review(form, numbers)
    return _requests(form, numbers) if name.startswith("requests") else _disclosure(form, numbers)


def _statistics(form: Form, numbers: Numbers) -> Printed:
    head = [Box("统计指标"), Box("单位"), Box("统计数")]
    return [head, *([Box(r.label), Box(r.unit), Box(numbers[r.id][0] if r.id else "")] for r in form.rows)]


def _disclosure(form: Form, numbers: Numbers) -> Printed:
    titles = {column.id: column.label for column in form.headers}
    printed: Printed = []
    group = ""
    for row in form.rows:
        if row.group != group:
            group = row.group
            printed.append([Box(group, 4)])
            printed.append(_wide("信息内容", [titles[column] for column in row.columns]))
        printed.append(_wide(row.label, numbers[row.id or ""]))
    return printed


def _wide(label: str, cells: Sequence[str]) -> list[Box]:
    """A row of four columns, the last cell wide enough to fill it."""
    return [Box(label), *map(Box, cells[:-1]), Box(cells[-1], 4 - len(cells))]


def _requests(form: Form, numbers: Numbers) -> Printed:
    titles = [column.label for column in form.headers]
    printed = [
        [Box("(本列数据的勾稽关系为:第一项加第二项之和,等于第三项加第四项之和)", 3, 3), Box("申请人情况", 7)],
        [Box(titles[0], 1, 2), Box("法人或其他组织", 5), Box(titles[6], 1, 2)],
        [Box(title) for title in titles[1:6]],
    ]
    waiting: list[Box] = []
    depth = 0
    for row in form.rows:
        if row.id is None:
            depth = 1 if row.group == "results" else 2
            waiting.append(Box(row.label, 1, _height(form, row.group)))
            continue
        if row.label.startswith("("):
            depth = 1
        if row.id in ("requests_received", "requests_carried_in", "requests_carried_out"):
            depth = 0
        printed.append([*waiting, Box(row.label, 3 - depth), *map(Box, numbers[row.id])])
        waiting = []
    return printed


def _height(form: Form, group: str) -> int:
    """How many rows a group label spans: up to the next label of its depth."""
    labels = [(row.label, row.id) for row in form.rows]
    start = next(i for i, row in enumerate(form.rows) if row.group == group and row.id is None)
    stops = "四" if group == "results" else "四(三"
    end = next(i for i in range(start + 1, len(labels)) if labels[i][0][0] in stops)
    return sum(1 for _, name in labels[start:end] if name)


def _review(form: Form, numbers: Numbers) -> Printed:
    titles = [column.label for column in form.headers]
    return [
        [Box("行政复议", 5), Box("行政诉讼", 10)],
        [*(Box(t, 1, 2) for t in titles), Box("未经复议直接起诉", 5), Box("复议后起诉", 5)],
        [Box(t) for t in titles * 2],
        [Box(cell) for row in form.rows if row.id for cell in numbers[row.id]],
    ]


def placed(printed: Printed) -> Iterator[tuple[int, int, Box]]:
    """Yields `(row, column, box)` with the columns of the full grid."""
    taken: set[tuple[int, int]] = set()
    for row, boxes in enumerate(printed):
        column = 0
        for box in boxes:
            while (row, column) in taken:
                column += 1
            taken |= {(row + r, column + c) for r in range(box.rowspan) for c in range(box.colspan)}
            yield row, column, box
            column += box.colspan


def _expanded(printed: Printed) -> list[list[str]]:
    """The full grid, blank where a span covers it."""
    cells = {(row, column): box for row, column, box in placed(printed)}
    width = max(column + box.colspan for (_, column), box in cells.items())
    return [[cells[row, c].text if (row, c) in cells else "" for c in range(width)] for row in range(len(printed))]


def lines(printed: Printed) -> str:
    """One filled cell a line."""
    return "\n".join(box.text for row in printed for box in row if box.text)


def spaced_lines(printed: Printed) -> str:
    """One filled cell a line, blank lines between."""
    return "\n\n".join(box.text for row in printed for box in row if box.text)


def lone_pipes(printed: Printed) -> str:
    """Every cell and every pipe on a line of its own."""
    return "\n".join("\n".join(f"{box.text}\n|" if box.text else "|" for box in row) for row in printed)


def line_pipes(printed: Printed) -> str:
    """One cell a line, each with its pipe; runs of pipes for spans."""
    return "\n".join("\n".join(f"{box.text} |" for box in row) + "|" * (row[-1].colspan - 1) for row in printed)


def pipes(printed: Printed) -> str:
    """A row a line, cells closed by pipes, a run of pipes where spans fill the row up."""
    return "\n".join(" | ".join(box.text for box in row) + " | " + "|" * (row[-1].colspan - 1) for row in printed)


def markdown(printed: Printed) -> str:
    """A row a line between pipes, the full grid, a ruled line under the first row."""
    rows = [f"| {' | '.join(row)} |" for row in _expanded(printed)]
    rule = "|" + "---|" * len(_expanded(printed)[0])
    return "\n".join([rows[0], rule, *rows[1:]])


def tabs(printed: Printed) -> str:
    """A row a line, the full grid between tabs."""
    return "\n".join("\t".join(row) for row in _expanded(printed))


def compact_tabs(printed: Printed) -> str:
    """A row a line, the cells of the row between tabs."""
    return "\n".join("\t".join(box.text for box in row) for row in printed)


def columns(printed: Printed) -> str:
    """A row a line, filled cells between runs of spaces, indented."""
    return "\n".join("  " + "    ".join(box.text for box in row if box.text) for row in printed)


def words(printed: Printed) -> str:
    """A row a line, filled cells between single spaces."""
    return "\n".join(" ".join(box.text for box in row if box.text) for row in printed)


def one_line(printed: Printed) -> str:
    """The whole table in one line."""
    return " ".join(box.text for row in printed for box in row if box.text)


def one_line_pipes(printed: Printed) -> str:
    """The whole table in one line of pipes."""
    return " | ".join(box.text for row in printed for box in row) + " |"


SHAPES: dict[str, Callable[[Printed], str]] = {
    shape.__name__: shape for shape in (lone_pipes, line_pipes, pipes, markdown, tabs, compact_tabs, one_line_pipes)
}
LOOSE: dict[str, Callable[[Printed], str]] = {
    shape.__name__: shape for shape in (lines, spaced_lines, columns, words, one_line)
}


def halves(printed: Printed) -> Printed:
    """The lower half beside the upper one, both under the header: a form of one value a row, printed on one page."""
    head, rows = printed[0], printed[1:]
    middle = (len(rows) + 1) // 2
    right = [*rows[middle:], *([[Box("")] * len(head)] * (2 * middle - len(rows)))]
    return [head + head, *(a + b for a, b in zip(rows[:middle], right, strict=True))]


def repeated(printed: Printed) -> Printed:
    """Every label in each of the rows and columns that it spans, as spreadsheets save merged cells."""
    rows: list[dict[int, Box]] = [{} for _ in printed]
    for row, column, box in placed(printed):
        for r in range(box.rowspan):
            for c in range(box.colspan):
                rows[row + r][column + c] = Box(box.text)
    return [[row[c] for c in sorted(row)] for row in rows]


def grid(printed: Printed) -> str:
    """An HTML table with the spans of the template."""

    def cell(box: Box) -> str:
        spans = "".join(
            f' {name}="{count}"' for name, count in (("rowspan", box.rowspan), ("colspan", box.colspan)) if count > 1
        )
        return f"<td{spans}>{escape(box.text)}</td>"

    rows = "".join(f"<tr>{''.join(map(cell, row))}</tr>\n" for row in printed)
    return f'<table border="1"><tbody>\n{rows}</tbody></table>'
