"""Official areas as cells of the marts: which is an offence's, what lies by what, rates, ranks."""

from datetime import date

import duckdb
import polars as pl
import pytest

from tests.warehouse import made_geography as made
from warehouse.geography_tables import geography_tables
from warehouse.home import Home
from warehouse.hotspots.areal import read_areals
from warehouse.hotspots.every_unit import every_unit
from warehouse.hotspots.fill import fill_hotspots
from warehouse.hotspots.places import places
from warehouse.reference_files import LSOA_AREAS, LSOA_CENTRES
from warehouse.schema import create_statements, store_tables

NIGHT = date(2026, 3, 9)


@pytest.fixture
def home(tmp_path) -> Home:
    return Home.of(tmp_path / "home")


def offences(*groups):
    """Rows of ``core.offence_record``: (force, LSOA code or None, place by column and row or None,
    how many), a burglary in each of the last months."""
    return pl.DataFrame(
        [
            (force, code, *(made.middle(*place) if place else (None, None)),
             date(2025 + (2 + n % 12) // 12, (2 + n % 12) % 12 + 1, 5))
            for force, code, place, many in groups
            for n in range(many)
        ],
        schema={"force": pl.String, "lsoa_code": pl.String, "longitude": pl.Float64,
                "latitude": pl.Float64, "occurred_on": pl.Date},
        orient="row",
    ).with_columns(
        location_precision=pl.lit("exact"), offence_group=pl.lit("burglary"),
        is_notifiable=pl.lit(value=True), easting=pl.lit(400_000.0), northing=pl.lit(500_000.0),
    )  # fmt: skip


@pytest.fixture
def con():
    with duckdb.connect() as con:
        for statement in create_statements(store_tables()):
            is_input = "core.offence_record" in statement or "reference." in statement
            con.execute(statement.replace(" NOT NULL", "") if is_input else statement)
        con.execute("INSERT INTO reference.offence_group (offence_group) VALUES ('burglary')")
        yield con


def load(con, home):
    tables = geography_tables(home, made.FORCES)
    for name in ("lsoa", "area"):
        con.register("facts", tables[name])
        con.execute(f"INSERT INTO reference.{name} BY NAME FROM facts")


def fill(con, *groups):
    con.register("rows", offences(*groups))
    con.execute("INSERT INTO core.offence_record BY NAME FROM rows")
    with places(con):
        fill_hotspots(con, NIGHT, every_unit(con))


def counted(con, unit, force="alpha"):
    """Offences by area."""
    return dict(con.execute(
        "SELECT area, n_12m FROM mart.hotspot WHERE unit = $unit AND force = $force "
        "AND offence_group = 'burglary' AND measure = 'offences'", {"unit": unit, "force": force},
    ).fetchall())  # fmt: skip


def told(con, unit, columns, force="alpha"):
    [row] = con.execute(
        f"SELECT {columns} FROM mart.hotspot_unit WHERE unit = $unit AND force = $force",
        {"unit": unit, "force": force},
    ).fetchall()
    return row


def test_an_lsoa_is_the_records_own_else_the_one_that_holds_the_point(con, home):
    made.load_all(home)
    load(con, home)
    fill(con, ("alpha", made.lsoa(0, 0), (1, 1), 3), ("alpha", None, (1, 3), 4),
         ("alpha", None, None, 2))  # fmt: skip
    assert counted(con, "lsoa") == {made.lsoa(0, 0): 3, made.lsoa(1, 3): 4}
    assert counted(con, "ward") == {made.ward(0): 3, made.ward(3): 4}
    assert counted(con, "local_area") == {"E22000072": 7}
    assert counted(con, "force") == {"alpha": 9}
    assert told(con, "lsoa", "offences, placed, elsewhere, unknown_area, areas, reason") == (
        9, 7, 0, 0, 8, None,
    )  # fmt: skip


def test_a_code_that_nothing_loaded_knows_counts_under_itself_and_is_told(con, home):
    made.load_all(home)
    load(con, home)
    fill(con, ("alpha", "E01099999", None, 3), ("alpha", "E01099998", (0, 1), 4),
         ("alpha", "95AA01S1", None, 1))  # fmt: skip
    assert counted(con, "lsoa") == {"E01099999": 3, made.lsoa(0, 1): 4}
    assert told(con, "lsoa", "placed, unknown_area, without_km2") == (7, 3, 1)
    sizes = con.execute("SELECT area, per_km2, per_1000 FROM mart.hotspot WHERE unit = 'lsoa' "
                        "AND offence_group = 'burglary' ORDER BY area").fetchall()  # fmt: skip
    assert sizes == [(made.lsoa(0, 1), pytest.approx(4 / 0.728, rel=0.01), 4000 / 1100),
                     ("E01099999", None, None)]  # fmt: skip


def test_what_happened_in_the_area_of_another_force_is_left_out_and_told(con, home):
    made.load_all(home)
    load(con, home)
    fill(con, ("alpha", made.lsoa(0, 0), None, 3), ("alpha", made.lsoa(3, 0), None, 5),
         ("btp", made.lsoa(3, 0), None, 6))  # fmt: skip
    assert counted(con, "lsoa") == {made.lsoa(0, 0): 3}
    assert told(con, "lsoa", "placed, elsewhere") == (3, 5)
    assert told(con, "local_area", "placed, elsewhere") == (3, 5)
    # A force without an area of its own has all that it recorded.
    assert counted(con, "lsoa", "btp") == {made.lsoa(3, 0): 6}
    assert told(con, "lsoa", "placed, elsewhere, areas", "btp") == (6, 0, 1)


def test_a_force_whose_offences_are_all_elsewhere_has_no_rows(con, home):
    made.load_all(home)
    load(con, home)
    fill(con, ("alpha", made.lsoa(3, 0), None, 5))
    assert counted(con, "lsoa") == {}
    placed, elsewhere, reason = told(con, "lsoa", "placed, elsewhere, reason")
    assert (placed, elsewhere) == (0, 5)
    assert "of the force" in reason


def test_without_geography_an_lsoa_is_what_records_name_and_there_are_no_wards(con):
    fill(con, ("alpha", made.lsoa(0, 0), (0, 0), 3), ("alpha", None, (0, 0), 4))
    assert counted(con, "lsoa") == {made.lsoa(0, 0): 3}
    assert told(con, "lsoa", "placed, unknown_area, areas, without_km2") == (3, None, 1, 1)
    for unit in ("ward", "local_area"):
        placed, areas, reason = told(con, unit, "placed, areas, reason")
        assert (placed, areas) == (0, 0)
        assert reason.startswith("no loaded")
    assert con.execute("SELECT DISTINCT local_area, rank_in_local_area FROM mart.hotspot "
                       "WHERE unit <> 'force'").fetchall() == [(None, None)]  # fmt: skip


def test_every_force_is_told_of_every_unit(con):
    fill(con, ("alpha", None, None, 1), ("beta", None, (0, 0), 1))
    rows = con.execute("SELECT force, count(*), count(reason) FROM mart.hotspot_unit GROUP BY 1 "
                       "ORDER BY 1").fetchall()  # fmt: skip
    assert rows == [("alpha", 10, 9), ("beta", 10, 9)]


def test_a_ward_is_the_one_drawn_around_the_point_before_that_of_the_look_up(con, home):
    made.load_all(home)
    made.draw_wards(home)
    load(con, home)
    fill(con, ("alpha", made.lsoa(0, 0), (0, 3), 3), ("beta", made.lsoa(3, 1), (3, 1), 2))
    assert counted(con, "ward") == {"E05900001": 3}
    assert counted(con, "ward", "beta") == {made.ward(1, made.RIGHT[0]): 2}


def test_cells_rank_among_those_of_their_local_area(con, home):
    made.load_all(home)
    load(con, home)
    con.execute("UPDATE reference.area SET local_area = 'E06000009' WHERE unit = 'lsoa' "
                f"AND area IN ('{made.lsoa(1, 0)}', '{made.lsoa(1, 1)}')")  # fmt: skip
    many = {(0, 0): 48, (0, 1): 24, (1, 0): 36, (1, 1): 12}
    fill(con, *(("alpha", made.lsoa(*place), place, n) for place, n in many.items()))
    ranks = con.execute(
        "SELECT area, local_area, rank_in_local_area, rank_in_force FROM mart.hotspot "
        "WHERE unit = 'lsoa' AND offence_group = 'burglary' ORDER BY rank_in_force"
    ).fetchall()
    assert ranks == [
        (made.lsoa(0, 0), "E22000072", 1, 1), (made.lsoa(1, 0), "E06000009", 1, 2),
        (made.lsoa(0, 1), "E22000072", 2, 3), (made.lsoa(1, 1), "E06000009", 2, 4),
    ]  # fmt: skip


def test_a_square_is_of_the_local_area_in_which_most_of_its_offences_are(con, home):
    made.load_all(home)
    load(con, home)
    con.register("rows", offences(("alpha", made.lsoa(0, 0), None, 3),
                                  ("alpha", made.lsoa(3, 0), None, 5))
                 .with_columns(bng_250m=pl.lit("E400000N500000")))  # fmt: skip
    con.execute("INSERT INTO core.offence_record BY NAME FROM rows")
    with places(con):
        fill_hotspots(con, NIGHT, every_unit(con))
    rows = con.execute("SELECT DISTINCT local_area, rank_in_local_area, n_12m FROM mart.hotspot "
                       "WHERE unit = 'bng_250m' AND measure = 'offences'").fetchall()  # fmt: skip
    assert rows == [("E06000002", 1, 8)]


def neighbours(con, unit, cells, reach=1):
    [areal] = [each for each in read_areals(con) if each.name == unit]
    frame = areal.near(pl.Series(cells), reach)
    pairs = [(cells[row], near) for row, near in frame.select("row", "near").iter_rows()]
    assert len(pairs) == len(set(pairs))
    return {cell: {near for one, near in pairs if one == cell} - {cell} for cell in cells}


def all_lsoas():
    return [made.lsoa(*place) for place in made.places()]


def queens(column, row, reach=1):
    return {made.lsoa(c, r) for c, r in made.places()
            if 0 < max(abs(c - column), abs(r - row)) <= reach}  # fmt: skip


@pytest.mark.parametrize("reach", [1, 2])
def test_areas_that_touch_are_neighbours(con, home, reach):
    made.load_all(home)
    load(con, home)
    found = neighbours(con, "lsoa", all_lsoas(), reach)
    assert found == {made.lsoa(*place): queens(*place, reach) for place in made.places()}


def test_local_areas_touch_where_their_lsoas_do(con, home):
    made.load_all(home)
    load(con, home)
    assert neighbours(con, "local_area", ["E22000072", "E06000002"]) == {
        "E22000072": {"E06000002"}, "E06000002": {"E22000072"},
    }  # fmt: skip


def test_what_has_no_boundary_lies_by_the_nearest_centres_and_they_by_it(con, home):
    made.load_all(home)
    hidden = made.lsoa(0, 0)
    made.give(home, LSOA_AREAS[1], made.boundaries(without=(hidden,)))
    load(con, home)
    found = neighbours(con, "lsoa", all_lsoas())
    assert len(found[hidden]) == 6
    assert {made.lsoa(1, 0), made.lsoa(0, 1), made.lsoa(1, 1)} < found[hidden]
    assert all(hidden in found[other] for other in found[hidden])
    assert found[made.lsoa(3, 3)] == queens(3, 3)


def test_what_has_neither_boundary_nor_centre_is_drawn_towards_the_whole_force(con, home):
    made.load_all(home)
    made.give(home, LSOA_AREAS[1], [])
    made.give(home, LSOA_CENTRES[1], [])
    load(con, home)
    assert set(map(len, neighbours(con, "lsoa", all_lsoas()).values())) == {0}
    fill(con, ("btp", made.lsoa(0, 0), None, 40), ("btp", made.lsoa(1, 0), None, 1),
         ("btp", made.lsoa(2, 0), None, 1), ("btp", made.lsoa(3, 0), None, 2))  # fmt: skip
    rates = dict(
        con.execute(
            "SELECT area, eb_rate - ewma_rate FROM mart.hotspot "
            "WHERE unit = 'lsoa' AND offence_group = 'burglary'"
        ).fetchall()
    )
    assert rates[made.lsoa(0, 0)] < 0
    assert rates[made.lsoa(1, 0)] > 0


def test_lsoas_of_the_census_that_records_use_make_the_study_area(con, home):
    made.load_all(home)
    old = [made.boundaries()[0] | {"lsoa_code": f"E0109999{n}"} for n in range(3)]
    made.give(home, LSOA_AREAS[0], [*old, *made.boundaries()[3:]])
    load(con, home)
    fill(con, ("alpha", "E01099990", None, 3), ("beta", made.lsoa(2, 0), None, 3))
    assert told(con, "lsoa", "areas") == (3 + 6,)
    assert told(con, "lsoa", "areas", "beta") == (8,)


def test_neither_forces_nor_local_areas_are_tested_for_being_hot(con, home):
    made.load_all(home)
    load(con, home)
    fill(con, ("alpha", made.lsoa(0, 0), None, 24), ("beta", made.lsoa(3, 3), None, 12))
    rows = con.execute(
        "SELECT unit, force, rank_in_nation, class, q_hot, gi_z, eb_rate = ewma_rate "
        "FROM mart.hotspot WHERE unit IN ('force', 'local_area') AND offence_group = 'burglary' "
        "ORDER BY ALL"
    ).fetchall()
    assert rows == [
        (unit, force, rank, None, None, None, True)
        for unit in ("force", "local_area")
        for rank, force in ((1, "alpha"), (2, "beta"))
    ]


def test_the_rates_of_forces(con, home):
    made.load_all(home)
    load(con, home)
    fill(con, ("alpha", made.lsoa(0, 0), None, 24), ("beta", None, None, 3))
    rows = con.execute(
        "SELECT area, n_12m, per_1000, per_km2, ewma_rate, eb_low < eb_rate AND eb_rate < eb_high, "
        "suppressed, month, months_looked_at FROM mart.hotspot "
        "WHERE unit = 'force' AND offence_group = 'burglary' ORDER BY area"
    ).fetchall()
    assert rows == [
        ("alpha", 24, 24_000 / 9200, pytest.approx(24 / (8 * 0.728), rel=0.01), pytest.approx(2),
         True, False, date(2026, 2, 1), 12),
        # Its own last month was May.
        ("beta", 3, 3000 / 9200, pytest.approx(3 / (8 * 0.728), rel=0.01), pytest.approx(1),
         True, True, date(2025, 5, 1), 3),
    ]  # fmt: skip


def test_a_force_that_rises_against_the_others(con):
    con.register("rows", pl.concat([
        offences(("alpha", None, None, 120), ("beta", None, None, 120)),
        offences(("alpha", None, None, 240)).filter(pl.col("occurred_on") > date(2025, 11, 30)),
    ]))  # fmt: skip
    con.execute("INSERT INTO core.offence_record BY NAME FROM rows")
    with places(con):
        fill_hotspots(con, NIGHT, every_unit(con))
    found = con.execute("SELECT area, trend_ratio > 1, trend_p < 0.05 FROM mart.hotspot "
                        "WHERE unit = 'force' AND offence_group = 'burglary' ORDER BY 1"
                        ).fetchall()  # fmt: skip
    assert found == [("alpha", True, True), ("beta", False, True)]
