"""Numbers in sentences: one batch, two batches.

It stands here because rooms that may not import each other all say how many.
"""


def counted(number: int, one: str, more: str | None = None) -> str:
    """How many of what: ``1 row``, ``1,200 rows``. ``more`` where it is not ``one`` with an s."""
    return f"{number:,} {one if number == 1 else more or f'{one}s'}"


def was(number: int) -> str:
    """The verb after a number in the past: ``was`` or ``were``."""
    return "was" if number == 1 else "were"
