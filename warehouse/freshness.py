"""How fresh each force's data is in the night's store."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import duckdb
import polars as pl

from warehouse.contract import DELIVERED
from warehouse.contract.control import FORCE_STATUS
from warehouse.declared import DeclaredForce, FormerForce
from warehouse.settled import HELD_SQL, PLACED_SQL
from warehouse.wording import counted

# Open data beside a force's own records: it does not follow the force's system.
_OPEN_DATA = "policeuk"

_PLACED_SQL = f"CREATE OR REPLACE TEMP TABLE placed AS {PLACED_SQL}"
_BATCHES_SQL = """
    SELECT force,
           max_by(batch_id, place) FILTER (status = 'loaded') AS good_batch,
           max_by(delivery_date, place) FILTER (status = 'loaded') AS good_date,
           max_by(batch_id, place) AS latest_batch,
           max_by(status, place) AS latest_status,
           max_by(held_rule, place) FILTER (status = 'held') AS held_rule,
           max_by(held_reason, place) FILTER (status = 'held') AS held_reason
    FROM placed GROUP BY force
"""
# What was held and nothing has settled since.
_GAPS_SQL = f"""
    SELECT force, batch_id, kind, delivery_date, held_rule
    FROM placed JOIN (SELECT batch_id FROM ({HELD_SQL}) WHERE settled_by IS NULL) USING (batch_id)
    ORDER BY place
"""
_RECORDS_SQL = " UNION ALL ".join(
    f"SELECT force, source_system FROM {table.qualified}" for table in DELIVERED if not table.owner
)
# Records that a force holds from a system which did not send its latest delivery.
_LEFT_BEHIND_SQL = f"""
    WITH sent AS (
        SELECT force, source_system, max(delivery_date) AS last_date
        FROM placed WHERE status = 'loaded' GROUP BY ALL
    ), record AS ({_RECORDS_SQL})
    SELECT force, source_system, count(*), any_value(last_date)
    FROM record JOIN sent USING (force, source_system)
    WHERE source_system <> '{_OPEN_DATA}'
      AND last_date < (SELECT max(last_date) FROM sent AS newer WHERE newer.force = sent.force)
    GROUP BY force, source_system ORDER BY force, source_system
"""


def fill_force_status(
    con: duckdb.DuckDBPyConnection,
    night: date,
    forces: Mapping[str, DeclaredForce],
    unfinished: list[str],
) -> None:
    """Fill ``quality.force_status``, a row for every force, from ``quality.batch``.

    Args:
        con: the store that is being built, its delivered rows in it.
        night: its night.
        forces: every declared force, and those that were (``warehouse.declared.FormerForce``).
        unfinished: deliverers whose collect or standardise step failed in this night.
    """
    con.execute(_PLACED_SQL)
    relation = con.execute(_BATCHES_SQL)
    names = [column[0] for column in relation.description or []]
    batches = {row[0]: dict(zip(names, row, strict=True)) for row in relation.fetchall()}
    gaps = _by_force(con, _GAPS_SQL)
    left_behind = _by_force(con, _LEFT_BEHIND_SQL)
    con.execute("DROP TABLE placed")
    rows = [
        _status(
            declared,
            night,
            batches.get(force, {}),
            gaps.get(force, []),
            [note for note in left_behind.get(force, []) if note[0] != declared.system],
            declared.deliverer in unfinished,
        )
        for force, declared in sorted(forces.items())
    ]
    con.register("statuses", pl.DataFrame(rows, schema=FORCE_STATUS.polars_schema()))
    con.execute(f"INSERT INTO {FORCE_STATUS.qualified} BY NAME SELECT * FROM statuses")
    con.unregister("statuses")


def _by_force(con: duckdb.DuckDBPyConnection, sql: str) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = {}
    for force, *values in con.execute(sql).fetchall():
        found.setdefault(force, []).append(tuple(values))
    return found


def _status(
    declared: DeclaredForce,
    night: date,
    known: dict[str, object],
    gaps: list[tuple[Any, ...]],
    left_behind: list[tuple[Any, ...]],
    has_failed: bool,
) -> dict[str, object]:
    # The latest batch, where it is held, is the last gap: nothing later can have settled it.
    latest = known["latest_batch"] if known.get("latest_status") == "held" else None
    held = [gap[0] for gap in gaps]
    last_good = known.get("good_date")
    age = (night - last_good).days if isinstance(last_good, date) else None
    reasons = list(dict.fromkeys(_gap_reason(gap) for gap in gaps if gap[0] != latest))
    if latest:
        reasons.append(f"batch held: {known['held_rule']}: {known['held_reason']}")
    if has_failed:
        reasons.append(f"the delivery of {declared.deliverer} could not be taken in this night")
    if age is None:
        reasons.append("nothing has been loaded yet")
    elif isinstance(declared, FormerForce):
        reasons.append("no longer declared: served from its last good data")
    elif age >= declared.every_days:
        reasons.append(
            f"nothing new since {last_good}: {age} d, and a delivery is due every "
            f"{declared.every_days} d"
        )
    status = "never" if age is None else "held" if held else "stale" if reasons else "fresh"
    notes = [
        f"also serves {counted(rows, 'record')} of system {system}, last delivered {last}"
        for system, rows, last in left_behind
    ]
    return {
        "force": declared.force,
        "night": night,
        "status": status,
        "last_good_date": last_good,
        "last_good_batch_id": known.get("good_batch"),
        "expected_every_days": declared.every_days,
        "held_batch_id": held[-1] if held else None,
        "reason": "; ".join(reasons + notes) or None,
    }


def _gap_reason(gap: tuple[Any, ...]) -> str:
    _, kind, delivered, rule = gap
    return (
        f"{kind} of {delivered} is held and was never made good ({rule}); what it brought is "
        "missing: crimelink quality held says what to do"
    )
