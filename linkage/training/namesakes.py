"""Whether kin of one name are met in a data set: a father and a son who share all but the birth."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from linkage.models.person_conditions import OTHER_FORENAME
from linkage.training.sharers import (
    BIRTHS_APART,
    CROWDED_FROM,
    MOST_BEARERS,
    TELLS,
    VALUES,
    find_crowded,
)

# Share of two persons among pairs of one name and home (or telephone of a household) below which
# such a pair is taken for one person, and the fewest pairs that tell it.
NAMESAKES_FROM, FEWEST_TOLD = 0.035, 100
# Where nobody lives with others there are no kin: for ten pairs of a home that have other
# forenames, one of one name is taken to be of kin.
KIN_OF_ONE_NAME = 0.1
# Where sources list one person a home, those of other forenames are no wives or daughters but
# whoever followed: more of them are sons. Such sources list those who live together less than half
# as often as chance has it, where there are enough to tell.
HEIRS_OF_ONE_NAME = 0.15
LISTED_TOGETHER_FROM, FEWEST_LIVING_TOGETHER = 0.5, 30
# Two sources that hold the same people have for three or four pairs of other forenames one of one
# name; a roll of heads of families and a school's register, whose only pairs of one name are
# fathers and sons, have .03 where one son in eight is named after his father, .14 where one first
# son in four is.
SAME_PEOPLE_FROM = 0.2
# Who lists one person a home has heads of families, who are named there for one or two of other
# forenames; beside a school's register one pair of one name for four of others is of a father and
# a son where two first sons in five bear his name.
SAME_PEOPLE_OF_HEADS_FROM = 0.4
# Births tell of pairs whose births are not known only where they are known of any pair alike. The
# least share of pairs of which both are known, had chance dealt them out; and the most that they
# may be of those that chance would have: of a directory that has births of those listed twice
# alone, they are fifty times as many.
BORN_FROM, BORN_TO = 0.1, 1.5
_SIDED = re.compile(r"\b(\w+)_([lr])\b")


@dataclass(frozen=True)
class _Source:
    """A record system: how many records it has, and the share of them whose births are known."""

    records: int
    born: float


@dataclass(frozen=True)
class _Met:
    """Pairs of records of two sources, or of one, that share a household's line.

    Attributes:
        one, two: the sources, force and record system of each.
        named: of one forename and surname.
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

    @property
    def is_born(self) -> bool:
        """Births are known of enough of either source."""
        return self.likely_born >= BORN_FROM * self.named


def why_namesakes_are_rare(
    con: duckdb.DuckDBPyConnection, records: str, lines: Sequence[str]
) -> str | None:
    """Why two of one name who share a household's line are one person; None where nothing says so.

    Births tell, where they are known of any pair alike. Else the sources do, all together: whoever
    stands in one source once, as most do, is not met there twice, where his father and he are as
    often as any two who live together. Or hardly anybody lives with others. Each finds too many
    rather than too few, for slips of births and of forenames, and for whoever stands twice in one
    source: the least of them counts. But sources of children alone, and of heads of families, hide
    the kin whom the others list: where such pairs stand between sources that hold kin and hardly
    anybody twice, nothing is said.

    Args:
        con: connection that holds the table.
        records: table of ``record``, ``source`` (force and record system) and the features.
        lines: of ``VALUES``, those that households share.
    """
    if not lines:
        return None
    sources = _read_sources(con, records)
    met = _meet(con, records, lines, sources)
    pairs = sum(each.named for each in met)
    apart = _hold_other_people(met, sources)
    of_others = sum(
        each.named for each in met if apart & {each.one, each.two} and not each.is_within
    )
    if pairs < FEWEST_TOLD or of_others >= NAMESAKES_FROM * pairs:
        return None
    estimates = list(_estimates(met))
    # Of those of a crowd no pair was counted.
    if list(lines) == ["home"] and find_crowded(con, records, "home") < CROWDED_FROM:
        estimates.append(_of_a_home(met, _chance_within(con, records)))
    share, told = min(estimates, default=(1.0, ""))
    if share >= NAMESAKES_FROM:
        return None
    return (
        f"of {pairs:,} pairs of one name that share {' or '.join(lines)} about {share:.1%} are of "
        f"two persons: {told}"
    )


def _hold_other_people(met: Sequence[_Met], sources: Mapping[str, _Source]) -> set[str]:
    """Sources that hold kin of those whom the others hold, and hardly anybody of them."""
    named, others, within = Counter[str](), Counter[str](), Counter[str]()
    for each in met:
        if each.is_within:
            within[each.one] += each.others
            continue
        for source in (each.one, each.two):
            named[source] += each.named
            others[source] += each.others
    everybody = sum(source.records for source in sources.values())

    def fewest_named(source: str) -> float:
        """Fewer pairs of one name, for one of other forenames, are of kin."""
        size = sources[source].records
        together = others[source] * size / 2 / (everybody - size)
        are_apart = together >= FEWEST_LIVING_TOGETHER
        if are_apart and within[source] < LISTED_TOGETHER_FROM * together:
            return SAME_PEOPLE_OF_HEADS_FROM
        return SAME_PEOPLE_FROM

    return {
        source
        for source, many in others.items()
        if many >= FEWEST_TOLD and named[source] < fewest_named(source) * many
    }


