"""Titles in 《》 and document numbers."""

from __future__ import annotations

import pytest

from nianbao.normalise import shadow_of
from nianbao.tag.patterns import find_mentions


def found(text: str, label: str) -> list[tuple[str, object]]:
    """Span text and value of the mentions of `text` with `label`."""
    shadow, _ = shadow_of(text)
    return [(shadow[m.start : m.end], m.value) for m in find_mentions(shadow) if m.label == label]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("根据《条例》和《办法》", [("《条例》", "《条例》"), ("《办法》", "《办法》")]),
        ("《《《公开条例》》》", [("《《《公开条例》》》", "《公开条例》")]),
        ("《转发〈关于2018年5月检查的函〉的通知》", [("《转发〈关于2018年5月检查的函〉的通知》",) * 2]),
        ("《关于印发《要点》的通知》", [("《关于印发《要点》的通知》",) * 2]),
        ("学习政府信息公开条例，", [("政府信息公开条例",) * 2]),
        ("《工作简报》", [("《工作简报》",) * 2]),
        ("《青石日报》《青石县人民政府公报》《今日青石》", []),
        ("《未写完的标题\n下一行》", []),
    ],
)
def test_titles(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text, "LAW") == expected
    assert found(text, "DATE") == []


@pytest.mark.parametrize(
    ("text", "span", "value"),
    [
        ("（青政办发〔2018〕23号）", "青政办发〔2018〕23号", "青政办发〔2018〕23号"),
        ("根据青政办发[2018]23号要求", "青政办发[2018]23号", "青政办发〔2018〕23号"),
        ("和桂政办电﹝2018﹞ 168 号", "桂政办电﹝2018﹞ 168 号", "桂政办电〔2018〕168号"),
        ("青政发【2018】第6号", "青政发【2018】第6号", "青政发〔2018〕6号"),
        ("青政办发〔201823号", "青政办发〔201823号", "青政办发〔2018〕23号"),
        ("（青政办发〔201823）", "青政办发〔201823", "青政办发〔2018〕23号"),
        ("青政办发201823号", "青政办发201823号", "青政办发〔2018〕23号"),
        ("市政府办公厅长政办函〔2018〕8号", "长政办函〔2018〕8号", "长政办函〔2018〕8号"),
        ("（国务院令第711号）", "国务院令第711号", "国务院令第711号"),
        ("国务院第492号令", "国务院第492号令", "国务院令第492号"),
        ("中华人民共和国国务院令（第711号）", "中华人民共和国国务院令(第711号)", "中华人民共和国国务院令第711号"),
    ],
)
def test_document_numbers(text: str, span: str, value: str) -> None:
    assert found(text, "DOC_NO") == [(span, value)]
    assert found(text, "DATE") == []


@pytest.mark.parametrize("text", ["（2018）", "〔2018〕", "第12号楼", "文号：无", "2018年第5期"])
def test_what_is_no_document_number(text: str) -> None:
    assert found(text, "DOC_NO") == []
