"""Faults planted in staged batches: which are found, and what is kept out because of them."""

from dataclasses import replace
from datetime import date, datetime

import polars as pl
import pytest

from quality.rules.suites import rules_of
from quality.run.failures import owner_rules
from warehouse.contract import DELIVERED, STAGING_COLUMNS, TABLES, delivered_table
from warehouse.contract.model import PROVENANCE

from .conftest import blank


def people(*ids, **values):
    return [{"source_record_id": i} | values for i in ids]


def lived_at(person, **values):
    return {"source_record_id": person} | values


FAULTS = [
    # table, column, value that breaks the rule, rule
    ("person_record", "sex", "Q", "allowed_values"),
    ("person_record", "birth_date", date(1850, 1, 1), "range"),
    ("person_record", "birth_year", 2999, "range"),
    ("person_record", "source_system", None, "required"),
    ("person_address", "postcode", "NE14ST", "pattern"),
    ("person_identifier", "value", None, "required"),
    ("person_identifier", "type", "zzz", "allowed_values"),
    ("offence_record", "offence_code", "8/1", "pattern"),
    ("offence_record", "offence_group", "mischief", "reference"),
    ("offence_record", "longitude", float("nan"), "range"),
    ("offence_record", "easting", -5.0, "range"),
    ("offence_record", "is_notifiable", None, "required"),
    ("offence_record", "occurred_on", date(1899, 12, 31), "range"),
    ("offence_record", "occurred_on", date(2026, 3, 4), "not_in_the_future"),
    ("offence_record", "reported_at", datetime.fromisoformat("2026-03-04"), "not_in_the_future"),
    ("outcome", "outcome_date", date(2206, 3, 2), "not_in_the_future"),
    (
        "person_record",
        "updated_at",
        datetime.fromisoformat("2062-03-02 12:00"),
        "not_in_the_future",
    ),
    ("outcome", "outcome_code", "99", "reference"),
    ("event_role", "person_source_record_id", "nobody", "reference"),
    ("event_role", "source_record_id", "no-event", "reference"),
    ("person_address", "source_record_id", "nobody", "reference"),
]


# What must stand beside a value lest the row break a rule about both.
BESIDE = {"longitude": {"latitude": 52.0}, "easting": {"northing": 300_000.0}}


def sound_tables():
    """Two sound rows of each table that has faults above, and one row more to break."""
    ids = ("1", "2", "3")
    owned = [lived_at(i, record_key=f"{i}#a") for i in ids]
    return {
        "person_record": people(*ids),
        "offence_record": people(*ids),
        "outcome": people(*ids),
        "person_address": owned,
        "person_identifier": owned,
        "event_role": [
            row
            | {"event_type": "offence_record", "person_source_record_id": row["source_record_id"]}
            for row in owned
        ],
    }


def test_each_planted_fault_is_found_in_its_row_and_no_other(night):
    """One force a fault, all checked in the same night."""
    batches = []
    for number, (table, column, value, _) in enumerate(FAULTS):
        tables = sound_tables()
        # The fault stands in a row that nothing else points at.
        extra = {"source_record_id": "4", "record_key": "4"}
        if table in ("person_address", "person_identifier", "event_role"):
            extra = tables[table][2] | {"record_key": "extra"}
        tables[table] = [*tables[table], extra | BESIDE.get(column, {}) | {column: value}]
        batches.append(night.stage(f"force{number:02}", tables))
    night.check()
    for batch, (table, column, _, rule) in zip(batches, FAULTS, strict=True):
        checked = night.checked(batch)
        assert checked.failures == [(table, 4, column, rule)], batch.force
        assert len(checked.accepted(table)) == 3
        result = checked.result(table, column, rule)
        assert (result["checked"], result["failed"], result["action"]) == (4, 1, "quarantined")
        assert not checked.batch.is_held


def test_a_sound_batch_passes_whole_and_says_which_rules_were_looked_at(night):
    batch = night.stage("alpha", sound_tables())
    # Rules about a force's own area are for a force that has one.
    night.declarations["alpha"] = replace(night.declarations["alpha"], ons_code="E23000001")
    night.check()
    checked = night.checked(batch)
    assert checked.quarantine.is_empty()
    assert checked.results["failed"].sum() == 0
    assert set(checked.results["action"]) == {"none", "not_run"}
    looked_at = set(checked.results.select("table_name", "column_name", "rule").iter_rows())
    for table in sound_tables():
        stated = {(rule.table, rule.column, rule.name) for rule in rules_of(delivered_table(table))}
        assert stated <= looked_at
    staged = pl.read_parquet(night.home.staged(batch.batch_id) / "person_record.parquet")
    assert pl.read_parquet(checked.folder / "person_record.parquet").equals(staged)


