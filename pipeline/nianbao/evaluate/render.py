"""An evaluation as data and as a page to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from nianbao.evaluate.evaluation import Evaluation
from nianbao.evaluate.tally import Difference, Figure, Key, Tally

SCHEMA = "nianbao.evaluation/1"
# what is shown of each group of documents
MAIN = ("fields", "contact", "indicators", "cells", "facts", "paragraphs", "entities_core", "entities_other",
        "problems", "measures", "failed_checks")  # fmt: skip
_WORST, _ERRORS = 10, 12


def as_data(evaluation: Evaluation, worst: int = _WORST) -> dict[str, Any]:
    """The evaluation as plain data for JSON; all errors of the worst documents."""
    return {
        "schema": SCHEMA,
        "documents": len(evaluation.tallies),
        "corpus": evaluation.corpus,
        "producer": evaluation.producer.model_dump(),
        "figures": _nested(evaluation.figures),
        "groups": {
            name: {
                value: {"documents": count, "figures": _nested(figures)} for value, (count, figures) in group.items()
            }
            for name, group in evaluation.groups.items()
        },
        "confusion": _pairs(evaluation.confusion),
        "entity_confusion": _pairs(evaluation.entity_confusion),
        "calibration": {kind: asdict(found) for kind, found in evaluation.calibration.items()},
        "worst": [
            {"name": tally.name, **tally.groups, "errors": [asdict(error) for error in tally.errors]}
            for tally in evaluation.worst(worst)
        ],
    }


def _pairs(confusion: Mapping[tuple[str, str], int]) -> list[dict[str, Any]]:
    return [{"gold": gold, "found": found, "count": count} for (gold, found), count in sorted(confusion.items())]


def _nested(figures: Mapping[Key, Figure]) -> dict[str, dict[str, dict[str, Any]]]:
    """Figures by measure and label; the measure as a whole stands under `all`."""
    out: dict[str, dict[str, dict[str, Any]]] = {}
    for key, figure in figures.items():
        known = {name: value for name, value in asdict(figure).items() if value is not None}
        out.setdefault(key.measure, {})[key.label or "all"] = known
    return out


def as_markdown(evaluation: Evaluation, worst: int = _WORST) -> str:
    """The evaluation as a page in Markdown."""
    producer = evaluation.producer
    models = ", ".join(f"{name} {version}" for name, version in sorted(producer.models.items()))
    about = (
        f"{len(evaluation.tallies)} documents, corpus `{evaluation.corpus[:12]}`; nianbao {producer.version}, "
        f"catalogue {producer.catalogue}, models {models}. In brackets: 95 % interval over documents."
    )
    parts = [
        "# Evaluation",
        about,
        "## All documents",
        *_figures((key.measure, figure) for key, figure in evaluation.figures.items() if not key.label),
    ]
    for name, group in evaluation.groups.items():
        parts += [f"## By {name}", *_group(group)]
    for measure in dict.fromkeys(key.measure for key in evaluation.figures):
        labelled = [(k.label, f) for k, f in evaluation.figures.items() if k.measure == measure and k.label]
        if labelled:
            parts += [f"## {measure}", *_figures(labelled)]
    parts += ["## Confusion of lines", _confusion(evaluation.confusion)]
    parts += ["## Confusion of mentions", _confusion(evaluation.entity_confusion)]
    parts += ["## Confidence", *_calibration(evaluation)]
    parts += ["## Documents with the most errors", *(_document(tally) for tally in evaluation.worst(worst))]
    return "\n\n".join(parts) + "\n"


def comparison(differences: Mapping[str, Mapping[Key, Difference]]) -> str:
    """What a change brings and what it costs, as a table in Markdown.

    Args:
      differences: the figures over each group of documents, by the name of the group.
    """
    rows = [
        (name, key.measure, str(d.gold), f"{d.before:.3f}", f"{d.after:.3f}", f"{d.after - d.before:+.3f}",
         f"[{d.low:+.3f}, {d.high:+.3f}]", "worse" if d.worse else "better" if d.low > 0 else "")
        for name, found in differences.items()
        for key, d in found.items()
        if key.measure in MAIN and not key.label
    ]  # fmt: skip
    return table(("reports", "", "annotated", "before", "after", "change", "95 %", ""), rows)


def _figures(rows: Iterable[tuple[str, Figure]]) -> Iterator[str]:
    shown = [
        (name, f"{f.value:.3f}", f"[{f.low:.3f}, {f.high:.3f}]", _side(f.precision), _side(f.recall), str(f.gold))
        for name, f in rows
    ]
    yield table(("", "F1 or share", "95 %", "precision", "recall", "annotated"), shown)


def _side(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _group(group: Mapping[str, tuple[int, Mapping[Key, Figure]]]) -> Iterator[str]:
    def cell(figures: Mapping[Key, Figure], measure: str) -> str:
        figure = figures.get(Key(measure))
        return interval(figure) if figure else ""

    rows = [(name, str(count), *(cell(figures, m) for m in MAIN)) for name, (count, figures) in group.items()]
    yield table(("", "documents", *MAIN), rows)


def _confusion(counts: Mapping[tuple[str, str], int]) -> str:
    wrong = [(n, gold, found) for (gold, found), n in counts.items() if gold != found]
    rows = [(gold, found, str(n)) for n, gold, found in sorted(wrong, key=lambda w: (-w[0], w[1:]))]
    return table(("annotated", "found", "times"), rows) if rows else "None."


def _calibration(evaluation: Evaluation) -> Iterator[str]:
    for kind, found in evaluation.calibration.items():
        doubted = "no errors" if found.doubted is None else f"{found.doubted:.0%} of the errors in the least sure tenth"
        yield f"**{kind}**: {found.values} values, {found.wrong} wrong, calibration error {found.error:.3f}, {doubted}."
        rows = [
            (f"{b.low:.1f} to {b.high:.1f}", str(b.count), f"{b.confidence:.3f}", f"{b.right:.3f}") for b in found.bins
        ]
        yield table(("confidence", "values", "mean", "right"), rows)


def _document(tally: Tally) -> str:
    groups = ", ".join(value for value in tally.groups.values() if value != "none")
    rows = [(error.measure, error.detail, error.excerpt) for error in tally.errors[:_ERRORS]]
    more = f"\n\n{len(tally.errors) - _ERRORS} more." if len(tally.errors) > _ERRORS else ""
    head = f"### {tally.name} ({groups}): {len(tally.errors)} errors\n\n"
    return head + table(("measure", "error", "evidence"), rows) + more


def interval(figure: Figure) -> str:
    """A figure with its 95 % interval, as a cell."""
    return f"{figure.value:.3f} [{figure.low:.2f}, {figure.high:.2f}]"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; what would break a cell is mended."""

    def cell(text: str) -> str:
        return " ".join(text.replace("|", "\\|").split())

    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(cell, line))} |" for line in lines)
