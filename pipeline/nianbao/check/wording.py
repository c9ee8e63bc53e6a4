"""What the report says of itself in words: all closed, all upheld, its year, its parts, its form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from nianbao.catalogue import catalogue
from nianbao.check.arithmetic import Sheet, figure
from nianbao.check.claims import own
from nianbao.check.evidence import Check, Evidence, SpanRef, Status, show
from nianbao.check.relations import relations, severity, words
from nianbao.numerals import parse

_UPHELD = re.compile("维持")
_NUMBERED = re.compile(r"\s*(?:第)?([一二三四五六七八九十]{1,3})(?:部分)?\s*[、.,:\s]")
_PARTS = re.compile("部分")
_BEFORE_PARTS = "个大一二三四五六七八九十0123456789"
_TRIES = 50  # occurrences looked at before a text is given up
_SENTENCE_MAX = 300


def check_wording(evidence: Evidence, sheets: Sequence[Sheet]) -> Iterator[Check]:
    """Runs the relations of words."""
    yield from _all_closed(evidence, sheets)
    yield from _all_upheld(evidence, sheets)
    yield from _fee_notices(evidence, sheets)
    yield from _partial_twice(evidence, sheets)
    yield from _years(evidence)
    yield from _parts(evidence)
    yield from _forms(evidence)


def _check(
    check: str, instance: str, fine: bool | None, left: float | None, right: float | None,
    at: tuple[SpanRef, ...], detail: str,
) -> Check:  # fmt: skip
    """A check from a verdict, None for one that cannot be given."""
    status: Status = "skip" if fine is None else "pass" if fine else "fail"
    return Check(
        check, instance, status, severity(check), left, right, at if fine is False else (), "" if fine else detail
    )


def _sentence(shadow: str, start: int, end: int, stops: str = "。\n") -> tuple[int, int]:
    """The sentence around a span, cut off at some distance in text without stops."""
    low, high = max(0, start - _SENTENCE_MAX), min(len(shadow), end + _SENTENCE_MAX)
    first = max(shadow.rfind(stop, low, start) + 1 for stop in stops)
    last = min((at for stop in stops if (at := shadow.find(stop, end, high)) >= 0), default=high)
    return max(first, low), last


def _regional(text: str, evidence: Evidence) -> bool:
    """Whether a sentence speaks of a region in the report of one body."""
    return evidence.kind not in relations().aggregate and bool(words().region.search(text))


def _elsewhere(text: str, evidence: Evidence) -> bool:
    """Whether a sentence speaks of another year or another's region."""
    years = [m[1] for m in words().other_year.finditer(text)]
    return any(year is None or int(year) != evidence.year for year in years) or _regional(text, evidence)


def _all_closed(evidence: Evidence, sheets: Sequence[Sheet]) -> Iterator[Check]:
    """P-06: 全部办结 beside requests that are carried over to the next year."""
    carried = figure(sheets, "requests_carried_out")
    if carried is None:
        return
    left = carried.value
    shadow = evidence.shadow
    for match in islice(words().all_closed.finditer(shadow), _TRIES):
        start, end = _sentence(shadow, match.start(), match.end())
        before = shadow[_sentence(shadow, match.start(), match.end(), "。;\n")[0] : match.start()]
        clause = re.split(r"[,:(]", before)[-1]
        _, request, after = before.rpartition("申请")
        timed = match[2] in ("答复", "回复") and words().in_time.search(clause + match[1])
        if not request or timed or "结转" in clause or "其中" in clause or words().not_requests.search(after):
            continue
        sentence = shadow[start:end]
        if words().some_left.search(sentence) or _regional(sentence, evidence):
            continue
        fine = None if left is None else left == 0
        detail = "结转下年度数不明" if left is None else f"正文称{match[0]},表中结转下年度{show(left)}件"
        yield _check("P-06", "", fine, 0, left, (SpanRef(match.start(), match.end()),), detail)
        return


def _all_upheld(evidence: Evidence, sheets: Sequence[Sheet]) -> Iterator[Check]:
    """P-05: 均获维持 beside results of another kind."""
    shadow = evidence.shadow
    seen: set[str] = set()
    upheld_at = (m.start() for m in _UPHELD.finditer(shadow))
    matches = (m for at in upheld_at if (m := words().all_upheld.search(shadow, max(0, at - 16), at)))
    for match in islice(matches, _TRIES):
        start, end = _sentence(shadow, match.start(), match.end(), "。;\n")
        text = shadow[start:end]
        if _elsewhere(text, evidence):
            continue
        review = "复议" in words().before_lawsuit.sub("", text)
        kinds = [k for k, named in (("review", review), ("litigation", bool(words().lawsuit.search(text)))) if named]
        for kind in kinds:
            total, upheld = figure(sheets, f"{kind}_total"), figure(sheets, f"{kind}_upheld")
            if kind in seen or not total or not upheld:
                continue
            seen.add(kind)
            if total.value is None or upheld.value is None:
                fine, detail = None, "表中有单元格没有数值"
            else:
                fine = total.value == upheld.value
                detail = f"正文称{match[0]}维持,表中总计{show(total.value)}、维持{show(upheld.value)}"
            at = (SpanRef(match.start(), match.end() + len("维持")),)
            yield _check("P-05", f"{kind}_all_upheld", fine, total.value, upheld.value, at, detail)


