"""What the load writes down about a batch: its row, files, quarantine, checks and balance."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from warehouse.batch import Batch
from warehouse.contract.control import (
    BATCH,
    CHECK_RESULT,
    DELIVERY_FILE,
    QUARANTINE,
    RECONCILIATION,
)
from warehouse.contract.model import Table
from warehouse.coverage import KEPT_RULE


@dataclass(frozen=True)
class Balance:
    """What became of the rows of a batch's table. ``closed`` and ``kept`` are beside the balance:
    rows ended because the batch covers them and lacks them, and rows kept though it lacks them."""

    table: str
    received: int
    stored: int = 0
    unchanged: int = 0
    quarantined: int = 0
    deleted: int = 0
    closed: int = 0
    kept: int = 0

    @property
    def is_balanced(self) -> bool:
        """True where received = stored + unchanged + quarantined + deleted."""
        return self.received == self.stored + self.unchanged + self.quarantined + self.deleted

    @property
    def held(self) -> "Balance":
        """The same rows where the batch is held: all of them kept out."""
        return Balance(self.table, self.received, quarantined=self.received)

    def __str__(self) -> str:
        return (
            f"{self.table}: {self.received} received, {self.stored} stored, "
            f"{self.unchanged} unchanged, {self.quarantined} quarantined, {self.deleted} deleted"
        )


def read_quarantine(con: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, int]:
    """Make the temporary table ``pending_quarantine`` of a checked batch, without content.

    Returns:
        Records kept out per table: each once, however many rules it broke.
    """
    con.execute(f"CREATE OR REPLACE TEMP TABLE pending_quarantine AS {_read(QUARANTINE, folder)}")
    counts = con.execute("""
        SELECT table_name, count(*) FROM (
            SELECT DISTINCT table_name, source_file, source_row, record_key
            FROM pending_quarantine
        ) GROUP BY table_name
    """).fetchall()
    return dict(counts)


def record_batch(
    con: duckdb.DuckDBPyConnection,
    batch: Batch,
    night: date,
    balances: list[Balance],
    folder: Path,
) -> None:
    """Write everything that ``quality`` says of a batch, within the caller's transaction."""
    _insert(con, BATCH, [_batch_row(batch, night)])
    _insert_files(con, batch)
    for table in (QUARANTINE, CHECK_RESULT):
        con.execute(f"INSERT INTO {table.qualified} {_read(table, folder)}")
    _insert(con, CHECK_RESULT, [_kept_row(batch, balance) for balance in balances if balance.kept])
    shown = [b.held for b in balances] if batch.is_held else balances
    _insert(con, RECONCILIATION, [_reconciliation_row(batch, night, b) for b in shown])


def held(batch: Batch, rule: str, reason: str) -> Batch:
    """The batch, held by the load."""
    return replace(batch, held_rule=rule, held_reason=reason)


def _read(table: Table, folder: Path) -> str:
    """SELECT of a control table's columns out of a checked batch; none where the file is absent."""
    path = folder / f"{table.name}.parquet"
    columns = ", ".join(f'CAST("{c.name}" AS {c.kind.value}) AS "{c.name}"' for c in table.columns)
    if path.exists():
        escaped = str(path).replace("'", "''")
        return f"SELECT DISTINCT {columns} FROM read_parquet('{escaped}')"
    return f"SELECT {', '.join(table.names)} FROM {table.qualified} WHERE false"


def _insert(con: duckdb.DuckDBPyConnection, table: Table, rows: list[dict[str, object]]) -> None:
    if not rows:
        return
    frame = pl.DataFrame(rows, schema=table.polars_schema())
    con.register("new_rows", frame)
    con.execute(f"INSERT INTO {table.qualified} BY NAME SELECT * FROM new_rows")
    con.unregister("new_rows")


def _insert_files(con: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Files of a delivery once, though several batches share it."""
    known = f"SELECT file FROM {DELIVERY_FILE.qualified} WHERE delivery_id = ?"
    files = {file for (file,) in con.execute(known, [batch.delivery_id]).fetchall()}
    _insert(
        con,
        DELIVERY_FILE,
        [
            {"delivery_id": batch.delivery_id, "file": f.file, "bytes": f.bytes,
             "sha256": f.sha256, "records": f.records, "note": f.note}
            for f in batch.files if f.file not in files
        ],
    )  # fmt: skip


def _batch_row(batch: Batch, night: date) -> dict[str, object]:
    shared = {name: getattr(batch, name) for name in BATCH.names if hasattr(batch, name)}
    return shared | {"night": night, "status": "held" if batch.is_held else "loaded"}


def _kept_row(batch: Batch, balance: Balance) -> dict[str, object]:
    return {
        "batch_id": batch.batch_id, "force": batch.force, "table_name": balance.table,
        "column_name": None, "rule": KEPT_RULE, "severity": "info",
        "checked": balance.closed + balance.kept, "failed": balance.kept, "action": "counted",
    }  # fmt: skip


def _reconciliation_row(batch: Batch, night: date, balance: Balance) -> dict[str, object]:
    counts = {name: getattr(balance, name) for name in RECONCILIATION.names
              if hasattr(balance, name)}  # fmt: skip
    named = {"batch_id": batch.batch_id, "force": batch.force, "night": night}
    return counts | named | {"table_name": balance.table}
