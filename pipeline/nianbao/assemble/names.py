"""Which of the names on a page is the reporting body's, and how the page gives it in full."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nianbao.assemble.cite import Cite

# How much a place says that the body named there is the one that reports. The signature is the body's own hand; the
# title may name the region only; a publisher may be the web office.
_WEIGHTS = {
    "title": 12.0, "title_prefix": 3.0, "signature": 5.0, "author": 4.0, "filler": 3.0, "publisher": 2.5,
    "preamble": 1.5, "body": 0.15, "noise": 0.5,
}  # fmt: skip
# places where the body names itself, whatever its name looks like
_OWN = frozenset({"title", "title_prefix", "signature", "filler"})
_SOURCES = {"title": "title", "title_prefix": "title", "publisher": "metadata", "noise": "metadata"}
# an office inside a body is never the one that reports, however often the page names it
_INTERNAL = re.compile(
    r"(?:党政|综合|行政|政工|秘书|政务公开|信息公开|局|委|厅|镇|乡|街道)*(?:办公室|办)|[^省市县区镇乡]{2,8}(?:科|股|处室)"
)
_PRONOUN = re.compile("[我本该]")
_BARE_START = re.compile("^(?:[省市县区州旗镇乡局委厅]|本|我|该)")
_ORGAN = re.compile(
    "(?:政府|局|委|委员会|办公室|办公厅|厅|部|院|署|会|中心|公司|学校|大学|医院|处|所|站|馆|街道|办事处|镇|乡|支队|总队|大队|法院|检察院)$"
)
_GOVERNED = re.compile("(?:人民)?政府$")
_REGION_END = re.compile("[省市县区州盟旗]$|苏木$|兵团$|园$")


@dataclass(frozen=True, slots=True)
class Named:
    """A name on the page: its place, one of the keys of the weights, and its span in the shadow."""

    name: str
    start: int
    end: int
    place: str


def same_body(short: str, full: str) -> bool:
    """Whether `short` can be a spelling of `full`: its characters in order, and the same organ at the end.

    武平县政府 / 武平县人民政府, 市住建局 / 潍坊市住房和城乡建设局, and a bare town (深渡镇) for its government.
    """
    if short == full:
        return True
    if len(short) >= len(full) or len(short) < 3:
        return False
    if re.search("[镇乡省市县区州盟旗]$|街道$", short) and short in full:
        return bool(re.fullmatch("人民政府|政府|办事处|道办事处", full.split(short, 1)[1]))
    if short[-1] != full[-1]:
        return False
    if short.endswith("政府"):
        # 区政府 is 柳北区人民政府, but 卢氏县人民政府 is not 卢氏县官道口镇人民政府
        return _GOVERNED.sub("", full).endswith(_GOVERNED.sub("", short))
    rest = iter(full)
    return all(c in rest for c in short)


def choose(named: Iterable[Named], never: re.Pattern[str] | None) -> tuple[Cite[str], tuple[str, ...]] | None:
    """The reporting body's name and its other spellings, or None when the page names nobody.

    Args:
      named: the names on the page; never: what the body cannot be called, save in a title or a signature.
    """
    names = [n for n in named if len(n.name) >= 3 and not _PRONOUN.match(n.name) and not _INTERNAL.fullmatch(n.name)]
    names = [n for n in names if n.place in _OWN or (_is_body(n.name) and not (never and never.search(n.name)))]
    if not names:
        return None
    full = _fullest(names)
    groups: dict[str, list[Named]] = defaultdict(list)
    for name in names:
        groups[full[name.name]].append(name)
    weight = {key: sum(_weights(group)) for key, group in groups.items()}
    best = max(groups, key=lambda key: (weight[key], -min(n.start for n in groups[key])))
    group = groups[best]
    value = max({n.name for n in group}, key=lambda n: (_officialness(n), len(n)))
    where = max((n for n in group if n.name == value), key=lambda n: (_WEIGHTS[n.place], -n.start))
    share = weight[best] / (sum(weight.values()) or 1)
    confidence = round(min(0.99, 0.55 + 0.45 * share), 3)
    cite = Cite(value, where.start, where.end, _SOURCES.get(where.place, "prose"), confidence)
    return cite, tuple(sorted({n.name for n in group} - {value}))


def _weights(group: Sequence[Named]) -> Iterable[float]:
    """Each place counts once for a group, save the body, where every mention counts a little."""
    seen: set[str] = set()
    for name in group:
        if name.place == "body" or name.place not in seen:
            seen.add(name.place)
            yield _WEIGHTS[name.place] * (1.0 if _ORGAN.search(name.name) else 0.6)


def _fullest(names: Sequence[Named]) -> dict[str, str]:
    """For each name the fullest spelling on the page that it can stand for."""
    spellings = sorted({n.name for n in names}, key=lambda n: (-len(n), n))
    out: dict[str, str] = {}
    for name in spellings:
        candidates = [other for other in spellings if len(other) > len(name) and same_body(name, other)]
        # an abbreviation that fits two different bodies stands for the one spelt most like it
        out[name] = out[min(candidates, key=len)] if candidates else name
    return out


def _is_body(name: str) -> bool:
    """Whether a name ends as those of bodies and regions do."""
    return bool(_ORGAN.search(name) or _REGION_END.search(name))


def _officialness(name: str) -> int:
    return 2 * bool(_ORGAN.search(name)) + (not _BARE_START.match(name))
