"""Deliveries through the steps of a night in order, as dags/nightly.py calls them, in process."""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from console.take_in import link_all, take_in
from forces.declaration import load_declarations
from forces.simulator.simulate import simulate
from quality.store_suite import check_store
from transforms.planning import pending_nights
from warehouse.build import build
from warehouse.home import Home
from warehouse.publish import publish

PERSONS, SEED = 60_000, 7


def run_production(home: Home, deliveries: Path, forces: Path | None, night: date) -> None:
    """Take in, check, load, link and publish one night of the deliveries.

    Args:
        home: where.
        deliveries: folder of deliveries.
        forces: folder of the forces' declarations; None means those that crimelink ships.
        night: which.
    """
    declared = load_declarations(forces)
    take_in(home, deliveries, night, declared)
    link_all(home, night)
    build(home, night, declared)
    check_store(home, night)
    publish(home, night)


def link_simulated(home: Home, deliveries: Path, persons: int, seed: int) -> None:
    """Simulate one night of every declared force, at default dirt, and take it in up to its links.

    Args:
        home: where.
        deliveries: new folder for the deliveries; the simulator's truth lies in ``truth`` in it.
        persons: how many the nation has.
        seed: of the simulation.
    """
    declarations = load_declarations()
    simulate(deliveries, declarations, persons=persons, nights=1, seed=seed)
    [night] = pending_nights(home, deliveries, declarations)
    take_in(home, deliveries, night, declarations)
    link_all(home, night)


@contextmanager
def linked_nation(description: str) -> Iterator[tuple[Home, Path]]:
    """The home of a simulated and linked nation, and the folder of its truth, as a benchmark's
    command line asks: ``--persons``, ``--seed``, ``--folder`` (kept, and used again if filled).

    Args:
        description: what the benchmark's help says.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--persons", type=int, default=PERSONS)
    parser.add_argument("--seed", type=int, default=SEED, help="of the simulation")
    parser.add_argument("--folder", type=Path, help="folder to work in, kept afterwards")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as working:
        folder = arguments.folder or Path(working)
        home = Home.of(folder / "home")
        if not home.state.exists():
            link_simulated(home, folder / "deliveries", arguments.persons, arguments.seed)
        yield home, folder / "deliveries" / "truth"
