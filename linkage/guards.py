"""A guard against one bad link tying two persons together.

It looks at one group of records and the links inside it, and at nothing else: neither at other
groups nor at earlier nights. Two records contradict each other

- where each bears a valid PNC ID, they share none, and no record of the group ties the two IDs
  by bearing both; or
- where their births are no slip of one another: twelve or more years apart, or two or more years
  with another month and another day.

Two records that the model links itself do not count: it has weighed what speaks against them.

The links of a group that holds such a pair are laid anew, heaviest first; a link that would bring
contradicting records into one person is not laid, and goes to review.
"""

from collections.abc import Sequence
from datetime import date
from itertools import combinations
from operator import attrgetter
from typing import NamedTuple

import polars as pl

from linkage.cluster import find_components

YEARS_APART = 12
YEARS_OF_A_SLIP = 1


class Held(NamedTuple):
    """What a record holds that another can contradict."""

    unique_id: int
    birth_date: date | None
    pnc: frozenset[str]


Link = tuple[int, int]


def split_contradictions(persons: pl.DataFrame, linked: pl.DataFrame) -> pl.Series:
    """The group of each record after contradictions are cut apart.

    Args:
        persons: ``unique_id`` (from 1, ascending), ``birth_date``, ``pnc`` (list).
        linked: pairs at or above the link threshold: ``unique_id_l``, ``unique_id_r``,
            ``match_weight``.

    Returns:
        Int64 ``component``, one value a record in order of id: the smallest id of its group.
    """
    component = find_components(persons.height, linked)
    records = persons.select("unique_id", "birth_date", "pnc").with_columns(component)
    suspect = _suspects(records)
    edges = linked.with_columns(component.gather(linked["unique_id_l"] - 1)).join(
        suspect, on="component", how="semi"
    )
    held = {
        group[0]: [Held(i, born, frozenset(pnc)) for i, born, pnc, _ in rows.iter_rows()]
        for group, rows in records.join(suspect, on="component", how="semi").group_by("component")
    }
    parts = {
        record: min(part)
        for group, rows in edges.sort(
            "match_weight", "unique_id_l", "unique_id_r", descending=[True, False, False]
        ).group_by("component", maintain_order=True)
        for part in lay_links(held[group[0]], rows.select("unique_id_l", "unique_id_r").rows())
        for record in part
    }
    anew = pl.DataFrame(
        {"unique_id": parts.keys(), "part": parts.values()},
        schema={"unique_id": pl.Int64, "part": pl.Int64},
    )
    return (
        records.join(anew, on="unique_id", how="left", maintain_order="left")
        .select(pl.coalesce("part", "component").alias("component"))
        .to_series()
    )


def _suspects(records: pl.DataFrame) -> pl.DataFrame:
    """Groups that may hold a contradiction: with two PNC IDs, or births years apart."""
    year = pl.col("birth_date").dt.year()
    return (
        records.filter(pl.len().over("component") > 1)
        .group_by("component")
        .agg(
            (year.max() - year.min() > YEARS_OF_A_SLIP).alias("births"),
            (pl.col("pnc").list.explode(empty_as_null=False).n_unique() > 1).alias("pncs"),
        )
        .filter(pl.col("births") | pl.col("pncs"))
        .select("component")
    )


def lay_links(records: Sequence[Held], links: Sequence[Link]) -> list[set[int]]:
    """The parts of one group that its links make, none holding two contradicting records.

    Args:
        records: every record of the group.
        links: its links, the heaviest first; the smaller id of each stands first.
    """
    against = _contradictions(records) - set(links)
    part = {record.unique_id: {record.unique_id} for record in records}
    for left, right in links:
        one, other = part[left], part[right]
        if one is other or any((min(a, b), max(a, b)) in against for a in one for b in other):
            continue
        one |= other
        for record in other:
            part[record] = one
    return [members for record, members in part.items() if record == min(members)]


def contradict(one: Held, other: Held, tied: dict[str, frozenset[str]]) -> bool:
    """Whether two records cannot be of one person; ``tied`` gives each PNC ID those tied to it."""
    known = frozenset[str]().union(*(tied[pnc] for pnc in one.pnc))
    if one.pnc and other.pnc and not known & other.pnc:
        return True
    if one.birth_date is None or other.birth_date is None:
        return False
    years = abs(one.birth_date.year - other.birth_date.year)
    return years >= YEARS_APART or (
        years > YEARS_OF_A_SLIP
        and one.birth_date.month != other.birth_date.month
        and one.birth_date.day != other.birth_date.day
    )


def _contradictions(records: Sequence[Held]) -> set[Link]:
    tied = _tie_pncs(records)
    ordered = sorted(records, key=attrgetter("unique_id"))
    return {
        (one.unique_id, other.unique_id)
        for one, other in combinations(ordered, 2)
        if contradict(one, other, tied)
    }


def _tie_pncs(records: Sequence[Held]) -> dict[str, frozenset[str]]:
    """Each PNC ID of the group with those that some record bears beside it, itself among them."""
    tied: dict[str, frozenset[str]] = {}
    for record in records:
        together = record.pnc.union(*(tied.get(pnc, frozenset()) for pnc in record.pnc))
        tied |= dict.fromkeys(together, together)
    return tied
