"""The checks of a finished store as a suite of Great Expectations. Importing it takes seconds."""

from collections.abc import Sequence
from pathlib import Path

import great_expectations as gx
from great_expectations.core.result_format import ResultFormat
from great_expectations.expectations.metadata_types import FailureSeverity

from quality.run.no_rows import ExpectNoRows
from quality.run.validation import SuiteError, exception_of, open_source
from warehouse.store_checks import Check

SUITE = "store"


def run_suite(candidate: Path, state: Path, checks: Sequence[Check]) -> dict[Check, int]:
    """Ask every check of a candidate, with the state attached as ``state``.

    Returns:
        How many rows each check found.

    Raises:
        SuiteError: a check could not be asked.
    """
    with open_source(candidate, state=state) as source:
        # Queries name their tables themselves; a batch has to be of one.
        asset = source.add_table_asset(SUITE, table_name="night", schema_name="governance")
        batch = asset.add_batch_definition_whole_table(SUITE).get_batch()
        suite = gx.ExpectationSuite(
            name=SUITE, expectations=[_expect(check, n) for n, check in enumerate(checks)]
        )
        results = batch.validate(suite, result_format=ResultFormat.BASIC).results
    found = {}
    for result in results:
        check = checks[result.expectation_config.meta["number"]]
        cause = exception_of(result)
        if cause:
            raise SuiteError(f"{SUITE}, check {check.name},", cause)
        found[check] = int(result.result["observed_value"])
    return {check: found[check] for check in checks}


def _expect(check: Check, number: int) -> ExpectNoRows:
    query = check.sql.replace("{", "{{").replace("}", "}}")
    return ExpectNoRows(
        unexpected_rows_query=f"/* of the store of {{batch}} */ {query}",
        severity=FailureSeverity.CRITICAL,
        description=check.says,
        meta={"number": number, "name": check.name},
    )
