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

import duckdb
import polars as pl

from warehouse.contract import DELIVERED, Table
from warehouse.wave import Wave, run

KEPT_RULE = "kept_beside_quarantine"


def note_coverage(con: duckdb.DuckDBPyConnection, wave: Wave) -> None:
    """Make the temporary table ``covered`` (batch, table_name, scope) and add it to the ledger."""
    parts = [
        (place, table, scope)
        for place, batch, _ in wave.applied
        for table, scopes in sorted(batch.covers.items())
        for scope in ([None] if scopes is None else scopes)
    ]
    schema = {"batch": pl.Int32, "table_name": pl.String, "scope": pl.String}
    listed = pl.DataFrame(parts, schema=schema, orient="row")
    con.register("listed_coverage", listed)
    con.execute("CREATE OR REPLACE TEMP TABLE covered AS SELECT DISTINCT * FROM listed_coverage")
    con.unregister("listed_coverage")
    con.execute("""
        INSERT INTO ledger.coverage
        SELECT batch_id, force, source_system, table_name, scope, NULL, sequence
        FROM covered JOIN wave USING (batch)
    """)


def close_absent(
    con: duckdb.DuckDBPyConnection, table: Table, wave: Wave, *, has_quarantine: bool
) -> dict[int, tuple[int, int]]:
    """End the current rows of ``table`` that a batch of the wave covers and does not bring.

    To be called after the wave's rows have been applied: whatever it brought bears its sequence.
    The temporary tables ``wave``, ``covered`` and ``pending_quarantine`` are those of the wave.

    Returns:
        By place in the wave: rows closed, and rows kept because quarantine may hold what they
        have become.
    """
    if not wave.covers(table.name):
        return {}
    values = {"table": table.name, "night": wave.night}
    run(con, _absent_sql(table), values)
    absent = dict(run(con, _COUNT_SQL, {}))
    if not absent:
        return {}
    if has_quarantine or any(batch.unreadable_bytes for _, batch, _ in wave.applied):
        run(con, _keep_sql(table), values)
    closed = dict(run(con, _COUNT_SQL, {}))
    if closed:
        run(con, _close_sql(table), values)
    return {b: (closed.get(b, 0), rows - closed.get(b, 0)) for b, rows in absent.items()}


def _absent_sql(table: Table) -> str:
    """What a newer delivery has covered, it has judged: that is left alone."""
    return f"""
    CREATE OR REPLACE TEMP TABLE absent AS
    WITH part AS (SELECT batch, scope FROM covered WHERE table_name = $table),
    whole AS (SELECT batch FROM part WHERE scope IS NULL)
    SELECT wave.batch, held.rowid AS held_row, record_key, source_record_id,
           wave.batch IN (FROM whole) AS is_whole
    FROM {table.qualified} AS held JOIN wave USING (force, source_system)
    WHERE valid_to IS NULL AND held.delivery_sequence < wave.sequence
      AND (
        wave.batch IN (FROM whole)
        OR (wave.batch, held.scope) IN (SELECT batch, scope FROM part WHERE scope IS NOT NULL)
      )
      AND NOT (wave.is_late AND EXISTS (
        FROM ledger.coverage AS newer
        WHERE newer.force = wave.force AND newer.source_system = wave.source_system
          AND newer.table_name = $table AND newer.delivery_sequence > wave.sequence
          AND newer.record_key IS NULL AND (newer.scope IS NULL OR newer.scope = held.scope)
      ))
    """


_COUNT_SQL = "SELECT batch, count(*) FROM absent GROUP BY batch"


def _keep_sql(table: Table) -> str:
    """Take out of ``absent`` what quarantine may hold."""
    owners = ", ".join(_quoted_owners(table))
    of_owner = f"OR is_whole AND table_name IN ({owners})" if owners else ""
    owned = f"OR (batch, source_record_id) IN ({_owners_sql(table)})" if owners else ""
    return f"""
    DELETE FROM absent
    WHERE batch IN (SELECT batch FROM wave WHERE unreadable_bytes > 0)
       OR (batch, record_key) IN (
            SELECT batch, record_key FROM pending_quarantine
            WHERE table_name = $table AND record_key IS NOT NULL
        )
       OR EXISTS (
            FROM pending_quarantine AS untold
            WHERE untold.batch = absent.batch AND untold.record_key IS NULL
              AND (table_name = $table {of_owner})
        )
       {owned}
    """


def _owners_sql(table: Table) -> str:
    """Ids of owners that are in quarantine, or have a row of ``table`` there.

    An owned row's key is its owner's id, a hash of 16 hex digits and, among identical rows, an
    ordinal.
    """
    return f"""
        SELECT batch, record_key FROM pending_quarantine
        WHERE record_key IS NOT NULL AND table_name IN ({", ".join(_quoted_owners(table))})
        UNION ALL
        SELECT batch, regexp_extract(record_key, '^(.*)#[0-9a-f]{{16}}(#[0-9]+)?$', 1)
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
    UPDATE {table.qualified} AS held
    SET valid_to = $night, closed_sequence = wave.sequence
    FROM absent JOIN wave USING (batch)
    WHERE held.rowid = absent.held_row
    """
