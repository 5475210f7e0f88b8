"""``link.review_item``: which pairs of records wait for a person's decision, and why."""

import duckdb

from warehouse.contract.link import JUDGED_APART, PAIR_KEY, RECORD_PARTS
from warehouse.linked import IS_TURNED, PAIR_COLUMNS
from warehouse.schema import quote

# What ``says`` begins with where people joined two records that are two persons.
KEPT_APART = "judged the same, but kept apart: "

# What a pair weighs and what it needed. Never rounded towards each other: what is too little by a
# hundredth would look like enough.
WEIGHS = "floor(round(match_weight * 100, 6)) / 100"
TOO_LITTLE = f"printf('%.2f bits, %.2f are needed', {WEIGHS}, ceil(round(link_at * 100, 6)) / 100)"

_KEY = ", ".join(PAIR_KEY)
_RECORD = ", ".join(RECORD_PARTS)

# What each user says of each pair, and the night from which that counts.
_STANDING = f"""
CREATE OR REPLACE TEMP TABLE standing AS
SELECT {_KEY}, judged_by, arg_max(verdict, (judged_at, judgement_id)) AS verdict,
       arg_max(night, (judged_at, judgement_id)) AS night
FROM link.judgement GROUP BY ALL
"""

# Pairs that people judged the same, as it stands: a handful. What says who a record is, is its own
# row and its numbers: people move house and change telephones and stay who they are. What a night
# brought that also took the decision in, whoever decided had not seen.
_JUDGED = f"""
CREATE OR REPLACE TEMP TABLE judged_same AS
WITH since AS (
    SELECT {_KEY}, max(night) AS since FROM standing WHERE verdict = 'same' GROUP BY ALL
),
tied AS (
    SELECT {PAIR_COLUMNS}, cut.reason
    FROM state.linkage.tie
    JOIN state.linkage.record_key AS l ON l.record = tie.record_l
    JOIN state.linkage.record_key AS r ON r.record = tie.record_r
    LEFT JOIN state.linkage.cut ON cut.record_l = tie.record_l AND cut.record_r = tie.record_r,
    LATERAL (SELECT {IS_TURNED} AS is_turned)
    WHERE is_same
),
wanted AS (
    SELECT force_l AS force, source_system_l AS source_system,
           source_record_id_l AS source_record_id FROM tied
    UNION SELECT force_r, source_system_r, source_record_id_r FROM tied
),
moved AS (
    SELECT {_RECORD}, max(greatest(valid_from, coalesce(valid_to, valid_from))) AS moved
    FROM (
        SELECT {_RECORD}, valid_from, valid_to FROM state.core.person_record
        SEMI JOIN wanted USING ({_RECORD})
        UNION ALL
        SELECT {_RECORD}, valid_from, valid_to FROM state.core.person_identifier
        SEMI JOIN wanted USING ({_RECORD})
    ) GROUP BY ALL
)
SELECT tied.*, greatest(l.moved, r.moved) >= since AS has_changed
FROM tied JOIN since USING ({_KEY})
JOIN moved AS l ON {{on_l}}
JOIN moved AS r ON {{on_r}}
"""

# Of two persons, records that people judged not the same, the first pair of them with who did: the
# guard keeps all of their records apart for it.
_APART = f"""
CREATE OR REPLACE TEMP TABLE judged_apart AS
WITH said AS (
    SELECT {_KEY}, string_agg(judged_by, ' and ' ORDER BY judged_by) AS judged_by
    FROM standing WHERE verdict = 'not_same' GROUP BY ALL
)
SELECT least(l.person_id, r.person_id) AS one, greatest(l.person_id, r.person_id) AS other,
       arg_min(concat_ws('/', {", ".join(f"l.{part}" for part in RECORD_PARTS)}) || ' and '
                   || concat_ws('/', {", ".join(f"r.{part}" for part in RECORD_PARTS)}) || ', by '
                   || judged_by,
               ({_KEY})) AS pair,
       count(*) - 1 AS more
FROM said AS pair
JOIN core.person_record AS l ON {{on_l}}
JOIN core.person_record AS r ON {{on_r}}
WHERE l.person_id <> r.person_id
GROUP BY ALL
"""

# A pair that bears a number which stands for fingerprints waits however little it weighs.
_SHARES = """
CASE 'same' WHEN json_extract_string(levels, '$.pnc') THEN 'PNC ID'
            WHEN json_extract_string(levels, '$.cro') THEN 'CRO number' END
"""

# Behind all that wait for a first look: what a pair weighs moves it by far less.
_LAST = "-1000.0"

