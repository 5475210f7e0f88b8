"""Telephone numbers, e-mail addresses, registration marks and postcodes in canonical form."""

import polars as pl

from transforms.mapping import Trap
from warehouse.contract.placeholders import PLACEHOLDER_POSTCODES

_POSTCODE = r"^([A-Z][A-HJ-Y]?\d[A-Z\d]? \d[A-Z]{2}|GIR 0AA)$"
_EMAIL = r"^[^\s@]+@[^\s@]+\.[^\s@]+$"


def canonical_phone(raw: pl.Expr) -> pl.Expr:
    """Digits with a leading ``+44`` for a UK number, ``+`` and digits for one of abroad.

    ``07700 900123``, ``+44 (0)7700 900123``, ``0044…`` and ``44…`` of twelve digits are one
    number. A number of no known form keeps its digits; null where there are none.
    """
    kept = raw.str.replace_all(r"[^\d+]", "").str.replace(r"^\+?(\d*).*$", "${1}")
    is_abroad = raw.str.contains(r"^\s*(\+|00)")
    digits = kept.str.replace(r"^00", "").str.replace(r"^440", "44")
    uk = (
        pl.when(digits.str.contains(r"^44\d{9,10}$"))
        .then(pl.format("+{}", digits))
        .when(digits.str.contains(r"^0\d{9,10}$"))
        .then(pl.format("+44{}", digits.str.slice(1)))
    )
    other = pl.when(is_abroad).then(pl.format("+{}", digits)).otherwise(digits)
    return pl.when(digits != "").then(pl.coalesce(uk, other))


def canonical_email(raw: pl.Expr) -> pl.Expr:
    """E-mail address in lower case; null where it has no form of one."""
    text = raw.str.strip_chars().str.to_lowercase()
    return pl.when(text.str.contains(_EMAIL)).then(text)


def canonical_vrm(raw: pl.Expr) -> pl.Expr:
    """Registration mark, upper case without spaces and points; null where blank."""
    text = raw.str.to_uppercase().str.replace_all(r"[^\p{L}\p{N}]", "")
    return pl.when(text != "").then(text)


def canonical_postcode(raw: pl.Expr) -> pl.Expr:
    """Postcode, upper case, one space before its last three; null where its form is not valid."""
    text = _spaced(raw)
    return pl.when(text.str.contains(_POSTCODE)).then(text)


def is_placeholder_postcode(raw: pl.Expr) -> pl.Expr:
    """True where the postcode stands for no fixed abode; never null."""
    return _spaced(raw).is_in(PLACEHOLDER_POSTCODES.values).fill_null(value=False)


def real_postcode(raw: pl.Expr) -> pl.Expr:
    """``canonical_postcode``, null for placeholders too. Count both with ``postcode_traps``."""
    return pl.when(~is_placeholder_postcode(raw)).then(canonical_postcode(raw))


def postcode_traps(raw: pl.Expr, column: str = "postcode") -> tuple[Trap, Trap]:
    """Counts the postcodes that ``real_postcode`` makes null, by name."""
    is_wrong = (raw.str.strip_chars() != "") & canonical_postcode(raw).is_null()
    return (
        Trap(PLACEHOLDER_POSTCODES.rule, column, is_placeholder_postcode(raw), "mended"),
        Trap("invalid_postcode", column, is_wrong, "mended"),
    )


def _spaced(raw: pl.Expr) -> pl.Expr:
    solid = raw.str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "")
    return solid.str.replace(r"^(.+)(.{3})$", "${1} ${2}")
