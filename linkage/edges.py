"""The edge store: every pair that weighs enough to be kept, replaced where its records changed."""

from datetime import date

import duckdb

from linkage.features import FEATURES
from linkage.held import held_sql
from linkage.model import Model
from linkage.score import score_pairs
from linkage.workspace import in_small_shares
from warehouse.given import literal

_FEATURES = ", ".join(FEATURES)
# Everything an edge says but the night that scored it first.
EDGE_CONTENT = "record_l, record_r, match_weight, link_at, band, weights, levels, block"


def score_delta(con: duckdb.DuckDBPyConnection, model: Model, *, is_all: bool) -> int:
    """Score the pairs of table ``pair`` into ``scored`` and compare them with the edges held.

    Returns:
        How many pairs were scored.
    """
    [(pairs,)] = con.execute("SELECT count(*) FROM pair").fetchall()
    _gather_records(con, is_all=is_all)
    if pairs:
        with in_small_shares(con, is_small=not is_all):
            score_pairs(con, model, records="to_score", at_least=model.possible)
    else:
        con.execute("CREATE OR REPLACE TABLE scored AS SELECT * EXCLUDE (night) FROM linkage.edge "
                    "LIMIT 0")  # fmt: skip
    compare_edges(con)
    return int(pairs)


def _gather_records(con: duckdb.DuckDBPyConnection, *, is_all: bool) -> None:
    """Make ``to_score``: the features of every record of a pair as they are now."""
    if is_all:
        con.execute(f"CREATE OR REPLACE VIEW to_score AS SELECT record, {_FEATURES} FROM fresh")
        return
    con.execute(
        "CREATE OR REPLACE TABLE paired AS "
        "SELECT record_l AS record FROM pair UNION SELECT record_r FROM pair"
    )
    # Of all that is held, what a pair brings in beside the changed: found first, by number alone.
    con.execute("CREATE OR REPLACE TABLE partner AS FROM paired ANTI JOIN changed USING (record)")
    con.execute(
        f"CREATE OR REPLACE TABLE to_score AS {held_sql('partner')} UNION ALL "
        f"SELECT record, {_FEATURES} FROM fresh SEMI JOIN paired USING (record)"
    )


def compare_edges(con: duckdb.DuckDBPyConnection, schema: str = "linkage") -> None:
    """Compare ``scored`` with the edges held of records that are compared anew or gone.

    Makes ``new_edge`` (to be inserted) and ``old_edge`` (``record_l``, ``record_r``: to be
    deleted). An edge that says what it said before is in neither.
    """
    con.execute("CREATE OR REPLACE TABLE unsettled AS FROM delta UNION ALL FROM gone")
    con.execute(
        f"CREATE OR REPLACE TABLE held_edge AS SELECT * EXCLUDE (night) FROM {schema}.edge "
        "WHERE record_l IN (FROM unsettled) OR record_r IN (FROM unsettled)"
    )
    con.execute(
        "CREATE OR REPLACE TABLE new_edge AS "
        f"SELECT {EDGE_CONTENT} FROM scored ANTI JOIN held_edge USING ({EDGE_CONTENT})"
    )
    con.execute(
        "CREATE OR REPLACE TABLE old_edge AS SELECT record_l, record_r FROM "
        f"held_edge ANTI JOIN scored USING ({EDGE_CONTENT})"
    )


def write_edges(con: duckdb.DuckDBPyConnection, night: date, schema: str = "linkage") -> None:
    """Put ``new_edge`` in the place of ``old_edge``, within the caller's transaction."""
    con.execute(
        f"DELETE FROM {schema}.edge USING old_edge "
        "WHERE edge.record_l = old_edge.record_l AND edge.record_r = old_edge.record_r"
    )
    con.execute(
        f"INSERT INTO {schema}.edge ({EDGE_CONTENT}, night) "
        f"SELECT {EDGE_CONTENT}, {literal(night)} FROM new_edge"
    )
