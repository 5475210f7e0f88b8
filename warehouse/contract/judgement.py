"""What people decided about pairs of records, and what waits for them."""

from warehouse.contract.link import PAIR, PAIR_KEY
from warehouse.contract.model import Column, Kind, Table

VERDICTS = ("same", "not_same", "unsure")
SOURCES = ("review", "judge", "csv", "unmerge")

JUDGEMENT = Table(
    "link",
    "judgement",
    "One row a decision that a person made about a pair of person records. None is ever changed or "
    "removed; of one user's decisions on a pair the latest counts.",
    (
        Column("judgement_id", Kind.TEXT, "Opaque id.", required=True),
        *PAIR,
        Column("verdict", Kind.TEXT, "same, not_same, unsure.", required=True, allowed=VERDICTS),
        Column("judged_by", Kind.TEXT, "Who decided.", required=True),
        Column("judged_at", Kind.TIMESTAMP, "When, UTC.", required=True, runtime=True),
        Column("reason", Kind.TEXT, "Why, in that person's words.", required=True),
        Column(
            "source",
            Kind.TEXT,
            "review (one pair at a time, as they wait), judge (a pair that was named), csv (many "
            "from a file), unmerge.",
            required=True,
            allowed=SOURCES,
        ),
        Column("night", Kind.DATE, "Night from which it counts.", required=True),
    ),
    key=("judgement_id",),
)


JUDGEMENT_CONFLICT = Table(
    "link",
    "judgement_conflict",
    "One row a contradiction between judgements that nobody has resolved. Until somebody does, the "
    "records are kept apart.",
    (
        Column("conflict_id", Kind.TEXT, "Opaque id.", required=True),
        Column(
            "kind",
            Kind.TEXT,
            "pair (users differ on one pair), chain (pairs judged the same join a pair judged not "
            "the same).",
            required=True,
            allowed=("pair", "chain"),
        ),
        *PAIR,
        Column(
            "judgement_ids",
            Kind.TEXT,
            "The judgements that contradict each other, comma between.",
            required=True,
        ),
        Column("says", Kind.TEXT, "The contradiction in plain words.", required=True),
    ),
    key=("conflict_id",),
)


REVIEW_ITEM = Table(
    "link",
    "review_item",
    "One row a pair of records that waits for a person's decision, the most useful first.",
    (
        *PAIR,
        Column("person_id_l", Kind.TEXT, "Person of the first record.", required=True),
        Column("person_id_r", Kind.TEXT, "Person of the second record.", required=True),
        Column("match_weight", Kind.DOUBLE, "Weight in bits; null where no model scored the pair."),
        Column(
            "why",
            Kind.TEXT,
            "weight (between the thresholds), identifier (both bear one PNC ID or CRO number, and "
            "weigh too little to be joined), guard (heavy enough, but not laid), conflict "
            "(judgements contradict each other), judged (judged the same, but kept apart; or so "
            "judged before a record changed, and the two now speak against it), unsure (somebody "
            "looked and could not tell).",
            required=True,
            allowed=("weight", "identifier", "guard", "conflict", "judged", "unsure"),
        ),
        Column("says", Kind.TEXT, "The same in plain words.", required=True),
        Column(
            "priority",
            Kind.DOUBLE,
            "Larger first: conflicts, then what was judged and does not hold, then what a guard "
            "cut, then the rest by how near it is to being joined; last, below zero, what somebody "
            "looked at and could not tell.",
            required=True,
        ),
        Column("model_id", Kind.TEXT, "Model that scored the pair; null where none did."),
        Column("night", Kind.DATE, "Night since which the pair weighs this; null where none does."),
    ),
    key=PAIR_KEY,
)


TABLES = (
    JUDGEMENT,
    JUDGEMENT_CONFLICT,
    REVIEW_ITEM,
)
