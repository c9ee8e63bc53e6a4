"""Commands that train, retrain and judge models, and that make samples for it.

What needs SciPy is imported inside the commands: `nianbao extract` starts without.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nianbao import artefacts

if TYPE_CHECKING:
    from nianbao.evaluate.floors import Kind
    from nianbao.evaluate.readers import Read
    from nianbao.train.marked import Sample

SAMPLES = Path("corpora/samples")
"""The shipped corpus, where a command is given in the project's folder."""


def train(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Models to train.", show_default=False)],
    data: Annotated[
        Path, typer.Argument(metavar="DATA", help="Annotated reports: a folder or a file.", show_default=False)
    ],
    models: Annotated[Path | None, typer.Option(help="The folder of models; those in use if none is given.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of all that is random.")] = 0,
    backend: Annotated[
        str | None,
        typer.Option(
            metavar="spacy|transformers", help="Train one of these instead: NAME is `entities` or `sections`."
        ),
    ] = None,
    parent: Annotated[
        str | None,
        typer.Option("--from", metavar="VERSION", help="Retrain this version (`active`: the one that serves) instead."),
    ] = None,
    mix: Annotated[
        bool | None,
        typer.Option(
            "--mix/--alone", help="With --from: train on the shipped corpus too, or on DATA alone, pulled to VERSION."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="With --from: let it serve though it became worse.")] = False,
    out: Annotated[Path | None, typer.Option(help="With --backend: the folder to write to.")] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="With --backend: how often to go through DATA.")] = None,
    checkpoint: Annotated[
        str | None, typer.Option(help="With transformers: folder or name of what to start from.")
    ] = None,
) -> None:
    """Train models from annotated reports, anew or from a version, and make them the ones that serve.

    With --from the new version is compared with the old one on reports that neither has seen; it does not serve, and
    the exit status is 1, when something that it answers for became worse.
    """
    if parent is None and (mix is not None or force):
        raise typer.BadParameter("--mix, --alone and --force go with --from VERSION")
    if backend and parent is not None:
        raise typer.BadParameter("--from is for the linear models; a backend starts from a --checkpoint")
    if backend:
        _train_backend(backend, names, data, out, epochs=epochs, checkpoint=checkpoint, seed=seed)
        return
    needs("scipy", "train")
    if parent is not None:
        _retrain(names, data, models or artefacts.root(), parent=parent, mix=mix, seed=seed, force=force)
        return
    from nianbao.train.trainer import train_models

    try:
        versions = train_models(names, data, models or artefacts.root(), seed)
    except ValueError as why:
        raise typer.BadParameter(str(why)) from why
    for name, version in versions.items():
        typer.echo(f"{name} {version}")


def generate(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="A folder of annotated reports.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write to.", show_default=False)],
    count: Annotated[int, typer.Option(min=1, help="How many reports.")] = 100,
    seed: Annotated[int, typer.Option(help="Seed of all that is random.")] = 0,
    noise: Annotated[float, typer.Option(min=0, max=1, help="Strength of the damage.")] = 0.2,
    errors: Annotated[float, typer.Option(min=0, max=1, help="Share of reports with a planted error.")] = 0.2,
    shape: Annotated[str, typer.Option(help="How tables are laid out: any, kept, html, or one way for all.")] = "any",
    gold: Annotated[bool, typer.Option(help="Write what each report says beside it.")] = True,
) -> None:
    """Write any number of reports made from annotated ones: other bodies, figures and tables, damage, gold."""
    from nianbao.train import generate as generator
    from nianbao.train.samples import read_samples

    try:
        settings = generator.Settings(noise=noise, errors=errors, shape=shape)
        sources = generator.drafts(read_samples(data))
    except ValueError as why:
        raise typer.BadParameter(str(why)) from why
    written = generator.write(islice(generator.generate(sources, seed, settings), count), out, gold=gold)
    typer.echo(f"{written} reports in {out}", err=True)


