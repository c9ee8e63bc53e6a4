"""Relations of the prose: against the tables, and against itself."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from nianbao.catalogue import catalogue
from nianbao.check import Check, Evidence, SpanRef, run_checks
from nianbao.document import Cell, Fact, Mention, Segment, State, Table

NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)(万)?(余)?(件|条|份|次|期|人次|人|类|%)|([一二三四五六七八九十])个(?=部分)")
HAN = "一二三四五六七八九十"


def counts(text: str) -> list[Mention]:
    out = []
    for match in NUMBER.finditer(text):
        if match[5]:
            out.append(Mention("COUNT", match.start(), match.end(), HAN.index(match[5]) + 1, "个"))
        else:
            value = float(match[1].replace(",", "")) * (10_000 if match[2] else 1)
            number = int(value) if value == int(value) else value
            out.append(Mention("COUNT", match.start(), match.end(), number, match[4], bool(match[3])))
    return out


def fact(text: str, quote: str, indicator: str, value: float, unit: str = "件", **fields: object) -> Fact:
    start = text.index(quote)
    end = start + len(quote)
    plain = Fact(indicator, value, unit, False, start, end, "own", 2022, "fact", False, confidence=0.9, used=True)
    return replace(plain, **fields)  # type: ignore[arg-type]


def table(form: str, values: Mapping[tuple[str, str], float | None], unit: str = "") -> Table:
    """A table of zeros but for the cells given by row and column."""
    cells = {
        row.id: {
            column: Cell(State.PRINTED, values.get((row.id, column), 0), unit)
            for column in catalogue().forms[form].columns_of(row.id)
        }
        for row in catalogue().forms[form].rows
        if row.id
    }
    return Table(form, 0, 1, cells)


def requests(**totals: float | None) -> Table:
    return table("requests_2021", {(row, "total"): value for row, value in totals.items()})


def reviews(**cells: float | None) -> Table:
    return table("review_litigation", {tuple(name.split("__")): value for name, value in cells.items()})  # type: ignore[misc]


def evidence(text: str, *tables: Table, facts: Sequence[Fact] = ()) -> Evidence:
    lines = [m.span() for m in re.finditer(r"[^\n]+", text)]
    segments = [Segment(start, end, 1 if text[start] in HAN else None, "preamble") for start, end in lines]
    return Evidence(tables, facts, {}, text, counts(text), segments, 2022, 2022, None, "county", "department")


def checks(text: str, check_id: str, *tables: Table, facts: Sequence[Fact] = ()) -> list[Check]:
    return [c for c in run_checks(evidence(text, *tables, facts=facts)) if c.id == check_id]


def statuses(found: Sequence[Check]) -> list[str]:
    return [c.status for c in found]


RECEIVED = "2022年,我局共收到政府信息公开申请13件。"


@pytest.mark.parametrize(
    ("printed", "changes", "status"),
    [
        (13, {}, ["pass"]),
        (12, {}, ["fail"]),
        (None, {}, ["skip"]),
        (12, {"approx": True}, ["pass"]),
        (12, {"scope": "region"}, []),
        (12, {"year": 2021}, []),
        (12, {"status": "plan"}, []),
        (12, {"cumulative": True}, []),
        (12, {"confidence": 0.2}, []),
    ],
)
def test_received(printed: float | None, changes: dict[str, object], status: list[str]) -> None:
    stated = replace(fact(RECEIVED, "13件", "requests_received", 13), **changes)  # type: ignore[arg-type]
    found = checks(RECEIVED, "P-01", requests(requests_received=printed), facts=[stated])
    assert statuses(found) == status
    if status == ["fail"]:
        assert found[0].at[0] == SpanRef(stated.start, stated.end)
        assert (found[0].left, found[0].right) == (13, 12)


def test_one_agreeing_statement_is_enough() -> None:
    text = "上半年收到申请5件。全年收到申请13件。"
    facts = [fact(text, "5件", "requests_received", 5), fact(text, "13件", "requests_received", 13)]
    assert statuses(checks(text, "P-01", requests(requests_received=13), facts=facts)) == ["pass"]


def test_a_part_of_the_year_says_nothing_of_the_year() -> None:
    text = "其中第三季度收到申请5件。"
    facts = [fact(text, "5件", "requests_received", 5, used=False)]
    assert checks(text, "P-01", requests(requests_received=13), facts=facts) == []


@pytest.mark.parametrize(
    ("text", "status"),
    [("连同2021年结转的2件,共受理申请15件。", "skip"), ("共受理申请15件,办结14件,结转下年度1件。", "fail")],
)
def test_a_carry_over_counted_in_is_in_doubt_only_where_it_is_named(text: str, status: str) -> None:
    printed = requests(requests_received=13, requests_carried_in=2)
    assert statuses(checks(text, "P-01", printed, facts=[fact(text, "15件", "requests_received", 15)])) == [status]


@pytest.mark.parametrize(
    ("answered", "status"),
    [(20, "pass"), (18, "skip"), (17, "fail")],  # two ended without a reply
)
def test_answered_leaves_out_what_ended_without_a_reply(answered: int, status: str) -> None:
    text = f"已答复{answered}件。"
    printed = requests(requests_closed=20, other_no_correction=2)
    stated = fact(text, f"{answered}件", "requests_answered", answered)
    assert statuses(checks(text, "P-03", printed, facts=[stated])) == [status]


def test_all_answered_prints_no_figure() -> None:
    text = "收到申请13件,均已答复。"
    stated = fact(text, "均已答复", "requests_answered", 13, unit="")
    assert checks(text, "P-03", requests(requests_closed=12), facts=[stated]) == []


def test_groups_of_outcomes_are_sums_of_rows() -> None:
    text = "共办结申请9件:予以公开3件,不予公开2件,无法提供4件。"
    facts = [fact(text, "3件", "requests_granted", 3), fact(text, "2件", "requests_denied", 2)]
    printed = requests(requests_granted=3, denied_privacy=0, denied_query=2, unable_not_held=2, unable_unclear=1)
    found = {c.instance: c.status for c in checks(text, "P-04", printed, facts=facts)}
    assert found == {"requests_granted": "pass", "requests_denied": "pass", "unable": "fail"}


def test_a_group_elsewhere_is_nobodys() -> None:
    text = "对无法提供4件的情形作了说明。"
    assert checks(text, "P-04", requests(unable_not_held=2)) == []


def test_none_received_against_a_filled_table() -> None:
    text = "全年未收到政府信息公开申请。"
    zero = fact(text, "未收到政府信息公开申请", "requests_received", 0, unit="", zero=True)
    assert statuses(checks(text, "P-07", requests(requests_received=2), facts=[zero])) == ["fail"]
    assert checks(text, "P-01", requests(requests_received=2), facts=[zero]) == []


def test_lawsuits_are_the_sum_of_two_blocks() -> None:
    text = "行政诉讼3件。"
    stated = [fact(text, "3件", "litigation_total", 3)]
    printed = reviews(lit_direct__total=1, lit_after_review__total=2)
    assert statuses(checks(text, "P-05", printed, facts=stated)) == ["pass"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("行政复议3件、行政诉讼2件,均获维持。", {"review_all_upheld": "fail", "litigation_all_upheld": "pass"}),
        ("行政复议3件,均被维持;行政诉讼2件。", {"review_all_upheld": "fail"}),
        ("复议后起诉2件,法院均予维持。", {"litigation_all_upheld": "pass"}),
        ("行政复议3件,其中维持2件。", {}),
        ("2021年行政复议3件,均维持。", {}),
        ("全县行政复议3件,均维持。", {}),
    ],
)
def test_all_upheld(text: str, found: dict[str, str]) -> None:
    printed = reviews(review__total=3, review__upheld=2, lit_after_review__total=2, lit_after_review__upheld=2)
    assert {c.instance: c.status for c in checks(text, "P-05", printed)} == found


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("收到政府信息公开申请9件,全部办结。", ["fail"]),
        ("收到政府信息公开申请9件,无上年结转件,均已依法答复。", ["fail"]),
        ("收到政府信息公开申请9件,均按期答复。", []),
        ("收到政府信息公开申请9件,除1件结转外,其余均已办结。", []),
        ("收到政府信息公开申请9件。办理热线工单80件,均已办结。", []),
        ("收到政府信息公开申请9件;受理咨询30件,全部答复。", []),
        ("收到申请9件,按期答复率100%。", []),
        ("到期的申请均已办结。", []),
        ("全县收到申请9件,全部办结。", []),
    ],
)
def test_all_closed(text: str, status: list[str]) -> None:
    assert statuses(checks(text, "P-06", requests(requests_carried_out=1))) == status
    if status:
        assert statuses(checks(text, "P-06", requests(requests_carried_out=0))) == ["pass"]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("全年公开信息100条,其中政策30条、财政50条、其他20条。", ["pass"]),
        ("全年公开信息100条,其中政策30条、财政50条、其他30条。", ["fail"]),
        ("全年公开信息100条,其中政策30条、财政20条、人事10条。", []),  # a selection
        ("全年公开信息100条,分为政策30条、财政20条、人事10条三类。", ["fail"]),
        ("全年公开信息100条:政策30条,财政20条,人事10条。", ["fail"]),
        ("全年公开信息100条,分为政策30条、财政20条、人事10条等。", []),
        ("全年公开信息100条,其中网站80条、微信50条、微博20条。", []),  # one item on several channels
        ("全年公开信息100余条,其中政策30条、财政50条、其他30条。", []),
        ("全年公开信息100条,比上年增加12条,其中政策30条、财政50条、其他20条。", ["pass"]),
        ("全年公开信息100条,其中政策60条(含解读20条)、财政30条、其他10条。", ["pass"]),
        ("公开规章13条(其中新增5条,修改4条,废止4条),公开文件42条,任免106条。", ["pass"]),  # ends with its bracket
        ("全年公开信息100条,其中政策30条、财政50条、发布会2次、其他30条。", []),  # other units interfere
        ("收到申请9件。从方式看,网络4件,信函5件。从内容看,分为征地6件,社保2件,其他2件。", ["fail"]),
        ("公开100条,其中机关40条,乡镇60条。机关公开的信息中,政策30条、财政10条。", ["pass", "pass"]),
        ("公开100条。按渠道分:网站60条,微信20条,微博12条;公开栏等其他方式8条。", ["pass"]),  # goes on behind its end
        ("公开100条。按渠道分:网站60条,微信20条,微博12条;公开栏等其他方式6条。", ["fail"]),
        ("累计公开900条,本年新增100条。本年公开的信息中,政策30条,占30%;财政60条,占60%;人事8条,占8%。", ["fail"]),
    ],
)
def test_kinds_add_up_to_the_total(text: str, status: list[str]) -> None:
    assert statuses(checks(text, "P-08")) == status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("公开信息84条,其中网站24条,占28.6%。", ["pass"]),
        ("公开信息84条,其中网站24条,所占比例为30%。", ["fail"]),
        ("公开信息84条,其中网站24条,占28.0%。", ["pass"]),  # within 0.6 of a point
        ("咨询200人次。其中电话150人次,占75%;网上30人次,占15%;现场20人次,占12%。", ["pass", "pass", "fail"]),
        ("公开信息84条,网站访问增长30%。", []),
        ("办结9件,按期办结率100%。", []),
        ("全县公开信息612条,我局占8.7%。", []),
    ],
)
def test_shares(text: str, status: list[str]) -> None:
    assert statuses(checks(text, "P-09")) == status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("办结申请12件,其中予以公开5件,部分公开1件,无法提供6件。", ["pass"]),
        ("办结申请12件,其中予以公开5件,部分公开1件,无法提供4件。", ["fail"]),
        ("收到申请12件,均已办结,予以公开5件,部分公开1件,无法提供6件。", ["pass"]),
        ("收到申请12件,均已办结,予以公开5件,部分公开1件,无法提供5件。", ["skip"]),
        ("办结申请9件:予以公开4件,不予公开2件,分别为涉及第三方1件、内部事务1件,不予处理3件。", ["pass"]),
        ("办结申请57件,其中按时办结54件、延期办结3件。予以公开40件,部分公开10件,不予公开7件。", ["pass"]),
        ("办结申请30件:予以公开12件,部分公开3件,不予处理15件,信访举报投诉类9件、重复申请4件是大头。", ["pass"]),
        ("办结申请30件:予以公开12件,部分公开3件,不予处理14件,信访举报投诉类9件、重复申请4件是大头。", ["fail"]),
        ("办结申请71件,不予公开26件。不予公开的,无法提供9件、不予处理7件、其他处理10件。", ["skip"]),  # of the 26
        ("按时办结13件,延期1件。答复申请14件:予以公开9件,部分公开3件,不予公开1件。", ["fail"]),  # not of the 13
        ("收到申请9件,其中予以公开4件,部分公开2件,不予公开1件。", []),  # nothing says that all are closed
    ],
)
def test_outcomes_add_up_to_the_closed(text: str, status: list[str]) -> None:
    assert statuses(checks(text, "P-15")) == status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("收到申请9件,其中当面2件、网络4件、信函3件。", ["pass"]),
        ("收到申请9件,其中当面2件、网络4件、信函4件。", ["fail"]),
        ("收到申请9件,比上年多4件。其中当面2件,网络4件,信函3件。", ["pass"]),
        ("收到申请9件,当面2件、网络7件;2021年结转1件。", ["pass"]),
        ("收到申请9件,其中网络4件。", []),
        ("接受咨询90人次,其中当面20人次、电话40人次、网上20人次。", []),
    ],
)
def test_channels_add_up_to_the_received(text: str, status: list[str]) -> None:
    assert statuses(checks(text, "P-16")) == status


@pytest.mark.parametrize(
    ("quote", "amount", "unit", "printed", "cell_unit", "status"),
    [
        ("2277820元", 2277820, "元", 227.782, "", "pass"),
        ("128.36亿元", 12836000000, "元", 1283645.72, "万元", "pass"),  # rounded in prose
        ("25.1万元", 251000, "元", 251000, "元", "pass"),
        ("25.1万元", 251000, "元", 251000, "", "fail"),
    ],
)
def test_fees_in_yuan(quote: str, amount: float, unit: str, printed: float, cell_unit: str, status: str) -> None:
    text = f"收取行政事业性收费{quote}。"
    filled = table("disclosure_2021", {("fees_admin", "amount"): printed}, unit=cell_unit)
    (found,) = checks(text, "P-12", filled, facts=[fact(text, quote, "admin_fees_amount", amount, unit)])
    assert found.status == status
    assert ("一万倍" in found.detail) == (status == "fail")


def test_rounded_counts_agree() -> None:
    text = "作出行政许可决定684.2万件。"
    filled = table("disclosure_2021", {("licensing", "decisions"): 6842157})
    stated = fact(text, "684.2万件", "licences_decided", 6842000)
    assert statuses(checks(text, "P-11", filled, facts=[stated])) == ["pass"]


@pytest.mark.parametrize(
    ("period", "status"),
    [
        (("2022-01-01", "2022-12-31"), ["pass"]),
        (("2021-01-01", "2021-12-31"), ["fail"]),
        (("2021-12-01", "2022-11-30"), ["skip"]),
        (None, []),
    ],
)
def test_period_and_title(period: tuple[str, str] | None, status: list[str]) -> None:
    found = run_checks(replace(evidence(""), period=period))
    assert [c.status for c in found if c.id == "P-13"] == status


@pytest.mark.parametrize(
    ("headings", "status"),
    [("一二三", ["pass"]), ("一二", ["fail"]), ("一二二四", ["skip"]), ("一二四", ["pass"])],
)
def test_announced_parts(headings: str, status: list[str]) -> None:
    text = "\n".join(["本报告由三个部分组成。", *(f"{h}、总体情况" for h in headings)])
    assert statuses(checks(text, "P-14")) == status


@pytest.mark.parametrize(
    ("text", "status"),
    [("发出收费通知3件。", "pass"), ("未发出信息处理费收费通知。", "fail"), ("无其他事项。", "skip")],
)
def test_requests_dropped_for_non_payment(text: str, status: str) -> None:
    assert statuses(checks(text, "T3-05", requests(other_no_payment=1))) == [status]
    assert statuses(checks(text, "T3-05", requests(other_no_payment=0))) == ["pass"]


def test_partly_granted_counted_again_among_the_refused() -> None:
    text = "办结申请9件,不予公开5件。"
    printed = requests(requests_partial=2, denied_query=3)
    assert statuses(checks(text, "T3-06", printed, facts=[fact(text, "5件", "requests_denied", 5)])) == ["fail"]
    assert statuses(checks(text, "T3-06", printed, facts=[fact(text, "5件", "requests_denied", 3)])) == ["pass"]


@pytest.mark.parametrize("text", ["均维持" * 60_000, "申请均办结" * 40_000, "(" * 50_000 + "1件", "其中1件," * 20_000])
def test_hostile_text_costs_little(text: str) -> None:
    report = evidence(text, requests(), reviews(review__total=1))
    start = time.process_time()
    run_checks(report)
    assert time.process_time() - start < 3
