"""Near repeats: whether an offence raises the risk around it, and where it is raised tonight."""

from warehouse.contract.constraint import Reference
from warehouse.contract.model import Column, Kind, Table

_RUN = Column("run", Kind.DATE, "Night whose store this is.", required=True)
_FORCE = Column(
    "force", Kind.TEXT, "Force that recorded the offences.", required=True,
    references=Reference("force", "force"),
)  # fmt: skip
_GROUP = Column(
    "offence_group", Kind.TEXT, "Group of offences (reference.offence_group).", required=True
)

NEAR_REPEAT = Table(
    "mart",
    "near_repeat",
    "One row a force, offence group, band of distance and band of days: pairs of offences of the "
    "365 days up to the night that are so far apart and so many days apart, against those that "
    "chance would make of the same places and the same days (Knox, by exact moments). One row with "
    "the reason, and no bands, where the group is refused. Owner: lead analyst, place-based crime. "
    "Only offences with points of their own, dated to a day or better, are counted: a public map "
    "point stands for eight or more addresses, and a month for thirty days.",
    (
        _RUN,
        _FORCE,
        _GROUP,
        Column("metres_from", Kind.INTEGER,
               "The band begins beyond so many metres; 0 in the bands 0 (the same point) and 100; "
               "null where refused, like all but events, left_out and the reason."),
        Column("metres_to", Kind.INTEGER,
               "Its last metre: 0 (the same point: repeat victimisation), 100, 200, 400."),
        Column("days_from", Kind.INTEGER, "First day of the band: 0, 8, 15."),
        Column("days_to", Kind.INTEGER, "Last day of the band: 7, 14, 28."),
        Column("events", Kind.BIGINT, "Offences that were counted.", required=True),
        Column("left_out", Kind.BIGINT,
               "Offences of the same days that have no point of their own, or no day.",
               required=True),
        Column("pairs", Kind.BIGINT, "Pairs of offences in the band."),
        Column("expected", Kind.DOUBLE, "Mean of that by chance."),
        Column("deviation", Kind.DOUBLE, "Standard deviation of that by chance."),
        Column("ratio", Kind.DOUBLE, "pairs over expected; null where none is expected, too."),
        Column("z", Kind.DOUBLE, "Deviations above the mean."),
        Column("p", Kind.DOUBLE,
               "Probability of as many pairs, or more, by chance (negative binomial of that mean "
               "and deviation)."),
        Column("q", Kind.DOUBLE,
               "The same as a false discovery rate over all that was tested in the night "
               "(Benjamini and Hochberg)."),
        Column("is_significant", Kind.BOOLEAN,
               "q is 0.05 or less, ratio 1.2 or more and pairs 5 or more; false where refused.",
               required=True),
        Column("is_refused", Kind.BOOLEAN, "Nothing was tested.", required=True),
        Column("reason", Kind.TEXT, "Why it is refused, in words; null where it is not."),
    ),
    key=("force", "offence_group", "metres_to", "days_to"),
)  # fmt: skip

NEAR_REPEAT_ALERT = Table(
    "mart",
    "near_repeat_alert",
    "One row a force, offence group, cell and band of distance in which offences of the last 28 "
    "days raise the risk of another tonight, by the significant bands of mart.near_repeat. Owner: "
    "lead analyst, place-based crime. Offences stand by their cell of H3 at resolution 10 (about "
    "0.015 square km), not by their own point.",
    (
        _RUN,
        _FORCE,
        _GROUP,
        Column("cell", Kind.TEXT, "Cell of H3 at resolution 10 that holds the offences.",
               required=True),
        Column("longitude", Kind.DOUBLE,
               "Its centre, degrees east (WGS 84, EPSG:4326); an offence is 80 m from it at most.",
               required=True),
        Column("latitude", Kind.DOUBLE, "Its centre, degrees north.", required=True),
        Column("metres_from", Kind.INTEGER, "The risk is raised beyond so many metres of them.",
               required=True),
        Column("metres_to", Kind.INTEGER,
               "Up to so many: the radius. 0: at the very addresses.", required=True),
        Column("offences", Kind.BIGINT, "Offences in the cell that raise it.", required=True),
        Column("latest_on", Kind.DATE, "Local date of the latest of them.", required=True),
        Column("raised_until", Kind.DATE,
               "Last day on which the risk is raised, were no other offence to follow.",
               required=True),
        Column("ratio", Kind.DOUBLE,
               "Times the usual risk tonight, by the latest of them: ratio of the band it is in.",
               required=True),
        Column("pairs", Kind.BIGINT, "Evidence: pairs of offences in that band.", required=True),
        Column("expected", Kind.DOUBLE, "Evidence: those expected by chance.", required=True),
        Column("q", Kind.DOUBLE, "Evidence: its false discovery rate.", required=True),
        Column("n_12m", Kind.BIGINT,
               "Offences of the group in the cell in the 365 days up to the night.",
               required=True),
        Column("suppressed", Kind.BOOLEAN,
               "True where n_12m is below 5: not for a map that leaves the police.",
               required=True),
    ),
    key=("force", "offence_group", "cell", "metres_to"),
)  # fmt: skip

TABLES = (NEAR_REPEAT, NEAR_REPEAT_ALERT)
