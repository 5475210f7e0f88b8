"""The Metropolitan's table of facial recognition deployments, from the delivery to the state."""

import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from console.take_in import link_all
from forces.declaration import load_declarations
from quality.check import check
from tests.checked_store import check_store
from transforms.collect import collect
from transforms.planning import plan_night
from transforms.standardise import standardise
from warehouse.build import build
from warehouse.home import Home
from warehouse.load import load
from warehouse.publish import publish
from warehouse.state import reader

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "met_lfr" / "2025-04-30"
FORCE = "metropolitan"
DECLARED = {FORCE: load_declarations()[FORCE]}


def take_in(home: Home, deliveries: Path, night: date, table: Path | str) -> Path:
    """Deliver the table, run its night as far as the load, and give what the check wrote."""
    folder = deliveries / FORCE / night.isoformat()
    folder.mkdir(parents=True)
    if isinstance(table, Path):
        shutil.copyfile(table, folder / "lfr.csv")
    else:
        (folder / "lfr.csv").write_text(table, encoding="utf-8")
    plan_night(home, deliveries, night, DECLARED)
    collect(home, night, FORCE)
    [batch_id] = standardise(home, night, FORCE, DECLARED)
    check(home, night, DECLARED)
    load(home, night, DECLARED)
    return home.checked(batch_id)


def close(home: Home, night: date) -> None:
    """Publish what is stored, so that a next night can come."""
    link_all(home, night)
    build(home, night, DECLARED)
    check_store(home, night)
    publish(home, night)


def ask(home: Home, query: str) -> list[tuple]:
    with reader(home) as con:
        return con.execute(query).fetchall()


BALANCE = (
    "SELECT received, stored, unchanged, quarantined, deleted, closed FROM quality.reconciliation "
    "WHERE table_name = 'lfr_deployment' ORDER BY night"
)


def test_a_table_delivered_again_changes_what_differs_and_closes_what_is_gone(tmp_path):
    home, deliveries = Home.of(tmp_path / "home"), tmp_path / "in"
    lines = (GOLDEN / "deployments.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    take_in(home, deliveries, date(2025, 4, 30), "".join(lines))
    close(home, date(2025, 4, 30))
    lines[8] = lines[8].replace("five hours", "05:00:00")
    del lines[6]
    take_in(home, deliveries, date(2025, 5, 31), "".join(lines))
    close(home, date(2025, 5, 31))
    # Without the date above it, the year of the third row can no longer be told: which row that is
    # is not known, so what is held stays, and nothing is closed.
    del lines[2]
    take_in(home, deliveries, date(2025, 6, 30), "".join(lines))
    assert ask(home, BALANCE) == [(12, 9, 0, 3, 0, 0), (11, 1, 8, 2, 0, 1), (10, 0, 7, 3, 0, 0)]


# What stands in the real table, counted by hand and by another program beside.
TOKENS = {
    "total_alerts": 20, "true_alerts_confirmed": 21, "true_alerts_unconfirmed": 230,
    "false_alerts_confirmed": 219, "false_alerts_unconfirmed": 251, "faces_seen": 1,
    "arrests": 36, "other_disposals": 9, "no_action": 43, "Cumulative faces seen": 1,
}  # fmt: skip
ZEROS = {
    "total_alerts": 17, "true_alerts_confirmed": 18, "true_alerts_unconfirmed": 229,
    "false_alerts_confirmed": 216, "false_alerts_unconfirmed": 246,
}  # fmt: skip
FOUND = {
    ("deployed_on", "date_day_month_swapped"): (100, "mended"),
    ("deployed_on", "misfiled_year"): (1, "mended"),
    (None, "totals_row"): (2, "quarantined"),
    (None, "spreadsheet_error"): (18, "counted"),
    (None, "same_day_and_place"): (11, "counted"),
    ("watchlist_size", "watchlists_differ_on_a_day"): (36, "counted"),
    ("ward_name", "ward_name_spelled_in_several_ways"): (1, "counted"),
    ("total_alerts", "alerts_differ_from_total"): (3, "counted"),
    ("total_alerts", "outcomes_exceed_alerts"): (3, "counted"),
    ("total_alerts", "outcomes_without_alerts"): (1, "counted"),
    **{(column, "missing_token"): (count, "mended") for column, count in TOKENS.items()},
    **{(column, "zero_not_written"): (count, "mended") for column, count in ZEROS.items()},
}
# The sums that the table's own totals row gives.
TOTALS = {
    "watchlist_size": 3_556_438, "total_alerts": 1_810, "true_alerts_confirmed": 1_746,
    "true_alerts_unconfirmed": 24, "false_alerts_confirmed": 43, "false_alerts_unconfirmed": 0,
    "faces_seen": 1_982_946, "arrests": 804, "no_action": 902,
}  # fmt: skip


@pytest.mark.shared_data
def test_the_real_tables_traps_are_found_and_its_deployments_stored(shared_data, tmp_path):
    home, source = Home.of(tmp_path / "home"), shared_data / "lfr"
    [table] = sorted(source.glob("met_lfr_deployments_*.csv"))
    checked = take_in(home, tmp_path / "in", date(2025, 3, 31), table)
    results = pl.read_parquet(checked / "check_result.parquet").filter(
        (pl.col("failed") > 0) & (pl.col("rule") != "extra_column")
    )
    found = results.select("column_name", "rule", "failed", "action").rows()
    assert {(column, rule): (failed, action) for column, rule, failed, action in found} == FOUND
    kept_out = pl.read_parquet(checked / "quarantine.parquet").select("source_row", "rule").rows()
    assert kept_out == [(253, "totals_row"), (254, "totals_row")]
    assert ask(home, BALANCE) == [(254, 252, 0, 2, 0, 0)]

    frame = pl.read_csv(table, infer_schema=False).head(252)
    stored = pl.read_parquet(checked / "lfr_deployment.parquet").sort("source_row")
    assert stored.select(TOTALS.keys()).sum().row(0, named=True) == TOTALS
    assert stored["deployed_on"].is_sorted()
    day_of_iso = frame["Date"].str.extract(r"^\d{4}-\d\d-(\d\d)T").cast(pl.Int8)
    is_iso = day_of_iso.is_not_null()
    # Of the form that was turned, the day that stands is the month that was written.
    assert (
        stored.filter(is_iso)["deployed_on"].dt.month().to_list()
        == day_of_iso.drop_nulls().to_list()
    )
    assert is_iso.sum() == 100
    misfiled = stored.filter(frame["Year"].cast(pl.Int32) != stored["deployed_on"].dt.year())
    assert misfiled.select("source_row", "deployed_on").rows() == [(4, date(2022, 1, 28))]
