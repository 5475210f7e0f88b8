"""The law of linkage, of offences: nights of changes come to what linking all at once gives.

As of persons (tests/linkage/test_law.py), each example is a nation of many small worlds that cannot
touch each other. In each, offence records, the roles in them, the persons that these are resolved
to and what people judged change from night to night.
"""

import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from linkage.judgements.journal import append_judgements
from linkage.judgements.judgement import judge
from linkage.model_file import load_model, model_in_use
from linkage.offences.link import count_differences, link_offences
from linkage.record_key import RecordKey
from linkage.workspace import workspace
from tests.linkage.objects.held import FIRST, ask, store
from tests.linkage.offences.made import (
    edges,
    offence,
    offence_model,
    partition,
    resolve,
    role,
    use_model,
)
from warehouse.home import Home
from warehouse.state import writer

RECORDS = ["kent/1", "kent/2", "essex/1", "essex/2", "durham/1"]
PERSONS = ["kent/v", "kent/w", "essex/v", "durham/v"]
# So low that blocks grow past it, and shrink below it, all the time.
CAP = 3
NIGHTS = 3
EXAMPLES, WORLDS = 4, 250

History = list[tuple[dict, dict, list]]


def draw_history(random: Random) -> History:
    """What each night brings to a world: offence records and their victims and suspects (None is
    a deletion), persons, judgements."""

    def record(name: str) -> tuple[dict | None, list[tuple[str, str]]]:
        if random.random() < 0.15:
            return None, []
        force = name.split("/")[0]
        own = [person for person in PERSONS if person.startswith(force)]
        roles = [(random.choice(own), random.choice(["victim", "suspect"]))
                 for _ in range(random.choice([0, 1, 1, 2]))]  # fmt: skip
        values = {
            "hours": random.choice([0, 0, 1, 30, 24 * 9]),
            "metres": random.choice([0, 0, 400, 9_000]),
            "quotes": random.choice([None, None, *RECORDS]),
            "offence_code": random.choice(["028/01", "028/01", "030/01", None]),
        }
        return values, roles

    nights = []
    for _ in range(NIGHTS):
        records = {name: record(name) for name in random.sample(RECORDS, random.randint(0, 5))}
        resolved = {person: random.choice("XYZ") for person in PERSONS}
        pairs = [random.sample(RECORDS, 2) for _ in range(random.choice([0, 0, 1]))]
        judged = [(pair, random.choice(["same", "not_same"])) for pair in pairs]
        nights.append((records, resolved, judged))
    return nights


def reference(number: int, name: str) -> str:
    return f"{RECORDS.index(name) + 10}/{number:06}/26"


def rows_of(number: int, records: dict) -> dict:
    """Rows to store: a record's roles of before are ended, whatever it has now."""
    rows: dict[str, dict | None] = {}
    for name, (values, roles) in records.items():
        force, record = name.split("/")
        own = f"{record}-{number}"
        made = None
        if values is not None:
            kept = {k: v for k, v in values.items() if k != "quotes"}
            quotes = values["quotes"] and reference(number, values["quotes"])
            # Each world in a place and a month of its own.
            kept["metres"] += 20_000 * (number % 40)
            kept["hours"] -= 24 * 60 * (number // 40)
            made = offence(crime_ref=reference(number, name), other_force_ref=quotes, **kept)
        rows[f"offence_record/{force}/{own}"] = made
        for place in range(2):
            is_there = made is not None and place < len(roles)
            rows[f"event_role/{force}/{own}-{place}"] = (
                role(own, f"{roles[place][0].split('/')[1]}-{number}", roles[place][1])
                if is_there
                else None
            )
    return rows


def persons_of(nation: list[History], night: int) -> dict[str, str]:
    return {
        f"{person}-{number}": f"P-{number}{to}"
        for number, history in enumerate(nation)
        for person, to in history[night][1].items()
    }


def decide(home: Home, nation: list[History], night: int) -> None:
    at = datetime(2026, 1, 12, 9, tzinfo=UTC) + timedelta(hours=night)
    append_judgements(
        home,
        [
            judge(key(one, number), key(other, number), verdict, "ann", at, "law", "review")
            for number, history in enumerate(nation)
            for (one, other), verdict in history[night][2]
        ],
        "offence",
    )


def key(name: str, number: int) -> RecordKey:
    force, record = name.split("/")
    return RecordKey(force, "niche", f"{record}-{number}")


def differences(home: Home) -> tuple[int, int]:
    with writer(home, "test") as con, workspace(con):
        known = model_in_use(con, "offence")
        assert known
        return count_differences(con, load_model(home, known))


def held(home: Home) -> list[tuple]:
    """Who holds how many records: by the clusters, and by the events alone."""
    replay = """
        WITH move AS (
            SELECT offence_id, CASE WHEN event IN ('created', 'joined', 'split') THEN records
                               ELSE -records END AS records FROM link.offence_identity_event
            UNION ALL
            SELECT other_offence_id, CASE WHEN event = 'split' THEN -records ELSE records END
            FROM link.offence_identity_event WHERE other_offence_id IS NOT NULL
        )
        SELECT offence_id, sum(records)::BIGINT FROM move GROUP BY offence_id
        HAVING sum(records) <> 0 ORDER BY 1
    """
    held = "SELECT offence_id, count(*) FROM offence_linkage.cluster GROUP BY offence_id ORDER BY 1"
    assert ask(home, held) == ask(home, replay)
    return ask(home, held)


@given(st.integers(0, 2**32), st.integers(1, WORLDS // 5))
@example(1, WORLDS)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
def test_nights_come_to_what_linking_all_at_once_gives(seed, worlds):
    random = Random(seed)
    nation = [draw_history(random) for _ in range(worlds)]
    model = offence_model(CAP)
    with tempfile.TemporaryDirectory() as folder:
        by_night, at_once = Home.of(Path(folder) / "nights"), Home.of(Path(folder) / "once")
        for home in (by_night, at_once):
            use_model(home, model)
        last: dict[str, dict | None] = {}
        for night in range(NIGHTS):
            on = FIRST + timedelta(days=night)
            rows = {}
            for number, history in enumerate(nation):
                rows |= rows_of(number, history[night][0])
            last |= rows
            store(by_night, on, rows)
            resolve(by_night, on, persons_of(nation, night))
            decide(by_night, nation, night)
            link_offences(by_night, on)
            assert differences(by_night) == (0, 0)
            held(by_night)
        once = date(2026, 1, 20)
        store(at_once, once, {name: row for name, row in last.items() if row is not None})
        resolve(at_once, once, persons_of(nation, NIGHTS - 1))
        for night in range(NIGHTS):
            decide(at_once, nation, night)
        link_offences(at_once, once)
        assert edges(by_night) == edges(at_once)
        assert partition(by_night) == partition(at_once)
        if worlds == WORLDS:
            counts = ask(at_once, "SELECT count(*) FROM offence_linkage.capped_key")
            assert counts[0][0] > 0
            assert any(len(group) > 1 for group in partition(at_once))
