import json

import pytest

from console.explain_page import make_page
from console.explain_text import tell_lines
from linkage.explanation.answer import to_json
from linkage.explanation.asked import choose_entity
from linkage.explanation.entity import Entity
from linkage.explanation.facts import PairKey
from tests.linkage.explanation.explained_store import FIRST, SECOND, key_of
from tests.linkage.explanation.offence_store import OffenceStore, burglary
from warehouse.errors import UsageError

# Ana is a victim in both forces' records, and in Essex's a suspect as well.
ANA_IN_KENT = [("p1", "P-ana", "victim"), ("p2", "P-bob", "suspect")]
ANA_IN_ESSEX = [("q1", "P-ana", "victim"), ("q1", "P-ana", "suspect"), ("q9", None, "witness")]
VALUES = ("BACK DOOR", "10/000001", "54.97", "crowbar", "looked at")


@pytest.fixture
def store():
    made = OffenceStore()
    kent = burglary(method_text="crowbar at rear door", roles=ANA_IN_KENT)
    essex = burglary(
        crime_ref="42/000777/26", other_force_ref="10/000001/26", metres=40, roles=ANA_IN_ESSEX
    )
    made.put_offences(
        {
            "O-1": {"kent/1": kent, "essex/2": essex},
            "O-2": {"kent/3": burglary(crime_ref="10/000002/26", hours=0.2)},
            "O-3": {"durham/4": burglary(crime_ref="10/000009/26", hours=24 * 60)},
        }
    )
    return made  # fmt: skip


def test_the_weights_of_every_pair_sum_to_its_total_and_the_edge_is_as_the_model_made_it(store):
    [found] = store.explain("O-1").identities
    [pair] = found.pairs
    assert sum(weight.bits for weight in pair.weights) == pair.match_weight
    [tie] = found.tree
    assert (tie.key, pair.is_published, pair.match_key) == (
        PairKey.of(key_of("kent/1"), key_of("essex/2")), True, "birth date"
    )  # fmt: skip
    said = {weight.comparison: weight.level for weight in pair.weights}
    assert said["reference"] == "one quotes the other"
    assert said["victim"] == "one the same"


def test_compared_anew_from_the_store_the_two_weigh_what_the_edge_says(store):
    kept = store.explain("kent/niche/1", "essex/niche/2").pair.direct
    store.forget("kent/1", "essex/2")
    anew = store.explain("kent/niche/1", "essex/niche/2").pair.direct
    assert (kept.is_published, anew.is_published) == (True, False)
    assert kept.weights == anew.weights


def test_who_was_what_stands_record_by_record_and_is_never_one_role_for_both(store):
    [found] = store.explain("O-1").identities
    roles = {record.key.force: [(r.person_id, r.role) for r in record.roles]
             for record in found.records}  # fmt: skip
    assert roles == {
        "kent": [("P-bob", "suspect"), ("P-ana", "victim")],
        "essex": [("P-ana", "suspect"), ("P-ana", "victim"), (None, "witness")],
    }
    said = "\n".join(tell_lines(store.explain("O-1", has_values=False)))
    labels = {record.key.force: f"R{n}" for n, record in enumerate(found.records, start=1)}
    for line in (f"P-ana: victim in {labels['kent']} (as kent/niche/p1)",
                 f"P-ana: suspect in {labels['essex']} (as essex/niche/q1)",
                 f"–: witness in {labels['essex']} (as essex/niche/q9)"):  # fmt: skip
        assert line in said
    assert f"P-ana: suspect in {labels['kent']}" not in said


def test_reference_kind_window_and_place_are_told_by_record(store):
    [found] = store.explain("O-1").identities
    held = {record.key.force: record.values for record in found.records}
    assert held["essex"]["quotes"] == ("10/000001/26",)
    assert held["kent"]["when"] == ("2026-01-03 21:30 to 2026-01-03 21:50 UTC (minute)",)
    assert held["kent"]["offence"] == ("028/01 burglary",)
    assert held["kent"]["place"] == ("BACK DOOR, 1 ELM ROW",)
    assert held["kent"]["coordinates"] == ("54.97000, -1.61000 (exact)",)


def test_without_values_none_is_in_page_lines_or_json_but_the_roles_are(store):
    store.judge("kent/1", "essex/2", "same", reason="looked at both files")
    for words in (("O-1",), ("kent/niche/1", "essex/niche/2")):
        found = store.explain(*words, has_values=False)
        for said in (make_page(found), "\n".join(tell_lines(found)),
                     json.dumps(to_json(found, found.entity))):  # fmt: skip
            assert not [value for value in VALUES if value in said]
            assert "P-ana" in said
        assert any(value in make_page(store.explain(*words)) for value in VALUES)


def test_the_page_speaks_of_offences_and_of_no_persons_records(store):
    page = make_page(store.explain("O-1"))
    assert "Why 2 records are held to be one offence" in page
    assert "times as frequent in one offence" in page
    assert "Who was what in which record" in page
    for words in ("one person", "two persons", "other persons", "person P-"):
        assert words not in page


