"""PNC IDs and CRO numbers as received, put into their canonical form and checked.

An identifier that is not valid is kept: upper case as received, with ``is_valid`` false.
"""

import polars as pl

from warehouse.contract.placeholders import PLACEHOLDER_CRO
from warehouse.identifiers import build_cro, build_pnc, build_sf_cro

# The engine gives every record the date of its delivery, so that no rule asks the clock.
DELIVERY_YEAR = pl.col("delivery_date").dt.year()

_PNC_WITH_SLASH = r"^(\d{2}|\d{4})/(\d{1,7})[A-Z]$"
_PNC_LONG = r"^(\d{4})(\d{7})[A-Z]$"
_PNC_SHORT = r"^(\d{2})(\d{1,7})[A-Z]$"
_CRO = r"^(\d{1,6})/(\d{2})[A-Z]$"
_ASN = r"^(\d{2})/([A-Z0-9]{4,5})/([A-Z0-9]{2})/(\d{1,11})([A-Z])$"
_CRO_SF = r"^SF(\d{2})/(\d{1,6})[A-Z]$"


def canonical_pnc(raw: pl.Expr, delivery_year: pl.Expr | int = DELIVERY_YEAR) -> pl.Expr:
    r"""PNC ID as ``YYYY/NNNNNNND`` where form and check letter are right; else upper case as
    received; null where blank.

    Accepts ``\d{2,4}/?\d{1,7}[A-Z]``. Without a slash and under 12 characters the first two
    digits are the year. A two-digit year up to ``delivery_year``'s is 20xx, else 19xx.
    """
    text = _received(raw)
    year = _number(text, (_PNC_WITH_SLASH, 1), (_PNC_LONG, 1), (_PNC_SHORT, 1))
    serial = _number(text, (_PNC_WITH_SLASH, 2), (_PNC_LONG, 2), (_PNC_SHORT, 2))
    # A year of two digits is below 100 however it was written; "0003" as a year does not occur.
    built = build_pnc(_full_year(year, delivery_year), serial)
    return pl.when(_same_letter(built, text)).then(built).otherwise(text)


def is_valid_pnc(canonical: pl.Expr) -> pl.Expr:
    """True where ``canonical_pnc`` gave the canonical form with its right check letter."""
    year = _number(canonical, (r"^(\d{4})/\d{7}[A-Z]$", 1))
    serial = _number(canonical, (r"^\d{4}/(\d{7})[A-Z]$", 1))
    is_valid = (build_pnc(year, serial) == canonical).fill_null(value=False)
    return pl.when(canonical.is_not_null()).then(is_valid)


def canonical_cro(raw: pl.Expr) -> pl.Expr:
    """CRO number as ``NNNNNN/YYD`` or ``SFYY/ND`` where form and check letter are right; else
    upper case as received; null where blank."""
    text = _received(raw)
    plain = build_cro(_number(text, (_CRO, 2)), _number(text, (_CRO, 1)))
    special = build_sf_cro(_number(text, (_CRO_SF, 1)), _number(text, (_CRO_SF, 2)))
    built = pl.coalesce(plain, special)
    return pl.when(_same_letter(built, text)).then(built).otherwise(text)


def canonical_asn(raw: pl.Expr) -> pl.Expr:
    """Arrest/summons number without blanks and slashes, its serial padded to eleven digits; what is
    not of the form ``YY/FFUU/SS/seqD`` in upper case as received, null where blank."""
    text = _received(raw).str.replace_all(r"\s+", "")
    parts = [text.str.extract(_ASN, group) for group in range(1, 6)]
    parts[3] = parts[3].str.zfill(11)
    return pl.coalesce(pl.concat_str(parts), text)


def is_valid_cro(canonical: pl.Expr) -> pl.Expr:
    """True where ``canonical_cro`` gave a canonical form with its right check letter, and it is
    not the placeholder 000000/00Z."""
    plain = build_cro(_number(canonical, (_CRO, 2)), _number(canonical, (_CRO, 1)))
    special = build_sf_cro(_number(canonical, (_CRO_SF, 1)), _number(canonical, (_CRO_SF, 2)))
    is_right = (pl.coalesce(plain, special) == canonical).fill_null(value=False)
    return pl.when(canonical.is_not_null()).then(
        is_right & ~canonical.is_in(PLACEHOLDER_CRO.values)
    )


def canonical_identifier(
    kind: pl.Expr, raw: pl.Expr, delivery_year: pl.Expr | int = DELIVERY_YEAR
) -> pl.Expr:
    """An identifier of ``kind`` (a type of person_identifier) in its canonical form: PNC and CRO
    by their rules, others upper case as received."""
    return (
        pl.when(kind == "pnc")
        .then(canonical_pnc(raw, delivery_year))
        .when(kind == "cro")
        .then(canonical_cro(raw))
        .otherwise(_received(raw))
    )


def is_valid_identifier(kind: pl.Expr, canonical: pl.Expr) -> pl.Expr:
    """True or false for PNC and CRO by their rules; null for kinds without a check."""
    return (
        pl.when(kind == "pnc")
        .then(is_valid_pnc(canonical))
        .when(kind == "cro")
        .then(is_valid_cro(canonical))
    )


def _received(raw: pl.Expr) -> pl.Expr:
    text = raw.str.strip_chars().str.to_uppercase()
    return pl.when(text != "").then(text)


def _number(text: pl.Expr, *patterns: tuple[str, int]) -> pl.Expr:
    return pl.coalesce(text.str.extract(pattern, group) for pattern, group in patterns).cast(
        pl.Int64
    )


def _full_year(year: pl.Expr, delivery_year: pl.Expr | int) -> pl.Expr:
    this_year = delivery_year if isinstance(delivery_year, pl.Expr) else pl.lit(delivery_year)
    century = pl.when(year <= this_year % 100).then(2000).otherwise(1900)
    return pl.when(year >= 100).then(year).otherwise(year + century)


def _same_letter(built: pl.Expr, text: pl.Expr) -> pl.Expr:
    return built.str.slice(-1) == text.str.slice(-1)
