"""The checks of a finished store asked in plain SQL: Great Expectations takes seconds to start."""

from datetime import date

import duckdb

from warehouse.build import building_path
from warehouse.home import Home
from warehouse.verify import checks, conclude


def check_store(home: Home, night: date) -> None:
    """As ``quality.store_suite.check_store``, which has tests of its own; nothing where there is no
    candidate."""
    candidate = building_path(home, night)
    if not candidate.exists():
        return
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{candidate}' AS candidate (READ_ONLY)")
        con.execute(f"ATTACH '{home.state}' AS state (READ_ONLY)")
        con.execute("USE candidate")
        failed = {check: len(con.execute(check.sql).fetchall()) for check in checks(night)}
    conclude(home, night, candidate, failed)
