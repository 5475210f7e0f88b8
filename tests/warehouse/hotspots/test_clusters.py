import polars as pl
import polars_h3
import pytest
import shapely
from pyproj import Geod

from tests.warehouse.hotspots.made_store import NIGHT, RISING, STEADY
from warehouse.hotspots.clusters import fill_clusters, find_clusters
from warehouse.hotspots.every_unit import every_unit
from warehouse.hotspots.grids import GRIDS
from warehouse.hotspots.outlines import dissolve
from warehouse.hotspots.places import places

SQUARES = next(grid for grid in GRIDS if grid.name == "bng_250m")
HEXAGONS = next(grid for grid in GRIDS if grid.name == "h3_r9")
GLOBE = Geod(ellps="WGS84")


def square(x, y):
    return f"E{400_000 + 250 * x}N{500_000 + 250 * y}"


def hot(cells, force="alpha", group="burglary"):
    return pl.DataFrame({"area": cells}).with_columns(
        force=pl.lit(force), offence_group=pl.lit(group), rank_in_force=pl.int_range(pl.len()) + 1
    )


def parts(found):
    return {frozenset(cells) for cells in found.group_by("cluster").agg("area")["area"]}


def square_kilometres(shape):
    return abs(GLOBE.geometry_area_perimeter(shapely.orient_polygons(shape))[0]) / 1e6


def test_cells_that_touch_at_a_corner_or_more_are_one_cluster_and_others_are_not():
    cells = [square(*at) for at in [(0, 0), (1, 0), (2, 1), (4, 1), (4, 3), (5, 2)]]
    assert parts(find_clusters(SQUARES, hot(cells))) == {
        frozenset(cells[:3]), frozenset(cells[3:]),
    }  # fmt: skip


def test_hexagons_that_touch_are_one_cluster_and_others_are_not():
    middle = "89195da49b7ffff"
    frame = pl.DataFrame({"cell": [middle]})
    ring, far = (
        frame.select(polars_h3.grid_ring("cell", steps)).explode("cell")["cell"].to_list()
        for steps in (1, 3)
    )
    cells = [middle, ring[0], far[0]]
    assert parts(find_clusters(HEXAGONS, hot(cells))) == {
        frozenset(cells[:2]), frozenset(cells[2:]),
    }  # fmt: skip


def test_neither_forces_nor_groups_are_put_together():
    both = pl.concat([
        hot([square(0, 0)]), hot([square(0, 1)], force="beta"), hot([square(1, 0)], group="drugs"),
    ])  # fmt: skip
    assert len(parts(find_clusters(SQUARES, both))) == 3


def test_no_hot_cell_is_no_cluster():
    for unit in (SQUARES, HEXAGONS):
        assert find_clusters(unit, hot([]).cast({"area": pl.String})).is_empty()


def test_a_ring_of_cells_is_dissolved_into_one_outline_with_a_hole():
    cells = pl.Series([square(x, y) for x in range(3) for y in range(3) if (x, y) != (1, 1)])
    outlines = SQUARES.outlines(cells)
    [text] = dissolve(outlines, cells.to_frame().select(pl.lit(0).repeat_by(8).explode())
                      .to_series().to_numpy())  # fmt: skip
    shape = shapely.from_wkt(text)
    [polygon] = shape.geoms
    assert len(polygon.interiors) == 1
    assert square_kilometres(shape) == pytest.approx(8 * 0.0625, rel=2e-3)


def test_outlines_of_hexagons_are_those_of_h3():
    cells = pl.Series("cell", ["89195da49b7ffff", "881973b361fffff", "8009fffffffffff"])
    boundary = cells.to_frame().select(polars_h3.cell_to_boundary("cell")).to_series()
    for outline, corners in zip(HEXAGONS.outlines(cells), boundary, strict=True):
        expected = shapely.Polygon([(longitude, latitude) for latitude, longitude in corners])
        assert outline.normalize().equals_exact(expected.normalize(), 1e-9)
    assert len(HEXAGONS.outlines(cells)[2].exterior.coords) == 6


def test_a_square_beyond_the_national_transformation_has_no_outline():
    outlines = SQUARES.outlines(pl.Series([square(0, 0), "E-250N-250", square(0, 1)]))
    assert [each is None for each in outlines] == [False, True, False]
    assert dissolve(outlines[1:2], outlines[1:2] == "none") == [None]


