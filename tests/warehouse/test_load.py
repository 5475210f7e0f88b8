from typing import Any

import pytest

from warehouse.errors import NightError


def person(key: str, surname: str = "SMITH", **values: Any) -> dict[str, Any]:
    return {"record_key": key, "surname": surname} | values


def gone(key: str, **values: Any) -> dict[str, Any]:
    return {"record_key": key, "operation": "delete"} | values


def test_new_changed_same_and_deleted_rows_are_told_apart(bench, nights):
    first = bench.put(nights[0], "1", {"person_record": [person("a"), person("b"), person("c")]})
    bench.load(nights[0])
    second = bench.put(
        nights[1],
        "2",
        {"person_record": [person("a", "JONES"), person("b"), gone("c"), gone("x"), person("d")]},
    )
    bench.load(nights[1])
    assert bench.balances(first) == {"person_record": (3, 3, 0, 0, 0, 0)}
    assert bench.balances(second) == {"person_record": (5, 2, 2, 0, 1, 0)}
    assert bench.names() == {"a": "JONES", "b": "SMITH", "d": "SMITH"}
    history = bench.ask(
        "SELECT record_key, version, valid_from, valid_to FROM core.person_record ORDER BY ALL"
    )
    assert history == [
        ("a", 1, nights[0], nights[1]),
        ("a", 2, nights[1], None),
        ("b", 1, nights[0], None),
        ("c", 1, nights[0], nights[1]),
        ("d", 1, nights[1], None),
    ]


def test_where_a_row_stands_in_its_file_does_not_change_it(bench, nights):
    bench.put(nights[0], "1", {"person_record": [person("a"), person("b")]})
    bench.put(nights[0], "2", {"person_record": [person("b"), person("a")]})
    bench.load(nights[0])
    assert bench.balances("durham-2") == {"person_record": (2, 0, 2, 0, 0, 0)}


def test_a_null_that_becomes_a_value_is_a_change(bench, nights):
    bench.put(nights[0], "1", {"person_record": [person("a", sex=None)]})
    bench.put(nights[0], "2", {"person_record": [person("a", sex="F")]})
    bench.load(nights[0])
    assert bench.ask("SELECT sex FROM core.person_record WHERE valid_to IS NULL") == [("F",)]


def test_loading_a_night_again_changes_nothing(bench, nights):
    bench.put(nights[0], "1", {"person_record": [person("a")]}, covers={"person_record": None})
    bench.load(nights[0])
    before = bench.ask("FROM core.person_record"), bench.ask("FROM quality.reconciliation")
    bench.load(nights[0])
    assert before == (
        bench.ask("FROM core.person_record"),
        bench.ask("FROM quality.reconciliation"),
    )


def test_change_events_on_one_record_become_versions_in_their_order(bench, nights):
    events = [
        person("a", "THREE", sequence=3),
        person("a", "ONE", sequence=1),
        person("a", "ONE", sequence=2),
        person("b", "TEMPORARY", sequence=1),
        gone("b", sequence=2),
        gone("c", sequence=1),
        person("c", "BACK", sequence=2),
    ]
    batch = bench.put(nights[0], "1", {"person_record": events})
    bench.load(nights[0])
    assert bench.balances(batch) == {"person_record": (7, 4, 2, 0, 1, 0)}
    assert bench.names() == {"a": "THREE", "c": "BACK"}
    versions = bench.ask(
        "SELECT version, surname FROM core.person_record WHERE record_key = 'a' ORDER BY version"
    )
    assert versions == [(1, "ONE"), (2, "THREE")]


def test_a_change_that_is_taken_back_within_a_batch_is_two_versions(bench, nights):
    bench.put(nights[0], "1", {"person_record": [person("a")]})
    chain = [person("a", "X", sequence=1), person("a", sequence=2)]
    bench.put(nights[0], "2", {"person_record": chain})
    bench.load(nights[0])
    assert bench.balances("durham-2") == {"person_record": (2, 2, 0, 0, 0, 0)}
    assert bench.names() == {"a": "SMITH"}
    assert bench.ask("SELECT count(*) FROM core.person_record") == [(3,)]


