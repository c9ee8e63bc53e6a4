"""Relations of the tables: which cells agree, which do not, which nobody can tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nianbao.catalogue import catalogue
from nianbao.check import CellRef, Check, Evidence, describe, run_checks
from nianbao.document import Cell, State, Table

Values = Mapping[str, Sequence[float | None]]


def table(form: str, values: Values | None = None, default: float | None = 0, unit: str = "") -> Table:
    """A table of a form: the rows given by their values in column order, all other cells `default`."""
    cells = {}
    for row in catalogue().forms[form].rows:
        if row.id:
            columns = catalogue().forms[form].columns_of(row.id)
            printed = (values or {}).get(row.id, [default] * len(columns))
            cells[row.id] = {
                column: Cell(State.BLANK if value is None else State.PRINTED, value, unit, 0, 1)
                for column, value in zip(columns, printed, strict=True)
            }
    return Table(form, 0, 1, cells)


def check(
    *tables: Table, year: int = 2022, level: str | None = "county", kind: str | None = "department", **indicators: float
) -> list[Check]:
    return run_checks(Evidence(tables, (), indicators, "", (), (), year, year, None, level, kind))


def outcome(checks: Sequence[Check], check_id: str) -> dict[str, str]:
    return {c.instance: c.status for c in checks if c.id == check_id}


def one(checks: Sequence[Check], check_id: str, instance: str = "") -> Check:
    (found,) = (c for c in checks if c.id == check_id and c.instance == instance)
    return found


S14 = "statistics_2014"


@pytest.mark.parametrize(
    ("check_id", "instance", "values", "status"),
    [
        ("S14-01", "", {"requests_received": [9], "requests_online": [6], "requests_letter": [3]}, "pass"),
        ("S14-01", "", {"requests_received": [10], "requests_online": [6], "requests_letter": [3]}, "fail"),
        ("S14-01", "", {"requests_received": [9], "requests_online": [None], "requests_letter": [9]}, "skip"),
        ("S14-02", "", {"requests_closed": [5], "requests_closed_on_time": [4]}, "fail"),
        ("S14-03", "", {"requests_answered": [4], "requests_granted": [3], "requests_not_exist": [1]}, "pass"),
        ("S14-07", "", {"staff_total": [None], "staff_full_time": [1], "staff_part_time": [2]}, "skip"),
        ("S14-08", "", {"normative_docs_published": [7], "proactive_total": [6]}, "fail"),
        ("S14-09", "", {"proactive_total": [80], "proactive_website": [60], "proactive_wechat": [45]}, "pass"),
        ("S14-09", "", {"proactive_total": [80], "proactive_website": [60], "proactive_wechat": [15]}, "fail"),
        ("S14-10", "online_interviews", {"online_interviews_principal": [2], "online_interviews": [1]}, "fail"),
        ("S14-10", "press_conferences", {"online_interviews_principal": [2], "online_interviews": [1]}, "pass"),
        ("S14-12", "", {"requests_closed": [20], "requests_answered": [18]}, "pass"),
        ("S14-12", "", {"requests_closed": [20], "requests_answered": [17]}, "fail"),
        ("S14-13", "", {"hot_issue_responses": [3], "policy_interpretations": [2]}, "fail"),
        ("S14-14", "", {"trainings": [1], "trainees": [0]}, "fail"),
        ("S14-14", "", {"trainings": [1], "trainees": [30]}, "pass"),
        ("S14-15", "requests", {"fees_collected": [0.02], "requests_received": [0]}, "fail"),
        ("S14-16", "", {"normative_docs_published": [5], "normative_docs_issued": [0]}, "fail"),
        ("S14-17", "requests_fax.value", {"requests_fax": [1.5]}, "fail"),
        ("S14-17", "", {"fees_collected": [0.02], "budget": [3.5]}, "pass"),
        ("S14-17", "budget_unit", {"budget": [35000]}, "fail"),
    ],
)
def test_statistics_of_2014(check_id: str, instance: str, values: Values, status: str) -> None:
    assert outcome(check(table(S14, values), year=2015), check_id)[instance] == status


@pytest.mark.parametrize(
    ("check_id", "values", "severity"),
    [
        ("S14-05", {"review_total": [3], "review_upheld": [2]}, "soft"),  # one is pending
        ("S14-05", {"review_total": [1], "review_upheld": [2]}, "hard"),
        ("S14-04", {"requests_denied": [2], "denied_privacy": [2], "denied_trade_secret": [1]}, "soft"),  # two grounds
        ("S14-04", {"requests_denied": [4], "denied_privacy": [2], "denied_trade_secret": [1]}, "hard"),
    ],
)
def test_a_difference_with_an_innocent_reading_is_soft(check_id: str, values: Values, severity: str) -> None:
    found = one(check(table(S14, values), year=2015), check_id)
    assert (found.status, found.severity) == ("fail", severity)


def test_fees_are_wrong_from_2018_on() -> None:
    filled = table(S14, {"fees_collected": [0.01], "requests_received": [2], "requests_online": [2]})
    assert "abolished" not in outcome(check(filled, year=2016), "S14-15")
    assert outcome(check(filled, year=2018), "S14-15")["abolished"] == "fail"


def test_closed_requests_need_the_carry_over() -> None:
    filled = table(S14, {"requests_closed": [6], "requests_received": [5]})
    assert outcome(check(filled, year=2015), "S14-11") == {"": "skip"}
    assert outcome(check(filled, year=2015, requests_carried_in=1), "S14-11") == {"": "pass"}
    assert outcome(check(filled, year=2015, requests_carried_in=0), "S14-11") == {"": "fail"}


@pytest.mark.parametrize(
    ("form", "check_id", "instance", "values", "status"),
    [
        ("disclosure_2019", "T2-01", "normative_docs", {"normative_docs": [3, 5, 4]}, "fail"),
        ("disclosure_2019", "T2-02", "normative_docs", {"normative_docs": [3, 4, 9]}, "fail"),
        ("disclosure_2019", "T2-03", "", {"procurement": [4, 0]}, "fail"),
        ("disclosure_2019", "T2-03", "", {"procurement": [4, 18.5]}, "pass"),
        ("disclosure_2019", "T2-04", "licensing", {"licensing": [2, -3, 0]}, "fail"),
        ("disclosure_2019", "T2-04", "fees_admin", {"fees_admin": [2, -2]}, "pass"),
        ("disclosure_2019", "T2-05", "punishment", {"punishment": [0, 0, 12]}, "fail"),
        ("disclosure_2019", "T2-05", "punishment", {"punishment": [None, 0, 12]}, "skip"),
        ("disclosure_2021", "T2-06", "normative_docs", {"normative_docs": [5, 1, 3]}, "fail"),
        ("disclosure_2021", "T2-06", "normative_docs", {"normative_docs": [5, 2, 3]}, "pass"),
        ("disclosure_2021", "T2-07", "in_force", {"regulations": [0, 0, 2]}, "fail"),
        ("disclosure_2021", "T2-08", "", {"fees_admin": [251000]}, "fail"),
    ],
)
def test_disclosure(form: str, check_id: str, instance: str, values: Values, status: str) -> None:
    year = int(form[-4:])
    assert outcome(check(table(form, values), year=year), check_id)[instance] == status


def test_a_cell_in_yuan_is_brought_to_ten_thousands() -> None:
    assert outcome(check(table("disclosure_2021", {"fees_admin": [251000]}, unit="元")), "T2-08") == {"": "pass"}


@pytest.mark.parametrize(
    ("level", "kind", "status"),
    [
        ("county", "government", "fail"),
        ("city", "department", "fail"),
        ("city", "government", None),
        ("nation", "department", None),
        ("city", None, "skip"),
        (None, "government", "skip"),
    ],
)
def test_only_some_bodies_enact_regulations(level: str | None, kind: str | None, status: str | None) -> None:
    found = outcome(check(table("disclosure_2021", {"regulations": [2, 2, 2]}), level=level, kind=kind), "T2-07")
    assert set(found.values()) == ({status} if status else set())


REQUESTS = {
    "requests_received": [5, 1, 0, 0, 0, 0, 6],
    "requests_carried_in": [1, 0, 0, 0, 0, 0, 1],
    "requests_granted": [3, 1, 0, 0, 0, 0, 4],
    "unable_not_held": [2, 0, 0, 0, 0, 0, 2],
    "requests_closed": [5, 1, 0, 0, 0, 0, 6],
    "requests_carried_out": [1, 0, 0, 0, 0, 0, 1],
}


@pytest.mark.parametrize(("form", "rows"), [("requests_2019", 23), ("requests_2021", 25)])
def test_a_sound_table_passes_with_one_entry_for_each_instance(form: str, rows: int) -> None:
    checks = [c for c in check(table(form, REQUESTS)) if c.id.startswith("T3-0") and c.id < "T3-05"]
    assert {c.status for c in checks} == {"pass"}
    counts = {i: sum(c.id == i for c in checks) for i in ("T3-01", "T3-02", "T3-03", "T3-04")}
    assert counts == {"T3-01": 7, "T3-02": 7, "T3-03": rows, "T3-04": 1}
    assert all(c.at == () and c.detail == "" for c in checks)


def test_a_wrong_cell_is_named_where_row_and_column_cross() -> None:
    wrong = REQUESTS | {"unable_not_held": [3, 0, 0, 0, 0, 0, 2]}
    checks = check(table("requests_2021", wrong))
    failed = {(c.id, c.instance) for c in checks if c.status == "fail"}
    assert failed == {("T3-02", "natural_person"), ("T3-03", "unable_not_held")}
    row = one(checks, "T3-03", "unable_not_held")
    assert (row.left, row.right) == (2, 3)
    assert "自然人一格应为2" in row.detail
    assert "自然人一格应为2" in one(checks, "T3-02", "natural_person").detail
    assert CellRef("requests_2021", "unable_not_held", "natural_person") in row.at


def test_a_forgotten_carry_over_fails_in_its_columns() -> None:
    forgot = REQUESTS | {"requests_carried_out": [0] * 7}
    failed = {c.instance for c in check(table("requests_2021", forgot)) if c.id == "T3-01" and c.status == "fail"}
    assert failed == {"natural_person", "total"}


def test_blank_is_not_zero() -> None:
    blank = REQUESTS | {"requests_partial": [None] * 6 + [0]}
    checks = check(table("requests_2021", blank))
    assert outcome(checks, "T3-03")["requests_partial"] == "skip"
    assert outcome(checks, "T3-02")["natural_person"] == "skip"
    assert outcome(checks, "T3-02")["total"] == "pass"
    assert one(checks, "T3-04").status == "skip"
    assert "6" in one(checks, "T3-04").detail


def test_a_negative_cell_is_named() -> None:
    found = [c for c in check(table("requests_2021", {"denied_query": [-1, 0, 0, 0, 0, 0, 0]})) if c.id == "T3-04"]
    assert [(c.instance, c.status, c.at) for c in found] == [
        ("denied_query.natural_person", "fail", (CellRef("requests_2021", "denied_query", "natural_person"),))
    ]


@pytest.mark.parametrize(
    ("check_id", "row"), [("T4-01", "review"), ("T4-02", "lit_direct"), ("T4-03", "lit_after_review")]
)
@pytest.mark.parametrize(
    ("values", "status"), [([2, 1, 0, 1, 4], "pass"), ([2, 1, 0, 1, 5], "fail"), ([None, 1, 0, 1, 4], "skip")]
)
def test_review_and_litigation(check_id: str, row: str, values: Sequence[float | None], status: str) -> None:
    assert outcome(check(table("review_litigation", {row: values})), check_id) == {"": status}


def test_no_table_no_entry() -> None:
    assert check() == []
    assert check(Table("unknown", 0, 5, {}, (("指标", "数"),))) == []


@pytest.mark.parametrize(
    ("form", "year", "status"),
    [
        ("requests_2019", 2020, "pass"),
        ("requests_2019", 2021, "fail"),
        ("requests_2021", 2020, "fail"),
        ("statistics_2014", 2018, "pass"),
        ("review_litigation", 2023, "pass"),
    ],
)
def test_the_form_belongs_to_the_year(form: str, year: int, status: str) -> None:
    found = one(check(table(form), year=year), "F-01", form)
    assert (found.status, found.severity, found.left) == (status, "soft", year)


def test_order_is_that_of_the_catalogue() -> None:
    ids = [c.id for c in check(table("review_litigation"), table("requests_2021"), table("disclosure_2021"))]
    assert ids == sorted(ids, key=lambda i: ("T2", "T3", "T4", "P-", "F-").index(i[:2]) * 100 + int(i[-2:]))


def test_every_relation_is_described_in_both_languages() -> None:
    zh, en = describe("T3-01")
    assert "结转" in zh
    assert "carried in" in en
    with pytest.raises(KeyError):
        describe("T3-99")


cell = st.one_of(st.none(), st.integers(-5, 10**12), st.floats(-5, 1e9, allow_nan=False))


@given(st.lists(st.lists(cell, min_size=7, max_size=7), min_size=25, max_size=25))
def test_any_numbers_give_one_entry_an_instance_and_no_error(rows: list[list[float | None]]) -> None:
    ids = [row.id for row in catalogue().forms["requests_2021"].rows if row.id]
    checks = check(table("requests_2021", dict(zip(ids, rows, strict=True))))
    keys = [(c.id, c.instance) for c in checks]
    assert len(keys) == len(set(keys))
    for found in checks:
        if found.id == "T3-03":
            unknown = None in rows[ids.index(found.instance)]
            assert (found.status == "skip") == unknown
