"""What must hold of a finished store's objects."""

from warehouse.object_keys import OBJECT_KINDS, RECORD, RECORD_TYPES
from warehouse.store_checks import Check

_RECORD = ", ".join(RECORD)
_HELD = " UNION ALL ".join(
    f"SELECT '{kind.object_type}' AS object_type, force, count(*) AS held "
    f"FROM core.{kind.record_type} GROUP BY force"
    for kind in OBJECT_KINDS
)
_RECORDS = " UNION ALL ".join(
    f"SELECT '{table}' AS record_type, {_RECORD} FROM core.{table}" for table in RECORD_TYPES
)

OBJECT_CHECKS: tuple[Check, ...] = (
    Check(
        "object_members_are_held",
        "a membership of an object is open only while its record is held, and a record has one "
        "object of a kind",
        f"""(SELECT record_type, {_RECORD} FROM link.object_membership WHERE valid_to IS NULL
             EXCEPT ({_RECORDS}))
            UNION ALL
            SELECT any_value(record_type), {_RECORD} FROM link.object_membership
            WHERE valid_to IS NULL GROUP BY object_type, {_RECORD} HAVING count(*) > 1""",
    ),
    Check(
        "objects_are_their_records",
        "core.object has each object of the open memberships once, with as many records",
        """SELECT object_id FROM core.object FULL JOIN (
               SELECT object_id, count(*) AS held FROM link.object_membership
               WHERE valid_to IS NULL GROUP BY object_id
           ) USING (object_id)
           WHERE record_count IS DISTINCT FROM held""",
    ),
    Check(
        "object_records_add_up",
        "of every kind and force, records with a key, without a value and refused are the records "
        "held, and those with a key are the open memberships",
        f"""SELECT object_type, force FROM (
                SELECT object_type, force, sum(records) AS told,
                       coalesce(sum(records) FILTER (fate = 'keyed'), 0) AS keyed
                FROM link.object_key_count GROUP BY ALL
            )
            FULL JOIN ({_HELD}) AS held USING (object_type, force)
            FULL JOIN (
                SELECT object_type, force, count(*) AS members FROM link.object_membership
                WHERE valid_to IS NULL GROUP BY ALL
            ) USING (object_type, force)
            WHERE told IS DISTINCT FROM held OR keyed IS DISTINCT FROM coalesce(members, 0)""",
    ),
    Check(
        "flags_and_candidates_are_of_objects",
        "whatever link.object_flag and link.object_candidate name is an object of the store",
        """SELECT object_id_l AS object_id FROM link.object_candidate
           UNION SELECT object_id_r FROM link.object_candidate WHERE object_id_r IS NOT NULL
           UNION SELECT object_id FROM link.object_flag
           EXCEPT SELECT object_id FROM core.object""",
    ),
)
