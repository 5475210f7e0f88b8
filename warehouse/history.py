"""How the rows of a wave become versions in the state, one table at a time.

A row of the state is current while ``valid_to`` is null. ``delivery_sequence`` is the latest
delivery that brought its content, ``closed_sequence`` the delivery that ended it. The newest
statement about a row wins, whatever order deliveries come in: a row is *late* where a newer
delivery has brought, deleted or covered it already, and a late row becomes a version that has
ended, never the current one.
"""

from dataclasses import dataclass

import duckdb

from warehouse.arrivals import judge_arrivals
from warehouse.contract import Table
from warehouse.contract.person import HASHED
from warehouse.contract.record_hash import record_hash_sql
from warehouse.wave import Wave, run, staged_sql

# The state's columns beyond the contract's, in the order the load fills them.
_VERSION_NAMES = "version, valid_from, valid_to, scope, delivery_sequence, closed_sequence"


@dataclass(frozen=True)
class Applied:
    """What became of the accepted rows of a batch's table.

    ``is_foreign`` is true where a row bears another force or system than its batch.
    """

    stored: int = 0
    unchanged: int = 0
    deleted: int = 0
    is_foreign: bool = False


def apply_rows(con: duckdb.DuckDBPyConnection, table: Table, wave: Wave) -> dict[int, Applied]:
    """Store the wave's accepted rows of ``table`` as versions, within the caller's transaction.

    The temporary table ``wave`` is that of the wave. Its night becomes ``valid_from`` and
    ``valid_to``.

    Returns:
        By place in the wave, what became of the rows of each batch that has any.
    """
    files = wave.files(table.name)
    if not files:
        return {}
    foreign = judge_arrivals(con, table, wave)
    counts = run(con, _COUNT_SQL, {})
    values = {"files": files, "table": table.name, "night": wave.night}
    has_stored, has_ended, has_confirmed, has_unseen = (
        any(count[i] for count in counts) for i in (1, 4, 5, 6)
    )
    if has_ended:
        run(con, _end_sql(table), values)
    if has_confirmed:
        run(con, _confirm_sql(table), values)
    if has_stored:
        run(con, _store_sql(table), values)
    if has_unseen:
        run(con, _REMEMBER_SQL, values)
    return {
        batch: Applied(stored, unchanged, deleted, batch in foreign)
        for batch, stored, unchanged, deleted, *_ in counts
    }


_COUNT_SQL = """
    SELECT batch, count(*) FILTER (effect = 'stored'), count(*) FILTER (effect = 'unchanged'),
           count(*) FILTER (effect = 'deleted'),
           count(*) FILTER (held_row IS NOT NULL AND NOT is_late AND last_change IS NOT NULL),
           count(*) FILTER (held_row IS NOT NULL AND NOT is_late AND last_change IS NULL),
           count(*) FILTER (operation = 'delete' AND effect = 'unchanged')
    FROM effect GROUP BY batch
"""


def _end_sql(table: Table) -> str:
    """End the current version of every key that a batch changes or deletes."""
    return f"""
    UPDATE {table.qualified} AS held
    SET valid_to = $night, closed_sequence = ended.sequence
    FROM (
        SELECT DISTINCT held_row, wave.sequence FROM effect JOIN wave USING (batch)
        WHERE NOT effect.is_late AND last_change IS NOT NULL
    ) AS ended
    WHERE held.rowid = ended.held_row
    """


def _confirm_sql(table: Table) -> str:
    """Note on current rows that say the same that this delivery has said it again."""
    return f"""
    UPDATE {table.qualified} AS held
    SET delivery_sequence = confirmed.sequence, scope = confirmed.scope
    FROM (
        SELECT held_row, wave.sequence, scope FROM effect JOIN wave USING (batch)
        WHERE step = 1 AND NOT effect.is_late AND last_change IS NULL
    ) AS confirmed
    WHERE held.rowid = confirmed.held_row
    """


def _store_sql(table: Table) -> str:
    """Insert the rows to be stored; all but the last change on a key have ended already."""
    columns = ", ".join(f'"{name}"' for name in table.names)
    values = ", ".join(f'staged."{name}"' for name in table.names)
    names, hashed = _VERSION_NAMES, ""
    if table in HASHED:
        names, hashed = f"{names}, record_hash", f", {record_hash_sql('staged.')}"
    return f"""
    INSERT INTO {table.qualified} ({columns}, {names})
    SELECT {values}, effect.version, $night, CASE WHEN has_ended THEN $night END, effect.scope,
           effect.sequence, CASE WHEN has_ended THEN effect.sequence END{hashed}
    FROM {staged_sql(table.name)} AS staged
    JOIN (
        SELECT batch, row_number, version, scope, wave.sequence,
               effect.is_late OR step < last_change AS has_ended
        FROM effect JOIN wave USING (batch)
        WHERE effect = 'stored'
    ) AS effect
      ON effect.batch = staged.batch AND effect.row_number = staged.file_row_number
    """


# A deletion of what is not held, kept so that an older delivery does not bring the record back.
_REMEMBER_SQL = """
    INSERT INTO ledger.coverage
    SELECT DISTINCT batch_id, force, source_system, $table, NULL, record_key, sequence
    FROM effect JOIN wave USING (batch)
    WHERE operation = 'delete' AND effect = 'unchanged'
"""
