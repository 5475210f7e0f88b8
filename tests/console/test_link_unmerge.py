import json
import os
from datetime import UTC, date, datetime

import duckdb
import pytest

from console.link_unmerge import Asked, undo_merge
from linkage.judgements.journal import append_judgements, judgements_path, read_journal
from linkage.judgements.judgement import judge
from linkage.record_key import RecordKey
from tests.console.small_store import NIGHT, edge, insert, pair, publish
from warehouse.contract.link_state import MEMBERSHIP, RECORD_KEY
from warehouse.errors import UsageError
from warehouse.home import Home
from warehouse.state import lock, writer

FATHER, SON, CLERK = (RecordKey(force, "niche", record) for force, record in
                      (("durham", "1"), ("kent", "7"), ("kent", "8")))  # fmt: skip
RECORDS = (FATHER, SON, CLERK)
EARLIER = date(2026, 1, 11)


def _rows(*records: RecordKey) -> list[dict[str, object]]:
    return [record._asdict() for record in records]


@pytest.fixture
def home(tmp_path) -> Home:
    """A person of three records: a father, and a son whose two records once were P-2."""
    home = Home.of(tmp_path / "home")
    member = [row | {"person_id": "P-1", "valid_from": NIGHT} for row in _rows(*RECORDS)]
    member[0]["valid_from"] = EARLIER
    before = [row | {"person_id": "P-2", "valid_from": EARLIER, "valid_to": NIGHT}
              for row in _rows(SON, CLERK)]  # fmt: skip
    offence = {"offence_group": "burglary", "is_notifiable": True, "occurred_precision": "day",
               "is_time_ambiguous": False, "location_precision": "none"}  # fmt: skip
    role = {"event_type": "offence_record", "role": "suspect"}
    publish(
        home,
        core__person_record=[row | {"person_id": "P-1"} for row in _rows(*RECORDS)],
        core__offence_record=[
            offence | {"force": "durham", "source_record_id": "O1", "offence_id": "F-1"},
            offence | {"force": "kent", "source_record_id": "O2", "offence_id": "F-2"},
        ],
        core__event_role=[
            role | {"force": "durham", "source_record_id": "O1", "person_source_record_id": "1"},
            role | {"force": "kent", "source_record_id": "O2", "person_source_record_id": "7"},
        ],
        core__warning_marker=[{"force": "kent", "source_record_id": "7", "marker_code": "VI"}],
        link__person_membership=[*member, *before],
        link__person_edge=[
            edge("durham/1", "kent/7", surname=31.0),
            edge("kent/7", "kent/8", surname=35.0),
        ],
        link__review_item=[
            pair("durham/1", "kent/8")
            | {"person_id_l": "P-1", "person_id_r": "P-1", "why": "weight", "says": "almost",
               "priority": 1.0}
        ],
    )  # fmt: skip
    with writer(home, "test") as state:
        number = {row["source_record_id"]: n for n, row in enumerate(_rows(*RECORDS))}
        keys = [
            row | {"record": n, "first_night": EARLIER} for n, row in enumerate(_rows(*RECORDS))
        ]
        insert(state, RECORD_KEY, keys)
        ledger = [row | {"record": number[row["source_record_id"]]} for row in [*member, *before]]
        insert(state, MEMBERSHIP, ledger)
    return home


def undo(home: Home, *records: RecordKey, merged: str | None = None, **how: bool) -> str:
    said: list[str] = []
    asked = Asked("P-1", [str(record) for record in records], merged, "father and son", "ann")
    undo_merge(home, asked, said.append, **({"is_dry": True, "as_json": False} | how))
    return "\n".join(said)


def test_what_was_built_on_the_merge_is_listed_by_side(home):
    said = undo(home, merged="P-2").splitlines()
    assert said[0].startswith("P-1: 2 records come off, 1 stays.")
    for line in (
        "records that come off: 2",
        f"  {SON}",
        "event roles of those that come off: 1",
        f"  suspect  offence_record kent/niche/O2  F-2  ({SON})",
        "warning markers of those that come off: 1",
        "earlier ids of those that come off: 1",
        "  P-2  2 records, 2026-01-11 to 2026-01-12",
        "records that stay: 1",
        f"  suspect  offence_record durham/niche/O1  F-1  ({FATHER})",
        "pairs that wait for review: 1",
        f"  weight  {FATHER}  {CLERK}",
    ):
        assert line in said
    assert said[-1] == "nothing was written down; 2 decisions would be"
    assert not judgements_path(home).exists()


