"""From links to offences: of each force an offence holds one record.

Links are laid heaviest first, what people judged the same before all. A link is not laid that would
bring two records of one force into an offence, or two that people judged apart: a force's second
record of an offence stays an offence of its own, and is told to the force as a duplicate
(``link.offence_duplicate``). The rule looks at one component, its links and its judgements, and at
nothing else: neither at earlier nights nor at which record came first.
"""

from collections import defaultdict

import duckdb
import polars as pl

from linkage.touched import gather_touched, judged_apart, store

JUDGED_APART = "judged not the same"
ONE_A_FORCE = "another record of the same force is nearer"

_AT = "offence_linkage"
_CUT = {"record_l": pl.Int64, "record_r": pl.Int64, "reason": pl.String}
Pair = tuple[int, int]

# Records of components in which two are to be kept apart. Their rank says nothing of when they
# came: links of one weight are laid in its order.
_IN_QUESTION = f"""
WITH few AS MATERIALIZED (
    SELECT component, record, force, source_system, source_record_id
    FROM grouped
    SEMI JOIN (SELECT component FROM grouped GROUP BY component HAVING count(*) > 1)
    USING (component)
    JOIN {_AT}.record_key USING (record)
)
SELECT record, force,
       row_number() OVER (ORDER BY force, source_system, source_record_id) AS rank
FROM few SEMI JOIN (
    SELECT component FROM few GROUP BY component HAVING count(*) > count(DISTINCT force)
    UNION SELECT component FROM judged_apart
) USING (component)
"""


def group_records(
    con: duckdb.DuckDBPyConnection, *, is_all: bool, edges: str = f"{_AT}.edge"
) -> None:
    """Make ``grouped``, ``cut_link`` and ``was`` as ``linkage.groups`` makes them of persons.

    Args:
        con: a workspace.
        is_all: True where every component is looked at; ``fresh`` then holds every record.
        edges: table of the edges.
    """
    numbers, laid, component = gather_touched(con, _AT, is_all=is_all, edges=edges)
    apart = judged_apart(con, _AT)
    parts, cuts = _lay(con.sql(_IN_QUESTION).pl(), laid, apart)
    grouped = (
        pl.DataFrame({"record": numbers, "component": component})
        .join(parts, on="record", how="left", maintain_order="left")
        .select("record", "component", part=pl.coalesce("part", "component"))
    )
    store(con, "grouped", grouped)
    of = grouped.select("record", "component")
    store(con, "cut_link", cuts.join(of, left_on="record_l", right_on="record"))


def _lay(
    members: pl.DataFrame, laid: pl.DataFrame, apart: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The parts of components in question, and the links not laid."""
    force = dict(members.select("record", "force").iter_rows())
    rank = dict(members.select("record", "rank").iter_rows())
    not_same: dict[int, set[int]] = defaultdict(set)
    for left, right in apart.select("record_l", "record_r").iter_rows():
        not_same[left].add(right)
        not_same[right].add(left)
    links = [
        (not is_judged, -weight, *sorted((rank[left], rank[right])), left, right)
        for left, right, weight, is_judged in laid.select(
            "record_l", "record_r", "weight", "is_judged"
        ).iter_rows()
        if left in force
    ]
    part = {record: record for record in force}
    held = {record: [record] for record in force}
    cuts: dict[Pair, str] = {}
    for is_modelled, *_, left, right in sorted(links):
        one, two = sorted((part[left], part[right]))
        if one == two:
            continue
        if any(not_same[record] & set(held[two]) for record in held[one]):
            cuts[left, right] = JUDGED_APART
        elif is_modelled and {force[r] for r in held[one]} & {force[r] for r in held[two]}:
            cuts[left, right] = ONE_A_FORCE
        else:
            for record in held[two]:
                part[record] = one
            held[one] += held.pop(two)
    # A link whose ends other links brought together is laid after all.
    rows = [(one, two, why) for (one, two), why in cuts.items() if part[one] != part[two]]
    return (
        pl.DataFrame(list(part.items()), schema={"record": pl.Int64, "part": pl.Int64},
                     orient="row"),
        pl.DataFrame(rows, schema=_CUT, orient="row"),
    )  # fmt: skip
