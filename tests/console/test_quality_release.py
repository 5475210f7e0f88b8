"""A held batch is released by a named person, and the next night takes it in."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

import quality.check as check_module
import transforms.planning as planning_module
import warehouse.load as load_module
from console.quality_held import tell_held
from console.quality_quarantine import show_row, tell_quarantine
from console.quality_release import tell_release
from console.status import tell_status
from forces.declaration import load_declarations
from tests.console.releases import CUT, NIGHTS, WHOLE, OneForce, interrupted
from transforms.planning import plan_night
from warehouse.errors import UsageError
from warehouse.release import append_release, make_release, read_releases, releases_path
from warehouse.store import compare_stores

PERSONS = "SELECT count(*) FROM core.person_record"
BALANCE = """SELECT count(*) FROM quality.reconciliation
             WHERE received <> stored + unchanged + quarantined + deleted"""


@pytest.fixture(scope="module")
def held_home(tmp_path_factory):
    """Two nights: a usual full delivery, then one that is cut and held."""
    force = OneForce(tmp_path_factory.mktemp("held"))
    force.deliver(NIGHTS[0])
    force.deliver(NIGHTS[1], CUT)
    force.run(NIGHTS[0])
    force.run(NIGHTS[1])
    return force


@pytest.fixture
def force(held_home, tmp_path):
    return held_home.copy(tmp_path / "own")


@pytest.fixture
def batch(force):
    [batch_id] = force.held()
    return batch_id


def test_what_is_held_is_listed_with_its_rule_and_the_command_to_type(force, batch):
    said = []
    tell_held(force.home, False, said.append)
    text = "\n".join(said)
    assert "1 batch held" in text
    assert "full_too_small: person_record: lacks 40 of 60 records" in text
    assert f"crimelink quality release {batch} --reason" in text
    said.clear()
    tell_held(force.home, True, said.append)
    [row] = json.loads(said[0])
    assert (row["batch_id"], row["held_since"], row["never"]) == (batch, NIGHTS[1], None)


def test_a_released_batch_is_loaded_by_the_next_night_and_its_record_is_replaced(force, batch):
    before = force.ask("SELECT sum(received) FROM quality.reconciliation")
    assert "in spite of full_too_small" in force.release(batch, "40 records went to another force")
    assert force.ask(PERSONS) == [(WHOLE,)]
    force.run(NIGHTS[2])
    assert force.held() == []
    assert force.ask(PERSONS) == [(CUT,)]
    assert force.ask("SELECT sum(received) FROM quality.reconciliation") == before
    assert force.ask(BALANCE) == [(0,)]
    assert force.ask(
        "SELECT batch_id, released_by, reason, held_rule, CAST(held_night AS TEXT), "
        "CAST(night AS TEXT), outcome FROM quality.release"
    ) == [(batch, "pat", "40 records went to another force", "full_too_small", NIGHTS[1],
           NIGHTS[2], "loaded")]  # fmt: skip
    results = force.ask(
        "SELECT DISTINCT action, severity FROM quality.check_result "
        f"WHERE batch_id = '{batch}' AND rule = 'full_too_small' AND failed > 0"
    )
    assert results == [("overruled", "critical")]
    assert force.ask(f"SELECT night FROM quality.batch WHERE batch_id = '{batch}'") == [
        (force.ask("SELECT max(night) FROM governance.night")[0][0],)
    ]
    doubled = "SELECT count(*) - count(DISTINCT batch_id) FROM quality.batch"
    assert force.ask(doubled) == [(0,)]


def test_until_then_the_status_names_who_released_it(force, batch):
    force.release(batch)
    said = []
    tell_status(force.home, False, False, said.append)
    assert f"{batch} is released by pat: the next night takes it in" in "\n".join(said)
    with pytest.raises(UsageError, match="released already, by pat"):
        force.release(batch)


def test_a_newer_full_delivery_wins_over_what_is_released_after_it(force, batch):
    force.deliver(NIGHTS[2], WHOLE + 2)
    force.run(NIGHTS[2])
    assert "becomes history" in force.release(batch)
    force.run(NIGHTS[3])
    assert force.ask(PERSONS) == [(WHOLE + 2,)]
    assert force.held() == []
    assert force.ask(BALANCE) == [(0,)]
    [(status, last)] = force.ask(
        "SELECT status, CAST(last_good_date AS TEXT) FROM quality.force_status"
    )
    assert (status, last) == ("stale", NIGHTS[2])


def test_a_release_overrules_only_what_held_the_batch_when_it_was_released(force, batch):
    """The journal says that another rule held it: what holds it now is not overruled."""
    force.release(batch)
    path = releases_path(force.home)
    [release] = read_releases(force.home).releases
    path.unlink()
    other = make_release(
        batch, release.force, "pat", release.released_at, "no such rule",
        (release.held_rule, release.held_reason, release.held_night), release.after_night,
        [("person_record", None, "full_too_small")],
    )  # fmt: skip
    append_release(force.home, other)
    force.run(NIGHTS[2])
    # The addresses and roles are as much too few as the persons.
    assert force.held() == [batch]
    assert force.ask("SELECT outcome FROM quality.release") == [("held",)]
    assert force.ask(PERSONS) == [(WHOLE,)]
    said = force.release(batch, "all of it, then")
    assert "full_too_small" in said
    force.run(NIGHTS[3])
    assert force.held() == []
    assert force.ask("SELECT outcome FROM quality.release ORDER BY night") == [
        ("held",),
        ("loaded",),
    ]
    held_nights = force.ask("SELECT DISTINCT CAST(held_night AS TEXT) FROM quality.release")
    assert held_nights == [(NIGHTS[1],)]


def test_rows_that_break_a_rule_stay_quarantined(tmp_path):
    force = OneForce(tmp_path)
    force.deliver(NIGHTS[0], has_events=True)
    folder = force.deliver(NIGHTS[1], CUT, has_events=True)
    persons, offences = folder / "person_record.csv", folder / "offence_record.csv"
    persons.write_text(persons.read_text().replace(",M\n", ",Q\n", 1))
    offences.write_text(offences.read_text().replace(",2025-", ",2031-", 1))
    force.run(NIGHTS[0])
    force.run(NIGHTS[1])
    [batch] = force.held()
    force.release(batch)
    force.run(NIGHTS[2])
    assert force.ask(
        "SELECT DISTINCT table_name, rule FROM quality.quarantine "
        "WHERE table_name IN ('person_record', 'offence_record')"
        "ORDER BY 1"
    ) == [("offence_record", "not_in_the_future"), ("person_record", "sex_unknown")]
    assert force.ask(BALANCE) == [(0,)]
    # The record that is kept out stays as it was: it was delivered, and is not gone.
    assert force.ask(PERSONS) == [(CUT,)]


@pytest.mark.parametrize("reason", ["ab", "x" * 251, "two\nlines"])
def test_a_release_needs_a_reason_of_one_line(force, batch, reason):
    with pytest.raises(UsageError, match="reason"):
        force.release(batch, reason)
    assert not releases_path(force.home).exists()


def test_only_a_held_batch_can_be_released(force):
    with pytest.raises(UsageError, match="there is no batch nobody"):
        force.release("nobody")
    [(loaded,)] = force.ask("SELECT batch_id FROM quality.batch WHERE status = 'loaded'")
    with pytest.raises(UsageError, match="is not held: it is loaded"):
        force.release(loaded)


def test_what_could_not_be_read_is_never_released(tmp_path):
    force = OneForce(tmp_path)
    folder = force.deliver(NIGHTS[0])
    (folder / "person_record.csv").write_bytes(b"")
    force.run(NIGHTS[0])
    [batch] = force.held()
    with pytest.raises(UsageError, match=r"could not be read \(empty_file\)"):
        force.release(batch)


def test_test_data_is_never_released(tmp_path):
    force = OneForce(tmp_path)
    folder = force.deliver(NIGHTS[0])
    counts = "\n".join(f"{path.stem},{WHOLE}" for path in sorted(folder.glob("*.csv")))
    assert counts
    (folder / "delivery.json").write_text(
        json.dumps({"delivery_id": "1", "kind": "full", "environment": "test"})
    )
    force.run(NIGHTS[0])
    [batch] = force.held()
    with pytest.raises(UsageError, match="test data never enters"):
        force.release(batch)


def test_a_count_that_the_delivery_states_wrong_can_be_overruled(tmp_path):
    force = OneForce(tmp_path)
    folder = force.deliver(NIGHTS[0])
    (folder / "delivery.json").write_text(
        json.dumps(
            {"delivery_id": "1", "kind": "full", "environment": "live",
             "rows": {"person_record": WHOLE + 1}}
        )
    )  # fmt: skip
    force.run(NIGHTS[0])
    [batch] = force.held()
    force.release(batch, "the count counts the header")
    force.run(NIGHTS[1])
    assert force.held() == []
    assert force.ask(PERSONS) == [(WHOLE,)]
    rows = force.ask(
        "SELECT action FROM quality.check_result WHERE rule = 'declared_count_differs'"
    )
    assert rows == [("overruled",)]


def test_what_was_staged_and_deleted_is_staged_again_from_the_kept_bytes(force, batch):
    shutil.rmtree(force.home.staged(batch))
    assert "staged again from the kept bytes" in force.release(batch)
    force.run(NIGHTS[2])
    assert force.ask(PERSONS) == [(CUT,)]


def test_a_release_waits_while_what_was_staged_is_gone(force, batch):
    force.release(batch)
    kept = force.folder / "aside"
    shutil.move(force.home.staged(batch), kept)
    force.run(NIGHTS[2])
    assert force.held() == [batch]
    shutil.move(kept, force.home.staged(batch))
    force.run(NIGHTS[3])
    assert force.held() == []


KILLED = {
    "before the plan is written": (planning_module, "write_text_atomic"),
    "before what was checked is written": (check_module, "write_batch"),
    "before the check is done": (check_module, "write_text_atomic"),
    "within the transaction": (load_module, "record_wave"),
    "after the transaction": (load_module, "record_rules"),
}


@pytest.fixture(scope="module")
def undisturbed(held_home, tmp_path_factory):
    force = held_home.copy(tmp_path_factory.mktemp("undisturbed") / "own")
    [batch] = force.held()
    force.release(batch)
    force.run(NIGHTS[2])
    return force


@pytest.mark.parametrize("point", KILLED)
def test_killed_at_any_step_the_night_ends_the_same(force, batch, undisturbed, monkeypatch, point):
    force.release(batch)
    module, name = KILLED[point]
    interrupted(lambda: force.take_in(NIGHTS[2]), monkeypatch, module, name)
    force.run(NIGHTS[2])
    assert compare_stores(undisturbed.home.current, force.home.current) == []
    assert force.ask("SELECT outcome FROM quality.release") == [("loaded",)]


def test_a_night_given_up_after_its_load_leaves_the_release_to_the_next(force, batch, monkeypatch):
    force.release(batch)
    force.take_in(NIGHTS[2])
    force.run(NIGHTS[3])
    assert force.ask(PERSONS) == [(CUT,)]
    assert force.ask("SELECT count(*) FROM quality.release") == [(1,)]
    assert force.ask(BALANCE) == [(0,)]


def test_the_same_deliveries_and_journal_give_the_same_store_again(force, batch, tmp_path):
    force.deliver(NIGHTS[2], WHOLE + 1)
    force.run(NIGHTS[2])
    force.release(batch)
    force.deliver(NIGHTS[3], WHOLE + 2)
    force.run(NIGHTS[3])
    again = force.rerun(tmp_path / "again", NIGHTS[:4])
    assert compare_stores(force.home.current, again.home.current) == []


def test_a_torn_line_of_the_journal_does_not_count_and_is_told(force, batch):
    force.release(batch)
    path = releases_path(force.home)
    path.write_bytes(path.read_bytes()[:-20])
    said = []
    tell_held(force.home, False, said.append)
    assert "line 2 cannot be read and does not count" in "\n".join(said)
    force.run(NIGHTS[2])
    assert force.held() == [batch]


def test_a_release_made_while_a_night_is_open_waits_for_the_next(force, batch):

    night = date.fromisoformat(NIGHTS[2])
    plan_night(force.home, force.deliveries, night, load_declarations(force.forces))
    said = []
    tell_release(force.home, batch, "as the force asks", "pat", force.forces, said.append)
    assert f"after {NIGHTS[2]}" in "\n".join(said)
    force.run(NIGHTS[2])
    assert force.held() == [batch]
    force.run(NIGHTS[3])
    assert force.held() == []


def test_what_is_kept_out_is_listed_by_place_and_shown_with_values_on_request_only(tmp_path):
    force = OneForce(tmp_path)
    folder = force.deliver(NIGHTS[0])
    path = folder / "person_record.csv"
    path.write_text(path.read_text().replace(",M\n", ",ZZ-PLANTED\n", 1))
    force.run(NIGHTS[0])
    [(batch, row)] = force.ask(
        "SELECT batch_id, source_row FROM quality.quarantine WHERE rule = 'sex_unknown'"
    )
    said = []
    tell_quarantine(force.home, "durham", "sex_unknown", 10, said.append, everything=False)
    assert f"{batch}  person_record.csv  {row}" in said[1]
    assert "PLANTED" not in "".join(said)
    said.clear()
    show_row(force.home, batch, "person_record.csv", row, said.append)
    assert "ZZ-PLANTED" in said[1]
    kept = said[0].removeprefix("kept bytes: ").split(", record")[0]
    assert "ZZ-PLANTED" in Path(kept).read_text()
    with pytest.raises(UsageError, match="is not in quarantine"):
        show_row(force.home, batch, "person_record.csv", 999, said.append)
    with pytest.raises(UsageError, match="there is no batch x"):
        show_row(force.home, "x", "person_record.csv", 1, said.append)
