"""Who holds today what a superseded id held: ``link.person_now``."""

from datetime import date

import duckdb
import pytest

from warehouse.linked import create_macros
from warehouse.schema import create_statements, store_tables

D12, D13, D14 = (date(2026, 1, day) for day in (12, 13, 14))
# The first was given without an event of its own, by a merge into it, and was merged a night later.
EVENTS = [
    (D12, "P-0", "created", None),
    (D12, "P-9", "created", None),
    (D13, "P-0", "merged", "P-1"),
    (D14, "P-1", "left", "P-9"),
    (D14, "P-1", "merged", "P-2"),
    (D14, "P-5", "split", "P-2"),
    (D14, "P-6", "split", "P-5"),
    (D14, "P-6", "merged", "P-5"),
    (D14, "P-5", "merged", "P-2"),
    (D14, "P-7", "created", None),
    (D14, "P-7", "retired", None),
]
MEMBERS = [
    ("P-1", "a", D13, D14), ("P-2", "a", D14, None), ("P-1", "b", D13, D14),
    ("P-9", "b", D14, None), ("P-9", "c", D12, None), ("P-2", "d", D14, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "now"),
    [
        ("P-1", [("P-2", 1), ("P-9", 1)]),
        ("P-5", [("P-2", 2)]),
        ("P-6", [("P-2", 2)]),
        ("P-7", []),
        ("P-9", [("P-9", 2)]),
        ("P-unknown", []),
    ],
    ids=["held records", "merged in its night", "twice over", "retired", "alive", "unknown"],
)
def test_who_holds_what_an_id_held(asked, now):
    with duckdb.connect() as con:
        tables = [t for t in store_tables() if t.schema == "link"]
        for statement in ("CREATE SCHEMA core", *create_statements(tables)):
            con.execute(statement)
        for number, (night, who, event, other) in enumerate(EVENTS):
            con.execute("INSERT INTO link.identity_event VALUES (?, ?, ?, ?, ?, 1, 'model', 'm')",
                        [number, night, who, event, other])  # fmt: skip
        for who, record, start, end in MEMBERS:
            con.execute("INSERT INTO link.person_membership VALUES (?, 'kent', 'niche', ?, ?, ?)",
                        [who, record, start, end])  # fmt: skip
        create_macros(con)
        assert con.execute(f"FROM link.person_now('{asked}')").fetchall() == now
