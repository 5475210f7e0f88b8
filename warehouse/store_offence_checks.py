"""What must hold of a finished store's offences and the links between their records."""

from warehouse.contract.link import RECORD_PARTS
from warehouse.store_checks import Check

_RECORD = ", ".join(RECORD_PARTS)
_MEMBER = f"SELECT {_RECORD}, offence_id FROM link.offence_membership WHERE valid_to IS NULL"
_ENDS = " UNION ALL ".join(
    f"SELECT {', '.join(f'{part}_{side}' for part in RECORD_PARTS)} FROM link.offence_edge"
    for side in "lr"
)


def _end(side: str) -> str:
    return " AND ".join(f"{side}.{part} = e.{part}_{side}" for part in RECORD_PARTS)


OFFENCE_CHECKS: tuple[Check, ...] = (
    Check(
        "offences_are_resolved_so",
        "an offence record's open membership is that of its offence, and it has one",
        f"""(SELECT {_RECORD}, offence_id FROM core.offence_record EXCEPT {_MEMBER})
            UNION ALL
            SELECT {_RECORD}, any_value(offence_id) FROM ({_MEMBER})
            GROUP BY {_RECORD} HAVING count(*) > 1""",
    ),
    Check(
        "offence_edges_join_two_forces",
        "both ends of an edge of offences are records that are held, of two forces",
        f"""({_ENDS} EXCEPT SELECT {_RECORD} FROM core.offence_record)
            UNION ALL
            SELECT force_l, source_system_l, source_record_id_l FROM link.offence_edge
            WHERE force_l = force_r""",
    ),
    Check(
        "offence_links_join",
        "a link of offences that nothing cut joins two records of one offence",
        f"""SELECT 1 FROM link.offence_edge AS e
            JOIN core.offence_record AS l ON {_end("l")}
            JOIN core.offence_record AS r ON {_end("r")}
            WHERE e.band = 'link' AND (e.cut IS NULL) <> (l.offence_id = r.offence_id)""",
    ),
    Check(
        "offence_weights_add_up",
        "the weights of every edge of offences sum to its total, exactly, under a model of the "
        "register",
        """FROM link.offence_edge
           WHERE list_sum(CAST(json_extract(weights, '$.*') AS DOUBLE[])) <> match_weight
              OR model_id NOT IN (SELECT model_id FROM governance.model_register)""",
    ),
)
