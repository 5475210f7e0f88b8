"""Everything one force holds over all nights, as tables of the contract with three columns more.

``night`` is the index of the first night that brings the row, ``deleted`` that of the night that
takes it away (null for never), ``touched`` that of the last night that changed it (null for never).
Tables whose rows belong to another record have none of the three: they follow their owner.
"""

import numpy as np
import polars as pl

from forces.simulator.belongings import (
    list_addresses,
    list_contacts,
    list_identifiers,
    list_markers,
    list_names,
)
from forces.simulator.chance import chance
from forces.simulator.custody import make_custody
from forces.simulator.drafts import Plot
from forces.simulator.gazetteer import Gazetteer
from forces.simulator.happenings import make_incidents, make_stops
from forces.simulator.intelligence import make_intelligence
from forces.simulator.objects import make_objects
from forces.simulator.observe import observe
from forces.simulator.offences import (
    draw_outcomes,
    list_outcomes,
    make_offences,
)
from forces.simulator.one_off import spread_suspects
from forces.simulator.planned import add_planned_objects, cast_planned
from forces.simulator.recording_faults import (
    add_victims,
    mark_further_victims,
    record_late,
    spoil_outcomes,
)
from forces.simulator.roles import Cast, list_offence_roles
from forces.simulator.setting import Setting

Tables = dict[str, pl.DataFrame]
DELETABLE = ("person_record", "offence_record", "incident", "stop_search", "intelligence_report")


def make_force_world(
    setting: Setting,
    records: pl.DataFrame,
    people: pl.DataFrame,
    gazetteer: Gazetteer,
    plot: Plot,
) -> Tables:
    """The tables of one force.

    Args:
        setting: the force.
        records: its rows of ``assign_records``.
        people: all people, in order of ``person``.
        gazetteer: of all forces.
        plot: its part of what the world planned.
    """
    held, belongings = make_people_tables(setting, records, people, gazetteer)
    cast = Cast(held, setting)
    at_first = int((held["night"] == 0).sum())
    offences = _offences(setting, at_first, plot)
    rest = offences[plot.offences.height :]
    roles = list_offence_roles(rest, cast, setting)
    roles = spread_suspects(roles, rest, plot, cast, setting)
    roles = add_victims(roles, offences, cast, setting)
    roles = pl.concat([cast_planned(plot, held, cast, setting), roles])
    incidents, reporters = make_incidents(setting, cast, at_first)
    stops, searched = make_stops(setting, cast, at_first)
    custody, detained = make_custody(setting, offences, roles)
    reports, subjects = make_intelligence(setting, cast, at_first)
    objects = make_objects(setting, rest, cast, at_first)
    tables = {
        "person_record": held,
        **belongings,
        "offence_record": offences,
        "outcome": list_outcomes(offences),
        "incident": incidents,
        "custody": custody,
        "stop_search": stops,
        "intelligence_report": reports,
        **add_planned_objects(objects, plot, offences, setting),
        "event_role": pl.concat([roles, reporters, searched, detained, subjects]),
    }
    return _with_ends(setting, tables)


def make_people_tables(
    setting: Setting, records: pl.DataFrame, people: pl.DataFrame, gazetteer: Gazetteer
) -> tuple[pl.DataFrame, Tables]:
    """The force's ``person_record``, and the tables of what hangs on its records.

    Args:
        setting: the force.
        records: its rows of ``assign_records``; further columns are kept.
        people: all people, in order of ``person``.
        gazetteer: of all forces.
    """
    random = setting.random("records")
    world, identify = setting.world, setting.renderer.person_id
    held = pl.concat([records, people[records["person"]].drop("person")], how="horizontal")
    held = held.with_columns(source_record_id=identify(pl.col("number"), setting.declaration))
    held = observe(held, setting.first_night, world, random)
    names, held = list_names(held, world, random)
    identifiers, held = list_identifiers(held, people["pnc"].drop_nulls(), world, random)
    addresses, held = list_addresses(held, gazetteer, world, random)
    return held, {
        "person_name": names,
        "person_identifier": identifiers,
        "person_address": addresses,
        "person_contact": list_contacts(held, random),
        "warning_marker": list_markers(held, random),
    }


def _offences(setting: Setting, records: int, plot: Plot) -> pl.DataFrame:
    """All offences of the force: those planned, and the rest, with a few of the rest recorded
    twice."""
    random = setting.random("offences")
    night = setting.spread_over_nights(records * setting.rates.life["offences_per_record"], random)
    rest = make_offences(setting, night, "offence details").pipe(record_late, setting)
    rest = rest.with_columns(
        truth_offence_id=pl.format("{}-{}", pl.lit(setting.force), pl.int_range(pl.len()))
    )
    is_twice = chance(random, setting.world["repeated_offence"], rest.height) & (night == 0)
    rest = pl.concat([rest.filter(pl.Series(is_twice)), rest])
    year, before = rest["recorded_at"].dt.year(), plot.offences.height
    rest = rest.with_columns(
        source_record_id=setting.event_ids(year, before),
        crime_ref=setting.refs(year, before),
        repeated_offence=pl.len().over("truth_offence_id") > 1,
    )
    rest = draw_outcomes(rest, setting).pipe(spoil_outcomes, setting)
    rest = mark_further_victims(rest, setting)
    planned = draw_outcomes(plot.offences, setting, "planned outcomes")
    planned = planned.pipe(spoil_outcomes, setting, "planned outcomes not allowed")
    together = pl.concat([planned, rest], how="diagonal")
    flags = [name for name, kind in together.schema.items() if kind == pl.Boolean]
    return together.with_columns(pl.col(flags).fill_null(value=False))


def _with_ends(setting: Setting, tables: Tables) -> Tables:
    """The tables with ``deleted`` and ``touched``; what is deleted is named by nothing else."""
    random = setting.random("deletions")
    roles, custody = tables["event_role"], tables["custody"]
    # A person is weeded when no event names them, an offence when no detention rests on it.
    kept = {
        "person_record": roles["person_source_record_id"],
        "offence_record": custody["offence_source_record_id"],
    }
    ended: Tables = {}
    for name, table in tables.items():
        if "night" not in table.columns:
            ended[name] = table
            continue
        deleted = _deletion_nights(setting, table.height, random)
        is_kept = pl.lit(name not in DELETABLE)
        if name in kept:
            is_kept = pl.col("source_record_id").is_in(kept[name].implode())
        is_ended = ~is_kept & (deleted > pl.col("night"))
        ended[name] = table.with_columns(
            deleted=pl.when(is_ended).then(deleted), touched=pl.lit(None, pl.Int64)
        )
    gone = ended["offence_record"].select(
        pl.col("source_record_id").alias("offence_source_record_id"), "deleted"
    )
    ended["outcome"] = ended["outcome"].drop("deleted").join(
        gone, on="offence_source_record_id", how="left", maintain_order="left"
    )  # fmt: skip
    return ended


def _deletion_nights(setting: Setting, size: int, random: np.random.Generator) -> pl.Expr:
    """A later night for the share of rows that each later night may delete, else -1."""
    later = setting.nights - 1
    drawn = random.random(size)
    share = setting.rates.life["deleted_per_night"] * 2  # about half can be
    night = np.floor(drawn / share).astype(np.int64) + 1
    return pl.lit(pl.Series(np.where(night <= later, night, -1)))
