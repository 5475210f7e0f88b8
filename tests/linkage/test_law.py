"""The law of linkage: nights of changes come to what linking everything at once gives.

Linking a handful of records takes as long as linking thousands, so each example is a nation of many
small worlds that cannot touch each other, every one with a history of its own.
"""

import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from linkage.judgements.journal import append_judgements, read_journal
from linkage.judgements.judgement import judge
from linkage.model_file import load_model, model_in_use
from linkage.persons import apply_decisions, link
from linkage.record_key import RecordKey
from linkage.verification import count_differences
from linkage.workspace import workspace
from tests.linkage.small_model import FIRST, ask, partition, small_model, store, use_model
from warehouse.home import Home
from warehouse.state import writer

NAMES = ["kent/1", "kent/2", "durham/1", "durham/2", "essex/1"]
# A cap so low that blocks grow past it, and shrink below it, all the time.
CAP = 3
NIGHTS = 4
# Examples of the law, and worlds in the largest: some thousands of cases in all.
EXAMPLES, WORLDS = 8, 750


def draw_history(random: Random) -> list[tuple[dict, list]]:
    """What each night brings to a world: by record a person or, where it is deleted, None; and what
    people judged."""

    def person() -> dict | None:
        if random.random() < 0.2:
            return None
        return {
            "forename": random.choice(["ANA", "BO", None]),
            "surname": random.choice(["ASH", "ELM"]),
            "birth": random.choice([0, 0, 1, None]),
            "phone": random.choice(["1", "1", "2", None]),
            "pnc": random.choice([(), (), ("A",), ("B",), ("A", "B")]),
        }

    def verdict() -> tuple[list[str], str, str]:
        pair = random.sample(NAMES, 2)
        return pair, random.choice(["same", "not_same", "unsure"]), random.choice(["ann", "bob"])

    return [
        (
            {name: person() for name in random.sample(NAMES, random.randint(0, len(NAMES)))},
            [verdict() for _ in range(random.choice([0, 0, 1, 2]))],
        )
        for _ in range(NIGHTS)
    ]


def of_world(number: int, person: dict | None) -> dict | None:
    """The person in a world whose names, dates and numbers no other has."""
    if person is None:
        return None
    birth, phone = person["birth"], person["phone"]
    return {
        "forename": person["forename"],
        "surname": f"{person['surname']}{number}",
        "birth_date": None if birth is None else date(1950, 1, 1) + timedelta(2 * number + birth),
        "phone": phone and f"{number}-{phone}",
        "pnc": [f"{number}-{value}" for value in person["pnc"]],
    }


def of_night(nation: list, night: int) -> dict:
    return {
        f"{name}{number:03}": of_world(number, person)
        for number, history in enumerate(nation)
        for name, person in history[night][0].items()
    }


def decide(home: Home, nation: list, night: int) -> None:
    at = datetime(2026, 1, 12, 9, tzinfo=UTC)
    append_judgements(
        home,
        [
            judge(key(one, number), key(other, number), verdict, by,
                  at + timedelta(minutes=1000 * night + place), "test of the law", "review")
            for number, history in enumerate(nation)
            for place, ((one, other), verdict, by) in enumerate(history[night][1])
        ],
    )  # fmt: skip


def key(name: str, number: int) -> RecordKey:
    force, record = name.split("/")
    return RecordKey(force, "niche", f"{record}{number:03}")


def edges(home: Home) -> list[tuple]:
    """Every edge by the keys of its records, whichever of them came first, and what cut it."""
    name = "{0}.force || '/' || {0}.source_record_id"
    one, other = name.format("l"), name.format("r")
    return ask(
        home,
        f"SELECT least({one}, {other}), greatest({one}, {other}), match_weight, link_at, band, "
        "weights, levels, block, cut.reason FROM linkage.edge "
        "JOIN linkage.record_key AS l ON l.record = edge.record_l "
        "JOIN linkage.record_key AS r ON r.record = edge.record_r "
        "LEFT JOIN linkage.cut ON cut.record_l = edge.record_l AND cut.record_r = edge.record_r "
        "ORDER BY ALL",
    )


# Who holds how many records, by the events alone.
REPLAY = """
WITH move AS (
    SELECT person_id, CASE WHEN event IN ('created', 'joined', 'split') THEN records ELSE -records
                      END AS records FROM link.identity_event
    UNION ALL
    SELECT other_person_id, CASE WHEN event = 'split' THEN -records ELSE records END
    FROM link.identity_event WHERE other_person_id IS NOT NULL
)
SELECT person_id, sum(records) FROM move GROUP BY person_id HAVING sum(records) <> 0 ORDER BY 1
"""
HELD = "SELECT person_id, count(*) FROM linkage.cluster GROUP BY person_id ORDER BY 1"


def differences(home: Home) -> tuple[int, int]:
    """Edges and persons in which the weekly comparison finds the home to differ."""
    with writer(home, "test") as con, workspace(con):
        known = model_in_use(con)
        assert known
        return count_differences(con, home, load_model(home, known))


@given(st.randoms(use_true_random=False), st.integers(1, WORLDS))
@example(Random(1), WORLDS)
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
def test_any_split_into_nights_in_any_order_gives_what_one_night_gives(random, worlds):
    nation = [draw_history(random) for _ in range(worlds)]
    with tempfile.TemporaryDirectory() as folder:
        by_night, at_once = (Home.of(Path(folder) / name) for name in ("nights", "once"))
        for home in (by_night, at_once):
            use_model(home, small_model(most_records=CAP))
        final: dict = {}
        for night in range(NIGHTS):
            changed = of_night(nation, night)
            final |= changed
            store(by_night, FIRST + timedelta(night), changed)
            link(by_night, FIRST + timedelta(night))
            assert ask(by_night, REPLAY) == ask(by_night, HELD)
            decide(by_night, nation, night)
            decide(at_once, nation, night)
            # Some of it is taken in at once, as by an unmerge; the night does the rest.
            ids = [each.judgement_id for each in read_journal(by_night).judgements]
            apply_decisions(by_night, random.sample(ids, len(ids) // 3))
            assert ask(by_night, REPLAY) == ask(by_night, HELD)
        apply_decisions(by_night)
        assert ask(by_night, REPLAY) == ask(by_night, HELD)
        assert differences(by_night) == (0, 0)
        store(at_once, FIRST, {name: person for name, person in final.items() if person})
        link(at_once, FIRST)
        assert partition(by_night) == partition(at_once)
        assert edges(by_night) == edges(at_once)
