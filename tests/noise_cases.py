"""Pages with the damage of real ones, a case at least for each kind of it, and what their records have to say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from nianbao.catalogue import catalogue
from table_shapes import layout

AGENCY = "苍梧县水利局"
TITLE = "苍梧县水利局2018年政府信息公开工作年度报告"
PREAMBLE = (
    "根据《中华人民共和国政府信息公开条例》的规定,现公布苍梧县水利局2018年政府信息公开工作年度报告。"
    "本报告所列数据的统计期限自2018年1月1日起至2018年12月31日止。"
)
BODY = """\
一、概述
2018年,我局坚持以公开为常态,由局办公室负责政府信息公开工作,配备专职人员2名。
二、主动公开政府信息情况
全年主动公开政府信息214条,其中通过政府网站公开180条。
三、依申请公开政府信息情况
共收到政府信息公开申请7件,均已按时办结。
四、行政复议、行政诉讼情况
没有因政府信息公开引起的行政复议和行政诉讼。
五、存在的主要问题及改进措施
存在的问题是公开的内容不够全面。下一步,我局将加强业务培训,提高公开质量。"""
SIGNATURE = "苍梧县水利局\n2019年1月20日"


def page(head: str = "", body: str = BODY, tail: str = SIGNATURE, *, title: str = TITLE, said: str = PREAMBLE) -> str:
    return "\n".join(part for part in (head, title, said, body, tail) if part) + "\n"


REST = {"year": 2018, "agency": AGENCY, "title": TITLE}
SOUND = REST | {"proactive_total": 214, "requests_received": 7, "review_total": 0, "signed": "2019-01-20"}


@dataclass(frozen=True)
class Case:
    """A page, what its record says by path, and of its lines: page furniture, and those that count nothing."""

    id: str
    text: str | bytes
    says: dict[str, Any] = field(default_factory=dict)
    noise: tuple[str, ...] = ()
    warns: tuple[str, ...] = ()


def furniture(id_: str, head: str = "", tail: str = "", *, warns: tuple[str, ...] = (), **says: Any) -> Case:
    """A sound report between lines that are all page furniture."""
    lines = tuple(line for line in f"{head}\n{tail}".split("\n") if line.strip())
    return Case(id_, page(head, tail=f"{SIGNATURE}\n{tail}"), SOUND | says, lines, warns)


def swap(text: str, *pairs: str) -> str:
    """A text with words in place of others, that have to be there: old, new, old, new."""
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert old in text, old
        text = text.replace(old, new)
    return text


def damaged(id_: str, *pairs: str, warns: tuple[str, ...] = (), **says: Any) -> Case:
    """A report whose body has words in place of others, and still says all that it said."""
    return Case(id_, page(body=swap(BODY, *pairs)), SOUND | says, warns=warns)


def told(id_: str, sentence: str, **says: Any) -> Case:
    """A report with one sentence more in its second section."""
    return Case(id_, page(body=BODY.replace("网站公开180条。", f"网站公开180条。{sentence}")), REST | says)


OVERVIEW = (
    "2022年,苍梧县水利局扎实推进政务公开各项工作,主动公开政府信息96条,主要是水旱灾害防御、农村饮水安全、河湖长制和水利工程建设等内容。"
    "落实保密审查制度,由局办公室统一登记、答复和归档;政府网站专栏由专人更新,全年未发现失泄密问题。"
    "组织业务培训2次,将政务公开纳入各股室年度考核,考核结果在局务会议上通报。"
)
NEW = "苍梧县水利局2022年政府信息公开工作年度报告"


def printed(heading: str, form: str, numbers: dict[str, list[str]]) -> str:
    """A section that is a filled form, its rows as lines of cells between pipes."""
    return "\n".join([heading, *(" | ".join(box.text for box in row) for row in layout(form, numbers))])


DISCLOSURE = printed(
    "二、主动公开政府信息情况",
    "disclosure_2021",
    {"regulations": ["0", "0", "0"], "normative_docs": ["3", "1", "26"], "fees_admin": ["8.6"]}
    | {"licensing": ["412"], "punishment": ["37"], "coercion": ["5"]},
)


def sheet(table: str) -> str:
    """A report of 2022 whose second section is `table`."""
    body = f"一、总体情况\n{OVERVIEW}\n{table}\n六、其他需要报告的事项\n无其他需要报告的事项。"
    said = "本报告根据《中华人民共和国政府信息公开条例》编制,统计期限自2022年1月1日至2022年12月31日。"
    return page(body=body, tail="苍梧县水利局\n2023年1月12日", title=NEW, said=said)


NEWS = {"year": 2022, "agency": AGENCY, "title": NEW}
CELLS = {"normative_docs.issued": 3, "normative_docs.repealed": 1, "normative_docs.in_force": 26} | {
    "regulations.issued": 0, "licensing.decisions": 412, "punishment.decisions": 37, "fees_admin.amount": 8.6
}  # fmt: skip
TABLE = NEWS | CELLS | {"admin_fees_amount": 86000, "licences_decided": 412}

NONE = ["0"] * 7
NUMBERS = {row.id: NONE for row in catalogue().forms["requests_2021"].rows if row.id} | {
    "requests_received": ["4", "1", "0", "0", "0", "0", "5"],
    "requests_granted": ["3", "1", "0", "0", "0", "0", "4"],
    "unable_not_held": ["1", "0", "0", "0", "0", "0", "1"],
    "requests_closed": ["4", "1", "0", "0", "0", "0", "5"],
}
REQUESTS = printed("三、收到和处理政府信息公开申请情况", "requests_2021", NUMBERS)
TAKEN = "requests_received"
HELD = "denied_state_secret"
ROWS = NEWS | {
    f"{TAKEN}.natural_person": 4, f"{TAKEN}.org_business": 1, f"{TAKEN}.total": 5, "requests_received": 5,
    "requests_granted.total": 4, f"{HELD}.total": 0, "unable_not_held.natural_person": 1,
    "requests_carried_out.total": 0,
}  # fmt: skip
BLANKS = REQUESTS.replace("数量 | 4 | 1 | 0 | 0 | 0 | 0 | 5", "数量 | 4 | 1 |  |  |  |  | 5")
FLAT = f"{DISCLOSURE}\n{REQUESTS}".replace(" | ", "\n")

# 制 and 面 became 製 and 麵, as a careless conversion has it
TRADITIONAL = str.maketrans(
    "县务开报华国条规现统计间关办责员动网过请时结没引复讼问题进业训质内够现为态",
    "縣務開報華國條規現統計間關辦責員動網過請時結沒引複訟問題進業訓質內夠現為態",
) | str.maketrans("制面", "製麵")


def pinyin(text: str) -> str:
    noted = ("办公室", "辦(bàn)公(gōng)室(shì)", "政府", "政(zheng)府(fu)", "申请", "申(shēn)請(qǐng)", "局", "局(jú)")
    return swap(text, *noted)


def web(markup: str) -> bytes:
    return f"<html><head><meta charset='utf-8'></head><body>{markup}</body></html>".encode()


LINES = "".join(f"<p>{line}</p>" for line in page().split("\n"))
COVER = "关于报送2018年政府信息公开工作年度报告的函\n县政府办公室:\n现将我局年度报告报上,请审阅。\n2019年1月18日"
EMPTY_COUNTERS = "浏览次数:  次\n访问次数:\n点击数:\n全文共计字,预计阅读时间 分钟"
OTHER_YEAR = page().replace("2018", "2017").replace("2019", "2018").replace("214条", "163条").replace("7件", "4件")
OTHER_BODY = page().replace("水利局", "统计局").replace("214条", "163条").replace("7件", "4件")

UNDATED = LINES.replace(TITLE, "苍梧县水利局政府信息公开工作年度报告").replace("2018年", "")
ADDRESSED = f"<html><head><link rel='canonical' href='/nb.jsp?area=11&amp;fbtime=2016'></head><body>{UNDATED}</body>"

CASES = [
    furniture("N-01 path", "首页 > 政府信息公开 > 政府信息公开年报 > 正文\n您当前所在位置:首页>信息公开>年度报告"),
    furniture("N-01 menu", "网站首页\n政务公开\n办事服务\n互动交流\n首页 | 要闻动态 | 政务公开 | 办事服务 | 互动交流"),
    Case(
        "N-01 markup", web(f"<ul><li>首页</li><li>政务公开</li></ul><p style='display:none'>高清视频</p>{LINES}"), SOUND
    ),
    furniture("N-02", "页面 / 配色 / 辅助线 / 重置\n视力保护色:\n字体:特大 颜色:绿\n长者模式\n智能机器人"),
    furniture(
        "N-03", "【字体:大 中 小】 打印", "分享到: 微信 微博 QQ空间\n扫码使用手机浏览\n【打印本页】 【关闭窗口】"
    ),
    furniture("N-03 foot", "", "扫一扫在手机打开当前页\n【返回顶部】\n上一篇:2017年年报\n下一篇:没有了"),
    furniture(
        "N-04 lines",
        "索引号:CW0078-2019-0012\n文号:无\n发布机构:苍梧县水利局\n生成日期:2019-01-21\n发布日期:2019-01-22\n公开方式:主动公开\n有效性:有效",
        published="2019-01-22",
    ),
    furniture(
        "N-04 pipes",
        "[ 索 引  号 ] | CW0078-2019-0012 | [ 发布日期 ] | 2019-01-25\n[ 发布机构 ] | 苍梧县水利局 | [ 文 号 ] | None",
        published="2019-01-25",
    ),
    furniture("N-04 one line", "发布时间:2019-01-23 09:41 来源:县水利局 字号:[大 中 小]", published="2019-01-23"),
    furniture("N-04 Han date", "[ 公开日期 ] | 2019年01月24日\n[ 信息时效性 ] |", published="2019-01-24"),
    furniture("N-04 of issue", "公文生成日期:2019-01-20\n发文日期:2019年1月23日", published="2019-01-23"),
    Case(
        "N-04 cells",
        web(f"<table><tr><td>发布日期:</td><td>2019-01-23</td><td>文号:</td><td></td></tr></table>{LINES}"),
        SOUND | {"published": "2019-01-23"},
    ),
    furniture("N-05", EMPTY_COUNTERS, proactive_website=180),
    furniture("N-05 filled", "浏览次数: 3268 次", "阅读量:41"),
    furniture("N-06", "今天:2024年2月22日 星期四", published=None),
    furniture("N-07", "{{ title }}\n[db:副标题]\nDocument\nNone", "{{ errorMessage }}", warns=("template",)),
    furniture("N-07 code", "${title}\n{$article.source}\n<%=title%>\nundefined\nnull"),
    Case("N-07 markup", web(f"<h1>{{{{ title }}}}</h1>{LINES}"), SOUND, warns=("template",)),
    Case("N-08 month", page(tail="苍梧县水利局\n20191月20日"), REST | {"signed": "2019-01-20"}),
    told("N-08 dates", "20186月成立领导小组。", **{"DATE 20186月": "2018-06"}),
    told("N-08 range", "20185月至9月开展培训。", **{"DATE 20185月至9月": "2018-05/2018-09"}),
    told("N-08 number", "印发了苍政发〔201832号文件。", **{"DOC_NO 苍政发〔201832号": "苍政发〔2018〕32号"}),
    told("N-09 date", "2018年 5 月16日召开会议。", **{"DATE 2018年 5 月16日": "2018-05-16"}),
    told("N-09 dashes", "2018- 04- 01开通专栏。", **{"DATE 2018- 04- 01": "2018-04-01"}),
    damaged("N-09 spread", "214条", "2 1 4条"),
    Case("N-04 label above", page("发布日期:\n2019-01-23\n来源:\n县水利局"), SOUND | {"published": "2019-01-23"}),
    told("N-09 mail", "电子邮箱:cwslj2008 @163.com。", email="cwslj2008@163.com"),
    told("N-09 full-width mail", "电子邮箱:cwslj＠163．com。", email="cwslj@163.com"),
    told("N-09 phone", "联系电话:0774 - 268 3277。", phone="0774-2683277"),
    told("N-09 full-width phone", "联系电话：０７７４－２６８３２７７。", phone="0774-2683277"),
    Case("N-09 signature", page(tail="苍梧县水利局\n2019 年 1 月 20 日"), SOUND),
    told("N-09 site", "网址:www.cangwu .gov.cn。", **{"URL www.cangwu .gov.cn": "www.cangwu.gov.cn"}),
    told("N-09 share", "微博占7.7 %。", **{"COUNT 7.7 %": 7.7}),
    Case("N-09 digits", page(title=swap(TITLE, "2018", "2 0 1 8")), SOUND),
    Case("N-10 bytes", page(said=swap(PREAMBLE, "2018", "２０１８")).encode("gb18030"), SOUND),
    damaged("N-10 digits", "214", "２１４", "7件", "７件"),
    *(
        told(f"N-10 {a}", f"印发了苍政发{a}2018{b}32号文件。", **{f"DOC_NO 苍政发{a}2018{b}32号": "苍政发〔2018〕32号"})
        for a, b in ("﹝﹞", "【】", "[]", "()", "（）", "〔〕")
    ),
    Case("N-10 year", page(title=swap(TITLE, "2018", "２０１８")), SOUND),
    Case("N-10 thousands", page(body=swap(BODY, "214条", "1，214条")), REST | {"proactive_total": 1214}),
    told("N-10 comma", "同比上升0,02%。", proactive_total=214),
    *(
        Case(f"N-11 {year}", page(title=swap(TITLE, "2018", year)), {"year": 2018, "agency": AGENCY})
        for year in ("二○一八", "二O一八", "二0一八", "2０18", "二〇一八", "二零一八")
    ),
    damaged("N-11 counts", "7件", "七件", "214条", "二百一十四条"),
    Case("N-11 signature", page(tail="苍梧县水利局\n二O一九年一月二十日"), SOUND),
    Case("N-12 disclosure", sheet(swap(DISCLOSURE, " | ", "\n")), TABLE),
    Case("N-12 requests", sheet(FLAT), TABLE | ROWS),
    Case("N-12 blank lines", sheet(swap(FLAT, "\n", "\n\n")), TABLE | ROWS),
    Case("N-13 plain", sheet(f"{DISCLOSURE}\n{REQUESTS}"), TABLE | ROWS),
    Case("N-13 runs", sheet(swap(DISCLOSURE, "\n", " | | | |\n") + "|" * 300), TABLE),
    Case("N-13 lone", sheet(swap(REQUESTS, "\n自然人", "\n|\n自然人", "\n2.重复", "\n|\n2.重复")), ROWS),
    Case("N-13 collapsed", sheet(swap(DISCLOSURE, "37\n行政强制", "37 | 行政强制")), TABLE),
    Case(
        "N-14 split header", sheet(swap(FLAT, "本年制发件数", "本年制发\n件数", "商业企业", "商业\n企业")), TABLE | ROWS
    ),
    Case("N-14 glued", sheet(swap(DISCLOSURE, "第(一)项\n信息内容", "第(一)项信息内容")), TABLE),
    Case("N-14 spaced", sheet(swap(DISCLOSURE, "信息内容", "信 息 内 容", "行政许可", "行 政 许 可")), TABLE),
    Case("N-15 lines", sheet(swap(FLAT, "1.属于国家秘密", "0")), TABLE | ROWS),
    Case("N-15 lost", sheet(swap(FLAT, "2.重复申请\n", "")), TABLE | ROWS),
    Case("N-15", sheet(swap(REQUESTS, "1.属于国家秘密", " 0")), ROWS),
    Case("N-16 blank", sheet(BLANKS), ROWS | {f"{TAKEN}.org_research": None, f"{TAKEN}.org_research.state": "blank"}),
    *(
        Case(
            f"N-16 {state}",
            sheet(swap(REQUESTS, "| 0 | 0 | 0 | 0 | 0 | 0 | 0", cells)),
            NEWS | {f"{HELD}.total": None, f"{HELD}.total.state": state, "denied_state_secret": None},
        )
        for state, cells in (("dash", "| — | / | - | — | — | — | —"), ("blank", "| | | | | | |"))
    ),
    Case(
        "N-16 dropped",
        sheet(swap(REQUESTS, "数量 | 4 | 1 | 0 | 0 | 0 | 0 | 5", "数量 | 5 | 5", " | ", "\n")),
        NEWS | {f"{TAKEN}.natural_person": 5, f"{TAKEN}.total": 5, f"{TAKEN}.org_business": None},
    ),
    Case(
        "N-17",
        sheet("二、主动公开政府信息情况\n三、收到和处理政府信息公开申请情况\n四、政府信息公开行政复议、行政诉讼情况"),
        NEWS | {"requests_received": None, "licences_decided": None, "review_total": None},
    ),
    Case("N-17 image", web(swap(LINES, "<p>三、", "<p><img src='t.png' alt='统计表'></p><p>三、")), SOUND),
    Case("N-18", page().translate(TRADITIONAL), SOUND, warns=("traditional",)),
    Case("N-19", pinyin(page()), SOUND, warns=("annotated",)),
    Case("N-19 table", sheet(swap(DISCLOSURE, "行政许可", "行(xíng)政(zhèng)许(xǔ)可(kě)")), TABLE),
    Case("N-20 agency", page(said=PREAMBLE.replace(AGENCY, "澳门娱乐场"), tail="澳门娱乐场\n2019年1月20日"), SOUND),
    damaged("N-20", "局办公室", "7788365365"),
    furniture("N-20 warned", "澳门娱乐场欢迎您", warns=("spam",)),
    Case("N-20 digits", page(tail="7788365365\n2019年1月20日"), SOUND, warns=("spam",)),
    furniture("N-21", "高清视频在线观看免费,国产精品无码一区"),
    Case("N-22", page(body=swap(BODY, "主动公开", "主动***")), REST | {"requests_received": 7}, warns=("redacted",)),
    Case("N-22 body", page(body=swap(BODY, "我局坚持", "****政府要求我局坚持")), SOUND, warns=("redacted",)),
    Case("N-22 title", page(title=swap(TITLE, "信息", "**")), {"year": 2018, "agency": AGENCY}, warns=("redacted",)),
    damaged("N-22 phrase", "政府信息214条", "政府**214条", warns=("redacted",)),
    damaged("N-22 stars", "依申请公开政府", "依申请**政府", warns=("redacted",)),
    Case(
        "N-23",
        page(body=swap(BODY, "\n三、", "\n- 3 -\n三、", "\n四、", "\n—4—\n四、", "\n五、", "\n第5页\n五、")),
        SOUND,
        ("- 3 -", "—4—", "第5页"),
    ),
    damaged("N-23 glued", "全年主动", "公开渠道保持畅通—2—2018年主动", **{"DATE 2018年": "2018"}),
    damaged("N-24", "政府信息情况\n共", "政府信息情况              2018年共", **{"label 三、依申请公开": "requests"}),
    damaged("N-25", "\n", "", **{"label 三、依申请公开": "requests", "label 四、行政复议": "review_litigation"}),
    Case("N-25 all in one", page().replace("\n", ""), {"year": 2018, "agency": AGENCY, "requests_received": 7}),
    damaged("N-26 twice", "三、", "二、", "四、", "六、"),
    damaged("N-26 bare", "一、概述", "一 概 述", "二、", "二 "),
    damaged("N-26 circled", "二、", "㈠", "三、", "㈡", **{"label ㈡依申请公开": "requests"}),
    Case("N-26 none", page(body=re.sub("(?m)^[一二三四五]、", "", BODY)), SOUND),
    Case(
        "N-27",
        page(said="", body=swap(BODY, "概述\n", f"概述\n{PREAMBLE}\n")),
        SOUND | {"label 根据《中华": "preamble"},
    ),
    Case("N-27 twice", page(said=f"{PREAMBLE}\n{PREAMBLE}"), SOUND),
    Case("N-28 years", page() + OTHER_YEAR, SOUND | {"others": [2017]}, warns=("several_reports",)),
    Case("N-28 bodies", page() + OTHER_BODY, SOUND | {"others": [2018]}, warns=("several_reports",)),
    Case("N-28 copy", page() + page(), SOUND),
    Case("N-28 cover", page(COVER), REST | {"requests_received": 7}),
    Case("N-29 doubled", page(title=f"{TITLE}\n{TITLE}"), SOUND),
    Case("N-29 lines", page(title="苍梧县水利局\n2018年政府信息公开工作年度报告"), SOUND),
    Case("N-30 under title", page(title=f"{TITLE}\n(2019年1月20日)", tail=""), SOUND),
    Case("N-29 site name", page(f"{TITLE}_苍梧县人民政府门户网站"), SOUND),
    Case("N-30 date first", page(tail="2019年1月20日\n苍梧县水利局"), SOUND),
    Case("N-30 dots", page(tail="苍梧县水利局\n2019.1.20"), SOUND),
    Case("N-30 month", page(tail="苍梧县水利局\n2019年1月"), SOUND | {"signed": "2019-01"}),
    Case("N-30 han", page(tail="苍梧县水利局\n二○一九年一月二十日"), SOUND),
    Case("N-30 glued", swap(page(tail=""), "提高公开质量。", "提高公开质量。苍梧县水利局2019年1月20日"), SOUND),
    Case("N-30 none", page(tail=""), SOUND | {"signed": None}),
    Case(
        "N-31",
        page(tail=f"{SIGNATURE}\n文件下载:\n关联文件:\n苍梧县水利局2018年年报.doc\n苍梧县水利局2018年年报.pdf"),
        SOUND | {"label 苍梧县水利局2018年年报.doc": "attachments", "label 文件下载": "attachments"},
    ),
    damaged("N-32 quote", "坚持以", "坚持“市民", "其中", "《其中"),
    Case(
        "N-32 bracket",
        page(tail=f"(联系地址:苍梧县河滨路6号;联系电话:0774-2683277\n{SIGNATURE}"),
        SOUND | {"phone": "0774-2683277", "address": "苍梧县河滨路6号"},
    ),
    damaged("N-33", "没有因", "我没有因", "公开质量", "教育政策知晓率"),
    damaged("N-34 slots", "我局坚持", "我区(委/办/局)坚持", warns=("placeholder",)),
    damaged("N-34 xx", "我局坚持", "xx市坚持", warns=("placeholder",)),
    Case(
        "N-34 years",
        page(said=swap(PREAMBLE, "自2018年", "自年", "至2018年", "至年")),
        SOUND | {"period": None},
        warns=("placeholder",),
    ),
    Case("N-35", page(body=swap(BODY, "。\n", "。。\n", "214条,", "214条,;", "\n三", "\n、三")), REST),
    damaged("N-35 marks", "7件,", "7件，。", ",由", "，由"),
    damaged("N-36", "由局", "?span>2009平span>由局", warns=("garbled",)),
    damaged("N-36 unknown", "由局", "\ufffd\ufffd由局", warns=("garbled",)),
    furniture("N-37 years later", "发布日期:2023-06-14 16:02", published="2023-06-14"),
    furniture("N-37 midnight", "发布时间:2019-01-24 00:00", published="2019-01-24"),
    Case(
        "N-37 stale",
        page(said=swap(PREAMBLE, "自2018", "自2017", "至2018", "至2017")),
        SOUND | {"period": ["2017-01-01", "2017-12-31"]},
        warns=("stale_period",),
    ),
    Case("N-38 header", sheet(swap(REQUESTS, "科研机构", "科研企业")), ROWS),
    Case("N-38 title", sheet(swap(DISCLOSURE, "主动公开政府信息情况", "主动公开政府政府情况")), TABLE),
    Case("N-38 row", sheet(swap(DISCLOSURE, "行政规范性文件", "行政规范文件")), TABLE),
    Case("N-38 column", sheet(swap(REQUESTS, "社会公益组织", "社会公益组识")), ROWS),
    Case(
        "N-39 words",
        sheet(swap(DISCLOSURE, "412", "31批次", "| 37", "| 无")),
        NEWS | {"licensing.decisions": 31, "punishment.decisions": 0},
    ),
    Case(
        "N-39 units",
        sheet(swap(DISCLOSURE, "412", "412件", "8.6", "86000元", "| 37", "| /")),
        NEWS
        | {"licensing.decisions": 412, "fees_admin.amount": 86000, "admin_fees_amount": 86000}
        | {"punishment.decisions": None, "punishment.decisions.state": "dash", "penalties_decided": None},
    ),
    Case("N-40 page", ADDRESSED, {"year": 2016, "agency": AGENCY}),
    furniture("N-40", "http://www.cangwu.gov.cn/art/2019/1/22/art_1.html?fbtime=2018&area=4504"),
]
