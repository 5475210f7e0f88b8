"""Codes, contacts and postcodes of the systems, and what is not known among them."""

import polars as pl
import pytest

from forces import code_sets
from transforms import codes
from transforms.contacts import (
    canonical_email,
    canonical_phone,
    canonical_vrm,
    postcode_traps,
    real_postcode,
)
from transforms.offence_codes import (
    is_notifiable,
    offence_code_from_cjs,
    offence_code_from_ho,
    offence_code_from_npcc,
    offence_group,
    offence_group_from_policeuk,
)
from transforms.profiles import profile
from warehouse.contract import delivered_table
from warehouse.contract.person import ETHNICITY_OBSERVED, ETHNICITY_SELF_DEFINED
from warehouse.errors import DeclarationError
from warehouse.reference import read_reference

RAW = pl.col("raw")


def read(expression: pl.Expr, raw: str | None) -> object:
    return pl.DataFrame({"raw": [raw]}, schema={"raw": pl.String}).select(expression).item()


@pytest.mark.parametrize(
    ("function", "raw", "code"),
    [
        (codes.sex_from_cjs, "0", "U"),
        (codes.sex_from_cjs, "1", "M"),
        (codes.sex_from_cjs, "2", "F"),
        (codes.sex_from_cjs, "9", "U"),
        (codes.sex_from_cjs, "3", None),
        (codes.sex_from_words, "FEMALE ", "F"),
        (codes.sex_from_words, "Not Known", "U"),
        (codes.sex_from_words, "Mail", None),
        (codes.ethnicity_from_16, "O1", "A4"),
        (codes.ethnicity_from_16, "W1", "W1"),
        (codes.ethnicity_from_16, "A4", None),
        (codes.ethnicity_from_16, "W3", None),
        (codes.ethnicity_from_18, "A4", "A4"),
        (codes.ethnicity_from_18, "W3", "W3"),
        (codes.ethnicity_from_18, "W4", None),
        (codes.ethnicity_from_words, "White - British", "W1"),
        (codes.ethnicity_from_words, "Gypsy / Traveller", "W3"),
        (codes.ethnicity_from_words, "W1 - White British", "W1"),
        (codes.ethnicity_from_words, "O1", "A4"),
        (codes.ethnicity_from_words, "Martian", None),
        (codes.ethnicity_observed, "IC3", "IC3"),
        (codes.ethnicity_observed, "ic 9", "IC9"),
        (codes.ethnicity_observed, "4", "IC4"),
        (codes.ethnicity_observed, "W1", None),
        (codes.boolean, "Y", True),
        (codes.boolean, "false", False),
        (codes.boolean, "perhaps", None),
    ],
)
def test_a_code_is_recoded_or_null(function, raw, code):
    assert read(function(RAW), raw) == code
    assert read(function(RAW), None) is None


def test_officer_observed_and_self_defined_ethnicity_never_mix():
    for code in ETHNICITY_OBSERVED:
        assert read(codes.ethnicity_from_18(RAW), code) is None
    for code in ETHNICITY_SELF_DEFINED:
        assert read(codes.ethnicity_observed(RAW), code) is None


@pytest.mark.parametrize(
    ("raw", "code"), [("001/01", "001/01"), ("1/1", "001/01"), ("999/99", None), ("28A", None)]
)
def test_a_home_office_code_is_padded_and_known_or_null(raw, code):
    assert read(offence_code_from_ho(RAW), raw) == code


def test_every_known_offence_is_found_by_each_of_its_codes():
    known = read_reference("offence_code")
    found = known.select(
        "offence_code",
        "offence_group",
        ho=offence_code_from_ho(pl.col("offence_code")),
        cjs=offence_code_from_cjs(pl.col("cjs_code")),
        npcc=offence_code_from_npcc(pl.col("npcc_code")),
        group=offence_group(pl.col("offence_code")),
        has_cjs=pl.col("cjs_code").is_not_null(),
        has_npcc=pl.col("npcc_code").is_not_null(),
    )
    assert found.filter(pl.col("ho") != pl.col("offence_code")).is_empty()
    assert found.filter(pl.col("group") != pl.col("offence_group")).is_empty()
    for name in ("cjs", "npcc"):
        given = found.filter(pl.col(f"has_{name}"))
        assert given.filter(~pl.col(name).eq_missing(pl.col("offence_code"))).is_empty()


