"""Intelligence reports on people whom a force knows."""

import numpy as np
import polars as pl

from forces.simulator.chance import Integers, chance, draw_index
from forces.simulator.roles import Cast
from forces.simulator.setting import Setting
from forces.simulator.times import date_events, habit_row

REPORTS = ("SAID TO BE SELLING CLASS A DRUGS FROM AN ADDRESS IN {}",
           "SEEN WITH OTHERS AROUND PARKED VEHICLES IN {} AT NIGHT",
           "SAID TO CARRY A KNIFE WHEN OUT IN {}",
           "BELIEVED TO BE STORING STOLEN CYCLES IN {}",
           "IN DISPUTE WITH A GROUP FROM {} OVER MONEY",
           "HAS MOVED TO {} AND NOW USES ANOTHER PHONE")  # fmt: skip
OLD_GRADING = 0.06


def make_intelligence(
    setting: Setting, cast: Cast, records: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """``intelligence_report`` graded 3x5x2, a few by the old 5x5x5, and its subjects."""
    random = setting.random("intelligence")
    per_record = setting.rates.life["intelligence_per_record"]
    night = setting.spread_over_nights(records * per_record, random)
    size = len(night)
    day = np.full(size, habit_row("day"))
    times = date_events(night, day, np.zeros(size), setting.first_night, random)
    old = pl.lit(pl.Series(chance(random, OLD_GRADING, size) & (night == 0)))
    towns = setting.places["locality"].gather(random.integers(0, setting.places.height, size))
    template = pl.Series(REPORTS).gather(random.integers(0, len(REPORTS), size))
    source, assessed, handled = (
        draw_index(random, np.array(weights), size)
        for weights in ((0.35, 0.55, 0.1), (0.2, 0.25, 0.25, 0.28, 0.02), (0.75, 0.25))
    )

    def graded(index: Integers, new: str, before: str) -> pl.Expr:
        return (
            pl.when(old)
            .then(pl.lit(pl.Series(list(before)).gather(index)))
            .otherwise(pl.lit(pl.Series(list(new)).gather(index)))
        )

    reports = times.select("reported_at", night=pl.Series(night)).with_columns(
        grading=pl.when(old).then(pl.lit("5x5x5")).otherwise(pl.lit("3x5x2")),
        source_evaluation=graded(source, "123", "BCE"),
        intelligence_assessment=graded(assessed, "ABCDE", "12345"),
        handling_code=graded(handled, "PC", "15"),
        report_text=pl.lit(template).str.replace("{}", pl.lit(towns), literal=True),
    )
    year = reports["reported_at"].dt.year()
    reports = reports.with_columns(
        source_record_id=setting.event_ids(year), report_ref=setting.refs(year)
    )
    subjects = random.integers(1, 3, size)
    return reports, cast.roles(reports, "intelligence_report", "subject", subjects, random)
