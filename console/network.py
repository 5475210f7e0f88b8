"""``crimelink network``: who is associated with a person, and why."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from console.page_file import is_own_page, refuse_taken, say_written
from linkage.explanation.asked import understand
from linkage.networks.around import Around, look_around
from warehouse.errors import UsageError
from warehouse.home import Home, write_text_atomic
from warehouse.store import open_store


@dataclass(frozen=True)
class Files:
    """Files to write, each None where it is not wanted; each is written whole, mode 0600."""

    html: Path | None = None
    graphml: Path | None = None
    nodes: Path | None = None
    edges: Path | None = None


def tell_network(
    home: Home,
    person: str,
    steps: int,
    files: Files,
    *,
    as_json: bool,
    has_values: bool,
    tell: Callable[[str], None],
) -> None:
    """Tell who is associated with a person, out of the published store.

    Args:
        home: the home.
        person: a person id, a superseded one too, or a record as force/source_system/id.
        steps: 1 or 2.
        files: what to write; where there is any, only that is told.
        as_json: one JSON object instead of text.
        has_values: False leaves out names, birth dates, addresses, numbers and marks.
        tell: where the lines go.

    Raises:
        UsageError: nothing has been published, the person is not known, or another file than an
            earlier page is there.
        StoreError: the store cannot be read.
    """
    from console.network_files import write_edges, write_graphml, write_nodes
    from console.network_page import MADE_BY, make_page
    from console.network_text import tell_lines

    is_replaced = is_own_page(files.html, MADE_BY)
    for option in ("graphml", "nodes", "edges"):
        refuse_taken(getattr(files, option), f"--{option}")

    notices, around = _ask(home, person, steps, has_values)
    makers: dict[Path | None, Callable[[], str]] = {
        files.html: partial(make_page, around, notices, has_values),
        files.graphml: partial(write_graphml, around),
        files.nodes: partial(write_nodes, around),
        files.edges: partial(write_edges, around),
    }
    for path, make in makers.items():
        if path is not None:
            write_text_atomic(path, make())
            tell(say_written(path, is_replaced=is_replaced and path == files.html))
    if as_json:
        told = {"notices": list(notices), **asdict(around)}
        tell(json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False, default=str))
    elif files == Files():
        for line in tell_lines(around, notices, has_values):
            tell(line)


def _ask(home: Home, person: str, steps: int, has_values: bool) -> tuple[Sequence[str], Around]:
    with open_store(home) as store:
        asked = understand(store, [person])
        if asked.gone:
            raise UsageError(
                f"{person}: no record belongs to this person any more. Its history: "
                f"crimelink explain {person}"
            )
        return asked.notices, look_around(store, asked.ids, steps, has_values=has_values)
