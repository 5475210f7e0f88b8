"""Rows that break no rule, of every delivered table and every column, made from the contract."""

from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl

from warehouse.contract import DELIVERED, STAGING_COLUMNS, Column, Kind, Table
from warehouse.identifiers import build_cro, build_pnc

SYSTEM = "standard"
LAST_DAY = date(2026, 2, 10)
"""No event begins later."""

_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"

# Hours after an event's first instant; what is told of it later comes later.
_HOURS = {
    "occurred_from": 0, "occurred_to": 1, "arrested_at": 0, "detained_at": 1, "released_at": 2,
    "started_at": 0, "ended_at": 2, "reported_at": 2, "recorded_at": 3, "updated_at": 4,
    "attended_at": 5, "closed_at": 6,
}  # fmt: skip
_DAYS = {"from_date": -400, "to_date": -30, "outcome_date": 5}

# What columns hold whose form the contract states as a pattern, or that must agree with others.
_FIXED: dict[str, Any] = {
    "offence_code": "028/01", "offence_code_raw": "028/01", "offence_group": "burglary",
    "is_notifiable": True, "status": "closed", "outcome_code": "18", "last_outcome_code": "18",
    "outcome_text": "Investigation complete; no suspect identified", "is_valid": True,
    "location_precision": "exact", "occurred_precision": "minute", "is_time_ambiguous": False,
    "grading": "3x5x2", "source_evaluation": "1", "intelligence_assessment": "A",
    "handling_code": "P", "event_type": "offence_record", "object_type": "vehicle_record",
    "operation": "upsert", "sequence": None, "scope": None, "asn": "2646AB0100000000001N",
    "lsoa_code": "E01000001", "ward_code": "E05000001", "threshold": 0.64, "other_force_ref": None,
    "total_alerts": 6, "true_alerts": 4, "true_alerts_confirmed": 3, "true_alerts_unconfirmed": 1,
    "false_alerts": 2, "false_alerts_confirmed": 1, "false_alerts_unconfirmed": 1,
    "arrests": 2, "other_disposals": 1, "no_action": 2,
    "source_person_ref": None, "is_deceased": False, "source_system": SYSTEM,
}  # fmt: skip


def sound_tables(force: str, batch_id: str, rows: int) -> dict[str, pl.DataFrame]:
    """Staged tables of one force, ``rows`` rows each: record 1 of a table points at record 1 of
    the others. The same arguments give the same rows."""
    return {
        table.name: pl.DataFrame(
            [_row(table, force, batch_id, n) for n in range(1, rows + 1)],
            schema=table.polars_schema(STAGING_COLUMNS),
            orient="row",
        )
        for table in DELIVERED
    }


def record_id(table: str, number: int) -> str:
    """The id of a record."""
    return f"{table}/{number}"


def _row(table: Table, force: str, batch_id: str, n: int) -> dict[str, Any]:
    owner = table.owner
    if owner and owner.startswith("column:"):
        owner = "offence_record"
    own = {
        "force": force,
        "source_record_id": record_id(owner or table.name, n),
        "record_key": f"{table.name}:{n}" if owner else record_id(table.name, n),
        "batch_id": batch_id,
        "source_file": f"{table.name}.csv",
        "source_row": n,
        "offence_source_record_id": record_id("offence_record", n),
        "person_source_record_id": record_id("person_record", n),
        "object_source_record_id": record_id("vehicle_record", n),
    }
    begun = datetime.combine(LAST_DAY - timedelta(days=n % 10), time(10, n % 60))
    return {
        column.name: own[column.name] if column.name in own else _value(table, column, begun, n)
        for column in (*table.columns, *STAGING_COLUMNS)
    }


def _value(table: Table, column: Column, begun: datetime, n: int) -> Any:  # noqa: ANN401
    name = column.name
    if name in _BY_NAME:
        return _BY_NAME[name](n)
    if table.name in ("person_identifier", "person_contact") and name in ("type", "value"):
        return _PAIRS[table.name](n)[name == "value"]
    if table.name == "event_role" and name == "role":
        return "victim" if n % 2 else "suspect"
    if name in _FIXED:
        return _FIXED[name]
    if name in _HOURS:
        return begun + timedelta(hours=_HOURS[name])
    if column.allowed:
        sound = [value for value in column.allowed if value not in ("O1", "cancelled")]
        return sound[n % len(sound)]
    return _by_kind(column, begun, n)


def _by_kind(column: Column, begun: datetime, n: int) -> Any:  # noqa: ANN401
    if column.kind == Kind.DATE:
        return begun.date() + timedelta(days=_DAYS.get(column.name, 0))
    if column.kind == Kind.TIMESTAMP:
        return begun
    if column.kind == Kind.BOOLEAN:
        return n % 2 == 0
    if column.kind in (Kind.INTEGER, Kind.BIGINT):
        return int(column.minimum or 0) + n % 7
    if column.kind == Kind.DOUBLE:
        return float(column.minimum or 0) + n % 7
    return f"{column.name.upper()} {n}"


def _letters(n: int) -> str:
    first, second = divmod(n, len(_LETTERS))
    return _LETTERS[first % len(_LETTERS)] + _LETTERS[second]


def _born(n: int) -> date:
    return date(1950 + n % 50, 1 + n % 12, 2 + n % 26)


def _number(n: int) -> tuple[str, str]:
    frame = pl.select(
        pnc=build_pnc(pl.lit(2000 + n % 20), pl.lit(1000 + n)),
        cro=build_cro(pl.lit(n % 20), pl.lit(1000 + n)),
    )
    return ("pnc", frame["pnc"][0]) if n % 2 else ("cro", frame["cro"][0])


_BY_NAME: dict[str, Any] = {
    "forename": lambda n: f"FORE{_letters(n)}",
    "middle_names": lambda n: f"MIDDLE{_letters(n)}",
    "surname": lambda n: f"SUR{_letters(n * 7)}",
    "birth_date": _born,
    "birth_year": lambda n: _born(n).year,
    "postcode": lambda n: f"M{1 + n % 9} {n % 10}{_letters(n)}",
    "easting": lambda n: 400_000.0 + n,
    "northing": lambda n: 300_000.0 + n,
    "longitude": lambda n: -2.0 + n / 10_000,
    "latitude": lambda n: 52.6 + n / 10_000,
    "faces_seen": lambda n: 1000 + n,
}
_PAIRS: dict[str, Any] = {
    "person_identifier": _number,
    "person_contact": lambda n: ("phone", f"+44161496{n:04d}"),
}
