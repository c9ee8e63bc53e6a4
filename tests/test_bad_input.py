"""What comes in from outside and is no good report: each gives one record that says so, and harms no other input.

Every case names its guard, the line without which it fails.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import nianbao
from conftest import REPORT

SECONDS = 180  # for all of them; more, and one has met something quadratic: a stage is not interrupted
BODY = "\n一、概述\n2016年,我局收到政府信息公开申请7件。\n"


@dataclass(frozen=True)
class Case:
    """An input, the status and the warning that it gets, and what keeps it from doing harm.

    `codes` are the warnings that have to be there. Status `ok` stands for `not_a_report` too.
    """

    name: str
    data: Callable[[str], bytes]
    guard: str
    status: str = "ok"
    codes: tuple[str, ...] = ()


def text(make: Callable[[str], str]) -> Callable[[str], bytes]:
    return lambda report: make(report).encode("utf-8")


CASES = [
    Case("empty.txt", lambda _: b"", "ingest: a text that strip() leaves nothing of", "not_a_report", ("empty",)),
    Case("blank.txt", text(lambda _: "\ufeff \u3000\r\n\t\n"), "the same, behind a BOM", "not_a_report", ("empty",)),
    Case(
        "controls.txt",
        lambda _: bytes(range(1, 32)) * 300,
        "ingest.text: share of controls",
        "failed",
        ("undecodable",),
    ),
    Case(
        "junk.txt", lambda _: random.Random(7).randbytes(100_000), "the same, for any byte", "failed", ("undecodable",)
    ),
    Case(
        "letters.txt",
        lambda _: bytes(random.Random(7).choices(range(0xA0, 0x100), k=20_000)),
        "ingest.text: a guess has to be sure of itself",
        "failed",
        ("undecodable",),
    ),
    Case(
        "a.pdf.txt",
        lambda report: b"%PDF-1.7\n" + report.encode("utf-8"),
        "ingest.text: the first bytes tell the format, not the name",
        "failed",
        ("unsupported_format",),
    ),
    Case("report.pdf", text(lambda report: report), "the same, the other way round"),
    Case("large.txt", text(lambda report: report * 60_000), "ingest: max_bytes", "failed", ("too_large",)),
    Case("line.txt", text(lambda report: report.replace("\n", "") * 2_550), "segment: a heading has an end"),
    Case("word.txt", text(lambda report: report + "公开" * 500_000), "the same, without any punctuation"),
    Case(
        "surrogates.txt",
        lambda report: report.encode("utf-16").replace("局".encode("utf-16-le"), b"\x00\xd8"),
        "ingest.text: decoding is strict",
        "failed",
        ("undecodable",),
    ),
    Case(
        "nul.txt",
        text(lambda report: report.replace("\n", "\x00\n", 3)),
        "ingest: NUL is kept and told",
        codes=("nul_characters",),
    ),
    Case(
        "digits.txt",
        text(lambda report: f"{report}收到申请{'9' * 300_000}件。{BODY}"),
        "tag.counts: no count has so many digits",
    ),
    Case(
        "numerals.txt",
        text(lambda report: f"{report}收到申请{'九' * 300_000}件。{BODY}"),
        "the same in Chinese, and numerals: none is so long",
    ),
    Case(
        "brackets.txt",
        text(lambda report: f"{report}{'(' * 50_000}{BODY}"),
        "nothing recurses, nothing looks far for the other bracket",
    ),
    Case(
        "titles.txt",
        text(lambda report: f"{report}{'《' * 50_000}{BODY}"),
        "tag.references: a title holds no 《 of its own level, and has an end",
    ),
    Case(
        "spaces.txt",
        text(lambda report: f"{report}{' ' * 300_000}{BODY}"),
        "tables.unknown: blanks around a cell are counted up to a bound",
    ),
    Case("lines.txt", text(lambda report: report + "一、\n" * 20_000), "segment: a heading has an end"),
    Case("cells.txt", text(lambda report: report + "0\t" * 300_000), "tables of a bounded size"),
]


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory, python: Callable[..., Any]) -> dict[str, dict[str, Any]]:
    """The records of all cases, from one call that reads a good report between any two of them."""
    folder = tmp_path_factory.mktemp("bad")
    (folder / "good.txt").write_text(REPORT, encoding="utf-8")
    for case in CASES:
        (folder / case.name).write_bytes(case.data(REPORT))
    names = [name for case in CASES for name in (case.name, "good.txt")]
    done = python("-m", "nianbao", "extract", "--timeout", "60", *names, cwd=folder, timeout=SECONDS)
    assert (done.returncode, done.stderr) == (1, b"")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["source"]["uri"] for line in lines] == names
    alone = nianbao.extract(REPORT.encode("utf-8"), uri="good.txt").model_dump_json()
    assert [line for line in lines if line["source"]["uri"] == "good.txt"] == [json.loads(alone)] * len(CASES)
    return {line["source"]["uri"]: line for line in lines}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_one_record_that_says_so(case: Case, records: dict[str, dict[str, Any]]) -> None:
    record = records[case.name]
    codes = [warning["code"] for warning in record["warnings"]]
    assert set(case.codes) <= set(codes)
    if case.status == "ok":
        assert record["status"] in ("ok", "not_a_report"), codes
    else:
        assert record["status"] == case.status
        assert record["indicators"] == {}


def test_a_string_with_lone_surrogates_becomes_a_record_that_can_be_written(report: str) -> None:
    """Guard: `ingest` replaces them, and nothing else."""
    record = nianbao.extract(report.replace("局", "\ud800"), with_text=True)
    assert record.text == report.replace("局", "\ufffd")
    assert "replaced_characters" in [warning.code for warning in record.warnings]
    assert record.model_dump_json()


def test_nul_characters_stay_in_the_text(report: str) -> None:
    """Guard: `ingest` changes line ends and surrogates only."""
    hollow = report.replace("\n", "\x00\n", 3)
    record = nianbao.extract(hollow.encode("utf-8"), with_text=True)
    assert record.text == hollow


def test_a_number_without_end_is_no_figure(report: str) -> None:
    """Guard: a number longer than any count is not read; Python itself refuses to convert so many digits."""
    record = nianbao.extract(report.replace("7件", f"{'9' * 5000}件"))
    assert record.status == "ok"
    assert "requests_received" not in record.indicators


def test_the_name_of_a_file_is_no_text(tmp_path: Path, report: str) -> None:
    """Guard: `_names_file`; else the name itself would be read as a report of one line."""
    path = tmp_path / "report.txt"
    path.write_text(report, encoding="utf-8")
    with pytest.raises(TypeError, match="extract_file"):
        nianbao.extract(str(path))
    assert nianbao.extract("青石县交通运输局").status == "not_a_report"
    assert nianbao.extract("字" * 100_000).status == "not_a_report"
