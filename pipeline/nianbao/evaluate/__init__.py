"""Evaluation: the engine run over annotated samples, and everything it reads compared with what readers annotated.

    evaluation = evaluate(read_samples(Path("corpora/samples")))
    evaluation.figure("indicators").value

Whatever is measured is counted by document, so that figures over any group of documents come with intervals.
"""

from nianbao.evaluate.evaluation import Evaluation, evaluate
from nianbao.evaluate.floors import Floors, FloorsError, read_floors, set_floors, shortfalls
from nianbao.evaluate.readers import read_by_backend, read_by_versions, read_held_out, save
from nianbao.evaluate.render import as_data, as_markdown
from nianbao.evaluate.tally import Figure, Key

__all__ = [
    "Evaluation", "Figure", "Floors", "FloorsError", "Key", "as_data", "as_markdown", "evaluate",
    "read_by_backend", "read_by_versions", "read_floors", "read_held_out", "save", "set_floors", "shortfalls",
]  # fmt: skip
