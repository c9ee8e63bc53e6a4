"""The administrative divisions of China, 2002 to 2026: names to places, places to their parents, evidence for places.

The table is `catalogue/regions.tsv` (its head says where it comes from), read when first needed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from nianbao.catalogue import CatalogueError
from nianbao.catalogue.gazetteer import gazetteer

Level = Literal["province", "city", "county"]

FIRST, LAST = 2002, 2026
# In a row, the length of the code, and the column after which comes what points to the place.
_CODE, _SUCCESSOR = 6, 4
# A name of two characters is often a chance neighbourhood (公开平台, 和政府, 管理县级): it counts at the start of a
# word only, that is after no Chinese character, after another place, or after one of these.
_BEFORE = frozenset("市省区州盟在由对为与和及到向从驻是的")
# What comes before a name that running text only seems to hold (和县, 会同县) where it is one; "" at the head.
BEFORE_UNSURE = frozenset(("", "\n", " ", "\t", "省", "市", "州"))
# What turns a name without its division word into a street's or a village's (北京路, 柳州街道).
_STREET = ("路", "街", "镇", "乡", "村", "巷", "大道", "大街", "东路", "西路", "南路", "北路", "中路")


class Place(NamedTuple):
    """A division under one name: `first` to `last` are the years in force, clipped to those that the table covers.

    `successor` is the code that took the place over ("" for none): another place, or the same code under a new name.
    `short` holds the other names by which it is called.
    """

    code: str
    name: str
    first: int
    last: int
    successor: str
    short: tuple[str, ...]

    @property
    def level(self) -> Level:
        """The level of the division, as its code tells."""
        return "province" if self.code.endswith("0000") else "city" if self.code.endswith("00") else "county"


@dataclass(frozen=True, slots=True)
class Hints:
    """What a report's text tells about where its agency sits.

    `text_names` are the place names in the text with their counts (see `find_names`), `area_codes` dialling codes with
    their 0, `postcodes` six digits, `hosts` lower case.
    """

    text_names: Mapping[str, int] = field(default_factory=dict)
    area_codes: tuple[str, ...] = ()
    postcodes: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Table:
    """The rows of the table, unparsed, in the order of their codes; rows by name; codes by what points to a place."""

    rows: Sequence[str]
    by_name: Mapping[str, Sequence[str]]
    dialling: Mapping[str, Sequence[str]]
    postal: Mapping[str, str]
    hosts: Mapping[str, str]


@cache
def _table() -> _Table:
    """Reads the table. Rows are parsed when a place is asked for; most never are."""
    text = (files("nianbao.catalogue") / "regions.tsv").read_text(encoding="utf8")
    rows = [row for row in text.splitlines() if row[0] != "#"]
    by_name: dict[str, list[str]] = {}
    for row in rows:
        for name in _known(row):
            by_name.setdefault(name, []).append(row)
    dialling: dict[str, list[str]] = {}
    postal: dict[str, str] = {}
    hosts: dict[str, str] = {}
    for row in rows:
        if row.count("\t") > _SUCCESSOR:
            area, *others = row.split("\t")[_SUCCESSOR + 1 :]
            for key in filter(None, area.split(",")):
                dialling.setdefault(key, []).append(row[:_CODE])
            for index, keys in zip((postal, hosts), others, strict=False):
                index.update(dict.fromkeys(keys.split(","), row[:_CODE]))
    return _Table(rows, by_name, dialling, postal, hosts)


def _known(row: str) -> list[str]:
    """The names of a row, the official one first, last that of an autonomous place without its peoples (长阳自治县)."""
    official, *others = row[_CODE + 1 :].partition("\t")[0].split(",")
    if official[-3:-1] == "自治" and others:
        others.append(others[0] + official[-3:])
    return [official, *others]


def _of_code(code: str) -> Sequence[str]:
    """The rows of a code: one for each name that it had."""
    rows = _table().rows
    return rows[bisect_left(rows, code) : bisect_left(rows, code + "\n")]


@cache
def _place(row: str) -> Place:
    """The place of a row.

    Raises:
      CatalogueError: the row does not have the columns that the head of the table describes.
    """
    try:
        code, known, first, last, new = (row.split("\t") + [""] * _SUCCESSOR)[: _SUCCESSOR + 1]
        name, *short = known.split(",")
        return Place(code, name, int(first or FIRST), int(last or LAST), new, tuple(short))
    except ValueError as why:
        raise CatalogueError(f"catalogue/regions.tsv, {row!r}: {why}") from why


def in_force(found: Sequence[Place], year: int | None) -> tuple[Place, ...]:
    """The places in force in the year; if there is none, those nearest to it: a name outlives its division a while."""
    if year is None or not found:
        return tuple(found)
    distances = [max(p.first - year, year - p.last, 0) for p in found]
    least = min(distances)
    return tuple(p for p, distance in zip(found, distances, strict=True) if distance == least)


def places(name: str, year: int | None = None) -> tuple[Place, ...]:
    """The places of a name, full (柳北区) or short (柳北, 广西); with a year those in force then, or nearest to it."""
    return in_force(tuple(map(_place, _table().by_name.get(name, ()))), year)


def place_of(code: str, year: int | None = None) -> Place | None:
    """The place of a code under its name of that year (襄樊市, since 2010 襄阳市), by default the latest."""
    found = in_force(tuple(map(_place, _of_code(code))), LAST if year is None else year)
    return found[0] if found else None


def lineage(code: str) -> tuple[str, ...]:
    """The codes of what a place lies in, province first, and its own; no city where the province governs a county."""
    province, city = code[:2] + "0000", code[:4] + "00"
    upper = (province, city) if city != province and _of_code(city) else (province,)
    return upper if code in upper else (*upper, code)


def chain(place: Place, year: int | None = None) -> tuple[str | None, str | None, str | None]:
    """The names of province, city and county, those above the place as of the year, by default of its last."""
    names: dict[Level, str] = {}
    for code in lineage(place.code):
        named = place if code == place.code else place_of(code, place.last if year is None else year)
        if named:
            names[named.level] = named.name
    return names.get("province"), names.get("city"), names.get("county")


def successors(place: Place) -> tuple[Place, ...]:
    """The place that took this one over, none while it is in force or when it was divided up."""
    new = place_of(place.successor, place.last + 1) if place.successor else None
    return (new,) if new else ()


def predecessors(place: Place) -> tuple[Place, ...]:
    """The places that this one took over, itself under a former name included."""
    return tuple(old for old in map(_place, _taken_over().get(place.code, ())) if place in successors(old))


@cache
def _taken_over() -> Mapping[str, Sequence[str]]:
    """The rows of old places by the code that took them over."""
    out: dict[str, list[str]] = {}
    for row in _table().rows:
        cells = row.split("\t", _SUCCESSOR + 1)
        if len(cells) > _SUCCESSOR and cells[_SUCCESSOR]:
            out.setdefault(cells[_SUCCESSOR], []).append(row)
    return out


def names() -> Iterable[str]:
    """All names by which places are known, full ones and the short ones that are no everyday words."""
    return _table().by_name.keys()


def area_code_places(code: str) -> tuple[Place, ...]:
    """The cities (or provinces, or counties that answer to a province) that share a dialling code such as 0772."""
    return tuple(p for c in _table().dialling.get(code, ()) if (p := place_of(c)))


def pointers(place: Place) -> tuple[tuple[str, ...], str]:
    """What points to a place: its dialling codes, and the first digits of its postcodes ("" where none is known)."""
    upper = lineage(place.code)[::-1]
    dialling: dict[str, list[str]] = {code: [] for code in upper}
    for key, codes in _table().dialling.items():
        for code in codes:
            if code in dialling:
                dialling[code].append(key)
    area = next((tuple(found) for found in dialling.values() if found), ())
    return area, next((key for key, code in _table().postal.items() if code in upper), "")


@cache
def _automaton() -> tuple[AhoCorasick, tuple[tuple[str, bool], ...]]:
    """The matcher over all names, and for each name whether it is a full one."""
    full = {_known(row)[0] for row in _table().rows}
    known = tuple((name, name in full) for name in names())
    return AhoCorasick([name for name, _ in known], matchkind=MatchKind.LeftmostLongest, store_patterns=False), known


def find_names(shadow: str) -> Mapping[str, int]:
    """The place names of a text with their counts; no name inside a longer one, none that names a street or village."""
    automaton, known = _automaton()
    unsure = gazetteer().places.unsure
    counts: dict[str, int] = {}
    last = 0
    for index, start, end in automaton.find_matches_as_indexes(shadow):
        name, full = known[index]
        if end - start == 2 and start != last and _inside_word(shadow[start - 1]):
            continue
        if name in unsure and shadow[max(start - 1, 0) : start] not in BEFORE_UNSURE:
            continue  # 《通知》和县政府办公室
        if not full and shadow.startswith(_STREET, end):
            continue
        counts[name] = counts.get(name, 0) + 1
        last = end
    return counts


def _inside_word(before: str) -> bool:
    """Whether a word can run on from this character into what follows it."""
    return "一" <= before <= "鿿" and before not in _BEFORE


def narrow(found: Sequence[Place], hints: Hints) -> tuple[Place, ...]:
    """Those of several places that the hints speak for; all of them where nothing tells them apart.

    In this order: names in the text, dialling codes, postcodes, hosts; the next only where the one before ties.
    """
    best = tuple(found)
    for evidence in (_in_text, _by_dialling, _by_postcode, _by_host):
        if len(best) < 2:
            break
        score = evidence(hints)
        scores = [score(p) for p in best]
        top = max(scores)
        best = tuple(p for p, its in zip(best, scores, strict=True) if its == top)
    return best


_Score = Callable[[Place], int]


def _in_text(hints: Hints) -> _Score:
    """How often the text has a place's full name, and any name of what the place lies in."""
    seen = hints.text_names

    def score(place: Place) -> int:
        upper = (p for code in lineage(place.code)[:-1] for p in map(_place, _of_code(code)))
        return seen.get(place.name, 0) + sum(seen.get(name, 0) for p in upper for name in (p.name, *p.short))

    return score


def _pointing(targets: Iterable[Sequence[str]]) -> _Score:
    """How many of the targets, each the codes that one pointer stands for, hold a place or what it lies in."""
    sets = [frozenset(codes) for codes in targets]
    return lambda place: sum(not codes.isdisjoint(lineage(place.code)) for codes in sets)


def _by_dialling(hints: Hints) -> _Score:
    return _pointing(_table().dialling.get(key, ()) for key in hints.area_codes)


def _by_postcode(hints: Hints) -> _Score:
    return _pointing((_table().postal.get(key[:2], ""),) for key in hints.postcodes)


def _by_host(hints: Hints) -> _Score:
    return _pointing((_table().hosts.get(label, ""),) for host in hints.hosts for label in host.split("."))
