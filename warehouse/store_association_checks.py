"""What must hold of a finished store's associations and networks."""

from warehouse.store_checks import Check

_ENDS = "unnest([person_id_l, person_id_r]) AS person_id"

ASSOCIATION_CHECKS: tuple[Check, ...] = (
    Check(
        "associates_are_persons",
        "both ends of an association are persons of the store, the smaller id first",
        f"""(SELECT {_ENDS} FROM link.association EXCEPT SELECT person_id FROM core.person)
            UNION ALL
            SELECT person_id_l FROM link.association WHERE person_id_l >= person_id_r""",
    ),
    Check(
        "associations_are_their_evidence",
        "an association is as strong, and of as many events, as its evidence says",
        """FROM link.association FULL JOIN (
               SELECT person_id_l, person_id_r, kind, count(*) AS held,
                      sum(weight::DECIMAL(18, 9))::DOUBLE AS total
               FROM link.association_evidence GROUP BY ALL
           ) USING (person_id_l, person_id_r, kind)
           WHERE events IS DISTINCT FROM held OR strength IS DISTINCT FROM total""",
    ),
    Check(
        "evidence_is_of_records",
        "both persons of a piece of evidence have a record that says it",
        f"""SELECT kind, key, {_ENDS} FROM link.association_evidence
            EXCEPT SELECT kind, key, person_id FROM link.association_member""",
    ),
    Check(
        "victims_are_not_associated",
        "no part in an event but that of suspect, arrested, detained or searched associates",
        """FROM link.association_member
           WHERE table_name <> 'person_record'
             AND role NOT IN ('suspect', 'arrested', 'detained', 'searched')""",
    ),
    Check(
        "roles_are_as_recorded",
        "a part in an event that associates stands in core.event_role so",
        """SELECT table_name, force, source_system, source_record_id, person_source_record_id, role,
                  person_id
           FROM link.association_member WHERE table_name <> 'person_record'
           EXCEPT
           SELECT event_type, force, source_system, source_record_id, person_source_record_id, role,
                  person_id
           FROM core.event_role""",
    ),
    Check(
        "networks_are_their_members",
        "whoever is in a network has one open membership, and is a person of the store",
        """(SELECT network_id, person_id FROM link.network_membership WHERE valid_to IS NULL
            EXCEPT SELECT network_id, person_id FROM link.network_standing)
           UNION ALL
           (SELECT network_id, person_id FROM link.network_standing
            EXCEPT SELECT network_id, person_id FROM link.network_membership
            WHERE valid_to IS NULL)
           UNION ALL
           (SELECT network_id, person_id FROM link.network_standing
            ANTI JOIN core.person USING (person_id))""",
    ),
)
