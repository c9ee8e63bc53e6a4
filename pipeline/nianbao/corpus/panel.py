"""Indicators by body and year, with how far the figures of one year continue those of the years before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import pandas as pd

from nianbao.catalogue import catalogue
from nianbao.catalogue.comparability import Series, series_of, turns_of
from nianbao.corpus.bodies import Agency, link
from nianbao.corpus.display import render_panel

COLUMNS = (
    "body", "name", "line", "agency_id", "agency", "year", "era", "doc", "reports", "indicator", "value", "unit",
    "source", "confidence", "comparable", "grade", "breaks",
)  # fmt: skip
_REGION = ["province", "city", "county", "township"]
_UNSURE = ("year", "agency_id")


@dataclass(frozen=True, slots=True, repr=False)
class Panel:
    """A long table and what notebooks show of it.

    Attributes:
      frame: a row an indicator, body and year: `body` (the latest `agency_id`), its `name`, `line` (bodies that were
        merged run in lines of their own), `agency_id` and `agency` of the year, `year`, `era`, `doc`, `reports` (how
        many there are for the year; the surest is taken), `indicator`, `value` as printed, `unit`, `source`,
        `confidence`, `comparable` (the value brought to the series: NA where a figure for that is missing), `grade`
        (how the era continues the one before: A the same, B once derived, C not at all; NA where the era does not ask),
        `breaks` (why the line is broken before this year, in Chinese, "" where it is not).
    """

    frame: pd.DataFrame

    def wide(self, indicator: str, value: str = "comparable") -> pd.DataFrame:
        """One indicator: a row a body and line, a column a year.

        Args:
          indicator: its id.
          value: which column of the frame is shown.
        """
        chosen = self.frame[self.frame["indicator"] == indicator]
        return chosen.pivot_table(index=["name", "body", "line"], columns="year", values=value, aggfunc="first")

    def __repr__(self) -> str:
        frame = self.frame
        counts = f"{frame['body'].nunique()} bodies, {frame['indicator'].nunique()} indicators, {len(frame)} figures"
        return f"<Panel: {counts}>"

    def _repr_html_(self) -> str:
        return render_panel(self.frame)


def build(
    documents: pd.DataFrame, indicators: pd.DataFrame, wanted: Sequence[str], agencies: Set[str] | None = None
) -> Panel:
    """The panel of some indicators.

    Args:
      documents: the table of that name.
      indicators: the same.
      wanted: ids of indicators.
      agencies: agency ids whose bodies are wanted, None for all.

    Raises:
      KeyError: no indicator has an id of `wanted`.
    """
    series = {name: series_of(name) for name in wanted}
    chosen = documents.dropna(subset=list(_UNSURE))
    chosen = chosen.assign(reports=chosen.groupby(list(_UNSURE))["doc"].transform("size"))
    # the surest report of a body for a year
    order = chosen.sort_values(["agency_confidence", "year_confidence", "doc"], ascending=[False, False, True])
    chosen = order.drop_duplicates(list(_UNSURE)).sort_values(["agency_id", "year"])
    bodies = link(
        Agency(str(name), tuple(group[_REGION].iloc[-1].dropna()), frozenset(map(int, group["year"])))
        for name, group in chosen.groupby("agency_id")
    )
    if agencies is not None:
        kept = {bodies[name][0] for name in agencies if name in bodies}
        chosen = chosen[[bodies[name][0] in kept for name in chosen["agency_id"]]]
    names = dict(zip(chosen["agency_id"], chosen["agency"], strict=True))
    figures: dict[int, dict[str, dict[str, Any]]] = {}
    for figure in indicators[indicators["doc"].isin(chosen["doc"])].to_dict("records"):
        figures.setdefault(figure["doc"], {})[figure["indicator"]] = figure
    lines: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for document in chosen.to_dict("records"):
        lines.setdefault(bodies[document["agency_id"]], []).append(document)
    rows = [
        {"body": body, "name": names[body], "line": line, **row}
        for (body, line), members in sorted(lines.items())
        for name in wanted
        for row in _line(name, series[name], sorted(members, key=lambda d: d["year"]), figures)
    ]
    return Panel(pd.DataFrame(rows, columns=list(COLUMNS)).astype({"year": "Int64", "doc": "Int64"}))


def _line(
    indicator: str,
    series: Series,
    members: Sequence[Mapping[str, Any]],
    figures: Mapping[int, Mapping[str, Mapping[str, Any]]],
) -> Iterator[dict[str, Any]]:
    """The rows of one indicator in one line, in the order of the years."""
    before: Mapping[str, Any] | None = None
    for document in members:
        given = figures.get(document["doc"], {})
        figure, comparable = given.get(indicator), _comparable(indicator, series, document["era"], given)
        if figure is None and comparable is None:
            continue
        yield {
            **{name: document[name] for name in ("agency_id", "agency", "year", "era", "doc", "reports")},
            **{name: figure[name] if figure else None for name in ("value", "source", "confidence")},
            "indicator": indicator,
            "unit": catalogue().indicators[indicator].unit,
            "comparable": comparable,
            "grade": series.grades.get(document["era"]),
            "breaks": ";".join(_breaks(indicator, series, before, document)) if before else "",
        }
        before = document


def _comparable(
    indicator: str, series: Series, era: str | None, given: Mapping[str, Mapping[str, Any]]
) -> float | None:
    """The value as the series counts it, None where a figure that it takes is not known."""
    terms = series.derive.get(era or "", (indicator,))
    values = [(-1 if term[0] == "-" else 1, given.get(term.removeprefix("-"))) for term in terms]
    known = [sign * figure["value"] for sign, figure in values if figure is not None]
    return sum(known) if len(known) == len(values) else None


def _breaks(indicator: str, series: Series, before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Why the figure of one report does not simply continue that of another."""
    if before["agency_id"] != now["agency_id"]:
        old, new = (document["agency_id"].partition(":")[2] for document in (before, now))
        yield f"机构由{old}变为{new}"
    eras = catalogue().labels["era"]
    if before["era"] in eras and now["era"] in eras:
        passed = eras[eras.index(before["era"]) + 1 : eras.index(now["era"]) + 1]
        if any(series.grades.get(era) == "C" for era in passed):
            yield f"口径改变:{series.zh}"
    for turn in turns_of(indicator):
        if before["year"] < turn.year <= now["year"]:
            yield turn.zh
