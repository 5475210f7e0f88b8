"""A night's rows of ``quality.force_night``, counted in the state while the night is built.

The other measures of ``mart.force_quality`` need none: their tables keep every night.
"""

from datetime import date

import duckdb

from warehouse.contract import DELIVERED
from warehouse.contract.force_night import FORCE_NIGHT

# Cells that linking and analysis stand on: without them a row is held, but finds nobody.
COMPLETE = {
    "person_record": ("forename", "surname", "birth_date", "sex"),
    "person_address": ("postcode",),
    "offence_record": ("offence_code", "occurred_on"),
    "incident": ("occurred_on",),
    "stop_search": ("occurred_on",),
    "vehicle_record": ("vrm",),
    "phone_record": ("number",),
}
_PLACED = tuple(table.name for table in DELIVERED if "location_precision" in table)


def note_force_night(con: duckdb.DuckDBPyConnection, night: date) -> None:
    """Put the night's counts of every force into the state, in place of those an earlier run of
    the night left. The caller holds the transaction."""
    con.execute("DELETE FROM quality.force_night WHERE night = $night", {"night": night})
    names = ", ".join(name for name in FORCE_NIGHT.names if name != "night")
    con.execute(
        f"INSERT INTO quality.force_night BY NAME SELECT $night AS night, {names} "
        f"FROM ({_SELECT}) WHERE denominator > 0",
        {"night": night},
    )


def _held(table: str, numerator: str, denominator: str) -> str:
    return (
        f"SELECT force, {numerator} AS numerator, {denominator} AS denominator, "
        f"count(*) AS sample FROM core.{table} WHERE valid_to IS NULL GROUP BY force"
    )


def _summed(measure: str, parts: list[str]) -> str:
    return f"""
        SELECT force, '{measure}' AS measure, sum(numerator) AS numerator,
               sum(denominator) AS denominator, sum(sample) AS sample, NULL AS hours
        FROM ({" UNION ALL ".join(parts)}) GROUP BY force"""


_COMPLETENESS = _summed(
    "completeness",
    [
        _held(table, " + ".join(f"count({name})" for name in names), f"{len(names)} * count(*)")
        for table, names in COMPLETE.items()
    ],
)
_GEOCODING = _summed(
    "geocoding",
    [_held(t, "count(*) FILTER (location_precision <> 'none')", "count(*)") for t in _PLACED],
)
# The Counting Rules have a crime recorded within 24 hours of the report. Only a record's first
# version is of the night that brought it; a time of recording before the report is a mistake that
# the checks name, and tells nothing here.
_RECORDING = """
    SELECT force, 'recording_timeliness' AS measure,
           count(*) FILTER (recorded_at <= reported_at + INTERVAL 24 HOUR) AS numerator,
           count(*) AS denominator, count(*) AS sample,
           sum(date_diff('hour', reported_at, recorded_at)) AS hours
    FROM core.offence_record
    WHERE version = 1 AND valid_from = $night AND is_notifiable AND recorded_at >= reported_at
    GROUP BY force"""
_PERSONS = """
    SELECT force, person_id, count(*) AS records,
           count(*) OVER (PARTITION BY person_id) > 1 AS is_shared
    FROM linkage.cluster JOIN linkage.record_key USING (record)
    GROUP BY force, person_id"""
_LINKED = f"""
    SELECT force, unnest(['duplicates', 'linkage']) AS measure,
           unnest([sum(records) - count(*),
                   coalesce(sum(records) FILTER (is_shared), 0)]) AS numerator,
           sum(records) AS denominator, sum(records) AS sample, NULL AS hours
    FROM ({_PERSONS}) GROUP BY force"""
_SELECT = f"{_COMPLETENESS} UNION ALL {_GEOCODING} UNION ALL {_RECORDING} UNION ALL {_LINKED}"
