import polars as pl
import pytest

from warehouse.errors import DiskError, StoreError
from warehouse.home import Home
from warehouse.night import Plan, PlannedDelivery
from warehouse.resolved import strongest_ways, weakest_links
from warehouse.state import writer


def two_forces(bench, night):
    """A cross-border offender, John Smith, and a single record of somebody else."""
    smith = {"surname": "SMITH", "forename": "JOHN", "sex": "M"}
    bench.put(
        night,
        "1",
        {
            "person_record": [{"record_key": "p1"} | smith,
                              {"record_key": "p2", "surname": "OTHER"}],
            "offence_record": [{"record_key": "o1", "occurred_on": night}],
            "event_role": [{"record_key": "o1#00", "person_source_record_id": "p1"}],
        },
    )  # fmt: skip
    bench.put(
        night,
        "1",
        {
            "person_record": [{"record_key": "k1"} | smith | {"surname": "SMYTH"},
                              {"record_key": "k2"} | smith],
            "offence_record": [{"record_key": "o1", "occurred_on": night}],
            "event_role": [{"record_key": "o1#00", "person_source_record_id": "k1"}],
        },
        force="kent",
    )  # fmt: skip
    bench.load(night)
    bench.link(night, {"P1": ["durham:p1", "kent:k1", "kent:k2"], "P2": ["durham:p2"]})


def test_records_bear_the_person_and_offence_they_are_resolved_to(bench, nights):
    two_forces(bench, nights[0])
    store = bench.build(nights[0])
    assert bench.ask_store(
        "SELECT source_record_id, person_id, version, valid_from FROM core.person_record", store
    ) == [
        ("p1", "P1", 1, nights[0]),
        ("p2", "P2", 1, nights[0]),
        ("k1", "P1", 1, nights[0]),
        ("k2", "P1", 1, nights[0]),
    ]
    assert bench.ask_store("SELECT force, person_id FROM core.event_role", store) == [
        ("durham", "P1"),
        ("kent", "P1"),
    ]
    [(same,)] = bench.ask_store(
        "SELECT count(*) FROM core.offence_record JOIN link.offence_membership "
        "USING (force, source_system, source_record_id, offence_id)",
        store,
    )
    assert same == 2


def test_a_person_has_the_most_frequent_values_of_its_records(bench, nights):
    two_forces(bench, nights[0])
    store = bench.build(nights[0])
    assert bench.ask_store("FROM core.person", store) == [
        ("P1", "JOHN", "SMITH", None, "M", 3, 2, "durham,kent", 9.5, nights[0]),
        ("P2", None, "OTHER", None, None, 1, 1, "durham", None, nights[0]),
    ]


def test_somebody_who_offends_in_two_forces_is_found_with_the_weakest_link(bench, nights):
    two_forces(bench, nights[0])
    store = bench.build(nights[0])
    [row] = bench.ask_store("FROM mart.cross_force_offender", store)
    assert row[:8] == ("P1", "durham,kent", 2, 2, nights[0], nights[0], 2 * 244.68, 9.5)
    link = ("durham/standard/p1", "kent/standard/k1", "name same", None)
    assert row[8:] == (*link, 9.5, *link)


def test_the_weakest_link_is_the_lightest_on_the_heaviest_way():
    links = pl.DataFrame(
        {
            "person_id": ["A", "A", "A", "B"],
            "number_l": [0, 0, 1, 5],
            "number_r": [1, 2, 2, 7],
            "match_weight": [-3.0, 8.0, 6.0, -0.5],
        }
    )
    assert weakest_links(strongest_ways(links)).rows() == [("A", 6.0), ("B", -0.5)]


