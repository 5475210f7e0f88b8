from datetime import UTC, date, datetime, timedelta

import duckdb
import numpy as np
import polars as pl
import polars_h3
import pytest

from warehouse.hotspots.exact_offences import on_the_globe
from warehouse.hotspots.knox import Knox
from warehouse.hotspots.near_repeat import _row, _Tested, fill_near_repeats
from warehouse.schema import create_statements, store_tables

NIGHT = date(2026, 3, 9)
LAST = (1.05, 54.05)
"""Where the latest burglary was, two days before the night."""


def noise(rng, events):
    """Points of ten kilometres, and days of a year."""
    return rng.uniform((0.0, 54.0), (0.15, 54.09), (events, 2)), rng.integers(0, 365, events)


def with_repeats(rng):
    """Burglaries of which every fourth has another within 60 m and a week."""
    points, days = noise(rng, 400)
    again = rng.choice(400, 100, replace=False)
    near = points[again] + rng.uniform(-1, 1, (100, 2)) * (0.0006, 0.0004)
    return np.vstack([points, near]), np.append(
        days, np.minimum(days[again] + rng.integers(0, 7, 100), 364)
    )


def frame(group, points, days, force="alpha", **held):
    held = {"location_precision": "exact", "occurred_precision": "minute", **held}
    on = [NIGHT - timedelta(days=int(364 - day)) for day in days]
    return pl.DataFrame(
        {"longitude": points[:, 0], "latitude": points[:, 1], "occurred_on": on}
    ).with_columns(force=pl.lit(force), offence_group=pl.lit(group),
                   **{name: pl.lit(value) for name, value in held.items()})  # fmt: skip


def store_of(frames):
    con = duckdb.connect()
    for statement in create_statements(store_tables()):
        con.execute(statement.replace(" NOT NULL", "") if "core." in statement else statement)
    for rows in frames:
        con.register("rows", rows)
        con.execute("INSERT INTO core.offence_record BY NAME FROM rows")
    return con


@pytest.fixture(scope="module")
def store():
    rng = np.random.default_rng(11)
    midnight = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    with store_of([
        frame("burglary", *with_repeats(rng)),
        frame("burglary", np.array([LAST]), [362]),
        frame("robbery", *noise(rng, 500)),
        frame("drugs", *noise(rng, 40), location_precision="snapped", occurred_precision="month"),
        frame("vehicle-crime", *noise(rng, 40), occurred_precision="month"),
        frame("vehicle-crime", *noise(rng, 7), occurred_from=midnight,
              occurred_to=midnight + timedelta(days=3)),
        frame("arson", *noise(rng, 5), occurred_precision="day", occurred_from=midnight,
              occurred_to=midnight + timedelta(hours=25)),
        frame("arson", *noise(rng, 3), location_precision="postcode"),
        frame("burglary", *noise(rng, 50), force="beta", location_precision="snapped"),
    ]) as con:  # fmt: skip
        fill_near_repeats(con, NIGHT)
        yield con


def asked(store, query):
    return store.execute(query).fetchall()


def test_planted_near_repeats_are_found_in_their_band(store):
    [(ratio, q, significant, events)] = asked(
        store,
        "SELECT ratio, q, is_significant, events FROM mart.near_repeat "
        "WHERE offence_group = 'burglary' AND metres_to = 100 AND days_to = 7",
    )
    assert ratio > 5
    assert q < 1e-6
    assert significant
    assert events == 501
    assert asked(
        store, "SELECT metres_from, metres_to, days_from, days_to FROM mart.near_repeat "
               "WHERE is_significant"
    ) == [(0, 100, 0, 7)]  # fmt: skip


def test_noise_has_none(store):
    assert asked(
        store, "SELECT count(*), max(is_significant::INT) FROM mart.near_repeat "
               "WHERE offence_group = 'robbery'"
    ) == [(12, 0)]  # fmt: skip


def test_what_is_snapped_or_dated_to_months_is_refused_in_words(store):
    refused = asked(
        store,
        "SELECT force, offence_group, events, left_out, reason, is_significant, metres_to, q "
        "FROM mart.near_repeat WHERE is_refused ORDER BY ALL",
    )
    cannot = "{} offences can be counted, and it takes 30: "
    assert refused == [
        ("alpha", "arson", 5, 3, cannot.format("5 of 8") + "3 have no point of their own.", False,
         None, None),
        ("alpha", "drugs", 0, 40, cannot.format("0 of 40") + "40 stand on public map points, each "
         "for eight or more addresses, so that a repeat on one is no repeat.", False, None, None),
        ("alpha", "vehicle-crime", 0, 47, cannot.format("0 of 47") + "40 are not dated to a day; "
         "7 can have happened on any of several days.", False, None, None),
        ("beta", "burglary", 0, 50, cannot.format("0 of 50") + "50 stand on public map points, "
         "each for eight or more addresses, so that a repeat on one is no repeat.", False, None,
         None),
    ]  # fmt: skip


