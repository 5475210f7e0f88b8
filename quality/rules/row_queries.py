"""Rules stated as a query, since they look at more than one row or table: keys, links, delivery."""

from collections.abc import Iterator

from quality.rules.links import Link, id_hash, links_of
from quality.rules.rule import UPSERTS, Rule
from warehouse.contract import Table

# Rows that say the same again are no failure: the load counts them as unchanged. Of rows that say
# different things of one key, nobody can tell which is right: none is taken, and what is held of
# the key stays. Change events have an order, and the last one counts.
_ROWS_AT_ODDS = """
SELECT r.batch_no, r.row_no
FROM (SELECT batch_no, row_no, record_key, sequence FROM {batch}) AS r
JOIN (
    SELECT batch_no, record_key
    FROM (SELECT * FROM {batch}) AS one
    SEMI JOIN repeated_$table AS k
    ON k.key_hash = hash(one.source_no, one.record_key)
    WHERE sequence IS NULL
    GROUP BY batch_no, record_key
    HAVING min(content_hash) <> max(content_hash)
) AS k ON k.batch_no = r.batch_no AND k.record_key = r.record_key
WHERE r.sequence IS NULL
"""


def duplicate_key(table: Table) -> Iterator[Rule]:
    """Rows of one key that say different things, or of which one deletes and another does not."""
    yield Rule(
        table.name,
        "record_key",
        "duplicate_key",
        "warning",
        "another row of the batch has the same key and other content or another operation",
        "deliver each record once, as it is now",
        expectation="UnexpectedRowsExpectation",
        rows_query=_ROWS_AT_ODDS.replace("$table", table.name),
    )


def not_in_the_future(table: Table) -> Iterator[Rule]:
    """What is past cannot be dated after the delivery; a day is left for clocks and time zones."""
    for column in table.columns:
        if column.not_after_delivery:
            yield Rule(
                table.name,
                column.name,
                "not_in_the_future",
                column.severity,
                f"{column.name} is later than the day after the delivery's date",
                f"correct {column.name}: what is past cannot be dated in the future",
                expectation="UnexpectedRowsExpectation",
                rows_query=_later_than_delivery(column.name),
            )


def _later_than_delivery(column: str) -> str:
    return (
        "SELECT r.batch_no, r.row_no FROM (SELECT * FROM {batch}) AS r "
        "JOIN night_batch AS b ON b.batch_no = r.batch_no "
        f"WHERE CAST(r.{column} AS DATE) > b.delivery_date + 1"
    )


def links(table: Table) -> Iterator[Rule]:
    """What a row points at is brought by the night or held, and still is after the row's batch.

    A row whose target came but was kept out breaks ``owner_quarantined`` instead: it may be right.
    """
    for link in links_of(table):
        query = " UNION ALL ".join(_dangling(link, target) for target in link.targets)
        yield Rule(
            table.name,
            link.column,
            "reference",
            link.severity,
            f"{link.column} points at no {' or '.join(link.targets)} of the same force and system "
            "that the night brings or the store holds, or at one that the batch ends",
            f"deliver the {' or '.join(link.targets)} and this row with it; take the reference out "
            "only where it is wrong",
            expectation="UnexpectedRowsExpectation",
            condition=UPSERTS,
            rows_query=query,
            reads=(f"{table.name}.{link.selector}",) if link.selector else (),
        )


def _dangling(link: Link, target: str) -> str:
    pointed = id_hash("r", link.column)
    same = f"k.source_no = r.source_no AND k.source_record_id = r.{link.column}"
    return (
        "SELECT r.batch_no, r.row_no FROM (SELECT * FROM {batch}) AS r "
        f"WHERE {link.where('r', target)} "
        f"AND ((NOT EXISTS (SELECT 1 FROM known_{target} AS k WHERE k.id_hash = {pointed}) "
        f"AND NOT EXISTS (SELECT 1 FROM kept_back_{target} AS k WHERE {same})) "
        f"OR EXISTS (SELECT 1 FROM ended_{target} AS e "
        f"WHERE e.batch_no = r.batch_no AND e.id_hash = {pointed}))"
    )
