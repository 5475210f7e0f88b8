"""Link the objects of a night: which records tell of one, which may be one, which are flagged.

An object's id follows from its key (``warehouse/object_keys.py``), so there is nothing to be
assigned: what something befell is worked out anew from the current records (``scope.py``) and
written where it differs from what is held. However the records are split into nights, what is
current is what one night would give.
"""

from datetime import date

import duckdb

from linkage.objects.candidates import find_candidates
from linkage.objects.flags import find_flags
from linkage.objects.keep import keep_found, keep_memberships
from linkage.objects.mark import read_since, write_mark
from linkage.objects.scope import gather
from linkage.workspace import workspace
from warehouse.connect import transaction
from warehouse.contract.object import OBJECT_CANDIDATE, OBJECT_FLAG
from warehouse.home import Home
from warehouse.journal import step
from warehouse.night import is_closed
from warehouse.state import leave_wal, writer


def link_objects(home: Home, night: date) -> None:
    """Bring ``link.object_membership``, ``link.object_candidate`` and ``link.object_flag`` up to
    the home's current records, in one transaction of the state: killed before its end nothing has
    happened, run again after it nothing changes.

    Raises:
        LockedError: another process holds the state.
    """
    if is_closed(home, night):
        return
    with step(home, night, "link_objects") as note, writer(home, f"objects of {night}") as con:
        with workspace(con):
            note.update(link_object_records(con, night))
        if not note["is_full"]:
            leave_wal(con)


def link_object_records(con: duckdb.DuckDBPyConnection, night: date) -> dict[str, int | bool]:
    """The same in the state that the workspace has open.

    Returns:
        ``is_full`` (everything was looked at), ``records`` looked at, memberships ``opened`` and
        ``ended``, ``candidates`` and ``flags`` held in the end.
    """
    since = read_since(con, night)
    is_full = since is None
    gather(con, since)
    find_candidates(con)
    find_flags(con)
    with transaction(con):
        opened, ended = keep_memberships(con, night, is_all=is_full)
        candidates = keep_found(con, OBJECT_CANDIDATE, "found_candidate", night, is_all=is_full)
        flags = keep_found(con, OBJECT_FLAG, "found_flag", night, is_all=is_full)
        write_mark(con, night)
    [(records,)] = con.execute("SELECT count(*) FROM keyed").fetchall()
    return {
        "is_full": is_full, "records": records, "opened": opened, "ended": ended,
        "candidates": candidates, "flags": flags,
    }  # fmt: skip
