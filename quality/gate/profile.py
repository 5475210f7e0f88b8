"""What every batch of the night holds: rows, nulls, codes and codes never sent before.

Two passes over the staged files of a table, whatever the number of batches: one counts, one groups
by each column of codes. No value but a code leaves them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from quality.connection import is_in_store, quote
from quality.gate.codes import CodeColumn, code_columns
from quality.source import Source
from warehouse.batch import Batch
from warehouse.contract import DELIVERED, IDENTITY_COLUMNS, Table
from warehouse.contract.profile import CODE_PROFILE, COLUMN_PROFILE, TABLE_PROFILE

CODES_LISTED = 1_000
"""Codes of one column that a batch's profile lists, the commonest first."""

_NUMBERED = {"batch_no": pl.Int32()}


@dataclass(frozen=True)
class Profiles:
    """Profiles of a night's batches: rows of the three control tables, with ``batch_no`` in place
    of batch and force. In ``codes``, the empty text stands for values that are not listed; in
    ``columns``, ``of_one_unseen`` is rows of the commonest code that was never sent before."""

    tables: pl.DataFrame
    columns: pl.DataFrame
    codes: pl.DataFrame

    def write(self, source: Source, folder: Path, *, is_held: bool) -> None:
        """Write one batch's profiles, as the load takes them in."""
        named = {
            "batch_id": pl.lit(source.batch.batch_id),
            "force": pl.lit(source.batch.force),
            "code": _publishable(source, is_held=is_held),
        }
        for table, frame in (
            (TABLE_PROFILE, self.tables),
            (COLUMN_PROFILE, self.columns),
            (CODE_PROFILE, self.codes),
        ):
            own = frame.filter(pl.col("batch_no") == source.number)
            expressions = [
                named.get(name, pl.col(name)).cast(kind).alias(name)
                for name, kind in table.polars_schema().items()
            ]
            shaped = own.select(expressions)
            if table == CODE_PROFILE:
                shaped = shaped.group_by(table.key).agg(pl.sum("rows"))
            shaped.sort(table.key).write_parquet(folder / f"{table.name}.parquet")


def _publishable(source: Source, *, is_held: bool) -> pl.Expr:
    """The code, but for values that are none and what a held batch has in place of the source's
    own codes: a batch that is not to be trusted may have anything there."""
    code = pl.col("code").replace("", None)
    if not is_held:
        return code
    own = [
        f"{table.name}.{column.name}"
        for table in DELIVERED
        if table.name in source.files
        for column in code_columns(table)
        if column.codes is None
    ]
    return pl.when(~pl.format("{}.{}", "table_name", "column_name").is_in(own)).then(code)


def profile_batches(
    con: duckdb.DuckDBPyConnection, sources: Sequence[Source], doubtful: Sequence[Source] = ()
) -> Profiles:
    """Profiles of the batches.

    Args:
        con: connection to the working database, with the store attached.
        sources: batches whose staged files can be read.
        doubtful: batches that are held already, perhaps because they cannot be read; those that
            cannot have no profile.
    """
    found = [_profile(con, sources)]
    for source in doubtful:
        try:
            found.append(_profile(con, [source]))
        except duckdb.Error:
            # The batch is held, and its verdict says why.
            continue
    return Profiles(
        pl.concat([one.tables for one in found]),
        pl.concat([one.columns for one in found]),
        pl.concat([one.codes for one in found]),
    )


def parts_of(batch: Batch, table: str) -> int:
    """Parts, such as months' files, of a table that a batch brings; 1 where it does not come in
    parts. What belongs to other records comes with them."""
    if batch.kind != "part":
        return 1
    of_table = {
        delivered.name: len(batch.covers.get(delivered.name) or ())
        for delivered in DELIVERED
        if delivered.owner is None
    }
    return max(of_table.get(table, max(of_table.values())), 1)