def _fee_notices(evidence: Evidence, sheets: Sequence[Sheet]) -> Iterator[Check]:
    """T3-05: requests dropped for non-payment, and a text that says how many fee notices went out."""
    unpaid = figure(sheets, "other_no_payment")
    if unpaid is None or unpaid.value is None:
        return
    dropped = unpaid.value
    notices: float | None = None
    place: tuple[SpanRef, ...] = ()
    if dropped > 0:
        for match in words().fee_notice.finditer(evidence.shadow):
            start, end = _sentence(evidence.shadow, match.start(), match.end())
            numbers = [m.value for m in evidence.mentions if m.label == "COUNT" and start <= m.start < end]
            none = words().none.search(evidence.shadow, start, match.start())
            notices = max((v for v in numbers if isinstance(v, int | float)), default=0 if none else None)
            place = (SpanRef(match.start(), match.end()),)
            break
    fine = True if dropped == 0 else None if notices is None else notices > 0
    detail = "正文没有写明收费通知数" if notices is None else f"表中{show(dropped)}件逾期未缴费,正文称未发出收费通知"
    yield _check("T3-05", "", fine, dropped, notices, place, detail)


def _partial_twice(evidence: Evidence, sheets: Sequence[Sheet]) -> Iterator[Check]:
    """T3-06: refusals in prose that exceed the table's by exactly the partly granted requests."""
    partly, refused = figure(sheets, "requests_partial"), figure(sheets, "requests_denied")
    if not partly or not partly.value or not refused or refused.value is None:
        return
    partial, denied = partly.value, refused.value
    for fact in evidence.facts:
        if fact.indicator == "requests_denied" and not fact.zero and own(fact, evidence):
            fine = fact.value != denied + partial
            detail = f"正文不予公开{show(fact.value)}件,等于表中不予公开{show(denied)}与部分公开{show(partial)}之和"
            yield _check("T3-06", "", fine, fact.value, denied, (SpanRef(fact.start, fact.end),), detail)
            return


def _years(evidence: Evidence) -> Iterator[Check]:
    """P-13: a period of another year than the title's."""
    year = evidence.title_year or evidence.year
    if year is None or evidence.period is None:
        return
    first, last = (int(date[:4]) for date in evidence.period)
    # a period over the turn of the year is odd, but the year is in it
    fine = True if first == last == year else None if first <= year <= last else False
    detail = f"标题年份{year},统计期限{evidence.period[0]}至{evidence.period[1]}"
    yield _check("P-13", "period", fine, year, last, (), detail)


def _parts(evidence: Evidence) -> Iterator[Check]:
    """P-14: 六个部分 announced, another number of numbered headings present."""
    shadow = evidence.shadow
    found = (match.start() for match in _PARTS.finditer(shadow) if shadow[match.start() - 1] in _BEFORE_PARTS)
    places = list(islice(found, _TRIES))
    counts = (m for m in evidence.mentions if m.label == "COUNT" and places)
    announced = next((m for m in counts if any(m.start < place <= m.end for place in places)), None)
    if announced is None or not isinstance(announced.value, int | float):
        return
    segment = next((s for s in evidence.segments if s.start <= announced.start < s.end), None)
    if segment is None or segment.label not in ("preamble", "overview"):
        return
    numbered = {s.start: parse(m[1]) for s in evidence.segments if (m := _NUMBERED.match(shadow, s.start, s.end))}
    headings = [s.start for s in evidence.segments if s.level == 1] or list(numbered)
    numbers = [numbered[start] for start in headings if start in numbered]
    # 引言 may count or not; headings that lost, repeat or restart their numbers are not counted with certainty
    clean = numbers == list(range(1, len(headings) + 1))
    fine = True if announced.value in (len(headings), len(numbers)) else False if clean else None
    detail = f"引言称{show(announced.value)}个部分,一级标题{len(headings)}个"
    yield _check("P-14", "", fine, announced.value, len(headings), (SpanRef(announced.start, announced.end),), detail)


def _forms(evidence: Evidence) -> Iterator[Check]:
    """F-01: a form that was not prescribed for the year."""
    for table in evidence.tables:
        form = catalogue().forms.get(table.form)
        if form is None:
            continue
        first, last = form.years
        fine = None if evidence.year is None else first <= evidence.year <= last
        detail = "报告年度不明" if evidence.year is None else f"{evidence.year}年报告使用了{first}年格式的表格"
        yield _check("F-01", form.id, fine, evidence.year, first, (SpanRef(table.start, table.end),), detail)
