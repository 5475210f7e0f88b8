"""Which batches are held, what has become of them, and which a named person may release."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import duckdb

from quality.gate.checks import CHECK_FAILED
from quality.rules.delivery_rules import DELIVERY_RULES
from warehouse.batch import BatchKind
from warehouse.release import OVERRULED_UNCHECKED, TEST_ENVIRONMENT, Finding
from warehouse.settled import HELD_SQL, Settlement

# Why a batch that the load holds cannot be released: the state would refuse it again.
_HELD_BY_LOAD = {
    "contract_broken": "the store cannot take its rows",
    "does_not_balance": "not every row of it is accounted for",
    "foreign_rows": "it holds rows of another force or system",
    "unknown_table": "it holds rows of a table that the contract does not know",
    "undeclared_force": "its force is declared no longer",
    "repeats_held": "it holds nothing of its own: release the delivery that it repeats",
}


# Rules that hold a delivery before it is checked or when it is loaded; those of suites and of the
# gate bear other names.
_UNREAD = {rule.name for rule in DELIVERY_RULES} - {*_HELD_BY_LOAD, *OVERRULED_UNCHECKED}


def why_never(rule: str | None, environment: str) -> str | None:
    """Why a batch that this rule holds can never be released; None where it may be.

    Args:
        rule: what holds it; None where nothing does yet.
        environment: live or test, as in ``quality.batch``.
    """
    if environment == "test" or rule == TEST_ENVIRONMENT:
        return "test data never enters a live store"
    if rule == CHECK_FAILED:
        return "its rows could not be checked"
    if rule in _UNREAD:
        return f"its delivery could not be read ({rule})"
    return _HELD_BY_LOAD.get(rule or "")


@dataclass(frozen=True)
class HeldBatch:
    """A batch that is held, or was until it was released.

    Attributes:
        batch_id, delivery_id, deliverer, force, kind, delivery_date, environment: as in
            quality.batch.
        rule, reason: what holds it.
        night: night that first held it.
        is_superseded: True where a newer full delivery of the force and system has been loaded.
        settled: what ended it (``warehouse.settled``); None where it still matters.
        findings: every rule that holds it.
    """

    batch_id: str
    delivery_id: str
    deliverer: str
    force: str
    kind: BatchKind
    delivery_date: date
    environment: str
    rule: str
    reason: str
    night: date
    is_superseded: bool
    settled: Settlement | None
    findings: tuple[Finding, ...]

    @property
    def never(self) -> str | None:
        """Why it can never be released; None where it may be."""
        return why_never(self.rule, self.environment)


def held_batches(store: duckdb.DuckDBPyConnection) -> list[HeldBatch]:
    """The batches that a store has as held, settled ones too, the longest held first."""
    findings: dict[str, list[Finding]] = {}
    for batch_id, *finding in store.execute(_FINDINGS).fetchall():
        findings.setdefault(batch_id, []).append((finding[0], finding[1], finding[2]))
    return [
        _held_batch(row, tuple(findings.get(row[0], ()))) for row in store.execute(_HELD).fetchall()
    ]


def released_batches(store: duckdb.DuckDBPyConnection) -> list[HeldBatch]:
    """The batches that a release let in, as they were held, the longest ago first."""
    return [_held_batch(row, ()) for row in store.execute(_RELEASED).fetchall()]


def _held_batch(row: tuple[Any, ...], findings: tuple[Finding, ...]) -> HeldBatch:
    *values, how, by, night = row
    named = dict(zip([field.name for field in fields(HeldBatch)], values, strict=False))
    return HeldBatch(
        **named, settled=Settlement(how, by, night) if how else None, findings=findings
    )


_HELD = f"""
SELECT batch_id, delivery_id, deliverer, force, kind, delivery_date, environment, held_rule,
       held_reason, coalesce(first_night, night) AS held_night,
       EXISTS (
           FROM quality.batch AS newer
           WHERE newer.status = 'loaded' AND newer.kind = 'full' AND newer.force = held.force
             AND newer.source_system = held.source_system
             AND (newer.delivery_date, newer.delivery_id) > (held.delivery_date, held.delivery_id)
       ),
       settled_how, settled_by, settled_night
FROM quality.batch AS held
JOIN ({HELD_SQL}) USING (batch_id)
LEFT JOIN (
    SELECT batch_id, min(held_night) AS first_night FROM quality.release GROUP BY batch_id
) USING (batch_id)
ORDER BY held_night, batch_id
"""
_RELEASED = """
SELECT batch_id, delivery_id, deliverer, force, kind, delivery_date, environment,
       release.held_rule, release.held_reason, release.held_night, false,
       'release', released_by, release.night
FROM quality.release JOIN quality.batch USING (batch_id, force)
WHERE outcome = 'loaded' ORDER BY release.held_night, batch_id
"""
_FINDINGS = """
SELECT batch_id, table_name, column_name, rule
FROM quality.check_result JOIN quality.batch USING (batch_id)
WHERE status = 'held' AND action = 'held' ORDER BY ALL
"""
