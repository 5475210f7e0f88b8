"""Which things in common changed: what a night works out anew.

All of this is made in tables of the workspace; nothing is written to the state.
"""

from datetime import date

import duckdb

from linkage.networks.sources import COLUMNS, UNIT, member_queries, touched_sql
from warehouse.given import with_values
from warehouse.object_keys import KINDS, id_sql

_PERSON_KEY = "force, source_system, person_source_record_id"

# Members of the units looked at, with the person whom each record belongs to today.
_FRESH = f"""
CREATE OR REPLACE TABLE fresh_member AS
WITH made AS ({{made}})
SELECT {COLUMNS}, record, person_id
FROM made
LEFT JOIN (SELECT force, source_system, source_record_id AS person_source_record_id, record
           FROM linkage.record_key) USING ({_PERSON_KEY})
LEFT JOIN linkage.cluster USING (record)
"""

# Members of other units whose record belongs to another person than when they were written.
_MOVED = f"""
CREATE OR REPLACE TABLE moved AS
WITH other AS MATERIALIZED (
    SELECT kind, key, {UNIT}, record, cluster.person_id
    FROM linkage.context_member AS member
    LEFT JOIN linkage.cluster USING (record)
    WHERE member.person_id IS DISTINCT FROM cluster.person_id
)
SELECT kind, key, record, person_id FROM other ANTI JOIN touched USING ({UNIT})
"""

# Marks that two vehicles seem to bear tie nobody: who was with one need not have been with the
# other.
_IS_FLAGGED = (
    "(kind = 'shared_vehicle' "
    f"AND {id_sql(KINDS['vehicle'], 'key')} IN (SELECT object_id FROM link.object_flag))"
)

_LOOKED_AT = f"""
CREATE OR REPLACE TABLE looked_at AS
SELECT DISTINCT kind, key FROM (
    SELECT kind, key FROM fresh_member
    UNION ALL SELECT kind, key FROM linkage.context_member SEMI JOIN touched USING ({UNIT})
    UNION ALL SELECT kind, key FROM moved
    UNION ALL SELECT kind, key FROM linkage.context WHERE is_flagged <> {_IS_FLAGGED}
)
"""

_MEMBERS = f"""
CREATE OR REPLACE TABLE member AS
WITH held AS MATERIALIZED (FROM linkage.context_member SEMI JOIN looked_at USING (kind, key))
SELECT kind, key, person_id, from_at, to_at FROM fresh_member
UNION ALL
SELECT kind, key, cluster.person_id, from_at, to_at
FROM (FROM held ANTI JOIN touched USING ({UNIT})) LEFT JOIN linkage.cluster USING (record)
"""
_ALL_MEMBERS = """
CREATE OR REPLACE TABLE member AS SELECT kind, key, person_id, from_at, to_at FROM fresh_member
"""

_CONTEXTS = f"""
CREATE OR REPLACE TABLE fresh_context AS
WITH shared AS (
    SELECT kind, key, count(DISTINCT person_id)::INTEGER AS persons
    FROM member WHERE person_id IS NOT NULL
    GROUP BY kind, key HAVING min(person_id) <> max(person_id)
)
SELECT kind, key, any_value(persons) AS persons,
       -- The same set has the same hash, in whatever order its rows come.
       hash(list_sort(list(DISTINCT hash(person_id, from_at, to_at))))::VARCHAR AS content_hash,
       {_IS_FLAGGED} AS is_flagged
FROM member JOIN shared USING (kind, key)
WHERE person_id IS NOT NULL GROUP BY kind, key
"""

_CHANGED = """
CREATE OR REPLACE TABLE changed_context AS
SELECT kind, key FROM fresh_context ANTI JOIN linkage.context
USING (kind, key, content_hash, is_flagged)
UNION ALL
SELECT kind, key FROM linkage.context SEMI JOIN looked_at USING (kind, key)
ANTI JOIN fresh_context USING (kind, key)
"""
_ALL_CHANGED = "CREATE OR REPLACE TABLE changed_context AS SELECT kind, key FROM fresh_context"


def find_changes(con: duckdb.DuckDBPyConnection, since: date | None) -> int:
    """Make ``touched`` (units), ``fresh_member`` (their members as they are now), ``moved``,
    ``member`` (everything of the contexts looked at), ``fresh_context`` (those of two persons or
    more, with the hash of what they follow from) and ``changed_context``.

    Args:
        con: a workspace.
        since: rows of later nights are looked at; None: everything is.

    Returns:
        Contexts that changed.
    """
    is_all = since is None
    if not is_all:
        con.execute(
            f"CREATE OR REPLACE TABLE touched AS {with_values(touched_sql(), {'since': since})}"
        )
    made = " UNION ALL ".join(member_queries(is_part=not is_all))
    con.execute(_FRESH.format(made=made))
    if is_all:
        con.execute(_ALL_MEMBERS)
    else:
        con.execute(_MOVED)
        con.execute(_LOOKED_AT)
        con.execute(_MEMBERS)
    con.execute(_CONTEXTS)
    con.execute(_ALL_CHANGED if is_all else _CHANGED)
    [(changed,)] = con.execute("SELECT count(*) FROM changed_context").fetchall()
    return int(changed)


def write_contexts(con: duckdb.DuckDBPyConnection, *, is_all: bool) -> None:
    """Write members and contexts, within the caller's transaction."""
    if is_all:
        con.execute("DELETE FROM linkage.context_member")
        con.execute("DELETE FROM linkage.context")
    else:
        con.execute(f"DELETE FROM linkage.context_member WHERE ({UNIT}) IN (FROM touched)")
        con.execute(
            "UPDATE linkage.context_member AS held SET person_id = now.person_id "
            "FROM (SELECT DISTINCT record, person_id FROM moved) AS now "
            "WHERE held.record = now.record"
        )
        con.execute("DELETE FROM linkage.context WHERE (kind, key) IN (FROM changed_context)")
    con.execute("INSERT INTO linkage.context_member BY NAME FROM fresh_member")
    con.execute(
        "INSERT INTO linkage.context BY NAME FROM fresh_context "
        + ("" if is_all else "SEMI JOIN changed_context USING (kind, key)")
    )
