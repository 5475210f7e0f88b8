"""What households share in a data set, as its records tell."""

from collections.abc import Mapping

import duckdb

from linkage.models.person_conditions import OTHER_FORENAME
from linkage.models.person_households import (
    ONLY_WHERE_ANY_IS_SHARED,
    ONLY_WHERE_MOSTLY_SHARED,
    ONLY_WHERE_SHARED,
)
from linkage.training.calibrate import FEWEST_TOLD

# Share of other forenames among records that share a value, from which households share it: one
# person's forename is another in fewer of a pair's records, unless data are very bad. And that from
# which it is a household's as a rule: .4 to .46 were measured where three in ten have that of their
# household, .75 to .9 where seven to ten have.
SHARED_FROM, MOSTLY_SHARED_FROM = 0.25, 0.6
# Values that more bear are no household's: one person's forty records make as many pairs as
# hundreds of them.
MOST_BEARERS = 12
_SHARED_VALUES = {
    "phone": "coalesce(phones, [phone])",
    "email": "coalesce(emails, [email])",
    "papers": "papers",
    "own_tie": "[own_tie]",
}
_TELLS = ("forename", "forename_sound", "stands_for", "forenames", "surname")


def find_unshared(
    con: duckdb.DuckDBPyConnection, records: str, known: Mapping[str, int]
) -> dict[str, str]:
    """What of the list counts only where households share telephones, e-mail addresses or papers,
    and does not count here; by name, with why.

    Args:
        con: connection that holds the table.
        records: table of ``record`` and the features.
        known: per feature, records that hold it; 0 where too few do.
    """
    unshared: dict[str, str] = {}
    is_told = is_any_shared = False
    for line, names in ONLY_WHERE_SHARED.items():
        if not known[line]:
            continue
        pairs, others = _share_of_others(con, records, line)
        why = f"of {pairs:,} pairs that share {line} {others:.1%} have other forenames"
        is_told |= pairs >= FEWEST_TOLD
        if pairs < FEWEST_TOLD or others >= SHARED_FROM:
            is_any_shared = True
        else:
            unshared |= dict.fromkeys(names, why)
        if pairs >= FEWEST_TOLD and others < MOSTLY_SHARED_FROM:
            unshared |= dict.fromkeys(ONLY_WHERE_MOSTLY_SHARED.get(line, ()), why)
    if is_told and not is_any_shared:
        why = "households share neither telephones, e-mail addresses nor papers here"
        unshared |= dict.fromkeys(ONLY_WHERE_ANY_IS_SHARED, why)
    return unshared


def find_household_tie(
    con: duckdb.DuckDBPyConnection, records: str, known: Mapping[str, int]
) -> str | None:
    """Why the sources' own ties are of households, not of persons; None where nothing says so.

    The arguments are those of ``find_unshared``. A source that numbers households may deliver their
    number as that of the person.
    """
    if not known["own_tie"]:
        return None
    pairs, others = _share_of_others(con, records, "own_tie")
    if pairs < FEWEST_TOLD or others < SHARED_FROM:
        return None
    return f"it ties households: of {pairs:,} pairs that it ties {others:.1%} have other forenames"


def _share_of_others(con: duckdb.DuckDBPyConnection, records: str, line: str) -> tuple[int, float]:
    """Pairs that share a value and whose forenames are known, and the share of them with other
    forenames."""
    sides = ", ".join(f"l.{name} AS {name}_l, r.{name} AS {name}_r" for name in _TELLS)
    [(pairs, others)] = con.execute(f"""
        WITH bearer AS (
            SELECT record, unnest({_SHARED_VALUES[line]}) AS value
            FROM {records} WHERE {line} IS NOT NULL AND forename IS NOT NULL
        ),
        few AS (SELECT value FROM bearer GROUP BY value
                HAVING count(*) BETWEEN 2 AND {MOST_BEARERS}),
        shared AS (FROM bearer SEMI JOIN few USING (value)),
        pair AS (
            SELECT DISTINCT l.record AS record_l, r.record AS record_r
            FROM shared AS l JOIN shared AS r ON l.value = r.value AND l.record < r.record
        )
        SELECT count(*), coalesce(avg(({OTHER_FORENAME})::INTEGER), 0)
        FROM (SELECT {sides} FROM pair JOIN {records} AS l ON l.record = record_l
              JOIN {records} AS r ON r.record = record_r)
    """).fetchall()
    return int(pairs), float(others)
