"""Approvals of models: who gave one, when and on what grounds, for ever.

``governance.model_approval`` is only ever added to. The register shows each model's last approval;
what was said before stands beside it, so that it can always be told who had approved a model on
any day.
"""

from datetime import UTC, datetime
from typing import NamedTuple

import duckdb

from warehouse.connect import transaction
from warehouse.contract.governance import MODEL_APPROVAL
from warehouse.decisions import check_name, check_reason
from warehouse.schema import quote


class Approval(NamedTuple):
    """One approval of a model.

    Attributes:
        approval_id: its number in the home, from 1.
        model_id: the model.
        approved_by: who stands for it.
        approved_at: when, UTC, without a zone.
        reason: on what grounds.
    """

    approval_id: int
    model_id: str
    approved_by: str
    approved_at: datetime
    reason: str


def approvals_of(con: duckdb.DuckDBPyConnection, model_id: str) -> list[Approval]:
    """Every approval of the model, in the order in which they were given."""
    rows = con.execute(
        f"SELECT {', '.join(Approval._fields)} FROM {MODEL_APPROVAL.qualified} "
        f"WHERE model_id = {quote(model_id)} ORDER BY approval_id"
    ).fetchall()
    return [Approval(*row) for row in rows]


def write_approval(con: duckdb.DuckDBPyConnection, model_id: str, by: str, reason: str) -> None:
    """Add an approval of a model, which stands in the register and can be loaded, and have the
    register show it as the model's last: both, or neither.

    Args:
        con: the state, without an open transaction.
        model_id: the model.
        by: who stands for the approval.
        reason: on what grounds, in 3 to 250 characters, one line.

    Raises:
        UsageError: nobody or nothing stands for the approval.
    """
    by, reason = check_name("judged_by", by), check_reason(reason)
    given = {"model_id": model_id, "by": by, "reason": reason,
             "at": datetime.now(UTC).replace(tzinfo=None)}  # fmt: skip
    with transaction(con):
        # Whoever writes holds the state alone, so no two approvals get one number.
        con.execute(
            f"INSERT INTO {MODEL_APPROVAL.qualified} "
            f"SELECT coalesce(max(approval_id), 0) + 1, $model_id, $by, $at, $reason "
            f"FROM {MODEL_APPROVAL.qualified}",
            given,
        )
        con.execute(
            "UPDATE governance.model_register SET status = 'approved', approved_by = $by, "
            "approved_at = $at, approval_reason = $reason WHERE model_id = $model_id",
            given,
        )
