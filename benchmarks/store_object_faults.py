"""A fault for every check of what the finished store says of objects."""

from benchmarks.store_fault import NOWHERE, StoreFault, fault, first

_MEMBER, _OBJECT = "link.object_membership", "core.object"
_COUNT = "link.object_key_count"


def _force(place: int) -> str:
    return (
        f"(SELECT DISTINCT force FROM core.property_record ORDER BY force LIMIT 1 OFFSET {place})"
    )


OBJECT_FAULTS: dict[str, StoreFault] = {
    "object_members_are_held": fault(
        "two vehicles' records are not held, a third has two objects", 3,
        f"INSERT INTO {_MEMBER} BY NAME SELECT * REPLACE (DATE '1990-05-05' AS valid_from) "
        f"FROM {_MEMBER} WHERE {first(_MEMBER, 1)}",
        f"UPDATE {_MEMBER} SET source_record_id = '{NOWHERE}' || source_record_id WHERE rowid IN "
        f"(SELECT rowid FROM {_MEMBER} ORDER BY source_record_id DESC, force LIMIT 2)",
    ),
    "objects_are_their_records": fault(
        "two objects have a record too many, a third is not there", 3,
        f"UPDATE {_OBJECT} SET record_count = record_count + 1 WHERE {first(_OBJECT, 2)}",
        f"DELETE FROM {_OBJECT} WHERE object_id = (SELECT max(object_id) FROM {_OBJECT})",
    ),
    "object_records_add_up": fault(
        "a force's records of one kind are counted one too many, another's not at all, and of a "
        "third one with a key is told as without a value", 3,
        f"UPDATE {_COUNT} SET records = records + 1 "
        f"WHERE object_type = 'property' AND force = {_force(0)}",
        f"DELETE FROM {_COUNT} WHERE object_type = 'property' AND force = {_force(1)}",
        f"UPDATE {_COUNT} SET fate = 'no value' WHERE object_type = 'property' "
        f"AND force = {_force(2)} AND fate = 'keyed'",
    ),
    "flags_and_candidates_are_of_objects": fault(
        "a flag and both sides of a candidate are of no object", 3,
        "INSERT INTO link.object_flag BY NAME SELECT 'V-0' AS object_id, "
        "'vehicle' AS object_type, 'two descriptions' AS kind, 1 AS pairs, 'x' AS evidence_type_l, "
        "'x' AS evidence_type_r, COLUMNS('^(force|source_system|source_record_id)_[lr]$'), "
        "'x' AS says, '{}' AS evidence, DATE '2026-03-02' AS night FROM link.person_edge LIMIT 1",
        "INSERT INTO link.object_candidate BY NAME SELECT 'V-1' AS object_id_l, "
        "'V-2' AS object_id_r, 'vehicle' AS object_type, 'confused characters' AS rule, "
        "COLUMNS('^(force|source_system|source_record_id)_[lr]$'), "
        "'x' AS says, '{}' AS evidence, DATE '2026-03-02' AS night FROM link.person_edge LIMIT 1",
    ),
}  # fmt: skip
