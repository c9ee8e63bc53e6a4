"""What a batch costs is told of the batch that ran, and the batch is the one that anybody would get."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from nianbao.batch.journal import Journal
from nianbao.batch.measure import measure


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what other processes use")
def test_measure(tmp_path: Path, report: str, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(60):  # more than is done between two looks at the processes
        (tmp_path / f"{number:02d}.txt").write_text(report, encoding="utf-8")
    append = Journal.append
    cost = measure([str(tmp_path)], 1, every=60)
    assert cost.records == 60
    assert 0 < cost.journal < cost.seconds
    assert cost.parent > 0 and cost.children > 0
    assert [records for records, *_ in cost.memory][-1] == 60
    assert all(memory > 1 for memory in cost.memory[-1][1:]) or len(cost.memory) > 1
    assert re.search(r"60 records +\d+ MB", capsys.readouterr().out)
    assert "1 workers: 60 records" in cost.describe()
    assert Journal.append is append
