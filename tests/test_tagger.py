"""The trained tagger: which names it finds, how they meet other mentions, and the parts it is made of."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nianbao.artefacts import ArtefactError
from nianbao.catalogue.gazetteer import gazetteer
from nianbao.document import Document, Span, Table
from nianbao.ingest import ingest
from nianbao.tag import features, tag
from nianbao.tag.tagger import FIRST, INSIDE, LABELS, TAGS, Tagger, active_tagger, best_tags


def document(text: str) -> Document:
    return ingest(text, max_bytes=10**7)


def named(text: str, label: str) -> list[str]:
    read = document(text)
    return [read.text[slice(*read.offsets.span(m.start, m.end))] for m in tag(read, ()) if m.label == label]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("本报告由宁远县人民政府办公室编制。", ["宁远县人民政府办公室"]),
        ("由桂阳县住房和城乡建设局编制2018年度报告。", ["桂阳县住房和城乡建设局"]),
        ("县财政局、县审计局和县统计局联合开展检查。", ["县财政局", "县审计局", "县统计局"]),
        ("市政府办公室会同市司法局开展培训。", ["市政府办公室", "市司法局"]),
        ("在县档案馆、县图书馆设立查阅点3个。", ["县档案馆", "县图书馆"]),
        ("如有疑问,请与宁远县政务公开办公室联系", ["宁远县政务公开办公室"]),
        ("申请人不服,向祁阳县人民政府申请行政复议1件。", ["祁阳县人民政府"]),
        ("成立县政务公开工作领导小组,由县长任组长。", ["县政务公开工作领导小组"]),
        ("围绕市委、市政府决策部署,推进公开。", ["市委", "市政府"]),
        ("祁 阳 县 人 民 政 府\n2019年政府信息公开工作年度报告", ["祁 阳 县 人 民 政 府"]),
        (
            "祁陽縣財政局關於2012年度政府信息公開工作的報告,依照國務院條例,現將縣財政局開展工作情況報告如下",
            ["祁陽縣財政局"],
        ),
    ],
)
def test_agencies(text: str, expected: list[str]) -> None:
    found = named(text, "AGENCY")
    assert found[: len(expected)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "我局认真贯彻落实条例,本单位未收到申请。",
        "各镇人民政府、各街道办事处要按时报送。",
        "由局办公室负责日常工作,各科室配合。",
        "财政、物价等部门的收费信息已全部公开。",
        "在办理过程中,处理申请7件,委托第三方评估。",
    ],
)
def test_pronouns_plurals_and_fields_of_work_are_no_agencies(text: str) -> None:
    assert named(text, "AGENCY") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“宁远教育”微信公众号推送信息120条", ["宁远教育"]),
        ("通过县政府门户网站公开信息20条", ["县政府门户网站"]),
        ("在宁远县人民政府网站公开信息20条", ["宁远县人民政府网站"]),
        ("《永州日报》刊登信息3条", ["永州日报"]),
        ("政务微博“宁远发布”发布信息80条", ["宁远发布"]),
        ("在我局网站公开信息20条", []),
        ("通过微信、微博等新媒体公开信息", []),
    ],
)
def test_channels(text: str, expected: list[str]) -> None:
    assert named(text, "CHANNEL") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("由局长周建民任组长,副局长刘芳具体负责。", ["周建民", "刘芳"]),
        ("联系人:欧阳倩,电话:0746-7210203", ["欧阳倩"]),
        ("申请人黄某某不服答复", ["黄某某"]),
        ("公开机构设置、领导班子成员及分工;领导班子高度重视。", []),
        ("由局长任组长,副局长分管,办公室主任为成员。", []),
    ],
)
def test_persons(text: str, expected: list[str]) -> None:
    assert named(text, "PERSON") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("地址:宁远县文庙街道重华路18号,邮编:425600", ["宁远县文庙街道重华路18号"]),
        (
            "联系地址：永州市冷水滩区逸云路1号市政务中心302室；电话：0746-7210203",
            ["永州市冷水滩区逸云路1号市政务中心302室"],
        ),
        ("地址:    电话:", []),
    ],
)
def test_addresses(text: str, expected: list[str]) -> None:
    assert named(text, "ADDRESS") == expected


def test_values_have_no_spaces_and_are_simplified() -> None:
    read = document("祁 阳 縣 人 民 政 府\n關於2012年政府信息公開工作年度報告,現將開展工作情況報告如下,請予審議")
    assert next(m.value for m in tag(read, ()) if m.label == "AGENCY") == "祁阳县人民政府"


def test_a_title_keeps_the_agency_in_it() -> None:
    read = document("根据《宁远县人民政府办公室关于做好年度报告的通知》(宁政办发〔2018〕5号)要求")
    assert [m.label for m in tag(read, ())] == ["LAW", "DOC_NO"]


def test_an_address_keeps_the_numbers_in_it() -> None:
    read = document("地址:宁远县重华路18号3号楼2层,邮编:425600")
    assert [m.label for m in tag(read, ())] == ["ADDRESS", "POSTCODE"]


def test_tables_hold_no_mentions() -> None:
    text = "宁远县财政局共收到申请7件。\n一、县审计局 12 条\n由宁远县财政局答复。"
    read = document(text)
    start = text.index("一、")
    found = tag(read, [Table("requests_2019", start, text.index("由"))])
    assert [m.start for m in found if m.label == "AGENCY"] == [0, text.rindex("宁远县财政局")]
    assert all(not start <= m.start < text.index("由") for m in found)


@given(st.text(alphabet="宁远县政府局办公室网站长周建民“”《》、,。:(和某 \n\t20地址路号", max_size=120))
def test_mentions_are_in_order_and_apart(text: str) -> None:
    read = document("年" + text)
    found = tag(read, ())
    assert all(a.end <= b.start for a, b in pairwise(found))
    for mention in found:
        inside = read.shadow[mention.start : mention.end]
        assert inside.strip() == inside
        assert "\n" not in inside


@pytest.mark.parametrize("unit", ["局", "地址", "北京市", "“广西", "水 利 ", "祁阳县财政局\n", "(", "局长", "公安网站"])
def test_long_lines_of_one_word_are_read(unit: str) -> None:
    assert all(m.end - m.start <= 200 for m in active_tagger().find(unit * (60_000 // len(unit))))


@given(st.lists(st.lists(st.integers(-9, 9), min_size=TAGS, max_size=TAGS), min_size=1, max_size=4))
def test_best_tags_are_the_best_allowed_ones(rows: list[list[int]]) -> None:
    scores = np.array(rows, np.float32)

    def worth(path: tuple[int, ...]) -> float:
        follows = zip((0, *path), path, strict=False)
        fits = all(b < INSIDE or a in (b, b - INSIDE + FIRST) for a, b in follows)
        return sum(row[t] for row, t in zip(rows, path, strict=True)) if fits else -np.inf

    found = best_tags(scores, np.ones(len(rows), np.bool_))
    assert worth(tuple(found.tolist())) == max(map(worth, product(range(TAGS), repeat=len(rows))))


def test_runs_are_tagged_apart() -> None:
    scores = np.zeros((5, TAGS), np.float32)
    scores[:, INSIDE] = 5
    scores[0, FIRST] = 9
    assert best_tags(scores, np.array([True, True, False, True, True])).tolist()[:3] == [FIRST, INSIDE, 0]
    assert best_tags(scores, np.zeros(5, np.bool_)).tolist() == [0] * 5


def test_fixed_stretches_are_not_read() -> None:
    text = "由宁远县财政局和祁阳县财政局编制"
    assert [m.start for m in active_tagger().find(text)] == [1, 8]
    assert [m.start for m in active_tagger().find(text, [Span(1, 7)])] == [8]


def test_a_model_for_other_features_is_refused() -> None:
    with pytest.raises(ArtefactError, match="retrain"):
        Tagger.of({"signature": np.array(features.SIGNATURE ^ 1, np.uint32)})


def test_no_word_of_the_gazetteer_is_there_twice() -> None:
    bodies = gazetteer().bodies
    for words in (bodies.fields, bodies.stops, bodies.levels, bodies.no_levels, bodies.no_endings):
        assert len(words) == len(set(words))
    assert set(LABELS) == {"AGENCY", "PERSON", "ADDRESS", "CHANNEL"}
