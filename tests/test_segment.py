"""Headings and segments: levels, titles, the topics that a heading names, lines cut where a section begins."""

from __future__ import annotations

import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from nianbao.catalogue import CatalogueError, sections
from nianbao.document import Table
from nianbao.ingest import ingest
from nianbao.segment import heading, heading_topics, segment

HEADINGS = tomllib.loads(Path(__file__).with_name("headings.toml").read_text(encoding="utf-8"))
VARIANTS = [(label, title) for label, titles in HEADINGS.items() for title in titles]


@pytest.mark.parametrize(("label", "line"), VARIANTS, ids=[title for _, title in VARIANTS])
def test_a_heading_names_the_section_that_it_opens(label: str, line: str) -> None:
    assert heading_topics(heading(line)[1] or line)[0] == label


@pytest.mark.parametrize(
    ("title", "topics"),
    [
        ("存在的主要问题及改进情况", ("problems", "improvements")),
        ("人员、收费及减免", ("organization", "fees")),
        ("咨询和投诉情况", ("interaction", "review_litigation")),
        ("依申请公开政府信息收费情况", ("fees", "requests")),
        ("天气预报", ()),
    ],
)
def test_aspects_keep_their_order(title: str, topics: tuple[str, ...]) -> None:
    assert heading_topics(title) == topics


@pytest.mark.parametrize(
    ("line", "level", "title"),
    [
        ("一、概述", 1, "概述"),
        ("  二 主动公开情况", 1, "主动公开情况"),
        ("第三部分 依申请公开情况", 1, "依申请公开情况"),
        ("(二)依申请公开:", 2, "依申请公开"),
        ("㈢平台建设", 2, "平台建设"),
        ("三)平台建设", 2, "平台建设"),
        ("1.公开渠道", 3, "公开渠道"),
        ("2结合村务公开", 3, "结合村务公开"),
        ("(1)网站建设", 4, "网站建设"),
        ("④其他", 4, "其他"),
        ("引  言", 1, "引言"),
        ("总体情况", 1, "总体情况"),
        ("(一)抓责任。", 2, "抓责任"),
        ("1.培训。", 3, "培训"),
        ("六、收费情况        全年没有收取费用。", 1, "收费情况"),
        ("(一)主动公开。全年公开信息3条。", None, "主动公开"),
        ("三、收费情况:无。", None, "收费情况"),
        ("(二)依申请公开工作情况。", 2, "依申请公开工作情况"),
        ("(三)没有行政复议和行政诉讼的情况。", None, "没有行政复议和行政诉讼的情况"),
        ("(三)未收到申请。", None, "未收到申请"),
        ("2016年公开信息3条", None, ""),
        ("3个乡镇没有更新", None, ""),
        ("第二十条第(一)项", None, ""),
        ("一是加强培训,二是完善制度,", None, ""),
        ("政府信息公开指南", None, ""),
    ],
)
def test_level_and_title_of_a_line(line: str, level: int | None, title: str) -> None:
    assert heading(line) == (level, title)


def spans(text: str, tables: tuple[Table, ...] = ()) -> list[tuple[str, int | None, str]]:
    document = ingest(text, max_bytes=10**6)
    return [(document.shadow[s.start : s.end], s.level, s.label) for s in segment(document, tables)]


def test_a_line_is_cut_where_a_section_that_is_known_begins() -> None:
    assert spans("总的不错。(一)主动公开。公开3条。(二)老王说的。好。 (三)收费情况。无。\n\n二、其他事项") == [
        ("总的不错。", None, ""),
        ("(一)主动公开。公开3条。(二)老王说的。好。 ", None, ""),
        ("(三)收费情况。无。", None, ""),
        ("二、其他事项", 1, ""),
    ]


def test_lines_of_tables_and_page_numbers_come_labelled() -> None:
    text = "三、收到申请情况\n附表:申请情况表\n自然人\n0\n- 3 -\n1\n第4页\n无。"
    table = Table("requests_2019", text.index("附表"), text.index("\n第4页"))
    assert [(line, label) for line, _, label in spans(text, (table,))] == [
        ("三、收到申请情况", ""),
        ("附表:申请情况表", ""),  # the caption of a table may be the title of the page
        ("自然人", "statistics"),
        ("0", "statistics"),
        ("- 3 -", "noise"),
        ("1", "statistics"),
        ("第4页", "noise"),
        ("无。", ""),
    ]


@pytest.mark.parametrize(
    "text", ["(一)主动公开。" * 300, "一、" + "主动公开" * 9000, "。 " * 5000, "第" + " " * 9000, "x\n\n  \n一、\n(\n"]
)
def test_segments_cover_every_line_that_is_not_blank(text: str) -> None:
    document = ingest(text, max_bytes=10**6)
    found = segment(document, ())
    assert all(a.end <= b.start for a, b in pairwise(found))
    covered = "".join(document.shadow[s.start : s.end] for s in found)
    assert covered == "".join(document.shadow[line.start : line.end] for line in document.lines if not line.blank)


def section(**fields: object) -> dict[str, object]:
    known = [{"label": "fees", **fields}, {"label": "other", "words": ["无"]}]
    return {"aspects": ["和"], "measures": ["今后"], "section": known}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"words": ["无"]}, "无"),
        ({"heading": ["(收费"]}, "收费"),
        ({"label": "money"}, "money"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_catalogue_is_refused(fields: dict[str, object], named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sections, "load_toml", lambda _: section(**fields))
    with pytest.raises(CatalogueError, match=named):
        sections.sections.__wrapped__()


def test_the_words_of_the_catalogue_are_written_as_the_shadow_is() -> None:
    for known in sections.sections().sections:
        for word in (*known.words, *known.keys, *known.top):
            assert ingest(word, max_bytes=100).shadow == word == word.strip()
