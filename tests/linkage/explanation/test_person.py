import json
from itertools import combinations

import pytest

from linkage.explanation.answer import to_json
from linkage.explanation.facts import PairKey
from tests.linkage.explanation.explained_store import (
    BORN,
    FIRST,
    SECOND,
    ExplainedStore,
    date,
    key_of,
)
from warehouse.errors import StoreError

ANA = {"forename": "ANA", "surname": "ELM", "birth_date": BORN, "phone": "+447700900001"}
MOVED = ANA | {"phone": "+447700900002"}
MARRIED = MOVED | {"surname": "OAK"}


@pytest.fixture
def store():
    """Three records in a row: the first and the last do not link by themselves."""
    made = ExplainedStore()
    one = {"durham/1": ANA, "kent/a/7": MOVED, "kent/8": MARRIED}
    other = {"essex/9": ANA | {"forename": "BEA", "phone": "+447700900003"}}
    made.put_people({"P-1": one, "P-2": other})
    made.forget("durham/1", "kent/8")
    return made


def test_the_weights_of_every_pair_sum_to_its_total_exactly(store):
    [person] = store.explain("P-1").identities
    assert len(person.pairs) == 3
    for pair in person.pairs:
        assert sum(weight.bits for weight in pair.weights) == pair.match_weight
        assert pair.weights[0].comparison == "prior"


def test_every_two_records_have_a_path_and_what_they_weigh_directly(store):
    [person] = store.explain("P-1").identities
    keys = [record.key for record in person.records]
    ends = [PairKey.of(path.records[0], path.records[-1]) for path in person.paths]
    assert sorted(ends) == sorted(PairKey.of(*two) for two in combinations(keys, 2))
    [longest] = [path for path in person.paths if len(path.records) == 3]
    assert longest.records == (key_of("durham/1"), key_of("kent/a/7"), key_of("kent/8"))
    assert longest.falls_short
    assert longest.direct is not None
    assert longest.direct < 8.0


def test_a_pair_that_is_kept_stands_as_it_is_kept_with_the_review_threshold_added(store):
    [person] = store.explain("P-1").identities
    kept = {pair.key: pair for pair in person.pairs}[
        PairKey.of(key_of("durham/1"), key_of("kent/a/7"))
    ]
    assert (kept.night, kept.match_key, kept.review_at) == (FIRST, "birth date", 2.0)
    assert kept.bound == "any other"


def test_a_pair_with_another_persons_record_that_came_near_is_told_without_its_values(store):
    store.cut("durham/1", "essex/9", "possible twins")
    [person] = store.explain("P-1").identities
    [near] = [pair for pair in person.outside if pair.cut]
    assert near.key == PairKey.of(key_of("durham/1"), key_of("essex/9"))
    assert "BEA" not in json.dumps(to_json(person))


def test_a_judgement_ties_what_the_model_would_not(store):
    store.judge("durham/1", "kent/8", "same")
    [person] = store.explain("P-1").identities
    assert [tie.is_judged for tie in person.tree] == [True, False]
    [pair] = [pair for pair in person.pairs if pair.verdict]
    assert (pair.verdict, pair.is_published) == ("same", False)


def test_records_that_contradict_each_other_are_told(store):
    born = {"birth_date": date(1958, 7, 2)}
    store.put_people({"P-3": {"kent/20": ANA | born, "kent/21": ANA}})
    [person] = store.explain("P-3").identities
    assert [each.says for each in person.contradictions] == ["births too far apart"]


