"""The command line. Every command is a few lines over a function that Python can call as well.

`rich`, jieba and scikit-learn are imported inside the commands that need them: `nianbao extract` starts without.
"""

from __future__ import annotations

import io
import json
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from os.path import realpath
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from nianbao import annotate_cli, artefacts, engine, inputs, models_cli
from nianbao.record import Report, dumps
from nianbao.version import __version__

app = typer.Typer(
    help="政府信息公开工作年度报告 → 结构化记录,每个数值皆有出处。Annual disclosure reports to records with evidence.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # a path in a message is no markup
)

app.add_typer(annotate_cli.app, name="annotate")

_MB = 1024 * 1024

File = Annotated[str, typer.Argument(metavar="FILE", help="A report.", show_default=False)]
MaxMb = Annotated[float, typer.Option("--max-mb", min=0, help="Longest text that is read, in megabytes.")]
Timeout = Annotated[float, typer.Option("--timeout", min=0, help="Seconds that one input may take.")]


def main() -> None:
    """The entry point of the `nianbao` command."""
    if hasattr(signal, "SIGPIPE"):
        # a reader that has seen enough (`| head`) ends the program, as it ends any filter
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that lacks a character shows "?"
    try:
        app()
    except artefacts.ArtefactError as why:
        sys.exit(f"nianbao: {why}")


@app.callback(invoke_without_command=True)
def _options(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        typer.echo(f"nianbao {__version__}")
        raise typer.Exit


@app.command()
def extract(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files, or folders of files.", show_default=False)
    ],
    with_text: Annotated[bool, typer.Option("--with-text", help="Put the text into the record.")] = False,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="A file for the records, instead of stdout.")] = None,
    max_mb: MaxMb = 5,
    timeout: Timeout = 10,
) -> None:
    """Print the record of each input as a line of JSON. Exit status: 1 when any failed, 2 for bad options."""
    limits = engine.Limits(max_bytes=int(max_mb * _MB), timeout=timeout)
    files = _files(paths, inputs.find(paths), out)
    failed = False
    with _sink(out) as lines:
        for path in _progress(files):
            fields = engine.read_path(path, with_text=with_text, limits=limits)
            lines.write(dumps(fields) + b"\n")
            failed = failed or fields["status"] == "failed"
    raise typer.Exit(1 if failed else 0)


def _files(paths: Sequence[str], found: Iterable[str], out: Path | None) -> list[str]:
    """All inputs, listed before the output is opened: it is none of them, though it may lie in a folder of theirs."""
    files = list(found)
    if out is not None:
        written = realpath(out)
        if any(realpath(path) == written for path in paths):
            raise typer.BadParameter("the output is also an input", param_hint="--out")
        files = [path for path in files if realpath(path) != written]
    if not files:
        typer.echo("no files in PATH", err=True)
    return files


def _sink(out: Path | None) -> AbstractContextManager[BinaryIO]:
    if out is None:
        return nullcontext(sys.stdout.buffer)
    try:
        return out.open("wb")
    except OSError as why:
        raise typer.BadParameter(f"{out}: {why.strerror}", param_hint="--out") from why


def _progress(files: list[str]) -> Iterator[str]:
    """The files, with a bar on stderr where somebody watches it and the records go elsewhere."""
    if len(files) < 2 or not sys.stderr.isatty() or sys.stdout.isatty():
        return iter(files)
    from rich.console import Console
    from rich.progress import track

    return iter(track(files, "nianbao", console=Console(stderr=True), transient=True))


@app.command()
def batch(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...",
            help="Files, folders, patterns, archives (.zip, .tar, .tar.gz), manifests (.csv, .jsonl, .parquet).",
            show_default=False,
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder for all that is written.", show_default=False)],
    formats: Annotated[
        str, typer.Option("--format", help="What to write: jsonl, parquet, csv, xlsx, duckdb, with commas between.")
    ] = "jsonl",
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; all processors if not given.")] = None,
    where: Annotated[str, typer.Option("--engine", help="Where they are: local, or ray for a cluster.")] = "local",
    resume: Annotated[
        bool, typer.Option("--resume/--restart", help="Keep what is done in the folder, or begin anew.")
    ] = True,
    timeout: Timeout = 10,
    max_mb: MaxMb = 5,
    max_memory: Annotated[int, typer.Option(min=64, help="Memory that one input may take, in megabytes.")] = 1024,
    with_text: Annotated[bool, typer.Option("--with-text", help="Put the text into the records.")] = False,
    drop_persons: Annotated[
        bool, typer.Option("--drop-persons", help="Leave out persons and mask their names.")
    ] = False,
) -> None:
    """Read any number of inputs into a folder; the same command goes on where it stopped.

    Exit status: 1 when any input failed, 2 for bad options or a bad manifest, 3 when the folder cannot be written or no
    worker starts, 130 after Ctrl-C.
    """
    from nianbao import batch as batches

    limits = engine.Limits(max_bytes=int(max_mb * _MB), timeout=timeout)
    options = batches.Options(limits, max_memory, with_text, drop_persons)
    wanted = tuple(name.strip() for name in formats.split(","))
    if unknown := set(wanted) - set(batches.FORMATS):
        raise typer.BadParameter(f"no such format: {', '.join(sorted(unknown))}", param_hint="--format")
    settings = batches.Settings(options, workers, where, wanted, restart=not resume)
    try:
        summary = batches.run(paths, out, settings)
    except batches.BatchError as why:
        typer.echo(f"nianbao: {why}", err=True)
        raise typer.Exit(2 if isinstance(why, batches.InputError) else 3) from why
    except KeyboardInterrupt:
        typer.echo("nianbao: stopped; the same command goes on from here", err=True)
        raise typer.Exit(130) from None
    typer.echo(summary.describe(), err=True)
    raise typer.Exit(1 if summary.failed else 0)


