"""Work out a night's associations and networks: only what changed is looked at.

However the records are split into nights, the associations are those that working everything out at
once would give; networks too, but for their ids, which follow last night's.
"""

import hashlib
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

import duckdb

from linkage.networks.contexts import find_changes, write_contexts
from linkage.networks.graph import find_ties
from linkage.networks.membership import group_persons, write_networks
from linkage.networks.pairs import associate_pairs, write_pairs
from linkage.workspace import workspace
from warehouse import nowhere, object_keys
from warehouse.connect import transaction
from warehouse.given import row_of
from warehouse.home import Home
from warehouse.journal import step
from warehouse.night import is_closed
from warehouse.state import leave_wal, writer

# What associations and networks follow from beside the records and the persons.
_CODE = (
    "communities.py", "contexts.py", "graph.py", "ids.py", "kinds.py", "membership.py", "pairs.py",
    "sources.py", "standing.py",
)  # fmt: skip
_LIBRARIES = ("duckdb", "graspologic-native", "rustworkx")


@dataclass(frozen=True)
class Summary:
    """What the journal of the night says of the step; counts of the whole home unless said."""

    is_full: bool
    changed_contexts: int
    associations: int
    hubs: int
    networks: int
    persons_in_networks: int


def associate(home: Home, night: date) -> None:
    """Bring associations and networks up to the night's records and persons.

    In one transaction of the state: killed before its end nothing has happened, run again after it
    nothing changes.

    Raises:
        LockedError: another process holds the state.
    """
    if is_closed(home, night):
        return
    with (
        step(home, night, "associate") as note,
        writer(home, f"associations of night {night}") as con,
        workspace(con),
    ):
        summary = associate_persons(con, night)
        if not summary.is_full:
            leave_wal(con)
        note.update(asdict(summary))


def associate_persons(con: duckdb.DuckDBPyConnection, night: date) -> Summary:
    """Work out what changed in the state that the workspace has open.

    Args:
        con: a workspace.
        night: the night, from which what changes counts.

    Returns:
        What was done.
    """
    signature = _sign()
    since = _since(con, night, signature)
    changed = _work_out(con, since, night, (night, signature))
    return _sum_up(con, changed, is_full=since is None)


def follow_decisions(con: duckdb.DuckDBPyConnection, night: date) -> None:
    """Bring associations up to persons whom people merged or parted; records are left for the next
    night.

    Args:
        con: a workspace.
        night: from which what changes counts.
    """
    marks = con.execute("SELECT night, signature FROM linkage.network_mark").fetchall()
    # Where everything is to be made anew the next night does that.
    if marks and marks[0][1] == _sign():
        _work_out(con, date.max, night, marks[0])


def _work_out(
    con: duckdb.DuckDBPyConnection, since: date | None, night: date, mark: tuple[date, str]
) -> int:
    """The steps in their order; what they come to is written in one transaction.

    Returns:
        Contexts that changed.
    """
    is_all = since is None
    changed = find_changes(con, since)
    associate_pairs(con, is_all=is_all)
    find_ties(con, is_all=is_all)
    group_persons(con, night)
    with transaction(con):
        write_contexts(con, is_all=is_all)
        write_pairs(con, is_all=is_all)
        write_networks(con, night)
        con.execute("DELETE FROM linkage.network_mark")
        con.execute(f"INSERT INTO linkage.network_mark VALUES {row_of(*mark)}")
    return changed


def _since(con: duckdb.DuckDBPyConnection, night: date, signature: str) -> date | None:
    """The night after which rows count as changed; None where everything is looked at.

    A night that is done again looks at everything: rows of its own may have gone since without a
    trace.
    """
    marks = con.execute("SELECT night, signature FROM linkage.network_mark").fetchall()
    if not marks or marks[0][0] >= night or marks[0][1] != signature:
        return None
    since: date = marks[0][0]
    return since


def _sign() -> str:
    """Hash of what associations and networks were made with."""
    parts = [f"{name} {version(name)}" for name in _LIBRARIES]
    folder = Path(__file__).parent
    files = [folder / name for name in _CODE]
    files += [Path(nowhere.__file__), Path(object_keys.__file__)]
    parts += [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def _sum_up(con: duckdb.DuckDBPyConnection, changed: int, *, is_full: bool) -> Summary:
    [counts] = con.execute(
        "SELECT (SELECT count(*) FROM link.association), "
        "(SELECT count(*) FROM link.association_hub), "
        "(SELECT count(DISTINCT network_id) FROM link.network_standing), "
        "(SELECT count(*) FROM link.network_standing)"
    ).fetchall()
    return Summary(is_full, changed, *counts)
