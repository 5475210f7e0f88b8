"""What became of the rows that were kept out: told at each build from the state, never kept.

A record that is kept out is known by its table and id; a row of an owner by the owner's, since its
own key changes with its content; a row without a key by its place. In the order of deliveries the
first of these ends it: the record is kept out again (superseded), a version of it is accepted
(mended), it is deleted or its owner is brought without it (withdrawn), or a delivery covers its
table whole: then it is mended if it is held after that delivery, else withdrawn. A delivery of
which bytes could not be read, or that has a row of the table without a key in quarantine, ends
nothing by what it lacks: the record may be in there. A row without a key ends with the next
delivery that covers its table; where that has a row without a key in the same place, it is the same
one. A delivery covers a part, too, where it covers all parts that the earlier one covered.
"""

import duckdb

from warehouse.contract import DELIVERED
from warehouse.contract.control import QUARANTINE
from warehouse.orphans import owned_tables
from warehouse.schema import quote

_OWNED = ", ".join(quote(table.name) for table in owned_tables())
_OWNERS = "|".join(sorted(table.name for table in DELIVERED if table.owner is None))
_HASHED = "'#[0-9a-f]{16}(#[0-9]+)?$'"
_RECORD = "force, source_system, table_name, is_keyless, id"


def fill_quarantine(con: duckdb.DuckDBPyConnection) -> None:
    """Fill ``quality.quarantine`` of the store that is built from the state attached as ``state``.

    Temporary tables are made for it and dropped.
    """
    con.execute(_BATCH_SQL)
    con.execute(_KEPT_SQL)
    tables = {row[0] for row in con.execute("SELECT DISTINCT table_name FROM kept").fetchall()}
    con.execute(_versions_sql([table.name for table in DELIVERED if table.name in tables]))
    con.execute(_SAID_SQL)
    con.execute(_COVERED_SQL)
    con.execute(_FATE_SQL)
    con.execute(_FILL_SQL)
    for name in ("placed_batch", "kept", "held_version", "said", "covered_again", "fate"):
        con.execute(f"DROP TABLE {name}")


# The sequence of a batch that was never applied is what transforms gives every batch.
_BATCH_SQL = """
    CREATE OR REPLACE TEMP TABLE placed_batch AS
    SELECT batch_id, force, source_system, kind, unreadable_bytes, night,
           coalesce(first_night, night) AS kept_night,
           coalesce(delivery_sequence, strftime(delivery_date, '%Y-%m-%d') || ' ' || delivery_id)
               AS sequence
    FROM state.quality.batch
    LEFT JOIN (SELECT batch_id, delivery_sequence FROM state.ledger.delivery) USING (batch_id)
    LEFT JOIN (
        SELECT batch_id, min(held_night) AS first_night
        FROM state.quality.release GROUP BY batch_id
    ) USING (batch_id)
"""


def _id_sql(key: str) -> str:
    """Id of the record, or of the owner, that a row's key begins with."""
    return (
        f"CASE WHEN table_name IN ({_OWNED}) THEN regexp_replace({key}, {_HASHED}, '') "
        f"ELSE {key} END"
    )


_PLACED_ID = f"""
    record_key IS NULL AS is_keyless,
    coalesce({_id_sql("record_key")}, source_file || ':' || source_row) AS id
"""
_KEPT_SQL = f"""
    CREATE OR REPLACE TEMP TABLE kept AS
    SELECT *, lead(sequence) OVER (PARTITION BY {_RECORD} ORDER BY sequence) AS next_kept
    FROM (
        SELECT DISTINCT batch_id, b.force, source_system, table_name, {_PLACED_ID}, sequence,
               kept_night
        FROM state.quality.quarantine JOIN placed_batch AS b USING (batch_id)
    )
"""


