"""The annotated samples: how many of what, that no two are alike, and that all the damage of real pages is there."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

from nianbao.train.marked import read

SAMPLES = sorted((Path(__file__).parents[1] / "corpora" / "samples").glob("*.mr.*"))
NOISE = [f"N-{number:02}" for number in range(1, 41)]
KINDS = {
    "report", "report_with_cover", "interpretation", "news", "notice", "format_rule", "index_page", "statistics_only",
    "attachment_stub", "other",
}  # fmt: skip
ERAS = {"regulation_2008": 32, "statistics_2014": 32, "format_2019": 32, "format_2021": 32, "precursor": 8}
PROVINCES, PAGES, HARD, ALL = 29, 50, 24, 160
# two reports that share more of their 5-grams, outside tables and titles of laws, are one report with other names
MOST_ALIKE = 0.4


@cache
def samples() -> dict[str, Any]:
    return {path.name: read(path) for path in SAMPLES}


def is_hard(name: str) -> bool:
    return name.startswith("x_")


def test_there_are_enough_of_every_sort() -> None:
    golds = {name: sample.gold for name, sample in samples().items()}
    assert len(golds) >= ALL
    eras = Counter(gold.era for name, gold in golds.items() if not is_hard(name))
    assert {era: count for era, count in ERAS.items() if eras[era] < count} == {}
    assert sum(map(is_hard, golds)) >= HARD
    assert sum(name.endswith(".html") for name in golds) >= PAGES
    assert len({gold.region["province"] for gold in golds.values() if "province" in gold.region}) >= PROVINCES
    assert {gold.level for gold in golds.values()} >= {"nation", "province", "city", "county", "township", "unit"}
    assert KINDS - {gold.kind for gold in golds.values()} == set()


def test_every_kind_of_damage_has_a_sample() -> None:
    named = {noise for sample in samples().values() for noise in re.findall(r"N-\d\d", sample.gold.notes)}
    assert set(NOISE) - named == set()


def prose(sample: Any) -> str:
    lines = (p.text for p in sample.gold.paragraphs if p.label not in ("statistics", "noise", "title"))
    return re.sub(r"《[^《》]{1,60}》|\s", "", "".join(lines))


def test_no_two_are_alike() -> None:
    grams = {}
    for name, sample in samples().items():
        text = prose(sample)
        grams[name] = frozenset(text[i : i + 5] for i in range(len(text) - 4))
    alike = {}
    for (one, ours), (other, theirs) in combinations(grams.items(), 2):
        shared = len(ours & theirs)
        if shared > MOST_ALIKE * (len(ours) + len(theirs) - shared):
            alike[one, other] = shared
    assert alike == {}
