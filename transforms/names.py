"""Personal names: cleaned, and placeholders told from names by rules that have names."""

import polars as pl

from transforms.mapping import Trap
from warehouse.contract import Refusal
from warehouse.contract.placeholders import PLACEHOLDER_NAMES

_APOSTROPHES = "[\u2018\u2019\u201b\u2032\u02bb\u02bc\u0060\u00b4\uff07]"
_DASHES = "[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]"


def clean_name(raw: pl.Expr) -> pl.Expr:
    """A name upper case, composed (NFC), apostrophes and dashes straight, single spaces; null
    where nothing is left.

    Control and invisible characters go; letters of every script stay. Placeholders stay too: see
    ``real_name``.
    """
    visible = raw.str.replace_all(r"\s", " ").str.replace_all(r"[\p{Cc}\p{Cf}]", "")
    # Upper case before NFC: some capitals are spelled in two parts.
    text = visible.str.to_uppercase().str.normalize("NFC")
    straight = text.str.replace_all(_APOSTROPHES, "'").str.replace_all(_DASHES, "-")
    single = straight.str.replace_all(r"\s+", " ").str.strip_chars()
    return pl.when(single != "").then(single)


def placeholder_rule(clean: pl.Expr) -> pl.Expr:
    """The rule by which a cleaned name is a placeholder, or null where it is a name."""
    return pl.coalesce(
        pl.when(_is_refused(clean, placeholder)).then(pl.lit(placeholder.rule))
        for placeholder in PLACEHOLDER_NAMES
    )


def real_name(raw: pl.Expr) -> pl.Expr:
    """``clean_name``, null where it is a placeholder. Count these with ``name_traps``."""
    clean = clean_name(raw)
    return pl.when(placeholder_rule(clean).is_null()).then(clean)


def name_traps(raw: pl.Expr, column: str) -> tuple[Trap, ...]:
    """One mended trap a placeholder rule, on the source's ``raw`` of the contract's ``column``."""
    clean = clean_name(raw)
    return tuple(
        Trap(placeholder.rule, column, _is_refused(clean, placeholder), "mended")
        for placeholder in PLACEHOLDER_NAMES
    )


def _is_refused(clean: pl.Expr, refusal: Refusal) -> pl.Expr:
    is_listed = clean.is_in(refusal.values)
    return is_listed | clean.str.contains(refusal.pattern) if refusal.pattern else is_listed
