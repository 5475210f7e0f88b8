"""The published series leads, made from what the state holds by number.

Who is named in an offence is told beside a lead, from the resolved persons of the store; it is no
part of what the lead is made from.
"""

import json
from typing import Any

import duckdb

from warehouse.contract.link import PAIR_KEY
from warehouse.contract.series import SERIES_FEATURES
from warehouse.linked import IS_TURNED, PAIR_COLUMNS
from warehouse.schema import quote

# A role whose person record is no longer held still names somebody.
_OFFENCES = """
CREATE OR REPLACE TEMP TABLE series_held AS
WITH held AS (
    SELECT offence, force, source_system, source_record_id, offence_id, occurred_on, offence_group
    FROM state.linkage.series_offence
    JOIN core.offence_record USING (force, source_system, source_record_id)
    SEMI JOIN (
        SELECT offence_l AS offence FROM state.linkage.series_pair
        UNION SELECT offence_r FROM state.linkage.series_pair
    ) AS paired USING (offence)
),
named AS (
    SELECT offence_id, list(DISTINCT coalesce(role.person_id, concat_ws(
               '|', role.force, role.source_system, role.person_source_record_id))) AS persons
    FROM core.event_role AS role
    JOIN core.offence_record AS record USING (force, source_system, source_record_id)
    SEMI JOIN held USING (offence_id)
    WHERE event_type = 'offence_record' AND role IN ('suspect', 'arrested')
    GROUP BY offence_id
),
holder AS (
    SELECT offence_id, list(DISTINCT force) AS forces FROM core.offence_record
    SEMI JOIN held USING (offence_id) GROUP BY offence_id
)
SELECT held.*, coalesce(persons, []) AS persons, forces
FROM held JOIN holder USING (offence_id) LEFT JOIN named USING (offence_id)
"""

_PAIRS = """
INSERT INTO link.series_pair BY NAME
SELECT {pair},
       CASE WHEN is_turned THEN r.offence_id ELSE l.offence_id END AS offence_id_l,
       CASE WHEN is_turned THEN l.offence_id ELSE r.offence_id END AS offence_id_r,
       1 / (1 + pow(2, -total)) AS probability, total AS total_bits,
       {prior}::DOUBLE AS prior_bits, {bits}, {levels} AS levels,
       km AS distance_km, days AS days_apart, shared_method, shared_property,
       CASE WHEN list_has_any(l.persons, r.persons) THEN 'same'
            WHEN len(l.persons) > 0 AND len(r.persons) > 0 THEN 'different'
            WHEN len(l.persons) + len(r.persons) > 0 THEN 'one' ELSE 'none' END AS named,
       CASE WHEN of_l.lead = of_r.lead THEN lead_name.lead_id END AS lead_id,
       {model} AS model_id, night
FROM state.linkage.series_pair
JOIN series_held AS l ON l.offence = offence_l
JOIN series_held AS r ON r.offence = offence_r
LEFT JOIN state.linkage.series_member AS of_l ON of_l.offence = offence_l
LEFT JOIN state.linkage.series_member AS of_r ON of_r.offence = offence_r
LEFT JOIN lead_name ON lead_name.lead = of_l.lead,
LATERAL (SELECT {is_turned} AS is_turned)
ORDER BY {key}
"""

_LEAD_NAMES = """
CREATE OR REPLACE TEMP TABLE lead_name AS
SELECT lead, 'S-' || left(sha256(arg_min(
           concat_ws('|', force, source_system, source_record_id),
           (occurred_on, force, source_system, source_record_id))), 16) AS lead_id
FROM state.linkage.series_member JOIN series_held USING (offence) GROUP BY lead
"""

# Pairs of which one offence at least names nobody are what there is to find out.
_RANKS = (
    """
    CREATE OR REPLACE TEMP TABLE ranked AS
    SELECT rowid AS pair, force_l, force_r, probability,
           row_number() OVER (ORDER BY probability DESC, {key}) AS place
    FROM link.series_pair WHERE named IN ('one', 'none')
    """,
    """
    CREATE OR REPLACE TEMP TABLE ranked_in_force AS
    SELECT pair, force, row_number() OVER (PARTITION BY force ORDER BY place) AS place
    FROM (SELECT pair, place, unnest(list_distinct([force_l, force_r])) AS force FROM ranked)
    """,
    """
    UPDATE link.series_pair AS own
    SET rank_in_nation = ranked.place, rank_in_force_l = l.place, rank_in_force_r = r.place
    FROM ranked
    JOIN ranked_in_force AS l ON l.pair = ranked.pair AND l.force = ranked.force_l
    JOIN ranked_in_force AS r ON r.pair = ranked.pair AND r.force = ranked.force_r
    WHERE own.rowid = ranked.pair
    """,
)

