"""Offences that have a point and a day of their own, of the year up to a night."""

from collections.abc import Iterator
from datetime import date, timedelta

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

PERIOD = timedelta(days=365)

FLAWS = {
    "snapped": "{} stand on public map points, each for eight or more addresses, so that a repeat "
    "on one is no repeat",
    "no_point": "{} have no point of their own",
    "no_day": "{} are not dated to a day",
    "long": "{} can have happened on any of several days",
}
"""What keeps an offence out, the first that holds, in words with a place for how many."""

# A span of one day that begins at midnight has 25 hours when the clocks go back.
_FLAW = """
    CASE WHEN location_precision = 'snapped' THEN 'snapped'
         WHEN location_precision <> 'exact' OR longitude IS NULL OR latitude IS NULL
             THEN 'no_point'
         WHEN occurred_precision IS NULL OR occurred_precision NOT IN ('minute', 'day')
             THEN 'no_day'
         WHEN occurred_to > occurred_from + INTERVAL 25 HOUR THEN 'long' END
"""
_HELD = "FROM core.offence_record WHERE force = $force AND occurred_on BETWEEN $first AND $night"
_EXACT = f"""
SELECT offence_group, occurred_on, longitude, latitude
{_HELD} AND ({_FLAW}) IS NULL ORDER BY ALL
"""
_FLAWED = f"""
SELECT offence_group, {", ".join(f"count(*) FILTER (flaw = '{flaw}') AS {flaw}" for flaw in FLAWS)}
FROM (SELECT offence_group, ({_FLAW}) AS flaw {_HELD}) GROUP BY offence_group ORDER BY offence_group
"""
_EQUATOR, _FLATTENING = 6_378_137.0, 1 / 298.257223563


def read_exact(con: duckdb.DuckDBPyConnection, force: str, night: date) -> pl.DataFrame:
    """One row an offence: ``offence_group``, ``occurred_on``, ``longitude``, ``latitude``, in that
    order.

    Args:
        con: connection that has the candidate store open.
        force: whose offences.
        night: of the store.
    """
    return con.execute(_EXACT, _asked(force, night)).pl()


def count_flawed(
    con: duckdb.DuckDBPyConnection, force: str, night: date
) -> dict[str, dict[str, int]]:
    """By offence group, of every group that has an offence, how many are kept out by what of
    ``FLAWS``. Arguments as ``read_exact`` has."""
    counts = con.execute(_FLAWED, _asked(force, night)).fetchall()
    return {
        group: {flaw: count for flaw, count in zip(FLAWS, by_flaw, strict=True) if count}
        for group, *by_flaw in counts
    }


def _asked(force: str, night: date) -> dict[str, object]:
    return {"force": force, "night": night, "first": night - PERIOD + timedelta(days=1)}


def by_group(offences: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """The offences of each group."""
    for (group,), of_group in offences.group_by("offence_group", maintain_order=True):
        yield str(group), of_group


def on_the_globe(places: pl.DataFrame) -> NDArray[np.float64]:
    """(rows, 3): metres from the centre of the earth, on the ellipsoid of WGS 84, so that straight
    lines between places some hundred metres apart are their distances, in every country.

    Args:
        places: ``longitude`` and ``latitude``, degrees.
    """
    longitude, latitude = (
        np.radians(places[name].to_numpy()) for name in ("longitude", "latitude")
    )
    squared = _FLATTENING * (2 - _FLATTENING)
    radius = _EQUATOR / np.sqrt(1 - squared * np.sin(latitude) ** 2)
    return np.column_stack(
        [
            radius * np.cos(latitude) * np.cos(longitude),
            radius * np.cos(latitude) * np.sin(longitude),
            radius * (1 - squared) * np.sin(latitude),
        ]
    )
