"""States that hold objects and events as the load would have stored them."""

from datetime import date, datetime

import polars as pl

from warehouse.home import Home
from warehouse.state import writer

FIRST = date(2026, 1, 12)

_COMMON = {"source_system": "niche", "batch_id": "b", "source_file": "f", "source_row": 1,
           "version": 1, "delivery_sequence": "1"}  # fmt: skip
_EVENT = {"offence_group": "vehicle-crime", "is_notifiable": True, "is_time_ambiguous": False,
          "occurred_precision": "minute", "location_precision": "exact"}  # fmt: skip


def store(home: Home, night: date, rows: dict[str, dict | None]) -> None:
    """The records as of that night: by ``table/force/id`` its columns, None where it is deleted."""
    with writer(home, "test") as con:
        ended: dict[str, list[dict]] = {}
        for name in rows:
            table, force, record = name.split("/")
            ended.setdefault(table, []).append({"force": force, "record_key": record})
        for table, keys in ended.items():
            con.register("ended", pl.DataFrame(keys))
            con.execute(
                f"UPDATE core.{table} SET valid_to = ?, closed_sequence = '1' FROM ended "
                f"WHERE {table}.force = ended.force AND {table}.record_key = ended.record_key "
                "AND valid_to IS NULL",
                [night],
            )
            con.unregister("ended")
        by_table: dict[str, list[dict]] = {}
        for name, values in rows.items():
            table, force, record = name.split("/")
            if values is not None:
                by_table.setdefault(table, []).append(
                    _COMMON
                    | {"force": force, "source_record_id": record, "record_key": record,
                       "valid_from": night}
                    | (_EVENT if table == "offence_record" else {})
                    | values
                )  # fmt: skip
        for table, made in by_table.items():
            con.register("made", pl.DataFrame(made, infer_schema_length=None))
            con.execute(f"INSERT INTO core.{table} BY NAME SELECT * FROM made")
            con.unregister("made")


def vehicle(vrm: str | None, *words: str) -> dict:
    return {"vrm": vrm, **dict(zip(("make", "model", "colour"), words, strict=False))}


def part(event: str, record: str, table: str = "vehicle_record") -> dict:
    """A part of the object in the offence: to be stored as ``event_object/force/any``."""
    return {"source_record_id": event, "event_type": "offence_record", "object_type": table,
            "object_source_record_id": record, "role": "seen"}  # fmt: skip


def offence(at: str, latitude: float, longitude: float, until: str | None = None, **more) -> dict:
    return {"occurred_from": datetime.fromisoformat(at), "latitude": latitude,
            "longitude": longitude, "occurred_to": until and datetime.fromisoformat(until),
            "occurred_on": datetime.fromisoformat(at).date()} | more  # fmt: skip


def ask(home: Home, query: str) -> list[tuple]:
    with writer(home, "test") as con:
        return con.execute(query).fetchall()
