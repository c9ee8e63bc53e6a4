"""What many records have to say, drawn. Each function takes plain data and returns a figure.

    >>> frame = indicator_frame(records)
    >>> requests_over_years(frame).savefig("requests.svg")

A figure that no report gives is a gap in a line, never a zero; where the form changed what a category means, a break is
drawn. Needs the extra `charts` (matplotlib, pandas).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec

from nianbao.catalogue import catalogue
from nianbao.view.fonts import chinese_font
from nianbao.view.names import name_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from pandas import DataFrame

    from nianbao.record import Report

# report years from which on another form is in use
BREAKS = {2014: "统计表", 2019: "2019 格式", 2021: "2021 格式"}
OUTCOMES = ("requests_granted", "requests_partial", "requests_denied", "requests_not_exist", "unable_not_held")
# the grounds that each form knows; a later one splits what an earlier one counts together
GROUNDS = {
    "regulation_2008": ("denied_state_secret", "denied_trade_secret", "denied_privacy"),
    "statistics_2014": (
        "denied_state_secret", "denied_trade_secret", "denied_privacy", "denied_security",
        "denied_not_government_information", "denied_other_law",
    ),
    "format_2019": (
        "denied_state_secret", "denied_other_law", "denied_security", "denied_third_party", "denied_internal",
        "denied_process", "denied_case_file", "denied_query",
    ),
}  # fmt: skip
GROUNDS["format_2021"] = GROUNDS["format_2019"]
CHANNELS = ("requests_in_person", "requests_fax", "requests_email", "requests_online", "requests_letter")
P = ParamSpec("P")
_INK, _SOFT, _GRID = "#1f2328", "#5e6670", "#e0dcd4"
_HUES = (
    "#0b6169", "#c2703d", "#7a5c9e", "#4f8a4c", "#b0413e", "#3f6fa8", "#a58a2c", "#8a8f96", "#8c4a6b", "#2f8f83",
    "#5d5348",
)  # fmt: skip
_BAD, _DOUBT, _VOID = "#b0413e", "#d9a441", "#f4f2ee"


def _styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Draws in the style of all charts; what a caller has set for his own stays as it is."""

    @wraps(draw)
    def styled(*args: P.args, **kwargs: P.kwargs) -> Figure:
        import matplotlib as mpl

        style: dict[Any, Any] = {
            "font.family": [chinese_font()], "font.size": 9, "axes.edgecolor": _GRID, "axes.labelcolor": _SOFT,
            "text.color": _INK, "xtick.color": _SOFT, "ytick.color": _SOFT, "axes.grid": True, "grid.color": _GRID,
            "grid.linewidth": 0.6, "axes.axisbelow": True, "axes.spines.top": False, "axes.spines.right": False,
        }  # fmt: skip
        with mpl.rc_context(style):
            return draw(*args, **kwargs)

    return styled


def indicator_frame(records: Iterable[Report]) -> DataFrame:
    """The indicators of records as a long table.

    Returns:
      A row for each value: `agency` (its id), `name`, `level`, `scope`, `year`, `era`, `indicator`, `value`, `unit`,
      `source`, `confidence`. Reports without agency or year have no rows: they belong to no series. Before sums are
      drawn, choose one `scope`: what a region's report sums up is counted again in those of its bodies.
    """
    import pandas as pd

    rows = [
        {
            "agency": report.agency.id, "name": report.agency.value, "level": report.agency.level,
            "scope": report.agency.scope, "year": report.year.value, "era": report.era, "indicator": name,
            "value": value.value, "unit": value.unit, "source": value.source, "confidence": value.confidence,
        }
        for report in records if report.agency and report.year for name, value in report.indicators.items()
    ]  # fmt: skip
    columns = ["agency", "name", "level", "scope", "year", "era", "indicator", "value", "unit", "source", "confidence"]
    return pd.DataFrame(rows, columns=columns)


@_styled
def requests_over_years(frame: DataFrame) -> Figure:
    """Requests received and what became of them, summed over the agencies of each year; n is their number.

    Args:
      frame: a table as of `indicator_frame`.
    """
    figure, axes = _figure("收到的申请与处理结果")
    sums = _by_year(frame, ["requests_received", *OUTCOMES])
    for hue, name in zip(_HUES, sums.columns, strict=False):
        wide = 2.4 if name == "requests_received" else 1.4
        axes.plot(sums.index, sums[name], marker="o", markersize=3, color=hue, linewidth=wide, label=_name(name))
    _years(axes, frame, sums.index)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("件")
    _legend(axes)
    return figure


