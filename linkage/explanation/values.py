"""What a record holds, in words, out of the published store."""

from collections.abc import Sequence
from datetime import date

import duckdb

from linkage.explanation.entity import Entity
from linkage.explanation.facts import Record, Role
from linkage.record_key import RecordKey

# Relation, kind of value and the expression that says it, in the order in which they are shown.
_PERSONS = (
    ("core.person_record", "forename", "forename"),
    ("core.person_record", "middle names", "middle_names"),
    ("core.person_record", "surname", "surname"),
    ("core.person_name", "other names",
     "concat_ws(' ', forename, middle_names, surname) || ' (' || name_type || ')'"),
    ("core.person_record", "birth",
     "coalesce(birth_date::VARCHAR, birth_year::VARCHAR || ' (year only)')"),
    ("core.person_record", "sex", "sex"),
    ("core.person_identifier", "PNC ID", "CASE type WHEN 'pnc' THEN value END || {checked}"),
    ("core.person_identifier", "CRO number", "CASE type WHEN 'cro' THEN value END || {checked}"),
    ("core.person_identifier", "papers",
     "CASE WHEN type NOT IN ('pnc', 'cro') THEN type || ' ' || value END"),
    ("core.person_address", "address", "concat_ws(', ', address, locality, postcode)"),
    ("core.person_contact", "phone", "CASE type WHEN 'phone' THEN value END"),
    ("core.person_contact", "email", "CASE type WHEN 'email' THEN value END"),
    ("core.person_record", "force's own reference", "source_person_ref"),
)  # fmt: skip
_OF = """
    JOIN core.{table} AS object ON object.force = part.force
     AND object.source_system = part.source_system
     AND object.source_record_id = part.object_source_record_id
    WHERE part.event_type = 'offence_record' AND part.object_type = '{table}'
"""


def _objects(table: str, *columns: str) -> str:
    """The records of that table in offence records, with the part that each played."""
    of = ", ".join(f"object.{column}" for column in columns)
    return (
        "(SELECT part.force, part.source_system, part.source_record_id, part.role, "
        f"{of} FROM core.event_object AS part {_OF.format(table=table)})"
    )


_OFFENCE = "core.offence_record"
_WINDOW = (
    "strftime(occurred_from, {minute}) || coalesce(' to ' || strftime(occurred_to, {minute}), '') "
    "|| ' UTC (' || occurred_precision || ')'"
)
_OFFENCES = (
    (_OFFENCE, "reference", "crime_ref"),
    (_OFFENCE, "quotes", "other_force_ref"),
    (_OFFENCE, "status", "status"),
    (_OFFENCE, "offence", "concat_ws(' ', offence_code, offence_group)"),
    (_OFFENCE, "as recorded", "offence_code_raw"),
    (_OFFENCE, "when", _WINDOW),
    (_OFFENCE, "reported", "strftime(reported_at, {minute}) || ' UTC'"),
    (_OFFENCE, "place", "concat_ws(', ', location_text, postcode)"),
    (_OFFENCE, "coordinates",
     "printf('%.5f, %.5f', latitude, longitude) || ' (' || location_precision || ')'"),
    (_OFFENCE, "method", "method_text"),
    (_objects("vehicle_record", "vrm", "make", "model", "colour"), "vehicle",
     "concat_ws(' ', vrm, make, model, colour) || ' (' || role || ')'"),
    (_objects("phone_record", "number", "imei"), "telephone",
     "concat_ws(', ', number, 'IMEI ' || imei) || ' (' || role || ')'"),
    (_objects("property_record", "property_type", "serial_number"), "property",
     "concat_ws(' ', property_type, serial_number) || ' (' || role || ')'"),
)  # fmt: skip
_PARTS = {Entity.PERSON: _PERSONS, Entity.OFFENCE: _OFFENCES}
KINDS = tuple(kind for _, kind, _ in _PERSONS)
_MINUTE = "'%Y-%m-%d %H:%M'"
_CHECKED = "if(coalesce(is_valid, true), '', ' (check letter wrong)')"

