"""What is written down of every batch, and what never is."""

import polars as pl
import pytest

from quality.catalogue import list_rules
from quality.gate.batch_rules import batch_rules
from quality.gate.codes import code_columns
from quality.gate.profile import CODES_LISTED
from tests.quality.deliveries import Deliveries, make_frame
from warehouse.contract import DELIVERED, delivered_table


def profile(night, batch, name):
    path = night.home.checked(batch.batch_id) / f"{name}_profile.parquet"
    return pl.read_parquet(path)


def rows_of(frame, table, column):
    picked = (pl.col("table_name") == table) & (pl.col("column_name") == column)
    return frame.filter(picked).drop("batch_id", "table_name", "column_name").rows()


def test_the_check_writes_what_every_batch_held(night):
    held = [("M", "ASH"), ("M", None), ("F", None), ("Q", "ELM"), (None, "OAK")]
    persons = [{"source_record_id": str(n), "sex": sex, "surname": name}
               for n, (sex, name) in enumerate(held)]  # fmt: skip
    persons.append({"source_record_id": "9", "operation": "delete"})
    batch = night.stage("alpha", {"person_record": persons})
    other = night.stage("bravo", {"person_record": persons[:1]})
    night.check()
    tables = profile(night, batch, "table")
    assert tables.rows() == [(batch.batch_id, "alpha", "person_record", 5, 1, 1)]
    columns = profile(night, batch, "column")
    assert rows_of(columns, "person_record", "surname") == [("alpha", 5, 2, None)]
    assert rows_of(columns, "person_record", "sex") == [("alpha", 5, 1, None)]
    codes = profile(night, batch, "code")
    # Q is no code of the contract: whatever stands there is counted and not told.
    assert rows_of(codes, "person_record", "sex") == [(None, 1), ("F", 1), ("M", 2)]
    assert rows_of(codes, "person_record", "surname") == []
    assert rows_of(profile(night, other, "code"), "person_record", "sex") == [("M", 1)]


def test_of_a_held_batch_only_codes_of_the_contract_are_told(night):
    row = {"source_record_id": "1", "offence_code_raw": "ASH ROWAN", "status": "open"}
    held = night.stage("alpha", {"offence_record": [row]}, held_rule="test_environment",
                       held_reason="the delivery says that it is test data")  # fmt: skip
    sound = night.stage("bravo", {"offence_record": [row]})
    night.check()
    codes = profile(night, held, "code")
    assert rows_of(codes, "offence_record", "offence_code_raw") == [(None, 1)]
    assert rows_of(codes, "offence_record", "status") == [("open", 1)]
    told = rows_of(profile(night, sound, "code"), "offence_record", "offence_code_raw")
    assert told == [("ASH ROWAN", 1)]


def test_a_batch_that_cannot_be_read_has_no_profile_and_others_have(night):
    cut = night.stage("alpha", {"person_record": [{"source_record_id": "1"}]})
    (night.home.staged(cut.batch_id) / "person_record.parquet").write_bytes(b"PAR1")
    sound = night.stage("bravo", {"person_record": [{"source_record_id": "1"}]})
    night.check()
    assert night.checked(cut).batch.held_rule == "check_failed"
    assert profile(night, cut, "table").is_empty()
    assert profile(night, sound, "table").height == 1


def test_text_in_a_column_of_codes_is_not_listed_and_the_list_is_short(tmp_path):
    deliveries = Deliveries(tmp_path)
    codes = [f"C{n}" for n in range(CODES_LISTED + 5)] + ["C1", "x" * 61]
    deliveries.send({"offence_record": make_frame("offence_record", len(codes),
                                                  offence_code_raw=codes)})  # fmt: skip
    listed = pl.read_parquet(tmp_path / "code_profile.parquet")["code"]
    assert listed.null_count() == 1
    assert listed.len() == CODES_LISTED + 1
    told = pl.read_parquet(tmp_path / "code_profile.parquet").filter(pl.col("code").is_null())
    assert told["rows"].item() == 6


def test_codes_never_sent_before_are_counted_from_the_second_delivery_on(tmp_path):
    deliveries = Deliveries(tmp_path)
    counted = []
    for colours in (["RED", "BLUE"], ["RED", "GREEN", "GREEN"], ["GREEN", "PINK"]):
        frame = make_frame("vehicle_record", len(colours), colour=colours)
        deliveries.send({"vehicle_record": frame})
        columns = pl.read_parquet(tmp_path / "column_profile.parquet")
        counted.append(columns.filter(pl.col("column_name") == "colour")["unseen"].item())
    assert counted == [None, 2, 1]


@pytest.mark.parametrize("table", DELIVERED, ids=lambda table: table.name)
def test_of_a_personal_column_only_values_that_the_contract_lists_are_codes(table):
    for column in code_columns(table):
        sensitivity = delivered_table(table.name).column(column.name).sensitivity
        assert column.codes or sensitivity in ("public", "internal"), column.name


def test_every_rule_about_batches_that_a_check_looks_at_is_in_the_catalogue(tmp_path, night):
    listed = set(list_rules(batch_rules()).select("rule", "table_name", "column_name").rows())
    deliveries = Deliveries(tmp_path / "drift")
    frame = {"person_record": make_frame("person_record", 80, sex=["M"] * 80)}
    looked = [check for _ in range(4) for check in deliveries.send(frame)]
    batch = night.stage("alpha", {"person_record": [{"source_record_id": str(n), "sex": "M"}
                                  for n in range(12)]}, kind="full")  # fmt: skip
    night.check()
    gate = {"empty_batch", "too_many_failures"}
    results = night.checked(batch).results.filter(pl.col("rule").is_in(gate))
    keys = {(c.rule, c.table, c.column) for c in looked}
    keys |= set(results.select("rule", "table_name", "column_name").rows())
    assert {rule for rule, _, _ in keys} == gate | {
        "volume", "unusual_volume", "null_share", "unseen_values", "code_distribution",
    }  # fmt: skip
    assert keys <= listed
