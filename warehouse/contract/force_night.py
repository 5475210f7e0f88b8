"""What no other table keeps of a force's quality: counted when a night's store is built."""

from warehouse.contract.model import Column, Kind, Table

MEASURES = ("completeness", "recording_timeliness", "geocoding", "duplicates", "linkage")

FORCE_NIGHT = Table(
    "quality",
    "force_night",
    "One row a force, night and measure that no other table keeps from night to night: counts of "
    "what the force had in the store of that night, and of what came new in it. mart.force_quality "
    "makes rates of them.",
    (
        Column("night", Kind.DATE, "Night.", required=True),
        Column("force", Kind.TEXT, "Force.", required=True),
        Column(
            "measure",
            Kind.TEXT,
            "completeness: cells that are filled, of those that linking and analysis stand on. "
            "recording_timeliness: recorded crimes first held this night that were recorded within "
            "24 hours of the report, of those that tell both times. geocoding: rows with "
            "coordinates. duplicates: person records beyond the first of each person within the "
            "force. linkage: person records whose person has records of another force.",
            required=True,
            allowed=MEASURES,
        ),
        Column("numerator", Kind.BIGINT, "What is counted.", required=True),
        Column("denominator", Kind.BIGINT, "Of how many.", required=True),
        Column(
            "sample",
            Kind.BIGINT,
            "Rows behind it: cells of one row are not independent of each other.",
            required=True,
        ),
        Column(
            "hours",
            Kind.BIGINT,
            "Whole hours from report to recording, added up; null for other measures.",
        ),
    ),
    key=("night", "force", "measure"),
)
