"""`nianbao annotate`: samples to and from annotation tools, and what to annotate next.

What the commands need is imported inside them: `nianbao extract` starts without.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nianbao import engine, inputs

if TYPE_CHECKING:
    from nianbao.train.formats import Ledger

app = typer.Typer(
    help="Annotated samples to and from annotation tools, and which reports to annotate next.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_FORMATS = "jsonl, label-studio, doccano, doccano-sections, prodigy, argilla, conll, conll-words, docbin"
Format = Annotated[str, typer.Argument(metavar="FORMAT", help=f"{_FORMATS}.", show_default=False)]
Out = Annotated[Path, typer.Option("--out", "-o", help="The file to write.", show_default=False)]
Offsets = Annotated[
    str | None, typer.Option(help="code-points or utf-16, where the tool's release counts unlike the others.")
]


@app.command("export")
def export(
    format: Format,
    paths: Annotated[list[str], typer.Argument(metavar="INPUT...", help="Reports, marked samples or own JSON Lines.")],
    out: Out,
    predict: Annotated[
        bool | None,
        typer.Option("--predict/--gold", help="The engine's reading of all texts, or annotations and nothing else."),
    ] = None,
    layer: Annotated[
        list[str] | None, typer.Option(help="What the tool shows: paragraphs, entities, facts; may be repeated.")
    ] = None,
    task_chars: Annotated[int | None, typer.Option(min=1, help="Cut reports into tasks of at most so many.")] = None,
    offsets: Offsets = None,
) -> None:
    """Write reports for an annotation tool: annotated samples as they are, raw reports as the engine reads them."""
    from nianbao.train.formats import Layer, Unit, export_annotations
    from nianbao.train.sources import Reading, annotations_of

    reading = {None: Reading.AS_FOUND, True: Reading.PREDICTED, False: Reading.GOLD}[predict]
    try:
        shown, unit = [Layer(name) for name in layer or ()], Unit(offsets) if offsets else None
        read = list(annotations_of(paths, reading))
        found = [annotation for annotation, _ in read if annotation]
        ledger = export_annotations(format, found, out, layers=shown, task_chars=task_chars, unit=unit)
    except (ValueError, OSError) as why:
        raise typer.BadParameter(str(why)) from why
    for note in (note for _, notes in read for note in notes):
        ledger.lose("inputs", note)
    _tell(len(found), ledger)


@app.command("import")
def import_(
    format: Format,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="What the tool exported.", show_default=False)],
    out: Out,
    offsets: Offsets = None,
) -> None:
    """Read what an annotation tool exported, into the project's own JSON Lines, ready for training."""
    from nianbao.train.formats import Unit, export_annotations, import_annotations

    try:
        found, ledger = import_annotations(format, files, unit=Unit(offsets) if offsets else None)
        export_annotations("jsonl", found, out)
    except (ValueError, OSError) as why:
        raise typer.BadParameter(str(why)) from why
    _tell(len(found), ledger)


@app.command("next")
def next_(
    paths: Annotated[list[str], typer.Argument(metavar="INPUT...", help="Reports that are not annotated.")],
    count: Annotated[int, typer.Option("-n", min=1, help="How many.")] = 10,
    corpus: Annotated[Path, typer.Option(help="What is annotated already.")] = Path("corpora/samples"),
) -> None:
    """Print which reports to annotate next, the most telling first, with the reasons."""
    from nianbao.train.next import candidate, rank, wording
    from nianbao.train.samples import read_samples

    try:
        samples = read_samples(corpus) if corpus.exists() else ()
    except ValueError as why:
        raise typer.BadParameter(str(why), param_hint="--corpus") from why
    known = {value for sample in samples for value in wording(sample.data)}
    reports = (engine.extract_file(path, with_text=True) for path in inputs.find(paths))
    for pick in rank((candidate(report) for report in reports if report.text), known, count):
        typer.echo(pick.describe())


def _tell(reports: int, ledger: Ledger) -> None:
    typer.echo(f"{reports} reports\n{ledger.describe()}", err=True)
