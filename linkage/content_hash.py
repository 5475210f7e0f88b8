"""What tells whether a record's features are others than those it was linked with."""

from collections.abc import Mapping


def content_hash_sql(features: Mapping[str, str]) -> str:
    """Expression of the hash of a row's features, by name and type, in their order.

    Each list is hashed by itself. DuckDB's hash of several columns runs over the elements of their
    lists, so that an empty one adds nothing: what moves from one list to the next would leave it as
    it was.
    """
    hashed = (f"hash({name})" if kind.endswith("[]") else name for name, kind in features.items())
    return f"hash({', '.join(hashed)})"
