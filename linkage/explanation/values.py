"""What a record holds, in words, out of the published store."""

from collections.abc import Sequence
from datetime import date

import duckdb

from linkage.explanation.facts import Record
from linkage.record_key import RecordKey

# Table, kind of value and the expression that says it, in the order in which they are shown.
_PARTS = (
    ("person_record", "forename", "forename"),
    ("person_record", "middle names", "middle_names"),
    ("person_record", "surname", "surname"),
    ("person_name", "other names",
     "concat_ws(' ', forename, middle_names, surname) || ' (' || name_type || ')'"),
    ("person_record", "birth",
     "coalesce(birth_date::VARCHAR, birth_year::VARCHAR || ' (year only)')"),
    ("person_record", "sex", "sex"),
    ("person_identifier", "PNC ID", "CASE type WHEN 'pnc' THEN value END || {checked}"),
    ("person_identifier", "CRO number", "CASE type WHEN 'cro' THEN value END || {checked}"),
    ("person_identifier", "papers",
     "CASE WHEN type NOT IN ('pnc', 'cro') THEN type || ' ' || value END"),
    ("person_address", "address", "concat_ws(', ', address, locality, postcode)"),
    ("person_contact", "phone", "CASE type WHEN 'phone' THEN value END"),
    ("person_contact", "email", "CASE type WHEN 'email' THEN value END"),
    ("person_record", "force's own reference", "source_person_ref"),
)  # fmt: skip
KINDS = tuple(kind for _, kind, _ in _PARTS)
_CHECKED = "if(coalesce(is_valid, true), '', ' (check letter wrong)')"

# Asked for as a list of records, so that one query answers for all of them.
_WANTED = "SELECT unnest($keys, recursive := true)"
_KEY = "force, source_system, source_record_id"


def read_records(
    store: duckdb.DuckDBPyConnection, keys: Sequence[RecordKey], has_values: bool
) -> tuple[Record, ...]:
    """The records with what they hold, in the order asked for.

    Args:
        store: the published store.
        keys: the records.
        has_values: False leaves every value out.
    """
    asked = [key._asdict() for key in keys]
    nights = _first_nights(store, asked)
    held: dict[RecordKey, dict[str, list[str]]] = {key: {} for key in keys}
    for force, system, record, kind, value, _ in _held(store, asked) if has_values else []:
        held[RecordKey(force, system, record)].setdefault(kind, []).append(value)
    return tuple(
        Record(key, nights.get(key), {kind: tuple(said) for kind, said in held[key].items()})
        for key in keys
    )


def _held(
    store: duckdb.DuckDBPyConnection, asked: list[dict[str, str]]
) -> list[tuple[str, str, str, str, str, int]]:
    parts = " UNION ALL ".join(
        f"SELECT {_KEY}, {place} AS place, $kind_{place} AS kind, "
        f"{expression.format(checked=_CHECKED)} AS held "
        f"FROM core.{table} JOIN wanted USING ({_KEY})"
        for place, (table, _, expression) in enumerate(_PARTS)
    )
    return store.execute(
        f"WITH wanted AS ({_WANTED}) SELECT DISTINCT {_KEY}, kind, held, place FROM ({parts}) "
        "WHERE held <> '' ORDER BY place, held",
        {"keys": asked} | {f"kind_{place}": kind for place, kind in enumerate(KINDS)},
    ).fetchall()


def _first_nights(
    store: duckdb.DuckDBPyConnection, asked: list[dict[str, str]]
) -> dict[RecordKey, date]:
    rows = store.execute(
        f"WITH wanted AS ({_WANTED}) SELECT {_KEY}, min(valid_from) "
        f"FROM link.person_membership JOIN wanted USING ({_KEY}) GROUP BY ALL",
        {"keys": asked},
    ).fetchall()
    return {RecordKey(*row[:3]): row[3] for row in rows}
