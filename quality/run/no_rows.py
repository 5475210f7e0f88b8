"""An expectation of our own: a query gives no rows, which are counted and never fetched."""

from typing import Any, ClassVar

from great_expectations.expectations.core.unexpected_rows_expectation import (
    UnexpectedRowsExpectation,
)

_COUNT = "unexpected_rows_query.row_count"


class ExpectNoRows(UnexpectedRowsExpectation):
    """A query must give no rows.

    The class above it asks every query twice, and carries rows, with people's values, into its
    result; here that is how many there are.
    """

    metric_dependencies: ClassVar[tuple[str, ...]] = (_COUNT,)

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,  # noqa: ARG002 - as the class above it
        execution_engine: Any = None,  # noqa: ANN401, ARG002
    ) -> dict[str, Any]:
        rows = metrics[_COUNT]
        return {"success": rows == 0, "result": {"observed_value": rows}}