_LEADS = """
INSERT INTO link.series_lead BY NAME
WITH member AS (
    SELECT lead_id, held.* FROM state.linkage.series_member JOIN lead_name USING (lead)
    JOIN series_held AS held USING (offence)
),
holder AS (
    SELECT lead_id, count(DISTINCT force) AS force_count,
           string_agg(DISTINCT force, ',' ORDER BY force) AS forces
    FROM (SELECT lead_id, unnest(forces) AS force FROM member) GROUP BY lead_id
),
person AS (
    SELECT lead_id, count(DISTINCT person) AS persons, max(times) AS most FROM (
        SELECT lead_id, person, count(*) AS times
        FROM (SELECT lead_id, unnest(persons) AS person FROM member) GROUP BY ALL
    ) GROUP BY lead_id
),
own_group AS (
    SELECT lead_id, string_agg(offence_group, ', ' ORDER BY times DESC, offence_group) AS groups
    FROM (SELECT lead_id, offence_group, count(*) AS times FROM member GROUP BY ALL)
    GROUP BY lead_id
),
tie AS (
    SELECT lead_id, count(*) AS ties, avg(probability) AS mean_probability,
           sum(probability) AS score, max(distance_km) AS span_km, max(night) AS newest_night,
           any_value(model_id) AS model_id
    FROM link.series_pair WHERE lead_id IS NOT NULL GROUP BY lead_id
),
said AS (
    SELECT lead_id, string_agg(format('{{}} ({{:+.1f}} bits)', feature, bits), ', '
                               ORDER BY bits DESC, feature) AS features
    FROM (
        SELECT lead_id, feature, avg(bits) AS bits FROM link.series_pair,
        LATERAL (SELECT unnest({names}) AS feature, unnest([{bits}]) AS bits)
        WHERE lead_id IS NOT NULL GROUP BY lead_id, feature HAVING avg(bits) >= 0.5
    ) GROUP BY lead_id
),
method AS ({method}), taken AS ({taken})
SELECT lead_id, count(*) AS offences,
       count(*) FILTER (len(member.persons) = 0) AS unsolved_offences,
       unsolved_offences = count(*) AS is_all_unsolved,
       coalesce(any_value(person.persons), 0) AS named_persons,
       coalesce(any_value(most), 0) = count(*) AS is_known,
       any_value(holder.force_count) AS force_count, any_value(holder.forces) AS forces,
       any_value(groups) AS offence_groups, min(occurred_on) AS first_date,
       max(occurred_on) AS last_date, any_value(span_km) AS span_km, any_value(ties) AS ties,
       any_value(mean_probability) AS mean_probability, any_value(score) AS score,
       concat_ws('; ', 'on the average of its pairs ' || any_value(features),
                 'in most methods ' || any_value(method.words),
                 'in most taken ' || any_value(taken.words)) AS why,
       any_value(model_id) AS model_id, any_value(newest_night) AS newest_night
FROM member JOIN tie USING (lead_id) JOIN own_group USING (lead_id) JOIN holder USING (lead_id)
LEFT JOIN person USING (lead_id) LEFT JOIN said USING (lead_id)
LEFT JOIN method USING (lead_id) LEFT JOIN taken USING (lead_id)
GROUP BY lead_id ORDER BY lead_id
"""
# Words that most of a lead's pairs share, the most shared first.
_SHARED = """
    SELECT lead_id, string_agg(word, ', ' ORDER BY times DESC, word) AS words FROM (
        SELECT lead_id, word, count(*) AS times FROM (
            SELECT lead_id, unnest(string_split({column}, ', ')) AS word
            FROM link.series_pair WHERE lead_id IS NOT NULL AND {column} IS NOT NULL
        ) GROUP BY ALL
    ) JOIN tie USING (lead_id) WHERE 2 * times > ties GROUP BY lead_id
"""
_RANK_LEADS = """
UPDATE link.series_lead AS own SET rank_in_nation = place FROM (
    SELECT lead_id, row_number() OVER (ORDER BY score DESC, lead_id) AS place
    FROM link.series_lead WHERE NOT is_known
) AS ranked WHERE own.lead_id = ranked.lead_id
"""
_LEAD_OFFENCES = """
INSERT INTO link.series_lead_offence BY NAME
WITH strongest AS (
    SELECT offence_id, max(probability) AS strongest_probability FROM (
        SELECT offence_id_l AS offence_id, probability FROM link.series_pair
        WHERE lead_id IS NOT NULL
        UNION ALL SELECT offence_id_r, probability FROM link.series_pair WHERE lead_id IS NOT NULL
    ) GROUP BY offence_id
)
SELECT lead_id, offence_id, force, source_system, source_record_id, occurred_on,
       len(persons) = 0 AS is_unsolved, strongest_probability
FROM state.linkage.series_member JOIN lead_name USING (lead) JOIN series_held USING (offence)
JOIN strongest USING (offence_id)
ORDER BY lead_id, occurred_on, offence_id
"""
_LEAD_FORCES = """
INSERT INTO link.series_lead_force BY NAME
SELECT lead_id, force, own.offences,
       CASE WHEN rank_in_nation IS NOT NULL THEN
           row_number() OVER (PARTITION BY force, is_known ORDER BY rank_in_nation) END
           AS rank_in_force
FROM (
    SELECT lead_id, force, count(*) AS offences FROM (
        SELECT lead_id, unnest(forces) AS force
        FROM state.linkage.series_member
        JOIN lead_name USING (lead) JOIN series_held USING (offence)
    ) GROUP BY ALL
) AS own
JOIN link.series_lead USING (lead_id)
ORDER BY force, lead_id
"""


