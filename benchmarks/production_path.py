"""Deliveries through every step of a night in order, as dags/nightly.py calls them, in process."""

from datetime import date
from pathlib import Path

from console.take_in import link_all, take_in
from forces.declaration import load_declarations
from quality.store_suite import check_store
from warehouse.build import build
from warehouse.home import Home
from warehouse.publish import publish


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
