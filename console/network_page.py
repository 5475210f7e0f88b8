"""The people around a person as one HTML page that needs nothing but itself."""

from collections.abc import Iterable, Sequence
from importlib.metadata import version
from importlib.resources import files
from string import Template

from console.network_graph import MOST_DRAWN, draw_network
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
from warehouse.markup import Child, join, table, tag

# The command, as its pages name it.
MADE_BY = "crimelink network"


def make_page(around: Around, notices: Sequence[str], has_values: bool) -> str:
    """The whole page, as text in UTF-8."""
    folder = files("console")
    title = f"People around {', '.join(around.asked)}"
    style = [(folder / name).read_text(encoding="utf-8")
             for name in ("explain_page.css", "network_page.css")]  # fmt: skip
    return Template((folder / "explain_page.html").read_text(encoding="utf-8")).substitute(
        title=join(title),
        made_by=MADE_BY,
        style="".join(style),
        marking=join(say_marking(has_values=has_values)),
        content=join(list(_content(around, notices, title))),
    )


def _content(around: Around, notices: Sequence[str], title: str) -> Iterable[Child]:
    people = enumerate(around.associates, start=1)
    labels = {each.person_id: f"{number}" for number, each in people}
    by_id = {each.person_id: each for each in around.associates}
    yield tag("h1", title)
    yield tag("p", f"From the store of night {around.night}.", class_="note")
    yield [tag("p", notice, class_="notice") for notice in notices]
    yield tag("p", tag("strong", LEAD_ONLY))
    drawn = draw_network(around, labels)
    if drawn is None:
        yield tag("p", f"More than {MOST_DRAWN} people: too many for a picture.", class_="note")
    else:
        says = (
            "Numbers are those of the table. Dark: who was asked about; ringed: central in a "
            "network. A thicker line is a stronger tie; dashed: nothing but an address, a "
            "number or a vehicle in common."
        )
        yield tag("figure", drawn, tag("figcaption", says))
    if around.left_out:
        yield tag("p", f"{around.left_out:,} further people within these steps are left out.",
                  class_="note")  # fmt: skip
    yield [tag("h2", "The people"), _people(around.associates, labels)]
    yield tag("h2", "What ties them")
    for tie in around.ties:
        yield _tie(tie, by_id, labels)
    yield tag("p", f"Made by crimelink {version('crimelink')} from the published store alone.",
              class_="note")  # fmt: skip


def _people(associates: Sequence[Associate], labels: dict[str, str]) -> Child:
    heads = ("No.", "Person", "Steps", "Recorded as", "Forces", "Network")
    rows = [
        (labels[each.person_id], say_person(each), f"{each.steps}", say_roles(each.roles),
         each.forces.replace(",", ", "),
         f"{each.network_id}{', central' if each.is_central else ''}" if each.network_id else "")
        for each in associates
    ]  # fmt: skip
    return table("Who is shown, the nearest first", heads, rows)


def _tie(tie: Tie, by_id: dict[str, Associate], labels: dict[str, str]) -> Child:
    left, right = (by_id[person] for person in (tie.person_id_l, tie.person_id_r))
    says = (
        f"{labels[left.person_id]} {left.name or left.person_id} and {labels[right.person_id]} "
        f"{right.name or right.person_id}: {tie.strength:.2f}, {say_kinds(tie)}"
    )
    items = [
        tag("li", say_evidence(each), tag("ul", [tag("li", say_source(s)) for s in each.sources]))
        for each in tie.evidence
    ]
    return [tag("h3", says), tag("ul", items)]
