"""A further night of a simulated nation: new, changed and removed records, as if loaded.

Half of the upserts are new records, of persons known and new; half are records that changed: moved,
with another telephone, mistyped anew or under another surname. Versions that end get their
``valid_to``, new ones their ``valid_from``.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import numpy as np
import polars as pl

from benchmarks.simulated_people import FIRST_NIGHT, KEY, TABLES, read_later, store
from forces.simulator.chance import stream
from forces.simulator.typos import mistype
from warehouse.home import Home
from warehouse.state import writer

MOVED, CALLED = 0.4, 0.3  # of changed records; the rest bear another name
MARRIED = 0.3  # of those renamed: another surname altogether, the former one noted
MOBILES = (300_000_000, 999_999_999)


@dataclass(frozen=True)
class Changes:
    """Records that a night brought, changed and took away."""

    new: int
    changed: int
    removed: int


def next_night(
    home: Home, index: int, *, upserts: float = 0.01, removals: float = 0.01, seed: int = 1
) -> Changes:
    """Apply the ``index``-th night after the first (from 1) to the home's state.

    Args:
        home: as ``build_nation`` left it, with the nights before ``index`` applied.
        index: nights since the first.
        upserts, removals: shares of the records of the first night.
        seed: chooses which.
    """
    night, random = night_of(index), stream(seed, "benchmark night", index)
    with writer(home, f"simulated night {night}") as state:
        current = state.sql(_CURRENT).pl()
        [(first,)] = state.execute(_OF_FIRST_NIGHT, {"night": FIRST_NIGHT}).fetchall()
        new = changed = round(first * upserts / 2)
        removed = round(first * removals)
        chosen = current[random.choice(current.height, changed + removed, replace=False)]
        state.execute("BEGIN")
        _remove(state, chosen.tail(removed), night)
        _change(state, chosen.head(changed), night, random)
        for table, rows in read_later(home, (index - 1) * new, index * new):
            store(state, table, rows, night)
        state.execute("COMMIT")
    return Changes(new, changed, removed)


def night_of(index: int) -> date:
    """Date of the ``index``-th night after the first."""
    return FIRST_NIGHT + timedelta(days=index)


_CURRENT = f"""
SELECT {", ".join(KEY)} FROM core.person_record WHERE valid_to IS NULL ORDER BY ALL
"""
# In an order: which of them somebody moves to is drawn by their places in it.
_HOMES = "SELECT force, address, locality, postcode FROM core.person_address ORDER BY ALL"
_OF_FIRST_NIGHT = "SELECT count(*) FROM core.person_record WHERE valid_from = $night"


def _remove(state: duckdb.DuckDBPyConnection, keys: pl.DataFrame, night: date) -> None:
    for table in TABLES:
        _end(state, table, keys, night)


def _end(
    state: duckdb.DuckDBPyConnection, table: str, keys: pl.DataFrame, night: date
) -> pl.DataFrame:
    """End the current rows of the records, and return them."""
    state.register("ended", keys.select(KEY))
    rows = state.sql(
        f"FROM core.{table} SEMI JOIN ended USING ({', '.join(KEY)}) WHERE valid_to IS NULL"
    ).pl()
    state.execute(
        f"UPDATE core.{table} SET valid_to = $night::DATE, "
        "closed_sequence = strftime($night::DATE, '%Y-%m-%d') "
        f"WHERE valid_to IS NULL AND ({', '.join(KEY)}) IN (FROM ended)",
        {"night": night},
    )
    state.unregister("ended")
    return rows


def _change(
    state: duckdb.DuckDBPyConnection, keys: pl.DataFrame, night: date, random: np.random.Generator
) -> None:
    moved, called = (round(keys.height * share) for share in (MOVED, CALLED))
    _move(state, keys.head(moved), night, random)
    _call(state, keys.slice(moved, called), night, random)
    _rename(state, keys.slice(moved + called), night, random)


def _move(
    state: duckdb.DuckDBPyConnection, keys: pl.DataFrame, night: date, random: np.random.Generator
) -> None:
    """The address until now gets its last day; the new one is another record's of the force."""
    _touch(state, keys, night)
    left = _end(state, "person_address", keys, night)
    left = left.with_columns(to_date=pl.coalesce("to_date", pl.lit(night - timedelta(days=2))))
    homes = state.sql(_HOMES).pl()
    homes = homes[random.permutation(homes.height)].with_columns(
        place=pl.int_range(pl.len()).over("force")
    )
    found = keys.with_columns(place=pl.int_range(pl.len()).over("force")).join(
        homes, on=["force", "place"]
    )
    new = found.with_columns(address_type=pl.lit("home"), from_date=night - timedelta(days=1))
    store(state, "person_address", left.drop("version"), night)
    store(state, "person_address", new, night)


def _touch(state: duckdb.DuckDBPyConnection, keys: pl.DataFrame, night: date) -> None:
    """A new version of the records that says only when they were changed."""
    rows = _end(state, "person_record", keys, night)
    store(state, "person_record", _again(rows, night), night)


def _again(rows: pl.DataFrame, night: date) -> pl.DataFrame:
    at = pl.lit(night).cast(pl.Datetime("us")) - timedelta(hours=9)
    return rows.with_columns(version=pl.col("version") + 1, updated_at=at)


def _call(
    state: duckdb.DuckDBPyConnection, keys: pl.DataFrame, night: date, random: np.random.Generator
) -> None:
    number = pl.Series(random.integers(*MOBILES, keys.height)).cast(pl.String)
    store(state, "person_contact", keys.with_columns(type=pl.lit("phone"), value="+447" + number),
          night)  # fmt: skip


def _rename(
    state: duckdb.DuckDBPyConnection, keys: pl.DataFrame, night: date, random: np.random.Generator
) -> None:
    rows = _end(state, "person_record", keys, night).sort(KEY)
    married = round(rows.height * MARRIED)
    mistyped = married + (rows.height - married) // 2
    other = rows["surname"].gather(random.permutation(rows.height))
    surnames = [other.head(married), mistype(rows["surname"].slice(married), random)]
    forenames = [rows["forename"].head(mistyped), mistype(rows["forename"][mistyped:], random)]
    is_surname = pl.int_range(pl.len()) < mistyped
    renamed = rows.with_columns(
        forename=pl.concat(forenames),
        surname=pl.when(is_surname).then(pl.concat(surnames)).otherwise("surname"),
    )
    former = rows.head(married).with_columns(name_type=pl.lit("former"))
    store(state, "person_record", _again(renamed, night), night)
    store(state, "person_name", former.drop("version"), night)
