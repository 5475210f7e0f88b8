"""What every part of a force's world is made from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from forces.declaration import Declaration
from forces.simulator.chance import Integers, stream
from forces.simulator.extract import Renderer
from forces.simulator.rates import Rates


@dataclass(frozen=True)
class Setting:
    """One force, and the terms of the simulation.

    Attributes:
        declaration: of the force.
        renderer: of its record system.
        slot, slots: the force's place among those that share a deliverer: its running numbers are
            slot + 1, slot + 1 + slots, … so that none meets another force's.
        places: the force's rows of the gazetteer.
        rates: at the level of dirt.
        first_night: date of the first delivery.
        nights: how many.
        seed: of the simulation.
    """

    declaration: Declaration
    renderer: Renderer
    slot: int
    slots: int
    places: pl.DataFrame
    rates: Rates
    first_night: date
    nights: int
    seed: int

    @property
    def force(self) -> str:
        """Slug of the force."""
        return self.declaration.force

    @property
    def world(self) -> Mapping[str, float]:
        """Rates of what is wrong with people and events."""
        return self.rates.world

    def random(self, purpose: str) -> np.random.Generator:
        """The force's generator for one purpose."""
        return stream(self.seed, purpose, self.force)

    def event_ids(self, year: pl.Series, before: int = 0) -> pl.Series:
        """Ids of rows in the order in which they were made, ``before`` rows having come earlier."""
        number = (pl.int_range(pl.len(), dtype=pl.Int64) + before) * self.slots + self.slot + 1
        identify: Callable[..., pl.Expr] = self.renderer.event_id
        return year.to_frame("year").select(
            identify(number, pl.col("year").cast(pl.Int64), self.declaration).alias("id")
        )["id"]  # fmt: skip

    def refs(self, year: pl.Series, before: int = 0) -> pl.Series:
        """References that people quote, ``FF/NNNNNN/YY``, of rows in the order they were made."""
        number = (pl.int_range(pl.len(), dtype=pl.Int64) + before) * self.slots + self.slot + 1
        own = [code for code in self.declaration.pnc_codes if code != "00"] or ["00"]
        return year.to_frame("year").select(
            pl.format(
                "{}/{}/{}",
                pl.lit(own[0]),
                number.cast(pl.String).str.zfill(6),
                (pl.col("year") % 100).cast(pl.String).str.zfill(2),
            ).alias("ref")
        )["ref"]  # fmt: skip

    def spread_over_nights(self, at_first: float, random: np.random.Generator) -> Integers:
        """Night index of each event, ascending: about ``at_first`` events before the first night
        and the share of new ones on each later."""
        counts = [round(at_first)]
        new = at_first * self.rates.life["new_per_night"]
        counts += [int(random.poisson(new)) for _ in range(self.nights - 1)]
        return np.repeat(np.arange(self.nights), counts)
