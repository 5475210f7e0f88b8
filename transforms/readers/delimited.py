"""Read delimited text: fast where the file is clean, carefully where it is not, with one result."""

import codecs
import csv
from collections import Counter
from pathlib import Path

import polars as pl

from transforms.mapping import Entity, Records
from transforms.readers.careful import Careful, read_carefully
from transforms.readers.layout_check import is_clean
from transforms.readers.shape import (
    MAX_FIELD_CHARACTERS,
    ROW,
    check_header,
    make_rejects,
    shape_records,
)
from warehouse.errors import DeliveryError

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# As many non-ASCII characters as this, all sound UTF-8, are UTF-8 whatever was declared.
_TELLING_CHARACTERS = 20


def read_delimited(
    path: Path,
    *,
    file: str,
    entity: Entity,
    delimiter: str = ",",
    encoding: str = "utf-8",
    preamble: str | None = None,
    trailer: str | None = None,
    are_names_repeated: bool = False,
) -> Records:
    """The records of a delimited file.

    Fields may be quoted with ``"``, and then hold the delimiter, line ends and doubled quotes.
    Nothing is stripped; empty text is null. Blank lines are no records.

    Args:
        path: the plain file.
        file: its name in the delivery, for ``source_file`` and messages.
        entity: its columns; order is free, extra ones are named but left out of the records.
        delimiter: one ASCII character.
        encoding: any that contains ASCII: ``utf-8`` (with or without BOM), ``cp1252``, ``latin-1``.
        preamble: what a first line before the header begins with, if there is one.
        trailer: what the last line begins with, if the source ends its files with one.
        are_names_repeated: the source is known to repeat names in its header: the second ``x`` is
            read as ``x (2)``. Otherwise a repeated name refuses the file.

    Returns:
        Records, whose rejects have the rule ``field_count``, ``encoding``, ``nul_byte``,
        ``field_too_long``, ``unterminated_quote`` or ``malformed_quote``.

    Raises:
        DeliveryError: ``empty_file``, ``wrong_encoding``, ``header_missing``, ``column_missing``,
            ``header_duplicate``, ``preamble_missing`` or ``trailer_missing``.
    """
    data = _body(path.read_bytes(), file, encoding, preamble, trailer)
    header, start = _read_header(data, file, delimiter, encoding)
    if are_names_repeated:
        header = _number_names(header)
    extra = check_header(header, entity, file)
    frame = _read_fast(data[start:], header, delimiter, encoding)
    rejects: list[tuple[int, str, str]] = []
    if frame is None:
        careful = read_carefully(data[start:], len(header), delimiter, encoding)
        _check_decoded(careful, file, encoding)
        frame, rejects = careful.frame(header), careful.rejects
    own = pl.DataFrame([column for column in frame if column.name not in extra])
    shaped = shape_records(own.rename({ROW: "source_row"}), entity, file)
    return Records(shaped, make_rejects(file, rejects), tuple(extra), (file,), tuple(header))


def read_edge_lines(path: Path, encoding: str = "utf-8") -> tuple[str, str]:
    """The first and the last line that are not blank, as text: a file's own header and trailer.

    Empty text where there is none; what cannot be decoded is replaced.
    """
    lines = path.read_bytes().removeprefix(codecs.BOM_UTF8).strip().splitlines() or [b""]
    first, last = (line.decode(encoding, "replace") for line in (lines[0], lines[-1]))
    return first, last


def _body(
    data: bytes, file: str, encoding: str, preamble: str | None, trailer: str | None
) -> bytes:
    """The file from its header line to its last record."""
    if not data.strip():
        raise DeliveryError("empty_file", f"{file}: the file is empty")
    _check_encoding(data, file, encoding)
    data = data.removeprefix(codecs.BOM_UTF8)
    if preamble is not None:
        first, _, data = data.partition(b"\n")
        if not first.startswith(preamble.encode()):
            raise DeliveryError("preamble_missing", f"{file}: does not begin with {preamble}")
    if trailer is not None:
        data = data.rstrip()
        last = data.rfind(b"\n") + 1
        if not data[last:].startswith(trailer.encode()):
            raise DeliveryError(
                "trailer_missing", f"{file}: does not end with {trailer}: it was cut short"
            )
        data = data[:last]
    return data


def _check_encoding(data: bytes, file: str, encoding: str) -> None:
    head = data[:4096]
    if head.startswith(_UTF16) or head.count(0) * 3 > len(head):
        raise DeliveryError("wrong_encoding", f"{file}: is UTF-16 or binary, not {encoding}")
    if codecs.lookup(encoding).name in ("utf-8", "utf-8-sig") or data.isascii():
        return
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return
    if data.startswith(codecs.BOM_UTF8) or (len(data) - len(text) >= _TELLING_CHARACTERS):
        raise DeliveryError("wrong_encoding", f"{file}: is UTF-8, declared {encoding}")


def _read_header(data: bytes, file: str, delimiter: str, encoding: str) -> tuple[list[str], int]:
    """The header's names and where the records begin."""
    data_start = len(data) - len(data.lstrip(b"\r\n"))
    end = data.find(b"\n", data_start)
    end = len(data) if end < 0 else end + 1
    line = data[data_start:end].decode(encoding, "replace").rstrip("\r\n")
    names = next(csv.reader([line], delimiter=delimiter), [])
    if not names:
        raise DeliveryError("empty_file", f"{file}: the file is empty")
    return [name.strip() for name in names], end


def _number_names(header: list[str]) -> list[str]:
    seen: Counter[str] = Counter()
    named = []
    for name in header:
        seen[name] += 1
        named.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return named


def _read_fast(
    data: bytes, header: list[str], delimiter: str, encoding: str
) -> pl.DataFrame | None:
    """The records by Polars, or None where the file is not clean enough for that."""
    try:
        plain = data if encoding.lower() in ("utf-8", "utf-8-sig") else data.decode(
            encoding).encode()  # fmt: skip
    except UnicodeDecodeError:
        return None
    rows = is_clean(plain, len(header), delimiter)
    if rows is None:
        return None
    if rows == 0:
        return pl.DataFrame(schema=dict.fromkeys([*header, ROW], pl.String()))
    try:
        frame = pl.read_csv(
            plain, has_header=False, separator=delimiter, infer_schema=False,
            schema=dict.fromkeys(header, pl.String()), row_index_name=ROW,
            row_index_offset=1,
        )  # fmt: skip
    except pl.exceptions.ComputeError:
        return None
    texts = frame.drop(ROW)
    longest = texts.select(pl.max_horizontal(pl.all().str.len_chars().max())).item()
    is_whole = frame.height == rows and (longest or 0) <= MAX_FIELD_CHARACTERS
    return frame if is_whole else None


def _check_decoded(careful: Careful, file: str, encoding: str) -> None:
    undecoded = sum(rule == "encoding" for _, rule, _ in careful.rejects)
    total = len(careful.rejects) + len(careful.rows)
    if undecoded * 2 > total:
        raise DeliveryError(
            "wrong_encoding",
            f"{file}: {undecoded:,} of {total:,} records cannot be read as {encoding}",
        )
