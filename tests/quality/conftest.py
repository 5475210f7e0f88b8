"""A night with staged batches made from a few values: the contract fills the rest."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from forces.declaration import Declaration
from warehouse.batch import Batch
from warehouse.contract import DELIVERED, STAGING_COLUMNS, TABLES, Kind, delivered_table
from warehouse.home import Home
from warehouse.night import close_night

NIGHT = date(2026, 3, 2)
LAST_NIGHT = date(2026, 3, 1)
FILLER = {
    Kind.TEXT: "x", Kind.INTEGER: 1, Kind.BIGINT: 1, Kind.DOUBLE: 1.0, Kind.BOOLEAN: False,
    Kind.DATE: date(2020, 1, 1), Kind.TIMESTAMP: datetime.fromisoformat("2020-01-01"),
}  # fmt: skip


def declare(force: str, profile: str = "GB") -> Declaration:
    return Declaration(
        force=force, name=force.title(), aliases=(), ons_code=None, pnc_codes=(), system="niche",
        deliverer=force, accepts=(), profile=profile, kind="delta", every_days=1, is_public=False,
        encoding="utf-8", form=None,
    )  # fmt: skip


def fill(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """A sound row of the table, with the given values in their places."""
    filled: dict[str, Any] = {}
    for column in (*delivered_table(table).columns, *STAGING_COLUMNS):
        if column.required:
            filled[column.name] = column.allowed[0] if column.allowed else FILLER[column.kind]
    if table == "offence_record":
        filled["offence_group"] = "burglary"
    if table == "person_identifier":
        filled["value"] = "2002/0073319Z"
    filled |= {"source_file": f"{table}.csv", "record_key": row.get("source_record_id")}
    return filled | row


def blank(table: str, source_record_id: str, force: str = "alpha") -> dict[str, Any]:
    """A deletion: every column of the table null but the ids and the place it stands in."""
    names = (column.name for column in delivered_table(table).columns)
    own = {name: None for name in names if name != "source_row"}
    return own | {
        "force": force, "source_system": "niche", "batch_id": "b",
        "source_record_id": source_record_id, "record_key": source_record_id,
        "source_file": f"{table}.csv", "operation": "delete",
    }  # fmt: skip


@dataclass
class Checked:
    """What the check wrote about one batch."""

    folder: Path

    @property
    def batch(self) -> Batch:
        return Batch.read(self.folder)

    def accepted(self, table: str) -> list[str]:
        path = self.folder / f"{table}.parquet"
        return pl.read_parquet(path)["source_record_id"].to_list() if path.exists() else []

    @property
    def quarantine(self) -> pl.DataFrame:
        return pl.read_parquet(self.folder / "quarantine.parquet")

    @property
    def failures(self) -> list[tuple[str, int, str, str]]:
        """Table, source row, column and rule of every row in quarantine."""
        picked = self.quarantine.select("table_name", "source_row", "column_name", "rule")
        return sorted(picked.iter_rows())

    @property
    def results(self) -> pl.DataFrame:
        return pl.read_parquet(self.folder / "check_result.parquet")

    def result(self, table: str, column: str | None, rule: str) -> dict[str, Any]:
        """The one row of check_result about that rule."""
        found = self.results.filter(
            (pl.col("table_name") == table) & (pl.col("rule") == rule)
            & pl.col("column_name").eq_missing(pl.lit(column))
        )  # fmt: skip
        return found.row(0, named=True) if len(found) == 1 else {"found": len(found)}


@dataclass
class Night:
    """A home with one night and the batches staged for it."""

    home: Home
    night: date = NIGHT
    declarations: dict[str, Declaration] = field(default_factory=dict)

    def stage(
        self,
        force: str,
        tables: dict[str, list[dict[str, Any]] | pl.DataFrame],
        *,
        name: str = "1",
        profile: str = "GB",
        quarantine: pl.DataFrame | None = None,
        **batch_values: Any,
    ) -> Batch:
        """Stage a batch of the force; rows are numbered from 1 within their table."""
        self.declarations[force] = declare(force, profile)
        batch_id = f"{force}-{self.night}-{name}"
        folder = self.home.staged(batch_id)
        folder.mkdir(parents=True)
        received = {}
        for table, rows in tables.items():
            frame = self._frame(table, rows, force, batch_id) if isinstance(rows, list) else rows
            received[table] = len(frame)
            frame.write_parquet(folder / f"{table}.parquet")
        if quarantine is not None:
            quarantine.write_parquet(folder / "quarantine.parquet")
        values: dict[str, Any] = {
            "delivery_id": batch_id, "deliverer": force, "force": force, "source_system": "niche",
            "delivery_date": self.night, "sequence": name, "kind": "delta", "environment": "live",
            "content_hash": name, "bytes": 1, "received": received,
        }  # fmt: skip
        batch = Batch(batch_id, **values | batch_values)
        batch.write(folder)
        self._hand_over(force, batch_id)
        return batch

    def _frame(
        self, table: str, rows: list[dict[str, Any]], force: str, batch_id: str
    ) -> pl.DataFrame:
        same = {"force": force, "source_system": "niche", "batch_id": batch_id}
        filled = [fill(table, same | {"source_row": n} | row) for n, row in enumerate(rows, 1)]
        schema = delivered_table(table).polars_schema(STAGING_COLUMNS)
        return pl.DataFrame(filled, schema=schema, orient="row")

    def _hand_over(self, force: str, batch_id: str) -> None:
        path = self.home.night(self.night) / "standardise" / f"{force}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        ids = json.loads(path.read_text()) if path.exists() else []
        path.write_text(json.dumps([*ids, batch_id]))

    def check(self) -> None:
        from quality.check import check

        check(self.home, self.night, self.declarations)

    def checked(self, batch: Batch) -> Checked:
        return Checked(self.home.checked(batch.batch_id))

    def publish(self, closed: date = LAST_NIGHT, **tables: list[dict[str, Any]]) -> Path:
        """A closed night and its store, which holds these rows, by names like
        ``core_person_record``. Readers open it from now on."""
        path = self.home.store / "versions" / f"crimelink-{closed}.duckdb"
        path.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(path) as con:
            for schema in ("core", "quality"):
                con.execute(f"CREATE SCHEMA {schema}")
            wanted = [*DELIVERED, TABLES["quality.batch"], TABLES["quality.reconciliation"]]
            for table in wanted:
                rows = tables.get(f"{table.schema}_{table.name}", [])
                frame = pl.DataFrame(rows, schema=table.polars_schema(), orient="row")
                con.register("frame", frame)
                con.execute(f"CREATE TABLE {table.qualified} AS SELECT * FROM frame")
                con.unregister("frame")
        self.roll_back(path)
        close_night(self.home, closed, path)
        return path

    def roll_back(self, path: Path) -> None:
        """Let readers open that store."""
        self.home.current.unlink(missing_ok=True)
        self.home.current.symlink_to(path.relative_to(self.home.store))


@pytest.fixture
def night(tmp_path: Path) -> Night:
    return Night(Home.of(tmp_path / "home"))
