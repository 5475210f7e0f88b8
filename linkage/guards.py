"""Guards against one bad link tying two persons together.

They look at one component of records, the links inside it and what people decided about them, and
at nothing else: neither at other components nor at earlier nights, nor at which record came first.

Two records of a component are kept apart

- where people judged them not the same;
- where each bears a valid PNC ID, they share none, and no record of the component ties the two IDs
  by bearing both;
- where their births are no slip of one another: twelve or more years apart, or two or more years
  with another month and another day;
- where they look like twins: the same surname and birth date, forenames with nothing in common;
- where they look like two of one household: the same surname and postcode, a birth date unknown,
  forenames with nothing in common.

Two records that the model links itself are kept apart only by a judgement: it has weighed what
speaks against them. The links of a component that holds such a pair are laid anew: what people
judged the same first, then heaviest first; a link that would bring two records into one person that
are to be kept apart is not laid, and goes to review. A link that stands far above its bar yields to
judgements and PNC IDs alone, and what people judged the same to their judgements alone. Of a
component that is too large, or too loosely tied for its size, only links above a bar are laid; the
bar rises until the parts hold.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import polars as pl

from linkage.cluster import find_components
from warehouse.contract.link import JUDGED_APART
from warehouse.schema import quote

YEARS_APART = 12
YEARS_OF_A_SLIP = 1
MOST_MEMBERS = 60
# Below this share of all pairs linked, a component of at least so many records is loosely tied.
LEAST_DENSITY, MEMBERS_TO_BE_DENSE = 0.2, 8
BITS_A_STEP = 3.0

# Another record may tie two PNC IDs; nothing ties the others.
TWO_PNCS = "two PNC IDs"
# Nothing but these keeps apart what a link so far above its bar joins: births and names have slips.
FIRM = frozenset({TWO_PNCS, JUDGED_APART})
STRONG = 8.0

Pair = tuple[int, int]


class Link(NamedTuple):
    """A link to be laid: the smaller record first, its bits, those above what such a pair needs,
    and whether people judged it so."""

    record_l: int
    record_r: int
    weight: float
    margin: float
    is_judged: bool


_FORENAMES_DIFFER = """
    NOT list_has_any(l.forenames, r.forenames) AND l.forename <> r.surname
    AND r.forename <> l.surname AND jaro_winkler_similarity(l.forename, r.forename) < 0.8
    AND left(l.forename, 1) <> left(r.forename, 1)
"""
# Births, names and homes give one reason at most; two PNC IDs are a reason whatever else there is.
_SOFT = f"""
    CASE
        WHEN abs(year(l.birth_date) - year(r.birth_date)) >= {YEARS_APART}
          OR (abs(year(l.birth_date) - year(r.birth_date)) > {YEARS_OF_A_SLIP}
              AND month(l.birth_date) <> month(r.birth_date)
              AND day(l.birth_date) <> day(r.birth_date))
            THEN 'births too far apart'
        WHEN l.surname = r.surname AND l.birth_date = r.birth_date AND {_FORENAMES_DIFFER}
            THEN 'possible twins'
        WHEN l.surname = r.surname AND (l.birth_date IS NULL OR r.birth_date IS NULL)
          AND list_has_any(l.postcodes, r.postcodes) AND {_FORENAMES_DIFFER}
            THEN 'possible members of one household'
    END
"""
_FIRM = f"""
    CASE WHEN len(l.pnc) > 0 AND len(r.pnc) > 0 AND NOT list_has_any(l.pnc, r.pnc)
         THEN {quote(TWO_PNCS)} END
