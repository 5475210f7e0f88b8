"""What a force gets back about a batch: rows to mend, and a page, without people's values."""

import csv
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
import pytest

from quality import check as check_module
from quality.feedback.write import COLUMNS
from tests.quality.conftest import LAST_NIGHT
from warehouse.batch import DeliveredFile, Finding
from warehouse.contract import TABLES
from warehouse.release import append_release, make_release, take_releases

# Values that stand in the rows below, and in no rule: none may leave the home.
PLANTED = ("VALENTINA", "QUARTERMAINE", "ZZ-SECRET-SEX", "1 HIDDEN LANE", "<script>")


def person(key, **values):
    return {"source_record_id": key, "forename": PLANTED[0], "surname": PLANTED[1]} | values


def read_rows(night, batch):
    path = night.home.feedback(batch.force, batch.batch_id) / "feedback.csv"
    with path.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def read_page(night, batch):
    return (night.home.feedback(batch.force, batch.batch_id) / "feedback.html").read_text()


def staged_quarantine(batch_id, force="alpha"):
    return pl.DataFrame(
        [(batch_id, force, "person_record", "person.csv", 7, "=cmd|' /C\x1b[2J calc'!A0",
          "birth_date", "not_a_date", "birth_date cannot be read from what came",
          f'{{"dob": "{PLANTED[2]}"}}')],
        schema=TABLES["quality.quarantine"].polars_schema() | {"raw": pl.String()},
        orient="row",
    )  # fmt: skip


@pytest.fixture
def batch(night):
    people = [person(str(n)) for n in range(20)]
    people.append(person("20", sex=PLANTED[2], ethnicity_observed=PLANTED[4]))
    address = {"source_record_id": "20", "record_key": "20#a", "address": PLANTED[3]}
    return night.stage(
        "alpha",
        {"person_record": people, "person_address": [address]},
        quarantine=staged_quarantine(f"alpha-{night.night}-1"),
        received={"person_record": 22, "person_address": 1},
        findings=(
            Finding("person_record", "surname", "placeholder_name_unknown", 22, 3, "mended"),
            Finding("person_record", None, "known_bad_value", 22, 1, "mended"),
        ),
        files=(DeliveredFile("person.csv", 10, "0", 22, "<script>alert(1)</script>"),),
    )


def test_each_row_that_breaks_a_rule_stands_with_its_place_id_and_remedy(night, batch):
    night.check()
    rows = read_rows(night, batch)
    assert tuple(rows[0]) == COLUMNS
    told = [(r["rule"], r["table"], r["file"], r["row"], r["record_id"], r["column"]) for r in rows]
    assert told == [
        ("owner_quarantined", "person_address", "person_address.csv", "1", "20",
         "source_record_id"),
        # A spreadsheet takes what begins with an equals sign for a formula, a terminal what begins
        # with an escape for an order.
        ("not_a_date", "person_record", "person.csv", "7", "'=cmd|' /C�[2J calc'!A0", "birth_date"),
        *(("allowed_values", "person_record", "person_record.csv", "21", "20", column)
          for column in ("ethnicity_observed", "sex")),
    ]  # fmt: skip
    assert all(row["what_to_do"] and row["what_is_wrong"] for row in rows)
    assert {row["severity"] for row in rows} == {"warning"}
    to_do = {row["rule"]: row["what_to_do"] for row in rows}
    assert "(2024-05-03 in the standard form)" in to_do["not_a_date"]


def test_no_value_of_a_person_stands_in_either_file(night, batch):
    night.check()
    folder = night.home.feedback("alpha", batch.batch_id)
    for path in folder.iterdir():
        text = path.read_text()
        # The note of a file is the deliverer's, so it stands there escaped.
        assert [value for value in PLANTED if value in text] == [], path.name
        assert path.stat().st_mode & 0o777 == 0o600
    assert {path.name for path in folder.iterdir()} == {"feedback.csv", "feedback.html"}


def test_the_page_says_what_came_what_was_kept_out_and_what_to_do(night, batch):
    night.check()
    page = read_page(night, batch)
    assert "20 of 23 rows were taken in; 3 were kept out" in page
    assert "allowed_values" in page
    assert "put one of the allowed values into sex" in page
    assert "mended here, and taken in" in page
    assert "leave it empty where it is not known, or have the placeholder mapped" in page
    assert "a value is one that the force declares to stand for nothing" in page
    assert "leave the value empty in place of what stands for nothing" in page
    assert "force data quality lead" in page
    assert "&lt;script&gt;" in page
    assert "http" not in page.replace("http-equiv", "")


