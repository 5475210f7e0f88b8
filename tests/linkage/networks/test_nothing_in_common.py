"""What associates nobody though two persons have it in common."""

from pathlib import Path

import pytest

from tests.linkage.networks.made_state import FIRST, ask, offences, resolve, store, utc, work_out
from warehouse.home import Home
from warehouse.state import writer

ANN, BEN = "p1", "p2"
HOME = {"address": "12 HIGH STREET", "postcode": "NE1 1AA", "locality": "TOWN"}


def of_both(**row: object) -> list[dict]:
    return [{"source_record_id": p, "record_key": f"{p}#1", **row} for p in (ANN, BEN)]


def suspects() -> list[dict]:
    return [{"source_record_id": "e1", "record_key": f"e1#{p}", "event_type": "offence_record",
             "person_source_record_id": p, "role": "suspect"} for p in (ANN, BEN)]  # fmt: skip


def associated(folder: Path, **rows: list[dict]) -> list[tuple]:
    """Kinds of associations between two persons of whom the state holds these rows."""
    home = Home.of(folder / "home")
    people = [{"source_record_id": p, "recorded_at": utc(2025, 1, 1), "sex": "U"}
              for p in (ANN, BEN)]  # fmt: skip
    with writer(home, "test") as con:
        store(con, FIRST, person_record=people, **rows)
        resolve(con, FIRST, {ANN: "P-1", BEN: "P-2"})
        offences(con, FIRST, {row["source_record_id"]: "O-1"
                              for row in rows.get("offence_record", [])})  # fmt: skip
    work_out(home, FIRST)
    return ask(home, "SELECT kind FROM link.association")


@pytest.mark.parametrize(("status", "ties"), [("open", 1), (None, 1), ("cancelled", 0)])
def test_suspects_of_a_cancelled_crime_are_not_associated(tmp_path, status, ties):
    crime = {"source_record_id": "e1", "occurred_on": utc(2025, 12, 1).date(), "status": status}
    found = associated(tmp_path, offence_record=[crime], event_role=suspects())
    assert len(found) == ties


@pytest.mark.parametrize(
    ("line", "ties"),
    [(HOME["address"], 1), ("NO FIXED ABODE", 0), ("NFA", 0), ("N/A", 0), (".", 0)],
)
def test_no_home_is_nothing_in_common(tmp_path, line, ties):
    found = associated(tmp_path, person_address=of_both(**HOME | {"address": line}))
    assert len(found) == ties


@pytest.mark.parametrize(
    ("number", "ties"), [("+447700900123", 1), ("+447000000000", 0), ("+441910000000", 0)]
)
def test_a_placeholder_for_a_number_is_nothing_in_common(tmp_path, number, ties):
    found = associated(tmp_path, person_contact=of_both(type="phone", value=number))
    assert len(found) == ties
