"""Other names for a report: its region, its agency, towns, fields of work, persons, accounts, addresses.

A name keeps its new form through the whole report, as it keeps the old one. With a region given, province, city and
county are replaced together by ones that belong together.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from ahocorasick_rs import AhoCorasick, MatchKind

from nianbao import regions
from nianbao.catalogue.gazetteer import gazetteer
from nianbao.train.generate.edits import Edit, EditLog

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


_LEVELS = ("province", "city", "county")


@cache
def _places() -> Mapping[tuple[str, ...], Sequence[regions.Place]]:
    """The places of today by the last characters of the names of their levels."""
    out: dict[tuple[str, ...], list[regions.Place]] = {}
    for name in sorted(regions.names()):
        for place in regions.places(name):
            if place.name == name and place.last == regions.LAST:
                out.setdefault(_ends(regions.chain(place)), []).append(place)
    return out


def _ends(names: Sequence[str | None]) -> tuple[str, ...]:
    return tuple((name or "")[-1:] for name in names)


@dataclass(frozen=True, slots=True)
class _Known:
    """What old names are found with, and new ones taken from."""

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
        by_suffix, _matcher([*g.bodies.fields, *endings]),
        re.compile(f"({_either(g.persons.roles)})[ :]?$"), re.compile(f"(?:{_either(sites)})$"), sites,
    )  # fmt: skip


def _either(words: Sequence[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


def _matcher(words: Sequence[str]) -> AhoCorasick:
    return AhoCorasick(words, matchkind=MatchKind.LeftmostLongest)


class Names:
    """The new names of one report.

    Attributes:
      place: where the report's agency now sits; None where no region was given.
      region: the new names of the region's levels.
    """

    def __init__(
        self,
        text: str,
        names: Sequence[tuple[str, int, int]],
        rng: random.Random,
        *,
        region: Mapping[str, str] | None = None,
        addresses: Sequence[str] | None = None,
        bodies: Sequence[str] = (),
        year: int | None = None,
    ) -> None:
        """Chooses names for a text.

        Args:
          text: the report.
          names: its names: label, start, end.
          rng: what is drawn from.
          region: the region of its agency by level (`province`, `city`, `county`); none: places change one by one.
          addresses: those that may be replaced as a whole; none: all.
          bodies: further names of bodies.
          year: of the names of regions.
        """
        self.rng, self.text, self.names, self.addresses = rng, text, names, addresses
        self.fields: dict[str, str] = {}
        self.given: dict[tuple[str, str], str] = {}  # persons and addresses
        self.swaps: dict[str, str] = {}  # regions, towns and bodies, old and new
        self._old, self._new = _matcher([]), list[str]()
        self.place: regions.Place | None = None
        self.region = dict(region or {})
        if region:
            self._move(region, year)
        self._move_others()
        self.stem = next((new for old, new in self.swaps.items() if old[-1] not in _SUFFIXES), "临江")
        self._rename_towns()
        every = {*bodies, *(text[start:end] for label, start, end in names if label == "AGENCY")}
        self.swaps |= {body: self.renamed(body) for body in sorted(every) if len(body) > 3}
        if township := self.region.get("township"):
            self.region["township"] = self.told(township)

    def _move(self, region: Mapping[str, str], year: int | None) -> None:
        """Takes another place of the same levels, whose names end as those of the old one do."""
        old = tuple(region.get(level) for level in _LEVELS)
        others = [place for place in _places().get(_ends(old), ()) if place.name not in old]
        if not others:
            return
        self.place = regions.place_of(self.rng.choice(others).code, year)
        new = regions.chain(self.place, year) if self.place else old
        if not self.place or self.place.first > (year or regions.LAST) or _ends(new) != _ends(old):
            self.place, new = None, old  # it was another place then
        for level, before, after in zip(_LEVELS, old, new, strict=True):
            if before and after:
                self._swap(before, after)
                self.region[level] = after

    def _move_others(self) -> None:
        """Replaces the regions that are not those of the agency; some by places that no gazetteer knows."""
        for name in regions.find_names(self.text):
            if len(name) < 3 or name[-1] not in _known().by_suffix:
                continue
            new = self.rng.choice(_known().by_suffix[name[-1]])
            if self.rng.random() < _INVENTED:
                new = self.some(_TOWN, 2) + name[-1]
            self._swap(name, new)

    def _swap(self, old: str, new: str) -> None:
        self.swaps.setdefault(old, new)
        if not old[:-1].endswith("自治") and len(old) > 2:
            self.swaps.setdefault(old[:-1], new[:-1])

    def _rename_towns(self) -> None:
        for label, start, end in self.names:
            town = _TOWN_NAME.search(self.text, start, end) if label == "AGENCY" else None
            if town and not any(region.endswith(town["name"]) for region in self.swaps):
                name = _TOWN_LEAD.sub("", town["name"])
                new = self.some(_TOWN, self.rng.choice((2, 2, 2, 3)))
                self.swaps.setdefault(name + town["kind"], new + town["kind"])

    def some(self, characters: str, count: int) -> str:
        """A name of so many characters."""
        return "".join(self.rng.choice(characters) for _ in range(count))

    def edits(self) -> list[Edit]:
        """What to change in the text."""
        found = [edit for label, start, end in self.names for edit in self._own(label, start, end)]
        taken = bytearray(len(self.text))
        for start, end, _ in found:
            taken[start:end] = b"\1" * (end - start)
        return found + [edit for edit in self._shared(self.text) if taken.find(1, edit[0], edit[1]) < 0]

    def told(self, text: str) -> str:
        """Another text of the same report under the new names."""
        for (_, old), new in self.given.items():
            if old == text:
                return new
        return EditLog(text, self._shared(text)).text

    def renamed(self, body: str) -> str:
        """A body's name with its region and its field of work replaced."""
        edits = [(start, end, new) for start, end, new in self._fields(body)]
        taken = {i for start, end, _ in edits for i in range(start, end)}
        edits += [edit for edit in self._shared(body) if taken.isdisjoint(range(edit[0], edit[1]))]
        return EditLog(body, edits).text

    def _own(self, label: str, start: int, end: int) -> Iterator[Edit]:
        """What is new in one mention alone: the person, the account, the address, a short body's field of work."""
        rng, text, known = self.rng, self.text[start:end], _known()
        if label == "PERSON":
            if (label, text) not in self.given:
                self.given[label, text] = self.person(text)
            yield start, end, self.given[label, text]
            role = known.role.search(self.text, max(0, start - 8), start)
            if role and rng.random() < _OTHER_ROLE:
                yield *role.span(1), rng.choice(gazetteer().persons.roles)
        elif label == "ADDRESS" and (self.addresses is None or text in self.addresses):
            if (label, text) not in self.given and rng.random() < _OTHER_ADDRESS:
                self.given[label, text] = self.address(text)
            if (label, text) in self.given:
                yield start, end, self.given[label, text]
        elif label == "CHANNEL" and self.text[start - 1] in '“"' and rng.random() < _OTHER_ACCOUNT:
            yield start, end, rng.choice(_ACCOUNTS).format(self.stem, self.field(), self.some(_TOWN, 2))
        elif label == "CHANNEL" and (site := known.site.search(text)) and rng.random() < _OTHER_SITE:
            yield start + site.start(), end, rng.choice(known.sites)
        elif label == "AGENCY" and text not in self.swaps:
            yield from ((start + at, start + to, new) for at, to, new in self._fields(text))

    def _fields(self, body: str) -> Iterator[Edit]:
        fields = gazetteer().bodies.fields
        for index, at, to in _known().fields.find_matches_as_indexes(body):
            if index < len(fields) and to < len(body):
                old = fields[index]
                new = self.fields.setdefault(old, old if self.rng.random() < _KEPT else self.field())
                yield at, to, new

    def _shared(self, text: str) -> Iterator[Edit]:
        """Regions, towns and bodies, wherever they stand."""
        if len(self.swaps) != len(self._new):
            self._old, self._new = _matcher(list(self.swaps)), list(self.swaps.values())
        if self._new:
            for index, start, end in self._old.find_matches_as_indexes(text):
                yield start, end, self._new[index]

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
