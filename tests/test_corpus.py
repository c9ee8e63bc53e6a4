"""A batch's output as data frames, and panels over the years: spellings, renamings, mergers, breaks."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import nianbao
from nianbao import batch
from nianbao.catalogue import CatalogueError, catalogue, load_toml
from nianbao.catalogue.comparability import Comparability, check, comparability
from nianbao.corpus import Corpus, CorpusError
from nianbao.corpus.bodies import Agency, link
from nianbao.corpus.panel import build

REPORT = """\
{name}{year}年政府信息公开工作年度报告

一、概述
{year}年,我局有序推进政务公开。
二、主动公开政府信息情况
{year}年,我局主动公开政府信息214条。
三、依申请公开政府信息情况
{year}年,我局共收到政府信息公开申请{count}件。

联系地址:山西省晋城市阳城县新阳东街1号。

{name}
{next}年1月20日
"""
# one body: five spellings, and a renaming in 2019
NAMES = {
    2014: "阳城县国土资源局", 2015: "山西省阳城县国土资源局", 2016: "山西省晋城市阳城县国土资源局",
    2017: "阳城国土资源局", 2018: "晋城市阳城县国土资源局", 2019: "阳城县自然资源局",
}  # fmt: skip
ODD = "<b>阳城县</b>水利局"


@pytest.fixture(scope="module", params=["jsonl", "jsonl,parquet"])
def out(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "in").mkdir()
    for count, (year, name) in enumerate(NAMES.items(), 1):
        text = REPORT.format(name=name, year=year, next=year + 1, count=count)
        (folder / "in" / f"{year}.txt").write_text(text, encoding="utf-8")
    (folder / "in" / "empty.txt").touch()
    formats = tuple(request.param.split(","))
    batch.run(folder / "in", folder / "out", batch.Settings(workers=1, formats=formats, shard=3))
    return folder / "out"


@pytest.fixture
def corpus(out: Path) -> Corpus:
    return nianbao.open(out)


def test_frames_hold_what_the_records_say(corpus: Corpus) -> None:
    assert len(corpus.documents) == len(NAMES) + 1
    assert corpus.documents["year"].dtype == "Int64"
    for doc in corpus.documents["doc"]:
        record = corpus.report(int(doc))
        given = corpus.indicators[corpus.indicators["doc"] == doc]
        assert dict(zip(given["indicator"], given["value"], strict=True)) == {
            name: value.value for name, value in record.indicators.items()
        }
        assert (corpus.facts["doc"] == doc).sum() == len(record.facts)
        assert (corpus.checks["doc"] == doc).sum() == len(record.checks)
    assert corpus.cells.empty
    assert corpus.report(6).status == "not_a_report"
    assert corpus.documents["year"].isna().sum() == 1


def test_sql_sees_every_table(corpus: Corpus) -> None:
    found = corpus.sql("SELECT count(*) AS n FROM documents JOIN paragraphs USING (doc) WHERE label = 'requests'")
    assert found["n"][0] >= len(NAMES)


@pytest.mark.parametrize("doc", [-1, 7])
def test_a_document_that_is_not_there(corpus: Corpus, doc: int) -> None:
    with pytest.raises(CorpusError, match=f"no document {doc}: they are numbered 0 to 6"):
        corpus.report(doc)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"no output of nianbao batch.*make one with: nianbao batch"):
        nianbao.open(tmp_path)


def test_a_batch_that_was_stopped_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"complete": false}', encoding="utf-8")
    with pytest.raises(CorpusError, match="give its command again"):
        nianbao.open(tmp_path)


def test_five_spellings_and_a_renaming_are_one_row_with_a_break(corpus: Corpus) -> None:
    panel = corpus.panel(["requests_received"])
    wide = panel.wide("requests_received")
    assert wide.index.tolist() == [("阳城县自然资源局", "140522:阳城县自然资源局", 0)]
    assert wide.iloc[0].tolist() == [1, 2, 3, 4, 5, 6]
    breaks = panel.frame.set_index("year")["breaks"]
    assert breaks.to_dict() == {
        2014: "", 2015: "", 2016: "", 2017: "", 2018: "",
        2019: "机构由阳城县国土资源局变为阳城县自然资源局",
    }  # fmt: skip
    shown = panel._repr_html_()
    assert shown.count(">阳城县自然资源局<br><small>阳城县国土资源局</small></th>") == 1
    assert "阳城县国土资源局、山西省阳城县国土资源局、" in shown
    assert shown.count('class="break"') == 1


def test_agencies_choose_bodies_by_any_of_their_ids(corpus: Corpus) -> None:
    assert len(corpus.panel(["requests_received"], ["140522:阳城县国土资源局"]).frame) == len(NAMES)
    assert corpus.panel(["requests_received"], ["140522:阳城县水利局"]).frame.empty
    assert corpus.panel(["requests_received"], [])._repr_html_().count("<tr>") == 0
    with pytest.raises(KeyError, match="requests_lost"):
        corpus.panel(["requests_lost"])


def tables(*reports: tuple[str, int, str, dict[str, float]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables of documents (agency id, year, era, indicators)."""
    documents = [
        {
            "doc": doc, "agency_id": agency, "agency": agency.partition(":")[2], "year": year, "era": era,
            "province": None, "city": None, "county": None, "township": None, "agency_confidence": 1.0,
            "year_confidence": 1.0,
        }
        for doc, (agency, year, era, _) in enumerate(reports)
    ]  # fmt: skip
    indicators = [
        {"doc": doc, "indicator": name, "value": value, "source": "table", "confidence": 1.0}
        for doc, (_, _, _, values) in enumerate(reports)
        for name, value in values.items()
    ]
    return pd.DataFrame(documents), pd.DataFrame(indicators)


