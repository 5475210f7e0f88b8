"""What a night's tables do not keep is counted when its store is built, once a night."""

from datetime import datetime, timedelta

from warehouse.contract import delivered_table
from warehouse.force_night import COMPLETE
from warehouse.state import writer

REPORTED = datetime.fromisoformat("2026-01-01T08:00")
ASK = "SELECT night, force, measure, numerator, denominator, sample, hours FROM quality.force_night"


def crime(key, hours, **values):
    recorded = None if hours is None else REPORTED + timedelta(hours=hours)
    return {"record_key": key, "reported_at": REPORTED, "recorded_at": recorded} | values


def counts(bench, measure):
    return bench.ask(f"{ASK} WHERE measure = '{measure}' ORDER BY ALL")


def test_persons_are_counted_as_the_night_has_them(bench, nights):
    records = [{"record_key": key, "surname": "SMITH"} for key in ("a", "b", "c")]
    bench.put(nights[0], "1", {"person_record": records})
    bench.put(nights[0], "1", {"person_record": [{"record_key": "k"}]}, force="kent")
    bench.load(nights[0])
    bench.link(nights[0], {"P1": ["durham:a", "durham:b", "kent:k"], "P2": ["durham:c"]})
    bench.publish(nights[0])
    with writer(bench.home, "test") as con:
        con.execute("DELETE FROM linkage.membership")
    bench.link(nights[1], {"P1": ["durham:a", "durham:b"], "P3": ["durham:c"], "P4": ["kent:k"]})
    bench.publish(nights[1])
    assert counts(bench, "duplicates") == [
        (nights[0], "durham", "duplicates", 1, 3, 3, None),
        (nights[0], "kent", "duplicates", 0, 1, 1, None),
        (nights[1], "durham", "duplicates", 1, 3, 3, None),
        (nights[1], "kent", "duplicates", 0, 1, 1, None),
    ]
    assert [row[:5] for row in counts(bench, "linkage")] == [
        (nights[0], "durham", "linkage", 2, 3),
        (nights[0], "kent", "linkage", 1, 1),
        (nights[1], "durham", "linkage", 0, 3),
        (nights[1], "kent", "linkage", 0, 1),
    ]
    # Surnames of three rows of four cells.
    first = counts(bench, "completeness")[0]
    assert first == (nights[0], "durham", "completeness", 3, 12, 3, None)
    published = bench.ask_store(f"{ASK} ORDER BY ALL")
    assert published == bench.ask(f"{ASK} ORDER BY ALL")


def test_a_crime_is_recorded_in_time_within_24_hours_and_counts_on_its_first_night(bench, nights):
    rows = [crime("at", 24), crime("late", 25), crime("before", -1), crime("untold", None),
            crime("asb", 1, is_notifiable=False)]  # fmt: skip
    bench.put(nights[0], "1", {"offence_record": rows})
    bench.load(nights[0])
    bench.publish(nights[0])
    changed = crime("late", 25, status="closed", location_precision="exact")
    bench.put(nights[1], "2", {"offence_record": [changed]})
    bench.load(nights[1])
    bench.publish(nights[1])
    assert counts(bench, "recording_timeliness") == [
        (nights[0], "durham", "recording_timeliness", 1, 2, 2, 49)
    ]
    assert [row[3:5] for row in counts(bench, "geocoding")] == [(0, 5), (1, 5)]


def test_a_night_that_is_built_again_stands_once_and_one_never_published_not_at_all(bench, nights):
    bench.put(nights[0], "1", {"offence_record": [{"record_key": "a"}]})
    bench.load(nights[0])
    bench.build(nights[0])
    bench.build(nights[0])
    assert len(counts(bench, "geocoding")) == 1
    bench.build(nights[1])
    assert [row[0] for row in counts(bench, "geocoding")] == [nights[1]]


def test_completeness_names_columns_of_the_contract():
    for table, names in COMPLETE.items():
        assert set(names) <= set(delivered_table(table).names)
