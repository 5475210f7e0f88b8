"""Which rows break which rule, and which rows are kept out because of it.

Everything here stands in temporary tables of one connection to the working database: ``rule_list``
(a row a rule, by ``rule_no``), ``failure`` (``rule_no``, ``batch_no``, ``row_no``), ``kept_out``
(``table_name``, ``batch_no``, ``row_no``) and ``held`` (``batch_no`` of batches held so far).
"""

from collections.abc import Iterable, Mapping, Sequence

import duckdb
import polars as pl

from quality.rules.links import Link, id_hash, links_of
from quality.rules.rule import UPSERTS, Rule
from warehouse.contract import DELIVERED, Table

OWNER_QUARANTINED = "owner_quarantined"
OWNER_ID = "source_record_id"
"""Column of a row that belongs to another record: the owner's id."""


def owner_rules(table: Table) -> tuple[Rule, ...]:
    """Rules that follow from the quarantine of other rows: a row goes with what it points at."""
    return tuple(
        Rule(
            table.name,
            link.column,
            OWNER_QUARANTINED,
            "warning",
            f"{link.column} points at a {' or '.join(link.targets)} that is kept out and that the "
            "store does not hold",
            _remedy(table, link),
            condition=UPSERTS,
        )
        for link in _binding_links(table)
    )


def _remedy(table: Table, link: Link) -> str:
    """What was kept out is not put back when its target comes alone, and what belongs to one record
    is replaced together: a delivery that brings some of it has to bring all of it."""
    target = " or ".join(link.targets)
    own = "it" if link.column == OWNER_ID else "the record that this row belongs to"
    return f"deliver the {target} mended, and with it every {table.name} of {own}, this row too"


def _binding_links(table: Table) -> tuple[Link, ...]:
    """Links that a row cannot do without; those of severity info it can."""
    return tuple(link for link in links_of(table) if link.severity != "info")


def record_failures(
    con: duckdb.DuckDBPyConnection, rules: Sequence[Rule], broken: Mapping[Rule, str]
) -> None:
    """Find the rows that break a rule, by the SQL that gives them, and keep them out."""
    listed = pl.DataFrame(
        [(number, r.table, r.column, r.name, r.severity, r.reason, r.remedy)
         for number, r in enumerate(rules)],
        schema={"rule_no": pl.Int32, "table_name": pl.String, "column_name": pl.String,
                "rule": pl.String, "severity": pl.String, "reason": pl.String,
                "remedy": pl.String},
        orient="row",
    )  # fmt: skip
    con.register("listed", listed)
    con.execute("CREATE TEMP TABLE rule_list AS SELECT * FROM listed")
    con.unregister("listed")
    con.execute("CREATE TEMP TABLE failure (rule_no INTEGER, batch_no INTEGER, row_no BIGINT)")
    con.execute("CREATE TEMP TABLE held (batch_no INTEGER)")
    for number, rule in enumerate(rules):
        if rule in broken:
            con.execute(
                f"INSERT INTO failure SELECT {number}, batch_no, row_no FROM ({broken[rule]})"
            )
    con.execute(
        "CREATE TEMP TABLE kept_out AS SELECT DISTINCT table_name, batch_no, row_no "
        "FROM failure JOIN rule_list USING (rule_no) WHERE severity <> 'info'"
    )


def hold(con: duckdb.DuckDBPyConnection, numbers: Iterable[int]) -> None:
    """Hold batches: none of their rows will be stored."""
    for number in numbers:
        con.execute("INSERT INTO held VALUES ($number)", {"number": number})


