"""The SQLAlchemy dialect through which Great Expectations talks to DuckDB.

Great Expectations fetches a result after it has given its connection back, and the rollback that
follows throws DuckDB's pending result away (its issue 11579). A cursor that fetches its rows when
it executes is safe from that. It holds no more of them than Great Expectations ever reads of a
result: of a query that every row of a large batch fails, that is a sample. It knows regular
expressions for the dialects it lists only; DuckDB speaks PostgreSQL's, so the dialect bears that
name.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import duckdb_engine
from sqlalchemy.dialects import registry

from quality.connection import MEMORY_LIMIT, quote

# Great Expectations takes 200 rows of a query, 10,000 at most of a column.
ROWS_HELD = 20_000


class FetchedCursor(duckdb_engine.CursorWrapper):
    """A cursor that holds the rows of its result, up to ``ROWS_HELD``, as soon as it has
    executed."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, wrapper: "Connection") -> None:
        super().__init__(connection, wrapper)
        self._connection = connection
        self._rows: list[Any] = []
        self._is_cut = False
        self.description: Any = None
        self.rowcount = -1

    def execute(
        self,
        statement: str,
        parameters: Any = None,  # noqa: ANN401 - as the class above it
        context: Any = None,  # noqa: ANN401
    ) -> None:
        """Execute and fetch."""
        super().execute(statement, parameters, context)
        self.description = self._connection.description
        found = self._connection.fetchmany(ROWS_HELD + 1) if self.description else []
        self._is_cut = len(found) > ROWS_HELD
        self._rows = found[:ROWS_HELD]

    def fetchall(self) -> list[Any]:
        """Every row not yet taken.

        Raises:
            ValueError: there are more than are held.
        """
        if self._is_cut:
            raise ValueError(f"all rows of a result of over {ROWS_HELD:,} were asked for")
        return self.fetchmany(len(self._rows))

    def fetchmany(self, size: int | None = 1) -> list[Any]:
        """The next ``size`` rows."""
        taken, self._rows = self._rows[: size or 1], self._rows[size or 1 :]
        return taken

    def fetchone(self) -> object:
        """The next row, or None."""
        return next(iter(self.fetchmany(1)), None)


class Connection(duckdb_engine.ConnectionWrapper):
    """A connection that hands out cursors of that kind."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        super().__init__(connection)
        self._connection = connection

    def cursor(self) -> FetchedCursor:
        """A cursor on this connection."""
        return FetchedCursor(self._connection, self)


class Dialect(duckdb_engine.Dialect):
    """duckdb-engine's dialect, with those cursors, under the name of PostgreSQL."""

    name = "postgresql"
    supports_statement_cache = False

    def connect(  # type: ignore[override]
        self, database: str, attached: Mapping[str, Path] | None = None, **_: object
    ) -> Connection:
        """Open the database, and those ``attached`` by name beside it: to read, since checks do
        nothing else."""
        con = duckdb.connect(database, read_only=True, config={"memory_limit": MEMORY_LIMIT})
        for name, path in (attached or {}).items():
            # The connections of one engine share an instance, and what it has attached.
            con.execute(f"ATTACH IF NOT EXISTS {quote(path)} AS {name} (READ_ONLY)")
        return Connection(con)

    def get_pk_constraint(self, *_: object, **__: object) -> Any:  # noqa: ANN401 - SQLAlchemy's own type is private
        """No key: the tables that are checked have none, and PostgreSQL's catalogue is slow to say
        so."""
        return {"constrained_columns": [], "name": None}


def register() -> None:
    """Make ``duckdb://`` mean this dialect in this process."""
    registry.register("duckdb", __name__, "Dialect")
