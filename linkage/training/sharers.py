"""Records that share a value: how many are of other people, as forenames and births tell."""

from dataclasses import dataclass

import duckdb

from linkage.models.person_conditions import (
    KIN_SURNAME,
    OTHER_FORENAME,
    SAME_PARTS,
    either_null,
)
from linkage.training.calibrate import FEWEST_TOLD

# Share of other forenames among records that share a value, from which households share it: one
# person's forename is another in fewer of a pair's records, unless data are very bad.
SHARED_FROM = 0.25
# Share whose forenames and births are both others', among those whose births are known: slips of
# one person's forename and birth hardly ever come together, so fewer say as much. At most .07 was
# measured where a line is one person's, .2 where two in ten have that of their household.
APART_FROM = 0.15
# Share of those with another forename and another surname, beyond what slips that come by chance
# together make of the two: couples of two surnames. At most .015 was measured where a paper is one
# person's, .065 where six households in a hundred share a telephone.
OTHER_NAMES_FROM = 0.04
# Values that more bear are no household's: one person's forty records make as many pairs as
# hundreds of them.
MOST_BEARERS = 12
# Share of the records with a line that bear one of a crowd, which more forenames bear than a
# household has: of a hostel, a hall of residence, a company's switchboard. From here on people
# share the line as households do. None is met where a line is one person's, however many records he
# has.
CROWDED_FROM = 0.02
# The values of a record, by the feature that they stand in.
VALUES = {
    "phone": "coalesce(phones, [phone])",
    "email": "coalesce(emails, [email])",
    "papers": "papers",
    "own_tie": "[own_tie]",
    "home": "coalesce(homes, [home])",
}
# True where two births, both known, agree in hardly anything.
BIRTHS_APART = f"coalesce({SAME_PARTS} < 2, birth_year_l <> birth_year_r)"
# The features by which two records tell whether they are of one person.
TELLS = (
    "forename", "forename_sound", "stands_for", "forenames", "surname", "surname_sound",
    "surnames", "birth_date", "birth_year",
)  # fmt: skip


@dataclass(frozen=True)
class Sharers:
    """Pairs of records that share a value and whose forenames are known.

    Attributes:
        pairs: how many there are.
        others: the share of them with other forenames.
        born: pairs of which the births are known.
        apart: the share of those with other forenames and births that agree in hardly anything.
        named: pairs of which the surnames are known.
        renamed: the share of those with other forenames and other surnames, less what would come
            together by chance.
        crowded: the share of the records that bear the value of a crowd, which no pair counts.
    """

    pairs: int
    others: float
    born: int
    apart: float
    named: int
    renamed: float
    crowded: float

    @property
    def tell(self) -> bool:
        """Whether there are enough of them to say anything."""
        return self.pairs >= FEWEST_TOLD

    @property
    def are_a_household(self) -> bool:
        """Whether households share the value, from forenames and births."""
        return (
            self.others >= SHARED_FROM
            or (self.born >= FEWEST_TOLD and self.apart >= APART_FROM)
            or self.crowded >= CROWDED_FROM
        )

    @property
    def are_of_couples(self) -> bool:
        """Whether other forenames and other surnames come together, as of couples of two
        surnames; or of strangers, whom a source's own tie may take for one person."""
        return self.named >= FEWEST_TOLD and self.renamed >= OTHER_NAMES_FROM

    def say(self, what: str) -> str:
        """In words."""
        said = f"of {self.pairs:,} pairs that {what} {self.others:.1%} have other forenames"
        if self.born >= FEWEST_TOLD:
            said += f", and {self.apart:.1%} of the {self.born:,} with births other births as well"
        if self.are_of_couples:
            said += f"; {self.renamed:.1%} other surnames as well, beyond what chance would bring"
        if self.crowded >= CROWDED_FROM:
            said += f"; {self.crowded:.1%} of the records bear one of over {MOST_BEARERS} forenames"
        return said


def find_sharers(con: duckdb.DuckDBPyConnection, records: str, line: str) -> Sharers:
    """What pairs of records that share a value of the line tell.

    Args:
        con: connection that holds the table.
        records: table of ``record`` and the features.
        line: one of ``VALUES``.
    """
    sides = ", ".join(f"l.{name} AS {name}_l, r.{name} AS {name}_r" for name in TELLS)
    [found] = con.execute(f"""
        WITH bearer AS (
            SELECT record, unnest({VALUES[line]}) AS value
            FROM {records} WHERE {line} IS NOT NULL AND forename IS NOT NULL
        ),
        few AS (SELECT value FROM bearer GROUP BY value
                HAVING count(*) BETWEEN 2 AND {MOST_BEARERS}),
        shared AS (FROM bearer SEMI JOIN few USING (value)),
        pair AS (
            SELECT DISTINCT l.record AS record_l, r.record AS record_r
            FROM shared AS l JOIN shared AS r ON l.value = r.value AND l.record < r.record
        ),
        told AS (
            SELECT {OTHER_FORENAME} AS is_other, {BIRTHS_APART} AS is_apart,
                   CASE WHEN {either_null("surname")} THEN NULL ELSE NOT ({KIN_SURNAME}) END
                       AS is_renamed
            FROM (SELECT {sides} FROM pair JOIN {records} AS l ON l.record = record_l
                  JOIN {records} AS r ON r.record = record_r)
        )
        SELECT count(*), coalesce(avg(is_other::INTEGER), 0), count(is_apart),
               coalesce(avg((is_other AND is_apart)::INTEGER) FILTER (is_apart IS NOT NULL), 0),
               count(is_renamed),
               coalesce(covar_pop(is_renamed::INTEGER, is_other::INTEGER), 0)
        FROM told
    """).fetchall()
    values = (*found, find_crowded(con, records, line))
    return Sharers(*values)


def find_crowded(con: duckdb.DuckDBPyConnection, records: str, line: str) -> float:
    """The share of the records with the line that bear the value of a crowd; of ``find_sharers``
    the arguments."""
    [(share,)] = con.execute(f"""
        WITH bearer AS (
            SELECT record, forename, unnest({VALUES[line]}) AS value
            FROM {records} WHERE {line} IS NOT NULL AND forename IS NOT NULL
        ),
        crowd AS (SELECT value FROM bearer GROUP BY value
                  HAVING count(DISTINCT forename) > {MOST_BEARERS})
        SELECT count(DISTINCT record) FILTER (value IN (FROM crowd))
               / nullif(count(DISTINCT record), 0)
        FROM bearer
    """).fetchall()
    return float(share or 0)
