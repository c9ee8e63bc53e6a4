"""nianbao (年报) reads 政府信息公开工作年度报告 into one structured record each, with the evidence for every value.

    >>> import nianbao
    >>> report = nianbao.extract_file("report.txt")
    >>> report.indicators["requests_received"].value

The names below are imported when they are first used, so that `import nianbao` costs next to nothing and only `load`
brings in spaCy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from nianbao.version import __version__

if TYPE_CHECKING:
    from nianbao.batch import extract_many
    from nianbao.engine import Limits, extract, extract_file
    from nianbao.language import load
    from nianbao.record import Report

__all__ = ["Limits", "Report", "__version__", "extract", "extract_file", "extract_many", "load"]

_HOMES = {
    "Limits": "engine", "Report": "record", "extract": "engine", "extract_file": "engine", "extract_many": "batch",
    "load": "language",
}  # fmt: skip


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    except ModuleNotFoundError as why:
        if why.name != "spacy":
            raise
        raise ImportError(f"{__name__}.{name} needs spaCy: pip install 'nianbao[spacy]'") from why
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
