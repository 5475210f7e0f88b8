"""The offences of a published store, and the questions of docs/link-offences.md."""

import re
from datetime import date, datetime
from pathlib import Path

import pytest

from linkage.offences.link import link_offences
from tests.warehouse.conftest import Bench
from warehouse.home import Home

NIGHT = date(2026, 1, 1)
PAGE = Path(__file__).parents[2] / "docs" / "link-offences.md"
QUESTIONS = re.findall(r"```sql\n(.+?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
SAME = {
    "occurred_on": date(2025, 12, 1), "occurred_from": datetime.fromisoformat("2025-12-01T20:15"),
    "occurred_to": datetime.fromisoformat("2025-12-01T20:20"), "occurred_precision": "minute",
    "latitude": 54.7, "longitude": -1.5, "location_precision": "exact",
    "offence_code": "028/01", "offence_group": "burglary", "method_text": "REAR DOOR FORCED",
}  # fmt: skip


@pytest.fixture(scope="module")
def bench(tmp_path_factory) -> Bench:
    """Durham holds an offence twice, and Kent quotes the first of them; another is Kent's own."""
    bench = Bench(Home.of(tmp_path_factory.mktemp("offences") / "home"))
    twice = [
        {"record_key": "o1", "crime_ref": "11/000001/25", **SAME},
        {"record_key": "o2", "crime_ref": "11/000002/25", **SAME},
    ]
    quoting = {"record_key": "k1", "crime_ref": "46/000007/25", "other_force_ref": "11/000001/25"}
    own = {"record_key": "k2", "occurred_on": date(2025, 11, 3), "crime_ref": "46/000008/25"}
    bench.put(NIGHT, "1", {"offence_record": twice}, force="durham")
    bench.put(NIGHT, "1", {"offence_record": [quoting | SAME, own]}, force="kent")
    bench.load(NIGHT)
    bench.link(NIGHT, {})
    link_offences(bench.home, NIGHT)
    bench.publish(NIGHT)
    return bench


def test_records_of_two_forces_are_one_offence_and_a_second_of_one_force_is_told(bench):
    sql = "SELECT record_count, force_count, count(*) FROM core.offence GROUP BY ALL ORDER BY ALL"
    assert bench.ask_store(sql) == [(1, 1, 2), (2, 2, 1)]
    [together] = bench.ask_store(
        "SELECT list(source_record_id ORDER BY force) FROM core.offence_record "
        "GROUP BY offence_id HAVING count(*) > 1"
    )
    assert together == (["o1", "k1"],)
    sql = "SELECT force, source_record_id_l, source_record_id_r FROM link.offence_duplicate"
    assert bench.ask_store(sql) == [("durham", "o1", "o2")]


def test_an_edge_says_why(bench):
    [(force_l, force_r, key, levels, total)] = bench.ask_store(
        "SELECT force_l, force_r, match_key, levels, "
        "list_sum(CAST(json_extract(weights, '$.*') AS DOUBLE[])) = match_weight "
        "FROM link.offence_edge WHERE band = 'link' AND cut IS NULL"
    )
    assert (force_l, force_r, key, total) == ("durham", "kent", "reference", True)
    assert '"reference":"one quotes the other"' in levels


def test_a_crime_that_two_forces_recorded_counts_once(bench):
    [(own, counted)] = bench.ask_store(
        "SELECT sum(own_records), sum(counted) FROM mart.recorded_crime"
    )
    assert (own, counted) == (4, 3)


TRANSFERRED = {
    # The other force is not among those that deliver.
    "away": {"crime_ref": "11/000101/25", "other_force_ref": "99/000555/25"},
    "itself": {"crime_ref": "11/000102/25", "other_force_ref": "ref 11/000102/25"},
    "nowhere": {"crime_ref": "11/000103/25", "other_force_ref": "TBC"},
    "there": {"crime_ref": "11/000104/25", "other_force_ref": "46/000204/25"},
    "round": {"crime_ref": "11/000105/25", "other_force_ref": "46/000205/25 (PC 1234)"},
}


def test_a_transferred_crime_counts_where_it_went_and_once_where_it_went_nowhere(tmp_path):
    bench = Bench(Home.of(tmp_path / "home"))
    day = {name: date(2025, 6, 1 + n) for n, name in enumerate(TRANSFERRED)}
    moved = [
        {"record_key": name, "occurred_on": day[name], "status": "transferred",
         "offence_group": "burglary", "recorded_at": datetime(2025, 7, 1), **refs}  # noqa: DTZ001
        for name, refs in TRANSFERRED.items()
    ]  # fmt: skip
    kent = [
        {"record_key": "k204", "crime_ref": "46/000204/25", "status": "open",
         "offence_group": "burglary", "occurred_on": day["there"]},
        {"record_key": "k205", "crime_ref": "46/000205/25", "status": "transferred",
         "other_force_ref": "11/000105/25", "offence_group": "burglary",
         "occurred_on": day["round"]},
    ]  # fmt: skip
    bench.put(NIGHT, "1", {"offence_record": moved}, force="durham")
    bench.put(NIGHT, "1", {"offence_record": kent}, force="kent")
    bench.load(NIGHT)
    bench.link(NIGHT, {})
    link_offences(bench.home, NIGHT)
    bench.publish(NIGHT)
    told = bench.ask_store(
        "SELECT force, sum(own_records), sum(counted), sum(transferred_out), "
        "sum(counted_elsewhere), sum(transferred_unnamed) FROM mart.recorded_crime GROUP BY force "
        "ORDER BY force"
    )
    # Of the two that were handed round, Durham's counts: it was recorded first.
    assert told == [("durham", 5, 3, 2, 0, 3), ("kent", 2, 1, 0, 1, 0)]


def test_who_holds_an_offence_answers_by_date_and_by_id(bench):
    asked = f"SELECT count(*) FROM link.offence_as_of(DATE '{NIGHT}')"
    assert bench.ask_store(asked) == [(4,)]
    asked = (
        "SELECT records FROM link.offence_now((SELECT offence_id FROM core.offence "
        "WHERE record_count = 2))"
    )
    assert bench.ask_store(asked) == [(2,)]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_of_the_page_is_answered(bench, question):
    assert bench.ask_store(question)


def test_there_are_questions():
    assert len(QUESTIONS) == 2
