from datetime import date

import duckdb
import pytest

from tests.warehouse.hotspots.made_store import NIGHT, RISING, STEADY
from warehouse.hotspots.every_unit import every_unit
from warehouse.hotspots.fill import fill_hotspots
from warehouse.hotspots.places import places
from warehouse.schema import create_statements, store_tables


def one(store, query):
    [row] = store.execute(query).fetchall()
    return row


def square(place):
    return f"E{400_000 + 250 * place[0]}N{500_000 + 250 * place[1]}"


def cell(place, measure="offences", group="burglary", force="alpha", unit="bng_250m"):
    return (
        f"FROM mart.hotspot WHERE force = '{force}' AND unit = '{unit}' AND measure = '{measure}' "
        f"AND offence_group = '{group}' AND area = '{square(place)}'"
    )


def test_counts_are_those_of_the_last_twelve_whole_months(store):
    held = one(
        store,
        "SELECT count(*) FROM core.offence_record WHERE force = 'alpha' AND bng_250m = "
        f"'{square(STEADY)}' AND offence_group = 'burglary' "
        "AND occurred_on BETWEEN '2025-03-01' AND '2026-02-28'",
    )
    found = one(store, f"SELECT n_12m, per_km2, month, run {cell(STEADY)}")
    assert found == (held[0], held[0] / 0.0625, date(2026, 2, 1), NIGHT)


def test_where_burglaries_gather_is_hot_and_ranks_first(store):
    rank, kind, low, rate, high, months, of, q, sure = one(
        store,
        "SELECT rank_in_force, class, eb_low, eb_rate, eb_high, months_hot, months_looked_at, "
        f"q_hot, p_above_3x {cell(STEADY)}",
    )
    assert rank <= 2
    assert kind == "persistent"
    assert low < rate < high
    assert 4 < rate < 8
    assert of == 36
    assert months >= 18
    assert q < 1e-6
    assert sure > 0.999


def test_what_rose_of_late_emerges(store):
    kind, ratio, p, label = one(
        store, f"SELECT class, trend_ratio, trend_p, esri_label {cell(RISING)}"
    )
    assert kind == "emerging"
    assert ratio > 2
    assert p < 0.001
    assert label.endswith("hot spot")


def test_few_other_places_are_called_hot(store):
    [(hot,)] = store.execute(
        "SELECT count(*) FROM mart.hotspot WHERE unit = 'bng_250m' AND force = 'alpha' "
        "AND offence_group = 'drugs' AND class <> 'none'"
    ).fetchall()
    assert hot == 0


def test_harm_is_that_of_the_index_and_drugs_have_none(store):
    days, offences_there = (
        one(store, f"SELECT n_12m {cell(STEADY, measure)}")[0]
        for measure in ("harm_days", "offences")
    )
    assert days == pytest.approx(200 * offences_there)
    assert not store.execute(
        "FROM mart.hotspot WHERE offence_group = 'drugs' AND measure = 'harm_days'"
    ).fetchall()


def test_rates_of_harm_of_one_kind_of_offence_are_the_rates_of_offences_in_days(store):
    names = "eb_rate, eb_low, eb_high, ewma_rate, trend_p, p_hot, p_above_3x"
    harm = one(store, f"SELECT {names} {cell(RISING, 'harm_days')}")
    counted = one(store, f"SELECT {names} {cell(RISING)}")
    assert harm[:4] == pytest.approx([200 * each for each in counted[:4]])
    assert harm[4:] == pytest.approx(counted[4:])


