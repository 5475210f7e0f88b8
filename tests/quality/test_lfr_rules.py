"""Deployments whose columns contradict one another: which rule finds them, and what it does."""

from datetime import date

from quality.rules.lfr_rules import lfr_rules
from quality.rules.rule import Rule
from warehouse.contract import DELIVERED, delivered_table

# A sound row: nothing contradicts.
SOUND = {
    "faces_seen": 100, "total_alerts": 4, "true_alerts": 3, "true_alerts_confirmed": 2,
    "true_alerts_unconfirmed": 1, "false_alerts": 1, "false_alerts_confirmed": 1,
    "false_alerts_unconfirmed": 0, "arrests": 1, "other_disposals": 1, "no_action": 2,
}  # fmt: skip
UNKNOWN = dict.fromkeys(SOUND)
# One row a fault: what is changed, the column and rule that it breaks, and what is done.
FAULTS = [
    ({"faces_seen": 3}, "faces_seen", "alerts_exceed_faces", "quarantined"),
    ({"true_alerts": 2, "total_alerts": 3, "no_action": 1}, "true_alerts",
     "alerts_differ_from_kinds", "quarantined"),
    ({"false_alerts": 0, "total_alerts": 3, "no_action": 1}, "false_alerts",
     "alerts_differ_from_kinds", "quarantined"),
    ({"total_alerts": 5}, "total_alerts", "alerts_differ_from_total", "counted"),
    ({"arrests": 4, "other_disposals": 0, "no_action": 0}, "arrests",
     "arrests_exceed_true_alerts", "counted"),
    ({"no_action": 3}, "total_alerts", "outcomes_exceed_alerts", "counted"),
    (UNKNOWN | {"arrests": 1}, "total_alerts", "outcomes_without_alerts", "counted"),
]  # fmt: skip


def deployment(number: int, **values: int | None) -> dict:
    name = f"2024-01-15:High St:{number}"
    return {"source_record_id": name, "deployed_on": date(2024, 1, 15)} | SOUND | values


def all_rules() -> list[Rule]:
    return list(lfr_rules(delivered_table("lfr_deployment")))


def test_each_contradiction_is_found_in_its_row_and_no_other(night):
    rows = [deployment(0), deployment(1, **UNKNOWN)]
    rows += [deployment(n, **changed) for n, (changed, *_) in enumerate(FAULTS, 2)]
    batch = night.stage("alpha", {"lfr_deployment": rows})
    night.check()
    checked = night.checked(batch)
    results = {
        (r["column_name"], r["rule"]): (r["checked"], r["failed"], r["action"])
        for r in checked.results.iter_rows(named=True)
        if r["failed"]
    }
    assert results == {(column, rule): (9, 1, action) for _, column, rule, action in FAULTS}
    assert checked.failures == [
        ("lfr_deployment", 3, "faces_seen", "alerts_exceed_faces"),
        ("lfr_deployment", 4, "true_alerts", "alerts_differ_from_kinds"),
        ("lfr_deployment", 5, "false_alerts", "alerts_differ_from_kinds"),
    ]


def test_every_rule_has_a_planted_fault_and_stands_on_the_deployments_alone():
    assert {(r.column, r.name) for r in all_rules()} == {(c, n) for _, c, n, _ in FAULTS}
    others = [t for t in DELIVERED if t.name != "lfr_deployment"]
    assert [rule for table in others for rule in lfr_rules(table)] == []


def test_a_deployment_of_the_future_or_before_there_was_any_is_kept_out(night):
    days = (date(2014, 12, 31), date(2015, 1, 1), date(2026, 3, 3), date(2026, 3, 4))
    rows = [deployment(n, deployed_on=day) for n, day in enumerate(days)]
    batch = night.stage("alpha", {"lfr_deployment": rows})
    night.check()
    assert night.checked(batch).failures == [
        ("lfr_deployment", 1, "deployed_on", "range"),
        ("lfr_deployment", 4, "deployed_on", "not_in_the_future"),
    ]
