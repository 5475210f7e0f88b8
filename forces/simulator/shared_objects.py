"""Vehicles, telephones and property that stand on both forces' records of one offence."""

import numpy as np
import polars as pl

from forces.simulator.chance import chance
from forces.simulator.drafts import NO_OBJECTS
from forces.simulator.objects import draw_phones, draw_property, draw_vehicles

NAMED = 0.55  # of thefts, those that name a thing
ON_SECOND = 0.7  # of things, those that the second force names too
TAKEN = {"vehicle-crime": "vehicle_record", "robbery": "phone_record",
         "theft-from-the-person": "phone_record", "burglary": "property_record",
         "bicycle-theft": "property_record", "other-theft": "property_record"}  # fmt: skip


def list_shared_objects(
    firsts: pl.DataFrame, copies: pl.DataFrame, random: np.random.Generator
) -> pl.DataFrame:
    """``NO_OBJECTS`` rows of both records; one true thing an offence.

    Args:
        firsts: with ``draft``, ``variant``, ``offence_group`` and ``truth_offence_id``.
        copies: the same, with ``quotes_first``, the draft of the first record.
        random: generator to draw from.
    """
    kind = firsts["offence_group"].replace_strict(TAKEN, default=None, return_dtype=pl.String)
    is_vehicle = (firsts["variant"] == "vehicle").to_numpy()
    is_near = (firsts["variant"] == "near").to_numpy()
    named = (is_vehicle | chance(random, NAMED, firsts.height)) & ~is_near
    taken = firsts.select(
        "draft", "variant", object_type=kind, truth_object_id=pl.lit("X") + "truth_offence_id"
    ).filter(pl.Series(named) & pl.col("object_type").is_not_null())
    own = _described(taken, random).with_columns(role=pl.lit("stolen"))
    is_found = pl.col("variant") == "vehicle"
    also = copies.select("quotes_first", copy="draft").join(
        own, left_on="quotes_first", right_on="draft", maintain_order="left"
    )  # fmt: skip
    also = also.filter(is_found | pl.Series(chance(random, ON_SECOND, also.height))).with_columns(
        draft="copy",
        role=pl.when(is_found).then(pl.lit("recovered")).otherwise("role"),
    )
    return pl.concat([own.select(*NO_OBJECTS), also.select(*NO_OBJECTS)])


def _described(taken: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """The things with what is said of them."""
    size = taken.height
    serial = pl.Series(random.integers(10**7, 10**9, size))
    nobody = pl.Series([None] * size, dtype=pl.String)
    facts = pl.concat(
        [draw_vehicles(size, random), draw_phones(nobody, random), draw_property(size, random)],
        how="horizontal",
    ).with_columns(serial_number=pl.lit("SN") + pl.lit(serial).cast(pl.String))
    of = {"vehicle_record": ("vrm", "make", "model", "colour"), "phone_record": ("number", "imei"),
          "property_record": ("property_type", "serial_number", "value_gbp")}  # fmt: skip
    told = pl.concat([taken, facts], how="horizontal")
    return told.with_columns(
        *(
            pl.when(pl.col("object_type") == kind).then(name).alias(name)
            for kind, names in of.items()
            for name in names
        ),
        trap=pl.lit(None, pl.String),
    )
