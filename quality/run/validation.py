"""Run a table's suite with Great Expectations and tell which rows break which rule."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import great_expectations as gx
import great_expectations.expectations as gxe
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.row_conditions import Column as ConditionColumn

from quality.rules.rule import Rule
from quality.run.duckdb_dialect import register

# The second pass, for rules that were broken: it gives the SQL that finds the rows. The counts and
# lists that would put people's values into a result are turned off.
ROWS_FORMAT = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": ["batch_no", "row_no", "operation", "profile"],
    "partial_unexpected_count": 0,
    "exclude_unexpected_values": True,
    "return_unexpected_index_query": True,
}


class SuiteError(Exception):
    """A suite could not be run to its end over a table."""

    def __init__(self, table: str, cause: str) -> None:
        super().__init__(f"the suite of {table} could not be run: {cause}")
        self.table = table


@contextmanager
def open_source(database: Path, **attached: Path) -> Iterator[Any]:
    """A database as a data source of Great Expectations, read only, with others attached to it by
    name."""
    register()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    # Its signature leaves out the field that goes to SQLAlchemy.
    source = context.data_sources.add_sql(  # type: ignore[call-arg]
        "night",
        connection_string=f"duckdb:///{database}",
        create_temp_table=False,
        kwargs={"connect_args": {"attached": attached}},
    )
    try:
        yield source
    finally:
        # It holds two engines: one for asking which tables there are.
        source.get_execution_engine().close()
        source.get_engine().dispose()


def find_broken_rules(source: Any, table: str, rules: Sequence[Rule]) -> dict[Rule, str]:  # noqa: ANN401 - Great Expectations types it dynamically
    """Check one table of the working database against its rules.

    Returns:
        Each rule that some row breaks, with SQL that gives ``batch_no`` and ``row_no`` of those
        rows.

    Raises:
        SuiteError: the suite could not be run.
    """
    asset = source.add_table_asset(table, table_name=table)
    batch = asset.add_batch_definition_whole_table("night").get_batch()
    broken = [
        rules[result.expectation_config.meta["number"]]
        for result in _validate(batch, table, rules, "BOOLEAN_ONLY")
        if not result.success
    ]
    by_column = [rule for rule in broken if rule.rows_query is None]
    found = {
        by_column[result.expectation_config.meta["number"]]: result.result["unexpected_index_query"]
        for result in _validate(batch, table, by_column, ROWS_FORMAT)
    }
    return {rule: _rows_sql(rule, found.get(rule)) for rule in broken}


def _validate(
    batch: Any,  # noqa: ANN401
    table: str,
    rules: Sequence[Rule],
    result_format: str | dict[str, Any],
) -> Sequence[Any]:
    if not rules:
        return ()
    expectations = [_expect(rule, number) for number, rule in enumerate(rules)]
    suite = gx.ExpectationSuite(name=table, expectations=expectations)
    with _configurations_kept():
        results: Sequence[Any] = batch.validate(suite, result_format=result_format).results
    for result in results:
        cause = exception_of(result)
        if cause:
            raise SuiteError(table, cause)
    return results


@contextmanager
def _configurations_kept() -> Iterator[None]:
    """Within the block, an expectation makes its configuration once.

    Great Expectations makes it anew whenever it reads a part of it, some sixty times an
    expectation, though nothing of it changes: a fifth of the time of a night's check.
    """
    made: dict[int, tuple[Expectation, Any]] = {}
    own: Any = vars(Expectation)["configuration"]

    def configuration(self: Expectation) -> Any:  # noqa: ANN401
        # The expectation is kept too, so that no other gets its id.
        if id(self) not in made:
            made[id(self)] = (self, own.fget(self))
        return made[id(self)][1]

    setattr(Expectation, "configuration", property(configuration))  # noqa: B010 - typed as a method
    try:
        yield
    finally:
        setattr(Expectation, "configuration", own)  # noqa: B010


def _expect(rule: Rule, number: int) -> Expectation:
    """The expectation of a rule; ``number`` comes back in the meta of its result."""
    assert rule.expectation is not None
    arguments = {
        **rule.arguments,
        "description": rule.reason,
        "severity": rule.severity,
        "meta": {"number": number},
    }
    if rule.rows_query:
        # It fetches the rows that it finds and asks twice; that there is one is enough.
        arguments["unexpected_rows_query"] = f"SELECT * FROM ({rule.rows_query}) AS failing LIMIT 1"
    elif rule.condition:
        arguments["row_condition"] = ConditionColumn(rule.condition.column) == rule.condition.value
    expectation: type[Expectation] = getattr(gxe, rule.expectation)
    return expectation(**arguments)


def exception_of(result: Any) -> str | None:  # noqa: ANN401
    """Class of the exception that a result carries, if any. Its text may quote values."""
    info = result.exception_info or {}
    details = [info] if "raised_exception" in info else list(info.values())
    messages = [str(d["exception_message"]) for d in details if d.get("raised_exception")]
    if not messages:
        return None
    named = re.match(r"\(([\w.]+)\)", messages[0])
    return named[1] if named else "an exception of Great Expectations"


def _rows_sql(rule: Rule, query: str | None) -> str:
    if rule.rows_query:
        return rule.rows_query.replace("{batch}", rule.table)
    assert query is not None
    # The query that Great Expectations gives leaves the rule's condition out.
    where = f" WHERE {rule.condition.sql}" if rule.condition else ""
    return f"SELECT batch_no, row_no FROM ({query.rstrip(';')}) AS failing{where}"
