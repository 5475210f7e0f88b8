"""Offences that several forces recorded become one; what only looks alike does not."""

from datetime import UTC, date, datetime, timedelta

import pytest

from linkage.judgements.journal import append_judgements
from linkage.judgements.judgement import judge
from linkage.objects.objects import link_objects
from linkage.offences.link import link_offences
from linkage.record_key import RecordKey
from tests.linkage.objects.held import FIRST, ask, part, store, vehicle
from tests.linkage.offences.made import (
    edges,
    offence,
    offence_model,
    partition,
    resolve,
    role,
    use_model,
)
from warehouse.home import Home

SECOND = FIRST + timedelta(days=1)
KENT, ESSEX = RecordKey("kent", "niche", "1"), RecordKey("essex", "niche", "2")
ONE, TWO = "offence_record/kent/1", "offence_record/essex/2"
JOINED, APART = {frozenset({"kent/1", "essex/2"})}, {frozenset({"kent/1"}), frozenset({"essex/2"})}


@pytest.fixture
def home(tmp_path) -> Home:
    made = Home.of(tmp_path / "home")
    use_model(made, offence_model())
    return made


def link(home: Home, rows: dict, night: date = FIRST) -> set[frozenset[str]]:
    store(home, night, rows)
    link_offences(home, night)
    return partition(home)


def test_a_quoted_reference_joins_however_it_is_written(home):
    quoted = offence(crime_ref="20/000009/26", other_force_ref="Kent Police: 10000001/26", hours=5)
    assert link(home, {ONE: offence(), TWO: quoted}) == JOINED


def test_a_quoted_reference_of_another_time_and_kind_waits_for_review(home):
    other = offence(crime_ref="20/000009/26", other_force_ref="10/000001/26", hours=24 * 300,
                    offence_group="drugs", offence_code="092/01", metres=90_000)  # fmt: skip
    assert link(home, {ONE: offence(), TWO: other}) == APART
    assert [band for *_, band, _, _, _, _ in edges(home)] == ["review"]


def test_the_letters_of_a_quoted_reference_say_whose_it_is(home):
    """Kent's and Durham's crimes have the same digits; days and a county lie between them."""
    kent, durham = offence(crime_ref="KE/445566/25"), offence(
        crime_ref="DU/445566/25", hours=24 * 8, metres=45_000
    )  # fmt: skip
    quoted = offence(crime_ref="ES/000009/26", other_force_ref="ref KE/445566/25", hours=5)
    rows = {ONE: kent, "offence_record/durham/3": durham, TWO: quoted}
    assert link(home, rows) == JOINED | {frozenset({"durham/3"})}


def test_digits_quoted_without_the_letters_join_where_more_speaks_for_it(home):
    kent, durham = offence(crime_ref="KE/445566/25"), offence(
        crime_ref="DU/445566/25", hours=24 * 8, metres=45_000
    )  # fmt: skip
    quoted = offence(crime_ref="ES/000009/26", other_force_ref="445566/25", hours=1, metres=50)
    rows = {ONE: kent, "offence_record/durham/3": durham, TWO: quoted}
    assert link(home, rows) == JOINED | {frozenset({"durham/3"})}
    assert ("review",) in {(band,) for *_, band, _, _, _, _ in edges(home)}


@pytest.mark.parametrize("text", ["KE/810001/26, DU/810002/26", "DU/1/26; KE/810001/26 (PC 1234)"])
def test_of_several_references_each_is_looked_at(home, text):
    kent, quoted = offence(crime_ref="KE/810001/26"), offence(
        crime_ref="ES/000009/26", other_force_ref=text, hours=5
    )  # fmt: skip
    assert link(home, {ONE: kent, TWO: quoted}) == JOINED


def test_one_victim_in_one_hour_joins_and_weeks_later_is_a_repeat_victim(home):
    resolve(home, FIRST, {"kent/v": "P-1", "essex/v": "P-1"})
    rows = {
        ONE: offence(),
        TWO: offence(crime_ref="20/000009/26", metres=300),
        "event_role/kent/a": role("1", "v"),
        "event_role/essex/a": role("2", "v"),
    }
    assert link(home, rows) == JOINED
    later = offence(crime_ref="20/000009/26", metres=300, hours=24 * 10)
    assert link(home, {TWO: later}, SECOND) == APART
    events = ask(home, "SELECT event, cause FROM link.offence_identity_event ORDER BY event_id")
    assert events[-1] == ("split", "changed record")


def test_two_victims_of_one_hour_are_two_offences(home):
    resolve(home, FIRST, {"kent/v": "P-1", "essex/v": "P-2"})
    rows = {
        ONE: offence(),
        TWO: offence(crime_ref="20/000009/26"),
        "event_role/kent/a": role("1", "v"),
        "event_role/essex/a": role("2", "v"),
    }
    assert link(home, rows) == APART


def test_a_victim_here_who_is_a_suspect_there_does_not_join(home):
    resolve(home, FIRST, {"kent/v": "P-1", "kent/s": "P-2", "essex/v": "P-2", "essex/s": "P-1"})
    rows = {
        ONE: offence(),
        TWO: offence(crime_ref="20/000009/26"),
        "event_role/kent/a": role("1", "v"),
        "event_role/kent/b": role("1", "s", "suspect"),
        "event_role/essex/a": role("2", "v"),
        "event_role/essex/b": role("2", "s", "suspect"),
    }
    assert link(home, rows) == APART


