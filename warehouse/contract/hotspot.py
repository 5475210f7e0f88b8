"""Marts about places that are made by arithmetic rather than by one SELECT (warehouse/hotspots)."""

from warehouse.contract.constraint import Reference
from warehouse.contract.model import Column, Kind, Table
from warehouse.contract.units import UNIT_NAMES

_UNIT = Column(
    "unit",
    Kind.TEXT,
    f"Kind of cell: {'; '.join(f'{unit.name}, {unit.says}' for unit in UNIT_NAMES)}.",
    required=True,
    allowed=tuple(unit.name for unit in UNIT_NAMES),
)
_FORCE = Column(
    "force", Kind.TEXT, "Force that recorded the offences.", required=True,
    references=Reference("force", "force"),
)  # fmt: skip
_GROUP = Column(
    "offence_group",
    Kind.TEXT,
    "Group of offences (reference.offence_group), or all-crime: all of them that are notifiable.",
    required=True,
)
_PEI = "Hits in the 5% of cells ranked first over the most that as many cells could have held, "

HOTSPOT = Table(
    "mart",
    "hotspot",
    "One row a cell, offence group and measure that has an offence in the last 36 months (fewer "
    "where the data do not reach so far), as things stood at the end of month. Owner: lead "
    "analyst, place-based crime. What rank_in_force is worth, mart.hotspot_backtest shows. Cells "
    "are compared within their force. Units force and local_area are too few and too unlike to be "
    "tested for being hot, or drawn towards others: they have rates, ranks and trend, and null for "
    "the rest; a force is compared with the other forces.",
    (
        Column("run", Kind.DATE, "Night whose store this is.", required=True),
        _UNIT,
        Column("area", Kind.TEXT, "Cell, by its name or code in unit.", required=True),
        Column("local_area", Kind.TEXT,
               "Local policing area in which most of the cell's offences are (reference.area); "
               "null where no loaded look-up or boundary tells."),
        _FORCE,
        _GROUP,
        Column(
            "measure",
            Kind.TEXT,
            "offences, or harm_days: Cambridge Crime Harm Index, without what police find rather "
            "than are told of (drugs, weapons).",
            required=True,
            allowed=("offences", "harm_days"),
        ),
        Column("month", Kind.DATE, "First day of the last month counted, the last whole one.",
               required=True),
        Column("n_12m", Kind.DOUBLE, "Of the last twelve months, in the measure.", required=True),
        Column("per_km2", Kind.DOUBLE, "n_12m per square kilometre of the cell; null where its "
               "boundary is not loaded."),
        Column("per_1000", Kind.DOUBLE,
               "n_12m per 1,000 residents; null where the population of all that the area is made "
               "of is not loaded, and of H3 cells and squares, which are made of no counted "
               "area."),
        Column("ewma_rate", Kind.DOUBLE,
               "A month, in the measure, a month counting half for each year that it is old.",
               required=True),
        Column("eb_rate", Kind.DOUBLE,
               "Rate a month, in the measure, drawn towards the cells around it as far as it has "
               "shown little of its own (empirical Bayes: mean of the posterior Gamma).",
               required=True),
        Column("eb_low", Kind.DOUBLE, "Lower end of the 90% interval of the rate.",
               required=True),
        Column("eb_high", Kind.DOUBLE, "Upper end of the 90% interval of the rate.",
               required=True),
        Column("next_month_expected", Kind.DOUBLE,
               "In the measure, what the month after month is expected to hold: mean of the "
               "negative binomial that the posterior of eb_rate gives over one month, and so the "
               "number of eb_rate, as offences or days rather than a rate.", required=True),
        Column("next_month_low", Kind.INTEGER,
               "Offences, lower end of the 90% interval of that negative binomial: wider than "
               "eb_low to eb_high, by the chance of one month. No season is in it: of cells with "
               "20 offences a month or more, expect one month in four outside. Null of harm_days: "
               "one offence can be of years, and a mean and a variance tell nothing of such "
               "tails; and of units force and local_area, whose months differ by more than "
               "chance."),
        Column("next_month_high", Kind.INTEGER,
               "Offences, upper end; null as next_month_low is."),
        Column("p_above_3x", Kind.DOUBLE,
               "Probability that the rate is over three times the mean of the force's cells (of "
               "unit force: of the forces).", required=True),
        Column("ranked_by", Kind.TEXT,
               "eb, or count_12m where that told the last months better (mart.hotspot_gate).",
               required=True, allowed=("eb", "count_12m")),
        Column("rank_in_force", Kind.INTEGER, "Place among the force's cells, from 1; ties share."),
        Column("rank_in_local_area", Kind.INTEGER,
               "Place among the force's cells of the same local_area, from 1; ties share."),
        Column("rank_in_nation", Kind.INTEGER,
               "Place by eb_rate among the cells of all forces, from 1; ties share.",
               required=True),
        Column("gi_z", Kind.DOUBLE,
               "Gi* of n_12m in the cell and its ring, within the force. For comparison: nothing "
               "is called hot by it."),
        Column("p_hot", Kind.DOUBLE,
               "Probability of as much, or more, in the cell and its ring, were the force's "
               "offences spread by chance (Poisson)."),
        Column("q_hot", Kind.DOUBLE,
               "The same as a false discovery rate (Benjamini and Hochberg); hot from 0.05 down."),
        Column("months_hot", Kind.INTEGER, "Months, each tested by itself, that were hot."),
        Column("months_looked_at", Kind.INTEGER, "Of so many, 36 at most.", required=True),
        Column("class", Kind.TEXT,
               "emerging: the last 3 months are up on the 12 before by more than the force's, "
               "false discovery rate 0.05; diminishing: hot, and down likewise; persistent: hot, "
               "as in half of its months or more; hot; none.",
               allowed=("emerging", "diminishing", "persistent", "hot", "none")),
        Column("trend_ratio", Kind.DOUBLE,
               "Last 3 months over the 12 before in the cell and its ring, over the same of the "
               "force (of unit force: of all forces); null where there was nothing before."),
        Column("trend_p", Kind.DOUBLE, "Two-sided probability of such a change by chance.",
               required=True),
        Column("esri_label", Kind.TEXT,
               "The name that ArcGIS's Emerging Hot Spot Analysis would use."),
        Column("snap_share", Kind.DOUBLE,
               "Share of the last twelve months' offences that stand on one public map point, 0 to "
               "1; null where none is snapped. A high share says that the point is a car park or "
               "a station, not that one address is hot."),
        Column("suppressed", Kind.BOOLEAN,
               "True where the last twelve months hold fewer than 5 offences: not for a map that "
               "leaves the police.", required=True),
    ),
    key=("unit", "area", "force", "offence_group", "measure"),
)  # fmt: skip

