"""What became of a row that was kept out: told from the state at each build."""

import pytest

WHOLE = {"person_record": None}


def person(key, **values):
    return {"record_key": key, "surname": "SMITH"} | values


def bad(key, row=1, **values):
    return {"table_name": "person_record", "record_key": key, "source_row": row} | values


@pytest.fixture
def run(bench, nights):
    """Put a batch of each night and publish it: what the last store says of quarantine."""

    def put(*batches):
        for number, (night, (rows, kept_out, values)) in enumerate(
            zip(nights, batches, strict=False), start=1
        ):
            tables = {"person_record": rows} if rows else {}
            given = {"sequence": str(number)} | values
            bench.put(night, given.pop("sequence"), tables, quarantine=kept_out, **given)
            bench.load(night)
        last = nights[len(batches) - 1]
        bench.link(last, {f"P{key}": [f"durham:{key}"] for key in bench.names()})
        return bench.build(last)

    return put


def full(rows, kept_out=(), **values):
    return rows, list(kept_out), {"kind": "full", "covers": WHOLE} | values


def delta(rows, kept_out=(), **values):
    return rows, list(kept_out), values


def fates(bench, path, nights):
    """Batch, key, state, ended by, and the numbers of the nights of its first and its end."""
    number = {night: n for n, night in enumerate(nights, start=1)}
    return [
        (batch.removeprefix("durham-"), key, state, ended and ended.removeprefix("durham-"),
         number[first])
        for batch, key, state, ended, first in bench.ask_store(
            "SELECT batch_id, record_key, state, ended_batch_id, first_night "
            "FROM quality.quarantine ORDER BY batch_id, source_row, record_key", path)
    ]  # fmt: skip


A = [person("A")]


def test_a_row_is_open_until_a_later_delivery_brings_it_mended(bench, run, nights):
    path = run(delta(A, [bad("B"), bad("C", 2)]), delta([person("B")]))
    assert fates(bench, path, nights) == [
        ("1", "B", "mended", "2", 1),
        ("1", "C", "open", None, 1),
    ]
    ended = bench.ask_store(
        "SELECT ended_night FROM quality.quarantine WHERE state <> 'open'", path
    )
    assert ended == [(nights[1],)]


def test_a_row_delivered_still_broken_every_night_keeps_its_first_night(bench, run, nights):
    broken = full(A, [bad("B")])
    path = run(broken, broken, broken)
    assert fates(bench, path, nights) == [
        ("1", "B", "superseded", "2", 1),
        ("2", "B", "superseded", "3", 1),
        ("3", "B", "open", None, 1),
    ]


def test_a_row_broken_again_after_it_was_mended_counts_anew(bench, run, nights):
    path = run(full(A, [bad("B")]), full([*A, person("B")]), full(A, [bad("B")]))
    assert fates(bench, path, nights) == [
        ("1", "B", "mended", "2", 1),
        ("3", "B", "open", None, 3),
    ]


def test_a_version_that_is_held_already_and_comes_again_unchanged_mends_the_row(bench, run, nights):
    both = [*A, person("B")]
    path = run(full(both), full(A, [bad("B")]), full(both), full(both))
    assert fates(bench, path, nights) == [("2", "B", "mended", "3", 2)]


def test_what_the_source_deletes_or_no_longer_brings_is_withdrawn(bench, run, nights):
    gone = [person("C", operation="delete")]
    path = run(delta(A, [bad("B"), bad("C", 2)]), delta(gone), full(A))
    assert fates(bench, path, nights) == [
        ("1", "B", "withdrawn", "3", 1),
        ("1", "C", "withdrawn", "2", 1),
    ]


def test_a_row_without_a_key_ends_with_the_next_full_delivery_of_its_table(bench, run, nights):
    path = run(delta(A, [bad(None, 7)]), delta(A, [bad(None, 7)]), full(A, [bad(None, 9)]), full(A))
    assert fates(bench, path, nights) == [
        ("1", None, "withdrawn", "3", 1),
        ("2", None, "withdrawn", "3", 2),
        ("3", None, "withdrawn", "4", 3),
    ]


def test_a_row_without_a_key_in_the_same_place_of_the_next_full_is_the_same(bench, run, nights):
    broken = full(A, [bad(None, 7)])
    path = run(broken, broken)
    assert fates(bench, path, nights) == [
        ("1", None, "superseded", "2", 1),
        ("2", None, "open", None, 1),
    ]


def test_a_full_delivery_that_may_hold_the_row_ends_nothing_by_what_it_lacks(bench, run, nights):
    unread = full(A, unreadable_bytes=10)
    untold = full(A, [bad(None, 7)])
    path = run(full(A, [bad("B")]), unread, untold)
    assert fates(bench, path, nights) == [
        ("1", "B", "open", None, 1),
        ("3", None, "open", None, 3),
    ]


def test_a_held_delivery_ends_nothing(bench, run, nights):
    held = {"held_rule": "volume", "held_reason": "too few"}
    path = run(full(A, [bad("B")]), full([*A, person("B")], **held))
    assert fates(bench, path, nights) == [("1", "B", "open", None, 1)]


def test_a_late_delivery_does_not_mend_what_a_newer_one_kept_out(bench, run, nights):
    first, late = full(A, [bad("B")]), delta([person("B")], sequence="0")
    path = run(first, late)
    assert fates(bench, path, nights) == [("1", "B", "open", None, 1)]


def test_a_row_of_an_owner_ends_when_its_owner_is_brought_again(bench, nights):
    hashed = "A#0123456789abcdef"
    kept = {"table_name": "person_address", "record_key": hashed, "source_row": 3}
    scope = {"person_address": ["person_record:A"]}
    bench.put(nights[0], "1", {"person_record": A}, quarantine=[kept], covers=scope)
    bench.load(nights[0])
    address = {"record_key": "A#fedcba9876543210", "scope": "person_record:A", "address": "1 LANE"}
    bench.put(nights[1], "2", {"person_record": A, "person_address": [address]}, covers=scope)
    bench.load(nights[1])
    bench.link(nights[1], {"P1": ["durham:A"]})
    path = bench.build(nights[1])
    assert fates(bench, path, nights) == [("1", hashed, "mended", "2", 1)]
