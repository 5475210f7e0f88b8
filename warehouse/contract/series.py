"""Offences that may share an offender: pairs and groups. Hypotheses, never an identity."""

from warehouse.contract.link import PAIR, PAIR_KEY, RECORD_PARTS
from warehouse.contract.model import Column, Kind, Table

# Features of a pair in the order in which their bits are summed, and what each says.
SERIES_FEATURES = {
    "distance": "how far apart they were",
    "days": "how many days lay between them",
    "hours": "how near they were by the clock",
    "weekday": "whether their days of the week agree",
    "kind": "whether they are the same kind of offence",
    "method": "how much their method texts share, rare words counting more",
    "property": "how much of what was taken is alike, rare things counting more",
}
NAMED = ("same", "different", "one", "none")

_MODEL = Column(
    "model_id", Kind.TEXT, "Model that scored it: governance.model_register.", required=True
)
_LEAD_ID = Column(
    "lead_id",
    Kind.TEXT,
    "Lead. It follows from the earliest offence of the group, so that it stays while later ones "
    "come and go. No identity.",
    required=True,
)

SERIES_PAIR = Table(
    "link",
    "series_pair",
    "One row a pair of offences that may share an offender: a hypothesis for people to look into. "
    "Nothing is merged by it, and nothing of persons is a feature of it. Each offence stands by "
    "one of its records; the record that comes first in the alphabet of force, system and id is "
    "the first. Of every offence at most the 15 most probable partners are kept.",
    (
        *PAIR,
        Column("offence_id_l", Kind.TEXT, "Offence of the first record.", required=True),
        Column("offence_id_r", Kind.TEXT, "Offence of the second record.", required=True),
        Column(
            "probability",
            Kind.DOUBLE,
            "Probability that the two share an offender, 0 to 1, calibrated on solved offences: "
            "docs/series-leads.md.",
            required=True,
            minimum=0,
            maximum=1,
        ),
        Column(
            "total_bits",
            Kind.DOUBLE,
            "The same as bits, log2 of the odds: the sum of the prior and of the seven features, "
            "exactly, in the order of the columns.",
            required=True,
        ),
        Column(
            "prior_bits",
            Kind.DOUBLE,
            "Odds of any pair of one family within the window of days and km, bits.",
            required=True,
        ),
        *(
            Column(
                f"{name}_bits",
                Kind.DOUBLE,
                f"Bayes factor in bits: {says}; 0 where it is not known. Above 0 it speaks for one "
                "offender, below 0 against.",
                required=True,
            )
            for name, says in SERIES_FEATURES.items()
        ),
        Column(
            "levels", Kind.TEXT, "JSON object: what each feature found, in words.", required=True
        ),
        Column("distance_km", Kind.DOUBLE, "Kilometres between the two.", required=True, minimum=0),
        Column(
            "days_apart",
            Kind.DOUBLE,
            "Days between the middles of the times in which each can have happened.",
            required=True,
            minimum=0,
        ),
        Column(
            "shared_method",
            Kind.TEXT,
            "Words that both method texts hold, the rarest first; null where none.",
            sensitivity="personal",
        ),
        Column(
            "shared_property",
            Kind.TEXT,
            "Kinds of things that were taken in both, the rarest first; null where none.",
        ),
        Column(
            "named",
            Kind.TEXT,
            "Who is named as a suspect, or was arrested: same (one person in both), different (in "
            "both, but no person in both), one (in one of them), none.",
            required=True,
            allowed=NAMED,
        ),
        Column("lead_id", Kind.TEXT, "Lead that both belong to; null where they share none."),
        Column(
            "rank_in_nation",
            Kind.INTEGER,
            "Place by probability, from 1, among pairs of which one offence at least names nobody; "
            "null for others.",
        ),
        Column(
            "rank_in_force_l",
            Kind.INTEGER,
            "The same among those with an offence of the first force.",
        ),
        Column(
            "rank_in_force_r",
            Kind.INTEGER,
            "The same among those with an offence of the second force.",
        ),
        _MODEL,
        Column("night", Kind.DATE, "Night that first found it with these bits.", required=True),
    ),
    key=PAIR_KEY,
)

