"""What the counting rules look at beyond the row: the offences of the night as the night leaves
them, and, of those that the store holds, the few that the night's rows touch.

Tables of the working database, of forces that the Counting Rules bind:

- ``offence_now``: the offences of the night; those of the store that an outcome or a victim of the
  night belongs to, or that happened in the same minute as one of the night (``is_held``).
- ``victim_now``: the victims of those offences.
- ``lesser_crime``: offences of the night that are not the principal crime of their incident.
- ``closed_without_outcome``: offences of the night that are closed and have no outcome anywhere.
- ``refused_outcome``: which outcome which offence may not be given.
"""

import duckdb
import polars as pl

from quality.connection import is_in_store
from quality.rules.links import id_hash
from warehouse.outcome_limits import refused_outcomes
from warehouse.reference import read_reference

RULED = "operation = 'upsert' AND profile = 'GB'"
REMOVED = "'cancelled', 'transferred'"
"""What a crime's status is when it counts no longer."""

_FACTS = (
    "source_record_id, offence_code, offence_group, is_notifiable, status, occurred_from, "
    "occurred_precision, longitude, latitude, postcode"
)
_KEY = "source_no, source_record_id"
_COUNTS = (
    f"is_notifiable AND coalesce(status, '') NOT IN ({REMOVED}) AND occurred_precision = 'minute'"
)


def list_offences(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables, over a working database whose delivered tables and ids are complete."""
    _list_facts(con)
    con.execute(
        f"CREATE TABLE offence_now AS SELECT source_no, {_FACTS}, false AS is_held "
        f"FROM offence_record WHERE {RULED} QUALIFY row_number() OVER "
        f"(PARTITION BY {_KEY} ORDER BY batch_no DESC, sequence DESC NULLS LAST, row_no DESC) = 1"
    )
    con.execute(
        f"CREATE TABLE victim_now AS SELECT DISTINCT {_KEY}, person_source_record_id "
        f"FROM event_role WHERE {RULED} AND event_type = 'offence_record' AND role = 'victim'"
    )
    if is_in_store(con, "core", "offence_record"):
        con.execute(_held_sql(_OF_NIGHTS_ROWS, _KEY))
        con.execute(_held_sql(_OF_NIGHTS_MINUTES, "source_no, occurred_from"))
    if is_in_store(con, "core", "event_role"):
        con.execute(_HELD_VICTIMS)
    con.execute(_LESSER)
    con.execute(_CLOSED)
    if is_in_store(con, "core", "outcome"):
        con.execute(_CLOSED_WITH_HELD_OUTCOME)


def _list_facts(con: duckdb.DuckDBPyConnection) -> None:
    groups = read_reference("offence_group").select("offence_group", group_days="harm_days")
    codes = read_reference("offence_code").join(groups, on="offence_group")
    harm = pl.concat(
        [
            codes.select(offence="offence_code", days=pl.coalesce("harm_days", "group_days")),
            groups.select(offence="offence_group", days="group_days"),
        ]
    )
    for name, facts in {"refused_outcome": refused_outcomes(), "harm": harm}.items():
        con.register("facts", facts)
        con.execute(f"CREATE TABLE {name} AS SELECT * FROM facts")
        con.unregister("facts")


_SOURCES = (
    "(SELECT DISTINCT source_no, force, source_system FROM night_batch WHERE profile = 'GB') AS b "
    "ON b.force = h.force AND b.source_system = h.source_system"
)
_OF_NIGHTS_ROWS = f"""
SELECT source_no, offence_source_record_id AS source_record_id FROM outcome
WHERE {RULED} AND outcome_code IS NOT NULL
UNION ALL SELECT {_KEY} FROM victim_now
"""
_OF_NIGHTS_MINUTES = f"""
SELECT source_no, occurred_from FROM offence_now SEMI JOIN victim_now USING ({_KEY})
WHERE NOT is_held AND {_COUNTS}
"""


def _held_sql(wanted: str, key: str) -> str:
    """Bring offences of the store that are wanted, and that the night neither brings nor ends."""
    return (
        f"INSERT INTO offence_now SELECT * FROM (SELECT b.source_no, {_FACTS}, true AS is_held "
        f"FROM store.core.offence_record AS h JOIN {_SOURCES}) AS held "
        f"SEMI JOIN ({wanted}) AS w USING ({key}) "
        f"ANTI JOIN offence_now AS o USING ({_KEY}) "
        f"ANTI JOIN ended_offence_record AS e ON e.id_hash = {id_hash('held')}"
    )


# What the night brings of an offence's roles is all of them.
_HELD_VICTIMS = f"""
INSERT INTO victim_now
SELECT DISTINCT {_KEY}, person_source_record_id
FROM (
    SELECT b.source_no, source_record_id, person_source_record_id
    FROM store.core.event_role AS h JOIN {_SOURCES}
    WHERE event_type = 'offence_record' AND role = 'victim'
) AS held
SEMI JOIN (SELECT {_KEY} FROM offence_now WHERE is_held) AS o USING ({_KEY})
ANTI JOIN (
    SELECT {_KEY} FROM event_role WHERE {RULED} AND event_type = 'offence_record'
) AS brought USING ({_KEY})
"""

# An incident is taken for one where victim, minute and place are the same. The principal crime is
# the one with the most harm; what the store holds has been counted already.
_LESSER = f"""
CREATE TABLE lesser_crime AS
WITH crime AS (
    SELECT o.*, v.person_source_record_id AS victim, coalesce(h.days, 0) AS days
    FROM offence_now AS o
    JOIN victim_now AS v USING ({_KEY})
    LEFT JOIN harm AS h ON h.offence = coalesce(o.offence_code, o.offence_group)
    WHERE {_COUNTS}
),
several AS (
    SELECT source_no, occurred_from, victim FROM crime
    GROUP BY source_no, occurred_from, victim HAVING count(*) > 1
),
met AS (SELECT crime.* FROM crime SEMI JOIN several USING (source_no, occurred_from, victim))
SELECT DISTINCT lesser.source_no, lesser.source_record_id
FROM met AS lesser
JOIN met AS principal USING (source_no, occurred_from, victim)
WHERE NOT lesser.is_held AND principal.source_record_id <> lesser.source_record_id
AND (
    principal.is_held OR principal.days > lesser.days OR (
        principal.days = lesser.days AND principal.source_record_id < lesser.source_record_id
    )
)
AND (
    principal.postcode = lesser.postcode
    OR (principal.longitude = lesser.longitude AND principal.latitude = lesser.latitude)
)
"""

_CLOSED = f"""
CREATE TABLE closed_without_outcome AS
SELECT DISTINCT {_KEY}
FROM (
    SELECT {_KEY} FROM offence_record WHERE {RULED} AND is_notifiable AND status = 'closed'
    AND last_outcome_code IS NULL AND last_outcome_text IS NULL
) AS closed
ANTI JOIN (
    SELECT source_no, offence_source_record_id AS source_record_id FROM outcome WHERE {RULED}
) AS given USING ({_KEY})
"""

_CLOSED_WITH_HELD_OUTCOME = f"""
DELETE FROM closed_without_outcome AS c USING store.core.outcome AS h JOIN {_SOURCES}
WHERE b.source_no = c.source_no AND h.offence_source_record_id = c.source_record_id
"""
