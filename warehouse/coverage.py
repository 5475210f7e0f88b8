"""What a batch covers and no longer brings is gone: closing it, and when not to.

A row that was put into quarantine is not gone. So, of the rows that a batch covers and does not
bring, these stay as they are:

- a row whose own key stands in the batch's quarantine for the table;
- rows of an owner that stands in quarantine, or one of whose rows of this table does: the
  quarantined row may be a new form of any of them;
- every row of a table in which something was quarantined whose key could not be told;
- where the batch covers a table as a whole, every row of it when the key of a quarantined owner
  could not be told: its rows may have been inside it;
- every row, when some of the delivery's bytes could not be read.

What was kept for these reasons is counted in ``quality.check_result`` under
``kept_beside_quarantine``; it is closed by the next batch that covers it and is whole.
"""

from datetime import date

import duckdb
import polars as pl

from warehouse.batch import Batch
from warehouse.contract import DELIVERED, Table
from warehouse.history import batch_values, run

KEPT_RULE = "kept_beside_quarantine"


def note_coverage(con: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Make the temporary table ``covered`` (table_name, scope) and add it to the ledger."""
    parts = [
        (table, scope)
        for table, scopes in sorted(batch.covers.items())
        for scope in ([None] if scopes is None else scopes)
    ]
    schema = {"table_name": pl.String, "scope": pl.String}
    listed = pl.DataFrame(parts, schema=schema, orient="row")
    con.register("listed_coverage", listed)
    con.execute("CREATE OR REPLACE TEMP TABLE covered AS SELECT DISTINCT * FROM listed_coverage")
    con.unregister("listed_coverage")
    con.execute(
        "INSERT INTO ledger.coverage SELECT ?, ?, ?, table_name, scope, NULL, ? FROM covered",
        [batch.batch_id, batch.force, batch.source_system, batch.sequence],
    )


def close_absent(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    batch: Batch,
    night: date,
    *,
    is_late_batch: bool,
    has_quarantine: bool,
) -> tuple[int, int]:
    """End the current rows of ``table`` that the batch covers and does not bring.

    To be called after the batch's rows have been applied: whatever it brought bears its sequence.
    The temporary tables ``covered`` and ``pending_quarantine`` are those of the batch.

    Returns:
        Rows closed, and rows kept because quarantine may hold what they have become.
    """
    values = batch_values(batch, table, night)
    run(con, _absent_sql(table, batch, is_late=is_late_batch), values)
    absent = run(con, "SELECT count(*) FROM absent", {})[0][0]
    if absent and (has_quarantine or batch.unreadable_bytes):
        run(con, _keep_sql(table, batch), values)
    closed = run(con, "SELECT count(*) FROM absent", {})[0][0] if absent else 0
    if closed:
        run(con, _close_sql(table), values)
    return closed, absent - closed


def _absent_sql(table: Table, batch: Batch, *, is_late: bool) -> str:
    scoped = batch.covers[table.name] is not None
    part = "AND scope IN (SELECT scope FROM covered WHERE table_name = $table)" if scoped else ""
    # What a newer delivery has covered, it has judged.
    newer = f"AND NOT ({_NEWER_SQL})" if is_late else ""
    return f"""
    CREATE OR REPLACE TEMP TABLE absent AS
    SELECT rowid AS held_row, record_key, source_record_id FROM {table.qualified} AS held
    WHERE valid_to IS NULL AND force = $force AND source_system = $system
      AND delivery_sequence < $sequence {part} {newer}
    """


_NEWER_SQL = """EXISTS (
    FROM ledger.coverage AS newer
    WHERE newer.force = $force AND newer.source_system = $system AND newer.table_name = $table
      AND newer.delivery_sequence > $sequence AND newer.record_key IS NULL
      AND (newer.scope IS NULL OR newer.scope = held.scope)
)"""


def _keep_sql(table: Table, batch: Batch) -> str:
    """Take out of ``absent`` what quarantine may hold."""
    if batch.unreadable_bytes:
        return "DELETE FROM absent"
    untold = ["$table", *(_quoted_owners(table) if batch.covers[table.name] is None else [])]
    owned = f"OR source_record_id IN ({_owners_sql(table)})" if table.owner else ""
    return f"""
    DELETE FROM absent
    WHERE record_key IN (
            SELECT record_key FROM pending_quarantine
            WHERE table_name = $table AND record_key IS NOT NULL
        )
       OR EXISTS (
            FROM pending_quarantine
            WHERE record_key IS NULL AND table_name IN ({", ".join(untold)})
        )
       {owned}
    """


def _owners_sql(table: Table) -> str:
    """Ids of owners that are in quarantine, or have a row of ``table`` there.

    An owned row's key is its owner's id, a hash of 16 hex digits and, among identical rows, an
    ordinal.
    """
    return f"""
        SELECT record_key FROM pending_quarantine
        WHERE record_key IS NOT NULL AND table_name IN ({", ".join(_quoted_owners(table))})
        UNION ALL
        SELECT regexp_extract(record_key, '^(.*)#[0-9a-f]{{16}}(#[0-9]+)?$', 1)
        FROM pending_quarantine WHERE record_key IS NOT NULL AND table_name = $table
    """


def _quoted_owners(table: Table) -> list[str]:
    return [f"'{name}'" for name in owners_of(table)]


def owners_of(table: Table) -> tuple[str, ...]:
    """Names of the tables whose records may own rows of ``table``."""
    if table.owner is None:
        return ()
    if not table.owner.startswith("column:"):
        return (table.owner,)
    names = table.column(table.owner.removeprefix("column:")).allowed
    return tuple(t.name for t in DELIVERED if t.name in names)


def _close_sql(table: Table) -> str:
    return f"""
    UPDATE {table.qualified} SET valid_to = $night, closed_sequence = $sequence
    WHERE rowid IN (SELECT held_row FROM absent)
    """
