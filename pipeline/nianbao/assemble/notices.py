"""Warnings about what is printed: redactions, unfilled templates, stale periods, forms of another year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nianbao.assemble.identity import Identity
from nianbao.assemble.several import OtherReport
from nianbao.catalogue.noise import notices
from nianbao.check import Check
from nianbao.document import Document, Warning

# a pattern that fires everywhere is told once, with its count
_SHOWN = 3


def printed(document: Document) -> Iterator[Warning]:
    """What the text itself shows to be damaged or unfinished, the first few places of each kind."""
    for code, pattern in notices().items():
        found = pattern.match.finditer(document.shadow) if pattern.may_match(document.shadow) else ()
        for count, match in enumerate(found, 1):
            if count > _SHOWN:
                break
            yield Warning(code, match[0], match.start(), match.end())


def concluded(identity: Identity, checks: Sequence[Check], others: Sequence[OtherReport]) -> Iterator[Warning]:
    """What the identity, the checks and the layout of the page show."""
    period, year = identity.period, identity.year
    if period and year and str(year.value) not in (period.value[0][:4], period.value[1][:4]):
        yield Warning("stale_period", "/".join(period.value), period.start, period.end)
    for check in checks:
        if check.id == "F-01" and check.status == "fail":
            yield Warning("form_mismatch", check.detail)
    for other in others:
        yield Warning("several_reports", other.title, other.start, other.end)
