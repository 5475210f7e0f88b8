"""How a column of a standard delivery is read: by its name where it needs care, else by its kind.

Whoever delivers this form knows the contract, so a value that does not fit its column quarantines
its row. What the contract wants and a deliverer may leave out is derived.
"""

import polars as pl

from transforms.codes import boolean, recode
from transforms.contacts import canonical_email, canonical_phone, canonical_vrm, real_postcode
from transforms.identifiers import canonical_asn
from transforms.mapping import Parsed
from transforms.names import clean_name, real_name
from transforms.profiles import Profile
from transforms.systems.readings import coded, contact, flag, number, solid, trimmed, upper
from transforms.times import birth_date, iso_to_utc, parse_date
from warehouse.contract import Column, Kind

ISO_DATE = "%Y-%m-%d"

_PERSONAL_NAMES = frozenset({"forename", "middle_names", "surname"})
_CLEANED = frozenset({"address", "locality"})
_UPPER = frozenset(
    {"make", "model", "colour", "property_type", "lsoa_code", "outcome_code", "last_outcome_code"}
)
_SOLID = frozenset({"serial_number"})


def read_column(column: Column, profile: Profile) -> pl.Expr | Parsed:
    """The column in the contract's type and form."""
    name = column.name
    if name in _PERSONAL_NAMES:
        return real_name(pl.col(name))
    if name in _CLEANED:
        return clean_name(pl.col(name))
    if name in _UPPER:
        return upper(name)
    if name in _SOLID:
        return solid(name)
    if name == "asn":
        return canonical_asn(pl.col(name)) if profile.has_identifiers else solid(name)
    if name == "birth_date":
        return birth_date(pl.col(name), ISO_DATE)
    if name == "vrm":
        return canonical_vrm(pl.col(name))
    if name == "postcode":
        return real_postcode(pl.col(name)) if profile.has_postcodes else upper(name)
    return _by_kind(column, profile)


def _by_kind(column: Column, profile: Profile) -> pl.Expr | Parsed:
    name = column.name
    if column.allowed:
        return coded(name, {value.upper(): value for value in column.allowed}, f"{name}_unknown")
    if column.kind == Kind.DATE:
        return day(name)
    if column.kind == Kind.TIMESTAMP:
        return Parsed(pl.col(name), iso_to_utc(pl.col(name), profile.zone), "not_a_time")
    if column.kind == Kind.BOOLEAN:
        return flag(name)
    if column.kind == Kind.DOUBLE:
        return finite(name)
    if column.kind in (Kind.INTEGER, Kind.BIGINT):
        whole = trimmed(name).cast(column.kind.polars, strict=False)
        return Parsed(pl.col(name), whole, "not_a_whole_number")
    return trimmed(name)


def day(name: str) -> Parsed:
    """``YYYY-MM-DD`` and nothing else."""
    return Parsed(pl.col(name), parse_date(pl.col(name), ISO_DATE), "not_a_date")


def finite(name: str) -> Parsed:
    """A decimal number; ``NaN`` and infinity are none."""
    read = number(name)
    return Parsed(read.raw, pl.when(read.value.is_finite()).then(read.value), read.rule)


def phone(name: str, profile: Profile) -> pl.Expr:
    """A telephone number: in Britain in one form, elsewhere as it came."""
    return canonical_phone(pl.col(name)) if profile.has_postcodes else trimmed(name)


def contact_value(kind: pl.Expr, profile: Profile) -> Parsed:
    """The value of a person's contact, by its kind."""
    if profile.has_postcodes:
        return contact("value", kind)
    email = canonical_email(pl.col("value"))
    value = pl.when(kind == "email").then(email).otherwise(trimmed("value"))
    return Parsed(pl.col("value"), value, "contact_form")


def given_or(read: Parsed, derived: pl.Expr) -> Parsed:
    """What was given, or what is derived where nothing was: never one in place of the other."""
    is_given = (read.raw.str.strip_chars() != "").fill_null(value=False)
    return Parsed(read.raw, pl.when(is_given).then(read.value).otherwise(derived), read.rule)


def given_flag_or(name: str, derived: pl.Expr) -> Parsed:
    """Yes or no as given, or what is derived."""
    return given_or(Parsed(pl.col(name), boolean(pl.col(name)), "not_yes_or_no"), derived)


def given_code_or(column: Column, derived: pl.Expr) -> Parsed:
    """One of the column's allowed values as given, or what is derived."""
    codes = {value.upper(): value for value in column.allowed}
    read = Parsed(pl.col(column.name), recode(pl.col(column.name), codes), f"{column.name}_unknown")
    return given_or(read, derived)