"""

# What the guards read of a record.
GUARDED = (
    "forename", "stands_for", "forenames", "surname", "birth_date", "pnc", "pncs", "postcode",
    "postcodes",
)  # fmt: skip
# A record's PNC IDs: most have one, and a list beside it only where they have several.
PNCS = "CASE WHEN pnc IS NULL THEN [] ELSE coalesce(pncs, [pnc]) END"


def apart_sql(records: str) -> str:
    """SELECT of ``component``, ``record_l``, ``record_r`` and ``reason``: pairs of one component
    that are to be kept apart by what their records hold, a row a reason.

    Reads ``grouped`` (``record``, ``component``), ``laid`` (the links) and the table ``records``.
    """
    # Only where three or more are tied can there be two that the model did not link itself.
    return f"""
    WITH large AS (SELECT component FROM grouped GROUP BY component HAVING count(*) > 2),
    member AS (
        SELECT grouped.component, record, forename, surname, birth_date,
               list_filter([forename, stands_for] || coalesce(forenames, []),
                           lambda name: name IS NOT NULL) AS forenames,
               {PNCS} AS pnc, coalesce(postcodes, [postcode]) AS postcodes
        FROM {records} JOIN grouped USING (record) SEMI JOIN large USING (component)
    )
    SELECT * FROM (
        SELECT l.component, l.record AS record_l, r.record AS record_r,
               unnest([{_SOFT}, {_FIRM}]) AS reason
        FROM member AS l JOIN member AS r ON l.component = r.component AND l.record < r.record
        ANTI JOIN laid ON laid.record_l = l.record AND laid.record_r = r.record
    ) WHERE reason IS NOT NULL
    ORDER BY ALL
    """


def tie_pncs(bearers: Sequence[Sequence[str]]) -> dict[str, str]:
    """Each PNC ID of a component with the one that stands for all that records bear together."""
    stands: dict[str, str] = {}

    def find(pnc: str) -> str:
        while stands.setdefault(pnc, pnc) != pnc:
            pnc = stands[pnc]
        return pnc

    for borne in bearers:
        roots = sorted({find(pnc) for pnc in borne})
        for root in roots[1:]:
            stands[root] = roots[0]
    return {pnc: find(pnc) for pnc in list(stands)}


def lay_links(
    records: Sequence[int],
    links: Sequence[Link],
    apart: Mapping[Pair, Collection[str]],
    rank: Mapping[int, int],
) -> tuple[dict[int, int], dict[Pair, str]]:
    """The parts of one component that its links make, none holding a pair to be kept apart.

    Args:
        records: every record of the component.
        links: its links.
        apart: pairs to be kept apart, the smaller record first, each with the reasons.
        rank: of each record, its place in the order of keys: of two links that weigh the same the
            one laid first must not depend on which record came first.

    Returns:
        For each record the smallest record of its part; and the links between parts, with what kept
        them apart.
    """
    members = {record: {record} for record in records}
    for link in sorted(links, key=lambda each: _order(each, rank)):
        one, other = members[link.record_l], members[link.record_r]
        if one is not other and _between(one, other, apart, link) is None:
            one |= other
            members.update(dict.fromkeys(other, one))
    part = {record: min(group) for record, group in members.items()}
    cut = {
        (link.record_l, link.record_r): _between(
            members[link.record_l], members[link.record_r], apart, link
        )
        or "its component was split"
        for link in links
        if part[link.record_l] != part[link.record_r]
    }
    return part, cut


def _order(link: Link, rank: Mapping[int, int]) -> tuple[object, ...]:
    ends = sorted((rank[link.record_l], rank[link.record_r]))
    return (not link.is_judged, -link.weight, *ends)


def _between(
    one: set[int], other: set[int], apart: Mapping[Pair, Collection[str]], link: Link
) -> str | None:
    """Why a link between two parts is not laid: of several reasons a judgement, else the first of
    the alphabet."""
    reasons = [
        reason
        for a in one
        for b in other
        for reason in apart.get((min(a, b), max(a, b)), ())
        if _stops(reason, link)
    ]
    return min(reasons, default=None, key=lambda reason: (reason != JUDGED_APART, reason))


def _stops(reason: str, link: Link) -> bool:
    if link.is_judged:
        return reason == JUDGED_APART
    return link.margin < STRONG or reason in FIRM


def loosen(
    records: pl.Series, links: pl.DataFrame, component: pl.Series | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take links away until no component is too large, or too loosely tied for its size.

    Args:
        records: Int64, ascending.
        links: ``record_l``, ``record_r``, ``margin`` (bits above what the pair needs; infinite
            where people judged it).
        component: of each record, where it is known.

    Returns:
        The links kept, and those taken away with ``reason``.
    """
    kept, bar = links, 0.0
    taken = [links.clear().with_columns(reason=pl.lit("", pl.String))]
    while True:
        if component is None:
            component = find_components(records, kept["record_l"], kept["record_r"])
        wrong = _overgrown(records, kept, component)
        tied = kept.join(wrong, left_on="record_l", right_on="record")
        # What people judged stays, whatever comes of it.
        if not tied["margin"].is_finite().any():
            return kept, pl.concat(taken)
        bar += BITS_A_STEP
        light = tied.filter(pl.col("margin") < bar)
        taken.append(light.select(taken[0].columns))
        kept = kept.join(light, on=["record_l", "record_r"], how="anti", maintain_order="left")
        component = None


def _overgrown(records: pl.Series, links: pl.DataFrame, component: pl.Series) -> pl.DataFrame:
    """``record`` and ``reason`` of components that are too large or too loosely tied."""
    named = pl.DataFrame({"record": records, "component": component})
    sizes = named.group_by("component").agg(members=pl.len())
    ties = (
        links.join(named, left_on="record_l", right_on="record")
        .group_by("component")
        .agg(ties=pl.len())
    )
    members = pl.col("members")
    density = pl.col("ties") / (members * (members - 1) / 2)
    wrong = (
        sizes.filter(members >= min(MOST_MEMBERS + 1, MEMBERS_TO_BE_DENSE))
        .join(ties, on="component")
        .select(
            "component",
            reason=pl.when(members > MOST_MEMBERS)
            .then(pl.lit("too many records for one person"))
            .when(density < LEAST_DENSITY)
            .then(pl.lit("too loosely tied to be one person")),
        )
        .drop_nulls("reason")
    )
    return named.join(wrong, on="component").select("record", "reason")
