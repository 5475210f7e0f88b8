"""Who is associated with whom, by what, and the circles that associations make."""

from warehouse.contract.model import Column, Kind, Table

KINDS = ("co_offending", "custody", "shared_address", "shared_phone", "shared_vehicle")

PERSON_PAIR = (
    Column("person_id_l", Kind.TEXT, "The person with the smaller id.", required=True),
    Column("person_id_r", Kind.TEXT, "The other.", required=True),
)
_KIND = Column(
    "kind",
    Kind.TEXT,
    "co_offending (suspects or arrested of one offence or incident), custody (detained for one "
    "offence within hours of each other), shared_address, shared_phone, shared_vehicle.",
    required=True,
    allowed=KINDS,
)
_KEY = Column(
    "key",
    Kind.TEXT,
    "What the persons have in common: the offence_id; force/system/id of the incident or of the "
    "offence detained for; the address (postcode and house, or the line), the number, the "
    "registration mark.",
    required=True,
    sensitivity="personal",
)
_DATES = (
    Column(
        "first_date",
        Kind.DATE,
        "First day: of the event; or on which both had it in common, where that is known.",
    ),
    Column(
        "last_date",
        Kind.DATE,
        "Last day, likewise; null where nothing says that they no longer have it in common.",
    ),
)
_RECORD = (
    Column(
        "table_name",
        Kind.TEXT,
        "Table of the record that says it: an event, or person_record for what a person record "
        "holds.",
        required=True,
    ),
    Column("force", Kind.TEXT, "Force of the record.", required=True),
    Column("source_system", Kind.TEXT, "System of the record.", required=True),
    Column("source_record_id", Kind.TEXT, "Id of the record.", required=True),
    Column(
        "person_source_record_id",
        Kind.TEXT,
        "source_record_id of the person record, same force and system.",
        required=True,
    ),
    Column("role", Kind.TEXT, "Part in the event, or kind of address; null where none is given."),
)

ASSOCIATION = Table(
    "link",
    "association",
    "One row a pair of persons and kind: what they have in common. A lead, not proof that they "
    "know each other; victims and witnesses of an event are associated with nobody by it.",
    (
        *PERSON_PAIR,
        _KIND,
        Column(
            "strength",
            Kind.DOUBLE,
            "Sum of the weights of what they have in common: 1 / (persons - 1) for each, less for "
            "hubs (docs/networks.md).",
            required=True,
        ),
        *_DATES,
        Column(
            "events",
            Kind.INTEGER,
            "How many offences, incidents, addresses, numbers or vehicles.",
            required=True,
        ),
    ),
    key=("person_id_l", "person_id_r", "kind"),
)

ASSOCIATION_EVIDENCE = Table(
    "link",
    "association_evidence",
    "One row an association and thing in common: why the association is held. The records that say "
    "it stand in link.association_member under the same kind and key.",
    (
        *PERSON_PAIR,
        _KIND,
        _KEY,
        Column("persons", Kind.INTEGER, "Persons who have it in common.", required=True),
        Column("weight", Kind.DOUBLE, "What it adds to the strength, 0 to 1.", required=True),
        *_DATES,
    ),
    key=("person_id_l", "person_id_r", "kind", "key"),
)

ASSOCIATION_MEMBER = Table(
    "link",
    "association_member",
    "One row a record that puts a person into something that several persons have in common.",
    (
        _KIND,
        _KEY,
        Column("person_id", Kind.TEXT, "Person.", required=True),
        *_RECORD,
        Column("from_at", Kind.TIMESTAMP, "From when, UTC; null where not known."),
        Column("to_at", Kind.TIMESTAMP, "Until when, UTC; null where it goes on."),
    ),
)

