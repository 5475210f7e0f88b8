"""Whether a delimited file is clean: its quotes sound and every record of the same width.

Decided over whole arrays of bytes, so that a clean file can be given to a fast reader that would
itself repair a broken one in silence.
"""

import numpy as np
import numpy.typing as npt

_QUOTE, _LF, _CR = 0x22, 0x0A, 0x0D

Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]


def is_clean(data: bytes, width: int, delimiter: str) -> int | None:
    """How many records the file holds, or None where it is not clean.

    Clean means: no NUL, no lone carriage return, quotes only around whole fields, no blank line,
    and ``width`` fields in every record.

    Args:
        data: ASCII-compatible text without its header.
        width: fields a record.
        delimiter: one ASCII character.
    """
    if not data:
        return 0
    if b"\0" in data or data.count(b"\r") != data.count(b"\r\n"):
        return None
    array = np.frombuffer(data, dtype=np.uint8)
    separator = ord(delimiter)
    outside = _outside_quotes(array, separator)
    if outside is None:
        return None
    return _count_records(array, outside, width, separator)


def _outside_quotes(array: Bytes, separator: int) -> Flags | None:
    """Per byte whether it stands outside quotes; None where the quotes are not sound."""
    is_quote = array == _QUOTE
    at = np.flatnonzero(is_quote)
    if at.size == 0:
        return np.ones(array.size, dtype=np.bool_)
    if at.size % 2:
        return None
    edges = np.array([separator, _LF, _CR], dtype=np.uint8)
    opening, closing = at[0::2], at[1::2]
    before = array[np.maximum(opening - 1, 0)]
    after = array[np.minimum(closing + 1, array.size - 1)]
    is_doubled = np.zeros(opening.size + 1, dtype=np.bool_)
    is_doubled[1:-1] = opening[1:] == closing[:-1] + 1
    # A field begins after a separator or a line feed, not after a carriage return.
    may_open = (opening == 0) | np.isin(before, edges[:2]) | is_doubled[:-1]
    may_close = (closing == array.size - 1) | np.isin(after, edges) | is_doubled[1:]
    if not (may_open.all() and may_close.all()):
        return None
    outside: Flags = ~np.logical_xor.accumulate(is_quote)
    return outside


def _count_records(array: Bytes, outside: Flags, width: int, separator: int) -> int | None:
    ends = np.flatnonzero((array == _LF) & outside)
    if ends.size == 0 or ends[-1] != array.size - 1:
        ends = np.append(ends, array.size)
    starts = np.concatenate(([0], ends[:-1] + 1))
    separators = np.flatnonzero((array == separator) & outside)
    counts = np.diff(np.searchsorted(separators, ends), prepend=0)
    is_blank = (ends == starts) | ((ends == starts + 1) & (array[starts] == _CR))
    if (counts != width - 1).any() or is_blank.any():
        return None
    return int(ends.size)
