"""Annotated samples in the formats of annotation tools, both ways.

One table (`FORMATS`) says what each format holds and what it counts offsets in; how a report becomes tasks and tasks a
report is the same for all of them (`tasks`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from nianbao.train.annotation import Annotation, numbered
from nianbao.train.formats.argilla import Argilla
from nianbao.train.formats.conll import Conll
from nianbao.train.formats.docbin import DocBinFile
from nianbao.train.formats.doccano import Doccano, DoccanoSections
from nianbao.train.formats.label_studio import LabelStudio
from nianbao.train.formats.marks import Fate, FormatError, Layer, Ledger, Unit
from nianbao.train.formats.own import Own
from nianbao.train.formats.prodigy import Prodigy
from nianbao.train.formats.tasks import Format, Task, count_fates, cut, join, restored

__all__ = ["FORMATS", "Fate", "FormatError", "Layer", "Ledger", "Unit", "export_annotations", "import_annotations"]

FORMATS: Mapping[str, Format] = {
    "jsonl": Own(),
    "label-studio": LabelStudio(),
    "doccano": Doccano(),
    "doccano-sections": DoccanoSections(),
    "prodigy": Prodigy(),
    "argilla": Argilla(),
    "conll": Conll(words=False),
    "conll-words": Conll(words=True),
    "docbin": DocBinFile(),
}


def export_annotations(
    name: str,
    annotations: Iterable[Annotation],
    out: Path,
    *,
    layers: Iterable[Layer] = (),
    task_chars: int | None = None,
    unit: Unit | None = None,
) -> Ledger:
    """Writes annotations in a format.

    Args:
      name: of the format, a key of `FORMATS`.
      annotations: one for each report.
      out: the file to write.
      layers: those to show; the format's default if none.
      task_chars: budget of a task in code points, where the format takes parts of reports; None keeps them whole.
      unit: what offsets are counted in, where a release of the tool departs from the table.

    Returns:
      What became of every span and value.

    Raises:
      FormatError: an unknown format, or layers that it cannot show.
    """
    format, ledger = _format(name), Ledger()
    shown = frozenset(layers) or format.default
    if not shown <= format.layers:
        raise FormatError(f"{name} cannot show {', '.join(sorted(shown - format.layers))}")
    tasks = [task for one in numbered(annotations) for task in cut(one, None if format.whole else task_chars)]
    unheld = format.write(tasks, out, shown, unit or format.unit)
    for task in tasks:
        count_fates(format, task, shown, ledger)
    for span in unheld:
        ledger.add(span.layer, Fate.SHOWN, -1)
        ledger.lose(span.layer, span.note)
    return ledger


def import_annotations(
    name: str, paths: Iterable[Path], *, unit: Unit | None = None
) -> tuple[list[Annotation], Ledger]:
    """Reads files of a format, the parts of a report joined whichever file they are in.

    Returns:
      An annotation for each report, and what became of every mark.

    Raises:
      FormatError: a file that is not in the format, with its place.
    """
    format, ledger = _format(name), Ledger()

    def tasks() -> Iterable[tuple[Task, bool]]:
        for path in paths:
            for reading in format.read(path, unit or format.unit):
                yield restored(reading, ledger)

    return list(join(tasks(), ledger)), ledger


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise FormatError(f"no format {name!r}; there are {', '.join(FORMATS)}")
    return FORMATS[name]