def test_two_pnc_ids_that_a_third_record_bears_together_contradict_nothing():
    made = ExplainedStore()
    made.put_people({"P-1": {"kent/1": ANA | {"pnc": "A"}, "kent/2": ANA | {"pnc": "B"}}})
    [person] = made.explain("P-1").identities
    assert [each.says for each in person.contradictions] == ["two PNC IDs"]
    both = ANA | {"pnc": "A"}
    made.put_people({"P-1": {"kent/3": both}})
    row = {"type": "pnc", "value": "B", "is_valid": True}
    columns = "force, source_system, record_key, source_record_id, batch_id, source_file"
    [held] = made.con.sql(
        f"SELECT {columns}, source_row, version, valid_from FROM core.person_record "
        "WHERE source_record_id = '3'"
    ).pl().to_dicts()  # fmt: skip
    made.put("core.person_identifier", [held | row])
    [person] = made.explain("P-1").identities
    assert person.contradictions == ()


def test_history_reaches_back_through_what_was_merged(store):
    store.happen(FIRST, "P-0", "created")
    store.happen(FIRST, "P-1", "created")
    store.happen(SECOND, "P-0", "merged", "P-1")
    [person] = store.explain("P-1").identities
    assert [(e.entity_id, e.event) for e in person.events] == [
        ("P-0", "created"), ("P-1", "created"), ("P-0", "merged")
    ]  # fmt: skip


def test_without_values_none_is_in_the_facts_but_the_agreements_are(store):
    store.judge("durham/1", "kent/a/7", "same", reason="ANA told me herself")
    said = json.dumps(to_json(store.explain("P-1", has_values=False)))
    for value in ("ANA", "ELM", "OAK", "1988", "+4477"):
        assert value not in said
    assert '"same"' in said
    assert "kent/niche/a/7" in said


@pytest.mark.parametrize("words", [("P-1",), ("durham/niche/1", "kent/niche/8")], ids=" ".join)
def test_persons_have_nothing_in_json_that_only_offences_have(store, words):
    said = json.dumps(to_json(store.explain(*words)))
    assert '"roles"' not in said
    assert '"duplicates"' not in said


@pytest.mark.parametrize("words", [("P-1",), ("durham/niche/1", "kent/niche/8")], ids=" ".join)
def test_what_another_model_did_is_told_to_have_no_weights_any_more(store, words):
    def notices() -> list[str]:
        return [each for each in store.explain(*words).notices if "another model" in each]

    store.happen(FIRST, "P-1", "created")
    assert notices() == []
    store.con.execute("UPDATE link.identity_event SET model_id = 'person-0'")
    store.happen(SECOND, "P-1", "joined")
    [says] = notices()
    assert says.startswith(
        f"What the history tells of up to night {FIRST} is the work of another model (person-0), "
        "which may have linked later nights, too, that changed nothing here. Its weights are "
        f"not kept in this store: every weight here is {store.model.model_id}'s"
    )
    # What people decided before the night is no model's work.
    store.con.execute("UPDATE link.identity_event SET cause = 'judgement'")
    assert notices() == []


def test_without_the_model_what_is_kept_is_explained_and_the_rest_said_to_be_missing(store):
    found = store.explain("P-1", has_model=False)
    [person] = found.identities
    assert not person.is_compared
    assert len(person.paths) == 3
    assert any("not in this home" in notice for notice in found.notices)


def test_a_sum_that_is_wrong_is_refused_and_not_explained(store):
    store.con.execute("UPDATE link.person_edge SET match_weight = match_weight + 1 / 1024")
    with pytest.raises(StoreError, match="do not sum") as refused:
        store.explain("P-1")
    assert "ANA" not in str(refused.value)


def test_records_that_nothing_ties_are_said_to_be_untied(store):
    store.con.execute("DELETE FROM link.person_edge")
    [person] = store.explain("P-1").identities
    assert len(person.untied) == 2
    assert person.paths == ()


def test_a_large_person_is_told_by_its_tree(store, monkeypatch):
    monkeypatch.setattr("linkage.explanation.identity.MOST_RECORDS", 2)
    monkeypatch.setattr("linkage.explanation.explain.MOST_RECORDS", 2)
    found = store.explain("P-1")
    [person] = found.identities
    assert (len(person.tree), person.paths, person.is_compared) == (2, (), False)
    assert any("more than 2 records" in notice for notice in found.notices)
