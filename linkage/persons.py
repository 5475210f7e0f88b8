"""Link the persons of a night: only what changed is compared.

Splink scores and keeps nothing; the state keeps the edges, the persons and what people decided.
However the records are split into nights, and in whatever order they come, the edges and the
persons are those that linking everything at once would give (``linkage/verification.py`` compares).
"""

from collections.abc import Collection
from datetime import date, timedelta
from functools import partial
from typing import Any

import duckdb

from linkage.changes import find_touched, read_changes, write_changes
from linkage.edges import score_delta, write_edges
from linkage.groups import group_records
from linkage.identity import PERSONS, keep_ledger
from linkage.judgements.journal import read_journal
from linkage.judgements.ties import take_in_judgements
from linkage.mark import Mark, gazetteer, is_relink_asked, read_mark, sign, write_mark
from linkage.model import Model
from linkage.model_file import load_model, mark_used, model_in_use, register_model, save_model
from linkage.networks.associate import follow_decisions
from linkage.nights import Summary, last_summary, next_run, record_night
from linkage.pairs import find_pairs
from linkage.training import train
from linkage.verification import is_due, verify_links
from linkage.workspace import in_little_memory, workspace
from warehouse.connect import transaction
from warehouse.home import Home
from warehouse.journal import step
from warehouse.night import closed_nights, hand_over_model, is_closed
from warehouse.state import PATIENCE_SECONDS, leave_wal, writer


def link(home: Home, night: date) -> None:
    """Link the home's current person records and keep the ledger of identities.

    What changed since the last link step is compared, in one transaction of the state: killed
    before its end nothing has happened, run again after it nothing changes.

    Raises:
        LockedError: another process holds the state.
        StoreError: the weekly comparison with linking everything anew found a difference.
    """
    if is_closed(home, night):
        return
    with step(home, night, "link") as note, writer(home, f"linking night {night}") as con:
        with workspace(con):
            summary = link_records(con, home, night, note)
            if summary and not summary.is_full:
                leave_wal(con)
        hand_over_model(home, night, summary.model_id if summary else None)
        if summary:
            note.update(summary.to_note(PERSONS))
        note["damaged_judgements"] = len(read_journal(home).damaged)


def apply_decisions(home: Home, only: Collection[str] | None = None) -> Summary | None:
    """Take what people decided into the ledger at once: the next publish shows it.

    It counts from the day after the last closed night, or from the night that is linked already
    and not closed yet.

    Args:
        home: the home.
        only: ids of the decisions to take in, the others being left for the night; None: all.

    Returns:
        What changed; None where nothing has been linked yet, or the next night links everything
        anew (``say_anew`` tells why): it takes them in.

    Raises:
        LockedError: a night holds the state; it will take the decisions in itself.
    """
    with writer(home, "taking in decisions", PATIENCE_SECONDS) as con, workspace(con):
        mark = read_mark(con)
        if mark is None:
            return None
        closed = closed_nights(home)
        night = max([mark.night, *(each + timedelta(days=1) for each in closed[-1:])])
        summary = link_records(con, home, night, only_decisions=True, decisions=only)
        follow_decisions(con, night)
        return summary


def say_anew(con: duckdb.DuckDBPyConnection) -> str:
    """Why the next night links everything anew, so that no decision is applied before it.

    Args:
        con: the state, of which ``apply_decisions`` said nothing changed.
    """
    mark, known = read_mark(con), model_in_use(con)
    if mark is None:
        return "nothing was linked yet"
    if is_relink_asked(con):
        return "crimelink link relink asked for it"
    if known != mark.model_id:
        return f"the model {known} is in use, and {mark.model_id} linked the last night"
    return (
        "crimelink, DuckDB or the gazetteer of postcodes is another than when the last night was "
        "linked"
    )


def link_records(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    night: date,
    note: dict[str, Any] | None = None,
    *,
    only_decisions: bool = False,
    decisions: Collection[str] | None = None,
) -> Summary | None:
    """Link what changed in the state that the workspace has open.

    Args:
        con: a workspace.
        home: the home, for its model, gazetteer and journal of decisions.
        night: from which what changes counts.
        note: what the journal says of the step; ``done_twice`` is put into it where the memory that
            a night is given was too little, or the disk took nothing: the kind of error.
        only_decisions: True where records are left for the next night.
        decisions: ids of those to take in; None: all that people decided.

    Returns:
        What was done; None where there are no records, and never were.
    """
    mark = read_mark(con)
    model = _choose_model(con, home, mark)
    if model is None:
        return None
    signature = sign(home, model)
    is_all = mark is None or mark.signature != signature
    if only_decisions and is_all:
        return None
    # A decision reads no records: rows loaded for a night that is not linked yet still count.
    read_to = mark.night if only_decisions and mark is not None else night
    verified_on = night if is_all or mark is None else mark.verified_on
    now = Mark(read_to, model.model_id, signature, verified_on)
    if is_all or mark is None:
        _link_changes(con, home, night, model, mark, now, None, is_all=True)
    else:
        touched = find_touched(con, _since(mark, night, only_decisions=only_decisions))
        work = partial(_link_changes, con, home, night, model, mark, now, decisions, is_all=False)
        why = in_little_memory(con, touched, work)
        if why and note is not None:
            note["done_twice"] = why
    # A decision is applied in seconds; the weekly comparison is the night's.
    if not only_decisions and is_due(now):
        verify_links(con, home, model, now)
    return last_summary(con)


def _link_changes(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    night: date,
    model: Model,
    before: Mark | None,
    now: Mark,
    decisions: Collection[str] | None,
    *,
    is_all: bool,
) -> None:
    """Compare what changed since ``before`` and write what comes of it, in one transaction."""
    changes = read_changes(con, model, gazetteer(home), is_all=is_all)
    find_pairs(con, model)
    pairs = score_delta(con, model, is_all=is_all)
    with transaction(con):
        register_model(con, model)
        run = next_run(con)
        write_changes(con, night, run, is_all=is_all)
        judged = take_in_judgements(con, home, night, only=decisions)
        # A night has its row though nothing changed; one that is linked again has it already.
        is_new_night = before is None or before.night < now.night
        if is_all or is_new_night or changes.any or _is_judged(con):
            write_edges(con, night)
            group_records(con, is_all=is_all)
            is_other_model = before is not None and before.model_id != model.model_id
            keep_ledger(con, night, run, model.model_id, is_other_model=is_other_model)
            record_night(con, run, night, model, changes, pairs, judged, is_full=is_all)
        mark_used(con, model.model_id, night)
        write_mark(con, now)


def _since(mark: Mark, night: date, *, only_decisions: bool) -> date:
    """The night after which rows count as changed. A night that is linked again looks at its own
    rows again: they may have been loaded since."""
    if only_decisions:
        return date.max
    return mark.night - timedelta(days=1) if mark.night == night else mark.night


def _choose_model(con: duckdb.DuckDBPyConnection, home: Home, mark: Mark | None) -> Model | None:
    """The model in use. A home that has none makes one of its first records, provisional until
    somebody approves one."""
    known = model_in_use(con)
    if known:
        return load_model(home, known)
    if mark is None and not con.execute("SELECT 1 FROM core.person_record LIMIT 1").fetchall():
        return None
    model = train(con, gazetteer(home), must=False)
    save_model(home, model)
    return model


def _is_judged(con: duckdb.DuckDBPyConnection) -> bool:
    return bool(con.execute("SELECT 1 FROM judged LIMIT 1").fetchall())
