"""The rules about batches as a whole, as the catalogue lists them.

They are looked at in ``checks``, ``drift`` and ``quality.run.isolation``, not by an expectation;
here stands what each says, who answers for it, why it is and what is to be done.
"""

from quality.gate.checks import CHECK_FAILED, DELETED_TABLES, FAILURE_TABLES, WHOLE_BATCH
from quality.gate.codes import code_columns
from quality.gate.profile import filled_columns
from quality.rules.rule import Owner, Rule
from warehouse.contract import DELIVERED, Severity, Table

OPERATOR: Owner = "national operator"

# Where the reasons and the limits are explained.
BASIS = "docs/quality-gate.md"


def batch_rules() -> tuple[Rule, ...]:
    """Every rule about batches, in a fixed order."""
    of_tables = (rule for table in DELIVERED for rule in _of_table(table))
    return (*_WHOLE, *of_tables)


_WHOLE = (
    Rule(
        WHOLE_BATCH,
        None,
        "empty_batch",
        "critical",
        "a full delivery holds no row: loaded, it would close all that is held of the force",
        "deliver again; where the system really is empty, have the batch released",
        basis=BASIS,
    ),
    Rule(
        WHOLE_BATCH,
        None,
        CHECK_FAILED,
        "critical",
        "the batch cannot be read, or the suite of one of its tables cannot be run over it",
        "look at the night's log and the delivery's files; mend what the reason names and deliver "
        "again",
        owner=OPERATOR,
        basis=BASIS,
    ),
)


def _of_table(table: Table) -> tuple[Rule, ...]:
    name = table.name
    about: list[Rule] = [
        _rule(
            name,
            "volume",
            "critical",
            "the rows received are a small share of the usual number, or about twice it",
            "deliver the whole extract once; where the change is real, have the batch released",
        ),
        _rule(
            name,
            "unusual_volume",
            "info",
            "the rows received are far from the usual number",
            "say whether the change is real",
        ),
        _rule(
            name,
            "full_too_small",
            "critical",
            "a full delivery lacks most of the records that the store holds, which it would close",
            "deliver the whole extract; where the records are gone, have the batch released",
        ),
        _rule(
            name,
            "full_smaller",
            "info",
            "a full delivery lacks many of the records that the store holds, and closes them",
            "say whether the records are gone; if not, deliver the whole extract",
        ),
    ]
    if name in DELETED_TABLES:
        about += [
            _rule(
                name,
                "delta_deletes_most",
                "critical",
                "changes delete most of the records that the store holds",
                "send what changed; where the records are gone, have the batch released",
            ),
            _rule(
                name,
                "delta_deletes_many",
                "info",
                "changes delete many of the records that the store holds",
                "say whether the records are gone",
            ),
        ]
    if name in FAILURE_TABLES:
        about.append(
            _rule(
                name,
                "too_many_failures",
                "critical",
                "more than half of the rows received are quarantined",
                "mend what the quarantined rows' rules name, most often one code or one column",
            )
        )
    return (*about, *_of_columns(table))


def _of_columns(table: Table) -> list[Rule]:
    nulls = [
        _rule(
            table.name,
            "null_share",
            "info",
            f"{column} is null in another share of rows than usual",
            f"look at how {column} is extracted; say so where it is meant",
            column=column,
        )
        for column in filled_columns(table)
    ]
    codes = [
        rule
        for column in code_columns(table)
        for rule in (
            _rule(
                table.name,
                "unseen_values",
                "info",
                f"{column.name} holds codes that the force had never sent",
                "say what the new codes mean, so that they are mapped",
                column=column.name,
            ),
            _rule(
                table.name,
                "code_distribution",
                "info",
                f"the codes of {column.name} are spread otherwise than usual",
                "look at how the code is mapped and extracted; say so where the change is real",
                column=column.name,
            ),
        )
    ]
    return nulls + codes


def _rule(
    table: str, name: str, severity: Severity, reason: str, remedy: str, column: str | None = None
) -> Rule:
    return Rule(table, column, name, severity, reason, remedy, basis=BASIS)
