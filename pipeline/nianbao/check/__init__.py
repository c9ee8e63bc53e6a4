"""The relations that one report can be checked against: tables, prose against tables, prose against itself, form.

`run_checks` gives one `Check` for each instance of each relation of `catalogue/relations.toml` that concerns the
report. A relation with an operand that is unknown is skipped, never passed and never failed: blank is not 0. A relation
whose table or statement the report does not have leaves no entry.
"""

from __future__ import annotations

from nianbao.check.arithmetic import check_sheet, flatten
from nianbao.check.breakdown import check_breakdowns
from nianbao.check.claims import check_claims
from nianbao.check.evidence import CellRef, Check, Evidence, Place, Severity, SpanRef, Status
from nianbao.check.relations import describe, ranks
from nianbao.check.wording import check_wording

__all__ = [
    "CellRef", "Check", "Evidence", "Place", "Severity", "SpanRef", "Status", "describe", "run_checks",
]  # fmt: skip


def run_checks(evidence: Evidence) -> list[Check]:
    """Checks one report.

    Returns:
      The checks in the order of the catalogue; those of one relation in the order of the form or of the text.
    """
    sheets = [sheet for table in evidence.tables if (sheet := flatten(table, evidence))]
    checks = [check for sheet in sheets for check in check_sheet(sheet, evidence)]
    checks.extend(check_wording(evidence, sheets))
    checks.extend(check_claims(evidence, sheets))
    checks.extend(check_breakdowns(evidence))
    place = ranks()
    checks.sort(key=lambda check: place[check.id])
    return checks