def test_the_latest_burglary_raises_an_alert_that_says_where_until_when_and_why(store):
    cell = polars_h3.latlng_to_cell("latitude", "longitude", 10, return_dtype=pl.Utf8)
    here = pl.DataFrame({"longitude": [LAST[0]], "latitude": [LAST[1]]}).select(cell=cell).item()
    [alert] = store.execute(
        "SELECT alert.*, band.ratio = alert.ratio AND band.pairs = alert.pairs "
        "AND band.q = alert.q AS backed "
        "FROM mart.near_repeat_alert AS alert JOIN mart.near_repeat AS band "
        f"USING (force, offence_group, metres_to) WHERE cell = '{here}' AND days_to = 7"
    ).pl().to_dicts()  # fmt: skip
    assert alert["backed"]
    assert (alert["metres_from"], alert["metres_to"]) == (0, 100)
    assert alert["latest_on"] == date(2026, 3, 7)
    assert alert["raised_until"] == date(2026, 3, 14)
    assert (alert["offences"], alert["n_12m"], alert["suppressed"]) == (1, 1, True)
    there = pl.DataFrame(
        {"longitude": [LAST[0], alert["longitude"]], "latitude": [LAST[1], alert["latitude"]]}
    )
    assert np.linalg.norm(np.diff(on_the_globe(there), axis=0)) < 80


def test_every_offence_of_the_week_has_its_alert_and_no_older_one(store):
    [(offences, first, last)] = asked(
        store, "SELECT sum(offences), min(latest_on), max(raised_until) FROM mart.near_repeat_alert"
    )
    [(held,)] = asked(
        store, "SELECT count(*) FROM core.offence_record WHERE offence_group = 'burglary' "
               "AND force = 'alpha' AND occurred_on BETWEEN '2026-03-02' AND '2026-03-09'"
    )  # fmt: skip
    assert offences == held
    assert first >= date(2026, 3, 2)
    assert last <= date(2026, 3, 16)
    assert asked(store, "SELECT DISTINCT offence_group FROM mart.near_repeat_alert") == [
        ("burglary",)
    ]


def filled_again(store, night):
    for table in ("near_repeat", "near_repeat_alert"):
        store.execute(f"DELETE FROM mart.{table}")
    fill_near_repeats(store, night)
    return [asked(store, f"FROM mart.{table}") for table in ("near_repeat", "near_repeat_alert")]


def test_an_alert_expires_and_the_same_night_gives_the_same_rows(store):
    before = [asked(store, f"FROM mart.{table}") for table in ("near_repeat", "near_repeat_alert")]
    for later, is_left in ((timedelta(days=5), True), (timedelta(days=6), False)):
        _, alerts = filled_again(store, NIGHT + later)
        assert (date(2026, 3, 7) in {alert[9] for alert in alerts}) == is_left
    assert filled_again(store, NIGHT) == before


def test_offences_on_one_point_are_repeats_of_their_own_band():
    rng = np.random.default_rng(12)
    points, days = noise(rng, 300)
    again = rng.choice(300, 40, replace=False)
    points, days = np.vstack([points, points[again]]), np.append(days, days[again] + 9)
    with store_of([frame("burglary", points, days)]) as con:
        fill_near_repeats(con, NIGHT)
        assert asked(
            con, "SELECT metres_from, metres_to, days_from, days_to FROM mart.near_repeat "
                 "WHERE is_significant"
        ) == [(0, 0, 8, 14)]  # fmt: skip


def test_a_store_without_offences_has_no_near_repeats():
    with store_of([]) as con:
        fill_near_repeats(con, NIGHT)
        assert asked(con, "FROM mart.near_repeat") == []
        assert asked(con, "FROM mart.near_repeat_alert") == []


def test_distances_are_those_of_the_ground():
    # A minute of latitude at 45 degrees is 1,852.2 m; one of longitude is 1,314.1 m there.
    places = pl.DataFrame({"longitude": [0.0, 0.0, 1 / 60], "latitude": [45.0, 45 + 1 / 60, 45.0]})
    here = on_the_globe(places)
    assert np.linalg.norm(here[1] - here[0]) == pytest.approx(1852.2, abs=0.2)
    assert np.linalg.norm(here[2] - here[0]) == pytest.approx(1314.1, abs=0.2)


@pytest.mark.parametrize(("pairs", "counts"), [(4, False), (5, True)])
def test_a_band_of_fewer_than_five_pairs_does_not_count(pairs, counts):
    found = Knox(events=100, pairs=pairs, expected=0.1, deviation=0.3)
    row = _row(_Tested("alpha", "robbery", 100, 0, space=0, time=0, found=found), 0.01)
    assert row["is_significant"] is counts
