"""What is done: the lines of the records in shards, and a journal that knows each of them.

Lines are appended to `records/NNNNN.jsonl`; `journal.sqlite` has one row for each line that is there for good. The
order of writing is what makes it safe: lines first, forced to the disk, then their rows in one transaction. What lies
in a shard behind its last row was never promised to anybody and is cut off at the next start.

In a first run, and in one that takes up an interrupted one, lines come in the order of the inputs, and the shards are
final as they stand. Where inputs came, went or changed in between, new lines stand at the end and dead ones in the
middle; `finish` then writes all shards anew beside the old ones, and the transaction that gives the rows their new
places decides which of the two folders counts.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import IO, NamedTuple

from nianbao.batch.output import ADVICE, OutputError, writing
from nianbao.batch.work import Made

RECORDS, JOURNAL = "records", "journal.sqlite"
SHARD = 1000  # records a file; what is made of several files is made at the same time, in memory
_NEW = "records.new"
_COMMIT_SECONDS = 2.0  # what a kill may cost
_SCHEMA = """
CREATE TABLE line (
  shard INTEGER, start INTEGER, length INTEGER,  -- where the line stands; bytes
  uri TEXT, sha256 TEXT, maker INTEGER,          -- of what input it was made, and by what
  run INTEGER, position INTEGER,                 -- the last run that had this input, and which of its inputs it was
  status TEXT, kind TEXT, era TEXT, warnings TEXT, given TEXT,
  PRIMARY KEY (shard, start)) WITHOUT ROWID;
CREATE INDEX line_uri ON line (uri);
CREATE TABLE maker (id INTEGER PRIMARY KEY, what TEXT UNIQUE);
CREATE TABLE state (run INTEGER, swap INTEGER);
INSERT INTO state VALUES (0, 0);
"""
_CLAIM = """
SELECT shard, start FROM line WHERE uri = ? AND sha256 = ? AND maker IN (?, ?) AND run < ?
ORDER BY shard, start LIMIT 1"""
# each line and where it has to stand: the lines in the order of the inputs, so many a shard
_DUE = """
SELECT *, position / :shard AS shard_due,
  SUM(length) OVER (PARTITION BY position / :shard ORDER BY position) - length AS start_due FROM line"""
_MISPLACED = f"SELECT EXISTS (SELECT 1 FROM ({_DUE}) WHERE shard <> shard_due OR start <> start_due)"
_PLACE = """
INSERT INTO line SELECT shard_due, start_due, length, uri, sha256, maker, run, position, status, kind, era, warnings,
  given FROM placed ORDER BY position"""


class Entry(NamedTuple):
    """An input as the journal knows it: which of the run's it is, its name, its digest, what was known beforehand."""

    position: int
    uri: str
    sha256: str
    given: str


