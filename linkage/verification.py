"""Whether nights of changes came to what linking everything anew gives: edges and persons.

A difference means that the state cannot be trusted: it stops the night before anything is
published.
"""

from dataclasses import asdict, replace

import duckdb

from linkage.changes import read_changes
from linkage.edges import EDGE_CONTENT
from linkage.groups import group_records
from linkage.held_keys import clear_outdated
from linkage.identity import PERSONS, Ledger
from linkage.mark import Mark, gazetteer, write_mark
from linkage.model import Model
from linkage.pairs import find_pairs
from linkage.score import score_pairs
from warehouse.connect import transaction
from warehouse.errors import StoreError
from warehouse.home import Home

VERIFY_EVERY_DAYS = 7

_EDGES_DIFFER = """
SELECT count(DISTINCT (record_l, record_r)) FROM (
    (SELECT {content} FROM {at}.edge EXCEPT SELECT {content} FROM scored)
    UNION ALL (SELECT {content} FROM scored EXCEPT SELECT {content} FROM {at}.edge)
)
"""
# Two partitions are the same where each part of one is a part of the other.
_PARTS_DIFFER = """
WITH named AS (SELECT {id}, part FROM {at}.cluster FULL JOIN grouped USING (record))
SELECT (SELECT count(*) FROM (SELECT {id} FROM named GROUP BY {id}
                              HAVING count(DISTINCT part) <> 1 OR count(*) <> count(part)))
     + (SELECT count(*) FROM (SELECT part FROM named GROUP BY part
                              HAVING count(DISTINCT {id}) <> 1))
"""


def is_due(mark: Mark) -> bool:
    """True where the last comparison is a week old."""
    return mark.verified_on is None or (mark.night - mark.verified_on).days >= VERIFY_EVERY_DAYS


def verify_links(con: duckdb.DuckDBPyConnection, home: Home, model: Model, mark: Mark) -> None:
    """Link everything anew in memory, compare with the state, and note that nothing differs;
    what keys no longer count are deleted.

    Raises:
        StoreError: edges or persons differ; how many.
    """
    edges, persons = count_differences(con, home, model)
    if edges or persons:
        raise StoreError(
            f"linking everything anew differs from the state in {edges} edges and {persons} "
            "persons. Keep a copy of the home and report it; `crimelink link relink` has the next "
            "night link everything anew."
        )
    with transaction(con):
        write_mark(con, replace(mark, verified_on=mark.night))
        clear_outdated(con, PERSONS)
        con.execute(
            "UPDATE link.linkage_night SET is_verified = true "
            "WHERE run = (SELECT max(run) FROM link.linkage_night)"
        )


def count_differences(con: duckdb.DuckDBPyConnection, home: Home, model: Model) -> tuple[int, int]:
    """Edges and persons in which linking everything anew differs from what the state holds."""
    score_anew(con, home, model)
    group_records(con, is_all=True, edges="scored")
    return count_other_edges(con), count_other_parts(con)


def score_anew(con: duckdb.DuckDBPyConnection, home: Home, model: Model) -> None:
    """Make ``fresh`` (every current record, as ``read_changes`` does) and ``scored`` (every edge
    that the model gives them, as ``score_pairs`` does), in memory."""
    read_changes(con, model, gazetteer(home), is_all=True)
    find_pairs(con, model)
    con.execute("CREATE OR REPLACE VIEW all_to_score AS FROM fresh")
    score_pairs(con, model, records="all_to_score", at_least=model.possible)


def count_other_edges(con: duckdb.DuckDBPyConnection, ledger: Ledger = PERSONS) -> int:
    """Edges in which ``scored`` differs from what the state holds."""
    asked = _EDGES_DIFFER.format(content=EDGE_CONTENT, at=ledger.at)
    [(edges,)] = con.execute(asked).fetchall()
    return int(edges)


def count_other_parts(con: duckdb.DuckDBPyConnection, ledger: Ledger = PERSONS) -> int:
    """Persons, or offences, in which ``grouped`` differs from what the state holds."""
    [(parts,)] = con.execute(_PARTS_DIFFER.format(**asdict(ledger))).fetchall()
    return int(parts)
