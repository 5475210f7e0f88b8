"""The objects of the store, made from its records, memberships and flags."""

import duckdb

from warehouse.object_keys import every_kind_sql

# What dates an event, by its table.
EVENT_DATES = {
    "offence_record": "occurred_on",
    "incident": "occurred_on",
    "custody": "CAST(arrested_at AS DATE)",
    "stop_search": "occurred_on",
    "intelligence_report": "CAST(reported_at AS DATE)",
}

_DATED = " UNION ALL ".join(
    f"SELECT '{table}' AS event_type, force, source_system, source_record_id, {day} AS day "
    f"FROM core.{table}"
    for table, day in EVENT_DATES.items()
)

_MEMBERS = """
    CREATE OR REPLACE TEMP TABLE object_member AS
    SELECT member.object_id, member.object_type, member.record_type, member.force,
           member.source_system, member.source_record_id, record.value, record.key
    FROM (FROM link.object_membership WHERE valid_to IS NULL) AS member
    LEFT JOIN object_record AS record
      USING (object_type, force, source_system, source_record_id)
"""

_OBJECTS = f"""
    INSERT INTO core.object
    WITH part AS (
        SELECT DISTINCT object_id, event_type, event.force, event.source_system,
               event.source_record_id
        FROM core.event_object AS event JOIN object_member AS member
          ON event.force = member.force AND event.source_system = member.source_system
         AND event.object_source_record_id = member.source_record_id
         AND event.object_type = member.record_type
    ),
    happened AS (
        SELECT object_id, count(*) AS events, min(day) AS first_date, max(day) AS last_date
        FROM part LEFT JOIN ({_DATED}) AS dated
          USING (event_type, force, source_system, source_record_id)
        GROUP BY object_id
    )
    SELECT object_id, any_value(object_type),
           any_value(CASE WHEN object_type = 'property'
                          THEN left(key, length(key) - length(value) - 1) END),
           any_value(value), count(*), count(DISTINCT force),
           string_agg(DISTINCT force, ',' ORDER BY force), coalesce(any_value(events), 0),
           any_value(first_date), any_value(last_date),
           object_id IN (SELECT object_id FROM link.object_flag)
    FROM object_member LEFT JOIN happened USING (object_id)
    GROUP BY object_id ORDER BY object_id
"""

_COUNTS = """
    INSERT INTO link.object_key_count
    SELECT object_type, force,
           CASE WHEN value IS NULL THEN 'no value' ELSE coalesce(refused, 'keyed') END, count(*)
    FROM object_record GROUP BY ALL ORDER BY ALL
"""


def resolve_objects(con: duckdb.DuckDBPyConnection) -> None:
    """Fill ``core.object`` and ``link.object_key_count`` of the store that ``con`` has open."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE object_record AS {every_kind_sql()}")
    con.execute(_COUNTS)
    con.execute(_MEMBERS)
    con.execute(_OBJECTS)
    con.execute("DROP TABLE object_member; DROP TABLE object_record")
