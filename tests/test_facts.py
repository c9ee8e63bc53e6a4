"""From prose to indicators: what each kind of sentence states, and what it does not."""

from __future__ import annotations

import pytest

from nianbao.document import Fact, Segment
from nianbao.facts import Reporter, link
from nianbao.ingest import ingest
from nianbao.tag.patterns import find_mentions, resolve_dates

BUREAU = Reporter(2016, False, ("清河县水利局",))
GOVERNMENT = Reporter(2016, True, ("清河县人民政府",))


def facts(text: str, label: str, reporter: Reporter = BUREAU) -> list[Fact]:
    document = ingest(text, max_bytes=10**6)
    mentions = resolve_dates(find_mentions(document.shadow), document.shadow, reporter.year)
    return link(document, [Segment(0, len(document.shadow), None, label)], mentions, reporter)


def used(text: str, label: str, reporter: Reporter = BUREAU) -> dict[str, float]:
    return {f.indicator: f.value for f in facts(text, label, reporter) if f.used}


@pytest.mark.parametrize(
    ("label", "text", "values"),
    [
        (
            "requests",
            "2016年共收到政府信息公开申请12件，其中当面申请3件、网上申请9件。",
            {"requests_received": 12, "requests_in_person": 3, "requests_online": 9},
        ),
        ("proactive", "制发规范性文件9件，除2件涉密外均已公开。", {"normative_docs_issued": 9}),
        ("requests", "2016年收到申请7件。2015年，共收到政府信息公开申请5件。", {"requests_received": 7}),
        ("requests", "2015年没有结转，新收申请8件。", {"requests_carried_in": 0, "requests_received": 8}),
        ("requests", "受理申请五宗，均已答复。", {"requests_received": 5, "requests_answered": 5}),
        ("requests", "当面、信函各1件。", {"requests_in_person": 1, "requests_letter": 1}),
        ("requests", "传真和信函申请为0件。", {"requests_fax": 0, "requests_letter": 0}),
        ("requests", "办结11件，另有1件转入2017年答复。", {"requests_closed": 11, "requests_carried_out": 1}),
        ("requests", "按时办结10件，延期办结1件。", {"requests_closed_on_time": 10, "requests_closed_extended": 1}),
        (
            "requests",
            "同意公开6件，同意部分公开1件，不同意公开2件，信息不存在1件。",
            {"requests_granted": 6, "requests_partial": 1, "requests_denied": 2, "requests_not_exist": 1},
        ),
        (
            "requests",
            "全年未收到政府信息公开申请，没有不予公开的情况。",
            {"requests_received": 0, "requests_denied": 0},
        ),
        ("requests", "没有依申请公开和不予公开的政府信息。", {"requests_received": 0, "requests_denied": 0}),
        (
            "requests",
            "收到申请4件，全部予以公开，无不予公开的情况。",
            {"requests_received": 4, "requests_granted": 4, "requests_denied": 0},
        ),
        ("fees", "我局未收取任何费用。", {"fees_collected": 0}),
        ("fees", "共收取复制费30元、邮寄费12元，合计42元。", {"fees_collected": 42}),
        ("fees", "不存在减免情况。", {}),
        ("fees", "复制20页以内免费，超出部分每页0.3元。", {}),
        (
            "review_litigation",
            "没有发生因政府信息公开申请引发的行政复议和行政诉讼。",
            {"review_total": 0, "litigation_total": 0},
        ),
        ("review_litigation", "行政复议、行政诉讼均为零。", {"review_total": 0, "litigation_total": 0}),
        (
            "review_litigation",
            "被申请行政复议3件，维持2件，纠正1件；行政诉讼1件，正在审理。",
            {
                "review_total": 3,
                "review_upheld": 2,
                "review_corrected": 1,
                "litigation_total": 1,
                "litigation_pending": 1,
            },
        ),
        ("review_litigation", "复议、诉讼共5件。", {}),
        ("review_litigation", "无。", {"review_total": 0, "litigation_total": 0}),
        (
            "proactive",
            "全年主动公开政府信息1,267条，其中网站公开1100条。",
            {"proactive_total": 1267, "proactive_website": 1100},
        ),
        ("proactive", "制发规范性文件3件，均已主动公开。", {"normative_docs_issued": 3, "normative_docs_published": 3}),
        ("organization", "配备专职人员1名、兼职人员4名。", {"staff_full_time": 1, "staff_part_time": 4}),
        ("organization", "举办培训班2期，培训80人次。", {"trainings": 2, "trainees": 80}),
        ("organization", "参加县政府办组织的培训2次。", {}),
        (
            "interaction",
            "举办新闻发布会4场，主要负责同志出席2场。",
            {"press_conferences": 4, "press_conferences_principal": 2},
        ),
        (
            "proactive",
            "作出行政许可决定120件、行政处罚决定36件、行政强制决定4件。",
            {"licences_decided": 120, "penalties_decided": 36, "coercions_decided": 4},
        ),
        ("proactive", "制定规章2件，废止规章1件。", {"regulations_issued": 2, "regulations_repealed": 1}),
        (
            "review_litigation",
            "行政诉讼2件，其中经复议后起诉1件。",
            {"litigation_total": 2},
        ),
        (
            "organization",
            "配备专职人员2名、兼职人员11名，合计13名。",
            {
                "staff_full_time": 2,
                "staff_part_time": 11,
                "staff_total": 13,
            },
        ),
        (
            "requests",
            "收到申请8件，其中2件结转下年，其余全部按时办结。",
            {"requests_received": 8, "requests_carried_out": 2},
        ),
        ("requests", "2015年结转2件，新收申请8件。", {"requests_carried_in": 2, "requests_received": 8}),
        ("requests", "因涉及个人隐私不予公开1件。", {"requests_denied": 1, "denied_privacy": 1}),
        ("requests", "不予公开1件（涉及商业秘密）。", {"requests_denied": 1, "denied_trade_secret": 1}),
        (
            "requests",
            "不予公开3件，其中涉及个人隐私2件、商业秘密1件。",
            {"requests_denied": 3, "denied_privacy": 2, "denied_trade_secret": 1},
        ),
        (
            "proactive",
            "主动公开政府信息36条，均在县政府网站发布。",
            {"proactive_total": 36, "proactive_website": 36},
        ),
        (
            "interaction",
            "副局长参加政府网站在线访谈1次。",
            {"online_interviews": 1},
        ),
        (
            "interaction",
            "局长参加政府网站在线访谈1次。",
            {"online_interviews": 1, "online_interviews_principal": 1},
        ),
    ],
)
def test_what_a_sentence_states(label: str, text: str, values: dict[str, float]) -> None:
    assert used(text, label) == values


