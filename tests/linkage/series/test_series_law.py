"""The law of series: nights of changes come to what one night of everything gives."""

import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from linkage.series.nights import find_series
from tests.linkage.series.small_series import (
    FIRST,
    leads,
    offence,
    pairs,
    small_model,
    store_offences,
    use_model,
)
from warehouse.home import Home

NIGHTS = 4
# So few partners that lists are full, and lose their last, all the time; leads as small.
MODEL = small_model(most_partners=3, most_offences=4)
WORDS = ["DOOR", "WINDOW", "SHED", "FORCED", "ROPE", None]


def draw_offence(random: Random) -> dict | None:
    if random.random() < 0.15:
        return None
    at = datetime.fromisoformat("2025-12-01") + timedelta(
        days=random.randint(0, 35), hours=random.randint(0, 23)
    )
    return offence(
        at=at,
        until=at + timedelta(hours=random.choice([0, 1, 9, 30])),
        latitude=54.7 + random.choice([0, 0.001, 0.01, 0.05]),
        longitude=-1.5 + random.choice([0, 0.002, 0.02]),
        offence_group=random.choice(["burglary", "burglary", "other-theft", "drugs"]),
        offence_code=random.choice(["028/01", "030/02", None]),
        method_text=random.choice(WORDS) and f"{random.choice(WORDS)} {random.choice(WORDS)}",
        location_precision=random.choice(["exact", "postcode", "snapped"]),
        stolen=random.sample(["CASH", "KEYS", "MEAT"], random.randint(0, 2)),
    )


def draw_nights(random: Random, offences: int) -> list[dict]:
    names = [f"{random.choice(['kent', 'essex'])}/{n}" for n in range(offences)]
    return [
        {name: draw_offence(random) for name in random.sample(names, random.randint(0, offences))}
        for _ in range(NIGHTS)
    ]


@given(st.randoms(use_true_random=False), st.integers(2, 120))
@example(Random(1), 120)
@settings(max_examples=8, suppress_health_check=list(HealthCheck))
def test_any_split_into_nights_gives_what_one_night_gives(random, offences):
    nights = draw_nights(random, offences)
    with tempfile.TemporaryDirectory() as folder:
        by_night, at_once = (Home.of(Path(folder) / name) for name in ("nights", "once"))
        for home in (by_night, at_once):
            use_model(home, MODEL)
        final: dict = {}
        for place, brought in enumerate(nights):
            final |= brought
            store_offences(by_night, FIRST + timedelta(place), brought)
            find_series(by_night, FIRST + timedelta(place))
        store_offences(at_once, FIRST, {k: v for k, v in final.items() if v is not None})
        find_series(at_once, FIRST)
        assert pairs(by_night) == pairs(at_once)
        assert leads(by_night) == leads(at_once)


def test_the_examples_of_the_law_fill_lists_and_leads_and_lose_of_them():
    """Else the law would hold of next to nothing."""
    random = Random(1)
    with tempfile.TemporaryDirectory() as folder:
        home = Home.of(Path(folder) / "home")
        use_model(home, MODEL)
        again = 0
        for place, brought in enumerate(draw_nights(random, 120)):
            store_offences(home, FIRST + timedelta(place), brought)
            find_series(home, FIRST + timedelta(place))
            again += last_note(home, FIRST + timedelta(place))["again"]
        assert again > 10
        assert len(pairs(home)) > 100
        assert max(names.count(",") + 1 for names in leads(home)) == 4


def last_note(home: Home, night) -> dict:
    import json

    lines = (home.night(night) / "journal.jsonl").read_text().splitlines()
    return json.loads(lines[-1])
