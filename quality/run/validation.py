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
from great_expectations.validator.metrics_calculator import MetricsCalculator

from quality.rules.rule import Rule
from quality.run.duckdb_dialect import register
from quality.run.no_rows import ExpectNoRows

# Of a rule that was broken, what gives the SQL of its rows and nothing else: no value is fetched.
ROWS_FORMAT = {
    "result_format": "BOOLEAN_ONLY",
    "unexpected_index_column_names": ["batch_no", "row_no", "operation", "profile"],
    "return_unexpected_index_query": True,
}
ROWS_METRIC = "unexpected_index_query"


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
    results = _validate(batch, table, rules)
    broken = [rules[r.expectation_config.meta["number"]] for r in results if not r.success]
    found = _find_rows(source, batch.id, [rule for rule in broken if rule.rows_query is None])
    return {rule: _rows_sql(rule, found.get(rule)) for rule in broken}


def _validate(batch: Any, table: str, rules: Sequence[Rule]) -> Sequence[Any]:  # noqa: ANN401
    if not rules:
        return ()
    expectations = [_expect(rule, number) for number, rule in enumerate(rules)]
    suite = gx.ExpectationSuite(name=table, expectations=expectations)
    with _configurations_kept():
        results: Sequence[Any] = batch.validate(suite, result_format="BOOLEAN_ONLY").results
    for result in results:
        cause = exception_of(result)
        if cause:
            raise SuiteError(table, cause)
    return results


def _find_rows(source: Any, batch_id: str, rules: Sequence[Rule]) -> dict[Rule, str]:  # noqa: ANN401
    """SQL of the rows that break a rule on a column, as Great Expectations words it for a second
    validation. That would count every rule's rows again and fetch values of them: here the metric
    is asked for alone, and no statement is run."""
    engine = source.get_execution_engine()
    asked = {}
    for rule in rules:
        expectation = _expect(rule, 0, batch_id=batch_id)
        needed = expectation.get_validation_dependencies(
            execution_engine=engine, runtime_configuration={"result_format": ROWS_FORMAT}
        )
        [asked[rule]] = [
            metric
            for metric in needed.get_metric_configurations()
            if metric.metric_name.endswith(ROWS_METRIC)
        ]
    given, failed = MetricsCalculator(engine).compute_metrics(list(asked.values()))
    if failed:
        raise SuiteError(rules[0].table, "Great Expectations gives no SQL of a rule's rows")
    return {rule: given[metric.id] for rule, metric in asked.items()}


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


def _expect(rule: Rule, number: int, **given: str) -> Expectation:
    """The expectation of a rule; ``number`` comes back in the meta of its result."""
    assert rule.expectation is not None
    arguments = {
        **rule.arguments,
        **given,
        "description": rule.reason,
        "severity": rule.severity,
        "meta": {"number": number},
    }
    if rule.rows_query:
        # That there is one is enough.
        arguments["unexpected_rows_query"] = f"SELECT * FROM ({rule.rows_query}) AS failing LIMIT 1"
        return ExpectNoRows(**arguments)
    if rule.condition:
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
