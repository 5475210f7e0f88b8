"""Events of a study area by cell, month and series, and sums of them.

A series is an offence group and a measure. Harm adds up unlike events do: an offence of 365 days is
one offence. What it would take of like offences to make a group's harm vary as it does is Σh² / Σh
days each; harm is counted in these, so that one arithmetic serves both measures (a compound Poisson
by its first two moments), and told in days again. Tails are longer than these moments say where few
offences do most of the harm: what is tested is counted in offences as large as the group's largest
(``Panel.caution``), so that one alone, wherever it falls, makes no hotspot.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

from warehouse.hotspots.arrays import Values
from warehouse.hotspots.study_area import StudyArea

MEASURES = ("offences", "harm_days")

ALL_CRIME = "all-crime"
"""Series of all recorded crime: every group that is notifiable."""


class Series(NamedTuple):
    """One column of the arrays.

    Attributes:
        offence_group, measure: whose, and of what.
        scale: what one of its events counts in the measure.
        largest: the most that one offence counts.
    """

    offence_group: str
    measure: str
    scale: float
    largest: float


@dataclass(frozen=True)
class Panel:
    """The events of an area, one entry a cell, month and series that has any.

    Attributes:
        area: the cells.
        series: in order.
        months: how many there are, the latest last.
        cell, month, column: (entries,): where an entry belongs; ``column`` is of ``series``.
        events: (entries,): events, of harm so many as it counts for.
    """

    area: StudyArea
    series: tuple[Series, ...]
    months: int
    cell: NDArray[np.int64]
    month: NDArray[np.int64]
    column: NDArray[np.int64]
    events: NDArray[np.float64]

    def weighted(self, weights: NDArray[np.float64]) -> Values:
        """(cells, series): events, each by its month's weight, of (months,)."""
        shape = (len(self.area.cells), len(self.series))
        flat = np.bincount(
            self.cell * shape[1] + self.column,
            weights=self.events * weights[self.month],
            minlength=shape[0] * shape[1],
        )
        return np.asarray(flat, dtype=np.float64).reshape(shape)

    def during(self, first: int, end: int) -> Values:
        """(cells, series): events of the months from ``first`` up to, not with, ``end``; before the
        first month there are none."""
        weights = np.zeros(self.months)
        weights[max(first, 0) : max(end, 0)] = 1
        return self.weighted(weights)

    def by_month(self, first: int, each: Values) -> csr_array:
        """(cells, months from ``first`` * series): events, a month's series side by side, each
        event by its series' number of ``each``, of (series,)."""
        width = len(self.series)
        late = self.month >= first
        column = (self.month[late] - first) * width + self.column[late]
        shape = (len(self.area.cells), (self.months - first) * width)
        events = self.events[late] * each[self.column[late]]
        return csr_array((events, (self.cell[late], column)), shape=shape)

    def only(self, measure: str) -> "Panel":
        """The series of one measure."""
        kept = [each.measure == measure for each in self.series]
        number, held = np.cumsum(kept) - 1, np.array(kept)[self.column]
        return replace(
            self,
            series=tuple(each for each in self.series if each.measure == measure),
            cell=self.cell[held],
            month=self.month[held],
            column=number[self.column[held]],
            events=self.events[held],
        )

    @property
    def caution(self) -> Values:
        """(series,): an event of each as part of the largest offence of its series. What is tested
        is counted in these."""
        return np.array([each.scale / each.largest for each in self.series])

    @property
    def scales(self) -> Values:
        """(series,): what an event of each counts in its measure."""
        return np.array([each.scale for each in self.series])


def make_panel(area: StudyArea, counts: pl.DataFrame, months: int) -> Panel:
    """The panel of what ``counts`` holds.

    Args:
        area: cells, every one of ``counts`` among them.
        counts: one row a ``cell``, ``offence_group`` and ``month`` (0 to ``months`` - 1), with
            ``is_crime`` (it counts as recorded crime), ``offences``, ``harm_days`` and
            ``harm_squared``, the sum of the squares of the offences' harm, and ``harm_most``, the
            most of them.
        months: how many months there are.
    """
    rows = pl.DataFrame({"cell": area.cells}).with_row_index("row")
    # In one order, so that sums of harm are the same to the last digit in every run.
    placed = counts.join(rows, on="cell").drop("cell").sort("row", "month", "offence_group")
    crime = (
        placed.filter("is_crime")
        .group_by("row", "month", maintain_order=True)
        .agg(pl.col("offences", "harm_days", "harm_squared").sum(), pl.col("harm_most").max())
        .with_columns(offence_group=pl.lit(ALL_CRIME))
    )
    whole = pl.concat([placed, crime], how="diagonal")
    series = _series(whole)
    entries = pl.concat(
        [
            whole.join(_columns(series, measure), on="offence_group", maintain_order="left").select(
                "row", "month", "column", events=pl.col(measure).cast(pl.Float64) / pl.col("scale")
            )
            for measure in MEASURES
        ]
    )
    entries = entries.filter(pl.col("events") > 0)
    cell, month, column = (
        entries[name].cast(pl.Int64).to_numpy() for name in ("row", "month", "column")
    )
    return Panel(area, series, months, cell, month, column, entries["events"].to_numpy())


def _series(counts: pl.DataFrame) -> tuple[Series, ...]:
    """Of every group its offences, then of those that did harm their harm."""
    groups = (
        counts.group_by("offence_group", maintain_order=True)
        .agg(pl.col("harm_days", "harm_squared").sum(), pl.col("harm_most").max())
        .sort("offence_group")
        .with_columns(scale=pl.col("harm_squared") / pl.col("harm_days"))
    )
    harmful = groups.filter(pl.col("harm_days") > 0).select("offence_group", "scale", "harm_most")
    return (
        *(Series(group, "offences", 1.0, 1.0) for group in groups["offence_group"]),
        *(Series(group, "harm_days", scale, most) for group, scale, most in harmful.iter_rows()),
    )


def _columns(series: Sequence[Series], measure: str) -> pl.DataFrame:
    """The place of each group's series of one measure, and its scale."""
    return pl.DataFrame(
        [(s.offence_group, at, s.scale) for at, s in enumerate(series) if s.measure == measure],
        schema={"offence_group": pl.String, "column": pl.Int64, "scale": pl.Float64},
        orient="row",
    )
