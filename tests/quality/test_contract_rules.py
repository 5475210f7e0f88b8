"""Rules of the contract about values, orders of times and versions: what fails, and what must not.

Each case is a row of the table with the values given, checked in one night with all the others; the
rules that it breaks are told from the quarantine (warning) and from the counts (info).
"""

from datetime import date, datetime

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.rules.check_letters import has_right_letter
from quality.rules.suites import rules_of
from transforms.identifiers import is_valid_cro, is_valid_pnc
from warehouse.contract import DELIVERED, delivered_table
from warehouse.identifiers import asn_check_letter_expr


def at(text):
    return datetime.fromisoformat(f"2025-{text}")


def person(i, **values):
    return {"source_record_id": i} | values


# Table, values of one row, and the rules that it breaks as column and name.
CASES = [
    # Placeholders and codes refused by name.
    ("person_record", {"birth_date": date(1900, 1, 1)}, [("birth_date", "placeholder_birth_date")]),
    ("person_record", {"birth_date": date(1970, 1, 1)}, [("birth_date", "placeholder_birth_date")]),
    ("person_record", {"birth_date": date(1970, 1, 2)}, []),
    ("person_record", {"surname": "NOT ENTERED"}, [("surname", "placeholder_name_not_entered")]),
    ("person_record", {"forename": "UNKNOWN"}, [("forename", "placeholder_name_unknown")]),
    ("person_record", {"surname": "MIG_ERROR_7"}, [("surname", "placeholder_name_mig_error")]),
    ("person_record", {"surname": "NO_SHOW_JO"}, [("surname", "placeholder_name_no_show")]),
    ("person_name", {"middle_names": "DUPLICATE_"},
     [("middle_names", "placeholder_name_duplicate")]),
    ("person_record", {"surname": "MIGERRORS", "forename": "UNA", "middle_names": "NO SHOW"}, []),
    ("person_address", {"postcode": "NF1 1NF"}, [("postcode", "placeholder_postcode")]),
    ("offence_record", {"postcode": "NF1 1FA"}, [("postcode", "placeholder_postcode")]),
    ("person_address", {"postcode": "NF1 1NG"}, []),
    ("person_identifier", {"type": "cro", "value": "000000/00Z", "is_valid": False},
     [("value", "placeholder_cro")]),
    ("person_record", {"ethnicity_self_defined": "O1"},
     [("ethnicity_self_defined", "allowed_values"),
      ("ethnicity_self_defined", "ethnicity_o1_is_a4")]),
    ("person_record", {"ethnicity_self_defined": "IC4"},
     [("ethnicity_self_defined", "allowed_values"),
      ("ethnicity_self_defined", "ethnicity_of_the_other_set")]),
    ("person_record", {"ethnicity_observed": "A4"},
     [("ethnicity_observed", "allowed_values"),
      ("ethnicity_observed", "ethnicity_of_the_other_set")]),
    ("person_record", {"ethnicity_self_defined": "A4", "ethnicity_observed": "IC5"}, []),
    # Check letters, and the flag that tells of them.
    ("person_identifier", {"type": "pnc", "value": "2002/0073319Z", "is_valid": True}, []),
    ("person_identifier", {"type": "pnc", "value": "20120052494O", "is_valid": False},
     [("value", "check_letter_pnc")]),
    ("person_identifier", {"type": "pnc", "value": "2001/0171310S", "is_valid": True},
     [("is_valid", "disagrees_with_check"), ("value", "check_letter_pnc")]),
    ("person_identifier", {"type": "pnc", "value": "2002/0073319Z", "is_valid": False},
     [("is_valid", "disagrees_with_check")]),
    ("person_identifier", {"type": "pnc", "value": "2002/0073319Z", "is_valid": None}, []),
    ("person_identifier", {"type": "cro", "value": "SF05/482703J", "is_valid": True}, []),
    ("person_identifier", {"type": "cro", "value": "85227/65G", "is_valid": False},
     [("value", "check_letter_cro")]),
    ("person_identifier", {"type": "passport", "value": "2001/0171310S"}, []),
    ("custody", {"asn": "1101ZD0100000448754K"}, []),
    ("custody", {"asn": "1101ZD0100000448754L"}, [("asn", "check_letter_asn")]),
    ("custody", {"asn": "1101ZDA0100000448754L"}, []),
    # Orders of times.
    ("person_record", {"recorded_at": at("01-02"), "updated_at": at("01-01 12:00")},
     [("updated_at", "order_of_times")]),
    ("person_record", {"recorded_at": at("01-02"), "updated_at": at("01-02")}, []),
    ("person_address", {"from_date": date(2025, 5, 2), "to_date": date(2025, 5, 1)},
     [("to_date", "order_of_times")]),
    ("person_address", {"from_date": date(2025, 5, 2), "to_date": None}, []),
    ("offence_record", {"occurred_from": at("01-01 10:00"), "occurred_to": at("01-01 09:59")},
     [("occurred_to", "order_of_times")]),
    ("offence_record", {"occurred_from": at("01-01 10:00"), "reported_at": at("01-01 09:59"),
                        "recorded_at": at("01-01 12:00")}, [("reported_at", "order_of_times")]),
    ("offence_record", {"occurred_from": at("01-01 10:00"), "recorded_at": at("01-01 09:00")},
     [("recorded_at", "order_of_times")]),
    ("incident", {"reported_at": at("01-01 10:00"), "attended_at": at("01-01 10:20"),
                  "closed_at": at("01-01 10:10")}, [("closed_at", "order_of_times")]),
    ("incident", {"reported_at": at("01-01 10:00"), "closed_at": at("01-01 09:10")},
     [("closed_at", "order_of_times")]),
    ("incident", {"reported_at": at("01-01 10:00"), "attended_at": at("01-01 09:50")},
     [("attended_at", "order_of_times")]),
    ("custody", {"arrested_at": at("01-01 10:00"), "detained_at": at("01-01 09:00"),
                 "released_at": at("01-01 11:00")}, [("detained_at", "order_of_times")]),
    ("custody", {"arrested_at": at("01-01 10:00"), "released_at": at("01-01 09:00")},
     [("released_at", "order_of_times")]),
    ("lfr_deployment", {"started_at": at("01-01 10:00"), "ended_at": at("01-01 09:00")},
     [("ended_at", "order_of_times")]),
    ("stop_search", {"occurred_from": at("01-02"), "reported_at": at("01-01 12:00")},
     [("reported_at", "order_of_times")]),
    # A day without a time, in winter and in summer, stands for the whole day.
    ("offence_record", {"occurred_from": at("01-01 10:00"), "occurred_to": at("01-01")}, []),
    ("offence_record", {"occurred_from": at("07-01 10:00"), "occurred_to": at("06-30 23:00")}, []),
    ("offence_record", {"occurred_from": at("01-02 10:00"), "occurred_to": at("01-01")},
     [("occurred_to", "order_of_times")]),
    # 01:40 and 01:10 of the hour that comes twice: the second may be of the second time.
    ("offence_record", {"occurred_from": at("10-26 00:40"),
                        "occurred_to": at("10-26 00:10"), "is_time_ambiguous": True},
     []),
    ("offence_record", {"occurred_from": at("10-26 00:40"),
                        "occurred_to": at("10-26 00:10")},
     [("occurred_to", "order_of_times")]),
    # A month as a whole: reported within it, before its last instant.
    ("offence_record", {"occurred_from": at("01-01"), "occurred_to": at("01-31 23:59"),
                        "occurred_precision": "month", "reported_at": at("01-15")}, []),
    # Columns that go together.
    ("person_record", {"birth_date": date(1980, 5, 5), "birth_year": 1981},
     [("birth_year", "not_the_year_of")]),
    ("person_record", {"birth_date": date(1980, 5, 5), "birth_year": 1980}, []),
    ("person_record", {"birth_year": 1981}, []),
    ("offence_record", {"longitude": -1.5}, [("longitude", "half_given")]),
    ("outcome", {"northing": 5000.0}, [("easting", "half_given")]),
    ("offence_record", {"longitude": -1.5, "latitude": 54.7}, []),
    # Codes of reference tables.
    ("offence_record", {"last_outcome_code": "99", "is_notifiable": True},
     [("last_outcome_code", "reference")]),
    ("offence_record", {"last_outcome_code": "14", "is_notifiable": True}, []),
    ("offence_record", {"offence_code": "999/99"}, [("offence_code", "reference")]),
]  # fmt: skip


