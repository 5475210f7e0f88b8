"""The sum of a pair's weights as a waterfall: from the prior, step by step, to the total."""

import textwrap
from collections.abc import Sequence
from typing import NamedTuple

from linkage.explanation.facts import PRIOR, Compared, Weight
from linkage.explanation.words import say_bar, say_bits, say_comparison, say_level, say_total
from warehouse.markup import Markup, tag

WIDTH, LABELS, RIGHT = 760.0, 270.0, 64.0
TOP, LINE, BAR = 50.0, 15.0, 16.0
LETTERS = 40
FAR = 25.0


class Row(NamedTuple):
    """One bar: what it is for, where it begins and ends (bits), and how it is drawn."""

    name: str
    says: str
    start: float
    end: float
    kind: str

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Its lines, each with its class: the name, then what the level says."""
        names = [(line, "name") for line in textwrap.wrap(self.name, LETTERS - 6)]
        return names + [(line, "level") for line in textwrap.wrap(self.says, LETTERS)]

    @property
    def height(self) -> float:
        """Pixels."""
        return LINE * len(self.lines) + 9


def draw_waterfall(pair: Compared, title: str) -> Markup:
    """The chart; comparisons that say nothing are left to the table beside it."""
    rows = _rows(pair)
    ends = [0.0, *(row.end for row in rows)]
    # A threshold that hardly any pair reaches would press the bars together: it is told in words.
    near = max(ends) + FAR
    ends += [bits for bits in (pair.link_at, pair.review_at) if bits is not None and bits < near]
    axis = _Axis(min(ends), max(ends))
    height = TOP + sum(row.height for row in rows) + 34
    return tag(
        "svg",
        tag("title", title),
        tag("desc", _describe(pair, rows)),
        _draw_scale(axis, height),
        _draw_thresholds(pair, axis, height),
        _draw_rows(rows, axis),
        viewBox=f"0 0 {WIDTH:.0f} {height:.0f}",
        role="img",
        class_="waterfall",
    )


class _Axis:
    """Bits to pixels, with some room at both ends."""

    def __init__(self, low: float, high: float) -> None:
        span = max(high - low, 1.0)
        self.low, self.high = low - 0.06 * span, high + 0.06 * span

    def x(self, bits: float) -> float:
        share = (bits - self.low) / (self.high - self.low)
        return LABELS + share * (WIDTH - LABELS - RIGHT)

    def ticks(self) -> list[int]:
        step = next(s for s in (2, 5, 10, 20, 50, 100) if (self.high - self.low) / s <= 10)
        first = int(self.low // step) + 1
        return [n * step for n in range(first, int(self.high // step) + 1)]


def _rows(pair: Compared) -> list[Row]:
    rows, reached = [], 0.0
    for weight in pair.weights:
        if weight.bits:
            rows.append(_row(weight, reached))
            reached += weight.bits
    return [*rows, Row("Total", "", 0.0, reached, "total")]


def _row(weight: Weight, reached: float) -> Row:
    kind = "for" if weight.bits > 0 else "against"
    return Row(
        say_comparison(weight.comparison),
        say_level(weight),
        reached,
        reached + weight.bits,
        "prior" if weight.comparison == PRIOR else kind,
    )


def _draw_scale(axis: _Axis, height: float) -> list[Markup]:
    drawn = []
    for bits in axis.ticks():
        x, name = axis.x(bits), "zero" if bits == 0 else "tick"
        drawn.append(tag("line", x1=x, x2=x, y1=TOP, y2=height - 26, class_=name))
        drawn.append(tag("text", f"{bits:+d}" if bits else "0", x=x, y=height - 12, class_="scale"))
    drawn.append(tag("text", "bits", x=WIDTH - 14, y=height - 12, class_="scale"))
    return drawn


def _draw_thresholds(pair: Compared, axis: _Axis, height: float) -> list[Markup]:
    drawn = []
    bounds = [("review", "to review from", pair.review_at, 16.0),
              ("join", "joined from", pair.link_at, 34.0)]  # fmt: skip
    for name, says, bits, y in bounds:
        if bits is None:
            continue
        label = f"{says} {say_bar(bits)}"
        if bits > axis.high:
            drawn.append(_draw_far(label, y))
            continue
        x = axis.x(bits)
        drawn.append(tag("line", x1=x, x2=x, y1=y + 4, y2=height - 26, class_=f"bound {name}"))
        # On the side that has the room.
        side = {"x": x - 5, "text_anchor": "end"} if x > WIDTH / 2 else {"x": x + 5}
        drawn.append(tag("text", label, y=y + 2, class_="bound-label", **side))
    return drawn


def _draw_far(label: str, y: float) -> Markup:
    says = f"{label}, off the scale →"
    return tag("text", says, x=WIDTH - 4, y=y + 2, class_="bound-label", text_anchor="end")


def _draw_rows(rows: Sequence[Row], axis: _Axis) -> list[Markup]:
    drawn, y = [], TOP
    for row in rows:
        drawn.append(_draw_row(row, axis, y))
        y += row.height
    return drawn


def _draw_row(row: Row, axis: _Axis, y: float) -> Markup:
    left, right = sorted((axis.x(row.start), axis.x(row.end)))
    middle = y + row.height / 2
    forward = row.end >= row.start
    label = {"x": right + 5} if forward else {"x": left - 5, "text_anchor": "end"}
    return tag(
        "g",
        [tag("text", line, x=0, y=y + LINE * (n + 1), class_=name)
         for n, (line, name) in enumerate(row.lines)],
        tag("rect", x=left, y=middle - BAR / 2, width=max(right - left, 1.0), height=BAR,
            class_=f"bar {row.kind}"),
        tag("text", say_bits(row.end - row.start), y=middle + 4, class_="bits", **label),
    )  # fmt: skip


def _describe(pair: Compared, rows: Sequence[Row]) -> str:
    steps = "; ".join(
        f"{row.name}{f', {row.says}' if row.says else ''}: {say_bits(row.end - row.start)}"
        for row in rows
    )
    return f"Waterfall chart of weights in bits. {steps}. Total {say_total(pair)}."
