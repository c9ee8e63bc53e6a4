"""Section labels: features, the best path, rules for secondary labels, the shipped model on a page of its own."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise, product
from math import inf

import numpy as np
import pytest

from nianbao.artefacts import Artefact, ArtefactError
from nianbao.classify import Model, best_path, classify
from nianbao.classify.besides import add_rules
from nianbao.classify.features import VERSION, describe
from nianbao.document import Mention, Segment, Table
from nianbao.ingest import ingest
from nianbao.segment import segment
from nianbao.tag.patterns import find_mentions

PAGE = """\
@noise 首页 > 政务公开 > 政府信息公开年报
@noise 索引号:0071-2021-0003  发布日期:2022-01-20
@title 青石县财政局
@title 2021年政府信息公开工作年度报告
@preamble 本报告依据《中华人民共和国政府信息公开条例》编制,所列数据的统计期限自2021年1月1日起至2021年12月31日止。
@overview 一、总体情况
@proactive (一)主动公开
@proactive 全年主动公开政府信息312条,其中财政预算、决算信息87条。
@requests (二)依申请公开
@requests 共收到政府信息公开申请9件,全部按期答复,其中予以公开6件,不予公开3件。
@info_management (三)政府信息管理
@info_management 修订政府信息公开指南和目录,严格执行保密审查制度,清理规范性文件4件。
@platform (四)平台建设
@platform 对门户网站信息公开专栏进行改版,维护微信公众号1个,在办事大厅设立查阅点1处。
@organization (五)监督保障
@organization 调整领导小组,明确专职人员1名,组织业务培训2次,将政务公开纳入年度考核。
@proactive 二、主动公开政府信息情况
@statistics 规章
@statistics 0
@statistics 行政规范性文件
@statistics 4
@requests 三、收到和处理政府信息公开申请情况
@requests 见上文。
@review_litigation 四、政府信息公开行政复议、行政诉讼情况
@review_litigation 未发生行政复议和行政诉讼。
@problems 五、存在的主要问题及改进情况
@problems 公开内容不够全面,更新不及时。下一步,我局将加强培训,提高公开质量。
@other 六、其他需要报告的事项
@fees 本年度未收取信息处理费。
@other 没有其他需要报告的事项。
@signature 青石县财政局
@signature 2022年1月18日
@noise 【打印】 【关闭窗口】
@noise 主办:青石县人民政府办公室  备案号:桂ICP备05000001号
"""
CELLS = "规章\n0\n行政规范性文件\n4"


def read(marked: str) -> tuple[list[str], str]:
    lines = [line[1:].split(" ", 1) for line in marked.splitlines()]
    return [label for label, _ in lines], "\n".join(text for _, text in lines)


def classified(text: str, cells: str = "") -> list[Segment]:
    document = ingest(text, max_bytes=10**6)
    start = document.shadow.find(cells) if cells else -1
    tables = [Table("unknown", start, start + len(cells))] if cells else []
    segments = segment(document, tables)
    bodies = re.finditer("青石县(?:财政局|人民政府办公室)", document.shadow)
    agencies = [Mention("AGENCY", body.start(), body.end()) for body in bodies]
    mentions = sorted([*agencies, *find_mentions(document.shadow)], key=lambda m: m.start)
    classify(document, segments, mentions, tables)
    return segments


def test_the_sections_of_a_report() -> None:
    labels, text = read(PAGE)
    found = classified(text, CELLS)
    assert [s.label for s in found] == labels
    assert all(0 < s.confidence <= 1 for s in found)
    unsure = min(found, key=lambda s: s.confidence)
    assert text[unsure.start : unsure.end] == "见上文。"
    assert [s.level for s in found if s.level] == [1, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1]


def test_secondary_labels_by_rule() -> None:
    _, text = read(PAGE)
    found = {text[s.start : s.end][:4]: s.secondary for s in classified(text, CELLS)}
    assert found["公开内容"] == ("improvements",)
    assert found["本年度未"] == ("other",)
    assert found["没有其他"] == ()


def test_what_opens_nothing_has_no_level() -> None:
    body = "一、总体情况\n2021年,我局按照条例的要求做好信息公开工作,全年主动公开信息46条,未收到公开申请。"
    title = "青石县财政局2021年政府信息公开工作年度报告"
    found = classified(f"{title}\n{body}\n附件:1.统计表.xls\n2.年度报告.doc\n3.图解.jpg")
    assert [(s.label, s.level) for s in found[3:]] == [("attachments", None)] * 3


def test_only_open_segments_are_labelled() -> None:
    document = ingest("一、概述\n无。", max_bytes=100)
    segments = [Segment(0, 4, 1, "title", (), 0.5), Segment(5, 7)]
    classify(document, segments, (), ())
    assert segments[0] == Segment(0, 4, 1, "title", (), 0.5)
    assert segments[1].label
    classify(document, [], (), ())


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("一、收费情况", "#heading:fees"),
        ("(一)收费情况。无。", "#run-in:fees"),
        ("索 引 号:0071", "#key:noise"),
        ("未收取复制费和邮寄费", "#w2:fees"),
        ("未收取费用", "#w1st:fees"),
        ("今天天气晴朗", "#w0"),
        ("规章 | 0", "#has|"),
        ("2022年1月18日", "#onlyH:DATE"),
        ("共发布312条", "#u:条"),
    ],
)
def test_features_of_a_line(line: str, name: str) -> None:
    document = ingest(line, max_bytes=1000)
    (names,) = describe(document.shadow, segment(document, ()), find_mentions(document.shadow), ())
    assert name in names


def test_features_of_the_headings_above() -> None:
    text = "五、存在的问题\n(一)更新慢\n不及时。\n改进措施:\n多更新。\n六、其他事项\n无。"
    document = ingest(text, max_bytes=1000)
    names = describe(document.shadow, segment(document, ()), (), ())
    assert [line[:2] for line in names] == [
        ["#hproblems", "#s-"],
        ["#hproblems", "#s?"],
        ["#hproblems", "#s?"],
        ["#hproblems", "#simprovements"],
        ["#hproblems", "#simprovements"],
        ["#hother", "#s-"],
        ["#hother", "#s-"],
    ]


def test_features_of_the_page() -> None:
    document = ingest("打印\n2021年度报告\n本报告由我局负责编制并向社会公布,欢迎查阅。\n规章\n0\n某局", max_bytes=1000)
    table = Table("unknown", document.shadow.index("规章"), document.shadow.index("\n某局"))
    names = describe(document.shadow, segment(document, (table,)), (), (table,))
    assert {"#title1", "#partH", "#i0", "#<^", "#>20"} <= set(names[0])
    assert {"#title0", "#partH", "#i1", "#tables0"} <= set(names[1])
    assert {"#title-1", "#partF", "#j3", "#>#table"} <= set(names[2])
    assert {"#partT", "#j0", "#tables1", "#<#table", "#>$"} <= set(names[3])


def test_mentions_that_training_does_not_know_are_not_seen() -> None:
    document = ingest("联系人张三", max_bytes=1000)
    segments = segment(document, ())
    person = [Mention("PERSON", 3, 5)]
    assert describe(document.shadow, segments, person, ()) == describe(document.shadow, segments, (), ())


LEVEL = [[0.0] * 3] * 3


def model(moves: list[list[float]], *, temperature: float = 1.0, secondary_min: float = inf) -> Model:
    weights = np.array([[0, 0, 0], [4, 0, 0], [0, 4, 1]], dtype=np.float32)
    return Model(("requests", "fees", "statistics"), {"a": 1, "b": 2}, weights, moves, temperature, secondary_min)


def test_chances_are_those_of_the_known_names() -> None:
    chances = np.exp(model(LEVEL).chances([["a", "z"], ["z"], ["a", "b"]]))
    assert chances.sum(axis=1) == pytest.approx(np.ones(3))
    assert chances[1] == pytest.approx(np.full(3, 1 / 3))
    assert chances[0, 0] == pytest.approx(np.exp(4) / (np.exp(4) + 2))
    flat = np.exp(model(LEVEL, temperature=8).chances([["a"]]))
    assert flat[0, 0] < chances[0, 0]


def test_the_best_path_is_the_best_of_all_paths() -> None:
    rng = np.random.default_rng(7)
    for _ in range(50):
        moves = rng.normal(size=(3, 3)).tolist()
        chances = rng.normal(scale=2, size=(5, 3))
        sums = {
            path: sum(chances[range(5), path]) + sum(moves[a][b] for a, b in pairwise(path))
            for path in product(range(3), repeat=5)
        }
        page = [list(enumerate(row)) for row in chances.tolist()]
        assert tuple(best_path(page, moves)) == max(sums, key=lambda path: sums[path])


def test_labels_left_out_change_no_path() -> None:
    rng = np.random.default_rng(11)
    segments = [Segment(i, i + 1) for i in range(12)]
    for _ in range(50):
        reader = model(rng.normal(size=(3, 3)).tolist())
        chances = rng.normal(scale=3, size=(12, 3)).astype(np.float32)
        every = [list(enumerate(row)) for row in chances.tolist()]
        assert reader.decode(segments, chances) == best_path(every, reader.moves)


def test_a_table_is_one_step_of_the_path_and_a_page_number_none() -> None:
    fees_behind_tables = [[0.0, -9.0, 0.0], [0.0, -9.0, 0.0], [-9.0, 9.0, 0.0]]
    chances = np.array([[1, 0, -99], [1, 0, -99]], dtype=np.float32)
    table, page = Segment(1, 2, None, "statistics"), Segment(2, 3, None, "noise")
    reader = model(fees_behind_tables)
    assert reader.decode([Segment(0, 1), page, Segment(3, 4)], chances) == [0, 0]
    assert reader.decode([Segment(0, 1), table, page, table, Segment(3, 4)], chances) == [0, 1]


def test_labels_likely_enough_come_besides() -> None:
    reader = model(LEVEL, secondary_min=0.3)
    chances = np.log(np.array([[0.5, 0.4, 0.1], [0.6, 0.0001, 0.3999]], dtype=np.float32))
    segments = [Segment(0, 1), Segment(1, 2)]
    reader.settle(segments, [0, 0], chances)
    assert [s.secondary for s in segments] == [("fees",), ()]  # a table is no topic among others
    assert [s.confidence for s in segments] == pytest.approx([0.5, 0.6])


@pytest.mark.parametrize(
    ("text", "mixed"),
    [
        ("公开不及时。今后要加强更新。", True),
        ("不足:宣传不够。改进措施:印发手册。", True),
        ("更新慢。2022年,我局将逐月通报。", True),
        ("针对上述不足,已建立台账。", True),
        ("公开不及时,针对性不强,措施不多。", False),
        ("2021年工作中的主要问题是更新慢。", False),
    ],
)
def test_problems_with_measures_are_both(text: str, mixed: bool) -> None:
    line = Segment(1, len(text) + 1, None, "problems")
    add_rules("\n" + text, [line])
    assert line.secondary == (("improvements",) if mixed else ())


def test_what_stands_under_other_is_other_too() -> None:
    lines = [
        Segment(0, 1, 1, "other"),
        Segment(1, 2, None, "fees", ("other",)),
        Segment(2, 3, 2, "fees"),
        Segment(3, 4, None, "interaction"),
        Segment(4, 5, None, "signature"),
        Segment(5, 6, 1, "fees"),
        Segment(6, 7, None, "fees"),
    ]
    add_rules("." * 7, lines)
    assert [line.secondary for line in lines] == [(), ("other",), (), ("other",), (), (), ()]


def test_weights_of_other_features_are_refused() -> None:
    arrays = {
        "weights": np.zeros((3, 2), dtype=np.float16),
        "moves": np.zeros((2, 2), dtype=np.float32),
        "names": np.frombuffer("#^甲\n#w0".encode(), dtype=np.uint8),
    }
    card = {"features": VERSION, "labels": ["fees", "other"], "temperature": 0.9, "secondary_min": 0.2}
    artefact = Artefact("sections", "0007", arrays, card)
    assert Model.of(artefact).rows == {"#^甲": 1, "#w0": 2}
    with pytest.raises(ArtefactError, match=r"0007.*retrain"):
        Model.of(replace(artefact, card={**card, "features": VERSION + 1}))
