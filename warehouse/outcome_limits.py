"""Which offences an outcome may not be given to, worked out from ``reference.outcome_limit``."""

import polars as pl

from warehouse.reference import read_reference

NOT_KNOWN = "unmapped"
"""Offence group of a record whose code the pipeline does not know: nothing is said of it."""


def refused_outcomes() -> pl.DataFrame:
    """Outcomes and the offences that they may not be given to.

    Columns: ``outcome_code``; ``offence``: a Home Office code NNN/NN, or, for records of which only
    the group is known, an offence group none of whose offences the outcome may be given to.
    """
    limits = read_reference("outcome_limit")
    codes = read_reference("offence_code").select("offence_code", "offence_group")
    groups = read_reference("offence_group").filter(pl.col("offence_group") != NOT_KNOWN)
    only = limits.filter("is_allowed").drop("is_allowed")
    only_groups = only.join(codes, left_on="offence", right_on="offence_code", how="left").select(
        "outcome_code", offence=pl.coalesce("offence_group", "offence")
    )
    return pl.concat(
        [
            limits.filter(~pl.col("is_allowed")).drop("is_allowed"),
            _all_but(only, codes["offence_code"]),
            _all_but(only_groups, groups["offence_group"]),
        ]
    ).sort("outcome_code", "offence")


def _all_but(only: pl.DataFrame, offences: pl.Series) -> pl.DataFrame:
    """Each outcome of ``only`` with those of the offences that it does not stand beside there."""
    every = (
        only.select("outcome_code").unique().join(pl.DataFrame({"offence": offences}), how="cross")
    )
    return every.join(only, on=["outcome_code", "offence"], how="anti")
