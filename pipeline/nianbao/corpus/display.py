"""A panel in a notebook: a table an indicator, a row a line, breaks drawn. Plain HTML; all that was read is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from nianbao.view.names import name_of

_ROWS = 60  # rows of one indicator; a corpus may have thousands of bodies
_STYLE = """
.nianbao-panel table{border-collapse:collapse;margin:.3em 0 1em}
.nianbao-panel caption{text-align:left;font-weight:bold;padding:.3em 0}
.nianbao-panel :is(td,th){padding:.15em .6em;text-align:right;font-variant-numeric:tabular-nums;
border-bottom:1px solid #8884;white-space:nowrap}
.nianbao-panel th:first-child{text-align:left}
.nianbao-panel td.break{border-left:3px double #b0413e}
.nianbao-panel small{color:#888;font-weight:normal}
"""


def render_panel(frame: pd.DataFrame) -> str:
    """The tables of a panel's frame; a figure that stands after a break has a double line before it."""
    shown = "".join(_table(name, part) for name, part in frame.groupby("indicator", sort=False))
    legend = "<small>‖ 之前不可直接衔接 break · A/B/C 可比性 comparability · [ ] 印出的数,未能折算 as printed</small>"
    return f'<div class="nianbao-panel"><style>{_STYLE}</style>{shown}{legend}</div>'


def _table(indicator: str, part: pd.DataFrame) -> str:
    years = range(int(part["year"].min()), int(part["year"].max()) + 1)
    lines = [group for _, group in part.groupby(["body", "line"])]
    rows = [_row(group, years) for group in lines[:_ROWS]]
    more = f"<tr><th>… {len(lines) - _ROWS}</th></tr>" if len(lines) > _ROWS else ""
    head = "".join(f"<th>{year}</th>" for year in years)
    caption = f"{name_of('indicators', indicator)} <small>{escape(indicator)} · {escape(part['unit'].iloc[0])}</small>"
    return f"<table><caption>{caption}</caption><tr><th></th>{head}</tr>{''.join(rows)}{more}</table>"


def _row(group: pd.DataFrame, years: range) -> str:
    found = {row["year"]: row for row in group.to_dict("records")}
    latest, spellings = group["body"].iloc[0], "、".join(dict.fromkeys(group["agency"]))
    former = "、".join(name.partition(":")[2] for name in dict.fromkeys(group["agency_id"]) if name != latest)
    name = escape(group["name"].iloc[0]) + (f"<br><small>{escape(former)}</small>" if former else "")
    cells = "".join(_cell(found.get(year)) for year in years)
    return f'<tr><th title="{escape(spellings)}">{name}</th>{cells}</tr>'


def _cell(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return "<td></td>"
    printed = f"[{row['value']:,g}]" if pd.notna(row["value"]) else ""
    value = f"{row['comparable']:,g}" if pd.notna(row["comparable"]) else printed
    grade = f" <small>{row['grade']}</small>" if pd.notna(row["grade"]) else ""
    if not row["breaks"]:
        return f"<td>{value}{grade}</td>"
    return f'<td class="break" title="{escape(row["breaks"])}">‖ {value}{grade}</td>'