@_styled
def refusal_grounds(frame: DataFrame) -> Figure:
    """The grounds of refusal as shares of all refusals with a ground, form by form.

    The eras stand apart: the forms divide the grounds differently, and a bar of one is no continuation of another's.
    """
    eras = [era for era in GROUNDS if (frame["era"] == era).any()]
    figure, axes = _figure("不予公开的理由(各时期口径不同)")
    names = list(dict.fromkeys(name for era in eras for name in GROUNDS[era]))
    for place, era in enumerate(eras):
        sums = frame[(frame["era"] == era) & frame["indicator"].isin(GROUNDS[era])].groupby("indicator")["value"].sum()
        total, left = float(sums.sum()), 0.0
        for name in (name for name in GROUNDS[era] if total and sums.get(name, 0)):
            share, hue = float(sums[name]) / total, _HUES[names.index(name)]
            axes.barh(place, share, left=left, color=hue, edgecolor="white")
            if share > 0.09:
                axes.text(left + share / 2, place, _name(name), ha="center", va="center", color="white", fontsize=8)
            left += share
        if place:
            axes.axhline(place - 0.5, color=_SOFT, linewidth=1, linestyle=(0, (4, 3)))
    axes.set_yticks(range(len(eras)), [name_of("eras", era) for era in eras])
    axes.xaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    axes.set_xlim(0, 1)
    axes.invert_yaxis()
    axes.grid(visible=False)
    return figure


@_styled
def channels(frame: DataFrame) -> Figure:
    """How requests came in, year by year; the forms since 2019 no longer ask."""
    import numpy as np

    figure, axes = _figure("申请渠道")
    sums = _by_year(frame, CHANNELS)
    bottom = np.zeros(len(sums))
    for hue, name in zip(_HUES, sums.columns, strict=False):
        heights = sums[name].fillna(0).to_numpy(dtype=float)
        axes.bar(sums.index, heights, bottom=bottom, color=hue, width=0.7, label=_name(name))
        bottom = bottom + heights
    _years(axes, frame, sums.index)
    axes.set_ylabel("件")
    _legend(axes)
    return figure


@_styled
def failed_checks(records: Iterable[Report], most: int = 20) -> Figure:
    """The relations that fail in most reports, errors and doubts apart.

    Args:
      records: the records.
      most: how many relations are shown.
    """
    counts: dict[str, dict[str, int]] = {}
    for report in records:
        for check, severity in {(c.id, c.severity) for c in report.checks if c.status == "fail"}:
            counts.setdefault(check, {"hard": 0, "soft": 0})[severity] += 1
    shown = sorted(counts, key=lambda check: (-sum(counts[check].values()), check))[:most]
    figure, axes = _figure("未通过的核查", height=1.2 + 0.27 * max(4, len(shown)))
    hard, soft = ([counts[check][severity] for check in shown] for severity in ("hard", "soft"))
    axes.barh(shown, hard, color=_BAD, label="错误")
    axes.barh(shown, soft, left=hard, color=_DOUBT, label="存疑")
    axes.invert_yaxis()
    axes.set_xlabel("报告数")
    _whole(axes.xaxis)
    _legend(axes)
    return figure


