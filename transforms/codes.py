"""Codes of the record systems into the contract's.

Every function gives null for a code that it does not know, so that ``Parsed`` quarantines the row
rather than guessing.
"""

import polars as pl

from forces import code_sets
from forces.code_sets import CodeSet
from transforms.mapping import Trap
from warehouse.contract.person import ETHNICITY_SUPERSEDED

_APART = r"[^\p{L}\p{N}]+"


def recode(raw: pl.Expr, codes: CodeSet) -> pl.Expr:
    """``raw``, trimmed and in upper case, by a code set; null where the set does not know it."""
    return (
        raw.cast(pl.String)
        .str.strip_chars()
        .str.to_uppercase()
        .replace_strict(
            list(codes), list(codes.values()), default=None, return_dtype=pl.String
        )
    )  # fmt: skip


def sex_from_cjs(raw: pl.Expr) -> pl.Expr:
    """CJS sex code 1 male, 2 female; 0 not known and 9 not specified are U."""
    return recode(raw, code_sets.SEX_CJS)


def sex_from_words(raw: pl.Expr) -> pl.Expr:
    """Sex in words, or as a PNC letter."""
    return recode(raw, code_sets.SEX_WORDS)


def ethnicity_from_18(raw: pl.Expr) -> pl.Expr:
    """Self-defined ethnicity of the 18+1 set, as it is."""
    return recode(raw, code_sets.ETHNICITY_18)


def ethnicity_from_16(raw: pl.Expr) -> pl.Expr:
    """Self-defined ethnicity of the older 16+1 set: its O1 is A4."""
    return recode(raw, code_sets.ETHNICITY_16)


def ethnicity_traps(code: pl.Expr, column: str = "ethnicity_self_defined") -> tuple[Trap, Trap]:
    """Counts what the two sets of self-defined ethnicity do to each other.

    Args:
        code: the code as the source gives it, of either set, upper case.
        column: the contract's column.

    Returns:
        O1 of the 16+1 set, which has become A4; and the O1 of a batch that also has codes of 18+1
        alone: its sender does not know which set it sends, and its A4 and O1 may mean two things.
    """
    is_o1 = code.is_in(list(ETHNICITY_SUPERSEDED))
    newer = set(code_sets.ETHNICITY_18) - set(code_sets.ETHNICITY_16)
    has_newer = code.is_in(sorted(newer)).any()
    return (
        Trap("ethnicity_o1_is_a4", column, is_o1, "mended"),
        Trap("ethnicity_sets_mixed", column, is_o1 & has_newer, "counted"),
    )


def ethnicity_from_words(raw: pl.Expr) -> pl.Expr:
    """Self-defined ethnicity in words, or as a code of the 16+1 set in front of them or alone."""
    plain = raw.str.to_uppercase().str.replace_all(_APART, " ").str.strip_chars()
    code = plain.str.extract(r"^([A-Z]\d|NS)\b")
    return pl.coalesce(recode(plain, code_sets.ETHNICITY_WORDS), ethnicity_from_16(code))


def ethnicity_observed(raw: pl.Expr) -> pl.Expr:
    """Ethnicity as an officer saw it: ``IC1``, ``IC 1`` or ``1``."""
    return recode(raw.str.replace_all(" ", "", literal=True), code_sets.ETHNICITY_IC)


def boolean(raw: pl.Expr) -> pl.Expr:
    """True, false, Y, N, yes, no, 1, 0; null for anything else."""
    text = raw.str.strip_chars().str.to_lowercase()
    return (
        pl.when(text.is_in(["true", "y", "yes", "1", "t"]))
        .then(pl.lit(value=True))
        .when(text.is_in(["false", "n", "no", "0", "f"]))
        .then(pl.lit(value=False))
    )
