"""Official areas as cells: LSOAs, wards and local policing areas, as the home was given them.

Areas are neighbours where their boundaries touch (queen contiguity), or all but do. What has no
boundary, or touches nothing, as an island, has for neighbours the six areas whose centres are
nearest, and is theirs; six is what an area of England and Wales has on average. What has no centre
either has none: its prior is then the mean of the force.
"""

from collections.abc import Callable
from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl
import shapely
from scipy.spatial import cKDTree

from warehouse.contract.units import UNITS
from warehouse.hotspots.outlines import Geometries
from warehouse.hotspots.units import ANY

NEAREST = 6

# Degrees, some ten metres: what simplifying boundaries may have torn apart.
_GAP = 0.0001


@dataclass(frozen=True)
class Areal:
    """Areas of one kind. What ``Unit`` asks for, of the areas that are loaded.

    Attributes:
        name, sql, where, union, is_placed, is_compared: as in ``Unit``.
        known: ``area``, ``force``, ``ons_code``, ``census``, ``km2``, ``persons``, ``longitude``,
            ``latitude`` and ``boundary`` (GeoJSON).
        touching: ``area`` and ``to``: whose boundaries touch, in both directions.
    """

    name: str
    sql: str
    is_placed: bool
    is_compared: bool
    known: pl.DataFrame
    touching: pl.DataFrame
    where: str = ANY
    union: Callable[..., shapely.Geometry] = shapely.union_all

    def is_cell(self, cell: pl.Expr) -> pl.Expr:
        """Of the form of the unit's codes."""
        return cell.str.contains(UNITS[self.name].pattern)

    def study(self, force: str, held: pl.Series) -> pl.Series:
        """Every area of the force, and of what held an event of it whatever is of no other force.

        Of LSOAs those of one census, to which most of ``held`` belong: those of both would cover
        the ground twice. Of a force that has no area, as British Transport Police, all that held an
        event.
        """
        own = self.known.filter(pl.col("force") == force)
        if own.is_empty():
            return held.unique()
        # By the codes of police force areas: not every force has to be declared.
        of_others = self.known.filter(~pl.col("ons_code").is_in(own["ons_code"].implode()))["area"]
        censuses = own["census"].drop_nulls().str.split(", ").explode().unique().sort()
        if censuses.len():
            used = own.filter(pl.col("area").is_in(held.implode()))["census"]
            fits = {each: int(used.str.contains(each).sum()) for each in censuses}
            best = max(fits, key=lambda each: (fits[each], each))
            own = own.filter(pl.col("census").is_null() | pl.col("census").str.contains(best))
        kept = held.filter(~held.is_in(of_others.implode()))
        return pl.concat([kept.rename("area"), own["area"]]).unique()

    def near(self, cells: pl.Series, reach: int) -> pl.DataFrame:
        """By steps from neighbour to neighbour, among ``cells`` alone."""
        links = self._links(cells)
        found = pl.DataFrame({"near": cells}).with_row_index("row")
        for _ in range(reach):
            farther = found.join(links, left_on="near", right_on="area").select("row", near="to")
            found = pl.concat([found, farther]).unique(maintain_order=True)
        return found

    def facts(self, cells: pl.Series) -> pl.DataFrame:
        """As loaded."""
        known = self.known.select("area", "km2", "persons")
        return pl.DataFrame({"area": cells}).join(
            known, on="area", how="left", maintain_order="left"
        )

    def outlines(self, cells: pl.Series) -> Geometries:
        """As loaded."""
        known = pl.DataFrame({"area": cells}).join(
            self.known.select("area", "boundary"), on="area", how="left", maintain_order="left"
        )
        outlines = np.full(len(cells), None, dtype=np.object_)
        drawn = known["boundary"].is_not_null()
        outlines[drawn.to_numpy()] = polygons(known.filter(drawn))
        return outlines

    def unknown(self, cells: pl.Series) -> pl.Series | None:
        """Codes that stand in nothing that is loaded."""
        if self.known.is_empty():
            return None
        return cells.filter(~cells.is_in(self.known["area"].implode()))

    def _links(self, cells: pl.Series) -> pl.DataFrame:
        """``area`` and ``to``: neighbours, each pair in both directions."""
        here = cells.implode()
        touching = self.touching.filter(pl.col("area").is_in(here) & pl.col("to").is_in(here))
        centres = self.known.filter(pl.col("area").is_in(here)).drop_nulls("longitude")
        lonely = ~centres["area"].is_in(touching["area"].implode())
        return pl.concat([touching, _nearest(centres, lonely)]).unique().sort("area", "to")


def _pairs(area: pl.Series, to: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"area": area, "to": to}).filter(pl.col("area") != pl.col("to")).unique()


def _touching(areas: pl.DataFrame) -> pl.DataFrame:
    drawn = areas.drop_nulls("boundary")
    shapes = polygons(drawn)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=_GAP)
    return _pairs(drawn["area"].gather(one), drawn["area"].gather(other))


def _of_their_local_areas(touching: pl.DataFrame, lsoas: pl.DataFrame) -> pl.DataFrame:
    """A local policing area has no boundary of its own: it touches what its LSOAs touch."""
    local = lsoas.select("area", "local_area").drop_nulls()
    both = touching.join(local, on="area").join(local, left_on="to", right_on="area")
    return _pairs(both["local_area"], both["local_area_right"])


def _nearest(centres: pl.DataFrame, lonely: pl.Series) -> pl.DataFrame:
    """The nearest centres of the lonely, in both directions."""
    degrees = centres.select("longitude", "latitude").to_numpy()
    rows = np.flatnonzero(lonely.to_numpy())
    if not len(rows) or len(degrees) == 1:
        return pl.DataFrame(schema={"area": pl.String, "to": pl.String})
    # Degrees of longitude as long as those of latitude are: near enough to tell what is nearest.
    flat = degrees * [np.cos(np.radians(degrees[:, 1].mean())), 1.0]
    _, found = cKDTree(flat).query(flat[rows], k=min(NEAREST + 1, len(flat)))
    one = centres["area"].gather(np.repeat(rows, found.shape[1]))
    other = centres["area"].gather(found.ravel())
    return pl.concat([_pairs(one, other), _pairs(other, one)])


def polygons(shapes: pl.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """The boundaries, mended where simplified ones cross themselves."""
    made = shapely.from_geojson(shapes["boundary"].to_list())
    return np.asarray(shapely.make_valid(made), dtype=object)


_KNOWN = """
    SELECT area, force, ons_code, census, km2, persons, longitude, latitude, local_area, boundary
    FROM reference.area WHERE unit = $unit ORDER BY area
"""


def read_areals(con: duckdb.DuckDBPyConnection) -> tuple[Areal, ...]:
    """LSOAs, wards and local policing areas, by ``reference.area``.

    Where that knows no LSOA, a record's own code is its cell.
    """
    loaded = {unit: con.execute(_KNOWN, {"unit": unit}).pl()
              for unit in ("lsoa", "ward", "local_area")}  # fmt: skip
    has_geography = any(frame.height for frame in loaded.values())
    touching = {unit: _touching(loaded[unit]) for unit in ("lsoa", "ward")}
    touching["local_area"] = _of_their_local_areas(touching["lsoa"], loaded["lsoa"])
    return tuple(
        Areal(
            unit,
            f"place.{unit}" if has_geography or unit != "lsoa" else "held.lsoa_code",
            is_placed=has_geography or unit != "lsoa",
            is_compared=unit != "local_area",
            known=frame.drop("local_area"),
            touching=touching[unit],
        )
        for unit, frame in loaded.items()
    )
