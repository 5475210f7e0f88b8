"""What decisions move besides what they say: persons that they part, or join.

Two records that people judge the same are joined, and what then ties them to others may contradict:
the guards cut the weakest of it, so that a record may leave others that it was rightly joined with.
What people judged the same, and what stands far above its bar, the guards leave: the person may
then hold records that one person can hardly have.

Two records that people judge apart no longer stand for one person: what a guard kept from the
person for the sake of one of them alone is then joined with the others.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl

from linkage.contradictions import find_contradictions
from linkage.groups import group_records
from linkage.guards import GUARDED
from linkage.held import held_sql
from linkage.judgements.journal import judgement_frame
from linkage.judgements.judgement import Judgement
from linkage.judgements.moves import Contradicted, Foreseen, Joined, Parted
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
class _Tried:
    """The records that decisions touch, as the next night would place them."""

    persons: dict[str, dict[int, list[RecordKey]]]
    place: dict[RecordKey, tuple[int, int]]
    cuts: dict[int, tuple[str, ...]]


def foresee(
    home: Home,
    decisions: Sequence[Judgement],
    wait_seconds: float,
    *,
    only: Collection[str] | None = None,
) -> Foreseen:
    """What decisions would do besides what they say.

    It is worked out as the next link step would, of the records as they are now, and nothing is
    kept. What other decisions do that wait for the night is left aside. Empty where there is no
    state, or nothing was linked yet.

    Args:
        home: the home.
        decisions: those asked about: ``same`` alone, or none that is ``same``.
        wait_seconds: how long to wait for another process that holds the state.
        only: None where the night takes them in, with all that the journal holds; ids of those
            that are taken in with them at once, where they are, and not written down yet.

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
            before, _ = _try(con, home, mark.night, only, names, (), ())
            beside = () if only is None else decisions
            after, contradicted = _try(con, home, mark.night, only, (), beside, pairs)
    parted = _parted(decisions, before, after)
    return Foreseen(tuple(parted), contradicted, tuple(_joined(decisions, before, after)))


def _try(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    night: date,
    only: Collection[str] | None,
    without: Collection[str],
    beside: Sequence[Judgement],
    pairs: Sequence[Pair],
) -> tuple[_Tried, tuple[Contradicted, ...]]:
    """Group as the next night would, read what comes of it, and undo it."""
    con.execute("BEGIN")
    try:
        if beside:
            with lent(con, undecided=judgement_frame(beside, night)):
                con.execute("INSERT INTO link.judgement BY NAME FROM undecided")
        take_in_judgements(con, home, night, only=only, without=without)
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


def _parted(decisions: Sequence[Judgement], before: _Tried, after: _Tried) -> Iterator[Parted]:
    """Persons that come apart, and would not without the decisions, which do not ask for it."""
    person = {r: i for i, parts in after.persons.items() for held in parts.values() for r in held}
    asked = {person.get(each.pair[0]) for each in decisions if each.verdict != "same"
             if person.get(each.pair[0]) == person.get(each.pair[1])}  # fmt: skip
    for person_id, parts in sorted(after.persons.items()):
        groups = _groups(parts)
        is_as_before = groups == _groups(before.persons.get(person_id, {}))
        if len(groups) < 2 or is_as_before or person_id in asked:
            continue
        component, _ = after.place[groups[0][0]]
        by = _of_component(decisions, after, component)
        if by:
            yield Parted(by, person_id, groups, after.cuts.get(component, ()))


def _joined(decisions: Sequence[Judgement], before: _Tried, after: _Tried) -> Iterator[Joined]:
    """Records of several persons that would be one, and would not without the decisions, of which
    none is ``same``."""
    if any(each.verdict == "same" for each in decisions):
        return
    together: dict[tuple[int, int], list[tuple[str, tuple[RecordKey, ...]]]] = {}
    for person_id, parts in sorted(after.persons.items()):
        for part, records in parts.items():
            place = after.place[records[0]][0], part
            together.setdefault(place, []).append((person_id, tuple(sorted(records))))
    for (component, _), persons in sorted(together.items()):
        were = {before.place.get(record) for _, records in persons for record in records}
        is_as_before = len(were) == 1 and None not in were
        by = _of_component(decisions, after, component)
        if len(persons) > 1 and not is_as_before and by:
            yield Joined(by, tuple(persons))


def _of_component(
    decisions: Sequence[Judgement], tried: _Tried, component: int
) -> tuple[Pair, ...]:
    """The pairs decided upon of which a record hangs together with those of the component."""
    places = ((each.pair, {tried.place.get(record, (None,))[0] for record in each.pair})
              for each in decisions)  # fmt: skip
    return tuple(pair for pair, place in places if component in place)


def _groups(parts: dict[int, list[RecordKey]]) -> tuple[tuple[RecordKey, ...], ...]:
    return tuple(sorted(tuple(sorted(records)) for records in parts.values()))
