"""Read JSON: lines, documents, and trees to flat text columns.

Columns of an entity are named by their path in the record: ``Person.Surname`` is the key
``Surname`` of the object ``Person``. Objects and lists stay JSON text.
"""

import codecs
import json
from pathlib import Path

import duckdb
import polars as pl

from transforms.mapping import Entity, Records
from transforms.readers.shape import (
    MAX_FIELD_CHARACTERS,
    Elements,
    make_rejects,
    shape_records,
    shown,
)
from warehouse.errors import DeliveryError

# What a quoted key may not hold, so that a path reads back as it was written.
_SPOILS_PATH = ('"', "\\")


def read_ndjson(path: Path, *, file: str, entity: Entity) -> tuple[Records, list[str]]:
    """The records of a file of JSON lines, flat, and the top-level keys that are not known.

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
    lines = pl.Series("json", [_text(path, file)]).str.split("\n").explode()
    frame = lines.str.strip_chars().to_frame().filter(pl.col("json") != "").with_row_index(
        "source_row", offset=1)  # fmt: skip
    judged = _judge(frame)
    bad = judged.filter(pl.col("rule").is_not_null())
    rows = bad.select("source_row", "rule", pl.lit("the line is no sound JSON object"))
    good = judged.filter(pl.col("rule").is_null())
    return Elements(_place(good, file), make_rejects(file, rows.rows()))


def _judge(frame: pl.DataFrame) -> pl.DataFrame:
    with duckdb.connect() as con:
        con.register("lines", frame)
        return con.sql(
            f"""
            SELECT source_row, json, CASE
                WHEN NOT json_valid(json) THEN 'malformed_json'
                WHEN json_type(json) <> 'OBJECT' THEN 'malformed_json'
                WHEN contains(json, '\\u0000') THEN 'nul_byte'
                WHEN length(json) > {MAX_FIELD_CHARACTERS} * 10 THEN 'field_too_long' END AS rule
            FROM lines ORDER BY source_row
            """
        ).pl()


def read_json_document(path: Path, *, file: str, at: str = "data") -> Elements:
    """The elements of a list in one JSON document, numbered from 1 within the list.

    Args:
        path: the plain file.
        file: its name in the delivery.
        at: path of the list, such as ``data`` or ``included``; an absent list has no elements, and
            a single object counts as a list of one.

    Raises:
        DeliveryError: ``empty_file``, ``wrong_encoding``, ``truncated_json`` or
            ``malformed_json``.
    """
    text = _text(path, file)
    value = _load(text, file)
    for key in at.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    elements = value if isinstance(value, list) else [value] if isinstance(value, dict) else []
    frame = pl.DataFrame(
        {"json": [json.dumps(element, ensure_ascii=False) for element in elements]},
        schema={"json": pl.String()},
    ).with_row_index("source_row", offset=1)
    judged = _judge(frame)
    bad = judged.filter(pl.col("rule").is_not_null())
    rows = bad.select("source_row", "rule", pl.lit(f"the element of {at} is no sound object"))
    return Elements(_place(judged.filter(pl.col("rule").is_null()), file),
                    make_rejects(file, rows.rows()))  # fmt: skip


def _load(text: str, file: str) -> object:
    try:
        value: object = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        is_cut = text.rstrip()[-1:] not in ("}", "]")
        rule, what = ("truncated_json", "is cut short") if is_cut else (
            "malformed_json", "is not sound JSON")  # fmt: skip
        raise DeliveryError(rule, f"{file}: the document {what}") from error
    return value


def _text(path: Path, file: str) -> str:
    data = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    if not data.strip():
        raise DeliveryError("empty_file", f"{file}: the file is empty")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DeliveryError("wrong_encoding", f"{file}: cannot be read as UTF-8") from error


def _place(frame: pl.DataFrame, file: str) -> pl.DataFrame:
    return frame.select(
        pl.lit(file, pl.String).alias("source_file"), pl.col("source_row").cast(pl.Int64), "json"
    )


def flatten(elements: Elements, entity: Entity, *, file: str) -> tuple[Records, list[str]]:
    """The entity's columns out of each element, as text, and the top-level keys not known.

    Columns that ``explode`` kept of the parent are taken where the entity names them.

    Raises:
        DeliveryError: ``column_missing`` where not one record has a required column.
    """
    names = [n for n in (*entity.required, *entity.optional) if n not in elements.frame.columns]
    flat = _extract(elements.frame, names)
    absent = [name for name in entity.required
              if flat.height and flat[name].null_count() == flat.height]  # fmt: skip
    extra = _extra_keys(elements.frame, entity)
    if absent:
        raise DeliveryError(
            "column_missing",
            f"{file}: {entity.name} misses {shown(absent)}; not expected: {shown(extra)}",
        )
    frame = shape_records(flat, entity, file).with_columns(flat["source_file"])
    return Records(frame, elements.rejects), extra


def _extract(frame: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    if not names:
        return frame
    paths = ", ".join(f"'{_path(name)}'" for name in names)
    with duckdb.connect() as con:
        con.register("elements", frame.with_row_index("_order"))
        values = con.sql(
            f"SELECT json_extract_string(json, [{paths}]) AS v FROM elements ORDER BY _order"
        ).pl()["v"]
    columns = [values.list.get(position, null_on_oob=True).alias(name)
               for position, name in enumerate(names)]  # fmt: skip
    return frame.with_columns(columns)


def _path(name: str) -> str:
    return "$" + "".join(f'."{key}"' for key in name.replace("'", "''").split("."))


def _extra_keys(frame: pl.DataFrame, entity: Entity) -> list[str]:
    known = {name.split(".")[0] for name in (*entity.required, *entity.optional)}
    with duckdb.connect() as con:
        con.register("elements", frame)
        keys = con.sql("SELECT DISTINCT unnest(json_keys(json)) FROM elements").fetchall()
    return sorted({key for (key,) in keys} - known)


def explode(elements: Elements, at: str, keep: dict[str, str] | None = None) -> Elements:
    """The members of a list within each element, as elements of their own.

    They stand in the order of their parents and carry the parent's ``source_file`` and
    ``source_row``. A single object counts as a list of one; nulls and absent lists give none.

    Args:
        elements: the parents.
        at: path of the list within the parent, such as ``Person.Addresses``.
        keep: columns that the children take from the parent, name to path in it; columns already
            kept of a grandparent stay.
    """
    kept = keep or {}
    parents = _extract(elements.frame, list(kept.values())).rename(
        {path: name for name, path in kept.items()})  # fmt: skip
    with duckdb.connect() as con:
        con.register("parents", parents.with_row_index("_order"))
        children = con.sql(
            f"""
            WITH found AS (
                SELECT _order, json_extract(json, '{_path(at)}') AS value FROM parents
            ), lists AS (
                SELECT _order, CASE json_type(value)
                    WHEN 'ARRAY' THEN json_extract(value, '$[*]')
                    WHEN 'NULL' THEN [] ELSE [value] END AS members
                FROM found WHERE value IS NOT NULL
            )
            SELECT _order, unnest(members)::VARCHAR AS json,
                   unnest(range(len(members))) AS _place
            FROM lists ORDER BY _order, _place
            """
        ).pl()
    rest = parents.drop("json").with_row_index("_order").with_columns(pl.col("_order").cast(
        children.schema["_order"]))  # fmt: skip
    joined = children.join(rest, on="_order", how="left", maintain_order="left")
    return Elements(joined.select("source_file", "source_row", "json", *(
        name for name in parents.columns if name not in ("source_file", "source_row", "json")
    )), make_rejects("", []))  # fmt: skip
