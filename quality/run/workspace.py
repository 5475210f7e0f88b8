"""The night's working database: what the rules look at, of every batch at once.

``nights/<night>/check/work.duckdb`` holds, for every delivered table, a view of one row a staged
row with the columns that some rule looks at (quality/run/load.py). Beside it stand
``held_<table>``, the ids that the published store holds of the night's forces; ``known_<table>``,
the ids that the night brings or the store holds; ``kept_back_<table>``, the ids that standardise
has quarantined; ``ended_<table>``, the ids that a batch deletes, or covers and lacks;
``repeated_<table>``, ``versions_<table>`` and ``stored_<table>``, by which versions of one record
are compared (quality/run/stored.py); what official geography says of the night's places
(quality/rules/places.py); and the offences that outcomes and victims of the night are about
(quality/rules/known_offences.py). A row is known by ``batch_no`` and ``row_no``, its position in
its staged file. The database is made anew by every run and removed when the night has been checked.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import polars as pl

from quality.connection import open_workspace, quote
from quality.rules.known_offences import list_offences
from quality.rules.links import links_of
from quality.rules.places import list_places
from quality.run.known import list_known
from quality.run.load import load_all
from quality.run.stored import list_stored, list_unlike, list_versions
from quality.source import Source
from warehouse.contract import DELIVERED
from warehouse.home import Home


def build_workspace(
    home: Home, database: Path, store: Path, sources: Sequence[Source]
) -> dict[str, str]:
    """Make the working database anew.

    Returns:
        Batches whose staged files cannot be loaded, with the reason. None of their rows is in.
    """
    for leftover in (database, database.with_name(f"{database.name}.wal")):
        leftover.unlink(missing_ok=True)
    with open_workspace(database, store, read_only=False) as con:
        # It is read a few times and thrown away: compressing it costs more than it saves, and in
        # no order, as rows are known by their numbers.
        con.execute("SET force_compression = 'uncompressed'")
        con.execute("SET preserve_insertion_order = false")
        numbers = _source_numbers(sources)
        _list_batches(con, sources, numbers)
        _list_covered(con, sources)
        _list_kept_back(con, sources)
        broken = load_all(con, sources, numbers)
        for table in DELIVERED:
            list_unlike(con, table)
            list_versions(con, table)
            list_known(con, table, is_target=table.name in _TARGETS)
            list_stored(con, table)
        list_places(con, home, [s for s in sources if s.batch.batch_id not in broken])
        list_offences(con)
        return broken


def _list_batches(
    con: duckdb.DuckDBPyConnection, sources: Sequence[Source], numbers: Mapping[int, int]
) -> None:
    listed = pl.DataFrame(
        [(s.number, s.batch.force, s.batch.source_system, s.profile, s.batch.kind,
          s.batch.delivery_date, numbers[s.number]) for s in sources],
        schema={"batch_no": pl.Int32, "force": pl.String, "source_system": pl.String,
                "profile": pl.String, "kind": pl.String, "delivery_date": pl.Date,
                "source_no": pl.Int32},
        orient="row",
    )  # fmt: skip
    con.register("listed", listed)
    con.execute("CREATE TABLE night_batch AS SELECT * FROM listed")
    con.unregister("listed")


def _list_covered(con: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """Tables of which the load will end what a batch lacks: none where bytes were unreadable."""
    listed = pl.DataFrame(
        [(s.number, table) for s in sources if not s.batch.unreadable_bytes
         for table, scopes in s.batch.covers.items() if scopes is None],
        schema={"batch_no": pl.Int32, "table_name": pl.String},
        orient="row",
    )  # fmt: skip
    con.register("listed", listed)
    con.execute("CREATE TABLE covered_whole AS SELECT * FROM listed")
    con.unregister("listed")


def _list_kept_back(con: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """Keys of the rows that standardise has quarantined; null where one could not be told."""
    con.execute("CREATE TABLE kept_back (batch_no INTEGER, table_name VARCHAR, record_key VARCHAR)")
    having = [(quote(s.quarantine), s.number) for s in sources if s.quarantine]
    if having:
        files = ", ".join(file for file, _ in having)
        numbers = ", ".join(f"({file}, {number})" for file, number in having)
        con.execute(
            "INSERT INTO kept_back SELECT DISTINCT f.batch_no, q.table_name, q.record_key "
            f"FROM read_parquet([{files}], filename = 'staged_file', union_by_name = true) AS q "
            f"JOIN (VALUES {numbers}) AS f (path, batch_no) ON f.path = q.staged_file"
        )


_TARGETS = {target for table in DELIVERED for link in links_of(table) for target in link.targets}


def _source_numbers(sources: Sequence[Source]) -> dict[int, int]:
    """Number of force and source system by number of the batch."""
    of = {source.number: (source.batch.force, source.batch.source_system) for source in sources}
    places = {source: place for place, source in enumerate(sorted(set(of.values())), start=1)}
    return {number: places[source] for number, source in of.items()}
