"""Mentions written in letters and digits: PHONE, POSTCODE, EMAIL, URL and INDEX_NO."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from nianbao.catalogue.entities import entities
from nianbao.document import Mention

_WORDS = entities().contacts

# Where one of them can start: a run of letters and digits too long for a number of the prose, or one with a joint.
_START = re.compile(
    r"[0-9A-Za-z(](?<![0-9A-Za-z].)(?:(?=[0-9A-Za-z]{4}|[0-9A-Za-z]{2,3} ?[-—–─_)./:])"
    r"|(?<=[0-9])(?=(?: ?[0-9]){5})|(?<=1)(?=[12][0249][报急热电]))"
)

# Area codes have three digits (010, 02x) or four, so a glued one parts from the number by itself.
_AREA = r"0(?:10|2[0-9]|[3-9][0-9]{2})"
_DASH = r"(?: ?[-—–─_]{1,2} ?| )"
_PHONE = re.compile(
    rf"(?:(?:\({_AREA}\)|{_AREA}){_DASH}?(?P<number>[1-9](?: ?[0-9]){{6,7}}|[1-9][0-9]{{2,3}}[.-][0-9]{{4}})"
    r"|(?P<whole>1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}|[48]00[ -]?[0-9]{3}[ -]?[0-9]{4})"
    r"|(?P<bare>[2-9](?:[0-9]{6,7}|[0-9]{2,3}[ .-][0-9]{4}))"
    r")(?: ?[-—转] ?(?P<extension>[0-9]{1,5}))?(?![0-9])"
)
_LABEL = re.compile(rf"(?:{'|'.join(_WORDS.phone)})[^0-9\n。]{{0,8}}$")
_LIST = re.compile(r"[、,/;或和及 ]{1,3}$")
_INHERIT_WITHIN = 40  # characters between a number with area code and one that shares it

_COUNTED = "|".join(entities().units.count)
_HOTLINE = re.compile(
    rf"(?:1[12][0249](?=[报急热电])|12[0-9]{{3}}|9[56][0-9]{{3,4}})(?![0-9]|\.[0-9]| ?[余多万]| ?(?:{_COUNTED}))"
)
_HOTLINE_AFTER = re.compile(rf"[^0-9,。;\n]{{0,12}}?(?:{'|'.join(_WORDS.hotline)})")
_HOTLINE_BEFORE = re.compile(rf"(?:{'|'.join(_WORDS.hotline)})[^0-9。;\n]{{0,4}}$")

_POSTCODE = re.compile(r"[0-9](?: ?[0-9]){5}(?! ?[0-9])")
_POSTCODE_LABEL = re.compile(r"邮 ?(?:政 ?)?编 ?码?[ :;,、|]{0,4}$")
_ADDRESS_END = re.compile(rf"(?:{'|'.join(_WORDS.address_end)})[ ,、;(]{{1,2}}$")
_POSTCODE_END = re.compile(r"[ ),;。、\n]|$")

_AT = (re.compile("@"), re.compile(r"\([aA][tT]\)"), re.compile(r"#(?=[0-9a-z]{2,12}\.com)"))
_MAILBOX = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z_.+-]{0,62}[0-9A-Za-z_])? ?$")
_DOMAIN = re.compile(r" ?[0-9A-Za-z-]{1,63}(?: ?\. ?[0-9A-Za-z-]{1,63}){1,5}")

_HOST = r"[0-9A-Za-z-]{1,63}(?: ?\. ?[0-9A-Za-z-]{1,63}){1,6}"
_TLD = r"(?:gov|com|net|org|edu|cn|info|mobi)"
_URL = re.compile(
    rf"(?:[hH][tT]{{2}}[pP][sS]?:/{{1,2}} ?{_HOST}|[wW]{{3}} ?\.{_HOST}"
    rf"|(?:[0-9A-Za-z-]{{1,63}}\.){{1,6}}{_TLD}(?![0-9A-Za-z-]))"
    r"(?::[0-9]{2,5})?(?P<path>/[0-9A-Za-z/_.~%&=?#+@!*$:-]{0,300})?"
)

_INDEX = re.compile(
    r"(?:[0-9A-Za-z-]{4,25}/(?:19|20)[0-9]{2}(?:[0-9]{2})?-(?:[0-9]{3,8}|None)"
    r"|[A-Z]{2,3}[0-9]{5,10}(?:-[0-9]{3,5}){2,3}|[0-9]{6}-[0-9]{6}-(?:19|20)[0-9]{2}-[0-9]{3,6})(?![0-9A-Za-z-])"
)
_INDEX_LABEL = re.compile(r"(?:索 ?引 ?号|信用代码)[^0-9A-Za-z\n一-鿿]{0,6}$")
_INDEX_CODE = re.compile(r"[0-9A-Za-z/_-]{5,42}")


def find(shadow: str) -> Iterator[Mention]:
    """Every telephone number, postcode, mail and web address and index number of the text, kind by kind."""
    starts = [match.start() for match in _START.finditer(shadow)]
    yield from _emails(shadow)
    yield from _urls(shadow, starts)
    yield from _indexes(shadow, starts)
    yield from _postcodes(shadow, starts)
    yield from _phones(shadow, starts)
    yield from _hotlines(shadow, starts)


def _emails(shadow: str) -> Iterator[Mention]:
    for sign in _AT:
        for at in sign.finditer(shadow):
            box = _MAILBOX.search(shadow, max(0, at.start() - 65), at.start())
            domain = _DOMAIN.match(shadow, at.end())
            if box and domain:
                value = f"{box[0]}@{domain[0]}".replace(" ", "").lower()
                yield Mention("EMAIL", box.start(), domain.end(), value)


def _urls(shadow: str, starts: Sequence[int]) -> Iterator[Mention]:
    for start in starts:
        match = _URL.match(shadow, start)
        if match:
            text = match[0].rstrip(".,:;-?!")
            head = text[: match.start("path") - start] if match["path"] else text
            host = re.sub(r":/+", "://", head.replace(" ", "").lower())
            yield Mention("URL", start, start + len(text), host + text[len(head) :])


def _indexes(shadow: str, starts: Sequence[int]) -> Iterator[Mention]:
    for start in starts:
        labelled = _INDEX_LABEL.search(shadow, max(0, start - 14), start)
        match = (_INDEX_CODE if labelled else _INDEX).match(shadow, start)
        if match:
            yield Mention("INDEX_NO", start, match.end(), match[0])


def _postcodes(shadow: str, starts: Sequence[int]) -> Iterator[Mention]:
    """Six digits after their label, or in the place of it after an address."""
    for start in starts:
        match = _POSTCODE.match(shadow, start)
        if match and (
            _POSTCODE_LABEL.search(shadow, max(0, start - 12), start)
            or (_ADDRESS_END.search(shadow, max(0, start - 6), start) and _POSTCODE_END.match(shadow, match.end()))
        ):
            yield Mention("POSTCODE", start, match.end(), match[0].replace(" ", ""))


def _phones(shadow: str, starts: Sequence[int]) -> Iterator[Mention]:
    """Landlines and mobiles; a number without area code needs a label, or another number of whose list it is."""
    last, area, area_end = -1, "", -1
    for start in starts:
        match = _PHONE.match(shadow, start)
        if match is None:
            continue
        code, number = "", match["whole"] or _digits(match["number"] or match["bare"])
        if match["number"]:
            code = area = _digits(shadow[start : match.start("number")])
            area_end = match.end()
        elif match["bare"]:
            listed = 0 < start - last <= 3 and _LIST.search(shadow, last, start)
            if not listed and not _LABEL.search(shadow, max(0, start - 16), start):
                continue
            code = area if 0 <= start - area_end <= _INHERIT_WITHIN else ""
        last = match.end()
        yield Mention("PHONE", start, last, "-".join(part for part in (code, number, match["extension"]) if part))


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def _hotlines(shadow: str, starts: Sequence[int]) -> Iterator[Mention]:
    for start in starts:
        match = _HOTLINE.match(shadow, start)
        if match and (
            _HOTLINE_AFTER.match(shadow, match.end()) or _HOTLINE_BEFORE.search(shadow, max(0, start - 8), start)
        ):
            yield Mention("PHONE", start, match.end(), match[0])
