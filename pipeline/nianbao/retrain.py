"""Retraining: a served model and the samples of a user in, a version that knows both out, and what it brings and costs.

Before and after are read from reports that neither model has seen: of every fold of the user's samples and, where it
is at hand, of the shipped corpus, by models that were trained without it. The new version is written in any case; it
serves only when nothing that it answers for has become worse by more than chance explains.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from nianbao import artefacts
from nianbao.evaluate.evaluation import tally_of
from nianbao.evaluate.readers import HELD_OUT, read_with
from nianbao.evaluate.render import MAIN, comparison
from nianbao.evaluate.tally import Difference, Key, Table, Tally
from nianbao.train.marked import Sample
from nianbao.train.splits import folds, parted
from nianbao.train.trainer import Begin, Trainable, signature, trainable

ACTIVE = "active"
OWN, SHIPPED = "own", "shipped"
# what no model may spoil
_PURPOSE = "indicators"

Groups = Mapping[str, Sequence[Sample]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to retrain, and from what.

    Attributes:
      names: of models, or `all`.
      own: the samples of the user.
      shipped: those that the parent was trained on, none if they are not at hand.
      mix: whether the shipped samples are trained on as well; without them the weights are pulled to the parent's.
      parent: the version to start from, `active` for the one that serves.
      seed: of all that is random.
    """

    names: Sequence[str]
    own: Sequence[Sample]
    shipped: Sequence[Sample] = ()
    mix: bool = True
    parent: str = ACTIVE
    seed: int = 0

    @property
    def chosen(self) -> list[Trainable]:
        """The models.

        Raises:
          ValueError: an unknown one, or one that judges others and is trained anew after them.
        """
        chosen = [one for one in trainable(self.names) if one.measures]
        if not chosen:
            raise ValueError(f"{', '.join(self.names)}: trained without --from only, after the others")
        return chosen

    @property
    def begin(self) -> Begin:
        """How a fit begins."""
        return "warm" if self.mix and self.shipped else "pulled"

    def seen(self, groups: Groups) -> list[Sample]:
        """What of the groups is trained on."""
        return [*groups[OWN], *(groups[SHIPPED] if self.mix else ())]


@dataclass(frozen=True, slots=True)
class Retrained:
    """The new versions by artefact, the figures before and after by group of samples, and what became worse."""

    versions: Mapping[str, str]
    differences: Mapping[str, Mapping[Key, Difference]]
    worse: tuple[str, ...]

    def describe(self) -> str:
        """The table of what it brings and costs."""
        return comparison(self.differences)


def retrain(plan: Plan, models: Path, *, force: bool = False) -> Retrained:
    """Retrains models and puts them into service if nothing became worse.

    Args:
      plan: what to retrain.
      models: the folder of models to read from and to write to; a new one begins with the models in use.
      force: whether to put them into service though something became worse.

    Raises:
      ValueError: an unknown model, no samples, or samples that cannot be held out.
      ArtefactError: there is no such version.
    """
    chosen = plan.chosen
    if not (models / "active.toml").exists():
        for name, version in artefacts.active().items():
            artefacts.copy(artefacts.root(), models, name, version)
    number = None if plan.parent == ACTIVE else plan.parent
    parents = {one.artefact: artefacts.load(one.artefact, number, models) for one in chosen}
    known = {sample.data for sample in plan.own}
    shipped = [sample for sample in plan.shipped if sample.data not in known]
    groups: Groups = {OWN: parted(plan.own), SHIPPED: parted(shipped) if shipped else []}
    served = {**artefacts.active(models), **{name: parent.version for name, parent in parents.items()}}
    differences = _differences(plan, groups, models, served)
    worse = tuple(_worse(differences, chosen))
    versions = {}
    for one in chosen:
        base = parents[one.artefact]
        seen = plan.seen(groups)
        arrays, card = one.trainer().fit(seen, plan.seed, base, plan.begin)
        told = {
            **card, **signature(seen, plan.seed), "parent": base.version, "begin": plan.begin,
            "own": signature(plan.own, plan.seed)["corpus"],
            "before_after": {
                group: {k.measure: asdict(d) for k, d in found.items()} for group, found in differences.items()
            },
        }  # fmt: skip
        versions[one.artefact] = artefacts.save(models, one.artefact, arrays, told)
        if force or not worse:
            artefacts.activate(models, one.artefact, versions[one.artefact])
    return Retrained(versions, differences, worse)


def _differences(
    plan: Plan, groups: Groups, models: Path, versions: Mapping[str, str]
) -> dict[str, dict[Key, Difference]]:
    """The figures of each group of samples, every fold read by models that have not seen it."""
    before: dict[str, list[Tally]] = {name: [] for name in groups}
    after: dict[str, list[Tally]] = {name: [] for name in groups}
    for fold in folds(sample.fold for group in groups.values() for sample in group):
        rest = {name: [s for s in group if s.fold != fold] for name, group in groups.items()}
        with TemporaryDirectory() as old, TemporaryDirectory() as new:
            _before(plan, rest, models, Path(old), versions)
            _after(plan, rest, Path(old), Path(new))
            held = {name: [s for s in group if s.fold == fold] for name, group in groups.items()}
            for tallies, folder in ((before, old), (after, new)):
                reports = iter(read_with(Path(folder), [s for group in held.values() for s in group]))
                for name, group in held.items():
                    tallies[name] += [tally_of(sample, next(reports)) for sample in group]
    return {
        name: {
            key: found
            for key, found in Table([*before[name], *after[name]], plan.seed).differences().items()
            if key.measure in MAIN and not key.label
        }
        for name, group in groups.items()
        if group
    }


def _before(plan: Plan, rest: Groups, models: Path, folder: Path, versions: Mapping[str, str]) -> None:
    """The models without a fold: the parents as they are where the samples that they have seen are not at hand."""
    for name, version in versions.items():
        artefacts.copy(models, folder, name, version)
    for one in plan.chosen if rest[SHIPPED] else ():
        base = artefacts.load(one.artefact, models=folder)
        arrays, card = one.trainer().fit(rest[SHIPPED], plan.seed, base)
        artefacts.put(folder, one.artefact, arrays, card, HELD_OUT)


def _after(plan: Plan, rest: Groups, old: Path, folder: Path) -> None:
    """The same models, retrained from there without the fold."""
    for name, version in artefacts.active(old).items():
        artefacts.copy(old, folder, name, version)
    for one in plan.chosen:
        base = artefacts.load(one.artefact, models=old)
        arrays, card = one.trainer().fit(plan.seen(rest), plan.seed, base, plan.begin)
        artefacts.put(folder, one.artefact, arrays, card, f"re{HELD_OUT}")


def _worse(differences: Mapping[str, Mapping[Key, Difference]], chosen: Iterable[Trainable]) -> Iterator[str]:
    """What the models answer for, and the purpose of all, where it became worse."""
    measures = frozenset((_PURPOSE,)).union(*(one.measures for one in chosen))
    for name, found in differences.items():
        for key, change in found.items():
            if change.worse and key.measure in measures:
                yield f"{key.measure} of the {name} reports: {change.before:.3f} to {change.after:.3f}"
