"""Who a body is: its region, level and kind, an id that is stable over years and spellings, what became of it.

A name is read from the left: a national head, the places, a town, the organ. Places are made certain by what stands
above them in the name, then by the hints of the text; what nothing decides stays open.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import get_args

from nianbao import regions
from nianbao.catalogue import CatalogueError
from nianbao.catalogue.agencies import Agencies, Generic, Kind, Level, agencies
from nianbao.regions import Hints, Place

_NATION = "000000"
_LONGEST_PLACE = 15
_DIVISIONS: tuple[regions.Level, ...] = get_args(regions.Level)
_ASIDE = re.compile(r"\s+|[(（][^()（）]{0,40}[)）]|[“”\"'《》]")
# The free trade zones carry their province in brackets: 中国(广西)自由贸易试验区.
_ZONE_PROVINCE = re.compile(r"^中国[(（](\w{2,8})[)）]")
_PARTY = re.compile("^中共(?!中央)")
# What after a short place name shows that it was none: 北京路, 和平街道.
_NO_PLACE = re.compile(r"[省市县区州盟旗镇乡路街村巷]|[东南西北中][路街]|大[道街]")
_BRANCH = re.compile(r"局(.{2,8})分局$")


@dataclass(frozen=True, slots=True)
class Identity:
    """A body. `region` has the names of the levels that are known, and `code`, that of the lowest known (6 digits).

    `canonical` is the full name: lowest region, town, organ, short forms spelt out; `id` is code and canonical name.
    `predecessors` and `successors` are canonical names of the bodies that did its work before and did it after, by the
    reforms of the administration and of the regions that the catalogue knows.
    """

    id: str
    canonical: str
    region: Mapping[str, str]
    level: Level | None
    kind: Kind | None
    predecessors: tuple[str, ...] = ()
    successors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Name:
    """A name, read. `places` are those that the lowest place name in it can mean, `printed` that name or its stand-in.

    `front` begins the full name; `placeless` when no place name follows it there. `level` is set where the name alone
    tells, whatever the place.
    """

    organ: str
    front: str = ""
    places: tuple[Place, ...] = ()
    printed: str = ""
    placeless: bool = False
    generic: Generic | None = None
    town: str = ""
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class _Words:
    """The catalogue, compiled. `new` and `old` lead from an organ to those after and before it."""

    known: Agencies
    town: re.Pattern[str]
    field: re.Pattern[str]
    part: re.Pattern[str]
    tail: re.Pattern[str]
    zone: re.Pattern[str]
    park: re.Pattern[str]
    corps: re.Pattern[str]
    heads: Sequence[str]
    new: Mapping[str, Sequence[str]]
    old: Mapping[str, Sequence[str]]


@cache
def _words() -> _Words:
    """Compiles the catalogue.

    Raises:
      CatalogueError: when it does not validate, or one of its regular expressions is none.
    """
    known = agencies()
    new, old = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    for reform in known.reforms:
        for before in reform.old:
            new[before] += reform.new
        for after in reform.new:
            old[after] += reform.old
    organs, corps, town = known.organs, known.corps, known.township
    ends, rest, zones = _any(town.ends), "|".join(town.rest), _any(organs.zones)
    try:
        return _Words(
            known=known,
            town=re.compile(f"(?:人民政府)?(?P<town>(?P<core>.{{1,12}}?)(?:{ends}))(?=$|{rest})"),
            field=re.compile(f"(?:{_any(organs.fields)})(?={_any(organs.after_field)})"),
            part=re.compile(_any(organs.parts)),
            tail=re.compile(f"(?<=.)(?:{_any(organs.tails)})$"),
            zone=re.compile(zones),
            park=re.compile(f"(?:{zones})(?:{_any(organs.zone_bodies)})?$"),
            corps=re.compile(f"(?:{corps.name}(?:{corps.division})?|{corps.division})(?P<regiment>{corps.regiment})?"),
            heads=sorted((*known.nation.heads, *known.nation.dropped), key=len, reverse=True),
            new=dict(new),
            old=dict(old),
        )
    except re.error as why:
        raise CatalogueError(f"catalogue/agencies.toml: {why}") from why


def _any(words: Iterable[str]) -> str:
    """A pattern of the words, longest first."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def identify(name: str, year: int | None, hints: Hints) -> Identity:
    """Who the body of this name is, as of the year reported on (None: today).

    Args:
      name: as a report gives it, short or full, in simplified characters.
      year: decides between places of one name in different years, and the names and codes of the region.
      hints: what the report's text tells about the place.
    """
    year = regions.LAST if year is None else year
    read = _read(name, year)
    found = read.places or (() if read.level == "nation" else _seat(read, year, hints))
    found = regions.narrow(found, hints)
    kind, unit = _kind(read)
    level = "unit" if unit else _level(read, found)
    where = _place_name(read, found, unit)
    region = _region(_branch_seat(read, found, year) or found, read.town, year)
    canonical = read.front + where + read.town + read.organ
    code = _NATION if read.level == "nation" else region.get("code", "")
    place = found[0] if len(found) == 1 and found[0].name == where else None
    return Identity(
        id=f"{code}:{canonical}",
        canonical=canonical,
        region=region,
        level=level,
        kind=kind,
        predecessors=_renamed(read, where, level, _words().old) + _rehoused(read, place, regions.predecessors),
        successors=_renamed(read, where, level, _words().new) + _rehoused(read, place, regions.successors),
    )


