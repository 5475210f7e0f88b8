"""Nights of a few records, linked and published, for tests that read the store."""

from datetime import date

import duckdb

from console.take_in import link_all
from forces.declaration import load_declarations
from tests.checked_store import check_store
from warehouse.build import build
from warehouse.home import Home
from warehouse.publish import publish
from warehouse.state import writer

# The law of the load: every batch has as many versions as its reconciliation says.
_HELD = " UNION ALL ".join(
    f"SELECT batch_id, '{table}' AS table_name, count(*) AS held FROM core.{table} GROUP BY 1"
    for table in ("person_record", "person_contact", "person_address", "person_identifier")
)
_RECONCILE = f"""
INSERT INTO quality.reconciliation BY NAME
SELECT batch_id, 'kent' AS force, $night AS night, table_name, held AS received, held AS stored,
       0 AS unchanged, 0 AS quarantined, 0 AS deleted, 0 AS closed
FROM ({_HELD})
"""


def run(home: Home, night: date) -> None:
    """Link, build and publish what is stored."""
    link_all(home, night)
    with writer(home, "test") as con:
        con.execute("DELETE FROM quality.reconciliation")
        con.execute(_RECONCILE, {"night": night})
    build(home, night, load_declarations(None))
    check_store(home, night)
    publish(home, night)


def published(home: Home, query: str) -> list[tuple]:
    with duckdb.connect(str(home.current.resolve()), read_only=True) as con:
        return con.execute(query).fetchall()
