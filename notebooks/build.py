"""The notebooks, from the tidy sources in `sources/`: cells apart, run in a clean kernel, outputs without this machine.

A source is Python with `# %%` before each cell, `# %% [markdown]` before one of text, whose lines are comments; a line
`# %magic` is the magic. `python notebooks/build.py` writes all notebooks anew, `make notebooks` does so.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "sources"
TIMEOUT = 180  # seconds for one cell
_MARK = re.compile(r"^# %%(?P<text> \[markdown\])?\n", re.MULTILINE)
# what an output must not hold: folders of one machine, and addresses in memory, which change from run to run
MACHINE = re.compile(r"(?<![\w.:/*<-])/(?:home|root|Users|work|tmp|opt|mnt|var|usr)/\w|\bat 0x[0-9a-f]{6,}")


class MachineError(ValueError):
    """An output that names the machine that it was made on; the message has the words."""


def sources() -> list[Path]:
    """The sources, in the order of their numbers."""
    return sorted(SOURCES.glob("[0-9]*.py"))


def notebook(source: Path) -> Any:
    """The notebook of a source, not run.

    Raises:
      ValueError: the source does not begin with a cell.
    """
    head, *parts = _MARK.split(source.read_text(encoding="utf-8"))
    if head.strip():
        raise ValueError(f"{source.name}: words before the first `# %%`")
    pairs = zip(parts[::2], parts[1::2], strict=True)
    cells = [_text(body) if text else _code(body) for text, body in pairs]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    return nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    )


def run(source: Path) -> Any:
    """The notebook of a source with its outputs, from a clean kernel.

    Raises:
      nbclient.exceptions.CellExecutionError: a cell raises.
      MachineError: an output names this machine.
    """
    made = notebook(source)
    client = NotebookClient(made, timeout=TIMEOUT, kernel_name="python3", resources={"metadata": {"path": str(HERE)}})
    client.execute()
    for cell in made.cells:
        cell.metadata.pop("execution", None)  # when it ran
        for output in cell.get("outputs", ()):
            if found := MACHINE.search(words(output)):
                raise MachineError(f"{source.name}: an output holds {found[0]!r}: show names, not paths")
    made.metadata.pop("language_info", None)
    return made


def words(output: Any) -> str:
    """What an output says in words; a picture says none (its base64 holds any short name sooner or later)."""
    said = output.get("data", {"text/plain": output.get("text", "")})
    return "\n".join(str(value) for kind, value in said.items() if not re.match(r"image/(?!svg)", kind))


def _text(body: str) -> Any:
    return nbformat.v4.new_markdown_cell("\n".join(re.sub("^# ?", "", line) for line in body.strip().split("\n")))


def _code(body: str) -> Any:
    return nbformat.v4.new_code_cell(re.sub(r"^# (%\w)", r"\1", body.strip(), flags=re.MULTILINE))


def main() -> None:
    """Writes the notebooks that the arguments name by the beginnings of their names, all if there are none."""
    for source in sources():
        if len(sys.argv) == 1 or source.name.startswith(tuple(sys.argv[1:])):
            nbformat.write(run(source), HERE / f"{source.stem}.ipynb")
            sys.stderr.write(f"{source.stem}\n")


if __name__ == "__main__":
    main()
