"""Which ids a row may point at: what the night brings or the store holds; what a batch ends; and
which ids came with the night, but were kept out before the check. All but the last, of which there
are few, by their hashes (``id_hash``)."""

import duckdb

from quality.connection import is_in_store
from quality.rules.links import id_hash
from quality.run.stored import lasting_columns
from warehouse.contract import Table


def list_known(con: duckdb.DuckDBPyConnection, table: Table, *, is_target: bool) -> None:
    """Ids of the table that the store holds: for links, and to tell what a full batch lacks. After
    ``list_unlike``."""
    con.execute(f"CREATE TABLE held_{table.name} (source_no INTEGER, id_hash UBIGINT)")
    if is_in_store(con, "core", table.name):
        only_full = "" if is_target else "WHERE kind = 'full'"
        # What has no owner is in the store once.
        unique = "DISTINCT" if table.owner else ""
        hashed = "hash(b.source_no, h.source_record_id)"
        con.execute(
            f"INSERT INTO held_{table.name} SELECT {unique} b.source_no, {hashed} "
            f"FROM store.core.{table.name} AS h JOIN "
            f"(SELECT DISTINCT source_no, force, source_system FROM night_batch {only_full}) AS b "
            "ON b.force = h.force AND b.source_system = h.source_system"
        )
    con.execute(
        f"CREATE VIEW known_{table.name} AS "
        f"SELECT {id_hash('t')} AS id_hash FROM {table.name} AS t WHERE operation = 'upsert' "
        f"UNION ALL SELECT id_hash FROM held_{table.name}"
    )
    if is_target:
        con.execute(f"CREATE TABLE kept_back_{table.name} AS {_kept_back_sql(table.name)}")
        con.execute(f"CREATE TABLE ended_{table.name} AS {_deleted_sql(table.name)}")
        con.execute(f"INSERT INTO ended_{table.name} {_absent_sql(table)}")


def _kept_back_sql(table: str) -> str:
    """Ids of rows that standardise has quarantined, where they could be read. What is pointed at
    has no owner, so the key of its row is its id."""
    return (
        "SELECT DISTINCT b.source_no, q.record_key AS source_record_id FROM kept_back AS q "
        "JOIN night_batch AS b ON b.batch_no = q.batch_no "
        f"WHERE q.table_name = '{table}' AND q.record_key IS NOT NULL"
    )


def _deleted_sql(table: str) -> str:
    """Ids that a batch deletes, where it does not bring them again later. Rows without an order
    that say both are at odds, and none of them is taken. Only ids that some row deletes are
    grouped: most batches have none."""
    return (
        f"SELECT batch_no, {id_hash('t')} AS id_hash FROM {table} AS t SEMI JOIN (SELECT batch_no, "
        f"source_record_id FROM {table} WHERE operation = 'delete') AS deleted "
        "USING (batch_no, source_record_id) WHERE operation IN ('upsert', 'delete') "
        "GROUP BY ALL HAVING count(*) FILTER (operation = 'upsert') = 0 OR "
        "max(sequence) FILTER (operation = 'delete') > max(sequence) FILTER (operation = 'upsert')"
    )


def _absent_sql(delivered: Table) -> str:
    """Ids that a batch covers and lacks: the load closes them, but for those that stand in the
    batch's quarantine, and closes none where the key of a quarantined row cannot be told. A row
    without an id, or of no known operation, will stand there too. What the batch itself brings it
    does not lack, so of the night's ids those of the other batches of its source are looked at."""
    table = delivered.name
    held = f"held_{table}"
    if lasting_columns(delivered):
        held = f"(SELECT source_no, {id_hash('u')} AS id_hash FROM unlike_{table} AS u "
        held += "WHERE is_lacking)"
    known = (
        f"SELECT source_no, id_hash FROM {held} UNION ALL "
        f"SELECT source_no, {id_hash('t')} FROM {table} AS t SEMI JOIN (SELECT one.batch_no "
        "FROM night_batch AS one JOIN night_batch AS other ON other.source_no = one.source_no "
        "AND other.batch_no <> one.batch_no) AS of_several USING (batch_no) "
        "WHERE operation = 'upsert'"
    )
    quarantined = (
        f"SELECT batch_no, record_key FROM kept_back WHERE table_name = '{table}' "
        f"UNION ALL SELECT batch_no, record_key FROM {table} WHERE source_record_id IS NULL "
        "OR operation IS NULL OR operation NOT IN ('upsert', 'delete')"
    )
    return (
        "SELECT DISTINCT w.batch_no, k.id_hash FROM covered_whole AS w "
        "JOIN night_batch AS b ON b.batch_no = w.batch_no "
        f"JOIN ({known}) AS k ON k.source_no = b.source_no "
        f"ANTI JOIN (SELECT batch_no, {id_hash('t')} AS id_hash FROM {table} AS t "
        "WHERE operation = 'upsert') AS brought "
        "ON brought.batch_no = w.batch_no AND brought.id_hash = k.id_hash "
        f"ANTI JOIN ({quarantined}) AS q "
        "ON q.batch_no = w.batch_no "
        "AND (q.record_key IS NULL OR hash(b.source_no, q.record_key) = k.id_hash) "
        f"WHERE w.table_name = '{table}'"
    )
