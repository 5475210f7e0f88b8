"""What the simulator's truth says of pairs of offences that series are sought among."""

from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from linkage.series.candidates import find_candidates
from linkage.series.features import read_offences, to_arrays
from linkage.series.labels import read_suspects
from linkage.series.model import WINDOW, SeriesModel
from linkage.series.score import level_pairs
from linkage.series.words import word_sets

KEY = ["force", "source_system", "source_record_id"]


@dataclass(frozen=True)
class Known:
    """Offences that series are sought among, with ``series`` and ``truth_offence_id`` (null where
    there is none), ``is_unsolved`` (no offence of its series is solved); and how many series there
    are, and such ones."""

    rows: pl.DataFrame
    series: int
    unsolved: int


@dataclass(frozen=True)
class TruePairs:
    """Pairs within the window: places of their offences, how far apart, bits, whether they are of
    one true series, and whether of one without a solved offence; ``group``: of each offence, its
    series or a number of its own; ``shares``: of pairs of one series and family those within the
    window, and of those probable those that are kept."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    km: NDArray[np.float64]
    days: NDArray[np.float64]
    total: NDArray[np.float64]
    is_linked: NDArray[np.bool]
    is_unsolved: NDArray[np.bool]
    group: NDArray[np.int64]
    shares: tuple[float, float]

    def held(self, *, unsolved: bool = False) -> "TruePairs":
        """The pairs that are linked and those that are not; of the linked only those of series
        without a solved offence, where these are asked for."""
        own = ~self.is_linked | self.is_unsolved if unsolved else np.ones(len(self.left), bool)
        return TruePairs(
            self.left[own], self.right[own], self.km[own], self.days[own], self.total[own],
            self.is_linked[own], self.is_unsolved[own], self.group, self.shares,
        )  # fmt: skip


def read_known(con: duckdb.DuckDBPyConnection, truth: Path) -> Known:
    """The offences of ``series_offence`` with their truth.

    Args:
        con: a workspace in which offences are gathered.
        truth: folder of the simulator's truth.
    """
    rows = con.sql(
        """SELECT *, method_text IS NOT NULL AS has_method, stolen IS NOT NULL AS has_stolen
           FROM series_offence ORDER BY offence"""
    ).pl()
    series = pl.read_parquet(truth / "series.parquet")
    solved = series.group_by("truth_series_id").agg(is_unsolved=~pl.col("is_solved").any())
    of = series.select(*KEY, "truth_series_id").unique(KEY).join(solved, on="truth_series_id")
    told = pl.read_parquet(truth / "offence.parquet").select(*KEY, "truth_offence_id").unique(KEY)
    rows = (
        rows.join(of, on=KEY, how="left", maintain_order="left")
        .join(told, on=KEY, how="left", maintain_order="left")
        .rename({"truth_series_id": "series"})
    )
    return Known(rows, len(solved), int(solved["is_unsolved"].sum()))


def know_pairs(con: duckdb.DuckDBPyConnection, model: SeriesModel, known: Known) -> TruePairs:
    """Every pair within the window whose truth is known, with the bits that the model gives it."""
    rows = known.rows
    offences = to_arrays(rows)
    assert (offences.offence == read_offences(con).offence).all()
    every = np.arange(len(rows)), len(rows)
    methods = word_sets(rows["method_text"], *every, model.method_words, model.floors[0])
    stolen = word_sets(rows["stolen"], *every, model.property_words, model.floors[1])
    series = rows["series"].rank("dense").cast(pl.Int64).fill_null(0).to_numpy() - 1
    told = rows["truth_offence_id"].rank("dense").cast(pl.Int64).fill_null(0).to_numpy() - 1
    suspect = _suspects(con, offences.offence)
    unsolved = rows["is_unsolved"].fill_null(value=False).to_numpy()
    parts = []
    for pairs in find_candidates(offences, np.ones(len(rows), bool), WINDOW):
        left, right = pairs.left, pairs.right
        linked = (series[left] == series[right]) & (series[left] >= 0)
        is_one = (told[left] == told[right]) & (told[left] >= 0)
        is_other = (suspect[left][:, :, None] == suspect[right][:, None, :]) & (
            suspect[left][:, :, None] >= 0
        )
        known_pair = ~is_one & (linked | ~is_other.any(axis=(1, 2)))
        total = model.total(level_pairs(offences, methods, stolen, pairs))
        own = (left, right, pairs.km, pairs.days, total, linked, linked & unsolved[left])
        parts.append([each[known_pair] for each in own])
    left, right, km, days, total, linked, apart = (
        np.concatenate(each) for each in zip(*parts, strict=True)
    )
    group = np.where(series >= 0, series, series.max() + 1 + np.arange(len(series)))
    held = TruePairs(left, right, km, days, total, linked, apart, group, (0.0, 0.0))
    return replace(held, shares=_shares(con, model, known, held, offences.offence))


def _suspects(con: duckdb.DuckDBPyConnection, offence: NDArray[np.int64]) -> NDArray[np.int64]:
    """(offences, 4): numbers of the persons named, -1 where no more are."""
    named = read_suspects(con).with_columns(
        place=pl.int_range(pl.len()).over("offence"),
        person=pl.col("person_id").rank("dense").cast(pl.Int64),
    ).filter(pl.col("place") < 4)  # fmt: skip
    held = np.full((len(offence), 4), -1, np.int64)
    at = np.searchsorted(offence, named["offence"].to_numpy())
    held[at, named["place"].to_numpy()] = named["person"].to_numpy()
    return held


def _shares(
    con: duckdb.DuckDBPyConnection,
    model: SeriesModel,
    known: Known,
    pairs: TruePairs,
    offence: NDArray[np.int64],
) -> tuple[float, float]:
    sizes = known.rows.drop_nulls("series").group_by("series", "family").len()["len"]
    of_series = int((sizes.cast(pl.Int64) * (sizes.cast(pl.Int64) - 1) // 2).sum())
    linked = pairs.is_linked
    probable = linked & (pairs.total >= model.keep_bits)
    wanted = pl.DataFrame(
        {"offence_l": offence[pairs.left[probable]], "offence_r": offence[pairs.right[probable]]}
    )
    held = con.sql("SELECT offence_l, offence_r FROM linkage.series_pair").pl()
    found = wanted.join(held, on=["offence_l", "offence_r"], how="semi")
    return float(linked.sum()) / max(of_series, 1), len(found) / max(len(wanted), 1)