def test_the_next_month_is_told_in_offences_with_an_interval_wider_than_the_rates(store):
    expected, rate, low, high, eb_low, eb_high = one(
        store,
        "SELECT next_month_expected, eb_rate, next_month_low, next_month_high, eb_low, eb_high "
        f"{cell(STEADY)}",
    )
    assert expected == rate
    assert low < eb_low < rate < eb_high < high
    assert 0 < low < 4
    assert 8 < high < 14
    no_end = store.execute(
        "SELECT DISTINCT measure, unit FROM mart.hotspot WHERE next_month_low IS NULL "
        "OR next_month_high IS NULL ORDER BY ALL"
    ).fetchall()
    assert [(measure, unit) for measure, unit in no_end if measure == "offences"] == [
        ("offences", "force"),
        ("offences", "local_area"),
    ]
    assert store.execute(
        "SELECT count(*) FROM mart.hotspot WHERE measure = 'harm_days' "
        "AND (next_month_high IS NOT NULL OR next_month_expected <> eb_rate)"
    ).fetchall() == [(0,)]


def test_all_crime_adds_the_groups_up(store):
    parts = store.execute(
        "SELECT offence_group, sum(n_12m) FROM mart.hotspot WHERE unit = 'h3_r8' "
        "AND force = 'alpha' AND measure = 'offences' GROUP BY 1"
    ).fetchall()
    by_group = dict(parts)
    assert by_group["all-crime"] == by_group["burglary"] + by_group["drugs"]


def test_snapped_offences_are_in_coarse_cells_alone_with_the_share_of_one_point(store):
    units = store.execute("SELECT DISTINCT unit FROM mart.hotspot WHERE force = 'beta' ORDER BY 1")
    assert units.fetchall() == [
        (unit,) for unit in ("bng_500m", "force", "h3_r8", "local_area", "lsoa")
    ]
    [(least, most)] = store.execute(
        "SELECT min(snap_share), max(snap_share) FROM mart.hotspot "
        "WHERE force = 'beta' AND n_12m > 0"
    ).fetchall()
    assert 0 < least <= most <= 1
    assert store.execute(
        "SELECT DISTINCT unit FROM mart.hotspot WHERE force = 'alpha' AND snap_share IS NULL"
    ).fetchall()
    corner = f"E{400_000 + 250 * STEADY[0]}N{500_000 + 250 * STEADY[1]}"
    [(share,)] = store.execute(
        "SELECT snap_share FROM mart.hotspot WHERE force = 'beta' AND unit = 'bng_500m' "
        f"AND area = '{corner}' AND offence_group = 'burglary' AND measure = 'offences'"
    ).fetchall()
    assert share > 0.9


def test_cells_rank_in_their_local_area_by_what_ranks_them(store):
    rows = store.execute(
        "SELECT local_area, rank_in_local_area, rank() OVER (PARTITION BY force, offence_group, "
        "measure, local_area ORDER BY rank_in_force) FROM mart.hotspot WHERE unit = 'bng_250m'"
    ).fetchall()
    assert {area for area, _, _ in rows} == {None, "E22000365"}
    assert [found for area, found, _ in rows if area] == [rank for area, _, rank in rows if area]
    assert {found for area, found, _ in rows if not area} == {None}


def test_few_offences_are_suppressed(store):
    assert not store.execute(
        "FROM mart.hotspot AS h JOIN mart.hotspot AS n USING (unit, area, force, offence_group) "
        "WHERE n.measure = 'offences' AND h.suppressed <> (n.n_12m < 5)"
    ).fetchall()


def test_every_method_is_tested_on_the_last_six_months(store):
    rows = store.execute(
        "SELECT method, count(DISTINCT origin), min(origin), max(origin), count(*) "
        "FROM mart.hotspot_backtest WHERE force = 'alpha' AND unit = 'bng_250m' "
        "AND offence_group = 'burglary' GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert rows == [
        (method, 6, date(2025, 9, 1), date(2026, 2, 1), 18)
        for method in ("count_12m", "eb", "gi_star", "kde")
    ]


