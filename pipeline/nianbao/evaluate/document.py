"""One annotated sample against the record that the engine makes of it: what is right, extra and missed.

Two values are the same, two spans are the same mention, and a line has its label, by the conventions of the annotation
guide: white space and width do not matter, 人民政府 is 政府, mentions in page noise are optional, a secondary label
counts as right. Softly a name or a contact is found where one text holds most of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from nianbao.evaluate.shapes import table_shape
from nianbao.evaluate.tally import Error, Tally
from nianbao.record import Cited, Report
from nianbao.train.alike import number, same, squash
from nianbao.train.annotation import Annotation, failed_checks
from nianbao.train.calibration import Sure
from nianbao.train.marked import Sample

REPORTS = ("report", "report_with_cover", "statistics_only")
_DATED = ("agency", "year", "period", "published", "signed")
_REGION = ("province", "city", "county")
_NOT_CONTACT = ("agency", "website")
_CONTEXT = 20
# two items are the same from this likeness on
_ALIKE = 0.6
# two texts are softly the same where the one holds the other, and is no longer than 1 / this of it
_HELD = 0.5
# fields whose value is words of the text, which may be a few too many or too few
_WORDS = ("agency", "title")


@dataclass(slots=True)
class Case:
    """A sample, its gold over the visible text, the record of it, and the tally to fill."""

    sample: Sample
    gold: Annotation
    report: Report
    text: str
    tally: Tally

    @property
    def is_text(self) -> bool:
        """Whether the gold has offsets of its own: marks in a page have none."""
        return self.sample.gold.file.endswith(".txt")

    def wrong(self, measure: str, detail: str, start: int | None = None, end: int | None = None) -> None:
        """Writes down an error, with the words around it."""
        excerpt = ""
        if start is not None and end is not None:
            excerpt = " ".join(self.text[max(start - _CONTEXT, 0) : end + _CONTEXT].split())
        self.tally.errors.append(Error(measure, detail, start, end, excerpt))


def groups_of(sample: Sample) -> dict[str, str]:
    """The groups of documents that a sample is counted in: by era, format, level and province."""
    gold = sample.gold
    return {
        "era": gold.era or "none",
        "format": "text" if gold.file.endswith(".txt") else "html",
        "level": gold.level or "none",
        "province": gold.region.get("province", "none"),
    }


def case_of(sample: Sample, report: Report) -> Case:
    """A sample and its record, ready to be compared; the record must hold its text."""
    gold, tally = Annotation.of_sample(sample)[0], Tally(sample.name, groups_of(sample))
    return Case(sample, gold, report, report.text or "", tally)


def compare_values(case: Case) -> None:
    """Fields, contact, indicators, cells, items and checks."""
    _fields(case)
    _contact(case)
    _indicators(case)
    _cells(case)
    for name in ("problems", "measures"):
        _items(case, name)
    if case.sample.gold.kind in REPORTS:
        found, wanted = set(failed_checks(case.report)), set(case.sample.gold.checks_fail)
        case.tally.sets("failed_checks", found, wanted)
        for check in sorted(found ^ wanted):
            case.wrong("failed_checks", f"{check} {'missed' if check in wanted else 'extra'}")


def _fields(case: Case) -> None:
    gold, report = case.sample.gold, case.report
    _field(case, "kind", report.kind, gold.kind)
    for name in _DATED:
        _field(case, name, getattr(report, name), getattr(gold, name))
    if gold.kind in REPORTS:
        _field(case, "era", report.era, gold.era)
        _field(case, "title", report.title, gold.title)
        if gold.level:
            _field(case, "level", report.agency and report.agency.level, gold.level)
        for part in _REGION:
            if gold.region.get(part):
                _field(case, f"region_{part}", report.agency and getattr(report.agency.region, part), gold.region[part])
    elif report.kind == gold.kind and gold.kind != "attachment_stub":
        _field(case, "status", report.status, "not_a_report")


def _field(case: Case, name: str, found: Any, wanted: Any) -> None:
    cited = found if isinstance(found, Cited) else None
    value = cited.value if cited else found
    right = same(name, value, wanted)
    case.tally.answer("fields", name, right)
    if value is not None or wanted is not None:
        wrong = 0, int(value is not None), int(wanted is not None)
        alike = name in _WORDS and _held(str(value), str(wanted)) >= _HELD
        case.tally.add("field_values", [name], *((1, 0, 0) if right else wrong))
        case.tally.add("field_values_soft", [name], *((1, 0, 0) if right or alike else wrong))
    if cited:
        case.tally.sure.append(("values", Sure(cited.confidence, right)))
    if not right:
        place = (cited.start, cited.end) if cited else (None, None)
        case.wrong("fields", f"{name}: {value!r} for {wanted!r}", *place)


def _contact(case: Case) -> None:
    contact = [(k, cited) for k, values in case.report.contact if k not in _NOT_CONTACT for cited in values]
    found = [(k, squash(cited.value).lower()) for k, cited in contact]
    given = case.sample.gold.contact.items()
    wanted = [(k, squash(v).lower()) for k, values in given if k not in _NOT_CONTACT for v in values]
    for kind in sorted({kind for kind, _ in (*found, *wanted)}):
        one, other = ([value for k, value in side if k == kind] for side in (found, wanted))
        case.tally.sets("contact", one, other, kind)
        left, missed = _unmatched(one, other, _held, _HELD)
        case.tally.add("contact_soft", [kind], len(other) - len(missed), len(left), len(missed))
    for (_, cited), value in zip(contact, found, strict=True):
        case.tally.sure.append(("values", Sure(cited.confidence, value in wanted)))
        if value not in wanted:
            case.wrong("contact", f"{' '.join(value)} extra", cited.start, cited.end)
    for value in sorted(set(wanted) - set(found)):
        case.wrong("contact", f"{' '.join(value)} missed")


def _indicators(case: Case) -> None:
    found, wanted = case.report.indicators, case.sample.gold.indicators
    for name in sorted({*found, *wanted}):
        value = found.get(name)
        right = value is not None and name in wanted and number(value.value) == number(wanted[name])
        counts = (1, 0, 0) if right else (0, int(name in found), int(name in wanted))
        case.tally.add("indicators", [name], *counts)
        if value:
            case.tally.sure.append(("values", Sure(value.confidence, right)))
        if not right:
            place = (value.start, value.end) if value else (None, None)
            case.wrong("indicators", f"{name}: {value and value.value} for {wanted.get(name)}", *place)


def _cells(case: Case) -> None:
    """Printed numbers by form, row and column; a cell that prints none is none on either side."""
    found: dict[tuple[str, str, str], Any] = {}
    for table in case.report.tables:
        for row, cells in (table.cells or {}).items():
            found |= {(table.form, row, column): cell for column, cell in cells.items() if cell.value is not None}
    wanted = {
        (table.form, row, column): number(value)
        for table in case.sample.gold.tables
        for row, cells in table.cells.items()
        for column, value in cells.items()
        if value is not None
    }
    shape = table_shape(case.sample)
    for key in sorted({*found, *wanted}):
        cell = found.get(key)
        right = cell is not None and number(cell.value) == wanted.get(key)
        counts = (1, 0, 0) if right else (0, int(key in found), int(key in wanted))
        case.tally.add("cells", [key[0]], *counts)
        case.tally.add("cells_by_shape", [shape], *counts)
        if not right:
            detail = f"{'.'.join(key)}: {cell and cell.value} for {wanted.get(key)}"
            case.wrong("cells", detail, cell and cell.start, cell and cell.end)


def _items(case: Case, name: str) -> None:
    items, wanted = getattr(case.report, name), getattr(case.sample.gold, name)
    left, missed = _unmatched([item.text for item in items], wanted, _likeness, _ALIKE)
    case.tally.add(name, [], len(wanted) - len(missed), len(left), len(missed))
    for at in left:
        case.wrong(name, "extra", items[at].start, items[at].end)
    for at in missed:
        case.wrong(name, f"missed: {wanted[at]}")


def _unmatched(
    found: Sequence[str], wanted: Sequence[str], like: Callable[[str, str], float], least: float
) -> tuple[list[int], list[int]]:
    """Which of the texts found, and which of those wanted, have none that is alike, each in one pair at most."""
    left, missed = list(range(len(found))), list[int]()
    for at, text in enumerate(wanted):
        best, mine = max(((like(found[i], text), i) for i in left), default=(0.0, 0))
        if best >= least:
            left.remove(mine)
        else:
            missed.append(at)
    return left, missed


def _likeness(one: str, other: str) -> float:
    """How much of the longer text the other holds; where it does not hold all of the shorter, how alike they are."""
    return _held(one, other) or SequenceMatcher(None, squash(one), squash(other), autojunk=False).ratio()


def _held(one: str, other: str) -> float:
    """How much of the longer text the shorter is, 0 where it is no part of it."""
    shorter, longer = sorted((squash(one), squash(other)), key=len)
    return len(shorter) / max(len(longer), 1) if shorter in longer else 0.0


def overlapping(found: Sequence[Any], wanted: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """Pairs of spans that overlap, each span in one pair at most, the longest overlaps first."""
    pairs = [
        (min(one.end, other.end) - max(one.start, other.start), i, j)
        for i, one in enumerate(found)
        for j, other in enumerate(wanted)
        if one.start < other.end and other.start < one.end
    ]
    taken: set[tuple[str, int]] = set()
    for _, i, j in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if taken.isdisjoint((("found", i), ("wanted", j))):
            taken |= {("found", i), ("wanted", j)}
            yield found[i], wanted[j]