def test_an_offence_without_counterpart_is_unmapped():
    assert read(offence_group(offence_code_from_cjs(RAW)), "XX99999") == "unmapped"
    assert read(offence_group(offence_code_from_cjs(RAW)), None) == "unmapped"
    assert read(offence_group_from_policeuk(RAW), "Jaywalking") == "unmapped"


@pytest.mark.parametrize(
    ("raw", "group", "notifiable"),
    [
        ("Anti-social behaviour", "anti-social-behaviour", False),
        ("Violence and sexual offences", "violence-and-sexual-offences", True),
    ],
)
def test_a_crime_type_of_data_police_uk_is_a_group(raw, group, notifiable):
    assert read(offence_group_from_policeuk(RAW), raw) == group
    assert read(is_notifiable(offence_group_from_policeuk(RAW)), raw) is notifiable


@pytest.mark.parametrize(
    ("raw", "phone"),
    [
        ("07700 900123", "+447700900123"),
        ("+44 (0)7700 900123", "+447700900123"),
        ("0044 7700 900123", "+447700900123"),
        ("447700900123", "+447700900123"),
        ("(0191) 498-0000", "+441914980000"),
        ("+33 1 23 45 67 89", "+33123456789"),
        ("123", "123"),
        ("n/a", None),
        ("", None),
    ],
)
def test_a_telephone_number_is_one_however_it_is_written(raw, phone):
    assert read(canonical_phone(RAW), raw) == phone


def test_an_email_address_is_lower_case_or_null():
    assert read(canonical_email(RAW), " A.Person@Example.ORG ") == "a.person@example.org"
    assert read(canonical_email(RAW), "no address") is None


@pytest.mark.parametrize(
    ("raw", "vrm"), [("ab12 cde", "AB12CDE"), ("a.123-bcd", "A123BCD"), (" ", None)]
)
def test_a_registration_mark_is_solid(raw, vrm):
    assert read(canonical_vrm(RAW), raw) == vrm


@pytest.mark.parametrize(
    ("raw", "postcode", "rule"),
    [
        ("ne11aa", "NE1 1AA", None),
        (" SW1A  2AA ", "SW1A 2AA", None),
        ("GIR0AA", "GIR 0AA", None),
        ("NF1 1NF", None, "placeholder_postcode"),
        ("nf11fa", None, "placeholder_postcode"),
        ("NE1 1A", None, "invalid_postcode"),
        ("nowhere", None, "invalid_postcode"),
        ("", None, None),
        (None, None, None),
    ],
)
def test_a_postcode_is_canonical_or_null_by_name(raw, postcode, rule):
    assert read(real_postcode(RAW), raw) == postcode
    assert [t.rule for t in postcode_traps(RAW) if read(t.when, raw)] == ([rule] if rule else [])


def test_a_profile_that_is_not_known_is_named_with_those_that_are():
    assert profile("GB").zone == "Europe/London"
    with pytest.raises(DeclarationError, match="no country profile XX; there are: GB, generic"):
        profile("XX")


@pytest.mark.parametrize(
    ("sent", "o1", "mixed"),
    [
        (["O1", "W1", None], 1, 0),
        (["A4", "W3", None], 0, 0),
        (["O1", "A4", "O1", None], 2, 2),
        (["O1", "W3"], 1, 1),
        ([None], 0, 0),
    ],
)
def test_the_older_sets_o1_is_counted_and_so_is_a_batch_that_holds_both_sets(sent, o1, mixed):
    traps = codes.ethnicity_traps(RAW)
    frame = pl.DataFrame({"raw": sent}, schema={"raw": pl.String})
    counts = {trap.rule: frame.select(trap.when).to_series().sum() for trap in traps}
    assert counts == {"ethnicity_o1_is_a4": o1, "ethnicity_sets_mixed": mixed}
    assert [trap.action for trap in traps] == ["mended", "counted"]


def test_no_system_stages_a_code_of_another_set():
    allowed = delivered_table("person_record").column("ethnicity_self_defined").allowed
    for sent in (code_sets.ETHNICITY_16, code_sets.ETHNICITY_18, code_sets.ETHNICITY_ESDD):
        assert sent["ESDD_0017" if sent is code_sets.ETHNICITY_ESDD else "O1"] == "A4"
        assert set(sent.values()) <= set(allowed)


def test_who_writes_a4_in_the_codes_of_ihub_writes_no_o1():
    backwards = {value: code for code, value in code_sets.ETHNICITY_ESDD.items()}
    assert code_sets.ETHNICITY_ESDD_CODES[backwards["A4"]] == "A4"