HOTSPOT_BACKTEST = Table(
    "mart",
    "hotspot_backtest",
    "One row a force, unit, offence group, method, month told and share of the area: how well each "
    "ranking, made from the months before, told where that month's offences were. Owner: lead "
    "analyst, place-based crime.",
    (
        _FORCE,
        _UNIT,
        _GROUP,
        Column("method", Kind.TEXT,
               "eb, count_12m (offences of twelve months), gi_star, kde (quartic kernel of three "
               "steps).", required=True, allowed=("eb", "count_12m", "gi_star", "kde")),
        Column("origin", Kind.DATE, "First day of the month that was told.", required=True),
        Column("area_share", Kind.DOUBLE, "Share of cells ranked first: 0.01, 0.05 or 0.20.",
               required=True),
        Column("events", Kind.BIGINT, "Offences of the month in the force's cells.",
               required=True),
        Column("hit_rate", Kind.DOUBLE,
               "Share of them in the cells ranked first, ties as expected; null where the month "
               "had none, like the columns after it."),
        Column("pai", Kind.DOUBLE, "Predictive accuracy index: hit rate over share of the area."),
        Column("pei", Kind.DOUBLE,
               "Predictive efficiency index: hit rate over the best that as many cells could "
               "have had, 0 to 1."),
        Column("rri", Kind.DOUBLE,
               "Recapture rate index: offences there over those of the twelve months before, over "
               "the same of the whole force; null where there were none before."),
    ),
    key=("force", "unit", "offence_group", "method", "origin", "area_share"),
)  # fmt: skip

HOTSPOT_GATE = Table(
    "mart",
    "hotspot_gate",
    "One row a force, unit and offence group: what its cells are ranked by in mart.hotspot, and "
    "why. Owner: lead analyst, place-based crime.",
    (
        _FORCE,
        _UNIT,
        _GROUP,
        Column("months", Kind.INTEGER,
               "Months told, each from the months before; 0 where there is no year before one: "
               "then nothing was tested.", required=True),
        Column("events", Kind.BIGINT, "Offences of these months.", required=True),
        Column("pei_eb", Kind.DOUBLE, f"{_PEI}ranked by eb_rate; null where nothing was told."),
        Column("pei_count", Kind.DOUBLE, f"{_PEI}ranked by the count of twelve months."),
        Column("ranked_by", Kind.TEXT, "count_12m where pei_eb is below pei_count, else eb.",
               required=True, allowed=("eb", "count_12m")),
    ),
    key=("force", "unit", "offence_group"),
)  # fmt: skip

HOTSPOT_UNIT = Table(
    "mart",
    "hotspot_unit",
    "One row a force and unit: how many of its offences are in such cells, and why none is. Read "
    "it before mart.hotspot, so that no missing map passes for a quiet one. Owner: lead analyst, "
    "place-based crime.",
    (
        _FORCE,
        _UNIT,
        Column("offences", Kind.BIGINT,
               "Offence records of the force that are dated before the month of the night.",
               required=True),
        Column("placed", Kind.BIGINT, "Of these, in cells of the study area.", required=True),
        Column("elsewhere", Kind.BIGINT,
               "Of all, outside the force's own area, where that is loaded: in no cell here. What "
               "is neither placed nor elsewhere has no place, or none that tells such a cell.",
               required=True),
        Column("later", Kind.BIGINT,
               "Of those placed, dated after the last month counted: too few to be a month, as "
               "where a date was mistyped.", required=True),
        Column("unknown_area", Kind.BIGINT,
               "Of those placed, in areas whose code is in nothing that was loaded: they count "
               "under the code that the record gives. Null where nothing was loaded to hold them "
               "against."),
        Column("areas", Kind.BIGINT,
               "Cells of the study area: of H3 and squares those that ever held an offence and "
               "the ring around them; of official areas all of the force's, and those of no other "
               "force that held one.", required=True),
        Column("without_km2", Kind.BIGINT, "Of the cells, without a known size: no per_km2.",
               required=True),
        Column("without_persons", Kind.BIGINT,
               "Of the cells, without a known population: no per_1000.", required=True),
        Column("reason", Kind.TEXT, "Why no offence is in such cells; null where one is."),
    ),
    key=("force", "unit"),
)  # fmt: skip

TABLES = (HOTSPOT, HOTSPOT_BACKTEST, HOTSPOT_GATE, HOTSPOT_UNIT)
