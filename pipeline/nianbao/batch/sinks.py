"""What is made of the records when they are final: Parquet, CSV, a workbook, a DuckDB database.

Parquet comes first, a part a shard, several shards at a time; all else is made from the parts. Each thing is written
under another name and takes its own when it is whole, so that a run that is killed here leaves no half of anything.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from nianbao.batch.journal import Shard
from nianbao.batch.output import ADVICE, InputError, OutputError, writing
from nianbao.batch.tables import GIVEN, RECORD, TABLES
from nianbao.batch.workbook import FORMS, WORKBOOK, write_workbooks
from nianbao.catalogue import catalogue

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# the formats, and what of the output folder each of them is
TABULAR = {"parquet": ("tables",), "csv": ("csv",), "xlsx": (WORKBOOK, FORMS), "duckdb": ("nianbao.duckdb",)}
_BOM = "\ufeff"  # or Excel takes UTF-8 for something else
_MEMORY_MB = 1024  # for each thread, beyond which DuckDB works on disk
_LOAD = f"""
CREATE TABLE records AS SELECT $first + row_number() OVER () - 1 AS doc, * FROM read_json($path,
  format = 'newline_delimited', maximum_object_size = $longest,
  columns = {{{", ".join(f"'{name}': '{type}'" for name, type in RECORD.items())}}})"""
_GIVEN = f"""
CREATE TABLE given AS SELECT unnest(from_json($given, '[{{"doc": "BIGINT", {
    ", ".join(f'"{name}": "VARCHAR"' for name in GIVEN)
}}}]'), recursive := true)"""
_VIEWS = {
    "failed_checks": """
        SELECT agency_id, any_value(agency) AS agency, id, severity, count(*) AS failures,
          list(DISTINCT year ORDER BY year) AS years
        FROM checks JOIN documents USING (doc) WHERE checks.status = 'fail' GROUP BY agency_id, id, severity
        ORDER BY failures DESC, agency_id, id""",
    "coverage": """
        SELECT agency_id, any_value(agency) AS agency, any_value(province) AS province, any_value(city) AS city,
          any_value(county) AS county, year, count(DISTINCT doc) AS reports,
          count(DISTINCT indicator) AS indicators
        FROM documents LEFT JOIN indicators USING (doc) WHERE agency_id IS NOT NULL GROUP BY agency_id, year
        ORDER BY agency_id, year""",
}


def check_formats(formats: Collection[str]) -> None:
    """Makes sure that what writes the formats is installed, before any input is read.

    Raises:
      InputError: it is not.
    """
    wanted = {"duckdb"} if set(formats) & TABULAR.keys() else set()
    for module in sorted(wanted | ({"xlsxwriter"} if "xlsx" in formats else set())):
        if find_spec(module) is None:
            raise InputError(f"--format {','.join(formats)} needs {module}: pip install 'nianbao[batch]'")


def write_tables(out: Path, shards: Iterable[Shard], formats: Collection[str], workers: int) -> None:
    """Writes the records as tables; what another run made in formats that are not asked for is removed.

    Args:
      out: the output folder.
      shards: of the records.
      formats: which of `TABULAR`.
      workers: threads.

    Raises:
      OutputError: the folder cannot be written.
    """
    with writing(out):
        for format in TABULAR.keys() - set(formats):
            for name in TABULAR[format]:
                shutil.rmtree(out / name) if (out / name).is_dir() else (out / name).unlink(missing_ok=True)
    if not set(formats) & TABULAR.keys():
        return
    import duckdb

    draft = out / "tables.new"
    try:
        with writing(out):
            shutil.rmtree(draft, ignore_errors=True)
            _write_parquet(draft, iter(shards), workers)
            if draft.exists():  # otherwise there is no record
                _write_others(draft, out, formats, workers)
    except (duckdb.IOException, duckdb.OutOfMemoryException) as why:
        raise OutputError(f"{out}: {why}; {ADVICE}") from why
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write_others(draft: Path, out: Path, formats: Collection[str], workers: int) -> None:
    """What is made from the parts; the parts themselves come last, for their folder changes its name."""
    import duckdb

    with closing(duckdb.connect(config={"threads": workers})) as db:
        for table in TABLES:
            parts = _quoted(draft / table.name / "*.parquet")
            db.execute(f"CREATE VIEW {table.name} AS FROM read_parquet({parts})")
        if "csv" in formats:
            _write_csv(db, out)
        if "duckdb" in formats:
            _write_database(db, out / "nianbao.duckdb")
        if "xlsx" in formats:
            write_workbooks(db, out)
    if "parquet" in formats:
        shutil.rmtree(out / "tables", ignore_errors=True)
        draft.rename(out / "tables")


