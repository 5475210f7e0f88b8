"""What decisions move besides what they say: persons whose records they part.

Two records that people judge the same are joined, and what then ties them to others may contradict:
the guards cut the weakest of it. So a record may leave others that it was rightly joined with.
"""

from collections.abc import Collection
from dataclasses import dataclass

import duckdb
import polars as pl

from linkage.groups import group_records
from linkage.judgements.ties import take_in_judgements
from linkage.mark import read_mark
from linkage.record_key import Pair, RecordKey
from linkage.workspace import workspace
from warehouse.contract.link import RECORD_PARTS
from warehouse.given import lent
from warehouse.home import Home
from warehouse.state import leave_wal, writer

_KEY = ", ".join(RECORD_PARTS)
# A step that compares no records: nothing is new, changed or gone.
_NOTHING_MOVED = (
    "CREATE OR REPLACE TABLE delta (record BIGINT)",
    "CREATE OR REPLACE TABLE gone (record BIGINT)",
    "CREATE OR REPLACE TABLE new_edge (record_l BIGINT, record_r BIGINT)",
    "CREATE OR REPLACE TABLE old_edge (record_l BIGINT, record_r BIGINT)",
)
# Who is who now, and who would be, of the components that hold a record asked about.
_WOULD_BE = f"""
WITH concerned AS (
    SELECT DISTINCT component
    FROM grouped JOIN linkage.record_key USING (record) SEMI JOIN asked USING ({_KEY})
),
held AS (
    SELECT person_id, part, record
    FROM (FROM grouped SEMI JOIN concerned USING (component)) AS g
    JOIN (SELECT record, person_id FROM linkage.cluster) AS c USING (record)
),
parted AS (
    SELECT person_id FROM held GROUP BY person_id HAVING count(DISTINCT part) > 1
),
cut AS (
    SELECT record_l, record_r, reason FROM cut_link ANTI JOIN linkage.cut
    USING (record_l, record_r)
),
why AS (
    SELECT person_id, list_sort(list_distinct(list(reason))) AS reasons FROM (
        SELECT person_id, reason FROM held JOIN cut ON record = record_l
        UNION ALL SELECT person_id, reason FROM held JOIN cut ON record = record_r
    ) GROUP BY person_id
)
SELECT person_id, part, {_KEY}, coalesce(reasons, []) AS reasons
FROM held SEMI JOIN parted USING (person_id) JOIN linkage.record_key USING (record)
LEFT JOIN why USING (person_id) ORDER BY person_id, part, {_KEY}
"""


@dataclass(frozen=True)
class Parted:
    """A person whose records would be of several persons.

    Attributes:
        person_id: the person.
        groups: its records by the person that each would be of, in alphabetical order.
        reasons: of the guards that would cut links of it, such as ``two PNC IDs``.
    """

    person_id: str
    groups: tuple[tuple[RecordKey, ...], ...]
    reasons: tuple[str, ...]


def foresee_parted(home: Home, pairs: Collection[Pair], wait_seconds: float) -> list[Parted]:
    """The persons that the decisions in the journal would part, among those of the pairs' records.

    It is worked out as the next link step would, of the records as they are now, and nothing is
    kept. Empty where there is no state, or nothing was linked yet.

    Raises:
        LockedError: another process still holds the state after ``wait_seconds``.
    """
    if not pairs or not home.state.exists():  # A writer would make a state.
        return []
    with writer(home, "foreseeing what decisions move", wait_seconds) as con:
        leave_wal(con)
        with workspace(con):
            mark = read_mark(con)
            if mark is None:
                return []
            for statement in _NOTHING_MOVED:
                con.execute(statement)
            con.execute("BEGIN")
            try:
                take_in_judgements(con, home, mark.night)
                group_records(con, is_all=False)
                return _read_parted(con, pairs)
            finally:
                con.execute("ROLLBACK")


def _read_parted(con: duckdb.DuckDBPyConnection, pairs: Collection[Pair]) -> list[Parted]:
    records = sorted({record for pair in pairs for record in pair})
    asked = pl.DataFrame(records, schema=dict.fromkeys(RECORD_PARTS, pl.String), orient="row")
    with lent(con, asked=asked):
        rows = con.execute(_WOULD_BE).fetchall()
    groups: dict[str, dict[int, list[RecordKey]]] = {}
    reasons: dict[str, tuple[str, ...]] = {}
    for person_id, part, *key, why in rows:
        groups.setdefault(person_id, {}).setdefault(part, []).append(RecordKey(*key))
        reasons[person_id] = tuple(why)
    return [
        Parted(person_id, tuple(sorted(map(tuple, of.values()))), reasons[person_id])
        for person_id, of in groups.items()
    ]
