"""Staged files are copied or read where they lie: what is found is the same."""

from datetime import date

import duckdb
import polars as pl
import pytest

from quality.run import load
from warehouse.home import Home

from .conftest import Night

IN_PLACE = 0


def people(ids, **values):
    return [{"source_record_id": i, "record_key": i} | values for i in ids]


def stage_two_batches(night):
    """One of 3,000 people and one of 6, of one source: keys at odds, twice the same, deleted,
    contradicted by the store, lacking, and rows that break rules of one column."""
    ids = {"force": "alpha", "source_system": "niche"}
    held = people("abcdefgh", birth_date=date(1980, 1, 2), sex="M")
    night.publish(core_person_record=[row | ids for row in held])
    large = [
        *people("abc", birth_date=date(1980, 1, 2), sex="M"),
        *people("d", birth_date=date(1990, 1, 2), sex="F"),
        *people("mm", sex="F", surname="TWICE"),
        *people("n", sex="F"),
        *people("n", sex="M"),
        *people("q", sex="Q", surname="UNKNOWN"),
        *people((str(n) for n in range(3000)), sex="M"),
    ]
    small = [
        *people("ab", sex="F"),
        *people("m", sex="F", surname="TWICE"),
        *people("e", operation="delete"),
        *people(["17"], sex="F"),
    ]
    addresses = [{"source_record_id": i} for i in ("a", "e", "f", "nobody")]
    covers = {"person_record": None, "person_address": None}
    return (
        night.stage(
            "alpha", {"person_record": large, "person_address": addresses},
            kind="full", covers=covers,
        ),
        night.stage("alpha", {"person_record": small}, name="2"),
    )  # fmt: skip


def found(folder, monkeypatch, copied_bytes):
    """How many people were copied, and what the check says of the two batches. ``copied_bytes``:
    the limit, given the sizes of the two files of people."""
    night = Night(Home.of(folder))
    batches = stage_two_batches(night)
    copied = []
    load_all = load.load_all

    def watched(con, sources, numbers):
        broken = load_all(con, sources, numbers)
        copied.append(con.sql("SELECT count(*) FROM copied_person_record").fetchall()[0][0])
        return broken

    files = [night.home.staged(batch.batch_id) / "person_record.parquet" for batch in batches]
    limit = copied_bytes([file.stat().st_size for file in files])
    monkeypatch.setattr(load, "COPIED_BYTES", limit)
    monkeypatch.setattr("quality.run.workspace.load_all", watched)
    night.check()
    monkeypatch.undo()
    checked = [night.checked(batch) for batch in batches]
    results = pl.concat([one.results for one in checked])
    told = [(one.failures, one.accepted("person_record"), one.batch.held_rule) for one in checked]
    return copied, told, results.sort(results.columns)


def test_where_staged_files_are_read_changes_nothing_that_is_found(tmp_path, monkeypatch):
    copied, told, results = found(tmp_path / "copied", monkeypatch, lambda sizes: sum(sizes))
    assert copied == [3009 + 5]
    broken = set(results.filter(pl.col("failed") > 0)["rule"])
    assert {"allowed_values", "duplicate_key", "contradicts_another_version", "reference"} <= broken
    for folder, limit, rows in (("in_place", lambda _: IN_PLACE, 0), ("mixed", max, 5)):
        other = found(tmp_path / folder, monkeypatch, limit)
        assert other[:2] == ([rows], told)
        assert other[2].equals(results)


# The first is read by a rule and filled by the source; then not by a rule; then not by the source.
@pytest.mark.parametrize("column", ["surname", "is_deceased", "source_row"])
def test_a_large_file_of_which_a_column_cannot_be_read_is_held_alone(night, monkeypatch, column):
    monkeypatch.setattr(load, "COPIED_BYTES", IN_PLACE)
    rows = people("abc", surname="S", is_deceased=False, sex="Q")
    tables = {"offence_record": people("o"), "person_record": rows}
    sound, rotten = (night.stage(force, tables) for force in ("alpha", "bravo"))
    path = night.home.staged(rotten.batch_id) / "person_record.parquet"
    with duckdb.connect() as con:
        [(start, length)] = con.sql(
            "SELECT coalesce(dictionary_page_offset, data_page_offset), total_compressed_size "
            f"FROM parquet_metadata('{path}') WHERE path_in_schema = '{column}'"
        ).fetchall()
    content = bytearray(path.read_bytes())
    content[start : start + length] = b"\xff" * length
    path.write_bytes(content)
    night.check()
    assert night.checked(sound).batch.held_rule is None
    assert len(night.checked(sound).failures) == 3
    held = night.checked(rotten).batch
    assert held.held_rule == "check_failed"
    assert held.held_reason.startswith("person_record: the staged file cannot be read")
