"""The people around a person as a picture."""

from collections.abc import Mapping

import numpy as np

from console.explain_graph import HEIGHT, MARGIN, WIDTH
from console.explain_layout import lay_out
from console.network_words import say_kinds
from linkage.networks.around import Around, Associate, Tie
from warehouse.markup import Markup, tag

# Beyond so many a picture says less than the tables.
MOST_DRAWN = 60
RADIUS = 15.0
_OFFENDING = {"co_offending", "custody"}


def draw_network(around: Around, labels: Mapping[str, str]) -> Markup | None:
    """The picture; None where there are too many people for one.

    Args:
        around: the people and their ties.
        labels: what each person is called in it, by ``person_id``.
    """
    if len(around.associates) > MOST_DRAWN:
        return None
    number = {each.person_id: place for place, each in enumerate(around.associates)}
    pairs = [(number[tie.person_id_l], number[tie.person_id_r]) for tie in around.ties]
    places = lay_out(len(number), pairs) * (WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN) + MARGIN
    at = {person: (float(x), float(y)) for person, (x, y) in zip(number, places, strict=True)}
    told = "; ".join(
        f"{labels[tie.person_id_l]} and {labels[tie.person_id_r]}: {say_kinds(tie)}"
        for tie in around.ties
    )
    return tag(
        "svg",
        tag("title", f"People around {', '.join(around.asked)}"),
        tag("desc", f"Graph of {len(number)} people. {told}."),
        # The strongest are drawn last, above the rest.
        [_draw_tie(tie, at) for tie in reversed(around.ties)],
        [_draw_person(each, at[each.person_id], labels[each.person_id], around)
         for each in around.associates],
        viewBox=f"0 0 {WIDTH:.0f} {HEIGHT:.0f}",
        role="img",
        class_="graph network",
    )  # fmt: skip


def _draw_tie(tie: Tie, at: Mapping[str, tuple[float, float]]) -> Markup:
    (x1, y1), (x2, y2) = at[tie.person_id_l], at[tie.person_id_r]
    name = "tie" if _OFFENDING & set(tie.kinds) else "tie thing"
    width = float(np.clip(1 + 2 * tie.strength, 1, 7))
    says = tag("title", f"{tie.strength:.2f}: {say_kinds(tie)}")
    return tag("line", says, x1=x1, y1=y1, x2=x2, y2=y2, stroke_width=width, class_=name)


def _draw_person(each: Associate, place: tuple[float, float], label: str, around: Around) -> Markup:
    x, y = place
    name = "node asked" if each.person_id in around.asked else "node"
    ring = tag("circle", cx=x, cy=y, r=RADIUS + 4, class_="ring") if each.is_central else None
    return tag(
        "g",
        tag("title", each.name or each.person_id),
        ring,
        tag("circle", cx=x, cy=y, r=RADIUS, class_=name),
        tag("text", label, x=x, y=y + 4, class_="label"),
    )
