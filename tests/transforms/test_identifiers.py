"""PNC IDs and CRO numbers: the examples of the domain notes, and the laws behind them."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.identifiers import (
    canonical_asn,
    canonical_cro,
    canonical_identifier,
    canonical_pnc,
    is_valid_cro,
    is_valid_identifier,
    is_valid_pnc,
)
from warehouse.identifiers import (
    CHECK_ALPHABET,
    build_cro,
    build_pnc,
    build_sf_cro,
    pnc_check_letter,
)

YEARS = st.integers(1950, 2026)
RAW = pl.col("raw")


def judged(canonical: pl.Expr, is_valid, raw: str | None) -> tuple[str | None, bool | None]:
    frame = pl.DataFrame({"raw": [raw]}, schema={"raw": pl.String})
    return frame.select(value=canonical).select("value", valid=is_valid(pl.col("value"))).row(0)


@pytest.mark.parametrize(
    ("raw", "canonical", "is_valid"),
    [
        ("2002/0073319Z", "2002/0073319Z", True),
        ("1979/0163001B", "1979/0163001B", True),
        ("81/34U", "1981/0000034U", True),
        ("00/223R", "2000/0000223R", True),
        ("033Y", "2003/0000003Y", True),
        ("67/9893091D", "1967/9893091D", True),
        ("20020073319Z", "2002/0073319Z", True),
        (" 1979/0163001b ", "1979/0163001B", True),
        ("20030011985Z", "20030011985Z", False),
        ("20120052494O", "20120052494O", False),
        ("2001/0171310S", "2001/0171310S", False),
        ("2002/0073319A", "2002/0073319A", False),
        ("198/34U", "198/34U", False),
        ("not known", "NOT KNOWN", False),
        ("2002/00733199Z", "2002/00733199Z", False),
        ("", None, None),
        (None, None, None),
    ],
)
def test_a_pnc_id_is_put_into_its_canonical_form_and_checked(raw, canonical, is_valid):
    assert judged(canonical_pnc(RAW, 2025), is_valid_pnc, raw) == (canonical, is_valid)


@pytest.mark.parametrize(
    ("raw", "canonical", "is_valid"),
    [
        ("SF05/482703J", "SF05/482703J", True),
        ("SF83/50058Z", "SF83/50058Z", True),
        ("sf83/050058z", "SF83/50058Z", True),
        ("65656/91H", "065656/91H", True),
        ("85227/65G", "85227/65G", False),
        ("000000/00Z", "000000/00Z", False),
        ("0/00Z", "000000/00Z", False),
        ("SF5/1A", "SF5/1A", False),
        ("none", "NONE", False),
        (" ", None, None),
        (None, None, None),
    ],
)
def test_a_cro_number_is_put_into_its_canonical_form_and_checked(raw, canonical, is_valid):
    assert judged(canonical_cro(RAW), is_valid_cro, raw) == (canonical, is_valid)


@pytest.mark.parametrize(("delivered", "year"), [(2025, "2025"), (2024, "1925")])
def test_the_century_follows_the_year_of_the_delivery_not_the_clock(delivered, year):
    letter = pnc_check_letter(2025, 7)
    raw = pl.DataFrame({"raw": [f"25/7{letter}"]})
    assert raw.select(canonical_pnc(RAW, delivered)).item() == f"{year}/0000007{letter}"


@settings(max_examples=30)
@given(st.lists(st.tuples(YEARS, st.integers(1, 9_999_999)), min_size=1, max_size=20))
def test_a_pnc_id_survives_every_way_of_writing_it(numbers):
    frame = pl.DataFrame(numbers, schema={"year": pl.Int64, "serial": pl.Int64}, orient="row")
    pnc = frame.select(raw=build_pnc(pl.col("year"), pl.col("serial")))["raw"]
    letters = [pnc_check_letter(year, serial) for year, serial in numbers]
    assert pnc.str.slice(-1).to_list() == letters
    short = [f"{y % 100:02}/{s}{x}" for (y, s), x in zip(numbers, letters, strict=True)]
    bare = [f"{y % 100:02}{s}{x}" for (y, s), x in zip(numbers, letters, strict=True)]
    for form in (pnc.to_list(), pnc.str.replace("/", "").to_list(), short, bare):
        written = pl.DataFrame({"raw": form}).select(value=canonical_pnc(RAW, 2026))
        # Two digits tell 1950 to 2026 apart: none of them is another year's up to 2026.
        assert written["value"].to_list() == pnc.to_list()
        assert written.select(is_valid_pnc(pl.col("value"))).to_series().all()


@settings(max_examples=30)
@given(YEARS, st.integers(1, 9_999_999), st.sampled_from(CHECK_ALPHABET + "IOS"))
def test_only_one_check_letter_is_right(year, serial, letter):
    raw = f"{year}/{serial:07}{letter}"
    is_right = letter == pnc_check_letter(year, serial)
    assert judged(canonical_pnc(RAW, 2026), is_valid_pnc, raw) == (raw, is_right)


@settings(max_examples=30)
@given(st.lists(st.tuples(YEARS, st.integers(1, 999_999)), min_size=1, max_size=20))
def test_built_cro_numbers_are_canonical_and_valid(numbers):
    frame = pl.DataFrame(numbers, schema={"year": pl.Int64, "serial": pl.Int64}, orient="row")
    for build in (build_cro, build_sf_cro):
        built = frame.select(raw=build(pl.col("year"), pl.col("serial")))
        read = built.with_columns(value=canonical_cro(RAW))
        assert read["value"].to_list() == read["raw"].to_list()
        assert read.select(is_valid_cro(pl.col("value"))).to_series().all()


def test_identifiers_without_a_check_are_neither_valid_nor_invalid():
    frame = pl.DataFrame({"kind": ["pnc", "cro", "driver"], "raw": ["81/34U", "1/91A", "ab 12"]})
    value = canonical_identifier(pl.col("kind"), RAW, 2025)
    read = frame.with_columns(value=value).with_columns(
        valid=is_valid_identifier(pl.col("kind"), pl.col("value"))
    )
    assert read["value"].to_list() == ["1981/0000034U", "1/91A", "AB 12"]
    assert read["valid"].to_list() == [True, False, None]


def test_an_arrest_summons_number_loses_its_slashes_and_its_serial_is_padded():
    plain = "1101ZD0100000448754K"
    raw = ["11/01ZD/01/448754K", " 11/01zd/01/00000448754k", plain, "odd one", " ", None]
    frame = pl.DataFrame({"raw": raw})
    found = frame.select(canonical_asn(pl.col("raw")))["raw"].to_list()
    assert found == [plain] * 3 + ["ODDONE", None, None]
