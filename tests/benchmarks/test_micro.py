"""Each stage by itself, and what stands before and behind them: `make micro`. One report, nothing remembered of it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("jieba")
pytest.importorskip("pytest_benchmark")

from nianbao import bench, engine
from nianbao.batch.journal import Entry, Journal
from nianbao.batch.work import made_of
from nianbao.record import Fields, dumps
from nianbao.train.marked import read

pytestmark = pytest.mark.benchmark
SAMPLES = Path(__file__).parents[2] / "corpora" / "samples"
REPORT, PAGE = SAMPLES / "a_01.mr.txt", SAMPLES / "a_12.mr.html"
# the function of the engine that a stage is
STAGES = {
    "ingest": "ingest", "tables": "bind_tables", "tag": "tag", "segment": "segment", "classify": "classify",
    "identify": "identify", "facts": "link", "check": "run_checks", "assemble": "weigh",
}  # fmt: skip
RECORDS = 100


@pytest.fixture
def timed(benchmark: Any) -> Callable[..., Any]:
    """Times a call; before each, what was remembered of documents is forgotten, and what it changes is as it was."""

    def time(function: Callable[..., Any], *arguments: Any, rounds: int = 30, **options: Any) -> Any:
        def setup() -> Any:
            bench._forget()
            return deepcopy((arguments, options))

        return benchmark.pedantic(function, setup=setup, rounds=rounds, warmup_rounds=1)

    return time


@pytest.fixture
def fields() -> Fields:
    return engine.read(read(REPORT).data)


def test_every_stage_is_timed() -> None:
    assert tuple(STAGES) == engine.STAGES


@pytest.mark.parametrize("stage", STAGES)
def test_stage(stage: str, monkeypatch: pytest.MonkeyPatch, timed: Callable[..., Any]) -> None:
    name, taken = STAGES[stage], []
    whole = getattr(engine, name)

    def watched(*arguments: Any, **options: Any) -> Any:
        taken.append(deepcopy((arguments, options)))
        return whole(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(engine, name, watched)
        assert engine.read(read(REPORT).data)["status"] == "ok"
    ((arguments, options),) = taken
    timed(whole, *arguments, **options)


def test_ingest_of_a_page(timed: Callable[..., Any]) -> None:
    assert timed(engine.ingest, read(PAGE).data.encode(), max_bytes=1 << 20).format == "html"


def test_dumps(fields: Fields, timed: Callable[..., Any]) -> None:
    assert timed(dumps, fields).startswith(b'{"schema"')


def test_journal(tmp_path: Path, fields: Fields, timed: Callable[..., Any]) -> None:
    """A hundred records and one commit."""
    made = made_of(fields)
    with Journal(tmp_path) as journal:
        maker = journal.maker("benchmark")

        def write() -> None:
            for position in range(RECORDS):
                journal.append(Entry(position, f"{position}.txt", "0" * 64, ""), maker, made)
            journal.commit()

        timed(write, rounds=10)
        assert journal.counts().statuses["ok"] % RECORDS == 0