@app.command()
def show(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Reports.", show_default=False)],
    text: Annotated[bool, typer.Option("--text", help="The text instead, with the evidence marked.")] = False,
    brief: Annotated[bool, typer.Option("--brief", help="Two lines a record instead.")] = False,
) -> None:
    """Show records in the terminal, with the words of the report that each value comes from."""
    from nianbao import show as view

    if text and brief:
        raise typer.BadParameter("--text and --brief exclude each other")
    render = view.show_text if text else view.show_summary if brief else view.show_record
    console, failed = view.terminal(), False
    for path in inputs.find(files):
        report = engine.extract_file(path, with_text=True)
        render(report, console)
        failed = failed or report.status == "failed"
    raise typer.Exit(1 if failed else 0)


@app.command()
def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Reports.", show_default=False)],
) -> None:
    """Show the relations that reports break. Exit status: 1 when one of them is beyond doubt or a file failed."""
    from nianbao import show as view

    console, bad = view.terminal(), False
    for path in inputs.find(files):
        report = engine.extract_file(path, with_text=True)
        view.show_failures(report, console)
        broken = any(c.status == "fail" and c.severity == "hard" for c in report.checks)
        bad = bad or broken or report.status == "failed"
    raise typer.Exit(1 if bad else 0)


@app.command()
def view(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="FILE|OUT...", help="Reports, .jsonl files of records, or folders.", show_default=False),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The page.")] = Path("report.html"),
) -> None:
    """Write a page for the browser: a report beside its text, or an index of many; it needs no net and no server."""
    from nianbao.view.page import render_page
    from nianbao.view.sources import RecordError, find, read_records

    files = _files(paths, find(paths), out)
    try:
        page = render_page(read_records(files))
    except RecordError as why:
        raise typer.BadParameter(str(why), param_hint="FILE|OUT") from why
    try:
        out.write_text(page, encoding="utf-8")
    except OSError as why:
        raise typer.BadParameter(f"{out}: {why.strerror}", param_hint="--out") from why
    typer.echo(f"{out}: {len(page.encode()) / 1024:,.0f} kB", err=True)


@app.command()
def text(file: File) -> None:
    """Print the text of a report as it was read: what the offsets of its record count in."""
    report = engine.extract_file(file, with_text=True)
    if report.text is None:
        for warning in report.warnings:
            typer.echo(f"{file}: {warning.code}: {warning.detail}", err=True)
        raise typer.Exit(1 if report.status == "failed" else 0)
    sys.stdout.buffer.write(report.text.encode("utf-8"))


@app.command()
def schema() -> None:
    """Print the JSON Schema of a record."""
    document = Report.model_json_schema(mode="serialization")
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


@app.command()
def bench(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH]...", help="Reports, plain or marked; corpora/samples if it is there."),
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="How often each side reads all texts.")] = 12,
    seed: Annotated[int, typer.Option(help="What the texts of each round are rewritten by.")] = 0,
) -> None:
    """Measure the whole way to a record against jieba cutting the same texts into words."""
    models_cli.needs("jieba", "bench")
    from nianbao import bench as benchmark

    if not paths and not models_cli.SAMPLES.is_dir():
        raise typer.BadParameter(f"no PATH, and no {models_cli.SAMPLES} here")
    groups = benchmark.grouped(benchmark.read_sources(inputs.find(paths or [str(models_cli.SAMPLES)])))
    if not groups:
        raise typer.BadParameter("no text in PATH")
    for name, sources in groups.items():
        typer.echo(f"{benchmark.run(name, sources, rounds=rounds, seed=seed).describe()}\n")


for _command in (models_cli.train, models_cli.generate, models_cli.evaluate):
    app.command()(_command)
