"""Batches that are held as a whole, and what becomes of the rest of the night."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from quality import check as check_module
from quality.catalogue import night_rules
from quality.run import isolation
from warehouse.batch import Finding
from warehouse.contract import delivered_table

from .conftest import blank


def people(count, start=0, **values):
    return [{"source_record_id": str(start + n)} | values for n in range(count)]


def history(force, received, kind="delta", table="incident"):
    """Loaded batches of the force, one for each number of rows."""
    batches, ledger = [], []
    for number, rows in enumerate(received):
        batch_id = f"{force}-past-{number}"
        batches.append({
            "batch_id": batch_id, "force": force, "source_system": "niche", "kind": kind,
            "status": "loaded", "delivery_date": date(2026, 2, 1 + number),
        })  # fmt: skip
        ledger.append({"batch_id": batch_id, "table_name": table, "received": rows})
    return {"quality_batch": batches, "quality_reconciliation": ledger}


def merge(*histories):
    return {name: [row for h in histories for row in h[name]] for name in histories[0]}


def held_rules(night, batches):
    """Rule that holds each batch; None where it may be loaded."""
    return [night.checked(batch).batch.held_rule for batch in batches]


def test_volume_is_held_against_the_forces_own_batches_of_the_same_kind(night):
    night.publish(**merge(
        history("few", [100, 120, 110]),
        history("many", [100, 120, 110]),
        history("usual", [100, 120, 110]),
        history("young", [100]),
        history("quiet", [0, 60, 0, 3]),
        history("otherkind", [100, 120, 110], kind="full"),
        history("absent", [100, 120, 110], table="offence_record"),
    ))  # fmt: skip
    forces = {
        "few": 3,
        "many": 300,
        "usual": 90,
        "young": 1,
        "quiet": 1,
        "otherkind": 1,
        "absent": 5,
    }
    batches = [
        night.stage(force, {}, received={"incident": rows}, delivery_date=date(2026, 2, 4))
        for force, rows in forces.items()
    ]
    night.check()
    assert held_rules(night, batches) == ["volume", "volume", None, None, None, None, "volume"]
    few = night.checked(batches[0])
    assert few.batch.held_reason == "incident: 3 rows where 110 are usual"
    assert few.result("incident", None, "volume")["action"] == "held"
    assert night.checked(batches[2]).result("incident", None, "volume")["action"] == "none"


def test_a_full_delivery_without_a_row_is_held_and_a_delta_without_one_is_not(night):
    full = night.stage("alpha", {}, kind="full")
    delta = night.stage("bravo", {})
    night.check()
    assert held_rules(night, [full, delta]) == ["empty_batch", None]


def test_a_full_delivery_that_lacks_most_of_what_is_held_is_held(night):
    stored = [{"force": force, "source_system": "niche", "source_record_id": str(n)}
              for force in ("cut", "half", "delta", "part") for n in range(60)]  # fmt: skip
    night.publish(core_person_record=stored)
    everything = {"person_record": None}
    batches = [
        night.stage("cut", {"person_record": people(29)}, kind="full", covers=everything),
        night.stage("half", {"person_record": people(30)}, kind="full", covers=everything),
        night.stage("delta", {"person_record": people(1)}),
        night.stage("part", {"person_record": people(1)}, kind="full", covers={}),
    ]
    night.check()
    assert held_rules(night, batches) == ["full_too_small", None, None, None]
    reason = night.checked(batches[0]).batch.held_reason
    assert reason == "person_record: lacks 31 of 60 records that are held"
    # Half of them is not held, but does not pass without a word.
    noted = night.checked(batches[1]).result("person_record", None, "full_smaller")
    assert (noted["severity"], noted["failed"], noted["action"]) == ("info", 30, "counted")
    assert night.checked(batches[1]).result("person_record", None, "full_too_small")["failed"] == 0


def test_a_full_delivery_with_no_row_of_a_table_that_is_held_is_held_however_few_they_are(night):
    ids = {"force": "small", "source_system": "niche"}
    stored = [ids | {"source_record_id": str(n)} for n in range(3)]
    stored += [row | {"force": "changed"} for row in stored]
    night.publish(core_person_record=stored)
    tables = {"person_record": [], "offence_record": [{"source_record_id": "o"}]}
    everything = {"person_record": None, "offence_record": None, "incident": None}
    batches = [
        night.stage("small", tables, kind="full", covers=everything),
        night.stage("changed", tables | {"person_record": people(1, start=9)}, kind="full",
                    covers=everything),
        night.stage("new", tables, kind="full", covers=everything),
    ]  # fmt: skip
    night.check()
    assert held_rules(night, batches) == ["full_too_small", None, None]
    reason = night.checked(batches[0]).batch.held_reason
    assert reason == "person_record: lacks 3 of 3 records that are held"


def test_a_batch_is_held_to_what_earlier_ones_of_the_night_bring(night):
    everything = {"kind": "full", "covers": {"person_record": None}}
    gone = [{"source_record_id": str(n), "operation": "delete"} for n in range(40)]
    batches = [
        night.stage("cut", {"person_record": people(60)}, name="1", **everything),
        night.stage("cut", {"person_record": people(5)}, name="2", **everything),
        night.stage("sound", {"person_record": people(60)}, name="1", **everything),
        night.stage("sound", {"person_record": people(55)}, name="2", **everything),
        night.stage("delta", {"person_record": people(60)}, name="1", **everything),
        night.stage("delta", {"person_record": gone}, name="2"),
    ]
    night.check()
    assert held_rules(night, batches) == [
        None, "full_too_small", None, None, None, "delta_deletes_most",
    ]  # fmt: skip
    reason = night.checked(batches[1]).batch.held_reason
    assert reason == "person_record: lacks 55 of 60 records that are held"


def test_what_is_held_itself_or_kept_out_brings_nothing_that_a_later_batch_could_lack(night):
    everything = {"kind": "full", "covers": {"person_record": None}}
    bad = people(300, start=1000, sex="Q")
    batches = [
        # Held: most of it is bad. The correction of the same night is not held to it.
        night.stage("mended", {"person_record": people(60) + bad}, name="1", **everything),
        night.stage("mended", {"person_record": people(60)}, name="2", **everything),
        # Some rows are kept out, and the correction leaves them away.
        night.stage("some", {"person_record": people(60) + bad[:55]}, name="1", **everything),
        night.stage("some", {"person_record": people(55)}, name="2", **everything),
    ]
    night.check()
    assert held_rules(night, batches) == ["too_many_failures", None, None, None]
    noted = night.checked(batches[3]).result("person_record", None, "full_too_small")
    assert (noted["checked"], noted["failed"]) == (60, 0)


def test_more_than_half_the_persons_quarantined_holds_the_batch_and_what_leans_on_it(night):
    bad, sound = people(11, sex="Q"), people(10, start=20)
    role = {"event_type": "offence_record", "person_source_record_id": "20"}
    batches = [
        night.stage("alpha", {"person_record": bad + sound}),
        night.stage("bravo", {"person_record": bad[1:] + sound}),
        # Alpha's second batch points at a person that only its first, held batch brings.
        night.stage("alpha", {
            "offence_record": [{"source_record_id": "o"}],
            "event_role": [{"source_record_id": "o"} | role],
        }, name="2"),
    ]  # fmt: skip
    night.check()
    assert held_rules(night, batches) == ["too_many_failures", None, None]
    held, kept, leaning = (night.checked(batch) for batch in batches)
    assert held.accepted("person_record") == []
    assert len(held.failures) == 11
    assert len(kept.accepted("person_record")) == 10
    assert leaning.failures == [("event_role", 1, "person_source_record_id", "owner_quarantined")]
    assert leaning.accepted("offence_record") == ["o"]


def test_a_batch_held_by_standardise_stays_so_and_keeps_its_findings(night):
    earlier = pl.DataFrame(
        [{"batch_id": "b", "force": "alpha", "table_name": "person_record", "source_file": "f.csv",
          "source_row": 3, "record_key": None, "column_name": "birth_date",
          "rule": "unreadable_date", "reason": "birth_date is no date"}],
        schema_overrides={"record_key": pl.String},
    )  # fmt: skip
    finding = Finding("person_record", "surname", "known_bad_value", 5, 2, "mended")
    batch = night.stage(
        "alpha", {"person_record": people(2)}, quarantine=earlier, findings=(finding,),
        held_rule="test_environment", held_reason="the delivery says that it is test data",
    )  # fmt: skip
    night.check()
    checked = night.checked(batch)
    assert checked.batch == batch
    assert checked.accepted("person_record") == []
    assert checked.failures == [("person_record", 3, "birth_date", "unreadable_date")]
    assert checked.result("person_record", "surname", "known_bad_value")["action"] == "mended"
    assert checked.result("batch", None, "test_environment")["action"] == "held"


def test_one_row_that_breaks_a_critical_rule_holds_its_batch(night, monkeypatch):
    rules = tuple(
        replace(rule, severity="critical") if rule.column == "sex" else rule
        for rule in night_rules()
    )
    monkeypatch.setattr(check_module, "night_rules", lambda: rules)
    broken = night.stage("alpha", {"person_record": people(30) + people(1, start=40, sex="Q")})
    sound = night.stage("bravo", {"person_record": people(30)})
    night.check()
    assert held_rules(night, [broken, sound]) == ["allowed_values", None]
    checked = night.checked(broken)
    assert checked.accepted("person_record") == []
    assert checked.result("person_record", "sex", "allowed_values")["action"] == "held"


def rot(path):
    """Overwrite the middle of a file: its footer still reads, its pages do not."""
    content = bytearray(path.read_bytes())
    content[4:200] = b"\xff" * 196
    path.write_bytes(content)


def test_a_batch_that_cannot_be_read_is_held_alone(night):
    table = delivered_table("person_record")
    sound = night.stage("alpha", {"person_record": people(50, sex="M")})
    rotten = night.stage("bravo", {"person_record": people(50, sex="M")})
    rot(night.home.staged(rotten.batch_id) / "person_record.parquet")
    cut = night.stage("charlie", {"person_record": people(50)})
    (night.home.staged(cut.batch_id) / "person_record.parquet").write_bytes(b"PAR1")
    narrow = night.stage("delta", {
        "offence_record": [{"source_record_id": "1"}],
        "person_record": pl.DataFrame(schema=table.polars_schema()).drop("sex"),
    })  # fmt: skip
    night.check()
    assert held_rules(night, [sound, rotten, cut, narrow]) == [None, *["check_failed"] * 3]
    assert len(night.checked(sound).accepted("person_record")) == 50
    assert night.checked(narrow).accepted("offence_record") == []
    reason = night.checked(narrow).batch.held_reason
    assert reason.startswith("person_record: columns missing or of another type: sex")
    assert night.checked(rotten).result("batch", None, "check_failed")["action"] == "held"


def test_a_batch_over_which_a_suite_cannot_be_run_is_found_and_held_alone(night, monkeypatch):
    batches = [
        night.stage(force, {"person_record": people(2), "offence_record": people(1)})
        for force in ("alpha", "bravo", "charlie")
    ]
    run = isolation._run_suites

    def run_unless_bravo(database, sources, rules):
        if any(source.batch.force == "bravo" for source in sources):
            return {}, "person_record"
        return run(database, sources, rules)

    monkeypatch.setattr(isolation, "_run_suites", run_unless_bravo)
    night.check()
    assert held_rules(night, batches) == [None, "check_failed", None]
    assert len(night.checked(batches[2]).accepted("person_record")) == 2


def files_of(night, batch):
    folder = night.home.checked(batch.batch_id)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_killed_check_run_again_gives_the_same_and_a_finished_one_is_not_redone(
    night, monkeypatch
):
    tables = {
        "person_record": people(5) + people(1, start=9, sex="Q"),
        "person_address": [{"source_record_id": str(n)} for n in (9, 1, 2)],
    }
    batches = [night.stage(force, tables) for force in ("alpha", "bravo")]
    night.check()
    undisturbed = [files_of(night, batch) for batch in batches]

    monkeypatch.setattr(check_module, "_check_batches", pytest.fail)
    night.check()
    monkeypatch.undo()

    # Killed after its first batch was written, with its working database left behind.
    folder = night.home.night(night.night) / "check"
    (folder / "done.json").unlink()
    (folder / "work.duckdb").write_bytes(b"left behind")
    (night.home.checked(batches[1].batch_id) / "batch.json").unlink()
    night.check()
    assert [files_of(night, batch) for batch in batches] == undisturbed


def test_changes_that_delete_most_of_what_is_held_are_held_and_those_that_delete_many_are_noted(
    night,
):
    night.publish(core_person_record=[
        {"force": force, "source_system": "niche", "source_record_id": str(n)}
        for force in ("alpha", "bravo", "charlie") for n in range(60)
    ])  # fmt: skip
    batches = [
        night.stage(
            force, {"person_record": [blank("person_record", str(n), force) for n in range(rows)]}
        )
        for force, rows in (("alpha", 40), ("bravo", 10), ("charlie", 3))
    ]  # fmt: skip
    night.check()
    assert held_rules(night, batches) == ["delta_deletes_most", None, None]
    noted = [night.checked(b).result("person_record", None, "delta_deletes_many") for b in batches]
    assert [one["failed"] for one in noted] == [40, 10, 0]
