"""The people around a person as lines of text, readable at 100 columns."""

from collections.abc import Iterator, Sequence

from console.explain_lines import tell_heading, wrap
from console.explain_text import printable
from console.network_words import (
    LEAD_ONLY,
    say_evidence,
    say_kinds,
    say_marking,
    say_person,
    say_roles,
    say_source,
)
from linkage.networks.around import Around, Associate, Tie

MOST_TIES, MOST_EVIDENCE = 40, 5


def tell_lines(around: Around, notices: Sequence[str], has_values: bool) -> Iterator[str]:
    """The picture, line by line."""
    for line in _lines(around, notices, has_values):
        yield printable(line.rstrip())


def _lines(around: Around, notices: Sequence[str], has_values: bool) -> Iterator[str]:
    yield from wrap(say_marking(has_values=has_values))
    yield ""
    yield f"People around {', '.join(around.asked)}  (store of night {around.night})"
    for notice in notices:
        yield from wrap(notice, "! ")
    by_id = {each.person_id: each for each in around.associates}
    for person_id in around.asked:
        yield from _person(by_id[person_id])
    own = [tie for tie in around.ties if {tie.person_id_l, tie.person_id_r} & set(around.asked)]
    others = [tie for tie in around.ties if tie not in own]
    yield from tell_heading(f"{len(own):,} associates, the strongest first")
    for tie in own[:MOST_TIES]:
        other = tie.person_id_r if tie.person_id_l in around.asked else tie.person_id_l
        yield from _tie(tie, by_id[other])
    yield from _more(len(own) - MOST_TIES, "associates")
    if others:
        yield from tell_heading(f"{len(others):,} ties among the others")
        for tie in others[:MOST_TIES]:
            said = f"{tie.person_id_l} and {tie.person_id_r}: {tie.strength:.2f}, {say_kinds(tie)}"
            yield from wrap(said, "- ")
        yield from _more(len(others) - MOST_TIES, "ties")
    if around.left_out:
        yield ""
        yield from wrap(f"{around.left_out:,} further people within these steps are left out.")
    yield ""
    yield from wrap(LEAD_ONLY)


def _person(associate: Associate) -> Iterator[str]:
    yield ""
    yield from wrap(say_person(associate))
    yield from wrap(f"Forces: {associate.forces.replace(',', ', ')}.")
    yield from wrap(f"Recorded as: {say_roles(associate.roles)}.")
    if associate.network_id:
        place = ", one of its central people" if associate.is_central else ""
        yield from wrap(f"In network {associate.network_id}{place}.")


def _tie(tie: Tie, other: Associate) -> Iterator[str]:
    yield ""
    yield from wrap(f"{say_person(other)}: strength {tie.strength:.2f}, {say_kinds(tie)}", "- ")
    yield from wrap(f"recorded as: {say_roles(other.roles)}", "    ")
    for evidence in tie.evidence[:MOST_EVIDENCE]:
        yield from wrap(say_evidence(evidence), "    ")
        for source in evidence.sources:
            yield from wrap(say_source(source), "      ")
    yield from _more(len(tie.evidence) - MOST_EVIDENCE, "things in common")


def _more(count: int, what: str) -> Iterator[str]:
    if count > 0:
        yield from wrap(f"… and {count:,} {what} more: --json holds all", "    ")
