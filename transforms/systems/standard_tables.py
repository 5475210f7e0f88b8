"""What the tables of a standard delivery become: the contract's own columns, read and derived."""

from collections.abc import Callable

import polars as pl

from transforms.codes import ethnicity_from_18, ethnicity_traps
from transforms.contacts import postcode_traps
from transforms.identifiers import canonical_identifier
from transforms.mapping import Parsed, TableMapping, Trap
from transforms.names import name_traps
from transforms.offence_codes import (
    UNMAPPED,
    is_notifiable,
    offence_code_from_ho,
    offence_group,
    offence_group_from_policeuk,
    unmapped_offence_trap,
)
from transforms.profiles import Profile
from transforms.systems.readings import birth_year, birth_year_trap, coded, trimmed, upper
from transforms.systems.standard_columns import (
    ISO_DATE,
    contact_value,
    day,
    given_code_or,
    given_flag_or,
    given_or,
    phone,
    read_column,
)
from transforms.systems.standard_files import COMPUTED, ID, OPERATION
from transforms.times import (
    birth_date,
    birth_date_trap,
    is_ambiguous_local,
    is_placeholder_birth,
    iso_local,
    iso_to_utc,
    local_to_utc,
    parse_date,
    skipped_time_trap,
    utc_to_local_date,
)
from warehouse.contract import Table
from warehouse.reference import read_reference

Columns = dict[str, pl.Expr | Parsed]

_NAMES = ("forename", "middle_names", "surname")
_DAY_ALONE = r"^\s*\d{4}-\d{2}-\d{2}\s*$"
_IS_DELETE = (pl.col(OPERATION).str.strip_chars().str.to_lowercase() == "delete").fill_null(
    value=False
)


def map_table(table: Table, profile: Profile) -> TableMapping:
    """The mapping of a delivered table for the forces of a profile."""
    columns: Columns = {
        column.name: read_column(column, profile)
        for column in table.content
        if column.name not in COMPUTED and column.name != "force"
    }
    traps: list[Trap] = _common_traps(table, profile)
    if "occurred_precision" in table:
        columns |= _occurrence(table, profile)
        traps.append(skipped_time_trap(iso_local(pl.col("occurred_from")), "occurred_from",
                                       profile.zone))  # fmt: skip
    derive = _DERIVED.get(table.name)
    if derive is not None:
        derived, found = derive(table, profile)
        columns |= derived
        traps += found
    operation = None if table.owner else _operation()
    if operation is not None:
        columns = {name: _not_of_deletions(name, column) for name, column in columns.items()}
        traps.append(_operation_trap())
    return TableMapping(
        table.name, table.name, columns, operation=operation, traps=tuple(traps)
    )  # fmt: skip


def _common_traps(table: Table, profile: Profile) -> list[Trap]:
    traps = [trap for name in _NAMES if name in table for trap in name_traps(pl.col(name), name)]
    if "postcode" in table and profile.has_postcodes:
        traps += postcode_traps(pl.col("postcode"))
    return traps


def _not_of_deletions(name: str, column: pl.Expr | Parsed) -> pl.Expr | Parsed:
    """The column, null in a row that deletes: it names a record, and what else stands there is
    neither read nor a reason to keep the deletion out."""
    if name == ID:
        return column
    if isinstance(column, Parsed):
        raw, value = (pl.when(~_IS_DELETE).then(e) for e in (column.raw, column.value))
        return Parsed(raw, value, column.rule)
    return pl.when(~_IS_DELETE).then(column)


def _operation() -> pl.Expr:
    return pl.when(_IS_DELETE).then(pl.lit("delete")).otherwise(pl.lit("upsert"))


def _operation_trap() -> Trap:
    said = pl.col(OPERATION).str.strip_chars().str.to_lowercase()
    is_unknown = ~said.is_in(["", "upsert", "delete"]).fill_null(value=True)
    return Trap("operation_unknown", None, is_unknown, "quarantined")


