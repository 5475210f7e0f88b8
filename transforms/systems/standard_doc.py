"""Write the column tables of docs/standard-delivery.md from the contract, or check that they are
current: ``python -m transforms.systems.standard_doc [--check]``."""

import sys
from collections.abc import Sequence
from pathlib import Path

from transforms.systems.standard_files import OPERATION, delivered_columns, needed_columns
from warehouse.contract import DELIVERED, Column, Kind, Table

DOCUMENT = Path(__file__).parents[2] / "docs" / "standard-delivery.md"
BEGIN, END = "<!-- columns: generated from the contract -->", "<!-- end of columns -->"

FORMS = {
    Kind.TEXT: "text",
    Kind.INTEGER: "whole number",
    Kind.BIGINT: "whole number",
    Kind.DOUBLE: "number",
    Kind.BOOLEAN: "true or false",
    Kind.DATE: "date",
    Kind.TIMESTAMP: "time",
}


def describe_columns() -> str:
    """A section a table: what it is and a line for every column that may be sent."""
    return "\n".join(_section(table) for table in DELIVERED)


def update_document(text: str) -> str:
    """The document with its column tables made new.

    Raises:
        ValueError: the document lacks the marks between which they stand.
    """
    before, _, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"{DOCUMENT.name}: no {BEGIN} … {END}")
    return f"{before}{BEGIN}\n\n{describe_columns()}\n{END}{after}"


def main(arguments: Sequence[str]) -> int:
    """Write the document, or with ``--check`` say whether it is current."""
    text = DOCUMENT.read_text(encoding="utf-8")
    current = update_document(text)
    if "--check" not in arguments:
        DOCUMENT.write_text(current, encoding="utf-8")
        return 0
    if current != text:
        sys.stderr.write(
            f"docs/{DOCUMENT.name} is not current: run python -m transforms.systems.standard_doc\n"
        )
        return 1
    return 0


def _section(table: Table) -> str:
    lines = [_line(table, name) for name in delivered_columns(table)]
    head = "| column | form | needed | meaning |\n|---|---|---|---|"
    return f"### {table.name}\n\n{table.description}\n\n{head}\n" + "\n".join(lines) + "\n"


def _line(table: Table, name: str) -> str:
    if name == OPERATION:
        meaning = "upsert or delete; upsert where it is left out. Nothing else need stand in a "
        return f"| `{name}` | text |  | {meaning}row that deletes. |"
    column = table.column(name)
    meaning = column.description
    if column.allowed:
        meaning += f" One of: {', '.join(f'`{value}`' for value in column.allowed)}."
    return f"| `{name}` | {FORMS[column.kind]} | {_needed(table, column)} | {meaning} |"


def _needed(table: Table, column: Column) -> str:
    if column.name in needed_columns(table):
        return "always"
    if column.name == "force":
        return "where one deliverer sends several forces"
    return "derived" if column.required else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
