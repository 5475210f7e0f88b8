"""Waves: batches that one set of statements loads together, none touching another's rows.

Batches of different forces or systems are independent, and a statement costs more than the rows of
a small batch. So the load takes the night's batches in their order, cut into waves in which no
force and system comes twice. In SQL a wave is the temporary table ``wave``, one row a batch; each
statement joins it and so keeps the batches apart by ``batch``, a batch's place in the wave.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from warehouse.batch import Batch

# Parquet of a wave, bytes: what a wave takes in memory stays bounded, whatever the night brings. A
# batch that is larger is a wave of its own.
WAVE_BYTES = 64_000_000


@dataclass(frozen=True)
class Wave:
    """Checked batches of a night, no two of the same force and system, in the order of loading."""

    night: date
    batches: tuple[Batch, ...]
    folders: tuple[Path, ...]

    @property
    def applied(self) -> list[tuple[int, Batch, Path]]:
        """Place, batch and folder of every batch whose rows are to be loaded: it is not held and
        repeats none."""
        placed = zip(range(len(self.batches)), self.batches, self.folders, strict=True)
        return [each for each in placed if not each[1].is_held and each[1].repeats is None]

    def files(self, table: str) -> list[str]:
        """The Parquet files of ``table`` that the batches to be loaded have."""
        paths = (folder / f"{table}.parquet" for _, _, folder in self.applied)
        return [str(path) for path in paths if path.exists()]

    def covers(self, table: str) -> bool:
        """True where a batch to be loaded covers ``table`` or a part of it."""
        return any(table in batch.covers for _, batch, _ in self.applied)

    def halves(self) -> tuple["Wave", "Wave"]:
        """The wave in two. It must hold two batches at least."""
        middle = len(self.batches) // 2
        first = replace(self, batches=self.batches[:middle], folders=self.folders[:middle])
        return first, replace(self, batches=self.batches[middle:], folders=self.folders[middle:])


def cut_waves(night: date, batches: Sequence[Batch], folders: Sequence[Path]) -> Iterator[Wave]:
    """Cut the batches, in their order, into the longest waves that may be."""
    begin, taken, size = 0, set[tuple[str, str]](), 0
    for place, (batch, folder) in enumerate(zip(batches, folders, strict=True)):
        own = (batch.force, batch.source_system)
        bytes_own = parquet_bytes(folder)
        if own in taken or (taken and size + bytes_own > WAVE_BYTES):
            yield Wave(night, tuple(batches[begin:place]), tuple(folders[begin:place]))
            begin, taken, size = place, set(), 0
        taken.add(own)
        size += bytes_own
    if taken:
        yield Wave(night, tuple(batches[begin:]), tuple(folders[begin:]))


def parquet_bytes(folder: Path) -> int:
    """Bytes of a batch's Parquet files."""
    return sum(path.stat().st_size for path in folder.glob("*.parquet"))


def note_deliveries(con: duckdb.DuckDBPyConnection, wave: Wave) -> None:
    """Make the temporary table ``wave`` and put its batches into the ledger of deliveries.

    ``is_late`` is true where the ledger has a newer delivery of the force and system already.
    """
    rows = [
        (place, b.batch_id, b.force, b.source_system, b.sequence, str(folder), b.unreadable_bytes)
        for place, b, folder in wave.applied
    ]
    listed = pl.DataFrame(rows, schema=_WAVE_COLUMNS, orient="row")
    con.register("listed_wave", listed)
    con.execute(_WAVE_SQL)
    con.unregister("listed_wave")
    con.execute("""
        INSERT INTO ledger.delivery SELECT batch_id, force, source_system, sequence FROM wave
    """)


def run(con: duckdb.DuckDBPyConnection, sql: str, values: dict[str, Any]) -> list[Any]:
    """Execute ``sql`` with those of ``values`` that it names, and fetch every row."""
    named = {name: value for name, value in values.items() if f"${name}" in sql}
    return con.execute(sql, named or None).fetchall()


def staged_sql(table: str) -> str:
    """A subquery of the wave's rows of ``table`` (``$files``): ``batch``, then what the Parquet
    holds and ``file_row_number``."""
    return f"""(
        SELECT wave.batch, staged.*
        FROM read_parquet($files, filename = true, file_row_number = true) AS staged
        JOIN wave ON staged.filename = wave.folder || '/{table}.parquet'
    )"""


_WAVE_COLUMNS = {
    "batch": pl.Int32,
    "batch_id": pl.String,
    "force": pl.String,
    "source_system": pl.String,
    "sequence": pl.String,
    "folder": pl.String,
    "unreadable_bytes": pl.Int64,
}
_WAVE_SQL = """
    CREATE OR REPLACE TEMP TABLE wave AS
    SELECT *, EXISTS (
        FROM ledger.delivery
        WHERE delivery.force = listed.force AND delivery.source_system = listed.source_system
          AND delivery.delivery_sequence > listed.sequence
    ) AS is_late
    FROM listed_wave AS listed
"""
