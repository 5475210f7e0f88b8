"""Fill ``mart.hotspot_cluster``: hot cells that touch, dissolved."""

from collections.abc import Sequence
from datetime import date

import duckdb
import numpy as np
import polars as pl
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from warehouse.contract.hotspot_cluster import HOTSPOT_CLUSTER, WEEKDAYS
from warehouse.hotspots.describe import FEWEST_SHOWN
from warehouse.hotspots.hot import FALSE_DISCOVERY_RATE
from warehouse.hotspots.outlines import dissolve
from warehouse.hotspots.panel import ALL_CRIME
from warehouse.hotspots.places import JOIN
from warehouse.hotspots.units import RING, Unit

_HOT = f"""
SELECT force, offence_group, area, rank_in_force
FROM mart.hotspot
WHERE unit = $unit AND measure = 'offences' AND q_hot <= {FALSE_DISCOVERY_RATE}
ORDER BY force, offence_group, area
"""
# What stands in mart.hotspot of the cells of each cluster, and the hours of their offences. Of a
# span that is longer than an hour no hour is known.
_TOLD = f"""
WITH timed AS (
    SELECT held.force, {{cell}} AS area, held.offence_group, is_notifiable,
           hour(occurred_from) AS hour, isodow(occurred_on) AS weekday,
           count(*) AS offences
    FROM core.offence_record AS held {{place}}
    JOIN (SELECT force, min(month) AS month FROM mart.hotspot WHERE unit = $unit GROUP BY force)
        AS counted ON counted.force = held.force
    WHERE {{where}} AND occurred_precision = 'minute'
      AND (occurred_to IS NULL OR occurred_to <= occurred_from + INTERVAL 1 HOUR)
      AND occurred_on >= month - INTERVAL 11 MONTH AND occurred_on < month + INTERVAL 1 MONTH
    GROUP BY ALL
), of_cluster AS (
    SELECT cluster, hour, weekday, sum(offences) AS offences
    FROM member JOIN timed USING (force, area)
    WHERE timed.offence_group = member.offence_group
       OR (member.offence_group = '{ALL_CRIME}' AND is_notifiable)
    GROUP BY ALL
), by_hour AS (
    SELECT cluster, hour, sum(offences) AS offences FROM of_cluster GROUP BY ALL
), by_weekday AS (
    SELECT cluster, weekday, sum(offences) AS offences FROM of_cluster GROUP BY ALL
), peak AS (
    SELECT * FROM (SELECT cluster, sum(offences) AS timed, arg_max(hour, offences * 100 - hour)
                   AS peak_hour_utc FROM by_hour GROUP BY cluster)
    JOIN (SELECT cluster, arg_max(weekday, offences * 100 - weekday) AS weekday
          FROM by_weekday GROUP BY cluster) USING (cluster)
), crime AS (
    SELECT DISTINCT force, offence_group FROM core.offence_record WHERE is_notifiable
), foremost AS (
    SELECT cluster, arg_min(offence_group, (-offences, offence_group)) AS offence_group
    FROM (
        SELECT cluster, hotspot.offence_group, sum(n_12m) AS offences
        FROM member JOIN mart.hotspot USING (force, area)
        JOIN crime ON crime.force = member.force AND crime.offence_group = hotspot.offence_group
        WHERE member.offence_group = '{ALL_CRIME}' AND unit = $unit AND measure = 'offences'
        GROUP BY ALL
    ) GROUP BY cluster
), counted AS (
    SELECT cluster, member.force, member.offence_group, max(month) AS month,
           sum(n_12m) FILTER (measure = 'offences') AS n_12m,
           sum(n_12m) FILTER (measure = 'harm_days') AS harm_days
    FROM member JOIN mart.hotspot USING (force, offence_group, area)
    WHERE unit = $unit GROUP BY ALL
)
SELECT $night AS run, $unit AS unit, counted.force, counted.offence_group, name AS cluster, month,
       cells, km2, n_12m, harm_days,
       coalesce(foremost.offence_group, counted.offence_group) AS leading_group,
       coalesce(timed, 0) AS timed, peak_hour_utc, $weekdays[weekday] AS peak_weekday, shape,
       n_12m < {FEWEST_SHOWN} AS suppressed
FROM counted JOIN outlined USING (cluster) LEFT JOIN foremost USING (cluster)
LEFT JOIN peak USING (cluster)
ORDER BY counted.force, counted.offence_group, name
"""


