"""The notebooks run in a clean kernel, say nothing of the machine, and are those of their sources."""

from __future__ import annotations

import importlib.util
import os
import platform
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("nbclient")

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
SOURCES = sorted((NOTEBOOKS / "sources").glob("[0-9]*.py"))
pytestmark = [pytest.mark.notebooks, pytest.mark.filterwarnings("default")]  # warnings are the kernel's own


@pytest.fixture(scope="module")
def build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build", NOTEBOOKS / "build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def committed(source: Path) -> Any:
    return nbformat.read(NOTEBOOKS / f"{source.stem}.ipynb", as_version=4)


def outputs(notebook: Any) -> list[Any]:
    return [output for cell in notebook.cells for output in cell.get("outputs", ())]


def by_name(path: Path) -> str:
    return path.stem


def test_there_is_a_notebook_for_every_source_and_no_other() -> None:
    assert len(SOURCES) >= 6
    assert {path.stem for path in NOTEBOOKS.glob("*.ipynb")} == {path.stem for path in SOURCES}


@pytest.mark.parametrize("source", SOURCES, ids=by_name)
def test_it_runs_in_a_clean_kernel(build: ModuleType, source: Path) -> None:
    found = outputs(build.run(source))
    assert found
    assert [output for output in found if output.output_type == "error" or output.get("name") == "stderr"] == []


@pytest.mark.parametrize("source", SOURCES, ids=by_name)
def test_what_is_committed_is_what_the_source_makes(build: ModuleType, source: Path) -> None:
    nbformat.validate(committed(source))
    wanted = [(cell.cell_type, cell.source) for cell in build.notebook(source).cells]
    assert [(cell.cell_type, cell.source) for cell in committed(source).cells] == wanted
    assert all(cell.execution_count for cell in committed(source).cells if cell.cell_type == "code")


@pytest.mark.parametrize("source", SOURCES, ids=by_name)
def test_outputs_name_no_machine(build: ModuleType, source: Path) -> None:
    said = "\n".join(map(build.words, outputs(committed(source))))
    assert not build.MACHINE.search(said)
    assert not re.search(rf"(?<![\w<.-]){re.escape(platform.node())}(?![\w-])", said)
    assert str(Path.home()) + os.sep not in said


def test_a_picture_says_no_words_and_a_drawing_does(build: ModuleType) -> None:
    drawn = {"image/png": "AAAA+vm/tmp/x", "image/svg+xml": "<text>甲县</text>", "text/plain": "<Figure>"}
    assert build.words({"output_type": "display_data", "data": drawn}) == "<text>甲县</text>\n<Figure>"
    assert build.words({"output_type": "stream", "text": "165 份"}) == "165 份"


@pytest.mark.parametrize("words", ["see /ho" + "me/li/x", "<C at 0x7f" + "00aa11>"])
def test_an_output_that_names_the_machine_is_refused(build: ModuleType, tmp_path: Path, words: str) -> None:
    source = tmp_path / "0_bad.py"
    source.write_text(f"# %%\nprint({words!r})\n", encoding="utf-8")
    with pytest.raises(build.MachineError, match="show names, not paths"):
        build.run(source)
