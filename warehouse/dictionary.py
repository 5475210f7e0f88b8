"""The data dictionary: every table and column of the store, written from what defines them."""

import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb

from warehouse.contract import Column, Order, Refusal, Table
from warehouse.home import write_text_atomic
from warehouse.linked import create_macros
from warehouse.marts import create_mart, read_marts
from warehouse.schema import SCHEMAS, create_statements, store_tables

_PREFACE = (
    "Every table and column of the published store. Written by `warehouse/dictionary.py` from the "
    "contract and the headers of the marts: change those, not this file. The same texts stand in "
    "the store as comments."
)
_SCHEMA_TITLES = {
    "core": "records as forces hold them, and what they are resolved to",
    "link": "which records are one person or one offence, why, and since when",
    "mart": "answers ready to be read",
    "quality": "what arrived, what became of it, and why",
    "governance": "which models and nights made the store",
    "reference": "public facts that the pipeline stands on",
}


def write_dictionary(path: Path) -> None:
    """Write the dictionary as Markdown. The same contract and marts give the same bytes."""
    write_text_atomic(path, dictionary())
    path.chmod(0o644)  # it is documentation, not data


def dictionary() -> str:
    """The dictionary's text."""
    tables = (*store_tables(), *_mart_tables())
    lines = ["# Data dictionary", "", _PREFACE, ""]
    for schema in SCHEMAS:
        lines += [f"## {schema}: {_SCHEMA_TITLES[schema]}", ""]
        for table in sorted((t for t in tables if t.schema == schema), key=lambda t: t.name):
            lines += _describe(table)
    return "\n".join(lines).rstrip() + "\n"


def _mart_tables() -> tuple[Table, ...]:
    """The marts as tables: made on an empty store, which tells the types of their columns."""
    con = duckdb.connect()
    try:
        con.execute("CREATE SCHEMA mart")
        for statement in create_statements(store_tables()):
            con.execute(statement)
        create_macros(con)
        return tuple(create_mart(con, mart) for mart in read_marts())
    finally:
        con.close()


def _describe(table: Table) -> Iterator[str]:
    yield from (f"### {table.qualified}", "", table.description, "")
    if table.key:
        yield from (f"Key: {', '.join(table.key)}.", "")
    if table.delivered:
        yield from (f"Retention: {table.retention} ([retention.md](retention.md)).", "")
    if table.orders:
        yield from (f"Order of times: {'; '.join(_order(order) for order in table.orders)}.", "")
    yield "| column | type | sensitivity | meaning |"
    yield "|---|---|---|---|"
    for column in table.columns:
        yield f"| {column.name} | {column.kind.value} | {column.sensitivity} | {_meaning(column)} |"
    yield ""


def _order(order: Order) -> str:
    through = f" of the row that {order.through} points at" if order.through else ""
    return f"{order.later} is not before {' or '.join(order.earlier)}{through}"


def _meaning(column: Column) -> str:
    """Description and rules of a column, in a cell of a Markdown table."""
    rules: list[str] = []
    if column.required:
        rules.append("Never null.")
    if column.allowed:
        rules.append(f"One of: {', '.join(column.allowed)}.")
    if column.pattern:
        rules.append(f"Matches `{column.pattern}`.")
    if column.minimum is not None or column.maximum is not None:
        rules.append(_bounds(column))
    if column.possible:
        least, most = column.possible
        rules.append(f"From {least} to {most}, of all forces.")
    if column.references:
        rules.append(f"Refers to {column.references.table}.{column.references.column}.")
    if column.references_by:
        rules.append(f"Refers to the table that {column.references_by} names.")
    if column.refused:
        rules.append(f"Never {', '.join(_refused(refusal) for refusal in column.refused)}.")
    if column.check_letter:
        schemes = ", ".join(scheme.upper() for scheme in column.check_letter.schemes)
        rules.append(f"Its check letter is looked at: {schemes}.")
    if column.runtime:
        rules.append("Differs from run to run.")
    return " ".join([column.description, *rules]).replace("|", "\\|")


def _bounds(column: Column) -> str:
    where = f", of forces of the profile {column.profile}" if column.profile else ""
    if column.maximum is None:
        return f"At least {column.minimum}{where}."
    if column.minimum is None:
        return f"At most {column.maximum}{where}."
    return f"From {column.minimum} to {column.maximum}{where}."


def _refused(refusal: Refusal) -> str:
    """Values or form of what is refused, with the rule's name."""
    what = f"`{refusal.pattern}`" if refusal.pattern else ", ".join(refusal.values)
    return f"{what} ({refusal.rule})"


def main(arguments: list[str]) -> int:
    """``python -m warehouse.dictionary [--check] PATH``: write it, or return 1 if it is old."""
    path = Path(arguments[-1])
    if "--check" not in arguments:
        write_dictionary(path)
        return 0
    if path.exists() and path.read_text(encoding="utf-8") == dictionary():
        return 0
    sys.stderr.write(f"{path} is not what the contract says: run make docs\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