def test_a_full_delivery_closes_what_it_no_longer_brings(bench, nights):
    whole = {"person_record": None}
    bench.put(nights[0], "1", {"person_record": [person("a"), person("b")]}, covers=whole)
    other = bench.put(nights[0], "1", {"person_record": [person("z")]}, force="kent", covers=whole)
    batch = bench.put(nights[0], "2", {"person_record": [person("a")]}, covers=whole)
    bench.load(nights[0])
    assert bench.balances(batch) == {"person_record": (1, 0, 1, 0, 0, 1)}
    assert bench.names() == {"a": "SMITH", "z": "SMITH"}
    assert bench.balances(other) == {"person_record": (1, 1, 0, 0, 0, 0)}


def test_a_record_that_comes_back_is_a_new_version(bench, nights):
    bench.put(nights[0], "1", {"person_record": [person("a")]})
    bench.put(nights[0], "2", {"person_record": [gone("a")]})
    bench.put(nights[0], "3", {"person_record": [person("a")]})
    bench.load(nights[0])
    assert bench.balances("durham-3") == {"person_record": (1, 1, 0, 0, 0, 0)}
    assert bench.ask(
        "SELECT version FROM core.person_record WHERE valid_to IS NULL"
    ) == [(2,)]  # fmt: skip


KEY = "0123456789abcdef"
OWNERS = [person("a"), person("b")]


def alias(owner: str, digit: str) -> dict[str, Any]:
    return {
        "record_key": f"{owner}#{digit}{KEY[1:]}",
        "surname": f"ALIAS {digit}",
        "name_type": "alias",
        "scope": f"person_record:{owner}",
    }


def aliases(bench) -> set[str]:
    sql = "SELECT record_key[:3] FROM core.person_name WHERE valid_to IS NULL"
    return {key for (key,) in bench.ask(sql)}


def test_a_delta_replaces_the_rows_of_the_owners_in_it_and_no_others(bench, nights):
    names = [alias("a", "1"), alias("a", "2"), alias("b", "1")]
    bench.put(nights[0], "1", {"person_record": OWNERS, "person_name": names})
    covers = {"person_name": ["person_record:a"]}
    batch = bench.put(nights[0], "2", {"person_name": [alias("a", "2")]}, covers=covers)
    bench.load(nights[0])
    assert aliases(bench) == {"a#2", "b#1"}
    assert bench.balances(batch) == {"person_name": (1, 0, 1, 0, 0, 1)}


def test_rows_of_a_deleted_owner_are_closed(bench, nights):
    bench.put(nights[0], "1", {"person_record": [person("a")], "person_name": [alias("a", "1")]})
    covers = {"person_name": ["person_record:a"]}
    batch = bench.put(nights[0], "2", {"person_record": [gone("a")]}, covers=covers)
    bench.load(nights[0])
    assert aliases(bench) == set()
    assert bench.balances(batch) == {
        "person_record": (1, 0, 0, 0, 1, 0),
        "person_name": (0, 0, 0, 0, 0, 1),
    }


def test_rows_of_an_owner_that_a_full_delivery_lacks_go_with_it_though_they_are_not_covered(
    bench, nights
):
    rows = {"person_record": OWNERS, "person_name": [alias("a", "1"), alias("b", "1")]}
    bench.put(nights[0], "1", rows)
    bench.put(nights[0], "1", rows, force="kent")
    whole = {"person_record": None}
    batch = bench.put(nights[1], "2", {"person_record": [person("b")]}, covers=whole)
    bench.load(nights[0])
    bench.load(nights[1])
    held = bench.ask("SELECT force, record_key[:1] FROM core.person_name WHERE valid_to IS NULL")
    assert sorted(held) == [("durham", "b"), ("kent", "a"), ("kent", "b")]
    assert bench.balances(batch)["person_name"] == (0, 0, 0, 0, 0, 1)


def test_a_row_that_comes_with_the_deletion_of_its_owner_is_never_current(bench, nights):
    bench.put(nights[0], "1", {"person_record": OWNERS})
    rows = {"person_record": [gone("a")], "person_name": [alias("a", "1"), alias("b", "1")]}
    batch = bench.put(nights[0], "2", rows)
    bench.load(nights[0])
    assert aliases(bench) == {"b#1"}
    assert bench.balances(batch)["person_name"] == (2, 2, 0, 0, 0, 1)
    bench.put(nights[1], "3", {"person_record": [person("a")], "person_name": [alias("a", "1")]})
    bench.load(nights[1])
    assert aliases(bench) == {"a#1", "b#1"}


