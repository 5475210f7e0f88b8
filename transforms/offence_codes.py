"""Offence codes of every kind into Home Office codes and offence groups.

An offence whose code has no counterpart is kept: its ``offence_code`` is null, its
``offence_group`` is ``unmapped``, and ``unmapped_offence_trap`` counts it.
"""

from functools import cache

import polars as pl

from transforms.mapping import Trap
from warehouse.reference import read_reference

UNMAPPED = "unmapped"
ASB = "anti-social-behaviour"


def offence_code_from_ho(raw: pl.Expr) -> pl.Expr:
    """Home Office code ``28/1`` or ``028/01``, as ``NNN/NN``, where it is known."""
    text = raw.str.strip_chars()
    code = pl.format(
        "{}/{}",
        text.str.extract(r"^(\d{1,3})/(\d{1,2})$", 1).str.zfill(3),
        text.str.extract(r"^(\d{1,3})/(\d{1,2})$", 2).str.zfill(2),
    )
    return _look_up(code, "offence_code", "offence_code")


def offence_code_from_cjs(raw: pl.Expr) -> pl.Expr:
    """Home Office code of a CJS offence code, such as TH68010."""
    return _look_up(raw.str.strip_chars().str.to_uppercase(), "cjs_code", "offence_code")


def offence_code_from_npcc(raw: pl.Expr) -> pl.Expr:
    """Home Office code of an NPCC offence code, such as 5.1.1."""
    return _look_up(raw.str.strip_chars(), "npcc_code", "offence_code")


def offence_group(offence_code: pl.Expr) -> pl.Expr:
    """Group of a Home Office code in its canonical form; ``unmapped`` where null or not known."""
    return _look_up(offence_code, "offence_code", "offence_group").fill_null(UNMAPPED)


def offence_group_from_policeuk(raw: pl.Expr) -> pl.Expr:
    """Group of a ``Crime type`` of data.police.uk; ``unmapped`` where not known."""
    phrase = raw.str.strip_chars().str.to_lowercase()
    return _map(phrase, _groups_by_phrase()).fill_null(UNMAPPED)


def is_notifiable(group: pl.Expr) -> pl.Expr:
    """True for a recorded crime, false for anti-social behaviour; never null."""
    return (group != ASB).fill_null(value=True)


def unmapped_offence_trap(group: pl.Expr) -> Trap:
    """Counts offences whose code has no counterpart, as ``offence_code_unmapped``."""
    return Trap("offence_code_unmapped", "offence_group", group == UNMAPPED, "counted")


def _look_up(code: pl.Expr, key: str, value: str) -> pl.Expr:
    return _map(code, _codes(key, value))


def _map(values: pl.Expr, table: dict[str, str]) -> pl.Expr:
    return values.replace_strict(
        list(table), list(table.values()), default=None, return_dtype=pl.String
    )


@cache
def _codes(key: str, value: str) -> dict[str, str]:
    codes = read_reference("offence_code").select(pl.col(key), pl.col(value).alias("_value"))
    return dict(codes.drop_nulls().iter_rows())


@cache
def _groups_by_phrase() -> dict[str, str]:
    groups = read_reference("offence_group").filter(pl.col("name") != "")
    return dict(groups.select(pl.col("name").str.to_lowercase(), "offence_group").iter_rows())
