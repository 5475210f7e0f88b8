"""Whether what a delivery says of itself, or its having come before, lets its batches be loaded."""

from collections.abc import Mapping
from dataclasses import replace

from transforms.landing import Manifest
from transforms.mapping import Control, Records, System
from transforms.stage import Staged, empty_quarantine
from warehouse.batch import Batch
from warehouse.release import DECLARED_COUNT_DIFFERS, NO_RECORDS, TEST_ENVIRONMENT


def judge(staged: Staged, system: System, control: Control, read: Mapping[str, Records]) -> Staged:
    """Hold the batch where the delivery as a whole is not to be trusted."""
    found = (
        _held_for_environment(control)
        or _held_for_counts(system, control, read)
        or _held_for_nothing(staged.batch)
    )
    if found is None:
        return staged
    rule, reason = found
    return replace(staged, batch=replace(staged.batch, held_rule=rule, held_reason=reason))


def mark_repeated(staged: Staged, earlier: Manifest) -> Staged:
    """A batch that says that the delivery came again, and of it what was received alone.

    Its date is the first one's, so that the force's data is no fresher for it.
    """
    note = f"repeats delivery {earlier.delivery_id}: not loaded twice"
    batch = replace(
        staged.batch,
        delivery_date=earlier.delivery_date,
        repeats=earlier.delivery_id,
        covers={},
        findings=(),
        files=tuple(replace(file, note=file.note or note) for file in staged.batch.files),
    )
    return Staged(batch, {}, empty_quarantine())


def _held_for_environment(control: Control) -> tuple[str, str] | None:
    if control.environment == "live":
        return None
    return TEST_ENVIRONMENT, "the delivery says that it comes from a test environment"


def _held_for_counts(
    system: System, control: Control, read: Mapping[str, Records]
) -> tuple[str, str] | None:
    counts = {name: r.frame.height + r.rejects.height for name, r in read.items()}
    wrong = [
        f"{name}: {declared:,} declared, {counts.get(name, 0):,} read"
        for name, declared in sorted(control.declared.items())
        if declared != counts.get(name, 0)
    ]
    if not wrong:
        return None
    return DECLARED_COUNT_DIFFERS, f"{system.name}: {'; '.join(wrong)}"


def _held_for_nothing(batch: Batch) -> tuple[str, str] | None:
    """A full delivery without a single record would close everything that the force has."""
    if batch.kind != "full" or any(batch.received.values()):
        return None
    return NO_RECORDS, f"a full delivery holds no record of {batch.force}"
