"""A fault for every check of the finished store's counts of crime."""

from benchmarks.store_fault import StoreFault, fault

_MART = "mart.recorded_crime"


def _force(place: int) -> str:
    return f"(SELECT DISTINCT force FROM {_MART} ORDER BY force LIMIT 1 OFFSET {place})"


CRIME_FAULTS: dict[str, StoreFault] = {
    "recorded_crime_adds_up": fault(
        "a force has a record too many, another one of which nothing became, a third is gone", 3,
        f"UPDATE {_MART} SET own_records = own_records + 1, counted = counted + 1 "
        f"WHERE force = {_force(0)}",
        f"UPDATE {_MART} SET counted = counted - 1 WHERE force = {_force(1)}",
        f"DELETE FROM {_MART} WHERE force = {_force(2)}",
    ),
    "crimes_count_once": fault(
        "a crime that another force counts is counted here too", 1,
        f"UPDATE {_MART} SET counted = counted + 1, cancelled = cancelled - 1 WHERE rowid = "
        f"(SELECT min(rowid) FROM {_MART})",
    ),
}  # fmt: skip
