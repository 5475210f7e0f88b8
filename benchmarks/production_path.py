"""Deliveries through every step of a night in order, as dags/nightly.py calls them, in process."""

from datetime import date
from pathlib import Path

from forces.declaration import load_declarations
from linkage.persons import link
from quality.check import check
from transforms.collect import collect, plan_night
from transforms.reference import take_reference
from transforms.standardise import standardise
from warehouse.build import build
from warehouse.home import Home
from warehouse.load import load
from warehouse.publish import publish


def run_production(home: Home, deliveries: Path, forces: Path, night: date) -> None:
    """Take in, check, load, link and publish one night of the deliveries.

    Args:
        home: where.
        deliveries: folder of deliveries.
        forces: folder of the forces' declarations.
        night: which.
    """
    declared = load_declarations(forces)
    deliverers = plan_night(home, deliveries, night, declared)
    take_reference(home, deliveries, night)
    for deliverer in deliverers:
        collect(home, night, deliverer)
        standardise(home, night, deliverer, declared)
    check(home, night, declared)
    load(home, night, declared)
    link(home, night)
    build(home, night, declared)
    publish(home, night)