def test_what_is_written_has_the_contracts_columns_and_types(night):
    batch = night.stage("alpha", {"person_record": people("1", "2", sex="Q")[:1] + people("3")})
    night.check()
    checked = night.checked(batch)
    accepted = pl.read_parquet(checked.folder / "person_record.parquet")
    assert dict(accepted.schema) == delivered_table("person_record").polars_schema(STAGING_COLUMNS)
    quarantine = TABLES["quality.quarantine"].polars_schema()
    assert dict(checked.quarantine.schema) == quarantine | {"raw": pl.String()}
    assert dict(checked.results.schema) == TABLES["quality.check_result"].polars_schema()
    key = list(TABLES["quality.check_result"].key)
    assert not checked.results.select(key).is_duplicated().any()


def test_persons_values_stand_in_raw_only(night):
    secret = "ZEBEDEE"
    rows = people("1", "2", sex="Q", forename=secret, surname=secret)
    address = [lived_at("1", postcode=secret, record_key="a")]
    batch = night.stage("alpha", {"person_record": rows, "person_address": address})
    night.check()
    checked = night.checked(batch)
    assert secret in checked.quarantine["raw"].str.join("").item()
    assert secret not in checked.quarantine.drop("raw").write_csv()
    assert secret not in checked.results.write_csv()
    assert secret not in (checked.folder / "batch.json").read_text()
    assert not (night.home.night(night.night) / "check" / "work.duckdb").exists()


def test_deletions_need_only_their_ids(night):
    gone = {column.name: None for column in delivered_table("person_record").columns}
    gone |= {"source_record_id": "9", "record_key": "9", "operation": "delete"}
    kept = {name: value for name, value in gone.items()
            if name not in ("force", "source_system", *PROVENANCE)}  # fmt: skip
    batch = night.stage("alpha", {
        "person_record": people("1"),
        "offence_record": [kept, kept | {"source_record_id": None, "record_key": None}],
    })  # fmt: skip
    night.check()
    checked = night.checked(batch)
    assert checked.accepted("offence_record") == ["9"]
    assert {rule for *_, rule in checked.failures} == {"required"}


def test_what_happened_up_to_the_day_after_the_delivery_is_taken(night):
    """Clocks and zones differ; and data dated to a month may end after its delivery."""
    offence = {
        "source_record_id": "1", "occurred_on": date(2026, 3, 3),
        "occurred_from": datetime.fromisoformat("2026-03-03 23:59"),
        "occurred_to": datetime.fromisoformat("2026-03-31"),
    }  # fmt: skip
    old = {"source_record_id": "2", "occurred_on": date(1900, 1, 1)}
    night.stage("alpha", {"offence_record": [offence]}, delivery_date=date(2026, 3, 2))
    early = night.stage("bravo", {"offence_record": [offence, old]}, delivery_date=date(2026, 3, 1))
    night.check()
    assert night.checked(early).accepted("offence_record") == ["2"]
    assert {rule for *_, rule in night.checked(early).failures} == {"not_in_the_future"}
    late = night.home.checked("alpha-2026-03-02-1") / "quarantine.parquet"
    assert pl.read_parquet(late).is_empty()


def test_the_same_row_twice_is_no_failure_and_the_same_key_with_other_content_is(night):
    rows = [
        {"source_record_id": "1", "surname": "A"},
        {"source_record_id": "1", "surname": "A"},
        {"source_record_id": "2", "surname": "A"},
        {"source_record_id": "2", "surname": "B"},
        {"source_record_id": "2", "surname": "A"},
        {"source_record_id": "3", "surname": "A", "sequence": 1},
        {"source_record_id": "3", "surname": "B", "sequence": 2},
    ]
    first = night.stage("alpha", {"person_record": rows})
    other = night.stage("alpha", {"person_record": [rows[3]]}, name="2")
    night.check()
    assert night.checked(first).failures == [
        ("person_record", row, "record_key", "duplicate_key") for row in (3, 4, 5)
    ]
    assert set(night.checked(first).quarantine["record_key"]) == {"2"}
    assert night.checked(other).failures == []


def test_a_key_that_a_batch_both_brings_and_deletes_without_an_order_is_left_alone(night):
    rows = [*people("1", "2", "2"), blank("person_record", "1"), blank("person_record", "3"),
            blank("person_record", "3")]  # fmt: skip
    address = lived_at("1", record_key="1#a")
    held = {"force": "alpha", "source_system": "niche", "source_record_id": "1"}
    night.publish(core_person_record=[held])
    known = night.stage("alpha", {"person_record": rows, "person_address": [address]})
    unknown = night.stage("bravo", {"person_record": people("1", "1", sex="M")[:1] + people("1"),
                                    "person_address": [address]})  # fmt: skip
    night.check()
    assert night.checked(known).failures == [
        ("person_record", row, "record_key", "duplicate_key") for row in (1, 4)
    ]
    assert night.checked(known).accepted("person_record") == ["2", "2", "3", "3"]
    # Nothing of the person is held, and neither version of it is taken.
    assert night.checked(unknown).accepted("person_record") == []
    assert night.checked(unknown).failures[0] == (
        "person_address", 1, "source_record_id", "owner_quarantined",
    )  # fmt: skip


