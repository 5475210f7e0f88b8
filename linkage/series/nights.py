"""Find series leads of a night: only what changed is compared."""

from dataclasses import asdict, dataclass
from datetime import date

import duckdb

from linkage.model_file import mark_used
from linkage.series.changes import Changes, choose_pairs, read_changes, score_changes
from linkage.series.features import gather_offences, read_offences
from linkage.series.model import SeriesModel
from linkage.series.model_file import (
    load_model,
    model_in_use,
    register_model,
    save_model,
    sign,
)
from linkage.series.training import train
from linkage.series.writing import write_leads, write_offences, write_pairs
from linkage.workspace import workspace
from warehouse.connect import transaction
from warehouse.given import row_of
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
        scored = score_changes(con, model, read_offences(con), is_all=is_all)
        pairs = choose_pairs(con, model, scored, is_all=is_all)
        with transaction(con):
            register_model(con, model)
            write_pairs(con, pairs, night, is_all=is_all)
            write_offences(con, is_all=is_all)
            write_leads(con, model, is_all=is_all)
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


def _write_mark(
    con: duckdb.DuckDBPyConnection, model: SeriesModel, signature: str, night: date
) -> None:
    con.execute("DELETE FROM linkage.series_mark")
    con.execute(f"INSERT INTO linkage.series_mark VALUES {row_of(model.model_id, signature)}")
    mark_used(con, model.model_id, night)


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
