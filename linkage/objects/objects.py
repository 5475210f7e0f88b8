"""Link the objects of a night: which records tell of one, which may be one, which are flagged.

An object's id follows from its key (``warehouse/object_keys.py``), so there is nothing to be
assigned: everything is worked out from the current records and written where it differs from what
is held. However the records are split into nights, what is current is what one night would give.
"""

from datetime import date

import duckdb

from linkage.objects.candidates import find_candidates
from linkage.objects.flags import find_flags
from linkage.objects.keep import keep_found, keep_memberships
from linkage.workspace import workspace
from warehouse.connect import transaction
from warehouse.contract.object import OBJECT_CANDIDATE, OBJECT_FLAG
from warehouse.home import Home
from warehouse.journal import step
from warehouse.night import is_closed
from warehouse.object_keys import every_kind_sql
from warehouse.state import leave_wal, writer

# More than this many rows are worth a checkpoint of their own.
_MANY = 100_000


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
        if note["opened"] + note["ended"] < _MANY:
            leave_wal(con)


def link_object_records(con: duckdb.DuckDBPyConnection, night: date) -> dict[str, int]:
    """The same in the state that the workspace has open.

    Returns:
        ``records`` that have a value, ``refused`` (of them no key), ``objects``, memberships
        ``opened`` and ``ended``, ``candidates``, ``flags``.
    """
    con.execute(f"CREATE OR REPLACE TABLE keyed AS {every_kind_sql('valid_to IS NULL')}")
    find_candidates(con)
    find_flags(con)
    with transaction(con):
        opened, ended = keep_memberships(con, night)
        candidates = keep_found(con, OBJECT_CANDIDATE, "found_candidate", night)
        flags = keep_found(con, OBJECT_FLAG, "found_flag", night)
    [(records, refused, objects)] = con.execute(
        "SELECT count(value), count(refused), count(DISTINCT object_id) FROM keyed"
    ).fetchall()
    return {
        "records": records, "refused": refused, "objects": objects, "opened": opened,
        "ended": ended, "candidates": candidates, "flags": flags,
    }  # fmt: skip
