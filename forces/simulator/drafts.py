"""What the world plans before each force makes the rest: offences in which several records or
several forces have a part, with the true people and things in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from forces.simulator.chance import Integers, stream
from forces.simulator.gazetteer import Gazetteer
from forces.simulator.quotes import spell_quotes
from forces.simulator.setting import Setting

NO_ROLES = {"draft": pl.Int64, "person": pl.Int64, "role": pl.String}
NO_OBJECTS = {
    "draft": pl.Int64, "object_type": pl.String, "role": pl.String, "truth_object_id": pl.String,
    "vrm": pl.String, "make": pl.String, "model": pl.String, "colour": pl.String,
    "number": pl.String, "imei": pl.String,
    "property_type": pl.String, "serial_number": pl.String, "value_gbp": pl.Float64,
    "trap": pl.String,
}  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """What plans are made from.

    Attributes:
        settings: by force.
        people: the true persons.
        gazetteer: of all forces.
        known: ``force`` and ``person``, one row each: whom a force knows on the first night.
        offences: how many each force makes of its own before the first night.
        seed: of the simulation.
    """

    settings: dict[str, Setting]
    people: pl.DataFrame
    gazetteer: Gazetteer
    known: pl.DataFrame
    offences: dict[str, int]
    seed: int

    def random(self, purpose: str) -> np.random.Generator:
        """The generator of one purpose of the whole world."""
        return stream(self.seed, purpose)

    @cached_property
    def known_by(self) -> dict[str, Integers]:
        """Persons whom each force knows, ascending."""
        found = {str(force[0]): rows["person"].to_numpy() for force, rows in
                 self.known.group_by("force", maintain_order=True)}  # fmt: skip
        return {force: found.get(force, np.zeros(0, np.int64)) for force in self.settings}


@dataclass(frozen=True)
class Drafts:
    """Offences without ids.

    Attributes:
        offences: one row a record: ``draft`` (0, 1, …), ``force``, ``quotes`` (draft of the record
            whose reference it quotes, null for none) and ``quote_form``, ``truth_offence_id``, the
            columns of ``make_offences``, and flags.
        roles: true persons: draft, person, role.
        objects: things: ``NO_OBJECTS``.
    """

    offences: pl.DataFrame
    roles: pl.DataFrame
    objects: pl.DataFrame


@dataclass(frozen=True)
class Plot:
    """A force's part of all drafts, with ids; roles and objects name records by
    ``source_record_id``."""

    offences: pl.DataFrame
    roles: pl.DataFrame
    objects: pl.DataFrame


def number_drafts(drafts: Sequence[Drafts], stage: Stage) -> dict[str, Plot]:
    """Each force's plot: its drafts numbered as its first records, quotes spelt out."""
    offences, roles, objects = _joined(drafts)
    parts = []
    for force, setting in stage.settings.items():
        own = offences.filter(pl.col("force") == force)
        year = own["recorded_at"].dt.year()
        parts.append(
            own.with_columns(source_record_id=setting.event_ids(year), crime_ref=setting.refs(year))
        )
    numbered = pl.concat(parts)
    numbered = spell_quotes(numbered, stage.random("quotes"))
    ids = numbered.select("draft", "force", "source_record_id")
    roles = roles.join(ids, on="draft", maintain_order="left")
    objects = objects.join(ids, on="draft", maintain_order="left")
    return {
        force: Plot(
            *(
                frame.filter(pl.col("force") == force).drop("draft", "force")
                for frame in (numbered, roles, objects)
            )
        )
        for force in stage.settings
    }


def _joined(drafts: Sequence[Drafts]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """All drafts as one, numbered on from each other."""
    before = np.cumsum([0, *(one.offences.height for one in drafts)]).tolist()
    offences, roles, objects = [], [], []
    for first, one in zip(before[:-1], drafts, strict=True):
        offences.append(
            one.offences.with_columns(
                draft=pl.col("draft").cast(pl.Int64) + first,
                quotes=pl.col("quotes").cast(pl.Int64) + first,
            )
        )
        roles.append(one.roles.with_columns(pl.col("draft") + first))
        objects.append(one.objects.with_columns(pl.col("draft") + first))
    together = pl.concat(offences, how="diagonal")
    flags = [name for name, kind in together.schema.items() if kind == pl.Boolean]
    return (
        together.with_columns(pl.col(flags).fill_null(value=False)),
        pl.concat(roles),
        pl.concat(objects),
    )
