"""Pairs that may be one object, and those that are not worth a look."""

import json

import pytest

from linkage.objects.objects import link_objects
from tests.linkage.objects.held import FIRST, ask, offence, part, store, vehicle
from warehouse.home import Home


@pytest.fixture
def found(tmp_path):
    """Rule and words of each candidate among the records."""

    def find(rows: dict) -> list[tuple]:
        home = Home.of(tmp_path / "home")
        store(home, FIRST, rows)
        link_objects(home, FIRST)
        return ask(home, "SELECT rule, says, evidence FROM link.object_candidate ORDER BY ALL")

    return find


def marks(*vehicles: dict) -> dict:
    return {f"vehicle_record/kent/{n}": each for n, each in enumerate(vehicles)}


@pytest.mark.parametrize("wrong", ["ABIOXYZ", "AB1OXYZ", "ABI0XYZ", "A81OXYZ"])
def test_a_mark_of_no_british_form_may_be_the_one_that_looks_like_it(found, wrong):
    [(rule, says, evidence)] = found(marks(vehicle("AB10XYZ"), vehicle(wrong)))
    assert rule == "confused characters"
    assert "of no form of Great Britain" in says
    assert set(json.loads(evidence)) >= {"value_l", "value_r"}


def test_two_marks_that_both_exist_are_worth_a_look_only_where_all_particulars_agree(found):
    two = ("AB10XYS", "A810XYS")  # The second is a prefix mark of no form: 810 and three letters.
    assert found(marks(vehicle(two[0], "FORD"), vehicle(two[1], "FORD"))) == []


def test_two_marks_that_both_exist_with_the_same_make_model_and_colour(found):
    like = ("FORD", "FOCUS", "RED")
    [(_, says, _)] = found(marks(vehicle("AB10XYS", *like), vehicle("A810XYS", *like)))
    assert says.endswith("; the same make, model, colour")


def test_what_differs_is_said(found):
    [(_, says, _)] = found(
        marks(vehicle("AB10XYZ", "FORD", None, "RED"), vehicle("ABIOXYZ", "AUDI", "A3", "RED"))
    )
    assert says.endswith("; the same colour; another make")


def phones(*imeis: str, number: str = "+447700900123") -> dict:
    return {f"phone_record/kent/{n}": {"number": number, "imei": i} for n, i in enumerate(imeis)}


def test_a_mistyped_imei_may_be_the_handset_of_its_number(found):
    [(rule, says, _)] = found(phones("490154203237518", "490154203237519"))
    assert rule == "mistyped IMEI"
    assert says == "the IMEIs are one character apart; the same number; the second is no valid IMEI"


def test_two_imeis_that_are_both_valid_may_be_one_with_two_digits_swapped(found):
    # The check digit misses 09 for 90.
    [(rule, _, _)] = found(phones("350912345678900", "359012345678900"))
    assert rule == "one character apart"


@pytest.mark.parametrize(
    "rows",
    [
        phones("490154203237518", "490154203237629"),
        phones("490154203237518")
        | {"phone_record/durham/1": {"number": "+447700900999", "imei": "490154203237519"}},
        phones("490154203237518", "000000000000000"),
        phones("490154203237519", "490154203237529"),
    ],
    ids=["two digits", "another number", "a placeholder", "neither is valid"],
)
def test_no_handset_is_looked_for_where_imeis_or_numbers_differ_more(found, rows):
    assert found(rows) == []


def items(*serials: str, values: tuple[float, ...] = (100.0, 100.0)) -> dict:
    return {
        f"property_record/kent/{n}": {
            "property_type": "LAPTOP", "serial_number": serial, "value_gbp": value,
        }
        for n, (serial, value) in enumerate(zip(serials, values, strict=False))
    }  # fmt: skip


@pytest.mark.parametrize("other", ["SN123457", "SN12345", "SN1234567", "SN123465", "5N123456"])
def test_items_of_one_kind_and_value_whose_serials_are_one_character_apart(found, other):
    [(rule, _, _)] = found(items("SN123456", other))
    assert rule == "one character apart"


@pytest.mark.parametrize(
    "rows",
    [items("SN123456", "SN123478"), items("SN123456", "SN123457", values=(100.0, 120.0))],
    ids=["two characters", "another value"],
)
def test_items_that_differ_more_are_two(found, rows):
    assert found(rows) == []


def test_two_items_that_one_event_lists_are_two(found):
    listed = {
        "offence_record/kent/o1": offence("2026-01-01T10:00:00", 51.2, 0.5),
        "event_object/kent/a": part("o1", "0", "property_record"),
        "event_object/kent/b": part("o1", "1", "property_record"),
    }
    assert found(items("SN123456", "SN123457") | listed) == []


def test_a_row_of_serials_that_many_share_says_nothing(found):
    many = [f"SN12345678{n}{m}" for n in range(3) for m in range(10)]
    rows = items(*many, values=(100.0,) * 30)
    # Thirty differ in the last character but one or the last: those of three, not those of ten.
    assert {rule for rule, _, _ in found(rows)} == {"one character apart"}
