"""A fault for every check of what the finished store says of links."""

from benchmarks.store_fault import LITERALS, TABLES, StoreFault, fault, first

_EDGE, _EDGE_LAID = "link.person_edge", "band = 'link' AND cut IS NULL"
_PERSON_MEMBER, _OFFENCE_MEMBER = "link.person_membership", "link.offence_membership"
_OPEN = "valid_to IS NULL"
_MODELS, _AT = "governance.model_register", "TIMESTAMP '2026-03-02 10:00:00'"
_MANY = "record_count > 1"

_BITS = ("distance", "days", "hours", "weekday", "kind", "method", "property")
_LEAD_REST = (
    "1 AS unsolved_offences, false AS is_all_unsolved, 0 AS named_persons, false AS is_known, "
    "1 AS force_count, 'kent' AS forces, 'burglary' AS offence_groups, "
    "DATE '2026-03-01' AS first_date, DATE '2026-03-01' AS last_date, 1.0 AS span_km, 1 AS ties, "
    "0.5 AS mean_probability, 0.5 AS score, 'alike' AS why, 'm' AS model_id, "
    "DATE '2026-03-02' AS newest_night"
)


def _series_pair(rows: int, first: int = 1, **other: str) -> str:
    """Pairs of series, numbered, that hold but for what is given: seven bits of one each."""
    values = {
        **{f"{part}_{side}": f"{side}.{part}" for side in "lr"
           for part in ("force", "source_system", "source_record_id", "offence_id")},
        "probability": "0.5", "total_bits": "7.0", "prior_bits": "0.0",
        **{f"{name}_bits": "1.0" for name in _BITS},
        "levels": "'{}'", "distance_km": "1.0", "days_apart": "1.0", "named": "'none'",
        "model_id": "(SELECT min(model_id) FROM governance.model_register)",
        "night": "DATE '2026-03-02'",
    } | other  # fmt: skip
    columns = ", ".join(f"{value} AS {name}" for name, value in values.items())
    return (
        f"INSERT INTO link.series_pair BY NAME SELECT {columns} FROM "
        f"(SELECT unnest(range({first}, {first + rows})) AS number), "
        "(FROM core.offence_record ORDER BY offence_id LIMIT 1) AS l, "
        "(FROM core.offence_record ORDER BY offence_id DESC LIMIT 1) AS r"
    )


_TRIAL = TABLES["governance.model_trial"]


def _trial(trial_id: int, model_id: str, truth_sha256: str) -> str:
    """SQL that puts a trial into the store; the last two are SQL too."""
    own = {"trial_id": f"{trial_id}", "model_id": model_id, "truth_sha256": truth_sha256}
    columns = {c.name: LITERALS[c.kind] for c in _TRIAL.columns if c.required} | own
    return (
        f"INSERT INTO {_TRIAL.qualified} ({', '.join(columns)}) "
        f"SELECT {', '.join(columns.values())}"
    )


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
    "approvals_are_kept": fault(
        "a model is said to be approved and nobody did so, one shows an approval that is not its "
        "last, a third has one and is not there", 3,
        f"UPDATE {_MODELS} SET status = 'approved', approved_by = 'ann', approved_at = {_AT}, "
        f"approval_reason = 'a test' WHERE {first(_MODELS, 1)} OR model_id = "
        f"(SELECT max(model_id) FROM {_MODELS})",
        "INSERT INTO governance.model_approval SELECT number, model_id, who, "
        f"{_AT}, 'a test' FROM (VALUES (1, 'ann'), (2, 'bob')) AS given (number, who), "
        f"(SELECT max(model_id) AS model_id FROM {_MODELS})",
        f"INSERT INTO governance.model_approval VALUES (3, 'no such', 'ann', {_AT}, 'a test')",
    ),
    "trials_are_kept": fault(
        "a trial is of a model that nobody registered, one had a truth and no figures, a figure "
        "is of no trial", 3,
        _trial(1, "'no such'", "NULL"),
        _trial(2, f"(SELECT max(model_id) FROM {_MODELS} WHERE entity = 'person')", "'a hash'"),
        "INSERT INTO governance.model_trial_figure VALUES (3, 'all', 'all', 'pair_recall', 9, 10, "
        "0.9, 0.8, 1)",
    ),
    "series_pairs_add_up": fault(
        "two pairs of series have bits of a third that nobody counted, one names no model", 3,
        _series_pair(2, total_bits="number"),
        _series_pair(1, total_bits="7", model_id="'no such model'", first=4),
    ),
    "series_join_held_offences": fault(
        "two pairs of series and a lead have an offence that is not held", 3,
        _series_pair(2, offence_id_r="'no such offence ' || number"),
        "INSERT INTO link.series_lead_offence SELECT 'S-1', 'gone', force, source_system, "
        "source_record_id, DATE '2026-03-01', true, 0.5 FROM core.offence_record LIMIT 1",
        "INSERT INTO link.series_lead BY NAME SELECT 'S-1' AS lead_id, 1 AS offences, "
        + _LEAD_REST,
    ),
    "series_leads_are_their_offences": fault(
        "a lead counts one offence too many, another is listed and not there", 2,
        "INSERT INTO link.series_lead_offence SELECT 'S-' || (row_number() OVER ()), offence_id, "
        "force, source_system, source_record_id, DATE '2026-03-01', true, 0.5 "
        "FROM (FROM core.offence_record ORDER BY offence_id LIMIT 2)",
        "INSERT INTO link.series_lead BY NAME SELECT 'S-1' AS lead_id, 2 AS offences, "
        + _LEAD_REST,
    ),
    "edges_name_their_model": fault(
        "two edges name models that nobody registered", 2,
        f"UPDATE {_EDGE} SET model_id = source_record_id_l WHERE rowid IN (SELECT min(rowid) "
        f"FROM {_EDGE} GROUP BY source_record_id_l ORDER BY source_record_id_l LIMIT 2)",
    ),
}  # fmt: skip
