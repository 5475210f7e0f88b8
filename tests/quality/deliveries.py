"""Deliveries of one force, one after another, compared as the check compares them: no suite is run.

A delivery is made of columns of codes drawn at random, so that what chance does is in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from forces.drift_limits import DriftLimits
from quality.connection import open_workspace
from quality.gate.checks import GateCheck
from quality.gate.drift import check_drift
from quality.gate.profile import Profiles, profile_batches
from quality.source import Source
from warehouse.batch import Batch, BatchKind
from warehouse.contract import STAGING_COLUMNS, TABLES, delivered_table

FIRST = date(2026, 1, 1)
PROFILE_TABLES = ("table_profile", "column_profile", "code_profile")
STORED = ("batch", "reconciliation", *PROFILE_TABLES)


def make_frame(table: str, rows: int, **columns: Sequence[object]) -> pl.DataFrame:
    """Rows of a staged table; columns that are not given are null."""
    contract = delivered_table(table)
    given = {
        "force": ["alpha"] * rows, "source_system": ["niche"] * rows,
        "source_record_id": [str(n) for n in range(rows)],
        "record_key": [str(n) for n in range(rows)], "operation": ["upsert"] * rows,
    } | columns  # fmt: skip
    schema = contract.polars_schema(STAGING_COLUMNS)
    return pl.DataFrame({name: given.get(name, [None] * rows) for name in schema}, schema=schema)


def draw(
    rng: np.random.Generator, shares: Mapping[str | None, float], rows: int
) -> list[str | None]:
    """Codes drawn with these shares; what is left of 1 is null."""
    codes = [*shares, None]
    left = max(1 - sum(shares.values()), 0.0)
    return [codes[n] for n in rng.choice(len(codes), rows, p=[*shares.values(), left])]


@dataclass
class Deliveries:
    """Deliveries of a force, kept in a store as the load would keep their profiles."""

    folder: Path
    kind: BatchKind = "delta"
    limits: DriftLimits = field(default_factory=DriftLimits)
    every_days: int = 1
    sent: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(self.folder / "store.duckdb") as con:
            con.execute("CREATE SCHEMA quality")
            for name in STORED:
                table = TABLES[f"quality.{name}"]
                columns = ", ".join(f"{c.name} {c.kind.value}" for c in table.columns)
                con.execute(f"CREATE TABLE {table.qualified} ({columns})")

    def send(
        self,
        tables: Mapping[str, pl.DataFrame],
        *,
        status: str = "loaded",
        days: int | None = None,
        **batch_values: object,
    ) -> list[GateCheck]:
        """Compare a delivery with the earlier ones, then put its profiles with theirs."""
        source = self._stage(tables, days, batch_values)
        with open_workspace(self._workspace(), self.folder / "store.duckdb") as con:
            profiles = profile_batches(con, [source])
            checks = check_drift(con, [source], profiles)
        self._keep(source, profiles, status)
        return checks

    def failing(self, tables: Mapping[str, pl.DataFrame], **values: object) -> dict[str, str]:
        """Rules that the delivery breaks, as ``rule`` or ``rule table.column``, with severity."""
        return {
            f"{c.rule} {c.table}.{c.column}" if c.column else f"{c.rule} {c.table}": c.severity
            for c in self.send(tables, **values)  # type: ignore[arg-type]
            if c.failed
        }

    def _stage(
        self,
        tables: Mapping[str, pl.DataFrame],
        days: int | None,
        batch_values: Mapping[str, object],
    ) -> Source:
        files = {}
        for name, frame in tables.items():
            files[name] = self.folder / f"{name}-{self.sent}.parquet"
            frame.write_parquet(files[name])
        values = {
            "delivery_id": f"d{self.sent}", "deliverer": "alpha", "force": "alpha",
            "source_system": "niche", "sequence": str(self.sent), "environment": "live",
            "delivery_date": FIRST + timedelta(
                days=self.every_days * self.sent if days is None else days),
            "kind": self.kind, "content_hash": str(self.sent), "bytes": 1,
            "received": {name: frame.height for name, frame in tables.items()},
        } | batch_values  # fmt: skip
        batch = Batch(f"alpha-{self.sent}", **values)  # type: ignore[arg-type]
        self.sent += 1
        return Source(self.sent, batch, "GB", files, None, None, self.limits)

    def _workspace(self) -> Path:
        path = self.folder / "work.duckdb"
        if not path.exists():
            duckdb.connect(path).close()
        return path

    def _keep(self, source: Source, profiles: Profiles, status: str) -> None:
        profiles.write(source, self.folder, is_held=status == "held")
        batch = source.batch
        with duckdb.connect(self.folder / "store.duckdb") as con:
            con.execute(
                "INSERT INTO quality.batch BY NAME SELECT ? AS batch_id, ? AS force, "
                "? AS source_system, ? AS kind, ? AS status, ? AS delivery_date",
                [batch.batch_id, "alpha", "niche", batch.kind, status, batch.delivery_date],
            )
            for table, rows in batch.received.items():
                con.execute(
                    "INSERT INTO quality.reconciliation BY NAME "
                    "SELECT ? AS batch_id, ? AS table_name, ? AS received",
                    [batch.batch_id, table, rows],
                )
            for name in PROFILE_TABLES:
                path = self.folder / f"{name}.parquet"
                con.execute(f"INSERT INTO quality.{name} BY NAME FROM read_parquet('{path}')")
