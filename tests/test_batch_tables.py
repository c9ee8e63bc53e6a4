"""What is made of the records: every format read back, and nothing in it that the records do not say."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from nianbao import batch, engine
from nianbao.batch import sinks, workbook
from nianbao.batch.codebook import codebook
from nianbao.batch.journal import Shard
from nianbao.batch.tables import TABLES
from nianbao.batch.work import Options, Task, read_task
from nianbao.catalogue import catalogue
from nianbao.check.relations import ranks
from nianbao.record import WARNINGS, Cell, Report
from nianbao.train.marked import read

SAMPLES = Path(__file__).parents[1] / "corpora" / "samples"
FORMATS = ("parquet", "csv", "xlsx", "duckdb")
ROW = "requests_received"
COLUMNS = ("natural_person", "org_business", "org_research", "org_welfare", "org_legal", "org_other")
STATES: dict[str, tuple[float | None, str]] = {
    "natural_person": (0, "printed"),
    "org_business": (None, "blank"),
    "org_research": (None, "dash"),
    "org_welfare": (None, "unreadable"),
    "org_legal": (None, "missing"),
    "org_other": (None, "text"),
    "total": (2.5, "printed"),
}


def samples() -> Iterator[Report]:
    for number, path in enumerate(sorted(SAMPLES.glob("*.mr.*"))[::2]):
        yield engine.extract(read(path).data.encode(), uri=f"{number}.txt", with_text=number % 2 == 0)


def odd() -> Report:
    """A record with a cell in every state, and texts that formats stumble over."""
    cells = {c: Cell(value=v, state=s, unit="件", start=None, end=None) for c, (v, s) in STATES.items()}
    table = {"form": "requests_2021", "start": 0, "end": 9, "cells": {ROW: cells}}
    unknown = {"form": "unknown", "start": 10, "end": 19, "rows": [["指标", ""], ['=1+1,"\n', "\x07\x00"]]}
    fields = engine.extract("x", uri="=odd\x0b,\n").model_dump()
    item = {"start": 0, "end": 1, "text": "字" * 40_000, "tense": None}
    return Report.model_validate({**fields, "status": "ok", "tables": [table, unknown], "problems": [item]})


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All formats, made of two shards."""
    folder = tmp_path_factory.mktemp("out")
    reports = [odd(), *samples()]
    shards = []
    for first, part in ((0, reports[:20]), (20, reports[20:])):
        path = folder / f"{first:05d}.jsonl"
        lines = [report.model_dump_json().encode() + b"\n" for report in part]
        path.write_bytes(b"".join(lines))
        given = [json.dumps({"agency": "给'定", "year": "2018"}) if n == 3 else "" for n in range(len(part))]
        shards.append(Shard(path, first, max(map(len, lines)), given))
    sinks.write_tables(folder, shards, FORMATS, 2)
    return folder


@pytest.fixture(scope="module")
def records(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for path in sorted(out.glob("*.jsonl")) for line in path.read_bytes().splitlines()]


def parquet(out: Path, name: str) -> list[tuple[Any, ...]]:
    return duckdb.sql(f"FROM read_parquet('{out}/tables/{name}/*.parquet')").fetchall()


def test_tables_have_the_columns_that_they_declare(out: Path) -> None:
    for table in TABLES:
        found = duckdb.sql(f"FROM read_parquet('{out}/tables/{table.name}/*.parquet')")
        assert [*zip(found.columns, map(str, found.types), strict=True)] == [(c.name, c.type) for c in table.columns]


def test_every_row_is_one_of_the_records(out: Path, records: list[dict[str, Any]]) -> None:
    assert [row[:2] for row in parquet(out, "documents")] == [(n, r["source"]["uri"]) for n, r in enumerate(records)]
    assert [row[:3] for row in parquet(out, "indicators")] == [
        (n, name, found["value"]) for n, r in enumerate(records) for name, found in r["indicators"].items()
    ]
    for name in ("facts", "entities", "checks", "conflicts", "others", "warnings", "paragraphs"):
        assert [row[0] for row in parquet(out, name)] == [n for n, r in enumerate(records) for _ in r[name]], name
    assert [(row[0], row[2], row[-2]) for row in parquet(out, "items")] == [
        (n, item["text"], item["start"]) for n, r in enumerate(records) for item in r["problems"] + r["measures"]
    ]
    assert [(row[0], row[1], row[2]) for row in parquet(out, "contacts")] == [
        (n, field, v["value"]) for n, r in enumerate(records) for field, values in r["contact"].items() for v in values
    ]
    assert [row[2:10] for row in parquet(out, "cells")[7:11]] == [
        ("unknown", "0", "0", None, "text", None, "指标", None),
        ("unknown", "0", "1", None, "blank", None, "", None),
        ("unknown", "1", "0", None, "text", None, '=1+1,"\n', None),
        ("unknown", "1", "1", None, "text", None, "\x07\x00", None),
    ]
    assert [row[:7] for row in parquet(out, "cells") if row[2] != "unknown"] == [
        (n, k, table["form"], row, column, cell["value"], cell["state"])
        for n, r in enumerate(records)
        for k, table in enumerate(r["tables"])
        for row, cells in table.get("cells", {}).items()
        for column, cell in cells.items()
    ]


