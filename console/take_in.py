"""A night's deliveries taken in, checked and loaded, in this process.

``dags/nightly.py`` states the same steps one by one, so that a scheduler can try each again. Here
they are for whoever needs what they load and has no scheduler: training apart, and benchmarks.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from forces.declaration import Declaration
from quality.check import check
from transforms.collect import collect, plan_night
from transforms.reference import take_reference
from transforms.standardise import standardise
from warehouse.home import Home
from warehouse.load import load


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
