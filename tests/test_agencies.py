"""Bodies by their names: region, level, kind, id; what hints decide and what stays open; what became of a body."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nianbao.agencies import identify
from nianbao.catalogue.agencies import agencies
from nianbao.regions import Hints

NONE = Hints()


def region(name: str, year: int | None = 2018, hints: Hints = NONE) -> str:
    """Province/city/county/township of a body, - for what is not known."""
    found = identify(name, year, hints).region
    return "/".join(found.get(level, "-") for level in ("province", "city", "county", "township"))


@pytest.mark.parametrize(
    ("name", "expected", "level", "kind"),
    [
        ("柳北区工业和信息化局", "广西壮族自治区/柳州市/柳北区/-", "county", "department"),
        ("广西柳州市柳北区教育局", "广西壮族自治区/柳州市/柳北区/-", "county", "department"),
        ("昆明市呈贡区教育体育局", "云南省/昆明市/呈贡区/-", "county", "department"),
        ("黑龙江省公安厅", "黑龙江省/-/-/-", "province", "department"),
        ("广西公安厅", "广西壮族自治区/-/-/-", "province", "department"),
        ("青岛市市南区人民政府", "山东省/青岛市/市南区/-", "county", "government"),
        ("公安县公安局", "湖北省/荆州市/公安县/-", "county", "department"),
        ("新县人民政府办公室", "河南省/信阳市/新县/-", "county", "office"),
        ("神农架林区人民政府", "湖北省/-/神农架林区/-", "county", "government"),
        ("阳泉市矿区人民政府", "山西省/阳泉市/矿区/-", "county", "government"),
        ("克什克腾旗农牧局", "内蒙古自治区/赤峰市/克什克腾旗/-", "county", "department"),
        ("锡林郭勒盟行政公署", "内蒙古自治区/锡林郭勒盟/-/-", "city", "government"),
        ("恩施州教育局", "湖北省/恩施土家族苗族自治州/-/-", "city", "department"),
        ("恩施市教育局", "湖北省/恩施土家族苗族自治州/恩施市/-", "county", "department"),
        ("仙桃市教育局", "湖北省/-/仙桃市/-", "county", "department"),
        ("加格达奇区人民政府", "黑龙江省/大兴安岭地区/加格达奇区/-", "county", "government"),
        # towns and streets
        ("歙县深渡镇人民政府", "安徽省/黄山市/歙县/深渡镇", "township", "township"),
        ("东莞市虎门镇人民政府", "广东省/东莞市/-/虎门镇", "township", "township"),
        ("天津市河东区人民政府大王庄街道办事处", "天津市/-/河东区/大王庄街道", "township", "street"),
        ("广州市番禺区市桥街道办事处", "广东省/广州市/番禺区/市桥街道", "township", "street"),
        ("和平街道办事处", "-/-/-/和平街道", "township", "street"),
        ("北京路街道办事处", "-/-/-/北京路街道", "township", "street"),
        ("大连湾街道办事处", "-/-/-/大连湾街道", "township", "street"),
        ("住房和城乡建设局", "-/-/-/-", None, "department"),
        ("乡村振兴局", "-/-/-/-", None, "department"),
        ("市场监督管理局", "-/-/-/-", None, "department"),
        # bodies of the State and their branches
        ("中华人民共和国教育部", "-/-/-/-", "nation", "department"),
        ("国家税务总局", "-/-/-/-", "nation", "department"),
        ("国务院办公厅", "-/-/-/-", "nation", "office"),
        ("国家税务总局歙县税务局", "安徽省/黄山市/歙县/-", "county", "department"),
        ("国家统计局柳州调查队", "广西壮族自治区/柳州市/-/-", "city", "department"),
        ("中华人民共和国南宁海关", "广西壮族自治区/南宁市/-/-", "city", "department"),
        ("柳州市公安局柳北分局", "广西壮族自治区/柳州市/柳北区/-", "county", "department"),
        # zones, the corps, courts
        ("柳州高新技术产业开发区管理委员会", "广西壮族自治区/柳州市/-/-", "county", "park"),
        ("河北雄安新区管理委员会", "河北省/-/-/-", "city", "park"),
        ("中国(广西)自由贸易试验区管理委员会", "广西壮族自治区/-/-/-", "city", "park"),
        ("新疆生产建设兵团", "新疆维吾尔自治区/-/-/-", "province", "government"),
        ("新疆生产建设兵团第八师石河子市", "新疆维吾尔自治区/-/石河子市/-", "city", "government"),
        ("新疆生产建设兵团第一师十团", "新疆维吾尔自治区/-/-/-", "county", "government"),
        ("柳北区人民法院", "广西壮族自治区/柳州市/柳北区/-", "county", "court"),
        # units below the administration, and organs that sound like them
        ("昆明市第一中学", "云南省/昆明市/-/-", "unit", "institution"),
        ("柳州市政务服务中心", "广西壮族自治区/柳州市/-/-", "unit", "institution"),
        ("柳州银行股份有限公司", "广西壮族自治区/柳州市/-/-", "unit", "enterprise"),
        ("防城港市行政审批局", "广西壮族自治区/防城港市/-/-", "city", "department"),
        ("柳州市残联", "广西壮族自治区/柳州市/-/-", "city", "institution"),
    ],
)
def test_region_level_kind(name: str, expected: str, level: str | None, kind: str) -> None:
    found = identify(name, 2018, NONE)
    assert (region(name), found.level, found.kind) == (expected, level, kind)


@pytest.mark.parametrize(
    ("spellings", "id_"),
    [
        (
            ["柳北区工信局", "柳北工信局", "柳州市柳北区工业和信息化局", "广西柳州市柳北区工业与信息化局"],
            "450205:柳北区工业和信息化局",
        ),
        (["柳北区政府", "柳北区人民政府", "柳北区", "广西壮族自治区柳州市柳北区人民政府"], "450205:柳北区人民政府"),
        (["柳北区政府办", "柳北区府办", "柳北区人民政府办公室"], "450205:柳北区人民政府办公室"),
        (["柳州市发改委", "柳州市发展改革委", "柳州市发展和改革委员会"], "450200:柳州市发展和改革委员会"),
        (["柳州市国资委", "柳州市人民政府国有资产监督管理委员会"], "450200:柳州市国有资产监督管理委员会"),
        (["歙县深渡镇", "歙县深渡镇政府", "黄山市歙县深渡镇人民政府"], "341021:歙县深渡镇人民政府"),
        (["芗城区通北街道", "芗城区通北街道办", "漳州市芗城区人民政府通北街道办事处"], "350602:芗城区通北街道办事处"),
        (["克旗农牧局", "克什克腾旗农牧局"], "150425:克什克腾旗农牧局"),
        (["柳州市行政审批局(柳州市政务服务管理局)", "柳州市审批局"], "450200:柳州市行政审批局"),
        (["长阳自治县政府", "长阳县政府", "长阳土家族自治县人民政府"], "420528:长阳土家族自治县人民政府"),
        (["柳州市高新区管委会", "柳州高新技术产业开发区管理委员会"], "450200:柳州市高新技术产业开发区管理委员会"),
        (["国家卫健委", "国家卫生健康委员会"], "000000:国家卫生健康委员会"),
        (["体育总局", "国家体育总局"], "000000:国家体育总局"),
        (["南宁海关", "中华人民共和国南宁海关"], "450100:南宁海关"),
    ],
)
def test_one_id_for_all_spellings(spellings: list[str], id_: str) -> None:
    assert {identify(s, 2018, NONE).id for s in spellings} == {id_}


@pytest.mark.parametrize(
    ("name", "year", "code"),
    [
        ("哈密市教育局", 2010, "652201"),
        ("哈密市教育局", 2020, "650500"),
        ("芒康县教育局", 2012, "542129"),
        ("芒康县教育局", None, "540328"),
        ("旬阳县人民政府", 2010, "610928"),
        ("崇文区人民政府", 2008, "110103"),
        # a page brought to a new site under the new name
        ("柳江区教育局", 2010, "450206"),
    ],
)
def test_code_as_of_the_year(name: str, year: int | None, code: str) -> None:
    assert identify(name, year, NONE).region["code"] == code


@pytest.mark.parametrize(
    ("name", "hints", "expected"),
    [
        ("河东区人民政府", Hints(text_names={"天津市": 2}), "天津市/-/河东区/-"),
        ("河东区人民政府", Hints(area_codes=("0539",)), "山东省/临沂市/河东区/-"),
        ("临沂市河东区人民政府", Hints(text_names={"天津市": 9}), "山东省/临沂市/河东区/-"),
        ("河东区人民政府", NONE, "-/-/河东区/-"),
        ("政务服务局", Hints(text_names={"洮北区": 9, "白城市": 2}), "吉林省/白城市/洮北区/-"),
        ("教育局", Hints(text_names={"柳州市": 6, "柳北区": 3, "柳南区": 3}), "广西壮族自治区/柳州市/-/-"),
        ("区政府办", Hints(text_names={"柳州市": 9, "柳北区": 5}), "广西壮族自治区/柳州市/柳北区/-"),
        ("区教育局", Hints(text_names={"柳州市": 4, "柳北区": 2, "柳南区": 2}), "广西壮族自治区/柳州市/-/-"),
        ("省公安厅", Hints(text_names={"绥化市": 3, "黑龙江省": 5}), "黑龙江省/-/-/-"),
        ("县水利局", Hints(area_codes=("0559",)), "安徽省/黄山市/-/-"),
        ("县水利局", NONE, "-/-/-/-"),
        ("巨宝山乡", Hints(text_names={"庆安县": 3, "绥化": 2}), "黑龙江省/绥化市/庆安县/巨宝山乡"),
        ("县城关镇人民政府", Hints(text_names={"歙县": 3}), "安徽省/黄山市/歙县/城关镇"),
        ("镇人民政府", Hints(text_names={"歙县": 3}), "安徽省/黄山市/歙县/-"),
        ("教育部", Hints(text_names={"北京市": 3}), "-/-/-/-"),
    ],
)
def test_hints_decide_what_the_name_leaves_open(name: str, hints: Hints, expected: str) -> None:
    assert region(name, hints=hints) == expected


def test_a_place_that_is_not_the_bodys_own_stays_out_of_its_name() -> None:
    found = identify("县水利局", 2018, Hints(area_codes=("0559",)))
    assert (found.canonical, found.level, found.id) == ("县水利局", "county", "341000:县水利局")
    assert identify("镇政府", 2018, Hints(text_names={"歙县": 3})).canonical == "镇人民政府"


@pytest.mark.parametrize(
    ("name", "year", "before", "after"),
    [
        ("歙县国土资源局", 2015, set(), {"歙县自然资源局"}),
        ("歙县卫生健康委员会", 2020, {"歙县卫生和计划生育委员会"}, set()),
        ("歙县卫计委", 2016, {"歙县卫生局"}, {"歙县卫生健康委员会"}),
        ("安徽省环境保护厅", 2016, set(), {"安徽省生态环境厅"}),
        ("歙县市场监督管理局", 2016, {"歙县工商行政管理局"}, set()),
        ("歙县地方税务局", 2016, set(), {"国家税务总局歙县税务局"}),
        ("国家税务总局歙县税务局", 2019, {"歙县地方税务局", "歙县国家税务局"}, set()),
        ("国土资源部", 2016, set(), {"自然资源部"}),
        ("旬阳县人民政府", 2010, set(), {"旬阳市人民政府"}),
        ("襄阳市人民政府", 2012, {"襄樊市人民政府"}, set()),
        ("崇文区体育馆路街道办事处", 2008, set(), {"东城区体育馆路街道办事处"}),
    ],
)
def test_what_became_of_a_body(name: str, year: int, before: set[str], after: set[str]) -> None:
    found = identify(name, year, NONE)
    assert before <= set(found.predecessors)
    assert after <= set(found.successors)


@pytest.mark.parametrize(
    ("name", "year"),
    [("歙县教育局", 2015), ("浦东新区张江镇人民政府", 2015), ("綦江区水利局", 2020), ("芒康县人民政府", 2020)],
)
def test_no_predecessor_is_made_up(name: str, year: int) -> None:
    # no reform; a town that lay in one of two districts; a department that may not have been; a new code only
    assert identify(name, year, NONE).predecessors == ()


def test_relatives_answer_each_other() -> None:
    for reform in agencies().reforms:
        for old in reform.old:
            before = identify("歙县" + old.replace("~", "局"), 2015, NONE)
            for new in before.successors:
                assert before.canonical in identify(new, 2015, NONE).predecessors


@given(
    st.text(alphabet="中国国家省市县区旗镇乡街道局厅委办人民政府柳州北新疆第八师团(（）)分总 \n", max_size=30),
    st.integers(1990, 2040),
)
def test_any_name_gives_a_body(name: str, year: int) -> None:
    found = identify(name, year, NONE)
    assert found.id.endswith(":" + found.canonical)
    assert set(found.region) <= {"province", "city", "county", "township", "code"}
