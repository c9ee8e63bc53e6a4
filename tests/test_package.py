"""The package as users get it: what an import costs, what it offers, what it needs, and the wheel."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
import venv
from collections.abc import Callable
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest

import nianbao
from nianbao.cli import app

ROOT = Path(__file__).parents[1]
Python = Callable[..., "subprocess.CompletedProcess[bytes]"]


def imported_by(python: Python, code: str) -> set[str]:
    """The top-level packages that a fresh interpreter has loaded after running the code."""
    done = python(
        "-c", f"import sys\n{code}\nprint(*{{name.partition('.')[0] for name in sys.modules}}, file=sys.stderr)"
    )
    assert done.returncode == 0, done.stderr.decode()
    return set(done.stderr.decode().split())


def test_import_alone_loads_nothing_else(python: Python) -> None:
    assert not imported_by(python, "import nianbao") & {"numpy", "pydantic", "rjieba", "spacy", "typer"}


def test_reading_a_report_loads_no_extra(python: Python, tmp_path: Path, report: str) -> None:
    path = tmp_path / "report.txt"
    path.write_text(report, encoding="utf-8")
    code = f"from nianbao.cli import app; app(['extract', {str(path)!r}], standalone_mode=False)"
    assert not imported_by(python, code) & {"chardet", "jieba", "rich", "scipy", "sklearn", "spacy", "torch"}


def test_public_names_are_there() -> None:
    for name in set(nianbao.__all__) - {"load", "__version__"}:
        assert getattr(nianbao, name).__module__.startswith("nianbao.")
    assert set(nianbao.__all__) <= set(dir(nianbao))


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'nianbao' has no attribute 'extrakt'"):
        _ = nianbao.extrakt  # type: ignore[attr-defined]


def test_reads_without_the_extras_and_says_which_one_is_missing(python: Python, report: str) -> None:
    code = f"""
import sys
sys.modules.update(dict.fromkeys(["jieba", "sklearn", "spacy", "torch"]))  # None: importing them fails
import nianbao
from nianbao.cli import app
assert nianbao.extract({report!r}).status == "ok"
try:
    nianbao.load
except ImportError as why:
    print(why)
"""
    done = python("-c", code)
    assert done.returncode == 0, done.stderr.decode()
    assert b"nianbao[spacy]" in done.stdout


def test_what_is_imported_is_declared() -> None:
    """Each third party is a dependency, or the extra's of the one place that imports it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = {
        "batch": ["batch"], "bench.py": ["bench"], "language.py": ["spacy"], "train": ["train"], "view": ["charts"],
        "train/backends/spacy.py": ["spacy"], "train/backends/transformers.py": ["transformers"],
        "train/formats/docbin.py": ["train", "spacy"],
    }  # fmt: skip
    origins = packages_distributions()
    for path in (ROOT / "pipeline/nianbao").rglob("*.py"):
        inside = path.relative_to(ROOT / "pipeline/nianbao")
        named = extras.get(inside.as_posix(), extras.get(inside.parts[0], []))
        wanted = project["dependencies"] + [name for extra in named for name in project["optional-dependencies"][extra]]
        declared = {normal(re.split(r"[<>=\[]", name)[0]) for name in wanted}
        foreign = third_parties(path) - {"nianbao"}
        assert {name for name in foreign if not declared & set(map(normal, origins.get(name, [name])))} == set(), path


def normal(name: str) -> str:
    """The name of a distribution as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def third_parties(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    return {name.partition(".")[0] for name in names} - sys.stdlib_module_names


@pytest.mark.skipif(find_spec("spacy") is None, reason="needs the extra spacy")
def test_load_gives_a_pipeline() -> None:
    assert nianbao.load().pipe_names


@pytest.mark.skipif(find_spec("spacy") is None, reason="needs the extra spacy")
@pytest.mark.parametrize("code", re.findall(r"```python\n(.+?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL))
def test_readme_shows_what_works(code: str, tmp_path: Path, report: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "report.txt").write_text(report, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})


def test_readme_names_commands_that_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"`?nianbao ([a-z]+) ", readme)) - {"reads"}
    groups = {group.name for group in app.registered_groups}
    assert shown == groups | {command.callback.__name__ for command in app.registered_commands if command.callback}


@pytest.mark.slow
def test_wheel_works_where_nothing_else_is(tmp_path: Path, report: str) -> None:
    """Built from the tree, installed into an empty environment, run in an empty folder."""
    wheels, home, empty = tmp_path / "wheels", tmp_path / "venv", tmp_path / "empty"
    pip = [sys.executable, "-I", "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", wheels, ROOT], check=True)
    (wheel,) = wheels.glob("nianbao-*.whl")
    venv.create(home, with_pip=True)
    scripts = home / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run([scripts / "python", *pip[1:], "install", wheel], check=True)
    empty.mkdir()
    (empty / "report.txt").write_text(report, encoding="utf-8")
    done = subprocess.run(
        [scripts / "nianbao", "extract", "report.txt", "--with-text"],
        cwd=empty,
        env={},
        capture_output=True,
        check=True,
    )
    record = json.loads(done.stdout)
    here = json.loads(nianbao.extract(report.encode("utf-8"), uri="report.txt", with_text=True).model_dump_json())
    assert record == here
    subprocess.run([scripts / "nianbao", "view", "report.txt"], cwd=empty, env={}, capture_output=True, check=True)
    assert (empty / "report.html").stat().st_size > 100_000
