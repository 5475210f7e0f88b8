"""How systems alike are read: ids, codes, flags, numbers, and rows told by a code."""

import polars as pl

from forces.code_sets import CodeSet
from transforms.codes import boolean, recode
from transforms.contacts import canonical_email, canonical_phone
from transforms.mapping import Parsed, Trap


def trimmed(name: str) -> pl.Expr:
    """Text without the blanks around it, null where nothing is left."""
    text = pl.col(name).str.strip_chars()
    return pl.when(text != "").then(text)


def upper(name: str) -> pl.Expr:
    """``trimmed`` in upper case."""
    return trimmed(name).str.to_uppercase()


def solid(name: str) -> pl.Expr:
    """Upper case without any spaces, as serial numbers are compared."""
    return upper(name).str.replace_all(r"\s+", "")


def coded(name: str, codes: CodeSet, rule: str) -> Parsed:
    """A code by its list; one that is not on it is quarantined under ``rule``."""
    return Parsed(pl.col(name), recode(pl.col(name), codes), rule)


def flag(name: str) -> Parsed:
    """Yes or no, in any of the ways that they are written."""
    return Parsed(pl.col(name), boolean(pl.col(name)), "not_yes_or_no")


def number(name: str) -> Parsed:
    """A decimal number."""
    return Parsed(pl.col(name), trimmed(name).cast(pl.Float64, strict=False), "not_a_number")


def birth_year(name: str, birth_date: pl.Expr, is_placeholder: pl.Expr) -> Parsed:
    """The year of a known birth date, else the year given; null beside a placeholder.

    Args:
        name: column of the year.
        birth_date: the birth date, null where unknown.
        is_placeholder: whether the source put a placeholder for the birth date.
    """
    given = pl.when(~is_placeholder).then(trimmed(name))
    value = pl.coalesce(birth_date.dt.year(), given.cast(pl.Int32, strict=False))
    return Parsed(given, value, "birth_year_not_a_year")


def birth_year_trap(name: str, birth_date: pl.Expr) -> Trap:
    """Counts the years that ``birth_year`` replaces by that of the birth date, as
    ``birth_year_differs_from_date``.

    Args:
        name: column of the year.
        birth_date: the birth date, null where unknown.
    """
    given = trimmed(name)
    # What is no number at all differs too.
    differs = given.cast(pl.Float64, strict=False).ne_missing(birth_date.dt.year())
    when = given.is_not_null() & birth_date.is_not_null() & differs
    return Trap("birth_year_differs_from_date", "birth_year", when, "mended")


def contact(name: str, kind: pl.Expr) -> Parsed:
    """A telephone number or an e-mail address, by ``kind``."""
    phone, email = canonical_phone(pl.col(name)), canonical_email(pl.col(name))
    value = pl.when(kind == "phone").then(phone).when(kind == "email").then(email)
    return Parsed(pl.when(kind.is_not_null()).then(pl.col(name)), value, "contact_form")