def spread_to_owned(con: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> None:
    """Keep out, too, the rows that point at a row that is kept out (here, or by standardise) or in
    a held batch, unless another row of the night or the store holds what they point at."""
    spread = {(r.table, r.column): n for n, r in enumerate(rules) if r.name == OWNER_QUARANTINED}
    while sum(
        _spread(con, spread[table.name, link.column], table, link, target)
        for table in DELIVERED
        for link in _binding_links(table)
        for target in link.targets
    ):
        pass


def _spread(
    con: duckdb.DuckDBPyConnection, number: int, table: Table, link: Link, target: str
) -> int:
    """Keep out rows of ``table`` whose ``target`` is lost; how many."""
    is_touched = con.sql(
        f"SELECT EXISTS (SELECT 1 FROM {table.name}) AND ("
        f"EXISTS (SELECT 1 FROM kept_out WHERE table_name = '{target}') OR EXISTS "
        f"(SELECT 1 FROM held JOIN {target} USING (batch_no)) OR EXISTS "
        f"(SELECT 1 FROM kept_back_{target}))"
    ).fetchall()[0][0]
    if not is_touched:
        return 0
    found = con.sql(
        f"SELECT r.batch_no, r.row_no FROM {table.name} AS r "
        f"SEMI JOIN ({_lost_sql(target)}) AS l "
        f"ON l.source_no = r.source_no AND l.source_record_id = r.{link.column} "
        f"ANTI JOIN {_kept_out_of(table.name)} AS k "
        "ON k.batch_no = r.batch_no AND k.row_no = r.row_no "
        f"WHERE {link.where('r', target)} AND r.batch_no NOT IN (SELECT batch_no FROM held)"
    )
    con.register("found", found.to_arrow_table())
    con.execute(f"INSERT INTO failure SELECT {number}, batch_no, row_no FROM found")
    con.execute(f"INSERT INTO kept_out SELECT '{table.name}', batch_no, row_no FROM found")
    count: int = con.sql("SELECT count(*) FROM found").fetchall()[0][0]
    con.unregister("found")
    return count


def _lost_sql(target: str) -> str:
    """Ids of the target that are kept out and neither accepted elsewhere nor held: few are out, so
    only those are looked up among the others."""
    upserts = f"SELECT * FROM {target} WHERE operation = 'upsert'"
    rows = (
        "SELECT t.source_no, t.source_record_id, "
        "k.row_no IS NOT NULL OR h.batch_no IS NOT NULL AS is_out "
        f"FROM ({upserts}) AS t "
        f"LEFT JOIN {_kept_out_of(target)} AS k ON k.batch_no = t.batch_no AND k.row_no = t.row_no "
        "LEFT JOIN held AS h ON h.batch_no = t.batch_no"
    )
    return (
        f"SELECT source_no, source_record_id FROM (SELECT * FROM ({rows}) AS o WHERE is_out "
        f"UNION ALL SELECT source_no, source_record_id, true FROM kept_back_{target}) AS ids "
        f"ANTI JOIN (SELECT * FROM ({rows}) AS a WHERE NOT is_out) AS accepted "
        "USING (source_no, source_record_id) "
        f"ANTI JOIN held_{target} AS s ON s.id_hash = {id_hash('ids')}"
    )


def _kept_out_of(table: str) -> str:
    return f"(SELECT batch_no, row_no FROM kept_out WHERE table_name = '{table}')"


def count_rows(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Rows of the night: ``batch_no``, ``table_name``, ``rows``, ``upserts``, ``kept_out``; a row
    for each batch and table that has rows."""
    counts = " UNION ALL ".join(
        f"SELECT batch_no, '{table.name}' AS table_name, count(*) AS rows, "
        f"count(*) FILTER (operation = 'upsert') AS upserts FROM {table.name} GROUP BY batch_no"
        for table in DELIVERED
    )
    return con.sql(
        f"SELECT batch_no, table_name, c.rows, c.upserts, coalesce(k.kept_out, 0) AS kept_out "
        f"FROM ({counts}) AS c LEFT JOIN (SELECT batch_no, table_name, count(*) AS kept_out "
        "FROM kept_out GROUP BY batch_no, table_name) AS k USING (batch_no, table_name) "
        "ORDER BY batch_no, table_name"
    ).pl()
