"""Which offences are of which series: for evaluation only."""

import polars as pl

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
