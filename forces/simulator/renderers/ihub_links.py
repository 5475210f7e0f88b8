"""What the resources of an iHub-like document refer to: persons by role, objects, places."""

from collections.abc import Iterable

import polars as pl

from forces.code_sets import CodeSet
from forces.code_sets import ihub as ihub_codes
from forces.simulator.extract import Extract
from forces.simulator.renderers.ihub_resources import LOCATED, LOCATION, TYPE
from forces.simulator.renderers.json_text import json_object
from forces.simulator.renderers.shape import coded

_PLURAL = {"vehicle": "vehicles", "telephone": "telephones", "property": "properties"}
# A link: resource that refers (type, id), name of the relationship, what is referred to as text.
_LINK = {"type": pl.String, "id": pl.String, "name": pl.String, "link": pl.String}


def locations(extract: Extract) -> pl.DataFrame:
    """One row a location, each of one event: ``id``, its attributes, ``is_sent``.

    Its id is the event's type and id. Events that say nothing of their place have none.
    """
    found = [
        upserts.select(
            (pl.lit(f"{TYPE[table]}-") + pl.col("source_record_id")).alias("id"),
            *(value.alias(name) for name, value in LOCATION.items()),
        ).filter(pl.any_horizontal(pl.col(name).is_not_null() for name in LOCATION))
        for table in LOCATED
        if (upserts := _upserts(extract, table)) is not None
    ]
    empty = pl.DataFrame(schema=dict.fromkeys(("id", *LOCATION), pl.String))
    return (pl.concat(found) if found else empty).with_columns(pl.lit(value=True).alias("is_sent"))


def relationships(extract: Extract) -> pl.DataFrame:
    """One row a resource that refers to others: ``type``, ``id``, ``relations`` (text of members).

    Locations are referred to whether they are sent or not.
    """
    one = pl.concat([pl.DataFrame(schema=_LINK), *_places(extract), *_offences(extract)])
    many = pl.concat([pl.DataFrame(schema=_LINK), *_roles(extract), *_objects(extract)])
    gathered = many.group_by("type", "id", "name", maintain_order=True).agg(
        pl.format("[{}]", pl.col("link").str.join(",")).alias("link")
    )
    named = pl.concat([one, gathered]).with_columns(
        pl.format('"{}":{{"data":{}}}', "name", "link").alias("relation")
    )
    return named.group_by("type", "id", maintain_order=True).agg(
        pl.col("relation").str.join(",").alias("relations")
    )


def _lower(column: str, codes: CodeSet) -> pl.Expr:
    """Codes that are names within JSON, which are in lower case."""
    return coded(column, codes).str.to_lowercase()


def _upserts(extract: Extract, table: str) -> pl.DataFrame | None:
    rows = extract.tables.get(table)
    return None if rows is None else rows.filter(pl.col("operation") == "upsert")


def _links(
    rows: pl.DataFrame,
    name: pl.Expr,
    referred_type: pl.Expr,
    referred_id: pl.Expr,
    *,
    referring_type: pl.Expr,
    meta: pl.Expr | None = None,
) -> pl.DataFrame:
    """Links of the rows' ``source_record_id``; ``meta`` is ready text of a member."""
    target = rows.select(
        referred_type.alias("type"),
        referred_id.alias("id"),
        (pl.lit(None, pl.String) if meta is None else meta).alias("meta"),
    ).select(json_object(["type", "id"], ["meta"]).alias("link"))
    return rows.select(
        referring_type.alias("type"), pl.col("source_record_id").alias("id"), name.alias("name")
    ).with_columns(target["link"])


def _places(extract: Extract) -> Iterable[pl.DataFrame]:
    sent = locations(extract)["id"].implode()
    for table in LOCATED:
        upserts = _upserts(extract, table)
        if upserts is not None:
            place = pl.lit(f"{TYPE[table]}-") + pl.col("source_record_id")
            yield _links(upserts.filter(place.is_in(sent)), pl.lit("location"),
                         pl.lit("location"), place, referring_type=pl.lit(TYPE[table]))  # fmt: skip


def _offences(extract: Extract) -> Iterable[pl.DataFrame]:
    """The offence of an outcome and of a detention."""
    offence = pl.col("offence_source_record_id")
    for table in ("outcome", "custody"):
        upserts = _upserts(extract, table)
        if upserts is not None:
            linked = upserts.filter(offence.is_not_null())
            yield _links(linked, pl.lit("offence"), pl.lit("offence"), offence,
                         referring_type=pl.lit(TYPE[table]))  # fmt: skip


def _roles(extract: Extract) -> Iterable[pl.DataFrame]:
    roles = _upserts(extract, "event_role")
    if roles is not None:
        yield _links(roles, _lower("role", ihub_codes.ROLE), pl.lit("person"),
                     pl.col("person_source_record_id"),
                     referring_type=_lower("event_type", ihub_codes.EVENT))  # fmt: skip


def _objects(extract: Extract) -> Iterable[pl.DataFrame]:
    objects = _upserts(extract, "event_object")
    if objects is not None:
        kind = _lower("object_type", ihub_codes.OBJECT)
        role = pl.format('"meta":{{"role":"{}"}}', coded("role", ihub_codes.OBJECT_ROLE))
        yield _links(objects, kind.replace(_PLURAL), kind, pl.col("object_source_record_id"),
                     referring_type=_lower("event_type", ihub_codes.EVENT), meta=role)  # fmt: skip
