"""Relationships of an iHub-like document, and its places put beside the events they are of."""

from dataclasses import replace

import polars as pl

from transforms.engine import ask
from transforms.mapping import Records
from transforms.readers import Elements

# A relationship as one of these points at a resource that the event has at most one of; those are
# columns of the event rather than links.
TO_ONE = ("location", "offence")
OBJECT_TYPES = ("vehicle", "telephone", "property")


def find_links(events: Elements) -> pl.DataFrame:
    """One row a thing that an event refers to, whatever the relationship is called.

    Columns: ``source_file``, ``source_row``, ``eventType``, ``eventId``, ``relationship``, ``type``
    and ``id`` of what is referred to, ``role`` of the link's own ``meta``.
    """
    return ask(
        """
        WITH named AS (
            SELECT source_file, source_row, json->>'$.type' AS "eventType",
                json->>'$.id' AS "eventId", json->'$.relationships' AS relationships,
                unnest(json_keys(json, '$.relationships')) AS relationship
            FROM events
        ), listed AS (
            SELECT * EXCLUDE (relationships),
                json_extract(relationships, '$."' || relationship || '".data') AS value
            FROM named
        ), linked AS (
            SELECT * EXCLUDE (value),
                unnest(CASE json_type(value) WHEN 'ARRAY' THEN from_json(value, '["JSON"]')
                    WHEN 'NULL' THEN [] ELSE [value] END) AS link
            FROM listed
        )
        SELECT * EXCLUDE (link), link->>'$.type' AS "type", link->>'$.id' AS id,
            link->>'$.meta.role' AS role
        FROM linked ORDER BY ALL
        """,
        events=events.frame,
    )


def place_events(events: Records, places: Records) -> Records:
    """Events with the attributes of their location in their ``location.`` columns, where it is
    delivered; each place counts once, however often it is sent."""
    shown = [name for name in places.frame.columns if name.startswith("attributes.")]
    place = places.frame.unique("id", keep="first", maintain_order=True).select(
        pl.col("id").alias("relationships.location.data.id"),
        pl.col("id").alias("location.id"),
        *(pl.col(name).alias(name.replace("attributes.", "location.")) for name in shown),
    )
    bare = events.frame.drop(set(place.columns) - {"relationships.location.data.id"})
    placed = bare.join(
        place, on="relationships.location.data.id", how="left", maintain_order="left"
    )
    return replace(events, frame=placed.select(events.frame.columns))
