"""A force's part of what the world planned: roles and things of its plot, as its records have
them."""

import polars as pl

from forces.simulator.drafts import Plot
from forces.simulator.roles import Cast
from forces.simulator.setting import Setting

TABLES = ("vehicle_record", "phone_record", "property_record")


def cast_planned(plot: Plot, held: pl.DataFrame, cast: Cast, setting: Setting) -> pl.DataFrame:
    """``event_role`` of the plot's offences: of each true person one of the records that the force
    has had since the first night, whichever; whom it does not know is not named. Victims whom the
    plot leaves open are whoever the force knows."""
    random = setting.random("planned roles")
    victims = cast.victims(plot.offences.filter("is_victim_open"), random)
    records = (
        held.filter(pl.col("night") == 0)
        .group_by("person", maintain_order=True)
        .agg(records="source_record_id")
    )
    named = plot.roles.join(records, on="person", maintain_order="left")
    share = pl.lit(pl.Series(random.random(named.height)))
    which = (share * pl.col("records").list.len()).floor().cast(pl.Int64)
    planned = named.select(
        "source_record_id",
        event_type=pl.lit("offence_record"),
        person_source_record_id=pl.col("records").list.get(which),
        role="role",
    )
    return pl.concat([planned, victims]).unique(maintain_order=True)


def add_planned_objects(
    tables: dict[str, pl.DataFrame], plot: Plot, offences: pl.DataFrame, setting: Setting
) -> dict[str, pl.DataFrame]:
    """The tables of objects with the plot's, each with ``truth_object_id`` and ``trap``."""
    events = offences.select("source_record_id", "night", "recorded_at")
    planned = plot.objects.join(events, on="source_record_id", maintain_order="left")
    added: dict[str, pl.DataFrame] = {}
    parts = [tables["event_object"]]
    for name in TABLES:
        own = tables[name]
        letter = name[0].upper()
        own = own.with_columns(
            truth_object_id=pl.format("{}-{}{}", pl.lit(setting.force), pl.lit(letter),
                                      pl.int_range(pl.len())),
            trap=pl.lit(None, pl.String),
        )  # fmt: skip
        mine = planned.filter(pl.col("object_type") == name)
        ids = setting.event_ids(mine["recorded_at"].dt.year(), own.height)
        parts.append(
            mine.select(
                "source_record_id",
                event_type=pl.lit("offence_record"),
                object_type=pl.lit(name),
                object_source_record_id=pl.lit(ids),
                role="role",
            )
        )
        added[name] = pl.concat([own, mine.with_columns(source_record_id=ids).select(own.columns)])
    return added | {"event_object": pl.concat(parts)}