def _estimates(met: Sequence[_Met]) -> Iterator[tuple[float, str]]:
    """The share of two persons among the pairs of one name, and what tells it.

    One more than was found is counted, since none among few says little.
    """
    named, others = sum(each.named for each in met), sum(each.others for each in met)
    told = [each for each in met if each.is_born]
    born, apart = sum(each.born for each in told), sum(each.apart for each in told)
    untold = named - sum(each.named for each in told)
    are_any_alike = born <= BORN_TO * sum(each.likely_born for each in told)
    if born >= FEWEST_TOLD and are_any_alike and untold < NAMESAKES_FROM * named:
        yield (apart + 1) / born, f"of the {born:,} with births {apart:,} have two"
    # For so many pairs of other forenames one of one name: that of two sources is as that of one.
    within = [each for each in met if each.is_within]
    found, beside = sum(each.maybe_apart for each in within), sum(each.others for each in within)
    if beside >= FEWEST_TOLD:
        yield (
            (found + 1) / beside * others / named,
            f"in one source stand {found:,} of them, and {beside:,} of other forenames",
        )


def _of_a_home(met: Sequence[_Met], chance_within: float) -> tuple[float, str]:
    """The share of two persons among pairs of one name and home, by how many live with others."""
    others, like = sum(each.others for each in met), sum(each.like for each in met)
    within = sum(each.others for each in met if each.is_within)
    is_one_a_home = (
        others >= FEWEST_LIVING_TOGETHER and within < LISTED_TOGETHER_FROM * chance_within * others
    )
    kin = HEIRS_OF_ONE_NAME if is_one_a_home else KIN_OF_ONE_NAME
    told = f"{others / max(like + others, 1):.1%} of all that share a home have other forenames"
    return kin * others / max(like, 1), told


def _chance_within(con: duckdb.DuckDBPyConnection, records: str) -> float:
    """The share of all pairs of records that are of one source."""
    [(share,)] = con.execute(f"""
        SELECT sum(held * (held - 1)) / nullif(sum(held) * (sum(held) - 1), 0)
        FROM (SELECT count(*) AS held FROM {records} GROUP BY source)
    """).fetchall()
    return float(share or 0)


def _meet(
    con: duckdb.DuckDBPyConnection,
    records: str,
    lines: Sequence[str],
    sources: Mapping[str, _Source],
) -> list[_Met]:
    """The pairs of records that share one of the lines, counted by the sources of the two."""
    bearers = " UNION ALL ".join(
        f"SELECT record, '{line}' AS line, unnest({VALUES[line]}) AS value FROM {records} "
        f"WHERE {line} IS NOT NULL AND forename IS NOT NULL AND surname IS NOT NULL"
        for line in lines
    )
    two = "least(l.source, r.source) AS one, greatest(l.source, r.source) AS two"
    apart, other = (_SIDED.sub(r"\2.\1", each) for each in (BIRTHS_APART, OTHER_FORENAME))

    def likely(one: str, two: str) -> float:
        return sources[one].born * sources[two].born

    # Ten records of one person, and of one who shares his home, are few of his name and many of it.
    rows = con.execute(f"""
        WITH bearer AS ({bearers}),
        borne AS (SELECT line, value, record, source, {", ".join(TELLS)}
                  FROM bearer JOIN {records} USING (record)),
        few_named AS (SELECT line, value, forename, surname FROM borne GROUP BY ALL
                      HAVING count(*) BETWEEN 2 AND {MOST_BEARERS}),
        named AS (FROM borne SEMI JOIN few_named USING (line, value, forename, surname)),
        named_pair AS (
            SELECT DISTINCT l.record, r.record, {two}, {apart} AS is_apart
            FROM named AS l JOIN named AS r USING (line, value, forename, surname)
            WHERE l.record < r.record
        ),
        few AS (SELECT line, value FROM borne GROUP BY ALL
                HAVING count(*) BETWEEN 2 AND {MOST_BEARERS}),
        shared AS (FROM borne SEMI JOIN few USING (line, value)),
        any_pair AS (
            SELECT DISTINCT l.record, r.record, {two}, {other} AS is_other
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
        _Met(one, two, named, born, apart, unborn, others, like, named * likely(one, two))
        for one, two, named, born, apart, unborn, others, like in rows
    ]


def _read_sources(con: duckdb.DuckDBPyConnection, records: str) -> dict[str, _Source]:
    rows = con.execute(
        "SELECT source, count(*), avg((birth_year IS NOT NULL)::INTEGER) "
        f"FROM {records} GROUP BY source"
    ).fetchall()
    return {source: _Source(size, born) for source, size, born in rows}
