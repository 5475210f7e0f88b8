"""What the load writes down about batches: their row, files, quarantine, checks and balance."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from warehouse.batch import Batch
from warehouse.connect import transaction
from warehouse.contract.control import (
    BATCH,
    CHECK_RESULT,
    DELIVERY_FILE,
    QUARANTINE,
    RECONCILIATION,
    RULE,
)
from warehouse.contract.model import Table
from warehouse.contract.profile import TABLES as PROFILES
from warehouse.contract.release import RELEASE
from warehouse.coverage import KEPT_RULE
from warehouse.release import Release
from warehouse.schema import quote
from warehouse.wave import Wave


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

    def __str__(self) -> str:
        return (
            f"{self.table}: {self.received} received, {self.stored} stored, "
            f"{self.unchanged} unchanged, {self.quarantined} quarantined, {self.deleted} deleted"
        )


def unapplied_balances(batch: Batch) -> list[Balance]:
    """The balances of a batch whose rows are not applied: all of them kept out where it is held,
    all unchanged where it repeats another."""
    received = sorted(batch.received.items())
    if batch.is_held:
        return [Balance(table, rows, quarantined=rows) for table, rows in received]
    return [Balance(table, rows, unchanged=rows) for table, rows in received]


def read_quarantine(con: duckdb.DuckDBPyConnection, wave: Wave) -> dict[tuple[int, str], int]:
    """Make the temporary table ``pending_quarantine`` of a wave's batches, without content.

    Returns:
        By place in the wave and table, the records kept out: each once, however many rules it
        broke.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE pending_quarantine AS
        SELECT wave.batch, pending.* EXCLUDE (filename)
        FROM ({_read(QUARANTINE, wave.folders)}) AS pending
        JOIN wave ON pending.filename = wave.folder || '/{QUARANTINE.name}.parquet'
    """)
    counts = con.execute("""
        SELECT batch, table_name, count(*) FROM (
            SELECT DISTINCT batch, table_name, source_file, source_row, record_key
            FROM pending_quarantine
        ) GROUP BY batch, table_name
    """).fetchall()
    return {(batch, table): records for batch, table, records in counts}


def record_wave(
    con: duckdb.DuckDBPyConnection, wave: Wave, balances: Sequence[Sequence[Balance]]
) -> None:
    """Write everything that ``quality`` says of a wave's batches, held or not, within the caller's
    transaction. ``balances`` are those of each batch."""
    _insert(con, BATCH, [_batch_row(batch, wave.night) for batch in wave.batches])
    _insert_files(con, wave.batches)
    for table in (QUARANTINE, CHECK_RESULT, *PROFILES):
        columns = ", ".join(table.names)
        found = _read(table, wave.folders)
        con.execute(f"INSERT INTO {table.qualified} SELECT {columns} FROM ({found})")
    each = [
        (batch, balance)
        for batch, own in zip(wave.batches, balances, strict=True)
        for balance in own
    ]
    _insert(con, CHECK_RESULT, [_kept_row(*pair) for pair in each if pair[1].kept])
    _insert(con, RECONCILIATION, [_reconciliation_row(*pair, wave.night) for pair in each])


def still_held(con: duckdb.DuckDBPyConnection, releases: Sequence[Release]) -> tuple[Release, ...]:
    """Of the releases, those of batches that the state has as held and that it has not yet."""
    held_batches = con.execute("SELECT batch_id FROM quality.batch WHERE status = 'held'")
    ids = {row[0] for row in held_batches.fetchall()}
    done = {row[0] for row in con.execute("SELECT release_id FROM quality.release").fetchall()}
    return tuple(r for r in releases if r.batch_id in ids and r.release_id not in done)


def record_releases(
    con: duckdb.DuckDBPyConnection, wave: Wave, releases: Sequence[Release]
) -> None:
    """Write down the releases of a wave's batches, and take away what the state says of each as it
    was held; ``record_wave`` says it anew. Within the caller's transaction."""
    batches = {batch.batch_id: batch for batch in wave.batches}
    own = [release for release in releases if release.batch_id in batches]
    if not own:
        return
    ids = {"ids": sorted({release.batch_id for release in own})}
    for table in (BATCH, QUARANTINE, CHECK_RESULT, RECONCILIATION, *PROFILES):
        con.execute(f"DELETE FROM {table.qualified} WHERE list_contains($ids, batch_id)", ids)
    _insert(con, RELEASE, [_release_row(r, batches[r.batch_id], wave.night) for r in own])


