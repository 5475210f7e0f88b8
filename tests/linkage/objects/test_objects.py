"""Which record tells of which object, night after night."""

import tempfile
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkage.objects.objects import link_objects
from tests.linkage.objects.held import FIRST, ask, offence, part, store, vehicle
from warehouse.home import Home

SECOND, THIRD = FIRST + timedelta(1), FIRST + timedelta(2)
CAR, OTHER = "V-9c665ac46bbd8696", "V-147d3fc8ee330a6a"
SPANS = "SELECT object_id, force, valid_from, valid_to FROM link.object_membership ORDER BY ALL"


@pytest.fixture
def home(tmp_path):
    return Home.of(tmp_path / "home")


def test_records_of_two_forces_with_one_mark_are_one_vehicle(home):
    store(home, FIRST, {"vehicle_record/kent/1": vehicle("AB10 XYZ"),
                        "vehicle_record/durham/1": vehicle("AB10XYZ")})  # fmt: skip
    link_objects(home, FIRST)
    assert ask(home, SPANS) == [(CAR, "durham", FIRST, None), (CAR, "kent", FIRST, None)]


def test_a_telephone_tells_of_a_handset_and_of_a_number(home):
    phone = {"number": "+447700900123", "imei": "490154203237518"}
    store(home, FIRST, {"phone_record/kent/1": phone})
    link_objects(home, FIRST)
    assert ask(home, "SELECT object_type FROM link.object_membership ORDER BY ALL") == [
        ("handset",), ("phone_number",),
    ]  # fmt: skip


def test_another_mark_ends_one_membership_and_opens_another(home):
    store(home, FIRST, {"vehicle_record/kent/1": vehicle("AB10XYZ")})
    link_objects(home, FIRST)
    store(home, SECOND, {"vehicle_record/kent/1": vehicle("ABIOXYZ")})
    link_objects(home, SECOND)
    assert ask(home, SPANS) == [(OTHER, "kent", SECOND, None), (CAR, "kent", FIRST, SECOND)]


def test_what_a_night_opens_and_ends_again_was_never_there(home):
    store(home, FIRST, {"vehicle_record/kent/1": vehicle("AB10XYZ")})
    link_objects(home, FIRST)
    for mark in ("ABIOXYZ", "CD11XYZ", "AB10XYZ"):
        store(home, SECOND, {"vehicle_record/kent/1": vehicle(mark)})
        link_objects(home, SECOND)
    assert ask(home, SPANS) == [(CAR, "kent", FIRST, None)]


def test_a_step_that_is_run_again_changes_nothing(home):
    store(home, FIRST, {"vehicle_record/kent/1": vehicle("AB10XYZ"),
                        "vehicle_record/kent/2": vehicle("ABIOXYZ")})  # fmt: skip
    link_objects(home, FIRST)
    before = everything(home)
    link_objects(home, FIRST)
    link_objects(home, SECOND)
    assert everything(home) == before
    assert any(before.values())


def test_a_step_that_dies_before_its_end_has_done_nothing(home, monkeypatch):
    store(home, FIRST, {"vehicle_record/kent/1": vehicle("AB10XYZ")})

    def die(*_args, **_options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("linkage.objects.objects.keep_found", die)
        with pytest.raises(KeyboardInterrupt):
            link_objects(home, FIRST)
    assert ask(home, SPANS) == []
    link_objects(home, FIRST)
    assert ask(home, SPANS) == [(CAR, "kent", FIRST, None)]


def everything(home: Home) -> dict[str, list[tuple]]:
    tables = ("object_membership", "object_candidate", "object_flag")
    return {table: ask(home, f"FROM link.{table} ORDER BY ALL") for table in tables}


MARKS = ["AB10XYZ", "ABIOXYZ", "A810XYZ", "UNKNOWN", None]
IMEIS = ["490154203237518", "490154203237519", "490154203237581", None]
SERIALS = ["SN123456", "SN123457", "SN123465", "SN", None]


def draw_night(random: Random) -> dict[str, dict | None]:
    """Some records of a small world, new, changed or deleted."""
    rows: dict[str, dict | None] = {}
    for n in range(8):
        force = ("kent", "durham")[n % 2]
        made = {
            f"vehicle_record/{force}/{n}": vehicle(
                random.choice(MARKS), random.choice(["FORD", "VW"]), "GOLF", "RED"
            ),
            f"phone_record/{force}/{n}": {
                "number": random.choice(["+447700900123", "1"]), "imei": random.choice(IMEIS),
            },
            f"property_record/{force}/{n}": {
                "property_type": "LAPTOP", "serial_number": random.choice(SERIALS),
                "value_gbp": random.choice([100.0, 200.0]),
            },
            f"offence_record/{force}/o{n}": offence(
                f"2026-01-01T10:0{random.randint(0, 9)}:00", 51 + random.randint(0, 3), 0.5
            ),
            f"event_object/{force}/v{n}": part(f"o{n}", str(random.choice([n, (n + 2) % 8]))),
            f"event_object/{force}/p{n}": part(f"o{n % 3}", str(n), "property_record"),
        }  # fmt: skip
        for name, row in made.items():
            if random.random() < 0.5:
                rows[name] = row if random.random() < 0.85 else None
    return rows


def current(home: Home) -> list[list[tuple]]:
    """What holds now, whenever it came to be so."""
    return [
        ask(home, "SELECT * EXCLUDE (valid_from) FROM link.object_membership "
                  "WHERE valid_to IS NULL ORDER BY ALL"),
        ask(home, "SELECT * EXCLUDE (night) FROM link.object_candidate ORDER BY ALL"),
        ask(home, "SELECT * EXCLUDE (night) FROM link.object_flag ORDER BY ALL"),
    ]  # fmt: skip


@given(st.randoms(use_true_random=False))
@settings(max_examples=12, suppress_health_check=list(HealthCheck), deadline=None)
def test_any_split_into_nights_gives_what_one_night_gives(random):
    nights = [draw_night(random) for _ in range(4)]
    final: dict[str, dict | None] = {}
    with tempfile.TemporaryDirectory() as folder:
        by_night, at_once = (Home.of(Path(folder) / name) for name in ("nights", "once"))
        for number, rows in enumerate(nights):
            final |= rows
            store(by_night, FIRST + timedelta(number), rows)
            link_objects(by_night, FIRST + timedelta(number))
            assert overlapping(by_night) == []
        store(at_once, date(2026, 2, 1), {name: row for name, row in final.items() if row})
        link_objects(at_once, date(2026, 2, 1))
        assert current(by_night) == current(at_once)


def overlapping(home: Home) -> list[tuple]:
    """Spans of one record and kind that overlap, or are empty."""
    return ask(
        home,
        """SELECT 1 FROM link.object_membership WHERE valid_to <= valid_from
           UNION ALL
           SELECT 1 FROM link.object_membership AS a JOIN link.object_membership AS b
           USING (object_type, force, source_system, source_record_id)
           WHERE a.valid_from < b.valid_from AND coalesce(a.valid_to > b.valid_from, true)""",
    )
