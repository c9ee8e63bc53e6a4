"""Problems and measures: the clauses that the model joins, the marks that open them, what is done and what promised."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nianbao.artefacts import ArtefactError, load
from nianbao.assemble.items import MORE_PROBLEM, NAME, OUT, TAGS, Model, items
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
            ["将加强培训,提高业务水平"],
        ),
        ("存在的问题是内容不够全面、更新不够及时。", ["内容不够全面、更新不够及时"], []),
        ("主要问题：个别站所报送不主动；群众查询不方便。改进措施：实行季度通报；增设查询终端2台。",
         ["个别站所报送不主动", "群众查询不方便"], ["实行季度通报", "增设查询终端2台"]),
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


def test_an_item_goes_on_only_where_it_began() -> None:
    """Whatever single clauses look like: the first tag of a paragraph begins something, or is none."""
    likes_more = Model({}, np.array([[0, 0, 9, 0, 8]], np.float32), [[0.0] * TAGS] * TAGS)
    assert list(likes_more.tags([[[]], [[], []]])) == [[OUT], [OUT, MORE_PROBLEM]]


def test_a_model_for_other_features_is_refused() -> None:
    served = load(NAME)
    with pytest.raises(ArtefactError, match="nianbao train items"):
        Model.of(replace(served, card={**served.card, "features": 0}))
