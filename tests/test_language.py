"""The spaCy pipeline gives the very mentions and sections of the record."""

from __future__ import annotations

import pytest

spacy = pytest.importorskip("spacy")

import nianbao  # noqa: E402  after the check that spaCy is there
from nianbao import engine  # noqa: E402

TEXT = (
    "清河县水利局2013年政府信息公开工作年度报告\n一、概述\n2013年，我局认真贯彻《中华人民共和国政府信息公开条例》，由局长任组长。\n"
    "二、主动公开情况\n全年主动公开信息36条，在“清河水利”网站发布30条。𠮷祥。\n三、依申请公开情况\n未收到申请。"
)


def test_mentions_are_those_of_the_record() -> None:
    doc = nianbao.load()(TEXT)
    record = engine.extract(TEXT, with_text=True)
    assert doc.text == record.text
    assert [(e.start_char, e.end_char, e.label_) for e in doc.ents] == [
        (e.start, e.end, e.label) for e in record.entities
    ]


def test_sections_are_those_of_the_record() -> None:
    doc = nianbao.load()(TEXT)
    record = engine.extract(TEXT)
    assert [s.label_ for s in doc.spans["sections"]] == [p.label for p in record.paragraphs]


def test_components_are_registered_and_pipe_works() -> None:
    nlp = nianbao.load()
    assert nlp.pipe_names == ["nianbao_entities", "nianbao_sections"]
    assert [doc.text for doc in nlp.pipe([TEXT, "无。", ""])] == [TEXT, "无。", ""]


def test_displacy_draws_it() -> None:
    html = spacy.displacy.render(nianbao.load()(TEXT), style="ent", page=False, jupyter=False)
    assert "36条" in html
