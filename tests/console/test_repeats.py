"""A delivery sent again under another date, through every step up to the load."""

import json
from datetime import date
from pathlib import Path

from console.take_in import take_in
from forces.declaration import load_declarations
from warehouse.home import Home
from warehouse.night import close_night
from warehouse.state import reader

FIRST, SECOND, THIRD = (date(2026, 1, day) for day in (5, 6, 7))
DECLARED = load_declarations(None)


def _put(deliveries: Path, day: date, delivery_id: str, surnames: str) -> None:
    folder = deliveries / "durham" / str(day)
    folder.mkdir(parents=True)
    said = {"delivery_id": delivery_id, "kind": "full"}
    (folder / "delivery.json").write_text(json.dumps(said))
    rows = [f"{number},{name}" for number, name in enumerate(surnames.split(), 1)]
    (folder / "person_record.csv").write_text("\n".join(["source_record_id,surname", *rows, ""]))


def _run(home: Home, deliveries: Path, night: date) -> None:
    take_in(home, deliveries, night, DECLARED)
    close_night(home, night, home.store / f"{night}.duckdb")


def test_a_full_delivery_sent_again_is_told_whole_and_undoes_nothing(tmp_path):
    home, deliveries = Home.of(tmp_path / "home"), tmp_path / "deliveries"
    _put(deliveries, FIRST, "X1", "SMITH JONES")
    _put(deliveries, SECOND, "X2", "SMITH BROWN GREY")
    _put(deliveries, THIRD, "X1", "SMITH JONES")
    for night in (FIRST, SECOND, THIRD):
        _run(home, deliveries, night)
    with reader(home) as con:
        batches = con.sql("""
            SELECT batch.night, delivery_date, status, received, stored, unchanged, closed
            FROM quality.batch JOIN quality.reconciliation USING (batch_id)
            WHERE table_name = 'person_record' ORDER BY ALL
        """).fetchall()
        names = con.sql("""
            SELECT surname FROM core.person_record WHERE valid_to IS NULL ORDER BY 1
        """).fetchall()
        notes = con.sql("""
            SELECT DISTINCT note FROM quality.delivery_file WHERE note IS NOT NULL
        """).fetchall()
    assert batches == [
        (FIRST, FIRST, "loaded", 2, 2, 0, 0),
        (SECOND, SECOND, "loaded", 3, 2, 1, 0),
        (THIRD, FIRST, "loaded", 2, 0, 2, 0),
    ]
    assert names == [("BROWN",), ("GREY",), ("SMITH",)]
    [(note,)] = notes
    assert note.startswith(f"repeats delivery durham-{FIRST}-")