@_styled
def calibration(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> Figure:
    """How often values are right, against how sure the record is of them.

    Args:
      confidences: of the values, 0 to 1.
      right: whether each is right.
      bins: how many groups of about equal size.
    """
    import numpy as np

    figure, axes = _figure("可信度是否可信", width=5, height=5)
    order = np.argsort(confidences, kind="stable")
    sure, correct = np.asarray(confidences, dtype=float)[order], np.asarray(right, dtype=float)[order]
    groups = [group for group in np.array_split(np.arange(len(sure)), bins) if len(group)]
    means = [(sure[g].mean(), correct[g].mean(), len(g)) for g in groups]
    axes.plot([0, 1], [0, 1], color=_SOFT, linewidth=1, linestyle=(0, (4, 3)))
    axes.plot([x for x, _, _ in means], [y for _, y, _ in means], marker="o", color=_HUES[0])
    low = min([0.9, *(min(x, y) for x, y, _ in means)])
    axes.set(xlim=(low - 0.02, 1.01), ylim=(low - 0.02, 1.01), xlabel="可信度", ylabel="正确率")
    return figure


@_styled
def label_confusion(counts: Mapping[tuple[str, str], int]) -> Figure:
    """Which sections are taken for which: rows as annotated, columns as read; each row adds up to one.

    Args:
      counts: (annotated label, label read) -> number of segments.
    """
    import numpy as np

    labels = [label for label in _labels() if any(label in pair for pair in counts)]
    table = np.array([[counts.get((gold, read), 0) for read in labels] for gold in labels], dtype=float)
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    size = 2.2 + 0.36 * len(labels)
    figure, axes = _figure("章节标签的混淆", width=size, height=size)
    axes.imshow(shares, cmap="GnBu", vmin=0, vmax=1)
    for row, column in zip(*np.nonzero(table), strict=True):
        tone = "white" if shares[row, column] > 0.6 else _INK
        axes.text(column, row, f"{table[row, column]:.0f}", ha="center", va="center", fontsize=7, color=tone)
    names = [name_of("sections", label) for label in labels]
    axes.set_xticks(range(len(labels)), names, rotation=90)
    axes.set_yticks(range(len(labels)), names)
    axes.set(xlabel="读出", ylabel="标注")
    axes.grid(visible=False)
    return figure


@_styled
def coverage(records: Iterable[Report], most: int = 40) -> Figure:
    """Which agencies have a report for which year: read, with failed checks, or missing.

    Args:
      records: the records.
      most: how many agencies are shown, those with most reports first.
    """
    import numpy as np
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch

    found: dict[str, dict[int, int]] = {}
    names: dict[str, str] = {}
    for report in records:
        if report.agency and report.year:
            failed = any(check.status == "fail" and check.severity == "hard" for check in report.checks)
            found.setdefault(report.agency.id, {})[report.year.value] = 2 if failed else 1
            names[report.agency.id] = report.agency.value
    shown = sorted(found, key=lambda agency: (-len(found[agency]), agency))[:most]
    years = sorted({year for agency in shown for year in found[agency]})
    span = list(range(years[0], years[-1] + 1)) if years else []
    grid = np.array([[found[agency].get(year, 0) for year in span] for agency in shown]).reshape(len(shown), len(span))
    figure, axes = _figure("机构与年度", width=3 + 0.34 * len(span), height=1.4 + 0.25 * max(3, len(shown)))
    axes.pcolormesh(grid, cmap=ListedColormap([_VOID, _HUES[0], _BAD]), vmin=0, vmax=2, edgecolors="white")
    axes.set_yticks(np.arange(len(shown)) + 0.5, [names[agency] for agency in shown])
    axes.set_xticks(np.arange(len(span)) + 0.5, [str(year) for year in span], rotation=90)
    axes.invert_yaxis()
    axes.grid(visible=False)
    states = {"已读": _HUES[0], "有错误": _BAD, "缺": _VOID}
    keys = [Patch(color=hue, label=state) for state, hue in states.items()]
    axes.legend(handles=keys, frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def _figure(title: str, *, width: float = 7.5, height: float = 4.2) -> tuple[Figure, Axes]:
    """An empty figure; not pyplot's, so that none piles up in a long session."""
    from matplotlib.figure import Figure as New

    figure = New(figsize=(width, height), layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title, loc="left", fontsize=11, fontweight="bold")
    axes.tick_params(labelfontfamily=chinese_font())  # ticks are made when the figure is drawn, in the caller's style
    return figure, axes


def _by_year(frame: DataFrame, names: Sequence[str]) -> DataFrame:
    """Sums by year and indicator; NaN where no report of the year gives the indicator."""
    chosen = frame[frame["indicator"].isin(list(names))]
    sums = chosen.pivot_table(index="year", columns="indicator", values="value", aggfunc="sum")
    years = range(int(sums.index.min()), int(sums.index.max()) + 1) if len(sums) else []
    return sums.reindex(index=list(years), columns=[name for name in names if name in sums.columns])


def _years(axes: Axes, frame: DataFrame, years: Iterable[int]) -> None:
    """Whole years with the number of their reports, and a line wherever the form changed between two of them."""
    span = list(years)
    for year, name in BREAKS.items():
        if span and span[0] < year <= span[-1]:
            axes.axvline(year - 0.5, color=_SOFT, linewidth=1, linestyle=(0, (4, 3)))
            at = axes.get_xaxis_transform()
            axes.text(year - 0.45, 0.98, name, transform=at, va="top", fontsize=7.5, color=_SOFT)
    reports = frame.groupby("year")["agency"].nunique()
    axes.set_xticks(span, [f"{year}\nn={reports.get(year, 0)}" for year in span], fontsize=7)


def _legend(axes: Axes) -> None:
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))


def _whole(axis: Any) -> None:
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(integer=True))


def _name(indicator: str) -> str:
    return name_of("indicators", indicator)


def _labels() -> Sequence[str]:
    return catalogue().labels["paragraph"]