def test_what_belongs_to_a_quarantined_row_goes_with_it(night):
    tables = sound_tables()
    tables["person_record"] = [*people("1", sex="Q"), *people("2", "3")]
    batch = night.stage("alpha", tables)
    night.check()
    assert night.checked(batch).failures == [
        ("event_role", 1, "person_source_record_id", "owner_quarantined"),
        ("person_address", 1, "source_record_id", "owner_quarantined"),
        ("person_identifier", 1, "source_record_id", "owner_quarantined"),
        ("person_record", 1, "sex", "allowed_values"),
    ]


def kept_back(batch_id, *rows, force="alpha"):
    """What standardise quarantined: table, key and rule."""
    return pl.DataFrame(
        [(batch_id, force, table, f"{table}.csv", 90 + n, key, None, rule, "said")
         for n, (table, key, rule) in enumerate(rows)],
        schema=TABLES["quality.quarantine"].polars_schema(), orient="row",
    )  # fmt: skip


def test_what_points_at_a_row_that_standardise_kept_out_is_told_so(night):
    """It did come: to ask for it, or to have the reference taken out, would lose a true link."""
    held = {"force": "alpha", "source_system": "niche", "source_record_id": "stored"}
    night.publish(core_person_record=[held])
    batch_id = f"alpha-{night.night}-1"
    role = {"source_record_id": "o2", "event_type": "offence_record"}
    of = [role | {"person_source_record_id": key, "record_key": key}
          for key in ("1", "2", "twice", "stored", "nobody")]  # fmt: skip
    of_kept = {"source_record_id": "o1", "person_source_record_id": "2", "record_key": "6"}
    tables = {
        "person_record": people("2", "twice"),
        "offence_record": [{"source_record_id": "o2"}],
        "event_role": [*of, role | of_kept],
        "person_address": [lived_at("1", record_key="1"), lived_at("2", record_key="2")],
        "outcome": [{"source_record_id": "u", "offence_source_record_id": "o1"}],
    }
    quarantine = kept_back(
        batch_id, ("person_record", "1", "sex_unknown"), ("person_record", "1", "not_a_time"),
        ("person_record", "twice", "sex_unknown"), ("person_record", "stored", "sex_unknown"),
        ("offence_record", "o1", "status_unknown"), ("person_record", None, "field_count"),
    )  # fmt: skip
    batch = night.stage("alpha", tables, quarantine=quarantine)
    # Of another batch of the night, which brings the rows and not what they are of.
    other = night.stage("alpha", {"person_address": [lived_at("1", record_key="x")]}, name="2")
    elsewhere = night.stage("bravo", {"person_address": [lived_at("1", record_key="x")]})
    night.check()
    new = [failure for failure in night.checked(batch).failures if failure[1] < 90]
    assert new == [
        ("event_role", 1, "person_source_record_id", "owner_quarantined"),
        ("event_role", 5, "person_source_record_id", "reference"),
        ("event_role", 6, "source_record_id", "owner_quarantined"),
        ("person_address", 1, "source_record_id", "owner_quarantined"),
    ]
    assert night.checked(other).failures == [
        ("person_address", 1, "source_record_id", "owner_quarantined")
    ]
    assert [rule for *_, rule in night.checked(elsewhere).failures] == ["reference"]
    told = night.checked(batch).result("event_role", "person_source_record_id", "owner_quarantined")
    assert (told["checked"], told["failed"], told["action"]) == (6, 1, "quarantined")
    assert len(night.checked(batch).accepted("event_role")) == 6 - 3
    # A row that can do without its target is kept, as beside one that a suite keeps out.
    assert night.checked(batch).accepted("outcome") == ["u"]
    assert night.checked(batch).result("outcome", "offence_source_record_id", "reference")[
        "failed"] == 0  # fmt: skip


@pytest.mark.parametrize(
    ("table", "column", "every"),
    [
        ("person_address", "source_record_id", "every person_address of it"),
        ("event_role", "person_source_record_id",
         "every event_role of the record that this row belongs to"),
    ],
)  # fmt: skip
def test_what_was_kept_out_with_its_owner_has_to_come_with_it_again(table, column, every):
    [rule] = [r for r in owner_rules(delivered_table(table)) if r.column == column]
    assert rule.remedy == f"deliver the person_record mended, and with it {every}, this row too"


