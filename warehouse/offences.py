"""Which offence each offence record belongs to: until they are linked, each is its own."""

from datetime import date

import duckdb

_HELD = """
    SELECT force, source_system, source_record_id FROM core.offence_record WHERE valid_to IS NULL
"""
_NAMED = "(force, source_system, source_record_id)"

_STATEMENTS = (
    # Of a record that came back in the night in which it went.
    f"""UPDATE link.offence_membership SET valid_to = NULL
        WHERE valid_to = $night AND {_NAMED} IN ({_HELD})""",
    f"""UPDATE link.offence_membership SET valid_to = $night
        WHERE valid_to IS NULL AND {_NAMED} NOT IN ({_HELD})""",
    f"""INSERT INTO link.offence_membership
        SELECT 'O-' || left(sha256(force || '|' || source_system || '|' || source_record_id), 16),
               force, source_system, source_record_id, $night, NULL
        FROM ({_HELD} EXCEPT
              SELECT force, source_system, source_record_id FROM link.offence_membership
              WHERE valid_to IS NULL)""",
)


def refresh_offences(con: duckdb.DuckDBPyConnection, night: date) -> None:
    """Bring ``link.offence_membership`` up to the current offence records, in one transaction.

    An offence's id is ``O-`` and the first 16 hex digits of the SHA-256 of
    ``force|source_system|source_record_id``. Done again it changes nothing.
    """
    con.execute("BEGIN")
    for statement in _STATEMENTS:
        con.execute(statement, {"night": night})
    con.execute("COMMIT")
