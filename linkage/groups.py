"""From links to persons: the components that a night touches, and what the guards leave of them."""

from collections.abc import Iterable
from typing import Any

import duckdb
import polars as pl

from linkage.cluster import find_components
from linkage.guards import (
    JUDGED_APART,
    PNCS,
    TWO_PNCS,
    Link,
    Pair,
    apart_sql,
    lay_links,
    loosen,
    tie_pncs,
)

_PART = {"record": pl.Int64, "part": pl.Int64}
_CUT = {"record_l": pl.Int64, "record_r": pl.Int64, "reason": pl.String}

# What was held of the components that something touched.
_WAS = """
CREATE OR REPLACE TEMP TABLE was AS
WITH moved AS (
    FROM delta UNION FROM gone
    UNION SELECT record_l FROM new_edge UNION SELECT record_r FROM new_edge
    UNION SELECT record_l FROM old_edge UNION SELECT record_r FROM old_edge
    UNION FROM judged
)
FROM linkage.cluster SEMI JOIN
(SELECT component FROM linkage.cluster SEMI JOIN moved USING (record)) AS touched USING (component)
"""
_NODES = """
CREATE OR REPLACE TEMP TABLE node AS
SELECT record FROM was ANTI JOIN gone USING (record) UNION FROM delta ORDER BY record
"""

# What ties the nodes: links heavy enough, and pairs that people judged the same.
_LAID = """
CREATE OR REPLACE TEMP TABLE laid AS
SELECT record_l, record_r, max(weight) AS weight, max(margin) AS margin,
       bool_or(is_judged) AS is_judged
FROM (
    SELECT record_l, record_r, match_weight AS weight, match_weight - link_at AS margin,
           false AS is_judged
    FROM {edges} SEMI JOIN node ON node.record = record_l WHERE band = 'link'
    UNION ALL
    SELECT record_l, record_r, 0, 'inf'::DOUBLE, true
    FROM linkage.tie SEMI JOIN node ON node.record = record_l WHERE is_same
) GROUP BY record_l, record_r ORDER BY record_l, record_r
"""


def group_records(
    con: duckdb.DuckDBPyConnection,
    *,
    is_all: bool,
    edges: str = "linkage.edge",
    records: str = "linkage.record",
) -> None:
    """Make ``grouped`` (``record``, ``component``, ``part``) and ``cut_link`` (``record_l``,
    ``record_r``, ``component``, ``reason``) of every component that something touched, and ``was``:
    what ``linkage.cluster`` holds of them from before.

    Reads the edge store and the ties as they are after the night, and what moved: ``delta``,
    ``gone``, ``new_edge``, ``old_edge``, and ``judged`` (records of ties that came or went).

    Args:
        con: a workspace.
        is_all: True where every component is looked at.
        edges: table of the edges.
        records: table of the current records' features.
    """
    if is_all:
        con.execute("CREATE OR REPLACE TEMP TABLE was AS FROM linkage.cluster")
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE node AS SELECT record FROM {records} ORDER BY record"
        )
    else:
        con.execute(_WAS)
        con.execute(_NODES)
    con.execute(_LAID.format(edges=edges))
    numbers, laid = con.sql("FROM node").pl()["record"], con.sql("FROM laid").pl()
    component = find_components(numbers, laid["record_l"], laid["record_r"])
    _store(con, "grouped", pl.DataFrame({"record": numbers, "component": component}))
    kept, taken = loosen(numbers, laid)
    part = find_components(numbers, kept["record_l"], kept["record_r"])
    parts, cuts = _keep_apart(con, kept, records)
    grouped = (
        pl.DataFrame({"record": numbers, "component": component, "whole": part})
        .join(parts, on="record", how="left", maintain_order="left")
        .select("record", "component", part=pl.coalesce("part", "whole"))
    )
    cut = pl.concat([cuts, taken.select(list(_CUT))]).unique(["record_l", "record_r"], keep="first")
    _store(con, "grouped", grouped)
    of = grouped.select("record", "component")
    _store(con, "cut_link", cut.join(of, left_on="record_l", right_on="record"))


