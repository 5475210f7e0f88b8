"""Detentions of those whom offences name as suspects."""

from datetime import timedelta

import numpy as np
import polars as pl

from forces.simulator.chance import chance, draw_words
from forces.simulator.setting import Setting
from warehouse.identifiers import asn_check_letter_expr

DISPOSALS = {"charged": 0.38, "bailed": 0.12, "released under investigation": 0.26,
             "no further action": 0.2, "other": 0.04}  # fmt: skip
ARREST_MINUTES = 5 * 1440  # mean from recording to arrest
ARREST_MINUTES_NEW = 180  # the same for offences recorded the day before
ASN_SYSTEM = "01"


TOGETHER_MINUTES = 180  # between arrests of one circle, at most


def make_custody(
    setting: Setting, offences: pl.DataFrame, roles: pl.DataFrame, of_circles: pl.Series
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """``custody`` of some suspects, and the role ``detained`` of each; of offences of a circle
    (their ids) all suspects are arrested within hours, or none is."""
    random = setting.random("custody")
    share = setting.rates.life["custody_per_suspect"]
    suspects = roles.filter(pl.col("role") == "suspect")
    own = setting.random("custody of circles")
    together = of_circles.to_frame("source_record_id").with_columns(
        is_taken=pl.Series(chance(own, share, len(of_circles))),
        waited=pl.Series(own.exponential(1.0, len(of_circles))),
    )
    suspects = suspects.with_columns(drawn=pl.Series(chance(random, share, suspects.height)))
    suspects = suspects.join(together, on="source_record_id", how="left", maintain_order="left")
    suspects = suspects.filter(pl.coalesce("is_taken", "drawn")).drop("is_taken", "drawn")
    columns = ("source_record_id", "recorded_at", "night")
    held = suspects.join(offences.select(columns), on="source_record_id", how="left")
    is_later = held["night"].to_numpy() > 0
    wait = np.where(is_later, ARREST_MINUTES_NEW, ARREST_MINUTES)
    waited = random.exponential(1.0, held.height)
    later = own.integers(0, TOGETHER_MINUTES, held.height)
    of_circle = held["waited"].to_numpy()
    waited = np.where(np.isnan(of_circle), waited * wait, of_circle * wait + later)
    lag = pl.Series(waited.astype(np.int64) + 30)
    night = pl.lit(setting.first_night).cast(pl.Datetime("us")) + pl.duration(days="night")
    held = held.with_columns(
        offence_source_record_id="source_record_id",
        arrested_at=pl.col("recorded_at") + pl.duration(minutes=pl.lit(lag)),
    )
    # Whom the police had not found by then is not in custody.
    held = held.filter(pl.col("arrested_at") < night - timedelta(hours=1)).sort(
        "night", "arrested_at", "offence_source_record_id", "person_source_record_id"
    )
    size = held.height
    hours = pl.Series(random.integers(3 * 60, 24 * 60, size))
    released_at = pl.col("arrested_at") + pl.duration(minutes=pl.lit(hours) + 45)
    is_released = released_at < night  # who is not is still detained
    held = held.with_columns(
        custody_ref=setting.refs(held["arrested_at"].dt.year()),
        detained_at=pl.col("arrested_at") + timedelta(minutes=45),
        released_at=pl.when(is_released).then(released_at),
        disposal=pl.when(is_released).then(pl.lit(draw_words(DISPOSALS, size, random))),
        asn=_asn(held["arrested_at"], setting),
    )
    held = held.with_columns(source_record_id=setting.event_ids(held["arrested_at"].dt.year()))
    detained = held.select(
        "source_record_id",
        event_type=pl.lit("custody"),
        person_source_record_id="person_source_record_id",
        role=pl.lit("detained"),
    )
    return held.drop(
        "person_source_record_id", "event_type", "role", "recorded_at", "waited"
    ), detained


def _asn(arrested: pl.Series, setting: Setting) -> pl.Series:
    """Arrest/summons numbers: year, force and unit, system and serial, check letter."""
    own = next(code for code in (*setting.declaration.pnc_codes, "00"))
    serial = pl.int_range(pl.len(), dtype=pl.Int64) * setting.slots + setting.slot + 1
    year = pl.col("at").dt.year().cast(pl.Int64) % 100
    letter = asn_check_letter_expr(year, pl.lit(own), pl.lit(ASN_SYSTEM), serial)
    return arrested.to_frame("at").select(
        pl.concat_str(
            year.cast(pl.String).str.zfill(2),
            pl.lit(f"{own}A1{ASN_SYSTEM}"),
            serial.cast(pl.String).str.zfill(11),
            letter,
        )
    ).to_series()  # fmt: skip
