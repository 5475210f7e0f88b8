"""A fault for every check of what the finished store says of associations and networks."""

from benchmarks.store_fault import StoreFault, fault

_A, _B = (f"(SELECT {way}(person_id) FROM core.person)" for way in ("min", "max"))


def _association(one: str, other: str, strength: float = 1.0) -> str:
    return (
        f"INSERT INTO link.association BY NAME SELECT {one} AS person_id_l, "
        f"{other} AS person_id_r, 'shared_phone' AS kind, {strength} AS strength, 1 AS events"
    )


def _evidence() -> str:
    return (
        f"INSERT INTO link.association_evidence BY NAME SELECT {_A} AS person_id_l, "
        f"{_B} AS person_id_r, 'shared_phone' AS kind, 'no number' AS key, 2 AS persons, "
        "1.0 AS weight"
    )


def _member(role: str, table: str = "offence_record") -> str:
    return (
        "INSERT INTO link.association_member BY NAME SELECT 'co_offending' AS kind, 'x' AS key, "
        f"{_A} AS person_id, '{table}' AS table_name, 'kent' AS force, 'niche' AS source_system, "
        f"'no such' AS source_record_id, 'no such' AS person_source_record_id, '{role}' AS role"
    )


ASSOCIATION_FAULTS: dict[str, StoreFault] = {
    "associates_are_persons": fault(
        "an association is of two persons who are not in the store, the larger id first", 3,
        _association("'P-zz'", "'P-yy'"),
    ),
    "associations_are_their_evidence": fault(
        "an association has no evidence", 1, _association(_A, _B),
    ),
    "evidence_is_of_records": fault(
        "no record says of two persons what they have in common", 2,
        _association(_A, _B), _evidence(),
    ),
    "victims_are_not_associated": fault(
        "a victim is associated by an event", 1, _member("victim"),
    ),
    "roles_are_as_recorded": fault(
        "a suspect of an event is none in core.event_role", 1, _member("suspect"),
    ),
    "networks_are_their_members": fault(
        "one has a place in a network and no membership, another a membership and no place", 2,
        f"INSERT INTO link.network_standing BY NAME SELECT 'N-0' AS network_id, {_A} AS person_id, "
        "1.0 AS strength, 0.0 AS betweenness, false AS is_central "
        f"WHERE {_A} NOT IN (SELECT person_id FROM link.network_standing)",
        f"INSERT INTO link.network_membership BY NAME SELECT 'N-0' AS network_id, {_B} AS "
        "person_id, DATE '2026-03-02' AS valid_from",
    ),
}  # fmt: skip
