"""Offences that two forces record: the one where it happened, and one it was reported to first."""

from datetime import timedelta

import numpy as np
import polars as pl

from forces.simulator.chance import draw_index
from forces.simulator.offences import make_offences
from forces.simulator.records import pull_of_neighbours
from forces.simulator.setting import Setting


def make_shared_offences(
    settings: dict[str, Setting], offences: dict[str, int]
) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]:
    """Offences that a second force records too.

    Args:
        settings: of every force.
        offences: how many each force has before the first night.

    Returns:
        Each force's own, with ids as its first offences; and the second records by the force that
        makes them, without ids, quoting the first's reference as ``other_force_ref``.
    """
    forces = list(settings)
    pull = pull_of_neighbours([setting.declaration for setting in settings.values()])
    own: dict[str, pl.DataFrame] = {}
    copies: dict[str, list[pl.DataFrame]] = {force: [] for force in forces}
    for row, (force, setting) in enumerate(settings.items()):
        rate = setting.world["shared_offence"] if len(forces) > 1 else 0.0
        made = _own(setting, round(rate * offences[force]))
        own[force] = made.with_columns(other_force_ref=pl.lit(None, pl.String))
        random = setting.random("second force")
        second = draw_index(random, pull[row], made.height)
        for index in np.unique(second):
            chosen = made.filter(pl.Series(second == index))
            copies[forces[index]].append(_second(chosen, setting))
    nothing = _second(own[forces[0]].clear(), settings[forces[0]])
    return own, {force: pl.concat([nothing, *parts]) for force, parts in copies.items()}


def _own(setting: Setting, count: int) -> pl.DataFrame:
    made = make_offences(setting, np.zeros(count, np.int64), "shared offences").with_columns(
        late_recording=pl.lit(value=False)
    )
    year = made["recorded_at"].dt.year()
    return made.with_columns(
        source_record_id=setting.event_ids(year),
        crime_ref=setting.refs(year),
        truth_offence_id=pl.format("{}-S{}", pl.lit(setting.force), pl.int_range(pl.len())),
    )


def _second(chosen: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """As the second force has it: recorded half a day later, the first's reference quoted."""
    latest = pl.lit(setting.first_night).cast(pl.Datetime("us")) - timedelta(minutes=65)
    return chosen.with_columns(
        other_force_ref="crime_ref",
        recorded_at=pl.min_horizontal(pl.col("recorded_at") + timedelta(hours=12), latest),
    ).drop("source_record_id", "crime_ref")
