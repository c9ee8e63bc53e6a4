"""What `nianbao batch` has written, as data frames: `nianbao.open(OUT)`.

    >>> corpus = nianbao.open("out/")
    >>> corpus.indicators.groupby("indicator")["value"].sum()
    >>> corpus.panel(["requests_received"])

`panel` links the reports of a body over the years and says where its figures stop being comparable. Needs the extras
`batch` (DuckDB) and `charts` (pandas).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pandas as pd

from nianbao.batch.sinks import load_records
from nianbao.batch.tables import TABLES
from nianbao.corpus.panel import Panel, build
from nianbao.record import Report

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["Corpus", "CorpusError", "Panel", "open"]

_TYPES = {"BIGINT": "Int64", "BOOLEAN": "boolean", "DOUBLE": "float64"}


class CorpusError(ValueError):
    """A folder that holds no finished output of a batch, or a record that is not in it; the message says what to do."""


def open(out: str | PathLike[str]) -> Corpus:
    """The output folder of a batch.

    Args:
      out: what `nianbao batch -o` was given.

    Raises:
      CorpusError: it holds no records, or those of a batch that has not come to its end.
    """
    return Corpus(Path(out))


class Corpus:
    """The records of one batch. Frames are made when they are first asked for; what is not known is NA, never 0.

    Tables are read from `tables/` (Parquet) where the batch has written them, otherwise made from `records/`.
    Their columns are explained in the batch's `codebook.md`.
    """

    def __init__(self, out: Path) -> None:
        self._out = out
        self._shards = sorted((out / "records").glob("*.jsonl"))
        try:
            complete = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["complete"]
        except (OSError, ValueError, KeyError) as why:
            advice = f"make one with: nianbao batch INPUT... -o {out}"
            raise CorpusError(f"{out}: no output of nianbao batch: manifest.json: {why}; {advice}") from why
        if not complete or not self._shards:
            what = "the batch has not come to its end: give its command again" if not complete else "no input was read"
            raise CorpusError(f"{out}: no records to open: {what}")

    @property
    def documents(self) -> pd.DataFrame:
        """A row an input, whatever became of it."""
        return self._frame("documents")

    @property
    def indicators(self) -> pd.DataFrame:
        """A row an indicator that a report gives for its own body and year."""
        return self._frame("indicators")

    @property
    def facts(self) -> pd.DataFrame:
        """A row a figure in prose that was linked to an indicator, whether it counts or not."""
        return self._frame("facts")

    @property
    def cells(self) -> pd.DataFrame:
        """A row a cell of an official form, or of a table that follows none."""
        return self._frame("cells")

    @property
    def checks(self) -> pd.DataFrame:
        """A row an instance of a relation that the figures have to keep."""
        return self._frame("checks")

    def sql(self, query: str) -> pd.DataFrame:
        """The rows of a query over all tables of the batch.

        Args:
          query: in DuckDB's SQL, for instance `SELECT era, count(*) FROM documents GROUP BY era`.

        Raises:
          duckdb.Error: the query is none, or names what is not there.
        """
        return self._db.execute(query).df()

    def panel(self, indicators: Iterable[str], agencies: Iterable[str] | None = None) -> Panel:
        """Indicators by body and year, the reports of a body linked over the years.

        Args:
          indicators: ids.
          agencies: ids (`agency_id` of the documents) whose bodies are wanted; by default all.

        Raises:
          KeyError: no indicator has an id.
        """
        return build(self.documents, self.indicators, [*indicators], None if agencies is None else {*agencies})

    def report(self, doc: int) -> Report:
        """The whole record of a document.

        Args:
          doc: its number, the column `doc` of every table.

        Raises:
          CorpusError: there is no such document.
        """
        left = doc
        for shard, lines in self._lines:
            if 0 <= left < len(lines):
                with shard.open("rb") as file:
                    file.seek(lines[left])
                    return Report.model_validate_json(file.readline())
            left -= len(lines)
        count = sum(len(lines) for _, lines in self._lines)
        raise CorpusError(f"{self._out}: no document {doc}: they are numbered 0 to {count - 1}")

    def __repr__(self) -> str:
        return f"<Corpus {self._out.name}: {len(self.documents)} documents>"

    def _frame(self, name: str) -> pd.DataFrame:
        if name not in self._frames:
            table = next(table for table in TABLES if table.name == name)
            types = {column.name: _TYPES[column.type] for column in table.columns if column.type in _TYPES}
            self._frames[name] = self._db.execute(f"FROM {name}").df().astype(types)
        return self._frames[name]

    @cached_property
    def _frames(self) -> dict[str, pd.DataFrame]:
        return {}

    @cached_property
    def _lines(self) -> list[tuple[Path, list[int]]]:
        """Where the lines of each file of records begin."""
        return [(shard, _beginnings(shard)) for shard in self._shards]

    @cached_property
    def _db(self) -> DuckDBPyConnection:
        """A database in memory that has all tables."""
        db = duckdb.connect()
        parquet = self._out / "tables"
        if not parquet.is_dir():
            ends = ((shard.stat().st_size, lines) for shard, lines in self._lines)
            longest = max((b - a for size, lines in ends for a, b in zip(lines, [*lines[1:], size], strict=True)))
            load_records(db, self._shards, longest)
        for table in TABLES:
            if parquet.is_dir():
                parts = str(parquet / table.name / "*.parquet").replace("'", "''")
                db.execute(f"CREATE VIEW {table.name} AS FROM read_parquet('{parts}')")
            else:
                db.execute(f"CREATE TABLE {table.name} AS {table.query}")
        return db


def _beginnings(path: Path) -> list[int]:
    at, found = 0, []
    with path.open("rb") as file:
        for line in file:
            found.append(at)
            at += len(line)
    return found