def test_the_text_beside_a_span_is_the_evidence(out: Path, records: list[dict[str, Any]]) -> None:
    seen = 0
    for name, at in (("paragraphs", 5), ("cells", 8)):
        for row in parquet(out, name):
            text = records[row[0]].get("text")
            start, end = row[at + 1 : at + 3]
            if start is not None:
                assert row[at] == (text[start:end] if text else None)
                seen += text is not None
    assert seen > 1000


def test_what_the_manifest_said_stands_by_its_document(out: Path) -> None:
    given = duckdb.sql(
        f"SELECT doc, given_agency, given_year, given_url FROM read_parquet('{out}/tables/documents/*.parquet') "
        "WHERE given_agency IS NOT NULL ORDER BY doc"
    )
    assert given.fetchall() == [(3, "给'定", "2018", None), (23, "给'定", "2018", None)]


def test_states_stay_apart_in_parquet_and_duckdb(out: Path) -> None:
    query = "SELECT \"column\", value, state FROM {} WHERE doc = 0 AND form <> 'unknown'"
    expected = [(column, value, state) for column, (value, state) in STATES.items()]
    assert duckdb.sql(query.format(f"read_parquet('{out}/tables/cells/*.parquet')")).fetchall() == expected
    with duckdb.connect(out / "nianbao.duckdb", read_only=True) as db:
        assert db.execute(query.format("cells")).fetchall() == expected


def test_states_stay_apart_in_csv(out: Path) -> None:
    data = (out / "csv" / "cells.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfdoc,table,")
    rows = [*csv.DictReader(data.decode("utf-8-sig").splitlines(keepends=True))]
    found = {r["column"]: (r["value"], r["state"]) for r in rows if r["doc"] == "0" and r["form"] != "unknown"}
    assert found == {c: ("" if v is None else str(float(v)), s) for c, (v, s) in STATES.items()}
    assert rows[9]["text"] == '=1+1,"\n'


def test_states_stay_apart_in_the_workbook(out: Path) -> None:
    book = openpyxl.load_workbook(out / "nianbao.xlsx")
    assert book.sheetnames == [table.name for table in TABLES]
    head, *rows = book["cells"].iter_rows(values_only=True)
    assert head == tuple(column.name for column in TABLES[3].columns)
    assert {r[4]: (r[5], r[6]) for r in rows if r[0] == 0 and r[2] != "unknown"} == STATES
    (cell,) = (cell for cell in book["cells"]["I"] if str(cell.value).startswith("=1+1"))
    assert cell.data_type == "s"
    assert len(book["items"]["C2"].value) == 32_767


def test_the_official_forms_are_filled(out: Path) -> None:
    sheet = openpyxl.load_workbook(out / "forms.xlsx").worksheets[0]
    rows = [*sheet.iter_rows(values_only=True)]
    form = catalogue().forms["requests_2021"]
    assert rows[0][0] == form.title
    assert rows[1][1:] == tuple(column.label for column in form.headers)
    assert rows[2] == (form.rows[0].label, 0, None, "—", "?", "×", "…", 2.5)
    assert [row[0] for row in rows[2 : 2 + len(form.rows)]] == [row.label for row in form.rows]