def test_a_role_goes_with_its_event_and_not_with_its_person(bench, nights):
    role = {"record_key": "x#00", "person_source_record_id": "a"}
    events = {"offence_record": [{"record_key": "x"}],
              "custody": [{"record_key": "x"}]}  # fmt: skip
    roles = [role, role | {"record_key": "x#01", "event_type": "custody"}]
    bench.put(nights[0], "1", {"person_record": OWNERS, "event_role": roles} | events)
    bench.put(nights[0], "2", {"custody": [gone("x")], "person_record": [gone("a")]})
    bench.load(nights[0])
    assert bench.ask("SELECT event_type FROM core.event_role WHERE valid_to IS NULL") == [
        ("offence_record",)
    ]


def test_a_late_row_of_an_owner_that_is_gone_since_is_history(bench, nights):
    bench.put(nights[0], "1", {"person_record": OWNERS})
    bench.put(nights[0], "3", {"person_record": [gone("a")]})
    bench.load(nights[0])
    bench.put(nights[1], "2", {"person_name": [alias("a", "1"), alias("b", "1")]})
    bench.load(nights[1])
    assert aliases(bench) == {"b#1"}


@pytest.mark.parametrize(
    ("quarantined", "kept"),
    [
        ({"table_name": "person_name", "record_key": f"a#9{KEY[1:]}"}, {"a#1"}),
        ({"table_name": "person_name", "record_key": f"a#9{KEY[1:]}#2"}, {"a#1"}),
        ({"table_name": "person_record", "record_key": "a"}, {"a#1"}),
        ({"table_name": "person_name", "record_key": None}, {"a#1", "b#1"}),
        ({"table_name": "person_record", "record_key": None}, {"a#1", "b#1"}),
        ({"table_name": "offence_record", "record_key": None}, set()),
    ],
)
def test_rows_that_quarantine_may_hold_are_not_closed(bench, nights, quarantined, kept):
    names = [alias("a", "1"), alias("b", "1")]
    bench.put(nights[0], "1", {"person_record": OWNERS, "person_name": names})
    covers = {"person_name": None}
    batch = bench.put(nights[0], "2", {}, covers=covers, quarantine=[quarantined])
    bench.load(nights[0])
    assert aliases(bench) == kept
    counted = bench.ask(f"SELECT rule, failed FROM quality.check_result WHERE batch_id = '{batch}'")
    assert counted == ([("kept_beside_quarantine", len(kept))] if kept else [])


def test_a_quarantined_record_stays_as_it_was_while_others_are_closed(bench, nights):
    whole = {"person_record": None}
    bench.put(nights[0], "1", {"person_record": [person("a"), person("b")]}, covers=whole)
    blamed = [{"table_name": "person_record", "record_key": "a"}]
    batch = bench.put(nights[0], "2", {}, covers=whole, quarantine=blamed)
    bench.load(nights[0])
    assert bench.names() == {"a": "SMITH"}
    assert bench.balances(batch) == {"person_record": (1, 0, 0, 1, 0, 1)}


def test_a_row_that_breaks_two_rules_counts_once(bench, nights):
    one = {"table_name": "person_record", "record_key": "a", "source_row": 7}
    blamed = [one | {"rule": "not_null"}, one | {"rule": "pattern"}]
    received = {"person_record": 1}
    batch = bench.put(nights[0], "1", {}, quarantine=blamed, received=received)
    bench.load(nights[0])
    assert bench.balances(batch) == {"person_record": (1, 0, 0, 1, 0, 0)}
    assert bench.ask("SELECT count(*) FROM quality.quarantine") == [(2,)]


def test_unreadable_bytes_close_nothing(bench, nights):
    whole = {"person_record": None}
    bench.put(nights[0], "1", {"person_record": [person("a")]}, covers=whole)
    bench.put(nights[0], "2", {}, covers=whole, unreadable_bytes=3)
    bench.load(nights[0])
    assert bench.names() == {"a": "SMITH"}