def publish_series(con: duckdb.DuckDBPyConnection) -> None:
    """Fill ``link.series_pair``, ``series_lead``, ``series_lead_offence`` and
    ``series_lead_force`` of the candidate that ``con`` has open.

    The state is attached as ``state``; records and roles stand, with what they are resolved to.
    """
    marked = con.execute("SELECT model_id FROM state.linkage.series_mark").fetchall()
    if not marked:
        return
    [(model_id,)] = marked
    [(definition,)] = con.execute(
        "SELECT definition FROM governance.model_register WHERE model_id = ?", [model_id]
    ).fetchall()
    con.execute(_OFFENCES)
    con.execute(_LEAD_NAMES)
    con.execute(_pairs_sql(model_id, json.loads(definition)))
    for statement in _RANKS:
        con.execute(statement.format(key=", ".join(PAIR_KEY)))
    con.execute(_leads_sql())
    for statement in (_RANK_LEADS, _LEAD_OFFENCES, _LEAD_FORCES):
        con.execute(statement)
    for table in ("series_held", "lead_name", "ranked", "ranked_in_force"):
        con.execute(f"DROP TABLE {table}")


def _pairs_sql(model_id: str, definition: dict[str, Any]) -> str:
    features = definition["features"]
    bits = ", ".join(
        f"({[float(each) for each in feature['bits']]}::DOUBLE[])[levels[{place}] + 1] "
        f"AS {feature['name']}_bits"
        for place, feature in enumerate(features, start=1)
    )
    levels = ", ".join(
        f"{quote(feature['name'])}, [{', '.join(quote(each) for each in feature['says'])}]"
        f"[levels[{place}] + 1]"
        for place, feature in enumerate(features, start=1)
    )
    return _PAIRS.format(
        pair=PAIR_COLUMNS,
        prior=float(definition["prior"]),
        bits=bits,
        levels=f"json_object({levels})::VARCHAR",
        model=quote(model_id),
        is_turned=IS_TURNED,
        key=", ".join(PAIR_KEY),
    )


def _leads_sql() -> str:
    return _LEADS.format(
        names=list(SERIES_FEATURES),
        bits=", ".join(f"{name}_bits" for name in SERIES_FEATURES),
        method=_SHARED.format(column="shared_method"),
        taken=_SHARED.format(column="shared_property"),
    )
