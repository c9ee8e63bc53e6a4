"""The page as a file, the notebook display, the charts: structure, escaping, sizes. `browser/` opens the page."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import nianbao
from nianbao import cli
from nianbao.catalogue import catalogue
from nianbao.record import WARNINGS, Report
from nianbao.train import marked
from nianbao.view import charts, fonts
from nianbao.view.names import names
from nianbao.view.notebook import render_record
from nianbao.view.page import render_page
from nianbao.view.sources import RecordError, read_records

ROOT = Path(__file__).parents[1]
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'`&amp;\u2028\u202e{{7*7}}<!--"


class Outline(HTMLParser):
    """The elements of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def samples() -> list[Report]:
    """The sample reports that are plain text, about 3,000 characters each."""
    paths = sorted((ROOT / "corpora/samples").glob("*.mr.txt"))
    return [nianbao.extract(marked.read(path).data.encode(), uri=path.name, with_text=True) for path in paths]


@pytest.fixture
def read(report: str) -> Report:
    return nianbao.extract(report.encode(), uri="report.txt", with_text=True)


@pytest.fixture
def hostile(read: Report) -> Report:
    """A record with hostile words wherever a record has words."""
    data = json.loads(read.model_dump_json())

    def spoil(node: Any, key: str = "") -> Any:
        if isinstance(node, dict):
            return {name: spoil(value, name) for name, value in node.items()}
        if isinstance(node, list):
            return [spoil(value, key) for value in node]
        return (
            HOSTILE
            if key in {"value", "detail", "uri", "instance", "province", "city"} and isinstance(node, str)
            else node
        )

    data = spoil(data)
    data["text"] = HOSTILE + data["text"][len(HOSTILE) :]
    return Report.model_validate(data)


def code(page: str) -> list[str]:
    """What stands in the style and in the scripts that run."""
    return re.findall(r"<(?:script|style)>(.*?)</(?:script|style)>", page, re.DOTALL)


def packed(page: str) -> list[Any]:
    found = re.findall(r'<script type="text/plain" class="packed">([A-Za-z0-9+/=]+)</script>', page)
    return [json.loads(zlib.decompress(base64.b64decode(one))) for one in found]


