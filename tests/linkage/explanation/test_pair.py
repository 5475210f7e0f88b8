import pytest

from console.review_pair import show_pair
from linkage.explanation.answer import PairFacts
from tests.linkage.explanation.explained_store import (
    BORN,
    ExplainedStore,
    date,
    key_of,
)
from tests.linkage.small_model import small_model

ANA = {"forename": "ANA", "surname": "ASH", "birth_date": BORN, "phone": "+447700900001"}
BEA = ANA | {"forename": "BEA", "phone": "+447700900002"}
OTHER = {"forename": "IDA", "surname": "OAK", "birth_date": date(1950, 1, 1)}
ONE, TWO = "kent/niche/1", "essex/niche/2"


def two(left: dict, right: dict, **more: object) -> ExplainedStore:
    made = ExplainedStore(**more)
    made.put_people({"P-1": {"kent/1": left}, "P-2": {"essex/2": right}})
    return made


def two_and_others() -> ExplainedStore:
    """Two records that agree, each beside one of its person that contradicts the other's."""
    made = ExplainedStore()
    left = OTHER | {"pnc": "2001/1234567X"}
    right = OTHER | {"pnc": "2009/7654321Y", "forename": "UMA", "birth_date": date(1940, 3, 3)}
    made.put_people({
        "P-1": {"kent/1": ANA, "durham/5": left}, "P-2": {"essex/2": ANA, "wiltshire/9": right},
    })  # fmt: skip
    return made


def pair(store: ExplainedStore, **how: bool) -> PairFacts:
    found = store.explain(ONE, TWO, **how).pair
    assert found is not None
    return found


def test_two_records_of_one_person_are_told_by_the_ties_between_them():
    made = ExplainedStore()
    middle = {"durham/5": ANA | {"phone": "+447700900002"}}
    made.put_people({"P-1": {"kent/1": ANA} | middle | {"essex/2": BEA}})
    for name in ("durham/5", "kent/1"):
        made.judge(name, "essex/2" if name == "durham/5" else "durham/5", "same")
    facts = pair(made)
    assert facts.path is not None
    assert [record.key for record in facts.records] == [
        key_of("kent/1"), key_of("durham/5"), key_of("essex/2")
    ]  # fmt: skip
    assert [step.key for step in facts.steps] == [
        tuple(sorted((facts.path.records[n], facts.path.records[n + 1]))) for n in (0, 1)
    ]
    assert facts.path.falls_short
    assert (facts.why_not, facts.id_l, facts.id_r) == ((), "P-1", "P-1")


def test_a_link_that_was_cut_gives_the_reason():
    made = two(ANA, ANA)
    made.cut("kent/1", "essex/2", "possible twins")
    [why] = pair(made).why_not
    assert "not laid: possible twins" in why


def test_a_link_cut_for_the_sake_of_other_records_names_them():
    made = two_and_others()
    made.cut("kent/1", "essex/2", "two PNC IDs")
    laid, others = pair(made).why_not
    assert "not laid: two PNC IDs" in laid
    assert "which hold two PNC IDs: durham/niche/5 and wiltshire/niche/9." in others


def test_who_reviews_a_link_that_was_cut_sees_for_whose_sake():
    made = two_and_others()
    key = (key_of("essex/2"), key_of("kent/1"))
    assert "not laid" not in show_pair(made.con, key, ())
    made.cut("kent/1", "essex/2", "two PNC IDs")
    shown = show_pair(made.con, key, ())
    assert "The link was not laid: two PNC IDs." in shown
    assert "durham/niche/5 and wiltshire/niche/9" in shown


def test_a_link_cut_for_the_sake_of_others_judged_apart_names_them():
    made = ExplainedStore()
    made.put_people({"P-1": {"kent/1": ANA, "durham/5": ANA}, "P-2": {"essex/2": ANA}})
    made.judge("durham/5", "essex/2", "not_same")
    made.cut("kent/1", "essex/2", "judged not the same")
    _, others = pair(made).why_not
    assert others == (
        "The link was cut for the sake of other pairs of records of the two persons, which were "
        "judged not the same: durham/niche/5 and essex/niche/2 (one of these two)."
    )
    assert others in show_pair(made.con, (key_of("essex/2"), key_of("kent/1")), ())


def test_two_that_the_model_links_are_never_what_their_own_link_was_cut_for():
    """The two bear two PNC IDs, and so does a third beside one of them: it is cut for the third."""
    made = ExplainedStore()
    one, two = {"pnc": "2001/1234567X"}, {"pnc": "2009/7654321Y"}
    third = OTHER | one | {"phone": "+447700900009"}
    made.put_people({
        "P-1": {"kent/1": ANA | one, "durham/5": third}, "P-2": {"essex/2": ANA | two},
    })  # fmt: skip
    made.cut("kent/1", "essex/2", "two PNC IDs")
    _, own, others = pair(made).why_not
    assert own == "These two hold two PNC IDs, which the model has weighed."
    assert others == (
        "The link was cut for the sake of other pairs of records of the two persons, which hold "
        "two PNC IDs: durham/niche/5 and essex/niche/2 (one of these two)."
    )
    shown = show_pair(made.con, (key_of("essex/2"), key_of("kent/1")), ())
    assert f"{own}\n{others}" in shown