def test_sheets_that_are_full_go_on_in_another(out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 301)
    monkeypatch.setattr(workbook, "MOST_FORMS", 1)
    path = sorted(out.glob("*.jsonl"))[1]
    sinks.write_tables(tmp_path, [Shard(path, 0, 10**6, [])], ("xlsx",), 1)
    book = openpyxl.load_workbook(tmp_path / "nianbao.xlsx")
    sheets = [name for name in book.sheetnames if name.startswith("facts")]
    facts = sum(len(json.loads(line)["facts"]) for line in path.read_bytes().splitlines())
    assert len(sheets) == -(-facts // 300) > 1
    assert sum(book[name].max_row - 1 for name in sheets) == facts
    assert not (tmp_path / "forms.xlsx").exists()


def test_views(out: Path, records: list[dict[str, Any]]) -> None:
    with duckdb.connect(out / "nianbao.duckdb", read_only=True) as db:
        wide = db.execute("SELECT doc, requests_received FROM indicators_wide").fetchall()
        assert wide == [(n, r["indicators"].get(ROW, {}).get("value")) for n, r in enumerate(records)]
        failures = sum(check["status"] == "fail" for r in records for check in r["checks"])
        assert db.execute("SELECT sum(failures) FROM failed_checks").fetchone() == (failures,)
        assert db.execute("SELECT sum(reports) FROM coverage").fetchone() == (sum(bool(r["agency"]) for r in records),)


def test_formats_that_are_not_asked_for_go(out: Path, tmp_path: Path) -> None:
    path = sorted(out.glob("*.jsonl"))[1]
    shard = Shard(path, 0, 10**6, [])
    sinks.write_tables(tmp_path, [shard], FORMATS, 1)
    assert {p.name for p in tmp_path.iterdir()} == {"tables", "csv", "nianbao.xlsx", "forms.xlsx", "nianbao.duckdb"}
    sinks.write_tables(tmp_path, [shard], ("csv",), 1)
    assert [p.name for p in tmp_path.iterdir()] == ["csv"]
    sinks.write_tables(tmp_path, [shard], (), 1)
    assert [*tmp_path.iterdir()] == []


def test_parts_are_the_same_whatever_the_number_of_threads(out: Path, tmp_path: Path) -> None:
    shards = [Shard(path, int(path.stem), 10**6, []) for path in sorted(out.glob("*.jsonl"))]
    for workers in (1, 3):
        sinks.write_tables(tmp_path / f"{workers}", shards, ("parquet",), workers)
    one, three = (sorted((tmp_path / name).rglob("*.parquet")) for name in ("1", "3"))
    assert [p.read_bytes() for p in one] == [p.read_bytes() for p in three]
    assert len(one) == 2 * len(TABLES)


def test_a_folder_that_cannot_be_written(out: Path, tmp_path: Path) -> None:
    (tmp_path / "csv").write_bytes(b"no folder")
    (path, _) = sorted(out.glob("*.jsonl"))
    with pytest.raises(batch.OutputError, match="csv"):
        sinks.write_tables(tmp_path, [Shard(path, 0, 10**6, [])], ("csv",), 1)


def test_a_missing_library_is_told_before_anything_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sinks, "find_spec", lambda _: None)
    with pytest.raises(batch.InputError, match=r"nianbao\[batch\]"):
        batch.run(tmp_path, tmp_path / "out", batch.Settings(formats=("xlsx",)))
    assert not (tmp_path / "out").exists()


def test_the_code_book_knows_every_id() -> None:
    book = codebook()
    assert list(book["tables"]) == [table.name for table in TABLES]
    assert list(book["indicators"]) == list(catalogue().indicators)
    assert list(book["forms"]) == list(catalogue().forms)
    assert list(book["checks"]) == list(ranks())
    assert book["warnings"] == WARNINGS
    assert book["indicators"][ROW] == {"group": "Requests", "unit": "件", "form": "一、本年新收政府信息公开申请数量"}


class TestPersons:
    TEXT = (
        "青石县交通运输局2016年政府信息公开工作年度报告\n\n一、概述\n2016年,我局由办公室主任王建国同志负责,联系人:李小梅,"
        "电话:0772-3010203。\n二、主动公开情况\n2016年,主动公开政府信息214条。\n三、存在问题\n王建国同志指出,公开的内容不够全面。\n"
    )
    NAMES = ("王建国", "李小梅")

    def record(self, **options: bool) -> dict[str, Any]:
        made = read_task(Task("x", self.TEXT), Options(**options))  # type: ignore[arg-type]
        return dict(json.loads(made.line))

    def test_names_are_found_where_nobody_asks_otherwise(self) -> None:
        persons = {e["text"] for e in self.record()["entities"] if e["label"] == "PERSON"}
        assert persons == set(self.NAMES)

    @pytest.mark.parametrize("with_text", [False, True])
    def test_none_is_left(self, with_text: bool) -> None:
        record = self.record(drop_persons=True, with_text=with_text)
        assert not any(name in json.dumps(record, ensure_ascii=False) for name in self.NAMES)
        assert "PERSON" not in {e["label"] for e in record["entities"]}
        assert ("text" in record) == with_text

    def test_all_else_stays_and_so_do_the_offsets(self) -> None:
        whole, record = self.record(with_text=True), self.record(drop_persons=True, with_text=True)
        assert len(record["text"]) == len(self.TEXT)
        assert [e for e in whole["entities"] if e["label"] != "PERSON"] == record["entities"]
        assert record["problems"]
        for part in record["entities"] + record["problems"]:
            assert record["text"][part["start"] : part["end"]] == part["text"]
        assert whole["indicators"] == record["indicators"]