def test_what_ranks_worse_than_the_count_stands_down(store):
    wrong = store.execute(
        "SELECT g.ranked_by, h.ranked_by, pei_eb, pei_count FROM mart.hotspot_gate AS g "
        "JOIN mart.hotspot AS h USING (force, unit, offence_group) "
        "WHERE h.ranked_by <> g.ranked_by OR (g.ranked_by = 'count_12m') <> (pei_eb < pei_count)"
    ).fetchall()
    assert wrong == []
    assert {row[0] for row in store.execute("SELECT months FROM mart.hotspot_gate").fetchall()} == {
        6
    }


def test_ranks_are_by_what_ranks(store):
    for method, column in (("eb", "eb_rate"), ("count_12m", "n_12m")):
        assert not store.execute(
            "SELECT * FROM mart.hotspot AS a JOIN mart.hotspot AS b "
            "USING (unit, force, offence_group, measure) "
            f"WHERE a.ranked_by = '{method}' AND a.{column} > b.{column} + 1e-9 "
            "AND a.rank_in_force > b.rank_in_force"
        ).fetchall()


def test_the_same_store_gives_the_same_rows(store):
    tables = ("hotspot", "hotspot_backtest", "hotspot_gate", "hotspot_unit")
    before = [store.execute(f"FROM mart.{table}").fetchall() for table in tables]
    for table in tables:
        store.execute(f"DELETE FROM mart.{table}")
    with places(store):
        fill_hotspots(store, NIGHT, every_unit(store))
    assert [store.execute(f"FROM mart.{table}").fetchall() for table in tables] == before


@pytest.mark.parametrize(
    ("cell", "rows"), [("881973b361fffff", 4), ("h1", 0), ("891973b3603ffff", 0)]
)
def test_one_offence_is_described_and_what_is_no_cell_is_left_out(cell, rows):
    with duckdb.connect() as con:
        for statement in create_statements(store_tables()):
            con.execute(statement.replace(" NOT NULL", "") if "core." in statement else statement)
        con.execute(
            "INSERT INTO reference.offence_group VALUES ('burglary', 'Burglary', 200, false)"
        )
        con.execute(
            "INSERT INTO core.offence_record (force, offence_group, is_notifiable, occurred_on, "
            "location_precision, longitude, latitude, h3_r8) VALUES "
            "('alpha', 'burglary', true, '2026-01-03', 'exact', -1.28, 55.44, $cell)",
            {"cell": cell},
        )
        with places(con):
            fill_hotspots(con, NIGHT, every_unit(con))
        found = con.execute(
            "SELECT months_looked_at, class FROM mart.hotspot WHERE unit = 'h3_r8'"
        ).fetchall()
        assert found == [(1, "none")] * rows
        months = con.execute(
            "SELECT months, ranked_by FROM mart.hotspot_gate WHERE unit = 'h3_r8'"
        ).fetchall()
        assert months == [(0, "eb")] * (rows // 2)


def test_a_mistyped_date_of_long_ago_adds_no_months_of_nothing(store):
    names = ", ".join(
        name for name, *_ in store.execute("DESCRIBE mart.hotspot").fetchall() if name != "run"
    )
    tables = ("hotspot", "hotspot_backtest", "hotspot_gate", "hotspot_unit")
    before = store.execute(f"SELECT {names} FROM mart.hotspot").fetchall()
    store.execute(
        "INSERT INTO core.offence_record BY NAME SELECT * REPLACE (DATE '1900-01-01' AS "
        "occurred_on) FROM core.offence_record WHERE force = 'alpha' LIMIT 1"
    )
    for table in tables:
        store.execute(f"DELETE FROM mart.{table}")
    with places(store):
        fill_hotspots(store, NIGHT, every_unit(store))
    assert store.execute(f"SELECT {names} FROM mart.hotspot").fetchall() == before


def test_a_store_without_offences_has_no_hotspots():
    with duckdb.connect() as con:
        for statement in create_statements(store_tables()):
            con.execute(statement)
        with places(con):
            fill_hotspots(con, NIGHT, every_unit(con))
        assert con.execute("SELECT count(*) FROM mart.hotspot").fetchall() == [(0,)]
