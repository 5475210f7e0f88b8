import duckdb
import pytest

from linkage.explanation.facts import PRIOR, Compared, PairKey, Weight
from linkage.explanation.words import (
    in_steps,
    say_bits,
    say_comparison,
    say_level,
    say_probability,
    say_total,
    say_weight,
)
from linkage.models.person import COMPARISONS
from linkage.record_key import RecordKey
from warehouse.review_queue import WEIGHS


@pytest.mark.parametrize(
    ("bits", "says"),
    [
        (5.0, "32 times as frequent in one person"),
        (-5.0, "32 times as frequent in two persons"),
        (1.0, "2 times as frequent in one person"),
        (10.0, "1,000 times as frequent in one person"),
        (0.0, "says nothing"),
        (1 / 1024, "says hardly anything"),
    ],
)
def test_a_weight_is_told_as_a_ratio_to_two_digits(bits, says):
    assert say_weight(Weight("forename", "same", bits)) == says


def test_the_prior_is_told_as_one_pair_in_so_many():
    assert say_weight(Weight(PRIOR, None, -20.0)).endswith("one pair in 1,000,000")


@pytest.mark.parametrize(
    ("bits", "says"),
    [
        (10.0, "1 in 1,000 such pairs would be of two persons"),
        (0.0, "1 in 2 such pairs would be of two persons"),
        (-10.0, "1 in 1,000 such pairs would be of one person"),
        (60.0, "fewer than 1 in 1,000,000 such pairs would be of two persons"),
    ],
)
def test_no_total_feigns_certainty(bits, says):
    assert say_probability(bits) == says


def test_bits_have_a_sign_and_steps_are_whole():
    assert [say_bits(bits) for bits in (7.12, -0.5, 0.0)] == ["+7.12", "-0.50", "0"]
    assert in_steps(3 + 5 / 1024) == 3077


def test_a_weight_that_two_decimals_cannot_show_has_no_sign():
    assert [say_bits(bits / 1024) for bits in (1, -1, -11)] == ["0.00", "-0.01", "-0.02"]


def test_a_weight_is_rounded_down_as_the_queue_does():
    assert say_bits(18.5771484375) == "+18.57"
    weighs = duckdb.sql(f"SELECT {WEIGHS} FROM (SELECT 18.5771484375 AS match_weight)")
    assert weighs.fetchall() == [(18.57,)]


@pytest.mark.parametrize(
    ("weight", "needed", "says"),
    [
        (12.1, 10.0, "+12.10, joined from +10.00"),
        (10.0, 10.0, "+10.00, joined from +10.00"),
        (14.0 - 1 / 1024, 14.0, "+13.99, joined from +14.00"),
        (-1 / 1024, 0.0, "-0.01, joined from 0"),
        (18.5771484375, 18.5780, "+18.57, joined from +18.58"),
        (18.5771484375, 18.5771484375, "+18.5771, joined from +18.5771"),
    ],
)
def test_a_total_looks_like_what_was_needed_where_it_is_that_and_nowhere_else(weight, needed, says):
    key = PairKey(RecordKey("kent", "niche", "1"), RecordKey("kent", "niche", "2"))
    pair = Compared(key, (), weight, needed, None, "review", None, None, "person-0", None)
    assert say_total(pair) == says


def test_every_comparison_of_the_model_has_a_heading_without_underscores():
    for comparison in COMPARISONS:
        says = say_comparison(comparison.name)
        assert "_" not in says
        assert says[0].isupper()


def test_a_correction_that_is_not_made_is_not_called_a_difference():
    assert say_level(Weight("kin", "different", 0.0)) == "not called for"
    assert say_level(Weight("surname", "different", -4.0)) == "different"
