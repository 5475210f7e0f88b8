"""What is told of an error that ends a command."""

from warehouse.errors import CrimelinkError, DiskError, is_disk_full


def in_words(error: Exception) -> CrimelinkError | None:
    """The error as it is told, with its exit code; None for one that only a maintainer mends."""
    if isinstance(error, CrimelinkError):
        return error
    of_file = f": {error.filename}" if isinstance(error, OSError) and error.filename else ""
    if is_disk_full(error):
        return DiskError(f"the disk is full{of_file}. Free some and run the same command again")
    # A path that is no folder, or cannot be written.
    return CrimelinkError(f"{error.strerror}{of_file}") if isinstance(error, OSError) else None