def test_two_judged_apart_are_never_named_as_other_records():
    made = ExplainedStore()
    made.put_people({"P-1": {"kent/1": ANA, "durham/5": ANA}, "P-2": {"essex/2": ANA}})
    made.cut("kent/1", "essex/2", "judged not the same")
    made.judge("kent/1", "essex/2", "not_same")
    assert "pairs of records" not in " ".join(pair(made).why_not)
    made.judge("durham/5", "essex/2", "not_same")
    judged, _, others = pair(made).why_not
    assert judged.startswith("People judged the two not to be the same")
    assert others == (
        "Other pairs of records of the two persons were judged not the same, too: "
        "durham/niche/5 and essex/niche/2 (one of these two)."
    )
    shown = show_pair(made.con, (key_of("essex/2"), key_of("kent/1")), ())
    assert f"judged not the same.\nThese two were judged not the same.\n{others}" in shown


def test_two_that_people_differ_on_are_what_their_link_was_cut_for():
    made = two(ANA, ANA)
    made.cut("kent/1", "essex/2", "judged not the same")
    made.judge("kent/1", "essex/2", "not_same")
    made.judge("kent/1", "essex/2", "same", "TWO")
    assert "pairs of records" not in " ".join(pair(made).why_not)
    shown = show_pair(made.con, (key_of("essex/2"), key_of("kent/1")), ())
    assert "These two were judged not the same." in shown


def test_two_that_contradict_and_that_the_model_would_not_link_come_first():
    """People judged them the same, so that there was a link for the guard to cut."""
    made = two_and_others()
    made.put_people({"P-1": {"kent/3": OTHER | {"forename": "TIM", "birth_date": date(1980, 7, 7),
                                                "pnc": "2001/1234567X"}}})  # fmt: skip
    made.keep("durham/5", "wiltshire/9")
    made.cut("durham/5", "wiltshire/9", "two PNC IDs")
    shown = show_pair(made.con, (key_of("durham/5"), key_of("wiltshire/9")), ())
    assert "These two hold two PNC IDs.\nOther pairs of records of the two persons hold" in shown
    assert "too: kent/niche/3 and wiltshire/niche/9 (one of these two)." in shown


def test_a_pair_in_review_says_what_it_weighs_and_needs():
    [why] = pair(two(ANA, BEA | {"forename": "ANA"})).why_not
    assert "for a person to decide" in why
    assert "+8.00 is needed" in why


def test_a_pair_that_no_block_brings_together_was_never_compared():
    facts = pair(two(ANA, OTHER))
    assert facts.blocks == ()
    assert "never compared: no block" in facts.why_not[0]
    assert facts.direct is not None
    assert not facts.direct.is_published


def test_a_pair_in_too_large_a_block_says_so():
    made = two(ANA, ANA, model=small_model(most_records=1))
    made.forget("kent/1", "essex/2")
    [why] = pair(made).why_not
    assert "“birth date”, “phone” and “surname and initial”" in why
    assert "more than 1 records" in why
    assert "would have been joined" in why


def test_a_pair_too_light_to_be_kept_is_compared_anew():
    left, right = ANA, OTHER | {"phone": "+447700900001"}
    [why] = pair(two(left, right)).why_not
    assert "too light to be kept" in why


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([("not_same", "ONE")], "judged the two not to be the same"),
        ([("same", "ONE"), ("not_same", "TWO")], "contradict each other"),
        ([("unsure", "ONE")], "could not tell"),
    ],
)
def test_what_people_decided_is_the_first_reason(given, says):
    made = two(ANA, ANA)
    for verdict, by in given:
        made.judge("kent/1", "essex/2", verdict, by)
    facts = pair(made)
    assert says in facts.why_not[0]
    assert len(facts.judgements) == len(given)


def test_without_the_model_nothing_is_compared_and_that_is_said():
    facts = pair(two(ANA, OTHER), has_model=False)
    assert (facts.direct, facts.blocks) == (None, None)
    assert "not at hand" in facts.why_not[0]
    kept = pair(two(ANA, ANA), has_model=False)
    assert kept.direct is not None


def test_comparing_for_an_explanation_gives_what_the_store_keeps():
    made = two(ANA, BEA)
    kept = pair(made).direct
    made.forget("kent/1", "essex/2")
    anew = pair(made).direct
    assert kept is not None
    assert anew is not None
    assert (kept.weights, kept.band, kept.review_at) == (anew.weights, anew.band, anew.review_at)
