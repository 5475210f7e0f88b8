"""A night's steps in this process, one after another.

``dags/nightly.py`` states the same steps one by one, so that a scheduler can try each again. Here
they are for whoever needs what they load or publish and has no scheduler: training apart, tests and
benchmarks.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from forces.declaration import Declaration
from linkage.networks.associate import associate
from linkage.objects.objects import link_objects
from linkage.offences.link import link_offences
from linkage.persons import link
from linkage.series.nights import find_series
from quality.check import check
from quality.data_docs.build import document
from quality.store_suite import check_store
from transforms.collect import collect
from transforms.planning import plan_night
from transforms.reference import take_reference
from transforms.standardise import standardise
from warehouse.build import build
from warehouse.home import Home
from warehouse.load import load
from warehouse.publish import publish


def take_in(
    home: Home, deliveries: Path, night: date, declarations: Mapping[str, Declaration]
) -> None:
    """Take a night's steps in their order, up to the load; nothing is linked or published.

    Args:
        home: where.
        deliveries: folder of deliveries.
        night: which.
        declarations: every declared force, by slug.

    Raises:
        CrimelinkError: a step failed. It ends here, a deliverer's step too: there is no last good
            data that the deliverer could be served from.
    """
    deliverers = plan_night(home, deliveries, night, declarations)
    take_reference(home, deliveries, night)
    for deliverer in deliverers:
        collect(home, night, deliverer)
        standardise(home, night, deliverer, declarations)
    check(home, night, declarations)
    load(home, night, declarations)


def link_all(home: Home, night: date) -> None:
    """Take the steps between the load and the build, in their order: link persons, objects and
    offences, find series, associate.

    Raises:
        CrimelinkError: a step failed.
    """
    link(home, night)
    link_objects(home, night)
    link_offences(home, night)
    find_series(home, night)
    associate(home, night)


def finish(home: Home, night: date, declarations: Mapping[str, Declaration]) -> None:
    """Take the steps that follow the load, in their order: ``link_all``, build, check the store,
    document and publish.

    Args:
        home: where.
        night: which; its deliveries are loaded.
        declarations: every declared force, by slug.

    Raises:
        CrimelinkError: a step failed.
    """
    link_all(home, night)
    build(home, night, declarations)
    check_store(home, night)
    document(home, night)
    publish(home, night)
