"""The Home Office Counting Rules as expectations, for the forces of England and Wales.

Each counts and keeps the row: a crime that is recorded wrongly is a crime all the same, and its
force's crime registrar decides what becomes of it. What the rules say, where it is published and
what is not looked at: docs/counting-rules.md.
"""

from collections.abc import Iterator

from quality.rules.known_offences import REMOVED, RULED
from quality.rules.rule import UPSERTS, Rule
from warehouse.contract import Table
from warehouse.crime_reference import others_quoted_sql

COUNTING_RULES = "Home Office Counting Rules"
HOURS_TO_RECORD = 24

# Groups of which each offence has a victim, and each victim is a crime of their own.
VICTIM_BASED = "'violence-and-sexual-offences', 'robbery', 'theft-from-the-person'"

_ROWS = f"SELECT r.batch_no, r.row_no FROM (SELECT * FROM {{batch}} WHERE {RULED}) AS r "
_OFFENCE = (
    "JOIN offence_now AS o "
    "ON o.source_no = r.source_no AND o.source_record_id = r.offence_source_record_id "
)
_SAME = "s.source_no = r.source_no AND s.source_record_id = r.source_record_id"

# By person, the first of the rows that name them; of the persons of an offence, all but one.
_FURTHER_VICTIMS = f"""
SELECT v.batch_no, v.row_no
FROM (
    SELECT batch_no, source_no, source_record_id, person_source_record_id, min(row_no) AS row_no
    FROM {{batch}}
    WHERE {RULED} AND event_type = 'offence_record' AND role = 'victim'
    GROUP BY batch_no, source_no, source_record_id, person_source_record_id
) AS v
JOIN offence_now AS o ON o.source_no = v.source_no AND o.source_record_id = v.source_record_id
WHERE o.is_notifiable AND o.offence_group IN ({VICTIM_BASED})
AND coalesce(o.status, '') NOT IN ({REMOVED})
QUALIFY row_number() OVER (
    PARTITION BY v.batch_no, v.source_no, v.source_record_id ORDER BY v.person_source_record_id
) > 1
"""


def counting_rules(table: Table) -> Iterator[Rule]:
    """The counting rules that are looked at in a table."""
    if table.name == "offence_record":
        yield from _of_offences()
    elif table.name == "outcome":
        yield from _of_outcomes()
    elif table.name == "event_role":
        yield _rule(
            "event_role.person_source_record_id",
            "one_crime_per_victim",
            "One Crime per Victim",
            "the crime names a further victim, who has no crime of their own",
            "record a crime for each victim, or correct the role of who is not one",
            "General Rules, Section D One Crime per Victim",
            _FURTHER_VICTIMS,
            "offence_record.offence_group offence_record.is_notifiable offence_record.status "
            "event_role.event_type event_role.role",
        )


