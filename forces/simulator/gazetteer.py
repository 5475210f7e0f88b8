"""The simulator's own gazetteer: invented postcodes, streets and towns on each force's map.

A postcode is of the right form and bears letters of its force's area, so that it looks at home, but
its district is numbered from 70 to 98, which hardly any area uses: it is invented, and so is where
it lies.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from convertbng.cutil import convert_osgb36_to_ll

from forces.declaration import Declaration
from forces.simulator.chance import Floats, Integers, draw_index, stream, zipf_weights
from forces.simulator.names import compound_words

# Letters of a postcode area within each force; one force each, so that no two share a postcode.
AREAS = {
    "avon-and-somerset": "BS", "bedfordshire": "LU", "btp": "WC", "cambridgeshire": "CB",
    "cheshire": "CH", "city-of-london": "EC", "cleveland": "TS", "cumbria": "CA",
    "derbyshire": "DE", "devon-and-cornwall": "EX", "dorset": "BH", "durham": "DH",
    "dyfed-powys": "SA", "essex": "CM", "gloucestershire": "GL", "greater-manchester": "M",
    "gwent": "NP", "hampshire": "SO", "hertfordshire": "AL", "humberside": "HU", "kent": "ME",
    "lancashire": "PR", "leicestershire": "LE", "lincolnshire": "LN", "merseyside": "L",
    "metropolitan": "SE", "norfolk": "NR", "north-wales": "LL", "north-yorkshire": "YO",
    "northamptonshire": "NN", "northumbria": "NE", "nottinghamshire": "NG", "south-wales": "CF",
    "south-yorkshire": "S", "staffordshire": "ST", "suffolk": "IP", "surrey": "GU",
    "sussex": "BN", "thames-valley": "OX", "warwickshire": "CV", "west-mercia": "WR",
    "west-midlands": "B", "west-yorkshire": "LS", "wiltshire": "SN",
}  # fmt: skip
# Areas that exist nowhere, for forces of other declarations.
SPARE_AREAS = [f"X{letter}" for letter in "ABCDEFGHJKLMNOPQRSTUVWXY"]
DISTRICTS = range(70, 99)
INWARD = "ABDEFGHJLNPQRSTUWXYZ"  # letters that the last two places of a postcode use
UNITS = len(DISTRICTS) * 10 * len(INWARD) ** 2
PERSONS_PER_POSTCODE = 8
FEWEST_POSTCODES = 60
PERSONS_PER_TOWN = 2500
FEWEST_TOWNS = 6


@dataclass(frozen=True)
class Gazetteer:
    """Postcodes of the chosen forces.

    Attributes:
        places: one row a postcode: force, postcode, street, locality, easting and northing
            (metres), longitude and latitude (degrees); a force's rows stand together.
        first: row of the first postcode of each force.
        count: postcodes of each force.
    """

    places: pl.DataFrame
    first: dict[str, int]
    count: dict[str, int]

    def of(self, force: str) -> pl.DataFrame:
        """The rows of one force."""
        return self.places.slice(self.first[force], self.count[force])


def make_gazetteer(
    declarations: dict[str, Declaration], persons: dict[str, int], seed: int
) -> Gazetteer:
    """The gazetteer for that many persons in each force."""
    areas = _areas(declarations)
    parts = [
        _force_places(declaration, areas[force], persons[force], stream(seed, "gazetteer", force))
        for force, declaration in declarations.items()
    ]
    counts = [part.height for part in parts]
    starts = np.cumsum([0, *counts[:-1]])
    return Gazetteer(
        pl.concat(parts),
        dict(zip(declarations, (int(start) for start in starts), strict=True)),
        dict(zip(declarations, counts, strict=True)),
    )


def _areas(declarations: dict[str, Declaration]) -> dict[str, str]:
    strangers = [force for force in sorted(declarations) if force not in AREAS]
    spare = {f: SPARE_AREAS[i % len(SPARE_AREAS)] for i, f in enumerate(strangers)}
    return {force: AREAS.get(force) or spare[force] for force in declarations}


def _force_places(
    declaration: Declaration, area: str, persons: int, random: np.random.Generator
) -> pl.DataFrame:
    wanted = min(max(FEWEST_POSTCODES, persons // PERSONS_PER_POSTCODE), UNITS)
    towns = max(FEWEST_TOWNS, persons // PERSONS_PER_TOWN)
    town = np.sort(draw_index(random, zipf_weights(towns, 0.9), wanted))
    east, north = _scatter(declaration, towns, town, random)
    longitude, latitude = lonlat(east, north)
    return pl.DataFrame(
        {
            "force": pl.repeat(declaration.force, wanted, eager=True),
            "postcode": _postcodes(area, wanted, random),
            "street": _streets(wanted, random),
            "locality": _towns(towns, random).gather(town),
            "easting": east,
            "northing": north,
            "longitude": longitude,
            "latitude": latitude,
        }
    )


def _scatter(
    declaration: Declaration, towns: int, town: Integers, random: np.random.Generator
) -> tuple[Floats, Floats]:
    """Whole metres: towns within the force's circle, postcodes about their town.

    What falls where the grid has no transformation (far out at sea) is drawn to the centre.
    """
    centre, radius = np.array(declaration.centre), declaration.radius
    angle, reach = random.random(towns) * 2 * np.pi, np.sqrt(random.random(towns)) * 0.85 * radius
    reach[0] = 0.0
    town_at = centre + np.column_stack([np.cos(angle), np.sin(angle)]) * reach[:, None]
    width = np.minimum(radius * 0.15, 400 + 300 * np.sqrt(np.bincount(town, minlength=towns)))
    at = town_at[town] + random.normal(size=(len(town), 2)) * width[town][:, None] / 2
    at = np.round(np.clip(at, [1000, 1000], [690_000, 1_290_000]))
    is_off_grid = np.isnan(lonlat(at[:, 0], at[:, 1])[0])
    at[is_off_grid] = np.round(centre)
    return np.ascontiguousarray(at[:, 0]), np.ascontiguousarray(at[:, 1])


def lonlat(easting: Floats, northing: Floats) -> tuple[Floats, Floats]:
    """Grid metres (EPSG:27700) to degrees (EPSG:4326) by OSTN15; not a number outside it."""
    longitude, latitude = convert_osgb36_to_ll(
        np.ascontiguousarray(easting), np.ascontiguousarray(northing)
    )
    return np.asarray(longitude), np.asarray(latitude)


def _postcodes(area: str, wanted: int, random: np.random.Generator) -> pl.Series:
    """Postcodes that differ, in order."""
    chosen = pl.Series(np.sort(random.choice(UNITS, size=wanted, replace=False)))
    letters = pl.Series(list(INWARD))
    first = letters.gather(chosen // len(INWARD) % len(INWARD))
    second = letters.gather(chosen % len(INWARD))
    sector = chosen // len(INWARD) ** 2
    outward = pl.select(
        pl.concat_str(pl.lit(area), DISTRICTS[0] + sector // 10, pl.lit(" "), sector % 10)
    ).to_series()
    return outward + first + second


def _streets(wanted: int, random: np.random.Generator) -> pl.Series:
    heads, tails = (pl.Series(words) for words in compound_words("street"))
    head = draw_index(random, zipf_weights(len(heads), 0.7), wanted)
    tail = draw_index(random, zipf_weights(len(tails), 0.9), wanted)
    return heads.gather(head) + " " + tails.gather(tail)


def _towns(wanted: int, random: np.random.Generator) -> pl.Series:
    heads, tails = compound_words("town")
    names = [f"{head}{tail}" for head in heads for tail in tails]
    return pl.Series(names).gather(random.permutation(len(names))[np.arange(wanted) % len(names)])