def fill_clusters(con: duckdb.DuckDBPyConnection, night: date, units: Sequence[Unit]) -> None:
    """Fill the mart from ``mart.hotspot``. Within ``places``.

    Reads ``core.offence_record`` besides, for the hours.

    Args:
        con: connection that has the candidate store open.
        night: of the store.
        units: kinds of cell.
    """
    for unit in units:
        hot = con.execute(_HOT, {"unit": unit.name}).pl()
        if hot.is_empty():
            continue
        member = find_clusters(unit, hot)
        con.register("member", member.select("cluster", "force", "offence_group", "area"))
        con.register("outlined", _outlined(unit, member))
        place = JOIN if unit.is_placed else ""
        con.execute(
            f"INSERT INTO {HOTSPOT_CLUSTER.qualified} "
            f"{_TOLD.format(cell=unit.sql, where=unit.where, place=place)}",
            {"unit": unit.name, "night": night, "weekdays": list(WEEKDAYS)},
        )
        con.unregister("member")
        con.unregister("outlined")


def find_clusters(unit: Unit, hot: pl.DataFrame) -> pl.DataFrame:
    """Put hot cells of one force and offence group that are neighbours, at a corner or more,
    together.

    Args:
        unit: of what kind the cells are.
        hot: ``force``, ``offence_group``, ``area``, ``rank_in_force``; one row a hot cell.

    Returns:
        The rows with ``cluster``, numbered from 0 without a gap, in its order.
    """
    hot = hot.with_columns(
        series=pl.struct("force", "offence_group").rank("dense"), row=pl.int_range(pl.len())
    )
    cells = hot.select(pl.col("area").unique().sort())
    near = cells.with_row_index("row").join(unit.near(cells["area"], RING), on="row")
    named = hot.select("series", "area", "row")
    near = near.select("area", "near").join(cells, left_on="near", right_on="area")
    pairs = named.join(near, on="area").join(
        named, left_on=["series", "near"], right_on=["series", "area"], suffix="_near"
    )
    places = (pairs["row"].to_numpy(), pairs["row_near"].to_numpy())
    touching = csr_array((np.ones(pairs.height, np.int8), places), shape=(hot.height, hot.height))
    _, label = connected_components(touching, directed=False)
    return hot.with_columns(cluster=pl.Series(label, dtype=pl.Int64)).sort("cluster", "area")


def _outlined(unit: Unit, member: pl.DataFrame) -> pl.DataFrame:
    """One row a cluster: ``cluster``, ``name``, ``cells``, ``km2``, ``shape``."""
    cells = member.select(pl.col("area").unique().sort()).with_row_index("cell")
    outlines = unit.outlines(cells["area"])
    placed = member.join(cells, on="area", maintain_order="left")
    shapes = dissolve(outlines[placed["cell"].to_numpy()], placed["cluster"].to_numpy(), unit.union)
    return (
        placed.join(unit.facts(cells["area"]), on="area", maintain_order="left")
        .group_by("cluster", maintain_order=True)
        .agg(
            name=pl.col("area").sort_by("rank_in_force", "area").first(),
            cells=pl.len(),
            # What is not known of one is not known of all.
            km2=pl.when(pl.col("km2").is_not_null().all()).then(pl.col("km2").sum()),
        )
        .with_columns(shape=pl.Series(shapes, dtype=pl.String))
    )