def test_each_case_breaks_the_rules_it_should_and_no_other(night):
    batches = []
    for number, (table, values, _) in enumerate(CASES):
        tables = {"person_record": [person("p")], table: [person("p") | values]}
        if table == "person_record":
            tables = {table: [person("p") | values]}
        batches.append(night.stage(f"force{number:03}", tables))
    night.check()
    told = []
    for batch in batches:
        results = night.checked(batch).results.filter(pl.col("failed") > 0)
        told.append(sorted(results.select("column_name", "rule").iter_rows()))
    assert told == [sorted(rules) for _, _, rules in CASES]


def test_info_rules_keep_their_rows_and_rules_of_warning_do_not(night):
    late = {"recorded_at": at("01-02"), "updated_at": at("01-01 12:00")}
    rows = [person("1", **late), person("2", birth_date=date(1900, 1, 1)), person("3")]
    batch = night.stage("alpha", {"person_record": rows})
    night.check()
    checked = night.checked(batch)
    assert checked.accepted("person_record") == ["1", "3"]
    assert checked.result("person_record", "updated_at", "order_of_times")["action"] == "counted"
    assert checked.failures == [("person_record", 2, "birth_date", "placeholder_birth_date")]


def outcome(offence, day, **values):
    return person(f"of {offence} on {day}", offence_source_record_id=offence,
                  outcome_date=date.fromisoformat(day)) | values  # fmt: skip


