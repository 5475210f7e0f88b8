"""Hot cells that touch, as one place."""

from warehouse.contract.constraint import Reference
from warehouse.contract.model import Column, Kind, Table
from warehouse.contract.units import UNITS

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

HOTSPOT_CLUSTER = Table(
    "mart",
    "hotspot_cluster",
    "One row a unit, force, offence group and set of hot cells that touch (of mart.hotspot, by "
    "offences, q_hot 0.05 or less). Owner: lead analyst, place-based crime.",
    (
        Column("run", Kind.DATE, "Night whose store this is.", required=True),
        Column("unit", Kind.TEXT, "Kind of cell, as in mart.hotspot.", required=True,
               allowed=tuple(UNITS)),
        Column("force", Kind.TEXT, "Force that recorded the offences.", required=True,
               references=Reference("force", "force")),
        Column("offence_group", Kind.TEXT,
               "Group of offences (reference.offence_group), or all-crime.", required=True),
        Column("cluster", Kind.TEXT, "Its name: the cell of it that ranks first in the force.",
               required=True),
        Column("month", Kind.DATE, "First day of the last month counted.", required=True),
        Column("cells", Kind.BIGINT, "Cells.", required=True),
        Column("km2", Kind.DOUBLE, "Their own area, square kilometres; null where that of one is "
               "not known."),
        Column("n_12m", Kind.DOUBLE, "Offences of the last twelve months in them.",
               required=True),
        Column("harm_days", Kind.DOUBLE,
               "Their harm, days of the Cambridge Crime Harm Index; null where the group has "
               "none, as what police find rather than are told of."),
        Column("leading_group", Kind.TEXT,
               "Of all-crime, the group that most of the offences are of, the first by name where "
               "as many are of several; else the group itself.", required=True),
        Column("timed", Kind.BIGINT,
               "Offences of these whose hour is known: what peak_hour_utc and peak_weekday rest "
               "on.", required=True),
        Column("peak_hour_utc", Kind.INTEGER,
               "Hour, 0 to 23 in UTC, in which most of them happened, the earliest of several; "
               "null where no hour is known."),
        Column("peak_weekday", Kind.TEXT,
               "Local day of the week on which most of them happened, the first of several; null "
               "where no hour is known.", allowed=WEEKDAYS),
        Column("shape", Kind.TEXT,
               "Outline as a MULTIPOLYGON in WKT, longitude and latitude in degrees (WGS 84, "
               "EPSG:4326); null where a square reaches beyond the national transformation, a "
               "cell across 180 degrees east, or the boundary of an area is not loaded."),
        Column("suppressed", Kind.BOOLEAN,
               "True where n_12m is below 5: not for a map that leaves the police.",
               required=True),
    ),
    key=("unit", "force", "offence_group", "cluster"),
)  # fmt: skip

TABLES = (HOTSPOT_CLUSTER,)
