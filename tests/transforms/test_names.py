"""Names: cleaned without losing anybody's letters; placeholders told apart by name."""

import unicodedata

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.names import clean_name, name_traps, placeholder_rule, real_name
from warehouse.contract.placeholders import PLACEHOLDER_NAMES

RAW = pl.col("raw")


def read(expression: pl.Expr, raw: str | None) -> object:
    return pl.DataFrame({"raw": [raw]}, schema={"raw": pl.String}).select(expression).item()


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  Smith ", "SMITH"),
        ("O’Brien", "O'BRIEN"),
        ("o`brien", "O'BRIEN"),
        ("Smith–Jones", "SMITH-JONES"),
        ("Mary\t Ann\u00a0Lee", "MARY ANN LEE"),
        ("JO\x00HN", "JOHN"),
        ("Jo\u200bhn\x07", "JOHN"),
        ("Jose\u0301", "JOSÉ"),
        ("Łukasz Ćwik", "ŁUKASZ ĆWIK"),
        ("Straße", "STRASSE"),
        ("محمد", "محمد"),
        ("李", "李"),
        ("\x00", None),
        ("   ", None),
        ("", None),
        (None, None),
    ],
)
def test_a_name_is_cleaned(raw, clean):
    assert read(clean_name(RAW), raw) == clean


@settings(max_examples=100)
@given(st.text(max_size=30))
def test_cleaning_a_clean_name_changes_nothing(raw):
    once = read(clean_name(RAW), raw)
    assert read(clean_name(RAW), once) == once
    assert once is None or unicodedata.is_normalized("NFC", once)


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        ("Not entered", "placeholder_name_not_entered"),
        ("unknown", "placeholder_name_unknown"),
        ("MIG_ERROR_0017", "placeholder_name_mig_error"),
        ("NO_SHOW_3", "placeholder_name_no_show"),
        ("DUPLICATE_OF_9", "placeholder_name_duplicate"),
        ("UNKNOWNSON", None),
        ("MIGERROR", None),
        ("Smith", None),
    ],
)
def test_a_placeholder_is_null_under_the_name_of_its_rule(raw, rule):
    assert read(placeholder_rule(clean_name(RAW)), raw) == rule
    assert (read(real_name(RAW), raw) is None) == (rule is not None)
    hit = [trap.rule for trap in name_traps(RAW, "surname") if read(trap.when, raw)]
    assert hit == ([rule] if rule else [])


def test_every_placeholder_rule_has_a_name_of_its_own():
    assert len({rule.rule for rule in PLACEHOLDER_NAMES}) == len(PLACEHOLDER_NAMES)
