"""Person ids that last: which id each group of records keeps, and what changed.

A group keeps the id of its oldest record that bears one. An id that two groups could claim goes to
the one that holds the oldest record bearing it; the other is split off under a new id. Ids are
opaque: nothing may be read from them. Records are numbered from the oldest.
"""

from datetime import date

import duckdb

_ASSIGN = """
CREATE OR REPLACE TEMP TABLE assigned AS
WITH held AS (
    SELECT grouped.record, grouped.component, grouped.part, person_id AS previous_id
    FROM grouped LEFT JOIN was USING (record)
),
claim AS (
    SELECT part, arg_min(previous_id, record) AS previous_id,
           min(record) FILTER (previous_id IS NOT NULL) AS bearer, min(record) AS oldest
    FROM held GROUP BY part
),
entitled AS (
    SELECT previous_id, min(bearer) AS bearer FROM claim
    WHERE previous_id IS NOT NULL GROUP BY previous_id
),
kept AS (
    SELECT part, oldest, entitled.previous_id AS kept_id
    FROM claim LEFT JOIN entitled USING (previous_id, bearer)
),
wanting AS (SELECT part, oldest FROM kept WHERE kept_id IS NULL),
-- Most are new, and at hand: only for the others the keys of all records are looked through.
keyed AS (
    SELECT record AS oldest, force, source_system, source_record_id, true AS is_new FROM new_key
    UNION ALL
    SELECT record, force, source_system, source_record_id, false FROM linkage.record_key
    SEMI JOIN (SELECT oldest AS record FROM wanting ANTI JOIN new_key ON record = oldest) AS known
    USING (record)
),
own AS (
    SELECT part, oldest, is_new, concat_ws('|', force, source_system, source_record_id) AS its_key,
           'P-' || left(sha256(its_key), 16) AS own_id
    FROM wanting JOIN keyed USING (oldest)
),
-- Whoever bore the id before, the record that it is made from was one of them.
taken AS (
    SELECT DISTINCT person_id FROM linkage.membership
    SEMI JOIN (SELECT oldest AS record FROM own WHERE NOT is_new) AS known USING (record)
    SEMI JOIN own ON oldest = record AND own_id = person_id
),
named AS (
    SELECT part, kept_id IS NULL AS is_new_id,
           -- The id made from a group's oldest record may have been given before: then this run
           -- makes it another.
           coalesce(kept_id, CASE WHEN taken.person_id IS NULL THEN own_id
                                  ELSE 'P-' || left(sha256(own_id || '|' || $run), 16) END)
               AS person_id
    FROM kept LEFT JOIN own USING (part) LEFT JOIN taken ON taken.person_id = own_id
)
SELECT held.*, named.person_id, is_new_id FROM held JOIN named USING (part)
"""

# Why a component is as it is: the first of these that befell a record of it, or of a component
# that one of its records was in before.
_RANKED = ("judgement", "changed record", "new record", "deleted record")
_CAUSES = f"""
CREATE OR REPLACE TEMP TABLE component_cause AS
WITH befell AS (
    SELECT record, 1 AS rank FROM judged
    UNION ALL SELECT record, CASE WHEN previous_id IS NULL THEN 3 ELSE 2 END
              FROM delta JOIN assigned USING (record)
    UNION ALL SELECT record, 4 FROM gone
),
befell_before AS (
    SELECT component, min(rank) AS rank FROM was JOIN befell USING (record)
    GROUP BY component
)
SELECT assigned.component,
       CASE WHEN $is_other_model THEN 'model'
            ELSE {list(_RANKED)}[min(least(befell.rank, befell_before.rank))] END AS cause
FROM assigned LEFT JOIN befell USING (record)
LEFT JOIN was AS held ON held.record = assigned.record
LEFT JOIN befell_before ON befell_before.component = held.component
GROUP BY assigned.component
"""

_LOST = """
CREATE OR REPLACE TEMP TABLE lost_person AS
SELECT person_id, count(*) AS records, min(record) AS first_record
FROM was SEMI JOIN gone USING (record) GROUP BY person_id
"""