BODY = "140522:阳城县水利局"


def rows(indicator: str, *reports: tuple[str, int, str, dict[str, float]]) -> list[dict[str, Any]]:
    return build(*tables(*reports), [indicator]).frame.to_dict("records")


def test_a_figure_is_brought_to_its_series_or_left_out() -> None:
    granted = {"requests_granted": 3.0}
    found = rows(
        "requests_granted",
        (BODY, 2017, "statistics_2014", {**granted, "requests_already_public": 2}),
        (BODY, 2018, "statistics_2014", granted),
        (BODY, 2019, "format_2019", granted),
    )
    assert [row["value"] for row in found] == [3, 3, 3]
    assert [row["comparable"] for row in found][::2] == [5, 3]
    assert pd.isna(found[1]["comparable"])
    assert [row["grade"] for row in found] == ["B", "B", "B"]


def test_a_change_of_meaning_breaks_the_series_even_over_a_gap() -> None:
    fees = {"fees_collected": 0.0}
    found = rows(
        "fees_collected", (BODY, 2016, "statistics_2014", fees), (BODY, 2018, "statistics_2014", fees),
        (BODY, 2022, "format_2021", fees), (BODY, 2023, "format_2021", fees),
    )  # fmt: skip
    assert [bool(row["breaks"]) for row in found] == [False, True, True, False]
    assert "2017 年 4 月" in found[1]["breaks"]
    assert "信息处理费" in found[2]["breaks"]


def test_of_two_reports_for_a_year_one_is_taken_and_the_other_counted() -> None:
    found = rows("complaints", *[(BODY, 2016, "statistics_2014", {"complaints": n}) for n in (1.0, 2.0)])
    assert [(row["value"], row["reports"]) for row in found] == [(1, 2)]


def test_names_are_escaped() -> None:
    shown = build(*tables((f"140522:{ODD}", 2016, "statistics_2014", {"complaints": 1.0})), ["complaints"])
    assert "<b>" not in shown._repr_html_()
    assert "&lt;b&gt;" in shown._repr_html_()


def agency(name: str, *years: int) -> Agency:
    return Agency(f"140522:{name}", ("山西省", "晋城市", "阳城县"), frozenset(years))


def test_merged_bodies_run_in_lines_of_their_own_until_the_merger() -> None:
    merged = "140522:阳城县卫生和计划生育局"
    found = link([
        agency("阳城县卫生局", 2012, 2013),
        agency("阳城县人口和计划生育局", 2012, 2013),
        agency("阳城县卫生和计划生育局", 2014, 2015),
    ])  # fmt: skip
    assert {body for body, _ in found.values()} == {merged}
    assert sorted(line for _, line in found.values()) == [0, 0, 1]


def test_a_name_that_no_report_has_does_not_part_a_body() -> None:
    found = link([agency("阳城县卫生局", 2012), agency("阳城县卫生健康局", 2020)])
    assert len(set(found.values())) == 1


def test_a_body_that_still_reports_was_not_succeeded() -> None:
    found = link([agency("阳城县林业局", 2018, 2021), agency("阳城县自然资源和规划局", 2019, 2020)])
    assert len({body for body, _ in found.values()}) == 2


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda d: d["series"][0].update(indicators=["requests_recieved"]), "unknown.*requests_recieved"),
        (lambda d: d["series"].append(d["series"][0]), "not in one series.*requests_received"),
        (lambda d: d["series"].pop(0), "not in one series.*requests_received"),
        (lambda d: d["series"][0]["grades"].update(format_2020="A"), "unknown eras.*format_2020"),
        (lambda d: d["series"][0].update(derive={"format_2021": ["-nothing"]}), "unknown.*nothing"),
        (lambda d: d["turn"][0].update(indicators=["fees"]), "unknown.*fees"),
    ],
)
def test_a_catalogue_that_means_nothing_is_refused(edit: Any, message: str) -> None:
    data = deepcopy(load_toml("comparability.toml"))
    edit(data)
    with pytest.raises(CatalogueError, match=message):
        check(Comparability.model_validate(data), catalogue().indicators, catalogue().labels["era"])


def test_every_indicator_has_its_grades() -> None:
    assert {name for series in comparability().series for name in series.indicators} == {*catalogue().indicators}
