"""More training text from little: names replaced by invented ones, so that no model learns the names of the samples.

A region, a town, a field of work keeps its new name through the whole sample, as it keeps the old one in a report.
"""

from __future__ import annotations

import random
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from ahocorasick_rs import AhoCorasick, MatchKind

from nianbao import regions
from nianbao.catalogue.gazetteer import gazetteer

# characters common in given names, in names that render another language, and in the names of towns and streets
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国志文海燕春梅晓东小林立新永福德生金凤云飞鹏宇浩然"
    "子轩雨欣怡佳慧婷雪琴美玲珍莲荣光辉世昌庆丰长青松柏学武正义守仁忠良家宝树森江河清泉水石山川峰岩旭阳晨曦思远"
    "俊彦少康维民向前利群振兴成功"
)
_RENDERED = "阿巴哈斯木其图力格尔拉吉卓玛扎西热合曼买提"
_TOWN = (
    "安宁和平龙凤太兴隆新民永丰石桥柳河青山白云金沙双泉大湾小岭高坪长塘黄洪泽清溪莲花银杏枫林杨树梅松柏马坊牛角羊场"
    "鹤鸣台州望城"
)
_ROADS = ("路", "大道", "街", "东路", "西路", "南路", "北路", "中路", "大街")
_VILLAGES = ("村", "社区", "工业园", "开发区")
_SEATS = ("", "村委会", "办公楼", "党群服务中心", "便民服务中心", "管委会大楼")
_BUILDINGS = (
    "", "", "", "", "行政中心", "市民中心", "党政大楼", "政务中心", "政府大院", "综合楼", "政务服务中心", "机关大院",
    "办公大楼",
)  # fmt: skip
_NUMERALS = "一二三四五六七八九十"
# 0: a region, 1: a field of work, 2: an invented name
_ACCOUNTS = (
    "{0}发布", "微{0}", "{0}{1}", "{0}{1}", "{0}{1}", "{1}{0}", "健康{0}", "平安{0}", "{0}在线", "中国{0}", "美丽{0}",
    "{0}零距离", "掌上{0}", "{0}之声", "幸福{2}", "{2}之窗",
)  # fmt: skip
_TOWN_NAME = re.compile(r"(?P<name>[一-鿿]{2,4})(?P<kind>镇|乡|街道)(?=人民政府|办事处|党政办|$)")
_TOWN_LEAD = re.compile(r".*[县区市旗府](?=.{2})")  # what of it belongs to a region before the town
_ADDRESS_LEAD = re.compile(r"(?:[一-鿿]{2,9}?(?:自治[州县区]|[省市县区旗])){0,3}(?:[一-鿿]{2,3}(?:镇|乡|街道))?")
_SUFFIXES = "省市县区旗州盟"

# How often, of the names that could be: a body keeps its field of work; a name is one that no gazetteer knows; a
# person is 某; a word before a name, an account, a site, an address is another; an address has no street.
_KEPT, _INVENTED, _MASKED, _OTHER_ROLE, _OTHER_ACCOUNT, _OTHER_SITE, _OTHER_ADDRESS, _NO_STREET = (
    0.4, 0.15, 0.2, 0.6, 0.7, 0.3, 0.7, 0.15,
)  # fmt: skip


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
    taken = bytearray(len(example.shadow))
    for start, end, _ in edits:
        taken[start:end] = b"\1" * (end - start)
    edits += [edit for edit in new.shared() if taken.find(1, edit[0], edit[1]) < 0]
    return rewrite(example, edits)


