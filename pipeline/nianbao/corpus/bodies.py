"""Which agency ids are one body over the years: renamed, merged or rehoused by reforms that the catalogues know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nianbao.agencies import identify
from nianbao.regions import Hints


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency id as the reports have it: the region that it sits in, and the years that it reports on."""

    id: str
    region: tuple[str, ...]
    years: frozenset[int]


def link(agencies: Iterable[Agency]) -> Mapping[str, tuple[str, int]]:
    """Agency ids to the body they are one of, named by its latest id, and the line that they continue within it.

    A body succeeds another where a reform says so and the reports do not contradict it: the old one no longer reports
    once the new one does. Bodies that were merged run in lines of their own until the year of their merger.
    """
    known = {agency.id: agency for agency in agencies}
    bodies: dict[str, list[Agency]] = defaultdict(list)
    head = {name: name for name in known}

    def find(name: str) -> str:
        while head[name] != name:
            name = head[name]
        return name

    for agency in known.values():
        for new in _successors(agency, known):
            head[find(agency.id)] = find(new.id)
    for name, agency in known.items():
        bodies[find(name)].append(agency)
    return dict(item for members in bodies.values() for item in _lines(members))


def _lines(members: Sequence[Agency]) -> Iterable[tuple[str, tuple[str, int]]]:
    """The members of a body, each in the first line that no other member has in its years."""
    latest = max(members, key=lambda agency: (max(agency.years), agency.id)).id
    lines: list[int] = []
    for agency in sorted(members, key=lambda agency: (min(agency.years), agency.id)):
        free = next((n for n, last in enumerate(lines) if last < min(agency.years)), len(lines))
        lines[free : free + 1] = [max(agency.years)]
        yield agency.id, (latest, free)


def _successors(agency: Agency, known: Mapping[str, Agency]) -> Iterable[Agency]:
    """Those of the known agencies that took one over, by whatever names that no report has in between."""
    hints = Hints(text_names=dict.fromkeys(agency.region, 1))
    first = identify(agency.id.partition(":")[2], max(agency.years), hints)
    todo, seen = list(first.successors), {first.canonical}
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        later = identify(name, None, hints)
        found = known.get(later.id)
        if found is None:
            todo += later.successors
        elif max(agency.years) <= min(found.years):
            yield found
