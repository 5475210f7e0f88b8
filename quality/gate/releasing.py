"""Which held batches a named person may release, and what the release overrules."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

import duckdb

from quality.gate.checks import CHECK_FAILED
from warehouse.batch import Batch
from warehouse.errors import UsageError
from warehouse.home import Home
from warehouse.night import is_staged
from warehouse.release import (
    OVERRULED_UNCHECKED,
    TEST_ENVIRONMENT,
    Finding,
    Release,
    make_release,
    read_releases,
    waiting_releases,
)

# Why a batch that the load holds cannot be released: the state would refuse it again.
_HELD_BY_LOAD = {
    "contract_broken": "the store cannot take its rows",
    "does_not_balance": "not every row of it is accounted for",
    "foreign_rows": "it holds rows of another force or system",
    "unknown_table": "it holds rows of a table that the contract does not know",
    "undeclared_force": "its force is declared no longer",
    "repeats_held": "it holds nothing of its own: release the delivery that it repeats",
}


@dataclass(frozen=True)
class HeldBatch:
    """A batch that is held.

    Attributes:
        batch_id, delivery_id, deliverer, force, delivery_date, environment: as in quality.batch.
        rule, reason: what holds it.
        night: night that first held it.
        is_superseded: True where a newer full delivery of the force and system has been loaded.
        findings: every rule that holds it.
    """

    batch_id: str
    delivery_id: str
    deliverer: str
    force: str
    delivery_date: date
    environment: str
    rule: str
    reason: str
    night: date
    is_superseded: bool
    findings: tuple[Finding, ...]

    @property
    def never(self) -> str | None:
        """Why it can never be released, as far as its rule tells; None where it may be."""
        if self.environment == "test" or self.rule == TEST_ENVIRONMENT:
            return "test data never enters a live store"
        if self.rule == CHECK_FAILED:
            return "its rows could not be checked"
        return _HELD_BY_LOAD.get(self.rule)


def held_batches(store: duckdb.DuckDBPyConnection) -> list[HeldBatch]:
    """The batches that a store has as held, the longest held first."""
    findings: dict[str, list[Finding]] = {}
    for batch_id, *finding in store.execute(_FINDINGS).fetchall():
        findings.setdefault(batch_id, []).append((finding[0], finding[1], finding[2]))
    names = [field.name for field in fields(HeldBatch)]
    return [
        HeldBatch(**dict(zip(names, (*row, tuple(findings.get(row[0], ()))), strict=True)))
        for row in store.execute(_HELD).fetchall()
    ]


_HELD = """
SELECT batch_id, delivery_id, deliverer, force, delivery_date, environment, held_rule, held_reason,
       coalesce(first_night, night) AS held_night,
       EXISTS (
           FROM quality.batch AS newer
           WHERE newer.status = 'loaded' AND newer.kind = 'full' AND newer.force = held.force
             AND newer.source_system = held.source_system
             AND (newer.delivery_date, newer.delivery_id) > (held.delivery_date, held.delivery_id)
       )
FROM quality.batch AS held
LEFT JOIN (
    SELECT batch_id, min(held_night) AS first_night FROM quality.release GROUP BY batch_id
) USING (batch_id)
WHERE status = 'held' ORDER BY held_night, batch_id
"""
_FINDINGS = """
SELECT batch_id, table_name, column_name, rule
FROM quality.check_result JOIN quality.batch USING (batch_id)
WHERE status = 'held' AND action = 'held' ORDER BY ALL
"""


def release(
    home: Home,
    store: duckdb.DuckDBPyConnection,
    batch_id: str,
    by: str,
    reason: str,
    at: datetime,
    restage: Callable[[HeldBatch], None],
) -> tuple[HeldBatch, Release]:
    """The release of a held batch, checked but not written down.

    Args:
        home: the home.
        store: the newest store.
        batch_id: which batch.
        by, reason, at: who releases it, why and when.
        restage: makes the batch's staged folder again from the kept bytes, where it is gone.

    Raises:
        UsageError: there is no such batch, it is not held, may never be released or is released
            already; or the name or the reason is too short, too long or not one line.
    """
    batch = _find(store, batch_id)
    if batch.never:
        raise UsageError(f"{batch_id} can never be released: {batch.never}")
    waiting = [r for r in waiting_releases(home) if r.batch_id == batch_id]
    if waiting:
        raise UsageError(
            f"{batch_id} is released already, by {waiting[-1].released_by}: the next night takes "
            "it in"
        )
    before = [r for r in read_releases(home).releases if r.batch_id == batch_id]
    overruled = [finding for r in before for finding in r.overruled]
    made = make_release(
        batch_id, batch.force, by, at, reason, (batch.rule, batch.reason, batch.night),
        _last_opened(home), [*overruled, *batch.findings],
    )  # fmt: skip
    if not is_staged(home, batch_id):
        restage(batch)
    unread = Batch.read(home.staged(batch_id)).held_rule
    if unread is not None and unread not in OVERRULED_UNCHECKED:
        raise UsageError(
            f"{batch_id} can never be released: its delivery could not be read ({unread}). Have it "
            "sent again"
        )
    return batch, made


def _find(store: duckdb.DuckDBPyConnection, batch_id: str) -> HeldBatch:
    found = [batch for batch in held_batches(store) if batch.batch_id == batch_id]
    if found:
        return found[0]
    known: Sequence[tuple[str]] = store.execute(
        "SELECT status FROM quality.batch WHERE batch_id = ?", [batch_id]
    ).fetchall()
    if known:
        raise UsageError(f"{batch_id} is not held: it is {known[0][0]}")
    raise UsageError(f"there is no batch {batch_id}. `crimelink quality held` lists those held")


def _last_opened(home: Home) -> date:
    """The last night that has been planned, closed or not: its plan stays as it is."""
    return max(date.fromisoformat(p.parent.name) for p in home.root.glob("nights/*/plan.json"))
