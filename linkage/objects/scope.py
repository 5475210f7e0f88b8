"""Which records a night looks at: those that something befell, and whatever they may be one with.

Looked at anew are the objects of which a record, a part in an event, or such an event was stored or
ended since the last step. What is said of two objects follows from their own records and events
alone, so a pair of which neither end is among these stays as it is held.
"""

from datetime import date

import duckdb

from linkage.objects.marks import folded
from linkage.objects.sides import rests
from warehouse.given import with_values
from warehouse.object_keys import KINDS, RECORD, RECORD_TYPES, every_kind_sql

PLACED_EVENTS = ("offence_record", "incident", "stop_search")

_RECORD = ", ".join(RECORD)
_CURRENT = "valid_to IS NULL"
# A condition a column: the scan then reads the keys of those rows alone.
_MOVED = ("valid_from > $since", "valid_to > $since")


def _moved(columns: str, table: str) -> str:
    return " UNION ALL ".join(f"SELECT {columns} FROM core.{table} WHERE {m}" for m in _MOVED)


_EVENTS = " UNION ALL ".join(
    f"SELECT '{table}' AS event_type, {_RECORD} FROM ({_moved(_RECORD, table)})"
    for table in PLACED_EVENTS
)
_PARTS = (
    "object_type AS record_type, force, source_system, object_source_record_id AS source_record_id"
)
_CHANGED_EVENTS = f"CREATE OR REPLACE TABLE changed_event AS SELECT DISTINCT * FROM ({_EVENTS})"
_CHANGED = f"""
    CREATE OR REPLACE TABLE changed_record AS
    SELECT DISTINCT record_type, {_RECORD} FROM (
        {_moved(_PARTS, "event_object")}
        UNION ALL
        SELECT {_PARTS} FROM core.event_object
        SEMI JOIN changed_event USING (event_type, {_RECORD}) WHERE {_CURRENT}
        UNION ALL
        {" UNION ALL ".join(f"SELECT '{t}', {_RECORD} FROM ({_moved(_RECORD, t)})"
                            for t in RECORD_TYPES)}
    )
"""  # fmt: skip

_OF = f"({_RECORD}) IN (SELECT ({_RECORD}) FROM {{0}} AS wanted WHERE wanted.record_type = '{{1}}')"


def _keyed_of(table: str) -> str:
    """``keyed`` of the current records that a table names."""
    wheres = {
        kind.object_type: f"{_CURRENT} AND {_OF.format(table, kind.record_type)}"
        for kind in KINDS.values()
    }
    return every_kind_sql(wheres)


_MEMBER = "FROM link.object_membership WHERE valid_to IS NULL"
_TOUCHED = f"""
    CREATE OR REPLACE TABLE changed_keyed AS {_keyed_of("changed_record")};
    CREATE OR REPLACE TABLE held_member AS
    SELECT * EXCLUDE (valid_from, valid_to) FROM ({_MEMBER})
    SEMI JOIN changed_record USING (record_type, {_RECORD});
    CREATE OR REPLACE TABLE touched AS
    SELECT object_id FROM changed_keyed WHERE object_id IS NOT NULL
    UNION SELECT object_id FROM held_member
"""

_MARK, _SERIAL = KINDS["vehicle"].value, KINDS["property"].value
_ITEM, _NUMBER = KINDS["property"].within, KINDS["phone_number"].value
# More than are near: what is not is left out again where the pairs are looked at.
_SCOPE = f"""
    CREATE OR REPLACE TABLE alike_item AS
    SELECT DISTINCT {_ITEM} AS item, value_gbp, value
    FROM (FROM changed_keyed WHERE object_type = 'property' AND object_id IS NOT NULL)
    JOIN (FROM core.property_record WHERE {_CURRENT} AND value_gbp > 0) USING ({_RECORD});
    CREATE OR REPLACE TABLE alike_rest AS
    SELECT DISTINCT hash(item, value_gbp, unnest({rests("value")})) AS rest FROM alike_item;
    CREATE OR REPLACE TABLE near_record AS
    SELECT record_type, {_RECORD} FROM changed_record
    UNION
    SELECT 'vehicle_record', {_RECORD} FROM core.vehicle_record
    WHERE {_CURRENT} AND {folded(_MARK)} IN (
        SELECT {folded("value")} FROM changed_keyed
        WHERE object_type = 'vehicle' AND object_id IS NOT NULL)
    UNION
    SELECT 'phone_record', {_RECORD} FROM core.phone_record
    WHERE {_CURRENT} AND {_NUMBER} IN (
        SELECT value FROM changed_keyed WHERE object_type = 'phone_number')
    UNION
    SELECT 'property_record', {_RECORD} FROM (
        SELECT {_RECORD}, hash(item, value_gbp, unnest({rests("value")})) AS rest FROM (
            SELECT {_RECORD}, {_ITEM} AS item, value_gbp, {_SERIAL} AS value
            FROM core.property_record WHERE {_CURRENT}
        ) SEMI JOIN alike_item USING (item, value_gbp)
    ) SEMI JOIN alike_rest USING (rest);
    CREATE OR REPLACE TABLE scope_object AS
    FROM touched UNION
    SELECT object_id FROM ({_MEMBER}) SEMI JOIN near_record USING (record_type, {_RECORD});
    CREATE OR REPLACE TABLE scope_record AS
    FROM near_record UNION
    SELECT record_type, {_RECORD} FROM ({_MEMBER}) SEMI JOIN scope_object USING (object_id);
    CREATE OR REPLACE TABLE keyed AS {_keyed_of("scope_record")}
"""


def gather(con: duckdb.DuckDBPyConnection, since: date | None) -> None:
    """Make ``keyed`` (``warehouse.object_keys.every_kind_sql``) of every record that the step looks
    at; unless that is all, ``changed_record`` and ``changed_keyed`` (whose memberships are
    compared), ``held_member`` (their memberships as held) and ``touched`` (objects looked at anew).

    Args:
        con: a workspace.
        since: rows of later nights are looked at; None: all are.
    """
    if since is None:
        con.execute(f"CREATE OR REPLACE TABLE keyed AS {every_kind_sql(_CURRENT)}")
        return
    con.execute(with_values(_CHANGED_EVENTS, {"since": since}))
    con.execute(with_values(_CHANGED, {"since": since}))
    con.execute(_TOUCHED)
    con.execute(_SCOPE)
