"""The iHub-like integration hub, from the side that sends: one JSON:API document a delivery.

``ihub_<force>_<yyyymmdd>.json`` in UTF-8, one resource a line. Events, objects and persons that no
event of the delivery names stand in ``data``; persons that one names, and every location, in
``included``: each resource once. Names, identifiers, addresses, contacts and markers are arrays
among a person's attributes, and a person's part in an event is the event's relationship of that
role: what belongs to a person or an event can only be sent with it. A deleted resource has no
attributes but ``meta.deleted``. The document's ``meta`` holds delivery id, environment, kind and
resources per type, deletions apart. Attributes without a value are left out.

The standard data model is public in outline only (JSON:API, ``GNDR_0001`` for female, ``ESDD_``
codes): types, attributes and the other constrained values are ours. It cannot carry a place's LSOA
or grid reference (places are longitude and latitude), nor the place of an outcome.

Faults, by their names in the rates of ``[ihub]``:

- ``person_not_included``: a person whom an event names is missing from ``included``: the role
  refers to a person not delivered.
- ``location_not_included``: a location is missing from ``included``.
- ``placeholder_name``: family name NOT ENTERED.
- ``placeholder_birth``: date of birth 1900-01-01.
- ``lower_case``: a family name in lower case.
- ``trailing_blank``: blanks after a given name.
- ``curly_apostrophe``: a typesetter's apostrophe in a family name; only of names that have one.
- ``postcode_spacing``: an address's postcode without its space.
- ``unknown_offence_code``: a constrained value that has no Home Office code.
"""

import json
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from forces.declaration import Declaration
from forces.simulator.extract import Extract, Renderer
from forces.simulator.renderers.ihub_links import locations, relationships
from forces.simulator.renderers.ihub_resources import PARTS, RESOURCES, TYPE
from forces.simulator.renderers.json_text import json_object
from forces.simulator.renderers.shape import Fault, Shape, plant_faults


def _person(name: str, column: str, changed: pl.Expr) -> Fault:
    """A fault of one attribute of a person, where it has a value."""
    return Fault(name, "person", ("id",), {column: changed}, pl.col(column).is_not_null())


_FAMILY = pl.col("familyName")
FAULTS = (
    Fault("curly_apostrophe", "person", ("id",),
          {"familyName": _FAMILY.str.replace_all("'", "’", literal=True)},
          _FAMILY.str.contains("'", literal=True)),
    _person("lower_case", "familyName", _FAMILY.str.to_lowercase()),
    _person("placeholder_name", "familyName", pl.lit("NOT ENTERED")),
    _person("trailing_blank", "givenName", pl.col("givenName") + "  "),
    _person("placeholder_birth", "dateOfBirth", pl.lit("1900-01-01")),
    Fault("postcode_spacing", "addresses", ("id", "postcode"),
          {"postcode": pl.col("postcode").str.replace(" ", "", literal=True)},
          pl.col("postcode").is_not_null()),
    Fault("unknown_offence_code", "offence", ("id",), {"offenceType": pl.lit("OFFN_99999")},
          pl.col("offenceType").is_not_null()),
    Fault("person_not_included", "person", ("id",), {"is_sent": pl.lit(value=False)},
          pl.col("is_named")),
    Fault("location_not_included", "location", ("id",), {"is_sent": pl.lit(value=False)}),
)  # fmt: skip


def person_id(number: pl.Expr, _declaration: Declaration) -> pl.Expr:
    """A person's ``id``: P and ten digits; each hub counts for itself."""
    return pl.lit("P") + number.cast(pl.String).str.zfill(10)


def event_id(number: pl.Expr, year: pl.Expr, _declaration: Declaration) -> pl.Expr:
    """The ``id`` of any other resource: year, hyphen, nine digits."""
    return year.cast(pl.String) + "-" + number.cast(pl.String).str.zfill(9)


def write(folder: Path, extract: Extract) -> dict[str, int]:
    """Write the delivery's document into ``folder``; the number of faults planted, by fault."""
    frames = {shape.entity: _render(shape, extract) for shape in (*RESOURCES, *PARTS)}
    frames["person"] = _mark_named(frames["person"], extract)
    frames["location"] = locations(extract)
    planted = plant_faults(frames, FAULTS, extract.rates)
    lines = _lines(frames, extract)
    path = folder / f"ihub_{extract.deliverer}_{extract.delivery_date:%Y%m%d}.json"
    path.write_text(_document(lines, extract), encoding="utf-8")
    return planted


