"""The bars of the list, and those of a model that has not all comparisons."""

import duckdb
import pytest

from linkage.model import NOT_KNOWN, Threshold
from linkage.models import person
from linkage.models.person_thresholds import OF_IDENTIFIED, THRESHOLDS
from linkage.training.structure import fit_thresholds


def test_of_all_bars_that_hold_a_pair_needs_the_greatest_unless_a_number_is_shared():
    bars = [each.link for each in THRESHOLDS[len(OF_IDENTIFIED) :]]
    assert bars == sorted(bars, reverse=True)


def test_a_bar_asks_nothing_of_a_comparison_that_the_model_is_without():
    given = (Threshold("no birth", "birth = 'not known' AND sex = 'same'", 8.0, 3.0),)
    sex = next(each for each in person.COMPARISONS if each.name == "sex")
    [fitted] = fit_thresholds(given, [sex])
    assert fitted.when == "'not known' = 'not known' AND sex = 'same'"


def test_words_of_levels_stay_where_a_comparison_of_that_name_is_absent():
    given = (Threshold("kin", "kin = 'one name, no birth' AND birth <> 'it''s a birth'", 8.0, 3.0),)
    kin = next(each for each in person.COMPARISONS if each.name == "kin")
    [fitted] = fit_thresholds(given, [kin])
    assert fitted.when == "kin = 'one name, no birth' AND 'not known' <> 'it''s a birth'"


def test_every_bar_of_the_list_can_be_asked_of_a_model_without_most_comparisons():
    kept = [each for each in person.COMPARISONS if each.name in ("forename", "surname")]
    with duckdb.connect() as con:
        for each in fit_thresholds(THRESHOLDS, kept):
            con.execute(f"SELECT {each.when} FROM (SELECT 'same' AS forename, 'same' AS surname)")


def needs(**levels: str) -> float:
    """What a pair at these levels needs, the other comparisons being not known of it."""
    words = {each.name: NOT_KNOWN for each in person.COMPARISONS} | levels
    columns = ", ".join(f"'{word}' AS {name}" for name, word in words.items())
    cases = " ".join(f"WHEN {each.when} THEN {each.link}" for each in THRESHOLDS)
    with duckdb.connect() as con:
        [(bits,)] = con.execute(f"SELECT CASE {cases} END FROM (SELECT {columns})").fetchall()
    return float(bits)


OTHERS = {"forename": "different", "surname": "different"}
LIVING_TOGETHER = {"address": "same home", "phone": "same", "email": "same"}


@pytest.mark.parametrize(
    ("levels", "bits"),
    [
        (OTHERS | LIVING_TOGETHER, 40.0),
        (OTHERS | LIVING_TOGETHER | {"birth": "different"}, 60.0),
        (OTHERS | LIVING_TOGETHER | {"birth": "one digit differs"}, 40.0),
        (OTHERS | {"address": "same postcode", "birth": "same date", "sex": "same"}, 16.0),
        # A birth and more of an address or a telephone, a number, or one name speak for one person.
        (OTHERS | {"address": "same home", "birth": "same date"}, 4.5),
        (OTHERS | {"address": "same postcode and town", "birth": "same date"}, 4.5),
        (OTHERS | {"phone": "same", "birth": "same date"}, 4.5),
        (OTHERS | {"pnc": "same"}, 6.0),
        (LIVING_TOGETHER | {"forename": "same", "surname": "different"}, 40.0),
    ],
)
def test_people_of_other_names_are_not_joined_by_what_a_household_shares(levels, bits):
    assert needs(**levels) == bits


LENT = {"papers": "same", "surname": "same", "address": "same home", "middle_names": "different"}


@pytest.mark.parametrize(
    ("levels", "bits"),
    [
        ({"forename": "different"}, 40.0),
        ({"forename": "sounds the same"}, 40.0),
        ({"forename": NOT_KNOWN}, 40.0),
        ({"forename": "different", "pnc": "same"}, 6.0),
        ({"forename": "different", "middle_names": "the initial alone"}, 30.0),
        ({"forename": "same"}, 6.0),
        ({"forename": "nickname or alias"}, 6.0),
    ],
)
def test_a_paper_joins_nobody_to_whom_it_was_lent(levels, bits):
    assert needs(**(LENT | levels)) == bits


ONE_LINE = {"forename": "same", "surname": "same", "address": "same home", "email": "same"}
YEAR, BESIDE = (f"{word}, the date not known of both" for word in ("same year", "a year apart"))


@pytest.mark.parametrize(
    ("levels", "bits"),
    [
        ({"surname": "different"}, 40.0),
        ({"forename": "different", "birth": "two of day, month and year the same"}, 40.0),
        ({"forename": "alike", "kin": "possible kin with one telephone: same surname, another "
          "forename"}, 40.0),
        ({"kin": "possible parent and child with one e-mail address", "birth": "different"}, 40.0),
        ({"forename": "the initial alone"}, 40.0),
        ({"forename": "the initial alone", "birth": "different"}, 60.0),
        ({"forename": "nickname or alias", "birth": "different"}, 60.0),
        ({"surname": "different", "birth": YEAR}, 20.0),
        ({"surname": "alike", "birth": YEAR}, 12.0),
        ({"birth": BESIDE}, 12.0),
        ({"surname": "alike", "birth": "one digit differs"}, 12.0),
        ({"surname": "different", "birth": "same date, a first of January"}, 12.0),
        ({"kin": "possible kin of one name, telephone and e-mail address, no birth"}, 60.0),
        # Of a hostel one in thousands has another's name and birth; a middle name is one's own.
        ({"surname": "different", "birth": "same date"}, 4.5),
        ({"surname": "different", "middle_names": "one the same"}, 8.0),
        ({"surname": "different", "own_tie": "tied"}, 8.0),
        ({"birth": YEAR}, 4.5),
    ],
)  # fmt: skip
def test_a_line_that_all_of_a_house_or_company_have_joins_none_of_them(levels, bits):
    assert needs(**(ONE_LINE | levels)) == bits


@pytest.mark.parametrize(("forename", "bits"), [("alike", 16.0), ("same", 8.0)])
def test_brothers_who_bear_their_mothers_name_between_need_more(forename, bits):
    levels = {"surname": "same", "address": "same home", "middle_names": "one the same"}
    assert needs(forename=forename, **levels) == bits


def test_brothers_born_on_one_day_of_two_years_need_more():
    levels = {"forename": "different", "surname": "same", "address": "same home",
              "kin": "possible kin: same surname and home, another forename"}  # fmt: skip
    assert needs(birth="one digit differs", **levels) == 30.0
    assert needs(birth="same date", **levels) == 20.0


YEARS = "two or three years apart, the date not known of both"


@pytest.mark.parametrize(
    ("levels", "bits"),
    [
        ({"forename": "alike", "birth": "a year apart, the date not known of both"}, 14.0),
        ({"forename": "same", "birth": YEARS}, 14.0),
        ({"forename": "same", "birth": YEARS, "phone": "same"}, 30.0),
        # An age that was told is a year of birth, or the next.
        ({"forename": "same", "birth": "a year apart, the date not known of both"}, 4.5),
        ({"forename": "alike", "birth": "one digit differs"}, 4.5),
    ],
)
def test_brothers_of_one_home_need_more_where_births_differ_by_years(levels, bits):
    assert needs(surname="same", address="same home", **levels) == bits