def test_what_a_suite_only_counted_has_rows_and_the_page_says_of_what_there_are_none(night):
    outcome = {"source_record_id": "1", "offence_source_record_id": "gone"}
    batch = night.stage("alpha", {"outcome": [outcome]})
    night.check()
    counted = [(r["rule"], r["severity"]) for r in read_rows(night, batch)]
    assert ("reference", "info") in counted
    assert "no rows of what was counted or mended while the delivery was read" in (
        read_page(night, batch)
    )


def test_a_code_kept_out_before_the_check_is_told_the_codes_there_are(night):
    batch_id = f"alpha-{night.night}-1"
    unknown = staged_quarantine(batch_id).with_columns(
        rule=pl.lit("sex_unknown"), column_name=pl.lit("sex")
    )
    batch = night.stage(
        "alpha", {"person_record": [person("1")]}, quarantine=unknown,
        findings=(Finding("person_record", "sex", "sex_unknown", 2, 1, "quarantined"),),
    )  # fmt: skip
    night.check()
    [row] = read_rows(night, batch)
    assert "stands for one of M, F, U" in row["what_to_do"]
    assert row["what_to_do"] in read_page(night, batch)


def test_of_a_held_batch_the_page_says_why_and_what_to_do(night):
    batch = night.stage("alpha", {"person_record": [person(str(n), sex="?") for n in range(20)]})
    night.check()
    page = read_page(night, batch)
    assert "nothing of it was taken in" in page
    assert "too_many_failures: person_record: 20 of 20 rows quarantined" in page
    assert "ask the national operator to release it" in page
    of_delivery, *rows = read_rows(night, batch)
    assert (of_delivery["rule"], of_delivery["table"]) == ("too_many_failures", "person_record")
    assert of_delivery["what_is_wrong"] == "person_record: 20 of 20 rows quarantined"
    assert (len(rows), {row["row"] for row in rows} & {""}) == (20, set())


def test_of_a_batch_held_by_its_rows_nothing_stands_but_the_rows(night, monkeypatch):
    rules = [
        replace(rule, severity="critical")
        if (rule.table, rule.column, rule.name) == ("person_record", "sex", "allowed_values")
        else rule
        for rule in check_module.night_rules()
    ]
    monkeypatch.setattr(check_module, "night_rules", lambda: rules)
    batch = night.stage("alpha", {"person_record": [person("1"), person("2", sex="?")]})
    night.check()
    assert night.checked(batch).batch.held_rule == "allowed_values"
    assert [(r["rule"], r["row"]) for r in read_rows(night, batch)] == [("allowed_values", "2")]


def test_a_batch_held_unread_has_a_page_and_a_line_for_the_delivery(night):
    batch = night.stage(
        "alpha", {}, held_rule="empty_file", held_reason="=person.csv: the file is empty",
        files=(DeliveredFile("=person.csv.gz", 10, "0"), DeliveredFile("=person", 10, "0")),
    )  # fmt: skip
    night.check()
    [row] = read_rows(night, batch)
    assert row == dict.fromkeys(COLUMNS, "") | {
        "rule": "empty_file", "severity": "critical", "table": "batch",
        "file": "'=person.csv.gz", "what_is_wrong": "'=person.csv: the file is empty",
        "what_to_do": "send the delivery again, whole, under a new date",
    }  # fmt: skip
    page = read_page(night, batch)
    assert "empty_file: =person.csv: the file is empty" in page
    assert "send the delivery again, whole" in page
    assert "operator" not in page
    assert "this one can never be released" in page


def test_a_sound_batch_is_told_so(night):
    batch = night.stage("alpha", {"person_record": [person("1")]})
    night.check()
    assert read_rows(night, batch) == []
    assert "The only row was taken in." in read_page(night, batch)
    assert "no rule was broken" in read_page(night, batch)


def test_of_a_released_batch_the_page_says_who_released_it_and_why(night):
    batch = night.stage("alpha", {"person_record": [person(str(n), sex="?") for n in range(20)]})
    other = night.stage("bravo", {"person_record": [person("1", sex="?")]})
    release = make_release(
        batch.batch_id, "alpha", "pat <x>", datetime(2026, 3, 1, 9, tzinfo=UTC), "all are unknown",
        ("too_many_failures", "20 of 20 rows", night.night), LAST_NIGHT,
        [("person_record", None, "too_many_failures")],
    )  # fmt: skip
    append_release(night.home, release)
    take_releases(night.home, night.night, {"alpha", "bravo"})
    night.check()
    page = read_page(night, batch)
    said = (
        "The delivery was held by too_many_failures and released by pat &lt;x&gt; on 2026-03-01 "
        "(UTC): all are unknown"
    )
    assert said in page
    assert "0 of 20 rows were taken in; 20 were kept out." in page
    page = read_page(night, other)
    assert "released by" not in page
    assert "0 of 1 row was taken in; 1 was kept out." in page