def _release_row(release: Release, batch: Batch, night: date) -> dict[str, object]:
    shared = {name: getattr(release, name) for name in RELEASE.names if hasattr(release, name)}
    at = release.released_at.replace(tzinfo=None)
    outcome = "held" if batch.is_held else "loaded"
    return shared | {"released_at": at, "night": night, "outcome": outcome}


def record_rules(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Put the rules that a night's check has looked at in place of those of an earlier one; where
    ``path`` is not there, the night had nothing to check and they stay."""
    if not path.exists():
        return
    columns = ", ".join(RULE.names)
    with transaction(con):
        con.execute(f"DELETE FROM {RULE.qualified}")
        con.execute(f"INSERT INTO {RULE.qualified} SELECT {columns} FROM read_parquet($path)",
                    {"path": str(path)})  # fmt: skip


def held(batch: Batch, rule: str, reason: str) -> Batch:
    """The batch, held by the load."""
    return replace(batch, held_rule=rule, held_reason=reason)


def _read(table: Table, folders: Sequence[Path]) -> str:
    """SELECT of a control table's columns, and ``filename``, out of checked batches."""
    paths = [path for folder in folders if (path := folder / f"{table.name}.parquet").exists()]
    columns = ", ".join(f'CAST("{c.name}" AS {c.kind.value}) AS "{c.name}"' for c in table.columns)
    if paths:
        listed = ", ".join(quote(str(path)) for path in paths)
        return f"""
            SELECT DISTINCT filename, {columns}
            FROM read_parquet([{listed}], filename = true)
        """
    names = ", ".join(table.names)
    return f"SELECT '' AS filename, {names} FROM {table.qualified} WHERE false"


def _insert(con: duckdb.DuckDBPyConnection, table: Table, rows: list[dict[str, object]]) -> None:
    if not rows:
        return
    frame = pl.DataFrame(rows, schema=table.polars_schema())
    con.register("new_rows", frame)
    con.execute(f"INSERT INTO {table.qualified} BY NAME SELECT * FROM new_rows")
    con.unregister("new_rows")


def _insert_files(con: duckdb.DuckDBPyConnection, batches: Sequence[Batch]) -> None:
    """Files of a delivery once, though several batches share it: as the first of them has them."""
    deliveries = sorted({batch.delivery_id for batch in batches})
    sql = f"SELECT delivery_id, file FROM {DELIVERY_FILE.qualified} WHERE delivery_id IN $ids"
    known = set(con.execute(sql, {"ids": deliveries}).fetchall())
    rows: list[dict[str, object]] = []
    for batch in batches:
        rows += [
            {"delivery_id": batch.delivery_id, "file": f.file, "bytes": f.bytes,
             "sha256": f.sha256, "records": f.records, "note": f.note}
            for f in batch.files if (batch.delivery_id, f.file) not in known
        ]  # fmt: skip
        known |= {(batch.delivery_id, f.file) for f in batch.files}
    _insert(con, DELIVERY_FILE, rows)


def _batch_row(batch: Batch, night: date) -> dict[str, object]:
    shared = {name: getattr(batch, name) for name in BATCH.names if hasattr(batch, name)}
    return shared | {"night": night, "status": "held" if batch.is_held else "loaded"}


def _kept_row(batch: Batch, balance: Balance) -> dict[str, object]:
    return {
        "batch_id": batch.batch_id, "force": batch.force, "table_name": balance.table,
        "column_name": None, "rule": KEPT_RULE, "severity": "info",
        "checked": balance.closed + balance.kept, "failed": balance.kept, "action": "counted",
    }  # fmt: skip


def _reconciliation_row(batch: Batch, balance: Balance, night: date) -> dict[str, object]:
    counts = {name: getattr(balance, name) for name in RECONCILIATION.names
              if hasattr(balance, name)}  # fmt: skip
    named = {"batch_id": batch.batch_id, "force": batch.force, "night": night}
    return counts | named | {"table_name": balance.table}