def _profile(con: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> Profiles:
    _list_known_codes(con, sources)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE code_count (batch_no INTEGER, table_name VARCHAR, "
        "column_name VARCHAR, code VARCHAR, rows BIGINT)"
    )
    tables: list[tuple[int, str, int, int, int]] = []
    columns: list[tuple[int, str, str, int, int]] = []
    by_number = {source.number: source.batch for source in sources}
    for table in DELIVERED:
        files = _files_sql(table, sources)
        if files is None:
            continue
        for number, rows, deletions, filled in _count(con, table, files):
            parts = parts_of(by_number[number], table.name)
            tables.append((number, table.name, rows, deletions, parts))
            columns += [(number, table.name, c, rows, rows - n) for c, n in filled.items()]
        coded = code_columns(table)
        if coded:
            con.execute(_codes_sql(table, coded, files))
    counted = pl.DataFrame(
        columns, schema=_schema(COLUMN_PROFILE, "batch_id", "force", "unseen"), orient="row"
    )
    key = ["batch_no", "table_name", "column_name"]
    return Profiles(
        pl.DataFrame(tables, schema=_schema(TABLE_PROFILE, "batch_id", "force"), orient="row"),
        counted.join(con.sql(_UNSEEN).pl(), on=key, how="left"),
        con.sql(_LISTED).pl(),
    )


def _schema(table: Table, *without: str) -> dict[str, pl.DataType]:
    kinds = table.polars_schema().items()
    return _NUMBERED | {name: kind for name, kind in kinds if name not in without}


def _files_sql(table: Table, sources: Sequence[Source]) -> tuple[str, str] | None:
    """The table's staged files, as a list and with the number of their batch; None: there are
    none."""
    having = [(quote(s.files[table.name]), s.number) for s in sources if table.name in s.files]
    if not having:
        return None
    listed = ", ".join(file for file, _ in having)
    return f"[{listed}]", ", ".join(f"({file}, {number})" for file, number in having)


def filled_columns(table: Table) -> list[str]:
    """Columns whose nulls are counted: those that a source fills, but for its ids."""
    own = {column.name for column in IDENTITY_COLUMNS}
    return [column.name for column in table.content if column.name not in own]


def _count(
    con: duckdb.DuckDBPyConnection, table: Table, files: tuple[str, str]
) -> Iterator[tuple[int, int, int, dict[str, int]]]:
    """Batch number, rows, deletions, and rows in which each column is filled."""
    names = filled_columns(table)
    counts = ", ".join(f"count({name})" for name in names)
    found = con.sql(
        f"SELECT f.batch_no, s.* EXCLUDE (staged_file) FROM ("
        f"SELECT staged_file, operation, count(*), {counts} "
        f"FROM read_parquet({files[0]}, filename = 'staged_file') GROUP BY ALL) AS s "
        f"JOIN (VALUES {files[1]}) AS f (path, batch_no) ON f.path = s.staged_file"
    ).fetchall()
    for number in sorted({row[0] for row in found}):
        own = {operation: counted for no, operation, *counted in found if no == number}
        rows, *filled = own.get("upsert", [0] * (len(names) + 1))
        deletions = sum(counted[0] for kind, counted in own.items() if kind == "delete")
        yield number, rows, deletions, dict(zip(names, filled, strict=True))


def _codes_sql(table: Table, columns: Sequence[CodeColumn], files: tuple[str, str]) -> str:
    """Rows by code of every column of codes: one pass, a grouping set a column."""
    names = [column.name for column in columns]
    codes = ", ".join(f"{column.sql} AS {column.name}" for column in columns)
    sets = ", ".join(f"(staged_file, {name})" for name in names)
    # GROUPING sets the bit of every column that the row is not grouped by, the first highest.
    every = (1 << len(names)) - 1
    cases = " ".join(
        f"WHEN {every - (1 << (len(names) - 1 - place))} THEN '{name}'"
        for place, name in enumerate(names)
    )
    listed = ", ".join(names)
    return (
        f"INSERT INTO code_count SELECT f.batch_no, '{table.name}', g.column_name, g.code, g.rows "
        f"FROM (SELECT staged_file, CASE grouping({listed}) {cases} END AS column_name, "
        f"coalesce({listed}) AS code, count(*) AS rows FROM ("
        f"SELECT staged_file, {codes} FROM read_parquet({files[0]}, filename = 'staged_file') "
        f"WHERE operation = 'upsert') GROUP BY GROUPING SETS ({sets})) AS g "
        f"JOIN (VALUES {files[1]}) AS f (path, batch_no) ON f.path = g.staged_file "
        "WHERE g.code IS NOT NULL"
    )


def _list_known_codes(con: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """Make ``known_code``: the codes that the force has sent, in this system, in any batch that
    was loaded."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE known_code "
        "(batch_no INTEGER, table_name VARCHAR, column_name VARCHAR, code VARCHAR)"
    )
    if not (sources and is_in_store(con, "quality", "code_profile")):
        return
    listed = ", ".join(
        f"({s.number}, '{s.batch.batch_id}', '{s.batch.force}', '{s.batch.source_system}')"
        for s in sources
    )
    con.execute(
        "INSERT INTO known_code SELECT DISTINCT n.batch_no, p.table_name, p.column_name, p.code "
        f"FROM (VALUES {listed}) AS n (batch_no, batch_id, force, source_system) "
        "JOIN store.quality.batch AS b ON b.force = n.force "
        "AND b.source_system = n.source_system AND b.batch_id <> n.batch_id "
        "JOIN store.quality.code_profile AS p ON p.batch_id = b.batch_id "
        "WHERE b.status = 'loaded' AND p.code IS NOT NULL"
    )


_UNSEEN = """
SELECT c.batch_no, c.table_name, c.column_name,
       coalesce(sum(c.rows) FILTER (k.code IS NULL AND c.code <> ''), 0)::BIGINT AS unseen,
       coalesce(max(c.rows) FILTER (k.code IS NULL AND c.code <> ''), 0)::BIGINT AS of_one_unseen
FROM code_count AS c
SEMI JOIN known_code AS has_known
  ON has_known.batch_no = c.batch_no AND has_known.table_name = c.table_name
 AND has_known.column_name = c.column_name
LEFT JOIN known_code AS k
  ON k.batch_no = c.batch_no AND k.table_name = c.table_name
 AND k.column_name = c.column_name AND k.code = c.code
GROUP BY ALL
"""

_LISTED = f"""
SELECT batch_no, table_name, column_name, if(place <= {CODES_LISTED}, code, '') AS code,
       sum(rows)::BIGINT AS rows
FROM (
    SELECT *, row_number() OVER (
        PARTITION BY batch_no, table_name, column_name ORDER BY code = '', rows DESC, code
    ) AS place
    FROM code_count
)
GROUP BY ALL
ORDER BY ALL
"""
