"""Who gives a command."""

import getpass

from warehouse.decisions import check_name
from warehouse.errors import UsageError


def name_user(user: str | None, column: str = "judged_by", option: str = "--user") -> str:
    """The name under which a decision is written down.

    Args:
        user: as it was given; None for the login name.
        column: what it is called where it is kept.
        option: by which one says it.

    Raises:
        UsageError: none was given and the login has none, or it is no name.
    """
    try:
        return check_name(column, getpass.getuser() if user is None else user)
    except (KeyError, OSError, ImportError):
        raise UsageError(f"your login has no name here: say who you are with {option}") from None
