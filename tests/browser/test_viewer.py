"""What a reader does with the page: values and their evidence, sentences, keys, corrections, hostile reports."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import nianbao
from nianbao.record import Report
from nianbao.train import marked
from nianbao.train.annotation import Annotation
from nianbao.train.formats.own import read_annotations
from nianbao.train.trainer import train_models

Open = Callable[..., Any]

PAIR = "𠮷"
SAMPLES = Path(__file__).parents[2] / "corpora/samples"


def read(text: str) -> Report:
    return nianbao.extract(text.encode(), uri="report.txt", with_text=True)


@pytest.fixture
def paired(report: str) -> Report:
    """A report whose characters are not all one unit long: before, between and within what is read."""
    return read(report.replace("\n\n", f"\n{PAIR}{PAIR}\n\n").replace("2016年,我局共收到", f"2016年{PAIR},我局共收到"))


@pytest.fixture
def tables() -> Report:
    """A report with the form of 2014 that does not add up."""
    return read(marked.read(SAMPLES / "x_07.mr.txt").data)


@pytest.fixture
def plain(report: str) -> Report:
    return read(report)


def lit(page: Any, name: str = "evidence") -> str:
    """The words that a highlight of the page covers."""
    words: str = page.evaluate(f"[...(CSS.highlights.get('{name}') ?? [])].map(String).join('|')")
    return words


def sample_of(page: Any) -> Annotation:
    page.click("#corrections")
    with page.expect_download() as given:
        page.click("#download")
    (sample,) = read_annotations(Path(given.value.path()))
    return sample


class TestEvidence:
    def test_every_value_leads_to_its_words(self, show: Open, paired: Report) -> None:
        page = show(paired)
        buttons = page.locator("#record [data-start]")
        assert buttons.count() > 10
        for button in buttons.all():
            start, end = (int(button.get_attribute(f"data-{edge}") or 0) for edge in ("start", "end"))
            button.click()
            assert lit(page) == (paired.text or "")[start:end]

    def test_evidence_comes_into_view(self, show: Open, plain: Report) -> None:
        long = read((plain.text or "").replace("一、概述", "一、概述\n" + "工作有序推进。\n" * 300))
        page = show(long)
        page.click("[data-path='indicators/requests_received'].goto")
        box = page.evaluate("(([r]) => r.getBoundingClientRect().toJSON())([...CSS.highlights.get('evidence')])")
        assert 0 < box["top"] < 850 and lit(page) == "7件"

    def test_evidence_comes_into_view_behind_lines_of_any_height(self, show: Open, plain: Report) -> None:
        data = json.loads(plain.model_dump_json())
        lines = ["数", "工作有序推进,成效明显。" * 40, "条"] * 4000
        data["text"] = (plain.text or "") + "\n" + "\n".join(lines) + "\n结尾\n" + "末。\n" * 3000
        start = data["text"].index("结尾")
        data["title"] = {**data["title"], "start": start, "end": start + 2}
        page = show(Report.model_validate(data))
        page.click("[data-path='fields/title']")
        page.wait_for_timeout(300)
        box = page.evaluate("(([r]) => r.getBoundingClientRect().toJSON())([...CSS.highlights.get('evidence')])")
        assert 0 < box["top"] < 850 and lit(page) == "结尾"

    def test_an_address_names_an_evidence(self, show: Open, paired: Report) -> None:
        start = (paired.text or "").index("214条")
        assert lit(show(paired, place=f"#0@{start}-{start + 4}")) == "214条"

    def test_a_sentence_tells_what_was_read_from_it(self, show: Open, paired: Report) -> None:
        page = show(paired)
        page.get_by_text("件,均已按时办结").first.click(position={"x": 5, "y": 8})
        assert lit(page, "sentence") == f"2016年{PAIR},我局共收到政府信息公开申请7件,均已按时办结。"
        assert page.locator("#inspector .fact.counts q", has_text="7件").count()
        assert page.locator("#inspector option:checked").all_inner_texts()[0] == "依申请公开"

    def test_a_figure_that_does_not_count_says_why(self, show: Open, report: str) -> None:
        record = read(report.replace("均已按时办结。", "均已按时办结。2015年,共收到政府信息公开申请5件。"))
        page = show(record)
        assert "2015 年的" in page.inner_text("#part-facts")

    def test_failed_relations_are_marked_at_their_cells(self, show: Open, tables: Report) -> None:
        failed = next(check for check in tables.checks if check.status == "fail")
        page = show(tables)
        for place in failed.at:
            cell = page.locator(f"#part-tables td.broken [data-path='tables/0/{place.row}/{place.column or 'value'}']")
            assert failed.id in (cell.get_attribute("title") or "")
        chips = page.locator("#part-checks .check >> nth=0").locator(".at")
        assert chips.count() == len(failed.at)
        chips.first.click()
        assert lit(page) == chips.first.locator("b").inner_text()


class TestKeys:
    def test_values_are_reached_and_opened(self, show: Open, plain: Report) -> None:
        page = show(plain)
        for key in ("j", "j", "k", "Enter"):
            page.keyboard.press(key)
        assert page.evaluate("document.activeElement.dataset.path") == "fields/title"
        assert lit(page) == (plain.title.value if plain.title else "")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"

    def test_search_finds_and_goes_round(self, show: Open, paired: Report) -> None:
        page = show(paired)
        page.keyboard.press("/")
        page.keyboard.type("政府信息公开")
        found = (paired.text or "").count("政府信息公开")
        assert page.inner_text("#hits") == str(found) and lit(page, "hits").count("政府信息公开") == found
        page.keyboard.press("Enter")
        page.keyboard.press("Shift+Enter")
        assert page.inner_text("#hits") == f"{found}/{found}" and lit(page) == "政府信息公开"

    def test_sentences_help_and_escape(self, show: Open, plain: Report) -> None:
        page = show(plain)
        page.keyboard.press("n")
        page.keyboard.press("n")
        assert lit(page, "sentence").startswith("根据《中华人民共和国政府信息公开条例》")
        page.keyboard.press("p")
        assert lit(page, "sentence") == (plain.title.value if plain.title else "")
        page.keyboard.press("?")
        assert page.locator("#keys").is_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        assert not page.locator("#keys").is_visible() and not page.locator("#inspector").is_visible()

    def test_language_and_light_are_remembered(self, show: Open, plain: Report) -> None:
        page = show(plain)
        page.click("#language")
        page.click("#theme")
        page.reload()
        page.wait_for_selector("#record .part")
        assert page.inner_text("#head-indicators") == "Indicators"
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"


class TestFilters:
    def test_sections_and_confidence_narrow_the_values(self, show: Open, plain: Report) -> None:
        page = show(plain)
        all_ = page.locator("#part-indicators .row").count()
        page.click("#legend [data-label='requests']")
        assert 0 < page.locator("#part-indicators .row").count() < all_
        page.click("text=清除筛选")
        page.evaluate("document.querySelector('#confidence').value = 0.1")
        page.dispatch_event("#confidence", "change")
        assert page.locator("#part-indicators .row").count() == 0
        page.click("text=清除筛选")
        page.check("#only-failed")
        assert page.locator("#part-indicators .row:not(.broken)").count() == 0


class TestCorrections:
    def select(self, page: Any, start: int, end: int) -> None:
        page.evaluate(
            "([a, b]) => { const o = app.offsets; const r = app.text.range(o.unit(a), o.unit(b)); "
            "getSelection().removeAllRanges(); getSelection().addRange(r); app.editing.offerMarks(); }",
            [start, end],
        )

    def test_a_span_is_marked_and_read_back(self, show: Open, paired: Report) -> None:
        text = paired.text or ""
        start = text.index("局办公室")
        page = show(paired)
        self.select(page, start, start + 4)
        page.select_option("#marker [data-key='mark-entity']", "AGENCY")
        sample = sample_of(page)
        assert (start, start + 4, "AGENCY") in {(e.start, e.end, e.label) for e in sample.entities}
        assert sample.text == text and sample.corrected == [f"entities/{start}-{start + 4}"]

    def test_a_span_is_given_other_edges(self, show: Open, paired: Report) -> None:
        entity = next(e for e in paired.entities if e.label == "PHONE")
        page = show(paired)
        self.select(page, entity.start + 5, entity.end)
        page.click("#marker button")
        sample = sample_of(page)
        assert [(e.start, e.end) for e in sample.entities if e.label == "PHONE"] == [(entity.start + 5, entity.end)]

    def test_values_sections_and_facts_are_changed_and_undone(self, show: Open, paired: Report) -> None:
        page = show(paired)
        page.focus("[data-path='indicators/requests_received'].goto")
        page.keyboard.press("e")
        page.keyboard.type("9x")
        page.keyboard.press("Enter")
        assert page.locator(".editing").is_visible()  # no number
        page.keyboard.press("Control+a")
        page.keyboard.type("9")
        page.keyboard.press("Enter")
        page.get_by_text("件,均已按时办结").first.click(position={"x": 5, "y": 8})
        page.select_option("#inspector [data-key='section']", "overview")
        page.locator("#inspector .fact input").first.uncheck()
        assert page.inner_text("#corrections") == "修改 3"
        sample = sample_of(page)
        fact = next(f for f in sample.facts if f.indicators == ["requests_received"])
        part = next(p for p in sample.paragraphs if p.start <= fact.start < p.end)
        assert (sample.indicators["requests_received"], fact.used, part.label) == (9, False, "overview")
        page.keyboard.press("Escape")
        for _ in range(3):
            page.keyboard.press("u")
        assert not page.locator("#corrections").is_visible()
        kept = page.evaluate("JSON.stringify(app.record)")
        assert json.loads(kept)["indicators"] == json.loads(paired.model_dump_json())["indicators"]

    def test_what_is_missing_is_added(self, show: Open, plain: Report) -> None:
        data = json.loads(plain.model_dump_json()) | {"agency": None, "year": None, "period": None}
        page = show(Report.model_validate(data))
        for field, value in (("agency", "青石县交通运输局"), ("year", "2016"), ("period", "2016-01-01/2016-12-31")):
            page.locator(f"[data-path='fields/{field}'].goto").focus()
            page.keyboard.press("e")
            page.keyboard.type(value)
            page.keyboard.press("Enter")
        fields = sample_of(page).fields
        assert (fields.agency, fields.year) == ("青石县交通运输局", 2016)
        assert fields.period == ["2016-01-01", "2016-12-31"]

    def test_a_cell_takes_its_indicator_with_it(self, show: Open, tables: Report) -> None:
        page = show(tables)
        page.focus("td [data-path$='/requests_online/value']")
        page.keyboard.press("e")
        page.keyboard.type("1,500")
        page.keyboard.press("Enter")
        sample = sample_of(page)
        assert sample.tables[0].cells["requests_online"]["value"] == sample.indicators["requests_online"] == 1500
        assert sample.corrected == ["tables/0/requests_online/value"]

    def test_corrections_train_a_model(self, show: Open, paired: Report, tmp_path: Path) -> None:
        page = show(paired)
        page.get_by_text("件,均已按时办结").first.click(position={"x": 5, "y": 8})
        page.select_option("#inspector [data-key='section']", "overview")
        corrected = sample_of(page)
        for path in sorted(SAMPLES.glob("c_1*.mr.txt")):
            (tmp_path / path.name).write_bytes(path.read_bytes())
        (tmp_path / "corrections.jsonl").write_text(corrected.model_dump_json(), encoding="utf-8")
        models = tmp_path / "models"
        models.mkdir()
        version = train_models(["sections"], tmp_path, models)["sections"]
        card = json.loads((models / "sections" / version / "card.json").read_text(encoding="utf-8"))
        assert card["corpus"]["samples"] == 1 + len([*SAMPLES.glob("c_1*.mr.txt")])


class TestIndex:
    def test_finds_sorts_and_opens(self, show: Open, report: str) -> None:
        one, two = read(report), read(report.replace("青石县", "白水县").replace("2016", "2015"))
        page = show(one, two)
        assert page.locator("#index tbody tr").count() == 2
        page.fill("#query", "白水")
        assert page.locator("#index tbody tr").count() == 1
        page.click("#index tbody a")
        page.wait_for_selector("#record .part")
        assert page.inner_text("#heading").startswith("白水县")
        page.keyboard.press("Escape")
        page.wait_for_selector("#index:not([hidden])")
        assert page.input_value("#query") == "白水"
        page.fill("#query", "")
        page.click("[data-key='sort-year']")
        assert page.locator("#index tbody tr .who").all_inner_texts()[0].startswith("青石县")
        page.select_option("[data-key='filter-year']", "2015")
        page.keyboard.press("Escape")
        page.locator("body").press("j")
        page.keyboard.press("Enter")
        page.wait_for_selector("#record .part")
        assert page.inner_text("#heading").startswith("白水县")


class TestHostile:
    BAIT = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'`${alert(1)}&lt;b&gt;"

    def test_nothing_of_a_report_runs(self, show: Open, report: str) -> None:
        data = json.loads(read(report.replace("一、概述", f"一、概述\n{self.BAIT}\n")).model_dump_json())
        for name in ("title", "agency"):
            data[name]["value"] = self.BAIT
        data["contact"]["phone"][0]["value"] = self.BAIT
        data["source"]["uri"] = f"{self.BAIT}.txt"
        data["warnings"] = [{"code": "garbled", "detail": self.BAIT, "start": None, "end": None}]
        data["problems"] = [{"start": 0, "end": 5, "text": self.BAIT, "tense": None}]
        data["tables"] = [{"form": "unknown", "start": 0, "end": 3, "rows": [[self.BAIT, "__proto__"]]}]
        record = Report.model_validate(data)
        for records in ([record], [record, record]):
            page = show(*records)
            if len(records) == 2:
                page.click("#index tbody a >> nth=0")
                page.wait_for_selector("#record .part")
            for path in ("fields/title", "problems/0"):
                page.click(f"[data-path='{path}']")
            page.keyboard.press("n")
            assert page.locator("main img, main script, main b:has-text('&lt;')").count() == 0
            assert page.inner_text("#heading").startswith("</script>")

    def test_marks_of_direction_turn_nothing(self, show: Open, report: str) -> None:
        record = read(report.replace("共收到", "\u202e共收到\u2066").replace("一、概述", "\u202e一、概述"))
        page = show(record)
        page.click("[data-path='indicators/requests_received'].goto")
        assert lit(page) == "7件"
        assert "\u202e" not in page.inner_text("body") and "\u2066" not in page.inner_text("body")

    def test_a_word_without_end_breaks_no_layout(self, show: Open, plain: Report) -> None:
        data = json.loads(plain.model_dump_json())
        for name in ("title", "agency"):
            data[name]["value"] = "w" * 5000
        data["text"] = (plain.text or "") + "\n" + "w" * 50_000
        for width in (1300, 390):
            page = show(Report.model_validate(data), width=width)
            page.evaluate("app.turn('text'), app.inspect({start: 0, end: 20})")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            sides = "[...document.querySelectorAll('.text, .record-side, .inspector')]"
            assert page.evaluate(f"{sides}.every((side) => side.scrollWidth <= side.clientWidth + 1)")

    @pytest.mark.parametrize("line", ["本机关工作有序推进,成效明显。", f"{PAIR}" * 40 + "\n"])
    def test_two_megabytes_stay_whole_and_lazy(self, show: Open, plain: Report, line: str) -> None:
        """One line of two megabytes, or some ten thousand lines of them, before and after what is read."""
        filler = line * (1_000_000 // len(line.encode()))
        data = json.loads(plain.model_dump_json())
        head = f"{filler}\n"
        data["text"] = head + (plain.text or "") + "\n" + filler

        def moved(node: Any) -> Any:
            if isinstance(node, list):
                return [moved(one) for one in node]
            if not isinstance(node, dict):
                return node
            return {k: v + len(head) if k in ("start", "end") and v is not None else moved(v) for k, v in node.items()}

        record = Report.model_validate(moved(data))
        page = show(record)
        assert page.evaluate("document.querySelectorAll('.chunk.built').length") < 20
        for button in page.locator("#part-indicators [data-start]").all():
            start, end = (int(button.get_attribute(f"data-{edge}") or 0) for edge in ("start", "end"))
            button.click()
            assert lit(page) == (record.text or "")[start:end]
            box = page.evaluate("(([r]) => r.getBoundingClientRect().toJSON())([...CSS.highlights.get('evidence')])")
            assert 0 < box["top"] < 850
        assert page.evaluate("document.querySelectorAll('.chunk.built').length") < 40


class TestOtherVersions:
    def test_what_is_unknown_is_shown_by_its_id(self, show: Open, plain: Report) -> None:
        data = json.loads(plain.model_dump_json())
        data["indicators"]["requests_by_pigeon"] = data["indicators"]["requests_received"]
        data["checks"] = [{**data["checks"][0], "id": "Z-99", "status": "fail"}]
        cell = {"value": 7, "state": "printed", "unit": "", "start": 0, "end": 2}
        data["tables"] = [{"form": "requests_2030", "start": 0, "end": 9, "cells": {"pigeons": {"total": cell}}}]
        page = show(Report.model_validate(data))
        for words in ("requests_by_pigeon", "Z-99", "requests_2030", "pigeons"):
            assert words in page.inner_text("#record")

    def test_damaged_data_are_told(self, show: Open, plain: Report) -> None:
        page = show(plain, plain)
        page.evaluate("app.packed[1].textContent = 'AAAA'")
        page.click("#index tbody a >> nth=1")
        page.wait_for_selector("#index .none")
        assert "无法读取" in page.inner_text("#index")


class TestPhone:
    def test_one_side_at_a_time(self, show: Open, plain: Report) -> None:
        page = show(plain, width=390)
        assert page.locator("#record").is_visible() and not page.locator("#text").is_visible()
        page.click("[data-path='indicators/requests_received'].goto")
        assert page.locator("#text").is_visible() and lit(page) == "7件"
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.click("[data-side='record'] >> nth=0")
        assert page.locator("#record").is_visible()
