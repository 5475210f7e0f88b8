"""Which records are one person or one offence, why, since when, and who decided."""

from warehouse.contract.model import Column, Kind, Table

RECORD_PARTS = ("force", "source_system", "source_record_id")
PAIR_KEY = tuple(f"{part}_{side}" for side in "lr" for part in RECORD_PARTS)
BANDS = ("link", "review", "possible")
VERDICTS = ("same", "not_same", "unsure")

_RECORD = (
    Column("force", Kind.TEXT, "Force of the record.", required=True),
    Column("source_system", Kind.TEXT, "System of the record.", required=True),
    Column("source_record_id", Kind.TEXT, "Id of the record.", required=True),
)
_PAIR = (
    Column("force_l", Kind.TEXT, "Force of the first record.", required=True),
    Column("source_system_l", Kind.TEXT, "System of the first record.", required=True),
    Column("source_record_id_l", Kind.TEXT, "Id of the first record.", required=True),
    Column("force_r", Kind.TEXT, "Force of the second record.", required=True),
    Column("source_system_r", Kind.TEXT, "System of the second record.", required=True),
    Column("source_record_id_r", Kind.TEXT, "Id of the second record.", required=True),
)
_SPAN = (
    Column("valid_from", Kind.DATE, "First night.", required=True),
    Column("valid_to", Kind.DATE, "Night from which it no longer held; null while current."),
)

PERSON_EDGE = Table(
    "link",
    "person_edge",
    "One row a pair of person records that the model scored high enough to be kept. The record "
    "that comes first in the alphabet of force, system and id is the first.",
    (
        *_PAIR,
        Column(
            "match_weight",
            Kind.DOUBLE,
            "Total weight, bits (log2 of the odds), the prior included.",
            required=True,
        ),
        Column(
            "match_probability",
            Kind.DOUBLE,
            "The same as a probability under the model: an estimate, not a measured precision.",
            required=True,
        ),
        Column(
            "link_at",
            Kind.DOUBLE,
            "Bits that a pair which holds what this one holds needs to be joined.",
            required=True,
        ),
        Column(
            "band",
            Kind.TEXT,
            "By weight: link (heavy enough to be joined), review (for a person to decide), "
            "possible (kept for the record).",
            required=True,
            allowed=BANDS,
        ),
        Column(
            "cut",
            Kind.TEXT,
            "Why a link was not laid, the guard or the judgement that kept the records apart; null "
            "where nothing did.",
        ),
        Column(
            "weights",
            Kind.TEXT,
            "JSON object: weight of every comparison in bits, and prior; they sum to match_weight "
            "exactly.",
            required=True,
        ),
        Column(
            "levels",
            Kind.TEXT,
            "JSON object: in plain words, the level of agreement of every comparison.",
            required=True,
        ),
        Column(
            "match_key", Kind.TEXT, "Blocking rule that brought the pair together.", required=True
        ),
        Column(
            "model_id", Kind.TEXT, "Model that scored it: governance.model_register.", required=True
        ),
        Column("night", Kind.DATE, "Night that scored it first with this weight.", required=True),
    ),
    key=PAIR_KEY,
)

PERSON_MEMBERSHIP = Table(
    "link",
    "person_membership",
    "One row a person record and span of nights: the person it belonged to. "
    "link.person_as_of(date) is this table at one date.",
    (
        Column("person_id", Kind.TEXT, "Opaque id of the person.", required=True),
        *_RECORD,
        *_SPAN,
    ),
    key=(*RECORD_PARTS, "valid_from"),
)

IDENTITY_EVENT = Table(
    "link",
    "identity_event",
    "One row a change of identity. Who holds the records of a superseded person_id today is "
    "answered by link.person_now(person_id).",
    (
        Column("event_id", Kind.BIGINT, "Running number, in order of time.", required=True),
        Column("night", Kind.DATE, "Night.", required=True),
        Column("person_id", Kind.TEXT, "Person that the event is about.", required=True),
        Column(
            "event",
            Kind.TEXT,
            "created, joined (a record came to it), left (a record went "
            "from it), merged (this id is superseded by other_person_id), split (came out of "
            "other_person_id), retired (its last record was deleted).",
            required=True,
            allowed=("created", "joined", "left", "merged", "split", "retired"),
        ),
        Column("other_person_id", Kind.TEXT, "The other person, for merged, split and left."),
        Column("records", Kind.INTEGER, "Records concerned.", required=True),
        Column(
            "cause",
            Kind.TEXT,
            "new record, changed record, deleted record, judgement, model.",
            required=True,
            allowed=("new record", "changed record", "deleted record", "judgement", "model"),
        ),
        Column("model_id", Kind.TEXT, "Model in use.", required=True),
    ),
    key=("event_id",),
)