def offence(i, day, **values):
    return person(i, occurred_on=date.fromisoformat(day)) | values


def test_an_outcome_is_not_before_its_offence_of_the_night_or_of_the_store(night):
    ids = {"force": "alpha", "source_system": "niche"}
    held = [offence(i, day) | ids for i, day in
            [("held", "2026-01-20"), ("moved", "2026-01-20"), ("else", "2026-01-20")]]  # fmt: skip
    held.append(offence("fresh", "2026-02-27") | ids | {"force": "bravo"})
    night.publish(core_offence_record=held)
    batch = night.stage("alpha", {
        "offence_record": [
            offence("fresh", "2026-01-20"), offence("moved", "2026-01-05"),
            offence("month", "2026-01-01", occurred_precision="month"), person("undated"),
        ],
        "outcome": [
            outcome("fresh", "2026-01-19"),  # before
            outcome("fresh", "2026-01-20"),
            outcome("fresh", "2026-01-01"),  # some day of January
            outcome("fresh", "2025-12-01"),  # some day of December: before
            outcome("held", "2026-01-10"),  # before
            outcome("held", "2026-02-10"),
            outcome("moved", "2026-01-10"),  # after what the night says
            outcome("month", "2026-01-02"),
            outcome("month", "2025-12-31"),  # before
            outcome("undated", "2020-01-01"),
            person("no offence", outcome_date=date(2020, 1, 1)),
        ],
    })  # fmt: skip
    night.check()
    result = night.checked(batch).result("outcome", "outcome_date", "order_of_times")
    assert (result["checked"], result["failed"], result["action"]) == (11, 4, "counted")


def test_births_and_sexes_that_contradict_another_version_are_counted(night):
    ids = {"force": "alpha", "source_system": "niche"}
    born = date(1980, 1, 2)
    held = [person(i, record_key=i, birth_date=born, sex="M") | ids for i in "abcdef"]
    held += [person("g", record_key="g", sex="U") | ids]
    held += [row | {"force": "bravo", "sex": "F"} for row in held]
    night.publish(core_person_record=held)
    batch = night.stage("alpha", {
        "person_record": [
            person("a", birth_date=born, sex="M"),
            person("b", birth_date=date(1980, 2, 1), sex="M"),  # another birth
            person("c", birth_date=born, sex="F"),  # another sex
            person("d", sex="U"),
            person("e"),
            person("g", birth_date=born, sex="F"),
            person("new", birth_date=born, sex="F"),
        ],
    })  # fmt: skip
    events = night.stage("charlie", {
        "person_record": [
            person("x", sequence=1, birth_date=born, sex="U"),
            person("x", sequence=2, birth_date=born, sex="M"),
            person("x", sequence=3, birth_date=date(1981, 1, 2), sex="F"),
            person("y", sequence=4, sex="F"),
            person("y", sequence=5, sex="F"),
        ],
    })  # fmt: skip
    night.check()

    def failed(batch, column):
        return night.checked(batch).result("person_record", column, "contradicts_another_version")[
            "failed"
        ]

    assert (failed(batch, "birth_date"), failed(batch, "sex")) == (1, 1)
    assert (failed(events, "birth_date"), failed(events, "sex")) == (3, 2)
    assert len(night.checked(batch).accepted("person_record")) == 7


