"""One force's cells of one kind: which there are, what happened in them, and what is left out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from warehouse.contract.units import UNITS
from warehouse.hotspots.empirical_bayes import Rates
from warehouse.hotspots.history import history, month_of
from warehouse.hotspots.methods import YEAR, own_rates, rates
from warehouse.hotspots.offences import Offences
from warehouse.hotspots.panel import Panel, make_panel
from warehouse.hotspots.study_area import study_area
from warehouse.hotspots.units import Unit

_ALL_ELSEWHERE = "every offence that is in such cells lies outside the area of the force"

Told = dict[str, Any]
"""A row of ``mart.hotspot_unit``."""


@dataclass(frozen=True)
class ForceCells:
    """One force's cells of one kind.

    Attributes:
        force: whose.
        unit: of what kind the cells are.
        first: the panel's first month, numbered from year 0.
        panel: what happened.
        posterior: the rates at its end.
        facts: of the cells: ``area``, ``km2`` and ``persons``.
    """

    force: str
    unit: Unit
    first: int
    panel: Panel
    posterior: Rates
    facts: pl.DataFrame

    @property
    def last(self) -> int:
        """The last month, numbered from year 0."""
        return self.first + self.panel.months - 1

    @property
    def year(self) -> tuple[date, date]:
        """The last twelve months: the first day, and the first after them."""
        return month_of(self.last + 1 - YEAR), month_of(self.last + 1)


@dataclass(frozen=True)
class Read:
    """What was read of some forces, for one kind of cell.

    Attributes:
        told: of every force a row of ``mart.hotspot_unit``.
        cells: of every force that has an offence in such cells, in order.
        snap_shares, local_areas: as ``Offences`` gives them.
    """

    told: list[Told]
    cells: list[ForceCells]
    snap_shares: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    local_areas: Mapping[str, pl.DataFrame] = field(default_factory=dict)


def read_forces(unit: Unit, offences: Offences, whole: Mapping[str, int]) -> Read:
    """What there is to describe of some forces, and what is told of all of them.

    Args:
        unit: kind of cell.
        offences: of these forces.
        whole: by force, all its offences.
    """
    counts = offences.counts(unit)
    found = Read([], [])
    for force in offences.forces:
        told, cells = _read(unit, force, counts.get(force))
        found.told.append(told | {"force": force, "offences": whole[force]})
        found.cells.extend(cells)
    if not found.cells:
        return found
    years = {each.force: each.year for each in found.cells}
    return Read(found.told, found.cells,
                offences.snap_shares(unit, years), offences.local_areas(unit))  # fmt: skip


def _read(unit: Unit, force: str, everywhere: pl.DataFrame | None) -> tuple[Told, list[ForceCells]]:
    """The row but for ``force`` and ``offences``, and the cells, where they hold an offence."""
    if everywhere is None:
        return _nothing(unit), []
    area = study_area(unit, force, everywhere["cell"].unique())
    counts = everywhere.filter(pl.col("cell").is_in(area.cells.implode()))
    facts = unit.facts(area.cells)
    told = told_of(unit.name, _offences(counts), facts) | {
        "elsewhere": _offences(everywhere) - _offences(counts),
        "unknown_area": _unknown(unit, counts),
    }
    if counts.is_empty():
        return told | {"reason": _ALL_ELSEWHERE}, []
    first, last = history(counts)
    looked_at = pl.col("month").is_between(first, last)
    recent = counts.filter(looked_at).with_columns(pl.col("month") - first)
    told["later"] = _offences(counts.filter(pl.col("month") > last))
    panel = make_panel(area, recent, last - first + 1)
    rated = rates if unit.is_compared else own_rates
    posterior = rated(panel, panel.months)
    return told, [ForceCells(force, unit, first, panel, posterior, facts)]


def _nothing(unit: Unit) -> Told:
    is_loaded = unit.unknown(pl.Series(dtype=pl.String)) is not None
    return told_of(unit.name, 0, _NO_FACTS) | {"unknown_area": 0 if is_loaded else None}


_NO_FACTS = pl.DataFrame(schema={"km2": pl.Float64, "persons": pl.Int64})


def told_of(unit: str, placed: int, facts: pl.DataFrame) -> Told:
    """The row as far as it is told of every unit.

    Args:
        unit: name of the kind of cell.
        placed: offences in cells of the study area.
        facts: of these cells.
    """
    return {
        "unit": unit,
        "placed": placed,
        "elsewhere": 0,
        "later": 0,
        "areas": facts.height,
        "without_km2": facts["km2"].null_count(),
        "without_persons": facts["persons"].null_count(),
        "reason": None if placed else UNITS[unit].none,
    }


def _unknown(unit: Unit, counts: pl.DataFrame) -> int | None:
    """Offences in areas that the loaded geography does not know; None where none is loaded."""
    strange = unit.unknown(counts["cell"].unique())
    if strange is None:
        return None
    return _offences(counts.filter(pl.col("cell").is_in(strange.implode())))


def _offences(counts: pl.DataFrame) -> int:
    return int(counts["offences"].sum())