def evaluate(
    arguments: Annotated[
        list[str],
        typer.Argument(
            metavar="[MODEL...] DATA",
            help="Models whose work is judged (all work if none is named), MODEL=VERSION for another version than the "
            "one that serves; and annotated reports: a folder or a file.",
            show_default=False,
        ),
    ],
    held_out: Annotated[
        bool, typer.Option("--held-out", help="Read each fold of DATA with models trained on the other folds.")
    ] = False,
    backend: Annotated[
        str | None,
        typer.Option(metavar="spacy|transformers:FOLDER", help="Read with this in the place of its linear model."),
    ] = None,
    save: Annotated[
        Path | None, typer.Option(help="A folder for the records (records.jsonl) and the annotation (gold/).")
    ] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="A file for the figures and all errors.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="A file for the page that is printed otherwise.")] = None,
    floors: Annotated[Path, typer.Option(help="The file of floors.")] = Path("corpora/floors.toml"),
    check_floors: Annotated[bool, typer.Option("--check-floors", help="Fail when a figure falls below.")] = False,
    set_floors: Annotated[bool, typer.Option("--set-floors", help="Make these figures the floors.")] = False,
    lower: Annotated[bool, typer.Option("--lower", help="With --set-floors: let floors become lower.")] = False,
) -> None:
    """Compare what is read of annotated reports with the annotation. Exit status: 1 for a figure below its floor."""
    from nianbao import evaluate as evaluation
    from nianbao.train.samples import read_samples

    *models, data = arguments
    versions = dict(name.split("=", 1) for name in models if "=" in name)
    if (models or backend) and (check_floors or set_floors):
        raise typer.BadParameter("floors are for all of the work of our own models: no MODEL, no --backend")
    kind: Kind = "held_out" if held_out else "served"
    try:
        samples = read_samples(Path(data))
        read = _reader(samples, versions, held_out=held_out, backend=backend)
        if save:
            evaluation.save(samples, read, save)
        found = evaluation.evaluate(samples, models=[name.partition("=")[0] for name in models], read=read)
        if json_out:
            json_out.write_text(json.dumps(evaluation.as_data(found), ensure_ascii=False, indent=1), encoding="utf-8")
        if markdown:
            markdown.write_text(evaluation.as_markdown(found), encoding="utf-8")
        else:
            typer.echo(evaluation.as_markdown(found), nl=False)
        if set_floors:
            evaluation.set_floors(floors, found, kind, lower=lower)
        below = evaluation.shortfalls(found, evaluation.read_floors(floors, kind)) if check_floors else []
    except (ValueError, OSError) as why:
        raise typer.BadParameter(str(why)) from why
    for line in below:
        typer.echo(f"below its floor: {line}", err=True)
    raise typer.Exit(1 if below else 0)


def _reader(samples: Sequence[Sample], versions: dict[str, str], *, held_out: bool, backend: str | None) -> Read:
    """What reads the samples: the engine with the models that serve, or with those that the options name."""
    from nianbao import evaluate as evaluation

    if sum((held_out, bool(versions), backend is not None)) > 1:
        raise typer.BadParameter("name a VERSION, or a --backend, or say --held-out: one of them")
    if backend is not None:
        return evaluation.read_by_backend(backend)
    if held_out:
        needs("scipy", "train")
        return evaluation.read_held_out(samples)
    return evaluation.read_by_versions(samples, versions)


def _retrain(
    names: list[str], data: Path, models: Path, *, parent: str, mix: bool | None, seed: int, force: bool
) -> None:
    """Retrains, prints what it brings and costs, and says whether it serves."""
    from nianbao import retrain as retraining
    from nianbao.train.samples import read_samples

    try:
        shipped = read_samples(SAMPLES) if SAMPLES.is_dir() else []
        if mix and not shipped:
            raise typer.BadParameter(f"nothing to mix with: no {SAMPLES} here; say --alone")
        plan = retraining.Plan(names, read_samples(data), shipped, mix is not False, parent, seed)
        done = retraining.retrain(plan, models, force=force)
    except ValueError as why:
        raise typer.BadParameter(str(why)) from why
    typer.echo(done.describe())
    for name, version in done.versions.items():
        typer.echo(f"{name} {version}")
    for line in done.worse:
        typer.echo(f"worse: {line}", err=True)
    if done.worse and not force:
        typer.echo("the old versions go on serving; --force puts the new ones into service", err=True)
        raise typer.Exit(1)


def _train_backend(backend: str, names: list[str], data: Path, out: Path | None, **options: Any) -> None:
    """Trains spaCy or transformers; nothing of it serves in `extract`."""
    if out is None or len(names) != 1:
        raise typer.BadParameter("--backend takes one NAME (entities or sections) and a folder: --out DIR")
    if backend in ("spacy", "transformers"):
        needs(backend, backend)
    from nianbao.train.backends import train_backend

    try:
        train_backend(backend, names[0], data, out, **options)
    except ValueError as why:
        raise typer.BadParameter(str(why)) from why
    typer.echo(f"{names[0]} {backend}:{out}")


def needs(module: str, extra: str) -> None:
    """Stops with the way out when an optional package is not installed."""
    if find_spec(module) is None:
        typer.echo(f"this command needs {module}: pip install 'nianbao[{extra}]'", err=True)
        raise typer.Exit(2)
