"""Marked samples for the tests of the backends: ten provinces, a short report each."""

from __future__ import annotations

import json
from pathlib import Path

MARKED = """\
---
{front}
---
@title {{{{AGENCY|{place}财政局}}}}{{{{DATE|2018年度}}}}政府信息公开工作年度报告
@noise 来源:{place}审计局  点击:12次
@preamble 本报告由{{{{AGENCY|{place}财政局}}}}编制,依据{{{{LAW|《中华人民共和国政府信息公开条例》}}}}。
@proactive#1 一、主动公开政府信息情况
@proactive {{{{DATE|2018年}}}},公开信息{{{{COUNT|{number}条}}}},𠮷田🙂１２次。
@requests#1 二、依申请公开政府信息情况
@requests 收到申请{{{{COUNT|{number}件}}}},均已答复。
@problems#1 三、存在的问题
@problems 公开的内容不够全面,更新不及时。
@signature {{{{AGENCY|{place}财政局}}}}
"""
PLACES = "东西南北中上下左右前"


def write_samples(folder: Path, count: int = len(PLACES)) -> Path:
    """Writes the samples, each of a province of its own, and gives the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(PLACES[:count], 2):
        place = f"{name}川县"
        front = {"title": "年度报告", "agency": f"{place}财政局", "year": 2018, "region": {"province": f"{name}省"}}
        text = MARKED.format(front=json.dumps(front, ensure_ascii=False), place=place, number=number)
        (folder / f"s{number}.mr.txt").write_text(text, encoding="utf-8")
    return folder