# A pair stands once: for the first of these reasons that it has.
_REVIEW = f"""
INSERT INTO link.review_item BY NAME
WITH verdict AS (
    SELECT {_KEY}, bool_and(verdict = 'unsure') AS is_unsure FROM standing GROUP BY ALL
),
reason AS (
    SELECT {_KEY}, 'conflict' AS why, says, 4000.0 AS base FROM link.judgement_conflict
    UNION ALL
    SELECT {_KEY}, 'judged',
           {quote(KEPT_APART)} || coalesce(reason, 'it is not known why'), 3000.0
    FROM judged_same AS pair
    JOIN core.person_record AS l ON {{on_l}}
    JOIN core.person_record AS r ON {{on_r}}
    WHERE l.person_id <> r.person_id
    UNION ALL
    SELECT {_KEY}, 'judged',
           'judged the same before a record changed; the two now '
               || coalesce(printf('weigh %.2f bits', {WEIGHS}),
                           'have too little in common'), 3000.0
    FROM judged_same LEFT JOIN link.person_edge USING ({_KEY})
    WHERE has_changed AND coalesce(match_weight, -1) < 0
    UNION ALL
    SELECT {_KEY}, 'guard',
           'heavy enough to be joined, but'
               -- What the two hold themselves cuts no link between them (linkage/guards.py).
               || CASE WHEN cut <> {quote(JUDGED_APART)}
                       THEN ' not with the other records of the two persons: ' || cut
                       WHEN judged_apart.pair IS NULL THEN ': ' || cut
                       ELSE ': records of the two persons were ' || cut || ': ' || judged_apart.pair
                           || CASE WHEN more > 1 THEN printf('; and %d more pairs', more)
                                   WHEN more = 1 THEN '; and 1 more pair' ELSE '' END
                  END, 2000.0
    FROM link.person_edge AS pair
    JOIN core.person_record AS l ON {{on_l}}
    JOIN core.person_record AS r ON {{on_r}}
    LEFT JOIN judged_apart ON one = least(l.person_id, r.person_id)
                          AND other = greatest(l.person_id, r.person_id)
    WHERE cut IS NOT NULL
    UNION ALL
    SELECT {_KEY}, 'unsure', 'somebody looked and could not tell', {_LAST} FROM verdict
    WHERE is_unsure
    UNION ALL
    SELECT {_KEY}, if(shared IS NULL, 'weight', 'identifier'),
           coalesce('one ' || shared || ' on both, and yet: ', '') || {TOO_LITTLE}, 0.0
    FROM (SELECT *, {_SHARES} AS shared FROM link.person_edge WHERE band = 'review')
    ANTI JOIN verdict USING ({_KEY})
),
open_reason AS (
    SELECT {_KEY},
           -- Nobody is shown first what somebody looked at and could not tell, whatever cut it.
           CASE WHEN why = 'guard' AND is_unsure
                THEN struct_pack(why := 'unsure', base := {_LAST},
                                 says := 'somebody looked and could not tell: ' || says)
                ELSE struct_pack(why := why, base := base, says := says) END AS stated
    FROM reason LEFT JOIN verdict USING ({_KEY})
    WHERE why IN ('conflict', 'judged') OR coalesce(is_unsure, true)
    QUALIFY row_number() OVER (PARTITION BY {_KEY} ORDER BY base DESC, says) = 1
)
SELECT {_KEY}, l.person_id AS person_id_l, r.person_id AS person_id_r, match_weight, stated.why,
       stated.says,
       stated.base + coalesce(greatest(100.0 + match_weight - link_at, 0.0), 0.0) AS priority,
       model_id, night
FROM open_reason AS pair
JOIN core.person_record AS l ON {{on_l}}
JOIN core.person_record AS r ON {{on_r}}
LEFT JOIN link.person_edge USING ({_KEY})
-- Whether two records of one person are one person is settled already, unless people differ or
-- decided on what the records no longer say.
WHERE l.person_id <> r.person_id OR stated.why IN ('conflict', 'judged')
ORDER BY priority DESC, {_KEY}
"""


def publish_review(con: duckdb.DuckDBPyConnection) -> None:
    """Fill ``link.review_item`` of the candidate that ``con`` has open.

    The state is attached as ``state``; ``core.person_record`` and the other ``link`` tables stand
    already.
    """
    con.execute(_STANDING)
    con.execute(_JUDGED.format(**_sides("tied")))
    con.execute(_APART.format(**_sides("pair")))
    con.execute(_REVIEW.format(**_sides("pair")))
    con.execute("DROP TABLE judged_apart; DROP TABLE judged_same; DROP TABLE standing")


def _sides(pair: str) -> dict[str, str]:
    """What joins the two records of a pair, by side."""
    return {
        f"on_{side}": " AND ".join(f"{side}.{part} = {pair}.{part}_{side}" for part in RECORD_PARTS)
        for side in "lr"
    }
