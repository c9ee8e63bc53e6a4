"""What several test files use: a small report, and the command line as a function."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

REPORT = """\
青石县交通运输局2016年政府信息公开工作年度报告

根据《中华人民共和国政府信息公开条例》的规定,现公布青石县交通运输局2016年政府信息公开工作年度报告。本报告所列数据的统计期限自2016年1月1日起至2016年12月31日止。

一、概述
2016年,我局认真贯彻落实条例,由局办公室负责政府信息公开工作,配备专职人员2名。
二、主动公开政府信息情况
2016年,我局主动公开政府信息214条,其中通过政府网站公开180条。
三、依申请公开政府信息情况
2016年,我局共收到政府信息公开申请7件,均已按时办结。
四、行政复议、行政诉讼情况
2016年,没有因政府信息公开引起的行政复议和行政诉讼。
五、存在的主要问题及改进措施
存在的问题是公开的内容不够全面。下一步,我局将加强业务培训,提高公开质量。

联系地址:青石县人民路18号,联系电话:0772-3010203。

青石县交通运输局
2017年1月20日
"""

Nianbao = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture
def report() -> str:
    return REPORT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of three reports, one of them further down, beside hidden files and an empty folder."""
    for name in ("b.txt", "a/2.txt", "a/10.txt", ".hidden.txt", ".git/config"):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(REPORT, encoding="utf-8")
    (tmp_path / "in" / "empty").mkdir()
    return tmp_path / "in"


@pytest.fixture(scope="session")
def python() -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Runs this interpreter anew with the arguments given; the package is found as the tests find it."""

    def run(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[bytes]:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONWARNINGS": "default"}
        return subprocess.run(
            [sys.executable, *map(str, arguments)], check=False, env=environment, capture_output=True, **options
        )

    return run
