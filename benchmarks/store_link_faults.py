"""A fault for every check of what the finished store says of links."""

from benchmarks.store_fault import StoreFault, fault, first

_EDGE, _EDGE_LAID = "link.person_edge", "band = 'link' AND cut IS NULL"
_PERSON_MEMBER, _OFFENCE_MEMBER = "link.person_membership", "link.offence_membership"
_OPEN = "valid_to IS NULL"
_MANY = "record_count > 1"

LINK_FAULTS: dict[str, StoreFault] = {
    # A system may give a person and an offence the same id.
    "members_are_held": fault(
        "a person has a record that is not held, with the id of an offence; an offence has one "
        "with the id of a person", 2,
        f"INSERT INTO {_PERSON_MEMBER} BY NAME SELECT * REPLACE (o.source_record_id AS "
        f"source_record_id) FROM {_PERSON_MEMBER} AS member, "
        f"(SELECT min(source_record_id) AS source_record_id FROM core.offence_record) AS o "
        f"WHERE member.{first(_PERSON_MEMBER, 1, _OPEN)}",
        f"INSERT INTO {_OFFENCE_MEMBER} BY NAME SELECT * REPLACE (p.source_record_id AS "
        f"source_record_id) FROM {_OFFENCE_MEMBER} AS member, "
        f"(SELECT min(source_record_id) AS source_record_id FROM core.person_record) AS p "
        f"WHERE member.{first(_OFFENCE_MEMBER, 1, _OPEN)}",
    ),
    "members_are_resolved_so": fault(
        "the open memberships of two records are another person's, a third has two open ones", 3,
        f"INSERT INTO {_PERSON_MEMBER} BY NAME SELECT * REPLACE (DATE '1990-05-05' AS valid_from) "
        f"FROM {_PERSON_MEMBER} WHERE {first(_PERSON_MEMBER, 1, _OPEN)}",
        f"UPDATE {_PERSON_MEMBER} SET person_id = 'another' WHERE rowid IN (SELECT rowid FROM "
        f"{_PERSON_MEMBER} WHERE {_OPEN} ORDER BY source_record_id DESC, force LIMIT 2)",
    ),
    "edges_join_held_records": fault(
        "an end of each of two edges is no record that is held", 2,
        f"UPDATE {_EDGE} SET source_record_id_r = 'no/such/' || source_record_id_r "
        f"WHERE {first(_EDGE, 2, _EDGE_LAID)}",
    ),
    # That people judged two other records the same ties nothing here.
    "persons_are_tied_by_links": fault(
        "two persons of several records have no link, and a third has a judgement", 2,
        "INSERT INTO link.judgement BY NAME SELECT 'j' AS judgement_id, "
        "COLUMNS('^(force|source_system|source_record_id)_[lr]$'), 'same' AS verdict, "
        "'somebody' AS judged_by, TIMESTAMP '2026-03-02 10:00:00' AS judged_at, "
        "'one photograph' AS reason, 'review' AS source, DATE '2026-03-02' AS night "
        f"FROM {_EDGE} WHERE {_EDGE_LAID} ORDER BY ALL LIMIT 1",
        "UPDATE core.person SET weakest_link_weight = NULL WHERE person_id IN (SELECT person_id "
        "FROM core.person_record JOIN link.judgement ON (force, source_record_id) = "
        "(force_l, source_record_id_l))",
        "UPDATE core.person SET weakest_link_weight = NULL "
        f"WHERE {first('core.person', 2, f'{_MANY} AND weakest_link_weight IS NOT NULL')}",
    ),
    "weights_add_up": fault(
        "two edges weigh more than their weights", 2,
        f"UPDATE {_EDGE} SET match_weight = match_weight + 1 WHERE {first(_EDGE, 2)}",
    ),
    "laid_links_join": fault(
        "two links that join their records are said to be cut", 2,
        f"UPDATE {_EDGE} SET cut = 'said so' WHERE {first(_EDGE, 2, _EDGE_LAID)}",
    ),
    "edges_name_their_model": fault(
        "two edges name models that nobody registered", 2,
        f"UPDATE {_EDGE} SET model_id = source_record_id_l WHERE rowid IN (SELECT min(rowid) "
        f"FROM {_EDGE} GROUP BY source_record_id_l ORDER BY source_record_id_l LIMIT 2)",
    ),
}  # fmt: skip
