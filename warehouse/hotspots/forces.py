"""Each force as one cell, among the forces of the nation.

A force has no neighbour that is like it, and none is hot for having more people: there is no Gi*,
no test for a hotspot and no class. Its rate is drawn towards nothing: the posterior is
Gamma(S, W) of its own events by recency. Whether it rises is asked as of any cell, against all
forces together.
"""

from collections.abc import Mapping

import duckdb
import numpy as np
import polars as pl
from scipy.sparse import csr_array, eye_array

from warehouse.hotspots.describe import FEWEST_SHOWN
from warehouse.hotspots.empirical_bayes import Rates, recency_weights
from warehouse.hotspots.history import history, month_of
from warehouse.hotspots.methods import YEAR
from warehouse.hotspots.panel import Panel, make_panel
from warehouse.hotspots.ranks import shown
from warehouse.hotspots.study_area import StudyArea
from warehouse.hotspots.trend import MONTHS, PREVIOUS, RECENT, compare_recent

FORCE = "force"

# Of the newest census of whose LSOAs none lacks a number: each census' cover the ground once.
_FACTS = """
    WITH each AS (
        SELECT force, unnest(string_split(coalesce(census, ''), ', ')) AS census, km2, persons
        FROM reference.area WHERE unit = 'lsoa' AND force IS NOT NULL
    ), summed AS (
        SELECT force, census,
               CASE WHEN count(km2) = count(*) THEN sum(km2) END AS km2,
               CASE WHEN count(persons) = count(*) THEN sum(persons)::BIGINT END AS persons
        FROM each GROUP BY force, census
    )
    SELECT force AS area, arg_max(km2, census) FILTER (km2 IS NOT NULL) AS km2,
           arg_max(persons, census) FILTER (persons IS NOT NULL) AS persons
    FROM summed GROUP BY force ORDER BY force
"""


def forces_facts(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """By force, as ``area``, ``km2`` and ``persons`` of the LSOAs that it is made of; null where
    one lacks them."""
    return con.execute(_FACTS).pl()


def describe_forces(counts: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Rows of ``mart.hotspot`` of the unit ``force``, without what is null of them.

    Every force's months are counted back from its own last one.

    Args:
        counts: by force, as ``Offences.of_the_force`` gives them; at least one has a row.
    """
    spans = {force: history(found)
             for force, found in counts.items() if found.height}  # fmt: skip
    months = max(last - first for first, last in spans.values()) + 1
    panel = make_panel(
        _apart(sorted(spans)),
        pl.concat(
            counts[force]
            .filter(pl.col("month").is_between(first, last))
            .with_columns(pl.col("month") - last + months - 1)
            for force, (first, last) in spans.items()
        ),
        months,
    )
    of_force = panel.area.cells.to_frame("area").with_columns(
        month=pl.Series([month_of(spans[force][1]) for force in panel.area.cells]),
        months_looked_at=pl.Series([min(MONTHS, spans[force][1] - spans[force][0] + 1)
                                    for force in panel.area.cells], dtype=pl.Int32),
    )  # fmt: skip
    rates = [recency_weights(spans[f][1] - spans[f][0] + 1).sum() for f in panel.area.cells]
    return _rows(panel, np.array(rates)).join(of_force, on="area", maintain_order="left")


def _apart(cells: list[str]) -> StudyArea:
    """Cells of which none lies by another."""
    windows = csr_array(eye_array(len(cells)))
    nothing = csr_array((len(cells), len(cells)))
    return StudyArea(pl.Series(cells, dtype=pl.String), windows, nothing)


def _rows(panel: Panel, pace: np.ndarray[tuple[int], np.dtype[np.float64]]) -> pl.DataFrame:
    """One row a force and series that is shown.

    Args:
        panel: of all forces, aligned at their last months.
        pace: (forces,): W, months by recency.
    """
    end = panel.months
    cell, column = np.nonzero(shown(panel))
    weighted = panel.weighted(recency_weights(end))
    here = Rates(weighted[cell, column], pace[cell],
                 (weighted / pace[:, None]).mean(axis=0)[column])  # fmt: skip
    low, high = here.interval()
    trend = compare_recent(
        panel.during(end - RECENT, end) * panel.caution,
        panel.during(end - RECENT - PREVIOUS, end - RECENT) * panel.caution,
        panel.area.window,
    )
    scale = panel.scales[column]
    either = np.minimum(trend.rising, trend.falling)[cell, column]
    rows = pl.DataFrame({
        "area": panel.area.cells.gather(cell),
        "offence_group": [panel.series[place].offence_group for place in column],
        "measure": [panel.series[place].measure for place in column],
        "n_12m": panel.during(end - YEAR, end)[cell, column] * scale,
        "ewma_rate": here.score * scale,
        "eb_rate": here.score * scale,
        "eb_low": low * scale,
        "eb_high": high * scale,
        "p_above_3x": here.above_area(),
        "next_month_expected": here.score * scale,
        "trend_ratio": trend.ratio[cell, column],
        "trend_p": np.minimum(2 * either, 1),
    })  # fmt: skip
    offences = rows.filter(measure="offences").select("area", "offence_group", offences="n_12m")
    return rows.join(
        offences, on=["area", "offence_group"], how="left", maintain_order="left"
    ).with_columns(
        pl.col("trend_ratio").fill_nan(None),
        ranked_by=pl.lit("eb"),
        rank_in_nation=pl.col("eb_rate").rank("min", descending=True)
        .over("offence_group", "measure").cast(pl.Int32),
        suppressed=pl.col("offences").fill_null(0) < FEWEST_SHOWN,
    )  # fmt: skip
