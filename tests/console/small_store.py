"""A published store of a few records by hand: for commands that read it."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

import duckdb
import polars as pl

from warehouse.contract import Table
from warehouse.home import Home
from warehouse.linked import create_macros
from warehouse.marts import create_mart, read_marts
from warehouse.schema import create_statements, store_tables

NIGHT = date(2026, 1, 12)
MODEL = "person-0"
TABLES = {table.qualified: table for table in store_tables()}
# What a row holds where a test does not say.
_USUAL = {
    "source_system": "niche", "batch_id": "b", "source_file": "f.csv", "source_row": 1,
    "version": 1, "valid_from": NIGHT, "model_id": MODEL, "night": NIGHT, "sex": "U",
}  # fmt: skip


def publish(home: Home, **rows: Iterable[dict[str, Any]]) -> None:
    """Publish a store with these rows, tables named ``core__person_record``."""
    path = home.store / "versions" / "one.duckdb"
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as con:
        for statement in create_statements(TABLES.values()):
            con.execute(statement)
        for name, given in rows.items():
            insert(con, TABLES[name.replace("__", ".")], given)
        create_macros(con)
        for mart in read_marts():
            create_mart(con, mart)
    home.current.symlink_to(path)


def insert(con: duckdb.DuckDBPyConnection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    full = [_USUAL | row for row in rows]
    for number, row in enumerate(full):
        row.setdefault("record_key", row.get("source_record_id"))
        row.setdefault("record_hash", number)
    frame = pl.DataFrame(
        [{name: row.get(name) for name in table.names} for row in full],
        schema=table.polars_schema(),
    )
    con.register("given", frame)
    con.execute(f"INSERT INTO {table.qualified} BY NAME FROM given")
    con.unregister("given")


def pair(left: str, right: str) -> dict[str, str]:
    """Key columns of two records written ``force/id``."""
    sides = {"l": left.split("/", 1), "r": right.split("/", 1)}
    return {
        f"{part}_{side}": value
        for side, (force, record) in sides.items()
        for part, value in zip(
            ("force", "source_system", "source_record_id"), (force, "niche", record), strict=True
        )
    }


def edge(left: str, right: str, *, link_at: float = 10.0, **weights: float) -> dict[str, Any]:
    """A row of ``link.person_edge``; the prior is -20."""
    total = sum(weights.values()) - 20
    return pair(left, right) | {
        "match_weight": total, "match_probability": 0.5, "link_at": link_at,
        "band": "link" if total >= link_at else "review",
        "weights": json.dumps(weights | {"prior": -20.0}),
        "levels": json.dumps(dict.fromkeys(weights, "same")), "match_key": "forename and birth",
    }  # fmt: skip
