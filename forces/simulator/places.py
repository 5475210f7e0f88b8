"""Where things happen: hotspots of each kind's own, and the rest anywhere people live."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from forces.simulator.belongings import spoil_postcodes
from forces.simulator.chance import Integers, chance, draw_index, stream, zipf_weights
from forces.simulator.gazetteer import lonlat

IN_HOTSPOT = 0.55
HOTSPOT_POSTCODES = 0.03  # share of a force's postcodes that are a hotspot of one kind
FEWEST_HOTSPOTS = 5
SPREAD = {"hotspot": 90.0, "elsewhere": 45.0}  # metres about the postcode's centre


def place_events(
    gazetteer: pl.DataFrame,
    kinds: Sequence[str],
    kind: Integers,
    rates: Mapping[str, float],
    random: np.random.Generator,
) -> tuple[pl.DataFrame, dict[str, pl.Series]]:
    """Places of events in one force: the columns of a place that a force knows (grid and degrees
    agree; cells and LSOA stay empty), and which postcodes were spoilt.

    Args:
        gazetteer: the force's rows.
        kinds: names of the kinds of event; those of one kind share hotspots.
        kind: kind of each event, by its place among ``kinds``.
        rates: of ``[world]``.
        random: generator to draw from.
    """
    size = len(kind)
    hot = _hotspots(gazetteer, kinds)
    is_hot = chance(random, IN_HOTSPOT, size)
    rank = draw_index(random, zipf_weights(hot.shape[1], 0.8), size)
    at = np.where(is_hot, hot[kind, rank], random.integers(0, gazetteer.height, size))
    spread = np.where(is_hot, SPREAD["hotspot"], SPREAD["elsewhere"])
    offset = np.clip(random.normal(size=(size, 2)), -3, 3) * spread[:, None] / 2
    return _place_columns(gazetteer[at], np.round(offset), random, rates)


def place_at(
    rows: pl.DataFrame, random: np.random.Generator, rates: Mapping[str, float]
) -> tuple[pl.DataFrame, dict[str, pl.Series]]:
    """As ``place_events``, for events about the postcodes of the rows given (of any gazetteer)."""
    offset = np.clip(random.normal(size=(rows.height, 2)), -3, 3) * SPREAD["elsewhere"] / 2
    return _place_columns(rows, np.round(offset), random, rates)


def _hotspots(gazetteer: pl.DataFrame, kinds: Sequence[str]) -> Integers:
    """Rows of the gazetteer, hottest first: a row a kind. They are the force's own, whatever else
    is drawn: seeded by names alone."""
    postcodes = gazetteer.height
    count = min(postcodes, max(FEWEST_HOTSPOTS, int(postcodes * HOTSPOT_POSTCODES)))
    force = gazetteer["force"][0]
    return np.stack([stream(0, "hotspots", force, k).permutation(postcodes)[:count] for k in kinds])


def _place_columns(
    rows: pl.DataFrame,
    offset: np.ndarray,
    random: np.random.Generator,
    rates: Mapping[str, float],
) -> tuple[pl.DataFrame, dict[str, pl.Series]]:
    east, north = rows["easting"].to_numpy(), rows["northing"].to_numpy()
    longitude, latitude = lonlat(east + offset[:, 0], north + offset[:, 1])
    # A step off the edge of the grid's transformation stays at the postcode's centre.
    is_off = np.isnan(longitude)
    moved = np.where(is_off[:, None], 0.0, offset)
    house = random.integers(1, 90, rows.height)
    places = rows.select(
        location_text=pl.concat_str(
            pl.concat_str(pl.lit(pl.Series(house)), "street", separator=" "),
            "locality",
            separator=", ",
        ),
        postcode="postcode",
        easting=pl.lit(pl.Series(east + moved[:, 0])),
        northing=pl.lit(pl.Series(north + moved[:, 1])),
        longitude=pl.when(pl.Series(is_off)).then("longitude").otherwise(pl.Series(longitude)),
        latitude=pl.when(pl.Series(is_off)).then("latitude").otherwise(pl.Series(latitude)),
        location_precision=pl.lit("exact"),
    )
    return spoil_postcodes(places, rates, random)
