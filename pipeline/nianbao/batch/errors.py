"""What ends a batch. A bad input never does: it becomes a record."""

from __future__ import annotations


class BatchError(Exception):
    """A batch that cannot go on; the message says what to do."""


class InputError(BatchError, ValueError):
    """A manifest or data set that cannot be one; the message names the file and what it lacks."""


class OutputError(BatchError, OSError):
    """The output folder cannot be written, or belongs to another run at this moment."""


class WorkerError(BatchError, RuntimeError):
    """No process can be brought to read anything, for instance because the models are damaged."""