JUDGEMENT = Table(
    "link",
    "judgement",
    "One row a decision that a person made about a pair of person records. None is ever changed or "
    "removed; of one user's decisions on a pair the latest counts.",
    (
        Column("judgement_id", Kind.TEXT, "Opaque id.", required=True),
        *_PAIR,
        Column("verdict", Kind.TEXT, "same, not_same, unsure.", required=True, allowed=VERDICTS),
        Column("judged_by", Kind.TEXT, "Who decided.", required=True),
        Column("judged_at", Kind.TIMESTAMP, "When, UTC.", required=True, runtime=True),
        Column("reason", Kind.TEXT, "Why, in that person's words.", required=True),
        Column(
            "source",
            Kind.TEXT,
            "review (one pair at a time), csv (many from a file), unmerge.",
            required=True,
            allowed=("review", "csv", "unmerge"),
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
        *_PAIR,
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
        *_PAIR,
        Column("person_id_l", Kind.TEXT, "Person of the first record.", required=True),
        Column("person_id_r", Kind.TEXT, "Person of the second record.", required=True),
        Column("match_weight", Kind.DOUBLE, "Weight in bits; null where no model scored the pair."),
        Column(
            "why",
            Kind.TEXT,
            "weight (between the thresholds), guard (heavy enough, but not laid), conflict "
            "(judgements contradict each other), unsure (somebody looked and could not tell).",
            required=True,
            allowed=("weight", "guard", "conflict", "unsure"),
        ),
        Column("says", Kind.TEXT, "The same in plain words.", required=True),
        Column(
            "priority",
            Kind.DOUBLE,
            "Larger first: conflicts, then what a guard cut, then the rest by how near it is to "
            "being joined.",
            required=True,
        ),
        Column("model_id", Kind.TEXT, "Model that scored the pair; null where none did."),
        Column("night", Kind.DATE, "Night since which the pair weighs this; null where none does."),
    ),
    key=PAIR_KEY,
)

LINKAGE_NIGHT = Table(
    "link",
    "linkage_night",
    "One row a run of the link step that changed something: what it took in, compared and changed, "
    "and how many person ids changed hands.",
    (
        Column("run", Kind.BIGINT, "Running number.", required=True),
        Column("night", Kind.DATE, "Night.", required=True),
        Column("model_id", Kind.TEXT, "Model in use.", required=True),
        Column(
            "is_full",
            Kind.BOOLEAN,
            "True where every record was compared anew: the first night, or another model.",
            required=True,
        ),
        Column("records", Kind.BIGINT, "Current person records.", required=True),
        Column("new_records", Kind.BIGINT, "Of them not linked before.", required=True),
        Column("changed_records", Kind.BIGINT, "Of them with changed features.", required=True),
        Column("deleted_records", Kind.BIGINT, "Records no longer held.", required=True),
        Column(
            "rescored_records",
            Kind.BIGINT,
            "Records compared again though unchanged, because a block of theirs became too large, "
            "or no longer is.",
            required=True,
        ),
        Column("pairs", Kind.BIGINT, "Pairs compared.", required=True),
        Column("edges", Kind.BIGINT, "Pairs kept, in all.", required=True),
        Column("links", Kind.BIGINT, "Of them heavy enough to be joined.", required=True),
        Column("cut_links", Kind.BIGINT, "Links that guards or judgements cut.", required=True),
        Column("persons", Kind.BIGINT, "Persons.", required=True),
        Column("created", Kind.BIGINT, "Persons created.", required=True),
        Column("merged", Kind.BIGINT, "Persons merged into another.", required=True),
        Column("split", Kind.BIGINT, "Persons split from another.", required=True),
        Column("retired", Kind.BIGINT, "Persons whose last record is gone.", required=True),
        Column(
            "ids_changed",
            Kind.BIGINT,
            "Records known before whose person_id is another now.",
            required=True,
        ),
        Column(
            "ids_changed_share",
            Kind.DOUBLE,
            "The same as a share of the records known before, 0 to 1: the churn of ids.",
            required=True,
        ),
        Column(
            "capped_keys",
            Kind.BIGINT,
            "Block keys that too many records share to be compared.",
            required=True,
        ),
        Column(
            "capped_pairs",
            Kind.BIGINT,
            "Pairs that they would have made; another block may bring some of them together.",
            required=True,
        ),
        Column("judgements", Kind.BIGINT, "Judgements taken in.", required=True),
        Column("conflicts", Kind.BIGINT, "Contradictions between judgements.", required=True),
        Column(
            "is_verified",
            Kind.BOOLEAN,
            "True where everything was linked anew from nothing, by itself or to compare, and "
            "nothing differed.",
            required=True,
        ),
    ),
    key=("run",),
)

BLOCK_RECALL = Table(
    "link",
    "block_recall",
    "One row a model and blocking rule: how many pairs it brings, and which share it finds of the "
    "pairs that share a verified identifier, as training measured it.",
    (
        Column("model_id", Kind.TEXT, "Model.", required=True),
        Column("block", Kind.TEXT, "Blocking rule; 'all rules' for their union.", required=True),
        Column("pairs", Kind.BIGINT, "Pairs that share a key.", required=True),
        Column("new_pairs", Kind.BIGINT, "Of them found by no rule before.", required=True),
        Column("capped_keys", Kind.BIGINT, "Keys too large to be compared.", required=True),
        Column("capped_pairs", Kind.BIGINT, "Pairs in them.", required=True),
        Column(
            "true_pairs",
            Kind.BIGINT,
            "Pairs of records that share a verified identifier; the rules that look for that "
            "identifier itself are left out.",
            required=True,
        ),
        Column("found", Kind.BIGINT, "Of them found by the rule.", required=True),
        Column("recall", Kind.DOUBLE, "found / true_pairs; null where there are none."),
        Column("recall_low", Kind.DOUBLE, "Lower end of its 95% Wilson interval."),
        Column("recall_high", Kind.DOUBLE, "Upper end of its 95% Wilson interval."),
    ),
    key=("model_id", "block"),
)

OFFENCE_MEMBERSHIP = Table(
    "link",
    "offence_membership",
    "One row an offence record and span of nights: the offence it belonged to. Until offences are "
    "linked across forces, each record is an offence of its own.",
    (
        Column("offence_id", Kind.TEXT, "Opaque id of the offence.", required=True),
        *_RECORD,
        *_SPAN,
    ),
    key=(*RECORD_PARTS, "valid_from"),
)

PERSON = Table(
    "core",
    "person",
    "One row a resolved person: one or more person records that the model joined.",
    (
        Column("person_id", Kind.TEXT, "Opaque id; kept from its oldest record.", required=True),
        Column(
            "forename",
            Kind.TEXT,
            "Most frequent forename of its records; ties: the oldest record's.",
            sensitivity="personal",
        ),
        Column("surname", Kind.TEXT, "Most frequent surname, likewise.", sensitivity="personal"),
        Column(
            "birth_date", Kind.DATE, "Most frequent birth date, likewise.", sensitivity="personal"
        ),
        Column("sex", Kind.TEXT, "Most frequent sex, likewise.", sensitivity="personal"),
        Column("record_count", Kind.INTEGER, "Person records.", required=True),
        Column("force_count", Kind.INTEGER, "Forces that hold them.", required=True),
        Column(
            "forces",
            Kind.TEXT,
            "Those forces, in alphabetical order, comma between.",
            required=True,
        ),
        Column(
            "weakest_link_weight",
            Kind.DOUBLE,
            "Weight in bits of the weakest link on the "
            "strongest way that ties the records together; null for a single record, and where "
            "only a judgement ties them.",
        ),
        Column(
            "first_night", Kind.DATE, "Night on which the person was first known.", required=True
        ),
    ),
    key=("person_id",),
)

OFFENCE = Table(
    "core",
    "offence",
    "One row a resolved offence.",
    (
        Column("offence_id", Kind.TEXT, "Opaque id.", required=True),
        Column("record_count", Kind.INTEGER, "Offence records.", required=True),
        Column("force_count", Kind.INTEGER, "Forces that hold them.", required=True),
        Column("first_night", Kind.DATE, "Night on which it was first known.", required=True),
    ),
    key=("offence_id",),
)

TABLES = (
    PERSON_EDGE,
    PERSON_MEMBERSHIP,
    IDENTITY_EVENT,
    JUDGEMENT,
    JUDGEMENT_CONFLICT,
    REVIEW_ITEM,
    LINKAGE_NIGHT,
    BLOCK_RECALL,
    OFFENCE_MEMBERSHIP,
    PERSON,
    OFFENCE,
)
