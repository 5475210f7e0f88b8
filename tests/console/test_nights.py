"""What ``run`` says of deliveries that no night will take, and nights that it refuses at once."""

from datetime import date
from pathlib import Path

import pytest

from console.nights import run_nights
from forces.declaration import load_declarations
from transforms.collect import collect
from transforms.planning import plan_night
from warehouse.errors import NightError, UsageError
from warehouse.home import Home
from warehouse.night import close_night, write_handover

NIGHT = date(2026, 1, 5)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.of(tmp_path / "home")


def _said(home: Home, deliveries: Path, night: date | None = None) -> str:
    lines: list[str] = []
    run_nights(home, deliveries, night, None, 0, lines.append)
    return "\n".join(lines)


def test_a_delivery_changed_after_it_was_taken_is_told_when_the_run_ends(home, tmp_path):
    folder = tmp_path / "deliveries" / "durham" / str(NIGHT)
    folder.mkdir(parents=True)
    (folder / "a.csv").write_bytes(b"1")
    plan_night(home, tmp_path / "deliveries", NIGHT, load_declarations(None))
    collect(home, NIGHT, "durham")
    write_handover(home, NIGHT, "standardise", "durham", [])
    close_night(home, NIGHT, home.store / "1.duckdb")
    assert "changed" not in _said(home, tmp_path / "deliveries")
    (folder / "a.csv").write_bytes(b"2")
    said = _said(home, tmp_path / "deliveries")
    assert f"changed since it was taken: durham/{NIGHT}; send it under a new date" in said


def test_a_night_in_the_future_is_refused_before_anything_is_written(home, tmp_path):
    with pytest.raises(NightError, match="in the future"):
        _said(home, tmp_path, date(2199, 1, 1))
    assert not home.root.exists()


def test_a_folder_dated_in_the_future_is_no_night_to_run(home, tmp_path):
    (tmp_path / "deliveries" / "durham" / "2199-01-01").mkdir(parents=True)
    with pytest.raises(UsageError, match="no deliveries in"):
        _said(home, tmp_path / "deliveries")


@pytest.mark.parametrize("depth", ["", "durham", "unheard-of/2026-01-05"])
def test_a_folder_that_holds_no_delivery_is_refused_though_nights_are_closed(home, tmp_path, depth):
    close_night(home, NIGHT, home.store / "1.duckdb")
    deliveries = tmp_path / "deliveries"
    (deliveries / depth).mkdir(parents=True)
    with pytest.raises(UsageError, match="no deliveries in"):
        _said(home, deliveries)


@pytest.mark.parametrize(
    ("folder", "found"),
    [
        ("duram/2026-01-05", "duram (no force declares this deliverer; did you mean durham?)"),
        ("duram/5-1-2026", "duram (no force declares this deliverer; did you mean durham?)"),
        ("durham/05-01-2026", "durham/05-01-2026 (not a dated folder)"),
        ("durham/2199-01-01", "durham/2199-01-01 (dated in the future)"),
        ("2026-01-05/durham", "2026-01-05 (no force declares this deliverer)"),
        ("durham", "no such folder"),
    ],
)
def test_of_a_folder_without_deliveries_it_is_said_what_it_holds(home, tmp_path, folder, found):
    (tmp_path / "deliveries" / folder).mkdir(parents=True)
    with pytest.raises(UsageError) as refused:
        _said(home, tmp_path / "deliveries")
    assert str(refused.value).endswith(f"of a declared deliverer. Found: {found}")


def test_a_folder_one_level_too_deep_is_refused(home, tmp_path):
    close_night(home, NIGHT, home.store / "1.duckdb")
    delivery = tmp_path / "deliveries" / "durham" / "2026-01-05"
    delivery.mkdir(parents=True)
    (delivery / "person_record.csv").write_text("source_record_id\n")
    assert _said(home, tmp_path / "deliveries").startswith(
        "every night in the deliveries has been run: nothing to do"
    )
    with pytest.raises(UsageError, match="no deliveries in"):
        _said(home, tmp_path / "deliveries" / "durham")


def test_a_night_before_the_last_closed_one_is_refused_and_leaves_nothing(home, tmp_path):
    close_night(home, NIGHT, home.store / "1.duckdb")
    (tmp_path / "deliveries").mkdir()
    with pytest.raises(NightError, match="2026-01-05 is closed already"):
        _said(home, tmp_path / "deliveries", date(2026, 1, 3))
    assert not home.night(date(2026, 1, 3)).exists()
