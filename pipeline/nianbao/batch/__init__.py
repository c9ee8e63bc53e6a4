"""Reports by the million: a folder of records out of any number of inputs, by several processes, whatever happens.

    >>> from nianbao import batch
    >>> batch.run(["reports/", "more.zip"], "out/")

`sources` and `archives` are where inputs come from, `work` makes one of them a line, `pool` has the processes for it,
`journal` what is done, `runner` the whole. A bad input becomes a record that says so; what ends a run is in `output`.
"""

from __future__ import annotations

from nianbao.batch.output import BatchError, InputError, OutputError, WorkerError
from nianbao.batch.runner import FORMATS, Settings, Summary, extract_many, processors, run
from nianbao.batch.work import Options

__all__ = [
    "FORMATS", "BatchError", "InputError", "Options", "OutputError", "Settings", "Summary", "WorkerError",
    "extract_many", "processors", "run",
]  # fmt: skip
