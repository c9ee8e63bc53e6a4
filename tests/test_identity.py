"""Who reports, on which year: titles, names, dates and kinds of handmade pages."""

from __future__ import annotations

import pytest

from nianbao.assemble.contact import contact
from nianbao.assemble.identity import identify
from nianbao.assemble.kinds import kind_of
from nianbao.assemble.names import same_body
from nianbao.assemble.several import split
from pages import page

BODY = (
    ("overview#1", "一、概述"),
    ("overview", "2013年，我局认真贯彻条例，各项工作稳步推进，公开的内容和形式都有新的进展。" * 3),
    ("proactive#1", "二、主动公开情况"),
    ("proactive", "全年主动公开信息36条。"),
    ("requests#1", "三、依申请公开情况"),
    ("requests", "未收到申请。"),
)
TOWN_BODY = tuple((label, text.replace("我局", "我镇")) for label, text in BODY)


def test_a_title_over_two_lines() -> None:
    found = identify(
        page(("title", "清河县水利局"), ("title", "2013年政府信息公开工作年度报告"), *BODY, agencies=("清河县水利局",))
    )
    assert found.title and found.title.value == "清河县水利局2013年政府信息公开工作年度报告"
    assert found.agency and found.agency.value == "清河县水利局"
    assert found.year and found.year.value == 2013
    assert found.era == "regulation_2008"


def test_a_page_that_lost_its_title_is_still_the_report_that_its_preamble_names() -> None:
    lines = (("preamble", "根据条例要求，现公布清河新区管委会2012年政府信息公开工作年度报告。"), *BODY)
    made = page(*lines)
    found = identify(made)
    assert found.title is None
    assert found.agency and found.agency.value == "清河新区管委会"
    assert kind_of(made, found) == "report"


def test_a_title_taken_for_noise_is_still_the_title() -> None:
    found = identify(page(("noise", "清河县水利局2013年政府信息公开工作年度报告"), *BODY, agencies=("清河县水利局",)))
    assert found.title and found.title.value == "清河县水利局2013年政府信息公开工作年度报告"
    assert found.agency and found.agency.value == "清河县水利局"


def test_a_path_through_the_site_is_no_title() -> None:
    path = "首页>政务公开>信息公开年报>清河县水利局2013年政府信息公开工作年度报告"
    assert identify(page(("noise", path), *BODY)).title is None


def test_the_name_of_the_site_above_the_title_is_no_part_of_it() -> None:
    found = identify(page(("title", " 清河县人民政府"), ("title", "清河县水利局2013年政府信息公开年报"), *BODY))
    assert found.title and found.title.value == "清河县水利局2013年政府信息公开年报"


def test_a_title_is_not_looked_for_behind_the_first_heading() -> None:
    cut = ("noise", "2013年，坚持以公开为原则，加大政府信息公开的力度和深度，确保公众知")
    assert identify(page(*BODY, cut)).title is None


def test_a_title_that_asks_for_reports_goes_on_to_the_word_notice() -> None:
    lines = (
        ("title", "清河县政府办"),
        ("title", "关于做好2013年政府信息公开工作年度报告"),
        ("title", "编制工作的通知"),
    )
    found = identify(page(*lines, ("preamble", "各单位：")))
    assert found.title and found.title.value == "清河县政府办关于做好2013年政府信息公开工作年度报告编制工作的通知"


def test_the_unit_that_a_site_puts_before_a_title_is_no_part_of_it() -> None:
    lines = (("title", "[渡口镇]2012年渡口镇政府信息公开工作年度报告"), ("preamble", "由清河县渡口镇编制的年度报告。"))
    found = identify(page(*lines, *TOWN_BODY))
    assert found.title and found.title.value == "2012年渡口镇政府信息公开工作年度报告"
    assert found.agency and found.agency.value == "清河县渡口镇"


def test_the_preamble_names_the_body_before_a_bare_year() -> None:
    lines = (("preamble", "根据条例要求，现将清河县2021政府信息公开工作年度报告进行公开。"), *BODY)
    found = identify(page(*lines))
    assert found.agency and found.agency.value == "清河县"


