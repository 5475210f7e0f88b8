"""What the model of offences compares: one row a current offence record.

A feature is a function of the record's current rows, of the roles and objects in it, and of the
persons and objects that these are resolved to on the night. People stand here as hashes of their
resolved ids and by role: a victim is never compared with a suspect as if they were one.
"""

from datetime import date
from typing import NamedTuple

import duckdb

from linkage.content_hash import content_hash_sql
from warehouse.crime_reference import (
    bare_sql,
    digits_sql,
    letters_sql,
    quoted_digits_sql,
    quoted_marks_sql,
    quoted_sql,
)
from warehouse.given import with_values

KEY = ("force", "source_system", "source_record_id")
_KEY = ", ".join(KEY)

# In order; every one but the force may be null. A list holds each value once and is null where it
# would be empty. Instants are whole minutes since 1970, UTC.
FEATURES = {
    "force": "VARCHAR",
    "own_ref": "VARCHAR",
    "own_letters": "VARCHAR",
    "quoted_ref": "VARCHAR",
    "quoted_marks": "VARCHAR[]",
    "quoted_digits": "VARCHAR[]",
    "quoted_bare": "VARCHAR[]",
    "code": "VARCHAR",
    "offence_group": "VARCHAR",
    "family": "VARCHAR",
    "begins": "BIGINT",
    "ends": "BIGINT",
    "longitude": "DOUBLE",
    "latitude": "DOUBLE",
    "is_exact": "BOOLEAN",
    "victims": "UBIGINT[]",
    "suspects": "UBIGINT[]",
    "vehicles": "UBIGINT[]",
    "items": "UBIGINT[]",
    "method": "VARCHAR[]",
}
_CONTENT_HASH = content_hash_sql(FEATURES)

_LAST_MINUTE = {"day": 1439, "month": 44_639, "minute": 0}

# Groups that two forces may give one happening, by what it was about.
_FAMILIES = {
    "taking": ("bicycle-theft", "burglary", "other-theft", "robbery", "shoplifting",
               "theft-from-the-person", "vehicle-crime"),
    "violence": ("violence-and-sexual-offences", "public-order", "possession-of-weapons"),
    "damage": ("criminal-damage-and-arson",),
    "drugs": ("drugs",),
    "other": ("other-crime",),
}  # fmt: skip


def touched_sql() -> str:
    """Offence records of which a row, a role, a part, or a person or object in it changed after
    ``$since``.

    Persons and objects are looked at from the night itself on: a decision may have moved them
    after it was linked.
    """
    roles = "core.event_role AS r"
    parts = "core.event_object AS p"
    is_offence = "event_type = 'offence_record'"
    moved = " UNION ALL ".join(
        f"SELECT {_KEY} FROM core.{table} WHERE {which} AND {column} > $since"
        for table, which in (
            ("offence_record", "true"), ("event_role", is_offence), ("event_object", is_offence),
        )
        for column in ("valid_from", "valid_to")
    )  # fmt: skip
    return f"""
        CREATE OR REPLACE TABLE touched AS SELECT DISTINCT {_KEY} FROM (
            {moved}
            UNION ALL
            SELECT r.force, r.source_system, r.source_record_id FROM {roles}
            SEMI JOIN (
                SELECT {_KEY} FROM linkage.record_key SEMI JOIN (
                    SELECT record FROM linkage.membership
                    WHERE valid_from >= $since OR valid_to >= $since
                ) USING (record)
            ) AS person ON person.force = r.force AND person.source_system = r.source_system
                       AND person.source_record_id = r.person_source_record_id
            WHERE {is_offence} AND valid_to IS NULL
            UNION ALL
            SELECT p.force, p.source_system, p.source_record_id FROM {parts}
            SEMI JOIN (
                SELECT record_type, {_KEY} FROM link.object_membership
                WHERE valid_from >= $since OR valid_to >= $since
            ) AS object ON object.record_type = p.object_type AND object.force = p.force
                       AND object.source_system = p.source_system
                       AND object.source_record_id = p.object_source_record_id
            WHERE {is_offence} AND valid_to IS NULL
        )
    """


def select_features(
    con: duckdb.DuckDBPyConnection,
    since: date | None = None,
    into: str = "feature",
    *,
    only: str | None = None,
    is_state: bool = True,
) -> None:
    """Make the table ``into``: ``KEY``, ``FEATURES`` and ``content_hash`` (of all of these), one
    row a current offence record of those that something touched.

    Args:
        con: a workspace that holds persons and objects as the night left them, or a published
            store, in which temporary tables are all that is written.
        since: what changed after this night is looked at; None: every current record.
        into: the table to make.
        only: table of the keys of the records that are wanted; None: every one.
        is_state: False for a published store, which holds current rows only and the resolved ids
            beside them.
    """
    if since is not None:
        con.execute(with_values(touched_sql(), {"since": since}))
        only = "touched"
    rows = _Rows(only, is_state)
    make = f"CREATE OR REPLACE {'' if is_state else 'TEMP '}TABLE"
    con.execute(f"{make} part_of AS {_roles_sql(rows)}")
    con.execute(f"{make} thing_of AS {_objects_sql(rows)}")
    con.execute(
        f"{make} {into} AS SELECT *, {_CONTENT_HASH} AS content_hash FROM ({_whole_sql(rows)})"
    )
    con.execute("DROP TABLE part_of")
    con.execute("DROP TABLE thing_of")