def test_a_late_delivery_never_overwrites_or_deletes_what_is_newer(bench, nights):
    bench.put(nights[0], "3", {"person_record": [person("a", "NEW"), person("b", "NEW")]})
    bench.load(nights[0])
    late = bench.put(
        nights[1], "2", {"person_record": [person("a", "OLD"), gone("b"), person("c", "OLD")]}
    )
    bench.load(nights[1])
    assert bench.names() == {"a": "NEW", "b": "NEW", "c": "OLD"}
    assert bench.balances(late) == {"person_record": (3, 2, 1, 0, 0, 0)}
    closed = bench.ask("SELECT surname, valid_from FROM core.person_record WHERE valid_to NOTNULL")
    assert closed == [("OLD", nights[1])]


def test_a_late_delivery_does_not_bring_back_what_was_deleted_or_covered_since(bench, nights):
    bench.put(nights[0], "1", {"person_record": [person("held")]})
    bench.put(nights[0], "3", {"person_record": [gone("held"), gone("never held")]})
    bench.put(nights[0], "4", {"person_name": []}, covers={"person_name": ["person_record:a"]})
    bench.load(nights[0])
    rows = {
        "person_record": [person("held"), person("never held")],
        "person_name": [alias("a", "1")],
    }
    bench.put(nights[1], "2", rows, covers={"person_name": ["person_record:a"]})
    bench.load(nights[1])
    assert bench.names() == {}
    assert aliases(bench) == set()


def test_a_late_full_delivery_keeps_what_newer_ones_confirmed(bench, nights):
    bench.put(nights[0], "1", {"person_record": [person("a"), person("b")]})
    bench.put(nights[0], "3", {"person_record": [person("a")]})
    bench.put(nights[1], "2", {}, covers={"person_record": None})
    bench.load(nights[0])
    bench.load(nights[1])
    assert bench.names() == {"a": "SMITH"}


def test_a_batch_that_does_not_balance_is_held_and_the_night_goes_on(bench, nights):
    bench.put(nights[0], "1", {"person_record": [person("a")]}, received={"person_record": 2})
    bench.put(nights[0], "2", {"person_record": [person("b")]})
    bench.load(nights[0])
    assert bench.names() == {"b": "SMITH"}
    assert bench.balances("durham-1") == {"person_record": (2, 0, 0, 2, 0, 0)}
    [(status, rule, reason)] = bench.ask(
        "SELECT status, held_rule, held_reason FROM quality.batch WHERE batch_id = 'durham-1'"
    )
    assert (status, rule) == ("held", "does_not_balance")
    assert reason == (
        "person_record: 2 received, 1 stored, 0 unchanged, 0 quarantined, 0 deleted"
    )  # fmt: skip


def test_a_held_batch_is_recorded_and_changes_nothing(bench, nights):
    whole = {"person_record": None}
    bench.put(nights[0], "1", {"person_record": [person("a")]}, covers=whole)
    bench.put(
        nights[0], "2", {}, covers=whole, received={"person_record": 5},
        held_rule="volume", held_reason="5 rows where 900 are usual",
    )  # fmt: skip
    bench.load(nights[0])
    assert bench.names() == {"a": "SMITH"}
    assert bench.balances("durham-2") == {"person_record": (5, 0, 0, 5, 0, 0)}
    assert bench.ask("SELECT status FROM quality.batch ORDER BY batch_id") == [
        ("loaded",),
        ("held",),
    ]


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ({"person_record": [person("a", force="kent")]}, "foreign_rows"),
        ({"person_identifier": [{"record_key": "a#1", "type": None}]}, "contract_broken"),
    ],
)
def test_a_batch_that_breaks_the_contract_is_held_without_a_trace(bench, nights, rows, rule):
    bench.put(nights[0], "1", rows)
    bench.load(nights[0])
    assert bench.ask("SELECT held_rule FROM quality.batch") == [(rule,)]
    assert bench.ask("SELECT count(*) FROM ledger.delivery") == [(0,)]
    assert all(bench.ask(f"SELECT count(*) FROM core.{table}") == [(0,)] for table in rows)


def test_a_batch_of_an_undeclared_force_is_held(bench, nights):
    bench.put(nights[0], "1", {"person_record": [person("a")]}, force="kent")
    del bench.declarations["kent"]
    bench.load(nights[0])
    assert bench.ask("SELECT held_rule FROM quality.batch") == [("undeclared_force",)]


def test_a_night_that_was_not_checked_is_refused(bench, nights):
    batch = bench.put(nights[0], "1", {"person_record": [person("a")]})
    (bench.home.checked(batch) / "batch.json").unlink()
    with pytest.raises(NightError, match=batch):
        bench.load(nights[0])
