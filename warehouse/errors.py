"""Errors that a person must act on, each class saying who.

A message names force, file, table, column, row and rule, and never a person's values.
"""

import errno
import os


class CrimelinkError(Exception):
    """Base of every error that crimelink raises on purpose.

    ``who_acts`` is shown after the message, unless it is nobody but who typed the command (empty);
    ``exit_code`` is what the command line ends with.
    """

    who_acts = "the operator"
    exit_code = 1


class UsageError(CrimelinkError):
    """A command was given something it cannot work with."""

    exit_code = 2


class DeclarationError(CrimelinkError):
    """A force's declaration, a country profile or a record system's mapping is wrong."""

    who_acts = "whoever maintains the declaration"
    exit_code = 2


class DeliveryError(CrimelinkError):
    """A delivery cannot be read. Its batch is held; the night goes on.

    Args:
        rule: short name of the rule that was broken, such as ``truncated_archive``.
        message: what is wrong and where, without any person's values.
    """

    who_acts = "the force's data-quality lead"

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


class LockedError(CrimelinkError):
    """Another run holds the home.

    Args:
        message: what cannot be done, who holds what, and what is to be done.
        holder: who holds it, and what it does.
    """

    exit_code = 3

    def __init__(self, message: str, holder: str = "another process") -> None:
        super().__init__(message)
        self.holder = holder


class DiskError(CrimelinkError):
    """Too little free disk for what is about to be written, or the disk is full."""

    exit_code = 3


def is_disk_full(error: BaseException) -> bool:
    """True where an error came of a full disk. DuckDB has none of its own for it: the words are the
    system's."""
    return os.strerror(errno.ENOSPC) in str(error)


class NightError(CrimelinkError):
    """A night cannot be run as asked, for instance one before a night already closed."""

    exit_code = 2


class StoreError(CrimelinkError):
    """The store does not balance or fails its own checks; it was not published."""

    who_acts = "the maintainers of crimelink"
    exit_code = 4


class DamageError(StoreError):
    """A file of the home is gone, not as it was written or of another version: whoever keeps the
    home puts it back, from backup or as the message says."""

    who_acts = "the operator"
