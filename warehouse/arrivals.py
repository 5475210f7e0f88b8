"""What each arriving row of a table does to the state: is stored, deletes, or changes nothing.

Two temporary tables are made for it, one row an arriving row of the wave. ``arrival`` has its key,
its place among the rows of its batch on that key (``step``) and the current version held of it;
``effect`` has what it does.
"""

import duckdb

from warehouse.contract import Table
from warehouse.wave import Wave, run, staged_sql


def judge_arrivals(con: duckdb.DuckDBPyConnection, table: Table, wave: Wave) -> set[int]:
    """Make ``arrival`` and ``effect`` for the wave's rows of ``table``.

    Returns:
        Places of the batches with rows that bear another force or system than their batch.
    """
    values = {"files": wave.files(table.name), "table": table.name}
    run(con, _arrivals_sql(table), values)
    shapes = run(con, _SHAPE_SQL, {})
    has_held, is_repeated, has_late = (any(shape[i] for shape in shapes) for i in (1, 2, 3))
    sql = _effect_sql(table, has_held=has_held, is_repeated=is_repeated, has_late=has_late)
    run(con, sql, values)
    return {batch for batch, *_, foreign in shapes if foreign}


def _arrivals_sql(table: Table) -> str:
    """Several rows of one key stand in order of ``sequence``; where that ties, in file order."""
    return f"""
    CREATE OR REPLACE TEMP TABLE arrival AS
    WITH staged AS (
        SELECT batch, file_row_number AS row_number, record_key, operation, scope, sequence,
               source_file, source_row, force, source_system
        FROM {staged_sql(table.name)}
    ), held AS (
        SELECT wave.batch, record_key, max(version) AS version,
               max(before.rowid) FILTER (valid_to IS NULL) AS held_row,
               max(greatest(delivery_sequence, coalesce(closed_sequence, ''))) AS newest
        FROM {table.qualified} AS before JOIN wave USING (force, source_system)
        WHERE (wave.batch, record_key) IN (SELECT batch, record_key FROM staged)
        GROUP BY wave.batch, record_key
    )
    SELECT batch, row_number, record_key, operation, scope, wave.is_late AS is_late_batch,
           staged.force <> wave.force OR staged.source_system <> wave.source_system AS is_foreign,
           row_number() OVER (
               PARTITION BY batch, record_key
               ORDER BY staged.sequence NULLS FIRST, source_file, source_row, row_number
           ) AS step,
           coalesce(held.version, 0) AS held_version, held.held_row, held.newest
    FROM staged JOIN wave USING (batch) LEFT JOIN held USING (batch, record_key)
    """


_SHAPE_SQL = """
    SELECT batch, count(held_row), count(*) FILTER (step > 1), count(*) FILTER (is_late_batch),
           count(*) FILTER (is_foreign)
    FROM arrival GROUP BY batch
"""


def _effect_sql(table: Table, *, has_held: bool, is_repeated: bool, has_late: bool) -> str:
    same = [
        *([_same_as_held_sql(table)] if has_held else []),
        *([_same_as_earlier_sql(table)] if is_repeated else []),
    ]
    return f"""
    CREATE OR REPLACE TEMP TABLE effect AS
    WITH same AS ({" UNION ALL ".join(same) or _NO_ROWS}),
    late AS ({_LATE_SQL if has_late else _NO_ROWS}),
    judged AS (
        SELECT *, rowid IN (FROM same) AS is_same, rowid IN (FROM late) AS is_late,
               CASE WHEN step = 1 THEN held_row IS NOT NULL
                    ELSE lag(operation) OVER key = 'upsert' END AS has_before
        FROM arrival WINDOW key AS (PARTITION BY batch, record_key ORDER BY step)
    ), effected AS (
        SELECT *, CASE
            WHEN operation = 'delete' AND has_before AND NOT is_late THEN 'deleted'
            WHEN operation = 'delete' OR is_same THEN 'unchanged'
            ELSE 'stored' END AS effect
        FROM judged
    )
    SELECT batch, row_number, record_key, operation, scope, step, held_row, is_late, effect,
           max(step) FILTER (effect <> 'unchanged') OVER (
               PARTITION BY batch, record_key
           ) AS last_change,
           held_version + count(*) FILTER (effect = 'stored') OVER (
               PARTITION BY batch, record_key ORDER BY step
           ) AS version
    FROM effected
    """


def _same_as_held_sql(table: Table) -> str:
    return f"""
    SELECT arrival.rowid
    FROM {staged_sql(table.name)} AS staged
    JOIN arrival ON arrival.batch = staged.batch AND arrival.row_number = staged.file_row_number
    JOIN {table.qualified} AS before ON before.rowid = arrival.held_row
    WHERE arrival.step = 1 AND NOT ({_differs(table)})
    """


def _same_as_earlier_sql(table: Table) -> str:
    return f"""
    SELECT arrival.rowid
    FROM {staged_sql(table.name)} AS staged
    JOIN arrival ON arrival.batch = staged.batch AND arrival.row_number = staged.file_row_number
    JOIN arrival AS earlier
      ON earlier.batch = arrival.batch AND earlier.record_key = arrival.record_key
     AND earlier.step = arrival.step - 1
    JOIN {staged_sql(table.name)} AS before
      ON before.batch = earlier.batch AND before.file_row_number = earlier.row_number
    WHERE earlier.operation = 'upsert' AND NOT ({_differs(table)})
    """


def _differs(table: Table) -> str:
    names = (column.name for column in table.content)
    return " OR ".join(f'staged."{name}" IS DISTINCT FROM before."{name}"' for name in names)


_NO_ROWS = "SELECT rowid FROM arrival WHERE false"

# A newer delivery has spoken of the row: it brought or ended it, deleted it unseen, or covered
# the table or the row's part of it.
_LATE_SQL = """
    WITH newer AS (
        SELECT wave.batch, scope, record_key
        FROM ledger.coverage JOIN wave USING (force, source_system)
        WHERE table_name = $table AND delivery_sequence > wave.sequence
    )
    SELECT arrival.rowid FROM arrival JOIN wave USING (batch)
    WHERE wave.is_late AND (
        newest > wave.sequence
        OR (batch, record_key) IN (
            SELECT batch, record_key FROM newer WHERE record_key IS NOT NULL
        )
        OR (batch, arrival.scope) IN (SELECT batch, scope FROM newer WHERE scope IS NOT NULL)
        OR batch IN (SELECT batch FROM newer WHERE scope IS NULL AND record_key IS NULL)
    )
"""
