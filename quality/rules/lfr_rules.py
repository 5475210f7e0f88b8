"""Rules of live facial recognition deployments that look at several columns of a row.

An alert is raised on a face that was seen, is right or wrong, and is confirmed or not; what became
of it follows from it. So the parts cannot exceed the whole. Where a source contradicts itself in a
way that leaves its rows of use, the rule counts; where the row cannot be what happened, it
quarantines. What is not given contradicts nothing.
"""

from collections.abc import Iterator

from quality.rules.rule import Owner, Rule
from warehouse.contract import Severity, Table

_OWNER: Owner = "force data quality lead"
# The fields that forces publish of each deployment.
_BASIS = "LFR deployment records as forces publish them: faces seen, alerts by kind, outcomes"


def lfr_rules(table: Table) -> Iterator[Rule]:
    """The rules, for the table of deployments alone."""
    if table.name != "lfr_deployment":
        return
    yield _rule(
        "faces_seen",
        "alerts_exceed_faces",
        "warning",
        "more alerts than faces that were seen",
        "correct the faces seen or the alerts",
        "greatest(coalesce(total_alerts, 0), coalesce(true_alerts, 0) + coalesce(false_alerts, 0)) "
        "> faces_seen",
    )
    for kind in ("true_alerts", "false_alerts"):
        yield _rule(
            kind,
            "alerts_differ_from_kinds",
            "warning",
            f"{kind} is less than {kind}_confirmed and {kind}_unconfirmed, or differs from both",
            f"correct {kind} or its confirmed and unconfirmed part",
            f"coalesce({kind}_confirmed, 0) + coalesce({kind}_unconfirmed, 0) > {kind} "
            f"OR {kind}_confirmed + {kind}_unconfirmed <> {kind}",
        )
    yield _rule(
        "total_alerts",
        "alerts_differ_from_total",
        "info",
        "true and false alerts do not add up to all alerts",
        "correct the total or the alerts by kind",
        "coalesce(true_alerts, 0) + coalesce(false_alerts, 0) > total_alerts "
        "OR true_alerts + false_alerts <> total_alerts",
    )
    yield _rule(
        "arrests",
        "arrests_exceed_true_alerts",
        "info",
        "more arrests than alerts that were right",
        "count the arrests that followed from an alert, or correct the alerts",
        "arrests > true_alerts",
    )
    yield _rule(
        "total_alerts",
        "outcomes_exceed_alerts",
        "info",
        "more arrests, other disposals and alerts without action than there were alerts",
        "give each alert one outcome, or correct the alerts",
        "coalesce(arrests, 0) + coalesce(other_disposals, 0) + coalesce(no_action, 0) "
        "> total_alerts",
    )
    yield _rule(
        "total_alerts",
        "outcomes_without_alerts",
        "info",
        "outcomes of alerts, and no word of how many alerts there were",
        "give the number of alerts",
        "total_alerts IS NULL AND "
        "coalesce(arrests, 0) + coalesce(other_disposals, 0) + coalesce(no_action, 0) > 0",
    )


def _rule(
    column: str, name: str, severity: Severity, reason: str, remedy: str, broken: str
) -> Rule:
    """A rule over the columns of one row; ``broken`` is SQL that is true of rows that fail."""
    return Rule(
        "lfr_deployment",
        column,
        name,
        severity,
        reason,
        remedy,
        owner=_OWNER,
        basis=_BASIS,
        expectation="UnexpectedRowsExpectation",
        rows_query=f"SELECT batch_no, row_no FROM (SELECT * FROM {{batch}}) AS r WHERE {broken}",
    )
