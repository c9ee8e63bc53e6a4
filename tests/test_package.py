"""The package as users get it: what an import costs, what it offers, what it needs, and the wheel."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

import nianbao

ROOT = Path(__file__).parents[1]
Python = Callable[..., "subprocess.CompletedProcess[bytes]"]


def imported_by(python: Python, code: str) -> set[str]:
    """The top-level packages that a fresh interpreter has loaded after running the code."""
    done = python("-c", f"import sys\n{code}\nprint(*{{name.partition('.')[0] for name in sys.modules}}, file=sys.stderr)")
    assert done.returncode == 0, done.stderr.decode()
    return set(done.stderr.decode().split())


def test_import_alone_loads_nothing_else(python: Python) -> None:
    assert not imported_by(python, "import nianbao") & {"numpy", "pydantic", "rjieba", "spacy", "typer"}


def test_reading_a_report_loads_no_extra(python: Python, tmp_path: Path, report: str) -> None:
    path = tmp_path / "report.txt"
    path.write_text(report, encoding="utf-8")
    code = f"import sys; sys.argv = ['nianbao', 'extract', {str(path)!r}]\nfrom nianbao.cli import main\ntry: main()\nexcept SystemExit: pass"
    assert not imported_by(python, code) & {"chardet", "jieba", "rich", "scipy", "sklearn", "spacy", "torch"}


def test_public_names_are_there() -> None:
    for name in set(nianbao.__all__) - {"load"}:
        assert getattr(nianbao, name).__module__.startswith("nianbao") or name == "__version__"
    assert set(nianbao.__all__) <= set(dir(nianbao))


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nianbao.*has no attribute 'extrakt'"):
        _ = nianbao.extrakt  # type: ignore[attr-defined]


def test_reads_without_the_extras_and_says_which_one_is_missing(python: Python, report: str) -> None:
    code = f"""
import sys
sys.modules.update(dict.fromkeys(["jieba", "sklearn", "spacy", "torch"]))  # None: importing them fails
import nianbao
assert nianbao.extract({report!r}).status == "ok"
try:
    nianbao.load
except ImportError as why:
    print(why)
"""
    done = python("-c", code)
    assert done.returncode == 0, done.stderr.decode()
    assert b"nianbao[spacy]" in done.stdout


@pytest.mark.skipif(find_spec("spacy") is None, reason="needs the extra spacy")
def test_load_gives_a_pipeline() -> None:
    assert nianbao.load().pipe_names


@pytest.mark.slow
def test_wheel_works_where_nothing_else_is(tmp_path: Path, report: str) -> None:
    """Built from the tree, installed into an empty environment, run in an empty folder."""
    wheels, home, empty = tmp_path / "wheels", tmp_path / "venv", tmp_path / "empty"
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", wheels, ROOT], check=True)
    (wheel,) = wheels.glob("nianbao-*.whl")
    venv.create(home, with_pip=True)
    scripts = home / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run([scripts / "python", *pip[1:], "install", wheel], check=True)
    empty.mkdir()
    (empty / "report.txt").write_text(report, encoding="utf-8")
    done = subprocess.run(
        [scripts / "nianbao", "extract", "report.txt", "--with-text"], cwd=empty, env={}, capture_output=True, check=True
    )
    record = json.loads(done.stdout)
    here = json.loads(nianbao.extract(report.encode("utf-8"), uri="report.txt", with_text=True).model_dump_json())
    assert record == here
