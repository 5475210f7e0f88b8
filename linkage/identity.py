"""Person ids that last: which id each group of records keeps, and what changed.

A group keeps the id of its oldest record. An id that two groups could claim goes to the one that
holds the oldest record bearing it; the other is split off under a new id. Ids are opaque: nothing
may be read from them.
"""

import duckdb
import polars as pl

KEY = ["force", "source_system", "source_record_id"]

_EVENTS = {
    "person_id": pl.String,
    "event": pl.String,
    "other_person_id": pl.String,
    "records": pl.Int32,
    "cause": pl.String,
}

_ASSIGN = """
WITH claim AS (
    -- Per group: the id of its oldest record that bears one. Records run from the oldest.
    SELECT component, arg_min(previous_id, unique_id) AS previous_id,
           min(unique_id) FILTER (previous_id IS NOT NULL) AS bearer,
           min(unique_id) AS oldest
    FROM record GROUP BY component
),
kept AS (
    SELECT component,
           CASE WHEN bearer = min(bearer) OVER (PARTITION BY previous_id) THEN previous_id END
               AS kept_id,
           oldest
    FROM claim
),
named AS (
    SELECT kept.component, kept_id,
           'P-' || left(sha256(concat_ws('|', o.force, o.source_system, o.source_record_id)), 16)
               AS own_id
    FROM kept JOIN record AS o ON o.unique_id = kept.oldest
)
SELECT r.unique_id, r.force, r.source_system, r.source_record_id, r.component, r.previous_id,
       -- The id made from a group's oldest record may be borne by another group since a merge:
       -- then the night makes it another.
       coalesce(kept_id,
                CASE WHEN own_id IN (SELECT person_id FROM ever)
                     THEN 'P-' || left(sha256(own_id || '|' || $night), 16) ELSE own_id END)
           AS person_id
FROM record AS r JOIN named USING (component)
ORDER BY unique_id
"""


def assign_ids(
    records: pl.DataFrame, previous: pl.DataFrame, ever: pl.Series, night: str
) -> pl.DataFrame:
    """The person id of every record.

    Args:
        records: ``unique_id`` (ascending from the oldest), the record's key, ``component``.
        previous: the record's key and ``person_id`` before this night.
        ever: every person id that has ever been given.
        night: ISO date of the night.

    Returns:
        The records' ids and keys, ``component``, ``previous_id`` (null for a new record) and
        ``person_id``, in order of ``unique_id``.
    """
    with duckdb.connect() as con:
        joined = records.join(
            previous.rename({"person_id": "previous_id"}), on=KEY, how="left", maintain_order="left"
        )
        con.register("record", joined)
        con.register("ever", pl.DataFrame({"person_id": ever}))
        return con.sql(_ASSIGN, params={"night": night}).pl()


def list_events(assigned: pl.DataFrame, previous: pl.DataFrame) -> pl.DataFrame:
    """What the night changed: one row an event of ``link.identity_event``.

    Args:
        assigned: as ``assign_ids`` returns it.
        previous: the records' keys and ``person_id`` before this night, those now gone included.

    Returns:
        ``person_id``, ``event``, ``other_person_id``, ``records``, ``cause``.
    """
    with duckdb.connect() as con:
        con.register("assigned", assigned)
        con.register("previous", previous)
        events = con.sql(_LIST_EVENTS).pl()
    return events.cast(_EVENTS)  # type: ignore[arg-type]


_LIST_EVENTS = """
WITH moved AS (
    SELECT person_id, previous_id, count(*) AS records FROM assigned
    WHERE previous_id IS NOT NULL AND previous_id <> person_id GROUP BY ALL
),
new_person AS (
    SELECT person_id, count(*) AS records, min(previous_id) AS previous_id FROM assigned
    WHERE person_id NOT IN (SELECT person_id FROM previous) GROUP BY person_id
),
gone AS (
    SELECT person_id, count(*) AS records FROM previous
    WHERE (force, source_system, source_record_id) NOT IN
          (SELECT (force, source_system, source_record_id) FROM assigned)
    GROUP BY person_id
),
living AS (SELECT DISTINCT person_id FROM assigned)
SELECT person_id, 'created' AS event, NULL AS other_person_id, records, 'new record' AS cause
FROM new_person WHERE previous_id IS NULL
UNION ALL
SELECT n.person_id, 'split', m.previous_id, m.records, 'changed record'
FROM new_person AS n JOIN moved AS m USING (person_id)
WHERE m.previous_id IN (SELECT person_id FROM living)
UNION ALL
SELECT person_id, 'joined', NULL, count(*), 'new record' FROM assigned
WHERE previous_id IS NULL AND person_id IN (SELECT person_id FROM previous) GROUP BY person_id
UNION ALL
-- An id that no record bears any more, though its records are still there.
SELECT previous_id, 'merged', arg_max(person_id, records), sum(records), 'changed record'
FROM moved WHERE previous_id NOT IN (SELECT person_id FROM living) GROUP BY previous_id
UNION ALL
SELECT previous_id, 'left', person_id, records, 'changed record' FROM moved
WHERE previous_id IN (SELECT person_id FROM living)
  AND person_id IN (SELECT person_id FROM previous)
UNION ALL
SELECT person_id, 'left', NULL, records, 'deleted record' FROM gone
WHERE person_id IN (SELECT person_id FROM living)
UNION ALL
SELECT person_id, 'retired', NULL, records, 'deleted record' FROM gone
WHERE person_id NOT IN (SELECT person_id FROM living)
  AND person_id NOT IN (SELECT previous_id FROM moved)
ORDER BY ALL
"""
