"""What all forces share: people, who is known where, places, and offences that two record."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from forces.declaration import Declaration
from forces.simulator.circles import draw_circles, let_circles_share
from forces.simulator.cloned_plates import plan_cloned_plates
from forces.simulator.delivery import Deliverer
from forces.simulator.drafts import Plot, Stage, number_drafts
from forces.simulator.families import make_families
from forces.simulator.gazetteer import Gazetteer, make_gazetteer
from forces.simulator.hubs import make_hubs
from forces.simulator.numbers import add_numbers
from forces.simulator.people import make_people, share_out
from forces.simulator.rates import Rates
from forces.simulator.records import assign_records, choose_duplication
from forces.simulator.roles import suspect_weights
from forces.simulator.series import plan_series
from forces.simulator.setting import Setting
from forces.simulator.shared_offences import plan_shared
from forces.simulator.sightings import plan_sightings


@dataclass(frozen=True)
class World:
    """What all forces share.

    Attributes:
        people: the true persons.
        records: by force, who has a record there (``assign_records``).
        gazetteer: of all forces.
        settings: by force.
        plots: by force, its part of what happens to several records or forces.
        circles: who is in which (``draw_circles``).
        hubs: addresses and telephones of dozens of people (``make_hubs``).
        duplicated_force: the force with far more duplicates than the others, if any.
    """

    people: pl.DataFrame
    records: dict[str, pl.DataFrame]
    gazetteer: Gazetteer
    settings: dict[str, Setting]
    plots: dict[str, Plot]
    circles: pl.DataFrame
    hubs: pl.DataFrame
    duplicated_force: str | None


def make_world(
    declarations: dict[str, Declaration],
    deliverers: dict[str, Deliverer],
    persons: int,
    nights: int,
    seed: int,
    first_night: date,
    rates: Rates,
) -> World:
    """The world of that many persons and nights. Its parts are in order of the deliverers."""
    counts = share_out(declarations, persons)
    gazetteer = make_gazetteer(declarations, counts, seed)
    people = make_people(declarations, counts, gazetteer, first_night, seed)
    people = make_families(people, rates.world, seed)
    people = add_numbers(people, rates.world, first_night, seed)
    duplication = choose_duplication(declarations, rates.world, seed)
    assigned = assign_records(people, declarations, duplication, rates, nights, seed)
    records = {force: assigned.filter(pl.col("force") == force) for force in declarations}
    settings = {
        force: Setting(
            declaration=declaration,
            renderer=one.renderer,
            slot=slot,
            slots=len(one.declarations),
            places=gazetteer.of(force),
            rates=rates,
            first_night=first_night,
            nights=nights,
            seed=seed,
        )
        for one in deliverers.values()
        for slot, (force, declaration) in enumerate(one.declarations.items())
    }
    per_record = rates.life["offences_per_record"]
    offences = {
        force: round(int((held["night"] == 0).sum()) * per_record)
        for force, held in records.items()
    }
    known = assigned.filter(pl.col("night") == 0).select("force", "person").unique()
    known = known.sort("force", "person")
    weights = suspect_weights(people, first_night)
    per_person = rates.life["circles_per_person"], rates.life["hubs_per_person"]
    circles = draw_circles(declarations, people, known, weights, per_person[0], seed)
    people = let_circles_share(people, circles, seed)
    people, hubs = make_hubs(people, declarations, gazetteer, per_person[1], seed)
    stage = Stage(settings, people, gazetteer, known, offences, seed)
    drafts = [plan_shared(stage), plan_series(stage), plan_cloned_plates(stage)]
    sightings = plan_sightings(settings, offences, seed)
    plots = number_drafts(drafts, circles, sightings, stage)
    return World(people, records, gazetteer, settings, plots, circles, hubs, duplication.one_force)
