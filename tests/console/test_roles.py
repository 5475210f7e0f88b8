"""Roles stay put: whatever persons and offences are merged, split or judged, who had which part in
which event is what the forces sent."""

import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import duckdb
import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.unlinked_offences import each_its_own
from forces.declaration import load_declarations
from linkage.judgements.journal import append_judgements
from linkage.judgements.judgement import judge
from linkage.persons import apply_decisions, link
from linkage.record_key import RecordKey
from tests.linkage.small_model import FIRST, small_model, store, use_model
from warehouse.build import build, building_path
from warehouse.home import Home
from warehouse.state import writer

WORLDS, NIGHTS = 12, 3
NAMES = ("kent/1", "kent/2", "durham/1", "durham/2", "essex/1")
PARTS = ("suspect", "victim", "witness")
AT = datetime(2026, 1, 12, 9, tzinfo=UTC)
RECENT = date(2026, 1, 2)


def person(random: Random, world: int) -> dict:
    """Somebody whom the model may join with others of the same world, and with none besides."""
    return {
        "forename": random.choice(["ANA", "BO"]), "surname": f"ASH{world}",
        "birth_date": date(1950, 1, 1) + timedelta(2 * world + random.randint(0, 1)),
        "phone": f"{world}-{random.randint(0, 1)}",
    }  # fmt: skip


def store_events(home: Home, random: Random) -> set[tuple]:
    """Offences of every force, two a world, with parts of all kinds; gives every part."""
    base = {"source_system": "niche", "batch_id": "b", "source_file": "f", "source_row": 1,
            "version": 1, "valid_from": FIRST, "delivery_sequence": "1"}  # fmt: skip
    offences, roles = [], set()
    for world in range(WORLDS):
        for name in NAMES:
            force, record = name.split("/")
            event = f"o{record}{world:03}"
            offences.append(
                base | {"force": force, "source_record_id": event, "record_key": event,
                        "offence_group": "burglary", "is_notifiable": True,
                        "occurred_precision": "day", "occurred_on": RECENT,
                        "is_time_ambiguous": False, "location_precision": "none"}
            )  # fmt: skip
            own = [each for each in NAMES if each.startswith(force)]
            for _ in range(2):
                part = random.choice(own).split("/")[1] + f"{world:03}"
                roles.add((force, event, part, random.choice(PARTS)))
    rows = [
        base | {"force": force, "source_record_id": event, "record_key": f"{event}#{person}{role}",
                "event_type": "offence_record", "person_source_record_id": person, "role": role}
        for force, event, person, role in sorted(roles)
    ]  # fmt: skip
    with writer(home, "test") as con:
        for table, made in (("offence_record", offences), ("event_role", rows)):
            con.register("made", pl.DataFrame(made))
            con.execute(f"INSERT INTO core.{table} BY NAME SELECT * FROM made")
            con.unregister("made")
        each_its_own(con, FIRST)
    return roles


def merge_or_split_offences(home: Home, random: Random) -> None:
    """Some offence records come to be one offence, or no longer are."""
    with writer(home, "test") as con:
        for world in range(WORLDS):
            name = random.choice(["O-one", "O-two"]) + str(world)
            some = [f"%{world:03}", random.sample(["kent", "durham", "essex"], 2)]
            where = "source_record_id LIKE ? AND force IN ?"
            con.execute(
                f"UPDATE link.offence_membership SET offence_id = ? WHERE {where}", [name, *some]
            )
            con.execute(
                "UPDATE offence_linkage.cluster AS held SET offence_id = ? "
                f"FROM (FROM offence_linkage.record_key WHERE {where}) AS of "
                "WHERE of.record = held.record",
                [name, *some],
            )


def judge_some(home: Home, random: Random, night: int) -> None:
    """People join, take apart (as an unmerge does) and cannot tell."""

    def key(name: str, world: int) -> RecordKey:
        force, record = name.split("/")
        return RecordKey(force, "niche", f"{record}{world:03}")

    made = []
    for world in range(WORLDS):
        one, other = random.sample(NAMES, 2)
        verdict = random.choice(["same", "same", "not_same", "unsure"])
        at = AT + timedelta(minutes=1000 * night + world)
        made.append(
            judge(key(one, world), key(other, world), verdict, "ann", at, "looked", "review")
        )
    append_judgements(home, made)


def read(home: Home, night: date, sql: str) -> list[tuple]:
    with duckdb.connect(str(building_path(home, night)), read_only=True) as con:
        return con.execute(sql).fetchall()


ROLES = "SELECT force, source_record_id, person_source_record_id, role FROM core.event_role"
# The person and offence beside a role are those of its record and event, whatever they are today.
STRAY = """
    SELECT role.record_key FROM core.event_role AS role
    JOIN core.person_record AS record
      ON record.force = role.force AND record.source_record_id = role.person_source_record_id
    WHERE role.person_id IS DISTINCT FROM record.person_id
"""
TOLD = """
    SELECT person_id, suspect_offences_12m, victim_offences_12m, witness_offences_12m
    FROM mart.person_profile ORDER BY person_id
"""
# The same from the parts alone.
COUNTED = """
    SELECT record.person_id,
           count(DISTINCT offence_id) FILTER (role = 'suspect'),
           count(DISTINCT offence_id) FILTER (role = 'victim'),
           count(DISTINCT offence_id) FILTER (role = 'witness')
    FROM core.event_role AS role
    JOIN core.offence_record AS offence
      ON offence.force = role.force AND offence.source_record_id = role.source_record_id
    JOIN core.person_record AS record
      ON record.force = role.force AND record.source_record_id = role.person_source_record_id
    GROUP BY record.person_id ORDER BY record.person_id
"""


@given(st.integers(0, 2**32))
@settings(max_examples=3, suppress_health_check=list(HealthCheck), deadline=None)
def test_no_sequence_of_merges_splits_and_judgements_moves_a_role(seed):
    random = Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        home = Home.of(Path(folder) / "home")
        use_model(home, small_model())
        names = [f"{name}{world:03}" for world in range(WORLDS) for name in NAMES]
        store(home, FIRST, {name: person(random, int(name[-3:])) for name in names})
        sent = store_events(home, random)
        partitions = set()
        for number in range(NIGHTS):
            night = FIRST + timedelta(number)
            if number:
                # The same records with other particulars: the model joins and parts them anew.
                some = random.sample(names, len(names) // 3)
                store(home, night, {name: person(random, int(name[-3:])) for name in some})
                judge_some(home, random, number)
            link(home, night)
            apply_decisions(home)
            merge_or_split_offences(home, random)
            build(home, night, load_declarations(None))
            roles = read(home, night, ROLES)
            assert len(roles) == len(sent)
            assert set(roles) == sent
            assert read(home, night, STRAY) == []
            assert read(home, night, TOLD) == read(home, night, COUNTED)
            held = "SELECT force, source_record_id, person_id FROM core.person_record ORDER BY ALL"
            partitions.add(tuple(read(home, night, held)))
        # Something did happen meanwhile.
        assert len(partitions) > 1
