import pytest

from linkage.explanation.asked import choose_entity
from linkage.explanation.entity import Entity
from tests.linkage.explanation.explained_store import FIRST, SECOND, ExplainedStore
from warehouse.errors import UsageError

ANA = {"forename": "ANA", "surname": "ASH"}


@pytest.fixture
def store():
    made = ExplainedStore()
    made.put_forces("essex", "kent")
    made.put_people({"P-1": {"kent/1": ANA, "kent/a/7": ANA}, "P-2": {"essex/2": ANA}})
    return made


def test_a_record_is_answered_by_its_person_even_with_slashes_in_its_id(store):
    found = store.explain("kent/niche/a/7")
    assert [person.entity_id for person in found.identities] == ["P-1"]
    assert "belongs to person P-1" in found.notices[0]


def test_ids_forces_and_systems_may_be_written_in_any_case(store):
    store.put_people({"P-00000000000000ab": {"kent/9": ANA}})
    for word in ("p-00000000000000AB", "KENT/Niche/9"):
        [person] = store.explain(word).identities
        assert person.entity_id == "P-00000000000000ab"


def test_a_superseded_id_is_answered_by_who_holds_its_records_today(store):
    store.put_membership("P-0", "kent/1", FIRST, SECOND)
    found = store.explain("P-0")
    assert [person.entity_id for person in found.identities] == ["P-1"]
    assert "P-0 is superseded" in found.notices[0]


def test_an_id_whose_records_went_to_several_is_answered_by_all_of_them(store):
    for name in ("kent/1", "essex/2"):
        store.put_membership("P-0", name, FIRST, SECOND)
    found = store.explain("P-0")
    assert sorted(person.entity_id for person in found.identities) == ["P-1", "P-2"]


def test_a_retired_person_still_has_its_history(store):
    store.put_membership("P-9", "kent/99", FIRST, SECOND)
    store.happen(FIRST, "P-9", "created")
    store.happen(SECOND, "P-9", "retired")
    found = store.explain("P-9")
    [person] = found.identities
    assert (person.records, [event.event for event in person.events]) == (
        (), ["created", "retired"]
    )  # fmt: skip
    assert "No record belongs to person P-9 any more" in found.notices[0]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["P-unknown"], "P-unknown: no person ever had this id.*SELECT person_id"),
        (["kent/niche/404"], "kent/niche/404: no such person record.*crimelink sql"),
        (["knt/niche/1"], "knt/niche/1: no such force in the published store. Forces: essex, kent"),
        (["kent/niche/A/7"], "no such person record.* store; did you mean kent/niche/a/7"),
        (["kent/niche"], "kent/niche: a record is named force/source_system/source_record_id"),
        (["kent/niche/1", "kent/niche/1"], "the same record twice"),
        (["kent/niche/1", "P-2"], "P-2: a record is named"),
        (["P-unknown", "P-2"], "P-unknown: a record is named"),
        (["P-1", "P-2"], "P-1 P-2: two records are compared, not persons"),
        (["a", "b", "c"], "one person, one record or two records"),
        ([], "one person, one record or two records"),
    ],
)
def test_what_is_not_known_is_named_with_what_to_try(store, words, says):
    with pytest.raises(UsageError, match=says) as refused:
        store.explain(*words)
    assert "ASH" not in str(refused.value)


def test_a_record_that_is_no_longer_held_names_its_last_person(store):
    store.put_membership("P-1", "kent/99", FIRST, SECOND)
    with pytest.raises(UsageError, match=r"no longer held since 2026-01-13.*explain P-1"):
        store.explain("kent/niche/99")


def test_an_id_that_nobody_bears_is_told_of_what_it_was_meant_to_be(store):
    assert choose_entity(store.con, ["O-0123456789abcdef"]) is Entity.OFFENCE
    assert choose_entity(store.con, ["o-0123456789ABCDEF"]) is Entity.OFFENCE
    assert choose_entity(store.con, ["P-0123456789abcdef"]) is Entity.PERSON
    assert choose_entity(store.con, ["kent/niche/none"]) is Entity.PERSON