def _render(shape: Shape, extract: Extract) -> pl.DataFrame:
    """What the shape's table upserts, as attributes, ordered as it came; empty without rows."""
    upserts = _rows(extract, shape.table, "upsert")
    if upserts is None:
        return pl.DataFrame(schema=dict.fromkeys(shape.columns, pl.String))
    return upserts.select(value.alias(name) for name, value in shape.columns.items())


def _rows(extract: Extract, table: str, operation: str) -> pl.DataFrame | None:
    rows = extract.tables.get(table)
    return None if rows is None else rows.filter(pl.col("operation") == operation)


def _mark_named(persons: pl.DataFrame, extract: Extract) -> pl.DataFrame:
    """Persons with ``is_named`` (by an event of the delivery) and ``is_sent``."""
    roles = _rows(extract, "event_role", "upsert")
    named = pl.Series([], dtype=pl.String) if roles is None else roles["person_source_record_id"]
    return persons.with_columns(
        pl.col("id").is_in(named.unique().implode()).alias("is_named"),
        pl.lit(value=True).alias("is_sent"),
    )


def _lines(frames: dict[str, pl.DataFrame], extract: Extract) -> pl.DataFrame:
    """One row a resource: ``counted_as`` (its type, or deletion), ``is_included``, ``text``."""
    relations = relationships(extract)
    persons = _with_parts(frames["person"], frames).filter("is_sent")
    resources = [_resources("person", persons, relations)]
    resources += [
        _resources(shape.entity, frames[shape.entity], relations)
        for shape in RESOURCES
        if shape.entity != "person"
    ]
    resources.append(_resources("location", frames["location"].filter("is_sent"), relations))
    return pl.concat([*resources, *_deletions(extract)])


def _with_parts(persons: pl.DataFrame, frames: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Persons with a column of ready JSON, ``parts``: an array for each kind they have."""
    arrays = [
        frames[shape.entity]
        .select("id", text=json_object(frames[shape.entity].drop("id").columns))
        .group_by("id", maintain_order=True)
        .agg(pl.format(f'"{shape.entity}":[{{}}]', pl.col("text").str.join(",")).alias("parts"))
        for shape in PARTS
    ]
    joined = (
        pl.concat(arrays).group_by("id", maintain_order=True).agg(pl.col("parts").str.join(","))
    )
    return persons.join(joined, on="id", how="left", maintain_order="left")


def _resources(entity: str, frame: pl.DataFrame, relations: pl.DataFrame) -> pl.DataFrame:
    """The resources of one type as text, with their relationships."""
    own = relations.filter(pl.col("type") == entity).drop("type")
    frame = frame.join(own, on="id", how="left", maintain_order="left")
    ready = ["parts"] if entity == "person" else []
    attributes = [name for name in frame.columns if name not in _NOT_ATTRIBUTES]
    is_included = pl.col("is_named") if entity == "person" else pl.lit(entity == "location")
    return frame.with_columns(
        pl.lit(entity).alias("type"),
        pl.format('"attributes":{}', json_object(attributes, ready)).alias("attributes"),
        pl.format('"relationships":{{{}}}', pl.col("relations")).alias("relations"),
    ).select(
        pl.col("type").alias("counted_as"),
        is_included.alias("is_included"),
        json_object(["type", "id"], ["attributes", "relations"]).alias("text"),
    )


_NOT_ATTRIBUTES = ("id", "relations", "is_named", "is_sent", "parts")


def _deletions(extract: Extract) -> Iterable[pl.DataFrame]:
    """Deleted resources: type, id and ``meta.deleted``."""
    gone = '"meta":{"deleted":true}'
    for table, entity in TYPE.items():
        deleted = _rows(extract, table, "delete")
        if deleted is not None:
            yield deleted.select(
                pl.lit(entity).alias("type"), pl.col("source_record_id").alias("id")
            ).select(
                pl.lit("deletion").alias("counted_as"),
                pl.lit(value=False).alias("is_included"),
                json_object(["type", "id"], [pl.lit(gone)]).alias("text"),
            )


def _document(lines: pl.DataFrame, extract: Extract) -> str:
    """The whole document, a resource a line."""
    counts = dict(lines["counted_as"].value_counts().sort("counted_as").iter_rows())
    meta = {
        "deliveryId": extract.delivery_id,
        "deliveryDate": extract.delivery_date.isoformat(),
        "environment": "live",
        "kind": extract.kind,
        "counts": counts,
    }
    data, included = (
        ",\n".join(lines.filter(pl.col("is_included") == side)["text"]) for side in (False, True)
    )
    return f'{{"data":[\n{data}\n],\n"included":[\n{included}\n],\n"meta":{json.dumps(meta)}}}\n'


RENDERER = Renderer(system="ihub", person_id=person_id, event_id=event_id, write=write)