def test_a_title_printed_twice_is_given_once() -> None:
    lines = (
        ("title", "清河县水利局2013年政府信息公开年报"),
        ("noise", "字号:大 中 小"),
        ("title", "清河县水利局2013年政府信息公开年报"),
    )
    found = identify(page(*lines, *BODY))
    assert found.title and found.title.value == "清河县水利局2013年政府信息公开年报"


def test_the_full_name_is_taken_where_the_title_has_the_town_only() -> None:
    lines = (("title", "深渡镇2010年政府信息公开报告"), ("noise", "发布机构:歙县深渡镇人民政府 发布日期:2011-01-20"))
    found = identify(page(*lines, *TOWN_BODY, agencies=("歙县深渡镇人民政府", "深渡镇")))
    assert found.agency and found.agency.value == "歙县深渡镇人民政府"
    assert found.aliases == ("深渡镇",)


def test_dates_of_the_page_are_told_apart() -> None:
    lines = (
        ("noise", "成文日期:2014-01-08 公开日期:2014-01-10"),
        ("title", "清河县水利局2013年政府信息公开年报"),
        ("preamble", "本报告统计期限自2013年1月1日起至2013年12月31日止。"),
        *BODY,
        ("signature", "2014年1月8日"),
    )
    found = identify(page(*lines))
    assert found.published and found.published.value == "2014-01-10"
    assert found.signed and found.signed.value == "2014-01-08"
    assert found.period and found.period.value == ("2013-01-01", "2013-12-31")


def test_a_page_clock_is_no_date_of_the_report() -> None:
    assert (
        identify(
            page(("noise", "今天:2024年2月22日 星期四"), ("title", "清河县水利局2013年政府信息公开年报"), *BODY)
        ).published
        is None
    )


@pytest.mark.parametrize(
    ("short", "full", "same"),
    [
        ("清河县政府", "清河县人民政府", True),
        ("市住建局", "邢台市住房和城乡建设局", True),
        ("深渡镇", "歙县深渡镇人民政府", True),
        ("县政府办公室", "清河县人民政府", False),
        ("市教育局", "邢台市水务局", False),
        ("局", "水利局", False),
    ],
)
def test_spellings_of_one_body(short: str, full: str, same: bool) -> None:
    assert same_body(short, full) is same


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        ((("title", "清河县水利局2013年政府信息公开工作年度报告"), *BODY), "report"),
        (
            (
                ("title", "关于公布2013年政府信息公开年度报告的通知"),
                ("title", "清河县水利局2013年政府信息公开工作年度报告"),
                *BODY,
            ),
            "report_with_cover",
        ),
        (
            (("title", "清河县政府办关于编制2013年政府信息公开年度报告的通知"), ("other", "各单位要按时报送。" * 20)),
            "notice",
        ),
        (
            (("title", "【文稿解读】清河县2013年政府信息公开工作年度报告解读"), ("other", "一图读懂。" * 30)),
            "interpretation",
        ),
        (
            (("noise", "【文稿解读】清河县2013年政府信息公开工作年度报告解读"), *BODY),
            "interpretation",
        ),
        (
            (
                ("title", "关于做好2013年政府信息公开工作年度报告编制工作的"),
                ("noise", "通  知"),
                ("other", "各单位要按时报送。" * 20),
            ),
            "notice",
        ),
        (
            (("noise", "县直部门政府信息公开工作年度报告格式"), *BODY),
            "format_rule",
        ),
        ((("attachments", "清河县水利局2013年政府信息公开年度报告"),) * 5, "index_page"),
        (
            (("title", "清河县水利局2021年政府信息公开工作年度报告"), ("attachments", "附件:年度报告.pdf")),
            "attachment_stub",
        ),
        ((("noise", "用户登录"), ("noise", "用户名 密码 验证码")), "other"),
        (
            (("title", "清河县政府办关于2013年政府信息公开年度报告公布情况的通报"), ("other", "各单位按时公布。" * 20)),
            "notice",
        ),
        (
            (
                ("title", "清河县召开2013年政府信息公开年报编制部署会"),
                ("preamble", "会议要求各单位抓紧编制年度报告。" * 9),
                ("overview", "会议通报了进展。"),
                ("organization", "各单位要明确专人。"),
            ),
            "news",
        ),
        (
            (
                *(("overview", f"第{n}条 各单位编制本部门的政府信息公开工作年度报告。" * 3) for n in "一二三四"),
                ("proactive", "(一)主动公开的情况；"),
                ("fees", "(二)收费的情况。"),
            ),
            "format_rule",
        ),
        (
            (
                ("title", "清河县政府办关于公布清河县2009年度政府信息公开年度报告的通知"),
                ("preamble", "我办编制了年度报告，现予公布。"),
                ("title", "清河县2009年度政府信息公开工作年度报告"),
                ("preamble", "根据条例要求，特编制本年度报告。"),
                ("overview#1", "一、基本情况"),
            ),
            "report_with_cover",
        ),
    ],
)
def test_kinds_of_document(lines: tuple[tuple[str, str], ...], kind: str) -> None:
    made = page(*lines)
    assert kind_of(made, identify(made)) == kind


