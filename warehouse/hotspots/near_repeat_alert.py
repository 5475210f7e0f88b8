"""Fill ``mart.near_repeat_alert``: where recent offences raise the risk tonight, and until when."""

from datetime import date

import duckdb
import polars as pl
import polars_h3

from warehouse.contract.near_repeat import NEAR_REPEAT_ALERT
from warehouse.hotspots.describe import FEWEST_SHOWN
from warehouse.hotspots.exact_offences import read_exact

RESOLUTION = 10
"""Of the cells that offences stand by: finer, and they would be addresses."""

# Bands that count, each with the last day of those that follow it without a gap.
_BANDS = """
WITH band AS (
    SELECT *, sum(begins) OVER (run_of ORDER BY days_to) AS stretch
    FROM (
        SELECT *, CASE WHEN days_from = lag(days_to) OVER (run_of ORDER BY days_to) + 1
                       THEN 0 ELSE 1 END AS begins
        FROM mart.near_repeat WHERE is_significant
        WINDOW run_of AS (PARTITION BY force, offence_group, metres_to)
    )
    WINDOW run_of AS (PARTITION BY force, offence_group, metres_to)
)
SELECT force, offence_group, metres_from, metres_to, days_from, days_to, ratio, pairs, expected, q,
       max(days_to) OVER (PARTITION BY force, offence_group, metres_to, stretch) AS lasts
FROM band ORDER BY force, offence_group, metres_to, days_to
"""


def fill_alerts(con: duckdb.DuckDBPyConnection, night: date) -> None:
    """Fill the mart from the significant bands of ``mart.near_repeat``.

    Args:
        con: connection that has the candidate store open.
        night: of the store.
    """
    bands = con.execute(_BANDS).pl()
    for (force,), of_force in bands.group_by("force", maintain_order=True):
        offences = read_exact(con, str(force), night)
        con.register("rows_found", _alerts(offences, of_force.drop("force"), night, str(force)))
        con.execute(f"INSERT INTO {NEAR_REPEAT_ALERT.qualified} FROM rows_found")
        con.unregister("rows_found")


def _alerts(offences: pl.DataFrame, bands: pl.DataFrame, night: date, force: str) -> pl.DataFrame:
    cell = polars_h3.latlng_to_cell("latitude", "longitude", RESOLUTION, return_dtype=pl.Utf8)
    placed = offences.filter(
        pl.col("offence_group").is_in(bands["offence_group"].unique().implode())
    ).select("offence_group", "occurred_on", cell=cell)
    held = placed.group_by("offence_group", "cell").agg(n_12m=pl.len().cast(pl.Int64))
    age = (pl.lit(night) - pl.col("occurred_on")).dt.total_days()
    raising = (
        placed.with_columns(age=age)
        .filter(pl.col("age") <= bands["days_to"].max())
        .join(bands, on="offence_group")
        .filter(pl.col("age").is_between("days_from", "days_to"))
        .with_columns(until=pl.col("occurred_on") + pl.duration(days="lasts"))
        .sort("occurred_on", descending=True, maintain_order=True)
    )
    return (
        raising.group_by("offence_group", "cell", "metres_to")
        .agg(
            pl.col("metres_from", "ratio", "pairs", "expected", "q").first(),
            offences=pl.len().cast(pl.Int64),
            latest_on=pl.col("occurred_on").max(),
            raised_until=pl.col("until").max(),
        )
        .join(held, on=["offence_group", "cell"])
        .with_columns(polars_h3.cell_to_latlng("cell").alias("centre"))
        .with_columns(
            run=pl.lit(night),
            force=pl.lit(force),
            latitude=pl.col("centre").list.get(0).round(6),
            longitude=pl.col("centre").list.get(1).round(6),
            suppressed=pl.col("n_12m") < FEWEST_SHOWN,
        )
        .sort("offence_group", "cell", "metres_to")
        .select(NEAR_REPEAT_ALERT.names)
    )