class _Rows(NamedTuple):
    """Which rows of ``core`` are read: of the records of the table ``only``, or all; of the state,
    which holds past rows too, or of a store."""

    only: str | None
    is_state: bool

    def of(self, table: str, which: str = "true") -> str:
        only = f"SEMI JOIN {self.only} USING ({_KEY})" if self.only else ""
        current = "valid_to IS NULL AND " if self.is_state else ""
        return f"(FROM core.{table} {only} WHERE {current}{which})"


def _roles_sql(rows: _Rows) -> str:
    """Victims and suspects of each record, as resolved persons."""
    roles = rows.of("event_role", "event_type = 'offence_record'")
    by_role = ", ".join(
        f"list(DISTINCT hash(person_id)) FILTER (role IN ({roles_of})) AS {name}"
        for name, roles_of in (
            ("victims", "'victim', 'aggrieved'"),
            ("suspects", "'suspect', 'arrested'"),
        )
    )
    if not rows.is_state:
        return f"SELECT {_KEY}, {by_role} FROM {roles} WHERE person_id IS NOT NULL GROUP BY {_KEY}"
    return f"""
        WITH named AS (
            SELECT {_KEY}, person_source_record_id, role FROM {roles}
            WHERE role IN ('victim', 'aggrieved', 'suspect', 'arrested')
        ),
        person AS (
            SELECT key.force, key.source_system, key.source_record_id AS person_source_record_id,
                   person_id
            FROM linkage.record_key AS key SEMI JOIN named
              ON named.force = key.force AND named.source_system = key.source_system
             AND named.person_source_record_id = key.source_record_id
            JOIN linkage.cluster USING (record)
        )
        SELECT {_KEY}, {by_role}
        FROM named JOIN person USING (force, source_system, person_source_record_id)
        GROUP BY {_KEY}
    """


def _objects_sql(rows: _Rows) -> str:
    """Vehicles, and items that bear a number of their own, of each record, as resolved objects."""
    parts = rows.of("event_object", "event_type = 'offence_record'")
    return f"""
        WITH part AS (
            SELECT {_KEY}, object_type AS record_type, object_source_record_id FROM {parts}
        )
        SELECT part.force, part.source_system, part.source_record_id,
               list(DISTINCT hash(object_id)) FILTER (object.object_type = 'vehicle') AS vehicles,
               list(DISTINCT hash(object_id))
                   FILTER (object.object_type IN ('handset', 'property')) AS items
        FROM part JOIN link.object_membership AS object
          ON object.record_type = part.record_type AND object.force = part.force
         AND object.source_system = part.source_system
         AND object.source_record_id = part.object_source_record_id
        WHERE object.valid_to IS NULL
        GROUP BY ALL
    """


def _whole_sql(rows: _Rows) -> str:
    offences = rows.of("offence_record")
    families = " ".join(
        f"WHEN offence_group IN ({', '.join(repr(group) for group in groups)}) THEN '{family}'"
        for family, groups in _FAMILIES.items()
    )
    last = " ".join(
        f"WHEN '{precision}' THEN {minutes}" for precision, minutes in _LAST_MINUTE.items()
    )
    begins, ends = (_minutes(column) for column in ("occurred_from", "occurred_to"))
    return f"""
        SELECT {_KEY}, {digits_sql("crime_ref")} AS own_ref,
               nullif({letters_sql("crime_ref")}, '') AS own_letters,
               {digits_sql("quoted[1]")} AS quoted_ref,
               {quoted_marks_sql("quoted")} AS quoted_marks,
               {quoted_digits_sql("quoted")} AS quoted_digits, {bare_sql("quoted")} AS quoted_bare,
               offence_code AS code, nullif(offence_group, 'unmapped') AS offence_group,
               CASE {families} END AS family,
               {begins} AS begins,
               greatest({begins}, coalesce({ends},
                        {begins} + CASE occurred_precision {last} END)) AS ends,
               longitude, latitude, location_precision = 'exact' AS is_exact,
               list_sort(victims) AS victims, list_sort(suspects) AS suspects,
               list_sort(vehicles) AS vehicles, list_sort(items) AS items,
               {_WORDS} AS method
        FROM (SELECT *, {quoted_sql("other_force_ref")} AS quoted FROM {offences})
        LEFT JOIN part_of USING ({_KEY}) LEFT JOIN thing_of USING ({_KEY})
    """


def _minutes(column: str) -> str:
    return f"(epoch_ms({column}) // 60_000)"


# Words of the method, each once: those of three letters and more.
_WORDS = """
    nullif(list_sort(list_distinct(list_filter(
        regexp_split_to_array(upper(method_text), '[^A-Z0-9]+'), lambda word: length(word) > 2
    ))), [])
"""
