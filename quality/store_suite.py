"""The check of a finished store, between building and publishing it."""

from datetime import date

from warehouse.build import building_path
from warehouse.errors import StoreError
from warehouse.home import Home
from warehouse.journal import step
from warehouse.night import is_closed
from warehouse.state import lock
from warehouse.verify import checks, conclude, has_passed


def check_store(home: Home, night: date) -> None:
    """Run the suite of the finished store over the night's candidate, and let it pass or not.

    Every check is critical: one that finds a row keeps the candidate from being published. It
    stays for inspection, the answers in its ``quality.store_check``. Nothing is done where the
    candidate has passed already and is unchanged.

    Raises:
        StoreError: a check failed, or there is no candidate.
        SuiteError: the suite could not be run.
        LockedError: another process writes to the state.
    """
    if is_closed(home, night):
        return
    with step(home, night, "check_store") as note:
        candidate = building_path(home, night)
        if not candidate.exists():
            raise StoreError(f"there is no store to check for {night}: build has not run")
        if has_passed(home, night, candidate):
            return
        # Imported here: Great Expectations takes seconds.
        from quality.store_expectations import run_suite

        with lock(home, f"check of the store of {night}"):
            failed = run_suite(candidate, home.state, list(checks(night)))
        note["checks"] = len(failed)
        conclude(home, night, candidate, failed)
