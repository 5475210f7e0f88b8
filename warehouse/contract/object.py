"""Objects: which records tell of one, which may be one, and which are not what they seem."""

from warehouse.contract.link import PAIR, PAIR_KEY, RECORD_PARTS
from warehouse.contract.model import Column, Kind, Table

OBJECT_TYPES = ("vehicle", "handset", "phone_number", "property")
_RECORD_TYPES = ("vehicle_record", "phone_record", "property_record")

_TYPE = Column(
    "object_type",
    Kind.TEXT,
    "vehicle (by registration mark), handset (by IMEI), phone_number, property (by kind of item "
    "and serial number).",
    required=True,
    allowed=OBJECT_TYPES,
)
_OBJECT = Column(
    "object_id",
    Kind.TEXT,
    "Id of the object: a letter for its type (V, H, N, G), a hyphen, and the first 16 hex digits "
    "of the SHA-256 of type|key.",
    required=True,
)
_NIGHT = Column("night", Kind.DATE, "Night since which it stands so.", required=True)

OBJECT_MEMBERSHIP = Table(
    "link",
    "object_membership",
    "One row a record, kind of object and span of nights: the object that the record tells of. A "
    "telephone's record tells of a handset, of a number, or of both.",
    (
        _OBJECT,
        _TYPE,
        Column(
            "record_type",
            Kind.TEXT,
            "Table of the record.",
            required=True,
            allowed=_RECORD_TYPES,
        ),
        Column("force", Kind.TEXT, "Force of the record.", required=True),
        Column("source_system", Kind.TEXT, "System of the record.", required=True),
        Column("source_record_id", Kind.TEXT, "Id of the record.", required=True),
        Column("valid_from", Kind.DATE, "First night.", required=True),
        Column("valid_to", Kind.DATE, "Night from which it no longer held; null while current."),
    ),
    key=("object_type", *RECORD_PARTS, "valid_from"),
)

OBJECT_CANDIDATE = Table(
    "link",
    "object_candidate",
    "One row a pair that may be one object, for a person to look at: never joined. Each side is "
    "named by its first record; the second may be a record whose value is no key.",
    (
        _TYPE,
        Column(
            "rule",
            Kind.TEXT,
            "confused characters (registration marks that are equal once 0 and O, 1 and I, 2 and "
            "Z, 5 and S, 8 and B are taken for one), one character apart (serial numbers or IMEIs, "
            "the other particulars the same), mistyped IMEI (one that is not valid and is one "
            "character from a valid one with the same number).",
            required=True,
            allowed=("confused characters", "one character apart", "mistyped IMEI"),
        ),
        Column("object_id_l", Kind.TEXT, "The first object.", required=True),
        Column("object_id_r", Kind.TEXT, "The second; null where its value is no key."),
        *PAIR,
        Column("says", Kind.TEXT, "Why they may be one, in plain words.", required=True),
        Column(
            "evidence",
            Kind.TEXT,
            "JSON object: what each side holds.",
            required=True,
            sensitivity="personal",
        ),
        _NIGHT,
    ),
    key=("object_type", *PAIR_KEY),
)

OBJECT_FLAG = Table(
    "link",
    "object_flag",
    "One row an object that is not what it seems, and why: a registration mark that two vehicles "
    "bear. Flagged, neither joined nor split.",
    (
        _OBJECT,
        _TYPE,
        Column(
            "kind",
            Kind.TEXT,
            "two descriptions (its records differ in make or model), too far apart (it was in two "
            "places that no vehicle can reach in the time between).",
            required=True,
            allowed=("two descriptions", "too far apart"),
        ),
        Column("pairs", Kind.BIGINT, "Pairs of records or of events that show it.", required=True),
        Column(
            "evidence_type_l",
            Kind.TEXT,
            "Table of the first record below: vehicle_record, or the event's.",
            required=True,
        ),
        Column("evidence_type_r", Kind.TEXT, "Table of the second.", required=True),
        *PAIR,
        Column("distance_km", Kind.DOUBLE, "Kilometres between the two places, as the crow flies."),
        Column(
            "minutes",
            Kind.DOUBLE,
            "Most minutes that can lie between the two events, their own spans included.",
        ),
        Column("speed_kmh", Kind.DOUBLE, "Least speed at which it can have done it, km/h."),
        Column("says", Kind.TEXT, "The same in plain words.", required=True),
        Column(
            "evidence",
            Kind.TEXT,
            "JSON object: what the two records say.",
            required=True,
            sensitivity="personal",
        ),
        _NIGHT,
    ),
    key=("object_id", "kind"),
)

OBJECT_KEY_COUNT = Table(
    "link",
    "object_key_count",
    "One row a kind of object, force and fate of a record: keyed, no value, or why its value is no "
    "key. The fates of a kind add up to the records of its table.",
    (
        _TYPE,
        Column("force", Kind.TEXT, "Force.", required=True),
        Column(
            "fate",
            Kind.TEXT,
            "keyed (it tells of an object), no value, or the name of what refuses the value.",
            required=True,
        ),
        Column("records", Kind.BIGINT, "Current records.", required=True),
    ),
    key=("object_type", "force", "fate"),
)

OBJECT = Table(
    "core",
    "object",
    "One row an object: a vehicle, a handset, a telephone number or an item of property, as every "
    "force's records tell of it.",
    (
        _OBJECT,
        _TYPE,
        Column(
            "property_type", Kind.TEXT, "Kind of item, upper case; null where it is no property."
        ),
        Column(
            "value",
            Kind.TEXT,
            "Registration mark, IMEI, telephone number or serial number.",
            required=True,
            sensitivity="personal",
        ),
        Column("record_count", Kind.INTEGER, "Records that tell of it.", required=True),
        Column("force_count", Kind.INTEGER, "Forces that hold them.", required=True),
        Column(
            "forces",
            Kind.TEXT,
            "Those forces, in alphabetical order, comma between.",
            required=True,
        ),
        Column("event_count", Kind.INTEGER, "Events that it had a part in.", required=True),
        Column(
            "first_date",
            Kind.DATE,
            "Date of the first of these events; null where none is dated.",
            sensitivity="personal",
        ),
        Column("last_date", Kind.DATE, "Date of the last of them.", sensitivity="personal"),
        Column(
            "is_flagged",
            Kind.BOOLEAN,
            "True where link.object_flag tells of it.",
            required=True,
        ),
    ),
    key=("object_id",),
)

OBJECT_MARK = Table(
    "linkage",
    "object_mark",
    "One row: how far linking objects has come, and with what.",
    (
        Column("night", Kind.DATE, "Last night linked.", required=True),
        Column(
            "signature", Kind.TEXT, "Hash of the code that everything was made with.", required=True
        ),
    ),
)

# What the state holds as it is published, and what it holds for itself.
KEPT = (OBJECT_MEMBERSHIP, OBJECT_CANDIDATE, OBJECT_FLAG)

STATE = (OBJECT_MARK,)

TABLES = (*KEPT, OBJECT_KEY_COUNT, OBJECT)
