"""Which reports to annotate next: those that the engine reads badly, and those unlike any that are annotated.

Three reasons count, each from 0 to 1, and their sum ranks: relations that fail, values that the record itself doubts,
and wording that neither the corpus nor a report picked before holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from zlib import crc32

from nianbao.record import Report

# sequences of four Chinese characters; one of eight stands for all
_SEQUENCE, _SAMPLE = 4, 8
_OTHER = re.compile(r"[^\u4e00-\u9fff]+")
# so many failed relations are half as bad as can be
_HALF_FAILED = 2
_LEAST_SURE = 10  # a tenth


@dataclass(frozen=True, slots=True)
class Candidate:
    """A report that could be annotated: what fails in it, its least sure values, and its wording."""

    name: str
    failed: Sequence[str]
    unsure: Sequence[tuple[str, float]]
    wording: frozenset[int] = field(repr=False)

    @property
    def doubt(self) -> float:
        """How unsure the least sure tenth of its values is."""
        return sum(1 - c for _, c in self.unsure) / len(self.unsure) if self.unsure else 0.0


@dataclass(frozen=True, slots=True)
class Pick:
    """A report to annotate, and why: each reason from 0 to 1."""

    candidate: Candidate
    failed: float
    doubt: float
    novelty: float

    @property
    def score(self) -> float:
        """What ranks."""
        return self.failed + self.doubt + self.novelty

    def describe(self) -> str:
        """The reasons in words."""
        reasons = [f"{self.novelty:.0%} new wording"]
        if self.candidate.failed:
            reasons.append(f"fails {', '.join(self.candidate.failed)}")
        if self.candidate.unsure:
            name, confidence = self.candidate.unsure[0]
            reasons.append(f"doubts {name} ({confidence:.2f}) most")
        return f"{self.score:.2f}  {self.candidate.name}: " + "; ".join(reasons)


def candidate(report: Report) -> Candidate:
    """What speaks for annotating a report; the report must hold its text."""
    cited = [("agency", report.agency), ("year", report.year), ("title", report.title)]
    sure = [(name, value.confidence) for name, value in cited if value]
    sure += [(name, value.confidence) for name, value in report.indicators.items()]
    sure += [(f"{p.label} line", p.confidence) for p in report.paragraphs]
    sure.sort(key=lambda pair: pair[1])
    failed = sorted({check.id for check in report.checks if check.status == "fail"})
    return Candidate(report.source.uri or "", failed, sure[: -(-len(sure) // _LEAST_SURE)], wording(report.text or ""))


def wording(text: str) -> frozenset[int]:
    """A sample of the character sequences of a text, figures and punctuation left out, as checksums."""
    plain = _OTHER.sub("", text)
    sums = (crc32(plain[i : i + _SEQUENCE].encode()) for i in range(len(plain) - _SEQUENCE + 1))
    return frozenset(value for value in sums if value % _SAMPLE == 0)


def rank(candidates: Iterable[Candidate], known: Iterable[int], count: int) -> list[Pick]:
    """The reports to annotate first, each judged beside those picked before it.

    Args:
      candidates: what there is.
      known: the wording of the annotated corpus.
      count: how many to pick at most.
    """
    seen, left, picks = set(known), list(candidates), list[Pick]()
    while left and len(picks) < count:
        best = max((_judged(one, seen) for one in left), key=lambda pick: (pick.score, pick.candidate.name))
        picks.append(best)
        left.remove(best.candidate)
        seen |= best.candidate.wording
    return picks


def _judged(one: Candidate, seen: set[int]) -> Pick:
    failed = len(one.failed) / (len(one.failed) + _HALF_FAILED)
    novelty = len(one.wording - seen) / len(one.wording) if one.wording else 0.0
    return Pick(one, failed, one.doubt, novelty)
