"""Where a link step works: a database in memory beside the state it has open.

Unqualified names are tables in memory; ``core``, ``link``, ``linkage`` and ``governance`` are the
state's. DuckDB lets one transaction write to one database, so what is worked out is made in memory
first, and then written to the state in one transaction.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

_SCHEMAS = ("core", "link", "linkage", "offence_linkage", "governance")


@contextmanager
def workspace(con: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The connection with an empty database in memory in front of the one that it has open."""
    [(state,)] = con.execute("SELECT current_database()").fetchall()
    con.execute("ATTACH ':memory:' AS work")
    paths = ",".join(["work.main", *(f'"{state}".{schema}' for schema in _SCHEMAS)])
    con.execute(f"SET search_path = '{paths}'")
    # To look through all that is imported for garbage takes longer than many a step: what is there
    # already is left alone meanwhile, unless the caller saw to that.
    is_frozen = gc.get_freeze_count() > 0
    gc.freeze()
    try:
        yield con
    finally:
        if not is_frozen:
            gc.unfreeze()
        con.execute(f'USE "{state}".main')
        con.execute("DETACH work")
