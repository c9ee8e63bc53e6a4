"""The layers of spans against their gold: mentions, labelled lines, facts."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nianbao.evaluate.document import Case, overlapping
from nianbao.record import Fact as RecordFact
from nianbao.record import Paragraph as RecordParagraph
from nianbao.train.alike import number, squash
from nianbao.train.annotation import Fact, Paragraph
from nianbao.train.calibration import Sure
from nianbao.train.gold import GoldEntity
from nianbao.train.placing import places

CORE = ("AGENCY", "DATE", "PHONE", "COUNT")
# the cells of a table are judged as cells, not as lines
_CELL_MAX = 12
# in the place of a label where there is no mention
NOTHING = "none"
_Key = tuple[Any, ...]  # by which two mentions are the same: label and place, or label and words
_SENTENCE = re.compile(r"[^。；;\r\n]*(?:[。；;\r\n]|$)")
_ATTRIBUTES = ("year", "status", "cumulative", "used")


def compare_spans(case: Case) -> None:
    """Entities, paragraphs and facts."""
    _entities(case)
    _paragraphs(case)
    _facts(case)


def _entities(case: Case) -> None:
    """Strictly by label and place, or in pages, whose marks have none, by words; softly by label and overlap."""
    noise = [p for p in case.report.paragraphs if p.label == "noise"]
    quiet = [p for p in case.gold.paragraphs if p.label == "noise"]
    found = [e for e in case.report.entities if not _inside(e, noise)]
    wanted = [e for e in case.sample.gold.entities if not e.noise]

    def key(span: Any) -> _Key:
        return (span.label, span.start, span.end) if case.is_text else (span.label, squash(span.text))

    for label, (one, other) in _by_label(found, wanted).items():
        for measure in ("entities_core" if label in CORE else "entities_other", "entities"):
            case.tally.sets(measure, map(key, one), map(key, other), label)
        for spans, others, what in ((other, one, "missed"), (one, other, "extra")):
            keys = set(map(key, others))
            for span in spans:
                if key(span) not in keys:
                    case.wrong("entities", f"{label} {what}: {span.text}", span.start, span.end)
    placed = [e for e in case.gold.entities if not _inside(e, quiet)]
    for label, (one, other) in _by_label(found, placed).items():
        pairs = sum(1 for _ in overlapping(one, other))
        case.tally.add("entities_soft", [label], pairs, len(one) - pairs, len(other) - pairs)
    _confused(case, found, placed)
    _normal_forms(case, {key(e): e.value for e in found}, [(key(e), e) for e in wanted])


def _confused(case: Case, found: Sequence[Any], wanted: Sequence[Any]) -> None:
    """The labels of mentions that overlap, whatever they are, and of those that overlap none."""
    pairs = list(overlapping(found, wanted))
    paired = {id(span) for pair in pairs for span in pair}
    confusion = case.tally.entity_confusion
    confusion.update((gold.label, mine.label) for mine, gold in pairs)
    confusion.update((gold.label, NOTHING) for gold in wanted if id(gold) not in paired)
    confusion.update((NOTHING, mine.label) for mine in found if id(mine) not in paired)


def _by_label(found: Iterable[Any], wanted: Iterable[Any]) -> dict[str, tuple[list[Any], list[Any]]]:
    """Spans of two readings by label."""
    out: dict[str, tuple[list[Any], list[Any]]] = {}
    for side, spans in enumerate((found, wanted)):
        for span in spans:
            out.setdefault(span.label, ([], []))[side].append(span)
    return out


def _normal_forms(case: Case, found: Mapping[_Key, Any], wanted: Iterable[tuple[_Key, GoldEntity]]) -> None:
    for key, gold in wanted:
        if gold.value and key in found:
            value = found[key]
            amounts = {_amount(str(value)), _amount(re.sub(r"[^\d.\-]", "", gold.value))}
            right = squash(value).lower() == squash(gold.value).lower() or (len(amounts) == 1 and None not in amounts)
            case.tally.answer("normal_forms", gold.label, right)
            if not right:
                case.wrong("normal_forms", f"{gold.label}: {value!r} for {gold.value!r}", gold.start, gold.end)


def _amount(text: str) -> float | None:
    try:
        return round(float(text), 6)
    except ValueError:
        return None


def _inside(span: Any, others: Iterable[Any]) -> bool:
    return any(other.start <= span.start < other.end for other in others)


def _paragraphs(case: Case) -> None:
    """Each annotated line with the label that most of its characters got.

    Lines are found by their words, in order, the way that places most of them: an annotation of a page has no offsets.
    """
    letters, owners = list[str](), list[Any]()
    for paragraph in case.report.paragraphs:
        words = squash(case.text[paragraph.start : paragraph.end])
        letters.append(words)
        owners += [paragraph] * len(words)
    todo = [(p, squash(p.text)) for p in case.sample.gold.paragraphs]
    todo = [(p, words) for p, words in todo if words and not (p.label == "statistics" and len(words) <= _CELL_MAX)]
    found = places("".join(letters), [(words, len(words) * (1 if p.label == "noise" else 2)) for p, words in todo])
    for (gold, words), at in zip(todo, found, strict=True):
        mine = owners[at : at + len(words)] if at is not None else []
        most = Counter(p.label for p in mine).most_common(1)
        # a page's noise may be left out of the text altogether
        label = most[0][0] if most else "noise" if gold.label == "noise" and not case.is_text else None
        right = label == gold.label or label in gold.secondary
        case.tally.answer("paragraphs", "", right)
        case.tally.confusion[gold.label, gold.label if right else label or NOTHING] += 1
        if gold.level:
            case.tally.answer("heading_levels", str(gold.level), bool(mine) and mine[0].heading_level == gold.level)
        _labelled(case, "paragraph_labels", gold.label, gold.label if right else label)
        _labelled(case, "paragraph_labels_strict", gold.label, label)
        if not right:
            place = (mine[0].start, mine[-1].end) if mine else (None, None)
            case.wrong("paragraphs", f"{label} for {gold.label}: {gold.text[:40]}", *place)
    _sure_of_segments(case)


def _labelled(case: Case, measure: str, gold: str, found: str | None) -> None:
    """Counts one label for another: one is missed, and one is extra if there is one at all."""
    if found == gold:
        case.tally.add(measure, [gold], right=1)
        return
    case.tally.add(measure, [gold], missed=1)
    if found:
        case.tally.add(measure, [found], extra=1)


def _sure_of_segments(case: Case) -> None:
    """The confidence of every segment that an annotated line overlaps."""
    for segment in case.report.paragraphs:
        gold = _owner(segment, case.gold.paragraphs)
        if gold:
            right = segment.label in (gold.label, *gold.secondary)
            case.tally.sure.append(("paragraphs", Sure(segment.confidence, right)))


def _owner(segment: RecordParagraph, lines: Iterable[Paragraph]) -> Paragraph | None:
    def shared(line: Paragraph) -> int:
        return min(line.end, segment.end) - max(line.start, segment.start)

    best = max(lines, key=shared, default=None)
    return best if best and shared(best) > 0 else None


@dataclass(frozen=True, slots=True)
class _Stated:
    """A fact with the sentence that states it: its evidence may be the number or the words that give it its meaning."""

    start: int
    end: int
    fact: Any


def _facts(case: Case) -> None:
    """A fact is found where one sentence gives the same indicator the same value and scope; then what it is read as."""
    if case.gold.indicators and not case.gold.facts:
        return  # its prose is not annotated
    sentences = [match.span() for match in _SENTENCE.finditer(case.text)]
    ends = [end for _, end in sentences]

    def stated(fact: Any) -> _Stated:
        return _Stated(*sentences[bisect_right(ends, fact.start)], fact)

    mine = _grouped((f.indicator, stated(f)) for f in case.report.facts)
    theirs = _grouped((name, stated(f)) for f in case.gold.facts for name in f.indicators)
    left, missed = _grouped(()), _grouped(())
    for key in sorted({*mine, *theirs}):
        one, other = mine.get(key, []), theirs.get(key, [])
        pairs = list(overlapping(one, other))
        for found, gold in pairs:
            _read(case, key[0], found.fact, gold.fact)
        left[key] = [s for s in one if all(s is not found for found, _ in pairs)]
        missed[key] = [s for s in other if all(s is not gold for _, gold in pairs)]
        case.tally.add("facts", [key[0]], len(pairs), len(left[key]), len(missed[key]))
    for what, groups in (("extra", left), ("missed", missed)):
        for (name, value, scope), group in groups.items():
            for stands in group:
                case.wrong("facts", f"{name} {scope} {what}: {value:g}", stands.fact.start, stands.fact.end)
    case.tally.sure += [("facts", Sure(one.fact.confidence, False)) for group in left.values() for one in group]


def _grouped(facts: Iterable[tuple[str, _Stated]]) -> dict[tuple[str, float, str], list[_Stated]]:
    """Facts by indicator, value and scope."""
    out: dict[tuple[str, float, str], list[_Stated]] = {}
    for name, stated in facts:
        out.setdefault((name, number(stated.fact.value) or 0.0, stated.fact.scope), []).append(stated)
    return out


def _read(case: Case, name: str, found: RecordFact, gold: Fact) -> None:
    """What is said of a fact that was found; `facts_read` are those of which all of it is right."""
    wrong = [a for a in _ATTRIBUTES if getattr(found, a) != getattr(gold, a)]
    for attribute in _ATTRIBUTES:
        case.tally.answer("fact_attributes", attribute, attribute not in wrong)
    case.tally.sure.append(("facts", Sure(found.confidence, not wrong)))
    for attribute in wrong:
        detail = f"{name} {attribute}: {getattr(found, attribute)} for {getattr(gold, attribute)}"
        case.wrong("fact_attributes", detail, found.start, found.end)