def test_a_second_report_on_the_page_feeds_nothing() -> None:
    lines = (("title", "清河乡2012年政府信息公开年报"), *BODY, ("title", "清河乡2011年政府信息公开年报"), *BODY)
    made = page(*lines)
    ours, others = split(made, identify(made).titles)
    assert [(o.title, o.year) for o in others] == [("清河乡2011年政府信息公开年报", 2011)]
    assert len(ours.segments) == 1 + len(BODY)


def test_contact_of_the_report_and_not_of_the_hotline() -> None:
    text = "如有疑问，请与清河县水利局办公室联系，电话：0319-8161234，传真：0319-8165678，邮编：054800。"
    made = page(("preamble", text), ("interaction", "办理12345热线工单30件。"), agencies=("清河县水利局办公室",))
    found = contact(made)
    assert [c.value for c in found["phone"]] == ["0319-8161234"]
    assert [c.value for c in found["fax"]] == ["0319-8165678"]
    assert [c.value for c in found["postcode"]] == ["054800"]
    assert [c.value for c in found["agency"]] == ["清河县水利局办公室"]


def test_a_body_that_others_are_summed_up_with_is_no_contact() -> None:
    text = "本报告综合各市州和省政府各委办的年度报告编制。如有疑问，请和清河省信息办联系，电话：0319-8161234。"
    found = contact(page(("preamble", text), agencies=("省政府", "清河省信息办")))
    assert [c.value for c in found["agency"]] == ["清河省信息办"]


def test_a_body_that_speaks_of_itself_as_bureau_is_no_government() -> None:
    lines = (
        ("title", "2013年政府信息公开工作年度报告"),
        ("preamble", "按照县政府办公室的要求，现将我局情况报告如下。"),
    )
    assert identify(page(*lines, *BODY, agencies=("县政府办公室",))).agency is None


def test_the_office_inside_a_bureau_reports_for_the_bureau() -> None:
    lines = (("preamble", "本年度报告由清河县水利局办公室编制，统计期限自2013年1月1日起至12月31日止。"),)
    found = identify(page(*lines, *BODY, agencies=("清河县水利局办公室",)))
    assert found.agency and found.agency.value == "清河县水利局"


def test_the_office_that_sums_up_a_region_reports_for_its_government() -> None:
    lines = (("preamble", "本报告由清河县人民政府办公室综合各部门、各乡镇的工作情况编制。"),)
    found = identify(page(*lines, *TOWN_BODY[2:], agencies=("清河县人民政府办公室",)))
    assert found.agency and found.agency.value == "清河县人民政府"


def test_the_body_may_stand_behind_the_year_of_the_title() -> None:
    found = identify(page(("title", "2013年清河县谢炉镇政府信息公开年报"), *TOWN_BODY))
    assert found.agency and found.agency.value == "清河县谢炉镇"


def test_a_name_alone_above_the_report_is_no_title() -> None:
    found = identify(page(("title", "清河县水利局"), ("noise", "时间"), *BODY, agencies=("清河县水利局",)))
    assert found.title is None
    assert found.agency and found.agency.value == "清河县水利局"
