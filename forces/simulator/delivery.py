"""Writes deliveries: a folder a deliverer and date, in the form of its record system."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from forces.declaration import Declaration
from forces.simulator.chance import stream
from forces.simulator.extract import Extract, Renderer
from forces.simulator.force_world import Tables
from forces.simulator.rates import Rates
from warehouse.batch import BatchKind
from warehouse.errors import DeclarationError

RENDERERS = "forces.simulator.renderers"


@dataclass(frozen=True)
class Deliverer:
    """Who delivers, and for which forces.

    Attributes:
        name: slug of a force, or of a system that serves several.
        renderer: of its record system.
        declarations: its forces, by slug.
    """

    name: str
    renderer: Renderer
    declarations: dict[str, Declaration] = field(default_factory=dict)

    @property
    def _any(self) -> Declaration:
        return next(iter(self.declarations.values()))

    def is_due(self, night: int) -> bool:
        """True where it delivers on that night (an index): the first, then every so many days."""
        return night % self._any.every_days == 0

    def kind(self, night: int) -> BatchKind:
        """Everything on the first night, then what its forces declare."""
        if night == 0:
            return "full"
        kinds: dict[str, BatchKind] = {"full": "full", "delta": "delta", "part": "part"}
        return kinds[self._any.kind]


def find_renderer(system: str) -> Renderer:
    """The renderer of a record system.

    Raises:
        DeclarationError: the simulator has none of that name.
    """
    try:
        module = importlib.import_module(f"{RENDERERS}.{system}")
    except ModuleNotFoundError as error:
        if error.name != f"{RENDERERS}.{system}":
            raise
        raise DeclarationError(f"the simulator cannot send in the form of {system!r}") from None
    renderer: Renderer = module.RENDERER
    return renderer


def group_deliverers(declarations: Mapping[str, Declaration]) -> dict[str, Deliverer]:
    """Deliverers by name, in order, each with its forces.

    Raises:
        DeclarationError: forces of one deliverer declare different record systems, or one that the
            simulator does not know.
    """
    groups: dict[str, Deliverer] = {}
    for force, declaration in sorted(declarations.items()):
        name = declaration.deliverer
        if name not in groups:
            groups[name] = Deliverer(name, find_renderer(declaration.system))
        if groups[name].renderer.system != declaration.system:
            raise DeclarationError(f"{force}: {name} delivers for it, but in another system's form")
        groups[name].declarations[force] = declaration
    return dict(sorted(groups.items()))


def write_delivery(
    out: Path,
    deliverer: Deliverer,
    cuts: list[Tables],
    first_night: date,
    night: int,
    rates: Rates,
    seed: int,
) -> tuple[dict[str, int], dict[str, int]]:
    """Write one delivery under ``out``; the faults planted by the renderer, and rows by table."""
    on = first_night + timedelta(days=night)
    folder = out / deliverer.name / on.isoformat()
    folder.mkdir(parents=True)
    names = dict.fromkeys(name for cut in cuts for name in cut)
    tables = {name: pl.concat(cut[name] for cut in cuts if name in cut) for name in names}
    extract = Extract(
        deliverer=deliverer.name,
        delivery_date=on,
        delivery_id=f"{deliverer.name}-{on:%Y%m%d}",
        kind=deliverer.kind(night),
        declarations=deliverer.declarations,
        tables=tables,
        rates=rates.systems.get(deliverer.renderer.system, {}),
        random=stream(seed, "dirt", deliverer.name, night),
    )
    planted = deliverer.renderer.write(folder, extract)
    return planted, {name: table.height for name, table in tables.items()}
