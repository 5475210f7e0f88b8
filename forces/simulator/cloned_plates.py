"""Cloned plates: one registration mark on two vehicles, met far apart at the same time."""

import numpy as np
import polars as pl

from forces.simulator.drafts import NO_OBJECTS, NO_ROLES, Drafts, Stage
from forces.simulator.objects import draw_vehicles
from forces.simulator.offence_kinds import KINDS
from forces.simulator.offences import make_offences
from forces.simulator.places import place_at

KIND = "vehicle-crime"
FAR = 80_000.0  # metres between the centres of the two forces, where there are such
APART_MINUTES = 20


def plan_cloned_plates(stage: Stage) -> Drafts:
    """Two offences a cloned mark, in two forces, each with a vehicle of its own that bears it."""
    random = stage.random("cloned plates")
    kind = next(row for row, one in enumerate(KINDS) if one.group == KIND)
    forces = list(stage.settings)
    parts = []
    for force, setting in stage.settings.items():
        share = setting.world["cloned_plate"] if len(forces) > 1 else 0.0
        count = int(share * stage.offences[force] + random.random())
        kinds = np.full(count, kind)
        made = make_offences(setting, np.zeros(count, np.int64), "cloned plates", kinds)
        parts.append(made.with_columns(force=pl.lit(force), number=pl.int_range(pl.len())))
    one = pl.concat(parts)
    other = _far_away(one, stage, random)
    size = one.height
    offences = pl.concat([one.with_columns(end=pl.lit("")), other.with_columns(end=pl.lit("b"))])
    offences = offences.with_columns(
        draft=pl.int_range(pl.len(), dtype=pl.Int64),
        truth_offence_id=pl.format("{}-K{}{}", pl.concat([one["force"]] * 2), "number", "end"),
        quotes=pl.lit(None, pl.Int64), quote_form=pl.lit(None, pl.Int64),
        late_recording=pl.lit(value=False), is_victim_open=pl.lit(value=True),
        suspects=pl.lit(0, pl.Int64),
    ).drop("number", "end")  # fmt: skip
    vehicles = draw_vehicles(size, random)
    clones = draw_vehicles(size, random)
    # Of another make, and so of another model.
    clones = clones.with_columns(
        vrm=vehicles["vrm"],
        make=pl.when(clones["make"] == vehicles["make"]).then(pl.lit("SKODA")).otherwise("make"),
        model=pl.when(clones["make"] == vehicles["make"]).then(pl.lit("OCTAVIA"))
        .otherwise("model"),
    )  # fmt: skip
    objects = pl.concat([vehicles, clones]).with_columns(
        draft=pl.int_range(pl.len(), dtype=pl.Int64), object_type=pl.lit("vehicle_record"),
        role=pl.lit("seen"), truth_object_id=pl.lit("X") + offences["truth_offence_id"],
        trap=pl.lit("cloned_plate"),
    )  # fmt: skip
    objects = objects.with_columns(
        pl.lit(None, kind).alias(name)
        for name, kind in NO_OBJECTS.items()
        if name not in objects.columns
    )
    return Drafts(offences, pl.DataFrame(schema=NO_ROLES), objects.select(*NO_OBJECTS))


def _far_away(one: pl.DataFrame, stage: Stage, random: np.random.Generator) -> pl.DataFrame:
    """The offences again, in another force's area and within minutes of the first."""
    forces = list(stage.settings)
    centres = np.array([setting.declaration.centre for setting in stage.settings.values()])
    chosen, rows = [], []
    for force in one["force"]:
        away = np.linalg.norm(centres - centres[forces.index(force)], axis=1)
        # Where none is far enough the farthest does.
        far = np.flatnonzero(away >= min(FAR, float(away.max())))
        other = forces[int(far[int(random.integers(len(far)))])]
        chosen.append(other)
        first, count = stage.gazetteer.first[other], stage.gazetteer.count[other]
        rows.append(first + int(random.integers(count)))
    world = next(iter(stage.settings.values())).world
    at = stage.gazetteer.places[np.array(rows, np.int64)]
    placed, flags = place_at(at, random, world)
    minutes = pl.Series(random.integers(0, APART_MINUTES, one.height))
    earlier = pl.duration(minutes=pl.lit(minutes))
    times = ("occurred_from", "occurred_to", "reported_at", "recorded_at")
    return one.with_columns(placed).with_columns(
        *((pl.col(time) - earlier).alias(time) for time in times),
        **flags,
        force=pl.Series(chosen, dtype=pl.String),
    )
