"""Where it stands that a person has something in common with others: one query a kind.

Each gives rows of ``linkage.context_member`` without ``record`` and ``person_id``, out of current
rows. A row follows from one unit alone, the event or the person record that it names, and from what
that unit points at: so what changed is found unit by unit.
"""

from collections.abc import Iterator

from linkage.networks.kinds import DETAINED, SUSPECTED, WITH_OBJECT
from warehouse.nowhere import home_sql
from warehouse.object_keys import KINDS, keyed_sql

UNIT = "table_name, force, source_system, source_record_id"
_ID = "force, source_system, source_record_id"
COLUMNS = f"kind, key, {UNIT}, person_source_record_id, role, from_at, to_at"

# Events at which suspects are named together, or are with an object. An intelligence report is not
# one of them: what it says may be shared on conditions only.
EVENTS = ("offence_record", "incident", "stop_search")

_LINE = home_sql("address")
# A British postcode is a few houses of one street: the number says the rest, however the street is
# spelled. Elsewhere the whole line counts, in its postcode or town.
_HOME = r"""
    CASE WHEN address BETWEEN '0' AND ':'
              AND regexp_full_match(postcode, '[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}')
         THEN postcode || ' ' || split_part(address, ' ', 1)
         WHEN address IS NOT NULL AND coalesce(postcode, locality) IS NOT NULL
         THEN coalesce(postcode, locality) || ' ' || address END
"""


def member_queries(*, is_part: bool) -> Iterator[str]:
    """The query of every source; with ``is_part`` of the units in ``touched`` alone."""
    yield _addresses(is_part=is_part)
    yield _phones(is_part=is_part)
    yield _together("offence_record", "offence_id", is_part=is_part)
    yield _together("incident", "concat_ws('/', force, source_system, source_record_id)",
                    is_part=is_part)  # fmt: skip
    yield _custody(is_part=is_part)
    yield _objects("vehicle", "shared_vehicle", is_part=is_part)
    yield _objects("phone_number", "shared_phone", is_part=is_part)


def _current(table: str, where: str = "true") -> str:
    return f"(FROM core.{table} WHERE valid_to IS NULL AND {where})"


def _only(table: str, *, is_part: bool) -> str:
    """The join that leaves the units touched of a table alone."""
    if not is_part:
        return ""
    return f"SEMI JOIN (SELECT {_ID} FROM touched WHERE table_name = '{table}') USING ({_ID})"


def _people(kind: str, rows: str, role: str, dates: tuple[str, str]) -> str:
    """From a table that belongs to person records. From when a thing is a person's is not always
    given: then from when the force has held the record."""
    return f"""
        SELECT '{kind}' AS kind, key, 'person_record' AS table_name, {_ID},
               source_record_id AS person_source_record_id, {role} AS role,
               coalesce({dates[0]}::TIMESTAMP, recorded_at) AS from_at,
               {dates[1]}::TIMESTAMP AS to_at
        FROM {rows} JOIN {_current("person_record")} AS record USING ({_ID})
    """


def _addresses(*, is_part: bool) -> str:
    rows = f"""
        (SELECT {_ID}, {_HOME} AS key, address_type, from_date, to_date
         FROM (SELECT * REPLACE ({_LINE} AS address)
               FROM {_current("person_address")} {_only("person_record", is_part=is_part)})
         WHERE key IS NOT NULL)
    """
    return _people("shared_address", rows, "address_type", ("from_date", "to_date"))


def _phones(*, is_part: bool) -> str:
    numbers = f"""
        (SELECT {_ID}, value AS number
         FROM {_current("person_contact", "type = 'phone'")}
         {_only("person_record", is_part=is_part)})
    """
    rows = _things(keyed_sql(KINDS["phone_number"], rows=numbers))
    return _people("shared_phone", rows, "NULL", ("NULL", "NULL"))


def _roles(event: str, roles: tuple[str, ...], *, is_part: bool) -> str:
    where = f"event_type = '{event}' AND role IN {roles}"
    return f"""
        (SELECT {_ID}, person_source_record_id, role
         FROM {_current("event_role", where)} {_only(event, is_part=is_part)})
    """


def _events(event: str, *, is_part: bool) -> str:
    """Events with ``took_place``, their day; where it is not known, that of the report.

    A crime that its force took out of the figures ties nobody.
    """
    happened = "status IS DISTINCT FROM 'cancelled'" if event == "offence_record" else "true"
    return f"""
        (SELECT {_ID},
                coalesce(occurred_on::TIMESTAMP, date_trunc('day', reported_at)) AS took_place
         FROM {_current(event, happened)} {_only(event, is_part=is_part)})
    """


