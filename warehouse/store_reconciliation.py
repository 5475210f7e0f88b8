"""Does the store add up: every row ever received against what is held and what is published."""

import duckdb

from warehouse.contract import DELIVERED
from warehouse.contract.store_reconciliation import STORE_RECONCILIATION, WHOLE_STORE
from warehouse.schema import quote

_RECEIVED = ("received", "stored", "unchanged", "quarantined", "deleted")
_HELD = ("versions", "current_rows", "ended_rows", "published")
BALANCE = (
    "received = stored + unchanged + quarantined + deleted AND stored = versions "
    "AND versions = current_rows + ended_rows AND current_rows = published"
)


def fill_store_reconciliation(con: duckdb.DuckDBPyConnection) -> None:
    """Fill ``quality.store_reconciliation`` of the store that ``con`` is building, its delivered
    and control rows in it and the state attached as ``state``."""
    sums = ", ".join(f"coalesce(sum({name}), 0) AS {name}" for name in (*_RECEIVED, *_HELD))
    counted = ", ".join((*_RECEIVED, *_HELD))
    held = " UNION ALL ".join(_held(table.name) for table in DELIVERED)
    con.execute(f"""
        INSERT INTO {STORE_RECONCILIATION.qualified} BY NAME
        WITH received AS (
            SELECT table_name, {", ".join(f"sum({name}) AS {name}" for name in _RECEIVED)}
            FROM quality.reconciliation GROUP BY table_name
        ), counted AS (
            SELECT coalesce(received.table_name, held.table_name) AS table_name,
                   {", ".join(f"coalesce({name}, 0) AS {name}" for name in (*_RECEIVED, *_HELD))}
            FROM ({held}) AS held FULL JOIN received USING (table_name)
        ), told AS (
            SELECT table_name, {counted}, NULL AS unreadable_bytes, {BALANCE} AS is_balanced
            FROM counted
            UNION ALL
            SELECT {quote(WHOLE_STORE)}, {sums},
                   (SELECT coalesce(sum(unreadable_bytes), 0) FROM quality.batch),
                   bool_and({BALANCE})
            FROM counted
        )
        FROM told ORDER BY table_name = {quote(WHOLE_STORE)}, table_name
    """)


def _held(name: str) -> str:
    return f"""
        SELECT {quote(name)} AS table_name, count(*) AS versions,
               count(*) FILTER (valid_to IS NULL) AS current_rows,
               count(*) FILTER (valid_to IS NOT NULL) AS ended_rows,
               (SELECT count(*) FROM core.{name}) AS published
        FROM state.core.{name}"""
