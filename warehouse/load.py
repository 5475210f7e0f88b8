"""Load a night's checked batches into the state, in waves, one transaction a wave.

A wave is applied and recorded whole or not at all: a load that is killed goes on with the waves
that are not recorded in ``quality.batch``. A wave with a batch that may not be loaded is rolled
back and loaded again in halves, until that batch stands alone and is recorded as held; what becomes
of a batch does not depend on the wave that it is in.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import duckdb

from warehouse.batch import Batch
from warehouse.connect import transaction
from warehouse.contract import DELIVERED, Table
from warehouse.coverage import close_absent, note_coverage
from warehouse.declared import DeclaredForce
from warehouse.errors import NightError
from warehouse.history import Applied, apply_rows
from warehouse.home import Home, require_disk
from warehouse.journal import step
from warehouse.ledger import (
    Balance,
    held,
    read_quarantine,
    record_releases,
    record_rules,
    record_wave,
    still_held,
    unapplied_balances,
)
from warehouse.night import is_closed, rules_path
from warehouse.orphans import close_orphans
from warehouse.release import Release, night_batches, taken_in
from warehouse.state import writer
from warehouse.wave import Wave, cut_waves, note_deliveries, parquet_bytes


def load(home: Home, night: date, declarations: Mapping[str, DeclaredForce]) -> None:
    """Load every checked batch of the night that the state does not have yet, or has as held and
    the night takes in because it was released.

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
            released = still_held(con, taken_in(home, night))
            taken = known - {release.batch_id for release in released}
            new = [_declared(b, declarations) for b in batches if b.batch_id not in taken]
            for wave in cut_waves(night, new, [home.checked(b.batch_id) for b in new]):
                for batch, balances in _load_wave(con, wave, released):
                    _add(note, batch, balances)
            record_rules(con, rules_path(home, night))


def _checked_batches(home: Home, night: date) -> list[Batch]:
    staged = [batch.batch_id for batch in night_batches(home, night)]
    missing = [b for b in staged if not (home.checked(b) / "batch.json").exists()]
    if missing:
        raise NightError(f"not checked yet: {', '.join(missing)}. Run the night's check first.")
    return [Batch.read(home.checked(batch_id)) for batch_id in staged]


def _needed_bytes(home: Home, batches: list[Batch]) -> int:
    """A generous guess: rows grow up to fourfold between Parquet and the state with its WAL."""
    return 4 * sum(parquet_bytes(home.checked(batch.batch_id)) for batch in batches)


def _declared(batch: Batch, declarations: Mapping[str, DeclaredForce]) -> Batch:
    if batch.is_held or batch.force in declarations:
        return batch
    return held(batch, "undeclared_force", f"{batch.force} is not a declared force")


def _add(note: dict[str, Any], batch: Batch, balances: Sequence[Balance]) -> None:
    note["batches"] = note.get("batches", 0) + 1
    note["held"] = note.get("held", 0) + batch.is_held
    for name in ("received", "stored", "unchanged", "quarantined", "deleted", "closed"):
        note[name] = note.get(name, 0) + sum(getattr(balance, name) for balance in balances)


def _load_wave(
    con: duckdb.DuckDBPyConnection, wave: Wave, released: Sequence[Release]
) -> Iterator[tuple[Batch, Sequence[Balance]]]:
    """Load a wave. Yields its batches with their verdicts and balances. What is known of a released
    batch gives way, within the same transaction, to what has become of it."""
    try:
        with transaction(con):
            record_releases(con, wave, released)
            balances = _apply(con, wave)
            record_wave(con, wave, balances)
    except (_RefusedError, duckdb.ConstraintException) as error:
        for part in _without(wave, error):
            yield from _load_wave(con, part, released)
    else:
        yield from zip(wave.batches, balances, strict=True)


def _without(wave: Wave, error: Exception) -> tuple[Wave, ...]:
    """What to load in place of a wave that was refused: its halves; of one batch, its holding."""
    if len(wave.batches) > 1:
        return wave.halves()
    [batch] = wave.batches
    if batch.is_held:
        raise error  # Nothing was applied: what cannot be written is the record of the batch.
    # The first line names the column; the checks should have kept such a row out.
    rule = error.rule if isinstance(error, _RefusedError) else "contract_broken"
    return (replace(wave, batches=(held(batch, rule, str(error).splitlines()[0]),)),)


class _RefusedError(Exception):
    """A batch may not be loaded; the transaction of its wave is rolled back."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.rule = rule


def _apply(con: duckdb.DuckDBPyConnection, wave: Wave) -> list[list[Balance]]:
    """Apply the rows of the batches that are not held. Returns the balances of every batch."""
    _refuse_repeats(con, wave)
    note_deliveries(con, wave)
    note_coverage(con, wave)
    quarantined = read_quarantine(con, wave)
    _refuse_unknown_tables(wave, {table for _, table in quarantined})
    placed = {place for place, *_ in wave.applied}
    balances = [
        [] if place in placed else unapplied_balances(batch)
        for place, batch in enumerate(wave.batches)
    ]
    for table in DELIVERED:
        applied = apply_rows(con, table, wave)
        if any(own.is_foreign for own in applied.values()):
            raise _RefusedError("foreign_rows", f"{table.name}: rows of another force or system")
        ended = close_absent(con, table, wave, has_quarantine=bool(quarantined))
        orphaned = close_orphans(con, table, wave)
        for place, batch, _ in wave.applied:
            kept_out = quarantined.get((place, table.name), 0)
            own = applied.get(place, Applied())
            closed, kept = ended.get(place, (0, 0))
            gone = (closed + orphaned.get(place, 0), kept)
            balance = _balance(table, batch, own, kept_out, gone)
            # A table that the batch neither brings nor changes is not written down.
            if table.name in batch.received or balance != Balance(table.name, 0):
                balances[place].append(balance)
    _refuse_unbalanced(balances)
    return balances


def _refuse_repeats(con: duckdb.DuckDBPyConnection, wave: Wave) -> None:
    """A batch that repeats one that has not been loaded is as little loaded."""
    for batch in wave.batches:
        if batch.repeats is None or batch.is_held:
            continue
        known = con.execute(
            "SELECT 1 FROM quality.batch "
            "WHERE delivery_id = $1 AND force = $2 AND status = 'loaded'",
            [batch.repeats, batch.force],
        ).fetchone()
        if known is None:
            raise _RefusedError(
                "repeats_held", f"repeats delivery {batch.repeats}, which is held; send it again"
            )


def _refuse_unknown_tables(wave: Wave, quarantined: set[str]) -> None:
    named = {name for _, b, _ in wave.applied for name in (*b.received, *b.covers)}
    unknown = (named | quarantined) - {table.name for table in DELIVERED}
    if unknown:
        raise _RefusedError("unknown_table", f"not in the contract: {', '.join(sorted(unknown))}")


def _refuse_unbalanced(balances: Sequence[Sequence[Balance]]) -> None:
    wrong = [str(balance) for own in balances for balance in own if not balance.is_balanced]
    if wrong:
        raise _RefusedError("does_not_balance", "; ".join(wrong))


def _balance(
    table: Table, batch: Batch, applied: Applied, quarantined: int, ended: tuple[int, int]
) -> Balance:
    return Balance(
        table.name,
        batch.received.get(table.name, 0),
        applied.stored,
        applied.unchanged,
        quarantined,
        applied.deleted,
        *ended,
    )