def test_json_names_offences(store):
    store.happen(FIRST, "O-1", "created")
    found = store.explain("O-1")
    facts = to_json(found, found.entity)
    [told] = facts["offences"]
    assert (told["offence_id"], told["events"][0]["offence_id"]) == ("O-1", "O-1")
    assert told["records"][0]["roles"]
    pair = to_json(store.explain("kent/niche/1", "essex/niche/2"), Entity.OFFENCE)["pair"]
    assert (pair["offence_l"], pair["offence_r"]) == ("O-1", "O-1")


def test_a_record_made_twice_by_a_force_is_told_and_left_apart(store):
    one, other = key_of("kent/1"), key_of("kent/3")
    store.put("link.offence_duplicate", [{
        "force": "kent", "source_system_l": "niche", "source_record_id_l": "1",
        "source_system_r": "niche", "source_record_id_r": "3", "match_weight": 9.5,
        "levels": json.dumps({"time": "same hour", "victim": "not known"}),
    }])  # fmt: skip
    for offence in ("O-1", "O-2"):
        [found] = store.explain(offence).identities
        assert [pair.key for pair in found.duplicates] == [PairKey.of(one, other)]
        said = "\n".join(tell_lines(store.explain(offence)))
        assert "RECORDED TWICE WITHIN A FORCE" in said
        assert "+9.50: When it happened: same hour" in said
    assert store.explain("O-3").identities[0].duplicates == ()
    facts = store.explain("kent/niche/1", "kent/niche/3").pair
    assert "of one force" in facts.why_not[0]


def test_months_apart_and_nothing_quoted_is_said_to_be_why_nothing_was_compared(store):
    facts = store.explain("durham/niche/4", "kent/niche/3").pair
    assert facts.path is None
    assert facts.why_not[0].startswith("More than 31 days lie between the two")


def test_a_cut_link_tells_why(store):
    store.put_offences({"O-5": {"essex/6": burglary(roles=[("q1", "P-ana", "victim")])}})
    store.put_membership("O-6", "durham/7")
    store.cut("kent/1", "essex/2", "another record of the same force is nearer")
    store.con.execute("UPDATE link.offence_membership SET offence_id = 'O-9' "
                      "WHERE force = 'essex' AND source_record_id = '2'")  # fmt: skip
    [found] = store.explain("O-1").identities
    assert "another record of the same force is nearer" in [pair.cut for pair in found.outside]
    why = store.explain("kent/niche/1", "essex/niche/2").pair.why_not
    assert "another record of the same force is nearer" in why[0]


def test_two_records_of_one_force_that_people_joined_contradict_each_other(store):
    store.con.execute("UPDATE link.offence_membership SET offence_id = 'O-1'")
    store.judge("kent/1", "kent/3", "same")
    [found] = store.explain("O-1").identities
    assert [each.key for each in found.contradictions] == [
        PairKey.of(key_of("kent/1"), key_of("kent/3"))
    ]


def test_a_superseded_id_is_answered_by_who_holds_its_records(store):
    store.put_membership("O-old", "kent/1", since=FIRST, until=SECOND)
    found = store.explain("O-old")
    assert [each.entity_id for each in found.identities] == ["O-1"]
    assert "superseded" in found.notices[0]


def test_history_and_judgements_are_those_of_offences(store):
    store.happen(FIRST, "O-0", "created")
    store.happen(SECOND, "O-0", "merged", "O-1")
    store.judge("kent/1", "essex/2", "same", by="ann")
    [found] = store.explain("O-1").identities
    assert [(event.entity_id, event.event) for event in found.events] == [
        ("O-0", "created"), ("O-0", "merged")
    ]  # fmt: skip
    assert [tie.is_judged for tie in found.tree] == [True]
    assert [each.judgement.judged_by for each in found.judgements] == ["ann"]


def test_a_provisional_model_is_said_to_be_no_evidence(store):
    assert any("nobody had approved it" in notice for notice in store.explain("O-1").notices)


def test_words_are_of_offences_where_they_name_those_and_no_persons(store):
    assert choose_entity(store.con, ["O-1"]) is Entity.OFFENCE
    assert choose_entity(store.con, ["kent/niche/1"]) is Entity.OFFENCE
    assert choose_entity(store.con, ["P-unknown"]) is Entity.PERSON
    row = {"person_id": "P-1", "valid_from": FIRST} | key_of("kent/1")._asdict()
    store.put("link.person_membership", [row])
    assert choose_entity(store.con, ["kent/niche/1"]) is Entity.PERSON
    assert choose_entity(store.con, ["kent/niche/1", "essex/niche/2"]) is Entity.OFFENCE


def test_two_offences_are_not_compared_and_that_is_said_of_offences(store):
    with pytest.raises(UsageError, match="O-1 O-2: two records are compared, not offences"):
        store.explain("O-1", "O-2")


def test_an_unknown_offence_is_refused_with_what_to_try(store):
    store.put_forces("kent")
    with pytest.raises(UsageError, match=r"no offence ever had this id.*SELECT offence_id"):
        store.explain("O-unknown")
    with pytest.raises(UsageError, match=r"no such offence record.*core\.offence_record"):
        store.explain("kent/niche/none")