SERIES_LEAD = Table(
    "link",
    "series_lead",
    "One row a group of offences that may be one series: a hypothesis for people to look into, "
    "which nothing is merged by. An offence is in one lead at most.",
    (
        _LEAD_ID,
        Column("offences", Kind.INTEGER, "Offences of it.", required=True, minimum=2),
        Column(
            "unsolved_offences",
            Kind.INTEGER,
            "Of them those that name no suspect and in which nobody was arrested.",
            required=True,
        ),
        Column(
            "is_all_unsolved", Kind.BOOLEAN, "True where that is all of them.", required=True
        ),
        Column(
            "named_persons",
            Kind.INTEGER,
            "Different persons named as suspects or arrested in any of them.",
            required=True,
        ),
        Column(
            "is_known",
            Kind.BOOLEAN,
            "True where every offence names the same person: it tells nothing new.",
            required=True,
        ),
        Column("force_count", Kind.INTEGER, "Forces that hold them.", required=True),
        Column("forces", Kind.TEXT, "Those forces, in alphabetical order, comma between.",
               required=True),
        Column("offence_groups", Kind.TEXT, "Their groups, the most frequent first.",
               required=True),
        Column("first_date", Kind.DATE, "Local date of the earliest.", required=True),
        Column("last_date", Kind.DATE, "Local date of the latest.", required=True),
        Column("span_km", Kind.DOUBLE, "Largest distance of a tied pair, km.", required=True),
        Column("ties", Kind.INTEGER, "Pairs of link.series_pair among them.", required=True),
        Column("mean_probability", Kind.DOUBLE, "Mean probability of those pairs.", required=True),
        Column(
            "score",
            Kind.DOUBLE,
            "Sum of the probabilities of those pairs: how many of them are expected to share an "
            "offender. Leads are ranked by it.",
            required=True,
        ),
        Column("why", Kind.TEXT, "What ties them, in words.", required=True,
               sensitivity="personal"),
        Column(
            "rank_in_nation",
            Kind.INTEGER,
            "Place by score, from 1, among leads that are not known; null for those.",
        ),
        _MODEL,
        Column(
            "newest_night",
            Kind.DATE,
            "Night that found the newest of its pairs: what is later than one's last look is new.",
            required=True,
        ),
    ),
    key=("lead_id",),
)  # fmt: skip

SERIES_LEAD_OFFENCE = Table(
    "link",
    "series_lead_offence",
    "One row an offence of a lead.",
    (
        _LEAD_ID,
        Column("offence_id", Kind.TEXT, "Offence.", required=True),
        *(
            Column(part, Kind.TEXT, "Part of the key of the record it stands by.", required=True)
            for part in RECORD_PARTS
        ),
        Column("occurred_on", Kind.DATE, "Local date.", required=True),
        Column("is_unsolved", Kind.BOOLEAN, "True where nobody is named in it.", required=True),
        Column(
            "strongest_probability",
            Kind.DOUBLE,
            "Probability of its most probable pair within the lead.",
            required=True,
        ),
    ),
    key=("offence_id",),
)

SERIES_LEAD_FORCE = Table(
    "link",
    "series_lead_force",
    "One row a lead and force that holds an offence of it: the leads of a force, ranked.",
    (
        _LEAD_ID,
        Column("force", Kind.TEXT, "Force.", required=True),
        Column("offences", Kind.INTEGER, "Offences of the lead that it holds.", required=True),
        Column(
            "rank_in_force",
            Kind.INTEGER,
            "Place by score, from 1, among the force's leads that are not known; null for those.",
        ),
    ),
    key=("lead_id", "force"),
)

_OFFENCE = Column(
    "offence",
    Kind.BIGINT,
    "Number of an offence that series are sought among: a hash of the record it stands by.",
    required=True,
)
SOUGHT = Table(
    "linkage",
    "series_offence",
    "One row an offence that series were sought among.",
    (
        _OFFENCE,
        *(
            Column(part, Kind.TEXT, "Part of the key of the record it stands by.", required=True)
            for part in RECORD_PARTS
        ),
        Column("content_hash", Kind.BIGINT, "Hash of all that it is compared by.", required=True),
    ),
    key=("offence",),
)
PAIR_STATE = Table(
    "linkage",
    "series_pair",
    "One row a pair that is among the most probable of one of its offences at least.",
    (
        Column("offence_l", Kind.BIGINT, "The offence with the smaller number.", required=True),
        Column("offence_r", Kind.BIGINT, "The other.", required=True),
        Column("total", Kind.DOUBLE, "Bits.", required=True),
        Column("levels", Kind.SMALLS, "Level a feature, in the model's order.", required=True),
        Column("km", Kind.DOUBLE, "Kilometres apart.", required=True),
        Column("days", Kind.DOUBLE, "Days apart.", required=True),
        Column("shared_method", Kind.TEXT, "Words of both methods.", sensitivity="personal"),
        Column("shared_property", Kind.TEXT, "Kinds of things taken in both."),
        Column("is_of_l", Kind.BOOLEAN, "Among the most probable of offence_l.", required=True),
        Column("is_of_r", Kind.BOOLEAN, "Among the most probable of offence_r.", required=True),
        Column("night", Kind.DATE, "Night that first found it with these bits.", required=True),
    ),
    key=("offence_l", "offence_r"),
)
MEMBER = Table(
    "linkage",
    "series_member",
    "One row an offence of a lead.",
    (
        _OFFENCE,
        Column("lead", Kind.BIGINT, "Smallest number of the group's offences.", required=True),
    ),
    key=("offence",),
)
MARK = Table(
    "linkage",
    "series_mark",
    "One row: what pairs and leads were made with.",
    (
        Column("model_id", Kind.TEXT, "Model.", required=True),
        Column("signature", Kind.TEXT, "Hash of model, code and DuckDB.", required=True),
    ),
)

TABLES = (SERIES_PAIR, SERIES_LEAD, SERIES_LEAD_OFFENCE, SERIES_LEAD_FORCE)
STATE = (SOUGHT, PAIR_STATE, MEMBER, MARK)
