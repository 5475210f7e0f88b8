"""What decisions move besides what they say: persons that they part, or join against the evidence.

Two records that people judge the same are joined, and what then ties them to others may contradict:
the guards cut the weakest of it, so that a record may leave others that it was rightly joined with.
What people judged the same, and what stands far above its bar, the guards leave: the person may
then hold records that one person can hardly have.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl

from linkage.contradictions import find_contradictions
from linkage.groups import group_records
from linkage.guards import GUARDED
from linkage.held import held_sql
from linkage.judgements.judgement import Judgement
from linkage.judgements.ties import take_in_judgements
from linkage.mark import read_mark
from linkage.record_key import Pair, RecordKey
from linkage.workspace import workspace
from warehouse.given import lent
from warehouse.home import Home
from warehouse.state import leave_wal, writer

_PART = {"record": pl.Int64, "component": pl.Int64, "part": pl.Int64, "person_id": pl.String}
# A step that compares no records: nothing is new, changed or gone.
_NOTHING_MOVED = (
    "CREATE OR REPLACE TABLE delta (record BIGINT)",
    "CREATE OR REPLACE TABLE gone (record BIGINT)",
    "CREATE OR REPLACE TABLE new_edge (record_l BIGINT, record_r BIGINT)",
    "CREATE OR REPLACE TABLE old_edge (record_l BIGINT, record_r BIGINT)",
)
# Who is who now, and who would be.
_WOULD_BE = """
SELECT component, part, person_id, record, force, source_system, source_record_id
FROM grouped JOIN (SELECT record, person_id FROM linkage.cluster) AS c USING (record)
JOIN linkage.record_key USING (record)
"""
_CUTS = """
SELECT DISTINCT component, reason FROM cut_link
ANTI JOIN linkage.cut USING (record_l, record_r) ORDER BY ALL
"""


@dataclass(frozen=True)
class Parted:
    """A person whose records would be of several persons.

    Attributes:
        pairs: the decisions, of those asked about, that do it.
        person_id: the person.
        groups: its records by the person that each would be of, in alphabetical order.
        reasons: of the guards that would cut links, such as ``two PNC IDs``.
    """

    pairs: tuple[Pair, ...]
    person_id: str
    groups: tuple[tuple[RecordKey, ...], ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Contradicted:
    """Two records of two persons that would be one, and what one person can hardly hold.

    Attributes:
        pairs: the decisions, of those asked about, that join them.
        records: the two.
        reason: as the guards have it.
    """

    pairs: tuple[Pair, ...]
    records: Pair
    reason: str


@dataclass(frozen=True)
class Foreseen:
    """What decisions would do besides joining what they name."""

    parted: tuple[Parted, ...] = ()
    contradicted: tuple[Contradicted, ...] = ()


@dataclass(frozen=True)
class _Tried:
    """The records that decisions touch, as the next night would place them."""

    persons: dict[str, dict[int, list[RecordKey]]]
    place: dict[RecordKey, tuple[int, int]]
    cuts: dict[int, tuple[str, ...]]


def foresee(home: Home, decisions: Sequence[Judgement], wait_seconds: float) -> Foreseen:
    """What decisions ``same``, which the journal holds already, would do besides.

    It is worked out as the next link step would, of the records as they are now, and nothing is
    kept. What other decisions do that wait for the night is left aside. Empty where there is no
    state, or nothing was linked yet.

    Raises:
        LockedError: another process still holds the state after ``wait_seconds``.
        StoreError: the state is damaged or of another version.
    """
    is_there = home.state.exists() and home.state.stat().st_size
    if not decisions or not is_there:  # A writer would make a state.
        return Foreseen()
    with writer(home, "foreseeing what decisions move", wait_seconds) as con:
        leave_wal(con)
        with workspace(con):
            mark = read_mark(con)
            if mark is None:
                return Foreseen()
            for statement in _NOTHING_MOVED:
                con.execute(statement)
            pairs = [each.pair for each in decisions]
            names = {each.judgement_id for each in decisions}
            before, _ = _try(con, home, mark.night, names, ())
            after, contradicted = _try(con, home, mark.night, (), pairs)
    return Foreseen(tuple(_parted(pairs, before, after)), contradicted)


def _try(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    night: date,
    without: Collection[str],
    pairs: Sequence[Pair],
) -> tuple[_Tried, tuple[Contradicted, ...]]:
    """Group as the next night would, read what comes of it, and undo it."""
    con.execute("BEGIN")
    try:
        take_in_judgements(con, home, night, without=without)
        group_records(con, is_all=False)
        rows = con.execute(_WOULD_BE).fetchall()
        cuts: dict[int, tuple[str, ...]] = {}
        for component, reason in con.execute(_CUTS).fetchall():
            cuts[component] = (*cuts.get(component, ()), reason)
        tried = _Tried({}, {}, cuts)
        for component, part, person_id, _, *key in rows:
            record = RecordKey(*key)
            tried.persons.setdefault(person_id, {}).setdefault(part, []).append(record)
            tried.place[record] = component, part
        frame = pl.DataFrame(
            [(row[3], *row[:3]) for row in rows], schema=_PART, orient="row"
        ).filter(pl.col("part").is_in({tried.place[p[0]][1] for p in pairs if _holds(tried, p)}))
        names = {row[3]: RecordKey(*row[4:]) for row in rows}
        return tried, tuple(_contradicted(con, frame, names, tried, pairs))
    finally:
        con.execute("ROLLBACK")


def _holds(tried: _Tried, pair: Pair) -> bool:
    """The two records of a decision would be of one person."""
    one, other = (tried.place.get(record) for record in pair)
    return one is not None and one == other


def _contradicted(
    con: duckdb.DuckDBPyConnection,
    frame: pl.DataFrame,
    names: dict[int, RecordKey],
    tried: _Tried,
    pairs: Sequence[Pair],
) -> list[Contradicted]:
    """What the guards would say of the persons that decisions join, of two that are two today."""
    person = dict(frame.select("record", "person_id").iter_rows())
    part = dict(frame.select("record", "part").iter_rows())
    members = frame.select("record", component="part")
    with lent(con, made=members):
        con.execute("CREATE OR REPLACE TEMP TABLE of_joined AS FROM made")
    con.execute(f"CREATE OR REPLACE TEMP TABLE joined_features AS {held_sql('of_joined', GUARDED)}")
    found = []
    for one, other, reason in find_contradictions(con, "joined_features", members):
        if person[one] != person[other]:
            by = tuple(p for p in pairs if _holds(tried, p) and tried.place[p[0]][1] == part[one])
            two = sorted((names[one], names[other]))
            found.append(Contradicted(by, (two[0], two[1]), reason))
    return found


def _parted(pairs: Sequence[Pair], before: _Tried, after: _Tried) -> list[Parted]:
    """Persons that come apart, and would not without the decisions."""
    found = []
    for person_id, parts in sorted(after.persons.items()):
        groups = _groups(parts)
        if len(groups) < 2 or groups == _groups(before.persons.get(person_id, {})):
            continue
        [component] = {after.place[group[0]][0] for group in groups[:1]}
        by = tuple(p for p in pairs if after.place.get(p[0], (None,))[0] == component)
        if by:
            found.append(Parted(by, person_id, groups, after.cuts.get(component, ())))
    return found


def _groups(parts: dict[int, list[RecordKey]]) -> tuple[tuple[RecordKey, ...], ...]:
    return tuple(sorted(tuple(sorted(records)) for records in parts.values()))