def test_the_places_where_burglaries_gather_are_clusters_with_their_numbers(store):
    rows = store.execute(
        "SELECT * FROM mart.hotspot_cluster WHERE unit = 'bng_250m' AND force = 'alpha' "
        "AND offence_group = 'burglary'"
    ).pl()  # fmt: skip
    assert {square(*STEADY), square(*RISING)} == set(rows["cluster"])
    for row in rows.to_dicts():
        shape = shapely.from_wkt(row["shape"])
        assert shape.is_valid
        assert square_kilometres(shape) == pytest.approx(row["km2"], rel=2e-3)
        assert row["km2"] == row["cells"] * 0.0625
        assert row["harm_days"] == 200 * row["n_12m"]
        assert (row["leading_group"], row["suppressed"]) == ("burglary", False)
        # Every invented offence is at midnight.
        assert (row["timed"], row["peak_hour_utc"]) == (row["n_12m"], 0)
        [(weekday,)] = store.execute(
            "SELECT dayname(occurred_on) AS weekday FROM core.offence_record "
            "JOIN mart.hotspot AS h ON h.area = bng_250m AND h.force = offence_record.force "
            "AND h.offence_group = offence_record.offence_group AND measure = 'offences' "
            "WHERE offence_record.force = 'alpha' AND h.offence_group = 'burglary' "
            "AND q_hot <= 0.05 AND occurred_on BETWEEN '2025-03-01' AND '2026-02-28' "
            "AND ST_IN GROUP BY ALL ORDER BY count(*) DESC, min(isodow(occurred_on)) LIMIT 1"
            .replace("ST_IN", _around(row["cluster"]))
        ).fetchall()  # fmt: skip
        assert row["peak_weekday"] == weekday


def _around(name):
    """Squares no farther than five steps: of the two clusters there is but one so near."""
    east, north = (int(each) for each in name[1:].split("N"))
    return (
        f"easting BETWEEN {east - 1250} AND {east + 1500} "
        f"AND northing BETWEEN {north - 1250} AND {north + 1500}"
    )


def test_every_hot_cell_is_in_one_cluster_and_offences_add_up(store):
    hot_cells = store.execute(
        "SELECT unit, force, offence_group, count(*), sum(n_12m) FROM mart.hotspot "
        "WHERE measure = 'offences' AND q_hot <= 0.05 GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    clusters = store.execute(
        "SELECT unit, force, offence_group, sum(cells), sum(n_12m) FROM mart.hotspot_cluster "
        "GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    assert hot_cells == clusters
    assert {row[2] for row in clusters} >= {"all-crime", "burglary"}


def test_all_crime_says_what_leads_and_what_police_find_has_no_harm(store):
    groups = store.execute(
        "SELECT DISTINCT leading_group FROM mart.hotspot_cluster WHERE offence_group = 'all-crime'"
    ).fetchall()
    assert groups == [("burglary",)]
    harm = store.execute(
        "SELECT count(harm_days), count(*) > 0 FROM mart.hotspot_cluster "
        "WHERE offence_group = 'drugs'"
    ).fetchall()
    assert harm == [(0, True)]


def test_the_same_store_gives_the_same_clusters(store):
    before = store.execute("FROM mart.hotspot_cluster").fetchall()
    store.execute("DELETE FROM mart.hotspot_cluster")
    with places(store):
        fill_clusters(store, NIGHT, every_unit(store))
    assert store.execute("FROM mart.hotspot_cluster").fetchall() == before


def test_a_cell_across_180_degrees_has_no_outline_and_its_neighbours_have():
    """Fiji's: drawn, it would reach round the globe."""
    around = pl.DataFrame({"latitude": [-16.8] * 3, "longitude": [179.7, 180.0, -179.7]})
    cells = around.select(
        polars_h3.latlng_to_cell("latitude", "longitude", 8, return_dtype=pl.Utf8).alias("cell")
    ).to_series()
    outlines = HEXAGONS.outlines(cells)
    assert [each is None for each in outlines] == [False, True, False]
    west, _, east, _ = shapely.bounds(outlines[0])
    assert 0 < east - west < 0.1
    assert dissolve(outlines[:2], pl.Series([0, 0]).to_numpy()) == [None]
