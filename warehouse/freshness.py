"""How fresh each declared force's data is in the night's store."""

from collections.abc import Mapping
from datetime import date

import duckdb
import polars as pl

from warehouse.contract.control import FORCE_STATUS
from warehouse.declared import DeclaredForce

# Batches in the order of deliveries: by date, then by the delivery's id.
_BATCHES_SQL = """
    SELECT force,
           max_by(batch_id, place) FILTER (status = 'loaded') AS good_batch,
           max_by(delivery_date, place) FILTER (status = 'loaded') AS good_date,
           max_by(batch_id, place) AS latest_batch,
           max_by(status, place) AS latest_status,
           max_by(held_rule, place) FILTER (status = 'held') AS held_rule,
           max_by(held_reason, place) FILTER (status = 'held') AS held_reason
    FROM (SELECT *, row_number() OVER (
              ORDER BY delivery_date, delivery_id, batch_id) AS place FROM quality.batch)
    GROUP BY force
"""


def fill_force_status(
    con: duckdb.DuckDBPyConnection,
    night: date,
    declarations: Mapping[str, DeclaredForce],
    unfinished: list[str],
) -> None:
    """Fill ``quality.force_status``, a row for every declared force, from ``quality.batch``.

    Args:
        con: the store that is being built.
        night: its night.
        declarations: every declared force.
        unfinished: deliverers whose collect or standardise step failed in this night.
    """
    relation = con.execute(_BATCHES_SQL)
    names = [column[0] for column in relation.description or []]
    batches = {row[0]: dict(zip(names, row, strict=True)) for row in relation.fetchall()}
    rows = [
        _status(declared, night, batches.get(force, {}), declared.deliverer in unfinished)
        for force, declared in sorted(declarations.items())
    ]
    con.register("statuses", pl.DataFrame(rows, schema=FORCE_STATUS.polars_schema()))
    con.execute(f"INSERT INTO {FORCE_STATUS.qualified} BY NAME SELECT * FROM statuses")
    con.unregister("statuses")


def _status(
    declared: DeclaredForce, night: date, known: dict[str, object], has_failed: bool
) -> dict[str, object]:
    is_held = known.get("latest_status") == "held"
    last_good = known.get("good_date")
    age = (night - last_good).days if isinstance(last_good, date) else None
    reasons = []
    if is_held:
        reasons.append(f"batch held: {known['held_rule']}: {known['held_reason']}")
    if has_failed:
        reasons.append(f"the delivery of {declared.deliverer} could not be taken in this night")
    if age is None:
        reasons.append("nothing has been loaded yet")
    elif age >= declared.every_days:
        reasons.append(f"last delivery {age} days old, expected every {declared.every_days}")
    status = "never" if age is None else "held" if is_held else "stale" if reasons else "fresh"
    return {
        "force": declared.force,
        "night": night,
        "status": status,
        "last_good_date": last_good,
        "last_good_batch_id": known.get("good_batch"),
        "expected_every_days": declared.every_days,
        "held_batch_id": known.get("latest_batch") if is_held else None,
        "reason": "; ".join(reasons) or None,
    }
