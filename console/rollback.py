"""``crimelink rollback``."""

from collections.abc import Callable

from warehouse.home import Home
from warehouse.publish import rollback, versions
from warehouse.store import refuse_unpublished


def tell_rollback(home: Home, to: str | None, show: bool, tell: Callable[[str], None]) -> None:
    """List the versions kept, or publish an earlier one again and say which.

    Raises:
        UsageError: there is no such version, or nothing has been published; nothing is made then.
    """
    if not versions(home):
        refuse_unpublished(home)
    if not show:
        tell(f"published again: {rollback(home, to)}")
    for version in versions(home):
        tell(f"{'* ' if version.is_current else '  '}{version.name}")
