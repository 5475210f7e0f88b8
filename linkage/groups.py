"""From links to persons: the components that a night touches, and what the guards leave of them."""

from collections.abc import Iterable
from typing import Any

import duckdb
import polars as pl

from linkage.cluster import find_components
from linkage.guards import (
    GUARDED,
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
from linkage.touched import gather_touched, judged_apart, store
from warehouse.contract.link import JUDGED_APART
from warehouse.given import lent

_PART = {"record": pl.Int64, "part": pl.Int64}
_CUT = {"record_l": pl.Int64, "record_r": pl.Int64, "reason": pl.String}


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
    numbers, laid, component = gather_touched(con, "linkage", is_all=is_all, edges=edges)
    kept, taken = loosen(numbers, laid, component)
    part = component
    if not taken.is_empty():
        part = find_components(numbers, kept["record_l"], kept["record_r"])
        # What was taken away ties nothing: the guards look at each part for itself. A component of
        # thousands of records has millions of pairs.
        store(con, "grouped", pl.DataFrame({"record": numbers, "component": part}))
    parts, cuts = _keep_apart(con, kept, is_all=is_all)
    grouped = (
        pl.DataFrame({"record": numbers, "component": component, "whole": part})
        .join(parts, on="record", how="left", maintain_order="left")
        .select("record", "component", part=pl.coalesce("part", "whole"))
    )
    cut = pl.concat([cuts, taken.select(list(_CUT))]).unique(["record_l", "record_r"], keep="first")
    store(con, "grouped", grouped)
    store(con, "cut_link", _between_parts(cut, grouped))


def _between_parts(cut: pl.DataFrame, grouped: pl.DataFrame) -> pl.DataFrame:
    """The cuts with their component, but for those whose records other links still join."""
    return (
        cut.join(grouped, left_on="record_l", right_on="record")
        .join(grouped.select("record", other="part"), left_on="record_r", right_on="record")
        .filter(pl.col("part") != pl.col("other"))
        .select(*_CUT, "component")
    )


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
    judged = judged_apart(con, "linkage")
    records = "fresh"
    if not is_all:
        records = "guarded"
        con.execute(_IN_QUESTION)
        held = held_sql("in_question", ("record_hash", *GUARDED))
        con.execute(f"CREATE OR REPLACE TEMP TABLE {records} AS {held}")
    apart = con.sql(apart_sql(records)).pl()
    apart = pl.concat([judged.with_columns(reason=pl.lit(JUDGED_APART)), apart])
    if apart.is_empty():
        return pl.DataFrame(schema=_PART), pl.DataFrame(schema=_CUT)
    # In an order that says nothing of which record came first. By the hash of the key: the keys
    # themselves would have to be looked up among those of all records.
    with lent(con, suspect=apart.select("component").unique()):
        members = con.sql(
            f"SELECT component, record, {PNCS} AS pnc, "
            f"row_number() OVER (ORDER BY record_hash) AS rank "
            f"FROM {records} JOIN (FROM grouped SEMI JOIN suspect USING (component)) USING (record)"
        ).pl()
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
