"""Ids of persons and of offences that last: which id each group of records keeps, and what changed.

A group keeps the id that most of its records bore, and of as many that of the record that came
first. An id that two groups could claim so goes to the one with more records that bore it, and of
as many to the one whose record came first; the other is split off under a new id, whatever else its
records bore. Ids are opaque: nothing may be read from them. Records are numbered as they come,
those of one night in no order that means anything.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

import duckdb

from linkage.workspace import few
from warehouse.given import Value, with_values


@dataclass(frozen=True)
class Ledger:
    """Where the identities of one entity stand.

    Attributes:
        at: schema of the state with ``record_key``, ``cluster``, ``cut`` and ``membership``.
        id: column of the id.
        letter: that ids begin with.
        events: table of ``link`` that keeps what changed.
        nights: table of ``link`` with a row a run.
        count: column of that table with how many entities there are.
    """

    at: str
    id: str
    letter: str
    events: str
    nights: str
    count: str


PERSONS = Ledger("linkage", "person_id", "P", "identity_event", "linkage_night", "persons")
OFFENCES = Ledger(
    "offence_linkage", "offence_id", "O", "offence_identity_event", "offence_linkage_night",
    "offences",
)  # fmt: skip

# Each group with its first record and the id that it keeps, null where it is to be given one.
_KEPT = """
CREATE OR REPLACE TEMP TABLE kept AS
WITH borne AS (
    SELECT part, {id}, count(*) AS records, min(record) AS bearer
    FROM grouped JOIN was USING (record) GROUP BY part, {id}
),
claim AS (
    FROM borne QUALIFY row_number() OVER (PARTITION BY part ORDER BY records DESC, bearer) = 1
),
entitled AS (
    FROM claim QUALIFY row_number() OVER (PARTITION BY {id} ORDER BY records DESC, bearer) = 1
)
SELECT part, first_record, entitled.{id} AS kept_id
FROM (SELECT part, min(record) AS first_record FROM grouped GROUP BY part)
LEFT JOIN entitled USING (part)
"""

# A new record has borne no id, so that the one made from its key was given to nobody. One that is
# known may have: the id that is made for it now is this run's.
_ASSIGN = """
CREATE OR REPLACE TEMP TABLE assigned AS
WITH made AS (
    SELECT part,
           CASE WHEN new_key.record IS NULL THEN concat_ws('|', first_record, $run)
                ELSE concat_ws('|', force, source_system, source_record_id) END AS made_from
    FROM kept LEFT JOIN new_key ON record = first_record WHERE kept_id IS NULL
),
named AS (
    SELECT part, kept_id IS NULL AS is_new_id,
           coalesce(kept_id, '{letter}-' || left(sha256(made_from), 16)) AS {id}
    FROM kept LEFT JOIN made USING (part)
)
SELECT grouped.*, was.{id} AS previous_id, named.{id}, is_new_id
FROM grouped LEFT JOIN was USING (record) JOIN named USING (part)
"""

# Why a component is as it is: the first of these that befell a record of it, or of a component
# that one of its records was in before.
_RANKED = ("judgement", "changed record", "new record", "deleted record")
_CAUSES = """
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
       CASE WHEN $is_other_model AND min(least(befell.rank, befell_before.rank)) IS DISTINCT FROM 1
            THEN 'model'
            ELSE {ranked}[min(least(befell.rank, befell_before.rank))] END AS cause
