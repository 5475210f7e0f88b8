"""How one force writes down another's reference."""

import numpy as np
import polars as pl

from forces.simulator.typos import wrong_digit

AS_IS, NO_SLASHES, LOWER_CASE, FORCE_BEFORE, MISTYPED = range(5)
OTHER_FORMS = (NO_SLASHES, LOWER_CASE, FORCE_BEFORE)


def draw_forms(
    size: int, reformatted: float, mistyped: float, random: np.random.Generator
) -> pl.Series:
    """The form of each quoted reference, at those rates of other forms and of wrong digits."""
    drawn = random.random(size)
    other = np.array(OTHER_FORMS)[random.integers(0, len(OTHER_FORMS), size)]
    form = np.where(drawn < mistyped, MISTYPED, AS_IS)
    form = np.where((drawn >= mistyped) & (drawn < mistyped + reformatted), other, form)
    return pl.Series(form)


def spell_quotes(numbered: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """The records with ``other_force_ref``, the reference of the record that ``quotes`` names, in
    the form of ``quote_form``.

    A reference ``11/000123/26`` is also ``1100012326``, ``ref 11/000123/26`` in lower case, or has
    the force's name before it; or a digit of its number is wrong.
    """
    own = numbered.select(
        quotes="draft", quoted="crime_ref",
        of=pl.col("force").str.replace_all("-", " ", literal=True).str.to_uppercase(),
    )  # fmt: skip
    found = numbered.join(own, on="quotes", how="left", maintain_order="left")
    mistyped = wrong_digit(found["quoted"].fill_null("00/000000/00"), 8, random)
    quoted, form = pl.col("quoted"), pl.col("quote_form")
    spelt = (
        pl.when(form == NO_SLASHES).then(quoted.str.replace_all("/", "", literal=True))
        .when(form == LOWER_CASE).then(pl.lit("ref ") + quoted.str.to_lowercase())
        .when(form == FORCE_BEFORE).then(pl.col("of") + pl.lit(" ") + quoted)
        .when(form == MISTYPED).then(pl.when(quoted.is_not_null()).then(pl.lit(mistyped)))
        .otherwise(quoted)
    )  # fmt: skip
    is_quoted = quoted.is_not_null()
    return found.with_columns(
        other_force_ref=spelt,
        quote_reformatted=is_quoted & form.is_in(OTHER_FORMS).fill_null(value=False),
        quote_mistyped=is_quoted & (form == MISTYPED).fill_null(value=False),
    ).drop("quotes", "quote_form", "quoted", "of")
