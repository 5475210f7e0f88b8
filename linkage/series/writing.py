"""Write pairs and leads into the state, within the caller's transaction."""

from datetime import date

import duckdb
import polars as pl

from linkage.series.groups import group_offences, touched_parts
from linkage.series.model import SeriesModel
from warehouse.given import lent, literal

_OFFENCE = "offence, force, source_system, source_record_id, content_hash"
_PAIR = "offence_l, offence_r, total"


def write_pairs(
    con: duckdb.DuckDBPyConnection, pairs: pl.DataFrame, night: date, *, is_all: bool
) -> None:
    """Put the pairs in the place of those held that were touched. A pair that has the bits that it
    had keeps its night.

    Makes ``series_moved`` (``offence``): ends of pairs that are new, gone, or have other bits.
    """
    going = "" if is_all else (
        "WHERE offence_l IN (FROM series_touched) OR offence_r IN (FROM series_touched)"
    )  # fmt: skip
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE series_before AS
            SELECT {_PAIR}, night FROM linkage.series_pair {going}"""
    )
    with lent(con, series_chosen=pairs):
        con.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE series_moved AS
            WITH before AS (SELECT {_PAIR} FROM series_before),
            now AS (SELECT {_PAIR} FROM series_chosen),
            other AS ((FROM before EXCEPT FROM now) UNION ALL (FROM now EXCEPT FROM before))
            SELECT offence_l AS offence FROM other UNION SELECT offence_r FROM other
            """
        )
        con.execute(f"DELETE FROM linkage.series_pair {going}")
        con.execute(
            f"""
            INSERT INTO linkage.series_pair BY NAME
            SELECT chosen.*, coalesce(before.night, {literal(night)}) AS night
            FROM series_chosen AS chosen
            LEFT JOIN series_before AS before USING (offence_l, offence_r, total)
            ORDER BY offence_l, offence_r
            """
        )


def write_offences(con: duckdb.DuckDBPyConnection, *, is_all: bool) -> None:
    """Write what series were sought among."""
    if is_all:
        con.execute("DELETE FROM linkage.series_offence")
        con.execute(f"INSERT INTO linkage.series_offence SELECT {_OFFENCE} FROM series_offence")
        return
    con.execute("DELETE FROM linkage.series_offence WHERE offence IN (FROM series_left)")
    con.execute(
        f"INSERT INTO linkage.series_offence SELECT {_OFFENCE} FROM series_offence "
        "SEMI JOIN series_asked USING (offence)"
    )


def write_leads(con: duckdb.DuckDBPyConnection, model: SeriesModel, *, is_all: bool) -> None:
    """Group anew what pairs that moved hold together, or everything: another model may group the
    same pairs in another way."""
    pairs = con.sql(f"SELECT {_PAIR} FROM linkage.series_pair").pl()
    moved = con.sql("SELECT offence FROM series_moved").pl()["offence"]
    own, touched = (pairs, moved) if is_all else touched_parts(pairs, moved, model)
    going = "" if is_all else "WHERE offence IN (FROM series_part)"
    with lent(con, series_grouped=group_offences(own, model), series_part=touched.to_frame()):
        con.execute(f"DELETE FROM linkage.series_member {going}")
        con.execute("INSERT INTO linkage.series_member SELECT offence, lead FROM series_grouped")
