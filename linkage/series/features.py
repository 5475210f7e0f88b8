"""What a pair of offences is judged by: one row an offence, from the state's current rows.

Each offence stands by one of its records: the one whose place and time are known best. Nothing of
the people in it is read here.
"""

from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from linkage.series.kinds import family_sql

# Hours and weekdays of habit are local ones. Where forces of other countries come, their zone is
# to come from the profile of their declaration.
ZONE = "Europe/London"
LONGEST_DAYS = 14  # between the earliest and the latest time it can have happened
KM_PER_DEGREE = 111.195  # of latitude, on a sphere of 6,371 km

_KEY = "force, source_system, source_record_id"
_STOLEN = f"""
CREATE OR REPLACE TEMP TABLE series_stolen AS
WITH part AS (
    SELECT {_KEY}, object_type, object_source_record_id FROM core.event_object
    WHERE valid_to IS NULL AND event_type = 'offence_record' AND role = 'stolen'
),
item AS (
    SELECT 'property_record' AS object_type, force, source_system,
           source_record_id AS object_source_record_id,
           replace(property_type, ' ', '_') AS word
    FROM core.property_record WHERE valid_to IS NULL AND property_type IS NOT NULL
    UNION ALL
    SELECT 'vehicle_record', force, source_system, source_record_id,
           concat_ws('_', 'VEHICLE', replace(make, ' ', '_'))
    FROM core.vehicle_record WHERE valid_to IS NULL
    UNION ALL
    SELECT 'phone_record', force, source_system, source_record_id, 'MOBILE_PHONE'
    FROM core.phone_record WHERE valid_to IS NULL
)
SELECT {_KEY}, string_agg(DISTINCT word, ' ' ORDER BY word) AS stolen
FROM part JOIN item USING (force, source_system, object_type, object_source_record_id)
GROUP BY {_KEY}
"""
# Half the hash: the state has no unsigned numbers.
_HASHED = "(hash({}) >> 1)::BIGINT"
_COMPARED = (
    "family", "offence_group", "offence_code", "occurred_from", "occurred_to", "latitude",
    "longitude", "method_text", "stolen",
)  # fmt: skip
# Offences of several records: most have one, and need no look.
_SHARED = f"""
CREATE OR REPLACE TEMP TABLE series_shared AS
WITH member AS (FROM link.offence_membership WHERE valid_to IS NULL)
SELECT {_KEY}, offence_id FROM member
SEMI JOIN (
    SELECT offence_id FROM member GROUP BY offence_id HAVING count(*) > 1
) AS several USING (offence_id)
"""
_OFFENCES = f"""
CREATE OR REPLACE TABLE series_offence AS
WITH held AS (
    SELECT {_KEY}, {family_sql()} AS family, offence_group, offence_code,
           occurred_from, coalesce(occurred_to, occurred_from) AS occurred_to, latitude, longitude,
           method_text, occurred_precision = 'minute' AS is_timed,
           location_precision = 'exact' AS is_exact
    FROM core.offence_record
    WHERE valid_to IS NULL AND family IS NOT NULL AND status IS DISTINCT FROM 'cancelled'
      AND location_precision IN ('exact', 'postcode') AND latitude IS NOT NULL
      AND longitude IS NOT NULL AND occurred_precision IN ('minute', 'day')
      AND occurred_from IS NOT NULL
      AND coalesce(occurred_to, occurred_from) <= occurred_from + INTERVAL {LONGEST_DAYS} DAY
),
lesser AS (
    SELECT {_KEY} FROM held JOIN series_shared USING ({_KEY})
    QUALIFY row_number() OVER (
        PARTITION BY offence_id
        ORDER BY is_exact DESC, is_timed DESC, occurred_to - occurred_from, {_KEY}
    ) > 1
),
best AS (FROM held ANTI JOIN lesser USING ({_KEY}))
SELECT best.*, stolen, {_HASHED.format("concat_ws('|', " + _KEY + ")")} AS offence,
       {_HASHED.format(", ".join(_COMPARED))} AS content_hash
FROM best LEFT JOIN series_stolen USING ({_KEY})
"""

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Offences:
    """Offences as arrays, in the order of their number.

    Attributes:
        offence: number, a hash of the record that each stands by.
        family, group, code: small numbers for the family, the group and the code; code is -1 where
            it is not known.
        latitude, longitude: degrees.
        middle, half: the middle of the time it can have happened in and half its length, hours;
            the middle counts local hours from 1970.
        has_method, has_stolen: whether it has a text of its method, and anything that was taken.
    """

    offence: Integers
    family: Integers
    group: Integers
    code: Integers
    latitude: Floats
    longitude: Floats
    middle: Floats
    half: Floats
    has_method: NDArray[np.bool]
    has_stolen: NDArray[np.bool]

    def __len__(self) -> int:
        return len(self.offence)


def gather_offences(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``series_offence`` in the workspace: one row an offence that series are sought among.

    Left out are offences of other kinds (``kinds.py``), cancelled ones, those without a point of
    their own (no coordinates, or snapped to a public map point), and those not dated to a day or
    that can have happened on any of more than ``LONGEST_DAYS`` days.
    """
    con.execute(_STOLEN)
    con.execute(_SHARED)
    con.execute(_OFFENCES)
    con.execute("DROP TABLE series_stolen")
    con.execute("DROP TABLE series_shared")


def read_offences(con: duckdb.DuckDBPyConnection) -> Offences:
    """The offences of ``series_offence`` as arrays."""
    rows = con.sql(
        """SELECT offence, family, offence_group, offence_code, latitude, longitude,
                  occurred_from, occurred_to, method_text IS NOT NULL AS has_method,
                  stolen IS NOT NULL AS has_stolen FROM series_offence ORDER BY offence"""
    ).pl()
    return to_arrays(rows)


def to_arrays(rows: pl.DataFrame) -> Offences:
    """Rows of ``read_offences`` as arrays, in the order that they come in."""
    hours = [
        pl.col(name).dt.replace_time_zone("UTC").dt.convert_time_zone(ZONE)
        .dt.replace_time_zone(None, ambiguous="earliest").dt.epoch("ms").cast(pl.Float64) / 3.6e6
        for name in ("occurred_from", "occurred_to")
    ]  # fmt: skip
    begins, ends = (rows.select(each).to_series().to_numpy() for each in hours)
    # Local clocks may go back within the span.
    half = np.maximum(ends - begins, 0.0) / 2
    ranks = [
        (pl.col(name).rank("dense").cast(pl.Int64) - 1).fill_null(-1)
        for name in ("offence_group", "offence_code")
    ]
    group, code = (rows.select(each).to_series().to_numpy() for each in ranks)
    return Offences(
        offence=rows["offence"].to_numpy(),
        family=rows["family"].cast(pl.Int64).to_numpy(),
        group=group,
        code=code,
        latitude=rows["latitude"].to_numpy(),
        longitude=rows["longitude"].to_numpy(),
        middle=begins + half,
        half=half,
        has_method=rows["has_method"].to_numpy(),
        has_stolen=rows["has_stolen"].to_numpy(),
    )
