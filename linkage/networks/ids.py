"""What a network is called, so that it keeps its name from night to night."""

import hashlib
from collections.abc import Set as AbstractSet
from datetime import date

import polars as pl


def name_networks(
    members: pl.DataFrame, held: pl.DataFrame, night: date, taken: AbstractSet[str]
) -> pl.DataFrame:
    """Give each network of tonight an id.

    An id goes on with the network that holds most of its people: pairs of last night's and
    tonight's networks are gone through from the most people in common on, and each id and each
    network is given once (a tie goes to the smaller id, then to the network with the smaller first
    person). What is left is new.

    Args:
        members: ``community``, ``person_id`` of tonight's networks.
        held: ``network_id``, ``person_id`` of last night's, where tonight may differ.
        night: tonight.
        taken: every id that was ever given.

    Returns:
        ``community``, ``network_id``.
    """
    first = members.group_by("community").agg(first=pl.col("person_id").min()).sort("first")
    common = (
        members.join(held, on="person_id")
        .group_by("network_id", "community")
        .len()
        .join(first, on="community")
        .sort(["len", "network_id", "first"], descending=[True, False, False])
    )
    ids: dict[int, str] = {}
    given: set[str] = set()
    for network_id, community in common.select("network_id", "community").iter_rows():
        if community not in ids and network_id not in given:
            ids[community] = network_id
            given.add(network_id)
    for community, person in first.iter_rows():
        if community not in ids:
            ids[community] = _new_id(person, night, taken, given)
            given.add(ids[community])
    return pl.DataFrame(
        {"community": list(ids), "network_id": list(ids.values())},
        schema={"community": pl.Int64, "network_id": pl.String},
    )


def _new_id(person: str, night: date, *taken: AbstractSet[str]) -> str:
    for attempt in range(1 << 16):
        made = hashlib.sha256(f"{person}|{night}|{attempt}".encode()).hexdigest()[:16]
        if not any(f"N-{made}" in each for each in taken):
            return f"N-{made}"
    raise AssertionError("of 65,536 new network ids each was given before")