def _versions_sql(tables: list[str]) -> str:
    """The versions of records that were once kept out: from which sequence to which."""
    parts = [
        f"""
        SELECT v.force, v.source_system, {quote(table)} AS table_name, v.source_record_id AS id,
               coalesce(brought.delivery_sequence, v.delivery_sequence) AS brought_sequence,
               v.delivery_sequence, v.closed_sequence
        FROM state.core.{table} AS v
        SEMI JOIN (FROM kept WHERE table_name = {quote(table)} AND NOT is_keyless) AS k
          ON k.force = v.force AND k.source_system = v.source_system AND k.id = v.source_record_id
        LEFT JOIN state.ledger.delivery AS brought ON brought.batch_id = v.batch_id
        """
        for table in tables
    ]
    nothing = """
        SELECT '' AS force, '' AS source_system, '' AS table_name, '' AS id,
               '' AS brought_sequence, '' AS delivery_sequence, '' AS closed_sequence WHERE false
    """
    return f"CREATE OR REPLACE TEMP TABLE held_version AS {' UNION ALL '.join([nothing, *parts])}"


# What deliveries said of one record: of one sequence, that it was accepted counts before that it
# was ended, since a changed record is both.
_SAID_SQL = f"""
    CREATE OR REPLACE TEMP TABLE said AS
    SELECT force, source_system, table_name, id, sequence, min(fate) AS fate FROM (
        SELECT force, source_system, table_name, id, brought_sequence AS sequence, 'mended' AS fate
        FROM held_version
        UNION ALL
        SELECT force, source_system, table_name, id, delivery_sequence, 'mended' FROM held_version
        UNION ALL
        SELECT force, source_system, table_name, id, closed_sequence, 'withdrawn'
        FROM held_version WHERE closed_sequence IS NOT NULL
        UNION ALL
        SELECT force, source_system, table_name, {_id_sql("record_key")}, delivery_sequence,
               'withdrawn'
        FROM state.ledger.coverage WHERE record_key IS NOT NULL
        UNION ALL
        SELECT force, source_system, table_name, regexp_replace(scope, '^({_OWNERS}):', ''),
               delivery_sequence, 'withdrawn'
        FROM state.ledger.coverage
        WHERE table_name IN ({_OWNED}) AND regexp_matches(scope, '^({_OWNERS}):')
    ) GROUP BY ALL
"""
# By batch and table, the next delivery that covers what the batch may have held: any at all, and
# one that has nothing in quarantine that might be anything.
_COVERED_SQL = """
    CREATE OR REPLACE TEMP TABLE covered_again AS
    WITH batch_table AS (
        SELECT DISTINCT batch_id, force, source_system, table_name, sequence FROM kept
    ), untold AS (
        SELECT DISTINCT batch_id, table_name, true AS has_untold FROM kept WHERE is_keyless
    ), coverage AS (
        SELECT c.batch_id, c.force, c.source_system, c.table_name, c.delivery_sequence, c.scope,
               coalesce(has_untold, false) AS has_untold
        FROM state.ledger.coverage AS c JOIN placed_batch USING (batch_id)
        LEFT JOIN untold ON untold.batch_id = c.batch_id AND untold.table_name = c.table_name
        WHERE c.record_key IS NULL AND unreadable_bytes = 0
          AND (c.scope IS NULL OR placed_batch.kind = 'part')
    ), part AS (
        SELECT batch_id, force, source_system, table_name, delivery_sequence, has_untold,
               list(DISTINCT scope) AS scopes
        FROM coverage WHERE scope IS NOT NULL GROUP BY ALL
    ), next_part AS (
        SELECT this.batch_id, table_name, min(later.delivery_sequence) AS any_sequence,
               min(later.delivery_sequence) FILTER (NOT later.has_untold) AS told_sequence
        FROM part AS this JOIN part AS later USING (force, source_system, table_name)
        WHERE later.delivery_sequence > this.delivery_sequence
          AND list_has_all(later.scopes, this.scopes)
        GROUP BY ALL
    ), next_whole AS (
        SELECT this.batch_id, this.table_name, whole.delivery_sequence AS any_sequence
        FROM batch_table AS this
        ASOF JOIN (FROM coverage WHERE scope IS NULL) AS whole
          ON this.force = whole.force AND this.source_system = whole.source_system
         AND this.table_name = whole.table_name AND this.sequence < whole.delivery_sequence
    ), next_told AS (
        SELECT this.batch_id, this.table_name, whole.delivery_sequence AS told_sequence
        FROM batch_table AS this
        ASOF JOIN (FROM coverage WHERE scope IS NULL AND NOT has_untold) AS whole
          ON this.force = whole.force AND this.source_system = whole.source_system
         AND this.table_name = whole.table_name AND this.sequence < whole.delivery_sequence
    )
    SELECT batch_id, table_name,
           least(next_whole.any_sequence, next_part.any_sequence) AS any_sequence,
           least(next_told.told_sequence, next_part.told_sequence) AS told_sequence
    FROM batch_table
    LEFT JOIN next_whole USING (batch_id, table_name)
    LEFT JOIN next_told USING (batch_id, table_name)
    LEFT JOIN next_part USING (batch_id, table_name)
"""
_FATE_SQL = f"""
    CREATE OR REPLACE TEMP TABLE fate AS
    WITH followed AS (
        SELECT kept.* EXCLUDE (next_kept),
               CASE WHEN is_keyless THEN any_sequence ELSE told_sequence END AS covered_sequence,
               CASE WHEN NOT is_keyless OR next_kept = any_sequence THEN next_kept END AS next_kept,
               said.sequence AS said_sequence, said.fate AS said_fate
        FROM kept LEFT JOIN covered_again USING (batch_id, table_name)
        ASOF LEFT JOIN (SELECT *, false AS has_no_key FROM said) AS said
          ON kept.force = said.force AND kept.source_system = said.source_system
         AND kept.table_name = said.table_name AND kept.id = said.id
         AND kept.is_keyless = said.has_no_key AND kept.sequence < said.sequence
    ), ended AS (
        SELECT *, least(next_kept, said_sequence, covered_sequence) AS ended_sequence FROM followed
    ), held_after AS (
        SELECT DISTINCT batch_id, table_name, id, true AS is_held
        FROM ended JOIN held_version USING (force, source_system, table_name, id)
        WHERE NOT is_keyless AND brought_sequence <= ended_sequence
          AND (closed_sequence IS NULL OR closed_sequence > ended_sequence)
    ), judged AS (
        SELECT ended.*, CASE
            WHEN ended_sequence IS NULL THEN 'open'
            WHEN next_kept = ended_sequence THEN 'superseded'
            WHEN said_sequence = ended_sequence THEN said_fate
            WHEN is_held AND NOT is_keyless THEN 'mended'
            ELSE 'withdrawn' END AS state
        FROM ended LEFT JOIN held_after USING (batch_id, table_name, id)
    ), begun AS (
        SELECT *, count_if(before IS DISTINCT FROM 'superseded') OVER (
            PARTITION BY {_RECORD} ORDER BY sequence
        ) AS episode
        FROM (
            SELECT *, lag(state) OVER (PARTITION BY {_RECORD} ORDER BY sequence) AS before
            FROM judged
        )
    )
    SELECT begun.batch_id, table_name, is_keyless, id, state,
           min(kept_night) OVER (PARTITION BY {_RECORD}, episode) AS first_night,
           ending.batch_id AS ended_batch_id, ending.night AS ended_night
    FROM begun LEFT JOIN (
        SELECT force, source_system, sequence AS ended_sequence, batch_id, night FROM placed_batch
    ) AS ending USING (force, source_system, ended_sequence)
"""
_FILL_SQL = f"""
    INSERT INTO quality.quarantine
    SELECT {", ".join(f"q.{name}" for name in QUARANTINE.names)},
           first_night, state, ended_batch_id, ended_night
    FROM (SELECT *, {_PLACED_ID} FROM state.quality.quarantine) AS q
    JOIN fate ON fate.batch_id = q.batch_id AND fate.table_name = q.table_name
      AND fate.is_keyless = q.is_keyless AND fate.id = q.id
    ORDER BY {", ".join(f"q.{name}" for name in QUARANTINE.key)}
"""
