"""HTML and SVG by our own hand, for every page made here: whatever is not markup is escaped."""

from collections.abc import Iterable
from html import escape
from typing import TypeAlias


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


Child: TypeAlias = "Markup | str | Iterable[Child] | None"
Attribute: TypeAlias = "str | float | None"

# Elements without an end tag.
_VOID = frozenset({"br", "hr", "meta"})


def tag(name: str, *children: Child, **attributes: Attribute) -> Markup:
    """One element.

    Args:
        name: of the element.
        children: its content, in order; text is escaped, None left out.
        attributes: a trailing underscore is dropped (``class_``), others become hyphens; numbers
            are written to one decimal; None leaves the attribute out.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{join(children)}</{name}>")


def join(children: Child) -> Markup:
    """Markup and text one after the other."""
    if children is None:
        return Markup("")
    if isinstance(children, Markup):
        return children
    if isinstance(children, str):
        return Markup(escape(children))
    return Markup("".join(join(child) for child in children))


def table(
    caption: str, heads: Iterable[str], rows: Iterable[Iterable[Child]], *, numeric: int = 0
) -> Markup:
    """A table whose first column heads its rows.

    Args:
        caption: what it shows.
        heads: of the columns.
        rows: cells, in order of the columns.
        numeric: how many columns, counted from the last, hold numbers.
    """
    heads = tuple(heads)
    first_number = len(heads) - numeric

    def side(place: int) -> str | None:
        return "number" if place >= first_number else None

    return tag(
        "table",
        tag("caption", caption),
        tag("thead", tag("tr", [tag("th", head, scope="col", class_=side(n))
                                for n, head in enumerate(heads)])),
        tag("tbody", [
            tag("tr", [tag("td", cell, class_=side(n)) if n else tag("th", cell, scope="row")
                       for n, cell in enumerate(row)])
            for row in rows
        ]),
    )  # fmt: skip


def _plain(value: str | float) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) else f"{value:.1f}"