@pytest.mark.parametrize(
    ("label", "text", "indicator", "field", "value"),
    [
        ("proactive", "全市共主动公开政府信息9000条。", "proactive_total", "scope", "region"),
        ("requests", "局属各单位未收到政府信息公开申请。", "requests_received", "scope", "other"),
        ("requests", "2015年收到政府信息公开申请7件。", "requests_received", "year", 2015),
        ("proactive", "自2008年以来累计主动公开政府信息5000条。", "proactive_total", "cumulative", True),
        ("improvements", "2017年将举办培训班3期。", "trainings", "status", "plan"),
        ("proactive", "每月主动公开信息10条以上。", "proactive_total", "status", "rule"),
    ],
)
def test_what_does_not_count_is_still_told(label: str, text: str, indicator: str, field: str, value: object) -> None:
    fact = next(f for f in facts(text, label) if f.indicator == indicator)
    assert getattr(fact, field) == value
    assert not fact.used


def test_a_government_speaks_for_its_region() -> None:
    assert used("全县共主动公开政府信息9000条。", "proactive", GOVERNMENT) == {"proactive_total": 9000}


@pytest.mark.parametrize(
    "text",
    [
        "坚持以公开为原则、不公开为例外，做到应公开尽公开。",
        "建立不予公开政府信息备案制度。",
        "未发现应公开而未公开的情况。",
        "如收到申请，将在15日内答复。",
        "申请已全部办结。",
        "答复率100%。",
        "收到申请**件。",
        "编印宣传册3种，发放200册。",
    ],
)
def test_traps_state_nothing(text: str) -> None:
    assert facts(text, "requests") == []


def test_bracketed_asides_keep_their_year_to_themselves() -> None:
    text = "2016年受理申请6件（上年为4件），信函3件、网上3件。"
    assert used(text, "requests") == {"requests_received": 6, "requests_letter": 3, "requests_online": 3}


def test_every_fact_cites_its_own_words() -> None:
    text = "全年主动公开政府信息36条，未收到申请。"
    document = ingest(text, max_bytes=10**6)
    cited = {f.indicator: document.text[f.start : f.end] for f in facts(text, "proactive")}
    assert cited["proactive_total"] == "36条"
    assert cited["requests_received"] == "未收到申请"


def test_a_comparison_repeats_what_it_compares() -> None:
    said = [(f.indicator, f.value, f.year, f.used) for f in facts("2016年受理申请6件，2015年为4件。", "requests")]
    assert said == [("requests_received", 6, 2016, True), ("requests_received", 4, 2015, False)]


def test_what_words_say_beside_a_number_is_not_what_another_is_compared_with() -> None:
    text = "2016年主动公开政府信息36条，均在县政府网站发布，2015年为30条。"
    said = [(f.indicator, f.value, f.year) for f in facts(text, "proactive")]
    assert sorted(said) == [
        ("proactive_total", 30, 2015),
        ("proactive_total", 36, 2016),
        ("proactive_website", 36, 2016),
    ]


def test_how_sure_a_fact_is_tells_clear_from_odd() -> None:
    clear = facts("2016年收到政府信息公开申请12件。", "requests")[0]
    odd = facts("群众来信要求公开的有12件。", "requests")
    assert 0.6 < clear.confidence <= 1
    assert all(fact.confidence < clear.confidence for fact in odd)
