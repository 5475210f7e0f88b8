"""What households share in a data set, as its records tell."""

from collections.abc import Mapping

import duckdb

from linkage.models.person_households import (
    ONLY_WHERE_ANY_IS_SHARED,
    ONLY_WHERE_KIN_BEAR_ONE_NAME,
    ONLY_WHERE_SHARED,
    OWN_MIDDLE_NAME,
)
from linkage.training.namesakes import NAMES, why_namesakes_are_rare
from linkage.training.sharers import find_sharers


def find_unshared(
    con: duckdb.DuckDBPyConnection, records: str, known: Mapping[str, int]
) -> dict[str, str]:
    """What of the list counts only where households share telephones, e-mail addresses or papers,
    or where kin bear one name, and does not count here; by name, with why.

    Args:
        con: connection that holds the table.
        records: table of ``record``, ``source`` and the features.
        known: per feature, records that hold it; 0 where too few do.
    """
    unshared: dict[str, str] = {}
    is_told = is_any_shared = False
    of_a_household = ["home"] * bool(known["home"])
    for line, names in ONLY_WHERE_SHARED.items():
        if not known[line]:
            continue
        found = find_sharers(con, records, line)
        is_shared = found.are_a_household or found.are_of_couples
        if found.tell and is_shared and line != "papers":
            of_a_household.append(line)
        why = found.say(f"share {line}")
        is_told |= found.tell
        if not found.tell or is_shared:
            is_any_shared = True
        else:
            unshared |= dict.fromkeys(names, why)
    if is_told and not is_any_shared:
        why = "too few telephones, e-mail addresses and papers are shared by households here"
        unshared |= dict.fromkeys(ONLY_WHERE_ANY_IS_SHARED, why)
    rare = why_namesakes_are_rare(con, records, of_a_household)
    if rare:
        # What the line itself tells of its levels stands: that of the home is not about them.
        unshared = dict.fromkeys(ONLY_WHERE_KIN_BEAR_ONE_NAME, rare) | unshared
    elif known["middle_name"]:
        names = (*NAMES, "middle_name")
        if not why_namesakes_are_rare(con, records, of_a_household, names):
            unshared[OWN_MIDDLE_NAME] = "nothing tells that few sons bear all of a father's names"
    return unshared


def find_household_tie(
    con: duckdb.DuckDBPyConnection, records: str, known: Mapping[str, int]
) -> str | None:
    """Why the sources' own ties are of households, not of persons; None where nothing says so.

    The arguments are those of ``find_unshared``. A source that numbers households may deliver their
    number as that of the person. Two of other names alone do not say so: a source that is wrong at
    times ties strangers.
    """
    if not known["own_tie"]:
        return None
    found = find_sharers(con, records, "own_tie")
    if not found.tell or not found.are_a_household:
        return None
    return f"it ties households: {found.say('it ties')}"
