"""What all forces share: people, who is known where, places, and offences that two record."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from forces.declaration import Declaration
from forces.simulator.delivery import Deliverer
from forces.simulator.drafts import Plot, Stage, number_drafts
from forces.simulator.families import make_families
from forces.simulator.gazetteer import Gazetteer, make_gazetteer
from forces.simulator.numbers import add_numbers
from forces.simulator.people import make_people, share_out
from forces.simulator.rates import Rates
from forces.simulator.records import assign_records, choose_duplication
from forces.simulator.series import plan_series
from forces.simulator.setting import Setting
from forces.simulator.shared_offences import plan_shared


@dataclass(frozen=True)
class World:
    """What all forces share.

    Attributes:
        people: the true persons.
        records: by force, who has a record there (``assign_records``).
        gazetteer: of all forces.
        settings: by force.
        plots: by force, its part of what happens to several records or forces.
        duplicated_force: the force with far more duplicates than the others, if any.
    """

    people: pl.DataFrame
    records: dict[str, pl.DataFrame]
    gazetteer: Gazetteer
    settings: dict[str, Setting]
    plots: dict[str, Plot]
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
    stage = Stage(settings, people, gazetteer, known.sort("force", "person"), offences, seed)
    plots = number_drafts([plan_shared(stage), plan_series(stage)], stage)
    return World(people, records, gazetteer, settings, plots, duplication.one_force)
