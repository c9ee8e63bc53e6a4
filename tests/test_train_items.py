"""Training of the model of items: where items stand, which clauses are theirs, what is learned is said again."""

from __future__ import annotations

import pytest

pytest.importorskip("sklearn")

from nianbao.assemble.items import MEASURE, MORE_MEASURE, MORE_PROBLEM, OUT, PROBLEM
from nianbao.train.alike import paired
from nianbao.train.gold import Gold
from nianbao.train.items import fit, paragraphs
from pages import page

TEXT = "工作取得进展,但更新不及时,回应慢;解读单一。下一步,将加强培训,提高水平。"


def gold(problems: list[str], measures: list[str]) -> Gold:
    return Gold(title=None, agency=None, year=2018, problems=problems, measures=measures)


def test_an_item_begins_in_the_first_clause_that_it_overlaps() -> None:
    marked = gold(["更新不及时,回应慢", "解读单一"], ["加强培训,提高水平"])
    (paragraph,) = paragraphs(page(("problems", TEXT)), marked)
    assert paragraph.tags == [OUT, PROBLEM, MORE_PROBLEM, PROBLEM, OUT, MEASURE, MORE_MEASURE]


def test_only_where_items_may_stand_is_learned() -> None:
    made = page(("proactive", TEXT), ("problems#1", "五、问题"), ("noise", "问题是没有"))
    assert list(paragraphs(made, gold(["解读单一"], []))) == []


def test_what_is_learned_is_said_again() -> None:
    known = list(paragraphs(page(("problems", TEXT)), gold(["更新不及时,回应慢", "解读单一"], ["加强培训,提高水平"])))
    model, again = fit(known * 9), fit(known * 9)
    assert list(model.tags([known[0].features])) == [known[0].tags]
    assert model.weights.tobytes() == again.weights.tobytes() and model.moves == again.moves


def test_nothing_can_be_learned_of_nothing() -> None:
    with pytest.raises(ValueError, match="no annotated problem"):
        fit(list(paragraphs(page(("problems", TEXT)), gold([], []))))


def test_items_are_paired_by_likeness_each_once() -> None:
    assert paired(["更新不够及时", "解读单一"], ["解读单一", "更新不及时", "更新不及时"]) == [1, 0, None]