def test_an_objects_part_points_at_an_object_of_the_kind_it_names(night):
    part = person("o", event_type="offence_record", object_type="vehicle_record", role="used")
    tables = {
        "offence_record": [person("o")],
        "vehicle_record": [person("v")],
        "event_object": [
            part | {"object_source_record_id": "v", "record_key": "1"},
            part | {"object_source_record_id": "w", "record_key": "2"},
            part | {"object_source_record_id": "v", "record_key": "3",
                    "object_type": "phone_record"},
        ],
    }  # fmt: skip
    batch = night.stage("alpha", tables)
    night.check()
    assert night.checked(batch).failures == [
        ("event_object", 2, "object_source_record_id", "reference"),
        ("event_object", 3, "object_source_record_id", "reference"),
    ]


IDENTIFIERS = st.one_of(
    st.from_regex(r"\A[0-9]{4}/[0-9]{7}[A-Z]\Z"),
    st.from_regex(r"\A[0-9]{6}/[0-9]{2}[A-Z]\Z"),
    st.from_regex(r"\ASF[0-9]{2}/[0-9]{1,7}[A-Z]\Z"),
    st.text(max_size=14),
)


@given(st.lists(IDENTIFIERS, min_size=1, max_size=40))
def test_check_letters_in_sql_agree_with_those_in_polars(values):
    frame = pl.DataFrame({"v": values}, schema={"v": pl.String})
    expected = frame.select(pnc=is_valid_pnc(pl.col("v")), cro=is_valid_cro(pl.col("v")))
    with duckdb.connect() as con:
        con.register("frame", frame)
        found = con.sql(
            f"SELECT {has_right_letter('pnc', 'v')} AS pnc, "
            f"{has_right_letter('cro', 'v')} AND v <> '000000/00Z' AS cro FROM frame"
        ).pl()
    assert found.rows() == expected.rows()


@pytest.mark.parametrize("unit", ["ZD01", "0101", "01A1", "A1ZZ"])
def test_an_asn_made_by_the_formula_passes_and_its_neighbour_does_not(unit):
    force, system = "52", unit[2:]
    letter = pl.select(
        asn_check_letter_expr(pl.lit(11), pl.lit(force), pl.lit(system), pl.lit(448754))
    ).item()
    asn = f"11{force}{unit}00000448754{letter}"
    wrong = f"11{force}{unit}00000448755{letter}"
    with duckdb.connect() as con:
        query = (
            f"SELECT {has_right_letter('asn', 'v')} FROM (VALUES ('{asn}'), ('{wrong}')) AS t(v)"
        )
        assert con.sql(query).fetchall() == [(True,), (False,)]


def test_every_rule_says_who_answers_for_it_why_it_is_and_what_to_do():
    for table in DELIVERED:
        rules = rules_of(table)
        named = [(rule.column, rule.name) for rule in rules]
        assert len(set(named)) == len(named), table.name
        for rule in rules:
            assert rule.owner
            assert rule.basis
            assert rule.reason
            assert rule.remedy
            assert rule.expectation


def test_every_coordinate_and_time_that_tables_share_is_checked_in_each_of_them():
    for table in DELIVERED:
        names = {(rule.column, rule.name) for rule in rules_of(table)}
        for column in ("longitude", "latitude", "easting", "northing"):
            assert column not in table or (column, "range") in names, table.name
        if "longitude" in table:
            assert {("longitude", "half_given"), ("easting", "half_given")} <= names
        if "occurred_from" in table:
            later = {"occurred_to", "reported_at", "recorded_at"}
            assert {(column, "order_of_times") for column in later} <= names
        assert ("record_key", "duplicate_key") in names


def test_no_rule_of_the_contract_names_a_column_that_is_not_there():
    for table in DELIVERED:
        for order in table.orders:
            target = table
            if order.through:
                target = delivered_table(table.column(order.through).references.table)
            kinds = {target.column(name).kind for name in order.earlier}
            assert kinds == {table.column(order.later).kind}
        for column in table.columns:
            assert column.year_of is None or column.year_of in table
            assert column.references_by is None or table.column(column.references_by).allowed