def _store(con: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    con.register("made", frame)
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM made")
    con.unregister("made")


def _keep_apart(
    con: duckdb.DuckDBPyConnection, kept: pl.DataFrame, records: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The parts of components that hold records to be kept apart, and the links not laid."""
    apart = con.sql(apart_sql(records)).pl()
    judged = con.sql(
        "SELECT l.component, record_l, record_r FROM linkage.tie "
        "JOIN grouped AS l ON l.record = record_l JOIN grouped AS r ON r.record = record_r "
        "WHERE NOT is_same AND l.component = r.component ORDER BY ALL"
    ).pl()
    apart = pl.concat([judged.with_columns(reason=pl.lit(JUDGED_APART)), apart])
    if apart.is_empty():
        return pl.DataFrame(schema=_PART), pl.DataFrame(schema=_CUT)
    con.register("suspect", apart.select("component").unique())
    # The few are chosen before anything is looked up for them among the many.
    members = con.sql(
        "WITH few AS MATERIALIZED "
        "(SELECT component, record FROM grouped SEMI JOIN suspect USING (component)), "
        "key AS MATERIALIZED (FROM linkage.record_key SEMI JOIN few USING (record)), "
        f"held AS MATERIALIZED (SELECT record, {PNCS} AS pnc FROM {records} "
        "SEMI JOIN few USING (record)) "
        "SELECT component, record, pnc, "
        "row_number() OVER (ORDER BY force, source_system, source_record_id) AS rank "
        "FROM few JOIN held USING (record) JOIN key USING (record)"
    ).pl()
    con.unregister("suspect")
    links = kept.join(members.select("record", "component"), left_on="record_l", right_on="record")
    return _lay_each(members, links, apart)


def _lay_each(
    members: pl.DataFrame, links: pl.DataFrame, apart: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    parts: dict[int, int] = {}
    cuts: dict[Pair, str] = {}
    own_links = _by_component(links, "record_l", "record_r", "weight", "margin", "is_judged")
    own_apart = _by_component(apart, "record_l", "record_r", "reason")
    for component, rows in _by_component(members, "record", "pnc", "rank").items():
        pncs = {record: pnc for record, pnc, _ in rows}
        pairs = _untied(own_apart[component], pncs)
        if not pairs:
            continue
        rank = {record: place for record, _, place in rows}
        of = [Link(*row) for row in own_links.get(component, ())]
        part, cut = lay_links(list(pncs), of, pairs, rank)
        parts |= part
        cuts |= cut
    cut_rows = [(left, right, reason) for (left, right), reason in cuts.items()]
    return (
        pl.DataFrame(list(parts.items()), schema=_PART, orient="row"),
        pl.DataFrame(cut_rows, schema=_CUT, orient="row"),
    )


def _untied(
    rows: Iterable[tuple[int, int, str]], pncs: dict[int, list[str]]
) -> dict[Pair, set[str]]:
    """The pairs to be kept apart with their reasons, but for PNC IDs that some record ties."""
    stands = tie_pncs(list(pncs.values()))
    pairs: dict[Pair, set[str]] = {}
    for left, right, reason in rows:
        tied = {stands[pnc] for pnc in pncs[left]} & {stands[pnc] for pnc in pncs[right]}
        if not (reason == TWO_PNCS and tied):
            pairs.setdefault((left, right), set()).add(reason)
    return pairs


def _by_component(frame: pl.DataFrame, *columns: str) -> dict[int, list[tuple[Any, ...]]]:
    grouped: dict[int, list[tuple[Any, ...]]] = {}
    for component, *row in frame.select("component", *columns).iter_rows():
        grouped.setdefault(component, []).append(tuple(row))
    return grouped