def _write_parquet(draft: Path, shards: Iterator[Shard], workers: int) -> None:
    """A part of each table for each shard."""
    with ThreadPoolExecutor(workers) as threads:
        while group := list(islice(shards, workers)):
            list(threads.map(lambda shard: _write_parts(draft, shard), group))


def _write_parts(draft: Path, shard: Shard) -> None:
    import duckdb

    # one thread a shard: rows come in the order of the lines, and parts are the same in every run
    with closing(duckdb.connect(config={"threads": 1, "memory_limit": f"{_MEMORY_MB}MB"})) as db:
        db.execute(f"SET temp_directory = {_quoted(draft / 'spill')}")
        longest = max(shard.longest + 1, 1 << 16)
        db.execute(_LOAD, {"path": str(shard.path), "first": shard.first, "longest": longest})
        given = ({"doc": shard.first + n, **json.loads(said)} for n, said in enumerate(shard.given) if said)
        db.execute(_GIVEN, {"given": json.dumps([*given], ensure_ascii=False)})
        for table in TABLES:
            part = draft / table.name / f"{shard.path.stem}.parquet"
            part.parent.mkdir(parents=True, exist_ok=True)
            db.execute(f"COPY ({table.query}) TO {_quoted(part)} (FORMAT parquet, COMPRESSION zstd)")


def _write_csv(db: DuckDBPyConnection, out: Path) -> None:
    """A file a table; NULL is nothing at all, an empty text is `""`."""
    (out / "csv").mkdir(exist_ok=True)
    for table in TABLES:
        draft = out / "csv" / f"{table.name}.new"
        # the mark goes in with the name of the first column, which stands at the beginning of the file
        query = f'SELECT doc AS "{_BOM}doc", * EXCLUDE (doc) FROM {table.name}'
        db.execute(f"COPY ({query}) TO {_quoted(draft)} (FORMAT csv, HEADER)")
        draft.replace(out / "csv" / f"{table.name}.csv")


def _write_database(db: DuckDBPyConnection, path: Path) -> None:
    """All tables in one file, with views over them."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    db.execute(f"ATTACH {_quoted(draft)} AS target")
    for table in TABLES:
        db.execute(f"CREATE TABLE target.{table.name} AS FROM {table.name}")
        about = [(f"TABLE target.{table.name}", table.about)]
        about += [(f'COLUMN target.{table.name}."{column.name}"', column.about) for column in table.columns]
        for what, text in about:
            db.execute(f"COMMENT ON {what} IS {_quoted(text)}")
    db.execute("USE target")
    for name, query in {**_VIEWS, "indicators_wide": _wide()}.items():
        db.execute(f"CREATE VIEW {name} AS {query}")
    db.execute("USE memory")
    db.execute("DETACH target")
    draft.replace(path)


def _wide() -> str:
    """A row a report, a column an indicator; NULL where the report does not give it."""
    columns = ", ".join(f"max(value) FILTER (indicator = '{name}') AS {name}" for name in catalogue().indicators)
    return f"""
        SELECT doc, any_value(agency_id) AS agency_id, any_value(agency) AS agency, any_value(year) AS year, {columns}
        FROM documents LEFT JOIN indicators USING (doc) GROUP BY doc ORDER BY doc"""


def _quoted(value: str | Path) -> str:
    """A text as SQL writes it."""
    return "'" + str(value).replace("'", "''") + "'"
