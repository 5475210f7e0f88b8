"""A named person releases a held batch: whether that may be, and what it overrules."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

import duckdb

from quality.gate.held import HeldBatch, held_batches, why_never
from warehouse.batch import Batch
from warehouse.errors import UsageError
from warehouse.home import Home
from warehouse.night import is_staged
from warehouse.release import Release, make_release, read_releases, waiting_releases


def release(
    home: Home,
    store: duckdb.DuckDBPyConnection,
    batch_id: str,
    by: str,
    reason: str,
    at: datetime,
    restage: Callable[[HeldBatch], None],
) -> tuple[HeldBatch, Release]:
    """The release of a held batch, checked but not written down.

    Args:
        home: the home.
        store: the newest store.
        batch_id: which batch.
        by, reason, at: who releases it, why and when.
        restage: makes the batch's staged folder again from the kept bytes, where it is gone.

    Raises:
        UsageError: there is no such batch, it is not held, may never be released or is released
            already; or the name or the reason is too short, too long or not one line.
    """
    batch = _find(store, batch_id)
    _refuse_never(batch_id, batch.never)
    waiting = [r for r in waiting_releases(home) if r.batch_id == batch_id]
    if waiting:
        raise UsageError(
            f"{batch_id} is released already, by {waiting[-1].released_by}: the next night takes "
            "it in"
        )
    before = [r for r in read_releases(home).releases if r.batch_id == batch_id]
    overruled = [finding for r in before for finding in r.overruled]
    made = make_release(
        batch_id, batch.force, by, at, reason, (batch.rule, batch.reason, batch.night),
        _last_opened(home), [*overruled, *batch.findings],
    )  # fmt: skip
    if not is_staged(home, batch_id):
        restage(batch)
    _refuse_never(batch_id, _why_staged_never(home, batch_id))
    return batch, made


def _why_staged_never(home: Home, batch_id: str) -> str | None:
    """The same of what stands staged, which may have been staged anew under other declarations."""
    staged = Batch.read(home.staged(batch_id))
    return why_never(staged.held_rule, staged.environment)


def _refuse_never(batch_id: str, why: str | None) -> None:
    if why is not None:
        raise UsageError(
            f"{batch_id} can never be released: {why}. `crimelink quality held` says what to do"
        )


def _find(store: duckdb.DuckDBPyConnection, batch_id: str) -> HeldBatch:
    found = [batch for batch in held_batches(store) if batch.batch_id == batch_id]
    if found:
        return found[0]
    known: Sequence[tuple[str]] = store.execute(
        "SELECT status FROM quality.batch WHERE batch_id = ?", [batch_id]
    ).fetchall()
    if known:
        raise UsageError(f"{batch_id} is not held: it is {known[0][0]}")
    raise UsageError(f"there is no batch {batch_id}. `crimelink quality held` lists those held")


def _last_opened(home: Home) -> date:
    """The last night that has been planned, closed or not: its plan stays as it is."""
    return max(date.fromisoformat(p.parent.name) for p in home.root.glob("nights/*/plan.json"))