def _of_offences() -> Iterator[Rule]:
    yield _rule(
        "offence_record.last_outcome_code",
        "outcome_allowed_for_offence",
        "Recorded Crime Outcomes",
        "the outcome is not one that this offence can be given (reference.outcome_limit)",
        "correct the outcome or the offence; of a caution, confirm who has consented to it",
        _LIMITS,
        _ROWS + "JOIN refused_outcome AS f ON f.outcome_code = r.last_outcome_code "
        "AND f.offence = coalesce(r.offence_code, r.offence_group)",
        "offence_record.offence_code offence_record.offence_group",
    )
    yield _rule(
        "offence_record.is_notifiable",
        "outcome_of_recorded_crime",
        "Recorded Crime Outcomes",
        "an outcome is given to a record that is not a recorded crime",
        "record the crime, or take the outcome out",
        "General Rules, Section H Recorded Crime Outcomes",
        _ROWS + "WHERE NOT r.is_notifiable AND r.last_outcome_code IS NOT NULL",
        "offence_record.last_outcome_code",
    )
    yield _rule(
        "offence_record.status",
        "removed_crime_without_outcome",
        "Removing Recorded Crimes",
        "the crime is cancelled or transferred and has an outcome, which would be counted",
        "take the outcome out, or put the crime's status right",
        "General Rules, Section C Removing Recorded Crimes",
        _ROWS + f"WHERE r.status IN ({REMOVED}) AND r.last_outcome_code IS NOT NULL",
        "offence_record.last_outcome_code",
    )
    yield _rule(
        "offence_record.other_force_ref",
        "transferred_to_named_force",
        "Location of Crimes",
        "the crime is transferred and does not quote the other force's reference",
        "quote the reference under which the other force has the crime",
        "General Rules, Section G Location of Crimes, and Annex A",
        _ROWS + "WHERE r.status = 'transferred' AND "
        f"({others_quoted_sql('r.other_force_ref', 'r.crime_ref')}) IS NULL",
        "offence_record.status offence_record.crime_ref",
    )
    yield _rule(
        "offence_record.last_outcome_text",
        "closed_with_outcome",
        "Recorded Crime Outcomes",
        "the crime is closed, and no outcome says why",
        "give the outcome with which the crime was closed, or open it again",
        "General Rules, Section H Recorded Crime Outcomes",
        _ROWS + f"SEMI JOIN closed_without_outcome AS s ON {_SAME}",
        "offence_record.last_outcome_code offence_record.status offence_record.is_notifiable "
        "outcome.offence_source_record_id",
    )
    yield _rule(
        "offence_record.recorded_at",
        "recorded_within_24_hours",
        "Whether and When to Record",
        f"the crime was recorded more than {HOURS_TO_RECORD} hours after it was reported",
        "correct the times where they are wrong; else it is a late record, to be explained",
        "General Rules, Section A Whether & When to Record",
        _ROWS + "WHERE r.is_notifiable "
        f"AND r.recorded_at > r.reported_at + INTERVAL {HOURS_TO_RECORD} HOUR",
        "offence_record.reported_at offence_record.is_notifiable",
    )
    yield _rule(
        "offence_record.offence_code",
        "principal_crime",
        "Principal Crime Rule",
        "another crime of the same victim, minute and place is recorded, and of one finished "
        "incident only the principal crime counts",
        "keep the principal crime and cancel the others, or say what sets them apart",
        "General Rules, Section E Finished Incident Rule and Section F Principal Crime Rule",
        _ROWS + f"SEMI JOIN lesser_crime AS s ON {_SAME}",
        "offence_record.offence_group offence_record.is_notifiable offence_record.status "
        "offence_record.occurred_from offence_record.occurred_precision offence_record.longitude "
        "offence_record.latitude offence_record.postcode event_role.event_type event_role.role "
        "event_role.person_source_record_id",
    )


def _of_outcomes() -> Iterator[Rule]:
    yield _rule(
        "outcome.outcome_code",
        "outcome_allowed_for_offence",
        "Recorded Crime Outcomes",
        "the outcome is not one that its offence can be given (reference.outcome_limit)",
        "correct the outcome or the offence; of a caution, confirm who has consented to it",
        _LIMITS,
        _ROWS + _OFFENCE + "JOIN refused_outcome AS f ON f.outcome_code = r.outcome_code "
        "AND f.offence = coalesce(o.offence_code, o.offence_group)",
        "outcome.offence_source_record_id offence_record.offence_code offence_record.offence_group",
    )
    yield _rule(
        "outcome.offence_source_record_id",
        "outcome_of_recorded_crime",
        "Recorded Crime Outcomes",
        "the outcome is given to a record that is not a recorded crime",
        "record the crime, or take the outcome out",
        "General Rules, Section H Recorded Crime Outcomes",
        _ROWS + _OFFENCE + "WHERE NOT o.is_notifiable",
        "offence_record.is_notifiable",
    )
    yield _rule(
        "outcome.offence_source_record_id",
        "removed_crime_without_outcome",
        "Removing Recorded Crimes",
        "the outcome is given to a crime that is cancelled or transferred, and would be counted",
        "take the outcome out, or put the crime's status right",
        "General Rules, Section C Removing Recorded Crimes",
        _ROWS + _OFFENCE + f"WHERE o.status IN ({REMOVED})",
        "offence_record.status",
    )


_LIMITS = (
    "General Rules, Section H Recorded Crime Outcomes; what limits each outcome is named in "
    "reference.outcome_limit"
)


def _rule(
    place: str,
    name: str,
    title: str,
    reason: str,
    remedy: str,
    section: str,
    rows_query: str,
    reads: str,
) -> Rule:
    """A counting rule of a column (``table.column``); ``reads``: the further columns its query
    looks at."""
    table, column = place.split(".")
    return Rule(
        table,
        column,
        name,
        "info",
        f"{COUNTING_RULES}, {title}: {reason}",
        remedy,
        owner="force crime registrar",
        basis=f"{COUNTING_RULES}, {section}",
        expectation="UnexpectedRowsExpectation",
        condition=UPSERTS,
        rows_query=rows_query,
        reads=tuple(reads.split()),
    )
