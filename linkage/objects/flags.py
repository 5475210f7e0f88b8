"""Vehicles that bear one mark and cannot be one: cloned plates, flagged for a person to look at.

Two descriptions: two of a mark's records both give the make, or the model, and differ. What is
written short is no difference: one that begins with the other (GOLF, GOLF GTI), or VW for
VOLKSWAGEN. Colours are repainted and misjudged and show nothing.

Too far apart: two events with a place of their own and times to the minute. The most time that can
lie between them is from the earliest instant of one to the latest of the other, a minute added for
what the clocks round away; if that is too short for the distance as the crow flies at 200 km/h, no
road vehicle was in both. Within 5 km a place is not exact enough to tell.
"""

import duckdb

from linkage.objects.scope import PLACED_EVENTS
from linkage.objects.sides import FIRST_RECORD, PAIR_OF_RECORDS
from warehouse.schema import quote

TOP_SPEED_KMH = 200
LEAST_KM = 5
# No two places of the country are farther apart; what lies more hours apart needs no look.
FARTHEST_KM = 1400
EARTH_KM = 6371.0088  # Mean radius, IUGG.

_HOURS = FARTHEST_KM / TOP_SPEED_KMH
_ALIASES = {
    "VW": "VOLKSWAGEN", "MERC": "MERCEDES", "MERCEDESBENZ": "MERCEDES", "BEEMER": "BMW",
    "LR": "LANDROVER", "ALFA": "ALFAROMEO", "CHEVY": "CHEVROLET",
}  # fmt: skip


def _plain(column: str) -> str:
    """Letters and digits alone, a short name written out."""
    solid = f"nullif(regexp_replace(upper({column}), '[^\\p{{L}}\\p{{N}}]', '', 'g'), '')"
    cases = " ".join(f"WHEN {quote(short)} THEN {quote(name)}" for short, name in _ALIASES.items())
    return f"CASE {solid} {cases} ELSE {solid} END"


def _differ(column: str) -> str:
    """True where both know it and neither begins with the other."""
    return (
        f"coalesce(NOT starts_with(l.{column}, r.{column}) "
        f"AND NOT starts_with(r.{column}, l.{column}), false)"
    )


# One description counts once a vehicle, by its first record: a mark has a handful of them.
_DESCRIPTIONS = f"""
    CREATE OR REPLACE TABLE description AS
    SELECT object_id, make, model, {FIRST_RECORD}
    FROM (
        SELECT object_id, force, source_system, source_record_id, {_plain("make")} AS make,
               {_plain("model")} AS model
        FROM keyed JOIN core.vehicle_record AS record USING (force, source_system, source_record_id)
        WHERE keyed.object_type = 'vehicle' AND object_id IS NOT NULL AND record.valid_to IS NULL
    ) WHERE make IS NOT NULL OR model IS NOT NULL
    GROUP BY object_id, make, model
    QUALIFY count(*) OVER (PARTITION BY object_id) > 1
"""

_TWO_DESCRIPTIONS = f"""
    INSERT INTO found_flag BY NAME
    SELECT object_id, 'vehicle' AS object_type, 'two descriptions' AS kind,
           count(*) OVER (PARTITION BY object_id) AS pairs,
           'vehicle_record' AS evidence_type_l, 'vehicle_record' AS evidence_type_r,
           {PAIR_OF_RECORDS},
           'records of this mark differ in '
           || concat_ws(' and ', CASE WHEN {_differ("make")} THEN 'make' END,
                        CASE WHEN {_differ("model")} THEN 'model' END) AS says,
           json_object('make_l', l.make, 'model_l', l.model, 'make_r', r.make,
                       'model_r', r.model)::VARCHAR AS evidence
    FROM description AS l JOIN description AS r USING (object_id)
    WHERE (l.force, l.source_system, l.source_record_id)
        < (r.force, r.source_system, r.source_record_id)
      AND ({_differ("make")} OR {_differ("model")})
    QUALIFY row_number() OVER (PARTITION BY object_id ORDER BY {_differ("make")} DESC, l.force,
        l.source_system, l.source_record_id, r.force, r.source_system, r.source_record_id) = 1
"""