def test_a_night_names_the_models_that_it_was_made_with(bench, nights, monkeypatch):
    two_forces(bench, nights[0])
    names = "SELECT offence_model_id, series_model_id FROM governance.night"
    assert bench.ask_store(names, bench.build(nights[0])) == [(None, None)]
    with writer(bench.home, "test") as con:
        con.execute(
            "INSERT INTO governance.model_register BY NAME SELECT * REPLACE ('offence-1' AS "
            "model_id, 'offence' AS entity) FROM governance.model_register"
        )
        con.execute(
            "INSERT INTO offence_linkage.mark VALUES (?, 'offence-1', '', NULL)", nights[:1]
        )
        con.execute("INSERT INTO linkage.series_mark VALUES ('series-1', '')")
    monkeypatch.setattr("warehouse.build.publish_series", lambda _: None)
    assert bench.ask_store(names, bench.build(nights[0])) == [("offence-1", "series-1")]


def test_person_records_that_were_not_linked_stop_the_store(bench, nights):
    bench.put(nights[0], "1", {"person_record": [{"record_key": "p1"}]})
    bench.load(nights[0])
    with pytest.raises(StoreError, match=r"records_have_a_person: 1 rows"):
        bench.build(nights[0])


def test_a_reconciliation_that_does_not_fit_the_rows_stops_the_store(bench, nights):
    two_forces(bench, nights[0])
    with writer(bench.home, "test") as con:
        con.execute("DELETE FROM core.person_record WHERE source_record_id = 'p2'")
    with pytest.raises(StoreError) as failure:
        bench.build(nights[0])
    assert "core.person_record.stored: 1 rows" in str(failure.value)
    assert "members_are_held: 1 rows" in str(failure.value)


def test_a_row_without_its_owner_stops_the_store(bench, nights):
    two_forces(bench, nights[0])
    with writer(bench.home, "test") as con:
        con.execute("UPDATE core.event_role SET source_record_id = 'o9' WHERE force = 'kent'")
    with pytest.raises(StoreError, match=r"owned_rows_have_their_owner: 1 rows"):
        bench.build(nights[0])


def test_a_person_in_two_memberships_stops_the_store(bench, nights):
    two_forces(bench, nights[0])
    with writer(bench.home, "test") as con:
        con.execute(
            "INSERT INTO linkage.membership SELECT record, 'P9', ?, NULL FROM linkage.record_key "
            "WHERE source_record_id = 'p1'",
            [nights[1]],
        )
    with pytest.raises(StoreError, match=r"members_are_resolved_so: 1 rows"):
        bench.build(nights[0])


def test_a_role_whose_person_is_no_longer_held_stays_without_a_person(bench, nights):
    two_forces(bench, nights[0])
    bench.put(nights[1], "2", {"person_record": [{"record_key": "p1", "operation": "delete"}]})
    bench.load(nights[1])
    with writer(bench.home, "test") as con:
        con.execute("DELETE FROM linkage.membership")
    bench.link(nights[1], {"P1": ["kent:k1", "kent:k2"], "P2": ["durham:p2"]})
    store = bench.build(nights[1])
    assert bench.ask_store("SELECT person_id FROM core.event_role", store) == [(None,), ("P1",)]


def test_only_current_rows_stand_in_the_store(bench, nights):
    bench.put(nights[0], "1", {"offence_record": [{"record_key": "a"}, {"record_key": "b"}]})
    bench.put(
        nights[0],
        "2",
        {"offence_record": [{"record_key": "a", "status": "closed"},
                            {"record_key": "b", "operation": "delete"}]},
    )  # fmt: skip
    bench.load(nights[0])
    store = bench.build(nights[0])
    rows = bench.ask_store("SELECT record_key, status, version FROM core.offence_record", store)
    assert rows == [("a", "closed", 2)]


def test_every_table_and_column_is_explained_with_its_sensitivity(bench, nights):
    store = bench.build(nights[0])
    comments = dict(
        bench.ask_store(
            "SELECT table_name || '.' || column_name, comment FROM duckdb_columns() "
            "WHERE NOT internal",
            store,
        )
    )
    assert all(comments.values())
    assert comments["person_record.surname"] == "Family name, upper case. Sensitivity: personal."
    assert comments["cross_force_offender.person_id"].endswith("Sensitivity: personal.")
    assert comments["hotspot_cell_month.cell"].endswith("Sensitivity: internal.")


