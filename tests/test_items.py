"""Problems and measures: one item a mark, or one a clause of its own; promises without what opens them."""

from __future__ import annotations

import pytest

from nianbao.assemble.items import items
from pages import page


def read(*lines: tuple[str, str]) -> tuple[list[str], list[str], list[str | None]]:
    made = page(*lines)
    problems, measures = items(made)
    text = made.document.shadow
    return (
        [text[i.start : i.end] for i in problems],
        [text[i.start : i.end] for i in measures],
        [i.tense for i in measures],
    )


@pytest.mark.parametrize(
    ("text", "problems", "measures"),
    [
        (
            "工作中还存在一些不足：一是更新不及时；二是解读形式单一。下一步，将加强培训，提高业务水平。",
            ["更新不及时", "解读形式单一"],
            ["加强培训", "提高业务水平"],
        ),
        ("存在的问题是内容不够全面、更新不够及时。", ["内容不够全面", "更新不够及时"], []),
        (
            "全年工作取得进展，但公开意识还不够强，目录更新还不够快，解读材料仍偏少。",
            ["公开意识还不够强", "目录更新还不够快", "解读材料仍偏少"],
            [],
        ),
        ("主要问题：个别站所报送不主动；群众查询不方便。改进措施：实行季度通报；增设查询终端2台。",
         ["个别站所报送不主动", "群众查询不方便"], ["实行季度通报", "增设查询终端2台"]),
        ("我局人手少，更新慢。2019年要加强学习，每月公开一次，争取网站开通。",
         ["我局人手少,更新慢"], ["加强学习", "每月公开一次", "争取网站开通"]),
        ("五、不足与打算。更新不及时;解读形式单一。2019年拟增设查询终端2台。",
         ["更新不及时", "解读形式单一"], ["增设查询终端2台"]),
        ("无。", [], []),
    ],
)  # fmt: skip
def test_a_paragraph_of_problems(text: str, problems: list[str], measures: list[str]) -> None:
    assert read(("problems", text))[:2] == (problems, measures)


def test_items_in_lines_of_their_own() -> None:
    problems, measures, _ = read(
        ("problems#2", "(一)存在问题"),
        ("problems", "1.目录分类较粗;"),
        ("problems", "2.答复文书质量不高。"),
        ("improvements#2", "(二)改进措施"),
        ("improvements", "1.重编公开目录;"),
        ("improvements", "2.请法律顾问把关。"),
    )
    assert problems == ["目录分类较粗", "答复文书质量不高"]
    assert measures == ["重编公开目录", "请法律顾问把关"]


def test_done_and_promised() -> None:
    _, measures, tenses = read(("improvements", "一是已升级站内搜索；二是计划开展培训两期。"))
    assert measures == ["已升级站内搜索", "计划开展培训两期"]
    assert tenses == ["past", "future"]


def test_only_paragraphs_of_the_two_sections_are_read() -> None:
    assert read(("proactive", "公开不够及时。下一步将加强。"))[:2] == ([], [])


def test_what_a_section_of_the_work_says_went_forward_is_no_measure() -> None:
    text = "强化组织领导,专人负责公开工作;年初作了部署。"
    _, before, _ = read(("overview#1", "一、总体情况"), ("improvements", text), ("problems#1", "二、问题和改进"))
    _, behind, _ = read(("overview#1", "一、总体情况"), ("problems#1", "二、问题和改进"), ("improvements", text))
    assert before == []
    assert behind == ["强化组织领导,专人负责公开工作", "年初作了部署"]
