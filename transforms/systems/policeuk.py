"""Street, outcomes and stop-and-search files of data.police.uk, as the site publishes them.

A month's file is a snapshot: it replaces what an earlier delivery of the same file brought. Points
are snapped to public map points and, but for stops, dates are months.
"""

import polars as pl

from forces.code_sets import CodeSet
from forces.declaration import Declaration
from transforms.mapping import Control, Delivery, Parsed, Records, System, TableMapping, Trap
from transforms.offence_codes import (
    is_notifiable,
    offence_group_from_policeuk,
    unmapped_offence_trap,
)
from transforms.profiles import profile
from transforms.systems import policeuk_traps as traps
from transforms.systems.policeuk_files import (
    ENTITIES,
    FILE_FORCE,
    ROW_KEY,
    list_files,
    parse_name,
    read_files,
)
from transforms.systems.policeuk_forms import (
    first_of_month,
    identity,
    outcome_code,
    outcome_traps,
    place,
    point,
    scope_of,
    whole_month,
)
from transforms.systems.readings import coded, flag, trimmed
from transforms.times import iso_to_utc, utc_to_local_date

SEARCH: CodeSet = {"PERSON SEARCH": "person", "VEHICLE SEARCH": "vehicle",
                   "PERSON AND VEHICLE SEARCH": "person and vehicle"}  # fmt: skip
GENDER: CodeSet = {"MALE": "male", "FEMALE": "female", "OTHER": "other"}
AGE: CodeSet = {age.upper(): age for age in ("under 10", "10-17", "18-24", "25-34", "over 34")}


def recognise(files: tuple[str, ...]) -> bool:
    """Any file named ``YYYY-MM-<force>-<street|outcomes|stop-and-search>.csv``."""
    return any(parse_name(file) for file in files)


def control(delivery: Delivery) -> Control:
    """Whole months' files, live; the site declares neither an id nor counts.

    Raises:
        DeliveryError: ``unknown_file``, ``other_force_file`` or ``file_twice``.
    """
    list_files(delivery)
    return Control(delivery_id=None, kind="part", environment="live")


def read(delivery: Delivery) -> dict[str, Records]:
    """The records of every file. Raises ``DeliveryError`` as ``read_files``."""
    return read_files(delivery)


def force(delivery: Delivery) -> pl.Expr:
    """The slug in the file's name: a shared system's deliverer may send several forces' files."""
    del delivery
    return FILE_FORCE


def mappings(declaration: Declaration) -> tuple[TableMapping, ...]:
    """What the three kinds of file become for a force."""
    zone = profile(declaration.profile).zone
    reporting = traps.reporting_traps(declaration)
    return _offences(zone, reporting), _outcomes(reporting), _stops(zone)


def _offences(zone: str, reporting: tuple[Trap, ...]) -> TableMapping:
    group = offence_group_from_policeuk(pl.col("Crime type"))
    last = pl.col("Last outcome category")
    return TableMapping(
        table="offence_record",
        entity="street",
        columns={
            **identity(),
            "offence_code_raw": trimmed("Crime type"),
            "offence_group": group,
            "is_notifiable": is_notifiable(group),
            **whole_month(zone),
            **place(),
            "last_outcome_code": outcome_code(last),
            "last_outcome_text": last,
        },
        scope=scope_of("street"),
        traps=(
            *traps.CRIME_ID,
            traps.REPEATED_ROW,
            traps.REPEATED_CRIME,
            traps.NO_LOCATION,
            traps.NO_LSOA,
            traps.MONTH_DIFFERS,
            *reporting,
            *traps.CONTEXT,
            unmapped_offence_trap(group),
            *outcome_traps(last, "last_outcome_code"),
        ),
    )


def _outcomes(reporting: tuple[Trap, ...]) -> TableMapping:
    kind = pl.col("Outcome type")
    return TableMapping(
        table="outcome",
        entity="outcomes",
        columns={
            **identity(),
            "outcome_code": outcome_code(kind),
            "outcome_text": kind,
            "outcome_date": first_of_month(),
            **place(),
        },
        scope=scope_of("outcomes"),
        traps=(
            *traps.OUTCOME_CRIME_ID,
            traps.REPEATED_ROW,
            traps.NO_LOCATION,
            traps.NO_LSOA,
            traps.MONTH_DIFFERS,
            *reporting,
            *outcome_traps(kind, "outcome_code"),
        ),
    )


def _stops(zone: str) -> TableMapping:
    instant = iso_to_utc(pl.col("Date"), zone)
    at = Parsed(pl.col("Date"), instant, "not_a_time")
    is_known = pl.when(instant.is_not_null())
    return TableMapping(
        table="stop_search",
        entity="stop-and-search",
        columns={
            "source_record_id": pl.col(ROW_KEY),
            "search_type": coded("Type", SEARCH, "search_type_unknown"),
            "is_part_of_operation": flag("Part of a policing operation"),
            "operation_name": trimmed("Policing operation"),
            "gender": coded("Gender", GENDER, "gender_unknown"),
            "age_range": coded("Age range", AGE, "age_range_unknown"),
            "ethnicity_self_defined": trimmed("Self-defined ethnicity"),
            "ethnicity_observed": trimmed("Officer-defined ethnicity"),
            "legislation": trimmed("Legislation"),
            "object_of_search": trimmed("Object of search"),
            "outcome_text": trimmed("Outcome"),
            "is_outcome_linked": flag("Outcome linked to object of search"),
            "is_more_than_outer_clothing": flag("Removal of more than just outer clothing"),
            "occurred_from": at,
            "occurred_to": at,
            "occurred_on": utc_to_local_date(instant, zone),
            "occurred_precision": is_known.then(pl.lit("minute")).otherwise(pl.lit("unknown")),
            # The site always gives an offset.
            "is_time_ambiguous": pl.lit(value=False),
            **point(),
        },
        scope=scope_of("stop-and-search"),
        traps=(traps.REPEATED_ROW, traps.NO_POINT, traps.date_differs()),
    )


SYSTEM = System(
    name="policeuk",
    recognise=recognise,
    control=control,
    read=read,
    entities=ENTITIES,
    mappings=mappings,
    force=force,
)
