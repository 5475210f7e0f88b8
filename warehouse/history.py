"""How the rows of a batch become versions in the state, one table at a time.

A row of the state is current while ``valid_to`` is null. ``delivery_sequence`` is the latest
delivery that brought its content, ``closed_sequence`` the delivery that ended it. The newest
statement about a row wins, whatever order deliveries come in: a row is *late* where a newer
delivery has brought, deleted or covered it already, and a late row becomes a version that has
ended, never the current one.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from warehouse.batch import Batch
from warehouse.contract import Table

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


def apply_rows(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    batch: Batch,
    night: date,
    rows: Path,
    is_late_batch: bool,
) -> Applied:
    """Store a batch's accepted rows of ``table`` as versions, within the caller's transaction.

    Args:
        con: writer of the state.
        table: delivered table.
        batch: the batch.
        night: becomes ``valid_from`` and ``valid_to``.
        rows: Parquet in staged shape.
        is_late_batch: a newer batch of the same force and system is loaded already.
    """
    values = batch_values(batch, table, night) | {"file": str(rows)}
    run(con, _arrivals_sql(table), values)
    held, repeated, foreign = run(con, _SHAPE_SQL, {})[0]
    sql = _effect_sql(table, has_held=held > 0, is_repeated=repeated > 0, is_late=is_late_batch)
    run(con, sql, values)
    stored, unchanged, deleted, ended, confirmed, unseen = run(con, _COUNT_SQL, {})[0]
    if ended:
        run(con, _end_sql(table), values)
    if confirmed:
        run(con, _confirm_sql(table), values)
    if stored:
        run(con, _store_sql(table), values)
    if unseen:
        run(con, _REMEMBER_SQL, values)
    return Applied(stored, unchanged, deleted, foreign > 0)


def batch_values(batch: Batch, table: Table, night: date) -> dict[str, Any]:
    """The parameters that the load's statements name: ``$force``, ``$sequence`` and so on."""
    return {
        "batch_id": batch.batch_id,
        "force": batch.force,
        "system": batch.source_system,
        "sequence": batch.sequence,
        "table": table.name,
        "night": night,
    }


def run(con: duckdb.DuckDBPyConnection, sql: str, values: dict[str, Any]) -> list[Any]:
    """Execute ``sql`` with those of ``values`` that it names, and fetch every row."""
    named = {name: value for name, value in values.items() if f"${name}" in sql}
    return con.execute(sql, named or None).fetchall()


def _arrivals_sql(table: Table) -> str:
    """Keys of the arriving rows: their order on one key, and the rowid and version held of it.

    Several rows of one key stand in order of ``sequence``; where that ties, in file order.
    """
    return f"""
    CREATE OR REPLACE TEMP TABLE arrival AS
    WITH staged AS (
        SELECT file_row_number AS row_number, record_key, operation, scope, sequence,
               source_file, source_row, force <> $force OR source_system <> $system AS is_foreign
        FROM read_parquet($file, file_row_number = true)
    ), held AS (
        SELECT record_key, max(version) AS version,
               max(rowid) FILTER (valid_to IS NULL) AS held_row,
               max(greatest(delivery_sequence, coalesce(closed_sequence, ''))) AS newest
        FROM {table.qualified}
        WHERE force = $force AND source_system = $system
          AND record_key IN (SELECT record_key FROM staged)
        GROUP BY record_key
    )
    SELECT staged.row_number, record_key, operation, scope, is_foreign,
           row_number() OVER (
               PARTITION BY record_key
               ORDER BY sequence NULLS FIRST, source_file, source_row, row_number
           ) AS step,
           coalesce(held.version, 0) AS held_version, held.held_row, held.newest
    FROM staged LEFT JOIN held USING (record_key)
    """


_SHAPE_SQL = """
    SELECT count(held_row), count(*) FILTER (step > 1), count(*) FILTER (is_foreign) FROM arrival
"""


