"""What a report refers to: LAW (titles in 《》) and DOC_NO."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nianbao.catalogue.entities import entities
from nianbao.document import Mention

_WORDS = entities().references

_INNER = r"[^《》\n]{1,150}"
_LAW = re.compile(rf"《《?《?(?P<title>{_INNER}(?:《{_INNER}》(?:[^《》\n]{{1,150}})?){{0,3}})》{{1,3}}")
_MEDIUM = re.compile(rf"(?:{'|'.join(_WORDS.media)})$")

# 〔2018〕23号, its brackets in any style; the closing one may be lost (〔201432号), or both (国办发2013100号).
_SERIAL = re.compile(
    r"[〔﹝\[【(<〈] ?(?P<year>(?:19|20)[0-9]{2}) ?[〕﹞\]】)>〉]? ?(?:第 ?)?(?P<serial>[0-9]{1,4})(?: ?号|(?= ?\)))"
)
_BARE_SERIAL = re.compile(r"[发函字电办](?P<year>(?:19|20)[0-9]{2})(?P<serial>[0-9]{1,4})号")
_ORDER = re.compile(r"令 ?(?:第 ?(?P<number>[0-9]{1,4}) ?号|\( ?第 ?(?P<bracketed>[0-9]{1,4}) ?号\))")
_NUMBERED_ORDER = re.compile(r"号(?P<kind>国?令)(?:(?<=[0-9 ]号令)|(?<=[0-9 ]号国令))")
_ORDER_NUMBER = re.compile(r"第? ?(?P<number>[0-9]{1,4}) ?$")
_ISSUER = re.compile(r"[一-鿿]{1,24} ?$")
_LEAD = re.compile(rf"(?:.*(?:{'|'.join(_WORDS.issuer_lead)}))?(?:[和与及](?=.{{4}}))?(?P<issuer>.*)")


def find(shadow: str) -> Iterator[Mention]:
    """Every title and document number of the text, kind by kind."""
    yield from _laws(shadow)
    yield from _documents(shadow)


def _laws(shadow: str) -> Iterator[Mention]:
    """Titles in 《》, the marks included; names of newspapers and gazettes are channels, none of these."""
    for match in _LAW.finditer(shadow):
        if not _MEDIUM.search(match["title"]):
            yield Mention("LAW", match.start(), match.end(), f"《{match['title']}》")
    for name in _WORDS.bare:
        at = shadow.find(name)
        while at >= 0:
            yield Mention("LAW", at, at + len(name), name)
            at = shadow.find(name, at + len(name))


def _documents(shadow: str) -> Iterator[Mention]:
    """Document numbers (国办发〔2018〕23号) and orders (国务院令第711号)."""
    for match in _SERIAL.finditer(shadow):
        issuer = _issuer(shadow, match.start())
        if issuer:
            yield _document(issuer, match.start() - len(issuer), match)
    for match in _BARE_SERIAL.finditer(shadow):
        issuer = _issuer(shadow, match.start() + 1)
        yield _document(issuer, match.start() + 1 - len(issuer), match)
    for match in _ORDER.finditer(shadow):
        yield _order(shadow, match.start(), match.end(), "令", match["number"] or match["bracketed"])
    for match in _NUMBERED_ORDER.finditer(shadow):
        number = _ORDER_NUMBER.search(shadow, max(0, match.start() - 8), match.start())
        if number:
            yield _order(shadow, number.start(), match.end(), match["kind"], number["number"])


def _document(issuer: str, start: int, match: re.Match[str]) -> Mention:
    value = f"{issuer.replace(' ', '')}〔{match['year']}〕{int(match['serial'])}号"
    return Mention("DOC_NO", start, match.end(), value)


def _order(shadow: str, start: int, end: int, kind: str, number: str) -> Mention:
    """An order with the issuer before it, number before or after 令: 国务院令第711号, 国务院第492号令."""
    issuer = _issuer(shadow, start)
    return Mention("DOC_NO", start - len(issuer), end, f"{issuer.strip()}{kind}第{number}号")


def _issuer(shadow: str, end: int) -> str:
    """The issuer's characters right before `end`, without the running text that leads to them (根据国办发)."""
    run = _ISSUER.search(shadow, max(0, end - 25), end)
    match = _LEAD.fullmatch(run[0]) if run else None
    return match["issuer"] if match and match["issuer"].strip() else ""
