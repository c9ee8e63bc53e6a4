"""Other figures for a report: forms filled anew or scaled, and the prose that states them changed together with them.

What is scaled by a whole number keeps every sum, share and comparison. What is filled anew keeps the sums of the form;
the report is then checked as the gold has it, and where a relation of its prose broke, it is only scaled.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator, Mapping

from nianbao import numerals
from nianbao.catalogue import catalogue
from nianbao.check import Evidence, run_checks
from nianbao.document import Cell, Fact, Segment, State, Table
from nianbao.normalise import shadow_of
from nianbao.tag.patterns import find_mentions
from nianbao.train.generate import forms
from nianbao.train.generate.draft import CellAt, Draft, Mark
from nianbao.train.generate.edits import Edit
from nianbao.train.gold import Gold, GoldEntity, GoldFact, GoldTable
from nianbao.train.validate import table_indicators

ERRORS = ("carried", "cell", "shift", "total", "prose")
"""The kinds of planted errors: a carry-over forgotten, a wrong cell, a row shifted, a mistyped total, prose off."""

_FACTORS = (1, 1, 2, 3, 4, 7)
_TRIES = 3  # with tables filled anew, and as many with scaled ones
_FRESH = 0.7  # of the tables that could be filled anew
_CHECKED = ("T", "S14-", "P-")
_LITERAL = re.compile(r"[-+]?\d[\d, \u3000]*(?:[.]\s?\d+)?(?:\s?[百千]?[万亿])?")
_HAN = re.compile(f"[{numerals.HAN}]+")
# shares do not grow with what they are shares of; parts of the report itself are not counted in it
_FIXED = re.compile(r"[%‰倍分]|(?:部分|方面|章|阶段|环节|季度|批|类|级)")
# sums of the rows of a table by which the prose calls a group of them
_GROUPS = {"requests_denied": "denied_", "other_handling": "other_"}


def refigured(draft: Draft, rng: random.Random, *, error: bool) -> Draft:
    """The report with other figures.

    Args:
      draft: stays as it is.
      rng: what is drawn from.
      error: whether to plant one, if the report has a place for it; `checks_fail` then lists what it breaks.

    Returns:
      A new draft; a copy of the old one where its figures cannot be told apart from the text.
    """
    located = {mark.of.table for mark in draft.of(CellAt)}
    if any(i not in located for i, t in enumerate(draft.gold.tables) if any(map(_printed, t.cells.values()))):
        return draft.copy()
    before = failing(draft)
    kinds = list(ERRORS)
    rng.shuffle(kinds)
    for attempt in range(2 * _TRIES):
        fresh = attempt < _TRIES and _follows(draft.gold, before)
        kind = kinds[attempt % len(kinds)] if error else None
        factor = 1 if attempt == 2 * _TRIES - 1 else rng.choice(_FACTORS)
        made = _Refill(draft, rng, factor).made(kind, fresh=fresh)
        if made is None:
            continue
        after = failing(made[0])
        if _as_planned(kind, made[1], after, after - before):
            gold = made[0].gold
            kept = [c for c in gold.checks_fail if c in after or (c not in before and c.startswith("P-"))]
            gold.checks_fail = [*kept, *sorted(after - before)]
            return made[0]
    return refigured(draft, rng, error=False) if error else draft.copy()


def _as_planned(kind: str | None, broken: str, after: set[str], new: set[str]) -> bool:
    """Whether the figures fail as they should: nothing new, or what the planted error breaks and no other sort."""
    if kind is None:
        return not new
    if kind == "prose":
        return bool(new) and all(check.startswith("P-") for check in new)
    return broken in after and not any(check.startswith("P-") for check in new)


def _printed(row: Mapping[str, float | None]) -> bool:
    return any(value is not None for value in row.values())


def _follows(gold: Gold, failing: set[str]) -> bool:
    """Whether all that fails in the prose is seen by the checks, so that they can tell what new figures do to it."""
    return all(c in failing for c in gold.checks_fail if c.startswith("P-"))


class _Refill:
    """One attempt at other figures."""

    def __init__(self, draft: Draft, rng: random.Random, factor: int) -> None:
        self.draft, self.rng, self.factor = draft.copy(), rng, factor
        self.old = draft.gold

    def made(self, error: str | None, *, fresh: bool) -> tuple[Draft, str] | None:
        """The new draft and the relation that a planted error in a table breaks; None where the attempt fails."""
        gold, broken = self.draft.gold, ""
        must = self._signs()
        gold.tables = [
            GoldTable.model_construct(form=t.form, cells=self._cells(t, must, fresh=fresh)) for t in gold.tables
        ]
        if error and error != "prose":
            places = list(gold.tables)
            self.rng.shuffle(places)
            found = (forms.plant(catalogue().forms[t.form], t.cells, error, self.rng) for t in places)
            first = next(filter(None, found), None)
            if first is None:
                return None
            broken = first
        values = self._indicators()
        edits: list[Edit] = []
        for mark in self.draft.of(CellAt):
            value = gold.tables[mark.of.table].cells[mark.of.row][mark.of.column]
            was = self.old.tables[mark.of.table].cells[mark.of.row][mark.of.column]
            if value != was:
                edits.append((mark.start, mark.end, _respelt(self.draft.read(mark), value or 0) or f"{value:.12g}"))
        told = self._told(values)
        if told is None:
            return None
        wrong = self._misstate(told, values) if error == "prose" else None
        if error == "prose" and wrong is None:
            return None
        for mark, value in told.items():
            new = _respelt(self.draft.read(mark), value)
            if new is None:
                return None
            edits.append((mark.start, mark.end, new))
        gold.indicators = values
        self._restate(told, wrong)
        self.draft.edit(edits)
        for mark in self.draft.of(GoldEntity):
            mark.said = self.draft.read(mark)
        return self.draft, broken

    def _signs(self) -> dict[str, int]:
        """Which totals the prose states as none, and which as some."""
        return {i: int(fact.value > 0) for fact in self.old.facts if fact.used for i in fact.indicators}

    def _cells(self, table: GoldTable, must: Mapping[str, int], *, fresh: bool) -> forms.Cells:
        form, old = catalogue().forms[table.form], table.cells
        scaled: forms.Cells = {row: {c: None if v is None else round(v * self.factor, 4) for c, v in cells.items()}
                               for row, cells in old.items()}  # fmt: skip
        whole = all(v is not None for cells in old.values() for v in cells.values())
        if not fresh or self.rng.random() > _FRESH or not (whole or form.id == "statistics_2014"):
            return scaled
        if form.id == "review_litigation":
            ends = {"review": "review_total", "lit_direct": "litigation_total", "lit_after_review": "litigation_total"}
            return forms.fill_review(form, {row: must[i] for row, i in ends.items() if i in must}, self.rng)
        if form.id == "statistics_2014":
            new = forms.fill_statistics(scaled, must, self.rng)
            return {
                row: {"value": None} if old.get(row, {}).get("value") is None else cells for row, cells in new.items()
            }
        if form.id.startswith("requests"):
            return forms.fill_requests(form, must, self.rng)
        return forms.fill_disclosure(form, scaled, self.rng)

    def _indicators(self) -> dict[str, float]:
        """The indicators of the new figures: those of the tables, their groups, the rest scaled."""
        gold = self.draft.gold
        was, now = table_indicators(self.old), table_indicators(gold)
        out = {}
        for name, value in self.old.indicators.items():
            prefix = _GROUPS.get(name)
            if name in now:
                out[name] = now[name]
            elif prefix and any(i.startswith(prefix) for i in now):
                out[name] = sum(v for i, v in now.items() if i.startswith(prefix))
            elif name == "requests_answered" and value and value == was.get("requests_closed"):
                out[name] = now["requests_closed"]
            else:
                out[name] = round(value * self.factor, 4)
        return out

    def _told(self, values: Mapping[str, float]) -> dict[Mark, float] | None:
        """The numbers of the prose that change, and what each is now; None where one cannot say it."""
        facts: dict[tuple[int, int], Mark] = {(m.start, m.end): m for m in self.draft.of(GoldFact)}
        told: dict[Mark, float] = {}
        counts = {(m.start, m.end): m for m in self.draft.entities("COUNT", "MONEY") if not m.of.noise}
        for span, fact in facts.items():
            new = {self._stated(fact.of, i, values) for i in fact.of.indicators}
            if len(new) > 1 or (not fact.of.value) != (not min(new)):
                return None
            if span in counts and min(new) != fact.of.value:
                told[counts[span]] = min(new)
        for span, mark in counts.items():
            read = _value(self.draft.read(mark))
            words = self.draft.text[mark.start : mark.end + 3]
            if span not in facts and self.factor > 1 and read and not _FIXED.search(words):
                told[mark] = round(read * self.factor, 4)
        return told

    def _stated(self, fact: GoldFact, indicator: str, values: Mapping[str, float]) -> float:
        own = fact.used and self.old.indicators.get(indicator) == fact.value
        return values[indicator] if own else round(fact.value * self.factor, 4)

    def _misstate(self, told: dict[Mark, float], values: Mapping[str, float]) -> tuple[int, int] | None:
        """Makes one number of the prose differ from the table that states it too; the place of the number."""
        printed = set(table_indicators(self.draft.gold))
        counts = {(m.start, m.end): m for m in self.draft.entities("COUNT") if not m.of.noise}
        places = [
            (m.start, m.end) for m in self.draft.of(GoldFact)
            if m.of.used and m.of.value > 1 and (m.start, m.end) in counts and printed.issuperset(m.of.indicators)
        ]  # fmt: skip
        if not places:
            return None
        at = self.rng.choice(places)
        mark = counts[at]
        fact = next(m.of for m in self.draft.of(GoldFact) if (m.start, m.end) == at)
        told[mark] = values[fact.indicators[0]] + self.rng.randint(1, 4)
        return at

    def _restate(self, told: Mapping[Mark, float], wrong: tuple[int, int] | None) -> None:
        """The new values in the annotations of the prose."""
        at = {(mark.start, mark.end): value for mark, value in told.items()}
        for mark in self.draft.of(GoldFact):
            span = (mark.start, mark.end)
            if span in at:
                mark.of = mark.of.model_copy(update={"value": at[span], "used": mark.of.used and span != wrong})
        for mark, value in told.items():
            if mark.of.value:
                mark.of = mark.of.model_copy(update={"value": f"{value:.12g}"})


def _value(text: str) -> float | None:
    """The number at the head of a mention."""
    plain = unicodedata.normalize("NFKC", text)
    found = _LITERAL.search(plain) or _HAN.search(plain)
    return numerals.parse(found[0]) if found else None


def _respelt(text: str, value: float) -> str | None:
    """A mention or a cell with another number, in figures or in words as before; None where no number is found."""
    found = (
        _LITERAL.search(unicodedata.normalize("NFKC", text))
        if len(unicodedata.normalize("NFKC", text)) == len(text)
        else None
    )
    if found:
        literal = found[0].rstrip()
        for mark, scale in (("亿", 1e8), ("万", 1e4)):
            if literal.endswith(mark) and value >= scale and round(value / scale, 4) * scale == value:
                return f"{text[: found.start()]}{value / scale:.10g}{mark}{text[found.start() + len(literal) :]}"
        new = f"{value:,.10g}" if "," in literal else f"{value:.12g}"
        return text[: found.start()] + new + text[found.start() + len(literal) :]
    words = _HAN.search(text)
    if not words or value != int(value) or value > 99999:
        return None
    return text[: words.start()] + han(int(value)) + text[words.end() :]


def han(number: int) -> str:
    """A number below 100,000 in Chinese numerals."""
    digits = "零一二三四五六七八九"
    if number == 0:
        return digits[0]
    out, skipped = "", False
    for unit, name in ((10_000, "万"), (1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            out += (
                (digits[0] if skipped and out else "")
                + ("" if not out and unit == 10 and digit == 1 else digits[digit])
                + name
            )
            skipped = False
        elif out:
            skipped = True
    return out


def failing(draft: Draft) -> set[str]:
    """The relations of tables and prose that the report breaks, as its gold has it."""
    return {
        check.id for check in run_checks(_evidence(draft)) if check.status == "fail" and check.id.startswith(_CHECKED)
    }


def _evidence(draft: Draft) -> Evidence:
    gold = draft.gold
    shadow, offsets = shadow_of(draft.text)

    def place(start: int, end: int) -> tuple[int, int]:
        return offsets.back(start), max(offsets.back(start) + 1, offsets.back(end))

    mentions = find_mentions(shadow)
    units = {(m.start, m.end): m.unit for m in mentions}
    facts = [
        Fact(i, m.of.value, units.get(span, "件"), False, *span, scope=m.of.scope, year=m.of.year, status=m.of.status,
             cumulative=m.of.cumulative, confidence=1.0, zero=span not in units and not m.of.value, used=m.of.used)
        for m in draft.of(GoldFact) for span in [place(m.start, m.end)] for i in m.of.indicators
    ]  # fmt: skip
    segments = [
        Segment(*place(start, end), p.level, p.label, tuple(p.secondary)) for start, end, p in draft.paragraphs()
    ]
    return Evidence(
        tables=[*_tables(gold)], facts=sorted(facts, key=lambda f: f.start), indicators=gold.indicators, shadow=shadow,
        mentions=mentions, segments=segments, year=gold.year, title_year=None, period=None, level=gold.level, kind=None,
    )  # fmt: skip


def _tables(gold: Gold) -> Iterator[Table]:
    for table in gold.tables:
        cells = {row: {c: Cell(State.PRINTED if v is not None else State.BLANK, v, unit(gold, row, c, v) if v else "")
                       for c, v in columns.items()} for row, columns in table.cells.items()}  # fmt: skip
        yield Table(table.form, 0, 1, cells)


def unit(gold: Gold, row: str, column: str, value: float) -> str:
    """The unit of money in a cell, as the indicator tells it; "" for what is no money."""
    if column != "amount":
        return ""
    yuan = gold.indicators.get("procurement_amount" if row == "procurement" else "admin_fees_amount", 0)
    return "元" if abs(yuan - value) < 1 else "万元"
