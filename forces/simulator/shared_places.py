"""Where an offence that two forces record happened, and where each of them says that it did."""

from collections.abc import Sequence

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


Place = tuple[int, str | None]
"""A row of the gazetteer, and what is said of the place in place of its address, if anything."""


class Borders:
    """Where forces meet; what is worked out of two forces is kept for their next offence."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._strips: dict[tuple[str, str], Integers] = {}
        self._trees: dict[str, cKDTree] = {}

    def at(self, first: str, second: str, random: np.random.Generator) -> tuple[Place, Place]:
        """A postcode of the first force near the second, and one of it up to ``APART`` metres off
        (at times the same)."""
        places = self._stage.settings[first].places
        if first not in self._trees:
            self._trees[first] = cKDTree(_at(places))
        tree = self._trees[first]
        if (first, second) not in self._strips:
            other = np.array(self._stage.settings[second].declaration.centre)
            nearest = np.argsort(np.linalg.norm(tree.data - other, axis=1), kind="stable")
            most = max(FEWEST_AT_BORDER, int(len(nearest) * BORDER_STRIP))
            self._strips[first, second] = nearest[:most]
        strip = self._strips[first, second]
        here = int(strip[int(random.integers(len(strip)))])
        about = sorted(tree.query_ball_point(tree.data[here], APART))
        there = int(about[int(random.integers(len(about)))])
        start = self._stage.gazetteer.first[first]
        return (start + here, None), (start + there, None)


def _at(places: pl.DataFrame) -> Floats:
    return places.select("easting", "northing").to_numpy()


def on_the_railway(stage: Stage, county: str, random: np.random.Generator) -> tuple[Place, Place]:
    """Two stations of a force's area, or one twice, or the second a stretch of line; the words say
    which."""
    places = stage.settings[county].places
    stations = stream(0, "stations", county).permutation(places.height)[:STATIONS]
    one, other = (int(stations[int(i)]) for i in random.integers(0, len(stations), 2))
    is_same, is_route = random.random() < SAME_STATION, random.random() < ROUTE
    left = one if is_same else other
    names = [f"{places['locality'][at]} RAILWAY STATION" for at in (one, left)]
    text = names[1] if is_same or not is_route else f"ON TRAIN {names[0]} TO {names[1]}"
    start = stage.gazetteer.first[county]
    return (start + one, names[0]), (start + left, text)


def anywhere(stage: Stage, force: str, random: np.random.Generator) -> Place:
    """A postcode of the force."""
    first, count = stage.gazetteer.first[force], stage.gazetteer.count[force]
    return first + int(random.integers(count)), None


def put_at(
    offences: pl.DataFrame,
    rows: Sequence[int],
    places: Sequence[Place],
    stage: Stage,
    random: np.random.Generator,
) -> pl.DataFrame:
    """The offences, those of the rows given now at the places given, in their order."""
    at = stage.gazetteer.places[[row for row, _ in places]]
    text = pl.Series([words for _, words in places], dtype=pl.String)
    world = next(iter(stage.settings.values())).world
    placed, flags = place_at(at, random, world)
    placed = placed.with_columns(**flags, location_text=pl.coalesce(pl.lit(text), "location_text"))
    source = np.arange(offences.height)
    source[np.array(rows, np.int64)] = offences.height + np.arange(len(rows))
    moved = pl.concat([offences.select(placed.columns), placed])[source]
    return offences.with_columns(moved)


def neighbours(places: pl.DataFrame, points: Floats) -> Integers:
    """Row of the postcode nearest to each point (metres)."""
    return np.asarray(cKDTree(_at(places)).query(points)[1], dtype=np.int64)
