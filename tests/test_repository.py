"""The repository's own rules: how long a file or a function may be, and that nothing names one machine."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST_FILE, LONGEST_FUNCTION = 400, 60
TEXTS = {".py", ".toml", ".md", ".txt", ".tsv", ".json", ".ipynb", ".html", ".cfg", ""}
# paths below folders that every machine names in its own way
MACHINE = re.compile(r"(?<![\w.:/*-])(?:/(?:home|root|Users|work|tmp|opt|mnt)/\w|[A-Z]:\\\\?Users)")


def sources() -> Iterator[Path]:
    for folder in ("pipeline", "tests"):
        yield from (ROOT / folder).rglob("*.py")


def texts() -> Iterator[Path]:
    yield from (path for path in ROOT.iterdir() if path.is_file())
    for folder in (".ci", "pipeline/nianbao", "tests", "models", "corpora", "notebooks"):
        yield from (path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)


@pytest.mark.parametrize("path", [*sources()], ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_are_short(path: Path) -> None:
    code = path.read_text(encoding="utf-8")
    assert code.count("\n") <= LONGEST_FILE
    functions = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    lengths = {node.name: (node.end_lineno or node.lineno) - node.lineno + 1 for node in functions}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see /home/" + "li/reports", True),
        ('open("/' + 'tmp/x")', True),
        ("C:\\" + "Users\\li", True),
        ("http://www.example.gov.cn/home/list.html", False),
        ("#!/usr/bin/env bash", False),
    ],
)
def test_what_counts_as_a_path_of_one_machine(text: str, found: bool) -> None:
    assert bool(MACHINE.search(text)) == found


def test_nothing_names_one_machine() -> None:
    found = {
        str(path.relative_to(ROOT)): match[0]
        for path in texts()
        if path.suffix in TEXTS and (match := MACHINE.search(path.read_text(encoding="utf-8", errors="replace")))
    }
    assert found == {}


def test_versions_agree() -> None:
    version = re.search(r'__version__ = "(.+)"', (ROOT / "pipeline/nianbao/version.py").read_text(encoding="utf-8"))
    assert version
    assert f"\n## [{version[1]}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
