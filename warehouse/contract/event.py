"""Events as one force holds them."""

from warehouse.contract.constraint import CheckLetter, Order, Reference
from warehouse.contract.lfr import LFR_DEPLOYMENT
from warehouse.contract.model import Column, Kind, delivered
from warehouse.contract.part import EVENT_OBJECT, EVENT_ROLE
from warehouse.contract.place import OCCURRENCE, OCCURRENCE_ORDERS, PLACE, PLACE_TOGETHER

OFFENCE_RECORD = delivered(
    "offence_record",
    "One row an offence as a force recorded it. Anti-social behaviour of data.police.uk street "
    "files stands here too, with is_notifiable false. The offence it is resolved to across forces "
    "is offence_id.",
    Column(
        "crime_ref",
        Kind.TEXT,
        "The reference that people quote: crime number, URN, or the "
        "Crime ID of data.police.uk. Not a key: it may repeat or be null.",
    ),
    Column("offence_code_raw", Kind.TEXT, "Offence code or crime type as received.", is_code=True),
    Column(
        "offence_code",
        Kind.TEXT,
        "Home Office code NNN/NN; null where the source's code has "
        "no counterpart in reference.offence_code.",
        pattern=r"^\d{3}/\d{2}$",
        references=Reference("offence_code", "offence_code", "info"),
        is_code=True,
    ),
    Column(
        "offence_group",
        Kind.TEXT,
        "Group as data.police.uk names it, lower case with hyphens "
        "(reference.offence_group); unmapped where the code is not known.",
        required=True,
        references=Reference("offence_group", "offence_group"),
    ),
    Column(
        "is_notifiable",
        Kind.BOOLEAN,
        "True for a recorded crime, false for anti-social behaviour and other incidents.",
        required=True,
    ),
    *OCCURRENCE,
    *PLACE,
    Column("method_text", Kind.TEXT, "Modus operandi in free text.", sensitivity="personal"),
    Column(
        "status",
        Kind.TEXT,
        "open, closed, cancelled or transferred.",
        allowed=("open", "closed", "cancelled", "transferred"),
    ),
    Column(
        "last_outcome_code",
        Kind.TEXT,
        "Latest outcome: code of reference.outcome; null where none or not known.",
        references=Reference("outcome", "outcome_code", "info"),
        is_code=True,
    ),
    Column("last_outcome_text", Kind.TEXT, "Latest outcome in the source's words."),
    Column(
        "other_force_ref",
        Kind.TEXT,
        "Reference of another force's record that this one quotes, as received.",
    ),
    retention="by its kind of offence",
    orders=OCCURRENCE_ORDERS,
    together=PLACE_TOGETHER,
)

OUTCOME = delivered(
    "outcome",
    "One row an outcome given to an offence. An outcome whose offence is not held is kept and "
    "counted.",
    Column(
        "offence_source_record_id",
        Kind.TEXT,
        "source_record_id of the offence in the same "
        "force and system, where it is given; null for data.police.uk, whose link is "
        "crime_ref.",
        references=Reference("offence_record", "source_record_id", "info"),
    ),
    Column("crime_ref", Kind.TEXT, "Reference of the offence as the source quotes it."),
    Column(
        "outcome_code",
        Kind.TEXT,
        "Home Office outcome 1 to 22, 1A to 3A "
        "(reference.outcome); null where the source's words cover several.",
        references=Reference("outcome", "outcome_code"),
    ),
    Column("outcome_text", Kind.TEXT, "Outcome in the source's words."),
    Column(
        "outcome_date",
        Kind.DATE,
        "Day it was given; the first of the month where only that is known.",
        not_after_delivery=True,
    ),
    *PLACE,
    orders=(
        Order(
            "outcome_date",
            ("occurred_on",),
            through="offence_source_record_id",
            is_by_month=True,
        ),
    ),
    together=PLACE_TOGETHER,
)

INCIDENT = delivered(
    "incident",
    "One row a call or incident that a force attended or logged.",
    Column("incident_ref", Kind.TEXT, "Incident number as quoted."),
    Column("incident_type", Kind.TEXT, "Type in the source's words.", is_code=True),
    Column(
        "grade",
        Kind.TEXT,
        "emergency, priority, scheduled, telephone.",
        allowed=("emergency", "priority", "scheduled", "telephone"),
    ),
    # Not bound by the delivery's date: a scheduled attendance is entered when it is arranged.
    Column("attended_at", Kind.TIMESTAMP, "First officer on the scene, UTC."),
    Column("closed_at", Kind.TIMESTAMP, "When the log was closed, UTC."),
    *OCCURRENCE,
    *PLACE,
    orders=(
        *OCCURRENCE_ORDERS,
        Order("attended_at", ("reported_at",)),
        Order("closed_at", ("reported_at", "attended_at")),
    ),
    together=PLACE_TOGETHER,
)