# Asked for as a list of records, so that one query answers for all of them.
_WANTED = "SELECT unnest($keys, recursive := true)"
_KEY = "force, source_system, source_record_id"


def kinds_of(entity: Entity) -> tuple[str, ...]:
    """The kinds of value that a record can hold, in the order in which they are shown."""
    return tuple(kind for _, kind, _ in _PARTS[entity])


def read_records(
    store: duckdb.DuckDBPyConnection,
    keys: Sequence[RecordKey],
    has_values: bool,
    entity: Entity = Entity.PERSON,
) -> tuple[Record, ...]:
    """The records with what they hold, in the order asked for.

    Args:
        store: the published store.
        keys: the records.
        has_values: False leaves every value out; who was what in an offence stays.
        entity: what they are records of.
    """
    asked = [key._asdict() for key in keys]
    nights = _nights(store, asked, entity)
    roles = _roles(store, asked) if entity is Entity.OFFENCE else {}
    held: dict[RecordKey, dict[str, list[str]]] = {key: {} for key in keys}
    for force, system, record, kind, value, _ in _held(store, asked, entity) if has_values else []:
        held[RecordKey(force, system, record)].setdefault(kind, []).append(value)
    return tuple(
        Record(
            key,
            *nights.get(key, (None, None)),
            {kind: tuple(said) for kind, said in held[key].items()},
            tuple(roles.get(key, ())),
        )
        for key in keys
    )


def _held(
    store: duckdb.DuckDBPyConnection, asked: list[dict[str, str]], entity: Entity
) -> list[tuple[str, str, str, str, str, int]]:
    parts = " UNION ALL ".join(
        f"SELECT {_KEY}, {place} AS place, $kind_{place} AS kind, "
        f"{expression.format(checked=_CHECKED, minute=_MINUTE)} AS held "
        f"FROM {relation} JOIN wanted USING ({_KEY})"
        for place, (relation, _, expression) in enumerate(_PARTS[entity])
    )
    return store.execute(
        f"WITH wanted AS ({_WANTED}) SELECT DISTINCT {_KEY}, kind, held, place FROM ({parts}) "
        "WHERE held <> '' ORDER BY place, held",
        {"keys": asked} | {f"kind_{place}": kind for place, kind in enumerate(kinds_of(entity))},
    ).fetchall()


def _nights(
    store: duckdb.DuckDBPyConnection, asked: list[dict[str, str]], entity: Entity
) -> dict[RecordKey, tuple[date | None, date | None]]:
    """Of each record, since when it has been linked, and since when it is of whom it belongs to."""
    rows = store.execute(
        f"WITH wanted AS ({_WANTED}) "
        f"SELECT {_KEY}, min(valid_from), max(valid_from) FILTER (valid_to IS NULL) "
        f"FROM link.{entity}_membership JOIN wanted USING ({_KEY}) GROUP BY ALL",
        {"keys": asked},
    ).fetchall()
    return {RecordKey(*row[:3]): (row[3], row[4]) for row in rows}


def _roles(
    store: duckdb.DuckDBPyConnection, asked: list[dict[str, str]]
) -> dict[RecordKey, list[Role]]:
    rows = store.execute(
        f"WITH wanted AS ({_WANTED}) SELECT {_KEY}, role, person_source_record_id, person_id "
        f"FROM core.event_role JOIN wanted USING ({_KEY}) WHERE event_type = 'offence_record' "
        "ORDER BY role, person_id, person_source_record_id",
        {"keys": asked},
    ).fetchall()
    found: dict[RecordKey, list[Role]] = {}
    for force, system, record, role, person_record, person_id in rows:
        whom = Role(role, RecordKey(force, system, person_record), person_id)
        found.setdefault(RecordKey(force, system, record), []).append(whom)
    return found
