from datetime import UTC, datetime

from linkage.explanation.waiting import say_contradictions, say_waiting
from linkage.judgements.judgement import Judgement, judge
from tests.linkage.explanation.explained_store import key_of

NOON = datetime(2026, 1, 14, 12, tzinfo=UTC)
ONE = key_of("kent/1")


def say(other: str, verdict: str, by: str = "ann") -> Judgement:
    return judge(ONE, key_of(other), verdict, by, NOON, "ANA told me", "review")


def test_what_is_decided_of_other_records_is_not_told():
    assert say_waiting([say("kent/2", "same")], frozenset({key_of("kent/3")})) == ()
    assert say_waiting([], frozenset({ONE})) == ()


def test_of_what_one_person_says_of_two_records_the_latest_is_told_once():
    made = [say("kent/2", "same"), say("kent/2", "not_same"), say("kent/2", "not_same", "bob")]
    [notice] = say_waiting(made, frozenset({ONE}))
    assert notice == (
        "Decided since this store was published: kent/niche/1 and kent/niche/2 not the same; it "
        "counts in the store from the next night."
    )


def test_many_decisions_are_one_notice_that_names_a_few():
    made = [say(f"kent/{number}", "not_same") for number in range(2, 7)]
    [notice] = say_waiting(made, frozenset({ONE}))
    assert (
        "kent/niche/4 not the same; and 2 more; they count in the store from the next night."
        in notice
    )
    assert "kent/niche/5" not in notice


def test_a_decision_on_two_records_that_are_both_shown_is_named_first():
    made = [say(f"kent/{number}", "not_same") for number in range(2, 7)]
    [notice] = say_waiting(made, frozenset({ONE, key_of("kent/6")}))
    assert "published: kent/niche/1 and kent/niche/6 not the same; kent/niche/1" in notice


def test_a_contradiction_that_a_waiting_decision_makes_is_told_as_one():
    ann, bob = say("kent/2", "same"), say("kent/2", "not_same", "bob")
    shown = frozenset({ONE})
    for before, waiting in (([], [ann, bob]), ([ann], [bob])):
        [notice] = say_contradictions(before, waiting, shown)
        assert notice.startswith(
            "CONTRADICTION, from the next night on: kent/niche/1 and kent/niche/2, ann said the "
            "same, bob not the same. Until"
        )
    assert say_contradictions([ann, bob], [say("kent/3", "same")], shown) == ()
    assert say_contradictions([], [ann, bob], frozenset({key_of("kent/3")})) == ()
    assert say_contradictions([ann], [], shown) == ()
