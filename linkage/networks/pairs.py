"""From things in common to associations of pairs of persons."""

import duckdb

from linkage.networks.kinds import rule_sql

_EVIDENCE = f"""
CREATE OR REPLACE TABLE fresh_evidence AS
WITH shared AS (
    SELECT kind, key, persons, limit_, reach, is_stay
    FROM fresh_context SEMI JOIN changed_context USING (kind, key) JOIN {rule_sql()} USING (kind)
    WHERE persons <= cap_ AND NOT is_flagged
), line AS (
    SELECT DISTINCT kind, key, person_id, from_at, to_at FROM member
    WHERE person_id IS NOT NULL
)
SELECT l.person_id AS person_id_l, r.person_id AS person_id_r, kind, key,
       any_value(persons) AS persons,
       round(any_value(least(1, limit_ / persons) / (persons - 1)), 9) AS weight,
       min(CASE WHEN is_stay THEN greatest(l.from_at, r.from_at)
                ELSE least(l.from_at, r.from_at) END)::DATE AS first_date,
       -- What does not end has no last day.
       CASE WHEN bool_and(coalesce(l.to_at, r.to_at) IS NOT NULL) THEN
           max(CASE WHEN is_stay THEN least(l.to_at, r.to_at)
                    ELSE greatest(l.to_at, r.to_at) END)::DATE END AS last_date
FROM shared JOIN line AS l USING (kind, key) JOIN line AS r USING (kind, key)
WHERE l.person_id < r.person_id
  AND (reach IS NULL OR coalesce(l.from_at <= r.to_at + reach, true)
                    AND coalesce(r.from_at <= l.to_at + reach, true))
GROUP BY l.person_id, r.person_id, kind, key
"""

_HUBS = f"""
CREATE OR REPLACE TABLE fresh_hub AS
SELECT kind, key, persons,
       CASE WHEN is_flagged THEN 'flagged' WHEN persons > cap_ THEN 'left out'
            ELSE 'damped' END AS why
FROM fresh_context SEMI JOIN changed_context USING (kind, key) JOIN {rule_sql()} USING (kind)
WHERE persons > limit_ OR is_flagged
"""

_TOUCHED = """
CREATE OR REPLACE TABLE touched_pair AS
SELECT DISTINCT person_id_l, person_id_r FROM (
    SELECT person_id_l, person_id_r FROM fresh_evidence
    UNION ALL
    SELECT person_id_l, person_id_r FROM link.association_evidence
    SEMI JOIN changed_context USING (kind, key)
)
"""

# Decimals add up to the same sum in every order; doubles do not.
_ASSOCIATIONS = """
CREATE OR REPLACE TABLE fresh_association AS
SELECT person_id_l, person_id_r, kind, sum(weight::DECIMAL(18, 9))::DOUBLE AS strength,
       min(first_date) AS first_date,
       CASE WHEN count(last_date) = count(*) THEN max(last_date) END AS last_date,
       count(*)::INTEGER AS events
FROM (
    SELECT person_id_l, person_id_r, kind, weight, first_date, last_date FROM fresh_evidence
    {held}
) GROUP BY person_id_l, person_id_r, kind
"""
_HELD = """
    UNION ALL
    SELECT person_id_l, person_id_r, kind, weight, first_date, last_date
    FROM link.association_evidence SEMI JOIN touched_pair USING (person_id_l, person_id_r)
    ANTI JOIN changed_context USING (kind, key)
"""


def associate_pairs(con: duckdb.DuckDBPyConnection, *, is_all: bool) -> None:
    """Make ``fresh_evidence`` and ``fresh_hub`` of the contexts that changed, ``touched_pair`` and
    ``fresh_association`` (every association of those pairs as it is now)."""
    con.execute(_EVIDENCE)
    con.execute(_HUBS)
    con.execute(_TOUCHED)
    con.execute(_ASSOCIATIONS.format(held="" if is_all else _HELD))


def write_pairs(con: duckdb.DuckDBPyConnection, *, is_all: bool) -> None:
    """Write evidence, hubs and associations, within the caller's transaction."""
    for table, keys, changed in (
        ("association_evidence", "kind, key", "changed_context"),
        ("association_hub", "kind, key", "changed_context"),
        ("association", "person_id_l, person_id_r", "touched_pair"),
    ):
        which = "" if is_all else f" WHERE ({keys}) IN (FROM {changed})"
        con.execute(f"DELETE FROM link.{table}{which}")
    con.execute("INSERT INTO link.association_evidence BY NAME FROM fresh_evidence")
    con.execute("INSERT INTO link.association_hub BY NAME FROM fresh_hub")
    con.execute("INSERT INTO link.association BY NAME FROM fresh_association")
