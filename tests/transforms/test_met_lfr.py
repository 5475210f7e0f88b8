"""The LFR table: a golden sample, what its dates are taken to be, and where nothing is mended."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from forces.declaration import load_declarations
from tests.transforms.round_trip import assert_golden, findings, quarantine, stage_folder, table
from transforms.collect import collect
from transforms.mapping import Delivery
from transforms.planning import plan_night
from transforms.standardise import standardise
from transforms.systems.met_lfr import SYSTEM
from transforms.systems.met_lfr_dates import add_dates
from transforms.systems.met_lfr_files import FILE
from warehouse.batch import Batch
from warehouse.errors import DeliveryError
from warehouse.home import Home

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "met_lfr"
DAY = date(2025, 4, 30)
DECLARED = {"metropolitan": load_declarations()["metropolitan"]}
NAMES = (*FILE.required, *FILE.optional)
# Dates that a spreadsheet of another locale has turned: 8 January, 5 March and 9 April 2024.
TURNED = ["2024-08-01T00:00:00", "15/01/2024", "2024-05-03T00:00:00", "25/03/2024",
          "2024-09-04T00:00:00"]  # fmt: skip


def read(dates: list[str | None], years: list[str | None] | None = None) -> pl.DataFrame:
    """What the dates of a table in that order are taken to be."""
    known = years or [None if text is None else "2024" for text in dates]
    frame = pl.DataFrame(
        {"Year": known, "Date": dates, "Deployment": ["High St"] * len(dates)},
        schema=dict.fromkeys(("Year", "Date", "Deployment"), pl.String),
    )
    return add_dates(frame, DAY)


def days(dates: list[str | None], years: list[str | None] | None = None) -> list[tuple]:
    return read(dates, years).select("deployed on", "date reading").rows()


def row(**values: str) -> str:
    """A line of the table, sound but for what is given (spaces for underscores)."""
    usual = {"Year": "2024", "Date": "15/01/2024", "Watchlist size": "1000", "Total Alerts": "2",
             "True Alerts Confirmed": "2", "Faces seen": "100", "Arrests": "1", "No Action": "1",
             "Deployment": "High St"}  # fmt: skip
    given = usual | {name.replace("_", " "): value for name, value in values.items()}
    return ",".join(given.get(name, "") for name in NAMES)


def stage(folder: Path, *rows: str):
    folder.mkdir(exist_ok=True)
    (folder / "t.csv").write_text("\n".join([",".join(NAMES), *rows, ""]), encoding="utf-8")
    return stage_folder(SYSTEM, folder, DECLARED, DAY)


def met(staged) -> dict[tuple[str | None, str], int]:
    rows = findings(staged).select("column_name", "rule", "failed").rows()
    return {(column, rule): int(failed) for column, rule, failed in rows}


def test_the_golden_table_becomes_the_golden_rows():
    assert_golden(stage_folder(SYSTEM, GOLDEN / "2025-04-30", DECLARED, DAY), GOLDEN / "expected")


def test_each_row_read_is_stored_or_in_quarantine_totals_rows_too():
    staged = stage_folder(SYSTEM, GOLDEN / "2025-04-30", DECLARED, DAY)
    assert staged["metropolitan"].batch.received == {"lfr_deployment": 12}
    assert staged["metropolitan"].batch.covers == {"lfr_deployment": None}
    assert table(staged, "lfr_deployment").height == 9
    assert quarantine(staged)["source_row"].to_list() == [8, 11, 12]


def test_the_split_of_forms_and_the_order_prove_the_swap():
    assert days(TURNED) == [
        ("2024-01-08", "swapped back"),
        ("2024-01-15", "as written"),
        ("2024-03-05", "swapped back"),
        ("2024-03-25", "as written"),
        ("2024-04-09", "swapped back"),
    ]


@pytest.mark.parametrize("spoiler", ["2024-03-28T00:00:00", "05/04/2024"])
def test_one_date_against_the_split_and_none_is_swapped(spoiler):
    found = days([*TURNED, spoiler])
    assert "swapped back" not in [reading for _, reading in found]
    # As written 1 August cannot stand before 15 January, and 8 January can: nobody can tell.
    assert found[0] == ("2024-08-01", "unclear")
    # 4 September can stand at the end, so it is taken for what ISO says.
    assert found[4] == ("2024-09-04", "as written")


def test_without_a_date_that_is_out_of_order_as_written_none_is_swapped():
    assert days(["2024-01-08", "15/01/2024", "2024-03-05", "25/03/2024"]) == [
        ("2024-01-08", "as written"),
        ("2024-01-15", "as written"),
        ("2024-03-05", "as written"),
        ("2024-03-25", "as written"),
    ]


def test_iso_dates_alone_are_taken_as_written():
    assert [reading for _, reading in days(["2024-08-01", "2024-02-05"])] == ["as written"] * 2


def test_in_a_turned_file_a_date_that_fits_only_as_written_is_unclear():
    found = days([*TURNED[:3], "2024-02-10", *TURNED[3:]])
    assert found[3] == ("2024-02-10", "unclear")
    assert [reading for _, reading in found].count("swapped back") == 3


def test_a_date_that_would_be_after_the_delivery_is_not_swapped():
    found = days([*TURNED, "2025-06-05"], ["2024"] * 5 + ["2025"])
    assert found[5] == ("2025-06-05", "unclear")
    assert days([*TURNED, "2025-01-04"], ["2024"] * 5 + ["2025"])[5] == (
        "2025-04-01", "swapped back",
    )  # fmt: skip


def test_a_date_of_another_year_than_its_row_is_not_swapped():
    found = days(TURNED, ["2024", "2024", "2023", "2024", "2024"])
    assert found[2] == ("2024-05-03", "unclear")


def test_the_year_is_wrong_where_only_the_date_can_stand():
    dates = ["20/12/2023", "28/01/2024", "15/02/2024"]
    found = read(dates, ["2023", "2022", "2024"])
    assert found["year reading"].to_list() == ["as written", "misfiled", "as written"]
    assert found["deployed on"].to_list() == ["2023-12-20", "2024-01-28", "2024-02-15"]


@pytest.mark.parametrize(
    ("dates", "years"),
    [
        # Both could stand: the row may be of either year.
        (["20/12/2021", "28/01/2024", "15/02/2024"], ["2021", "2023", "2024"]),
        # Only the row's year could.
        (["20/12/2023", "28/01/2042", "15/02/2024"], ["2023", "2024", "2024"]),
        # Neither could.
        (["20/12/2023", "28/01/2042", "15/02/2024"], ["2023", "2019", "2024"]),
    ],
)
def test_a_year_that_cannot_be_told_is_unclear(dates, years):
    found = read(dates, years)
    assert found["year reading"].to_list() == ["as written", "unclear", "as written"]
    assert found["row key"].is_null().to_list() == [False, True, False]


def test_a_leap_day_under_a_year_that_has_none_is_the_dates_own():
    found = read(["20/02/2024", "29/02/2024", "15/03/2024"], ["2024", "2023", "2024"])
    assert found["year reading"][1] == "misfiled"


def test_unclear_dates_are_quarantined_and_never_stored(tmp_path):
    rows = [row(Date=text) for text in [*TURNED[:3], "2024-02-10", *TURNED[3:]]]
    staged = stage(tmp_path, *rows, row(Date="20/04/2042"))
    kept_out = quarantine(staged).filter(pl.col("column_name") == "deployed_on")
    assert kept_out.select("source_row", "rule").rows() == [
        (4, "date_day_month_unclear"),
        (7, "misfiled_year_unclear"),
    ]
    assert table(staged, "lfr_deployment")["source_row"].to_list() == [1, 2, 3, 5, 6]


def test_a_row_without_a_date_within_the_table_is_no_totals_row(tmp_path):
    staged = stage(tmp_path, row(), row(Year="", Date="", Deployment=""), row(Date="31/02/2024"))
    rules = quarantine(staged).select("source_row", "rule").rows()
    assert (2, "date_missing") in rules
    assert (3, "not_a_date") in rules
    assert "totals_row" not in [rule for _, rule in rules]


def test_totals_that_are_the_sums_are_no_difference(tmp_path):
    sums = {"Year": "", "Date": "", "Deployment": "", "Watchlist_size": "2000",
            "Total_Alerts": "4", "True_Alerts_Confirmed": "4", "Faces_seen": "200",
            "Arrests": "2", "No_Action": "2"}  # fmt: skip
    right = row(**sums)
    assert "totals_differ" not in [rule for _, rule in met(stage(tmp_path, row(), row(), right))]
    wrong = right.replace("2000", "2001")
    assert met(stage(tmp_path, row(), row(), wrong))["watchlist_size", "totals_differ"] == 1


def test_a_dash_is_zero_where_the_kinds_add_up_and_unknown_where_they_do_not(tmp_path):
    dashes = {"True_Alerts_Unconfirmed": "-", "False_Alerts_Confirmed": "-",
              "False_Alerts_Unconfirmed": ""}  # fmt: skip
    staged = stage(
        tmp_path,
        row(**dashes),
        row(**dashes | {"True_Alerts_Confirmed": "1"}),
        row(**dashes | {"True_Alerts_Confirmed": "3"}),
    )
    found = table(staged, "lfr_deployment")
    assert found["true_alerts_unconfirmed"].to_list() == [0, None, None]
    assert found["false_alerts_unconfirmed"].to_list() == [0, None, None]
    assert found["true_alerts"].to_list() == [2, None, None]
    assert met(staged)["true_alerts_unconfirmed", "missing_token"] == 3
    assert met(staged)["true_alerts_unconfirmed", "zero_not_written"] == 1


def test_a_division_by_zero_says_that_there_was_no_alert_unless_the_row_tells_of_some(tmp_path):
    nothing = {"Total_Alerts": "-", "True_Alerts_Confirmed": "-", "Arrests": "-",
               "No_Action": "-", "Our_False_Alert_rate": "#DIV/0!"}  # fmt: skip
    staged = stage(
        tmp_path,
        row(**nothing),
        row(**nothing | {"Our_False_Alert_rate": "0"}),
        row(**nothing | {"Our_False_Alert_rate": "#VALUE!"}),
        row(**nothing | {"No_Action": "3"}),
        row(**nothing | {"True_Alerts_Confirmed": "1"}),
    )
    found = table(staged, "lfr_deployment")
    assert found["total_alerts"].to_list() == [0, None, None, None, None]
    assert found["arrests"].null_count() == 5
    assert met(staged)[None, "spreadsheet_error"] == 4


def test_a_running_total_a_copy_and_an_order_that_do_not_hold_are_named(tmp_path):
    first, second = (row(Cumulative_faces_seen=total) for total in ("100", "250"))
    unseen = row(Cumulative_faces_seen="250", Faces_seen="0")
    staged = stage(tmp_path, first, second, second, unseen, unseen, row(Date="14/01/2024"))
    found = met(staged)
    assert found["faces_seen", "faces_not_cumulative"] == 2
    assert found[None, "repeated_row"] == 1
    assert found["deployed_on", "date_out_of_order"] == 1
    assert quarantine(staged).select("source_row", "rule").rows() == [(3, "repeated_row")]


@pytest.mark.parametrize(
    ("day", "threshold"),
    [("10/07/2024", "0.6"), ("24/07/2024", "0.62"), ("25/07/2024", "0.64"), ("25/07/2024", "")],
)
def test_the_published_threshold_of_a_day_is_no_difference(tmp_path, day, threshold):
    rule = ("threshold", "threshold_differs_from_published")
    assert rule not in met(stage(tmp_path, row(Date=day, Min_Threshold_setting=threshold)))
    other = "0.7" if threshold else "0.6"
    assert met(stage(tmp_path, row(Date=day, Min_Threshold_setting=other)))[rule] == 1


def test_durations_are_whole_minutes(tmp_path):
    staged = stage(tmp_path, *(row(Duration=text) for text in ("05:03:00", "0:45", "", "25:61")))
    assert table(staged, "lfr_deployment")["duration_minutes"].to_list() == [303, 45, None]
    assert quarantine(staged)["rule"].to_list() == ["not_a_duration"]


def deliver(folder: Path, **files: str) -> Delivery:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    names = tuple(f"{name}.csv" for name in files)
    return Delivery(folder, names, "metropolitan", DAY, tuple(DECLARED.values()))


def test_it_is_known_by_its_header_and_not_by_its_name(tmp_path):
    header = ",".join(NAMES)
    assert SYSTEM.fits(deliver(tmp_path, grid=f"\ufeff{header}\n"))
    assert not SYSTEM.fits(deliver(tmp_path, lfr_deployments="source_record_id,deployed_on\n"))
    assert not SYSTEM.fits(deliver(tmp_path, empty=""))


def test_a_table_of_missing_columns_two_tables_and_other_files_are_refused(tmp_path):
    header = ",".join(NAMES)
    cases = {
        "column_missing": {"a": header.replace("Arrests,", "") + "\n"},
        "file_twice": {"a": header + "\n", "b": header + "\n" + row() + "\n"},
        "unknown_file": {"a": header + "\n", "b": "x,y\n"},
    }
    for rule, files in cases.items():
        with pytest.raises(DeliveryError) as caught:
            SYSTEM.read(deliver(tmp_path, **files))
        assert caught.value.rule == rule


def test_the_metropolitan_may_deliver_it_in_place_of_its_own_system(tmp_path):
    home, folder = Home.of(tmp_path / "home"), tmp_path / "deliveries" / "metropolitan" / str(DAY)
    folder.mkdir(parents=True)
    text = (GOLDEN / str(DAY) / "deployments.csv").read_bytes()
    (folder / "any name.csv").write_bytes(text)
    plan_night(home, tmp_path / "deliveries", DAY, DECLARED)
    collect(home, DAY, "metropolitan")
    [batch_id] = standardise(home, DAY, "metropolitan", DECLARED)
    batch = Batch.read(home.staged(batch_id))
    assert (batch.source_system, batch.kind, batch.held_rule) == ("met_lfr", "full", None)
    assert batch.received == {"lfr_deployment": 12}