def test_a_merge_of_persons_has_their_offences_compared_again(home):
    resolve(home, FIRST, {"kent/v": "P-1", "essex/v": "P-2"})
    rows = {
        ONE: offence(),
        TWO: offence(crime_ref="20/000009/26"),
        "event_role/kent/a": role("1", "v"),
        "event_role/essex/a": role("2", "v"),
    }
    assert link(home, rows) == APART
    resolve(home, SECOND, {"kent/v": "P-1", "essex/v": "P-1"})
    assert link(home, {}, SECOND) == JOINED


def test_a_force_keeps_its_second_record_and_is_told(home):
    resolve(home, FIRST, {"kent/v": "P-1", "essex/v": "P-1"})
    rows = {
        ONE: offence(),
        "offence_record/kent/3": offence(crime_ref="10/000003/26"),
        TWO: offence(crime_ref="20/000009/26", other_force_ref="10/000001/26"),
        "event_role/kent/a": role("1", "v"),
        "event_role/kent/c": role("3", "v"),
        "event_role/essex/a": role("2", "v"),
    }
    assert link(home, rows) == {*JOINED, frozenset({"kent/3"})}
    bands = {(one, other): (band, cut) for one, other, _, _, band, *_, cut in edges(home)}
    assert bands["kent/1", "kent/3"] == ("duplicate", None)
    assert bands["essex/2", "kent/3"] == ("link", "another record of the same force is nearer")


def test_judgements_part_and_join_and_last(home):
    rows = {ONE: offence(), TWO: offence(crime_ref="20/000009/26", other_force_ref="10/000001/26")}
    assert link(home, rows) == JOINED
    decide(home, "not_same", 9)
    assert link(home, {}, SECOND) == APART
    decide(home, "same", 10)
    assert link(home, {}, SECOND + timedelta(days=1)) == JOINED
    use_model(home, offence_model(prior=1e-12))
    assert link(home, {}, SECOND + timedelta(days=2)) == JOINED


def decide(home: Home, verdict: str, hour: int) -> None:
    at = datetime(2026, 1, 12, hour, tzinfo=UTC)
    made = judge(KENT, ESSEX, verdict, "ann", at, "read both", "review")
    append_judgements(home, [made], "offence")


def test_a_night_linked_again_changes_nothing(home):
    rows = {ONE: offence(), TWO: offence(crime_ref="20/000009/26", other_force_ref="10/000001/26")}
    link(home, rows)
    asked = "SELECT * FROM link.offence_identity_event ORDER BY ALL"
    before = ask(home, asked), ask(home, "FROM offence_linkage.membership ORDER BY ALL")
    assert link(home, {}) == JOINED
    after = ask(home, asked), ask(home, "FROM offence_linkage.membership ORDER BY ALL")
    assert after == before


def test_what_is_no_longer_held_is_retired(home):
    rows = {ONE: offence(), TWO: offence(crime_ref="20/000009/26", metres=9000)}
    link(home, rows)
    assert link(home, {TWO: None}, SECOND) == {frozenset({"kent/1"})}
    asked = "SELECT event FROM link.offence_identity_event WHERE night = DATE '2026-01-13'"
    assert ask(home, asked) == [("retired",)]


def test_without_offences_nothing_is_linked(tmp_path):
    empty = Home.of(tmp_path / "empty")
    link_offences(empty, FIRST)
    assert ask(empty, "SELECT count(*) FROM link.offence_linkage_night") == [(0,)]


def with_a_plate(**second: object) -> dict:
    """Kent's offence and one of Essex, in which vehicles of one plate are."""
    kind = {"offence_code": "048/01", "offence_group": "vehicle-crime"}
    return {
        ONE: offence(**kind),
        TWO: offence(crime_ref="20/000009/26", **kind, **second),
        "vehicle_record/kent/c": vehicle("AB12CDE", "FORD", "FIESTA", "RED"),
        "vehicle_record/essex/d": vehicle("ab12 cde", "FORD", "FIESTA", "RED"),
        "event_object/kent/x": part("1", "c"),
        "event_object/essex/y": part("2", "d"),
    }


def link_with_objects(home: Home, rows: dict) -> set[frozenset[str]]:
    store(home, FIRST, rows)
    link_objects(home, FIRST)
    link_offences(home, FIRST)
    return partition(home)


def test_a_vehicle_taken_here_and_found_there_next_day_is_one_offence(home):
    rows = with_a_plate(hours=20, metres=30_000, method_text="KEYS TAKEN FROM HALL")
    rows[ONE]["method_text"] = "KEYS TAKEN FROM HALL"
    assert link_with_objects(home, rows) == JOINED


def test_one_plate_far_apart_in_one_hour_is_two_offences(home):
    rows = with_a_plate(metres=200_000, method_text="LOCK FORCED")
    rows[ONE]["method_text"] = "LOCK FORCED"
    assert link_with_objects(home, rows) == APART


def test_a_role_that_is_corrected_from_victim_to_suspect_is_a_change(home):
    """Nothing else of the record changes, and both lists are hashed side by side."""
    store(home, FIRST, {
        "offence_record/kent/1": offence(crime_ref="10/000001/26"),
        "offence_record/essex/2": offence(crime_ref="12/000001/26", metres=30),
        "event_role/kent/1": role("1", "v", "victim"),
        "event_role/essex/1": role("2", "v", "victim"),
    })  # fmt: skip
    resolve(home, FIRST, {"kent/v": "P-1", "essex/v": "P-1"})
    link_offences(home, FIRST)
    assert partition(home) == JOINED
    assert link(home, {"event_role/essex/1": role("2", "v", "suspect")}, SECOND) == APART
    changed = "SELECT changed_records FROM link.offence_linkage_night ORDER BY run DESC LIMIT 1"
    assert ask(home, changed) == [(1,)]
