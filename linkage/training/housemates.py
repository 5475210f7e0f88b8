"""Pairs of records that share what a household shares, counted by the sources of the two."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from linkage.models.person_conditions import OTHER_FORENAME
from linkage.training.sharers import BIRTHS_APART, MOST_BEARERS, TELLS, VALUES

_SIDED = re.compile(r"\b(\w+)_([lr])\b")


@dataclass(frozen=True)
class Source:
    """A record system: how many records it has, and the share of them whose births are known."""

    records: int
    born: float


@dataclass(frozen=True)
class Met:
    """Pairs of records of two sources, or of one, that share a household's line.

    Attributes:
        one, two: the sources, force and record system of each.
        named: of one name.
        born, apart: those of them whose births are known, and are two.
        maybe_apart: those whose births are not known to be one.
        others: pairs of other forenames.
        like: pairs of forenames that are the same, but for a slip or a short form.
        likely_born: of how many of ``named`` births would be known, were they of any pair alike.
    """

    one: str
    two: str
    named: int
    born: int
    apart: int
    maybe_apart: int
    others: int
    like: int
    likely_born: float

    @property
    def is_within(self) -> bool:
        """Both records are of one source."""
        return self.one == self.two


def meet(
    con: duckdb.DuckDBPyConnection,
    records: str,
    lines: Sequence[str],
    names: Sequence[str],
    sources: Mapping[str, Source],
) -> list[Met]:
    """The pairs of records that share one of the lines, counted by the sources of the two.

    Args:
        con: connection that holds the table.
        records: table of ``record``, ``source`` and the features.
        lines: of ``VALUES``.
        names: features that are the same of two of one name.
        sources: of the records.
    """
    bearers = " UNION ALL ".join(
        f"SELECT record, '{line}' AS line, unnest({VALUES[line]}) AS value FROM {records} "
        f"WHERE {line} IS NOT NULL AND forename IS NOT NULL AND surname IS NOT NULL"
        for line in lines
    )
    named = ", ".join(names)
    of_sources = "least(l.source, r.source) AS one, greatest(l.source, r.source) AS two"
    apart, other = (_SIDED.sub(r"\2.\1", each) for each in (BIRTHS_APART, OTHER_FORENAME))

    # Ten records of one person, and of one who shares his home, are few of his name and many of it.
    rows = con.execute(f"""
        WITH bearer AS ({bearers}),
        borne AS (SELECT line, value, record, source, {", ".join(dict.fromkeys([*TELLS, *names]))}
                  FROM bearer JOIN {records} USING (record)),
        few_named AS (SELECT line, value, {named} FROM borne GROUP BY ALL
                      HAVING count(*) BETWEEN 2 AND {MOST_BEARERS}),
        named AS (FROM borne SEMI JOIN few_named USING (line, value, {named})),
        named_pair AS (
            SELECT DISTINCT l.record, r.record, {of_sources}, {apart} AS is_apart
            FROM named AS l JOIN named AS r USING (line, value, {named})
            WHERE l.record < r.record
        ),
        few AS (SELECT line, value FROM borne GROUP BY ALL
                HAVING count(*) BETWEEN 2 AND {MOST_BEARERS}),
        shared AS (FROM borne SEMI JOIN few USING (line, value)),
        any_pair AS (
            SELECT DISTINCT l.record, r.record, {of_sources}, {other} AS is_other
            FROM shared AS l JOIN shared AS r USING (line, value)
            WHERE l.record < r.record
        )
        SELECT one, two, count(is_named), count(is_apart), count(*) FILTER (is_apart),
               count(*) FILTER (is_named AND is_apart IS NOT FALSE),
               count(*) FILTER (is_other), count(*) FILTER (NOT is_other)
        FROM (SELECT one, two, true AS is_named, is_apart, NULL AS is_other FROM named_pair
              UNION ALL SELECT one, two, NULL, NULL, is_other FROM any_pair)
        GROUP BY one, two ORDER BY one, two
    """).fetchall()
    return [
        Met(one, two, named, born, apart, maybe_apart, others, like,
            likely_born=named * sources[one].born * sources[two].born)
        for one, two, named, born, apart, maybe_apart, others, like in rows
    ]  # fmt: skip


def read_sources(con: duckdb.DuckDBPyConnection, records: str) -> dict[str, Source]:
    """The sources of the records, by force and record system."""
    rows = con.execute(
        "SELECT source, count(*), avg((birth_year IS NOT NULL)::INTEGER) "
        f"FROM {records} GROUP BY source"
    ).fetchall()
    return {source: Source(size, born) for source, size, born in rows}
