"""The table of divisions, names in texts, and what evidence says about places."""

import re
from collections import defaultdict
from importlib.resources import files
from itertools import pairwise

import pytest

from nianbao import regions
from nianbao.regions import (
    FIRST,
    LAST,
    Hints,
    Place,
    chain,
    find_names,
    narrow,
    place_of,
    places,
    predecessors,
    successors,
)


@pytest.fixture(scope="module")
def table() -> list[Place]:
    """Every place of the table."""
    return sorted({place for name in regions.names() for place in places(name)})


def test_table_is_sound(table: list[Place]) -> None:
    by_code = defaultdict(list)
    for place in table:
        assert re.fullmatch("[1-8][0-9]{5}", place.code)
        assert FIRST <= place.first <= place.last <= LAST
        assert bool(successors(place)) == bool(place.successor), place
        by_code[place.code].append(place)
    for same in by_code.values():
        spans = sorted((p.first, p.last) for p in same)
        assert all(a[1] < b[0] for a, b in pairwise(spans)), same


def test_every_place_lies_in_places_of_its_years(table: list[Place]) -> None:
    for place in table:
        for code in regions.lineage(place.code)[:-1]:
            for year in (place.first, place.last):
                upper = place_of(code, year)
                assert upper is not None
                assert upper.first <= year <= upper.last, (place, code)


def test_table_covers_the_country(table: list[Place]) -> None:
    now = [p for p in table if p.last == LAST]
    levels = [p.level for p in now]
    assert (levels.count("province"), levels.count("city")) == (34, 333)
    assert 2840 < levels.count("county") < 2860
    assert all(len(name) > 1 for p in table for name in (p.name, *p.short))


def test_table_is_small() -> None:
    assert len((files("nianbao.catalogue") / "regions.tsv").read_bytes()) < 200_000


@pytest.mark.parametrize(
    ("name", "year", "expected"),
    [
        ("柳北区", None, [("广西壮族自治区", "柳州市", "柳北区")]),
        ("柳北", None, [("广西壮族自治区", "柳州市", "柳北区")]),
        ("广西", None, [("广西壮族自治区", None, None)]),
        ("内蒙", None, [("内蒙古自治区", None, None)]),
        ("克旗", None, [("内蒙古自治区", "赤峰市", "克什克腾旗")]),
        ("门源县", None, [("青海省", "海北藏族自治州", "门源回族自治县")]),
        ("白沙黎族自治县", 2017, [("海南省", None, "白沙黎族自治县")]),
        ("浦东新区", None, [("上海市", None, "浦东新区")]),
        ("神农架林区", None, [("湖北省", None, "神农架林区")]),
        ("东莞市", None, [("广东省", "东莞市", None)]),
        ("河东区", None, [("天津市", None, "河东区"), ("山东省", "临沂市", "河东区")]),
        # a county of this name until 2010, then part of the city of this name, then again a county
        ("巢湖市", 2009, [("安徽省", "巢湖市", None)]),
        ("巢湖市", 2015, [("安徽省", "合肥市", "巢湖市")]),
        ("哈密市", 2010, [("新疆维吾尔自治区", "哈密地区", "哈密市")]),
        ("哈密市", 2020, [("新疆维吾尔自治区", "哈密市", None)]),
        # abolished before the year asked for: the nearest
        ("崇文区", 2015, [("北京市", None, "崇文区")]),
        ("简阳市", 2012, [("四川省", "资阳市", "简阳市")]),
        ("简阳市", 2019, [("四川省", "成都市", "简阳市")]),
        # everyday words are no short names
        ("公安", None, []),
        ("和平", None, []),
        ("惠民", None, []),
        ("无此地", None, []),
    ],
)
def test_places(name: str, year: int | None, expected: list[tuple[str | None, ...]]) -> None:
    assert [chain(p) for p in places(name, year)] == expected


@pytest.mark.parametrize(
    ("code", "year", "name"),
    [
        ("420600", 2009, "襄樊市"),
        ("420600", 2010, "襄阳市"),
        ("420600", None, "襄阳市"),
        ("610928", 2030, "旬阳县"),
        ("999999", None, None),
    ],
)
def test_place_of(code: str, year: int | None, name: str | None) -> None:
    place = place_of(code, year)
    assert (place.name if place else None) == name


def test_chain_names_the_upper_levels_as_of_the_year() -> None:
    (county,) = places("襄城区")
    assert chain(county, 2008) == ("湖北省", "襄樊市", "襄城区")
    assert chain(county) == ("湖北省", "襄阳市", "襄城区")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("崇文区", "东城区"),
        ("蓟县", "蓟州区"),
        ("旬阳县", "旬阳市"),
        ("襄樊市", "襄阳市"),
        ("梅列区", "三元区"),
        ("南汇区", "浦东新区"),
    ],
)
def test_succession(old: str, new: str) -> None:
    (before,) = places(old)
    (after,) = successors(before)
    assert after.name == new
    assert after.first <= before.last + 1 <= after.last
    assert before in predecessors(after)


def test_what_was_divided_up_has_no_successor() -> None:
    assert successors(places("邯郸县")[0]) == ()
    assert predecessors(places("邯山区")[0]) == ()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("0772", {"柳州市", "来宾市"}),
        ("010", {"北京市"}),
        ("0898", {"海南省"}),
        ("0728", {"仙桃市", "潜江市", "天门市"}),
        ("0733", {"株洲市"}),
        ("0000", set()),
    ],
)
def test_area_codes(code: str, expected: set[str]) -> None:
    assert {p.name for p in regions.area_code_places(code)} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("广西壮族自治区柳州市柳北区,地址在柳州市", {"广西壮族自治区": 1, "柳州市": 2, "柳北区": 1}),
        ("广西柳州的报告", {"广西": 1, "柳州": 1}),
        # chance neighbours
        ("政府信息公开平台和政府网站,行政和司法,办理县级事项,档案馆和县图书馆", {}),
        ("位于北京路12号、南京东路和柳州大道", {}),
        ("在歙县,黄山市歙县", {"歙县": 2, "黄山市": 1}),
        ("新县人民政府", {"新县": 1}),
        ("最新县城规划", {}),
        ("市公安局", {}),
        ("", {}),
    ],
)
def test_find_names(text: str, expected: dict[str, int]) -> None:
    assert find_names(text) == expected


@pytest.mark.parametrize(
    ("hints", "expected"),
    [
        (Hints(), {"天津市", "山东省"}),
        (Hints(text_names={"天津": 2}), {"天津市"}),
        (Hints(text_names={"临沂市": 3, "天津": 1}), {"山东省"}),
        # the text goes before the telephone, that before the postcode, that before the host
        (Hints(text_names={"天津市": 1}, area_codes=("0539",)), {"天津市"}),
        (Hints(area_codes=("0539",), postcodes=("300171",)), {"山东省"}),
        (Hints(postcodes=("300171",), hosts=("www.sd.gov.cn",)), {"天津市"}),
        (Hints(hosts=("www.hedong.tj.gov.cn",)), {"天津市"}),
        (Hints(area_codes=("0772",), postcodes=("545000",)), {"天津市", "山东省"}),
    ],
)
def test_narrow(hints: Hints, expected: set[str]) -> None:
    assert {chain(p)[0] for p in narrow(places("河东区"), hints)} == expected


def test_narrow_of_nothing() -> None:
    assert narrow((), Hints(area_codes=("010",))) == ()
