"""What analysts read of linkage in the store: edges, review, and who was whom on a date."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from linkage.judgements.journal import append_judgements
from linkage.judgements.judgement import judge
from linkage.model import Comparison, Level
from linkage.model_file import name_model
from linkage.record_key import RecordKey
from tests.console.published import published, run
from tests.linkage.small_model import FIRST, small_model, store, use_model
from warehouse.home import Home

SECOND = FIRST + timedelta(1)
ANA = {"forename": "ANA", "surname": "ASH", "birth_date": date(1988, 2, 29), "phone": "1"}
HALF = ANA | {"forename": "ANNA", "phone": None}


@pytest.fixture
def home(tmp_path):
    home = Home.of(tmp_path / "home")
    use_model(home, small_model())
    return home


def test_an_edge_names_its_records_in_the_order_of_their_keys_and_says_each_weight_and_level(home):
    store(home, FIRST, {"kent/1": ANA})
    run(home, FIRST)
    store(home, SECOND, {"durham/1": HALF})
    run(home, SECOND)
    [(left, right, total, weights, levels, key, night)] = published(
        home,
        "SELECT force_l, force_r, match_weight, weights, levels, match_key, night "
        "FROM link.person_edge",
    )
    assert (left, right, key, night) == ("durham", "kent", "birth date", SECOND)
    assert sum(json.loads(weights).values()) == total
    assert json.loads(levels) == {
        "surname": "same", "forename": "different", "birth_date": "same", "phone": "not known",
    }  # fmt: skip


def test_a_pair_between_the_thresholds_waits_for_review_until_somebody_decides(home):
    store(home, FIRST, {"kent/1": ANA, "durham/1": HALF | {"forename": None}})
    run(home, FIRST)
    [(why, says)] = published(home, "SELECT why, says FROM link.review_item")
    assert why == "weight"
    assert "are needed" in says
    pair = RecordKey("kent", "niche", "1"), RecordKey("durham", "niche", "1")
    at = datetime(2026, 1, 12, tzinfo=UTC)
    append_judgements(home, [judge(*pair, "unsure", "ann", at, "no photograph", "review")])
    run(home, SECOND)
    assert published(home, "SELECT why FROM link.review_item") == [("unsure",)]
    later = at + timedelta(minutes=1)
    append_judgements(home, [judge(*pair, "not_same", "ann", later, "two photographs", "review")])
    run(home, SECOND + timedelta(1))
    assert published(home, "FROM link.review_item") == []


def test_a_pair_that_shares_a_pnc_id_waits_for_that_however_little_it_weighs(tmp_path):
    home = Home.of(tmp_path / "home")
    number = Comparison(
        "pnc", "pnc_l IS NULL OR pnc_r IS NULL", (Level("same", "pnc_l = pnc_r", 0.5, 0.25),),
        (0.5, 0.75), needs=("pnc",),
    )  # fmt: skip
    model = small_model()
    use_model(home, name_model(replace(model, comparisons=(*model.comparisons, number))))
    other = ANA | {"forename": "BO", "surname": "OAK", "phone": "9"}
    pnc = {"pnc": ["2001/1234567X"]}
    store(home, FIRST, {"kent/1": ANA | pnc, "durham/1": other | pnc, "essex/1": other})
    run(home, FIRST)
    [(why, says)] = published(home, "SELECT why, says FROM link.review_item WHERE force_r = 'kent'")
    assert why == "identifier"
    assert says.startswith("one PNC ID on both, and yet: -")
    assert says.endswith(" bits, 8.00 are needed")


def test_a_pair_kept_apart_for_a_decision_about_others_names_them_and_who_decided(home):
    store(home, FIRST, {"kent/1": ANA, "durham/1": ANA, "essex/1": ANA})
    run(home, FIRST)
    one, other = RecordKey("durham", "niche", "1"), RecordKey("essex", "niche", "1")
    at = datetime(2026, 1, 12, tzinfo=UTC)
    append_judgements(home, [judge(one, other, "not_same", "ann", at, "two photos", "review")])
    run(home, SECOND)
    says = (
        "heavy enough to be joined, but: records of the two persons were judged not the same: "
        "durham/niche/1 and essex/niche/1, by ann"
    )
    assert published(home, "SELECT why, says FROM link.review_item") == [("guard", says)]
    # Whoever looked and could not tell is not shown it first again.
    [waits] = published(home, "SELECT COLUMNS('_[lr]$') FROM link.review_item")
    pair = RecordKey(*waits[:3]), RecordKey(*waits[3:6])
    append_judgements(home, [judge(*pair, "unsure", "ann", at, "no photograph", "review")])
    run(home, SECOND + timedelta(1))
    [(why, said, priority)] = published(home, "SELECT why, says, priority FROM link.review_item")
    assert (why, said) == ("unsure", f"somebody looked and could not tell: {says}")
    assert priority < 0


def test_a_pair_kept_apart_for_what_others_hold_is_told_that_it_is_others(home):
    old = ANA | {"surname": "ELM"}
    unborn, young = old | {"birth_date": None}, old | {"birth_date": date(2005, 7, 1)}
    store(home, FIRST, {"kent/1": old, "durham/1": unborn, "essex/1": young})
    run(home, FIRST)
    of = "force_l, force_r, says FROM link.review_item"
    [(*forces, said)] = published(home, f"SELECT {of} WHERE why = 'guard'")
    assert "durham" in forces  # whose record has no birth
    assert said == (
        "heavy enough to be joined, but not with the other records of the two persons: "
        "births too far apart"
    )


def test_a_superseded_id_answers_and_the_past_is_as_it_was(home):
    other = {"forename": "BO", "surname": "OAK", "birth_date": date(1950, 1, 1), "phone": "9"}
    store(home, FIRST, {"kent/1": ANA, "durham/1": other})
    run(home, FIRST)
    before = dict(published(home, "SELECT force, person_id FROM core.person_record"))
    store(home, SECOND, {"durham/1": ANA})
    run(home, SECOND)
    [(now,)] = published(home, "SELECT DISTINCT person_id FROM core.person_record")
    [superseded] = set(before.values()) - {now}
    answer = f"SELECT person_id, records FROM link.person_now('{superseded}')"
    assert published(home, answer) == [(now, 1)]
    then = published(home, f"SELECT force, person_id FROM link.person_as_of(DATE '{FIRST}')")
    assert dict(then) == before
    today = published(home, f"SELECT DISTINCT person_id FROM link.person_as_of(DATE '{SECOND}')")
    assert today == [(now,)]


def test_a_night_tells_what_it_compared_and_how_many_ids_changed(home):
    store(home, FIRST, {"kent/1": ANA, "durham/1": ANA, "kent/2": HALF | {"surname": "OAK"}})
    run(home, FIRST)
    store(home, SECOND, {"durham/1": HALF | {"surname": "YEW", "birth_date": None}})
    run(home, SECOND)
    told = published(
        home,
        "SELECT is_full, records, new_records, changed_records, persons, split, ids_changed, "
        "ids_changed_share FROM link.linkage_night ORDER BY run",
    )
    assert told == [
        (True, 3, 3, 0, 2, 0, 0, 0.0),
        (False, 3, 0, 1, 3, 1, 1, pytest.approx(1 / 3)),
    ]