class Shard(NamedTuple):
    """A file of records: the number of its first one, the longest line in bytes, what was known of each beforehand."""

    path: Path
    first: int
    longest: int
    given: list[str]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many records there are, by each of what the journal knows of them."""

    statuses: Counter[str]
    kinds: Counter[str]
    eras: Counter[str]
    warnings: Counter[str]


class Journal:
    """The records of an output folder. A context manager: only one process at a time has the folder.

    Args:
      out: the output folder, made if need be.
      shard: records a file.
      restart: whether to forget what is there.

    Raises:
      OutputError: from here and every method: the folder cannot be written, or another process has it.
    """

    def __init__(self, out: Path, *, shard: int = SHARD, restart: bool = False) -> None:
        self._out, self._records = out, out / RECORDS
        self._most = shard
        self._shard = self._lines = self._end = 0  # where the next line goes, and how many the shard has
        self._file: IO[bytes] | None = None
        self._rows: list[tuple[object, ...]] = []
        self._committed = time.monotonic()
        with self._writing():
            self._records.mkdir(parents=True, exist_ok=True)
            self._db = _open(out / JOURNAL)
            if restart:
                self._db.execute("DELETE FROM line")
            self._db.execute("UPDATE state SET run = run + 1")
            self._db.commit()
            self._swap()
            shutil.rmtree(out / _NEW, ignore_errors=True)
            self._trim()
        (self._run,) = self._db.execute("SELECT run FROM state").fetchone()
        (self._resumed,) = self._db.execute("SELECT EXISTS (SELECT 1 FROM line)").fetchone()

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, _: object, why: BaseException | None, __: object) -> None:
        try:
            if not isinstance(why, OutputError):
                self.commit()
        finally:
            with suppress(OSError):  # what could not be written before cannot be now
                self._close()
            self._db.close()

    def maker(self, what: str) -> int:
        """The number of what makes records: versions and options, spelt out."""
        with self._writing():
            self._db.execute("INSERT OR IGNORE INTO maker (what) VALUES (?)", (what,))
            (number,) = self._db.execute("SELECT id FROM maker WHERE what = ?", (what,)).fetchone()
        return int(number)

    def claim(self, entry: Entry, makers: tuple[int, int]) -> bool:
        """Whether the record of an input is there already, made by one of two makers; if so this run keeps it."""
        if not self._resumed:  # or each input of a first run would pay for a look into an empty table
            return False
        with self._writing():
            place = self._db.execute(_CLAIM, (entry.uri, entry.sha256, *makers, self._run)).fetchone()
            if place is None:
                return False
            self._db.execute(
                "UPDATE line SET run = ?, position = ?, given = ? WHERE shard = ? AND start = ?",
                (self._run, entry.position, entry.given, *place),
            )
            return True

    def append(self, entry: Entry, maker: int, made: Made) -> None:
        """Adds the record of an input; it is there for good after the next commit, two seconds later at most."""
        with self._writing():
            if self._lines == self._most:
                self.commit()
                self._close()
                self._shard, self._lines, self._end = self._shard + 1, 0, 0
            if self._file is None:
                self._file = _shard(self._records, self._shard).open("ab")
            self._file.write(made.line)
            self._rows.append(
                (
                    self._shard, self._end, len(made.line), entry.uri, entry.sha256, maker, self._run, entry.position,
                    made.status, made.kind, made.era, json.dumps(made.warnings), entry.given,
                )
            )  # fmt: skip
            self._end += len(made.line)
            self._lines += 1
            if time.monotonic() - self._committed > _COMMIT_SECONDS:
                self.commit()

    def commit(self) -> None:
        """Puts what was added on record: the lines are forced to the disk, then the journal names them."""
        with self._writing():
            rows, self._rows = self._rows, []  # rows that get lost in an interruption are only made again
            if self._file and rows:
                self._file.flush()
                os.fsync(self._file.fileno())
                self._db.executemany(f"INSERT INTO line VALUES ({','.join('?' * 13)})", rows)
            self._db.commit()
            self._committed = time.monotonic()

    def finish(self) -> None:
        """Makes the shards final: all inputs of this run, no others, in their order."""
        self.commit()
        with self._writing():
            self._db.execute("DELETE FROM line WHERE run < ?", (self._run,))
            self._db.commit()
            self._close()
            if self._db.execute(_MISPLACED, {"shard": self._most}).fetchone()[0]:
                self._rewrite()
            self._trim()

    def counts(self) -> Counts:
        """What the records of this run are, as far as it has come."""
        found = Counts(Counter(), Counter(), Counter(), Counter())
        rows = self._db.execute(
            "SELECT status, kind, era, warnings, COUNT(*) FROM line WHERE run = ? GROUP BY 1, 2, 3, 4",
            (self._run,),
        )
        for status, kind, era, warnings, number in rows:
            found.statuses[status] += number
            found.kinds[kind] += number
            found.eras[era or "none"] += number
            found.warnings.update(dict.fromkeys(json.loads(warnings), number))
        return found

    def shards(self) -> Iterator[Shard]:
        """The final shards, in order."""
        query = "SELECT position, length, given FROM line WHERE shard = ? ORDER BY start"
        for (number,) in self._db.execute("SELECT DISTINCT shard FROM line ORDER BY shard").fetchall():
            rows = self._db.execute(query, (number,)).fetchall()
            yield Shard(
                _shard(self._records, number), rows[0][0], max(row[1] for row in rows), [row[2] for row in rows]
            )

    def _close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None

    def _trim(self) -> None:
        """Brings shards and rows to agree: cuts off what no row names, forgets rows whose line is not there."""
        ends = dict(self._db.execute("SELECT shard, MAX(start + length) FROM line GROUP BY shard"))
        found = {int(path.stem): path for path in self._records.glob("[0-9]*.jsonl")}
        for shard, path in found.items():
            size = path.stat().st_size
            if size < ends.get(shard, 0):
                self._db.execute("DELETE FROM line WHERE shard = ? AND start + length > ?", (shard, size))
                query = "SELECT MAX(start + length) FROM line WHERE shard = ?"
                ends[shard] = self._db.execute(query, (shard,)).fetchone()[0] or 0
            if not ends.get(shard):
                path.unlink()
            elif size > ends[shard]:
                os.truncate(path, ends[shard])
        self._db.executemany("DELETE FROM line WHERE shard = ?", [(shard,) for shard in ends.keys() - found.keys()])
        self._db.commit()
        last = "SELECT shard, COUNT(*), MAX(start + length) FROM line GROUP BY shard ORDER BY shard DESC LIMIT 1"
        self._shard, self._lines, self._end = self._db.execute(last).fetchone() or (0, 0, 0)

    def _rewrite(self) -> None:
        """Writes all lines anew in the order of the inputs, and gives the rows their new places."""
        (self._out / _NEW).mkdir()
        rows = self._db.execute("SELECT position, shard, start, length FROM line ORDER BY position")
        for due, lines in groupby(rows, key=lambda row: row[0] // self._most):
            with _shard(self._out / _NEW, due).open("wb") as target:
                for shard, places in groupby(lines, key=lambda row: row[1]):
                    with _shard(self._records, shard).open("rb") as source:
                        for _, _, start, length in places:
                            source.seek(start)
                            target.write(source.read(length))
                target.flush()
                os.fsync(target.fileno())
        self._db.execute("BEGIN")
        self._db.execute(f"CREATE TABLE placed AS {_DUE}", {"shard": self._most})
        self._db.execute("DELETE FROM line")
        self._db.execute(_PLACE)
        self._db.execute("DROP TABLE placed")
        self._db.execute("UPDATE state SET swap = 1")
        self._db.commit()
        self._swap()

    def _swap(self) -> None:
        """Lets the new shards take the place of the old ones, if the journal counts on them."""
        if self._db.execute("SELECT swap FROM state").fetchone()[0]:
            if (self._out / _NEW).is_dir():
                shutil.rmtree(self._records, ignore_errors=True)
                (self._out / _NEW).rename(self._records)
            self._db.execute("UPDATE state SET swap = 0")
            self._db.commit()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Tells what is wrong with the output folder, and what to do."""
        try:
            with writing(self._out):
                yield
        except sqlite3.OperationalError as why:
            if "locked" in str(why):
                raise OutputError(
                    f"{self._out}: another run is at work here; wait for it or choose another --out"
                ) from why
            raise OutputError(f"{self._out / JOURNAL}: {why}; {ADVICE}") from why
        except sqlite3.DatabaseError as why:
            raise OutputError(f"{self._out / JOURNAL}: {why}; remove it to begin anew") from why


def _shard(folder: Path, number: int) -> Path:
    return folder / f"{number:05d}.jsonl"


def _open(path: Path) -> sqlite3.Connection:
    """The journal, locked until it is closed."""
    db = sqlite3.connect(path, timeout=0)
    db.execute("PRAGMA locking_mode = EXCLUSIVE")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    if db.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0] == 0:
        db.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
    return db