# Every move of records is one event and no more: read in order they give who holds how many.
_EVENTS = """
CREATE OR REPLACE TEMP TABLE event AS
WITH flow AS (
    -- By part: grouping by numbers costs less than by ids, and a part has one.
    SELECT previous_id, part, any_value(person_id) AS person_id, any_value(is_new_id) AS is_new_id,
           any_value(component) AS component, count(*) AS records, min(record) AS first_record
    FROM assigned WHERE previous_id IS DISTINCT FROM person_id GROUP BY previous_id, part
),
living AS (
    SELECT DISTINCT person_id FROM assigned
    SEMI JOIN (SELECT previous_id AS person_id FROM flow UNION ALL
               SELECT person_id FROM lost_person) USING (person_id)
),
moved AS (
    SELECT *, previous_id IN (FROM living) AS lives_on,
           row_number() OVER (PARTITION BY previous_id ORDER BY records DESC, first_record) = 1
               AS is_main
    FROM flow WHERE previous_id IS NOT NULL
),
told AS (
    -- An id that no record bears any more is merged into the person that has most of its records.
    SELECT *, CASE WHEN NOT lives_on AND is_main THEN 'merged'
                   WHEN is_new_id THEN 'split' ELSE 'left' END AS event
    FROM moved
),
happened AS (
    SELECT person_id,
           CASE WHEN is_new_id AND part NOT IN (SELECT part FROM moved) THEN 'created'
                ELSE 'joined' END AS event,
           NULL AS other_person_id, records, 'new record' AS own_cause, component, first_record
    FROM flow WHERE previous_id IS NULL
    UNION ALL
    SELECT person_id, event, previous_id, records, NULL, component, first_record
    FROM told WHERE event = 'split'
    UNION ALL
    SELECT previous_id, event, person_id, records, NULL, component, first_record
    FROM told WHERE event <> 'split'
    UNION ALL
    SELECT person_id,
           CASE WHEN person_id IN (FROM living) OR person_id IN (SELECT previous_id FROM moved)
                THEN 'left' ELSE 'retired' END,
           NULL, records, 'deleted record', NULL, first_record
    FROM lost_person
)
SELECT person_id, event, other_person_id, records, first_record,
       coalesce(own_cause, cause) AS cause
FROM happened LEFT JOIN component_cause USING (component)
"""

_WRITE = (
    """INSERT INTO linkage.membership (record, person_id, valid_from)
       SELECT record, person_id, $night FROM assigned
       WHERE previous_id IS DISTINCT FROM person_id""",
    """INSERT INTO link.identity_event
       SELECT (SELECT coalesce(max(event_id), 0) FROM link.identity_event)
                  + row_number() OVER (ORDER BY first_record, event, person_id, other_person_id),
              $night, person_id, event, other_person_id, records, cause, $model_id
       FROM event""",
)

# What one night opened and the same night closes again was never published.
_CLOSE = (
    """CREATE OR REPLACE TEMP TABLE closing AS
       SELECT record FROM assigned WHERE previous_id <> person_id UNION ALL FROM gone""",
    """DELETE FROM linkage.membership
       WHERE valid_to IS NULL AND valid_from = $night AND record IN (FROM closing)""",
    """UPDATE linkage.membership SET valid_to = $night
       WHERE valid_to IS NULL AND record IN (FROM closing)""",
)

_REPLACE = (
    """DELETE FROM linkage.cluster
       WHERE record IN (SELECT record FROM assigned UNION ALL FROM gone)""",
    """INSERT INTO linkage.cluster SELECT record, component, person_id FROM assigned""",
    """DELETE FROM linkage.cut WHERE record_l IN (SELECT record FROM assigned UNION ALL FROM gone)
          OR record_r IN (SELECT record FROM assigned UNION ALL FROM gone)""",
    """INSERT INTO linkage.cut SELECT record_l, record_r, component, reason FROM cut_link""",
)


def keep_ledger(
    con: duckdb.DuckDBPyConnection, night: date, run: int, model_id: str, *, is_other_model: bool
) -> None:
    """Give every grouped record its person id and write down what changed, within the caller's
    transaction.

    Reads ``grouped``, ``cut_link`` and ``was`` of the step, ``delta``, ``gone``, ``new_key`` and
    ``judged``; makes ``assigned`` (``record``, ``component``, ``part``, ``previous_id``,
    ``person_id``, ``is_new_id``: the id was given to nobody before), ``lost_person`` and ``event``;
    writes ``linkage.cluster``, ``linkage.cut``, ``linkage.membership`` and ``link.identity_event``.
    """
    con.execute(_ASSIGN, {"run": str(run)})
    con.execute(_CAUSES, {"is_other_model": is_other_model})
    con.execute(_LOST)
    con.execute(_EVENTS)
    for statement in _CLOSE:
        con.execute(statement, {"night": night} if "$night" in statement else {})
    con.execute(_WRITE[0], {"night": night})
    con.execute(_WRITE[1], {"night": night, "model_id": model_id})
    for statement in _REPLACE:
        con.execute(statement)
