"""Where an offence that two forces record happened, and where each of them says that it did."""

import numpy as np
import polars as pl
from scipy.spatial import cKDTree

from forces.simulator.chance import Floats, Integers, stream
from forces.simulator.drafts import Stage
from forces.simulator.places import place_at

BORDER_STRIP = 0.08  # of a force's postcodes: those nearest to the other force
FEWEST_AT_BORDER = 5
APART = 2000.0  # metres, at most, between what two forces say of a place at their border
STATIONS = 8
SAME_STATION = 0.4
ROUTE = 0.3  # of the rest: the stretch of line, not a station


def _at(places: pl.DataFrame) -> Floats:
    return places.select("easting", "northing").to_numpy()


def at_border(
    stage: Stage, first: str, second: str, random: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A postcode of the first force near the second, and one of it up to ``APART`` metres off (at
    times the same): a row of the gazetteer each."""
    places = stage.settings[first].places
    at = _at(places)
    other = np.array(stage.settings[second].declaration.centre)
    nearest = np.argsort(np.linalg.norm(at - other, axis=1), kind="stable")
    strip = nearest[: max(FEWEST_AT_BORDER, int(len(nearest) * BORDER_STRIP))]
    here = int(strip[int(random.integers(len(strip)))])
    about = np.flatnonzero(np.linalg.norm(at - at[here], axis=1) <= APART)
    there = int(about[int(random.integers(len(about)))])
    return places[[here]], places[[there]]


def on_the_railway(
    stage: Stage, county: str, random: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Two stations of a force's area, or one twice, or the second a stretch of line; ``place_text``
    says which."""
    places = stage.settings[county].places
    stations = stream(0, "stations", county).permutation(places.height)[:STATIONS]
    one, other = (int(stations[int(i)]) for i in random.integers(0, len(stations), 2))
    is_same, is_route = random.random() < SAME_STATION, random.random() < ROUTE
    boarded, left = places[[one]], places[[one if is_same else other]]
    names = [f"{place['locality'].item()} RAILWAY STATION" for place in (boarded, left)]
    text = names[1] if is_same or not is_route else f"ON TRAIN {names[0]} TO {names[1]}"
    return (
        boarded.with_columns(place_text=pl.lit(names[0])),
        left.with_columns(place_text=pl.lit(text)),
    )


def anywhere(stage: Stage, force: str, random: np.random.Generator) -> pl.DataFrame:
    """A postcode of the force."""
    places = stage.settings[force].places
    return places[[int(random.integers(places.height))]]


def put_at(
    offences: pl.DataFrame,
    rows: Integers,
    places: list[pl.DataFrame],
    stage: Stage,
    random: np.random.Generator,
) -> pl.DataFrame:
    """The offences, those of the rows given now at the places given, in their order."""
    if not places:
        return offences
    at = pl.concat([place.select(pl.exclude("place_text")) for place in places])
    text = pl.concat([place.select(_text(place)) for place in places]).to_series()
    world = next(iter(stage.settings.values())).world
    placed, flags = place_at(at, random, world)
    placed = placed.with_columns(**flags, location_text=pl.coalesce(pl.lit(text), "location_text"))
    source = np.arange(offences.height)
    source[rows] = offences.height + np.arange(len(rows))
    columns = placed.columns
    moved = pl.concat([offences.select(columns), placed])[source]
    return offences.with_columns(moved)


def _text(place: pl.DataFrame) -> pl.Expr:
    given = "place_text" in place.columns
    return (pl.col("place_text") if given else pl.lit(None, pl.String)).alias("text")


def neighbours(places: pl.DataFrame, points: Floats) -> Integers:
    """Row of the postcode nearest to each point (metres)."""
    return np.asarray(cKDTree(_at(places)).query(points)[1], dtype=np.int64)