CUSTODY = delivered(
    "custody",
    "One row a detention.",
    Column("custody_ref", Kind.TEXT, "Custody number as quoted."),
    Column("arrested_at", Kind.TIMESTAMP, "Arrest, UTC.", not_after_delivery=True),
    Column("detained_at", Kind.TIMESTAMP, "Detention authorised, UTC.", not_after_delivery=True),
    Column("released_at", Kind.TIMESTAMP, "Release, UTC.", not_after_delivery=True),
    Column(
        "offence_source_record_id",
        Kind.TEXT,
        "Offence arrested for, same force and system.",
        references=Reference("offence_record", "source_record_id", "info"),
    ),
    Column(
        "asn",
        Kind.TEXT,
        "Arrest/summons number, without slashes and its serial of eleven digits: "
        "YYFFUUSSNNNNNNNNNNND. As received, upper case, where it has another form.",
        sensitivity="personal",
        pattern=r"^[0-9]{2}[A-Z0-9]{6,7}[0-9]{11}[A-HJ-NP-RT-Z]$",
        profile="GB",
        check_letter=CheckLetter(("asn",)),
        # As with other identifiers, one that is not valid is kept as received, and counted.
        severity="info",
    ),
    Column(
        "disposal",
        Kind.TEXT,
        "charged, bailed, released under investigation, no further action, other.",
        allowed=("charged", "bailed", "released under investigation", "no further action", "other"),
    ),
    orders=(
        Order("detained_at", ("arrested_at",)),
        Order("released_at", ("arrested_at", "detained_at")),
    ),
)

STOP_SEARCH = delivered(
    "stop_search",
    "One row a stop and search.",
    Column(
        "search_type",
        Kind.TEXT,
        "person, vehicle, person and vehicle.",
        allowed=("person", "vehicle", "person and vehicle"),
    ),
    Column("is_part_of_operation", Kind.BOOLEAN, "Part of a policing operation."),
    Column("operation_name", Kind.TEXT, "Name of the operation."),
    Column(
        "gender",
        Kind.TEXT,
        "Gender as recorded: male, female, other.",
        allowed=("male", "female", "other"),
        sensitivity="personal",
    ),
    Column(
        "age_range",
        Kind.TEXT,
        "under 10, 10-17, 18-24, 25-34, over 34.",
        allowed=("under 10", "10-17", "18-24", "25-34", "over 34"),
        sensitivity="personal",
    ),
    Column(
        "ethnicity_self_defined",
        Kind.TEXT,
        "Self-defined ethnicity in the source's words.",
        sensitivity="special category",
    ),
    Column(
        "ethnicity_observed",
        Kind.TEXT,
        "Officer-defined ethnicity in the source's words.",
        sensitivity="special category",
    ),
    Column("legislation", Kind.TEXT, "Power used.", is_code=True),
    Column("object_of_search", Kind.TEXT, "What was looked for.", is_code=True),
    Column("outcome_text", Kind.TEXT, "Outcome in the source's words."),
    Column("is_outcome_linked", Kind.BOOLEAN, "Outcome linked to the object of the search."),
    Column("is_more_than_outer_clothing", Kind.BOOLEAN, "More than outer clothing was removed."),
    *OCCURRENCE,
    *PLACE,
    orders=OCCURRENCE_ORDERS,
    together=PLACE_TOGETHER,
)

INTELLIGENCE_REPORT = delivered(
    "intelligence_report",
    "One row an intelligence report, graded 3x5x2 (older reports 5x5x5 as received).",
    Column("report_ref", Kind.TEXT, "Report number as quoted."),
    Column(
        "grading",
        Kind.TEXT,
        "Grading system: 3x5x2 or 5x5x5.",
        required=True,
        allowed=("3x5x2", "5x5x5"),
    ),
    Column(
        "source_evaluation",
        Kind.TEXT,
        "3x5x2: 1 reliable, 2 untested, 3 not reliable. 5x5x5: A to E.",
        allowed=("1", "2", "3", "A", "B", "C", "D", "E"),
    ),
    Column(
        "intelligence_assessment",
        Kind.TEXT,
        "3x5x2: A known directly, B known indirectly but "
        "corroborated, C known indirectly, D not known, E suspected false. 5x5x5: 1 to 5.",
        allowed=("A", "B", "C", "D", "E", "1", "2", "3", "4", "5"),
    ),
    Column(
        "handling_code",
        Kind.TEXT,
        "3x5x2: P may be shared, C with conditions. 5x5x5: 1 to 5.",
        allowed=("P", "C", "1", "2", "3", "4", "5"),
    ),
    Column("report_text", Kind.TEXT, "What is reported.", sensitivity="special category"),
    Column("reported_at", Kind.TIMESTAMP, "When it was submitted, UTC.", not_after_delivery=True),
)

# Events first, then what points at them.
TABLES = (
    OFFENCE_RECORD,
    INCIDENT,
    CUSTODY,
    STOP_SEARCH,
    INTELLIGENCE_REPORT,
    LFR_DEPLOYMENT,
    OUTCOME,
    EVENT_ROLE,
    EVENT_OBJECT,
)
