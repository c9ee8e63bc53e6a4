"""The contact that the report gives for questions about it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nianbao.assemble.cite import Cite, squash
from nianbao.assemble.page import Page
from nianbao.document import Mention, Segment

FIELDS = ("agency", "address", "postcode", "phone", "fax", "email", "website")
_SILENT = frozenset({"noise", "title", "statistics", "attachments"})
_CUE = re.compile("联系|疑问|意见|建议|发邮件|请拨|咨询|地址|电话|传真|邮编|邮政编码|邮箱|电子邮件|信箱")
_ASK = re.compile("疑问|联系|咨询|意见|建议")
_FAX = re.compile(r"传\s*真[^\d]{0,8}$")
_PHONE_AND_FAX = re.compile(r"电\s*话[^\d]{0,3}传\s*真[^\d]{0,6}$|传\s*真[^\d]{0,3}电\s*话[^\d]{0,6}$")
_NOT_CONTACT = re.compile("(?:监督|举报|投诉|热线|技术支持|维护)[^\\d,;。]{0,8}$")
_WITH = re.compile("(?:与|向|(?:请|可|直接)[同和]|请联系:?|联系单位:?|致电)$")


def contact(page: Page) -> dict[str, list[Cite[str]]]:
    """The cited values of each contact field, in the order of the text, each value once."""
    out: dict[str, list[Cite[str]]] = {name: [] for name in FIELDS}
    for segment in page.segments:
        if segment.label in _SILENT or not _CUE.search(page.text(segment)):
            continue
        for name, mention in _in_segment(page, segment):
            value = squash(str(mention.value if mention.value is not None else page.text(mention)))
            if all(value != c.value for c in out[name]):
                out[name].append(Cite(value, mention.start, mention.end, "prose", 0.93))
    return out


def _in_segment(page: Page, segment: Segment) -> Iterator[tuple[str, Mention]]:
    mentions = page.inside(segment, "AGENCY", "ADDRESS", "POSTCODE", "PHONE", "EMAIL", "URL")
    asks = bool(_ASK.search(page.text(segment)))
    reachable = any(m.label in ("PHONE", "ADDRESS", "POSTCODE", "EMAIL") for m in mentions)
    fax = False
    for mention in mentions:
        before = page.document.shadow[max(segment.start, mention.start - 16) : mention.start]
        if mention.label == "PHONE":
            fax = bool(_FAX.search(before)) or (fax and bool(re.search(r"^[\s、,/]*$", before[-2:])))
            if len(re.sub(r"\D", "", str(mention.value))) < 7 or _NOT_CONTACT.search(before):
                continue
            if _PHONE_AND_FAX.search(before):
                yield "phone", mention
                yield "fax", mention
            else:
                yield ("fax" if fax else "phone"), mention
        elif mention.label == "AGENCY":
            if asks and reachable and _WITH.search(before.rstrip("“\"' ")):
                yield "agency", mention
        elif mention.label == "URL":
            if asks or reachable:
                yield "website", mention
        elif mention.label != "ADDRESS" or reachable:
            yield mention.label.lower(), mention
