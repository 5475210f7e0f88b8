"""Read delimited text record by record, so that one bad record costs one record."""

import csv
import io
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from transforms.readers.shape import MAX_FIELD_CHARACTERS, ROW

_Reject = tuple[int, str, str]


@dataclass
class Careful:
    """Records of a file as lists of fields, each with its number, and its rejects."""

    numbers: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    rejects: list[_Reject] = field(default_factory=list)

    def frame(self, header: list[str]) -> pl.DataFrame:
        """One text column a name of the header, and ``ROW``."""
        columns = list(zip(*self.rows, strict=True)) or [()] * len(header)
        series = [pl.Series(name, values, pl.String)
                  for name, values in zip(header, columns, strict=True)]  # fmt: skip
        return pl.DataFrame([*series, pl.Series(ROW, self.numbers, pl.Int64)])


class _Lines(Iterator[str]):
    """Lines of text that remember those since the last record and can give them back."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._again: deque[str] = deque()
        self.taken: list[str] = []

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._text)
        self.taken.append(line)
        return line

    def give_back_all_but_first(self) -> None:
        self._again.extendleft(reversed(self.taken[1:]))


def read_carefully(data: bytes, width: int, delimiter: str, encoding: str) -> Careful:
    """Every record of ``data``, good or rejected, numbered from 1.

    A record that runs over several lines and is not sound is taken for a quote that was never
    closed: its first line is rejected and reading goes on with the second, so that it swallows no
    other record.

    Args:
        data: the file without its header.
        width: fields a record must have.
    """
    found = Careful()
    limit = csv.field_size_limit(sys.maxsize)
    try:
        _read(_open(data, encoding), width, delimiter, found)
    finally:
        csv.field_size_limit(limit)
    return found


def _open(data: bytes, encoding: str) -> _Lines:
    # What cannot be decoded becomes lone surrogates, which no sound text holds.
    return _Lines(io.TextIOWrapper(io.BytesIO(data), encoding, "surrogateescape", newline=""))


def _read(lines: _Lines, width: int, delimiter: str, found: Careful) -> None:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = 0
    while True:
        lines.taken.clear()
        try:
            fields = next(reader)
            problem = _problem(fields, lines.taken, width)
        except StopIteration:
            return
        except csv.Error:
            fields, problem = [], ("malformed_quote", "a quoted field does not end as it should")
        if not fields and problem is None:
            continue
        if problem is not None and len(lines.taken) > 1:
            lines.give_back_all_but_first()
            problem = ("unterminated_quote", "a quoted field does not end")
        number += 1
        if problem is None:
            found.numbers.append(number)
            found.rows.append(fields)
        else:
            found.rejects.append((number, *problem))


def _problem(fields: list[str], lines: list[str], width: int) -> tuple[str, str] | None:
    """The rule that a record breaks and why, or None. A blank line breaks none."""
    if fields and len(fields) != width:
        return "field_count", f"{len(fields)} fields, {width} expected"
    text = lines[0] if len(lines) == 1 else "".join(lines)
    is_plain = len(text) <= MAX_FIELD_CHARACTERS and text.isascii() and "\0" not in text
    return None if is_plain else _field_problem(fields)


def _field_problem(fields: list[str]) -> tuple[str, str] | None:
    for position, value in enumerate(fields, 1):
        if len(value) > MAX_FIELD_CHARACTERS:
            return "field_too_long", f"field {position} has {len(value):,} characters"
        if "\0" in value:
            return "nul_byte", f"field {position} holds a NUL"
        if not value.isascii() and any("\udc80" <= letter <= "\udcff" for letter in value):
            return "encoding", f"field {position} cannot be decoded"
    return None
