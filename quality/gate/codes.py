"""Which columns hold codes, so that what stands in them may be counted and published."""

from dataclasses import dataclass

from quality.rules.links import is_typed_reference
from warehouse.contract import Column, Table
from warehouse.reference import read_reference

# A source's own code that is longer than this is no code but free text, and is not listed.
CODE_LENGTH = 60


@dataclass(frozen=True)
class CodeColumn:
    """A column of codes: the contract's list of them, or None where they are the source's own."""

    name: str
    codes: tuple[str, ...] | None

    @property
    def sql(self) -> str:
        """The code that stands in the column of a row; the empty text for a value that is none."""
        if self.codes is None:
            is_code = f"length({self.name}) <= {CODE_LENGTH}"
        else:
            is_code = f"{self.name} IN ({', '.join(map(_quote, self.codes))})"
        return f"CASE WHEN {is_code} THEN {self.name} WHEN {self.name} IS NOT NULL THEN '' END"


def code_columns(table: Table) -> tuple[CodeColumn, ...]:
    """The table's columns of codes, in order. Of a column that is personal, only values that the
    contract itself lists are codes."""
    found = ((column.name, _codes_of(column)) for column in table.columns)
    listed = {name: codes for name, codes in found if codes}
    own = {column.name for column in table.columns if column.is_code}
    return tuple(
        CodeColumn(column.name, listed.get(column.name))
        for column in table.columns
        if column.name in listed or column.name in own
    )


def _codes_of(column: Column) -> tuple[str, ...]:
    target = column.references
    if target and is_typed_reference(target.table):
        return tuple(read_reference(target.table).get_column(target.column))
    return column.allowed


def _quote(code: str) -> str:
    return "'" + code.replace("'", "''") + "'"