def test_rows_of_marts_are_told_without_what_they_lack_and_without_last_digits(home):
    with duckdb.connect(str(home.current.resolve())) as con:
        con.execute(
            "INSERT INTO mart.cross_force_offender BY NAME "
            "SELECT 'P-1' AS person_id, 15.000000000000002 AS harm_days, NULL AS forces"
        )
    said = undo(home, SON).splitlines()
    assert said[said.index("rows of mart.cross_force_offender: 1") + 1] == (
        "  person_id P-1, harm_days 15"
    )


def test_a_record_on_the_wrong_side_is_pointed_out(home):
    said = undo(home, SON)
    assert "LOOK AGAIN: those that stay though their strongest link is to the other side" in said
    assert f"{CLERK}  +15.00 bits across, no link on its own side" in said
    assert "LOOK AGAIN" not in undo(home, SON, CLERK)


def test_all_of_it_is_one_json_object_on_request(home):
    answer = json.loads(undo(home, merged="P-2", as_json=True))
    assert answer["built_on"]["off"]["records"] == [str(SON), str(CLERK)]
    assert answer["built_on"]["stay"]["roles"][0]["offence_id"] == "F-1"
    assert answer["notices"] == ["nothing was written down; 2 decisions would be"]


def test_a_decision_of_ones_own_that_is_taken_back_is_told(home):
    same = judge(FATHER, SON, "same", "ann", datetime(2026, 1, 12, tzinfo=UTC), "kin", "review")
    append_judgements(home, [same])
    said = undo(home, SON, CLERK).splitlines()
    assert "earlier decisions of your own, the same, that this takes back: 1" in said
    assert f"  {same.judgement_id}  {FATHER}  {SON}  2026-01-12" in said
    answer = json.loads(undo(home, SON, CLERK, as_json=True))
    assert [each["judgement_id"] for each in answer["taken_back"]] == [same.judgement_id]


def test_a_busy_home_keeps_the_decisions_for_the_next_night(home, monkeypatch):
    monkeypatch.setattr("console.link_unmerge.PATIENCE_SECONDS", 0.1)
    with lock(home, "a night"):
        said = undo(home, SON, CLERK, is_dry=False)
    holder = f"the state is held by process {os.getpid()} (a night): "
    assert f"{holder}who belongs to whom is taken from the published store" in said
    assert f"{holder}the ledger does not follow at once. A night that has not linked yet" in said
    assert [(*j.pair, j.verdict) for j in read_journal(home).judgements] == [
        (FATHER, SON, "not_same"), (FATHER, CLERK, "not_same"),
    ]  # fmt: skip


def test_undone_again_while_it_waits_says_who_did_it_before(home, monkeypatch):
    monkeypatch.setattr("console.link_unmerge.PATIENCE_SECONDS", 0.1)
    with lock(home, "a night"):
        assert "comes off already" not in undo(home, SON, CLERK, is_dry=False)
        again = undo(home, SON, CLERK, is_dry=False)
    [made, _] = read_journal(home).judgements
    at = f"{made.judged_at:%Y-%m-%d %H:%M} UTC"
    assert f"{SON} comes off already, by ann on {at}: that waits for the next night" in again
    assert f"{CLERK} comes off already, by ann" in again
    # What was built on the merge was listed the first time.
    assert "every record named comes off already: --dry-run lists what was built" in again
    assert "event roles" not in again
    assert "event roles of those that come off: 1" in undo(home, SON, CLERK)


def test_what_is_refused_leaves_nothing_behind(home):
    for records, says in ((RECORDS, "every record"), ([RecordKey("a", "b", "c")], "not of P-1")):
        with pytest.raises(UsageError, match=says):
            undo(home, *records, is_dry=False)
    assert not judgements_path(home).exists()
