"""The administrative divisions of China, 2002 to 2026: names to places, places to their parents, evidence for places.

The table is `catalogue/regions.tsv` (its head says where it comes from), read when first needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from nianbao.catalogue import CatalogueError

Level = Literal["province", "city", "county"]

FIRST, LAST = 2002, 2026
_COLUMNS = 9
# A name of two characters is often a chance neighbourhood (公开平台, 和政府, 管理县级): it counts at the start of a word
# only, that is after no Chinese character, after another place, or after one of these.
_BEFORE = frozenset("市省区州盟在由对为与和及到向从驻是的")
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
    """The rows of the table, unparsed, by code and by name, and codes by what points to a place."""

    by_code: Mapping[str, Sequence[str]]
    by_name: Mapping[str, Sequence[str]]
    dialling: Mapping[str, Sequence[str]]
    postal: Mapping[str, str]
    hosts: Mapping[str, str]


@cache
def _table() -> _Table:
    """Reads the table; rows are parsed when a place is asked for, most never are."""
    by_code, by_name, dialling = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list), {}
    postal: dict[str, str] = {}
    hosts: dict[str, str] = {}
    text = (files("nianbao.catalogue") / "regions.tsv").read_text(encoding="utf8")
    for row in text[text.index("\n1") + 1 :].splitlines():
        code, known = row[:6], row[7:].partition("\t")[0]
        by_code[code].append(row)
        for name in known.split(","):
            by_name[name].append(row)
        if row.count("\t") > _SUCCESSOR:
            area, posts, labels = (row.split("\t") + ["", ""])[_SUCCESSOR + 1 :][:3]
            for key in area.split(","):
                dialling.setdefault(key, []).append(code)
            postal |= dict.fromkeys(posts.split(","), code)
            hosts |= dict.fromkeys(labels.split(","), code)
    return _Table(by_code, by_name, dialling, postal, hosts)


@cache
def _place(row: str) -> Place:
    """The place of a row of the table.

    Raises:
      CatalogueError: the row does not have the columns that the head of the table describes.
    """
    try:
        code, known, first, last, new = (row.split("\t") + [""] * _SUCCESSOR)[: _SUCCESSOR + 1]
        name, *short = known.split(",")
        return Place(code, name, int(first or FIRST), int(last or LAST), new, tuple(short))
    except ValueError as why:
        raise CatalogueError(f"catalogue/regions.tsv, {row!r}: {why}") from why


def _in_year(found: Sequence[Place], year: int | None) -> tuple[Place, ...]:
    """Those in force in the year; if there is none, those that come nearest: a name outlives the division for a while."""
    if year is None or not found:
        return tuple(found)
    distances = [max(p.first - year, year - p.last, 0) for p in found]
    least = min(distances)
    return tuple(p for p, distance in zip(found, distances, strict=True) if distance == least)


def places(name: str, year: int | None = None) -> tuple[Place, ...]:
    """The places of a name, full (柳北区) or short (柳北, 广西); with a year those in force then, or nearest to it."""
    return _in_year(_table().by_name.get(name, ()), year)


def place_of(code: str, year: int | None = None) -> Place | None:
    """The place of a code under its name of that year (襄樊市, since 2010 襄阳市), by default the latest."""
    found = _in_year(_table().by_code.get(code, ()), LAST if year is None else year)
    return found[0] if found else None


def lineage(code: str) -> tuple[str, ...]:
    """The codes of a place and what it lies in, province first; no city where the province governs the county itself."""
    province, city = code[:2] + "0000", code[:4] + "00"
    upper = (province, city) if city in _table().by_code else (province,)
    return upper if code in upper else (*upper, code)


def chain(place: Place, year: int | None = None) -> tuple[str | None, str | None, str | None]:
    """The names of province, city and county, each as of the year, by default of the place's last."""
    names: dict[Level, str] = {place.level: place.name}
    for code in lineage(place.code)[: -1 if place.level != "province" else 0]:
        if upper := place_of(code, place.last if year is None else year):
            names[upper.level] = upper.name
    return names.get("province"), names.get("city"), names.get("county")


def predecessors(place: Place) -> tuple[Place, ...]:
    """The places that this one took over, itself under a former name included."""
    return _predecessors().get((place.code, place.name), ())


