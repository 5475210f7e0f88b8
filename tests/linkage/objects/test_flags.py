"""Marks that two vehicles bear: what is flagged, and what is not."""

import math

import pytest

from linkage.objects.flags import EARTH_KM
from linkage.objects.objects import link_objects
from tests.linkage.objects.held import FIRST, ask, offence, part, store, vehicle
from warehouse.home import Home

LONDON = (51.5074, -0.1278)
YORK = (53.9590, -1.0815)


@pytest.fixture
def flags(tmp_path):
    def find(rows: dict) -> list[tuple]:
        home = Home.of(tmp_path / "home")
        store(home, FIRST, rows)
        link_objects(home, FIRST)
        return ask(
            home, "SELECT kind, pairs, says, distance_km, minutes, speed_kmh, "
            "source_record_id_l, source_record_id_r FROM link.object_flag ORDER BY ALL"
        )  # fmt: skip

    return find


def cars(*described: tuple) -> dict:
    return {f"vehicle_record/kent/{n}": vehicle("AB10XYZ", *d) for n, d in enumerate(described)}


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (("FORD", "FOCUS"), ("AUDI", "A3"), "make and model"),
        (("FORD", "FOCUS"), ("FORD", "FIESTA"), "model"),
        (("FORD", None), ("AUDI", "FOCUS"), "make"),
    ],
)
def test_records_that_differ_in_make_or_model_are_flagged(flags, one, other, words):
    [(kind, pairs, says, *_, left, right)] = flags(cars(one, other))
    assert (kind, pairs, left, right) == ("two descriptions", 1, "0", "1")
    assert says == f"records of this mark differ in {words}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("FORD", "FOCUS", "RED"), ("FORD", "FOCUS", "BLUE")),
        (("VW", "GOLF"), ("VOLKSWAGEN", "GOLF GTI")),
        (("MERCEDES", "C CLASS"), ("MERCEDES-BENZ", "C-CLASS")),
        (("FORD", "FOCUS"), (None, None)),
    ],
    ids=["colour", "short forms", "hyphens", "not known"],
)
def test_what_is_only_written_otherwise_is_not(flags, one, other):
    assert flags(cars(one, other)) == []


def seen(*events: dict) -> dict:
    rows = {"vehicle_record/kent/v": vehicle("AB10XYZ")}
    for n, event in enumerate(events):
        rows[f"offence_record/kent/o{n}"] = event
        rows[f"event_object/kent/e{n}"] = part(f"o{n}", "v")
    return rows


def km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The great circle by the law of cosines, another formula than the one tested."""
    (a, b), (c, d) = (map(math.radians, place) for place in (one, other))
    return EARTH_KM * math.acos(
        math.sin(a) * math.sin(c) + math.cos(a) * math.cos(c) * math.cos(b - d)
    )


def test_two_events_that_no_vehicle_can_be_in_are_flagged_with_both(flags):
    rows = seen(offence("2026-01-01T10:00:00", *LONDON), offence("2026-01-01T11:00:00", *YORK))
    [(kind, pairs, says, distance, minutes, speed, left, right)] = flags(rows)
    assert (kind, pairs, left, right) == ("too far apart", 1, "o0", "o1")
    assert distance == pytest.approx(km(LONDON, YORK), abs=0.01)
    assert minutes == 61
    assert speed == pytest.approx(distance / 61 * 60, abs=0.1)
    assert "km apart within 61 minutes at most" in says


def at_speed(kmh: float) -> str:
    minutes = km(LONDON, YORK) / kmh * 60 - 1  # A minute is added for what clocks round away.
    hours, minute = divmod(math.floor(minutes), 60)
    return f"2026-01-01T{10 + hours}:{minute:02}:{math.floor(minutes % 1 * 60):02}"


@pytest.mark.parametrize(("kmh", "count"), [(199, 0), (202, 1)])
def test_the_limit_is_two_hundred_kilometres_an_hour(flags, kmh, count):
    rows = seen(offence("2026-01-01T10:00:00", *LONDON), offence(at_speed(kmh), *YORK))
    assert len(flags(rows)) == count


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"location_precision": "postcode"}, {}),
        ({}, {"occurred_precision": "day"}),
        ({"until": "2026-01-01T18:00:00"}, {}),
        ({}, {"latitude": None}),
    ],
    ids=["a place of a postcode", "a day", "a span that leaves time", "no place"],
)
def test_events_whose_place_or_time_is_not_exact_show_nothing(flags, one, other):
    first = offence("2026-01-01T10:00:00", *LONDON, **one)
    second = offence("2026-01-01T11:00:00", *YORK) | other
    assert flags(seen(first, second)) == []


def test_places_nearby_are_one_place(flags):
    near = (LONDON[0] + 0.03, LONDON[1])
    rows = seen(offence("2026-01-01T10:00:00", *LONDON), offence("2026-01-01T10:00:00", *near))
    assert flags(rows) == []


def test_the_fastest_of_several_pairs_stands_for_all(flags):
    rows = seen(
        offence("2026-01-01T10:00:00", *LONDON),
        offence("2026-01-01T11:00:00", *YORK),
        offence("2026-01-01T10:10:00", *YORK),
    )
    [(_, pairs, *_, left, right)] = flags(rows)
    assert (pairs, left, right) == (2, "o0", "o2")


def test_a_part_of_a_telephone_with_the_id_of_a_vehicle_is_not_its_part(flags):
    rows = seen(offence("2026-01-01T10:00:00", *LONDON))
    rows["offence_record/kent/x"] = offence("2026-01-01T10:10:00", *YORK)
    rows["event_object/kent/x"] = part("x", "v", "phone_record")
    assert flags(rows) == []
