"""The law of linkage: nights of changes come to what linking everything at once gives.

Linking a handful of records takes as long as linking thousands, so each example is a nation of many
small worlds that cannot touch each other, every one with a history of its own.
"""

import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkage.judgement import RecordKey, judge
from linkage.judgements import append_judgements
from linkage.persons import apply_decisions, link
from tests.linkage.small_model import FIRST, ask, partition, small_model, store, use_model
from warehouse.home import Home

NAMES = ["kent/1", "kent/2", "durham/1", "durham/2", "essex/1"]
# A cap so low that blocks grow past it, and shrink below it, all the time.
CAP = 3
NIGHTS = 4

people = st.fixed_dictionaries(
    {
        "forename": st.sampled_from(["ANA", "BO", None]),
        "surname": st.sampled_from(["ASH", "ELM"]),
        "birth": st.sampled_from([0, 1, None]),
        "phone": st.sampled_from(["1", "2", None]),
        "pnc": st.sampled_from([(), (), ("A",), ("B",), ("A", "B")]),
    }
)
changes = st.dictionaries(st.sampled_from(NAMES), st.one_of(people, people, st.none()))
verdicts = st.lists(
    st.tuples(
        st.lists(st.sampled_from(NAMES), min_size=2, max_size=2, unique=True),
        st.sampled_from(["same", "not_same", "unsure"]),
        st.sampled_from(["ann", "bob"]),
    ),
    max_size=2,
)
histories = st.lists(st.tuples(changes, verdicts), min_size=NIGHTS, max_size=NIGHTS)
nations = st.lists(histories, min_size=1, max_size=60)


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
    ends = [
        f"CASE WHEN (l.force, l.source_record_id) < (r.force, r.source_record_id) THEN {one} "
        f"ELSE {other} END"
        for one, other in (("l", "r"), ("r", "l"))
    ]
    return ask(
        home,
        f"SELECT {', '.join(ends)}, match_weight, link_at, band, weights, levels, block, "
        "cut.reason FROM linkage.edge JOIN linkage.record_key AS l ON l.record = edge.record_l "
        "JOIN linkage.record_key AS r ON r.record = edge.record_r LEFT JOIN linkage.cut "
        "ON cut.record_l = edge.record_l AND cut.record_r = edge.record_r ORDER BY ALL"
        .replace("THEN l ", "THEN l.force || l.source_record_id ")
        .replace("THEN r ", "THEN r.force || r.source_record_id ")
        .replace("ELSE l ", "ELSE l.force || l.source_record_id ")
        .replace("ELSE r ", "ELSE r.force || r.source_record_id "),
    )  # fmt: skip


@given(nations)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_split_into_nights_in_any_order_gives_what_one_night_gives(nation):
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
            decide(by_night, nation, night)
            decide(at_once, nation, night)
        apply_decisions(by_night)
        store(at_once, FIRST, {name: person for name, person in final.items() if person})
        link(at_once, FIRST)
        assert partition(by_night) == partition(at_once)
        assert edges(by_night) == edges(at_once)
