"""Load a night's checked batches into the state, one transaction a batch."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from warehouse.batch import Batch
from warehouse.contract import DELIVERED, Table
from warehouse.coverage import close_absent, note_coverage
from warehouse.declared import DeclaredForce
from warehouse.errors import NightError
from warehouse.history import Applied, apply_rows
from warehouse.home import Home, require_disk
from warehouse.journal import step
from warehouse.ledger import Balance, held, read_quarantine, record_batch
from warehouse.night import is_closed, staged_batches
from warehouse.offences import refresh_offences
from warehouse.state import writer


def load(home: Home, night: date, declarations: Mapping[str, DeclaredForce]) -> None:
    """Load every checked batch of the night that the state does not have yet.

    A batch that does not balance, breaks the contract or belongs to no declared force is rolled
    back and recorded as held; the night goes on.

    Raises:
        NightError: a staged batch of the night has not been checked.
        LockedError: another process writes to the state.
        DiskError: too little disk; nothing was written.
    """
    if is_closed(home, night):
        return
    with step(home, night, "load") as note:
        batches = _checked_batches(home, night)
        require_disk(home.root, _needed_bytes(home, batches), "loading the night's batches")
        with writer(home, f"load of {night}") as con:
            known = {row[0] for row in con.execute("SELECT batch_id FROM quality.batch").fetchall()}
            for batch in batches:
                if batch.batch_id not in known:
                    folder = home.checked(batch.batch_id)
                    _add(note, _load_batch(con, batch, night, folder, declarations))
            refresh_offences(con, night)


def _checked_batches(home: Home, night: date) -> list[Batch]:
    staged = [batch.batch_id for batch in staged_batches(home, night)]
    missing = [b for b in staged if not (home.checked(b) / "batch.json").exists()]
    if missing:
        raise NightError(f"not checked yet: {', '.join(missing)}. Run the night's check first.")
    return [Batch.read(home.checked(batch_id)) for batch_id in staged]


def _needed_bytes(home: Home, batches: list[Batch]) -> int:
    """A generous guess: rows grow up to fourfold between Parquet and the state with its WAL."""
    files = (path for b in batches for path in home.checked(b.batch_id).glob("*.parquet"))
    return 4 * sum(path.stat().st_size for path in files)


def _add(note: dict[str, Any], outcome: tuple[Batch, list[Balance]]) -> None:
    batch, balances = outcome
    note["batches"] = note.get("batches", 0) + 1
    note["held"] = note.get("held", 0) + batch.is_held
    for name in ("received", "stored", "unchanged", "quarantined", "deleted", "closed"):
        rows = (b.held if batch.is_held else b for b in balances)
        note[name] = note.get(name, 0) + sum(getattr(balance, name) for balance in rows)


def _load_batch(
    con: duckdb.DuckDBPyConnection,
    batch: Batch,
    night: date,
    folder: Path,
    declarations: Mapping[str, DeclaredForce],
) -> tuple[Batch, list[Balance]]:
    """Load one batch, or record why it is held. Returns it with its verdict and balances."""
    if not batch.is_held and batch.force not in declarations:
        batch = held(batch, "undeclared_force", f"{batch.force} is not a declared force")
    if not batch.is_held:
        try:
            with _transaction(con):
                balances = _apply(con, batch, night, folder)
                record_batch(con, batch, night, balances, folder)
                return batch, balances
        except _RefusedError as refused:
            batch = held(batch, refused.rule, str(refused))
        except duckdb.ConstraintException as broken:
            # The first line names the column; the checks should have kept such a row out.
            batch = held(batch, "contract_broken", str(broken).splitlines()[0])
    with _transaction(con):
        balances = [Balance(table, rows) for table, rows in sorted(batch.received.items())]
        record_batch(con, batch, night, balances, folder)
    return batch, balances


class _RefusedError(Exception):
    """The batch may not be loaded; its transaction is rolled back."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.rule = rule


@contextmanager
def _transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    con.execute("BEGIN")
    try:
        yield
    except BaseException:
        con.execute("ROLLBACK")
        raise
    con.execute("COMMIT")


def _apply(
    con: duckdb.DuckDBPyConnection, batch: Batch, night: date, folder: Path
) -> list[Balance]:
    is_late = _note_delivery(con, batch)
    note_coverage(con, batch)
    quarantined = read_quarantine(con, folder)
    unknown = {*batch.received, *quarantined, *batch.covers} - {t.name for t in DELIVERED}
    if unknown:
        raise _RefusedError("unknown_table", f"not in the contract: {', '.join(sorted(unknown))}")
    found = [_apply_table(con, t, batch, night, folder, quarantined, is_late) for t in DELIVERED]
    balances = [balance for balance in found if balance is not None]
    wrong = [str(balance) for balance in balances if not balance.is_balanced]
    if wrong:
        raise _RefusedError("does_not_balance", "; ".join(wrong))
    return balances


def _note_delivery(con: duckdb.DuckDBPyConnection, batch: Batch) -> bool:
    """Put the batch into the ledger of deliveries. True where a newer one is there already."""
    named = [batch.force, batch.source_system, batch.sequence]
    newer = con.execute(
        "SELECT count(*) FROM ledger.delivery "
        "WHERE force = ? AND source_system = ? AND delivery_sequence > ?",
        named,
    ).fetchall()[0][0]
    con.execute("INSERT INTO ledger.delivery VALUES (?, ?, ?, ?)", [batch.batch_id, *named])
    return bool(newer)


def _apply_table(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    batch: Batch,
    night: date,
    folder: Path,
    quarantined: dict[str, int],
    is_late: bool,
) -> Balance | None:
    """Apply a table's rows, then close what the batch covers and lacks. None where it is not
    concerned."""
    rows = folder / f"{table.name}.parquet"
    applied = apply_rows(con, table, batch, night, rows, is_late) if rows.exists() else Applied()
    if applied.is_foreign:
        raise _RefusedError("foreign_rows", f"{table.name}: rows of another force or system")
    closed, kept = 0, 0
    if table.name in batch.covers:
        closed, kept = close_absent(
            con, table, batch, night, is_late_batch=is_late, has_quarantine=bool(quarantined)
        )
    balance = Balance(
        table.name,
        batch.received.get(table.name, 0),
        applied.stored,
        applied.unchanged,
        quarantined.get(table.name, 0),
        applied.deleted,
        closed,
        kept,
    )
    is_concerned = table.name in batch.received or balance != Balance(table.name, 0)
    return balance if is_concerned else None
