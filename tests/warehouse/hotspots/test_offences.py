"""What is read of offences: sums that are the same in every order, and shares of one point."""

from datetime import date

import duckdb
import polars as pl
import pytest

from warehouse.hotspots.grids import GRIDS
from warehouse.hotspots.offences import Offences
from warehouse.hotspots.places import places
from warehouse.schema import create_statements, store_tables

NIGHT = date(2026, 3, 9)
CELL = "881973b361fffff"
[HEXAGONS] = [unit for unit in GRIDS if unit.name == "h3_r8"]


@pytest.fixture
def con():
    with duckdb.connect() as con:
        for statement in create_statements(store_tables()):
            is_input = "core.offence_record" in statement
            con.execute(statement.replace(" NOT NULL", "") if is_input else statement)
        # Ten times 0.1 is 0.9999999999999999 in doubles; with a larger one, sums differ by order.
        con.execute(
            "INSERT INTO reference.offence_group VALUES ('burglary', 'Burglary', 0.1, false)"
        )
        yield con


def store(con, rows):
    """Offences of kent in one cell: longitude and how exact it is."""
    frame = pl.DataFrame(rows, schema=["longitude", "location_precision"], orient="row")
    con.register("rows", frame.with_columns(
        force=pl.lit("kent"), offence_group=pl.lit("burglary"), is_notifiable=pl.lit(value=True),
        occurred_on=pl.lit(date(2026, 1, 3)), latitude=pl.lit(54.4),
        easting=pl.lit(400_100.0), northing=pl.lit(500_100.0), h3_r8=pl.lit(CELL),
    ))  # fmt: skip
    con.execute("INSERT INTO core.offence_record BY NAME FROM rows")


def test_harm_adds_up_as_it_does_on_paper(con):
    store(con, [(-2.0, "exact")] * 10)
    with places(con):
        counted = Offences(con, ("kent",), NIGHT).counts(HEXAGONS)["kent"]
    assert counted["offences"].to_list() == [10]
    assert counted["harm_days"].to_list() == [1.0]
    assert counted["harm_squared"].to_list() == [0.1]


def test_the_share_of_one_point_is_of_all_the_cell_holds(con):
    """Three on one public point, one on another, and four that stand where they were."""
    store(con, [(-2.0, "snapped")] * 3 + [(-1.999, "snapped")] + [(-1.998, "exact")] * 4)
    with places(con):
        [shares] = (
            Offences(con, ("kent",), NIGHT)
            .snap_shares(HEXAGONS, {"kent": (date(2025, 3, 1), date(2026, 3, 1))})
            .values()
        )
    assert shares.sort("offence_group").rows() == [
        (CELL, "all-crime", 0.375),
        (CELL, "burglary", 0.375),
    ]


def test_what_went_wrong_among_the_places_is_what_is_told(con):
    """The transaction that a failure aborts refuses to detach them: that must not hide it."""
    con.execute("BEGIN")
    with pytest.raises(duckdb.ConversionException, match="no number"), places(con):
        con.execute("SELECT 'no number'::INTEGER")