# Only vehicles of several events: most have one, and no event need be looked up for them.
_SIGHTINGS = """
    CREATE OR REPLACE TABLE part AS
    SELECT DISTINCT keyed.object_id, part.event_type, part.force, part.source_system,
           part.source_record_id
    FROM core.event_object AS part JOIN keyed
      ON part.force = keyed.force AND part.source_system = keyed.source_system
     AND part.object_source_record_id = keyed.source_record_id
    WHERE part.valid_to IS NULL AND part.object_type = 'vehicle_record'
      AND keyed.object_type = 'vehicle' AND keyed.object_id IS NOT NULL
    QUALIFY count(*) OVER (PARTITION BY keyed.object_id) > 1;
    CREATE OR REPLACE TABLE sighting AS {sightings}
"""


def _sightings(table: str) -> str:
    return f"""
        SELECT part.*, event.occurred_from AS since,
               coalesce(event.occurred_to, event.occurred_from) AS until,
               event.latitude, event.longitude, radians(event.latitude) AS north,
               radians(event.longitude) AS east
        FROM part JOIN core.{table} AS event USING (force, source_system, source_record_id)
        WHERE part.event_type = '{table}' AND event.valid_to IS NULL
          AND event.location_precision = 'exact' AND event.occurred_precision = 'minute'
          AND event.latitude IS NOT NULL AND event.longitude IS NOT NULL
          AND event.occurred_from IS NOT NULL"""


# The great circle's length by the haversine, which is exact for small distances too.
_DISTANCE = f"""2 * {EARTH_KM} * asin(least(1.0, sqrt(
    pow(sin((r.north - l.north) / 2), 2)
    + cos(l.north) * cos(r.north) * pow(sin((r.east - l.east) / 2), 2))))"""

_TOO_FAR = f"""
    INSERT INTO found_flag BY NAME
    WITH pair AS (
        SELECT object_id, l.event_type AS evidence_type_l, r.event_type AS evidence_type_r,
               {PAIR_OF_RECORDS},
               round({_DISTANCE}, 3) AS distance_km,
               (date_diff('second', least(l.since, r.since), greatest(l.until, r.until)) + 60) / 60
                   AS minutes,
               json_object('from_l', l.since, 'to_l', l.until, 'latitude_l', l.latitude,
                   'longitude_l', l.longitude, 'from_r', r.since, 'to_r', r.until,
                   'latitude_r', r.latitude, 'longitude_r', r.longitude)::VARCHAR
                   AS evidence
        FROM sighting AS l JOIN sighting AS r USING (object_id)
        WHERE (l.event_type, l.force, l.source_system, l.source_record_id)
            < (r.event_type, r.force, r.source_system, r.source_record_id)
          AND r.since BETWEEN l.since - INTERVAL {_HOURS:.0f} HOUR
                          AND l.since + INTERVAL {_HOURS:.0f} HOUR
    ),
    fast AS (
        SELECT *, round(distance_km / (minutes / 60), 1) AS speed_kmh FROM pair
        WHERE distance_km >= {LEAST_KM} AND distance_km > {TOP_SPEED_KMH} * minutes / 60
    )
    SELECT *, 'vehicle' AS object_type, 'too far apart' AS kind,
           count(*) OVER (PARTITION BY object_id) AS pairs,
           format('in two events {{:.1f}} km apart within {{:.0f}} minutes at most: '
                  'at least {{:.0f}} km/h', distance_km, minutes, speed_kmh) AS says
    FROM fast
    QUALIFY row_number() OVER (PARTITION BY object_id ORDER BY speed_kmh DESC, evidence_type_l,
        force_l, source_system_l, source_record_id_l, evidence_type_r, force_r, source_system_r,
        source_record_id_r) = 1
"""


def find_flags(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``found_flag``: the columns of ``link.object_flag`` but ``night``.

    Args:
        con: a workspace with ``keyed`` (``warehouse.object_keys.every_kind_sql``).
    """
    con.execute(
        "CREATE OR REPLACE TABLE found_flag AS "
        "SELECT * EXCLUDE (night) FROM link.object_flag LIMIT 0"
    )
    con.execute(_DESCRIPTIONS)
    con.execute(_TWO_DESCRIPTIONS)
    con.execute(_SIGHTINGS.format(sightings=" UNION ALL ".join(map(_sightings, PLACED_EVENTS))))
    con.execute(_TOO_FAR)
