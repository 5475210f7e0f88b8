"""Published crimes in published areas: data.police.uk of Durham, and geography of the ONS."""

from datetime import date

import duckdb
import polars as pl
import pytest

from transforms.places import locate
from transforms.profiles import profile
from transforms.reference_folder import load_folder
from warehouse.contract import delivered_table
from warehouse.contract.place import PLACE
from warehouse.geography_tables import geography_tables
from warehouse.home import Home
from warehouse.hotspots.every_unit import every_unit
from warehouse.hotspots.fill import fill_hotspots
from warehouse.hotspots.places import places
from warehouse.schema import create_statements, store_tables

UNITS_HERE = ("h3_r8", "lsoa", "ward", "local_area")
FORCES = pl.DataFrame({"force": ["durham"], "ons_code": ["E23000008"]})


def published(shared_data):
    """Three months of street crimes, as placed by the store."""
    folder = shared_data / "police_uk" / "ne_cluster_2021-03_2022-03"
    files = [folder / f"2022-0{month}-durham-street.csv.gz" for month in (1, 2, 3)]
    rows = pl.concat([pl.read_csv(file, infer_schema=False) for file in files])
    types = {name: delivered_table("offence_record").column(name).kind.polars
             for name in (column.name for column in PLACE)}  # fmt: skip
    given = rows.select(
        lsoa_code="LSOA code", longitude=pl.col("Longitude").cast(pl.Float64),
        latitude=pl.col("Latitude").cast(pl.Float64), location_precision=pl.lit("snapped"),
        occurred_on=(pl.col("Month") + "-01").str.to_date(),
    )  # fmt: skip
    blank = [pl.lit(None, kind).alias(name) for name, kind in types.items()
             if name not in given.columns]  # fmt: skip
    placed, _ = locate(given.with_columns(blank), None, profile("GB"))
    return placed.with_columns(
        force=pl.lit("durham"), offence_group=pl.lit("burglary"), is_notifiable=pl.lit(value=True)
    )


@pytest.fixture(scope="module")
def con(shared_data, tmp_path_factory):
    home = Home.of(tmp_path_factory.mktemp("published") / "home")
    load_folder(home, shared_data / "geo", "tester")
    tables = geography_tables(home, FORCES)
    with duckdb.connect() as con:
        for statement in create_statements(store_tables()):
            con.execute(statement.replace(" NOT NULL", ""))
        for name in ("lsoa", "area"):
            con.register("facts", tables[name])
            con.execute(f"INSERT INTO reference.{name} BY NAME FROM facts")
        con.register("rows", published(shared_data))
        con.execute("INSERT INTO core.offence_record BY NAME FROM rows")
        with places(con):
            units = [each for each in every_unit(con) if each.name in UNITS_HERE]
            fill_hotspots(con, date(2022, 4, 9), units)
        yield con


@pytest.mark.shared_data
def test_the_study_area_is_the_forces_own_lsoas_of_the_census_that_its_records_use(con):
    told = {
        row[0]: row[1:]
        for row in con.execute(
            "SELECT unit, offences - placed - elsewhere, elsewhere > 0, areas, without_km2, reason "
            "FROM mart.hotspot_unit"
        ).fetchall()
    }
    # One crime has a point off County Down, in no LSOA.
    # ONS, 2011: 324 LSOAs in County Durham and 65 in Darlington; 21 were drawn anew in 2021.
    assert told["lsoa"] == (1, True, 389, 21, None)
    assert told["local_area"] == (1, True, 2, 0, None)
    assert told["ward"][2:] == (71, 0, None)
    assert told["force"] == (0, False, 1, 0, None)


@pytest.mark.shared_data
def test_cells_of_either_kind_are_in_the_two_local_areas(con):
    ranks = con.execute(
        "SELECT unit, local_area, min(rank_in_local_area), count(DISTINCT area) FROM mart.hotspot "
        "WHERE offence_group = 'burglary' AND measure = 'offences' AND unit <> 'local_area' "
        "AND local_area IN ('E22000072', 'E22000365') GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    assert [(unit, area, rank) for unit, area, rank, _ in ranks] == [
        (unit, area, 1) for unit in ("h3_r8", "lsoa", "ward") for area in ("E22000072", "E22000365")
    ]
    cells = {(unit, area): many for unit, area, _, many in ranks}
    assert cells["lsoa", "E22000072"] <= 65
    assert cells["lsoa", "E22000072"] < cells["lsoa", "E22000365"] <= 324


@pytest.mark.shared_data
def test_the_places_of_records_fit_their_lsoas(con):
    """Where a record names an LSOA the ward drawn around its point lies in the same local area."""
    [(same, many)] = con.execute(
        "SELECT sum((w.local_area = l.local_area)::INT), count(*) FROM mart.hotspot AS h "
        "JOIN reference.area AS w ON (w.unit, w.area) = (h.unit, h.area) "
        "JOIN reference.area AS l ON (l.unit, l.area) = ('local_area', h.local_area) "
        "WHERE h.unit = 'ward'"
    ).fetchall()
    assert same == many > 100
