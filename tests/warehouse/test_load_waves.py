"""Batches are loaded in waves; what becomes of each is as if it had been loaded alone."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from warehouse import load as load_module
from warehouse import wave as wave_module
from warehouse.batch import Batch, DeliveredFile
from warehouse.wave import cut_waves

NIGHT = date(2026, 1, 1)
WHOLE = {"person_record": None}


def batch(force: str, sequence: str, system: str = "standard") -> Batch:
    return Batch(
        f"{force}-{system}-{sequence}", "d", force, force, system, NIGHT, sequence, "full", "live",
        "0" * 64, 1,
    )  # fmt: skip


def cut(batches: list[Batch], folder: Path) -> list[list[str]]:
    folders = [folder / b.batch_id for b in batches]
    for each in folders:
        each.mkdir(exist_ok=True)
        (each / "person_record.parquet").write_bytes(bytes(10))
    waves = cut_waves(NIGHT, batches, folders)
    return [[b.batch_id for b in wave.batches] for wave in waves]


def test_a_wave_ends_before_a_force_and_system_come_again(tmp_path):
    batches = [
        batch("durham", "1"), batch("kent", "1"), batch("durham", "1", "policeuk"),
        batch("durham", "2"), batch("kent", "2"), batch("kent", "3"),
    ]  # fmt: skip
    assert cut(batches, tmp_path) == [
        ["durham-standard-1", "kent-standard-1", "durham-policeuk-1"],
        ["durham-standard-2", "kent-standard-2"],
        ["kent-standard-3"],
    ]


def test_a_wave_holds_no_more_bytes_than_may_be_unless_one_batch_does(tmp_path, monkeypatch):
    batches = [batch(force, "1") for force in ("durham", "essex", "kent")]
    monkeypatch.setattr(wave_module, "WAVE_BYTES", 20)
    assert [len(ids) for ids in cut(batches, tmp_path)] == [2, 1]
    monkeypatch.setattr(wave_module, "WAVE_BYTES", 5)
    assert [len(ids) for ids in cut(batches, tmp_path)] == [1, 1, 1]
    assert cut([], tmp_path) == []


def person(key: str, surname: str = "SMITH") -> dict[str, Any]:
    return {"record_key": key, "surname": surname}


def held_rules(bench: Any) -> dict[str, str | None]:
    return dict(bench.ask("SELECT force, held_rule FROM quality.batch"))


@pytest.mark.parametrize(
    ("rows", "values", "rule"),
    [
        ({"person_record": [person("a")]}, {"received": {"person_record": 2}}, "does_not_balance"),
        ({"person_record": [person("a") | {"force": "kent"}]}, {}, "foreign_rows"),
        ({"person_identifier": [{"record_key": "a#1", "type": None}]}, {}, "contract_broken"),
        ({}, {"received": {"horse_record": 1}}, "unknown_table"),
    ],
)
def test_a_batch_that_may_not_be_loaded_is_held_alone(bench, rows, values, rule):
    for force in ("avon", "cheshire", "kent", "surrey"):
        bench.put(NIGHT, "1", {"person_record": [person(force)]}, force=force)
    bad = bench.put(NIGHT, "1", rows, force="durham", **values)
    bench.load(NIGHT)
    assert held_rules(bench) == {
        "avon": None, "cheshire": None, "durham": rule, "kent": None, "surrey": None
    }  # fmt: skip
    assert sorted(bench.names()) == ["avon", "cheshire", "kent", "surrey"]
    assert bench.ask("SELECT count(*) FROM ledger.delivery") == [(4,)]
    balances = bench.balances(bad).values()
    assert all(balance[0] == balance[3] for balance in balances)


def test_the_same_key_of_two_forces_is_two_records(bench):
    for force, surname in (("durham", "SMITH"), ("kent", "JONES")):
        bench.put(NIGHT, "1", {"person_record": [person("a", surname)]}, force=force, covers=WHOLE)
    gone = {"record_key": "a", "operation": "delete"}
    bench.put(NIGHT, "2", {"person_record": [gone]}, force="durham")
    bench.put(NIGHT, "2", {"person_record": [person("a", "JONES")]}, force="kent")
    bench.load(NIGHT)
    assert bench.balances("durham-2") == {"person_record": (1, 0, 0, 0, 1, 0)}
    assert bench.balances("kent-2") == {"person_record": (1, 0, 1, 0, 0, 0)}
    assert bench.names() == {"a": "JONES"}


def test_the_quarantine_of_one_force_keeps_no_row_of_another(bench):
    for force in ("durham", "essex", "kent", "surrey"):
        bench.put(NIGHT, "1", {"person_record": [person("a"), person("b")]}, force=force)
    for force, key in (("durham", "a"), ("surrey", None)):
        blamed = [{"table_name": "person_record", "record_key": key}]
        bench.put(NIGHT, "2", {}, force=force, covers=WHOLE, quarantine=blamed)
    bench.put(NIGHT, "2", {}, force="essex", covers=WHOLE, unreadable_bytes=1)
    bench.put(NIGHT, "2", {}, force="kent", covers=WHOLE)
    bench.load(NIGHT)
    current = bench.ask(
        "SELECT force, record_key FROM core.person_record WHERE valid_to IS NULL ORDER BY ALL"
    )
    assert current == [
        ("durham", "a"), ("essex", "a"), ("essex", "b"), ("surrey", "a"), ("surrey", "b")
    ]  # fmt: skip
    kept = "SELECT force, checked, failed FROM quality.check_result ORDER BY force"
    assert bench.ask(kept) == [("durham", 2, 1), ("essex", 2, 2), ("surrey", 2, 2)]


def test_quarantine_and_files_of_held_and_loaded_batches_are_written_down_once(bench):
    blamed = [{"table_name": "person_record", "record_key": "a"}]
    files = (DeliveredFile("one.csv", 1, "ff"), DeliveredFile("two.csv", 2, "ff", 3))
    shared = {"quarantine": blamed, "delivery_id": "shared", "files": files}
    bench.put(NIGHT, "1", {}, force="durham", held_rule="volume", held_reason="few", **shared)
    bench.put(NIGHT, "1", {}, force="kent", **shared)
    bench.load(NIGHT)
    assert bench.ask("SELECT force FROM quality.quarantine ORDER BY ALL") == [
        ("durham",), ("kent",)
    ]  # fmt: skip
    assert bench.ask("SELECT file, records FROM quality.delivery_file ORDER BY ALL") == [
        ("one.csv", None), ("two.csv", 3)
    ]  # fmt: skip


def test_a_late_batch_does_not_make_its_neighbours_late(bench):
    bench.put(NIGHT, "3", {"person_record": [person("a", "NEW")]}, force="durham")
    bench.put(NIGHT, "1", {"person_record": [person("a", "OLD")]}, force="kent")
    bench.load(NIGHT)
    for force in ("durham", "kent"):
        bench.put(NIGHT, "2", {"person_record": [person("a", "SECOND")]}, force=force)
    bench.load(NIGHT)
    current = "SELECT force, surname FROM core.person_record WHERE valid_to IS NULL ORDER BY force"
    assert bench.ask(current) == [("durham", "NEW"), ("kent", "SECOND")]


def test_a_load_that_is_killed_goes_on_with_the_wave_that_was_lost(bench, monkeypatch):
    for number in ("1", "2"):
        for force in ("durham", "kent"):
            rows = {"person_record": [person(f"{force}{number}")]}
            bench.put(NIGHT, number, rows, force=force)
    record_wave = load_module.record_wave

    def killed_in_the_second(con: Any, wave: Any, balances: Any) -> None:
        record_wave(con, wave, balances)
        if wave.batches[0].sequence == "2":
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(load_module, "record_wave", killed_in_the_second)
        with pytest.raises(KeyboardInterrupt):
            bench.load(NIGHT)
    assert sorted(bench.names()) == ["durham1", "kent1"]
    assert bench.ask("SELECT count(*) FROM ledger.delivery") == [(2,)]
    bench.load(NIGHT)
    assert sorted(bench.names()) == ["durham1", "durham2", "kent1", "kent2"]
    assert bench.ask("SELECT count(*) FROM quality.batch") == [(4,)]


def test_a_batch_whose_record_cannot_be_written_fails_the_load(bench):
    batch_id = bench.put(
        NIGHT, "1", {}, held_rule="volume", held_reason="few",
        files=(DeliveredFile("one.csv", 1, "ff"),),
    )  # fmt: skip
    nameless = replace(Batch.read(bench.home.checked(batch_id)), delivery_id=None)
    nameless.write(bench.home.checked(batch_id))
    with pytest.raises(Exception, match="NOT NULL"):
        bench.load(NIGHT)
