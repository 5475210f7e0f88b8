"""What the store says of each force: nothing that is missing or left behind is forgotten."""

import pytest

HELD = {"held_rule": "truncated", "held_reason": "cut short"}
ROWS = {"offence_record": [{"record_key": "a"}]}
GAP = (
    "delta of 2026-01-02 is held and was never made good (truncated); what it brought is missing: "
    "crimelink quality held says what to do"
)


def statuses(bench, night):
    store = bench.build(night)
    sql = "SELECT force, status, held_batch_id, reason FROM quality.force_status ORDER BY force"
    return bench.ask_store(sql, store)


def deliver(bench, night, sequence, tables=ROWS, **values):
    bench.put(night, sequence, tables, **values)
    bench.load(night)


def test_changes_that_were_held_are_not_forgotten_when_the_next_are_good(bench, nights):
    deliver(bench, nights[0], "1", kind="full")
    deliver(bench, nights[1], "2", {}, **HELD)
    deliver(bench, nights[2], "3")
    assert statuses(bench, nights[2]) == [("durham", "held", "durham-2", GAP)]
    deliver(bench, nights[3], "4", {}, held_rule="volume", held_reason="too few")
    assert statuses(bench, nights[3]) == [
        ("durham", "held", "durham-4",
         (f"{GAP}; batch held: volume: too few; nothing new since {nights[2]}: 1 d, and a delivery "
         "is due every 1 d"))
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("mending", "status"),
    [
        ({"kind": "full"}, "fresh"),
        ({"kind": "full", "source_system": "niche"}, "held"),
        ({"sequence": "2b", "day": 1}, "fresh"),
        ({"kind": "part"}, "held"),
    ],
)
def test_a_full_delivery_or_the_same_date_again_makes_held_changes_good(
    bench, nights, mending, status
):
    deliver(bench, nights[0], "1", kind="full")
    deliver(bench, nights[1], "2", {}, **HELD)
    deliver(bench, nights[2], "3")
    date = nights[mending.pop("day", 3)]
    deliver(bench, nights[3], mending.pop("sequence", "4"), delivery_date=date, **mending)
    deliver(bench, nights[3], "5")
    [(_, found, held, _)] = statuses(bench, nights[3])
    assert (found, held) == (status, "durham-2" if status == "held" else None)


def test_another_delivery_of_the_same_night_and_date_does_not_make_changes_good(bench, nights):
    deliver(bench, nights[0], "1", {}, **HELD)
    deliver(bench, nights[0], "2")
    assert statuses(bench, nights[0])[0][1] == "held"


def test_a_full_delivery_that_was_held_is_made_good_by_the_next(bench, nights):
    deliver(bench, nights[0], "1", {}, kind="full", **HELD)
    deliver(bench, nights[1], "2", kind="full")
    assert statuses(bench, nights[1]) == [("durham", "fresh", None, None)]


def test_a_full_delivery_that_was_held_is_not_made_good_by_changes(bench, nights):
    """Else a force whose first delivery was held would pass for fresh with a day's changes."""
    deliver(bench, nights[0], "1", {}, kind="full", **HELD)
    deliver(bench, nights[1], "2")
    [(_, status, held, reason)] = statuses(bench, nights[1])
    assert (status, held) == ("held", "durham-1")
    assert "full of 2026-01-01 is held and was never made good" in reason
    deliver(bench, nights[2], "3", kind="full")
    assert statuses(bench, nights[2]) == [("durham", "fresh", None, None)]


def test_a_force_that_is_declared_no_longer_is_served_on_and_named(bench, nights):
    deliver(bench, nights[0], "1", force="kent")
    deliver(bench, nights[0], "1")
    del bench.declarations["kent"]
    deliver(bench, nights[1], "2")
    assert statuses(bench, nights[1]) == [
        ("durham", "fresh", None, None),
        ("kent", "stale", None, "no longer declared: served from its last good data"),
    ]
    store = bench.build(nights[1])
    assert bench.ask_store("SELECT * FROM reference.force WHERE force = 'kent'", store) == [
        ("kent", "kent", None, "", "standard", "kent", "unknown")
    ]
    assert bench.ask_store("SELECT force FROM core.offence_record ORDER BY ALL", store) == [
        ("durham",),
        ("kent",),
    ]


def test_what_a_former_force_still_delivers_is_held(bench, nights):
    deliver(bench, nights[0], "1", kind="full", force="kent")
    bench.put(nights[1], "2", ROWS, kind="full", force="kent")
    del bench.declarations["kent"]
    bench.load(nights[1])
    [(_, status, held, reason)] = statuses(bench, nights[1])
    assert (status, held) == ("held", "kent-2")
    assert reason == (
        "batch held: undeclared_force: kent is not a declared force; "
        "no longer declared: served from its last good data"
    )


def test_rows_of_a_system_that_the_force_has_left_are_told(bench, nights):
    deliver(bench, nights[0], "1", kind="full")
    deliver(bench, nights[0], "1p", kind="part", source_system="policeuk")
    bench.declare("durham", system="niche")
    rows = {"offence_record": [{"record_key": "n"}]}
    deliver(bench, nights[1], "2", rows, kind="full", source_system="niche")
    said = "also serves 1 record of system standard, last delivered 2026-01-01"
    assert statuses(bench, nights[1]) == [("durham", "fresh", None, said)]
    deliver(bench, nights[2], "3", rows, kind="full", source_system="niche")
    gone = {"offence_record": [{"record_key": "a", "operation": "delete"}]}
    deliver(bench, nights[2], "3s", gone)
    assert statuses(bench, nights[2]) == [("durham", "fresh", None, None)]
