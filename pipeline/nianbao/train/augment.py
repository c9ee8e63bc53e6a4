"""More training text from little: names replaced by invented ones, so that no model learns them by heart.

A region, a town, a field of work keeps its new name through the whole sample, as it keeps the old one in a report.
"""

from __future__ import annotations

import random
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from ahocorasick_rs import AhoCorasick, MatchKind

from nianbao import regions
from nianbao.catalogue.gazetteer import gazetteer

# characters common in given names, and in the names of towns, streets and villages
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国志"
    "文海燕春梅晓东小林立新永福德生金凤云飞鹏宇浩然子轩雨欣怡佳慧"
    "婷雪琴美玲珍莲荣光辉世昌庆丰长青松柏学武正义守仁忠良家宝树森"
    "江河清泉水石山川峰岩旭阳晨曦思远俊彦少康维民向前利群振兴成功"
)
_TOWN = (
    "安宁和平龙凤太兴隆新民永丰石桥柳河青山白云金沙双泉大湾小岭高"
    "坪长塘黄洪泽清溪莲花银杏枫林杨树梅松柏马坊牛角羊场鹤鸣台州望城"
)
_ROADS = ("路", "大道", "街", "东路", "西路", "南路", "北路", "中路", "大街")
_BUILDINGS = (
    "", "", "", "", "行政中心", "市民中心",
    "党政大楼", "政务中心", "政府大院", "综合楼", "政务服务中心", "机关大院", "办公大楼",
)  # fmt: skip
_ACCOUNTS = (
    "{0}发布", "微{0}", "{0}{1}", "{0}{1}", "{0}{1}", "{1}{0}",
    "健康{0}", "平安{0}", "{0}在线", "中国{0}", "美丽{0}", "{0}零距离",
    "掌上{0}", "{0}之声", "幸福{2}", "{2}之窗",
)  # fmt: skip
_TOWN_NAME = re.compile(r"([一-鿿]{2,4})(?:镇|乡|街道)(?=人民政府|办事处|党政办|$)")
_KEEP_FIELD = 0.4  # how often a body keeps its field of work
_INVENTED = 0.15  # how often a name is one that no gazetteer knows


@dataclass(frozen=True, slots=True)
class Example:
    """A text with the names in it (label, start, end) and the lines (start, end) whose names are annotated."""

    shadow: str
    names: tuple[tuple[str, int, int], ...]
    lines: tuple[tuple[int, int], ...]


Edit = tuple[int, int, str]


def varied(example: Example, rng: random.Random) -> Example:
    """The example with other regions, towns, fields of work, persons, accounts and addresses."""
    new = _Names(example, rng)
    edits = [edit for label, start, end in example.names for edit in new.own(label, start, end)]
    free = bytearray(b"\1" * len(example.shadow))
    for start, end, _ in edits:
        free[start:end] = b"\0" * (end - start)
    for start, end, text in new.shared():
        if all(free[start:end]):
            edits.append((start, end, text))
            free[start:end] = b"\0" * (end - start)
    return rewrite(example, edits)


def rewrite(example: Example, edits: list[Edit]) -> Example:
    """Replaces stretches that do not overlap; one that would cut a name or a line in two is left out."""
    marks = [(start, end) for _, start, end in example.names] + list(example.lines)
    bounds = sorted({offset for span in marks for offset in span})
    edits = sorted(e for e in edits if bisect_left(bounds, e[0] + 1) == bisect_left(bounds, e[1]))
    ends = [end for _, end, _ in edits]
    grown = [0, *accumulate(len(text) - (end - start) for start, end, text in edits)]
    pieces, last = [], 0
    for start, end, text in edits:
        pieces += [example.shadow[last:start], text]
        last = end

    def moved(start: int, end: int) -> tuple[int, int]:
        return start + grown[bisect_left(ends, start + 1)], end + grown[bisect_left(ends, end + 1)]

    return Example(
        "".join(pieces) + example.shadow[last:],
        tuple((label, *moved(start, end)) for label, start, end in example.names),
        tuple(moved(start, end) for start, end in example.lines),
    )


@cache
def _known() -> tuple[AhoCorasick, dict[str, list[str]], AhoCorasick, tuple[str, ...]]:
    """Matchers of region names and of fields of work; region names by their last character."""
    by_suffix: dict[str, list[str]] = {}
    full = sorted(n for n in regions.names() if len(n) > 2 and n[-1] in "省市县区旗州盟")
    for name in full:
        by_suffix.setdefault(name[-1], []).append(name)
    bodies = gazetteer().bodies
    whole = [word for words in bodies.endings.values() for word in words]  # 人民政府 holds no 民政
    return _matcher(full), by_suffix, _matcher([*bodies.fields, *whole]), bodies.fields


@cache
def _role() -> re.Pattern[str]:
    return re.compile(f"({'|'.join(sorted(gazetteer().persons.roles, key=len, reverse=True))})[ :]?$")


@cache
def _site() -> re.Pattern[str]:
    return re.compile(
        f"(?:{'|'.join(sorted((k for k in gazetteer().channels.kinds if '网' in k), key=len, reverse=True))})$"
    )


def _matcher(words: tuple[str, ...] | list[str]) -> AhoCorasick:
    return AhoCorasick(words, matchkind=MatchKind.LeftmostLongest)


