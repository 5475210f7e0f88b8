"""Whether kin of one name are met in a data set: a father and a son who share all but the birth."""

import re
from collections.abc import Sequence

import duckdb

from linkage.training.sharers import BIRTHS_APART, MOST_BEARERS, VALUES, find_sharers

# Share of two persons among pairs of one name and home (or telephone of a household) below which
# such a pair is taken for one person, and the fewest pairs that tell it.
NAMESAKES_FROM, FEWEST_TOLD = 0.04, 100
# Where nobody lives with others there are no kin: for ten pairs of a home that have other
# forenames, one of one name is taken to be of kin.
KIN_OF_ONE_NAME = 0.1
_BIRTHS_APART = re.sub(r"\b(birth_\w+)_([lr])\b", r"\2.\1", BIRTHS_APART)


def why_namesakes_are_rare(
    con: duckdb.DuckDBPyConnection, records: str, lines: Sequence[str]
) -> str | None:
    """Why two of one name who share a household's line are one person; None where nothing says so.

    Births tell, where they are known. Else the sources do: a father and his son stand in one source
    as often as chance puts them there, where one person stands in two. Or hardly anybody lives with
    others. Each finds too many rather than too few, for slips of births and of forenames, and for
    whoever stands twice in one source: the least of them counts. But sources that list one person
    a home, as telephone books do, hide the heir who follows: there too few are found.

    Args:
        con: connection that holds the table.
        records: table of ``record``, ``source`` (force and record system) and the features.
        lines: of ``VALUES``, those that households share.
    """
    if not lines:
        return None
    bearers = " UNION ALL ".join(
        f"SELECT record, '{line}' AS line, unnest({VALUES[line]}) AS value FROM {records} "
        f"WHERE {line} IS NOT NULL AND forename IS NOT NULL AND surname IS NOT NULL"
        for line in lines
    )
    [(pairs, born, apart, within, chance_within)] = con.execute(f"""
        WITH bearer AS ({bearers}),
        named AS (SELECT line, value, record, forename, surname, birth_date, birth_year, source
                  FROM bearer JOIN {records} USING (record)),
        few AS (SELECT line, value, forename, surname FROM named GROUP BY ALL
                HAVING count(*) BETWEEN 2 AND {MOST_BEARERS}),
        shared AS (FROM named SEMI JOIN few USING (line, value, forename, surname)),
        pair AS (
            SELECT DISTINCT l.record, r.record, l.source = r.source AS is_within,
                   {_BIRTHS_APART} AS is_apart
            FROM shared AS l JOIN shared AS r USING (line, value, forename, surname)
            WHERE l.record < r.record
        ),
        held AS (SELECT source, count(DISTINCT record) AS held FROM named GROUP BY source)
        SELECT count(*), count(is_apart), count(*) FILTER (is_apart),
               count(*) FILTER (is_within AND is_apart IS NOT FALSE),
               (SELECT sum(held * (held - 1)) / nullif(sum(held) * (sum(held) - 1), 0) FROM held)
        FROM pair
    """).fetchall()
    if pairs < FEWEST_TOLD:
        return None
    # One more than was found, since none among few, or among many sources, says little.
    found = []
    if born >= FEWEST_TOLD:
        found.append(((apart + 1) / born, f"of the {born:,} with births {apart:,} have two"))
    if chance_within:
        found.append(
            ((within + 1) / chance_within / pairs, f"{within:,} of them stand in one source")
        )
    if lines == ["home"]:
        at_home = find_sharers(con, records, "home")
        kin = KIN_OF_ONE_NAME * at_home.others / max(1 - at_home.others, KIN_OF_ONE_NAME)
        found.append((kin, f"{at_home.others:.1%} of all that share a home have other forenames"))
    share, told = min(found)
    if share >= NAMESAKES_FROM:
        return None
    return (
        f"of {pairs:,} pairs of one name that share {' or '.join(lines)} about {share:.1%} are of "
        f"two persons: {told}"
    )
