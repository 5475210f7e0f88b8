"""Which offences are of which series, which records are of which thing, who is in which circle:
for evaluation only."""

import polars as pl

from forces.simulator.planned import TABLES
from forces.simulator.setting import Setting


def list_series(tables: dict[str, pl.DataFrame], setting: Setting) -> pl.DataFrame:
    """One row an offence record of a series and offender: key of the record, ``truth_series_id``,
    ``truth_person_id``, and ``is_solved``: the record names the offender as a suspect."""
    person = pl.format("P{}", pl.col("truth_offenders"))
    offences = tables["offence_record"].filter(pl.col("truth_series_id").is_not_null())
    rows = offences.select("source_record_id", "truth_series_id", "truth_offenders").explode(
        "truth_offenders", empty_as_null=False, keep_nulls=False
    )
    records = tables["person_record"].select("person", person_source_record_id="source_record_id")
    named = (
        tables["event_role"]
        .filter((pl.col("event_type") == "offence_record") & (pl.col("role") == "suspect"))
        .join(records, on="person_source_record_id")
        .select("source_record_id", truth_offenders="person", is_solved=pl.lit(value=True))
        .unique()
    )
    return rows.join(
        named, on=["source_record_id", "truth_offenders"], how="left", maintain_order="left"
    ).select(
        force=pl.lit(setting.force),
        source_system=pl.lit(setting.declaration.system),
        source_record_id="source_record_id",
        truth_series_id="truth_series_id",
        truth_person_id=person,
        is_solved=pl.col("is_solved").fill_null(value=False),
    )


def list_objects(tables: dict[str, pl.DataFrame], setting: Setting) -> pl.DataFrame:
    """One row an object's record: ``object_type`` (its table), key, ``truth_object_id``, and
    ``traps``: how its mark or number is wrong."""
    return pl.concat(
        tables[name].select(
            object_type=pl.lit(name),
            force=pl.lit(setting.force),
            source_system=pl.lit(setting.declaration.system),
            source_record_id="source_record_id",
            truth_object_id="truth_object_id",
            traps=pl.concat_list("trap").list.drop_nulls(),
        )
        for name in TABLES
    )


def count_object_traps(tables: dict[str, pl.DataFrame], night: int) -> dict[str, int]:
    """How many records of objects that a night brings bear each trap, as ``object_<trap>``."""
    traps = pl.concat(
        tables[name].filter(pl.col("night") == night).select("trap") for name in TABLES
    )
    counts = traps.drop_nulls().group_by("trap").len().sort("trap")
    return {f"object_{trap}": count for trap, count in counts.iter_rows()}


def list_circles(circles: pl.DataFrame) -> pl.DataFrame:
    """``truth_circle_id`` and ``truth_person_id`` of everybody in a circle."""
    return circles.select(
        truth_circle_id=pl.format("C{}", "circle"), truth_person_id=pl.format("P{}", "person")
    )
