"""Whether kin of one name are met in a data set: a father and a son who share all but the birth."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

import duckdb

from linkage.training.housemates import Met, Source, meet, read_sources
from linkage.training.sharers import CROWDED_FROM, find_crowded

NAMES = ("forename", "surname")
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
# alone, they were seventy times as many.
BORN_FROM, BORN_TO = 0.1, 1.5


def why_namesakes_are_rare(
    con: duckdb.DuckDBPyConnection,
    records: str,
    lines: Sequence[str],
    names: Sequence[str] = NAMES,
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
        names: features that are the same of two of one name.
    """
    if not lines:
        return None
    sources = read_sources(con, records)
    # Whether two sources hold the same people is told by what every record holds of a name.
    people = meet(con, records, lines, NAMES, sources)
    met = people if names == NAMES else meet(con, records, lines, names, sources)
    pairs = sum(each.named for each in met)
    apart = _hold_other_people(people, sources)
    of_others = sum(
        each.named for each in met if apart & {each.one, each.two} and not each.is_within
    )
    if pairs < FEWEST_TOLD or of_others >= NAMESAKES_FROM * pairs:
        return None
    estimates = list(_estimates(met))
    # Of those of a crowd no pair was counted.
    if list(lines) == ["home"] and find_crowded(con, records, "home") < CROWDED_FROM:
        estimates.append(_of_a_home(met, _chance_within(sources)))
    share, told = min(estimates, default=(1.0, ""))
    if share >= NAMESAKES_FROM:
        return None
    return (
        f"of {pairs:,} pairs of one name that share {' or '.join(lines)} about {share:.1%} are of "
        f"two persons: {told}"
    )


def _hold_other_people(met: Sequence[Met], sources: Mapping[str, Source]) -> set[str]:
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
        is_told = together >= FEWEST_LIVING_TOGETHER
        if is_told and within[source] < LISTED_TOGETHER_FROM * together:
            return SAME_PEOPLE_OF_HEADS_FROM
        return SAME_PEOPLE_FROM

    fewest = {source: fewest_named(source) * many for source, many in others.items()}

    def are_apart(together: Collection[str]) -> bool:
        told = sum(others[source] for source in together) >= FEWEST_TOLD
        return told and sum(named[s] for s in together) < sum(fewest[s] for s in together)

    # What is too small to tell by itself tells together with the rest of the small.
    small = {source for source, many in others.items() if many < FEWEST_TOLD}
    found = {source for source in others.keys() - small if are_apart([source])}
    return found | small if are_apart(small) else found


def _estimates(met: Sequence[Met]) -> Iterator[tuple[float, str]]:
    """The share of two persons among the pairs of one name, and what tells it.

    One more than was found is counted, since none among few says little.
    """
    named, others = sum(each.named for each in met), sum(each.others for each in met)
    told = [each for each in met if each.likely_born >= BORN_FROM * each.named]
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


def _of_a_home(met: Sequence[Met], chance_within: float) -> tuple[float, str]:
    """The share of two persons among pairs of one name and home, by how many live with others."""
    others, like = sum(each.others for each in met), sum(each.like for each in met)
    within = sum(each.others for each in met if each.is_within)
    is_one_a_home = (
        others >= FEWEST_LIVING_TOGETHER and within < LISTED_TOGETHER_FROM * chance_within * others
    )
    kin = HEIRS_OF_ONE_NAME if is_one_a_home else KIN_OF_ONE_NAME
    told = f"{others / max(like + others, 1):.1%} of all that share a home have other forenames"
    return kin * others / max(like, 1), told


def _chance_within(sources: Mapping[str, Source]) -> float:
    """The share of all pairs of records that are of one source."""
    sizes = [source.records for source in sources.values()]
    return sum(size * (size - 1) for size in sizes) / (sum(sizes) * (sum(sizes) - 1))
