"""Everything ever received, over all batches and nights, is held and published, or the store is
not."""

import pytest

from warehouse.errors import StoreError
from warehouse.state import writer


def two_nights(bench, nights):
    bench.put(
        nights[0],
        "1",
        {"offence_record": [{"record_key": "a"}, {"record_key": "b"}, {"record_key": "c"}]},
        quarantine=[{"table_name": "offence_record", "record_key": "x"}],
        unreadable_bytes=7,
    )
    bench.load(nights[0])
    bench.publish(nights[0])
    bench.put(
        nights[1],
        "2",
        {"offence_record": [{"record_key": "a", "status": "closed"}, {"record_key": "b"},
                            {"record_key": "c", "operation": "delete"}]},
        unreadable_bytes=2,
    )  # fmt: skip
    bench.put(
        nights[1], "1", {}, force="kent", received={"offence_record": 4}, held_rule="truncated",
        held_reason="cut short",
    )  # fmt: skip
    bench.load(nights[1])


def test_a_table_is_reconciled_over_all_batches_and_the_store_over_all_tables(bench, nights):
    two_nights(bench, nights)
    store = bench.build(nights[1])
    rows = bench.ask_store(
        "SELECT * FROM quality.store_reconciliation WHERE received > 0 OR NOT is_balanced", store
    )
    counts = (11, 4, 1, 5, 1, 4, 2, 2, 2)
    assert rows == [("offence_record", *counts, None, True), ("store", *counts, 9, True)]


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ("UPDATE quality.reconciliation SET received = 5, quarantined = 2 WHERE stored = 3", None),
        ("UPDATE quality.reconciliation SET unchanged = unchanged + 1", "store_balances: 2 rows"),
        ("DELETE FROM core.offence_record WHERE record_key = 'b'", "store_balances: 2 rows"),
        ("DELETE FROM quality.reconciliation", "store_balances: 2 rows"),
    ],
)  # fmt: skip
def test_a_store_that_does_not_balance_is_refused(bench, nights, damage, says):
    two_nights(bench, nights)
    with writer(bench.home, "test") as con:
        con.execute(damage)
    with pytest.raises(StoreError) as failure:
        bench.build(nights[1])
    assert (says or "quarantine_is_counted: 1 rows") in str(failure.value)
    assert ("store_balances" in str(failure.value)) == bool(says)
    assert failure.value.exit_code == 4
