"""Nights of staged batches, as standardise would leave them, through the steps that follow."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from console.take_in import finish
from forces.declaration import Declaration
from quality.check import check
from warehouse.batch import Batch, BatchKind
from warehouse.home import Home
from warehouse.load import load
from warehouse.night import write_handover

Tables = Mapping[str, pl.DataFrame]


def declare(force: str, ons_code: str | None = None) -> Declaration:
    """A force of the profile GB that delivers full extracts each night in the standard form."""
    return Declaration(
        force=force, name=force.title(), aliases=(), ons_code=ons_code, pnc_codes=(),
        system="standard", deliverer=force, accepts=(), profile="GB", kind="full", every_days=1,
        is_public=False, encoding="utf-8", form=None,
    )  # fmt: skip


def batch_id_of(force: str, night: date) -> str:
    """The id of the batch that ``stage`` makes."""
    return f"{force}-{night}-000000000000"


def stage(home: Home, night: date, force: str, tables: Tables, kind: BatchKind = "full") -> Batch:
    """Put a batch of the force where standardise would, and say so."""
    batch_id = batch_id_of(force, night)
    folder = home.staged(batch_id)
    folder.mkdir(parents=True)
    for name, frame in tables.items():
        frame.write_parquet(folder / f"{name}.parquet")
    batch = Batch(
        batch_id, batch_id, force, force, "standard", night, night.isoformat(), kind, "live",
        batch_id, 1, {name: frame.height for name, frame in tables.items()},
        dict.fromkeys(tables) if kind == "full" else {},
    )  # fmt: skip
    batch.write(folder)
    write_handover(home, night, "standardise", force, [batch_id])
    return batch


def check_night(home: Home, night: date, forces: Mapping[str, Declaration]) -> None:
    """The check alone."""
    check(home, night, forces)


def close_staged_night(home: Home, night: date, forces: Mapping[str, Declaration]) -> None:
    """Every step from the check to the published store."""
    check(home, night, forces)
    load(home, night, forces)
    finish(home, night, forces)
