"""Link the offences of a night across forces: only what changed is compared.

It comes after persons and objects, whose resolved ids the records are compared by. However the
records are split into nights, the edges and the offences are those that linking everything at once
would give.
"""

from dataclasses import replace
from datetime import date, timedelta

import duckdb

from linkage.delta import Changes
from linkage.edges import compare_edges, write_edges
from linkage.held_keys import clear_outdated
from linkage.identity import OFFENCES, keep_ledger
from linkage.judgements.journal import read_journal
from linkage.judgements.ties import Judged, take_in_judgements
from linkage.mark import Mark, read_mark, sign, write_mark
from linkage.model import Model
from linkage.model_file import load_model, mark_used, model_in_use, register_model, save_model
from linkage.models.offence import ENTITY
from linkage.nights import Summary, last_summary, next_run, record_night
from linkage.offences.changes import read_changes, write_changes
from linkage.offences.groups import group_records
from linkage.offences.pairs import find_pairs, gather_bearers, score_delta
from linkage.offences.train import train_offences
from linkage.verification import count_other_edges, count_other_parts, is_due
from linkage.workspace import workspace
from warehouse.connect import transaction
from warehouse.errors import StoreError
from warehouse.home import Home
from warehouse.journal import step
from warehouse.night import is_closed
from warehouse.state import leave_wal, writer

_AT = OFFENCES.at


# The stages that follow find offences by the keys of their records, as the store's readers do.
_MEMBERSHIP = (
    f"""CREATE OR REPLACE TEMP TABLE renamed AS
        SELECT record, force, source_system, source_record_id FROM {_AT}.record_key
        SEMI JOIN (
            SELECT record FROM assigned WHERE previous_id IS DISTINCT FROM offence_id
            UNION ALL FROM closing
        ) USING (record)""",
    """DELETE FROM link.offence_membership AS held USING renamed
       WHERE held.force = renamed.force AND held.source_system = renamed.source_system
         AND held.source_record_id = renamed.source_record_id""",
    f"""INSERT INTO link.offence_membership BY NAME
        SELECT offence_id, force, source_system, source_record_id, valid_from, valid_to
        FROM {_AT}.membership JOIN renamed USING (record)""",
)


def link_offences(home: Home, night: date) -> None:
    """Link the home's current offence records and keep the ledger of their identities, in one
    transaction: killed before its end nothing has happened, run again after it nothing changes.

    Raises:
        LockedError: another process holds the state.
        StoreError: the weekly comparison with linking everything anew found a difference.
    """
    if is_closed(home, night):
        return
    with (
        step(home, night, "link_offences") as note,
        writer(home, f"linking offences of night {night}") as con,
    ):
        with workspace(con):
            summary = link_records(con, home, night)
            if summary and not summary.is_full:
                leave_wal(con)
        if summary:
            note.update(summary.to_note(OFFENCES))
            note["damaged_judgements"] = len(read_journal(home, entity=ENTITY).damaged)


def link_records(con: duckdb.DuckDBPyConnection, home: Home, night: date) -> Summary | None:
    """Link what changed in the state that the workspace has open.

    Returns:
        What was done; None where there are no records, and never were.
    """
    mark = read_mark(con, _AT)
    model = _choose_model(con, home, mark)
    if model is None:
        return None
    signature = sign(home, model)
    is_all = mark is None or mark.signature != signature
    changes = read_changes(con, None if is_all or mark is None else _since(mark, night), model)
    pairs = _score(con, model, is_all=is_all)
    compare_edges(con, _AT)
    with transaction(con):
        register_model(con, model)
        run = next_run(con, OFFENCES)
        write_changes(con, night, run, is_all=is_all)
        judged = take_in_judgements(con, home, night, ENTITY)
        is_new_night = mark is None or mark.night < night
        if is_all or is_new_night or changes.any or _is_judged(con):
            _write(con, night, run, model, changes, pairs, judged, mark, is_all=is_all)
        mark_used(con, model.model_id, night)
        now = Mark(night, model.model_id, signature,
                   night if is_all or mark is None else mark.verified_on)  # fmt: skip
        write_mark(con, now, _AT)
    if is_due(now):
        _verify(con, model, now)
    return last_summary(con, OFFENCES)


def _since(mark: Mark, night: date) -> date:
    """The night after which rows count as changed: one that is linked again looks at its own."""
    return mark.night - timedelta(days=1) if mark.night == night else mark.night


def _choose_model(con: duckdb.DuckDBPyConnection, home: Home, mark: Mark | None) -> Model | None:
    """The model in use. A home that has none makes one of its first records, provisional until
    somebody approves one."""
    known = model_in_use(con, ENTITY)
    if known:
        return load_model(home, known)
    if mark is None and not con.execute("SELECT 1 FROM core.offence_record LIMIT 1").fetchall():
        return None
    model = train_offences(con)
    save_model(home, model)
    return model


def _score(con: duckdb.DuckDBPyConnection, model: Model, *, is_all: bool) -> int:
    gather_bearers(con, is_all=is_all)
    find_pairs(con, model)
    return score_delta(con, model, is_all=is_all)


def _write(
    con: duckdb.DuckDBPyConnection,
    night: date,
    run: int,
    model: Model,
    changes: Changes,
    pairs: int,
    judged: Judged,
    mark: Mark | None,
    *,
    is_all: bool,
) -> None:
    write_edges(con, night, _AT)
    group_records(con, is_all=is_all)
    is_other_model = mark is not None and mark.model_id != model.model_id
    keep_ledger(con, night, run, model.model_id, is_other_model=is_other_model, ledger=OFFENCES)
    for statement in _MEMBERSHIP:
        con.execute(statement)
    record_night(con, run, night, model, changes, pairs, judged, is_full=is_all, ledger=OFFENCES)


def _is_judged(con: duckdb.DuckDBPyConnection) -> bool:
    return bool(con.execute("SELECT 1 FROM judged LIMIT 1").fetchall())


def _verify(con: duckdb.DuckDBPyConnection, model: Model, mark: Mark) -> None:
    """Link everything anew in memory, compare with the state, and note that nothing differs."""
    edges, offences = count_differences(con, model)
    if edges or offences:
        raise StoreError(
            f"linking all offences anew differs from the state in {edges} edges and {offences} "
            "offences. Keep a copy of the home and report it; `crimelink link relink` has the next "
            "night link everything anew."
        )
    with transaction(con):
        write_mark(con, replace(mark, verified_on=mark.night), _AT)
        clear_outdated(con, OFFENCES)
        con.execute(
            f"UPDATE link.{OFFENCES.nights} SET is_verified = true "
            f"WHERE run = (SELECT max(run) FROM link.{OFFENCES.nights})"
        )


def count_differences(con: duckdb.DuckDBPyConnection, model: Model) -> tuple[int, int]:
    """Edges and offences in which linking everything anew differs from what the state holds."""
    read_changes(con, None, model)
    _score(con, model, is_all=True)
    group_records(con, is_all=True, edges="scored")
    return count_other_edges(con, OFFENCES), count_other_parts(con, OFFENCES)
