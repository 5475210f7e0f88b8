"""What people decided, as ties between current records."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl

from linkage.judgements.conflicts import conflict_frame, effective
from linkage.judgements.journal import TABLES, read_judgements, take_in
from linkage.record_key import Pair
from warehouse.contract.link import PAIR_KEY
from warehouse.contract.record_hash import record_hash_sql
from warehouse.given import lent
from warehouse.home import Home

_SCHEMAS = {"person": "linkage", "offence": "offence_linkage"}
# By what records are looked for in ``record_key``: persons by the hash of their key, which costs a
# third. Which of two records of one hash is meant is told by the keys.
_FOUND_BY = {"person": "record_hash", "offence": "force, source_system, source_record_id"}

_TIES = """
CREATE OR REPLACE TEMP TABLE tie_now AS
-- Millions of records are looked through once, for the few that are wanted.
WITH named AS (
    SELECT force_l AS force, source_system_l AS source_system,
           source_record_id_l AS source_record_id FROM decided
    UNION SELECT force_r, source_system_r, source_record_id_r FROM decided
),
wanted AS (SELECT *, {record_hash} AS record_hash FROM named),
held AS MATERIALIZED (
    SELECT * FROM (FROM {at}.record_key SEMI JOIN wanted USING ({found_by}))
    SEMI JOIN {current} USING (record)
)
SELECT least(l.record, r.record) AS record_l, greatest(l.record, r.record) AS record_r, is_same
FROM decided
JOIN held AS l ON l.force = force_l AND l.source_system = source_system_l
              AND l.source_record_id = source_record_id_l
JOIN held AS r ON r.force = force_r AND r.source_system = source_system_r
              AND r.source_record_id = source_record_id_r
"""
# Records of ties that came or went: their components are looked at again.
_JUDGED = """
CREATE OR REPLACE TEMP TABLE judged AS
WITH moved AS (
    (FROM tie_now EXCEPT FROM {at}.tie) UNION ALL (FROM {at}.tie EXCEPT FROM tie_now)
)
SELECT record_l AS record FROM moved UNION SELECT record_r FROM moved
"""


@dataclass(frozen=True)
class Judged:
    """How many judgements were taken in, and how many contradictions there are."""

    taken: int
    conflicts: int


def take_in_judgements(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    night: date,
    entity: str = "person",
    *,
    only: Collection[str] | None = None,
    without: Collection[str] = (),
    current: str | None = None,
) -> Judged:
    """Take in what people decided since the last link step, within the caller's transaction.

    Writes the entity's judgements, their conflicts and its ties (of persons ``link.judgement``,
    ``link.judgement_conflict`` and ``linkage.tie``); makes ``judged`` (``record``). Those of
    ``only``, by id, are taken in, or all where it is None; of all that are in, those of
    ``without`` do not stand. ``current`` is a table of the current
    records' numbers (``record``): by default the entity's own, which holds them already.
    """
    table, at = TABLES[entity], _SCHEMAS[entity]
    [(before,)] = con.execute(f"SELECT count(*) FROM {table}").fetchall()
    take_in(con, home, night, entity, only=only)
    judgements = [j for j in read_judgements(con, entity) if j.judgement_id not in without]
    if not judgements:
        con.execute("CREATE OR REPLACE TEMP TABLE judged (record BIGINT)")
        return Judged(0, 0)
    stand = effective(judgements)
    con.execute(f"DELETE FROM {table}_conflict")
    if stand.conflicts:
        with lent(con, conflict=conflict_frame(stand.conflicts)):
            con.execute(f"INSERT INTO {table}_conflict BY NAME FROM conflict")
    with lent(con, decided=pl.concat([_pairs(stand.same, True), _pairs(stand.not_same, False)])):
        by = {"record_hash": record_hash_sql(), "found_by": _FOUND_BY[entity]}
        con.execute(_TIES.format(at=at, current=current or f"{at}.record", **by))
    con.execute(_JUDGED.format(at=at))
    con.execute(f"DELETE FROM {at}.tie")
    con.execute(f"INSERT INTO {at}.tie FROM tie_now ORDER BY record_l, record_r")
    return Judged(len(judgements) - before, len(stand.conflicts))


def _pairs(pairs: Iterable[Pair], is_same: bool) -> pl.DataFrame:
    schema = dict.fromkeys(PAIR_KEY, pl.String()) | {"is_same": pl.Boolean()}
    rows = [(*one, *other, is_same) for one, other in sorted(pairs)]
    return pl.DataFrame(rows, schema=schema, orient="row")