def _occurrence(table: Table, profile: Profile) -> Columns:
    """When it happened: a day alone is the whole day."""
    first, last, on = (pl.col(f"occurred_{name}") for name in ("from", "to", "on"))
    instant = iso_to_utc(first, profile.zone)
    next_day = (parse_date(last, ISO_DATE) + pl.duration(days=1)).cast(pl.Datetime("us"))
    end_of_day = local_to_utc(next_day, profile.zone) - pl.duration(microseconds=1)
    ended = (
        pl.when(last.str.contains(_DAY_ALONE))
        .then(end_of_day)
        .otherwise(iso_to_utc(last, profile.zone))
    )
    precision = (
        pl.when(instant.is_null() & parse_date(on, ISO_DATE).is_null())
        .then(pl.lit("unknown"))
        .when(instant.is_null() | first.str.contains(_DAY_ALONE))
        .then(pl.lit("day"))
        .otherwise(pl.lit("minute"))
    )
    is_twice = is_ambiguous_local(iso_local(first), profile.zone)
    return {
        "occurred_to": Parsed(last, ended, "not_a_time"),
        "occurred_on": given_or(day("occurred_on"), utc_to_local_date(instant, profile.zone)),
        "occurred_precision": given_code_or(table.column("occurred_precision"), precision),
        "is_time_ambiguous": given_flag_or("is_time_ambiguous", is_twice),
    }


def _person(table: Table, profile: Profile) -> tuple[Columns, list[Trap]]:
    del table, profile
    raw = pl.col("birth_date")
    born, is_placeholder = birth_date(raw, ISO_DATE), is_placeholder_birth(
        parse_date(raw, ISO_DATE)
    )  # fmt: skip
    said = pl.col("ethnicity_self_defined")
    columns: Columns = {
        "birth_year": birth_year("birth_year", born.value, is_placeholder),
        "ethnicity_self_defined": Parsed(
            said, ethnicity_from_18(said), "ethnicity_self_defined_unknown"
        ),
    }
    traps = ethnicity_traps(said.str.strip_chars().str.to_uppercase())
    year = birth_year_trap("birth_year", pl.when(~_IS_DELETE).then(born.value))
    return columns, [birth_date_trap(raw, ISO_DATE), year, *traps]


def _identifier(table: Table, profile: Profile) -> tuple[Columns, list[Trap]]:
    if not profile.has_identifiers:
        return {"value": upper("value")}, []
    kind = coded("type", {value.upper(): value for value in table.column("type").allowed}, "")
    value = canonical_identifier(kind.value, pl.col("value"))
    return {"value": value}, []


def _contact(table: Table, profile: Profile) -> tuple[Columns, list[Trap]]:
    kind = coded("type", {value.upper(): value for value in table.column("type").allowed}, "")
    return {"value": contact_value(kind.value, profile)}, []


def _telephone(table: Table, profile: Profile) -> tuple[Columns, list[Trap]]:
    del table
    return {"number": phone("number", profile)}, []


def _offence(table: Table, profile: Profile) -> tuple[Columns, list[Trap]]:
    """Code and group: a known code says the group, else the group that is given does."""
    del table
    raw = trimmed("offence_code")
    # The contract's codes are the Home Office's: others stay in offence_code_raw.
    code = offence_code_from_ho(raw) if profile.name == "GB" else pl.lit(None, pl.String)
    by_code, given = offence_group(code), _given_group()
    group = pl.when(by_code != UNMAPPED).then(by_code).otherwise(given.fill_null(UNMAPPED))
    columns: Columns = {
        "offence_code_raw": pl.coalesce(trimmed("offence_code_raw"), raw),
        "offence_code": code,
        "offence_group": group,
        "is_notifiable": given_flag_or("is_notifiable", is_notifiable(group)),
    }
    unmapped = unmapped_offence_trap(group)
    # A group that stands beside it does not make up for a code that is lost.
    is_lost = raw.is_not_null() & code.is_null() & (profile.name == "GB")
    is_given = trimmed("offence_group").is_not_null()
    return columns, [
        Trap(unmapped.rule, unmapped.column, (unmapped.when | is_lost) & ~_IS_DELETE,
             unmapped.action),
        Trap("offence_group_unknown", "offence_group", is_given & given.is_null(), "counted"),
        Trap("offence_group_differs_from_code", "offence_group",
             (by_code != UNMAPPED) & (given != by_code), "counted"),
    ]  # fmt: skip


def _given_group() -> pl.Expr:
    """The group given as a slug or as data.police.uk names it; null where it is neither."""
    slug = trimmed("offence_group").str.to_lowercase()
    known = read_reference("offence_group")["offence_group"].to_list()
    named = offence_group_from_policeuk(pl.col("offence_group"))
    return pl.when(slug.is_in(known)).then(slug).when(named != UNMAPPED).then(named)


_DERIVED: dict[str, Callable[[Table, Profile], tuple[Columns, list[Trap]]]] = {
    "person_record": _person,
    "person_identifier": _identifier,
    "person_contact": _contact,
    "phone_record": _telephone,
    "offence_record": _offence,
}
