"""Trees to flat text columns, and lists within trees to records of their own.

Columns of an entity are named by their path in the record: ``Person.Surname`` is the key
``Surname`` of the object ``Person``. Objects and lists stay JSON text.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from transforms.engine import ask
from transforms.mapping import Entity, Records
from transforms.readers.shape import Elements, make_rejects, shape_records, shown
from warehouse.errors import DeliveryError

_PLACE = ("source_file", "source_row", "json")


def flatten(
    elements: Elements, entity: Entity, *, file: str, elsewhere: Sequence[str] = ()
) -> Records:
    """The entity's columns out of each element, as text; keys that it does not know are extra.

    Columns that ``explode`` kept of the parent are taken where the entity names them. Keys are
    looked for in the record and in the objects on the way to the entity's columns, and given as
    paths.

    Args:
        elements: trees of one entity.
        entity: ``required`` holds the paths that every record has, deletions included.
        file: for messages.
        elsewhere: paths that the entity does not have and others read: they are not extra.

    Raises:
        DeliveryError: ``column_missing`` where not one record has a required column.
    """
    names = [*entity.required, *entity.optional]
    flat = extract(elements.frame, {name: name for name in names if name not in elements.frame})
    absent = [name for name in entity.required
              if flat.height and flat[name].null_count() == flat.height]  # fmt: skip
    extra = _unknown_keys(elements.frame, [*names, *elsewhere])
    if absent:
        raise DeliveryError(
            "column_missing",
            f"{file}: {entity.name} misses {shown(absent)}; {len(extra)} names are not expected",
        )
    frame = shape_records(flat, entity, file).with_columns(flat["source_file"])
    return Records(frame, elements.rejects, tuple(extra))


def pick(elements: Elements, path: str, value: str) -> Elements:
    """The elements that have ``value`` at ``path``, without rejects: those are of no known kind."""
    at = extract(elements.frame, {"_at": path})
    return Elements(
        at.filter(pl.col("_at") == value).select(elements.frame.columns), make_rejects("", [])
    )


def explode(elements: Elements, at: str, keep: Mapping[str, str] | None = None) -> Elements:
    """The members of a list within each element, as elements of their own.

    They stand in the order of their parents and carry the parent's ``source_file`` and
    ``source_row``. A single object counts as a list of one; nulls and absent lists give none.

    Args:
        elements: the parents. Their rejects stay with them.
        at: path of the list within the parent, such as ``Person.Addresses``.
        keep: columns that the children take from the parent, name to path in it; columns already
            kept of a grandparent stay.
    """
    parents = extract(elements.frame, keep or {}).with_row_index("_order")
    children = ask(
        f"""
        WITH found AS (
            SELECT _order, json_extract(json, '{_path(at)}') AS value FROM parents
        ), lists AS (
            SELECT _order, CASE json_type(value) WHEN 'NULL' THEN []
                WHEN 'ARRAY' THEN from_json(value, '["JSON"]') ELSE [value] END AS members
            FROM found WHERE value IS NOT NULL
        )
        SELECT _order, unnest(members)::VARCHAR AS json,
            unnest(range(len(members))) AS _place
        FROM lists ORDER BY _order, _place
        """,
        parents=parents,
    )
    joined = children.cast({"_order": pl.UInt32}).join(
        parents.drop("json"), on="_order", how="left", maintain_order="left"
    )
    kept = [name for name in parents.columns if name not in (*_PLACE, "_order")]
    return Elements(joined.select(*_PLACE, *kept), make_rejects("", []))


def extract(frame: pl.DataFrame, paths: Mapping[str, str]) -> pl.DataFrame:
    """``frame`` with a text column a name, of the value at its path in ``json``."""
    if not paths:
        return frame
    listed = ", ".join(f"'{_path(path)}'" for path in paths.values())
    values = ask(
        f"SELECT json_extract_string(json, [{listed}]) AS v FROM elements ORDER BY _order",
        elements=frame.select("json").with_row_index("_order"),
    )["v"]
    return frame.with_columns(
        values.list.get(position, null_on_oob=True).alias(name)
        for position, name in enumerate(paths)
    )


def _path(name: str) -> str:
    """The DuckDB JSON path of a dotted name, ready to stand between single quotes."""
    keys = _text(name).split(".") if name else []
    return "$" + "".join(f'."{key}"' for key in keys)


def _text(name: str) -> str:
    """A name ready to stand between single quotes."""
    return name.replace("'", "''")


def _unknown_keys(frame: pl.DataFrame, names: Sequence[str]) -> list[str]:
    """Keys, as dotted paths, that stand beside those of the names and are none of them."""
    known = {name.rsplit(".", depth)[0] for name in names for depth in range(name.count(".") + 1)}
    within = sorted({name.rpartition(".")[0] for name in names} - set(names))
    asked = [
        f"SELECT DISTINCT '{_text(prefix)}' AS at, "
        f"unnest(json_keys(json, '{_path(prefix)}')) AS key FROM elements"
        for prefix in within
    ]
    keys = ask(" UNION ALL ".join(asked), elements=frame.select("json"))
    found = {f"{at}.{key}" if at else key for at, key in keys.iter_rows()}
    return sorted(found - known)