FROM assigned LEFT JOIN befell USING (record)
LEFT JOIN was AS held ON held.record = assigned.record
LEFT JOIN befell_before ON befell_before.component = held.component
GROUP BY assigned.component
"""

_LOST = """
CREATE OR REPLACE TEMP TABLE lost_entity AS
SELECT {id}, count(*) AS records, min(record) AS first_record
FROM was SEMI JOIN gone USING (record) GROUP BY {id}
"""

# Every move of records is one event and no more: read in order they give who holds how many.
_EVENTS = """
CREATE OR REPLACE TEMP TABLE event AS
WITH flow AS (
    -- By part: grouping by numbers costs less than by ids, and a part has one.
    SELECT previous_id, part, any_value({id}) AS {id}, any_value(is_new_id) AS is_new_id,
           any_value(component) AS component, count(*) AS records, min(record) AS first_record
    FROM assigned WHERE previous_id IS DISTINCT FROM {id} GROUP BY previous_id, part
),
living AS (
    SELECT DISTINCT {id} FROM assigned
    SEMI JOIN (SELECT previous_id AS {id} FROM flow UNION ALL
               SELECT {id} FROM lost_entity) USING ({id})
),
moved AS (
    SELECT *, previous_id IN (FROM living) AS lives_on,
           row_number() OVER (PARTITION BY previous_id ORDER BY records DESC, first_record) = 1
               AS is_main
    FROM flow WHERE previous_id IS NOT NULL
),
told AS (
    -- An id that no record bears any more is merged into the one that has most of its records.
    SELECT *, CASE WHEN NOT lives_on AND is_main THEN 'merged'
                   WHEN is_new_id THEN 'split' ELSE 'left' END AS event
    FROM moved
),
happened AS (
    SELECT {id},
           CASE WHEN is_new_id AND part NOT IN (SELECT part FROM moved) THEN 'created'
                ELSE 'joined' END AS event,
           NULL AS other_{id}, records, 'new record' AS own_cause, component, first_record
    FROM flow WHERE previous_id IS NULL
    UNION ALL
    SELECT {id}, event, previous_id, records, NULL, component, first_record
    FROM told WHERE event = 'split'
    UNION ALL
    SELECT previous_id, event, {id}, records, NULL, component, first_record
    FROM told WHERE event <> 'split'
    UNION ALL
    SELECT {id},
           CASE WHEN {id} IN (FROM living) OR {id} IN (SELECT previous_id FROM moved)
                THEN 'left' ELSE 'retired' END,
           NULL, records, 'deleted record', NULL, first_record
    FROM lost_entity
)
SELECT {id}, event, other_{id}, records, first_record,
       coalesce(own_cause, cause) AS cause
FROM happened LEFT JOIN component_cause USING (component)
"""

_WRITE = (
    """INSERT INTO {at}.membership (record, {id}, valid_from)
       SELECT record, {id}, $night FROM assigned
       WHERE previous_id IS DISTINCT FROM {id}""",
    """INSERT INTO link.{events}
       SELECT (SELECT coalesce(max(event_id), 0) FROM link.{events})
                  + row_number() OVER (ORDER BY first_record, event, {id}, other_{id}),
              $night, {id}, event, other_{id}, records, cause, $model_id
       FROM event""",
)

# What one night opened and the same night closes again was never published.
_CLOSE = (
    """CREATE OR REPLACE TEMP TABLE closing AS
       SELECT record FROM assigned WHERE previous_id <> {id} UNION ALL FROM gone""",
    """DELETE FROM {at}.membership
       WHERE valid_to IS NULL AND valid_from = $night AND record IN (FROM closing)""",
    f"""UPDATE {{at}}.membership SET valid_to = $night FROM {few("closing")} AS closed
        WHERE valid_to IS NULL AND membership.record = closed.record""",
)

# Most records of the components that were touched stay where they were.
_REPLACE = (
    """CREATE OR REPLACE TEMP TABLE placed AS
       SELECT record, component, {id} FROM assigned
       ANTI JOIN was USING (record, component, {id})""",
    "CREATE OR REPLACE TEMP TABLE displaced AS SELECT record FROM placed UNION ALL FROM gone",
    f"DELETE FROM {{at}}.cluster USING {few('displaced')} AS d WHERE cluster.record = d.record",
    """INSERT INTO {at}.cluster FROM placed""",
    """DELETE FROM {at}.cut WHERE record_l IN (SELECT record FROM assigned UNION ALL FROM gone)
          OR record_r IN (SELECT record FROM assigned UNION ALL FROM gone)""",
    """INSERT INTO {at}.cut SELECT record_l, record_r, component, reason FROM cut_link""",
)


def keep_ledger(
    con: duckdb.DuckDBPyConnection,
    night: date,
    run: int,
    model_id: str,
    *,
    is_other_model: bool,
    ledger: Ledger = PERSONS,
) -> None:
    """Give every grouped record its id and write down what changed, within the caller's
    transaction.

    Reads ``grouped``, ``cut_link`` and ``was`` of the step, ``delta``, ``gone``, ``new_key`` and
    ``judged``; makes ``assigned`` (``record``, ``component``, ``part``, ``previous_id``, the id,
    ``is_new_id``: it was given to nobody before), ``lost_entity`` and ``event``; writes the
    ledger's ``cluster``, ``cut``, ``membership`` and events.
    """
    names = asdict(ledger) | {"ranked": list(_RANKED)}
    values: Mapping[str, Value] = {
        "night": night,
        "run": str(run),
        "model_id": model_id,
        "is_other_model": is_other_model,
    }
    for statement in (_KEPT, _ASSIGN, _CAUSES, _LOST, _EVENTS, *_CLOSE, *_WRITE, *_REPLACE):
        con.execute(with_values(statement.format(**names), values))
