"""A report under change: its text, and all of its gold as marks that move with the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from nianbao import numerals
from nianbao.ingest import ingest
from nianbao.tables import bind_tables
from nianbao.train.generate.edits import Edit, EditLog
from nianbao.train.generate.layout import Printed
from nianbao.train.gold import Gold, GoldEntity, GoldFact, GoldParagraph, GoldTable
from nianbao.train.marked import Sample
from nianbao.train.validate import table_indicators

_MAX_BYTES = 10**8
_LINE = re.compile(r"[^\n]*\S[^\n]*")
_NUMBER = re.compile(rf"[\d,.]*\d|[{numerals.HAN}]+")


@dataclass(slots=True, eq=False)
class Mark:
    """An annotated stretch of the text (code points, end exclusive).

    `of` is what is annotated: a `GoldEntity`, `GoldFact`, `GoldParagraph`, an item ("problems", "measures"), a table
    (`Sheet`), or one of its printed numbers (`CellAt`). `said` is what an entity read before it was damaged.
    """

    start: int
    end: int
    of: Any
    said: str = ""


@dataclass(frozen=True, slots=True)
class CellAt:
    """The place of a printed number: the table's index in the gold, row and column ids."""

    table: int
    row: str
    column: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table that stands in lines of its own: its index in the gold, and how it was laid out anew."""

    table: int
    printed: Printed | None = None


@dataclass(slots=True)
class Draft:
    """A text with its marks in order, the gold's values that have no place, and what was lost on the way."""

    text: str
    gold: Gold
    marks: list[Mark]
    lost: Counter[str] = field(default_factory=Counter)

    def copy(self) -> Draft:
        """A draft that can be changed without this one."""
        gold = self.gold.model_copy(update={"tables": [GoldTable.model_construct(form=t.form, cells={
            row: dict(columns) for row, columns in t.cells.items()}) for t in self.gold.tables],
            "indicators": dict(self.gold.indicators), "checks_fail": list(self.gold.checks_fail)})  # fmt: skip
        return Draft(self.text, gold, [replace(mark) for mark in self.marks], Counter())

    def of(self, kind: type | tuple[type, ...]) -> list[Mark]:
        """The marks on things of a kind, in order."""
        return [mark for mark in self.marks if isinstance(mark.of, kind)]

    def entities(self, *labels: str) -> list[Mark]:
        """The marks on entities with one of the labels (on all, without labels), in order."""
        return [mark for mark in self.of(GoldEntity) if not labels or mark.of.label in labels]

    def lines(self, *labels: str) -> list[Mark]:
        """The marks on paragraphs with one of the labels (on all, without labels), in order."""
        return [mark for mark in self.of(GoldParagraph) if not labels or mark.of.label in labels]

    def read(self, mark: Mark) -> str:
        """The words under a mark."""
        return self.text[mark.start : mark.end]

    def free(self, start: int, end: int) -> bool:
        """Whether no entity or fact touches the stretch."""
        return not any(m.start < end and start < m.end for m in self.of((GoldEntity, GoldFact)))

    def edit(self, edits: Iterable[Edit]) -> bool:
        """Applies edits; marks that do not outlive them are dropped and counted. Returns whether anything changed."""
        log = EditLog(self.text, edits)
        changed = log.text != self.text
        kept = []
        for mark in self.marks:
            span = log.span(mark.start, mark.end)
            if span:
                mark.start, mark.end = span
                kept.append(mark)
            else:
                self._lose(mark)
        self.text, self.marks = log.text, kept
        return changed

    def drop(self, mark: Mark) -> None:
        """Forgets a mark whose words no longer say what it says."""
        self.marks = [other for other in self.marks if other is not mark]
        self._lose(mark)

    def insert(self, at: int, lines: Sequence[str], label: str) -> bool:
        """Puts lines with a label where a line begins."""
        added = "".join(f"{line}\n" for line in lines)
        self.edit([(at, at, added)])
        for line in lines:
            if line.strip():
                self.marks.append(Mark(at, at + len(line), GoldParagraph(text=line.strip(), label=label)))
            at += len(line) + 1
        self.marks.sort(key=lambda mark: (mark.start, -mark.end))
        return True

    def _lose(self, mark: Mark) -> None:
        if not isinstance(mark.of, CellAt):
            self.lost[type(mark.of).__name__.removeprefix("Gold").lower()] += 1
        if isinstance(mark.of, GoldFact) and mark.of.used:
            self.unstate(mark.of.indicators)

    def unstate(self, indicators: Iterable[str]) -> None:
        """Takes out of the gold the indicators that neither a table nor a statement gives any more."""
        given = set(table_indicators(self.gold))
        given |= {i for m in self.of(GoldFact) if m.of.used for i in m.of.indicators}
        for indicator in indicators:
            if indicator not in given:
                self.gold.indicators.pop(indicator, None)

    def settle(self, file: str, *, offsets: bool = True) -> Gold:
        """The gold of the text as it stands now.

        Args:
          file: the name of the input file.
          offsets: whether offsets of the text are offsets of the file; of a page they are not.
        """

        def place(mark: Mark) -> dict[str, int | None]:
            return {"start": mark.start if offsets else None, "end": mark.end if offsets else None}

        entities = [m.of.model_copy(update={"text": self.read(m), "value": self._value(m), **place(m)})
                    for m in self.of(GoldEntity)]  # fmt: skip
        facts = [m.of.model_copy(update={"text": self.read(m), **place(m)}) for m in self.of(GoldFact)]
        paragraphs = [p.model_copy(update=place(Mark(start, end, p))) for start, end, p in self.paragraphs()]
        items: dict[str, list[str]] = {"problems": [], "measures": []}
        for mark in self.of(str):
            items[mark.of].append(self.read(mark))
        told = {"file": file, "entities": entities, "facts": facts, "paragraphs": paragraphs, **items}
        return self.gold.model_copy(update=told)

    def _value(self, mark: Mark) -> str | None:
        entity: GoldEntity = mark.of
        if entity.value or self.read(mark) == mark.said:
            return entity.value
        number = numerals.parse(found[0]) if (found := _NUMBER.match(mark.said)) and entity.label == "COUNT" else None
        return mark.said if number is None else f"{number:.12g}"

    def paragraphs(self) -> Iterator[tuple[int, int, GoldParagraph]]:
        """Every line that is not blank, with its label and those of what else was joined to it."""
        marks = self.lines()
        at = 0
        for line in _LINE.finditer(self.text):
            while at < len(marks) and marks[at].end <= line.start():
                at += 1
            owners: list[Mark] = []
            for mark in marks[at:]:
                if mark.start >= line.end():
                    break
                if self.text[max(mark.start, line.start()) : min(mark.end, line.end())].strip():
                    owners.append(mark)
            if not owners:
                raise ValueError(f"{self.gold.file}: a line without label: {line[0][:40]!r}")
            first = owners[0]
            alone = len(owners) == 1 or owners[1].start - first.end > 1
            labels = dict.fromkeys(label for m in owners for label in (m.of.label, *m.of.secondary))
            yield (line.start(), line.end(), GoldParagraph.model_construct(
                text=line[0].strip(), label=first.of.label, secondary=[*labels][1:],
                level=first.of.level if alone and first.start >= line.start() else None,
            ))  # fmt: skip


