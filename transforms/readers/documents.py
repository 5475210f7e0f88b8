"""Read JSON, lines or a document, as trees: one JSON text a record."""

import codecs
import json
from pathlib import Path

import polars as pl

from transforms.engine import ask
from transforms.mapping import Entity, Records
from transforms.readers.shape import MAX_FIELD_CHARACTERS, Elements, make_rejects
from transforms.readers.trees import flatten
from warehouse.errors import DeliveryError


def read_ndjson(path: Path, *, file: str, entity: Entity) -> Records:
    """The records of a file of JSON lines of one entity, flat.

    Raises:
        DeliveryError: as ``read_json_lines`` and ``flatten``.
    """
    return flatten(read_json_lines(path, file=file), entity, file=file)


def read_json_lines(path: Path, *, file: str) -> Elements:
    """The records of a file of JSON lines, one object a line; blank lines are no records.

    Rejects have the rule ``malformed_json``, ``nul_byte`` or ``field_too_long``.

    Raises:
        DeliveryError: ``empty_file`` or ``wrong_encoding``.
    """
    lines = pl.Series("json", [_text(path, file)]).str.split("\n").explode().str.strip_chars()
    return _judge(lines.to_frame().filter(pl.col("json") != ""), file)


def read_json_document(
    path: Path, *, file: str, lists: tuple[str, ...] = ("data", "included")
) -> Elements:
    """The members of top-level lists of one JSON document, numbered from 1 through all the lists.

    Rejects as in ``read_json_lines``.

    Args:
        path: the plain file.
        file: its name in the delivery.
        lists: top-level keys, in order. An absent list has no members; a single object counts as a
            list of one.

    Raises:
        DeliveryError: ``empty_file``, ``wrong_encoding``, ``truncated_json`` or
            ``malformed_json``.
    """
    text = _text(path, file)
    _check_document(text, file)
    found = [_members(text, key) for key in lists]
    return _judge(pl.concat(found), file)


def read_json_value(path: Path, *, file: str, key: str) -> object:
    """The value of a top-level key of a JSON document, such as ``meta``; None where absent.

    Raises:
        DeliveryError: as ``read_json_document``.
    """
    text = _text(path, file)
    _check_document(text, file)
    found = ask(
        "SELECT json_extract($text, '$.\"' || $key || '\"')::VARCHAR AS value",
        {"text": text, "key": key},
    ).item()
    return _load(found, file) if found is not None else None


def _load(text: str, file: str) -> object:
    try:
        value: object = json.loads(text)
    except RecursionError as error:
        raise DeliveryError("malformed_json", f"{file}: nested too deeply") from error
    return value


def _check_document(text: str, file: str) -> None:
    kind = ask(
        "SELECT CASE WHEN json_valid($text) THEN json_type($text) END AS kind", {"text": text}
    ).item()
    if kind is None and text.rstrip()[-1:] not in ("}", "]"):
        raise DeliveryError("truncated_json", f"{file}: the document is cut short")
    if kind != "OBJECT":
        raise DeliveryError("malformed_json", f"{file}: the document is no sound JSON object")


def _members(text: str, key: str) -> pl.DataFrame:
    return ask(
        """
        WITH found AS (SELECT json_extract($text, '$."' || $key || '"') AS value),
        lists AS (
            SELECT CASE json_type(value) WHEN 'ARRAY' THEN from_json(value, '["JSON"]')
                WHEN 'OBJECT' THEN [value] ELSE [] END AS members FROM found
        )
        SELECT unnest(members)::VARCHAR AS json FROM lists
        """,
        {"text": text, "key": key},
    )


def _text(path: Path, file: str) -> str:
    data = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    if not data.strip():
        raise DeliveryError("empty_file", f"{file}: the file is empty")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DeliveryError("wrong_encoding", f"{file}: cannot be read as UTF-8") from error


def _judge(texts: pl.DataFrame, file: str) -> Elements:
    """Texts in order as elements, those that are no sound objects as rejects."""
    numbered = texts.with_row_index("source_row", offset=1)
    judged = ask(
        r"""
        SELECT source_row::BIGINT AS source_row, json, CASE
            WHEN NOT json_valid(json) THEN 'malformed_json'
            WHEN json_type(json) <> 'OBJECT' THEN 'malformed_json'
            WHEN contains(json, '\u0000') THEN 'nul_byte' END AS rule
        FROM texts ORDER BY source_row
        """,
        texts=numbered,
    )
    judged = _judge_lengths(judged)
    bad = judged.filter(pl.col("rule").is_not_null())
    good = judged.filter(pl.col("rule").is_null())
    reason = pl.col("rule").replace_strict(_REASONS, return_dtype=pl.String)
    return Elements(
        good.select(pl.lit(file, pl.String).alias("source_file"), "source_row", "json"),
        make_rejects(file, bad.select("source_row", "rule", reason.alias("reason")).rows()),
    )


_REASONS = {
    "malformed_json": "the record is no sound JSON object",
    "nul_byte": "the record holds a NUL",
    "field_too_long": f"a text of over {MAX_FIELD_CHARACTERS:,} characters, or nested too deeply",
}


def _judge_lengths(judged: pl.DataFrame) -> pl.DataFrame:
    """Reject records with a text that is too long. Only long records are looked into."""
    is_long = pl.col("rule").is_null() & (pl.col("json").str.len_chars() > MAX_FIELD_CHARACTERS)
    rows = judged.filter(is_long).select("source_row", "json").rows()
    too_long = [row for row, text in rows if _has_long_text(text)]
    rule = pl.when(pl.col("source_row").is_in(too_long)).then(pl.lit("field_too_long"))
    return judged.with_columns(rule.otherwise("rule").alias("rule"))


def _has_long_text(text: str) -> bool:
    try:
        return _longest(json.loads(text)) > MAX_FIELD_CHARACTERS
    except RecursionError:  # thousands of brackets: as little a record as a text that long
        return True


def _longest(value: object) -> int:
    """Characters of the longest text within a JSON value."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        value = [*value, *value.values()]
    return max(map(_longest, value), default=0) if isinstance(value, list) else 0