@pytest.mark.parametrize("table", DELIVERED, ids=lambda table: table.name)
def test_a_force_is_not_asked_for_what_crimelink_makes(table):
    made = {"force", "source_system", "record_key", "batch_id", "source_file", "source_row",
            "operation"}  # fmt: skip
    asked = [r for r in rules_of(table) if r.name in ("required", "allowed_values")]
    own = {r.column for r in asked if r.owner == "national operator"}
    assert made <= own
    assert "source_record_id" not in own
    for rule in asked:
        assert (rule.column in own) == ("national operator looks" in rule.remedy)


def test_what_the_store_holds_may_be_pointed_at(night):
    held = {"force": "alpha", "source_system": "niche", "source_record_id": "1"}
    night.publish(core_person_record=[held], core_offence_record=[held | {"source_record_id": "o"}])
    role = {"source_record_id": "o", "event_type": "offence_record", "person_source_record_id": "1"}
    addresses = [lived_at("1", record_key="1"), lived_at("7", record_key="7")]
    owners = [*people("1", sex="Q")]
    first = night.stage("alpha", {"event_role": [role], "person_address": addresses})
    other = night.stage("alpha", {"person_record": owners}, name="2")
    elsewhere = night.stage("bravo", {"event_role": [role]})
    night.check()
    assert night.checked(first).failures == [("person_address", 2, "source_record_id", "reference")]
    assert [rule for *_, rule in night.checked(other).failures] == ["allowed_values"]
    assert {rule for *_, rule in night.checked(elsewhere).failures} == {"reference"}


def test_a_dangling_reference_of_severity_info_is_counted_and_kept(night):
    batch = night.stage("alpha", {
        "outcome": [{"source_record_id": "1", "offence_source_record_id": "gone"}]
    })  # fmt: skip
    night.check()
    checked = night.checked(batch)
    assert checked.accepted("outcome") == ["1"]
    assert checked.result("outcome", "offence_source_record_id", "reference")["action"] == "counted"


def test_rules_of_one_country_leave_the_forces_of_another_alone(night):
    number = {"source_record_id": "1", "type": "cro", "value": "000000/00Z", "is_valid": False}
    tables = {
        "person_record": people("1"),
        "person_address": [lived_at("1", postcode="75001")],
        "person_identifier": [number],
    }
    british = night.stage("alpha", tables)
    french = night.stage("sûreté", tables, profile="FR")
    night.check()
    failures = night.checked(british).failures
    assert sorted(rule for *_, rule in failures) == ["pattern", "placeholder_cro"]
    assert night.checked(french).failures == []
    assert night.checked(french).result("person_address", "postcode", "pattern") == {"found": 0}


def test_births_before_1890_are_no_mistakes_in_a_register_of_another_country(night):
    """Of a British record system's records nobody is that old."""
    rows = [{"source_record_id": "1", "birth_date": date(1783, 5, 6)},
            {"source_record_id": "2", "birth_year": 1783},
            {"source_record_id": "3", "birth_date": date(1890, 1, 1)}]  # fmt: skip
    british = night.stage("alpha", {"person_record": rows})
    register = night.stage("parish", {"person_record": rows}, profile="generic")
    night.check()
    assert night.checked(british).accepted("person_record") == ["3"]
    assert night.checked(register).accepted("person_record") == ["1", "2", "3"]


def test_a_year_that_is_none_is_kept_out_of_every_register(night):
    """Linking counts the years between births in few bits."""
    years = (40_000, -32_768, 0, 1, 9_999)
    rows = [{"source_record_id": str(year), "birth_year": year} for year in years]
    register = night.stage("parish", {"person_record": rows}, profile="generic")
    night.check()
    assert night.checked(register).accepted("person_record") == ["1", "9999"]


@pytest.mark.parametrize("table", DELIVERED, ids=lambda table: table.name)
def test_every_constraint_of_the_contract_has_its_rule(table):
    rules = {(rule.column, rule.name) for rule in rules_of(table)}
    for column in table.columns:
        assert ((column.name, "required") in rules) == column.required
        assert ((column.name, "allowed_values") in rules) == bool(column.allowed)
        assert ((column.name, "pattern") in rules) == bool(column.pattern)
        bounds = column.minimum is not None or column.maximum is not None
        assert ((column.name, "range") in rules) == bounds
        assert ((column.name, "possible_range") in rules) == (column.possible is not None)
        assert ((column.name, "not_in_the_future") in rules) == column.not_after_delivery
        if column.references:
            assert (column.name, "reference") in rules
    assert ("record_key", "duplicate_key") in rules