def _together(event: str, key: str, *, is_part: bool) -> str:
    """Suspects of one event; of an offence that several forces recorded, of all its records."""
    resolved = f"JOIN (FROM link.offence_membership WHERE valid_to IS NULL) USING ({_ID})"
    return f"""
        SELECT 'co_offending' AS kind, {key} AS key, '{event}' AS table_name, {_ID},
               person_source_record_id, role, took_place AS from_at, took_place AS to_at
        FROM {_roles(event, SUSPECTED, is_part=is_part)}
        JOIN {_events(event, is_part=is_part)} USING ({_ID})
        {resolved if event == "offence_record" else ""}
    """


def _custody(*, is_part: bool) -> str:
    """Those detained for one offence; how near in time is for the kind's reach to say."""
    return f"""
        SELECT 'custody' AS kind,
               concat_ws('/', force, source_system, offence_source_record_id) AS key,
               'custody' AS table_name, {_ID}, person_source_record_id, role,
               coalesce(detained_at, arrested_at) AS from_at, from_at AS to_at
        FROM {_roles("custody", DETAINED, is_part=is_part)}
        JOIN {_current("custody", "offence_source_record_id IS NOT NULL")} AS custody USING ({_ID})
        WHERE coalesce(detained_at, arrested_at) IS NOT NULL
    """


def _things(keyed: str) -> str:
    """Records and the value of the thing that they tell of; what is no key is nothing in common."""
    return f"(SELECT {_ID}, value AS key FROM ({keyed}) WHERE object_id IS NOT NULL)"


def _objects(object_type: str, kind: str, *, is_part: bool) -> str:
    """Suspects, and those searched, at events that a vehicle or a telephone was part of."""
    thing = KINDS[object_type]
    table = thing.record_type
    return " UNION ALL ".join(
        f"""
        SELECT '{kind}' AS kind, thing.key, '{event}' AS table_name, {_ID},
               person_source_record_id, r.role, took_place AS from_at, took_place AS to_at
        FROM (SELECT DISTINCT {_ID}, object_source_record_id
              FROM {_current("event_object", f"event_type = '{event}' AND object_type = '{table}'")}
              {_only(event, is_part=is_part)})
        JOIN (SELECT force, source_system, source_record_id AS object_source_record_id, key
              FROM {_things(keyed_sql(thing, "valid_to IS NULL"))}) AS thing
          USING (force, source_system, object_source_record_id)
        JOIN {_roles(event, WITH_OBJECT, is_part=is_part)} AS r USING ({_ID})
        JOIN {_events(event, is_part=is_part)} USING ({_ID})
        """
        for event in EVENTS
    )


def touched_sql() -> str:
    """Units of which something may have changed since the night ``$since``."""
    moved = "(valid_from > $since OR valid_to > $since)"
    of_person = " UNION ALL ".join(
        f"SELECT 'person_record' AS table_name, {_ID} FROM core.{table} WHERE {moved}"
        for table in ("person_record", "person_address", "person_contact")
    )
    of_event = " UNION ALL ".join(
        f"SELECT '{event}', {_ID} FROM core.{event} WHERE {moved}" for event in (*EVENTS, "custody")
    )
    of_part = " UNION ALL ".join(
        f"SELECT event_type, {_ID} FROM core.{table} WHERE {moved}"
        for table in ("event_role", "event_object")
    )
    of_object = " UNION ALL ".join(
        f"""
        SELECT event_type, part.force, part.source_system, part.source_record_id
        FROM (FROM core.event_object
              WHERE valid_to IS NULL AND object_type = '{table}') AS part
        SEMI JOIN (FROM core.{table} WHERE {moved}) AS thing
          ON thing.force = part.force AND thing.source_system = part.source_system
         AND thing.source_record_id = part.object_source_record_id
        """
        for table in ("vehicle_record", "phone_record")
    )
    # A record that is linked for the first time may have been named by an event before it came.
    of_new = """
        SELECT event_type, role.force, role.source_system, role.source_record_id
        FROM (FROM core.event_role WHERE valid_to IS NULL) AS role
        SEMI JOIN (FROM linkage.record_key WHERE first_night > $since) AS new
          ON new.force = role.force AND new.source_system = role.source_system
         AND new.source_record_id = role.person_source_record_id
    """
    of_offence = f"SELECT 'offence_record', {_ID} FROM link.offence_membership WHERE {moved}"
    parts = (of_person, of_event, of_part, of_object, of_offence, of_new)
    return f"SELECT DISTINCT {UNIT} FROM ({' UNION ALL '.join(parts)})"
