"""Drift within a table: shares of nulls, shares of codes never sent, distributions of codes."""

from collections.abc import Iterator, Sequence

import duckdb
import polars as pl

from quality.gate.chance import distance_allowance, new_code_allowance, share_allowance, widening_of
from quality.gate.checks import GateCheck
from quality.gate.history import HISTORY_NEEDED, past_codes, past_columns
from quality.gate.profile import Profiles
from quality.source import Source

_KEY = ("batch_no", "table_name", "column_name")
_REASONS = {
    "null_share": "{column} is null in {share:.1%} of rows where {usual:.1%} are usual",
    "unseen_values": "{column} is a code never sent before in {share:.1%} of rows where "
    "{usual:.1%} are usual",
    "code_distribution": "{column}: {distance:.1%} of rows would have to hold another code to be "
    "spread as usual",
}


def compare_columns(
    con: duckdb.DuckDBPyConnection, sources: Sequence[Source], profiles: Profiles
) -> Iterator[GateCheck]:
    """``null_share`` and ``unseen_values`` of every column with a history."""
    past = past_columns(con)
    shares = profiles.columns.filter(pl.col("rows") > 0)
    yield from _judge(sources, _compare_share(shares, past, "nulls"), "null_share")
    filled = (pl.col("rows") - pl.col("nulls")).alias("rows")
    now, then = (frame.with_columns(filled).filter(pl.col("rows") > 0) for frame in (shares, past))
    # Fewer new codes than ever are no fault; many rows of one new code are one, though rare codes
    # are always coming.
    rising = pl.col("share") > pl.col("usual")
    one_new = pl.col("of_one_unseen") > new_code_allowance(pl.col("rows"), pl.col("past_rows"))
    compared = _compare_share(now, then, "unseen").with_columns(
        is_beyond=(pl.col("is_beyond") | one_new) & rising
    )
    yield from _judge(sources, compared, "unseen_values")


def _compare_share(now: pl.DataFrame, past: pl.DataFrame, counted: str) -> pl.DataFrame:
    """The share of ``counted`` among the rows, beside that of the past: ``share``, ``usual``,
    ``distance``, ``wide``, and ``is_beyond``: beyond chance and beyond every past share.

    Where ``counted`` is null it could not be counted: in a column that holds no codes, and in a
    force's first delivery, to which every code is new. Such a delivery has no share, but it is one
    of those that are known."""
    share = pl.col(counted) / pl.col("rows")
    could_count = pl.col("rows").filter(pl.col(counted).is_not_null())
    history = (
        past.group_by(_KEY)
        .agg(
            deliveries=pl.len(),
            past_rows=could_count.sum(),
            past_counted=pl.sum(counted),
            lowest=share.min(),
            highest=share.max(),
        )
        .filter(pl.col("past_rows") > 0)
        .with_columns(
            usual=pl.col("past_counted") / pl.col("past_rows"),
            # Half a row, so that what has never happened is not impossible.
            believed=(pl.col("past_counted") + 0.5) / (pl.col("past_rows") + 1),
        )
    )
    chance = share_allowance(pl.col("believed"), pl.col("rows"), pl.col("past_rows"))
    return (
        now.filter(pl.col(counted).is_not_null())
        .with_columns(share=share)
        .join(history, on=_KEY)
        .filter(pl.col("deliveries") >= HISTORY_NEEDED)
        .with_columns(
            distance=(pl.col("share") - pl.col("usual")).abs(),
            wide=widening_of(pl.col("deliveries")),
        )
        .with_columns(
            is_beyond=(pl.col("distance") > chance)
            & ~pl.col("share").is_between("lowest", "highest")
        )
    )


def compare_codes(
    con: duckdb.DuckDBPyConnection, sources: Sequence[Source], profiles: Profiles
) -> Iterator[GateCheck]:
    """``code_distribution`` of every column of codes with a history: the total variation between
    the delivery's codes and those of the earlier ones together, which is half the sum of the
    differences between their shares."""
    past = past_codes(con)
    totals = past.group_by(*_KEY, "code").agg(past_code=pl.sum("rows"))
    history = (
        totals.with_columns(q=pl.col("past_code") / pl.sum("past_code").over(_KEY))
        .group_by(_KEY)
        .agg(past_rows=pl.sum("past_code"), root_sum=(pl.col("q") * (1 - pl.col("q"))).sqrt().sum())
    )
    earlier = (
        _distances(past, totals, history, [*_KEY, "age"], own=pl.col("rows"))
        .group_by(_KEY)
        .agg(deliveries=pl.len(), farthest=pl.max("distance"))
    )
    compared = (
        _distances(profiles.codes, totals, history, [*_KEY], own=pl.lit(0))
        .join(earlier, on=_KEY)
        .join(history, on=_KEY)
        .filter(pl.col("deliveries") >= HISTORY_NEEDED)
    )
    chance = distance_allowance(pl.col("root_sum"), pl.col("rows"), pl.col("past_rows"))
    judged = compared.with_columns(
        wide=widening_of(pl.col("deliveries")),
        is_beyond=(pl.col("distance") > chance) & (pl.col("distance") > pl.col("farthest")),
    )
    yield from _judge(sources, judged, "code_distribution")


def _distances(
    codes: pl.DataFrame,
    totals: pl.DataFrame,
    history: pl.DataFrame,
    one: list[str],
    *,
    own: pl.Expr,
) -> pl.DataFrame:
    """Total variation of the codes of each delivery (``one`` names it) from the past, its ``own``
    rows left out of that: ``one``, ``rows``, ``distance``."""
    p = pl.col("rows") / pl.sum("rows").over(one)
    left = pl.col("past_rows") - own.sum().over(one)
    q = (pl.col("past_code").fill_null(0) - own) / left
    return (
        codes.join(totals, on=[*_KEY, "code"], how="left")
        .join(history.select(*_KEY, "past_rows"), on=_KEY)
        .with_columns(p=p, q=q)
        .group_by(one)
        # Codes that the delivery lacks differ by what is left of the past's shares.
        .agg(pl.sum("rows"), distance=((pl.col("p") - pl.col("q")).abs().sum()
             + 1 - pl.col("q").sum()) / 2)
        .filter(pl.col("distance").is_finite())
    )  # fmt: skip


def _judge(sources: Sequence[Source], compared: pl.DataFrame, rule: str) -> Iterator[GateCheck]:
    """A row a comparison: held beyond the limit that the force declares for that, noted beyond the
    other."""
    by_number = {source.number: source for source in sources}
    limit = {"unseen_values": "unseen_share"}.get(rule, rule)
    for row in compared.filter(pl.col("batch_no").is_in(list(by_number))).sort(_KEY).to_dicts():
        limits = by_number[row["batch_no"]].limits
        noted, held = getattr(limits, limit), getattr(limits, f"{limit}_held")
        is_noted = row["is_beyond"] and row["distance"] > noted * row["wide"]
        is_held = held is not None and is_noted and row["distance"] > held * row["wide"]
        rows = round(row["distance"] * row["rows"]) if is_noted else 0
        column = f"{row['table_name']}.{row['column_name']}"
        reason = _REASONS[rule].format(column=column, **row)
        yield GateCheck(
            row["batch_no"],
            row["table_name"],
            rule,
            row["rows"],
            max(rows, 1) if is_noted else 0,
            reason,
            column=row["column_name"],
            severity="critical" if is_held else "info",
        )
