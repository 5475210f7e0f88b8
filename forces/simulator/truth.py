"""The planted truth: whose record each is, which offence, and what was planted. For evaluation
only; nothing of a night reads it."""

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from forces.simulator.force_world import Tables
from forces.simulator.group_truth import count_object_traps, list_circles, list_objects, list_series
from forces.simulator.mishaps import Mishap
from forces.simulator.observe import TRAPS
from forces.simulator.recording_faults import FAULTS
from forces.simulator.setting import Setting
from forces.simulator.shared_offences import TRAPS as SHARED_TRAPS

OFFENCE_TRAPS = ("shared_offence", "repeated_offence", "unknown_postcode", "placeholder_postcode",
                 *FAULTS, *SHARED_TRAPS)  # fmt: skip
KEY = ("force", "source_system", "source_record_id")


@dataclass
class Truth:
    """Gathers what was planted, force by force, and writes it.

    Attributes:
        persons: one row a record of a person, a frame a force.
        offences: the same of offences.
        series: one row an offence of a series and offender.
        objects: one row a record of a vehicle, telephone or item.
        circles, hubs: of the whole world.
        world: faults of people and events by force and date of the first delivery with them.
        renderers: faults of the record systems, ``<system>.<fault>``, by deliverer and date.
        mishaps: spoilt deliveries by date.
        left_out: spoilt deliveries that could not be planted, and why.
    """

    persons: list[pl.DataFrame] = field(default_factory=list)
    offences: list[pl.DataFrame] = field(default_factory=list)
    series: list[pl.DataFrame] = field(default_factory=list)
    objects: list[pl.DataFrame] = field(default_factory=list)
    circles: pl.DataFrame = field(default_factory=pl.DataFrame)
    hubs: pl.DataFrame = field(default_factory=pl.DataFrame)
    world: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    renderers: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    mishaps: dict[str, list[Mishap]] = field(default_factory=dict)
    left_out: dict[str, list[str]] = field(default_factory=dict)

    def add_force(self, tables: Tables, setting: Setting) -> None:
        """Take in what one force's tables say."""
        people, offences = tables["person_record"], tables["offence_record"]
        named = people.with_columns(truth_person_id=pl.format("P{}", pl.col("person")))
        self.persons.append(
            _labelled(named, "truth_person_id", TRAPS, setting, also=("name_origin",))
        )
        self.offences.append(_labelled(offences, "truth_offence_id", OFFENCE_TRAPS, setting))
        self.series.append(list_series(tables, setting))
        self.objects.append(list_objects(tables, setting))
        self.world[setting.force] = {
            night.isoformat(): counts
            for night, counts in (
                (_night(setting, index), _counted(people, offences, tables, index))
                for index in range(setting.nights)
            )
        }

    def planted(self) -> dict[str, int]:
        """Every fault with its number over all forces and nights."""
        total: Counter[str] = Counter()
        for nights in (*self.world.values(), *self.renderers.values()):
            for counts in nights.values():
                total.update(counts)
        total.update(mishap.fault for done in self.mishaps.values() for mishap in done)
        return dict(sorted(total.items()))

    def write(self, folder: Path, terms: dict[str, Any]) -> None:
        """Write ``person.parquet``, ``person_trap.parquet``, ``offence.parquet``,
        ``series.parquet``, ``circle.parquet``, ``hub.parquet``, ``object.parquet`` and
        ``planted.json`` (which begins with ``terms``)."""
        folder.mkdir(parents=True)
        persons = pl.concat(self.persons)
        persons.write_parquet(folder / "person.parquet")
        persons.select(*KEY, "truth_person_id", trap="traps").explode(
            "trap", empty_as_null=False, keep_nulls=False
        ).write_parquet(folder / "person_trap.parquet")
        pl.concat(self.offences).write_parquet(folder / "offence.parquet")
        pl.concat(self.series).write_parquet(folder / "series.parquet")
        pl.concat(self.objects).write_parquet(folder / "object.parquet")
        list_circles(self.circles).write_parquet(folder / "circle.parquet")
        self.hubs.write_parquet(folder / "hub.parquet")
        planted = terms | {
            "planted": self.planted(),
            "world": self.world,
            "renderers": self.renderers,
            "deliveries": {n: [asdict(m) for m in done] for n, done in self.mishaps.items()},
            "not_planted": self.left_out,
        }
        (folder / "planted.json").write_text(json.dumps(planted, indent=1) + "\n", encoding="utf-8")


def _night(setting: Setting, index: int) -> date:
    return setting.first_night + timedelta(days=index)


def _labelled(
    rows: pl.DataFrame,
    truth_id: str,
    traps: tuple[str, ...],
    setting: Setting,
    also: tuple[str, ...] = (),
) -> pl.DataFrame:
    """Key, true id, ``also``, traps, the nights that first bring the record and take it away."""
    rows = rows.with_columns(traps=_named_traps(rows, traps))
    first = pl.lit(setting.first_night)
    return rows.select(
        force=pl.lit(setting.force),
        source_system=pl.lit(setting.declaration.system),
        source_record_id="source_record_id",
        **{name: pl.col(name) for name in (truth_id, *also)},
        traps="traps",
        first_night=first + pl.duration(days="night"),
        deleted_night=first + pl.duration(days="deleted"),
    )


def _named_traps(rows: pl.DataFrame, traps: tuple[str, ...]) -> pl.Series:
    """Names of the flags that each row bears; most bear none, so lists are made of the others."""
    is_struck = rows.select(pl.any_horizontal(traps)).to_series().fill_null(value=False)
    named = pl.concat_list(pl.when(trap).then(pl.lit(trap)) for trap in traps).list.drop_nulls()
    lists = rows.filter(is_struck).select(named.alias("traps")).to_series()
    none = pl.Series("traps", [[]], dtype=pl.List(pl.String))
    at = (is_struck.cum_sum() - 1).zip_with(is_struck, pl.select(pl.lit(len(lists))).to_series())
    return pl.concat([lists, none]).gather(at)


def _counted(
    people: pl.DataFrame, offences: pl.DataFrame, tables: Tables, night: int
) -> dict[str, int]:
    counts = count_object_traps(tables, night)
    for prefix, rows, traps in (("", people, TRAPS), ("offence_", offences, OFFENCE_TRAPS)):
        of_night = rows.filter(pl.col("night") == night)
        for trap in traps:
            name = trap if trap.endswith("_offence") else prefix + trap
            counts[name] = int(of_night[trap].sum())
    return {name: count for name, count in counts.items() if count}
