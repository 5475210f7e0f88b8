"""Small stores with known truth, made from the contract."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import duckdb
import polars as pl
import pytest

from warehouse.schema import create_statements, store_tables

NIGHT = date(2026, 1, 13)
BORN = date(1990, 6, 1)


class Store:
    """The published store's tables, empty, and ways to put rows into them."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        for statement in create_statements(store_tables()):
            con.execute(statement)
        night = {"night": NIGHT, "person_model_id": "person-test", "crimelink_version": "0"}
        self.put("governance.night", [night | {"published_at": NIGHT}])

    def put(self, table: str, rows: Iterable[dict[str, Any]]) -> None:
        frame = pl.DataFrame(list(rows), infer_schema_length=None)
        self.con.register("put", frame)
        self.con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM put")
        self.con.unregister("put")

    def put_records(self, *records: tuple[str, str, str], **columns: Any) -> None:
        """Records as ``(force, id, person id)``, all with the same further columns."""
        self.put(
            "core.person_record",
            ({**_delivered(force, ref), "person_id": person, "birth_date": BORN,
              "sex": "F", **columns} for force, ref, person in records),
        )  # fmt: skip

    def put_identifier(self, force: str, ref: str, **columns: Any) -> None:
        self.put(
            "core.person_identifier",
            [{**_delivered(force, ref), "type": "pnc", "value": "X", "is_valid": True, **columns}],
        )

    def put_edges(self, *edges: tuple[str, str, float], **columns: Any) -> None:
        """Edges as ``(force/id, force/id, weight)``; 10 bits join."""
        self.put("link.person_edge", (_edge(*edge) | columns for edge in edges))


def _delivered(force: str, ref: str) -> dict[str, Any]:
    return {"force": force, "source_system": "niche", "record_key": ref, "source_record_id": ref,
            "batch_id": "b", "source_file": "f", "source_row": 1, "version": 1,
            "valid_from": NIGHT}  # fmt: skip


def _edge(left: str, right: str, weight: float) -> dict[str, Any]:
    one, other = sorted([left, right])
    band = "link" if weight >= 10 else "review" if weight >= 4 else "possible"
    return {
        **dict(zip(("force_l", "source_record_id_l"), one.split("/"), strict=True)),
        **dict(zip(("force_r", "source_record_id_r"), other.split("/"), strict=True)),
        "source_system_l": "niche", "source_system_r": "niche",
        "match_weight": weight, "match_probability": 0.5, "link_at": 10.0, "band": band,
        "cut": None, "weights": "{}", "levels": '{"forename":"same","birth":"not known"}',
        "match_key": "name", "model_id": "person-test", "night": NIGHT,
    }  # fmt: skip


def new_store() -> Store:
    return Store(duckdb.connect())


@pytest.fixture
def store() -> Iterator[Store]:
    made = new_store()
    yield made
    made.con.close()


def truth_of(**records: str) -> pl.DataFrame:
    """The truth of records of one force named by id: ``a1="ANA"``."""
    return pl.DataFrame(
        {"source_record_id": list(records), "truth_person_id": list(records.values()),
         "traps": [[] for _ in records], "name_origin": [None for _ in records]},
        schema_overrides={"traps": pl.List(pl.String), "name_origin": pl.String},
    )  # fmt: skip
