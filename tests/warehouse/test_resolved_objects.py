"""The objects of a published store, and the questions of docs/link-objects.md."""

import re
from datetime import date
from pathlib import Path

import pytest

from linkage.objects.objects import link_objects
from tests.warehouse.conftest import Bench
from warehouse.home import Home

NIGHT = date(2026, 1, 1)
PAGE = Path(__file__).parents[2] / "docs" / "link-objects.md"
QUESTIONS = re.findall(r"```sql\n(.+?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def event_object(event: str, table: str, record: str, role: str, n: int) -> dict:
    return {"record_key": f"{event}#{n}", "event_type": "offence_record", "object_type": table,
            "object_source_record_id": record, "role": role}  # fmt: skip


def at(place: tuple[float, float], minute: int) -> dict:
    """Where and when exactly something happened."""
    return {
        "latitude": place[0], "longitude": place[1], "location_precision": "exact",
        "occurred_precision": "minute", "occurred_from": f"2025-12-01T10:{minute:02}:00",
    }  # fmt: skip


@pytest.fixture(scope="module")
def bench(tmp_path_factory) -> Bench:
    """Two forces: a car stolen in one and found in the other minutes later, a mark misread, a
    laptop with a placeholder for a number."""
    from datetime import datetime

    bench = Bench(Home.of(tmp_path_factory.mktemp("objects") / "home"))
    car = {"make": "FORD", "model": "FOCUS", "colour": "RED"}
    for force, place, role, minute in (
        ("durham", (54.7, -1.5), "stolen", 0), ("kent", (51.2, 0.5), "recovered", 30)
    ):  # fmt: skip
        moment = at(place, minute)
        moment["occurred_from"] = datetime.fromisoformat(moment["occurred_from"])
        bench.put(
            NIGHT,
            "1",
            {
                "offence_record": [
                    {"record_key": "o1", "occurred_on": date(2025, 12, 1), **moment},
                    {"record_key": "o2", "occurred_on": date(2025, 12, 9)},
                ],
                "vehicle_record": [
                    {"record_key": "v1", "vrm": "AB10XYZ", **car},
                    {"record_key": "v2", "vrm": "ABIOXYZ", **car},
                ],
                "property_record": [
                    {"record_key": "g1", "property_type": "LAPTOP", "serial_number": "UNKNOWN"},
                    {"record_key": "g2", "property_type": "LAPTOP"},
                ],
                "event_object": [
                    event_object("o1", "vehicle_record", "v1", role, 1),
                    event_object("o1", "vehicle_record", "v1", "seen", 2),
                    event_object("o2", "vehicle_record", "v1", "seen", 3),
                ],
            },
            force=force,
        )
    bench.load(NIGHT)
    bench.link(NIGHT, {})
    link_objects(bench.home, NIGHT)
    bench.publish(NIGHT)
    return bench


def test_an_object_has_the_records_forces_and_events_of_all(bench):
    [row] = bench.ask_store(
        "SELECT value, record_count, force_count, forces, event_count, first_date, last_date, "
        "is_flagged FROM core.object WHERE value = 'AB10XYZ'"
    )
    assert row == (
        "AB10XYZ", 2, 2, "durham,kent", 4, date(2025, 12, 1), date(2025, 12, 9), True,
    )  # fmt: skip


def test_an_object_without_events_has_no_dates(bench):
    sql = "SELECT event_count, first_date, is_flagged FROM core.object WHERE value = 'ABIOXYZ'"
    assert bench.ask_store(sql) == [(0, None, False)]


def test_what_became_of_each_record_is_counted(bench):
    sql = (
        "SELECT force, fate, records FROM link.object_key_count "
        "WHERE object_type = 'property' ORDER BY ALL"
    )
    assert bench.ask_store(sql) == [
        (force, fate, 1) for force in ("durham", "kent") for fate in ("no value", "placeholder")
    ]


def test_what_may_be_one_and_what_is_flagged_is_published(bench):
    assert bench.ask_store("SELECT count(*) FROM link.object_candidate") == [(1,)]
    assert bench.ask_store("SELECT kind FROM link.object_flag") == [("too far apart",)]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_of_the_page_is_answered(bench, question):
    assert bench.ask_store(question)


def test_there_are_questions():
    assert len(QUESTIONS) == 6
