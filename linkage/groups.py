"""From links to persons: the components that a night touches, and what the guards leave of them."""

from collections.abc import Iterable
from typing import Any

import duckdb
import polars as pl

from linkage.cluster import find_components
from linkage.guards import (
    GUARDED,
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
from linkage.held import held_sql

_PART = {"record": pl.Int64, "part": pl.Int64}
_CUT = {"record_l": pl.Int64, "record_r": pl.Int64, "reason": pl.String}

# What was held of the components that something touched. Inner joins of what is there once: DuckDB
# answers them faster than semi-joins.
_STIRRED = """
CREATE OR REPLACE TEMP TABLE stirred AS
FROM delta UNION FROM gone
UNION SELECT record_l FROM new_edge UNION SELECT record_r FROM new_edge
UNION SELECT record_l FROM old_edge UNION SELECT record_r FROM old_edge
UNION FROM judged
"""
_STIRRED_COMPONENTS = """
CREATE OR REPLACE TEMP TABLE stirred_component AS
SELECT DISTINCT component FROM linkage.cluster JOIN stirred USING (record)
"""
_WAS = """
CREATE OR REPLACE TEMP TABLE was AS
SELECT record, component, person_id FROM linkage.cluster JOIN stirred_component USING (component)
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
) -> None:
    """Make ``grouped`` (``record``, ``component``, ``part``) and ``cut_link`` (``record_l``,
    ``record_r``, ``component``, ``reason``) of every component that something touched, and ``was``:
    what ``linkage.cluster`` holds of them from before.

    Reads the edge store and the ties as they are after the night, and what moved: ``delta``,
    ``gone``, ``new_edge``, ``old_edge``, and ``judged`` (records of ties that came or went).

    Args:
        con: a workspace.
        is_all: True where every component is looked at; ``fresh`` then holds every record.
        edges: table of the edges.
    """
    if is_all:
        con.execute("CREATE OR REPLACE TEMP TABLE was AS FROM linkage.cluster")
        con.execute("CREATE OR REPLACE TEMP TABLE node AS SELECT record FROM fresh ORDER BY record")
    else:
        for statement in (_STIRRED, _STIRRED_COMPONENTS, _WAS, _NODES):
            con.execute(statement)
    con.execute(_LAID.format(edges=edges))
    numbers, laid = con.sql("FROM node").pl()["record"], con.sql("FROM laid").pl()
    component = find_components(numbers, laid["record_l"], laid["record_r"])
    _store(con, "grouped", pl.DataFrame({"record": numbers, "component": component}))
    kept, taken = loosen(numbers, laid, component)
    part = component
    if not taken.is_empty():
        part = find_components(numbers, kept["record_l"], kept["record_r"])
    parts, cuts = _keep_apart(con, kept, is_all=is_all)
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


# What people judged apart though links tie it together.
_JUDGED_APART = """
CREATE OR REPLACE TEMP TABLE judged_apart AS
SELECT l.component, record_l, record_r FROM linkage.tie
JOIN grouped AS l ON l.record = record_l JOIN grouped AS r ON r.record = record_r
WHERE NOT is_same AND l.component = r.component
"""
# Of the records that are held, those that the guards may ask for: the others' features stay unread.
_IN_QUESTION = """
CREATE OR REPLACE TEMP TABLE in_question AS
SELECT record FROM grouped SEMI JOIN (
    SELECT component FROM grouped GROUP BY component HAVING count(*) > 2
    UNION SELECT component FROM judged_apart
) USING (component)
"""


def _keep_apart(
    con: duckdb.DuckDBPyConnection, kept: pl.DataFrame, *, is_all: bool
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The parts of components that hold records to be kept apart, and the links not laid."""
    con.execute(_JUDGED_APART)
    records = "fresh"
    if not is_all:
        records = "guarded"
        con.execute(_IN_QUESTION)
        held = held_sql("in_question", ("record_hash", *GUARDED))
        con.execute(f"CREATE OR REPLACE TEMP TABLE {records} AS {held}")
    judged = con.sql("FROM judged_apart ORDER BY ALL").pl()
    apart = con.sql(apart_sql(records)).pl()
    apart = pl.concat([judged.with_columns(reason=pl.lit(JUDGED_APART)), apart])
    if apart.is_empty():
        return pl.DataFrame(schema=_PART), pl.DataFrame(schema=_CUT)
    con.register("suspect", apart.select("component").unique())
    # In an order that says nothing of which record came first. By the hash of the key: the keys
    # themselves would have to be looked up among those of all records.
    members = con.sql(
        f"SELECT component, record, {PNCS} AS pnc, "
        f"row_number() OVER (ORDER BY record_hash) AS rank "
        f"FROM {records} JOIN (FROM grouped SEMI JOIN suspect USING (component)) USING (record)"
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
