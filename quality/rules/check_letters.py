"""Check letters of identifiers, worked out in SQL from the value itself.

The formulas are those of warehouse/identifiers.py, said again so that the check does not lean on
what it checks. No query holds a brace: Great Expectations reads those as parameters.
"""

from collections.abc import Iterator

from quality.rules.rule import Condition, Rule
from warehouse.contract import CheckScheme, Column, Table
from warehouse.identifiers import CHECK_ALPHABET

_CORE_PERSON_RECORD = "Ministry of Justice, Core Person Record: PNC and CRO identifiers"
BRITISH = Condition("profile", "GB")
"""Other countries' identifiers have other forms."""

_BASIS: dict[CheckScheme, str] = {
    "pnc": _CORE_PERSON_RECORD,
    "cro": _CORE_PERSON_RECORD,
    "asn": "Ministry of Justice, Bichard 7: arrest/summons number",
}
_NAMED: dict[CheckScheme, str] = {
    "pnc": "a PNC ID", "cro": "a CRO number", "asn": "an arrest/summons number",
}  # fmt: skip


def check_letters(table: Table) -> Iterator[Rule]:
    """Identifiers whose form or check letter is not right. They are kept as received, so that they
    can be looked for; whoever links by them asks whether they are valid."""
    for column in table.columns:
        for scheme in column.check_letter.schemes if column.check_letter else ():
            yield Rule(
                table.name,
                column.name,
                f"check_letter_{scheme}",
                "info",
                f"{column.name} is not {_NAMED[scheme]} with its right check letter",
                f"compare {column.name} with its source: a letter or a digit is wrong",
                basis=_BASIS[scheme],
                expectation="UnexpectedRowsExpectation",
                condition=BRITISH,
                rows_query=_wrong_letter(column, scheme),
                reads=_reads(table, column),
            )


def validity_flags(table: Table) -> Iterator[Rule]:
    """A flag that says something else than the value's own check. Such a row is kept out: links
    between persons lean on the flag."""
    for column in table.columns:
        if column.check_letter and column.check_letter.flag:
            flag = column.check_letter.flag
            yield Rule(
                table.name,
                flag,
                "disagrees_with_check",
                "warning",
                f"{flag} is not what the form and check letter of {column.name} say",
                f"have {flag} worked out from {column.name}; it is no one's to say otherwise",
                owner="national operator",
                basis="; ".join(dict.fromkeys(_BASIS[s] for s in column.check_letter.schemes)),
                expectation="UnexpectedRowsExpectation",
                condition=BRITISH,
                rows_query=_wrong_flag(column, flag),
                reads=_reads(table, column),
            )


def _reads(table: Table, column: Column) -> tuple[str, ...]:
    assert column.check_letter is not None
    names = (column.name, column.check_letter.selector)
    return tuple(f"{table.name}.{name}" for name in names if name)


def _wrong_letter(column: Column, scheme: CheckScheme) -> str:
    is_wrong = f"{column.name} IS NOT NULL AND NOT {has_right_letter(scheme, column.name)}"
    if scheme == "asn":
        # The formula is known for twenty characters; the form alone is checked of others.
        is_wrong += f" AND length({column.name}) = 20"
    return (
        f"SELECT batch_no, row_no FROM {{batch}} "
        f"WHERE {BRITISH.sql} AND {is_wrong}{_of_scheme(column, scheme)}"
    )


def _wrong_flag(column: Column, flag: str) -> str:
    assert column.check_letter is not None
    refused = ", ".join(f"'{value}'" for refusal in column.refused for value in refusal.values)
    not_refused = f" AND {column.name} NOT IN ({refused})" if refused else ""
    cases = " OR ".join(
        f"({flag} <> ({has_right_letter(scheme, column.name)}{not_refused})"
        f"{_of_scheme(column, scheme)})"
        for scheme in column.check_letter.schemes
    )
    return (
        f"SELECT batch_no, row_no FROM {{batch}} "
        f"WHERE {BRITISH.sql} AND {column.name} IS NOT NULL AND ({cases})"
    )


def _of_scheme(column: Column, scheme: CheckScheme) -> str:
    assert column.check_letter is not None
    selector = column.check_letter.selector
    return f" AND {selector} = '{scheme}'" if selector else ""


def has_right_letter(scheme: CheckScheme, value: str) -> str:
    """SQL that is true where ``value``, which is not null, has the canonical form of the scheme and
    its check letter; never null."""
    return f"coalesce({_SQL[scheme].replace('$', value)}, false)"


def _letter(number: str) -> str:
    return f"substr('{CHECK_ALPHABET}', 1 + (try_cast({number} AS BIGINT) % 23)::INTEGER, 1)"


_PNC = (
    "(length($) = 13 AND regexp_full_match($, '[0-9]+/[0-9]+[A-Z]') AND substr($, 5, 1) = '/' "
    f"AND substr($, 13, 1) = {_letter('(substr($, 3, 2) || substr($, 6, 7))')})"
)
_CRO_PLAIN = (
    "(length($) = 10 AND regexp_full_match($, '[0-9]+/[0-9]+[A-Z]') AND substr($, 7, 1) = '/' "
    f"AND substr($, 10, 1) = {_letter('(substr($, 8, 2) || substr($, 1, 6))')})"
)
# SF, the year, and a serial of one to six digits that is not padded.
_CRO_SF = (
    "(length($) <= 12 AND regexp_full_match($, 'SF[0-9][0-9]/(0|[1-9][0-9]*)[A-Z]') AND right($, 1)"
    f" = {_letter('(substr($, 3, 2) || substr($, 6, length($) - 6))')})"
)


def _digits(start: int) -> str:
    """Two characters, or nothing where they are not two digits."""
    part = f"substr($, {start}, 2)"
    return f"CASE WHEN regexp_full_match({part}, '[0-9][0-9]') THEN {part} ELSE '' END"


# Year, force, unit, system, serial of eleven digits; force and system come before the year.
_ASN = (
    "(length($) = 20 AND substr($, 20, 1) = "
    + _letter(f"({_digits(3)} || {_digits(7)} || substr($, 1, 2) || substr($, 9, 11))")
    + ")"
)
_SQL: dict[CheckScheme, str] = {"pnc": _PNC, "cro": f"({_CRO_PLAIN} OR {_CRO_SF})", "asn": _ASN}