class _Names:
    """The new names of one varied sample."""

    def __init__(self, example: Example, rng: random.Random) -> None:
        self.rng, self.example = rng, example
        self.swaps: dict[str, str] = {}  # regions and towns
        self.fields: dict[str, str] = {}
        regions_in, by_suffix, _, _ = _known()
        for name in dict.fromkeys(regions_in.find_matches_as_strings(example.shadow)):
            new = rng.choice(by_suffix[name[-1]])
            if rng.random() < _INVENTED:
                new = self.some(_TOWN, 2) + name[-1]
            self.swaps.setdefault(name, new)
            if len(name) > 2 and name[-3:-1] != "自治":
                self.swaps.setdefault(name[:-1], new[:-1] if len(new) > 2 else new)
        self.stem = next((new for old, new in self.swaps.items() if old[-1] not in "省市县区旗州盟"), "临江")
        for label, start, end in example.names:
            town = _TOWN_NAME.search(example.shadow, start, end) if label == "AGENCY" else None
            if town and not any(name.endswith(town[1]) for name in self.swaps):
                name = next(
                    (town[1][i + 1 :] for i, c in enumerate(town[1]) if c in "县区市旗府" and i + 2 < len(town[1])),
                    town[1],
                )
                self.swaps.setdefault(
                    name + town[0][len(town[1]) :], self.some(_TOWN, rng.choice((2, 2, 2, 3))) + town[0][len(town[1]) :]
                )

    def some(self, characters: str, count: int) -> str:
        return "".join(self.rng.choice(characters) for _ in range(count))

    def own(self, label: str, start: int, end: int) -> Iterator[Edit]:
        """What is new in one mention alone: the person, the account, the address, a body's field of work."""
        text = self.example.shadow[start:end]
        if label == "PERSON":
            yield start, end, self.person(text)
            role = _role().search(self.example.shadow, max(0, start - 8), start)
            if role and self.rng.random() < 0.6:
                yield role.start(1), role.end(1), self.rng.choice(gazetteer().persons.roles)
        elif label == "ADDRESS" and self.rng.random() < 0.7:
            yield start, end, self.address(text)
        elif label == "CHANNEL" and self.example.shadow[start - 1] in '“"' and self.rng.random() < 0.7:
            yield start, end, self.rng.choice(_ACCOUNTS).format(self.stem, self.field(), self.some(_TOWN, 2))
        elif label == "CHANNEL" and (site := _site().search(text)) and self.rng.random() < 0.3:
            yield (
                start + site.start(),
                end,
                self.rng.choice([k for k in gazetteer().channels.kinds if "网" in k or "平台" in k]),
            )
        elif label == "AGENCY":
            fields = _known()[3]
            for index, at, to in _known()[2].find_matches_as_indexes(text):
                if index < len(fields) and to < len(text):
                    old = fields[index]
                    new = self.fields.setdefault(old, old if self.rng.random() < _KEEP_FIELD else self.field())
                    yield start + at, start + to, new

    def shared(self) -> Iterator[Edit]:
        """Regions and towns, wherever they stand."""
        if self.swaps:
            for index, start, end in _matcher(list(self.swaps)).find_matches_as_indexes(self.example.shadow):
                yield start, end, list(self.swaps.values())[index]

    def field(self) -> str:
        if self.rng.random() < _INVENTED:
            return self.some(_TOWN, self.rng.choice((2, 3, 4)))
        return self.rng.choice(_known()[3])

    def person(self, old: str) -> str:
        surname = self.rng.choice(gazetteer().persons.surnames[: self.rng.choice((100, 400))])
        if "某" in old:
            return surname + old[1:]
        kind = self.rng.random()
        if kind > 0.88:
            return surname + self.rng.choice(("某", "某某"))
        if kind < 0.06:
            return self.some("阿巴哈斯木其图力格尔拉吉卓玛扎西热合曼买提", self.rng.choice((4, 4, 5)))
        return surname + self.some(_GIVEN, 1 if kind < 0.3 else 2)

    def address(self, old: str) -> str:
        """A place with a street, a number, now and then a building and a room, in one of the usual forms."""
        rng = self.rng
        prefix = re.match(r"(?:[一-鿿]{2,9}?(?:自治[州县区]|[省市县区旗])){0,3}(?:[一-鿿]{2,3}(?:镇|乡|街道))?", old)
        out = (prefix[0] if prefix else "") or f"{self.stem}县"
        for name in sorted(self.swaps, key=len, reverse=True):
            out = out.replace(name, self.swaps[name])
        number = rng.choice((str(rng.randint(1, 2600)), str(rng.randint(1, 99)), rng.choice(("六十", "二十三", "八"))))
        out += rng.choice((self.some(_TOWN, 2), self.some(_TOWN, 2), self.stem, "人民", "建设", "解放")) + rng.choice(
            _ROADS
        )
        out += rng.choice(
            (
                f"{number}号",
                f"{number}号",
                f"{number}号",
                "中段",
                f"{number}号{rng.randint(1, 20)}号楼",
                f"{number}号院",
                "",
            )
        )
        out += rng.choice(_BUILDINGS)
        return out + rng.choice(
            (
                "",
                "",
                f"{rng.randint(1, 22)}楼",
                f"{rng.randint(100, 2300)}室",
                f"{rng.choice('一二三四五六')}楼",
                f"{rng.randint(2, 9)}层{rng.randint(100, 999)}房间",
            )
        )
