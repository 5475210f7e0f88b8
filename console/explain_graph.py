"""Records held to be one as a graph: what ties them, and what does not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from console.explain_layout import Points, lay_out
from linkage.explanation.facts import PairKey
from linkage.explanation.words import say_bits
from linkage.record_key import RecordKey
from warehouse.markup import Markup, tag

WIDTH, HEIGHT, MARGIN = 760.0, 560.0, 56.0
# Beyond this many records a picture says less than the tables.
MOST_NODES = 60
# Up to this many records the picture holds every link, and the weight of every tie; beyond, the
# ties alone and the weight of the weakest.
MOST_DETAILED = 14
# Up to this many records each has its force under it.
MOST_NAMED = 24
_WAYS = (
    ("tree", "link that holds the records together"),
    ("judged", "judged the same by people"),
    ("link", "further link"),
    ("contradiction", "the two contradict each other"),
    ("cut", "not joined: cut, or for a person to decide"),
)


@dataclass(frozen=True)
class Node:
    """A record in the picture: its label, what stands under it, and whether it is one of them."""

    key: RecordKey
    label: str
    below: str
    is_member: bool = True


@dataclass(frozen=True)
class Line:
    """A line of the picture: ``way`` is one of ``tree``, ``judged``, ``link``, ``cut`` and
    ``contradiction``; a weakest tie is marked."""

    key: PairKey
    way: str
    weight: float | None
    is_weakest: bool = False


def draw_graph(nodes: Sequence[Node], lines: Sequence[Line], title: str) -> Markup | None:
    """The picture; None where there are too many records for one."""
    if len(nodes) > MOST_NODES:
        return None
    if len(nodes) > MOST_DETAILED:
        lines = _barest(lines)
    place = {node.key: number for number, node in enumerate(nodes)}
    pairs = [(place[line.key.left], place[line.key.right]) for line in lines]
    points, height = _scale(lay_out(len(nodes), pairs))
    at = {node.key: (float(x), float(y)) for node, (x, y) in zip(nodes, points, strict=True)}
    is_named, is_detailed = len(nodes) <= MOST_NAMED, len(nodes) <= MOST_DETAILED
    shown = {line.way for line in lines}
    used = [way for way in _WAYS if way[0] in shown]
    # What ties the records is drawn last, above the rest.
    order = sorted(lines, key=lambda line: (line.way == "tree", line.key))
    full = height + 24 + 22 * len(used)
    return tag(
        "svg",
        tag("title", title),
        tag("desc", _describe(nodes, lines)),
        [_draw_line(line, at) for line in order],
        [_draw_node(node, at[node.key], is_named) for node in nodes],
        [_draw_weight(line, at) for line in order if is_detailed or line.is_weakest],
        [_draw_key(way, says, height + 24 + 22 * n) for n, (way, says) in enumerate(used)],
        viewBox=f"0 0 {WIDTH:.0f} {full:.0f}",
        role="img",
        class_="graph" if is_named else "graph many",
    )


def _barest(lines: Sequence[Line]) -> list[Line]:
    """The ties, and of what was not joined the heaviest to each record of another."""
    bare = [line for line in lines if line.way in ("tree", "judged")]
    tied = {key for line in bare for key in line.key}
    near: dict[RecordKey, Line] = {}
    for line in sorted(lines, key=lambda line: (-(line.weight or 0.0), line.key)):
        for key in line.key if line.way == "cut" else ():
            if key not in tied:
                near.setdefault(key, line)
    return bare + list(dict.fromkeys(near.values()))


def _scale(places: Points) -> tuple[Points, float]:
    """Pixels, and how high the picture is: no higher than its records need."""
    low, high = places.min(axis=0), places.max(axis=0)
    span = high - low
    factor = min(
        (WIDTH - 2 * MARGIN) / max(float(span[0]), 1e-9),
        (HEIGHT - 2 * MARGIN) / max(float(span[1]), 1e-9),
    )
    height = 2 * MARGIN + float(span[1]) * factor
    middle = (low + high) / 2
    centre = (WIDTH / 2, height / 2)
    return (places - middle) * factor + centre, height


def _draw_line(line: Line, at: Mapping[RecordKey, tuple[float, float]]) -> Markup:
    (x1, y1), (x2, y2) = at[line.key.left], at[line.key.right]
    name = f"tie {line.way}{' weakest' if line.is_weakest else ''}"
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=name)


def _draw_weight(line: Line, at: Mapping[RecordKey, tuple[float, float]]) -> Markup | None:
    # Further links would crowd the picture: their weights stand in the table.
    if line.way in ("link", "contradiction"):
        return None
    (x1, y1), (x2, y2) = at[line.key.left], at[line.key.right]
    says = "judged" if line.weight is None else say_bits(line.weight)
    says += " weakest" if line.is_weakest else ""
    return tag("text", says, x=(x1 + x2) / 2, y=(y1 + y2) / 2 + 4, class_="weight")


def _draw_node(node: Node, place: tuple[float, float], is_named: bool) -> Markup:
    (x, y), radius = place, 19.0 if is_named else 13.0
    return tag(
        "g",
        tag("circle", cx=x, cy=y, r=radius, class_="node" if node.is_member else "node outside"),
        tag("text", node.label, x=x, y=y + 4, class_="label"),
        tag("text", node.below, x=x, y=y + radius + 13, class_="below") if is_named else None,
    )


def _draw_key(way: str, says: str, y: float) -> Markup:
    return tag(
        "g",
        tag("line", x1=MARGIN, x2=MARGIN + 46, y1=y - 4, y2=y - 4, class_=f"tie {way}"),
        tag("text", says, x=MARGIN + 56, y=y, class_="key"),
    )


def _describe(nodes: Sequence[Node], lines: Sequence[Line]) -> str:
    label = {node.key: node.label for node in nodes}
    told = (
        f"{label[line.key.left]} and {label[line.key.right]}: {dict(_WAYS)[line.way]}"
        f"{'' if line.weight is None else f', {say_bits(line.weight)} bits'}"
        for line in lines
        if line.way != "link"
    )
    return f"Graph of {len(nodes)} records. {'; '.join(told)}."