class TestPage:
    def test_holds_the_records_whole(self, read: Report) -> None:
        (record,) = packed(render_page([read]))
        for entity in record["entities"]:
            entity["text"] = record["text"][entity["start"] : entity["end"]]
        assert Report.model_validate(record) == read

    def test_asks_nobody_for_anything(self, read: Report) -> None:
        outline = Outline(render_page([read]))
        assert not [(tag, a) for tag, a in outline.elements if {"src", "srcset", "data", "action"} & set(a)]
        assert not [a for _, a in outline.elements if any(name.startswith("on") or name == "style" for name in a)]
        assert {a["href"] for _, a in outline.elements if "href" in a} == {"#record"}
        assert not any("@import" in text or "url(" in text for text in code(render_page([read])))

    def test_policy_names_the_one_script_and_the_one_style(self, read: Report) -> None:
        outline = Outline(render_page([read]))
        policy = next(a["content"] for tag, a in outline.elements if a.get("http-equiv") == "Content-Security-Policy")
        assert policy
        hashes = re.findall(r"'sha256-([^']+)'", policy)
        found = [
            base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in code(render_page([read]))
        ]
        assert len(found) == 2 and sorted(found) == sorted(hashes)
        assert policy.startswith("default-src 'none'; ") and "unsafe" not in policy

    def test_hostile_words_are_no_markup(self, read: Report, hostile: Report) -> None:
        page = render_page([hostile])
        assert [e[0] for e in Outline(page).elements] == [e[0] for e in Outline(render_page([read])).elements]
        shared = re.search(r'id="shared">(.*?)</script>', page, re.DOTALL)
        assert shared and not set("<>&\u2028\u2029") & set(shared[1])
        assert json.loads(shared[1])["rows"][0]["agency"] == HOSTILE
        assert packed(page)[0]["text"] == hostile.text

    def test_is_the_same_for_the_same_records(self, read: Report) -> None:
        assert render_page([read]) == render_page([read])

    def test_of_an_average_report_is_small(self, samples: list[Report]) -> None:
        average = sorted(samples, key=lambda r: len(r.text or ""))[len(samples) * 3 // 4]
        assert len(render_page([average]).encode()) < 300 * 1024

    def test_of_two_hundred_reports_is_small(self, samples: list[Report]) -> None:
        many = (samples * 4)[:200]
        assert len(many) == 200
        assert len(render_page(many).encode()) < 3 * 1024 * 1024

    def test_every_id_has_its_names(self) -> None:
        known = catalogue()
        wanted: dict[str, set[str]] = {
            "indicators": set(known.indicators), "groups": {i.group for i in known.indicators.values()},
            "sections": set(known.labels["paragraph"]), "entities": set(known.labels["entity"]),
            "kinds": set(known.labels["kind"]), "eras": set(known.labels["era"]), "levels": set(known.labels["level"]),
            "warnings": set(WARNINGS),
        }  # fmt: skip
        assert {group: ids - set(names()[group]) for group, ids in wanted.items()} == {group: set() for group in wanted}


class TestSources:
    def test_reports_and_files_of_records_give_the_same(self, tmp_path: Path, report: str) -> None:
        path = tmp_path / "report.txt"
        path.write_text(report, encoding="utf-8")
        fresh = nianbao.extract_file(path, with_text=True)
        lines = tmp_path / "records.jsonl"
        lines.write_text(f"{fresh.model_dump_json()}\n\n", encoding="utf-8")
        assert list(read_records([str(path), str(lines)])) == [fresh, fresh]

    def test_text_is_fetched_where_the_input_is_unchanged(self, tmp_path: Path, report: str) -> None:
        path, lines = tmp_path / "report.txt", tmp_path / "records.jsonl"
        path.write_text(report, encoding="utf-8")
        lines.write_text(nianbao.extract_file(path).model_dump_json() + "\n", encoding="utf-8")
        assert [r.text for r in read_records([str(lines)])] == [report]
        path.write_text(report + "改动", encoding="utf-8")
        assert [r.text for r in read_records([str(lines)])] == [None]

    def test_of_a_batch_the_records_alone_are_read(self, tmp_path: Path, read: Report) -> None:
        (tmp_path / "records").mkdir()
        (tmp_path / "records/0.jsonl").write_text(read.model_dump_json(), encoding="utf-8")
        (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
        assert list(read_records([str(tmp_path)])) == [read]

    @pytest.mark.parametrize("line", ["{", "[]", '{"schema": "nianbao.report/1"}', '{"schema": "other/2"}'])
    def test_what_is_no_record_is_named_with_its_line(self, tmp_path: Path, read: Report, line: str) -> None:
        path = tmp_path / "records.jsonl"
        path.write_text(f"{read.model_dump_json()}\n{line}\n", encoding="utf-8")
        with pytest.raises(RecordError, match=rf"{re.escape(str(path))}:2: "):
            list(read_records([str(path)]))


class TestCommand:
    def test_writes_a_page(self, folder: Path, tmp_path: Path) -> None:
        done = CliRunner().invoke(cli.app, ["view", str(folder), "-o", str(tmp_path / "page.html")])
        assert done.exit_code == 0 and done.stdout == ""
        assert len(packed((tmp_path / "page.html").read_text(encoding="utf-8"))) == 3

    def test_the_page_is_never_an_input(self, folder: Path, report: str) -> None:
        page = folder / "page.html"
        for _ in range(2):
            assert CliRunner().invoke(cli.app, ["view", str(folder), "-o", str(page)]).exit_code == 0
            assert len(packed(page.read_text(encoding="utf-8"))) == 3
        page.write_text(report, encoding="utf-8")
        assert CliRunner().invoke(cli.app, ["view", str(page), "-o", str(page)]).exit_code == 2
        assert page.read_text(encoding="utf-8") == report

    def test_bad_inputs_and_outputs_are_bad_options(self, folder: Path, tmp_path: Path) -> None:
        (tmp_path / "bad.jsonl").write_text("{}", encoding="utf-8")
        for arguments in ([str(tmp_path / "bad.jsonl")], [str(folder), "-o", str(tmp_path / "no/page.html")]):
            assert CliRunner().invoke(cli.app, ["view", *arguments]).exit_code == 2


class TestNotebook:
    def test_shows_values_with_their_words(self, read: Report) -> None:
        shown = read._repr_html_()
        assert "青石县交通运输局" in shown and "<mark>214条</mark>" in shown and "主动公开信息总数" in shown

    def test_needs_no_script_and_escapes_everything(self, hostile: Report) -> None:
        outline = Outline(render_record(hostile))
        assert {tag for tag, _ in outline.elements} <= {
            "div", "style", "h4", "table", "tr", "td", "th", "b", "mark", "details", "summary", "pre", "p",
        }  # fmt: skip
        assert {name for _, a in outline.elements for name in a} <= {"class", "colspan", "open"}
        assert "\u202e" not in render_record(hostile)

    def test_is_small(self, samples: list[Report]) -> None:
        sizes = [len(render_record(report).encode()) for report in samples]
        assert sum(sizes) / len(sizes) < 60_000 and max(sizes) < 90_000

    def test_stands_without_a_text_and_for_a_failure(self) -> None:
        assert "<mark>" not in render_record(nianbao.extract("收到申请7件。\n"))
        assert "未能读出" in nianbao.extract_file("no/such/file")._repr_html_()

    def test_shows_what_another_version_has_read(self, read: Report) -> None:
        data = json.loads(read.model_dump_json())
        data["indicators"]["requests_by_pigeon"] = data["indicators"]["requests_received"]
        data["checks"] = [{**data["checks"][0], "id": "Z-99", "status": "fail"}]
        shown = render_record(Report.model_validate(data))
        assert "requests_by_pigeon" in shown and "Z-99" in shown

    def test_a_record_alone_brings_no_renderer(self, python: Callable[..., Any]) -> None:
        code = (
            "import sys, nianbao.record; assert not [name for name in sys.modules if name.startswith('nianbao.view')]"
        )
        assert python("-c", code).returncode == 0


@pytest.fixture
def years(read: Report) -> Iterator[Report]:
    """Reports of 2012 to 2022 but 2016, with requests and grounds of refusal."""

    def copies() -> Iterator[Report]:
        for year in (y for y in range(2012, 2023) if y != 2016):
            data = json.loads(read.model_dump_json())
            era = "regulation_2008" if year < 2014 else "statistics_2014" if year < 2019 else "format_2019"
            given = {
                "requests_received": year - 2000,
                "denied_state_secret": 2,
                "denied_privacy": 1,
                "requests_online": 3,
            }
            number = {"start": None, "end": None, "source": "table", "confidence": 1, "unit": "件"}
            data["indicators"] = {name: {"value": value, **number} for name, value in given.items()}
            data["year"]["value"], data["era"] = year, era
            yield Report.model_validate(data)

    return copies()


@pytest.mark.filterwarnings("default")  # of the drawing library's own
class TestCharts:
    def test_a_year_without_report_is_a_gap_and_a_new_form_a_break(self, years: Iterator[Report]) -> None:
        pytest.importorskip("matplotlib")
        (axes,) = charts.requests_over_years(charts.indicator_frame(years)).axes
        received = dict(zip(*axes.lines[0].get_data(), strict=True))
        assert received[2015] == 15 and received[2016] != received[2016]
        assert {text.get_text() for text in axes.texts} == set(charts.BREAKS.values())

    def test_all_are_drawn(self, years: Iterator[Report], samples: list[Report], tmp_path: Path) -> None:
        pytest.importorskip("matplotlib")
        frame = charts.indicator_frame(years)
        figures = [
            charts.requests_over_years(frame), charts.refusal_grounds(frame), charts.channels(frame),
            charts.failed_checks(samples), charts.coverage(samples),
            charts.calibration([0.5, 0.9, 0.95, 1.0], [False, True, True, True], bins=2),
            charts.label_confusion({("overview", "overview"): 3, ("overview", "proactive"): 1}),
        ]  # fmt: skip
        for i, figure in enumerate(figures):
            figure.savefig(tmp_path / f"{i}.svg")
            assert figure.axes[0].get_title(loc="left")

    def test_nothing_to_draw_is_drawn_as_nothing(self, tmp_path: Path) -> None:
        pytest.importorskip("matplotlib")
        frame = charts.indicator_frame([])
        for figure in (
            charts.requests_over_years(frame),
            charts.refusal_grounds(frame),
            charts.failed_checks([]),
            charts.coverage([]),
        ):
            figure.savefig(tmp_path / "empty.svg")

    def test_without_a_font_the_way_out_is_said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        pytest.importorskip("matplotlib")
        monkeypatch.setattr(fonts, "KNOWN", ())
        fonts.chinese_font.cache_clear()
        with pytest.raises(fonts.FontError, match="fonts-noto-cjk"):
            charts.failed_checks([])
        fonts.chinese_font.cache_clear()
