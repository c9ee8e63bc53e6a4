"""Which row or column a text names, printed well or badly; the catalogue of cell words."""

from __future__ import annotations

from copy import deepcopy

import pytest
from pydantic import ValidationError

from nianbao.catalogue import catalogue, load_toml
from nianbao.ingest import ingest
from nianbao.tables import bind_tables
from nianbao.tables.labels import find_labels, mentions_form, plain
from nianbao.tables.words import CellWords, Kind, cell_words, read_piece

FORMS = catalogue().forms


def rows(text: str, form: str) -> list[str | None]:
    return [FORMS[form].rows[row].id for label, _ in find_labels(plain(text)) for row in label.rows.get(form, ())]


@pytest.mark.parametrize("name", sorted(FORMS))
def test_every_label_and_key_finds_its_own_row_or_column(name: str) -> None:
    for position, row in enumerate(FORMS[name].rows):
        for text in (plain(row.label), *row.keys):
            found = find_labels(text)
            assert [position in label.rows[name] and exact for label, exact in found] == [True], text
    for column in FORMS[name].headers:
        for text in (plain(column.label), *column.keys):
            assert [label.columns[name] for label, _ in find_labels(text)] == [column.id], text


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("一、本年新收政府信息公开申请数", "requests_2021", ["requests_received"]),
        ("2.其他法律行政法规禁止公开的", "requests_2021", ["denied_other_law"]),
        ("3.危及三安全一稳定", "requests_2019", ["denied_security"]),
        ("(七)总计", "requests_2019", ["requests_closed"]),
        ("3.其他", "requests_2021", ["other_other"]),
        ("3.其他", "requests_2019", []),
        ("网上申请数", "statistics_2014", ["requests_online"]),
        ("不同意公开答复数", "statistics_2014", ["requests_denied"]),
        ("(二)被依法纠错数", "statistics_2014", ["review_corrected", "litigation_corrected"]),
        ("行政规范性文件", "disclosure_2019", ["normative_docs"]),
        ("(三)不予公开1.属于国家秘密", "requests_2021", [None, "denied_state_secret"]),
    ],
)
def test_labels_in_other_words_or_run_together(text: str, form: str, expected: list[str | None]) -> None:
    assert rows(text, form) == expected


@pytest.mark.parametrize(
    "text",
    [
        "电子邮件申请数",
        "主动公开行政执法信息",
        "受理咨询数",
        "规章制度建设",
        "行政确认",
        "其他对外",
        "政务微博粉丝数",
        "收到和处理政府信息公开申请情况",
    ],
)
def test_labels_of_regional_rows_and_headings_are_of_no_form(text: str) -> None:
    assert find_labels(text) == []


@pytest.mark.parametrize(
    ("piece", "kinds"),
    [
        ("规章 0 0 0", ["label", "number", "number", "number"]),
        ("(一)收到申请数 件 58 1.当面申请数 件 12", ["label", "unit", "number", "label", "unit", "number"]),
        ("235.6 万元", ["number", "unit"]),
        ("统 计 指 标", ["label"]),
        ("人 次", ["unit"]),
        ("(三)", ["quiet"]),
        ("收到申请数58件", ["text"]),
        ("全年受理申请3件。", ["prose"]),
        ("- 3 -", []),
        ("第 3 页", []),
        ("---", []),
    ],
)
def test_what_a_piece_of_text_holds(piece: str, kinds: list[str]) -> None:
    lexemes = read_piece(piece)
    assert [lexeme.kind.value for lexeme in lexemes] == kinds
    assert all(0 <= lexeme.start < lexeme.end <= len(piece) for lexeme in lexemes)
    assert all(lexeme.is_value == (lexeme.kind in (Kind.NUMBER, Kind.DASH, Kind.HIDDEN)) for lexeme in lexemes)


def test_labels_broken_over_lines_and_cells_still_announce_a_form() -> None:
    assert mentions_form("行政\n复议 | 行 政 诉讼\n结果\n维持 | 结果\n纠正 | 尚未\n审结")
    assert not mentions_form("我局没有被申请行政复议和提起行政诉讼的情况。")


def test_the_catalogue_of_cell_words_is_closed() -> None:
    data = deepcopy(load_toml("tables.toml"))
    with pytest.raises(ValidationError, match="unheard_of"):
        CellWords.model_validate(data | {"unheard_of": 1})
    assert not set(cell_words().zeros) & set(cell_words().units)


def test_a_label_with_an_explanation_behind_it_is_that_label() -> None:
    lines = [
        "第二十条第(一)项", "信息内容", "本年新制作数量", "本年新公开数量", "对外公开总数量",
        "规章(设区的市以上人民政府填写)", "0", "0", "0",
        "规范性文件(含决定、公告、通知等各类具有普遍约束力的公文)", "87", "3", "90",
        "第二十条第(五)项", "信息内容", "上一年项目数量(指上年度的事项数)", "本年增/减", "处理决定数量",
        "行政许可", "4", "0", "12",
    ]  # fmt: skip
    document = ingest("\n".join(lines), max_bytes=10**6)
    (table,) = bind_tables(document)
    assert table.cells["normative_docs"]["made"].value == 87
    assert table.cells["licensing"]["items_prev"].value == 4
