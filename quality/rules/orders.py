"""Order of dates and times: what comes later in a record's life is not before what came earlier.

A difference that may come of how a time was written down is none: a time at midnight of London may
stand for its day, and one in the hour that the clocks repeat may be an hour later.
"""

from collections.abc import Iterator

from quality.rules.rule import Rule
from warehouse.contract import Kind, Order, Table

AMBIGUOUS = "is_time_ambiguous"


def orders(table: Table) -> Iterator[Rule]:
    """Dates and times that are before those that they follow. Counted, not kept out: nobody can
    tell which of the two is wrong, and the rest of the record is of use."""
    for order in table.orders:
        earlier = " or ".join(order.earlier)
        of_target = f" of the {_target(table, order)}" if order.through else ""
        yield Rule(
            table.name,
            order.later,
            "order_of_times",
            "info",
            f"{order.later} is before {earlier}{of_target}",
            f"correct {order.later} or {earlier}{of_target}: one of them is wrong",
            expectation="UnexpectedRowsExpectation",
            rows_query=_across(table, order) if order.through else _within(table, order),
            reads=tuple(_reads(table, order)),
        )


def _reads(table: Table, order: Order) -> Iterator[str]:
    if order.through:
        yield f"{table.name}.{order.through}"
        yield from (f"{_target(table, order)}.{name}" for name in order.earlier)
    else:
        yield from (f"{table.name}.{name}" for name in order.earlier)
        if AMBIGUOUS in table:
            yield f"{table.name}.{AMBIGUOUS}"


def _within(table: Table, order: Order) -> str:
    is_before = " OR ".join(f"({_before(table, order.later, name)})" for name in order.earlier)
    return f"SELECT batch_no, row_no FROM {{batch}} WHERE {is_before}"


def _before(table: Table, later: str, earlier: str) -> str:
    is_before = f"{later} < {earlier}"
    if table.column(later).kind is not Kind.TIMESTAMP:
        return is_before
    stands_for_day = (
        f"({later}::TIME IN (TIME '00:00:00', TIME '23:00:00') "
        f"AND {earlier} < {later} + INTERVAL 1 DAY)"
    )
    is_before += f" AND NOT {stands_for_day}"
    if AMBIGUOUS in table:
        is_repeated = f"coalesce({AMBIGUOUS}, false) AND {earlier} < {later} + INTERVAL 1 HOUR"
        is_before += f" AND NOT ({is_repeated})"
    return is_before


def _across(table: Table, order: Order) -> str:
    """Rows before the row that they point at, as the night brings it, else as the store holds it.
    Of several versions in the night the earliest counts."""
    [earlier] = order.earlier
    target = _target(table, order)
    brought = (
        f"SELECT t.source_no, t.source_record_id, min(t.{earlier}) AS earlier FROM {target} AS t "
        f"WHERE t.operation = 'upsert' GROUP BY ALL"
    )
    stored = (
        f"SELECT s.source_no, s.source_record_id, s.{earlier} AS earlier "
        f"FROM stored_{target} AS s ANTI JOIN (SELECT * FROM {target} WHERE operation = 'upsert') "
        "AS t ON t.source_no = s.source_no AND t.source_record_id = s.source_record_id"
    )
    is_before = f"r.{order.later} < k.earlier"
    if order.is_by_month:
        is_before += (
            f" AND NOT (day(r.{order.later}) = 1 "
            f"AND date_trunc('month', k.earlier) = r.{order.later})"
        )
    return (
        f"SELECT r.batch_no, r.row_no FROM (SELECT * FROM {{batch}}) AS r "
        f"JOIN ({brought} UNION ALL {stored}) AS k ON k.source_no = r.source_no "
        f"AND k.source_record_id = r.{order.through} WHERE {is_before}"
    )


def _target(table: Table, order: Order) -> str:
    assert order.through is not None
    reference = table.column(order.through).references
    assert reference is not None
    return reference.table


def carried_by_orders(table: Table, tables: tuple[Table, ...]) -> tuple[str, ...]:
    """Columns of ``table`` that orders of other tables look at through a reference."""
    return tuple(
        name
        for other in tables
        for order in other.orders
        if order.through and _target(other, order) == table.name
        for name in order.earlier
    )
