"""Find series leads of a night: only what changed is compared."""

from dataclasses import asdict, dataclass
from datetime import date

import duckdb
import polars as pl

from linkage.series.changes import Changes, add_words, choose_pairs, read_changes, score_changes
from linkage.series.features import gather_offences, read_offences
from linkage.series.groups import group_offences
from linkage.series.model import SeriesModel
from linkage.series.model_file import (
    load_model,
    model_in_use,
    register_model,
    save_model,
    sign,
)
from linkage.series.training import train
from linkage.workspace import workspace
from warehouse.connect import transaction
from warehouse.home import Home
from warehouse.journal import step
from warehouse.night import is_closed
from warehouse.state import leave_wal, writer


@dataclass(frozen=True)
class Summary:
    """What the journal of the night says of series; counts of the whole home unless said.

    Attributes:
        model_id: empty where there is no model.
        no_model: why there is none; empty where there is one.
        is_full: every offence was compared.
        offences: that series are sought among.
        changed, gone, again: offences compared, no longer held, and compared though unchanged.
        pairs, leads: kept.
    """

    model_id: str
    no_model: str
    is_full: bool
    offences: int
    changed: int
    gone: int
    again: int
    pairs: int
    leads: int


def find_series(home: Home, night: date) -> None:
    """Bring the home's series leads up to its current offences.

    In one transaction of the state: killed before its end nothing has happened, run again after it
    nothing changes. A home without a model makes one of its first solved series; where these are
    too few there are no leads, and the journal says so.

    Raises:
        LockedError: another process holds the state.
        StoreError: the files of the model in use are gone or damaged.
    """
    if is_closed(home, night):
        return
    with step(home, night, "find_series") as note:
        with writer(home, f"finding series of night {night}") as con, workspace(con):
            summary = seek(con, home, night)
            if not summary.is_full:
                leave_wal(con)
        note.update(asdict(summary))


def seek(con: duckdb.DuckDBPyConnection, home: Home, night: date) -> Summary:
    """Find the leads of the state that the workspace has open."""
    gather_offences(con)
    model, why = _choose_model(con, home)
    if model is None:
        [(offences,)] = con.execute("SELECT count(*) FROM series_offence").fetchall()
        return Summary("", why, False, int(offences), 0, 0, 0, 0, 0)
    signature = sign(model)
    is_all = con.execute("SELECT signature FROM linkage.series_mark").fetchall() != [(signature,)]
    changes = read_changes(con, model, is_all=is_all)
    if is_all or changes.changed or changes.gone:
        offences_held = read_offences(con)
        scored = score_changes(con, model, offences_held, is_all=is_all)
        chosen = choose_pairs(con, model, scored, is_all=is_all)
        pairs = add_words(con, model, offences_held, chosen)
        with transaction(con):
            register_model(con, model)
            _write_pairs(con, pairs, night, is_all=is_all)
            _write_leads(con, model)
            _write_mark(con, model, signature, night)
    return _summary(con, model, changes, is_full=is_all)


def _choose_model(con: duckdb.DuckDBPyConnection, home: Home) -> tuple[SeriesModel | None, str]:
    """The model in use, or the first one, provisional until somebody approves one; None and why
    where there are too few solved series for one."""
    known = model_in_use(con)
    if known:
        return load_model(home, known), ""
    trained = train(con)
    if trained.model is not None:
        save_model(home, trained.model)
    return trained.model, trained.why


def _write_pairs(
    con: duckdb.DuckDBPyConnection, pairs: pl.DataFrame, night: date, *, is_all: bool
) -> None:
    """Replace the pairs that were touched, and what was sought among. A pair that has the bits that
    it had keeps its night."""
    going = "" if is_all else (
        "WHERE offence_l IN (FROM series_touched) OR offence_r IN (FROM series_touched)"
    )  # fmt: skip
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE series_before AS
            SELECT offence_l, offence_r, total, night FROM linkage.series_pair {going}"""
    )
    con.execute(f"DELETE FROM linkage.series_pair {going}")
    con.register("series_chosen", pairs)
    con.execute(
        """
        INSERT INTO linkage.series_pair BY NAME
        SELECT chosen.*, coalesce(before.night, $night) AS night FROM series_chosen AS chosen
        LEFT JOIN series_before AS before USING (offence_l, offence_r, total)
        ORDER BY offence_l, offence_r
        """,
        {"night": night},
    )
    con.unregister("series_chosen")
    columns = "offence, force, source_system, source_record_id, content_hash"
    if is_all:
        con.execute("DELETE FROM linkage.series_offence")
        con.execute(f"INSERT INTO linkage.series_offence SELECT {columns} FROM series_offence")
        return
    con.execute("DELETE FROM linkage.series_offence WHERE offence IN (FROM series_left)")
    con.execute(
        f"INSERT INTO linkage.series_offence SELECT {columns} FROM series_offence "
        "SEMI JOIN series_asked USING (offence)"
    )


def _write_leads(con: duckdb.DuckDBPyConnection, model: SeriesModel) -> None:
    """Group all pairs anew, and write the members that are others."""
    pairs = con.sql("SELECT offence_l, offence_r, total FROM linkage.series_pair").pl()
    con.register("series_grouped", group_offences(pairs, model))
    con.execute(
        "DELETE FROM linkage.series_member WHERE (offence, lead) NOT IN "
        "(SELECT (offence, lead) FROM series_grouped)"
    )
    con.execute(
        "INSERT INTO linkage.series_member SELECT offence, lead FROM series_grouped "
        "EXCEPT FROM linkage.series_member"
    )
    con.unregister("series_grouped")


def _write_mark(
    con: duckdb.DuckDBPyConnection, model: SeriesModel, signature: str, night: date
) -> None:
    con.execute("DELETE FROM linkage.series_mark")
    con.execute("INSERT INTO linkage.series_mark VALUES (?, ?)", [model.model_id, signature])
    con.execute(
        "UPDATE governance.model_register SET first_night = ? "
        "WHERE model_id = ? AND first_night IS NULL",
        [night, model.model_id],
    )


def _summary(
    con: duckdb.DuckDBPyConnection, model: SeriesModel, changes: Changes, *, is_full: bool
) -> Summary:
    [(offences, pairs, leads)] = con.execute(
        """SELECT (SELECT count(*) FROM linkage.series_offence),
                  (SELECT count(*) FROM linkage.series_pair),
                  (SELECT count(DISTINCT lead) FROM linkage.series_member)"""
    ).fetchall()
    return Summary(
        model.model_id, "", is_full, offences, changes.changed, changes.gone, changes.again, pairs,
        leads,
    )  # fmt: skip