ASSOCIATION_HUB = Table(
    "link",
    "association_hub",
    "One row a thing that so many persons have in common that it says little of any two of them: "
    "hostels, prisons, solicitors' numbers, placeholders; and marks that may be cloned.",
    (
        _KIND,
        _KEY,
        Column("persons", Kind.INTEGER, "Persons who have it in common.", required=True),
        Column(
            "why",
            Kind.TEXT,
            "damped: more persons than the kind's limit, it weighs less; left out: more than its "
            "cap, it associates nobody; flagged: a mark that two vehicles seem to bear "
            "(link.object_flag), it associates nobody, however few they are.",
            required=True,
            allowed=("damped", "left out", "flagged"),
        ),
    ),
    key=("kind", "key"),
)

NETWORK_MEMBERSHIP = Table(
    "link",
    "network_membership",
    "One row a person, network and span of nights.",
    (
        Column("network_id", Kind.TEXT, "Opaque id of the network.", required=True),
        Column("person_id", Kind.TEXT, "Person.", required=True),
        Column("valid_from", Kind.DATE, "First night.", required=True),
        Column("valid_to", Kind.DATE, "Night from which it no longer held; null while current."),
    ),
    key=("network_id", "person_id", "valid_from"),
)

NETWORK_STANDING = Table(
    "link",
    "network_standing",
    "One row a person who is in a network now: the place in it.",
    (
        Column("network_id", Kind.TEXT, "Network.", required=True),
        Column("person_id", Kind.TEXT, "Person.", required=True),
        Column(
            "strength",
            Kind.DOUBLE,
            "Sum of the strengths of the person's associations with others of the network.",
            required=True,
        ),
        Column(
            "betweenness",
            Kind.DOUBLE,
            "Share of the shortest ways between two others that lead through the person, 0 to 1.",
            required=True,
        ),
        Column("is_central", Kind.BOOLEAN, "One of the network's central people.", required=True),
    ),
    key=("person_id",),
)

# The state holds every record that could put a person into something in common, and what was made
# of it; the store has those that several persons share.
CONTEXT_MEMBER = Table(
    "linkage",
    "context_member",
    "One row a record that puts a person record into something that persons may have in common.",
    (
        _KIND,
        _KEY,
        *_RECORD,
        Column("record", Kind.BIGINT, "Number of the person record: linkage.record_key; null where "
               "it was never linked."),
        Column("person_id", Kind.TEXT, "Its person; null while the record is not held."),
        Column("from_at", Kind.TIMESTAMP, "From when, UTC; null where not known."),
        Column("to_at", Kind.TIMESTAMP, "Until when, UTC; null where it goes on."),
    ),
)  # fmt: skip

CONTEXT = Table(
    "linkage",
    "context",
    "One row a thing that two persons or more have in common.",
    (
        _KIND,
        _KEY,
        Column("persons", Kind.INTEGER, "Persons who have it in common.", required=True),
        Column(
            "content_hash",
            Kind.TEXT,
            "Hash of its persons and their dates: what its associations follow from.",
            required=True,
        ),
        Column(
            "is_flagged",
            Kind.BOOLEAN,
            "True of a registration mark that two vehicles seem to bear.",
            required=True,
        ),
    ),
    key=("kind", "key"),
)

NETWORK_NODE = Table(
    "linkage",
    "network_node",
    "One row a person with a tie that counts for networks: its part of the nation's graph.",
    (
        Column("person_id", Kind.TEXT, "Person.", required=True),
        Column(
            "component",
            Kind.TEXT,
            "Smallest person_id of all that ties join, directly or through others.",
            required=True,
        ),
    ),
    key=("person_id",),
)

NETWORK_MARK = Table(
    "linkage",
    "network_mark",
    "One row: how far associations have come, and with what.",
    (
        Column("night", Kind.DATE, "Last night whose records are in them.", required=True),
        Column("signature", Kind.TEXT, "Hash of the code that made them.", required=True),
    ),
)

KEPT = (
    ASSOCIATION, ASSOCIATION_EVIDENCE, ASSOCIATION_HUB, NETWORK_MEMBERSHIP, NETWORK_STANDING,
)  # fmt: skip
STATE = (CONTEXT_MEMBER, CONTEXT, NETWORK_NODE, NETWORK_MARK)
TABLES = (*KEPT, ASSOCIATION_MEMBER)
