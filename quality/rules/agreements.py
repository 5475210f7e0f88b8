"""What a row says is agreed with by its other columns, and with other versions of its record."""

from collections.abc import Iterator

from quality.rules.rule import Rule
from warehouse.contract import Column, Table

ACCURACY = "DPA 2018 s.38(1)(a): personal data must be accurate and kept up to date"


def years(table: Table) -> Iterator[Rule]:
    """A year that is not the year of its date."""
    for column in table.columns:
        if column.year_of:
            yield Rule(
                table.name,
                column.name,
                "not_the_year_of",
                column.severity,
                f"{column.name} is not the year of {column.year_of}",
                f"correct {column.name} or {column.year_of}, or leave {column.name} empty",
                basis=ACCURACY,
                expectation="UnexpectedRowsExpectation",
                rows_query="SELECT batch_no, row_no FROM {batch} "
                f"WHERE {column.name} <> year({column.year_of})",
                reads=(f"{table.name}.{column.year_of}",),
            )


def together(table: Table) -> Iterator[Rule]:
    """Columns of which some are given and others are not."""
    for names in table.together:
        counted = " + ".join(f"({name} IS NULL)::INTEGER" for name in names)
        yield Rule(
            table.name,
            names[0],
            "half_given",
            table.column(names[0]).severity,
            f"of {' and '.join(names)} one is given without the other",
            f"give {' and '.join(names)}, or none of them",
            expectation="UnexpectedRowsExpectation",
            rows_query=f"SELECT batch_no, row_no FROM {{batch}} "
            f"WHERE {counted} BETWEEN 1 AND {len(names) - 1}",
            reads=tuple(f"{table.name}.{name}" for name in names),
        )


def contradictions(table: Table) -> Iterator[Rule]:
    """Values that no version of a record should change, and that differ from what the store holds
    of the record or from another row of the night. Counted: the newer one may be the right one."""
    for column in table.columns:
        if column.is_lasting:
            yield Rule(
                table.name,
                column.name,
                "contradicts_another_version",
                "info",
                f"{column.name} is another than in the version of the record that the store holds, "
                "or than in another row of the night",
                f"find out which {column.name} is right, and whether the record is of one person",
                basis=ACCURACY,
                expectation="UnexpectedRowsExpectation",
                rows_query=_contradicting(table, column),
            )


def _contradicting(table: Table, column: Column) -> str:
    name = column.name
    unknown = ", ".join(f"'{value}'" for value in column.not_known)
    known = f"{name} IS NOT NULL" + (f" AND {name} NOT IN ({unknown})" if unknown else "")
    row = f"(SELECT batch_no, row_no, source_no, record_key, {name} AS value "
    row += f"FROM versions_{table.name} WHERE {known})"
    at_odds = (
        f"SELECT source_no, record_key FROM {row} AS versions GROUP BY ALL "
        "HAVING min(value) <> max(value)"
    )
    # Great Expectations warns of a query that does not name the batch.
    return (
        f"/* of {{batch}} */ SELECT r.batch_no, r.row_no FROM {row} AS r "
        f"JOIN (SELECT source_no, record_key, {name} AS value FROM stored_{table.name} "
        f"WHERE {known}) AS s ON s.source_no = r.source_no AND s.record_key = r.record_key "
        "WHERE s.value <> r.value UNION "
        f"SELECT r.batch_no, r.row_no FROM {row} AS r JOIN ({at_odds}) AS o "
        "ON o.source_no = r.source_no AND o.record_key = r.record_key"
    )