def _effect_sql(table: Table, *, has_held: bool, is_repeated: bool, is_late: bool) -> str:
    """What each arriving row does: stored, unchanged or deleted."""
    same = []
    if has_held:
        same.append(f"""
        SELECT arrival.row_number
        FROM read_parquet($file, file_row_number = true) AS staged
        JOIN arrival ON arrival.row_number = staged.file_row_number AND arrival.step = 1
        JOIN {table.qualified} AS before ON before.rowid = arrival.held_row
        WHERE NOT ({_differs(table)})""")
    if is_repeated:
        same.append(f"""
        SELECT arrival.row_number
        FROM read_parquet($file, file_row_number = true) AS staged
        JOIN arrival ON arrival.row_number = staged.file_row_number
        JOIN arrival AS earlier
          ON earlier.record_key = arrival.record_key AND earlier.step = arrival.step - 1
        JOIN read_parquet($file, file_row_number = true) AS before
          ON before.file_row_number = earlier.row_number
        WHERE earlier.operation = 'upsert' AND NOT ({_differs(table)})""")
    same_rows = " UNION ALL ".join(same) or _NO_ROWS
    late = _LATE_SQL if is_late else _NO_ROWS
    return f"""
    CREATE OR REPLACE TEMP TABLE effect AS
    WITH same AS ({same_rows}), late AS ({late}), judged AS (
        SELECT *, row_number IN (FROM same) AS is_same, row_number IN (FROM late) AS is_late,
               CASE WHEN step = 1 THEN held_row IS NOT NULL
                    ELSE lag(operation) OVER key = 'upsert' END AS has_before
        FROM arrival WINDOW key AS (PARTITION BY record_key ORDER BY step)
    ), effected AS (
        SELECT *, CASE
            WHEN operation = 'delete' AND has_before AND NOT is_late THEN 'deleted'
            WHEN operation = 'delete' OR is_same THEN 'unchanged'
            ELSE 'stored' END AS effect
        FROM judged
    )
    SELECT row_number, record_key, operation, scope, step, held_row, is_late, effect,
           max(step) FILTER (effect <> 'unchanged') OVER (PARTITION BY record_key) AS last_change,
           held_version + count(*) FILTER (effect = 'stored') OVER (
               PARTITION BY record_key ORDER BY step
           ) AS version
    FROM effected
    """


_NO_ROWS = "SELECT row_number FROM arrival WHERE false"

# A newer delivery has spoken of the row: it brought or ended it, deleted it unseen, or covered
# the table or the row's part of it.
_LATE_SQL = """
    WITH newer AS (
        SELECT scope, record_key FROM ledger.coverage
        WHERE force = $force AND source_system = $system AND table_name = $table
          AND delivery_sequence > $sequence
    )
    SELECT row_number FROM arrival
    WHERE newest > $sequence
       OR record_key IN (SELECT record_key FROM newer WHERE record_key IS NOT NULL)
       OR scope IN (SELECT scope FROM newer WHERE scope IS NOT NULL)
       OR EXISTS (FROM newer WHERE scope IS NULL AND record_key IS NULL)
"""

_COUNT_SQL = """
    SELECT count(*) FILTER (effect = 'stored'), count(*) FILTER (effect = 'unchanged'),
           count(*) FILTER (effect = 'deleted'),
           count(*) FILTER (held_row IS NOT NULL AND NOT is_late AND last_change IS NOT NULL),
           count(*) FILTER (held_row IS NOT NULL AND NOT is_late AND last_change IS NULL),
           count(*) FILTER (operation = 'delete' AND effect = 'unchanged')
    FROM effect
"""


def _differs(table: Table) -> str:
    names = (column.name for column in table.content)
    return " OR ".join(f'staged."{name}" IS DISTINCT FROM before."{name}"' for name in names)


def _end_sql(table: Table) -> str:
    """End the current version of every key that the batch changes or deletes."""
    return f"""
    UPDATE {table.qualified} SET valid_to = $night, closed_sequence = $sequence
    WHERE rowid IN (SELECT held_row FROM effect WHERE NOT is_late AND last_change IS NOT NULL)
    """


def _confirm_sql(table: Table) -> str:
    """Note on current rows that say the same that this delivery has said it again."""
    return f"""
    UPDATE {table.qualified} AS held
    SET delivery_sequence = $sequence, scope = effect.scope
    FROM effect
    WHERE held.rowid = effect.held_row AND effect.step = 1
      AND NOT effect.is_late AND effect.last_change IS NULL
    """


def _store_sql(table: Table) -> str:
    """Insert the rows to be stored; all but the last change on a key have ended already."""
    columns = ", ".join(f'"{name}"' for name in table.names)
    values = ", ".join(f'staged."{name}"' for name in table.names)
    return f"""
    INSERT INTO {table.qualified} ({columns}, {_VERSION_NAMES})
    SELECT {values}, effect.version, $night,
           CASE WHEN is_late OR effect.step < last_change THEN $night END, staged.scope,
           $sequence, CASE WHEN is_late OR effect.step < last_change THEN $sequence END
    FROM read_parquet($file, file_row_number = true) AS staged
    JOIN effect ON effect.row_number = staged.file_row_number
    WHERE effect.effect = 'stored'
    """


# A deletion of what is not held, kept so that an older delivery does not bring the record back.
_REMEMBER_SQL = """
    INSERT INTO ledger.coverage
    SELECT DISTINCT $batch_id, $force, $system, $table, NULL, record_key, $sequence
    FROM effect
    WHERE operation = 'delete' AND effect = 'unchanged'
"""
