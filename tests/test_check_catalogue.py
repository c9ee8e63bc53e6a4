"""The catalogue of relations refuses what it cannot mean, and covers what the reports can be checked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from pydantic import ValidationError

from nianbao.catalogue import CatalogueError, catalogue, load_toml
from nianbao.check import describe
from nianbao.check import relations as module

Data = dict[str, Any]


def first_case(data: Data) -> Data:
    case: Data = data["relation"][0]["case"][0]
    return case


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda d: first_case(d).update(left=["requests_recieved"]), "S14-01.*requests_recieved"),
        (lambda d: first_case(d).update(forms=["statistics_2013"]), "S14-01.*statistics_2013"),
        (lambda d: first_case(d).update(per="row", rows=["nothing"]), "S14-01.*nothing"),
        (lambda d: d["relation"][0].update(indicators=["requests_lost"]), "S14-01.*requests_lost"),
        (lambda d: d["sum"].append({"id": "unable", "cells": ["unable_not_there.total"]}), "sum unable"),
    ],
)
def test_a_name_that_no_form_has_is_refused(
    edit: Callable[[Data], object], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = deepcopy(load_toml("relations.toml"))
    edit(data)
    edited = module.Relations.model_validate(data)
    monkeypatch.setattr(module, "relations", lambda: edited)
    with pytest.raises(CatalogueError, match=message):
        module.programs.__wrapped__()


@pytest.mark.parametrize(
    "edit",
    [
        lambda d: d["relation"][0].update(weight=1),
        lambda d: first_case(d).update(op="!="),
        lambda d: d["words"].update(share=["("]),
        lambda d: d["words"].pop("share"),
    ],
)
def test_an_unknown_key_or_value_is_refused(edit: Callable[[Data], object]) -> None:
    data = deepcopy(load_toml("relations.toml"))
    edit(data)
    with pytest.raises(ValidationError):
        module.Relations.model_validate(data)


def test_ids_are_unique_and_described() -> None:
    ids = [relation.id for relation in module.relations().relations]
    assert len(ids) == len(set(ids))
    for check in ids:
        zh, en = describe(check)
        assert re.search("[一-鿿]", zh)
        assert re.search("[a-z]", en)


def test_every_relation_of_a_single_report_is_there() -> None:
    ids = {relation.id for relation in module.relations().relations}
    wanted = [
        ("S14", 17),
        ("T2", 9),
        ("T3", 6),
        ("T4", 3),
        ("P", 16),
    ]  # T4-04 is a definition, T4-05, -06 need two years
    assert ids == {f"{family}-{i:02}" for family, last in wanted for i in range(1, last + 1)} | {"F-01"}


@pytest.mark.parametrize("form", ["statistics_2014", "requests_2019", "requests_2021", "review_litigation"])
def test_every_indicator_of_a_form_has_its_figure(form: str) -> None:
    figures = module.programs()[form].figures
    assert {row.indicator for row in catalogue().forms[form].rows if row.indicator} <= set(figures)
    if form.startswith("requests"):
        assert {"requests_denied", "unable", "not_processed", "other_handling", "requests_answered"} <= set(figures)