def _place_name(read: _Name, found: Sequence[Place], unit: bool) -> str:
    """How the full name gives the place: in full where it is one and the body's own; units keep what they print."""
    if read.placeless:
        return ""
    names = {p.name for p in found}
    own = not read.generic or (bool(read.generic.ends) and all(_fits(read, p) for p in found))
    return names.pop() if len(names) == 1 and own and not (unit and read.printed) else read.printed


def _renamed(read: _Name, where: str, level: Level | None, reforms: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The full names of a body after (or before) the reforms of its organ."""
    bureau = "厅" if level == "province" else "局"
    organ = f"{read.front}@{read.organ}" if read.front else read.organ
    keys = dict.fromkeys((organ, re.sub(f"{bureau}$", "~", organ)))
    others = (other.replace("~", bureau) for key in keys for other in reforms.get(key, ()))
    here = where + read.town
    return tuple(dict.fromkeys(o.replace("@", here) if "@" in o else here + o for o in others))


def _rehoused(read: _Name, place: Place | None, moves: Callable[[Place], Sequence[Place]]) -> tuple[str, ...]:
    """The full names of a body after (or before) its region became another.

    Of governments and their offices: another body may not have been there. Of towns where they cannot have lain in
    another of the regions that were joined.
    """
    if place is None or not (read.town or read.organ in _words().known.organs.of_government):
        return ()
    moved = moves(place)
    if read.town and (len(moved) > 1 or any(place.first <= p.last < place.last for p in moved)):
        return ()
    return tuple(read.front + p.name + read.town + read.organ for p in moved if p.name != place.name)


# reading a name ------------------------------------------------------------------------------------------------------


def _read(name: str, year: int) -> _Name:
    """A name in its parts, short forms spelt out."""
    text = _PARTY.sub("", _ASIDE.sub("", _ZONE_PROVINCE.sub(r"\1", name)))
    return _read_nation(text, year) or _read_corps(text, year) or _read_local(text, year)


def _read_nation(text: str, year: int) -> _Name | None:
    """A body of the State, or its branch in a region; None for every other."""
    nation = _words().known.nation
    head = next((h for h in _words().heads if text.startswith(h)), "")
    front = "" if head in nation.dropped else head
    rest = nation.short.get(text, text).removeprefix(head)
    found, printed, at = _leading_places(rest, year) if head else ((), "", 0)
    if found:
        return _with_organ(rest, at, _Name("", front, found, printed))
    if text in nation.short or text in nation.bodies or text.startswith(nation.starts):
        return _Name(front + rest, level="nation")
    return None


def _read_corps(text: str, year: int) -> _Name | None:
    """A body of the production corps, None for every other."""
    corps, match = _words().known.corps, _words().corps.match(text)
    if not match:
        return None
    level: Level = "county" if match["regiment"] else "province" if match[0] == corps.name else "city"
    rest = text[match.end() :]
    found, printed, at = _leading_places(rest, year)
    where = found or regions.places(corps.province)
    read = _Name("", match[0], where, printed, placeless=not found, level=level)
    return _with_organ(rest, at, read) if rest[at:] else read


def _read_local(text: str, year: int) -> _Name:
    """A body of a region, a town or a unit there."""
    local = _words().known.regions
    found, printed, at = _leading_places(text, year)
    if found or text.startswith(local.not_generic):
        return _with_organ(text, at, _Name("", "", found, printed))
    generic = next((g for g in local.generic if text.startswith(g.word)), None)
    if generic is None or (_words().town.match(text) and not _may_be_place(text[1:])):
        return _with_organ(text, 0, _Name(""))
    return _with_organ(text, 1, _Name("", printed=generic.word, generic=generic))


def _with_organ(text: str, at: int, read: _Name) -> _Name:
    """The name with the town and the organ that begin at an offset of the text."""
    organs = _words().known.organs
    rest = text[at:]
    if at and rest.startswith(organs.keeps_place):
        return replace(read, organ=rest, front=read.front + text[:at], placeless=True)
    if not rest.endswith(organs.not_tails):
        rest = _words().tail.sub(lambda m: organs.tails[m[0]], rest)
    town = _words().town.match(rest)
    if town:
        return replace(read, town=town["town"], organ=_spell_out(rest[town.end() :], town["town"]))
    return replace(read, organ=_spell_out(rest))


def _leading_places(text: str, year: int) -> tuple[tuple[Place, ...], str, int]:
    """The places that a text begins with, each inside the one before: the lowest, its printed name, where it ends."""
    found: tuple[Place, ...] = ()
    start = at = 0
    while step := _next_place(text, at, found):
        start, (found, at) = at, step
    return regions.in_force(found, year), text[start:at], at


def _next_place(text: str, at: int, above: Sequence[Place]) -> tuple[tuple[Place, ...], int] | None:
    """The longest place name at an offset that lies in one of the places above, and its end."""
    codes = {p.code for p in above}
    for end in range(min(len(text), at + _LONGEST_PLACE), at + 1, -1):
        name = text[at:end]
        found = tuple(p for p in regions.places(name) if not codes or codes & set(regions.lineage(p.code)[:-1]))
        if found and (any(p.name == name for p in found) or _may_be_place(text[end:])):
            return found, end
    return None


def _may_be_place(rest: str) -> bool:
    """Whether what comes before this can be a place without its division word, not the head of a street or town."""
    town = _words().town.match(rest)
    return not _NO_PLACE.match(rest) and (town is None or len(town["core"]) > 1)


def _spell_out(organ: str, town: str = "") -> str:
    """An organ with its short forms spelt out; a place or town without one is its government."""
    organs = _words().known.organs
    if not organ:
        return "办事处" if town.endswith(("街道", "地区")) else "人民政府"
    organ = _words().part.sub(lambda m: organs.parts[m[0]], organ)
    organ = organs.whole.get(organ, f"人民{organ}" if organ.startswith("政府") else organ)
    if organ not in organs.of_government:
        organ = organ.removeprefix("人民政府")
    if field := _words().field.match(organ):
        organ = organs.fields[field[0]] + organ[field.end() :]
    return organ


# what the parts tell -------------------------------------------------------------------------------------------------


def _seat(read: _Name, year: int, hints: Hints) -> tuple[Place, ...]:
    """The places where a body can sit whose name does not say: what the text names most."""
    counts = Counter[Place]()
    for name, count in hints.text_names.items():
        counts.update({p: count for p in regions.places(name, year) if _fits(read, p)})
    if not counts:
        below = read.town or (read.generic and read.generic.level in ("county", "township"))
        return tuple({p: 0 for code in hints.area_codes for p in regions.area_code_places(code)}) if below else ()
    most = max(counts.values())
    close = [p for p, count in counts.items() if 2 * count >= most]
    # a county's body names its city too
    above = {code for p in close for code in regions.lineage(p.code)[:-1]}
    lowest = [p for p in close if p.code not in above]
    if len({p.name for p in lowest}) == 1:
        return tuple(lowest)
    # a city's body names its counties too
    shared = [p for p in close if all(p.code in regions.lineage(q.code) for q in lowest)]
    return tuple(shared[:1]) or tuple(lowest)


def _fits(read: _Name, place: Place) -> bool:
    """Whether a place is of the sort that the name asks for."""
    if read.generic and read.generic.ends:
        return place.name.endswith(read.generic.ends) and (place.level == "county" or read.generic.level != "county")
    return (place.level == "province") == read.organ.endswith("厅")


def _kind(read: _Name) -> tuple[Kind | None, bool]:
    """The kind of body, and whether it is a unit below the administration."""
    if _words().park.search(read.organ):
        return "park", False
    full = read.front + read.town + read.organ
    rule = next((rule for rule in _words().known.kinds if full.endswith(rule.ends)), None)
    if rule is None:
        return None, False
    return ("township" if read.town and rule.kind == "government" else rule.kind), rule.unit


def _level(read: _Name, found: Sequence[Place]) -> Level | None:
    """The level of an administration: that of its region, save for zones and for branches a level below."""
    generic = read.generic.level if read.generic else None
    if read.level or read.town or generic == "township":
        return read.level or "township"
    levels = {p.level for p in found if not read.generic or _fits(read, p)}
    level: Level | None = levels.pop() if len(levels) == 1 else generic
    if _words().zone.search(read.organ):
        return "city" if level == "province" and not found[0].name.endswith("市") else "county"
    if _BRANCH.search(read.organ) and level in _DIVISIONS[:-1]:
        return "county"
    return level


def _branch_seat(read: _Name, found: Sequence[Place], year: int) -> tuple[Place, ...]:
    """The county whose name a city's branch bears (柳州市公安局柳北分局)."""
    branch = _BRANCH.search(read.organ)
    for ending in ("", "区", "县", "市") if branch and found else ():
        if branch and (step := _next_place(branch[1] + ending, 0, found)):
            return regions.in_force(step[0], year)
    return ()


def _region(found: Sequence[Place], town: str, year: int) -> dict[str, str]:
    """The names of the levels on which the places agree, and the code of the lowest such."""
    chains = zip(_DIVISIONS, *(regions.chain(p, year) for p in found), strict=True)
    region = {level: names[0] for level, *names in chains if names and names[0] and len(set(names)) == 1}
    lineages = zip(*(regions.lineage(p.code) for p in found), strict=False)
    shared = [codes[0] for codes in lineages if len(set(codes)) == 1]
    if town:
        region["township"] = town
    if shared:
        region["code"] = shared[-1]
    return region