def draft_of(sample: Sample) -> Draft:
    """The draft of a text sample, its tables found where reading and annotation agree on every cell."""
    gold = sample.gold
    marks = [Mark(e.start, e.end, e, e.text) for e in gold.entities if e.start is not None and e.end is not None]
    for part in (gold.facts, gold.paragraphs):
        marks += [Mark(p.start, p.end, p) for p in part if p.start is not None and p.end is not None]
    for kind in ("problems", "measures"):
        marks += [Mark(*span, kind) for item in getattr(gold, kind) if (span := _found(sample.data, item))]
    draft = Draft(sample.data, gold, marks)
    draft.marks += _sheets(draft)
    draft.marks.sort(key=lambda mark: (mark.start, -mark.end))
    return draft


def _found(text: str, item: str) -> tuple[int, int] | None:
    """Where the words of an item stand, whatever blanks are between them."""
    match = re.search(r"\s*".join(map(re.escape, "".join(item.split()))), text)
    return match.span() if match else None


def _sheets(draft: Draft) -> Iterator[Mark]:
    """The tables of a text and their printed numbers."""
    document = ingest(draft.text, max_bytes=_MAX_BYTES)
    bound = {table.form: table for table in bind_tables(document)}
    for index, gold in enumerate(draft.gold.tables):
        table = bound.get(gold.form)
        read = {(row, c): cell for row, columns in table.cells.items() for c, cell in columns.items()} if table else {}
        want = {(row, c): value for row, columns in gold.cells.items() for c, value in columns.items()}
        if table is None or any((read[key].value if key in read else None) != value for key, value in want.items()):
            continue
        start, end = document.offsets.span(table.start, table.end)
        start, end = draft.text.rfind("\n", 0, start) + 1, draft.text.find("\n", end)
        end = end if end >= 0 else len(draft.text)
        inside = [p for p in draft.lines() if p.start < end and start < p.end]
        if all(p.of.label == "statistics" for p in inside) and draft.free(start, end):
            yield Mark(start, end, Sheet(index))
        for (row, column), cell in read.items():
            if cell.value is not None and cell.start is not None and cell.end is not None:
                yield Mark(*document.offsets.span(cell.start, cell.end), CellAt(index, row, column))