@cache
def _predecessors() -> Mapping[tuple[str, str], tuple[Place, ...]]:
    """Old places by (code, name) of the new one."""
    out: dict[tuple[str, str], tuple[Place, ...]] = {}
    for same in _table().by_code.values():
        for old in same:
            if new := successor(old):
                out[new.code, new.name] = (*out.get((new.code, new.name), ()), old)
    return out


def successor(place: Place) -> Place | None:
    """The place that took this one over, None while it is in force or when it was divided up."""
    return place_of(place.successor, place.last + 1) if place.successor else None


def names() -> Iterable[str]:
    """All names by which places are known, full ones and the short ones that are no everyday words."""
    return _table().by_name.keys()


def area_code_places(code: str) -> tuple[Place, ...]:
    """The cities (or provinces, or counties that answer to a province) that share a dialling code such as 0772."""
    return tuple(p for c in _table().dialling.get(code, ()) if (p := place_of(c)))


@cache
def _automaton() -> tuple[AhoCorasick, tuple[tuple[str, bool], ...]]:
    """The matcher over all names, and for each name whether it is a full one."""
    table = _table().by_name
    known = tuple((name, any(p.name == name for p in found)) for name, found in table.items())
    return AhoCorasick([name for name, _ in known], matchkind=MatchKind.LeftmostLongest), known


def find_names(shadow: str) -> Mapping[str, int]:
    """The place names of a text with their counts, longest first come; names of streets and villages left out."""
    automaton, known = _automaton()
    counts: dict[str, int] = {}
    last = -1
    for index, start, end in automaton.find_matches_as_indexes(shadow):
        name, full = known[index]
        if end - start == 2 and start != last and start and "一" <= shadow[start - 1] <= "鿿" and shadow[start - 1] not in _BEFORE:
            continue
        if not full and shadow.startswith(_STREET, end):
            continue
        counts[name] = counts.get(name, 0) + 1
        last = end
    return counts


def narrow(found: Sequence[Place], hints: Hints) -> tuple[Place, ...]:
    """Those of several places that the hints speak for; all of them where nothing tells them apart.

    In this order: names in the text, dialling codes, postcodes, hosts; the next only where the one before ties.
    """
    best = tuple(found)
    for evidence in (_in_text, _by_dialling, _by_postcode, _by_host):
        if len(best) < 2:
            break
        scores = evidence(best, hints)
        top = max(scores)
        best = tuple(p for p, score in zip(best, scores, strict=True) if score == top)
    return best


def _in_text(found: Sequence[Place], hints: Hints) -> list[int]:
    """How often the text names what each place lies in, or its own name where the places differ in that."""
    differ = len({p.name for p in found}) > 1

    def count(place: Place) -> int:
        return sum(hints.text_names.get(name, 0) for name in (place.name, *place.short))

    scores = []
    for place in found:
        upper = [p for code in lineage(place.code) if code != place.code for p in _table().by_code.get(code, ())]
        scores.append(sum(map(count, upper)) + (hints.text_names.get(place.name, 0) if differ else 0))
    return scores


def _pointing(keys: Iterable[str], pointed: Callable[[str], Sequence[str]]) -> Callable[[Place], int]:
    """A score: the number of keys that point to a place or to what it lies in."""
    targets = [frozenset(pointed(key)) for key in keys]
    return lambda place: sum(not target.isdisjoint(lineage(place.code)) for target in targets)


def _by_dialling(found: Sequence[Place], hints: Hints) -> list[int]:
    """How many of the dialling codes belong to each place."""
    return list(map(_pointing(hints.area_codes, lambda code: _table().dialling.get(code, ())), found))


def _by_postcode(found: Sequence[Place], hints: Hints) -> list[int]:
    """How many of the postcodes belong to each place's province."""
    return list(map(_pointing(hints.postcodes, lambda code: (_table().postal.get(code[:2], ""),)), found))


def _by_host(found: Sequence[Place], hints: Hints) -> list[int]:
    """How many labels of the hosts stand for each place's province."""
    labels = (label for host in hints.hosts for label in host.split("."))
    return list(map(_pointing(labels, lambda label: (_table().hosts.get(label, ""),)), found))
