"""A fault for every check of what the finished store says of offences and of their links."""

from benchmarks.store_fault import NOWHERE, StoreFault, fault, first

_MEMBER, _EDGE = "link.offence_membership", "link.offence_edge"


def _edge(**other: str) -> str:
    """A link between two records of two offences of two forces, but for what is given."""
    values = {
        **{f"{part}_{side}": f"{side}.{part}" for side in "lr"
           for part in ("force", "source_system", "source_record_id")},
        "match_weight": "20.0", "match_probability": "0.9", "link_at": "6.0", "band": "'review'",
        "weights": """'{"prior": 20.0}'""", "levels": "'{}'", "match_key": "'victim'",
        "model_id": "(SELECT min(model_id) FROM governance.model_register)",
        "night": "DATE '2026-03-02'",
    } | other  # fmt: skip
    columns = ", ".join(f"{value} AS {name}" for name, value in values.items())
    ends = ", ".join(
        f"(FROM core.offence_record ORDER BY force {way}, source_record_id {way} LIMIT 1) AS {side}"
        for side, way in (("l", ""), ("r", "DESC"))
    )
    return f"INSERT INTO {_EDGE} BY NAME SELECT {columns} FROM {ends}"


OFFENCE_FAULTS: dict[str, StoreFault] = {
    "offences_are_resolved_so": fault(
        "the open memberships of two records are another offence's, a third has two open ones", 3,
        f"INSERT INTO {_MEMBER} BY NAME SELECT * REPLACE (DATE '1990-05-05' AS valid_from) "
        f"FROM {_MEMBER} WHERE {first(_MEMBER, 1, 'valid_to IS NULL')}",
        f"UPDATE {_MEMBER} SET offence_id = 'another' WHERE rowid IN (SELECT rowid FROM "
        f"{_MEMBER} WHERE valid_to IS NULL ORDER BY source_record_id DESC, force LIMIT 2)",
    ),
    "offence_edges_join_two_forces": fault(
        "an edge joins a record with itself, another one that is not held", 2,
        _edge(**{f"{part}_r": f"l.{part}"
                 for part in ("force", "source_system", "source_record_id")}),
        _edge(source_record_id_r=f"'{NOWHERE}'"),
    ),
    "offence_links_join": fault(
        "a link that nothing cut lies between two offences", 1, _edge(band="'link'"),
    ),
    "offence_weights_add_up": fault(
        "the weights of an edge come to more than its total", 1, _edge(match_weight="19.0"),
    ),
}  # fmt: skip