def test_quarantined_content_stays_behind(bench, nights):
    blamed = [{"table_name": "person_record", "record_key": "a", "raw": "secret"}]
    bench.put(nights[0], "1", {}, quarantine=blamed)
    bench.load(nights[0])
    store = bench.build(nights[0])
    columns = bench.ask_store("SELECT column_name FROM (DESCRIBE quality.quarantine)", store)
    assert ("raw",) not in columns
    assert b"secret" not in store.read_bytes()


def test_every_declared_force_says_how_fresh_it_is(bench, nights):
    row = {"offence_record": [{"record_key": "a"}]}
    for force, every in {"fresh": 1, "weekly": 7, "late": 1, "held": 1, "broken": 7}.items():
        bench.declare(force, every_days=every)
        bench.put(nights[0], "1", row, force=force)
    bench.declare("never")
    bench.declare("never-held")
    bench.load(nights[0])
    bench.put(nights[1], "2", row, force="fresh")
    held = {"held_rule": "truncated", "held_reason": "cut short"}
    bench.put(nights[1], "2", {}, force="held", **held)
    bench.put(nights[1], "2", {}, force="never-held", **held)
    Plan("2026-01-02", (PlannedDelivery("broken", "2026-01-02", "x"),)).write(bench.home)
    bench.load(nights[1])
    store = bench.build(nights[1])
    found = bench.ask_store(
        "SELECT force, status, last_good_date, held_batch_id, reason FROM quality.force_status",
        store,
    )
    first, second = nights[0], nights[1]
    held_says = "batch held: truncated: cut short"
    old = f"nothing new since {first}: 1 d, and a delivery is due every 1 d"
    assert found == [
        ("broken", "stale", first, None, "the delivery of broken could not be taken in this night"),
        ("fresh", "fresh", second, None, None),
        ("held", "held", first, "held-2", f"{held_says}; {old}"),
        ("late", "stale", first, None, old),
        ("never", "never", None, None, "nothing has been loaded yet"),
        ("never-held", "never", None, "never-held-2", f"{held_says}; nothing has been loaded yet"),
        ("weekly", "fresh", first, None, None),
    ]


def test_reference_tables_and_postcodes_are_in_the_store(bench, nights):
    bench.home.reference.mkdir(parents=True)
    pl.DataFrame(
        {"postcode": ["NE1 1AA"], "easting": [1.0], "northing": [2.0],
         "longitude": [3.0], "latitude": [4.0]}
    ).write_parquet(bench.home.reference / "postcode.parquet")  # fmt: skip
    bench.declare("durham", pnc_codes=("11", "12"))
    store = bench.build(nights[0])
    assert bench.ask_store("FROM reference.postcode", store) == [("NE1 1AA", 1.0, 2.0, 3.0, 4.0)]
    assert bench.ask_store("SELECT pnc_codes FROM reference.force", store) == [("11,12",)]
    for table in ("offence_group", "offence_code", "outcome", "ethnicity"):
        assert bench.ask_store(f"SELECT count(*) > 0 FROM reference.{table}", store) == [(True,)]


def test_too_little_disk_is_refused_before_anything_is_written(bench, nights, monkeypatch):
    monkeypatch.setenv("CRIMELINK_DISK_RESERVE", str(10**18))
    with pytest.raises(DiskError):
        bench.build(nights[0])
    assert not list(Home.of(bench.home.root).store.glob("*"))


def test_the_candidate_is_for_its_owner_only(bench, nights):
    store = bench.build(nights[0])
    assert store.stat().st_mode & 0o777 == 0o600
    assert bench.home.state.stat().st_mode & 0o777 == 0o600