def rewrite(example: Example, edits: Sequence[Edit]) -> Example:
    """Replaces stretches that do not overlap; one that would cut a name or a line in two is left out."""
    spans = [(start, end) for _, start, end in example.names] + list(example.lines)
    bounds = sorted({offset for span in spans for offset in span})
    kept = sorted(edit for edit in edits if bisect_left(bounds, edit[0] + 1) == bisect_left(bounds, edit[1]))
    ends = [end for _, end, _ in kept]
    grown = [0, *accumulate(len(text) - (end - start) for start, end, text in kept)]
    pieces, last = [], 0
    for start, end, text in kept:
        pieces += [example.shadow[last:start], text]
        last = end

    def moved(start: int, end: int) -> tuple[int, int]:
        return start + grown[bisect_left(ends, start + 1)], end + grown[bisect_left(ends, end + 1)]

    return Example(
        "".join(pieces) + example.shadow[last:],
        tuple((label, *moved(start, end)) for label, start, end in example.names),
        tuple(moved(start, end) for start, end in example.lines),
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What old names are found with, and new ones taken from."""

    regions: AhoCorasick
    by_suffix: dict[str, list[str]]
    fields: AhoCorasick
    role: re.Pattern[str]
    site: re.Pattern[str]
    sites: tuple[str, ...]


@cache
def _known() -> _Known:
    g = gazetteer()
    full = sorted(name for name in regions.names() if len(name) > 2 and name[-1] in _SUFFIXES)
    by_suffix: dict[str, list[str]] = {}
    for name in full:
        by_suffix.setdefault(name[-1], []).append(name)
    endings = [word for words in g.bodies.endings.values() for word in words]  # 人民政府 holds no 民政
    sites = tuple(kind for kind in g.channels.kinds if "网" in kind or "平台" in kind)
    return _Known(
        _matcher(full), by_suffix, _matcher([*g.bodies.fields, *endings]),
        re.compile(f"({_either(g.persons.roles)})[ :]?$"), re.compile(f"(?:{_either(sites)})$"), sites,
    )  # fmt: skip


def _either(words: Sequence[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


def _matcher(words: Sequence[str]) -> AhoCorasick:
    return AhoCorasick(words, matchkind=MatchKind.LeftmostLongest)


class _Names:
    """The new names of one varied sample."""

    def __init__(self, example: Example, rng: random.Random) -> None:
        self.rng, self.example = rng, example
        self.fields: dict[str, str] = {}
        self.swaps: dict[str, str] = {}  # regions and towns, old and new
        for name in dict.fromkeys(_known().regions.find_matches_as_strings(example.shadow)):
            new = rng.choice(_known().by_suffix[name[-1]])
            if rng.random() < _INVENTED:
                new = self.some(_TOWN, 2) + name[-1]
            self.swaps.setdefault(name, new)
            if not name[:-1].endswith("自治"):
                self.swaps.setdefault(name[:-1], new[:-1])
        self.stem = next((new for old, new in self.swaps.items() if old[-1] not in _SUFFIXES), "临江")
        for label, start, end in example.names:
            town = _TOWN_NAME.search(example.shadow, start, end) if label == "AGENCY" else None
            if town and not any(region.endswith(town["name"]) for region in self.swaps):
                name = _TOWN_LEAD.sub("", town["name"])
                self.swaps.setdefault(name + town["kind"], self.some(_TOWN, rng.choice((2, 2, 2, 3))) + town["kind"])

    def some(self, characters: str, count: int) -> str:
        """A name of so many characters."""
        return "".join(self.rng.choice(characters) for _ in range(count))

    def own(self, label: str, start: int, end: int) -> Iterator[Edit]:
        """What is new in one mention alone: the person, the account, the address, a body's field of work."""
        rng, text, known = self.rng, self.example.shadow[start:end], _known()
        if label == "PERSON":
            yield start, end, self.person(text)
            role = known.role.search(self.example.shadow, max(0, start - 8), start)
            if role and rng.random() < _OTHER_ROLE:
                yield *role.span(1), rng.choice(gazetteer().persons.roles)
        elif label == "ADDRESS" and rng.random() < _OTHER_ADDRESS:
            yield start, end, self.address(text)
        elif label == "CHANNEL" and self.example.shadow[start - 1] in '“"' and rng.random() < _OTHER_ACCOUNT:
            yield start, end, rng.choice(_ACCOUNTS).format(self.stem, self.field(), self.some(_TOWN, 2))
        elif label == "CHANNEL" and (site := known.site.search(text)) and rng.random() < _OTHER_SITE:
            yield start + site.start(), end, rng.choice(known.sites)
        elif label == "AGENCY":
            fields = gazetteer().bodies.fields
            for index, at, to in known.fields.find_matches_as_indexes(text):
                if index < len(fields) and to < len(text):
                    old = fields[index]
                    new = self.fields.setdefault(old, old if rng.random() < _KEPT else self.field())
                    yield start + at, start + to, new

    def shared(self) -> Iterator[Edit]:
        """Regions and towns, wherever they stand."""
        old, new = list(self.swaps), list(self.swaps.values())
        if old:
            for index, start, end in _matcher(old).find_matches_as_indexes(self.example.shadow):
                yield start, end, new[index]

    def field(self) -> str:
        """A field of work."""
        if self.rng.random() < _INVENTED:
            return self.some(_TOWN, self.rng.choice((2, 3, 4)))
        return self.rng.choice(gazetteer().bodies.fields)

    def person(self, old: str) -> str:
        """A person; who is 某 stays 某."""
        surname = self.rng.choice(gazetteer().persons.surnames[: self.rng.choice((100, 400))])
        kind = self.rng.random()
        if "某" in old:
            return surname + old[1:]
        if kind < _MASKED:
            return surname + self.rng.choice(("某", "某某"))
        if kind < _MASKED + 0.06:
            return self.some(_RENDERED, self.rng.choice((4, 4, 5)))
        return surname + self.some(_GIVEN, self.rng.choice((1, 2, 2, 2)))

    def address(self, old: str) -> str:
        """The regions of the old address under their new names, then a street or a village, a house, a room."""
        rng, lead = self.rng, _ADDRESS_LEAD.match(old)
        out = (lead[0] if lead else "") or f"{self.stem}县"
        for name in sorted(self.swaps, key=len, reverse=True):
            out = out.replace(name, self.swaps[name])
        floor = rng.choice(("", "", f"{rng.choice(_NUMERALS)}楼", f"{rng.randint(1, 22)}楼"))
        if rng.random() < _NO_STREET:
            return out + self.some(_TOWN, 2) + rng.choice(_VILLAGES) + rng.choice(_SEATS) + floor
        street = rng.choice((self.some(_TOWN, 2), self.some(_TOWN, 2), self.stem, "人民", "建设", "解放"))
        number = rng.choice((str(rng.randint(1, 2600)), str(rng.randint(1, 99)), self.some(_NUMERALS, 2)))
        more = rng.choice(("号", "号", "号", f"号{rng.randint(1, 20)}号楼", "号院"))
        house = rng.choice((number + more, number + more, number + more, "中段", ""))
        room = rng.choice(("", "", f"{rng.randint(100, 2300)}室", f"{rng.randint(2, 9)}层{rng.randint(100, 999)}房间"))
        return out + street + rng.choice(_ROADS) + house + rng.choice(_BUILDINGS) + (room or floor)
